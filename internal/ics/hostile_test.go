package ics

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// soon is far more than Decode needs for a file of any kind, on a busy machine
// with the race detector too, and far less than the libraries take for some.
const soon = 2 * time.Minute

// TestHostileFilesAreReadQuickly has files on which the libraries hang, panic or
// take minutes, or that are too large.
func TestHostileFilesAreReadQuickly(t *testing.T) {
	t.Parallel()
	many := func(n int, lines func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(lines(i) + "\r\n")
		}
		return strings.TrimSuffix(b.String(), "\r\n")
	}
	mega := strings.Repeat("x", 1<<20)
	tests := []struct {
		name, file string
		dates      int
		problem    string // rule of every problem
		err        string
	}{
		{"50 MB", strings.Repeat(" ", 50<<20), 0, "", "file_size"},
		{"200,000 dates", calendar(many(200_000, func(i int) string { return "BEGIN:VEVENT\r\nEND:VEVENT" })), 0, "", "file_size"},
		{"5,001 dates", calendar(many(5001, func(i int) string { return entry("DTSTART:20270415T190000", fmt.Sprint("UID:", i)) })), 0, "", "file_rows"},
		{"5,000 dates", calendar(many(5000, func(i int) string { return entry("DTSTART:20270415T190000", fmt.Sprint("UID:", i)) })), 5000, "", ""},
		{"5,001 dates in two calendars", calendar(many(2500, func(i int) string { return entry("DTSTART:20270415T190000", fmt.Sprint("UID:", i)) })) +
			calendar(many(2501, func(i int) string { return entry("DTSTART:20270415T190000", fmt.Sprint("UID:b", i)) })), 0, "", "file_rows"},
		{"one UID 5,000 times", calendar(many(5000, func(i int) string { return series() })), 1, "import.uid", ""},
		{"1,000 levels", strings.Repeat("BEGIN:VCALENDAR\r\n", 1000), 0, "", "file_line"},
		{"100,000 levels with parameters", "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN;A=B:X\r\n", 100_000) + strings.Repeat("END:X\r\n", 100_000) + "END:VCALENDAR\r\n", 0, "", "file_line"},
		{"parameter of 1 MB of the start", calendar(entry("DTSTART;X-A=" + mega + ":20270415T190000")), 0, "", "file_line"},
		{"parameter of 60,000 octets", calendar(entry("DTSTART;X-A=" + mega[:60_000] + ":20270415T190000")), 0, "", "file_line"},
		{"zone of 1 MB", calendar(entry("DTSTART;TZID=" + mega + ":20270415T190000")), 0, "", "file_line"},
		{"zone of 900 octets", calendar(entry("DTSTART;TZID=" + strings.Repeat("a/", 450) + ":20270415T190000")), 0, "import.zone", ""},
		{"parameter of 1 MB of a guest", calendar(series("ATTENDEE;CN=" + mega + ":mailto:a@example.org")), 1, "", ""},
		{"parameter of 1 MB of the title", calendar(series("SUMMARY;X-A=" + mega + ":Sitzung")), 1, "", ""},
		{"picture of 1 MB", calendar(series("ATTACH;ENCODING=BASE64;VALUE=BINARY:" + mega)), 1, "", ""},
		{"file of this machine", calendar(series("ATTACH:file:///etc/passwd", "BEGIN:VALARM", "ACTION:EMAIL", "ATTENDEE:mailto:a@example.org", "END:VALARM")), 1, "", ""},
		{"title of 1 MB", calendar(series("SUMMARY:" + mega)), 0, "", "file_line"},
		{"title of 60,000 characters", calendar(series("SUMMARY:" + mega[:60_000])), 1, "", ""},
		{"zone with 20,000 lines", calendar("BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "BEGIN:STANDARD", many(20_000, func(i int) string { return "RDATE:20270415T190000" }),
			"RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE", series()), 1, "", ""},
		{"20,000 exceptions", calendar(series("RRULE:FREQ=WEEKLY;COUNT=2", many(20_000, func(i int) string { return "EXDATE:20270415T190000" }))), 0, "import.many", ""},
		{"exceptions in 1,000 unknown zones", calendar(series("RRULE:FREQ=WEEKLY;COUNT=2", many(1000, func(i int) string { return fmt.Sprintf("EXDATE;TZID=X%d:20270415T190000", i) }))), 0, "import.zone", ""},
		{"1,000 series since 2000", calendar(many(5000, func(i int) string {
			return entry("DTSTART:20000101T190000", fmt.Sprint("UID:", i), "RRULE:FREQ=DAILY;INTERVAL=7")
		})),
			-1, "import.many", ""},
		{"1,000 changes of a series", calendar(series("RRULE:FREQ=WEEKLY"), many(1000, func(i int) string {
			return entry("RECURRENCE-ID;TZID=Europe/Berlin:"+time.Date(2030, 1, 1, 0, i, 0, 0, time.UTC).Format("20060102T150405"), "DTSTART;TZID=Europe/Berlin:20270415T190000")
		})), 1038, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			items, problems, err := Decode([]byte(tt.file), berlin(t), day("2027-01-01"), day("2027-12-31"))
			if took := time.Since(began); took > soon {
				t.Errorf("took %v", took)
			}
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if tt.dates >= 0 && len(items) != tt.dates {
				t.Errorf("%d dates, want %d", len(items), tt.dates)
			}
			if got := len(problems) > 0; got != (tt.problem != "") {
				t.Errorf("%d problems", len(problems))
			}
			for _, p := range problems {
				if p.Rule != tt.problem {
					t.Fatalf("problem %v, want %s", p, tt.problem)
				}
			}
		})
	}
}

