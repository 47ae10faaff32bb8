-- People by a part of their name, phone, e-mail or code. $1 workspace, $2 pattern over the folded text, $3 rows.
SELECT c.id FROM contact c WHERE c.workspace_id = $1 AND c.search LIKE $2 ESCAPE '\' LIMIT $3
