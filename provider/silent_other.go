//go:build !unix

package provider

import (
	"net"
	"time"
)

// silent guesses from the time: where a connection cannot be looked at, only one that was just used is used again.
func silent(_ net.Conn, idle time.Duration) bool { return idle < 2*time.Second }
