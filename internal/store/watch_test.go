package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

func TestWatchingIsDoubleOptIn(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	ask := func(email string) {
		t.Helper()
		if err := n.Watch(ctx, e.ID, email, agenda.German); err != nil {
			t.Fatal(err)
		}
	}
	ask("w@example.org")
	ask("W@Example.org")
	n.wait(59 * time.Minute)
	ask("w@example.org")
	l := n.wantLetters("asked three times within the hour", "confirm w")[0]
	n.wait(2 * time.Minute)
	ask("w@example.org")
	n.wantLetters("asked after an hour", "confirm w")
	wantSame(t, "watchers before they confirm", must(n.Watchers(ctx, e.ID)), 0)
	token := l.Unsubscribe[strings.LastIndex(l.Unsubscribe, "/")+1:]
	for range 2 {
		w, of, err := n.ConfirmWatch(ctx, token)
		if err != nil || w.Email != "w@example.org" || of.ID != e.ID || w.Wording == "" {
			t.Fatalf("confirmed: %+v, %v", w, err)
		}
	}
	wantSame(t, "watchers", must(n.Watchers(ctx, e.ID)), 1)
	ask("other@example.org")
	n.wantLetters("another asks and never confirms", "confirm other")
	n.at("2027-09-08T08:00")
	got := n.wantLetters("7 days before", "reminder w")
	if got[0].Unsubscribe == "" {
		t.Error("no way out of the reminder")
	}
	for range 2 {
		if err := n.Unwatch(ctx, token); err != nil {
			t.Fatal(err)
		}
	}
	n.at("2027-09-14T08:00")
	n.wantLetters("cancelled from the mail")
}

func TestWhatCannotBeWatched(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	cancelled, withdrawn, past := n.public("2027-09-15T18:30"), n.public("2027-09-16T18:30"), n.public("2027-08-01T12:00")
	must(n.StandEvent(ctx, agenda.Shell, cancelled.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	must(n.DecideEvent(ctx, agenda.Shell, withdrawn.ID, agenda.Withdrawn, "", time.Time{}))
	submitted := must(n.AddEvent(ctx, agenda.Shell, 2027, reading("2027-09-17T18:30"), agenda.Submitted, ""))
	for what, id := range map[string]agenda.EventID{"cancelled": cancelled.ID, "withdrawn": withdrawn.ID, "submitted": submitted.ID, "begun": past.ID} {
		if err := n.Watch(ctx, id, "w@example.org", agenda.German); !errors.Is(err, agenda.ErrState) {
			t.Errorf("%s: %v, want ErrState", what, err)
		}
	}
	if err := n.Watch(ctx, "nix", "w@example.org", agenda.German); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("no event: %v", err)
	}
	var p agenda.Problems
	if err := n.Watch(ctx, cancelled.ID, "w@example.org\r\nBcc: v@example.com", agenda.German); !errors.As(err, &p) {
		t.Errorf("two addresses: %v, want a problem", err)
	}
	n.wantLetters("nobody is written to")
}

func TestWithdrawnEventRemindsNobody(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	n.watch(e.ID, "w@example.org")
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Withdrawn, "", time.Time{}))
	n.at("2027-09-08T08:00")
	n.wantLetters("withdrawn")
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", time.Time{}))
	n.wantLetters("the submitter is told", "accepted erika")
	n.at("2027-09-14T08:00")
	n.wantLetters("published again", "reminder w")
}

func TestEventOfManyWatchers(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	for i := range 45 {
		n.watch(e.ID, fmt.Sprintf("w%02d@example.org", i))
	}
	n.at("2027-09-08T08:00")
	n.expect("more than one transaction's worth", map[agenda.Kind]int{agenda.KindReminder: 45})
}

