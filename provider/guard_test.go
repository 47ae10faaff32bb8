package provider

import (
	"net/netip"
	"testing"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	guard := Guard([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")})
	for address, want := range map[string]bool{
		"8.8.8.8:443": true, "203.205.219.1:80": true, "[2404:6800:4005::1]:443": true, "10.1.2.3:80": true, "[::ffff:8.8.8.8]:443": true,
		"127.0.0.1:80": false, "[::1]:80": false, "10.2.0.1:80": false, "172.16.0.1:80": false, "192.168.1.1:80": false, "169.254.169.254:80": false, "[fe80::1%eth0]:80": false,
		"100.64.0.1:80": false, "0.0.0.0:80": false, "[::]:80": false, "224.0.0.1:80": false, "[fd00::1]:80": false, "[::ffff:127.0.0.1]:80": false, "[::ffff:169.254.169.254]:80": false,
		"[64:ff9b::7f00:1]:80": false, "[2002:7f00:1::]:80": false, "[2001:0:4136:e378::]:80": false, "255.255.255.255:80": false, "198.18.0.1:80": false, "": false, "localhost:80": false,
	} {
		if got := guard("tcp", address, nil) == nil; got != want {
			t.Errorf("%s: got allowed %v, want %v", address, got, want)
		}
	}
}
