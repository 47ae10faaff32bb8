-- Campaigns of a workspace by the state that counts: the run's from the start on. $1 workspace.
SELECT COALESCE(r.state, c.state) AS state, COUNT(*)
FROM campaign c LEFT JOIN run r ON r.workspace_id = $1 AND r.id = c.run_id
WHERE c.workspace_id = $1 AND c.deleted_at = 0
GROUP BY COALESCE(r.state, c.state)
