package ics

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	ical "github.com/emersion/go-ical"

	"widunetz/internal/agenda"
)

// Limits of a foreign calendar.
const (
	maxFile      = 2 << 20
	maxLine      = 64 << 10
	maxParam     = 1 << 10 // the library joins parameters byte by byte
	maxDepth     = 4
	maxEvents    = 5000
	maxInstances = 200
	maxDays      = 60
)

// ErrNoCalendar is returned for a file that is no calendar at all.
var ErrNoCalendar = errors.New("this is no iCalendar file (it does not begin with BEGIN:VCALENDAR)")

// Problem is a date of a foreign calendar that could not be taken.
type Problem struct {
	UID  string
	Text string // its title
	Rule string // message key of the area "import"
	Got  string // what stood there
}

// Decode reads the dates of a foreign calendar that start on the days from…to,
// by start. Recurring dates are expanded; every one has its own UID. What
// cannot be taken is a Problem and never silent. err means that nothing could be
// read. Times are converted to the wall clock of loc; floating times are taken
// as such.
func Decode(data []byte, loc *time.Location, from, to agenda.Date) (items []agenda.FeedItem, problems []Problem, err error) {
	defer func() {
		// The library panics on some broken lines that no guard foresees.
		if p := recover(); p != nil {
			items, problems, err = nil, nil, fmt.Errorf("broken calendar file: %v", p)
		}
	}()
	clean, err := guard(data)
	if err != nil {
		return nil, nil, err
	}
	d := decoder{loc: loc, from: from, to: to, overrides: map[string][]*ical.Event{}}
	dec := ical.NewDecoder(bytes.NewReader(clean))
	for {
		cal, err := dec.Decode()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("broken calendar file: %w", err)
		}
		if err := d.calendar(cal); err != nil {
			return nil, nil, err
		}
	}
	slices.SortStableFunc(d.items, func(a, b agenda.FeedItem) int { return a.Start.Compare(b.Start) })
	return d.items, d.problems, nil
}

// guard unfolds the file and refuses what the library cannot bear.
func guard(data []byte) ([]byte, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("the file has more than %d MB", maxFile>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	text := strings.ToValidUTF8(string(data), "\uFFFD")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(text)
	text = strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)
	if !strings.HasPrefix(strings.ToUpper(strings.TrimLeft(text, "\n ")), "BEGIN:VCALENDAR") {
		return nil, ErrNoCalendar
	}
	var out strings.Builder
	depth := 0
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := guardLine(line, &depth); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		out.WriteString(line + "\r\n")
	}
	if depth != 0 {
		return nil, errors.New("the file ends in the middle: END:VCALENDAR is missing")
	}
	return []byte(out.String()), nil
}

func guardLine(line string, depth *int) error {
	head, ok := beforeColon(line)
	switch {
	case len(line) > maxLine || len(head) > maxParam:
		return errors.New("the line is too long")
	case !ok:
		return fmt.Errorf("%q has no colon", clip(line))
	}
	switch strings.ToUpper(head) {
	case "BEGIN":
		if *depth++; *depth > maxDepth {
			return errors.New("components are nested too deep")
		}
	case "END":
		*depth--
	}
	return nil
}

// beforeColon returns what stands before the first colon outside of quotes.
func beforeColon(line string) (string, bool) {
	quoted := false
	for i := range len(line) {
		switch line[i] {
		case '"':
			quoted = !quoted
		case ':':
			if !quoted {
				return line[:i], true
			}
		}
	}
	return line, false
}