func TestSubmissionsHaveALimit(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	submit := func(i int, email string) error {
		d := reading("2027-09-15T18:30")
		d.Title, d.Internal.Email = fmt.Sprint("Lesung ", i), email
		_, err := n.SubmitEvent(ctx, 2027, d, agenda.German, "", true)
		return err
	}
	for i := range 10 {
		if err := submit(i, "erika@example.org"); err != nil {
			t.Fatal(err)
		}
	}
	if err := submit(11, "Erika@Example.org"); !errors.Is(err, agenda.ErrTooMany) {
		t.Errorf("the eleventh: %v, want ErrTooMany", err)
	}
	wantSame(t, "events kept", len(must(n.Events(ctx, 2027))), 10)
	if err := submit(12, "fatma@example.org"); err != nil {
		t.Errorf("another organiser: %v", err)
	}
	n.wait(24 * time.Hour)
	if err := submit(13, "erika@example.org"); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

func TestClosedCallTakesNoEvents(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	ed := n.call()
	ed.Submission = must(agenda.ParseDate("2027-07-31"))
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	if late, err := n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", true); err != nil || !late.Late || !must(n.Event(ctx, late.ID)).Late {
		t.Errorf("after the last day: %+v, %v, want it taken and marked as late", late, err)
	}
	ed.Open = false
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	if _, err := n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", true); !errors.Is(err, agenda.ErrState) {
		t.Errorf("when the call is closed: %v, want ErrState", err)
	}
	if _, err := n.SubmitEvent(ctx, 2031, reading("2031-09-15T18:30"), agenda.German, "", true); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("no such edition: %v, want ErrNotFound", err)
	}
	if _, err := n.SubmitEvent(ctx, 0, reading("2027-11-15T18:30"), agenda.German, "", true); err != nil {
		t.Errorf("outside of an edition: %v", err)
	}
}

func TestSubmitterAndCoordinatorTakeTurns(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", true))
	l := n.wantLetters("receipt", "received erika")[0]
	token := n.SubmissionToken(e)
	wantText(t, []letter.Letter{l}, token)
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Returned, "Bitte den Raum nennen.", e.Changed))
	wantText(t, n.wantLetters("sent back", "returned erika"), "Bitte den Raum nennen.", token)
	d := reading("2027-09-15T18:30")
	d.Venue.Name = "Bücherei, Raum 2"
	got := must(n.EditSubmission(ctx, token, d, time.Time{}, true))
	wantSame(t, "state after the edit", got.Review, agenda.Submitted)
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", time.Time{}))
	n.wantLetters("accepted", "accepted erika")
	d.Venue.Name = "Rathaus"
	if got := must(n.EditSubmission(ctx, token, d, time.Time{}, true)); got.Venue.Name == "Rathaus" || got.Proposal == nil {
		t.Errorf("editing what is public: %+v, want a proposal", got)
	}
	n.wantLetters("a proposal tells nobody")
	if err := n.ResendSubmission(ctx, agenda.Shell, e.ID); err != nil {
		t.Fatal(err)
	}
	n.wantLetters("link again", "received erika")
	if _, err := n.Submission(ctx, token+"a"); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("a guessed link: %v", err)
	}
}

func TestProgrammeChangesItsRevisionWhenThePublicSeesADifference(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	last := ""
	changed := func(what string, want bool) {
		t.Helper()
		rev := must(n.Revision(ctx, store.Programme))
		if (rev != last) != want {
			t.Errorf("%s: changed %v, want %v", what, rev != last, want)
		}
		last = rev
	}
	changed("start", true)
	e := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", true))
	changed("submitted", false)
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", time.Time{}))
	changed("published", true)
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, reading("2027-09-15T18:30"), time.Time{}, agenda.Telling{}))
	changed("saved as it was", false)
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Scheduled, true, time.Time{}, agenda.Telling{}))
	changed("fully booked", true)
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Scheduled, true, time.Time{}, agenda.Telling{}))
	changed("fully booked again", false)
	n.watch(e.ID, "w@example.org")
	changed("watched", false)
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Withdrawn, "", time.Time{}))
	changed("withdrawn", true)
	rev, list, complete, err := n.Journal(ctx, store.Programme, 1)
	if err != nil || !complete || rev != 4 || fmt.Sprint(list) != fmt.Sprint([]agenda.EventID{e.ID}) {
		t.Errorf("journal after the edition: %d %v %v %v", rev, list, complete, err)
	}
	if _, _, complete, _ := n.Journal(ctx, store.Programme, 5); complete {
		t.Error("the journal knows what comes after now")
	}
}
