package template

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/errs"
)

// MessengerContent is one Messenger message. Exactly one of Text, Image, Cards and Utility is set: one message is one call, so that none is ever half sent.
// Source of all limits: developers.facebook.com, Messenger Platform, "Send API" reference, "Generic Template", "Button Template", "Quick Replies", "Utility Messages".
type MessengerContent struct {
	// MessagingType is UPDATE (when empty) or RESPONSE inside 24 hours after the person's last act, UTILITY for a template that Meta has approved. Message tags ended in April 2026;
	// HUMAN_AGENT is for what a person types.
	MessagingType string                `json:"messaging_type,omitempty" enum:"UPDATE,RESPONSE,UTILITY"`
	Text          string                `json:"text,omitempty"`          // at most 2,000 characters, 640 with buttons
	Buttons       []MessengerButton     `json:"buttons,omitempty"`       // at most three, under the text
	Image         string                `json:"image,omitempty"`         // web address of a picture, at most 25 MB
	Cards         []MessengerCard       `json:"cards,omitempty"`         // a carousel of at most ten
	Utility       *MessengerUtility     `json:"utility,omitempty"`       //
	QuickReplies  []MessengerQuickReply `json:"quick_replies,omitempty"` // at most 13; not with Utility
	TrackLinks    bool                  `json:"track_links,omitempty"`   // links become tracked ones
}

// MessengerButton is one button. Pressing a postback or our own link is a click that Loa sees; a phone number is not.
type MessengerButton struct {
	Type    string `json:"type" enum:"web_url,postback,phone_number"`
	Title   string `json:"title"`             // at most 20 characters
	URL     string `json:"url,omitempty"`     // of web_url
	Payload string `json:"payload,omitempty"` // of postback: what comes back, at most 900 characters; of phone_number: the number as +84…
}

// MessengerQuickReply is a button above the keyboard; it goes away when it is pressed.
type MessengerQuickReply struct {
	Title   string `json:"title"`             // at most 20 characters
	Payload string `json:"payload,omitempty"` // at most 900 characters
}

// MessengerCard is one card of a carousel.
type MessengerCard struct {
	Title    string            `json:"title"`              // at most 80 characters
	Subtitle string            `json:"subtitle,omitempty"` // at most 80 characters
	Image    string            `json:"image,omitempty"`    // web address
	URL      string            `json:"url,omitempty"`      // opened when the card is pressed
	Buttons  []MessengerButton `json:"buttons,omitempty"`  // at most three
}

// MessengerUtility fills a template that Meta has approved for the Page.
type MessengerUtility struct {
	Name       string            `json:"name"`
	Language   string            `json:"language"`              // "vi"
	Positional bool              `json:"positional,omitempty"`  // parameters are numbered "1", "2" …; else they are named
	Params     map[string]string `json:"params,omitempty"`      // parameter of the body to the text that fills it
	Buttons    []string          `json:"buttons,omitempty"`     // of the template's buttons in order: the payload of a postback, or what is added to the address
	URLButtons []int             `json:"url_buttons,omitempty"` // which of them, from 0, are addresses
}

// MessengerRendered is a finished message.
type MessengerRendered struct {
	MessagingType string                `json:"messaging_type"`
	Text          string                `json:"text,omitempty"`
	Buttons       []MessengerButton     `json:"buttons,omitempty"`
	Image         string                `json:"image,omitempty"`
	Cards         []MessengerCard       `json:"cards,omitempty"`
	Utility       *MessengerUtility     `json:"utility,omitempty"`
	QuickReplies  []MessengerQuickReply `json:"quick_replies,omitempty"`
}

// The limits, in characters and pieces. A payload has 1,000; the rest is for our key.
const (
	messengerText    = 2000
	messengerButtons = 640 // of a text with buttons
	messengerTitle   = 20  // of a button or quick reply
	messengerCard    = 80
	messengerPayload = 900
	messengerValue   = 1000
	maxButtons       = 3
	maxCards         = 10
	maxQuickReplies  = 13
)

// MessengerTooLong, MessengerMissing and MessengerBadAddress are the codes of values that Messenger would refuse, found when the message was filled in.
const (
	MessengerTooLong    = "too_long"
	MessengerMissing    = "missing"
	MessengerBadAddress = "bad_address"
)

