package letter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// DatesText says in one line when an event takes place: "montags 18:00–19:30
// Uhr, 6.9. bis 25.10.2027 (nicht 11.10.)". Of an event with one date it is that
// date in full.
func DatesText(p *lang.Printer, e agenda.EventDetails) string {
	if !e.Course() {
		return p.When(e.Start, e.End)
	}
	return strings.Join(datesParts(p, e), semicolon(p))
}

func semicolon(p *lang.Printer) string {
	if p.Dir() == "rtl" {
		return "؛ "
	}
	return "; "
}

// fewInRow is from how many dates on the same weekday a row of them is named by
// its weekday.
const fewInRow = 3

func datesParts(p *lang.Printer, e agenda.EventDetails) []string {
	var rows [][]agenda.EventDate
	for _, d := range e.Dates() {
		i := slices.IndexFunc(rows, func(r []agenda.EventDate) bool {
			return sameHours(r[0], d) && r[0].Start.Weekday() == d.Start.Weekday()
		})
		if i < 0 {
			i, rows = len(rows), append(rows, nil)
		}
		rows[i] = append(rows[i], d)
	}
	var parts []string
	var single []agenda.EventDate
	for _, r := range rows {
		if s, ok := weekly(p, r); ok {
			parts = append(parts, s)
		} else {
			single = append(single, r...)
		}
	}
	slices.SortFunc(single, func(a, b agenda.EventDate) int { return a.Start.Compare(b.Start) })
	for len(single) > 0 { // those of the same hours in a row share them
		n := 1
		for n < len(single) && sameHours(single[0], single[n]) {
			n++
		}
		parts = append(parts, oneByOne(p, single[:n]))
		single = single[n:]
	}
	return parts
}

// sameHours reports whether two dates are at the same hours of one day each.
func sameHours(a, b agenda.EventDate) bool {
	return a.Start.Clock() == b.Start.Clock() && a.End.Clock() == b.End.Clock() && a.Start.DaysTo(a.End.Date) == b.Start.DaysTo(b.End.Date)
}

// weekly names dates on one weekday by it, if they are many enough and more of
// the weeks between have one than not.
func weekly(p *lang.Printer, row []agenda.EventDate) (string, bool) {
	first, last := row[0].Start.Date, row[len(row)-1].Start.Date
	step := 7
	if len(row) > 1 {
		step = row[0].Start.DaysTo(row[1].Start.Date)
		for i := range row[1:] {
			step = min(step, row[i].Start.DaysTo(row[i+1].Start.Date))
		}
	}
	if step == 0 {
		return "", false // nothing that was checked has a date twice
	}
	weeks := first.DaysTo(last)/step + 1
	if len(row) < fewInRow || step > 14 || 2*len(row) <= weeks || first.DaysTo(last)%step != 0 || row[0].Start.DaysTo(row[0].End.Date) > 1 {
		return "", false
	}
	var not []string
	for d := first; !d.After(last); d = d.AddDays(step) {
		i := slices.IndexFunc(row, func(r agenda.EventDate) bool { return r.Start.Date == d })
		if i < 0 || row[i].Off {
			not = append(not, shortDay(p, d, d.Year != last.Year))
		}
	}
	if slices.ContainsFunc(row, func(r agenda.EventDate) bool { return first.DaysTo(r.Start.Date)%step != 0 }) {
		return "", false
	}
	key := "course.every." + strconv.Itoa(int(first.Weekday()))
	if step == 14 {
		key = "course.other." + strconv.Itoa(int(first.Weekday()))
	}
	text := p.T("course.weekly", "day", p.T(key), "hours", p.Span(row[0].Start, row[0].End), "first", shortDay(p, first, first.Year != last.Year), "last", shortDay(p, last, true))
	if len(not) > 0 {
		text += " " + p.T("course.not", "days", strings.Join(not, ", "))
	}
	return text, true
}

// oneByOne lists dates at the same hours.
func oneByOne(p *lang.Printer, dates []agenda.EventDate) string {
	last := dates[len(dates)-1]
	var days, off []string
	for i, d := range dates {
		year := i+1 == len(dates) || dates[i+1].Start.Year != d.Start.Year
		s := p.WeekdayShort(d.Start.Weekday()) + " " + shortDay(p, d.Start.Date, year)
		if d.Off {
			off = append(off, shortDay(p, d.Start.Date, false))
		}
		days = append(days, s)
	}
	hours := p.Span(last.Start, last.End)
	if last.Start.DaysTo(last.End.Date) > 1 {
		days, hours = nil, ""
		for _, d := range dates {
			days = append(days, p.When(d.Start, d.End))
		}
	}
	text := strings.Join(days, ", ")
	if hours != "" {
		text += ", " + hours
	}
	if len(off) > 0 {
		text += " " + p.T("course.not", "days", strings.Join(off, ", "))
	}
	return text
}

// shortDay returns "6.9." or "6.9.2027".
func shortDay(p *lang.Printer, d agenda.Date, year bool) string {
	if p.Lang() == agenda.English {
		s := fmt.Sprintf("%d %s", d.Day, time.Month(d.Month).String()[:3])
		if year {
			s += fmt.Sprintf(" %d", d.Year)
		}
		return s
	}
	s := fmt.Sprintf("%d.%d.", d.Day, d.Month)
	if year {
		s += strconv.Itoa(d.Year)
	}
	return s
}

