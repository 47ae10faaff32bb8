//go:build unix

package provider

import (
	"net"
	"syscall"
	"time"
)

// silent reports whether an idle connection is still open with nothing to read: it looks without taking anything and without waiting.
func silent(c net.Conn, _ time.Duration) bool {
	s, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	open := false
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		open = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK || err == syscall.EINTR
	})
	return err == nil && open
}
