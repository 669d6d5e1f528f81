package agenda_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"widunetz/internal/agenda"
)

func TestEmailTakesPlainAddressesOnly(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"amina@example.org": "amina@example.org", " Amina@Example.ORG ": "amina@example.org", "v+1@example.org": "v+1@example.org",
		"first.last@sub.example.org": "first.last@sub.example.org", "o'neill@example.org": "o'neill@example.org",
		// H12: what would write another line or another receiver on the wire
		"a@example.org\r\nRCPT TO:<v@example.com>": "", "a@example.org\nBcc: v@example.com": "", `"a> ORCPT=x"@example.org`: "",
		"a@example.org,b@example.org": "", "a@example.org;b@example.org": "", "a@[127.0.0.1]": "", "<a@example.org>": "",
		"Amina <a@example.org>": "", "a@example.org (Amina)": "", `a\b@example.org`: "", "a b@example.org": "", "a:b@example.org": "",
		"a\x00@example.org": "", "a\x1b@example.org": "", "a@exa\x00mple.org": "", "a\u0085@example.org": "", "a@exam\u2028ple.org": "",
		// H13: look-alikes
		"аmina@example.org": "", "müller@example.org": "",
		"": "", "@example.org": "", "a@": "", "a": "", "a@localhost": "", "a@.org": "", "a@example.org.": "", "a@example..org": "", "a@@example.org": "",
		".a@example.org": "", "a..b@example.org": "",
		strings.Repeat("a", 64) + "@example.org": strings.Repeat("a", 64) + "@example.org", strings.Repeat("a", 65) + "@example.org": "",
		"a@" + strings.Repeat("b.", 130) + "org": "",
	} {
		got, ok := agenda.Email(in)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("Email(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestEmailIsOneAddressWhateverItsCase(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9.+_<>" ,-]{1,12}@[A-Za-z0-9.-]{1,12}\.(de|ORG)`)).Draw(t, "address")
		a, ok := agenda.Email(s)
		if !ok {
			return
		}
		if b, ok := agenda.Email(strings.ToUpper(s)); !ok || a != b {
			t.Fatalf("Email(%q) = %q, in capitals %q", s, a, b)
		}
		if strings.ContainsAny(a, "\r\n\x00 <>\",;") || strings.Count(a, "@") != 1 {
			t.Fatalf("Email(%q) = %q", s, a)
		}
	})
}

func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  Projekt   gruppe ": "Projekt gruppe", "a\r\nATTENDEE:mailto:evil": "a ATTENDEE:mailto:evil", "a\nEND:VEVENT": "a END:VEVENT", "a\rb": "a b",
		"a\u0085b": "a b", "a\u2028b\u2029c": "a b c", "a\u00a0b": "a b", "a\tb": "a b", "a\x00b\x1b[31mc\x7f": "ab[31mc",
		"gut\u202eschlecht": "gutschlecht", "a\u2066b\u2069": "ab", "\ufeffName": "Name", "a\xffb": "ab", "<b>": "<b>", "مرحبا بالعالم": "مرحبا بالعالم", "": "",
	} {
		if got := agenda.Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"eins\r\nzwei\rdrei\u2028vier": "eins\nzwei\ndrei\nvier", "a\n\n\n\n\nb": "a\n\nb", "a  \nb": "a\nb", "\n\na\n\n": "a", "a\n \n \n \nb": "a\n\nb",
		"a\tb": "a b", "a\x00b\u202ec": "abc", "a\xffb": "ab", "": "",
	} {
		if got := agenda.Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Projektgruppe": "projektgruppe", "Arbeitskreis Interkulturelle Öffnung": "arbeitskreis-interkulturelle-oeffnung", "Über-Fuß": "ueber-fuss",
		"Çay & Şarkı – İzmir": "cay-sarki-izmir", "  --a--  b  ": "a-b", "Łódź, Kraków!": "lodz-krakow", "مرحبا": "", "Fest مرحبا 2027": "fest-2027", "../../etc": "etc",
		"!!!": "", "": "", "2027": "2027", strings.Repeat("ab-", 40): strings.TrimSuffix(strings.Repeat("ab-", 27)[:80], "-"),
	} {
		if got := agenda.Slug(in); got != want {
			t.Errorf("Slug(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldFindsTheSameName(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Caritas e.V.", "Caritas - e.V.", "CARITAS e. V.", "Caritas–e.V."}, {"Müller", "Mueller", "MÜLLER"}, {"Stadt Bünde", "stadt  buende"}, {"Groß", "gross"},
	} {
		for _, s := range same {
			if agenda.Fold(s) != agenda.Fold(same[0]) {
				t.Errorf("Fold(%q) = %q, Fold(%q) = %q", s, agenda.Fold(s), same[0], agenda.Fold(same[0]))
			}
		}
	}
	if agenda.Fold("Stadt Herford") == agenda.Fold("Kreis Herford") {
		t.Error("two towns are one")
	}
}

// What was cleaned once stays as it is, whatever it was.
func TestCleaningTwiceIsCleaningOnce(t *testing.T) {
	t.Parallel()
	odd := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune(" \n\r\t\x00\u0085\u2028\u202e\u00a0\ufeff-äßİ"))))
	rapid.Check(t, func(t *rapid.T) {
		s := odd.Draw(t, "s")
		for name, f := range map[string]func(string) string{"Line": agenda.Line, "Text": agenda.Text, "Slug": agenda.Slug, "Fold": agenda.Fold} {
			once := f(s)
			if twice := f(once); twice != once {
				t.Fatalf("%s(%q) = %q, again %q", name, s, once, twice)
			}
			if !utf8.ValidString(once) || strings.ContainsAny(once, "\r\x00\u202e") {
				t.Fatalf("%s(%q) = %q", name, s, once)
			}
		}
		if strings.Contains(agenda.Line(s), "\n") || strings.Contains(agenda.Text(s), "\n\n\n") {
			t.Fatalf("%q keeps line breaks", s)
		}
		if slug := agenda.Slug(s); len(slug) > 80 || strings.Contains(slug, "--") || strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Fatalf("Slug(%q) = %q", s, slug)
		}
	})
}
