package provider

import (
	"errors"
	"net/netip"
	"syscall"
)

// ErrInside is the refusal to connect to an address that is not on the public Internet.
var ErrInside = errors.New("the address is not on the public internet")

// inside are ranges that netip has no word for: shared address space, addresses for documentation and measurement, and those that hide an IPv4 address, which a gateway would unwrap.
var inside = func() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// Public reports whether an address is on the public Internet.
func Public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsValid() || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() {
		return false
	}
	for _, p := range inside {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// Guard gives a Control for HTTPOptions that refuses every address that is not public, except those in allow. It looks at the address that is really dialled, after the name was resolved, so a
// name that answers differently the second time gains nothing.
func Guard(allow []netip.Prefix) func(network, address string, c syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return ErrInside
		}
		a := at.Addr().Unmap().WithZone("")
		for _, p := range allow {
			if p.Contains(a) {
				return nil
			}
		}
		if !Public(a) {
			return ErrInside
		}
		return nil
	}
}
