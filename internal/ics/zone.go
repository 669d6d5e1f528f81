package ics

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// zones keeps the VTIMEZONE of each location: it depends on the zone data only.
var zones sync.Map // of *time.Location to string

// zone returns the VTIMEZONE of a location in the short form with two yearly
// rules that every client takes (Outlook ignores lists of dates). The rules are
// read off the zone data of the current years; UTC needs none but keeps an
// empty calendar valid.
func zone(loc *time.Location) string {
	if z, ok := zones.Load(loc); ok {
		return z.(string)
	}
	z := makeZone(loc, time.Date(2026, 1, 1, 0, 0, 0, 0, loc))
	zones.Store(loc, z)
	return z
}

func makeZone(loc *time.Location, from time.Time) string {
	name := loc.String()
	lines := []string{"BEGIN:VTIMEZONE", "TZID:" + name}
	t, observances := from, 0
	for range 2 {
		_, change := t.ZoneBounds()
		if change.IsZero() {
			break
		}
		lines = append(lines, observance(change.In(loc))...)
		t = change
		observances++
	}
	if observances == 0 {
		abbr, offset := from.Zone()
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
	if t.IsDST() {
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
