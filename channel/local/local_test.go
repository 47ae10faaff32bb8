package local

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/template"
)

func TestActsShareTransactions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var calls atomic.Int64
		s := &Sender{DB: d, Workspace: 1, Acts: map[channel.Channel]Act{channel.Action: func(_ context.Context, _ *db.Tx, _ int64, jobs []*Job) error {
			calls.Add(1)
			for i, j := range jobs {
				if i > 0 && jobs[i-1].Contact > j.Contact {
					t.Errorf("got contact %d before %d, want them in order", jobs[i-1].Contact, j.Contact)
				}
				switch {
				case j.Contact == 77:
					return errors.New("this one cannot be stored")
				case j.Contact == 50:
					j.Fail(CodeNoContact, "")
				case j.Contact == 60:
				default:
					j.Done("")
				}
			}
			return nil
		}}}
		content := &template.Compiled{Channel: channel.Action}
		var mu sync.Mutex
		got := map[string]int{}
		var wait sync.WaitGroup
		for i := range 300 {
			wait.Go(func() {
				out := s.Send(context.Background(), &message.Outgoing{Contact: int64(i + 1), Content: content})
				mu.Lock()
				defer mu.Unlock()
				got[fmt.Sprintf("%s %s %v", out.Class, out.Code, out.Delivered)]++
			})
		}
		wait.Wait()
		if got["accepted  true"] != 297 || got["recipient contact.not_found false"] != 1 || got["unknown local.store false"] != 2 {
			t.Errorf("got %v, want 297 done, 1 failed and 2 unknown", got)
		}
		if n := calls.Load(); n > 100 {
			t.Errorf("got %d transactions, want few", n)
		}
	})
}

func TestWhatHasNoAct(t *testing.T) {
	t.Parallel()
	s := &Sender{DB: dbtest.SQLite(t), Workspace: 1}
	out := s.Send(context.Background(), &message.Outgoing{Contact: 1, Content: &template.Compiled{Channel: channel.Voucher}})
	if out.Class != provider.Content || out.Code != CodeUnsupported {
		t.Errorf("got %+v, want %s", out, CodeUnsupported)
	}
	if out := s.Send(context.Background(), &message.Outgoing{Content: &template.Compiled{Channel: channel.Action}}); out.Class != message.OutcomeRefused {
		t.Errorf("without a contact: got %+v, want it refused", out)
	}
}
