package local

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/template"
)

const (
	most    = 1000                  // acts of one transaction
	gather  = 25 * time.Millisecond // how long the first waits for company
	storage = 15 * time.Second      // how long the acts of one transaction may take
	forever = 100 * 365 * 24 * time.Hour
)

// Job is one act about one person and what became of it.
type Job struct {
	*message.Outgoing
	Outcome message.Outcome
}

// Done says that the act is done.
func (j *Job) Done(detail string) {
	j.Outcome = message.Outcome{Class: message.OutcomeAccepted, Delivered: true, Detail: detail, Asked: true}
}

// Wait says that the act was taken on and is not done yet: whoever does it reports a receipt for the leg.
func (j *Job) Wait(detail string) {
	j.Outcome = message.Outcome{Class: message.OutcomeAccepted, Detail: detail, Asked: true}
}

// Fail says that the act certainly is not done, and by which code why; see Explain.
func (j *Job) Fail(code, detail string) {
	j.Outcome = message.Outcome{Class: Explain(code).Class, Code: code, Detail: detail, Asked: true}
	if !j.Outcome.Class.Certain() {
		j.Outcome.Class = provider.Content
	}
}

// Act does what one channel asks for, in the caller's transaction. All jobs have the same content and come in the order of their contacts; the act sets the outcome of each. It may be asked
// about a job again, also about one that it has done. What goes wrong for one person is an outcome; an error takes everything of the transaction back.
type Act func(ctx context.Context, tx *db.Tx, workspace int64, jobs []*Job) error

// Sender carries out the acts of one workspace.
type Sender struct {
	DB        *db.DB
	Workspace int64
	Acts      map[channel.Channel]Act
	// Outside does acts that leave our database, by itself and outside of any transaction; ok is false for all others. Nil where there are none.
	Outside func(ctx context.Context, m *message.Outgoing) (out message.Outcome, ok bool)

	mu      sync.Mutex
	waiting []*pending
	running bool
	full    chan struct{} // made when the first worker starts; told when a transaction's worth is waiting
}

type pending struct {
	job  Job
	done chan struct{}
}

// Send does one act together with those that come in at the same time.
func (s *Sender) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	if m.Content == nil || m.Contact == 0 {
		return message.Outcome{Class: message.OutcomeRefused, Code: message.ReasonRender, Detail: "an act is about a contact"}
	}
	if s.Outside != nil {
		if out, ok := s.Outside(ctx, m); ok {
			return out
		}
	}
	p := &pending{job: Job{Outgoing: m}, done: make(chan struct{})}
	s.put(p)
	<-p.done // the transaction has a deadline of its own
	return p.job.Outcome
}

func (s *Sender) put(p *pending) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, p)
	if s.full == nil {
		s.full = make(chan struct{}, 1)
	}
	if !s.running {
		s.running = true
		go s.work()
	}
	if len(s.waiting) >= most {
		select {
		case s.full <- struct{}{}:
		default:
		}
	}
}

// work does what is waiting, and ends when nothing is.
func (s *Sender) work() {
	for {
		timer := time.NewTimer(gather)
		select {
		case <-timer.C:
		case <-s.full:
			timer.Stop()
		}
		s.mu.Lock()
		batch := s.waiting[:min(len(s.waiting), most)]
		s.waiting = slices.Clone(s.waiting[len(batch):])
		if len(batch) == 0 {
			s.running = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		s.flush(batch)
	}
}

func (s *Sender) flush(batch []*pending) {
	ctx, cancel := context.WithTimeout(context.Background(), storage)
	defer cancel()
	jobs := make([]*Job, len(batch))
	for i, p := range batch {
		jobs[i] = &p.job
	}
	defer func() { // an act that panics must not leave its callers waiting
		reason := recover()
		for _, p := range batch {
			if reason != nil || p.job.Outcome.Class == "" {
				p.job.Outcome = message.Outcome{Class: provider.Unknown, Code: CodeStore, Detail: "the act did not end", Asked: true}
			}
			close(p.done)
		}
	}()
	s.do(ctx, jobs)
}

// do carries out jobs in one transaction, or, when that fails, in two.
func (s *Sender) do(ctx context.Context, jobs []*Job) {
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		for _, group := range groups(jobs) {
			act := s.Acts[group[0].Content.Channel]
			for _, j := range group {
				if j.Outcome = (message.Outcome{}); act == nil { // a transaction that is tried again begins anew
					j.Fail(CodeUnsupported, string(j.Content.Channel))
				}
			}
			if act == nil {
				continue
			}
			if err := act(ctx, tx, s.Workspace, group); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case err == nil:
	case len(jobs) == 1:
		jobs[0].Outcome = message.Outcome{Class: provider.Unknown, Code: CodeStore, Detail: err.Error(), Asked: true}
	default:
		s.do(ctx, jobs[:len(jobs)/2])
		s.do(ctx, jobs[len(jobs)/2:])
	}
}

// groups puts jobs of the same content together, by contact.
func groups(jobs []*Job) [][]*Job {
	var out [][]*Job
	at := map[*template.Compiled]int{}
	for _, j := range jobs {
		i, ok := at[j.Content]
		if !ok {
			i = len(out)
			at[j.Content] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], j)
	}
	for _, group := range out {
		slices.SortFunc(group, func(a, b *Job) int { return cmp.Compare(a.Contact, b.Contact) })
	}
	return out
}

// Contacts lists whom jobs are about.
func Contacts(jobs []*Job) []int64 {
	out := make([]int64, len(jobs))
	for i, j := range jobs {
		out[i] = j.Contact
	}
	return out
}

// Deduplicates says that an act may be asked again however late.
func (s *Sender) Deduplicates() time.Duration { return forever }

// Repeats says of which acts that holds: of all but the notice to the staff, which leaves our database.
func (s *Sender) Repeats(content *template.Compiled) bool {
	return content.Action == nil || content.Action.Kind != template.NotifyStaff
}

// Close has nothing to end: the worker ends by itself.
func (s *Sender) Close() error { return nil }