// messengerTypes are the messaging types that content may have; the others have an error of their own.
var messengerTypes = []string{"UPDATE", "RESPONSE", "UTILITY"}

var (
	utilityName  = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	languageCode = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)
)

func (c *Compiled) compileMessenger() *errs.Error {
	m := c.Messenger
	if m.MessagingType == "" {
		m.MessagingType = "UPDATE"
	}
	switch {
	case m.MessagingType == "HUMAN_AGENT" && c.byHand:
	case m.MessagingType == "HUMAN_AGENT":
		return errs.Invalid("template.messenger_human_agent").With("field", "messaging_type")
	case strings.HasSuffix(m.MessagingType, "_UPDATE") || m.MessagingType == "MESSAGE_TAG":
		return errs.Invalid("template.messenger_tags_ended").With("field", "messaging_type")
	case !slices.Contains(messengerTypes, m.MessagingType):
		return errs.Invalid("template.content_invalid").With("field", "messaging_type")
	}
	c.Kind = m.MessagingType
	if err := c.messengerShape(); err != nil {
		return err
	}
	x := &messengerCompiler{fieldCompiler[MessengerRendered]{c: c, track: m.TrackLinks}}
	switch {
	case m.Utility != nil:
		x.utility(m.Utility)
	case len(m.Cards) > 0:
		for i := range m.Cards {
			x.card(i, &m.Cards[i])
		}
	case m.Image != "":
		x.add(chatField[MessengerRendered]{path: "image", limit: messengerPayload, need: true, kind: webLink, put: func(r *MessengerRendered, v string) { r.Image = v }}, m.Image)
	default:
		limit := messengerText
		if len(m.Buttons) > 0 {
			limit = messengerButtons
		}
		x.text("text", m.Text, limit, func(r *MessengerRendered, v string) { r.Text = v })
		x.buttons("buttons", m.Buttons, func(r *MessengerRendered) *[]MessengerButton { return &r.Buttons })
	}
	for i, q := range m.QuickReplies {
		path := "quick_replies[" + strconv.Itoa(i) + "]"
		x.add(chatField[MessengerRendered]{path: path + ".title", limit: messengerTitle, need: true, put: func(r *MessengerRendered, v string) { r.QuickReplies[i].Title = v }}, q.Title)
		x.add(chatField[MessengerRendered]{path: path + ".payload", limit: messengerPayload, put: func(r *MessengerRendered, v string) { r.QuickReplies[i].Payload = v }}, q.Payload)
	}
	if x.err != nil {
		return x.err
	}
	c.messenger = x.fields
	x.finish()
	return nil
}

// messengerShape checks what is there and how much of it.
func (c *Compiled) messengerShape() *errs.Error {
	m := c.Messenger
	kinds := 0
	for _, there := range []bool{strings.TrimSpace(m.Text) != "", m.Image != "", len(m.Cards) > 0, m.Utility != nil} {
		if there {
			kinds++
		}
	}
	many := func(field string, most int) *errs.Error {
		return errs.Invalid("template.messenger_many").With("field", field).With("max", strconv.Itoa(most))
	}
	switch {
	case kinds == 0:
		return errs.Invalid("template.empty").With("field", "text")
	case kinds > 1:
		return errs.Invalid("template.messenger_one_kind").With("field", "text")
	case len(m.Buttons) > 0 && m.Text == "":
		return errs.Invalid("template.messenger_buttons_need_text").With("field", "buttons")
	case (m.MessagingType == "UTILITY") != (m.Utility != nil):
		return errs.Invalid("template.messenger_utility").With("field", "messaging_type")
	case m.Utility != nil && len(m.QuickReplies) > 0:
		return errs.Invalid("template.messenger_utility").With("field", "quick_replies")
	case len(m.Buttons) > maxButtons:
		return many("buttons", maxButtons)
	case len(m.Cards) > maxCards:
		return many("cards", maxCards)
	case len(m.QuickReplies) > maxQuickReplies:
		return many("quick_replies", maxQuickReplies)
	}
	for i, card := range m.Cards {
		if len(card.Buttons) > maxButtons {
			return many("cards["+strconv.Itoa(i)+"].buttons", maxButtons)
		}
	}
	if u := m.Utility; u != nil {
		switch {
		case !utilityName.MatchString(u.Name):
			return errs.Invalid("template.content_invalid").With("field", "utility.name")
		case !languageCode.MatchString(u.Language):
			return errs.Invalid("template.content_invalid").With("field", "utility.language")
		case len(u.Params) > 50:
			return many("utility.params", 50)
		case len(u.Buttons) > maxButtons:
			return many("utility.buttons", maxButtons)
		}
	}
	return nil
}

