package ics

import (
	"bytes"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"
	"github.com/google/go-cmp/cmp"
)

// foreign are calendars as other programs write them and as people damage them:
// what is taken of each, and which problems are said.
var foreign = []struct {
	name, file      string
	dates, problems []string
}{
	{
		"Outlook with the Windows name of the zone",
		calendar(
			"BEGIN:VTIMEZONE", "TZID:W. Europe Standard Time", "BEGIN:STANDARD", "DTSTART:16010101T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
			"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "END:STANDARD", "END:VTIMEZONE",
			entry("UID:040000008200E00074C5B7101A82E008", "SUMMARY;LANGUAGE=de:Sitzung", "DTSTART;TZID=W. Europe Standard Time:20270415T190000",
				"DTEND;TZID=W. Europe Standard Time:20270415T210000", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "BEGIN:VALARM", "DESCRIPTION:REMINDER",
				"TRIGGER;RELATED=START:-PT15M", "ACTION:DISPLAY", "END:VALARM")),
		[]string{"2027-04-15T19:00–21:00 Sitzung"}, nil,
	},
	{
		"Outlook with the German name of the zone",
		calendar(entry(`DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien":20270415T190000`, "DURATION:PT2H")),
		[]string{"2027-04-15T19:00–21:00 Sitzung"}, nil,
	},
	{
		"Google in UTC with calendar properties of its own",
		calendar("METHOD:PUBLISH", "X-WR-CALNAME:Kerngruppe", "X-WR-TIMEZONE:Europe/Berlin",
			entry("UID:4k2@google.com", "DTSTART:20270415T170000Z", "DTEND:20270415T190000Z", "STATUS:TENTATIVE", "DESCRIPTION:", "LOCATION:", "TRANSP:OPAQUE")),
		[]string{"2027-04-15T19:00–21:00 Sitzung (tentative)"}, nil,
	},
	{"BOM", "\xef\xbb\xbf" + calendar(series()), []string{"2027-04-15T19:00–21:00 Sitzung"}, nil},
	{"LF only", strings.ReplaceAll(calendar(series()), "\r\n", "\n"), []string{"2027-04-15T19:00–21:00 Sitzung"}, nil},
	{"CR only", strings.ReplaceAll(calendar(series()), "\r\n", "\r"), []string{"2027-04-15T19:00–21:00 Sitzung"}, nil},
	{"no end of the last line", strings.TrimSuffix(calendar(series()), "\r\n"), []string{"2027-04-15T19:00–21:00 Sitzung"}, nil},
	{"blank lines", strings.ReplaceAll(calendar(series()), "\r\n", "\r\n\r\n"), []string{"2027-04-15T19:00–21:00 Sitzung"}, nil},
	{
		"lower-case names",
		strings.NewReplacer("BEGIN:", "begin:", "END:", "end:", "DTSTART", "dtstart", "SUMMARY", "summary", "TZID", "tzid").Replace(calendar(series())),
		[]string{"2027-04-15T19:00–21:00 Sitzung"}, nil,
	},
	{
		"two calendars in one file",
		calendar(series()) + calendar(series("UID:b", "SUMMARY:Zweite")),
		[]string{"2027-04-15T19:00–21:00 Sitzung", "2027-04-15T19:00–21:00 Zweite"}, nil,
	},
	{"unescaped comma", calendar(series("SUMMARY:Sitzung, mit Wahl")), []string{"2027-04-15T19:00–21:00 Sitzung, mit Wahl"}, nil},
	{"backslash before a letter", calendar(series(`SUMMARY:Ordner C:\temp\, neu`)), []string{`2027-04-15T19:00–21:00 Ordner C:\temp, neu`}, nil},
	{"escapes", calendar(series(`SUMMARY:a\, b\; c\\nd`)), []string{`2027-04-15T19:00–21:00 a, b; c\nd`}, nil},
	{"line break in a title", calendar(series(`SUMMARY:a\nEND:VEVENT`)), []string{"2027-04-15T19:00–21:00 a END:VEVENT"}, nil},
	{"fold within a character", calendar(series("SUMMARY:Gespr\xc3\r\n \xa4ch")), []string{"2027-04-15T19:00–21:00 Gespräch"}, nil},
	{"fold with a tab", calendar(series("SUMMARY:Sitz\r\n\tung")), []string{"2027-04-15T19:00–21:00 Sitzung"}, nil},
	{"NUL in a title", calendar(series("SUMMARY:Sit\x00zung")), []string{"2027-04-15T19:00–21:00 Sitzung"}, nil},
	{"guest without a colon", calendar(series("ATTENDEE;CN=foo")), []string{"2027-04-15T19:00–21:00 Sitzung"}, nil},
	{"zone in quotes with a path before it", calendar(entry(`DTSTART;TZID="/freeassociation.sourceforge.net/Europe/Berlin":20270415T190000`)),
		[]string{"2027-04-15T19:00–20:00 Sitzung"}, nil},
	{"zone of New York", calendar(entry("DTSTART;TZID=America/New_York:20270415T130000", "DTEND;TZID=America/New_York:20270415T150000")),
		[]string{"2027-04-15T19:00–21:00 Sitzung"}, nil},
	{"floating time", calendar(entry("DTSTART:20270415T190000", "DURATION:P1D")), []string{"2027-04-15T19:00–2027-04-16T19:00 Sitzung"}, nil},
	{"neither end nor duration", calendar(entry("DTSTART:20270415T190000")), []string{"2027-04-15T19:00–20:00 Sitzung"}, nil},
	{"cancelled", calendar(series("STATUS:CANCELLED")), []string{"2027-04-15T19:00–21:00 Sitzung (cancelled)"}, nil},
	{"mail that cancels", calendar("METHOD:CANCEL", series()), []string{"2027-04-15T19:00–21:00 Sitzung (cancelled)"}, nil},
	{"tasks beside dates", calendar("BEGIN:VTODO", "UID:t", "SUMMARY:Aufgabe", "END:VTODO", series()), []string{"2027-04-15T19:00–21:00 Sitzung"}, nil},

	{"whole day", calendar(entry("DTSTART;VALUE=DATE:20270415", "DTEND;VALUE=DATE:20270416")), nil, []string{"import.allday 20270415"}},
	{"whole day without saying so", calendar(entry("DTSTART:20270415")), nil, []string{"import.allday 20270415"}},
	{"end is a whole day", calendar(entry("DTSTART:20270415T190000", "DTEND;VALUE=DATE:20270416")), nil, []string{"import.allday 20270416"}},
	{"no start", calendar(entry()), nil, []string{"import.nostart"}},
	{"end before the start", calendar(entry("DTSTART:20270415T190000", "DTEND:20270415T180000")), nil, []string{"import.order 2027-04-15T18:00"}},
	{"end is the start", calendar(entry("DTSTART:20270415T190000", "DTEND:20270415T190000")), nil, []string{"import.order 2027-04-15T19:00"}},
	{"400 years", calendar(entry("DTSTART:20270415T190000", "DTEND:24270415T190000")), nil, []string{"import.long 2427-04-15T19:00"}},
	{"duration of nothing", calendar(entry("DTSTART:20270415T190000", "DURATION:PT0S")), nil, []string{"import.order 2027-04-15T19:00"}},
	{"duration backwards", calendar(entry("DTSTART:20270415T190000", "DURATION:-PT1H")), nil, []string{"import.duration -PT1H"}},
	{"duration that overflows", calendar(entry("DTSTART:20270415T190000", "DURATION:P99999999999D")), nil, []string{"import.duration P99999999999D"}},
	{"duration that is none", calendar(entry("DTSTART:20270415T190000", "DURATION:2 Stunden")), nil, []string{"import.duration 2 Stunden"}},
	{"year 0001", calendar(entry("DTSTART:00010101T000000")), nil, []string{"import.year 0001-01-01T00:00"}},
	{"year 9999", calendar(entry("DTSTART:99990101T000000")), nil, []string{"import.year 9999-01-01T00:00"}},
	{"24:00", calendar(entry("DTSTART:20270415T240000")), nil, []string{"import.time 20270415T240000"}},
	{"second 60", calendar(entry("DTSTART:20270415T235960")), nil, []string{"import.time 20270415T235960"}},
	{"30 February", calendar(entry("DTSTART:20270230T190000")), nil, []string{"import.time 20270230T190000"}},
	{"time that is none", calendar(entry("DTSTART:morgen um neun")), nil, []string{"import.time morgen um neun"}},
	{"zone is a path", calendar(entry("DTSTART;TZID=../../etc/passwd:20270415T190000")), nil, []string{"import.zone ../../etc/passwd"}},
	{"zone of this machine", calendar(entry("DTSTART;TZID=Local:20270415T190000")), nil, []string{"import.zone Local"}},
	{"zone of this machine behind a path", calendar(entry("DTSTART;TZID=/x/Local:20270415T190000")), nil, []string{"import.zone x/Local"}},
	{
		"zone behind a long path", calendar(entry("DTSTART;TZID=" + strings.Repeat("x/", 100) + "Europe/Berlin:20270415T190000")),
		nil, []string{"import.zone " + strings.Repeat("x/", 30) + "…"},
	},
	{"zone of the file only", calendar(entry("DTSTART;TZID=Customized Time Zone:20270415T190000")), nil, []string{"import.zone Customized Time Zone"}},
	{"no UID", calendar(series("UID:")), nil, []string{"import.uid"}},
	{"UID of 10 kB", calendar(series("UID:" + strings.Repeat("x", 10_000))), nil, []string{"import.uid " + strings.Repeat("x", 60) + "…"}},
	{
		"UID twice", calendar(series(), series("SUMMARY:Zweite")),
		[]string{"2027-04-15T19:00–21:00 Sitzung"}, []string{"import.uid a"},
	},
	{
		"UID twice in two calendars", calendar(series()) + calendar(series("SUMMARY:Zweite")),
		[]string{"2027-04-15T19:00–21:00 Sitzung"}, []string{"import.uid a"},
	},
	{
		"one bad date among good ones",
		calendar(series(), entry("UID:b", "DTSTART:heute"), series("UID:c")),
		[]string{"2027-04-15T19:00–21:00 Sitzung", "2027-04-15T19:00–21:00 Sitzung"}, []string{"import.time heute"},
	},

	// Clocks leave out 2:00 to 3:00 on 28 March and show it twice on 31
	// October. The first of the two is what a name means (RFC 5545, section
	// 3.3.5); the second has no name here.
	{"in the hour that is not there", calendar(entry("DTSTART;TZID=Europe/Berlin:20270328T023000")), nil, []string{"import.gap 20270328T023000"}},
	{"in the hour that is not there, floating", calendar(entry("DTSTART:20270328T020000")), nil, []string{"import.gap 20270328T020000"}},
	{"in the hour that is there twice", calendar(entry("DTSTART;TZID=Europe/Berlin:20271031T023000")), []string{"2027-10-31T02:30–03:30 Sitzung"}, nil},
	{"in the first of the two", calendar(entry("DTSTART:20271031T003000Z")), []string{"2027-10-31T02:30–03:30 Sitzung"}, nil},
	{"in the second of the two", calendar(entry("DTSTART:20271031T013000Z")), nil, []string{"import.gap 20271031T013000Z"}},
	{"ends in the second of the two", calendar(entry("DTSTART:20271030T200000Z", "DTEND:20271031T013000Z")), nil, []string{"import.gap 20271031T013000Z"}},
	{"through the hour that is not there", calendar(entry("DTSTART:20270327T210000Z", "DURATION:PT5H")), []string{"2027-03-27T22:00–2027-03-28T04:00 Sitzung"}, nil},
}

