-- Failed and skipped messages of a run by cause. $1 workspace, $2 run.
SELECT l.rank, l.channel, l.connection_id, l.state, COALESCE(l.reason, '') AS code, COALESCE(l.class_of, '') AS class, COUNT(*) AS n
FROM leg l
WHERE l.workspace_id = $1 AND l.run_id = $2 AND l.state IN (5, 7)
GROUP BY l.rank, l.channel, l.connection_id, l.state, COALESCE(l.reason, ''), COALESCE(l.class_of, '')
ORDER BY n DESC, l.rank, code, class, l.connection_id LIMIT 500
