// Package connection keeps our accounts at providers: a Zalo OA, a brandname at eSMS, a mail server. "Kết nối".
//
// The life of a connection:
//
//  1. An owner makes it with typed settings and credentials. The credentials are sealed into the row and are never shown again, only which of them are set.
//  2. "Thử kết nối" asks the provider something harmless and says what came back.
//  3. While it is active the engine sends through it. A provider that refuses the credentials, has no balance or fails again and again gets it held: until a time, or until a person
//     resumes it. Messages wait meanwhile; none fails because of us.
//  4. Tokens are refreshed by one node at a time and saved before they are used (Refresh). When the answer to a refresh is lost the token is spent, and a person must authorise again.
//  5. An owner may disable it, and delete it once nothing refers to it.
//
// The package makes no provider calls of its own: probes and refreshes are given to it by whoever builds the program.
package connection