func TestForeignCalendars(t *testing.T) {
	t.Parallel()
	for _, tt := range foreign {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dates, problems := taken(t, tt.file, "2027-01-01", "2027-12-31")
			if diff := cmp.Diff(tt.dates, dates); diff != "" {
				t.Errorf("dates: wanted -, taken +\n%s", diff)
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("problems: wanted -, said +\n%s", diff)
			}
		})
	}
}

func TestForeignDateKeepsItsFacts(t *testing.T) {
	t.Parallel()
	file := calendar(series("UID:x\x1b@example.org", `LOCATION:Kreishaus Herford\, Raum 113`, `DESCRIPTION;ALTREP="data:text/html,`+strings.Repeat("x", 5000)+`":Eins\n\nZwei\;`,
		"URL;VALUE=URI:https://example.org/a?b=c;d,e", "X-ALT-DESC;FMTTYPE=text/html:<script>alert(1)</script>"))
	items, problems, err := Decode([]byte(file), berlin(t), day("2027-01-01"), day("2027-12-31"))
	if err != nil || len(problems) > 0 || len(items) != 1 {
		t.Fatalf("%v, %v, %v", items, problems, err)
	}
	want := item()
	want.UID, want.Title, want.Text, want.URL = "x@example.org", "Sitzung", "Eins\n\nZwei;", "https://example.org/a?b=c;d,e"
	want.Categories, want.Sequence, want.Created, want.Changed = nil, 0, time.Time{}, time.Time{}
	if diff := cmp.Diff(want, items[0]); diff != "" {
		t.Error(diff)
	}
}

