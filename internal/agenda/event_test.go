package agenda_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"widunetz/internal/agenda"
)

func event(r agenda.Review) agenda.Event {
	return agenda.Event{
		ID: "e", Edition: 2027, Slug: "lesung", Review: r, Standing: agenda.Scheduled, Sequence: 2, Created: changed, Changed: changed,
		EventDetails: agenda.EventDetails{
			Title: "Lesung", Summary: "Eine Autorin liest.", Category: "lesung", Start: local("2027-09-15T18:30"), End: local("2027-09-15T20:00"),
			Venue: agenda.Venue{Name: "Bücherei", Street: "Eschstraße 50", Postcode: "32257", Town: "Bünde"}, Organiser: "Stadt Bünde",
			Audiences: []string{"alle"}, Languages: []string{"de"}, Free: true, Contact: "info@example.org",
			Internal: agenda.Contact{Name: "Erika", Email: "erika@example.org"},
		},
	}
}

func TestReviewDecisions(t *testing.T) {
	t.Parallel()
	all := []agenda.Review{agenda.Reserved, agenda.Submitted, agenda.Returned, agenda.Accepted, agenda.Published, agenda.Withdrawn, ""}
	allowed := map[agenda.Review][]agenda.Review{
		agenda.Reserved: {agenda.Submitted, agenda.Withdrawn}, agenda.Submitted: {agenda.Accepted, agenda.Published, agenda.Returned, agenda.Withdrawn},
		agenda.Returned: {agenda.Submitted, agenda.Accepted, agenda.Published, agenda.Withdrawn}, agenda.Accepted: {agenda.Submitted, agenda.Published, agenda.Returned, agenda.Withdrawn},
		agenda.Published: {agenda.Withdrawn}, agenda.Withdrawn: {agenda.Submitted, agenda.Accepted, agenda.Published},
	}
	for _, from := range all {
		for _, to := range all {
			e := event(from)
			got, err := e.Decide(to, "Bitte Ort nennen.", changed)
			if !slices.Contains(allowed[from], to) {
				if !errors.Is(err, agenda.ErrState) || cmp.Diff(e, got) != "" {
					t.Errorf("%q to %q: %v, want ErrState", from, to, err)
				}
				continue
			}
			if err != nil || got.Review != to || !got.Changed.After(e.Changed) || got.Public() != (to == agenda.Published) {
				t.Errorf("%q to %q: %q, %v", from, to, got.Review, err)
			}
			if !got.Since.Equal(got.Changed) || !got.Release.IsZero() {
				t.Errorf("%q to %q: since %s, release %s", from, to, got.Since, got.Release)
			}
			if got.Released.IsZero() == (to == agenda.Published) {
				t.Errorf("%q to %q: released %s", from, to, got.Released)
			}
		}
	}
	_, err := event(agenda.Submitted).Decide(agenda.Returned, " \n ", changed)
	wantProblem(t, err, "reason", "required")
}

func TestEventStands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to agenda.Standing
		seq      int
	}{
		{agenda.Scheduled, agenda.Cancelled, 1}, {agenda.Scheduled, agenda.Postponed, 1}, {agenda.Cancelled, agenda.Scheduled, 1},
		{agenda.Postponed, agenda.Cancelled, 1}, {agenda.Scheduled, agenda.Scheduled, 0}, {agenda.Cancelled, agenda.Cancelled, 0},
	} {
		e := event(agenda.Published)
		e.Standing = c.from
		got := e.Stand(c.to, changed)
		if got.Standing != c.to || got.Sequence != e.Sequence+c.seq || got.Changed.After(e.Changed) != (c.seq == 1) {
			t.Errorf("%s to %s: %s, sequence +%d, changed %s", c.from, c.to, got.Standing, got.Sequence-e.Sequence, got.Changed)
		}
	}
}

func TestEventChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*agenda.EventDetails)
		fields string
		seq    int
		was    bool
	}{
		{"nothing", func(*agenda.EventDetails) {}, "", 0, false},
		{"summary", func(d *agenda.EventDetails) { d.Summary = "Zwei Autorinnen lesen." }, "summary", 0, false},
		{"languages", func(d *agenda.EventDetails) { d.Languages = []string{"de", "ar"} }, "languages", 0, false},
		{"internal contact", func(d *agenda.EventDetails) { d.Internal.Phone = "05223 1" }, "internal_phone", 0, false},
		{"place", func(d *agenda.EventDetails) { d.Venue.Name = "Rathaus" }, "venue", 1, false},
		{"time", func(d *agenda.EventDetails) { d.Start, d.End = local("2027-09-16T18:30"), local("2027-09-16T20:00") }, "start end", 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, review := range []agenda.Review{agenda.Published, agenda.Submitted} {
				e := event(review)
				d := e.EventDetails
				c.change(&d)
				got, changes, err := e.Change(d, false, e.Changed, changed, berlin(t))
				if err != nil || fields(changes) != c.fields || got.Sequence != e.Sequence+c.seq || got.Changed.After(e.Changed) != (c.fields != "") {
					t.Fatalf("%s: changes %q, sequence +%d, %v", review, fields(changes), got.Sequence-e.Sequence, err)
				}
				if wantWas := c.was && review == agenda.Published; wantWas != (got.Was != nil) {
					t.Errorf("%s: was %v; only what was public has a time before", review, got.Was)
				}
			}
		})
	}
}

