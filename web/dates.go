package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
)

// courseDate is a date of a course in a list.
type courseDate struct {
	Event agenda.Event // on the date
	Past  bool
	Next  bool
}

// courseDates are the dates of a course: those that are over, folded, and those
// to come.
type courseDates struct {
	All, Past, Coming []courseDate
	From              int // number of the first to come, in the list
}

// courseDates lists the dates of an event, nil if it has one only. Which is the
// next one depends on the day: pages are kept for it.
func (w *Web) courseDates(e agenda.Event) *courseDates {
	if !e.Course() {
		return nil
	}
	today, next := w.Store.Today(), false
	out := &courseDates{}
	for _, one := range e.Each() {
		d := courseDate{Event: one, Past: one.End.Date.Before(today)}
		if !d.Past && !next && one.Standing != agenda.Cancelled {
			d.Next, next = true, true
		}
		out.All = append(out.All, d)
		if d.Past {
			out.Past = append(out.Past, d)
		} else {
			out.Coming = append(out.Coming, d)
		}
	}
	out.From = len(out.Past) + 1
	return out
}

// turnDate cancels one date of an event, or restores it.
func (w *Web) turnDate(c *Ctx) error {
	id, off := agenda.EventID(c.Param("event")), true
	name := c.posted("cancel")
	if name == "" {
		name, off = c.posted("restore"), false
	}
	no, err := strconv.Atoi(name)
	if err != nil {
		return agenda.ErrNotFound
	}
	if _, err := w.Store.TurnDate(c.ctx(), c.actor(), id, no, off, c.postedSeen(), c.telling()); err != nil {
		return err
	}
	if off {
		c.flash(c.P.T("course.cancelled"))
	} else {
		c.flash(c.P.T("course.restored"))
	}
	return c.redirect("/koordination/veranstaltungen/" + string(id) + "#einzeltermine")
}

// weekly is the part of a form that fills the list of further dates.
type weekly struct {
	Fields      []field
	SchoolUntil string           // as far as school holidays are known
	Filled      bool             // it was filled just now
	Count       int              // dates in the list
	Skipped     []agenda.Skipped // days that were left out
}

// filling says that the list of dates was asked for, not that the form is sent.
func (c *Ctx) filling() bool { return c.posted("do") == "fill" }

// looking reports whether a form was sent only to see more of it: what was typed
// stays, and so does when the record was read.
func (c *Ctx) looking() bool { return c.filling() || c.posted("do") == "check" }

// datesFields puts the list of further dates into a form, and what fills it.
func (f *form) datesFields(d agenda.EventDetails) *form {
	c := f.c
	text := strings.Join(d.DateLines(), "\n")
	if typed := c.posted("further"); c.posted("do") == "check" && typed != "" {
		text = typed // also what could not be read
	}
	f.add(field{Kind: "area", Name: "further", Value: text, Max: 5000, Hint: c.P.T("course.further_hint")})
	first := !c.looking() // holidays are left out unless somebody wants them
	w := &weekly{SchoolUntil: c.P.Date(almanac.SchoolHolidaysUntil()), Skipped: c.skipped, Filled: c.filled, Count: len(d.Further)}
	step := c.posted("weekly_step")
	w.Fields = []field{
		{Kind: "date", Name: "weekly_until", Label: c.P.T("field.weekly_until"), Value: c.posted("weekly_until")},
		{Kind: "number", Name: "weekly_times", Label: c.P.T("field.weekly_times"), Value: c.posted("weekly_times")},
		{Kind: "select", Name: "weekly_step", Label: c.P.T("course.step"), Required: true, Options: []option{
			{"1", c.P.T("course.step.1"), step != "2"}, {"2", c.P.T("course.step.2"), step == "2"},
		}},
		{Kind: "check", Name: "skip_holidays", Label: c.P.T("course.skip_holidays"), Value: onOff(first || c.posted("skip_holidays") != "")},
		{Kind: "check", Name: "skip_school", Label: c.P.T("course.skip_school"), Value: onOff(first || c.posted("skip_school") != "")},
	}
	f.Inline = true
	f.Fields = append(f.Fields, field{Kind: "weekly", Name: "weekly", Weekly: w})
	return f
}

// fill puts weekly dates into the list, and remembers for the form what was left
// out. It saves nothing.
func (c *Ctx) fill(d agenda.EventDetails, p agenda.Problems) (agenda.EventDetails, error) {
	var own agenda.Problems
	for _, q := range p {
		if q.Field == "start" || q.Field == "start_clock" || q.Field == "end" || q.Field == "end_date" {
			own = append(own, q)
		}
	}
	until := c.postedDate(&own, "weekly_until")
	times := c.postedInt(&own, "weekly_times")
	if len(own) > 0 {
		return d, own
	}
	step, _ := strconv.Atoi(c.posted("weekly_step")) // what is none is one
	after, skipped, err := d.Weekly(step, times, until, c.skips())
	if err != nil {
		return d, err
	}
	c.filled, c.skipped = true, skipped
	return after, nil
}

// skips says why a day is left out, as was asked for.
func (c *Ctx) skips() func(agenda.Date) string {
	holidays, school := c.posted("skip_holidays") != "", c.posted("skip_school") != ""
	return func(day agenda.Date) string {
		for _, a := range almanac.Days(day, day) {
			if holidays && a.Layer == agenda.DayPublic || school && a.Layer == agenda.DaySchool {
				return a.Key
			}
		}
		return ""
	}
}

// has reports whether a field belongs to the part.
func (w *weekly) has(name string) bool {
	return w != nil && slices.ContainsFunc(w.Fields, func(x field) bool { return x.Name == name })
}

// statusOf is the status of a form that is shown again.
func statusOf(err error) int {
	if err != nil {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}
