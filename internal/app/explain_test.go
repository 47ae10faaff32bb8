package app

import (
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/provider/zalo"
)

// TestExplainByChannel explains each number that both hosts of Zalo use by the channel of the message.
func TestExplainByChannel(t *testing.T) {
	t.Parallel()
	both := 0
	for code, oa := range zalo.OACauses {
		zns, shared := zalo.Causes[code]
		if !shared {
			continue
		}
		both++
		if got := explain("zalo", channel.ZaloOA, code); got.VI != oa.VI || got.Class != string(oa.Class) {
			t.Errorf("%s of the OA: got %q (%s), want %q (%s)", code, got.VI, got.Class, oa.VI, oa.Class)
		}
		if got := explain("zalo", channel.ZNS, code); got.VI != zns.VI || got.Class != string(zns.Class) {
			t.Errorf("%s of ZNS: got %q (%s), want %q (%s)", code, got.VI, got.Class, zns.VI, zns.Class)
		}
	}
	if both == 0 {
		t.Error("no number is used twice: the test proves nothing")
	}
	if got := explain("zalo", channel.ZaloOA, "-230"); got.VI != zalo.OACauses["-230"].VI {
		t.Errorf("-230: got %q", got.VI)
	}
}
