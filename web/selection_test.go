package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"widunetz/internal/agenda"
)

// generated are details of an event of any kind on a day of the edition.
func generated(r *rapid.T) agenda.EventDetails {
	d := eventDetails(rapid.SampledFrom([]string{"Fest der Kulturen", "Lesung & Xylophon", "Straßenfußball", "Çay <Sohbet>", "Ярмарка"}).Draw(r, "title"), "2027-09-12T10:00")
	d.Start = d.Start.AddDays(rapid.IntRange(0, 6).Draw(r, "day"))
	d.End = d.Start.AddDays(rapid.SampledFrom([]int{0, 0, 0, 2}).Draw(r, "days")).AddMinutes(90)
	d.Venue.Town = rapid.SampledFrom(agenda.Towns[:4]).Draw(r, "town")
	d.Organiser = rapid.SampledFrom([]string{"AWO", "Verein Brücke", "Stadt Löhne"}).Draw(r, "organiser")
	d.Category = rapid.SampledFrom(agenda.Categories[:4]).Draw(r, "category")
	d.Audiences = rapid.SliceOfNDistinct(rapid.SampledFrom(agenda.Audiences[:5]), 1, 3, rapid.ID[string]).Draw(r, "audiences")
	d.Languages = rapid.SliceOfNDistinct(rapid.SampledFrom(agenda.Languages[:5]), 1, 3, rapid.ID[string]).Draw(r, "languages")
	if d.Free = rapid.Bool().Draw(r, "free"); !d.Free {
		d.Price = "5 Euro"
	}
	known := rapid.SampledFrom([]agenda.Known{"", agenda.Yes, agenda.No})
	d.StepFree, d.Childcare = known.Draw(r, "stepfree"), known.Draw(r, "childcare")
	return d
}

// choice is a filter as somebody sets it, and what it should show, said anew
// and apart from what the pages do.
type choice struct {
	query url.Values
	shows func(agenda.Event) bool
}

func choices(r *rapid.T) choice {
	c := choice{url.Values{}, func(agenda.Event) bool { return true }}
	with := func(name, value string, shows func(agenda.Event) bool) {
		if value == "" {
			return
		}
		before := c.shows
		c.query.Set(name, value)
		c.shows = func(e agenda.Event) bool { return before(e) && shows(e) }
	}
	some := func(name string, values []string) string {
		return rapid.SampledFrom(append([]string{"", "", ""}, values...)).Draw(r, name)
	}
	has := func(list []string, code string) bool {
		return slices.Contains(list, code) || slices.Contains(list, "alle")
	}
	town := some("town", agenda.Towns[:4])
	with("town", agenda.Slug(town), func(e agenda.Event) bool { return e.Venue.Town == town })
	audience, language := some("audience", agenda.Audiences[:5]), some("language", agenda.Languages[:5])
	with("audience", audience, func(e agenda.Event) bool { return has(e.Audiences, audience) })
	with("language", language, func(e agenda.Event) bool { return has(e.Languages, language) })
	category, organiser := some("category", agenda.Categories[:4]), some("organiser", []string{"AWO", "Verein Brücke"})
	with("category", category, func(e agenda.Event) bool { return e.Category == category })
	with("organiser", agenda.Slug(organiser), func(e agenda.Event) bool { return e.Organiser == organiser })
	day := some("on", []string{"2027-09-13", "2027-09-15"})
	with("day", day, func(e agenda.Event) bool { return e.Start.Date.String() <= day && day <= e.End.Date.String() })
	until := some("until", []string{"2027-09-14"})
	with("until", until, func(e agenda.Event) bool { return e.Start.Date.String() <= until })
	with("free", some("free", []string{"1"}), func(e agenda.Event) bool { return e.Free })
	with("accessible", some("accessible", []string{"1"}), func(e agenda.Event) bool { return e.StepFree == agenda.Yes })
	with("childcare", some("childcare", []string{"1"}), func(e agenda.Event) bool { return e.Childcare == agenda.Yes })
	words := map[string]string{"strassenfussball": "Straßenfußball", "cay": "Çay <Sohbet>", "XYLOPHON": "Lesung & Xylophon"}
	typed := some("q", []string{"strassenfussball", "cay", "XYLOPHON"})
	with("q", typed, func(e agenda.Event) bool { return e.Title == words[typed] })
	return c
}

// Whatever is chosen of whatever programme: page, calendar, news, data and the
// list to embed hold the same events, and they are those that were meant.
func TestEveryFormOfAnyProgramme(t *testing.T) {
	t.Parallel()
	n := open(t)
	for i := range 40 {
		n.added(rapid.Custom(generated).Example(i))
	}
	events := must(n.Events(ctx, 2027))
	public := slices.DeleteFunc(slices.Clone(events), func(e agenda.Event) bool { return !e.Public() })
	b := n.browser()
	b.hasty = true
	rapid.Check(t, func(r *rapid.T) {
		c := choices(r)
		var want []string
		for _, e := range public {
			if c.shows(e) {
				want = append(want, agenda.EventUID(e.ID))
			}
		}
		slices.Sort(want)
		q := c.query.Encode()
		got := map[string][]string{
			"page":  shown(b.get("/programm/2027?"+q).want(t, http.StatusOK), events),
			"embed": shown(b.get("/programm/2027/einbetten?"+q).want(t, http.StatusOK), events),
			"feed":  n.feed("/feeds/programme/2027.ics?" + q).uids(),
		}
		for _, e := range n.news("/feeds/programme/2027.atom?" + q).Entries {
			_, id, _ := strings.Cut(e.ID, ",2026:")
			got["news"] = append(got["news"], id+"@widunetz")
		}
		for _, e := range n.data("/feeds/programme/2027.json?" + q).Events {
			got["data"] = append(got["data"], e["uid"].(string))
		}
		for _, form := range []string{"page", "embed", "feed", "news", "data"} {
			if slices.Sort(got[form]); !slices.Equal(got[form], want) {
				r.Fatalf("?%s: %d events in the %s, want %d", q, len(got[form]), form, len(want))
			}
		}
	})
}
