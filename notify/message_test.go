package notify

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

// part is a part of a message: its kind, parameters and content, or its parts.
type part struct {
	Kind    string
	Params  map[string]string
	File    string
	Content string
	Parts   []part
}

// parse reads a message as any mail program does.
func parse(t testing.TB, raw []byte) (mail.Header, part) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return m.Header, readPart(t, m.Header.Get, m.Body)
}

func readPart(t testing.TB, header func(string) string, body io.Reader) part {
	t.Helper()
	kind, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		t.Fatalf("Content-Type %q: %v", header("Content-Type"), err)
	}
	p := part{Kind: kind, Params: params}
	if _, d, err := mime.ParseMediaType(header("Content-Disposition")); err == nil {
		p.File = d["filename"]
	}
	if !strings.HasPrefix(kind, "multipart/") {
		b, err := io.ReadAll(decoder(header("Content-Transfer-Encoding"), body))
		if err != nil {
			t.Fatal(err)
		}
		p.Content = string(b)
		return p
	}
	for r := multipart.NewReader(body, params["boundary"]); ; {
		next, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		p.Parts = append(p.Parts, readPart(t, next.Header.Get, next))
	}
}

func decoder(encoding string, r io.Reader) io.Reader {
	switch encoding {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

// tree writes the kinds of a message: multipart/mixed(text/plain, …).
func (p part) tree() string {
	var kinds []string
	for _, c := range p.Parts {
		kinds = append(kinds, c.tree())
	}
	if len(kinds) == 0 {
		return p.Kind
	}
	return p.Kind + "(" + strings.Join(kinds, ", ") + ")"
}

func message(t testing.TB, l letter.Letter) []byte {
	t.Helper()
	b, err := Bytes(l, sender)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestM09MessageStructure(t *testing.T) {
	with, without := reminder("with"), reminder("without")
	without.Calendar = nil
	for l, want := range map[*letter.Letter]string{
		&with:    "multipart/mixed(multipart/alternative(text/plain, text/html), text/calendar)",
		&without: "multipart/alternative(text/plain, text/html)",
	} {
		_, p := parse(t, message(t, *l))
		if got := p.tree(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestM23PartsHoldWhatTheLetterHolds(t *testing.T) {
	l := reminder("parts")
	l.Text = "Grüße\n\n.\n..\n.hidden\nFrom here\n  \ttrailing \n=3D مرحبا 🎉\n" + strings.Repeat("lang ", 500) + "\n-- \nwidunetz\n"
	l.HTML = "<p dir=rtl>مرحبا</p>\n.\n" + strings.Repeat("x", 3000)
	_, p := parse(t, message(t, l))
	alternative, calendar := p.Parts[0], p.Parts[1]
	for i, want := range []string{l.Text, l.HTML} {
		got := alternative.Parts[i]
		if diff := cmp.Diff(want, strings.ReplaceAll(got.Content, "\r\n", "\n")); diff != "" {
			t.Errorf("%s:\n%s", got.Kind, diff)
		}
		if got.Params["charset"] != "UTF-8" {
			t.Errorf("%s: charset %q", got.Kind, got.Params["charset"])
		}
	}
	want := part{Kind: "text/calendar", File: "termin.ics", Content: string(l.Calendar),
		Params: map[string]string{"charset": "utf-8", "method": "PUBLISH", "name": "termin.ics"}}
	if diff := cmp.Diff(want, calendar); diff != "" {
		t.Error(diff)
	}
}

func TestMessageHeaders(t *testing.T) {
	bare := reminder("bare")
	bare.Kind, bare.ToName, bare.ReplyTo, bare.Unsubscribe, bare.Lang = agenda.KindLogin, "", "", "", agenda.EasyLanguage
	arabic := reminder("arabic")
	arabic.Lang = agenda.Arabic
	absent := "(absent)"
	cases := map[string]struct {
		letter letter.Letter
		want   map[string]string
	}{
		"M13_M15_M16_all": {reminder("all"), map[string]string{
			"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "X-Widunetz-Kind": "reminder",
			"Message-Id": "<all@widunetz.example>", "Date": "Mon, 01 Mar 2027 07:00:00 +0000", "Reply-To": "<buero@widunetz.example>",
			"From": `"widunetz" <termine@widunetz.example>`, "Content-Language": "de", "Mime-Version": "1.0",
			"List-Unsubscribe":      "<https://widunetz.example/abmelden/abc?p=1&k=reminder>",
			"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "User-Agent": absent, "X-Mailer": absent, "Cc": absent, "Bcc": absent,
		}},
		"M16_login_link_cannot_be_unsubscribed": {bare, map[string]string{
			"X-Widunetz-Kind": "login", "List-Unsubscribe": absent, "List-Unsubscribe-Post": absent, "Reply-To": absent,
			"To": "<j.celik@kreis.example>", "Auto-Submitted": "auto-generated",
		}},
		"easy_language_is_German": {bare, map[string]string{"Content-Language": "de"}},
		"Arabic":                  {arabic, map[string]string{"Content-Language": "ar"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h, _ := parse(t, message(t, c.letter))
			got := map[string]string{}
			for key := range c.want {
				if got[key] = strings.Join(h[key], "|"); h[key] == nil {
					got[key] = absent
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestM18OneReader(t *testing.T) {
	h, _ := parse(t, message(t, reminder("one")))
	to, err := h.AddressList("To")
	if err != nil || len(to) != 1 || *to[0] != (mail.Address{Name: "Çelik, Jürgen", Address: "j.celik@kreis.example"}) {
		t.Errorf("To %v, %v", to, err)
	}
}

func TestM13SecondAttemptIsTheSameMail(t *testing.T) {
	l := reminder("same")
	want := message(t, l)
	for range 30 { // the library keeps headers in maps
		if got := message(t, l); !bytes.Equal(got, want) {
			t.Fatal(cmp.Diff(string(want), string(got)))
		}
	}
	m, err := build(l, sender)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // as when a kept connection turns out to be closed
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil || !bytes.Equal(b.Bytes(), want) {
			t.Fatalf("%v\n%s", err, cmp.Diff(string(want), b.String()))
		}
	}
}

func TestM13MessageIDsDifferByLetterAndBoundariesToo(t *testing.T) {
	seen := map[string]string{}
	for i := range 3 {
		h, p := parse(t, message(t, reminder(agenda.MessageID(fmt.Sprint("letter-", i)))))
		for what, s := range map[string]string{"Message-ID": h.Get("Message-Id"), "mixed": p.Params["boundary"], "alternative": p.Parts[0].Params["boundary"]} {
			if other := seen[s]; other != "" {
				t.Errorf("letter %d: %s %q is that of %s", i, what, s, other)
			}
			seen[s] = fmt.Sprintf("letter %d, %s", i, what)
		}
	}
}

func TestH12AddressesThatAreRefusedForHim(t *testing.T) {
	for _, address := range []string{
		"", "a", "a@", "@x.de", "a@x", "a@x\r\nRCPT TO:<v@y.de>", "a@x.de\nBcc: v@y.de", `"a> ORCPT=x"@y.de`, "a@x.de,b@y.de", "a@x.de b@y.de",
		"a@[127.0.0.1]", "<a@x.de>", "A <a@x.de>", `"a b"@x.de`, "a@x.de\x00", "a@x..de", "a@.x.de", "a@x.de.", "a(b)@x.de", "a@x.de;b@y.de", "-\t@x.de",
		strings.Repeat("a", 65) + "@x.de", "a@" + strings.Repeat("x", 260) + ".de",
		"jörg@kreis.example", "josé@x.de", "почта@x.de", "info@bücher.example", "a@xn--\u0430.de", // M24
	} {
		l := reminder("hostile")
		l.ToEmail = address
		_, err := Bytes(l, sender)
		if err == nil {
			t.Errorf("%q: a message was made", address)
			continue
		}
		d := refused(err)
		if d.Outcome != agenda.RefusedForHim || d.Code != 0 || !strings.Contains(d.Text, "is no address that mail can be sent to (want name@example.org)") || strings.ContainsAny(d.Text, "\r\n\x00") {
			t.Errorf("%q: %+v", address, d)
		}
	}
}

func TestOrdinaryAddressesAreTaken(t *testing.T) {
	for _, address := range []string{"a@x.de", "A.B+c@Kreis-Herford.DE", "o'brien@x.de", " a@x.de\r\n", "a_b-c@sub.x.museum", "info@xn--bcher-kva.example"} {
		l := reminder("ordinary")
		l.ToEmail = address
		h, _ := parse(t, message(t, l))
		to, err := h.AddressList("To")
		if want := strings.ToLower(strings.TrimSpace(address)); err != nil || len(to) != 1 || to[0].Address != want {
			t.Errorf("To of %q: %v, %v", address, to, err)
		}
	}
}

func TestLettersThatAreOurFault(t *testing.T) {
	cases := map[string]struct {
		change func(l *letter.Letter, from *string)
		text   string
	}{
		"sender is no address":            {func(_ *letter.Letter, from *string) { *from = "widunetz" }, "sender"},
		"sender has a line break":         {func(_ *letter.Letter, from *string) { *from = "w\r\nBcc: v@y.de <a@x.de>" }, "sender"},
		"reply address is none":           {func(l *letter.Letter, _ *string) { l.ReplyTo = "office" }, "reply address"},
		"reply address has a line":        {func(l *letter.Letter, _ *string) { l.ReplyTo = "a@x.de\r\nBcc: v@y.de" }, "reply address"},
		"unsubscribe has a line":          {func(l *letter.Letter, _ *string) { l.Unsubscribe = "https://x.de/\r\nBcc: v@y.de" }, "unsubscribe address"},
		"unsubscribe ends the brackets":   {func(l *letter.Letter, _ *string) { l.Unsubscribe = "https://x.de/>,<mailto:v@y.de" }, "unsubscribe address"},
		"unsubscribe has a space":         {func(l *letter.Letter, _ *string) { l.Unsubscribe = "https://x.de/a b" }, "unsubscribe address"},
		"unsubscribe is no web address":   {func(l *letter.Letter, _ *string) { l.Unsubscribe = "mailto:v@y.de" }, "want https://"},
		"unsubscribe is half an address":  {func(l *letter.Letter, _ *string) { l.Unsubscribe = "/abmelden" }, "want https://"},
		"unsubscribe is another protocol": {func(l *letter.Letter, _ *string) { l.Unsubscribe = "ftp://x.de/a" }, "want https://"},
	}
	for name, c := range cases {
		l, from := reminder("fault"), sender
		c.change(&l, &from)
		_, err := Bytes(l, from)
		if err == nil {
			t.Errorf("%s: a message was made", name)
			continue
		}
		if d := refused(err); d.Outcome != agenda.RefusedForUs || !strings.Contains(d.Text, c.text) || strings.ContainsAny(d.Text, "\r\n") {
			t.Errorf("%s: %+v, want it refused for us with %q", name, d, c.text)
		}
	}
}
