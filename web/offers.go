package web

import (
	"maps"
	"slices"

	"widunetz/internal/agenda"
)

// offers are what occurs in a year's programme: what its filter can choose.
type offers struct {
	towns, audiences, languages, categories map[string]bool
	days                                    []agenda.Date
	organisers                              map[string]string // names by slug
}

func offersOf(events []*entry) offers {
	o := offers{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, nil, map[string]string{}}
	for _, e := range events {
		o.towns[e.Venue.Town], o.categories[e.Category], o.organisers[e.organiser] = true, true, e.Organiser
		if n := len(o.days); n == 0 || o.days[n-1] != e.Start.Date {
			o.days = append(o.days, e.Start.Date)
		}
		for _, a := range e.Audiences {
			o.audiences[a] = true
		}
		for _, l := range e.Languages {
			o.languages[l] = true
		}
	}
	return o
}

// choices are the options of the filter, in the language of the page.
func (c *Ctx) choices(y *yearly, f filter) map[string][]option {
	out := map[string][]option{}
	if y == nil {
		return out
	}
	o := y.offers()
	for _, t := range append(slices.Clone(agenda.Towns), agenda.Online) {
		if o.towns[t] {
			out["town"] = append(out["town"], option{agenda.Slug(t), t, agenda.Slug(t) == f.Town})
		}
	}
	pick := func(name string, offered map[string]bool, codes []string, on string) {
		for _, code := range codes {
			if offered[code] {
				out[name] = append(out[name], option{code, c.P.T("term." + name + "." + code), code == on})
			}
		}
	}
	pick("audience", o.audiences, agenda.Audiences, f.Audience)
	pick("language", o.languages, agenda.Languages, f.Language)
	pick("category", o.categories, agenda.Categories, f.Category)
	for _, d := range o.days {
		out["day"] = append(out["day"], option{d.String(), c.P.DateMedium(d), d == f.Day})
	}
	for _, slug := range slices.Sorted(maps.Keys(o.organisers)) {
		out["organiser"] = append(out["organiser"], option{slug, o.organisers[slug], slug == f.Organiser})
	}
	return out
}
