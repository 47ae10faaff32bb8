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

// Server answers requests with JSON bodies and keeps their bytes as they came. It stands on loopback until the test ends.
type Server struct {
	// URL is the address, without a path.
	URL string

	t      testing.TB
	mu     sync.Mutex
	script []string // "200 body"; the last one stays
	asked  [][]byte
}

// New starts a server. answer is the body of its answers, with HTTP status 200, until Answer or Script says something else.
func New(t testing.TB, answer string) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	s := &Server{URL: "http://" + l.Addr().String(), t: t}
	s.Answer(answer)
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
func (s *Server) Answer(body string) { s.Script("200 " + body) }

// Script answers the next requests one after the other, each with a status, a space and a body; the last answer stays.
func (s *Server) Script(answers ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = answers
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
		s.asked = append(s.asked, bytes.Clone(raw.Bytes()))
		status, answer, _ := strings.Cut(s.script[0], " ")
		if len(s.script) > 1 {
			s.script = s.script[1:]
		}
		s.mu.Unlock()
		raw.Reset()
		if _, err := fmt.Fprintf(c, "HTTP/1.1 %s answer\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", status, len(answer), answer); err != nil {
			return
		}
	}
}

// between stands between two requests of one file.
const between = "###\n"

// Golden compares the requests since the last call of Golden with testdata/<name>.golden: its first line names where the provider describes the call, then come the bytes as they went out,
// with the lines of the head in alphabetical order, each ended by a line feed alone. The server's own address reads {host}, and every secret reads ***. A line "###" stands between two requests.
// With -golden the file is written.
func (s *Server) Golden(name, section string, secrets ...string) {
	s.t.Helper()
	s.mu.Lock()
	asked := s.asked
	s.asked = nil
	s.mu.Unlock()
	if len(asked) == 0 {
		s.t.Errorf("%s: nothing was asked", name)
		return
	}
	texts := make([]string, len(asked))
	for i, raw := range asked {
		texts[i] = s.text(string(raw), secrets)
	}
	File(s.t, name+".golden", section, strings.Join(texts, between))
}

// text is one request as the file shows it.
func (s *Server) text(raw string, secrets []string) string {
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	slices.Sort(lines[1:])
	text := strings.Join(lines, "\n") + "\n\n" + body
	text = strings.ReplaceAll(text, strings.TrimPrefix(s.URL, "http://"), "{host}")
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

// File compares a text with testdata/<name>, whose first line names the section that describes it. With -golden the file is written.
func File(t testing.TB, name, section, text string) {
	t.Helper()
	got := "# " + section + "\n" + text
	path := filepath.Join("testdata", name)
	if *write {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}
