package campaign

import "github.com/loa-project/loa/internal/errs"

// State is where a campaign stands.
type State string

// The states. The first two can be edited.
const (
	Draft             State = "draft"              // Nháp: something is missing
	PendingActivation State = "pending_activation" // Chờ kích hoạt
	Scheduled         State = "scheduled"          // Đã lên lịch
	Running           State = "running"            // Đang chạy
	Paused            State = "paused"             // Tạm dừng: also a scheduled one whose start was missed
	Finished          State = "finished"           // Đã kết thúc
	Cancelled         State = "cancelled"          // Đã hủy
)

// States lists all states in the order of a campaign's life.
var States = []State{Draft, PendingActivation, Scheduled, Running, Paused, Finished, Cancelled}

// Act is something that moves a campaign from one state to another.
type Act string

// The acts. Edit, Delete and Clone leave the state alone or follow from what is filled in.
const (
	Edit     Act = "edit"     // by a person; the result is draft or pending_activation
	Schedule Act = "schedule" // activation with a time in the future
	Start    Act = "start"    // activation without, or the time has come
	Delay    Act = "delay"    // the time was missed: a person must decide
	Pause    Act = "pause"
	Resume   Act = "resume"
	Finish   Act = "finish" // nothing is left to send
	End      Act = "end"    // people enter it no more; Finish follows when the rest has gone out
	Cancel   Act = "cancel"
	Delete   Act = "delete"
)

// moves is the whole state machine: what an act makes of a state. What is not listed is refused.
var moves = map[Act]map[State]State{
	Edit:     {Draft: Draft, PendingActivation: Draft}, // pending_activation again when complete
	Schedule: {PendingActivation: Scheduled},
	Start:    {PendingActivation: Running, Scheduled: Running},
	Delay:    {Scheduled: Paused},
	Pause:    {Running: Paused},
	Resume:   {Paused: Running},
	Finish:   {Running: Finished},
	End:      {Running: Running, Paused: Paused},
	Cancel:   {Scheduled: Cancelled, Running: Cancelled, Paused: Cancelled},
	Delete:   {Draft: Draft, PendingActivation: PendingActivation, Finished: Finished, Cancelled: Cancelled},
}

// After is the state that the act leads to; ok is false when it is not allowed there.
func (s State) After(a Act) (next State, ok bool) {
	next, ok = moves[a][s]
	return next, ok
}

// allow refuses an act that the state does not permit, with a code that names what was wanted.
func (c *Campaign) allow(a Act) error {
	if _, ok := c.State.After(a); ok {
		return nil
	}
	var e *errs.Error
	switch a {
	case Edit:
		e = errs.Conflict("campaign.not_editable")
	case Schedule, Start:
		e = errs.Conflict("campaign.not_pending")
	case Pause, End:
		e = errs.Conflict("campaign.not_running")
	case Resume:
		e = errs.Conflict("campaign.not_paused")
	case Cancel:
		e = errs.Conflict("campaign.not_active")
	default:
		e = errs.Conflict("campaign.not_deletable")
	}
	return e.With("state", string(c.State))
}
