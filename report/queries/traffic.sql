-- Messages that wait for their turn, by run and rank. $1 workspace.
SELECT q.run_id, q.rank, CAST(SUM(q.n) AS bigint)
FROM run r JOIN run_count q ON q.workspace_id = $1 AND q.run_id = r.id AND q.metric IN ('queued', 'sending')
WHERE r.workspace_id = $1 AND r.state IN ('running', 'paused')
GROUP BY q.run_id, q.rank
