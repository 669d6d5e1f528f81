package ics

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// spelling is how times of a location are written.
type spelling struct {
	zone *time.Location // the location, or UTC
	text string         // its VTIMEZONE
}

// spellings keeps the spelling of each location: it depends on the zone data
// only.
var spellings sync.Map // of *time.Location to spelling

// zone returns the VTIMEZONE of what times of a location are written in, in the
// short form with two yearly rules that every client takes (Outlook ignores
// lists of dates).
func zone(loc *time.Location) string { return spell(loc).text }

// written returns the zone in which times of a location are written: itself, or
// UTC where its clocks follow no yearly rule (Morocco's follow the moon).
func written(loc *time.Location) *time.Location { return spell(loc).zone }

func spell(loc *time.Location) spelling {
	if s, ok := spellings.Load(loc); ok {
		return s.(spelling)
	}
	s := spelling{time.UTC, makeZone(time.UTC, nil)}
	if rules, ok := yearly(loc); ok {
		s = spelling{loc, makeZone(loc, rules)}
	}
	spellings.Store(loc, s)
	return s
}

// The years whose changes of clocks a VTIMEZONE is read off.
const firstYear, ruleYears = 2026, 12

// yearly returns the two rules by which the clocks of a location change, none
// if they do not change, and whether they hold in all of the years.
func yearly(loc *time.Location) (rules [][]string, ok bool) {
	end := time.Date(firstYear+ruleYears, 1, 1, 0, 0, 0, 0, loc)
	changes := 0
	for t := nextChange(time.Date(firstYear, 1, 1, 0, 0, 0, 0, loc)); t.Before(end); t = nextChange(t) {
		r := observance(t)
		if changes < 2 {
			rules = append(rules, r)
		} else if !slices.Equal(r, rules[changes%2]) {
			return nil, false
		}
		changes++
	}
	return rules, changes == 0 || changes == 2*ruleYears
}

// nextChange returns when clocks change after t, a time without end if never.
// Where zone data end in a rule, the library bounds the years too, and at the
// end of a leap year it stands still.
func nextChange(t time.Time) time.Time {
	for {
		_, end := t.ZoneBounds()
		if end.IsZero() {
			return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
		}
		if !end.After(t) {
			t = t.AddDate(0, 0, 1)
			continue
		}
		t = end.In(t.Location())
		_, before := t.Add(-time.Second).Zone()
		if _, after := t.Zone(); before != after {
			return t
		}
	}
}

func makeZone(loc *time.Location, rules [][]string) string {
	lines := []string{"BEGIN:VTIMEZONE", "TZID:" + loc.String()}
	for _, r := range rules {
		lines = append(lines, r...)
	}
	if len(rules) == 0 {
		abbr, offset := time.Date(firstYear, 1, 1, 0, 0, 0, 0, loc).Zone()
		lines = append(lines, "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:"+hhmm(offset), "TZOFFSETTO:"+hhmm(offset),
			"TZNAME:"+abbr, "END:STANDARD")
	}
	lines = append(lines, "END:VTIMEZONE", "")
	return strings.Join(lines, "\r\n")
}

var weekdays = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// observance describes the change of clocks at t as a rule that holds every
// year: the last or the nth such weekday of its month.
func observance(t time.Time) []string {
	before := t.Add(-time.Second)
	abbr, to := t.Zone()
	_, from := before.Zone()
	kind := "STANDARD"
	if to > from { // Ireland's own law has it the other way round, clients do not
		kind = "DAYLIGHT"
	}
	wall := t.UTC().Add(time.Duration(from) * time.Second) // what clocks showed at the change
	nth := (wall.Day()-1)/7 + 1
	if wall.AddDate(0, 0, 7).Month() != wall.Month() {
		nth = -1
	}
	first := firstSince1970(wall, nth)
	return []string{
		"BEGIN:" + kind,
		"DTSTART:" + first.Format("20060102T150405"),
		fmt.Sprintf("RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", wall.Month(), nth, weekdays[wall.Weekday()]),
		"TZOFFSETFROM:" + hhmm(from),
		"TZOFFSETTO:" + hhmm(to),
		"TZNAME:" + abbr,
		"END:" + kind,
	}
}

// firstSince1970 returns the first date of the rule since 1970: the form that
// Outlook expects.
func firstSince1970(wall time.Time, nth int) time.Time {
	d := time.Date(1970, wall.Month(), 1, wall.Hour(), wall.Minute(), wall.Second(), 0, time.UTC)
	for d.Weekday() != wall.Weekday() {
		d = d.AddDate(0, 0, 1)
	}
	if nth > 0 {
		return d.AddDate(0, 0, 7*(nth-1))
	}
	for d.AddDate(0, 0, 7).Month() == d.Month() {
		d = d.AddDate(0, 0, 7)
	}
	return d
}

func hhmm(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}
