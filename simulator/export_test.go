package simulator

// Inner parts that tests outside the package look at.
var (
	ChallengeOf = challenge
	SMSParts    = smsParts
	CheckMail   = checkMail
	HeaderValue = headerValue
	Undot       = undot
)

// Look is what a mail program finds to fetch.
func Look(raw []byte) (pixel string, links []string) {
	a := look(raw)
	return a.pixel, a.links
}
