package ics

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"widunetz/internal/agenda"
)

// The tests named TestF… hold the statements about feeds on which calendar
// programs rely, by the number in our check-list.

func TestF01FeedBeginsWithoutBOM(t *testing.T) {
	t.Parallel()
	if s := feed(t, berlin(t), item()); !strings.HasPrefix(s, "BEGIN:VCALENDAR\r\n") {
		t.Errorf("begins %q", s[:20])
	}
}

func TestF02LinesEndWithCRLF(t *testing.T) {
	t.Parallel()
	it := item()
	it.Title, it.Text, it.Place = "a\rb\nc\r\nd", "eins\r\nzwei\rdrei\nvier", "x\ry"
	s := feed(t, berlin(t), it)
	if rest := strings.ReplaceAll(s, "\r\n", ""); strings.ContainsAny(rest, "\r\n") {
		t.Errorf("a bare CR or LF in %q", s)
	}
	if !strings.HasSuffix(s, "\r\nEND:VCALENDAR\r\n") {
		t.Errorf("ends %q", s[len(s)-30:])
	}
	if strings.Contains(s, "\r\n\r\n") {
		t.Error("an empty line")
	}
}

func TestF05OneCalendarWithVersionAndProduct(t *testing.T) {
	t.Parallel()
	all := blocks(t, feed(t, berlin(t), item(), item()))
	cals := only(all, "VCALENDAR")
	if len(cals) != 1 || all[len(all)-1].kind != "VCALENDAR" {
		t.Fatalf("%d calendars", len(cals))
	}
	if v := cals[0].one(t, "VERSION"); v != "2.0" {
		t.Errorf("VERSION %q", v)
	}
	if v := cals[0].one(t, "PRODID"); v == "" {
		t.Error("PRODID is empty")
	}
	if m := cals[0].get("METHOD"); len(m) > 0 { // with one, each event would need an ORGANIZER
		t.Errorf("METHOD %q in a feed", m)
	}
	if v := cals[0].one(t, "REFRESH-INTERVAL"); v != "VALUE=DURATION:PT240M" {
		t.Errorf("REFRESH-INTERVAL %q", v)
	}
}

func TestF06EveryZoneUsedIsThereOnce(t *testing.T) {
	t.Parallel()
	zones := []string{
		"Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Istanbul", "America/New_York", "Asia/Kolkata", "UTC", "Africa/Casablanca",
	}
	for _, name := range zones {
		all := blocks(t, feed(t, place(t, name), item()))
		defined := map[string]int{}
		for _, z := range only(all, "VTIMEZONE") {
			defined[z.one(t, "TZID")]++
		}
		used := map[string]int{}
		for _, e := range only(all, "VEVENT") {
			for _, prop := range []string{"DTSTART", "DTEND"} {
				if m := regexp.MustCompile(`TZID=([^:;]+)`).FindStringSubmatch(e.one(t, prop)); m != nil {
					used[m[1]] = 1
				} else if !strings.HasSuffix(e.one(t, prop), "Z") {
					t.Errorf("%s: a time without a zone: %s", name, e.one(t, prop))
				}
			}
		}
		if diff := cmp.Diff(used, defined); diff != "" {
			t.Errorf("%s: used -, defined +\n%s", name, diff)
		}
	}
}

func TestF07ZoneHasItsPlainName(t *testing.T) {
	t.Parallel()
	e := only(blocks(t, feed(t, berlin(t), item())), "VEVENT")[0]
	if got := e.one(t, "DTSTART"); got != "TZID=Europe/Berlin:20270415T190000" {
		t.Errorf("DTSTART %q", got)
	}
	if got := e.one(t, "DTEND"); got != "TZID=Europe/Berlin:20270415T210000" {
		t.Errorf("DTEND %q", got)
	}
}

func TestF08EmptyFeedKeepsOneTimeZone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Berlin", "UTC", "Africa/Casablanca"} {
		all := blocks(t, feed(t, place(t, name)))
		if n := len(only(all, "VTIMEZONE")); n != 1 || len(all) < 3 {
			t.Errorf("%s: %d time zones", name, n)
		}
	}
}

