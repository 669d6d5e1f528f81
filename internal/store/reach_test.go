package store_test

import (
	"errors"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// unreached lists whom to telephone about a meeting, and why.
func (n *network) unreached(id agenda.MeetingID) map[string]string {
	n.t.Helper()
	out := map[string]string{}
	for _, u := range must(n.Unreached(ctx, id)) {
		out[u.Person.Family] = u.Why
	}
	return out
}

func TestInvitationThatWaitsOrFailedIsToTelephone(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-29T12:00")
	g := n.group(4) // the last has no address
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, agenda.Telling{Mail: true}))
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		must(n.Expand(ctx, id))
	}
	wantSame(t, "before anything was sent", n.unreached(m.ID), map[string]string{"Glied00": "waiting", "Glied01": "waiting", "Glied02": "waiting", "Glied03": "no_address"})
	for _, f := range must(n.Claim(ctx, n.Now(), time.Hour, 10)) {
		d := agenda.Delivery{}
		if f.Email == "m01@example.org" {
			d = agenda.Delivery{Outcome: agenda.RefusedForHim, Text: "550 no such user"}
		}
		if err := n.Book(ctx, store.Settled(f.Message, f.Email, d)); err != nil {
			t.Fatal(err)
		}
	}
	wantSame(t, "one bounced", n.unreached(m.ID), map[string]string{"Glied01": "failed", "Glied03": "no_address"})
	// Another date of the group is not concerned.
	other := n.fixed(g.ID, "2027-09-30T09:00")
	wantSame(t, "another date", n.unreached(other.ID), map[string]string{"Glied03": "no_address"})
}

func TestCalendarFileThatMovedADateNobodyKnowsTellsNobody(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	item := func(start string) []agenda.FeedItem {
		d := details(start)
		return []agenda.FeedItem{{UID: "x", Start: d.Start, End: d.End, Title: "Projektgruppe"}}
	}
	must(n.ImportMeetings(ctx, agenda.Shell, g.ID, item("2027-08-31T09:00"), false, false))
	must(n.ImportMeetings(ctx, agenda.Shell, g.ID, item("2027-08-30T09:00"), false, false))
	n.wait(time.Hour)
	n.wantLetters("nobody was invited")
	n.at("2027-08-16T08:00")
	n.wantLetters("reminded", "reminder m00", "reminder m01")
	must(n.ImportMeetings(ctx, agenda.Shell, g.ID, item("2027-08-29T09:00"), false, false))
	n.wait(time.Hour)
	n.wantLetters("those who know it are told", "change m00", "change m01")
}

func TestSubmissionThatNeverBecamePublicIsForgotten(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", true))
	public := n.public("2027-09-16T18:30")
	n.letters()
	year := store.Retention{Submissions: 365 * 24 * time.Hour}
	n.at("2028-09-14T12:00")
	must(n.Forget(ctx, year))
	if _, err := n.Event(ctx, e.ID); err != nil {
		t.Fatalf("within the year: %v", err)
	}
	n.at("2028-09-16T12:00")
	must(n.Forget(ctx, year))
	if _, err := n.Event(ctx, e.ID); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("after the year: %v, want ErrNotFound", err)
	}
	if _, err := n.EventBySlug(ctx, 2027, e.Slug); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("its address: %v, want ErrNotFound", err)
	}
	entries, _, err := n.History(ctx, agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range entries {
		if h.Title != "" || len(h.Changes) > 0 {
			t.Errorf("the history still says %+v", h)
		}
	}
	if _, err := n.Event(ctx, public.ID); err != nil {
		t.Errorf("what was public stays: %v", err)
	}
}

func TestNewLinkForEditingMakesTheOldOneWorthless(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "", true))
	old := n.SubmissionToken(e)
	n.letters()
	if err := n.ResendSubmission(ctx, agenda.Shell, e.ID); err != nil {
		t.Fatal(err)
	}
	letters := n.letters()
	e = must(n.Event(ctx, e.ID))
	wantText(t, letters, n.SubmissionToken(e))
	if _, err := n.Submission(ctx, old); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("the old link: %v, want ErrNotFound", err)
	}
	if _, err := n.Submission(ctx, n.SubmissionToken(e)); err != nil {
		t.Errorf("the new link: %v", err)
	}
}

func TestSecondClickMakesNothingTwice(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	a := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "form-1", true))
	b := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "form-1", true))
	c := must(n.SubmitEvent(ctx, 2027, reading("2027-09-15T18:30"), agenda.German, "form-2", true))
	if a.ID != b.ID || a.ID == c.ID {
		t.Errorf("identifiers %s, %s, %s: want the first two equal", a.ID, b.ID, c.ID)
	}
	n.wantLetters("one mail a form", "received erika", "received erika")
	g := n.group(3)
	first := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, agenda.Telling{Mail: true}))
	again := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, agenda.Telling{Mail: true}))
	wantSame(t, "the same date", again.ID, first.ID)
	n.wantLetters("one invitation", "invitation m00", "invitation m01")
	must(n.TurnMeeting(ctx, agenda.Shell, first.ID, agenda.MeetingCancelled, first.Changed, agenda.Telling{Mail: true}))
	must(n.TurnMeeting(ctx, agenda.Shell, first.ID, agenda.MeetingCancelled, first.Changed, agenda.Telling{Mail: true}))
	n.wait(time.Hour)
	n.wantLetters("one cancellation", "cancellation m00", "cancellation m01")
}
