package app

import (
	"net/netip"
	"syscall"

	"github.com/loa-project/loa/provider"
)

// guard refuses calls of connections to addresses that are not public, which an owner could otherwise point at the inner network of the server's operator. nil allows all: nothing is
// real in simulation mode.
func (a *App) guard() func(network, address string, c syscall.RawConn) error {
	if a.Config.Simulation {
		return nil
	}
	var allow []netip.Prefix
	for _, text := range a.Config.InnerNetworks {
		if p, err := netip.ParsePrefix(text); err == nil { // the check of the settings refuses others
			allow = append(allow, p)
		}
	}
	if a.Config.Simulator {
		allow = append(allow, netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
	}
	return provider.Guard(allow)
}
