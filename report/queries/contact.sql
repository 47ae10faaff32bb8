-- What one contact got, newest run first. $1 workspace, $2 contact, $3 only runs below this id (0 = all), $4 rows. Runs are few; each is one look into the ledger's unique key.
SELECT r.id, r.kind, r.source_id, r.name, r.state,
 l.id, l.workspace_id, l.run_id, l.contact_id, l.seq, l.rank, l.channel, l.connection_id, l.state, l.attempt, l.superseded, COALESCE(l.reason, ''), COALESCE(l.class_of, ''), l.price, COALESCE(l.due_at, 0),
 COALESCE(l.requested_at, 0), COALESCE(l.accepted_at, 0), COALESCE(l.delivered_at, 0), COALESCE(l.opened_at, 0), COALESCE(l.clicked_at, 0), COALESCE(l.answered_at, 0), COALESCE(l.failed_at, 0),
 COALESCE(l.bounced_at, 0), COALESCE(l.complained_at, 0), COALESCE(l.unsubscribed_at, 0)
FROM run r JOIN leg l ON l.workspace_id = $1 AND l.run_id = r.id AND l.contact_id = $2
WHERE r.workspace_id = $1 AND (CAST($3 AS bigint) = 0 OR r.id < CAST($3 AS bigint))
ORDER BY r.id DESC, l.seq DESC, l.rank LIMIT $4
