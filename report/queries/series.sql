-- What happened to the messages of a run by minute, from the kept counters. $1 workspace, $2 run.
SELECT f.rank, f.fact, f.minute, f.n FROM run_fact f WHERE f.workspace_id = $1 AND f.run_id = $2 AND f.n <> 0
