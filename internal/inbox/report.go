package inbox

import (
	"bufio"
	"bytes"
	"net/textproto"
	"regexp"
	"strings"

	"widunetz/internal/agenda"
)

// report reads a delivery status notification (RFC 3464). ok is false if the
// mail is none; why says why one is of no use.
func (a address) report(p parsed) (b agenda.Bounce, why agenda.LeftWhy, ok bool) {
	status, ok := p.first("message/delivery-status", "message/global-delivery-status")
	if !ok || len(p.tree) == 0 || p.tree[0] != "multipart/report" {
		return b, "", false
	}
	found := false
	for _, f := range groups(status.utf8()) {
		action := strings.ToLower(word(f.Get("Action")))
		if action != "failed" && action != "delayed" || found && action == "delayed" {
			continue
		}
		found = true
		b.Final, b.Status, b.Address = action == "failed", word(f.Get("Status")), recipient(f)
		if b.Text = typed(f.Get("Diagnostic-Code")); b.Text == "" {
			b.Text = strings.TrimSpace(b.Status + " " + b.Address)
		}
		if b.Final {
			break
		}
	}
	if !found {
		return b, agenda.LeftReport, true
	}
	b.Text = clip(agenda.Line(b.Text), 300)
	b.Message, b.Foreign = a.original(p)
	return b, "", true
}

// original finds of which mail a report speaks: the address that it came to says
// so, or the part with its head. foreign: of one that is not of our making.
func (a address) original(p parsed) (id agenda.MessageID, foreign bool) {
	if token := a.token(p, agenda.BounceToken); token != "" {
		return agenda.MessageID(token), false
	}
	head, ok := p.first("text/rfc822-headers", "message/rfc822", "message/global-headers", "message/global")
	if !ok {
		return "", false
	}
	h, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(head.body, "\r\n\r\n"...)))).ReadMIMEHeader() //nolint:errcheck // what could be read may do
	name := strings.Trim(strings.TrimSpace(h.Get("Message-Id")), "<>")
	if name == "" {
		return "", false
	}
	local, domain, _ := strings.Cut(strings.ToLower(name), "@")
	if domain != a.sender || !messageID.MatchString(local) {
		return "", true
	}
	return agenda.MessageID(local), false
}

var messageID = regexp.MustCompile(`^[a-z0-9.-]{10,64}$`)

// groups reads the blocks of fields of a delivery status: one about the mail,
// then one for each reader.
func groups(b []byte) (out []textproto.MIMEHeader) {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	for block := range bytes.SplitSeq(b, []byte("\n\n")) {
		block = bytes.TrimLeft(block, "\n")
		if len(block) == 0 || len(out) == maxParts {
			continue
		}
		h, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(bytes.Clone(block), "\n\n"...)))).ReadMIMEHeader() //nolint:errcheck // what could be read may do
		if h != nil {
			out = append(out, h)
		}
	}
	return out
}

// recipient is whom a mail did not reach: as we wrote to him, if that is said.
func recipient(f textproto.MIMEHeader) string {
	for _, name := range []string{"Original-Recipient", "Final-Recipient"} {
		if e, ok := agenda.Email(strings.Trim(typed(f.Get(name)), "<>")); ok {
			return e
		}
	}
	return ""
}

// typed returns what follows the type in a field ("smtp; 550 5.1.1 …").
func typed(s string) string {
	if _, rest, ok := strings.Cut(s, ";"); ok {
		s = rest
	}
	return strings.TrimSpace(s)
}

// word returns the first word of a field, which a comment may follow.
func word(s string) string {
	if f := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '(' }); len(f) > 0 {
		return f[0]
	}
	return ""
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
