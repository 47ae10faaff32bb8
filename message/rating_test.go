package message_test

import (
	"testing"

	"github.com/loa-project/loa/message"
)

func TestRatingsAdd(t *testing.T) {
	t.Parallel()
	var r message.Ratings
	r.Add(5, 3)
	r.Add(1, 1)
	r.Add(0, 9)
	r.Add(6, 9)
	if want := (message.Ratings{Count: 4, Average: 4, Stars: [5]int64{1, 0, 0, 0, 3}}); r != want {
		t.Errorf("got %+v, want %+v", r, want)
	}
}
