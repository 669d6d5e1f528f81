package inbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
	"unicode/utf8"

	"widunetz/internal/agenda"
)

// Limits of a mail.
const (
	maxMail  = 1 << 20 // bytes that are read; a larger mail is left alone
	maxHead  = 64 << 10
	maxParts = 40
	maxDepth = 6
)

// parsed is a mail as far as it is looked at.
type parsed struct {
	head  mail.Header
	parts []part // the leaves of its tree, in order
	tree  []string
}

// part is one leaf of a mail.
type part struct {
	kind   string // "text/calendar"
	params map[string]string
	body   []byte // decoded
}

// parse reads a mail. What cannot be read is an error; a panic in what reads it
// is one too.
func parse(raw []byte) (p parsed, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("mail: %v", r)
		}
	}()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return p, fmt.Errorf("mail: %w", err)
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return p, fmt.Errorf("mail: %w", err)
	}
	p.head = m.Header
	return p, p.walk(textproto.MIMEHeader(m.Header), body, 0)
}

// walk takes one node of the tree and what is below it.
func (p *parsed) walk(head textproto.MIMEHeader, body []byte, depth int) error {
	kind, params, err := mime.ParseMediaType(head.Get("Content-Type"))
	if err != nil && kind == "" {
		kind = "text/plain" // RFC 2045, section 5.2
	}
	p.tree = append(p.tree, kind)
	if len(p.tree) > maxParts || depth > maxDepth {
		return fmt.Errorf("mail: more than %d parts or %d levels", maxParts, maxDepth)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		p.parts = append(p.parts, part{kind, params, decode(head.Get("Content-Transfer-Encoding"), body)})
		return nil
	}
	r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		child, err := r.NextRawPart()
		if err == io.EOF { //nolint:errorlint // the end, as the package has it
			return nil
		}
		if err != nil {
			if len(p.parts) > 0 {
				return nil // it was cut off; what is there may do
			}
			return fmt.Errorf("mail: %w", err)
		}
		b, err := io.ReadAll(child)
		if err != nil && len(b) == 0 {
			return fmt.Errorf("mail: %w", err)
		}
		if err := p.walk(child.Header, b, depth+1); err != nil {
			return err
		}
	}
}

// decode undoes the encoding of a part, as far as it goes.
func decode(encoding string, body []byte) []byte {
	var r io.Reader
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, bytes.NewReader(body))
	case "quoted-printable":
		r = quotedprintable.NewReader(bytes.NewReader(body))
	default:
		return body
	}
	out, err := io.ReadAll(r)
	if err != nil && len(out) == 0 {
		return nil
	}
	return out
}

// first returns the first leaf of one of the kinds.
func (p parsed) first(kinds ...string) (part, bool) {
	for _, l := range p.parts {
		for _, k := range kinds {
			if l.kind == k {
				return l, true
			}
		}
	}
	return part{}, false
}

// utf8 returns the text of a part. Of the old one-byte sets the western one is
// read; whatever else is no UTF-8 loses those letters.
func (l part) utf8() []byte { return toUTF8(l.params["charset"], l.body) }

func toUTF8(charset string, b []byte) []byte {
	switch strings.ToLower(charset) {
	case "iso-8859-1", "iso-8859-15", "windows-1252", "latin1":
		if !utf8.Valid(b) {
			out := make([]rune, len(b))
			for i, c := range b {
				out[i] = rune(c)
			}
			return []byte(string(out))
		}
	}
	return b
}

var words = mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(in)
	return bytes.NewReader(toUTF8(charset, b)), err
}}

// header returns a header line as people read it.
func header(h mail.Header, name string) string {
	s := h.Get(name)
	if d, err := words.DecodeHeader(s); err == nil {
		s = d
	}
	return agenda.Line(s)
}

// left describes a mail that is left in the mailbox.
func left(number uint32, raw []byte, why agenda.LeftWhy) agenda.LeftMail {
	l := agenda.LeftMail{Number: number, Why: why}
	head := raw
	if i := bytes.Index(raw, []byte("\r\n\r\n")); i >= 0 {
		head = raw[:i+4]
	}
	m, err := mail.ReadMessage(bytes.NewReader(append(bytes.Clone(head), "\r\n\r\n"...)))
	if err != nil {
		l.From, l.Subject = loose(head, "From"), loose(head, "Subject")
		return l
	}
	l.From, l.Subject = header(m.Header, "From"), header(m.Header, "Subject")
	if d, err := m.Header.Date(); err == nil && d.Year() > 2000 && d.Year() < 2200 {
		l.Date = d.UTC().Truncate(time.Second)
	}
	return l
}

// loose finds a line of a head that cannot be read as one.
func loose(head []byte, name string) string {
	for line := range strings.Lines(string(head)) {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(strings.TrimSpace(key), name) {
			return agenda.Line(value)
		}
	}
	return ""
}

// addresses are all lines that say to whom a mail went, lower case.
func (p parsed) addresses() string {
	var all []string
	for _, name := range []string{"To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To"} {
		all = append(all, p.head[textproto.CanonicalMIMEHeaderKey(name)]...)
	}
	return strings.ToLower(strings.Join(all, "\n"))
}

// automatic reports whether no person wrote the mail: an answering machine
// (RFC 3834) or a list.
func (p parsed) automatic() bool {
	if auto, _, _ := strings.Cut(strings.ToLower(p.head.Get("Auto-Submitted")), ";"); auto != "" && strings.TrimSpace(auto) != "no" {
		return true
	}
	switch strings.ToLower(strings.TrimSpace(p.head.Get("Precedence"))) {
	case "bulk", "junk", "auto_reply":
		return true
	}
	return p.head.Get("X-Autoreply") != "" || p.head.Get("X-Autorespond") != ""
}
