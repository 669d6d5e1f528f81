package ics

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"

	"widunetz/internal/agenda"
)

// expand returns the starts of a series in d.loc. The rule is followed on the
// wall clock of the zone in which the series was written, so the hour survives
// the changes of clocks. A date in an hour that is not there is refused alone.
func (d *decoder) expand(e *ical.Event, it agenda.FeedItem, zone *time.Location) ([]agenda.Local, error) {
	first := agenda.LocalOf(it.Start.In(d.loc), zone)
	walls := []agenda.Local{first}
	if e.Props.Get(exceptionRule) != nil || len(e.Props.Values(ical.PropRecurrenceRule)) > 1 {
		return nil, no("import.rule", exceptionRule+", 2 × RRULE")
	}
	if p := e.Props.Get(ical.PropRecurrenceRule); p != nil {
		opt, err := rule(p.Value, first, zone)
		if err != nil {
			return nil, err
		}
		if walls, err = d.follow(opt); err != nil {
			return nil, err
		}
	}
	starts, err := d.times(e, ical.PropRecurrenceDates)
	if err != nil {
		return nil, err
	}
	gone, err := d.times(e, ical.PropExceptionDates)
	if err != nil {
		return nil, err
	}
	for _, l := range gone {
		d.gone[instance(it.UID, l)] = true
	}
	for _, w := range walls {
		l, err := d.wall(w, zone, w.String())
		var p *refusal
		if errors.As(err, &p) {
			d.refuse(e, p)
			continue
		}
		starts = append(starts, l)
	}
	slices.SortFunc(starts, agenda.Local.Compare)
	starts = slices.Compact(starts)
	return slices.DeleteFunc(starts, func(s agenda.Local) bool { return d.gone[instance(it.UID, s)] }), nil
}

// follow computes the dates of a rule with UTC standing for the wall clock. It
// looks a day further than the wanted days, which are those of another zone.
func (d *decoder) follow(opt rrule.ROption) ([]agenda.Local, error) {
	r, err := rrule.NewRRule(opt)
	if err != nil {
		return nil, no("import.rule", err.Error())
	}
	var out []agenda.Local
	next := r.Iterator()
	for { // an old series may begin long before d.from
		t, ok := next()
		if !ok || agenda.DateOf(t).After(d.to.AddDays(1)) {
			return out, nil
		}
		if !agenda.DateOf(t).Before(d.from.AddDays(-1)) {
			out = append(out, agenda.LocalOf(t, time.UTC))
		}
		if d.steps--; len(out) > maxInstances || d.steps < 0 {
			return nil, no("import.many", strconv.Itoa(maxInstances))
		}
	}
}

// times reads a list of dates (EXDATE, RDATE), which may stand in one line or
// in several.
func (d *decoder) times(e *ical.Event, name string) ([]agenda.Local, error) {
	var out []agenda.Local
	for _, p := range e.Props.Values(name) {
		for v := range strings.SplitSeq(p.Value, ",") {
			one := p
			one.Value = v
			l, _, err := d.local(&one)
			if err != nil {
				return nil, err
			}
			if out = append(out, l); len(out) > maxInstances*5 {
				return nil, no("import.many", strconv.Itoa(maxInstances))
			}
		}
	}
	return out, nil
}

