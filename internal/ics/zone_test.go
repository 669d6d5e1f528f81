package ics

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestF06BerlinIsWhatOutlookWants(t *testing.T) {
	t.Parallel()
	want := `BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
`
	if diff := cmp.Diff(want, strings.ReplaceAll(zone(berlin(t)), "\r\n", "\n")); diff != "" {
		t.Error(diff)
	}
}

// everyKind names zones of all kinds: with and without changes of clocks, on
// both hemispheres, with halves of hours, with summer as standard time, and
// those whose changes follow no yearly rule.
var everyKind = []string{
	"Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Istanbul", "Europe/Moscow", "Europe/Kyiv", "Atlantic/Azores",
	"America/New_York", "America/Sao_Paulo", "America/Havana", "America/Santiago", "America/Asuncion", "America/St_Johns", "America/Phoenix",
	"Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Jerusalem", "Asia/Gaza", "Africa/Casablanca", "Africa/Cairo", "Africa/Monrovia",
	"Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Norfolk", "Antarctica/Troll", "Etc/GMT-5", "UTC",
}

func TestF06ZonesAreShortAndPlain(t *testing.T) {
	t.Parallel()
	shift := regexp.MustCompile(`TZOFFSET(FROM|TO):[^\r]*`)
	whole := regexp.MustCompile(`^TZOFFSET(FROM|TO):[+-]\d{4}$`)
	for _, name := range everyKind {
		z := zone(place(t, name))
		if n := strings.Count(z, "\r\n"); n > 20 || n < 8 {
			t.Errorf("%s: %d lines", name, n)
		}
		for _, o := range shift.FindAllString(z, -1) {
			if !whole.MatchString(o) {
				t.Errorf("%s: %s", name, o)
			}
		}
	}
}

// TestF06ZonesSayWhatClocksShow follows the two rules of each VTIMEZONE, by a
// reading of its own, through every day of twelve years.
func TestF06ZonesSayWhatClocksShow(t *testing.T) {
	t.Parallel()
	for _, name := range everyKind {
		loc := place(t, name)
		if written(loc) == time.UTC {
			continue
		}
		var rules []change
		for _, b := range blocks(t, zone(loc)) {
			if b.kind != "VTIMEZONE" {
				rules = append(rules, readChange(t, b))
			}
		}
		all := offsets(rules)
		for instant := time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC); instant.Year() < 2038; instant = instant.Add(3 * time.Hour) {
			_, want := instant.In(loc).Zone()
			for len(all) > 1 && !all[1].at.After(instant) {
				all = all[1:]
			}
			if got := all[0].offset; got != want {
				t.Errorf("%s at %s: the VTIMEZONE says %+d s, clocks show %+d s", name, instant, got, want)
				break
			}
		}
	}
}

// change is an observance as a reader understands it.
type change struct {
	from, to int // seconds
	start    time.Time
	month    time.Month // zero: once
	nth      int
}

func readChange(t *testing.T, b block) change {
	t.Helper()
	seconds := func(s string) int {
		m := int(s[1]-'0')*600 + int(s[2]-'0')*60 + int(s[3]-'0')*10 + int(s[4]-'0')
		if s[0] == '-' {
			m = -m
		}
		return m * 60
	}
	start, err := time.Parse("20060102T150405", b.one(t, "DTSTART"))
	if err != nil {
		t.Fatal(err)
	}
	c := change{from: seconds(b.one(t, "TZOFFSETFROM")), to: seconds(b.one(t, "TZOFFSETTO")), start: start}
	if r := b.get("RRULE"); len(r) > 0 {
		m := regexp.MustCompile(`^FREQ=YEARLY;BYMONTH=(\d+);BYDAY=(-?\d)(\w\w)$`).FindStringSubmatch(r[0])
		if m == nil {
			t.Fatalf("RRULE %q", r[0])
		}
		c.month, c.nth = start.Month(), int(m[2][len(m[2])-1]-'0')
		if m[2][0] == '-' {
			c.nth = -c.nth
		}
		if !strings.EqualFold(start.Weekday().String()[:2], m[3]) {
			t.Errorf("DTSTART %s is no %s", start, m[3])
		}
	}
	if c.to > c.from != (b.kind == "DAYLIGHT") {
		t.Errorf("%s from %d to %d", b.kind, c.from, c.to)
	}
	return c
}

// in returns the instant of the change in a year.
func (c change) in(year int) time.Time {
	day := time.Date(year, c.month, 1, c.start.Hour(), c.start.Minute(), c.start.Second(), 0, time.UTC)
	var days []time.Time
	for ; day.Month() == c.month; day = day.AddDate(0, 0, 1) {
		if day.Weekday() == c.start.Weekday() {
			days = append(days, day)
		}
	}
	wall := days[len(days)-1]
	if c.nth > 0 {
		wall = days[c.nth-1]
	}
	return wall.Add(-time.Duration(c.from) * time.Second)
}

// offset is what holds from an instant on.
type offset struct {
	at     time.Time
	offset int // seconds
}

// offsets are all that the rules say of the years tested, in order.
func offsets(rules []change) []offset {
	var out []offset
	for _, c := range rules {
		if c.month == 0 {
			return []offset{{offset: c.to}}
		}
		for year := 2025; year <= 2038; year++ {
			out = append(out, offset{c.in(year), c.to})
		}
	}
	slices.SortFunc(out, func(a, b offset) int { return a.at.Compare(b.at) })
	return out
}

func TestZonesWithoutYearlyRuleAreWrittenInUTC(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Europe/Berlin": false, "America/New_York": false, "Australia/Sydney": false, "Asia/Kolkata": false, "Europe/Istanbul": false,
		"Africa/Casablanca": true, "Asia/Jerusalem": true, "UTC": true,
	} {
		loc := place(t, name)
		if got := written(loc) == time.UTC; got != want {
			t.Errorf("%s in UTC: %v, want %v", name, got, want)
		}
	}
}

// TestZoneDataThatEndInARule reads zone data in the short form that some
// systems have: the last years stand there as a rule.
func TestZoneDataThatEndInARule(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/berlin-slim.tzif")
	if err != nil {
		t.Fatal(err)
	}
	slim, err := time.LoadLocationFromTZData("Europe/Berlin", data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(zone(berlin(t)), zone(slim)); diff != "" {
		t.Errorf("long form -, short form +\n%s", diff)
	}
}
