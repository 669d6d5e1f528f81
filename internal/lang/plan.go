package lang

import (
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
)

// Reason says in a sentence why a date is proposed, moved or avoided.
func (p *Printer) Reason(r agenda.PlanReason) string {
	key := "plan.reason." + r.Rule
	switch {
	case r.Day != nil:
		return p.dayReason(key, *r.Day, r.On)
	case r.Title != "":
		return p.T(key, "title", r.Title, "n", r.N, "of", r.Of)
	case !r.On.IsZero():
		return p.N(key, r.N, "date", p.DateShort(r.On))
	}
	return p.T(key)
}

func (p *Printer) dayReason(key string, d agenda.Day, on agenda.Date) string {
	name := p.DayName(d)
	if d.From != d.To {
		name += " (" + p.Days(d.From, d.To) + ")"
	}
	text := p.T(key, "day", name)
	if d.Layer == agenda.DayPublic || d.Layer == agenda.DaySchool {
		return text // the rule says it already
	}
	if note := p.DayNote(d); note != "" {
		text += ". " + note
	}
	if sunset, ok := d.Sunset(on); ok {
		text += " " + p.T("plan.sunset", "clock", p.Clock(sunset))
	}
	if d.Certainty != "" {
		text += " " + p.T("day.certainty."+string(d.Certainty))
	}
	return text
}

// DayName names a day to mind.
func (p *Printer) DayName(d agenda.Day) string {
	if d.Name != "" {
		return d.Name
	}
	return p.T(d.Key)
}

// DayNames names days to mind in one line, each once.
func (p *Printer) DayNames(days []agenda.Day) string {
	var out []string
	for _, d := range days {
		if name := p.DayName(d); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// DayNote explains a day to mind in a sentence, "" if its name says all.
func (p *Printer) DayNote(d agenda.Day) string {
	if d.Text != "" || d.Note == "" {
		return d.Text
	}
	return p.T(d.Note)
}

// Source names the law, decree or rule behind a reason, "" if it has none.
func (p *Printer) Source(r agenda.PlanReason) string {
	if r.Day == nil {
		return ""
	}
	return r.Day.Source
}

// Relaxation says in a few words which wish would have to give, and how.
func (p *Printer) Relaxation(r agenda.Relaxation) string {
	if r.Also == "" {
		return p.relaxed(r.Wish, r.Wishes)
	}
	return p.List([]string{p.relaxed(r.Also, r.Wishes), p.relaxed(r.Wish, r.Wishes)})
}

func (p *Printer) relaxed(wish string, w agenda.PlanWishes) string {
	switch wish {
	case "count":
		return p.N("plan.relax.count", w.Count)
	case "min_weeks":
		return p.N("plan.relax.min_weeks", w.MinWeeks)
	case "max_weeks":
		return p.N("plan.relax.max_weeks", w.MaxWeeks)
	case "weekday":
		return p.T("plan.relax.weekday", "day", p.Weekday(w.Weekdays[len(w.Weekdays)-1]))
	}
	return p.T("plan.relax." + wish)
}

// Weekdays returns "Dienstag und Donnerstag".
func (p *Printer) Weekdays(days []time.Weekday) string {
	names := make([]string, len(days))
	for i, d := range days {
		names[i] = p.Weekday(d)
	}
	return p.List(names)
}

// WeekdayNamed reads a day of the week as people type it: "Donnerstag", "do",
// "Thu"; in German or English.
func WeekdayNamed(s string) (time.Weekday, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, names := range [][7]string{
		{"sonntag", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag"},
		{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"},
	} {
		for d, name := range names {
			if len(s) >= 2 && strings.HasPrefix(name, s) {
				return time.Weekday(d), true
			}
		}
	}
	return 0, false
}

// Shortfall says in a sentence where a group's dates fall short of what was
// promised.
func (p *Printer) Shortfall(s agenda.Shortfall) string {
	key := "planning.short." + s.Rule
	switch {
	case s.Rule == "gap" && s.To.IsZero():
		return p.N("planning.short.tail", s.N, "group", s.Group.Name, "of", s.Of, "from", p.DateShort(s.From), "year", s.Year)
	case s.Rule == "gap":
		return p.N(key, s.N, "group", s.Group.Name, "of", s.Of, "from", p.DateShort(s.From), "to", p.DateShort(s.To))
	case s.Rule == "unplanned":
		return p.T(key, "group", s.Group.Name, "year", s.Year)
	}
	return p.N(key, s.N, "group", s.Group.Name, "of", s.Of, "year", s.Year)
}