func TestProblemNamesTheDate(t *testing.T) {
	t.Parallel()
	file := calendar(entry("UID:x@example.org", "SUMMARY:"+strings.Repeat("ß", 100)+"\x1b", "DTSTART:"+strings.Repeat("€\x1b", 100)))
	_, problems, err := Decode([]byte(file), berlin(t), day("2027-01-01"), day("2027-12-31"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Problem{{UID: "x@example.org", Text: strings.Repeat("ß", 30) + "…", Rule: "import.time", Got: strings.Repeat("€", 20) + "…"}}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Error(diff)
	}
}

func TestDatesOutsideOfTheWantedDaysAreLeft(t *testing.T) {
	t.Parallel()
	file := calendar(entry("UID:a", "DTSTART:20270414T235900"), entry("UID:d", "DTSTART:20270418T000000"), entry("UID:c", "DTSTART:20270417T235900"),
		entry("UID:b", "DTSTART:20270415T000000"))
	dates, problems := taken(t, file, "2027-04-15", "2027-04-17")
	want := []string{"2027-04-15T00:00–01:00 Sitzung", "2027-04-17T23:59–2027-04-18T00:59 Sitzung"}
	if diff := cmp.Diff(want, dates); diff != "" || len(problems) > 0 {
		t.Errorf("problems %v\n%s", problems, diff)
	}
}

// unreadable are files of which nothing is taken, and what is said of each.
var unreadable = []struct{ name, file, want string }{
	{"empty", "", "file_no_calendar"},
	{"page instead of a calendar", "<!DOCTYPE html><html><body>Bitte einloggen</body></html>", "file_no_calendar"},
	{"archive", "PK\x03\x04" + strings.Repeat("\x00", 100), "file_no_calendar"},
	{"UTF-16", "\xff\xfeB\x00E\x00G\x00I\x00N\x00:\x00", "file_no_calendar"},
	{"another component", "BEGIN:VCARD\r\nEND:VCARD\r\n", "file_no_calendar"},
	{"cut off", strings.SplitAfter(calendar(series(), series("UID:b")), "END:VEVENT")[0], "file_cut"},
	{"cut off between two dates", "BEGIN:VCALENDAR\r\n" + series() + "\r\n", "file_cut"},
	{"ends do not match", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n", "file_broken"},
	{"ends too often", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n", "file_broken"},
	{"start without a colon", calendar(entry("DTSTART;TZID=foo")), "file_line"},
	{"colon within quotes only", calendar(entry(`DTSTART;TZID="a:b`)), "file_line"},
	{"parameter without a value", calendar(entry("DTSTART;TZID:20270415T190000")), "file_broken"},
	{"parameter that makes the library panic", calendar(entry(`DTSTART;TZID="a"b:20270415T190000`)), "file_broken"},
}

func TestUnreadableFiles(t *testing.T) {
	t.Parallel()
	for _, tt := range unreadable {
		items, problems, err := Decode([]byte(tt.file), berlin(t), day("2027-01-01"), day("2027-12-31"))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
		if len(items)+len(problems) > 0 {
			t.Errorf("%s: %v and %v beside the error", tt.name, items, problems)
		}
	}
}

// TestCutOffAnywhere cuts a file at every octet: all dates or an error, never
// some of them.
func TestCutOffAnywhere(t *testing.T) {
	t.Parallel()
	whole := []byte(calendar(series("SUMMARY:Gespräch"), series("UID:b")))
	end := bytes.LastIndex(whole, []byte("\r\n"))
	for n := range whole {
		items, _, err := Decode(whole[:n], berlin(t), day("2027-01-01"), day("2027-12-31"))
		if n < end && err == nil {
			t.Errorf("cut at %d of %d: %d dates without an error", n, len(whole), len(items))
		}
		if n >= end && (err != nil || len(items) != 2) {
			t.Errorf("cut at %d of %d: %d dates, %v", n, len(whole), len(items), err)
		}
	}
}

func TestWindowsNamesOfZonesAreZones(t *testing.T) {
	t.Parallel()
	for windows, iana := range windowsZones {
		if windows != strings.ToLower(windows) {
			t.Errorf("%q would never be found", windows)
		}
		if loc := load(windows); loc == nil || loc.String() != iana {
			t.Errorf("%q is %v, want %s", windows, loc, iana)
		}
	}
}

// TestZoneIsLookedUpOncePerFile matters for files with thousands of times: each
// look-up reads a file of zone data.
func TestZoneIsLookedUpOncePerFile(t *testing.T) {
	t.Parallel()
	d := decoder{zones: map[string]*time.Location{}}
	p := ical.NewProp(ical.PropDateTimeStart)
	p.Params.Set(ical.ParamTimezoneID, "W. Europe Standard Time")
	first, err := d.zoneOf(p)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := d.zoneOf(p); second != first || err != nil {
		t.Errorf("looked up again: %v", err)
	}
}
