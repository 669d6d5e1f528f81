package web

import (
	"net/url"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// filter says which events of the programme are shown. It stands in the
// address, so that a link, a feed and a page with the same query show the same.
type filter struct {
	Town, Audience, Language, Category, Organiser string // slugs and codes
	Day                                           agenda.Date
	From, Until                                   agenda.Date // first and last day of a period, both included
	Free, Accessible, Childcare                   bool
	Text                                          string
}

// parseFilter reads the filter of a query. What it does not know it ignores.
func parseFilter(q url.Values) filter {
	f := filter{
		Town: agenda.Slug(q.Get("town")), Audience: q.Get("audience"), Language: q.Get("language"), Category: q.Get("category"),
		Organiser: agenda.Slug(q.Get("organiser")), Free: q.Get("free") == "1", Accessible: q.Get("accessible") == "1", Childcare: q.Get("childcare") == "1",
		Text: agenda.Line(q.Get("q")),
	}
	if len(f.Text) > 100 {
		f.Text = f.Text[:100]
	}
	f.Text = strings.ToValidUTF8(f.Text, "")
	f.Day, _ = agenda.ParseDate(q.Get("day")) // no day: no filter
	f.From, _ = agenda.ParseDate(q.Get("from"))
	f.Until, _ = agenda.ParseDate(q.Get("until"))
	if !slices.Contains(agenda.Audiences, f.Audience) {
		f.Audience = ""
	}
	if !slices.Contains(agenda.Languages, f.Language) {
		f.Language = ""
	}
	if !slices.Contains(agenda.Categories, f.Category) {
		f.Category = ""
	}
	return f
}

// query is the filter as the one query that stands for it.
func (f filter) query() string {
	q := url.Values{}
	for name, v := range map[string]string{
		"town": f.Town, "audience": f.Audience, "language": f.Language, "category": f.Category, "organiser": f.Organiser, "day": f.Day.String(), "q": f.Text,
		"from": f.From.String(), "until": f.Until.String(),
	} {
		if v != "" {
			q.Set(name, v)
		}
	}
	for name, on := range map[string]bool{"free": f.Free, "accessible": f.Accessible, "childcare": f.Childcare} {
		if on {
			q.Set(name, "1")
		}
	}
	return q.Encode()
}

// Active reports whether anything is filtered.
func (f filter) Active() bool { return f != filter{} }

// shows reports whether the filter, whose text is folded, lets the event
// through. An event for everyone is for each audience, one in all languages in
// each language.
func (f *filter) shows(e *entry) bool {
	return (f.Town == "" || e.town == f.Town) &&
		(f.Audience == "" || slices.Contains(e.Audiences, f.Audience) || slices.Contains(e.Audiences, "alle")) &&
		(f.Language == "" || slices.Contains(e.Languages, f.Language) || slices.Contains(e.Languages, "alle")) &&
		(f.Category == "" || e.Category == f.Category) &&
		(f.Organiser == "" || e.organiser == f.Organiser) &&
		(f.Day.IsZero() || !f.Day.Before(e.Start.Date) && !f.Day.After(e.End.Date)) &&
		(f.From.IsZero() || !e.End.Date.Before(f.From)) && (f.Until.IsZero() || !e.Start.Date.After(f.Until)) &&
		(!f.Free || e.Free) && (!f.Accessible || e.StepFree == agenda.Yes) && (!f.Childcare || e.Childcare == agenda.Yes) &&
		(f.Text == "" || strings.Contains(e.search, f.Text))
}

// apply returns the events that the filter shows.
func (f filter) apply(events []*entry) []*entry {
	if !f.Active() {
		return events
	}
	var out []*entry
	f.Text = agenda.Fold(f.Text)
	for _, e := range events {
		if f.shows(e) {
			out = append(out, e)
		}
	}
	return out
}

// words names what is filtered, for the calendar's name and the page. Organisers
// have the name that they have in the events.
func (f filter) words(p *lang.Printer, events []*entry) []string {
	var out []string
	add := func(on bool, s string) {
		if on {
			out = append(out, s)
		}
	}
	add(f.Town != "", townOf(f.Town))
	add(!f.Day.IsZero(), p.DateShort(f.Day))
	add(!f.From.IsZero(), p.T("map.from", "day", p.DateShort(f.From)))
	add(!f.Until.IsZero(), p.T("map.until", "day", p.DateShort(f.Until)))
	add(f.Audience != "", p.T("term.audience."+f.Audience))
	add(f.Language != "", p.T("term.language."+f.Language))
	add(f.Category != "", p.T("term.category."+f.Category))
	if f.Organiser != "" {
		out = append(out, organiserOf(f.Organiser, events))
	}
	add(f.Free, p.T("programme.free"))
	add(f.Accessible, p.T("programme.accessible"))
	add(f.Childcare, p.T("programme.childcare"))
	add(f.Text != "", "„"+f.Text+"“")
	return out
}

// organiserOf returns the name of a slug, the slug itself if nobody has it.
func organiserOf(slug string, events []*entry) string {
	for _, e := range events {
		if e.organiser == slug {
			return e.Organiser
		}
	}
	return slug
}

// townOf returns the town of a slug, the slug itself if it is none.
func townOf(slug string) string {
	for _, t := range append([]string{agenda.Online}, agenda.Towns...) {
		if agenda.Slug(t) == slug {
			return t
		}
	}
	return slug
}