func clip(s string) string {
	if len(s) <= 60 {
		return s
	}
	n := 60
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// decoder gathers the dates of one file.
type decoder struct {
	loc       *time.Location
	from, to  agenda.Date
	overrides map[string][]*ical.Event // by UID, with RECURRENCE-ID
	items     []agenda.FeedItem
	problems  []Problem
}

func (d *decoder) calendar(cal *ical.Calendar) error {
	events := cal.Events()
	if len(events) > maxEvents {
		return fmt.Errorf("the file has more than %d dates", maxEvents)
	}
	for _, e := range events {
		if e.Props.Get(ical.PropRecurrenceID) != nil {
			uid := text(&e, ical.PropUID)
			d.overrides[uid] = append(d.overrides[uid], &e)
		}
	}
	seen := map[string]bool{}
	for _, e := range events {
		if e.Props.Get(ical.PropRecurrenceID) != nil {
			continue
		}
		uid := text(&e, ical.PropUID)
		if uid == "" || seen[uid] {
			d.refuse(&e, "import.uid", uid)
			continue
		}
		seen[uid] = true
		if err := d.event(&e, uid); err != nil {
			var p *refusal
			if !errors.As(err, &p) {
				return err
			}
			d.refuse(&e, p.rule, p.got)
		}
	}
	return nil
}

// refusal is why one date cannot be taken.
type refusal struct{ rule, got string }

// Error names the rule and what stood there.
func (r *refusal) Error() string { return r.rule + ": " + r.got }

func no(rule, got string) error { return &refusal{rule, clip(agenda.Line(got))} }

func (d *decoder) refuse(e *ical.Event, rule, got string) {
	d.problems = append(d.problems, Problem{UID: agenda.Line(text(e, ical.PropUID)), Text: agenda.Line(text(e, ical.PropSummary)), Rule: rule, Got: got})
}

func text(e *ical.Event, name string) string {
	s, err := e.Props.Text(name)
	if p := e.Props.Get(name); err != nil && p != nil {
		return p.Value // an unescaped comma is not worth losing a date
	}
	return s
}

func (d *decoder) event(e *ical.Event, uid string) error {
	it, zone, err := d.item(e, uid)
	if err != nil {
		return err
	}
	if e.Props.Get(ical.PropRecurrenceRule) == nil && e.Props.Get(ical.PropRecurrenceDates) == nil {
		d.keep(it)
		return nil
	}
	starts, err := d.expand(e, it, zone)
	if err != nil {
		return err
	}
	length := int(it.End.In(d.loc).Sub(it.Start.In(d.loc)).Minutes())
	for _, s := range starts {
		one := it
		one.UID = uid + "_" + s.String()
		one.Start = s
		one.End = s.AddMinutes(length)
		if err := d.override(&one, uid, s); err != nil {
			return err
		}
		d.keep(one)
	}
	return nil
}

// override applies what the file says of one date of a series.
func (d *decoder) override(one *agenda.FeedItem, uid string, original agenda.Local) error {
	for _, o := range d.overrides[uid] {
		at, _, err := d.local(o.Props.Get(ical.PropRecurrenceID))
		if err != nil {
			return err
		}
		if at != original {
			continue
		}
		changed, _, err := d.item(o, one.UID)
		if err != nil {
			return err
		}
		*one = changed
	}
	return nil
}

func (d *decoder) keep(it agenda.FeedItem) {
	if !it.Start.Date.Before(d.from) && !it.Start.Date.After(d.to) {
		d.items = append(d.items, it)
	}
}

// item reads one VEVENT without its recurrence.
func (d *decoder) item(e *ical.Event, uid string) (agenda.FeedItem, *time.Location, error) {
	start, zone, err := d.local(e.Props.Get(ical.PropDateTimeStart))
	if err != nil {
		return agenda.FeedItem{}, nil, err
	}
	it := agenda.FeedItem{
		UID: agenda.Line(uid), Start: start, Title: agenda.Line(text(e, ical.PropSummary)), Place: agenda.Line(text(e, ical.PropLocation)),
		Text: agenda.Text(text(e, ical.PropDescription)),
	}
	it.URL = agenda.Line(text(e, ical.PropURL))
	switch strings.ToUpper(text(e, ical.PropStatus)) {
	case "CANCELLED":
		it.Cancelled = true
	case "TENTATIVE":
		it.Tentative = true
	}
	if it.End, err = d.end(e, start); err != nil {
		return it, zone, err
	}
	switch {
	case start.Year < 2000 || start.Year > 2100:
		return it, zone, no("import.year", start.String())
	case !it.End.After(start):
		return it, zone, no("import.order", it.End.String())
	case start.DaysTo(it.End.Date) > maxDays:
		return it, zone, no("import.long", it.End.String())
	}
	return it, zone, nil
}

// end reads DTEND or DURATION; a date with neither lasts an hour.
func (d *decoder) end(e *ical.Event, start agenda.Local) (agenda.Local, error) {
	if p := e.Props.Get(ical.PropDateTimeEnd); p != nil {
		l, _, err := d.local(p)
		return l, err
	}
	if p := e.Props.Get(ical.PropDuration); p != nil {
		dur, err := p.Duration()
		if err != nil || dur < 0 || dur > maxDays*24*time.Hour {
			return agenda.Local{}, no("import.duration", p.Value)
		}
		return agenda.LocalOf(start.In(d.loc).Add(dur), d.loc), nil
	}
	return start.AddMinutes(60), nil
}

// local reads a time as the wall clock of d.loc, and in which zone it stood.
func (d *decoder) local(p *ical.Prop) (agenda.Local, *time.Location, error) {
	if p == nil {
		return agenda.Local{}, nil, no("import.nostart", "")
	}
	if p.ValueType() == ical.ValueDate || len(p.Value) == len("20060102") {
		return agenda.Local{}, nil, no("import.allday", p.Value)
	}
	zone, err := d.zoneOf(p)
	if err != nil {
		return agenda.Local{}, nil, err
	}
	l, err := parseTime(p.Value)
	if err != nil {
		return agenda.Local{}, nil, no("import.time", p.Value)
	}
	t := l.In(zone)
	if agenda.LocalOf(t, zone) != l {
		return agenda.Local{}, nil, no("import.gap", p.Value)
	}
	return agenda.LocalOf(t, d.loc), zone, nil
}

func parseTime(s string) (agenda.Local, error) {
	t, err := time.Parse("20060102T150405", strings.TrimSuffix(s, "Z"))
	return agenda.LocalOf(t, time.UTC), err
}

func (d *decoder) zoneOf(p *ical.Prop) (*time.Location, error) {
	name := strings.Trim(p.Params.Get(ical.ParamTimezoneID), "/\" ")
	switch {
	case strings.HasSuffix(p.Value, "Z"):
		return time.UTC, nil
	case name == "":
		return d.loc, nil
	}
	if iana, ok := windowsZones[strings.ToLower(name)]; ok {
		name = iana
	}
	for i := range name { // "/example.org/20260101/Europe/Berlin"
		if i == 0 || name[i-1] == '/' {
			if loc, err := time.LoadLocation(name[i:]); err == nil && name[i:] != "Local" && len(name) < 200 {
				return loc, nil
			}
		}
	}
	return nil, no("import.zone", name)
}

// windowsZones are the names that Outlook and Exchange write, as far as offices
// of Europe meet them (Unicode CLDR, windowsZones.xml).
var windowsZones = map[string]string{
	"w. europe standard time": "Europe/Berlin", "central europe standard time": "Europe/Budapest",
	"central european standard time": "Europe/Warsaw", "romance standard time": "Europe/Paris", "gmt standard time": "Europe/London",
	"greenwich standard time": "Atlantic/Reykjavik", "turkey standard time": "Europe/Istanbul", "gtb standard time": "Europe/Bucharest",
	"fle standard time": "Europe/Kiev", "e. europe standard time": "Europe/Chisinau", "russian standard time": "Europe/Moscow",
	"eastern standard time": "America/New_York", "utc": "UTC", "coordinated universal time": "UTC",
	"(utc+01:00) amsterdam, berlin, bern, rome, stockholm, vienna": "Europe/Berlin", "mitteleuropäische zeit": "Europe/Berlin",
	"w. europe": "Europe/Berlin", "westeuropäische normalzeit": "Europe/Berlin",
}
