package ics

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"widunetz/internal/agenda"
)

// pieces are what foldings of other programs have stumbled over: characters of
// one to four octets, joined emoji, marks, both writing directions, controls.
var pieces = []string{
	"a", " ", "  ", "ß", "é", "e\u0301", "€", "مرحبا", "سلام", "👩‍👩‍👧", "🇩🇪", "😀", "\u202e", "\u200f", "\\", ",", ";", ":", `"`, "\n", "\r\n", "\r",
	"\t", "\x00", "\x1b", "\x7f", "\u0085", "\u2028", "\xff", "\xc3", "END:VEVENT", "Interkulturelle Wochen",
}

func anyText(rt *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 120).Draw(rt, label), "")
}

func TestF03F04LinesFoldBetweenCharacters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		line := strings.NewReplacer("\r", "", "\n", "").Replace(strings.ToValidUTF8(anyText(rt, "line"), "")) + "\r\n"
		var b bytes.Buffer
		n, err := fold{&b}.Write([]byte(line))
		if err != nil || n != len(line) {
			rt.Fatalf("wrote %d of %d: %v", n, len(line), err)
		}
		for _, l := range strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n") {
			if len(l) > 75 {
				rt.Errorf("%d octets: %q", len(l), l)
			}
			if !utf8.ValidString(l) {
				rt.Errorf("a character is cut: %q", l)
			}
		}
		if back := strings.ReplaceAll(b.String(), "\r\n ", ""); back != line {
			rt.Errorf("unfolds to %q, was %q", back, line)
		}
	})
}

func TestF03LinesFoldAtTheLimit(t *testing.T) {
	t.Parallel()
	for n := 70; n < 155; n++ {
		var b bytes.Buffer
		if _, err := (fold{&b}).Write([]byte(strings.Repeat("x", n) + "\r\n")); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n")
		want := 1
		if n > 75 {
			want += (n - 75 + 73) / 74 // the space that begins a line counts
		}
		if len(lines) != want {
			t.Errorf("%d octets become %d lines, want %d", n, len(lines), want)
		}
	}
}

// TestF03F04FeedFoldsAndComesBack writes any texts and reads them again: by
// this package, and by hand.
func TestF03F04FeedFoldsAndComesBack(t *testing.T) {
	t.Parallel()
	loc := berlin(t)
	rapid.Check(t, func(rt *rapid.T) {
		it := item()
		it.Title, it.Place, it.Text = anyText(rt, "title"), anyText(rt, "place"), anyText(rt, "text")
		it.Categories = []string{anyText(rt, "category")}
		b, errs := Feed(agenda.Feed{Name: anyText(rt, "name"), Text: anyText(rt, "about"), Items: []agenda.FeedItem{it}}, loc, Options{})
		if len(errs) > 0 {
			rt.Fatal(errs)
		}
		for _, l := range strings.Split(string(b), "\r\n") {
			if len(l) > 75 || !utf8.ValidString(l) || strings.ContainsAny(l, "\r\n\x00") {
				rt.Fatalf("line of %d octets: %q", len(l), l)
			}
		}
		items, problems, err := Decode(b, loc, it.Start.Date, it.Start.Date)
		if err != nil || len(problems) > 0 || len(items) != 1 {
			rt.Fatalf("%d items, problems %v, error %v", len(items), problems, err)
		}
		want := agenda.FeedItem{
			UID: it.UID, Start: it.Start, End: it.End, Title: agenda.Line(it.Title), Place: agenda.Line(it.Place),
			Text: agenda.Text(it.Text), URL: it.URL,
		}
		if diff := cmp.Diff(want, items[0]); diff != "" {
			rt.Error(diff)
		}
	})
}
