package ics

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"

	"widunetz/internal/agenda"
)

// Limits of a foreign calendar.
const (
	maxFile      = 2 << 20
	maxLine      = 64 << 10
	maxParam     = 1 << 10 // the library joins parameters byte by byte
	maxDepth     = 4
	maxUID       = 512 // octets; RFC 7986, section 5.3, wants fewer than 255
	maxEvents    = 5000
	maxInstances = 200
	maxSteps     = 100_000 // dates of all rules of a file, those before the wanted days too
	maxDays      = 60
)

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
			items, problems, err = nil, nil, agenda.Unreadable("broken", "")
		}
	}()
	clean, err := guard(data, ofDates)
	if err != nil {
		return nil, nil, err
	}
	d := decoder{
		loc: loc, from: from, to: to, steps: maxSteps, zones: map[string]*time.Location{},
		seen: map[string]bool{}, changed: map[string]bool{}, gone: map[string]bool{}, unsure: map[string]error{},
	}
	events, err := read(clean)
	if err != nil {
		return nil, nil, err
	}
	d.calendar(events)
	slices.SortStableFunc(d.items, func(a, b agenda.FeedItem) int { return a.Start.Compare(b.Start) })
	return d.items, d.problems, nil
}

// read parses the file, which may hold several calendars one after the other.
func read(clean []byte) ([]ical.Event, error) {
	var events []ical.Event
	dec := ical.NewDecoder(bytes.NewReader(clean))
	for {
		cal, err := dec.Decode()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, agenda.Unreadable("broken", "")
		}
		calls := cal.Props.Get(ical.PropMethod)
		for _, e := range cal.Events() {
			if calls != nil && strings.EqualFold(calls.Value, "CANCEL") {
				raw(e.Component, ical.PropStatus, "CANCELLED")
			}
			events = append(events, e)
		}
		if len(events) > maxEvents {
			return nil, agenda.Unreadable("rows", strconv.Itoa(maxEvents))
		}
	}
}

// decoder gathers the dates of one file.
type decoder struct {
	loc      *time.Location
	from, to agenda.Date
	steps    int                       // dates of rules that may still be looked at
	zones    map[string]*time.Location // by TZID; nil: not known
	seen     map[string]bool           // by UID: the dates and series of the file
	changed  map[string]bool           // by instance: it has an entry of its own, with RECURRENCE-ID
	gone     map[string]bool           // by instance: its series leaves it out
	unsure   map[string]error          // by UID: why one of its entries cannot be placed in the series
	items    []agenda.FeedItem
	problems []Problem
}

// instance is the UID of one date of a series: its place there stays when the
// date moves.
func instance(uid string, original agenda.Local) string { return uid + "_" + original.String() }

// calendar takes the dates and series, then what the file says of single dates
// of series.
func (d *decoder) calendar(events []ical.Event) {
	var masters, changes []*ical.Event
	for i := range events {
		e := &events[i]
		if e.Props.Get(ical.PropRecurrenceID) == nil {
			masters = append(masters, e)
		} else if d.try(e, d.place) {
			changes = append(changes, e)
		}
	}
	for _, e := range masters {
		d.try(e, d.event)
	}
	for _, e := range changes {
		d.try(e, d.change)
	}
}

// try reads an event and keeps the reason why it cannot be taken.
func (d *decoder) try(e *ical.Event, read func(*ical.Event, string) error) bool {
	err := read(e, agenda.Line(text(e, ical.PropUID)))
	var p *refusal
	if errors.As(err, &p) {
		d.refuse(e, p)
	}
	return err == nil
}

// claim refuses a UID that cannot identify a date.
func (d *decoder) claim(uid, id string) error {
	if uid == "" || len(uid) > maxUID || d.seen[id] {
		return no("import.uid", uid)
	}
	d.seen[id] = true
	return nil
}

// refusal is why one date cannot be taken.
type refusal struct{ rule, got string }

// Error names the rule and what stood there.
func (r *refusal) Error() string { return r.rule + ": " + r.got }

func no(rule, got string) error { return &refusal{rule, got} }

func (d *decoder) refuse(e *ical.Event, r *refusal) {
	line := func(s string) string { return clip(agenda.Line(s)) }
	d.problems = append(d.problems, Problem{UID: line(text(e, ical.PropUID)), Text: line(text(e, ical.PropSummary)), Rule: r.rule, Got: line(r.got)})
}