func TestF09HostileTitleCostsNoOtherEvent(t *testing.T) {
	t.Parallel()
	hostile := map[string]string{
		"NUL": "a\x00b", "ESC": "a\x1bb", "DEL": "a\x7fb", "CRLF": "a\r\nb", "line separator": "a\u2028b", "next line": "a\u0085b",
		"invalid UTF-8": "a\xc3\x28b", "only continuation bytes": strings.Repeat("\x80", 200), "lone CR": "a\rb", "quote": `"><img onerror>`,
		"a property of its own": "a\r\nATTENDEE:mailto:evil@example.org", "end of the event": "a\nEND:VEVENT", "turned": "a\u202eb", "empty": "",
	}
	for name, evil := range hostile {
		bad := item()
		bad.UID, bad.Title, bad.Place, bad.Text, bad.URL, bad.Categories = "b@widunetz", evil, evil, evil, "https://termine.example/"+evil, []string{evil, "x"}
		first, last := item(), item()
		first.UID, last.UID = "a@widunetz", "c@widunetz"
		s := feed(t, berlin(t), first, bad, last)
		events := only(blocks(t, s), "VEVENT")
		if len(events) != 3 {
			t.Errorf("%s: %d events", name, len(events))
			continue
		}
		for _, r := range s {
			if r < ' ' && r != '\r' && r != '\n' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x202e || r == 0xfffd {
				t.Errorf("%s: %U in the feed", name, r)
				break
			}
		}
		if want, got := len(events[0].lines), len(events[1].lines); got > want {
			t.Errorf("%s: the event has %d properties, others %d: %q", name, got, want, events[1].lines)
		}
		if events[0].one(t, "UID") != "a@widunetz" || events[2].one(t, "UID") != "c@widunetz" {
			t.Errorf("%s: the neighbours are damaged", name)
		}
	}
}

func TestF09HostileNamesOfCalendarAndOrganizer(t *testing.T) {
	t.Parallel()
	name := "a\r\nX-EVIL:1\x00\xff,;\\"
	b, errs := Feed(agenda.Feed{Name: name, Text: name, Items: []agenda.FeedItem{item()}}, berlin(t), Options{})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	cal := only(blocks(t, string(b)), "VCALENDAR")[0]
	for _, prop := range []string{"NAME", "X-WR-CALNAME", "DESCRIPTION", "X-WR-CALDESC"} {
		if got, want := cal.one(t, prop), `a\nX-EVIL:1\,\;\\`; got != want {
			t.Errorf("%s %q, want %q", prop, got, want)
		}
	}
	if v := cal.get("X-EVIL"); len(v) > 0 {
		t.Errorf("a property of its own: %q", v)
	}
	e, err := Event(item(), berlin(t), Options{Method: "PUBLISH", Organizer: "buero@example.org\r\nX-EVIL:1"})
	if err != nil {
		t.Fatal(err)
	}
	if v := blocks(t, string(e))[0].get("X-EVIL"); len(v) > 0 {
		t.Errorf("a property of its own: %q", v)
	}
}

func TestF10TextIsEscaped(t *testing.T) {
	t.Parallel()
	it := item()
	it.Title, it.Place, it.Text = `a\b;c,d`, `Kreishaus; Raum 1, "groß"`, "eins\nzwei, drei"
	it.Categories = []string{"Frauen, Familie", `a\b;c`}
	e := only(blocks(t, feed(t, berlin(t), it)), "VEVENT")[0]
	want := map[string]string{
		"SUMMARY": `a\\b\;c\,d`, "LOCATION": `Kreishaus\; Raum 1\, "groß"`, "DESCRIPTION": `eins\nzwei\, drei`,
		"CATEGORIES": `Frauen\, Familie,a\\b\;c`,
	}
	for name, v := range want {
		if got := e.one(t, name); got != v {
			t.Errorf("%s %s, want %s", name, got, v)
		}
	}
}

func TestF11EventHasWhatEveryProgramNeeds(t *testing.T) {
	t.Parallel()
	it := item()
	it.Changed = time.Date(2027, 1, 4, 10, 30, 0, 0, berlin(t))
	e := only(blocks(t, feed(t, berlin(t), it)), "VEVENT")[0]
	want := map[string]string{
		"UID": "sitzung-m1@widunetz", "DTSTAMP": "20270104T093000Z", "LAST-MODIFIED": "20270104T093000Z", "CREATED": "20270104T093000Z",
		"SUMMARY": "Projektgruppe", "SEQUENCE": "2", "STATUS": "CONFIRMED", "URL": "https://termine.example/sitzungen/m1",
		"CATEGORIES": "Projektgruppe", "LOCATION": `Kreishaus Herford\, Raum 113`,
	}
	for name, v := range want {
		if got := e.one(t, name); got != v {
			t.Errorf("%s %q, want %q", name, got, v)
		}
	}
	long := agenda.EventUID(agenda.EventID(strings.Repeat("0", 36)))
	if len(long) > 255 {
		t.Errorf("UID of %d octets", len(long))
	}
	it.Title = "\x00"
	if got := only(blocks(t, feed(t, berlin(t), it)), "VEVENT")[0].one(t, "SUMMARY"); got != "" {
		t.Errorf("SUMMARY %q", got)
	}
}

