package agenda_test

import (
	"errors"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// The event begins on 15 September 2027 at 18:30; it is noon of 1 August.
func TestAcceptedEventBecomesPublicAtItsTime(t *testing.T) {
	t.Parallel()
	loc := berlin(t)
	now := local("2027-08-01T12:00").In(loc)
	for _, c := range []struct {
		name, at string
		want     agenda.Review
		rule     string
	}{
		{"no time: a coordinator says so", "", agenda.Accepted, ""},
		{"tomorrow", "2027-08-02T08:00", agenda.Accepted, ""},
		{"a minute ago", "2027-08-01T11:59", agenda.Published, ""},
		{"this minute", "2027-08-01T12:00", agenda.Published, ""},
		{"when it begins", "2027-09-15T18:30", agenda.Accepted, ""},
		{"when it has begun", "2027-09-15T18:31", "", "after_start"},
	} {
		var at agenda.Local
		if c.at != "" {
			at = local(c.at)
		}
		e := event(agenda.Submitted)
		e.Release = local("2027-08-20T08:00") // of an acceptance before
		got, err := e.Accept(at, now, loc)
		if c.rule != "" {
			wantProblem(t, err, "release", c.rule)
			continue
		}
		if err != nil || got.Review != c.want || got.ReleaseDue(now, loc) || (c.want == agenda.Accepted) != (got.Release == at) && c.at != "" {
			t.Errorf("%s: %s, release %s, %v", c.name, got.Review, got.Release, err)
		}
		if c.want == agenda.Accepted && got.ReleaseDue(at.In(loc), loc) != (c.at != "") {
			t.Errorf("%s: due at its time: %v", c.name, got.ReleaseDue(at.In(loc), loc))
		}
		if got.Public() != (c.want == agenda.Published) || got.Admitted() != true {
			t.Errorf("%s: public %v, admitted %v", c.name, got.Public(), got.Admitted())
		}
	}
	if _, err := event(agenda.Published).Accept(agenda.Local{}, now, loc); !errors.Is(err, agenda.ErrState) {
		t.Errorf("acceptance of what is public: %v, want ErrState", err)
	}
}

func TestTimeOfReleaseMovesAndGoes(t *testing.T) {
	t.Parallel()
	loc := berlin(t)
	now := local("2027-08-01T12:00").In(loc)
	e, err := event(agenda.Submitted).Accept(local("2027-08-20T08:00"), now, loc)
	if err != nil {
		t.Fatal(err)
	}
	since := e.Since
	if again, _ := e.Accept(e.Release, now, loc); !again.Changed.Equal(e.Changed) {
		t.Error("the same time again is a change")
	}
	moved, err := e.Accept(local("2027-08-21T08:00"), now, loc)
	if err != nil || !moved.Changed.After(e.Changed) || !moved.Since.Equal(since) || moved.ReleaseDue(local("2027-08-20T08:00").In(loc), loc) {
		t.Errorf("moved: %+v, %v", moved, err)
	}
	open, err := moved.Accept(agenda.Local{}, now, loc)
	if err != nil || open.ReleaseDue(now.AddDate(1, 0, 0), loc) {
		t.Errorf("cleared: release %s, %v", open.Release, err)
	}
	for _, to := range []agenda.Review{agenda.Withdrawn, agenda.Returned, agenda.Submitted} {
		off, err := e.Decide(to, "Bitte Ort nennen.", now)
		if err != nil || off.ReleaseDue(now.AddDate(1, 0, 0), loc) || !off.Release.IsZero() {
			t.Errorf("%s: release %s, %v", to, off.Release, err)
		}
	}
}

// Clocks go forward on 28 March 2027: 02:30 does not exist, and is 03:30.
func TestReleaseInTheNightOfTheClocks(t *testing.T) {
	t.Parallel()
	loc := berlin(t)
	e := event(agenda.Accepted)
	e.Release = local("2027-03-28T02:30")
	if at := local("2027-03-28T03:30").In(loc); !e.ReleaseDue(at, loc) || e.ReleaseDue(at.Add(-time.Second), loc) {
		t.Error("not due at 03:30")
	}
}

func TestWhatPutsAnAcceptedEventBackIntoReview(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*agenda.EventDetails)
		want   bool
	}{
		{"nothing", func(*agenda.EventDetails) {}, false},
		{"title", func(d *agenda.EventDetails) { d.Title = "Konzert" }, true},
		{"beginning", func(d *agenda.EventDetails) { d.Start = d.Start.AddMinutes(5) }, true},
		{"end", func(d *agenda.EventDetails) { d.End = d.End.AddMinutes(5) }, true},
		{"another house", func(d *agenda.EventDetails) { d.Venue.Name = "Rathaus" }, true},
		{"another street", func(d *agenda.EventDetails) { d.Venue.Street = "Bahnhofstraße 1" }, true},
		{"no street any more", func(d *agenda.EventDetails) { d.Venue.Street = "" }, true},
		{"another town", func(d *agenda.EventDetails) { d.Venue.Town = "Löhne" }, true},
		{"address of a conference that was asked for", func(d *agenda.EventDetails) { d.Venue.Online = "https://meet.example" }, false},
		{"summary", func(d *agenda.EventDetails) { d.Summary = "Eine Autorin liest vor." }, false},
		{"step-free", func(d *agenda.EventDetails) { d.StepFree = agenda.Yes }, false},
		{"price", func(d *agenda.EventDetails) { d.Free, d.Price = false, "3 Euro" }, false},
	} {
		e := event(agenda.Accepted)
		d := e.EventDetails
		c.change(&d)
		if got := e.Reopens(d); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if e.Review = agenda.Submitted; e.Reopens(d) {
			t.Errorf("%s: a submitted event is there already", c.name)
		}
	}
}

func TestPictureOfAnAcceptedEvent(t *testing.T) {
	t.Parallel()
	p := &agenda.Picture{Blob: "a", BlobSmall: "b", Alt: "Ein Buch", Credit: "Erika", Licence: agenda.OwnPicture, Consent: changed}
	e := event(agenda.Accepted)
	e.Release = local("2027-08-20T08:00")
	if got, _, err := e.Illustrate(p, true, time.Time{}, changed); err != nil || got.Review != agenda.Submitted || !got.Release.IsZero() {
		t.Errorf("her picture: %s, release %s, %v; want it in review", got.Review, got.Release, err)
	}
	if got, _, err := e.Illustrate(p, false, time.Time{}, changed); err != nil || got.Review != agenda.Accepted || got.Release != e.Release {
		t.Errorf("the office's picture: %s, %v", got.Review, err)
	}
	e.Picture = p
	if got, _, err := e.Illustrate(nil, true, time.Time{}, changed); err != nil || got.Review != agenda.Accepted {
		t.Errorf("without one: %s, %v", got.Review, err)
	}
}

func TestAcceptedEventsAreInProofButNotInPrint(t *testing.T) {
	t.Parallel()
	e := event(agenda.Accepted)
	sent, err := e.Proof(changed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sent.Approve(sent.Changed, changed); err != nil {
		t.Errorf("Approve: %v", err)
	}
	if e.Public() {
		t.Error("an accepted event is public")
	}
	d := e.EventDetails
	if c := d.EventClashes("other", []agenda.Event{e}, agenda.Edition{}); len(c) != 1 {
		t.Errorf("%d clashes with an accepted event at the same time", len(c))
	}
}
