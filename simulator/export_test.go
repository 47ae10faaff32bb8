package simulator

// ChallengeOf is the PKCE challenge of a verifier, for tests outside the package.
var ChallengeOf = challenge
