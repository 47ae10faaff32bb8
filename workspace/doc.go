// Package workspace knows who may do what: workspaces, users, their roles, sessions, sign-in links, API keys, and the audit log of what they did.
//
//  1. A fresh Loa has no account. The server prints an address with a one-time token (SetupToken); whoever has it makes the first workspace and its owner (Setup).
//  2. An owner adds people by sign-in link; a link works once and for a day. Passwords are argon2id hashes, guesses are counted by name and by address.
//  3. A signed-in browser has a random cookie whose hash is the key of a row in session. The session ends after 12 hours of silence, after 30 days, and whenever the user's
//     password, role or status changes.
//  4. A program has an API key of one workspace and one role. The key is shown once; the database holds its SHA-256.
//  5. Authenticate turns a request's cookie or key into an httpx.Actor; every other package asks only for that.
//  6. Acts that matter are written to the audit log in the transaction that does them (Audit); each row's hash covers the row before it, so a changed or missing row shows (VerifyAudit).
//
// The package never stores or logs a password, a token or a key in clear, and never tells from outside whether an e-mail address has an account.
package workspace
