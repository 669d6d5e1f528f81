package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/mail"
	"net/url"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

// build makes the message of a letter. The same letter makes the same bytes, so
// that a second attempt is the same mail.
func build(l letter.Letter, from string) (*gomail.Msg, error) {
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("sender %q: %w", from, err)
	}
	to, ok := agenda.Email(l.ToEmail)
	if !ok {
		return nil, &addressError{l.ToEmail}
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.FromFormat(agenda.Line(sender.Name), sender.Address); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if err := m.AddToFormat(clipName(l.ToName), to); err != nil {
		return nil, &addressError{l.ToEmail}
	}
	if l.ReplyTo != "" {
		if err := m.ReplyTo(l.ReplyTo); err != nil {
			return nil, fmt.Errorf("reply address %q: %w", l.ReplyTo, err)
		}
	}
	_, domain, _ := strings.Cut(sender.Address, "@")
	m.SetMessageIDWithValue(string(l.ID) + "@" + domain)
	m.SetDateWithValue(l.Date.UTC())
	m.Subject(agenda.Line(l.Subject))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834
	m.SetGenHeader("X-Auto-Response-Suppress", "All")  // Exchange
	m.SetGenHeader("X-Widunetz-Kind", string(l.Kind))
	m.SetGenHeader("Content-Language", language(l.Lang))
	if err := unsubscribe(m, l.Unsubscribe); err != nil {
		return nil, err
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	if l.Calendar != nil {
		err := m.AttachReader(l.CalendarAs, bytes.NewReader(l.Calendar),
			gomail.WithFileContentType("text/calendar; charset=utf-8; method=PUBLISH"), gomail.WithFileEncoding(gomail.EncodingB64))
		if err != nil {
			return nil, fmt.Errorf("attach calendar: %w", err)
		}
	}
	m.SetBoundary(boundary(l.ID))
	return m, nil
}

// addressError is an address to which nothing can be sent.
type addressError struct{ address string }

// Error names the address and what would be right.
func (e *addressError) Error() string {
	return fmt.Sprintf("%q is no address that mail can be sent to (want name@example.org)", agenda.Line(e.address))
}

func clipName(s string) string {
	if r := []rune(agenda.Line(s)); len(r) > 100 {
		return string(r[:100])
	}
	return agenda.Line(s)
}

func language(l agenda.Lang) string {
	if l == agenda.EasyLanguage {
		return string(agenda.German)
	}
	return string(l)
}

// unsubscribe sets both headers of RFC 8058. The library does not clean the
// address, so anything but a plain one is refused.
func unsubscribe(m *gomail.Msg, address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsAny(address, "<>\r\n \t") {
		return fmt.Errorf("unsubscribe address %q: want https://…", address)
	}
	m.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+u.String()+">")
	m.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	return nil
}

// boundary is made of the letter's identifier: random ones would make every
// attempt another mail.
func boundary(id agenda.MessageID) string {
	sum := sha256.Sum256([]byte("boundary" + id))
	return "=_" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15])
}

// Bytes returns the message of a letter as it goes over the wire, but for the
// doubling of dots.
func Bytes(l letter.Letter, from string) ([]byte, error) {
	m, err := build(l, from)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write message: %w", err)
	}
	return b.Bytes(), nil
}
