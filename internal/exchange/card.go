package exchange

import (
	"io"
	"strings"

	"widunetz/internal/agenda"
)

// CardType is the media type of Cards (RFC 6350, section 10.1).
const CardType = "text/vcard; charset=utf-8"

// Cards writes the people of a directory's entries as vCards of version 3.0
// (RFC 2426), which Outlook, too, takes. The library that there is does not
// escape the semicolons between the parts of a name.
func Cards(w io.Writer, entries []agenda.DirectoryEntry) error {
	for _, e := range entries {
		for _, p := range e.People {
			if _, err := io.WriteString(w, card(e.Institution, p)); err != nil {
				return err
			}
		}
	}
	return nil
}

func card(i agenda.Institution, p agenda.Person) string {
	var b strings.Builder
	line := func(name string, parts ...string) {
		if strings.Join(parts, "") == "" {
			return
		}
		for n, s := range parts {
			parts[n] = cardText.Replace(s)
		}
		b.WriteString(name + ":" + strings.Join(parts, ";") + "\r\n")
	}
	line("BEGIN", "VCARD")
	line("VERSION", "3.0")
	line("UID", "widunetz-"+string(p.ID))
	line("N", p.Family, p.Given, "", "", "")
	line("FN", p.Name())
	line("ORG", i.Name)
	line("EMAIL;TYPE=INTERNET,WORK", p.Email)
	line("TEL;TYPE=WORK,VOICE", p.Phone)
	line("ADR;TYPE=WORK", "", "", "", i.Town, "", "", "")
	line("URL", i.Website)
	line("END", "VCARD")
	return b.String()
}

// cardText escapes what has a meaning of its own (RFC 2426, section 4).
var cardText = strings.NewReplacer(`\`, `\\`, "\r", "", "\n", `\n`, ",", `\,`, ";", `\;`)
