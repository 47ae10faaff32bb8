package simulator

// ChallengeOf is the PKCE challenge of a verifier, for tests outside the package.
var ChallengeOf = challenge

// SMSParts counts the parts of a text, for tests outside the package.
var SMSParts = smsParts

// CheckMail is the check report of a raw mail, for tests outside the package.
var CheckMail = checkMail