// The shapes of rules that are followed. The library hangs or panics on some
// others (FREQ=HOURLY;BYHOUR, BYDAY=-6SU), and calendar programs disagree about
// most of them.
var (
	frequencies = map[string]rrule.Frequency{"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY}
	days        = map[string]rrule.Weekday{"MO": rrule.MO, "TU": rrule.TU, "WE": rrule.WE, "TH": rrule.TH, "FR": rrule.FR, "SA": rrule.SA, "SU": rrule.SU}
)

// rule reads an RRULE of the white list for a series that begins at first on
// the wall clock of zone.
func rule(s string, first agenda.Local, zone *time.Location) (rrule.ROption, error) {
	opt := rrule.ROption{Interval: 1, Wkst: rrule.MO, Freq: rrule.SECONDLY, Dtstart: first.In(time.UTC)}
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.ToUpper(s), ";"), ";") {
		name, value, _ := strings.Cut(part, "=")
		ok := true
		switch name {
		case "FREQ":
			opt.Freq, ok = frequencies[value]
		case "INTERVAL":
			ok = number(value, 1, 99, &opt.Interval)
		case "COUNT":
			ok = number(value, 1, 999, &opt.Count)
		case "UNTIL":
			opt.Until, ok = until(value, zone)
		case "BYDAY":
			opt.Byweekday, ok = weekdayList(value)
		case "BYMONTHDAY":
			opt.Bymonthday = make([]int, 1)
			ok = number(value, 1, 31, &opt.Bymonthday[0])
		case "BYMONTH":
			opt.Bymonth = make([]int, 1)
			ok = number(value, 1, 12, &opt.Bymonth[0])
		case "WKST":
			opt.Wkst, ok = days[value]
		default:
			ok = false
		}
		if !ok {
			return opt, no("import.rule", s)
		}
	}
	if !shape(opt) || !begins(opt) {
		return opt, no("import.rule", s)
	}
	return opt, nil
}

// shape reports whether the parts of a rule go together in a way that is
// common. Some of the other rules have no date at all, for which the library
// would look up to the year 9999.
func shape(opt rrule.ROption) bool {
	nth := slices.ContainsFunc(opt.Byweekday, func(w rrule.Weekday) bool { return w.N() != 0 })
	day, month := len(opt.Bymonthday) > 0, len(opt.Bymonth) > 0
	if opt.Count > 0 && !opt.Until.IsZero() {
		return false
	}
	switch opt.Freq {
	case rrule.DAILY, rrule.WEEKLY:
		return !nth && !day && !month
	case rrule.MONTHLY:
		return !month
	case rrule.YEARLY:
		return !nth && (!day || opt.Bymonthday[0] <= 28)
	}
	return false
}

// begins reports whether the start of the series is a date of its rule.
// Programs disagree about series of which it is none.
func begins(opt rrule.ROption) bool {
	first := opt.Dtstart
	on := func(w rrule.Weekday) bool {
		if (w.Day()+1)%7 != int(first.Weekday()) { // the library counts from Monday
			return false
		}
		last := first.AddDate(0, 0, 7).Month() != first.Month()
		return w.N() == 0 || w.N() == (first.Day()-1)/7+1 || w.N() == -1 && last
	}
	switch {
	case len(opt.Byweekday) > 0 && !slices.ContainsFunc(opt.Byweekday, on):
		return false
	case len(opt.Bymonthday) > 0 && opt.Bymonthday[0] != first.Day():
		return false
	case len(opt.Bymonth) > 0 && opt.Bymonth[0] != int(first.Month()):
		return false
	}
	return opt.Until.IsZero() || !opt.Until.Before(first)
}

func number(s string, lo, hi int, n *int) bool {
	v, err := strconv.Atoi(s)
	*n = v
	return err == nil && v >= lo && v <= hi
}

// until reads the end of a rule as what clocks in zone show then. A day counts
// to its end.
func until(s string, zone *time.Location) (time.Time, bool) {
	if len(s) == len("20060102") {
		t, err := time.Parse("20060102", s)
		return t.Add(24*time.Hour - time.Second), err == nil
	}
	l, err := parseTime(s)
	if strings.HasSuffix(s, "Z") {
		l = agenda.LocalOf(l.In(time.UTC), zone)
	}
	return l.In(time.UTC), err == nil
}

// maxByDay is more than every day of a week in every week of a month.
const maxByDay = 49

func weekdayList(s string) ([]rrule.Weekday, bool) {
	var out []rrule.Weekday
	for v := range strings.SplitSeq(s, ",") {
		if len(v) < 2 {
			return nil, false
		}
		day, ok := days[v[len(v)-2:]]
		if nth := v[:len(v)-2]; nth != "" {
			n, err := strconv.Atoi(nth)
			if err != nil || n == 0 || n < -1 || n > 5 {
				return nil, false
			}
			day = day.Nth(n)
		}
		if out = append(out, day); !ok {
			return nil, false
		}
	}
	return out, len(out) <= maxByDay
}
