package ics

import (
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
// the changes of clocks.
func (d *decoder) expand(e *ical.Event, it agenda.FeedItem, zone *time.Location) ([]agenda.Local, error) {
	first := agenda.LocalOf(it.Start.In(d.loc), zone)
	walls := []agenda.Local{first}
	if p := e.Props.Get(ical.PropRecurrenceRule); p != nil {
		opt, err := rule(p.Value)
		if err != nil {
			return nil, err
		}
		if walls, err = d.follow(opt, first); err != nil {
			return nil, err
		}
	}
	starts := make([]agenda.Local, 0, len(walls))
	for _, w := range walls {
		starts = append(starts, agenda.LocalOf(w.In(zone), d.loc))
	}
	added, err := d.times(e, ical.PropRecurrenceDates)
	if err != nil {
		return nil, err
	}
	gone, err := d.times(e, ical.PropExceptionDates)
	if err != nil {
		return nil, err
	}
	starts = append(starts, added...)
	slices.SortFunc(starts, agenda.Local.Compare)
	starts = slices.Compact(starts)
	return slices.DeleteFunc(starts, func(s agenda.Local) bool { return slices.Contains(gone, s) }), nil
}

// follow computes the dates of a rule with UTC standing for the wall clock.
func (d *decoder) follow(opt rrule.ROption, first agenda.Local) ([]agenda.Local, error) {
	opt.Dtstart = first.In(time.UTC)
	r, err := rrule.NewRRule(opt)
	if err != nil {
		return nil, no("import.rule", err.Error())
	}
	var out []agenda.Local
	next := r.Iterator()
	for range maxInstances * 10 { // an old series may begin long before d.from
		t, ok := next()
		if !ok || agenda.DateOf(t).After(d.to) {
			break
		}
		if agenda.DateOf(t).Before(d.from.AddDays(-1)) {
			continue
		}
		if out = append(out, agenda.LocalOf(t, time.UTC)); len(out) > maxInstances {
			return nil, no("import.many", strconv.Itoa(maxInstances))
		}
	}
	return out, nil
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

// rule reads an RRULE of the white list.
func rule(s string) (rrule.ROption, error) {
	opt := rrule.ROption{Interval: 1, Wkst: rrule.MO}
	haveFreq := false
	for part := range strings.SplitSeq(strings.ToUpper(s), ";") {
		name, value, _ := strings.Cut(part, "=")
		ok := true
		switch name {
		case "FREQ":
			opt.Freq, ok = frequencies[value]
			haveFreq = ok
		case "INTERVAL":
			ok = number(value, 1, 99, &opt.Interval)
		case "COUNT":
			ok = number(value, 1, 999, &opt.Count)
		case "UNTIL":
			opt.Until, ok = until(value)
		case "BYDAY":
			opt.Byweekday, ok = weekdayList(value)
		case "BYMONTHDAY":
			var n int
			ok = number(value, 1, 31, &n)
			opt.Bymonthday = []int{n}
		case "BYMONTH":
			var n int
			ok = number(value, 1, 12, &n)
			opt.Bymonth = []int{n}
		case "WKST":
			opt.Wkst, ok = days[value], value != ""
		default:
			ok = false
		}
		if !ok {
			return opt, no("import.rule", s)
		}
	}
	nth := slices.ContainsFunc(opt.Byweekday, func(w rrule.Weekday) bool { return w.N() != 0 })
	never := opt.Freq == rrule.YEARLY && len(opt.Bymonthday) == 1 && opt.Bymonthday[0] > 28 // may have no date at all
	if !haveFreq || nth && opt.Freq != rrule.MONTHLY || never {
		return opt, no("import.rule", s)
	}
	return opt, nil
}

func number(s string, lo, hi int, n *int) bool {
	v, err := strconv.Atoi(s)
	*n = v
	return err == nil && v >= lo && v <= hi
}

// until reads the end of a rule, generously: a day counts to its end, and the
// instant in UTC is taken a day later on the wall clock that stands for it only
// where that adds no date (series here are at least a day apart).
func until(s string) (time.Time, bool) {
	if len(s) == len("20060102") {
		t, err := time.Parse("20060102", s)
		return t.Add(24*time.Hour - time.Second), err == nil
	}
	t, err := time.Parse("20060102T150405", strings.TrimSuffix(s, "Z"))
	if strings.HasSuffix(s, "Z") {
		t = t.Add(3 * time.Hour) // the zones of Europe are at most so far ahead of UTC
	}
	return t, err == nil
}

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
	return out, len(out) > 0
}
