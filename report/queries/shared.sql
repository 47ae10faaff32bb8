-- Other contacts with the same phone or e-mail who are recipients of the run. $1 workspace, $2 run, $3 contact, $4 phone, $5 e-mail ('' matches nobody).
SELECT c.id, c.name, l.channel, l.rank, l.state
FROM contact c JOIN leg l ON l.workspace_id = $1 AND l.run_id = $2 AND l.contact_id = c.id
WHERE c.workspace_id = $1 AND c.id <> $3 AND ((CAST($4 AS text) <> '' AND c.phone = $4) OR (CAST($5 AS text) <> '' AND c.email = $5))
ORDER BY c.id, l.rank LIMIT 50