// EventItems returns an event as calendars show it: an entry for each of its
// dates, and one for each that was removed, so that it is struck out where
// somebody has it.
func EventItems(e agenda.Event, p *lang.Printer, base string) []agenda.FeedItem {
	var out []agenda.FeedItem
	for _, one := range append(e.Each(), e.EachGone()...) {
		out = append(out, EventItem(one, p, base))
	}
	return out
}

// NthTitle is the title of an event with which of its dates it is looked at on:
// "Deutschkurs (2 von 8)".
func NthTitle(e agenda.Event, p *lang.Printer) string {
	if e.At == nil || e.At.All < 2 {
		return e.Title
	}
	return p.T("course.nth_title", "title", e.Title, "n", e.At.Nth, "all", e.At.All)
}

// onMark returns the event on the dates of the day to which a reminder belongs:
// those that it tells of. There are none if that date was moved or does not
// take place.
func (d *draft) onMark(mark string) []agenda.Event {
	var out []agenda.Event
	e := d.Event
	dates := e.Dates()
	i := slices.IndexFunc(dates, func(f agenda.EventDate) bool { return !f.Off && f.Start.String() == mark })
	if i < 0 {
		return nil
	}
	for _, f := range dates[i:] {
		if f.Start.Date == dates[i].Start.Date && !f.Off {
			out = append(out, e.On(f))
		}
	}
	return out
}

// changedDates shows the dates that are not what they were, as far as they are
// not over; falls says that all of them do not take place any more.
func (d *draft) changedDates(was agenda.EventDetails) (dates []date, falls bool) {
	falls = true
	for _, c := range was.Differences(d.Event.EventDetails) {
		one := c.Now
		if one == nil {
			one = c.Was
		}
		if d.past(one.End) && (c.Was == nil || d.past(c.Was.End)) {
			continue
		}
		row := d.eventDate(d.Event.On(*one))
		if c.Now == nil {
			row = d.date(one.Start, one.End, d.title(d.Event), d.Event.Venue.Line(), EventPath(d.Event))
		}
		switch {
		case c.Falls():
			row.Mark = d.p.T("course.falls")
		case c.Was == nil:
			row.Mark = d.p.T("course.new")
		case c.Was.Off && !c.Now.Off:
			row.Mark = d.p.T("course.again")
		}
		if c.Moved() {
			row.OldWhen = d.p.When(c.Was.Start, c.Was.End)
		}
		falls = falls && c.Falls()
		dates = append(dates, row)
	}
	return dates, falls && len(dates) > 0
}

// nextStart is the beginning of the next date, of the last one if all are over.
func (d *draft) nextStart(e agenda.Event) agenda.Local {
	if next, ok := e.Next(agenda.LocalOf(d.Now, d.w.loc)); ok {
		return next.Start
	}
	return e.Start
}

// courseChange shows what changed of a course: its dates that are not what they
// were, or the next one if only other things are. It returns the kind of the
// words.
func (d *draft) courseChange(was agenda.EventDetails, changes []agenda.Change) string {
	e := d.Event
	dates, falls := d.changedDates(was)
	d.s.Dates = dates
	if len(dates) == 0 {
		now := agenda.LocalOf(d.Now, d.w.loc)
		only := !slices.ContainsFunc(changes, func(c agenda.Change) bool { return c.Field != "start" && c.Field != "end" && c.Field != "further" })
		if next, ok := e.Next(now); ok && !only {
			d.s.Dates = []date{d.eventDate(e.On(next))}
		}
	}
	if falls {
		return "date_falls"
	}
	return "event_change"
}

// fallen names the days on which nothing takes place any more.
func (d *draft) fallen(was agenda.EventDetails) string {
	var days []string
	for _, c := range was.Differences(d.Event.EventDetails) {
		if c.Falls() && !d.past(c.Was.End) {
			days = append(days, d.p.WeekdayShort(c.Was.Start.Weekday())+" "+shortDay(d.p, c.Was.Start.Date, true))
		}
	}
	if len(days) > 3 {
		days = append(days[:2], d.p.N("course.more", len(days)-2))
	}
	return d.p.List(days)
}

// urgentDates marks the subject if a date that changed is near, before or now.
func (d *draft) urgentDates(was agenda.EventDetails) {
	e := d.Event
	if !e.Course() && !was.Course() {
		d.urgent(e.Start)
		return
	}
	subject := d.s.Subject
	for _, c := range was.Differences(e.EventDetails) {
		for _, one := range []*agenda.EventDate{c.Was, c.Now} {
			if one != nil && d.s.Subject == subject {
				d.urgent(one.Start)
			}
		}
	}
}

// changedStart is the beginning of the first date that was moved, else of the
// next one.
func (d *draft) changedStart(was agenda.EventDetails) agenda.Local {
	for _, c := range was.Differences(d.Event.EventDetails) {
		if c.Moved() && !(d.past(c.Was.End) && d.past(c.Now.End)) {
			return c.Was.Start
		}
	}
	return d.nextStart(agenda.Event{EventDetails: was})
}
