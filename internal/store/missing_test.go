package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

func TestMissingDetailsAreAskedForOnceADay(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.submitted("2027-09-15T18:30")
	a, sent, err := n.AskMissing(ctx, agenda.Shell, e.ID)
	if err != nil || !sent || fmt.Sprint(a.Fields) != "[street postcode stepfree childcare picture]" {
		t.Fatalf("AskMissing = %+v, %v, %v", a, sent, err)
	}
	n.wait(23 * time.Hour)
	again, sent, err := n.AskMissing(ctx, agenda.Shell, e.ID)
	if err != nil || sent || !again.At.Equal(a.At) || !must(n.AskedOf(ctx, e.ID)).At.Equal(a.At) {
		t.Errorf("within a day: %+v, %v, %v", again, sent, err)
	}
	n.expect("one mail", map[agenda.Kind]int{agenda.KindMissing: 1})
	n.wait(time.Hour)
	if _, sent, err := n.AskMissing(ctx, agenda.Shell, e.ID); err != nil || !sent {
		t.Errorf("a day later: %v, %v", sent, err)
	}
	n.expect("another one", map[agenda.Kind]int{agenda.KindMissing: 1})

	d := reading("2027-09-15T18:30")
	d.Venue.Street, d.Venue.Postcode, d.StepFree, d.Childcare = "Eschstraße 50", "32257", agenda.Yes, agenda.No
	e = must(n.EditSubmission(ctx, n.SubmissionToken(e), d, e.Changed, true))
	if got := fmt.Sprint(e.Missing()); got != "[picture]" {
		t.Errorf("she filled in all but the picture: %s", got)
	}
}

func TestWhomNobodyCanAsk(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	silent := reading("2027-09-15T18:30")
	silent.Internal.Email = ""
	noAddress := must(n.AddEvent(ctx, agenda.Shell, 2027, silent, agenda.Published, ""))
	withdrawn := n.submitted("2027-09-16T18:30")
	must(n.DecideEvent(ctx, agenda.Shell, withdrawn.ID, agenda.Withdrawn, "", time.Time{}))
	past := n.submitted("2027-08-01T10:00")
	for _, id := range []agenda.EventID{noAddress.ID, withdrawn.ID, past.ID} {
		if _, _, err := n.AskMissing(ctx, agenda.Shell, id); !errors.Is(err, agenda.ErrState) {
			t.Errorf("%v, want ErrState", err)
		}
	}
	n.expect("no mail", map[agenda.Kind]int{})
}

func TestAllAreAskedTogether(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	for range 40 { // several batches
		n.public("2027-09-15T18:30")
	}
	asked := n.submitted("2027-09-16T18:30")
	must2(n.AskMissing(ctx, agenda.Shell, asked.ID))
	n.accepted("2027-09-17T18:30", "")
	returned := n.submitted("2027-09-18T18:30")
	must(n.DecideEvent(ctx, agenda.Shell, returned.ID, agenda.Returned, "Bitte kürzen.", time.Time{}))
	silent := reading("2027-09-15T18:30")
	silent.Internal.Email = ""
	must(n.AddEvent(ctx, agenda.Shell, 2027, silent, agenda.Published, ""))
	must(n.AddEvent(ctx, agenda.Shell, 0, reading("2027-09-15T18:30"), agenda.Published, "")) // of its own
	n.due()
	got := must(n.AskAllMissing(ctx, agenda.Shell, 2027))
	if want := (store.Together{Done: 41, Rested: 1, Unreachable: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if sent := n.due()[agenda.KindMissing]; sent != 41 {
		t.Errorf("%d mails", sent)
	}
	if got = must(n.AskAllMissing(ctx, agenda.Shell, 2027)); got.Done != 0 || got.Rested != 42 {
		t.Errorf("the second click: %+v", got)
	}
	if sent := n.due()[agenda.KindMissing]; sent != 0 {
		t.Errorf("the second click: %d mails", sent)
	}
}
