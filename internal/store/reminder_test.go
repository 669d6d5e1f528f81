package store_test

import (
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func TestDowntimeOfThirtyDays(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	n.fixed(g.ID, "2027-08-10T09:00") // over before the service is back
	n.fixed(g.ID, "2027-09-01T09:00") // both reminders overdue
	n.fixed(g.ID, "2027-09-08T09:00") // one overdue
	n.fixed(g.ID, "2027-10-05T09:00") // none due
	cancelled := n.fixed(g.ID, "2027-09-02T09:00")
	n.turn(cancelled.ID, agenda.MeetingCancelled, mail)
	n.at("2027-08-31T12:00")
	got := n.wantLetters("back after 30 days", "cancellation m00", "reminder m00", "reminder m00")
	wantText(t, got[:1], "2. September")
	for _, l := range got[1:] {
		wantText(t, got[1:], "Projektgruppe")
		if l.Kind != agenda.KindReminder {
			t.Errorf("%s", l.Kind)
		}
	}
	n.at("2027-09-06T08:00")
	n.wantLetters("and goes on as usual", "reminder m00")
}

func TestMovedMeetingRemindsAnew(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	n.at("2027-08-27T08:00")
	n.wantLetters("reminder of the first date", "reminder m00")
	n.move(m.ID, "2027-09-30T14:00", mail)
	n.wait(time.Hour)
	n.wantLetters("moved", "change m00")
	n.at("2027-09-16T08:00")
	wantText(t, n.wantLetters("14 days before the new date", "reminder m00"), "30. September", "14:00")
	n.move(m.ID, "2027-08-31T09:00", agenda.Telling{}) // a slip: into the past
	n.move(m.ID, "2027-09-30T14:00", agenda.Telling{}) // and back
	n.wantLetters("what was sent is not sent again")
	n.at("2027-09-28T08:00")
	n.wantLetters("2 days before", "reminder m00")
	n.move(m.ID, "2027-09-30T15:00", agenda.Telling{})
	n.move(m.ID, "2027-09-30T14:00", agenda.Telling{})
	n.wantLetters("a slip and back after the last reminder")
}

func TestMovedNearerWithoutMailIsReminded(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	n.move(m.ID, "2027-08-02T14:00", agenda.Telling{})
	wantText(t, n.wantLetters("nobody else tells", "reminder m00"), "2. August", "14:00")
}

// Between the minute in which a reminder falls due and the next look at what is
// due, somebody mends a spelling.
func TestEditInTheMinuteOfTheReminderDoesNotLoseIt(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-26T09:00"), agenda.MeetingFixed, mail))
	n.wantLetters("invitation", "invitation m00")
	n.call()
	e := n.public("2027-09-15T18:00")
	n.watch(e.ID, "w@example.org")
	n.at("2027-08-24T08:00")
	d := m.MeetingDetails
	d.Note = "Bitte Ausweis mitbringen."
	must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, d, time.Time{}, agenda.Telling{}))
	n.wantLetters("reminder of the meeting", "reminder m00")
	n.at("2027-09-08T08:00")
	ed := e.EventDetails
	ed.Summary = "Zwei lesen."
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, ed, time.Time{}, agenda.Telling{}))
	n.wantLetters("reminder of the event", "reminder w")
}

func TestNewLeadTimesHoldForDatesToCome(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	n.fixed(g.ID, "2027-08-31T09:00")
	g.Leads = []int{7}
	g = must(n.SaveGroup(ctx, agenda.Shell, g))
	n.at("2027-08-17T08:00")
	n.wantLetters("14 days before is no lead any more")
	n.at("2027-08-24T08:00")
	n.wantLetters("7 days before", "reminder m00")
	g.Leads = nil
	must(n.SaveGroup(ctx, agenda.Shell, g))
	n.at("2027-08-27T08:00")
	n.wantLetters("as configured again", "reminder m00")
}

func TestNewLeadTimesOfAnEditionHoldForItsEvents(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	ed := n.call()
	e := n.public("2027-09-15T18:30")
	n.watch(e.ID, "w@example.org")
	ed.Leads = []int{3}
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	n.at("2027-09-08T08:00")
	n.wantLetters("7 days before is no lead any more")
	n.at("2027-09-12T08:00")
	n.wantLetters("3 days before", "reminder w")
	n.at("2027-09-14T08:00")
	n.wantLetters("nor is one")
}

func TestPredecessorIsNotReminded(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	heir := n.person("Erbin", "erbin@example.org")
	old := must(n.PersonByEmail(ctx, "m00@example.org"))
	seat := must(n.SeatsOf(ctx, old.ID))[0]
	n.fixed(g.ID, "2027-10-05T09:00")
	must(n.PassSeat(ctx, agenda.Shell, g.ID, seat.ID, heir.ID, must(agenda.ParseDate("2027-10-01"))))
	n.at("2027-09-21T08:00")
	n.wantLetters("a week before the seat passes, of a date after it", "reminder erbin")
	wantSame(t, "seats of the predecessor", len(must(n.SeatsOf(ctx, old.ID))), 1)
	wantSame(t, "members in September", len(must(n.Members(ctx, g.ID, must(agenda.ParseDate("2027-09-30"))))), 2)
	if yes := must(n.Chairs(ctx, heir.ID, g.ID, must(agenda.ParseDate("2027-10-01")))); yes {
		t.Error("the successor chairs although the seat does not")
	}
	if err := n.SetChair(ctx, agenda.Shell, g.ID, seat.ID, true); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "chair before", must(n.Chairs(ctx, heir.ID, g.ID, must(agenda.ParseDate("2027-09-30")))), false)
	wantSame(t, "chair from the day on", must(n.Chairs(ctx, heir.ID, g.ID, must(agenda.ParseDate("2027-10-01")))), true)
}

func TestDigestGoesOnceAMonthToWhoeverWantsIt(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T07:00")
	g := n.group(4)
	n.fixed(g.ID, "2027-09-30T09:00")
	for _, email := range []string{"m00@example.org", "m02@example.org"} {
		p := must(n.PersonByEmail(ctx, email))
		p.Digest = true
		must(n.SavePerson(ctx, agenda.Shell, p, time.Time{}))
	}
	for range 2 {
		if err := n.PlanDigest(ctx); err != nil {
			t.Fatal(err)
		}
	}
	wantText(t, n.wantLetters("August", "digest m00", "digest m02"), "30. September")
	if err := n.PlanDigest(ctx); err != nil {
		t.Fatal(err)
	}
	n.wantLetters("once")
	n.at("2027-10-01T07:00")
	n.letters()
	if err := n.PlanDigest(ctx); err != nil {
		t.Fatal(err)
	}
	n.wantLetters("nothing in sight")
}

// A person who is gone is no reason to stop: the others are reminded.
func TestDeletedSuccessorStopsNobodysMail(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	heir := n.person("Erbin", "erbin@example.org")
	seat := must(n.SeatsOf(ctx, must(n.PersonByEmail(ctx, "m00@example.org")).ID))[0]
	must(n.PassSeat(ctx, agenda.Shell, g.ID, seat.ID, heir.ID, must(agenda.ParseDate("2027-08-20"))))
	n.fixed(g.ID, "2027-08-31T09:00")
	if err := n.DeletePerson(ctx, agenda.Shell, heir.ID); err != nil {
		t.Fatal(err)
	}
	n.at("2027-08-17T08:00")
	n.wantLetters("the others", "reminder m01")
	wantSame(t, "members", len(must(n.Members(ctx, g.ID, must(agenda.ParseDate("2027-08-31"))))), 2)
}
