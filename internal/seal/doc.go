// Package seal encrypts secrets before they go into the database. The key is outside the database: in a file beside the data or in the environment.
//
//  1. On first start a random key is made (LoadOrCreate) and Open stores a random root in the table setting, sealed with that key.
//  2. Every later start opens the root again. A key that cannot open it is refused with ErrWrongKey before anything else happens.
//  3. Seal binds a value to its place (workspace, table, row, column): copied to another row it does not open.
//  4. Rotation: put a new key on the first line of the key file and leave the old ones below. Start seals the root anew; values sealed with an old key still open, Stale tells
//     which ones to seal again.
//
// Keys for hashes (suppression, links, return paths) are derived from the root, not from the key, so that they survive a rotation: Derive.
// The package never logs keys and never puts them into errors.
package seal
