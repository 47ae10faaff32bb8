package simulator

import (
	"bytes"
	"encoding/base64"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"
)

var (
	imageSource = regexp.MustCompile(`(?is)<img\b[^>]*\bsrc\s*=\s*["']?([^"'\s>]+)`)
	linkTarget  = regexp.MustCompile(`(?is)<a\b[^>]*\bhref\s*=\s*["']?([^"'\s>]+)`)
	angled      = regexp.MustCompile(`<([^<>]+)>`)
)

// look reads a mail as a person's program does: the last picture (pixels stand at the end), the links, the one-click address. What cannot be read is left out.
func look(raw []byte) mailAfter {
	var a mailAfter
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return a
	}
	if m.Header.Get("List-Unsubscribe-Post") != "" {
		for _, f := range angled.FindAllStringSubmatch(m.Header.Get("List-Unsubscribe"), -1) {
			if strings.HasPrefix(f[1], "http") {
				a.unsub = f[1]
				break
			}
		}
	}
	page := htmlPart(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0)
	for _, f := range imageSource.FindAllStringSubmatch(page, -1) {
		if u := html.UnescapeString(f[1]); fetchable(u) {
			a.pixel = u
		}
	}
	for _, f := range linkTarget.FindAllStringSubmatch(page, -1) {
		if u := html.UnescapeString(f[1]); fetchable(u) && u != a.unsub && !strings.Contains(u, "/u/") && !strings.Contains(u, "unsub") {
			a.links = append(a.links, u)
		}
	}
	a.links = a.links[:min(len(a.links), 50)]
	return a
}

// fetchable reports whether an address is on http and on this machine by its name; the dialler checks again by number.
func fetchable(u string) bool {
	p, err := url.Parse(u)
	return err == nil && (p.Scheme == "http" || p.Scheme == "https") && checkLoopback(p.Hostname()+":1") == nil
}

// htmlPart is the decoded first HTML part of a MIME tree of at most five levels.
func htmlPart(contentType, encoding string, body io.Reader, depth int) string {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || depth > 5 {
		return ""
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return ""
			}
			if page := htmlPart(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1); page != "" {
				return page
			}
		}
	}
	if kind != "text/html" {
		return ""
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	out, _ := io.ReadAll(io.LimitReader(body, 1<<20)) // what is readable before a fault is what a mail program shows
	return string(out)
}
