package template

// slot is an address inside a mail or an SMS that was found when the template was compiled.
type slot struct {
	program *Program
	source  string // as written, in mails
	link    int    // index among the tracked links, -1 when it is not tracked
}

// Link is one address of a template that can be tracked. Its index is stable within a version.
type Link struct {
	Index   int    `json:"index"`
	Source  string `json:"source"`  // the address as written, with its variables
	Dynamic bool   `json:"dynamic"` // true when it differs from contact to contact
}

// slot gives the address of slot i: the tracked one where there is tracking, else its own.
func (r *run) slot(i int) string {
	if i < 0 || i >= len(r.slots) || r.err != nil {
		return ""
	}
	s := r.slots[i]
	if s.link >= 0 && r.data.LinkURL != nil {
		if u := r.data.LinkURL(s.link); u != "" {
			return u
		}
	}
	return r.address(s.program)
}

// address renders the program of an address, apart from the output around it, and empties addresses that could run a script.
func (r *run) address(p *Program) string {
	if text, ok := p.fixed(); ok {
		return text
	}
	u, err := r.render(p)
	if err != nil || !safeAddress(u) {
		return ""
	}
	return u
}

// pixel is the picture that reports an open; nothing without an address for it.
func (r *run) pixel() string {
	if r.data.PixelURL == "" {
		return ""
	}
	return `<img src="` + string(appendHTML(nil, r.data.PixelURL)) + `" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">`
}
