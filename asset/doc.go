// Package asset keeps the pictures of mails. A picture is found by the hash of its bytes, so it never changes, is stored once, and may be kept for ever by whoever loads it. Mail
// programs load pictures without signing in: the address holds the workspace's number and the hash, and who does not have the mail cannot guess it.
//
// Pictures lie in the database, not in the data folder: every node serves them, and they are in its backups.
package asset
