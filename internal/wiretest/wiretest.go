// Package wiretest records the exact bytes of a client's requests for tests and compares them with golden files.
package wiretest

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var write = flag.Bool("golden", false, "write the golden requests instead of comparing them")

// Server answers every request with one JSON body and keeps the bytes of the last request as they came. It stands on loopback until the test ends.
type Server struct {
	// URL is the address, without a path.
	URL string

	t      testing.TB
	mu     sync.Mutex
	answer string
	last   []byte
}

// New starts a server. answer is the body of its answers, with HTTP status 200.
func New(t testing.TB, answer string) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	s := &Server{URL: "http://" + l.Addr().String(), t: t, answer: answer}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // the test is over
			}
			go s.serve(c)
		}
	}()
	return s
}

// Answer changes the body of the answers from now on.
func (s *Server) Answer(body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = body
}

func (s *Server) serve(c net.Conn) {
	defer c.Close()
	var raw bytes.Buffer
	in := bufio.NewReader(io.TeeReader(c, &raw))
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		s.mu.Lock()
		s.last = bytes.Clone(raw.Bytes())
		answer := s.answer
		s.mu.Unlock()
		raw.Reset()
		if _, err := fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer); err != nil {
			return
		}
	}
}

// Golden compares the last request with testdata/<name>.golden: its first line names where the provider describes the call, then come the bytes as they went out, with the
// head in order, whose lines end in a line feed alone. The server's own address reads {host}, and every secret reads ***. With -golden the file is written.
func (s *Server) Golden(name, section string, secrets ...string) {
	s.t.Helper()
	s.mu.Lock()
	raw := string(s.last)
	s.last = nil
	s.mu.Unlock()
	if raw == "" {
		s.t.Errorf("%s: nothing was asked", name)
		return
	}
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	slices.Sort(lines[1:])
	text := strings.Join(lines, "\n") + "\n\n" + body
	text = strings.ReplaceAll(text, strings.TrimPrefix(s.URL, "http://"), "{host}")
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	got := "# " + section + "\n" + text
	if !strings.HasSuffix(got, "\n") {
		got += "\n"
	}
	path := filepath.Join("testdata", name+".golden")
	if *write {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if got != string(want) {
		s.t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}