// text reads a TEXT value. It is more generous than the library, which cuts it
// at a comma without a backslash and refuses it for one too many.
func text(e *ical.Event, name string) string {
	p := e.Props.Get(name)
	if p == nil {
		return ""
	}
	return unescaper.Replace(p.Value)
}

var unescaper = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n", `\N`, "\n")

// event reads a date or a series.
func (d *decoder) event(e *ical.Event, uid string) error {
	if err := d.claim(uid, uid); err != nil {
		return err
	}
	it, zone, err := d.item(e, uid)
	if err != nil {
		return err
	}
	if err := d.unsure[uid]; err != nil {
		return err
	}
	if !recurs(e) {
		if !d.changed[instance(uid, it.Start)] {
			d.keep(it)
		}
		return nil
	}
	starts, err := d.expand(e, it, zone)
	if err != nil {
		return err
	}
	length := int(it.End.In(time.UTC).Sub(it.Start.In(time.UTC)).Minutes()) // on the wall clock
	for _, s := range starts {
		one := it
		one.UID, one.Start, one.End = instance(uid, s), s, s.AddMinutes(length)
		if d.changed[one.UID] {
			continue
		}
		if err := d.claim(uid, one.UID); err != nil {
			return err
		}
		d.keep(one)
	}
	return nil
}

func recurs(e *ical.Event) bool {
	for _, name := range []string{ical.PropRecurrenceRule, ical.PropRecurrenceDates, ical.PropExceptionDates, exceptionRule} {
		if e.Props.Get(name) != nil {
			return true
		}
	}
	return false
}

// place finds which date of its series an entry is about. Where it cannot, the
// series is not taken either: one of its dates would be wrong.
func (d *decoder) place(e *ical.Event, uid string) error {
	p := e.Props.Get(ical.PropRecurrenceID)
	original, _, err := d.local(p)
	if r := p.Params.Get(ical.ParamRange); r != "" {
		err = no("import.rule", ical.ParamRange+"="+r)
	}
	if err != nil {
		d.unsure[uid] = err
		return err
	}
	d.changed[instance(uid, original)] = true
	return nil
}

// change reads what the file says of one date of a series. The series need not
// be there: programs export and send single dates.
func (d *decoder) change(e *ical.Event, uid string) error {
	p := e.Props.Get(ical.PropRecurrenceID)
	original, _, err := d.local(p)
	if err != nil {
		return err
	}
	id := instance(uid, original)
	if err := d.claim(uid, id); err != nil {
		return err
	}
	if d.gone[id] { // some programs show such a date, others do not
		return no("import.rule", "EXDATE, RECURRENCE-ID "+p.Value)
	}
	it, _, err := d.item(e, id)
	if err != nil {
		return err
	}
	d.keep(it)
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
		UID: uid, Start: start, Title: agenda.Line(text(e, ical.PropSummary)), Place: agenda.Line(text(e, ical.PropLocation)),
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
	l, err = d.wall(l, zone, p.Value)
	return l, zone, err
}

// wall returns what clocks in d.loc show at the time l of zone. It refuses an
// hour that clocks leave out in spring, and the second of an hour that they show
// twice in autumn: the agenda has only the first (RFC 5545, section 3.3.5).
func (d *decoder) wall(l agenda.Local, zone *time.Location, got string) (agenda.Local, error) {
	t := l.In(zone)
	out := agenda.LocalOf(t, d.loc)
	if agenda.LocalOf(t, zone) != l || !out.In(d.loc).Equal(t) {
		return out, no("import.gap", got)
	}
	return out, nil
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
	loc, ok := d.zones[name]
	if !ok {
		loc = load(name)
		d.zones[name] = loc
	}
	if loc == nil {
		return nil, no("import.zone", name)
	}
	return loc, nil
}

// load finds the zone that a TZID means, nil if none.
func load(name string) *time.Location {
	if iana, ok := windowsZones[strings.ToLower(name)]; ok {
		name = iana
	}
	if len(name) > 200 {
		return nil
	}
	for i := range name { // "/example.org/20260101/Europe/Berlin"
		if i > 0 && name[i-1] != '/' || name[i:] == "Local" {
			continue
		}
		if loc, err := time.LoadLocation(name[i:]); err == nil {
			return loc
		}
	}
	return nil
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
	"(utc+01:00) amsterdam, berlin, bern, rom, stockholm, wien": "Europe/Berlin", "w. europe": "Europe/Berlin", "westeuropäische normalzeit": "Europe/Berlin",
}
