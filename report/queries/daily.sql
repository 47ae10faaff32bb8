-- What happened to the messages of one run by quarter of an hour: every zone's day begins on one. $1 workspace, $2 run.
SELECT f.rank, f.fact, f.minute / 15, CAST(SUM(f.n) AS bigint) FROM run_fact f WHERE f.workspace_id = $1 AND f.run_id = $2 GROUP BY f.rank, f.fact, f.minute / 15