func TestF11EventWithoutUIDIsLeftOutAlone(t *testing.T) {
	t.Parallel()
	nameless := item()
	nameless.UID = "\x00 "
	b, errs := Feed(agenda.Feed{Name: "x", Items: []agenda.FeedItem{item(), nameless, item()}}, berlin(t), Options{})
	if len(errs) != 1 {
		t.Errorf("errors %v, want one", errs)
	}
	if n := len(only(blocks(t, string(b)), "VEVENT")); n != 2 {
		t.Errorf("%d events, want the two others", n)
	}
}

func TestF13SameAgendaSameBytes(t *testing.T) {
	t.Parallel()
	var items []agenda.FeedItem
	for i := range 50 {
		it := item()
		it.UID = fmt.Sprint(i)
		it.Categories = []string{"a", "b", "c"}
		items = append(items, it)
	}
	first := feed(t, berlin(t), items...)
	for range 20 {
		if again := feed(t, berlin(t), items...); again != first {
			t.Fatal(cmp.Diff(first, again))
		}
	}
	for i, e := range only(blocks(t, first), "VEVENT") {
		if e.one(t, "UID") != fmt.Sprint(i) {
			t.Fatalf("event %d is %s: the order is not that of the feed", i, e.one(t, "UID"))
		}
	}
}

func TestF15SequenceIsTheAgendas(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 7, 1234} {
		it := item()
		it.Sequence = n
		if got := only(blocks(t, feed(t, berlin(t), it)), "VEVENT")[0].one(t, "SEQUENCE"); got != fmt.Sprint(n) {
			t.Errorf("SEQUENCE %s, want %d", got, n)
		}
	}
}

func TestF14F16StampsAreTheLastChangeToTheSecond(t *testing.T) {
	t.Parallel()
	it := item()
	it.Changed = made.Add(time.Second)
	e := only(blocks(t, feed(t, berlin(t), it)), "VEVENT")[0]
	for _, name := range []string{"DTSTAMP", "LAST-MODIFIED"} {
		if got := e.one(t, name); got != "20270104T093001Z" {
			t.Errorf("%s %s: a change of one second does not show", name, got)
		}
	}
}

func TestF25NothingIsWrittenAsWholeDay(t *testing.T) {
	t.Parallel()
	it := item()
	it.Start, it.End = clock("2027-09-18T00:00"), clock("2027-09-26T00:00")
	s := feed(t, berlin(t), it)
	if strings.Contains(s, "VALUE=DATE") || !strings.Contains(s, "DTEND;TZID=Europe/Berlin:20270926T000000\r\n") {
		t.Errorf("a span of days is not written with its times:\n%s", s)
	}
}

func TestF26CancelledIsSaidThreeTimes(t *testing.T) {
	t.Parallel()
	it := item()
	it.Title, it.Cancelled, it.Tentative = "ABGESAGT: Projektgruppe", true, true
	e := only(blocks(t, feed(t, berlin(t), it)), "VEVENT")[0]
	for name, v := range map[string]string{"STATUS": "CANCELLED", "TRANSP": "TRANSPARENT", "SUMMARY": "ABGESAGT: Projektgruppe"} {
		if got := e.one(t, name); got != v {
			t.Errorf("%s %q, want %q", name, got, v)
		}
	}
	it.Cancelled = false
	e = only(blocks(t, feed(t, berlin(t), it)), "VEVENT")[0]
	if e.one(t, "STATUS") != "TENTATIVE" || len(e.get("TRANSP")) > 0 {
		t.Errorf("a planned date: %q", e.lines)
	}
}

func TestF28F29NoAlarmAndNobodysAddress(t *testing.T) {
	t.Parallel()
	b, errs := Feed(agenda.Feed{Name: "x", Items: []agenda.FeedItem{item()}}, berlin(t), Options{Organizer: "buero@example.org"})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, word := range []string{"VALARM", "ATTENDEE", "ORGANIZER", "mailto", "RRULE:FREQ=WEEKLY", "RECURRENCE-ID"} {
		if strings.Contains(string(b), word) {
			t.Errorf("%s in a feed", word)
		}
	}
}

func TestMailHasMethodAndOrganizer(t *testing.T) {
	t.Parallel()
	b, errs := Feed(agenda.Feed{Items: []agenda.FeedItem{item()}}, berlin(t), Options{Method: "PUBLISH", Organizer: "buero@example.org"})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	all := blocks(t, string(b))
	if m := only(all, "VCALENDAR")[0].one(t, "METHOD"); m != "PUBLISH" {
		t.Errorf("METHOD %q", m)
	}
	if o := only(all, "VEVENT")[0].one(t, "ORGANIZER"); o != "mailto:buero@example.org" {
		t.Errorf("ORGANIZER %q", o)
	}
}
