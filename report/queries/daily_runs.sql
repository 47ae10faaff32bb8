-- The runs that began since a time; tests are left out. $1 workspace, $2 Unix ms.
SELECT r.id, CASE r.state WHEN 'finished' THEN r.finished_at WHEN 'cancelled' THEN r.finished_at ELSE 0 END FROM run r WHERE r.workspace_id = $1 AND r.started_at >= $2 AND r.kind <> 'test'
