package agenda

import (
	"slices"
	"testing"
)

func event(id, start, end, town string, audiences, languages []string) Event {
	return Event{ID: EventID(id), Review: Published, Standing: Scheduled, EventDetails: EventDetails{
		Title: id, Start: when(start), End: when(end), Venue: Venue{Town: town}, Audiences: audiences, Languages: languages,
	}}
}

func TestTownsHaveNeighbours(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Herford", "Hiddenhausen", true}, {"Hiddenhausen", "Herford", true}, {"Bünde", "Kirchlengern", true}, {"Vlotho", "Löhne", true},
		{"Rödinghausen", "Vlotho", false}, {"Spenge", "Vlotho", false}, {"Herford", "Herford", false}, {"Online", "Herford", false},
	} {
		if got := Neighbours(c.a, c.b); got != c.want {
			t.Errorf("Neighbours(%s, %s) = %v (%v)", c.a, c.b, got, neighbours[c.a])
		}
	}
	for _, town := range Towns {
		if len(neighbours[town]) < 2 {
			t.Errorf("%s has the neighbours %v", town, neighbours[town])
		}
	}
}

func TestEventClashes(t *testing.T) {
	women := []string{"frauen"}
	breakfast := event("breakfast", "2027-09-16T09:30", "2027-09-16T12:00", "Hiddenhausen", women, []string{"de", "ar", "fa"})
	opening := event("opening", "2027-09-11T14:00", "2027-09-11T18:00", "Herford", []string{"alle"}, []string{"de"})
	exhibition := event("exhibition", "2027-09-13T08:00", "2027-10-01T16:00", "Herford", []string{"alle"}, []string{"de"})
	late := event("late", "2027-09-20T21:00", "2027-09-20T23:30", "Bünde", women, []string{"de"})
	cancelled := breakfast
	cancelled.ID, cancelled.Standing = "cancelled", Cancelled
	others := []Event{breakfast, opening, exhibition, late, cancelled}
	ed := Edition{Year: 2027, Opening: "opening", Starts: when("2027-09-11T00:00").Date, Ends: when("2027-10-10" + "T00:00").Date}
	for _, c := range []struct {
		name    string
		planned Event
		grade   Grade
		reasons []string
	}{
		{"women, neighbouring towns, one morning", event("x", "2027-09-16T10:00", "2027-09-16T12:00", "Herford", women, []string{"de", "ar"}), HighClash, []string{"overlap", "neighbour", "audience", "language"}},
		{"another audience far away", event("x", "2027-09-16T10:00", "2027-09-16T12:00", "Vlotho", []string{"senioren"}, []string{"de"}), NoClash, nil},
		{"afterwards, but soon", event("x", "2027-09-16T13:00", "2027-09-16T14:00", "Hiddenhausen", women, []string{"de"}), HighClash, []string{"close", "town", "audience"}},
		{"after midnight, but soon", event("x", "2027-09-21T00:30", "2027-09-21T02:00", "Bünde", women, []string{"de"}), HighClash, []string{"close", "town", "audience"}},
		{"in the evening", event("x", "2027-09-16T18:00", "2027-09-16T20:00", "Hiddenhausen", women, []string{"de"}), NoClash, nil},
		{"beside the opening", event("x", "2027-09-11T15:00", "2027-09-11T16:00", "Rödinghausen", []string{"kinder"}, []string{"de"}), HighClash, []string{"overlap", "protected"}},
		{"itself", breakfast, NoClash, nil},
		{"days long", event("x", "2027-09-15T10:00", "2027-09-20T12:00", "Hiddenhausen", women, []string{"de"}), NoClash, nil},
	} {
		got := c.planned.EventClashes(c.planned.ID, others, ed)
		if c.grade == NoClash {
			if len(got) > 0 {
				t.Errorf("%s: %+v", c.name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Grade != c.grade || !slices.Equal(got[0].Reasons, c.reasons) {
			t.Errorf("%s: %+v, want %v %v", c.name, got, c.grade, c.reasons)
		}
	}
}

func TestFreeSlotsAreFreeAndWithinTheEdition(t *testing.T) {
	women := []string{"frauen"}
	ed := Edition{Year: 2027, Starts: when("2027-09-11T00:00").Date, Ends: when("2027-10-10" + "T00:00").Date}
	others := []Event{
		event("a", "2027-09-16T09:30", "2027-09-16T12:00", "Hiddenhausen", women, []string{"de"}),
		event("b", "2027-09-17T10:00", "2027-09-17T12:00", "Herford", women, []string{"de"}),
	}
	d := event("x", "2027-09-16T10:00", "2027-09-16T12:00", "Herford", women, []string{"de"}).EventDetails
	sunday := func(d Date) bool { return d.String() == "2027-09-15" }
	got := d.FreeSlots("", others, ed, sunday, 3)
	if len(got) != 3 || got[0].String() != "2027-09-18T10:00" {
		t.Fatalf("slots: %v", got)
	}
	for _, start := range got {
		at := d
		at.Start, at.End = start, start.AddMinutes(120)
		for _, c := range at.EventClashes("", others, ed) {
			if c.Grade > LowClash {
				t.Errorf("%s clashes: %+v", start, c)
			}
		}
	}
	first := d
	first.Start, first.End = when("2027-09-11T10:00"), when("2027-09-11T12:00")
	for _, start := range first.FreeSlots("", others, ed, sunday, 9) {
		if start.Date.Before(ed.Starts) {
			t.Errorf("%s lies before the edition", start)
		}
	}
}

func when(s string) Local {
	l, err := ParseLocal(s)
	if err != nil {
		panic(err)
	}
	return l
}