// TestRulesThatHaveNoDateAreNotSearched has rules that are refused by their
// shape: the library would search them up to the year 9999, each time.
func TestRulesThatHaveNoDateAreNotSearched(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=FR", "FREQ=MONTHLY;BYDAY=1TH;BYMONTHDAY=31",
		"FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3",
	} {
		var lines []string
		for i := range 50 {
			lines = append(lines, series("RRULE:"+rule, fmt.Sprint("UID:", i)))
		}
		began := time.Now()
		dates, problems := taken(t, calendar(lines...), "2027-01-01", "2027-12-31")
		if len(dates) > 0 || len(problems) != 50 || time.Since(began) > soon {
			t.Errorf("%s: %d dates, %d problems in %v", rule, len(dates), len(problems), time.Since(began))
		}
	}
}

// rules are the rules that stand in the code of this package.
func rules(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(import\.\w+)"`).FindAllStringSubmatch(string(b), -1) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestEveryRuleHasItsMessage(t *testing.T) {
	t.Parallel()
	all := rules(t)
	if len(all) < 12 {
		t.Fatalf("only %d rules found in the code: %v", len(all), all)
	}
	for _, lang := range []string{"de", "en"} {
		b, err := os.ReadFile("../lang/messages/import." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]any
		if err := json.Unmarshal(b, &messages); err != nil {
			t.Fatal(err)
		}
		for _, rule := range all {
			text, _ := messages[rule].(string)
			if text == "" {
				t.Errorf("%s has no message in %s", rule, lang)
			}
			for _, m := range regexp.MustCompile(`\{\w*\}`).FindAllString(text, -1) {
				if m != "{want}" {
					t.Errorf("%s in %s: nothing is known for %s", rule, lang, m)
				}
			}
		}
	}
}

// TestEveryRuleIsTested finds the rules of the code among the problems of the
// tables.
func TestEveryRuleIsTested(t *testing.T) {
	t.Parallel()
	var seen []string
	for _, tt := range foreign {
		for _, p := range tt.problems {
			rule, _, _ := strings.Cut(p, " ")
			seen = append(seen, rule)
		}
	}
	seen = append(seen, "import.rule", "import.many", "import.no_name") // TestRefusedRules, TestEndlessAndHugeSeriesAreTooMany, TestDaysOfAPublishedCalendar
	for _, rule := range rules(t) {
		if !slices.Contains(seen, rule) {
			t.Errorf("no foreign calendar for %s", rule)
		}
	}
}

// FuzzDecode holds what is true for any file: it is read soon, without a panic,
// and every date is whole and one of the wanted days.
func FuzzDecode(f *testing.F) {
	for _, tt := range foreign {
		f.Add([]byte(tt.file))
	}
	for _, tt := range unreadable {
		f.Add([]byte(tt.file))
	}
	moved := entry("RECURRENCE-ID;TZID=Europe/Berlin:20270422T190000", "DTSTART;TZID=Europe/Berlin:20270423T180000")
	for _, file := range []string{
		calendar(series(weekly), moved), calendar(series("RRULE:FREQ=MONTHLY;BYDAY=-6SU")), calendar(series("RRULE:FREQ=HOURLY;INTERVAL=2;BYHOUR=1")),
		calendar(series("RRULE:FREQ=MONTHLY;BYDAY=3TH;BYMONTHDAY=15")), calendar(series("RDATE:20270501T100000Z", "EXDATE:20270422T170000Z,20270429T170000Z", weekly)),
		calendar(series("RRULE:FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15;BYDAY=TH;INTERVAL=99")),
	} {
		f.Add([]byte(file))
	}
	known := rules(f)
	from, to := day("2027-01-01"), day("2027-12-31")
	loc := berlin(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return
		}
		began := time.Now()
		items, problems, err := Decode(data, loc, from, to)
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v", took)
		}
		if err != nil && len(items)+len(problems) > 0 {
			t.Errorf("%d dates and %d problems beside %v", len(items), len(problems), err)
		}
		seen := map[string]bool{}
		for i, it := range items {
			switch {
			case it.Start.Date.Before(from) || it.Start.Date.After(to):
				t.Errorf("%s is none of the wanted days", it.Start)
			case !it.End.After(it.Start):
				t.Errorf("%s ends at %s", it.Start, it.End)
			case it.UID == "" || it.UID != agenda.Line(it.UID) || len(it.UID) > maxUID+len("_2027-04-15T19:00") || seen[it.UID]:
				t.Errorf("UID %q", it.UID)
			case it.Title != agenda.Line(it.Title) || it.Text != agenda.Text(it.Text) || it.Place != agenda.Line(it.Place) || it.URL != agenda.Line(it.URL):
				t.Errorf("a text is not clean: %+v", it)
			case i > 0 && it.Start.Before(items[i-1].Start):
				t.Errorf("%s after %s", it.Start, items[i-1].Start)
			}
			seen[it.UID] = true
		}
		for _, p := range problems {
			if !slices.Contains(known, p.Rule) {
				t.Errorf("problem without a rule: %v", p)
			}
		}
	})
}
