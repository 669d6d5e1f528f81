package lang

import (
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
	name := p.T(d.Key)
	if d.From != d.To {
		name += " (" + p.Days(d.From, d.To) + ")"
	}
	text := p.T(key, "day", name)
	if d.Layer == agenda.DayPublic || d.Layer == agenda.DaySchool {
		return text // the rule says it already
	}
	if d.Note != "" {
		text += ". " + p.T(d.Note)
	}
	if sunset, ok := d.Sunset(on); ok {
		text += " " + p.T("plan.sunset", "clock", p.Clock(sunset))
	}
	if d.Certainty != "" {
		text += " " + p.T("day.certainty."+string(d.Certainty))
	}
	return text
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
