-- Failed and skipped messages of a run by cause, from the kept counters. $1 workspace, $2 run.
SELECT q.rank, q.state, q.code, q.class_of, q.n
FROM run_cause q
WHERE q.workspace_id = $1 AND q.run_id = $2 AND q.n > 0
ORDER BY q.n DESC, q.rank, q.code, q.class_of LIMIT 500
