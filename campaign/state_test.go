package campaign

import "testing"

// TestStateMachine names every pair of state and act, so that a new one must decide about all of them.
func TestStateMachine(t *testing.T) {
	t.Parallel()
	const no = State("")
	acts := []Act{Edit, Schedule, Start, Delay, Pause, Resume, Finish, End, Cancel, Delete}
	table := map[State][]State{
		//                  Edit   Schedule   Start    Delay   Pause   Resume   Finish    End      Cancel     Delete
		Draft:             {Draft, no, no, no, no, no, no, no, no, Draft},
		PendingActivation: {Draft, Scheduled, Running, no, no, no, no, no, no, PendingActivation},
		Scheduled:         {no, no, Running, Paused, no, no, no, no, Cancelled, no},
		Running:           {no, no, no, no, Paused, no, Finished, Running, Cancelled, no},
		Paused:            {no, no, no, no, no, Running, no, Paused, Cancelled, no},
		Finished:          {no, no, no, no, no, no, no, no, no, Finished},
		Cancelled:         {no, no, no, no, no, no, no, no, no, Cancelled},
	}
	if len(moves) != len(acts) || len(table) != len(States) {
		t.Fatalf("got %d acts and %d states in the table, want %d and %d", len(acts), len(table), len(moves), len(States))
	}
	for _, s := range States {
		for i, a := range acts {
			next, ok := s.After(a)
			if want := table[s][i]; next != want || ok != (want != no) {
				t.Errorf("%s after %s: got %q %v, want %q", s, a, next, ok, want)
			}
			if err := (&Campaign{State: s}).allow(a); (err == nil) != ok {
				t.Errorf("%s in %s: got error %v, allowed is %v", a, s, err, ok)
			}
		}
	}
}
