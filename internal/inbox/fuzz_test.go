package inbox

import (
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

var reports = func() (out []string) {
	whole := bounced(agenda.Message{ID: "abcdefghijklmnopqrstuvwxyz", To: "anna@example.org"}, "failed", "5.1.1", noSuchUser)
	out = append(out, whole, strings.ReplaceAll(whole, "\n", "\r\n"), whole[:len(whole)/2], strings.ReplaceAll(whole, "\n\n", "\n"))
	out = append(out, strings.Replace(whole, "message/delivery-status", "message/delivery-status\nContent-Transfer-Encoding: base64", 1))
	out = append(out, strings.Replace(whole, `boundary="4XYZ.1700000000/mail.example"`, "", 1), strings.Replace(whole, "Diagnostic-Code: smtp;", "Diagnostic-Code:", 1))
	return append(out, "", "\n", "A: b\n\n", "Content-Type: multipart/report; boundary=\n\n--\n", strings.Repeat("Content-Type: multipart/report; boundary=x\n\n--x\n", 20))
}()

// Whatever comes, reading it ends, and what is read is fit to be kept.
func FuzzReport(f *testing.F) {
	for _, s := range reports {
		f.Add([]byte(s))
	}
	a := newAddress(mailbox, "widunetz.example")
	f.Fuzz(func(t *testing.T, raw []byte) {
		l := left(1, raw, agenda.LeftOther).Clean()
		for _, s := range []string{l.From, l.Subject} {
			if s != agenda.Line(s) || agenda.Length(s) > 200 {
				t.Errorf("listed as %q", s)
			}
		}
		p, err := parse(raw)
		if err != nil {
			return
		}
		if len(p.tree) > maxParts {
			t.Errorf("%d parts", len(p.tree))
		}
		p.automatic()
		b, _, ok := a.report(p)
		if !ok {
			return
		}
		if b.Text != agenda.Line(b.Text) || agenda.Length(b.Text) > 300 {
			t.Errorf("words %q", b.Text)
		}
		if b.Message != "" && (b.Foreign || !messageID.MatchString(string(b.Message))) {
			t.Errorf("message %q, foreign %v", b.Message, b.Foreign)
		}
		if b.Address != "" {
			if e, ok := agenda.Email(b.Address); !ok || e != b.Address {
				t.Errorf("address %q", b.Address)
			}
		}
	})
}

// Likewise for answers to invitations.
func FuzzReply(f *testing.F) {
	for _, s := range []string{
		"From: a@example.org\nTo: antwort+rabcdefghijklmnopqrstuvwxyz@widunetz.example\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nPRODID:x\nVERSION:2.0\nBEGIN:VEVENT\nUID:sitzung-a@widunetz\nDTSTAMP:20270301T080000Z\nSEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org\nCOMMENT:x\\, y\nEND:VEVENT\nEND:VCALENDAR\n",
		"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:COUNTER\nBEGIN:VEVENT\nATTENDEE;CN=foo\nEND:VEVENT\nEND:VCALENDAR\n",
		"Content-Type: application/ics\nContent-Transfer-Encoding: base64\n\nQkVHSU46VkNBTEVOREFSCkVORDpWQ0FMRU5EQVIK\n",
		"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/calendar; charset=iso-8859-1\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nCOMMENT:\xe4\nSEQUENCE:-9\nEND:VEVENT\nEND:VCALENDAR\n--x--\n",
		"Content-Type: text/calendar\n\n" + strings.Repeat("BEGIN:VCALENDAR\n", 100),
	} {
		f.Add([]byte(s))
	}
	a := newAddress(mailbox, "widunetz.example")
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := parse(raw)
		if err != nil {
			return
		}
		r, why, ok := a.reply(p)
		if !ok || why != "" {
			return
		}
		if r.Unclear() == "" && (r.Attendee == "" || r.Token == "" || r.Stamp.IsZero()) {
			t.Errorf("clear: %+v", r)
		}
		if w := r.Words(); w != agenda.Text(w) && !strings.HasSuffix(w, "…") || agenda.Length(w) > 500 {
			t.Errorf("comment %q", w)
		}
	})
}
