package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"net/url"
	"strings"
	"unicode"

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
	if !ok || !ascii(to) {
		return nil, &addressError{l.ToEmail}
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(named(sender.Name, sender.Address)); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if err := m.To(named(l.ToName, to)); err != nil {
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
	m.Subject(clip(l.Subject, 300))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834
	m.SetGenHeader("X-Auto-Response-Suppress", "All")  // Exchange
	m.SetGenHeader("X-Widunetz-Kind", string(l.Kind))
	m.SetGenHeader("Content-Language", language(l.Lang))
	if err := unsubscribe(m, l.Unsubscribe); err != nil {
		return nil, err
	}
	if err := setBody(m, l); err != nil {
		return nil, err
	}
	if l.Calendar != nil {
		err := m.AttachReader(l.CalendarAs, bytes.NewReader(l.Calendar), gomail.WithFileContentType(attachmentType(l)), gomail.WithFileEncoding(gomail.EncodingB64))
		if err != nil {
			return nil, fmt.Errorf("attach calendar: %w", err)
		}
	}
	m.SetBoundary(boundary("mixed", l.ID))
	return m, nil
}

// asks reports whether the letter carries a calendar message that mail programs
// act on, not only a file.
func asks(l letter.Letter) bool {
	return l.Calendar != nil && (l.Method == agenda.MethodRequest || l.Method == agenda.MethodCancel)
}

// attachmentType is the type of the attached file. A program that acts on the
// message must find one only.
func attachmentType(l letter.Letter) gomail.ContentType {
	if asks(l) {
		return "application/ics"
	}
	return "text/calendar; charset=utf-8; method=PUBLISH"
}

// setBody sets text and HTML as one part, made here: the library gives all
// multiparts of a message the same boundary, or random ones.
func setBody(m *gomail.Msg, l letter.Letter) error {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err := errors.Join(
		w.SetBoundary(boundary("alternative", l.ID)),
		addText(w, "text/plain; charset=UTF-8", l.Text),
		addText(w, "text/html; charset=UTF-8", l.HTML),
		addCalendar(w, l),
		w.Close())
	if err != nil {
		return fmt.Errorf("write text: %w", err)
	}
	kind := gomail.ContentType("multipart/alternative; boundary=" + w.Boundary())
	m.SetBodyWriter(kind, func(to io.Writer) (int64, error) {
		n, err := to.Write(b.Bytes())
		return int64(n), err
	}, gomail.WithPartEncoding(gomail.NoEncoding))
	return nil
}

func addText(w *multipart.Writer, kind, text string) error {
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {kind}, "Content-Transfer-Encoding": {"quoted-printable"}})
	if err != nil {
		return err
	}
	quoted := quotedprintable.NewWriter(part)
	_, err = io.WriteString(quoted, text)
	return errors.Join(err, quoted.Close())
}

// addCalendar adds a calendar message as the last alternative (RFC 6047, section
// 2.4): programs show it with buttons, whoever knows none reads the text.
func addCalendar(w *multipart.Writer, l letter.Letter) error {
	if !asks(l) {
		return nil
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type": {"text/calendar; charset=UTF-8; method=" + l.Method}, "Content-Transfer-Encoding": {"base64"},
	})
	if err != nil {
		return err
	}
	const line = 76 // RFC 2045, section 6.8
	for text := base64.StdEncoding.EncodeToString(l.Calendar); text != ""; {
		n := min(line, len(text))
		if _, err := io.WriteString(part, text[:n]+"\r\n"); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}

// addressError is an address to which nothing can be sent.
type addressError struct{ address string }

// Error names the address and what would be right.
func (e *addressError) Error() string {
	return fmt.Sprintf("%q is no address that mail can be sent to (want name@example.org)", clip(e.address, 100))
}

// named returns an address with the name of its reader, quoted or encoded. A
// backslash in an encoded name could not be read back (RFC 2047, section 5).
func named(name, address string) string {
	return (&mail.Address{Name: clip(strings.ReplaceAll(name, `\`, "/"), 100), Address: address}).String()
}

// clip returns s as one line of at most n characters: a header line without a
// space cannot be folded.
func clip(s string, n int) string {
	s = agenda.Line(s)
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n]))
	}
	return s
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
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
	// Not preformatted: the library writes two of those in any order.
	m.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	return nil
}

// boundary is made of the letter's identifier: random ones would make every
// attempt another mail. It is a token (RFC 2045), since nobody quotes it.
func boundary(of string, id agenda.MessageID) string {
	sum := sha256.Sum256([]byte("boundary " + of + " " + string(id)))
	return "__" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15])
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
