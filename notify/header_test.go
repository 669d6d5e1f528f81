package notify

import (
	"bytes"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"widunetz/internal/agenda"
)

// headers that every message of reminder has, in the order of the alphabet.
var headers = []string{
	"Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-Id",
	"Mime-Version", "Reply-To", "Subject", "To", "X-Auto-Response-Suppress", "X-Widunetz-Kind",
}

// hostile are strings as people paste them.
var hostile = map[string]string{
	"CRLF and a header":       "Sitzung\r\nBcc: v@y.de\r\n\r\nbody",
	"LF":                      "Sitzung\nX-Evil: 1",
	"CR":                      "Sitzung\rX-Evil: 1",
	"NUL":                     "Sit\x00zung",
	"line separators":         "Sitzung\u2028X-Evil: 1\u2029X-Evil: 2\u0085X-Evil: 3",
	"2000 ASCII in one word":  strings.Repeat("a", 2000),
	"2000 ASCII in words":     strings.Repeat("abcd ", 400),
	"2000 umlauts":            strings.Repeat("ä", 2000),
	"2000 emoji":              strings.Repeat("🎉", 2000),
	"family emoji":            "Fest 👨‍👩‍👧‍👦 für alle",
	"right-to-left override":  "Rechnung \u202egnp.exe\u2066x",
	"Arabic":                  "دعوة إلى الاجتماع في هرفورد",
	"what looks encoded":      "=?utf-8?q?=0D=0ABcc:_v@y.de?=",
	"quotes and a backslash":  `Ulrike "Ulli" Meier \ Söhne`,
	"ASCII quotes":            `Ulrike "Ulli" Meier\`,
	"backslash and umlaut":    `Meier \ Söhne`,
	"angle brackets":          `<v@y.de>, "x" <w@y.de>`,
	"comma and at":            "Meier, Ulrike @ Kreis (Herford)",
	"not UTF-8":               "Sitz\xff\xfeung \xc3",
	"only controls":           "\r\n\x00\u202e",
	"nothing":                 "",
	"long word after umlauts": "ä" + strings.Repeat("b", 500),
}

func TestM22HostileNamesAndTitlesStayOneHeader(t *testing.T) {
	for name, s := range hostile {
		t.Run(name, func(t *testing.T) { checkHeaders(t, s, s) })
	}
}

func TestM22AnyNameAndTitleStaysOneHeader(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		checkHeaders(r, rapid.String().Draw(r, "title"), rapid.String().Draw(r, "name"))
	})
}

// checkHeaders makes a letter and looks at what became of title and name.
func checkHeaders(t rapid.TB, title, name string) {
	t.Helper()
	l := reminder("headers")
	l.Subject, l.ToName = title, name
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(agenda.Line(name))
	raw, err := Bytes(l, `"`+quoted+`" <termine@widunetz.example>`)
	if err != nil {
		t.Fatal(err)
	}
	checkLines(t, raw)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for key, values := range m.Header {
		if keys = append(keys, key); len(values) != 1 {
			t.Errorf("%s: %q", key, values)
		}
	}
	if slices.Sort(keys); !slices.Equal(keys, headers) {
		t.Errorf("headers %q", keys)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if want := firstRunes(agenda.Line(title), 300); err != nil || !looksEncoded(title) && subject != want {
		t.Errorf("subject %q, %v, want %q", subject, err, want)
	}
	for key, address := range map[string]string{"To": "j.celik@kreis.example", "From": "termine@widunetz.example"} {
		a, err := m.Header.AddressList(key)
		if want := firstRunes(strings.ReplaceAll(agenda.Line(name), `\`, "/"), 100); err != nil || len(a) != 1 || a[0].Address != address || a[0].Name != want {
			t.Errorf("%s %v, %v, want %q", key, a, err, want)
		}
	}
}

// looksEncoded tells titles that a mail program decodes as if we had encoded
// them; what comes out is one line all the same.
func looksEncoded(s string) bool { return strings.Contains(s, "=?") }

func firstRunes(s string, n int) string {
	r := []rune(s)
	return strings.TrimSpace(string(r[:min(n, len(r))]))
}

// checkLines checks every line of a message (RFC 5322, section 2.1.1; RFC 2047,
// section 2).
func checkLines(t rapid.TB, raw []byte) {
	t.Helper()
	if strings.ContainsAny(strings.ReplaceAll(string(raw), "\r\n", ""), "\r\n\x00") {
		t.Errorf("a line ends in something else than CRLF, or there is a NUL:\n%q", raw)
	}
	head := true
	for line := range strings.SplitSeq(string(raw), "\r\n") {
		head = head && line != ""
		if len(line) > 998 || strings.Contains(line, "=?") && len(line) > 78 {
			t.Errorf("line of %d columns: %.100s", len(line), line)
		}
		if head && strings.ContainsFunc(line, func(r rune) bool { return r > 126 || r < 32 && r != '\t' }) {
			t.Errorf("header line %q is not ASCII", line)
		}
	}
}

func TestM22BodyLinesAreShortAndEndInCRLF(t *testing.T) {
	for name, s := range hostile {
		t.Run(name, func(t *testing.T) {
			l := reminder("body")
			l.Text, l.HTML, l.Calendar = s, s, []byte(s)
			checkLines(t, message(t, l))
		})
	}
}
