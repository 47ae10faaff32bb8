-- What each rank of these runs cost, and how many of its messages have no result yet. $1 workspace, $2 Unix ms.
SELECT q.run_id, q.rank, CAST(SUM(q.n) AS bigint)
FROM run r JOIN run_count q ON q.workspace_id = $1 AND q.run_id = r.id AND q.metric = 'cost'
WHERE r.workspace_id = $1 AND r.started_at >= $2 AND r.kind <> 'test'
GROUP BY q.run_id, q.rank
