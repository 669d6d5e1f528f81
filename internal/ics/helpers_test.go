package ics

import (
	"flag"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

var update = flag.Bool("update", false, "write the golden files")

func place(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func berlin(t testing.TB) *time.Location { return place(t, "Europe/Berlin") }

func clock(s string) agenda.Local {
	l, err := agenda.ParseLocal(s)
	if err != nil {
		panic(err)
	}
	return l
}

func day(s string) agenda.Date {
	d, err := agenda.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

var made = time.Date(2027, 1, 4, 9, 30, 0, 0, time.UTC)

// item is a date with all that a date can have.
func item() agenda.FeedItem {
	return agenda.FeedItem{
		UID: "sitzung-m1@widunetz", Start: clock("2027-04-15T19:00"), End: clock("2027-04-15T21:00"), Title: "Projektgruppe",
		Place: "Kreishaus Herford, Raum 113", Text: "Bitte Zahlen mitbringen.\n\nhttps://termine.example/sitzungen/m1",
		URL: "https://termine.example/sitzungen/m1", Categories: []string{"Projektgruppe"}, Sequence: 2, Created: made, Changed: made,
	}
}

// feed writes the items and fails the test if one is left out.
func feed(t testing.TB, loc *time.Location, items ...agenda.FeedItem) string {
	t.Helper()
	b, errs := Feed(agenda.Feed{Name: "Projektgruppe", Text: "Alle Termine.", Items: items}, loc, Options{Refresh: 4 * time.Hour})
	if len(errs) > 0 {
		t.Fatalf("left out: %v", errs)
	}
	return string(b)
}

// unfolded are the content lines of a calendar as RFC 5545, section 3.1, reads
// them.
func unfolded(s string) []string {
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(s, "\r\n ", ""), "\r\n"), "\r\n")
}

// block is one component: its properties in the order of the file.
type block struct {
	kind  string
	lines []string
}

// blocks takes a calendar apart without the library under test.
func blocks(t testing.TB, s string) []block {
	t.Helper()
	var open, done []block
	for _, l := range unfolded(s) {
		name, value, ok := strings.Cut(l, ":")
		switch {
		case !ok:
			t.Fatalf("line without colon: %q", l)
		case name == "BEGIN":
			open = append(open, block{kind: value})
		case name == "END":
			last := open[len(open)-1]
			if last.kind != value {
				t.Fatalf("END:%s closes %s", value, last.kind)
			}
			open, done = open[:len(open)-1], append(done, last)
		default:
			open[len(open)-1].lines = append(open[len(open)-1].lines, l)
		}
	}
	if len(open) > 0 {
		t.Fatalf("%s is not closed", open[0].kind)
	}
	return done
}

func only(all []block, kind string) []block {
	var out []block
	for _, b := range all {
		if b.kind == kind {
			out = append(out, b)
		}
	}
	return out
}

// get returns the values of a property; its parameters stand before the colon
// of each.
func (b block) get(name string) []string {
	var out []string
	for _, l := range b.lines {
		head, value, _ := strings.Cut(l, ":")
		n, params, _ := strings.Cut(head, ";")
		if n != name {
			continue
		}
		if params != "" {
			value = params + ":" + value
		}
		out = append(out, value)
	}
	return out
}

func (b block) one(t testing.TB, name string) string {
	t.Helper()
	v := b.get(name)
	if len(v) != 1 {
		t.Fatalf("%s has %s %d times: %q", b.kind, name, len(v), v)
	}
	return v[0]
}

// calendar is a foreign file around the lines.
func calendar(lines ...string) string {
	all := append([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//DE"}, lines...)
	return strings.Join(append(all, "END:VCALENDAR", ""), "\r\n")
}

// entry is a VEVENT with the UID "a" and the title "Sitzung", but for what the
// lines say otherwise.
func entry(lines ...string) string {
	has := func(name string) bool {
		for _, l := range lines {
			if strings.HasPrefix(l, name) {
				return true
			}
		}
		return false
	}
	all := []string{"BEGIN:VEVENT", "DTSTAMP:20270101T000000Z"}
	if !has("UID") {
		all = append(all, "UID:a")
	}
	if !has("SUMMARY") {
		all = append(all, "SUMMARY:Sitzung")
	}
	return strings.Join(append(append(all, lines...), "END:VEVENT"), "\r\n")
}

// series is an entry that begins on Thursday, 15 April 2027 at 19:00 in Berlin
// and lasts two hours.
func series(lines ...string) string {
	return entry(append([]string{"DTSTART;TZID=Europe/Berlin:20270415T190000", "DTEND;TZID=Europe/Berlin:20270415T210000"}, lines...)...)
}

// taken says what Decode made of a file: the dates as "start end title", the
// problems as "rule got".
func taken(t testing.TB, file, from, to string) (dates, problems []string) {
	t.Helper()
	items, ps, err := Decode([]byte(file), berlin(t), day(from), day(to))
	if err != nil {
		t.Fatal(err)
	}
	return shown(items), reasons(ps)
}

func shown(items []agenda.FeedItem) []string {
	var out []string
	for _, it := range items {
		end := it.End.String()
		if it.End.Date == it.Start.Date {
			end = it.End.Clock()
		}
		s := it.Start.String() + "–" + end + " " + it.Title
		if it.Cancelled {
			s += " (cancelled)"
		}
		if it.Tentative {
			s += " (tentative)"
		}
		out = append(out, s)
	}
	return out
}

func reasons(ps []Problem) []string {
	var out []string
	for _, p := range ps {
		out = append(out, strings.TrimSpace(p.Rule+" "+p.Got))
	}
	return out
}