func TestPostponedEventTakesPlaceAtItsNewTime(t *testing.T) {
	t.Parallel()
	e := event(agenda.Published)
	e.Standing = agenda.Postponed
	d := e.EventDetails
	d.Title = "Lesung im Herbst"
	if got, _, _ := e.Change(d, false, time.Time{}, changed, berlin(t)); got.Standing != agenda.Postponed {
		t.Errorf("a new title made it %s", got.Standing)
	}
	d.Start, d.End = d.Start.AddDays(30), d.End.AddDays(30)
	if got, _, _ := e.Change(d, false, time.Time{}, changed, berlin(t)); got.Standing != agenda.Scheduled {
		t.Errorf("a new time left it %s", got.Standing)
	}
}

func TestEventDetailsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		change      func(*agenda.EventDetails)
		submitted   bool
		field, rule string
	}{
		{"whole", func(*agenda.EventDetails) {}, true, "", ""},
		{"no title", func(d *agenda.EventDetails) { d.Title = "" }, true, "title", "required"},
		{"title of 81 letters", func(d *agenda.EventDetails) { d.Title = strings.Repeat("ä", 81) }, true, "title", "too_long"},
		{"title of 80 letters", func(d *agenda.EventDetails) { d.Title = strings.Repeat("ä", 80) }, true, "", ""},
		{"category that is none", func(d *agenda.EventDetails) { d.Category = "party" }, true, "category", "one_of"},
		{"no audience", func(d *agenda.EventDetails) { d.Audiences = nil }, true, "audiences", "required"},
		{"language that is none", func(d *agenda.EventDetails) { d.Languages = []string{"de", "xx"} }, true, "languages", "one_of"},
		{"town outside of the Kreis", func(d *agenda.EventDetails) { d.Venue.Town = "Bielefeld" }, true, "town", "one_of"},
		{"online needs no venue", func(d *agenda.EventDetails) { d.Venue = agenda.Venue{Town: agenda.Online} }, true, "", ""},
		{"venue without name", func(d *agenda.EventDetails) { d.Venue.Name = "" }, true, "venue", "required"},
		{"costs something, but what", func(d *agenda.EventDetails) { d.Free = false }, true, "price", "required"},
		{"doors at a word", func(d *agenda.EventDetails) { d.Doors = "früh" }, true, "doors", "clock"},
		{"fewer than no places", func(d *agenda.EventDetails) { d.Places = -1 }, true, "places", "between"},
		{"submitted without address", func(d *agenda.EventDetails) { d.Internal.Email = "" }, true, "internal_email", "required"},
		{"imported without address", func(d *agenda.EventDetails) { d.Internal = agenda.Contact{} }, false, "", ""},
		{"address of two", func(d *agenda.EventDetails) { d.Internal.Email = "a@b.de,c@d.de" }, false, "internal_email", "email"},
		{"longer than 60 days", func(d *agenda.EventDetails) { d.End = d.Start.AddDays(61) }, false, "end", "too_late"},
		{"exhibition of 60 days", func(d *agenda.EventDetails) { d.End = d.Start.AddDays(60) }, false, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := event(agenda.Submitted).EventDetails
			c.change(&d)
			wantProblem(t, d.Clean().Check(c.submitted, berlin(t)), c.field, c.rule)
		})
	}
}

func TestEventChangeOfAnOldFormIsRefused(t *testing.T) {
	t.Parallel()
	e := event(agenda.Published)
	d := e.EventDetails
	d.Title = "Neu"
	if _, _, err := e.Change(d, false, changed.Add(-time.Second), changed, berlin(t)); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
}

func TestCallForEvents(t *testing.T) {
	t.Parallel()
	e := agenda.Edition{Open: true, Submission: day("2027-06-30"), Starts: day("2027-09-11"), Ends: day("2027-10-10")}
	if !e.Accepts(day("2027-10-10")) || e.Accepts(day("2027-10-11")) {
		t.Error("events are taken until the weeks are over")
	}
	if e.Late(day("2027-06-30")) || !e.Late(day("2027-07-01")) {
		t.Error("the day after the last is late")
	}
	e.Submission = agenda.Date{}
	if e.Late(day("2027-10-10")) {
		t.Error("without a last day nothing is late")
	}
	if e.Open = false; e.Accepts(day("2027-01-01")) {
		t.Error("events are taken although the call is closed")
	}
}

func TestYearOfAnEventsAddress(t *testing.T) {
	t.Parallel()
	e := event(agenda.Published)
	e.Start = local("2028-01-02T10:00")
	if e.Year() != 2027 {
		t.Errorf("of an edition: %d", e.Year())
	}
	if e.Edition = 0; e.Year() != 2028 {
		t.Errorf("of its own: %d", e.Year())
	}
}
