-- One page of the messages of a run in the order of people: the unique key of the ledger gives it without sorting.
-- $1 workspace, $2 run, $3 to $5 contact, seq and rank of the last row before, $6 rows. Further conditions are appended in place of --filter--.
SELECT l.id, l.workspace_id, l.run_id, l.contact_id, l.seq, l.rank, l.channel, l.connection_id, l.state, l.attempt, l.superseded, COALESCE(l.reason, ''), COALESCE(l.class_of, ''), l.price, COALESCE(l.due_at, 0),
 COALESCE(l.requested_at, 0), COALESCE(l.accepted_at, 0), COALESCE(l.delivered_at, 0), COALESCE(l.opened_at, 0), COALESCE(l.clicked_at, 0), COALESCE(l.answered_at, 0), COALESCE(l.failed_at, 0),
 COALESCE(l.bounced_at, 0), COALESCE(l.complained_at, 0), COALESCE(l.unsubscribed_at, 0),
 COALESCE(c.name, ''), COALESCE(c.external_id, ''), COALESCE(c.phone, ''), COALESCE(c.email, '')
FROM leg l LEFT JOIN contact c ON c.workspace_id = $1 AND c.id = l.contact_id
WHERE l.workspace_id = $1 AND l.run_id = $2 AND l.contact_id >= $3 AND (l.contact_id, l.seq, l.rank) > ($3, $4, $5) --filter--
ORDER BY l.contact_id, l.seq, l.rank LIMIT $6
