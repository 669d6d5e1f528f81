package agenda

import (
	"testing"
	"time"
)

func TestReportOf(t *testing.T) {
	n := func(i int) *int { return &i }
	event := func(town string, standing Standing, visitors *int, audiences ...string) Event {
		return Event{
			Edition: 2027, Review: Published, Standing: standing, Visitors: visitors,
			EventDetails: EventDetails{Venue: Venue{Town: town}, Audiences: audiences, Languages: []string{"de"}, Category: "lesung"},
		}
	}
	other, submitted := event("Herford", Scheduled, n(1000), "alle"), event("Herford", Scheduled, n(1000), "alle")
	other.Edition, submitted.Review = 2026, Submitted
	r := ReportOf(2027, []Event{
		event("Herford", Scheduled, n(40), "frauen", "familien"), event("Herford", Scheduled, nil, "frauen"), event("Herford", Cancelled, n(9), "alle"),
		event("Bünde", Scheduled, n(0), "alle"), event("Bünde", Postponed, nil, "alle"), event("Anderswo", Scheduled, nil, "alle"), other, submitted,
	})
	if want := (Tally{Events: 6, Off: 2, Answered: 2, Visitors: 40}); r.Total != want || r.Total.Held() != 4 {
		t.Errorf("total %+v, want %+v", r.Total, want)
	}
	want := map[string]Tally{
		"town Herford": {"Herford", 3, 1, 1, 40}, "town Bünde": {"Bünde", 2, 1, 1, 0}, "town Rödinghausen": {"Rödinghausen", 0, 0, 0, 0},
		"town Anderswo": {"Anderswo", 1, 0, 0, 0}, "audience frauen": {"frauen", 2, 0, 1, 40}, "audience familien": {"familien", 1, 0, 1, 40},
		"audience senioren": {"senioren", 0, 0, 0, 0}, "language de": {"de", 6, 2, 2, 40}, "category lesung": {"lesung", 6, 2, 2, 40},
	}
	got := map[string]Tally{}
	for _, table := range r.Tables {
		for _, row := range table.Rows {
			got[table.By+" "+row.Code] = row
		}
	}
	for key, w := range want {
		if g, ok := got[key]; !ok || g != w {
			t.Errorf("%s: %+v, want %+v", key, g, w)
		}
	}
	if _, ok := got["language ar"]; ok {
		t.Error("a language that does not occur has a row")
	}
}

func TestCallAnswers(t *testing.T) {
	institutions := []Institution{{ID: "a", Name: "Arbeiterwohlfahrt", Aliases: []string{"AWO"}}, {ID: "b", Name: "Caritas"}, {ID: "c", Name: "DRK"}}
	people := []Person{{ID: "1", Institution: "b", Email: "b@example.org"}, {ID: "2", Institution: "b"}, {ID: "3", Email: "frei@example.org"}}
	event := func(year int, organiser, email string, r Review) Event {
		return Event{Edition: year, Review: r, EventDetails: EventDetails{Organiser: organiser, Internal: Contact{Email: email}}}
	}
	for name, c := range map[string]struct {
		event Event
		want  [3]bool
	}{
		"by its name":                 {event(2027, "arbeiterwohlfahrt", "", Submitted), [3]bool{true, false, true}},
		"by another spelling":         {event(2027, "AWO", "", Returned), [3]bool{true, false, true}},
		"by who submitted it":         {event(2027, "Verein Brücke", "b@example.org", Submitted), [3]bool{false, true, true}},
		"by both":                     {event(2027, "AWO", "b@example.org", Published), [3]bool{true, true, true}},
		"an organiser of no name":     {event(2027, "", "", Published), [3]bool{false, false, true}},
		"an institution of no one":    {event(2027, "Verein Brücke", "frei@example.org", Published), [3]bool{false, false, true}},
		"withdrawn":                   {event(2027, "AWO", "", Withdrawn), [3]bool{false, false, true}},
		"of another edition":          {event(2026, "AWO", "", Published), [3]bool{false, false, true}},
		"outside of every edition":    {event(0, "AWO", "", Published), [3]bool{false, false, true}},
		"the name is only part of it": {event(2027, "AWO Herford", "", Published), [3]bool{false, false, true}},
	} {
		refusals := []Refusal{{Year: 2027, Institution: "c", At: time.Unix(1, 0)}, {Year: 2026, Institution: "a", At: time.Unix(1, 0)}, {Year: 2027, Institution: "gone"}}
		got := CallAnswers(2027, institutions, people, []Event{c.event}, refusals)
		for i, a := range got {
			if a.Given() != c.want[i] || len(a.Events) > 1 {
				t.Errorf("%s: %s answered: %v, want %v (%d events)", name, a.Institution.Name, a.Given(), c.want[i], len(a.Events))
			}
		}
		if len(got[1].People) != 1 {
			t.Errorf("%s: %d people are told at %s, want 1", name, len(got[1].People), got[1].Institution.Name)
		}
	}
}
