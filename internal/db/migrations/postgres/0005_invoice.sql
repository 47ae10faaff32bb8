-- +goose Up

-- A bill is compared page by page in the background.
ALTER TABLE invoice ADD COLUMN state TEXT NOT NULL DEFAULT 'ready'; -- reading | comparing | ready
ALTER TABLE invoice ADD COLUMN progress JSONB NOT NULL DEFAULT '{}'; -- how far reading and comparing have come
CREATE INDEX invoice_line_leg ON invoice_line (workspace_id, invoice_id, leg_id, no);
