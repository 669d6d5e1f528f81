package agenda

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a calendar day without a time zone, written "2027-08-30". The zero
// Date means "no day".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the calendar day of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads "2027-08-30" and, as offices write it, "30.08.2027" or
// "30.8.27". The error says which forms are understood.
func ParseDate(s string) (Date, error) {
	for _, layout := range []string{"2006-01-02", "2.1.2006", "2.1.06"} {
		if t, err := time.Parse(layout, s); err == nil {
			return DateOf(t), nil
		}
	}
	return Date{}, fmt.Errorf("date %q: want 2027-08-30 or 30.08.2027", s)
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// At returns the time of day h:m on the day d.
func (d Date) At(h, m int) Local { return Local{d, h, m} }

// AddDays returns the day n days after d (before it if n is negative).
func (d Date) AddDays(n int) Date { return DateOf(d.midnight().AddDate(0, 0, n)) }

// DaysTo returns how many days after d the day e is.
func (d Date) DaysTo(e Date) int { return e.number() - d.number() }

// number counts days from a fixed one: March first, so that leap days come last
// in their year (Hinnant, chrono-compatible date algorithms).
func (d Date) number() int {
	y, m := d.Year, int(d.Month)
	if m <= 2 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d.Day
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// Compare returns -1, 0 or +1 as d is before, equal to or after e.
func (d Date) Compare(e Date) int { return cmp.Compare(d.number(), e.number()) }

// Before reports whether d is before e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is after e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Start returns the first instant of the day in loc.
func (d Date) Start(loc *time.Location) time.Time { return d.At(0, 0).In(loc) }

// String returns "2027-08-30", or "" for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText writes the form of String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(b))
	return err
}

// midnight is arithmetic only: UTC has no clock changes, so days are 24 h.
func (d Date) midnight() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Local is a wall-clock time of the network's place to the minute, written
// "2027-08-30T09:00". The zero Local means "no time".
type Local struct {
	Date
	Hour, Minute int
}

// LocalOf returns the wall-clock time that t shows in loc.
func LocalOf(t time.Time, loc *time.Location) Local {
	t = t.In(loc)
	return Local{DateOf(t), t.Hour(), t.Minute()}
}

// ParseLocal reads "2027-08-30T09:00", "2027-08-30 09:00" or
// "30.08.2027 09:00".
func ParseLocal(s string) (Local, error) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2.1.2006 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return Local{DateOf(t), t.Hour(), t.Minute()}, nil
		}
	}
	return Local{}, fmt.Errorf("time %q: want 2027-08-30T09:00", s)
}

// ParseClock reads a time of day: "9:00", "09:00", "9.00", "9" or "9 Uhr".
func ParseClock(s string) (hour, minute int, err error) {
	for _, layout := range []string{"15:04", "15.04", "15", "15:04 Uhr", "15.04 Uhr", "15 Uhr", "15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Hour(), t.Minute(), nil
		}
	}
	return 0, 0, fmt.Errorf("time of day %q: want 09:00", s)
}

// In returns the instant at which clocks in loc show l. A time in the gap of
// spring moves on by the length of the gap, and a time that an autumn night
// has twice is the first of the two (RFC 5545, section 3.3.5).
func (l Local) In(loc *time.Location) time.Time {
	t := time.Date(l.Year, l.Month, l.Day, l.Hour, l.Minute, 0, 0, loc)
	if shown := LocalOf(t, loc); shown.Before(l) {
		return t.Add(l.utc().Sub(shown.utc())) // time.Date may move a time in the gap back
	}
	// time.Date may answer with the second of two equal wall-clock times.
	if start, _ := t.ZoneBounds(); !start.IsZero() {
		_, before := start.Add(-time.Second).Zone()
		_, after := t.Zone()
		if earlier := t.Add(time.Duration(after-before) * time.Second); before > after && earlier.Before(start) {
			if LocalOf(earlier, loc) == l {
				return earlier
			}
		}
	}
	return t
}

// Compare returns -1, 0 or +1 as l is before, equal to or after m.
func (l Local) Compare(m Local) int {
	return cmp.Or(l.Date.Compare(m.Date), cmp.Compare(60*l.Hour+l.Minute, 60*m.Hour+m.Minute))
}

// Before reports whether l is before m.
func (l Local) Before(m Local) bool { return l.Compare(m) < 0 }

// After reports whether l is after m.
func (l Local) After(m Local) bool { return l.Compare(m) > 0 }

// IsZero reports whether l is no time.
func (l Local) IsZero() bool { return l == Local{} }

// AddMinutes returns the wall-clock time n minutes on, as a clock that is
// never changed would show it.
func (l Local) AddMinutes(n int) Local {
	t := l.utc().Add(time.Duration(n) * time.Minute)
	return Local{DateOf(t), t.Hour(), t.Minute()}
}

// MinutesTo returns how many minutes after l the wall-clock time m is.
func (l Local) MinutesTo(m Local) int {
	return l.DaysTo(m.Date)*24*60 + 60*(m.Hour-l.Hour) + m.Minute - l.Minute
}

// AddDays returns the same time of day n days on.
func (l Local) AddDays(n int) Local { return Local{l.Date.AddDays(n), l.Hour, l.Minute} }

// Clock returns "09:00".
func (l Local) Clock() string { return fmt.Sprintf("%02d:%02d", l.Hour, l.Minute) }

// String returns "2027-08-30T09:00", or "" for no time.
func (l Local) String() string {
	if l.IsZero() {
		return ""
	}
	return l.Date.String() + "T" + l.Clock()
}

// MarshalText writes the form of String.
func (l Local) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (l *Local) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*l = Local{}
		return nil
	}
	*l, err = ParseLocal(string(b))
	return err
}

func (l Local) utc() time.Time {
	return time.Date(l.Year, l.Month, l.Day, l.Hour, l.Minute, 0, 0, time.UTC)
}

// Overlap reports whether the spans [s1,e1) and [s2,e2) share a minute.
func Overlap(s1, e1, s2, e2 Local) bool { return s1.Before(e2) && s2.Before(e1) }

// Lang is a language of the pages and mails: the path prefix of the pages and,
// but for "ls", a BCP 47 tag. German is "de" and has no prefix.
type Lang string

// The languages the service can speak. Which of them are offered is a matter
// of the configuration.
const (
	German       Lang = "de"
	English      Lang = "en"
	Turkish      Lang = "tr"
	Arabic       Lang = "ar"
	Ukrainian    Lang = "uk"
	Russian      Lang = "ru"
	Kurmanji     Lang = "ku"
	Farsi        Lang = "fa"
	EasyLanguage Lang = "ls"
)