// messengerCompiler collects the texts of a Messenger message.
type messengerCompiler struct {
	fieldCompiler[MessengerRendered]
}

func (x *messengerCompiler) buttons(path string, list []MessengerButton, of func(*MessengerRendered) *[]MessengerButton) {
	for i, b := range list {
		at := path + "[" + strconv.Itoa(i) + "]"
		x.add(chatField[MessengerRendered]{path: at + ".title", limit: messengerTitle, need: true, put: func(r *MessengerRendered, v string) { (*of(r))[i].Title = v }}, b.Title)
		payload := func(r *MessengerRendered, v string) { (*of(r))[i].Payload = v }
		switch b.Type {
		case "web_url":
			x.link(at+".url", b.URL, messengerValue, func(r *MessengerRendered, v string) { (*of(r))[i].URL = v })
		case "postback":
			x.add(chatField[MessengerRendered]{path: at + ".payload", limit: messengerPayload, put: payload}, b.Payload)
		case "phone_number":
			x.add(chatField[MessengerRendered]{path: at + ".payload", limit: messengerTitle, need: true, kind: phoneLink, put: payload}, b.Payload)
		default:
			if x.err == nil {
				x.err = errs.Invalid("template.content_invalid").With("field", at+".type")
			}
		}
	}
}

func (x *messengerCompiler) card(i int, card *MessengerCard) {
	at := "cards[" + strconv.Itoa(i) + "]"
	x.add(chatField[MessengerRendered]{path: at + ".title", limit: messengerCard, need: true, put: func(r *MessengerRendered, v string) { r.Cards[i].Title = v }}, card.Title)
	x.add(chatField[MessengerRendered]{path: at + ".subtitle", limit: messengerCard, put: func(r *MessengerRendered, v string) { r.Cards[i].Subtitle = v }}, card.Subtitle)
	x.add(chatField[MessengerRendered]{path: at + ".image", limit: messengerValue, kind: webLink, put: func(r *MessengerRendered, v string) { r.Cards[i].Image = v }}, card.Image)
	if card.URL != "" {
		x.link(at+".url", card.URL, messengerValue, func(r *MessengerRendered, v string) { r.Cards[i].URL = v })
	}
	x.buttons(at+".buttons", card.Buttons, func(r *MessengerRendered) *[]MessengerButton { return &r.Cards[i].Buttons })
	if x.err == nil && card.Subtitle == "" && card.Image == "" && card.URL == "" && len(card.Buttons) == 0 {
		x.err = errs.Invalid("template.messenger_bare_card").With("field", at) // Meta wants one thing beside the title
	}
}

func (x *messengerCompiler) utility(u *MessengerUtility) {
	for _, name := range slices.Sorted(maps.Keys(u.Params)) {
		if u.Positional && !digits(name) {
			x.err = errs.Invalid("template.content_invalid").With("field", "utility.params."+name)
			return
		}
		x.add(chatField[MessengerRendered]{path: "utility.params." + name, limit: messengerValue, need: true, put: func(r *MessengerRendered, v string) { r.Utility.Params[name] = v }}, u.Params[name])
	}
	for i, b := range u.Buttons {
		x.add(chatField[MessengerRendered]{path: "utility.buttons[" + strconv.Itoa(i) + "]", limit: messengerPayload, need: true, put: func(r *MessengerRendered, v string) { r.Utility.Buttons[i] = v }}, b)
	}
}

func (c *Compiled) renderMessenger(r *run, out *Rendered) error {
	m := &MessengerRendered{}
	if err := clone(c.Messenger, m); err != nil {
		return err
	}
	if err := fill(r, c.messenger, m, out); err != nil {
		return err
	}
	out.Messenger, out.Text = m, m.Text
	return nil
}
