package exchange_test

import (
	"strings"
	"testing"

	"widunetz/internal/agenda"
	"widunetz/internal/exchange"
)

func TestCards(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	err := exchange.Cards(&b, []agenda.DirectoryEntry{
		{Institution: agenda.Institution{Name: "Stadt Bünde; Amt 5, Soziales", Town: "Bünde", Website: "https://buende.example"}, People: []agenda.Person{
			{ID: "a", Given: "Ana", Family: "O;Neil\r\nEND:VCARD", Email: "a@x.example", Phone: "05223 1"},
		}},
		{People: []agenda.Person{{ID: "b", Family: "Çelik"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(`BEGIN:VCARD
VERSION:3.0
UID:widunetz-a
N:O\;Neil\nEND:VCARD;Ana;;;
FN:Ana O\;Neil\nEND:VCARD
ORG:Stadt Bünde\; Amt 5\, Soziales
EMAIL;TYPE=INTERNET,WORK:a@x.example
TEL;TYPE=WORK,VOICE:05223 1
ADR;TYPE=WORK:;;;Bünde;;;
URL:https://buende.example
END:VCARD
BEGIN:VCARD
VERSION:3.0
UID:widunetz-b
N:Çelik;;;;
FN:Çelik
END:VCARD
`, "\n", "\r\n")
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
