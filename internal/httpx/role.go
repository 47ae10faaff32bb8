package httpx

// Role is what somebody may do in a workspace. Viewer < Care < Marketer < Owner: each may do all that the ones before it may.
type Role string

// The roles of members and API keys, and the two marks that only routes carry.
const (
	Anyone   Role = "anyone"    // routes only: no sign-in needed
	SignedIn Role = "signed_in" // routes only: any signed-in user, also without a workspace
	Viewer   Role = "viewer"    // sees everything but secrets, changes nothing
	Care     Role = "care"      // viewer who also works on single contacts
	Marketer Role = "marketer"  // makes and starts sendings
	Owner    Role = "owner"     // also users, keys, connections, settings
)

var ranks = map[Role]int{Anyone: 1, SignedIn: 2, Viewer: 3, Care: 4, Marketer: 5, Owner: 6}

// Member reports whether r is one of the four roles that a member or a key can have.
func (r Role) Member() bool { return ranks[r] >= ranks[Viewer] }

// Allows reports whether somebody with role r may use what needs at least min. Unknown and empty roles allow nothing and are allowed nothing.
func (r Role) Allows(min Role) bool { return ranks[r] > 0 && ranks[min] > 0 && ranks[r] >= ranks[min] }
