// Package smtp hands mails to a submission server and reads what comes back: it composes (Compose), signs (Signer), sends over a pool of connections (Pool), makes envelope addresses
// that identify a message (VERPAddress), and reads bounces and complaints (ParseReport).
//
// A send is one transaction with one recipient: MAIL, RCPT and DATA, written together where the server announces PIPELINING (RFC 2920), then the body in one write. Whatever fails
// before the end of the body has left us is certain: a server must not accept a mail without its end (RFC 5321, section 4.1.1.4). Only a connection lost after that and before
// the reply leaves the outcome unknown.
//
// A reply of class 2 after the body says that the server took the mail over, no more.
package smtp
