package ics

import (
	"errors"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"

	"widunetz/internal/agenda"
)

// DecodeDays reads the days of a foreign calendar that begin in the year: feasts,
// days of remembrance, days off. Unlike the dates that Decode reads they are
// whole days as a rule; one with hours keeps them. A day of every year is
// expanded, no other rule is. What cannot be taken is a Problem; others says how
// many days are of other years. err means that nothing could be read.
func DecodeDays(data []byte, loc *time.Location, year int) (days []agenda.LayerDay, others int, problems []Problem, err error) {
	defer func() {
		// The library panics on some broken lines that no guard foresees.
		if p := recover(); p != nil {
			days, others, problems, err = nil, 0, nil, agenda.Unreadable("broken", "")
		}
	}()
	clean, err := guard(data, ofDates)
	if err != nil {
		return nil, 0, nil, err
	}
	events, err := read(clean)
	if err != nil {
		return nil, 0, nil, err
	}
	d := decoder{loc: loc, zones: map[string]*time.Location{}}
	for i := range events {
		e := &events[i]
		if strings.EqualFold(text(e, ical.PropStatus), "CANCELLED") {
			continue
		}
		day, err := d.day(e, year)
		var no *refusal
		switch {
		case errors.As(err, &no):
			d.refuse(e, no)
		case day.From.Year != year:
			others++
		default:
			days = append(days, day)
		}
	}
	return days, others, d.problems, nil
}

// day reads one VEVENT as a day or a span of days.
func (d *decoder) day(e *ical.Event, year int) (agenda.LayerDay, error) {
	out := agenda.LayerDay{Name: agenda.Line(text(e, ical.PropSummary)), Note: agenda.Text(text(e, ical.PropDescription))}
	start := e.Props.Get(ical.PropDateTimeStart)
	switch {
	case out.Name == "":
		return out, no("import.no_name", "")
	case start == nil:
		return out, no("import.nostart", "")
	}
	if err := d.span(&out, e, start); err != nil {
		return out, err
	}
	switch {
	case out.From.Year < 1900 || out.From.Year > 2100:
		return out, no("import.year", out.From.String())
	case out.To.Before(out.From):
		return out, no("import.order", out.To.String())
	case out.From.DaysTo(out.To) > maxDays:
		return out, no("import.long", out.To.String())
	}
	return d.yearly(out, e, year)
}

// span reads from when to when a day lasts: the end of whole days is the day
// after the last (RFC 5545, section 3.6.1).
func (d *decoder) span(out *agenda.LayerDay, e *ical.Event, start *ical.Prop) error {
	end := e.Props.Get(ical.PropDateTimeEnd)
	if start.ValueType() == ical.ValueDate || len(start.Value) == len("20060102") {
		from, err := wholeDay(start.Value)
		if err != nil {
			return err
		}
		out.From, out.To = from, from
		if end != nil {
			to, err := wholeDay(end.Value)
			if err != nil {
				return err
			}
			if to.After(from) { // some programs write the first day again
				out.To = to.AddDays(-1)
			}
		}
		return nil
	}
	begins, _, err := d.local(start)
	if err != nil {
		return err
	}
	ends, err := d.end(e, begins)
	if err != nil {
		return err
	}
	if !ends.After(begins) {
		return no("import.order", ends.String())
	}
	out.Begins, out.Ends = begins, ends
	out.From, out.To = begins.Date, ends.AddMinutes(-1).Date
	return nil
}

func wholeDay(s string) (agenda.Date, error) {
	if len(s) < len("20060102") {
		return agenda.Date{}, no("import.time", s)
	}
	t, err := time.Parse("20060102", s[:len("20060102")])
	if err != nil {
		return agenda.Date{}, no("import.time", s)
	}
	return agenda.DateOf(t), nil
}

// yearly moves a day that comes every year to the wanted one.
func (d *decoder) yearly(out agenda.LayerDay, e *ical.Event, year int) (agenda.LayerDay, error) {
	rule := e.Props.Get(ical.PropRecurrenceRule)
	if rule == nil {
		if recurs(e) {
			return out, no("import.rule", "RDATE")
		}
		return out, nil
	}
	for part := range strings.SplitSeq(strings.ToUpper(rule.Value), ";") {
		name, value, _ := strings.Cut(part, "=")
		if name == "FREQ" && value == "YEARLY" || name == "INTERVAL" && value == "1" || name == "WKST" || name == "" || name == "BYMONTH" || name == "BYMONTHDAY" {
			continue // the day itself says month and day
		}
		return out, no("import.rule", rule.Value)
	}
	if year < out.From.Year {
		return out, nil
	}
	from := agenda.Date{Year: year, Month: out.From.Month, Day: out.From.Day}
	if from.AddDays(0) != from { // 29 February
		out.From.Year = 0
		return out, nil
	}
	n := out.From.DaysTo(from)
	out.From, out.To = from, out.To.AddDays(n)
	if !out.Begins.IsZero() {
		out.Begins, out.Ends = out.Begins.AddDays(n), out.Ends.AddDays(n)
	}
	return out, nil
}
