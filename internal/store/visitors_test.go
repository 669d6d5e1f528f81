package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// came is a number of visitors.
func came(n int) *int { return &n }

func TestOrganiserIsAskedTheDayAfter(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	cancelled, postponed, withdrawn := n.public("2027-09-15T18:30"), n.public("2027-09-15T18:30"), n.public("2027-09-15T18:30")
	must(n.StandEvent(ctx, agenda.Shell, cancelled.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	must(n.StandEvent(ctx, agenda.Shell, postponed.ID, agenda.Postponed, false, time.Time{}, agenda.Telling{}))
	must(n.DecideEvent(ctx, agenda.Shell, withdrawn.ID, agenda.Withdrawn, "", time.Time{}))
	d := reading("2027-09-15T18:30")
	d.Internal = agenda.Contact{}
	must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, "")) // nobody to ask
	must(n.AddEvent(ctx, agenda.Shell, 2027, reading("2027-09-15T18:30"), agenda.Submitted, ""))
	n.at("2027-09-16T09:59")
	n.wantLetters("in the morning")
	n.at("2027-09-16T10:00")
	got := n.wantLetters("10 o'clock", "visitors erika")
	wantText(t, got, "/einreichung/"+n.FeedbackToken(e)+"/rueckmeldung", "14. November 2027")
	d = e.EventDetails
	d.Summary = "Zwei lasen."
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	n.wait(24 * time.Hour)
	n.wantLetters("asked once")
}

func TestMovedEventIsAskedAfterItsNewDay(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	move := func(start string) {
		t.Helper()
		must(n.ChangeEvent(ctx, agenda.Shell, e.ID, reading(start), time.Time{}, agenda.Telling{}))
	}
	move("2027-09-20T18:30")
	n.at("2027-09-16T10:00")
	n.wantLetters("the day after the old day")
	n.at("2027-09-21T10:00")
	n.wantLetters("the day after the new day", "visitors erika")
	move("2027-09-25T18:30") // it was put off at the last moment
	n.at("2027-09-26T10:00")
	n.wantLetters("and after the day on which it was", "visitors erika")
	restored := n.public("2027-10-01T18:30")
	for _, to := range []agenda.Standing{agenda.Cancelled, agenda.Scheduled} {
		must(n.StandEvent(ctx, agenda.Shell, restored.ID, to, false, time.Time{}, agenda.Telling{}))
	}
	n.at("2027-10-02T10:00")
	n.wantLetters("cancelled and restored", "visitors erika")
}

// Between the minute in which the question falls due and the next look at what
// is due, somebody mends a spelling or cancels.
func TestEditInTheMinuteOfTheQuestion(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e, off := n.public("2027-09-15T18:30"), n.public("2027-09-15T19:30")
	n.at("2027-09-16T10:00")
	d := e.EventDetails
	d.Summary = "Zwei lasen."
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	must(n.StandEvent(ctx, agenda.Shell, off.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	n.wantLetters("the one that took place", "visitors erika")
}

func TestNobodyIsAskedOfThePast(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-09-20T12:00")
	n.call()
	n.public("2027-09-15T18:30") // entered afterwards
	n.public("2027-09-19T09:00") // due two hours ago
	n.public("2027-09-21T18:30") // down for longer than anybody can answer
	n.wantLetters("entered afterwards")
	n.at("2027-11-21T10:00")
	n.wantLetters("down for two months")
}

func TestVisitorsAreReportedAndCorrected(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	token := n.FeedbackToken(e)
	if _, err := n.SendFeedback(ctx, token, came(5), ""); !errors.Is(err, agenda.ErrState) {
		t.Errorf("before the event: %v", err)
	}
	n.at("2027-09-15T20:00")
	before := must(n.Revision(ctx))
	e = must(n.SendFeedback(ctx, token, came(0), " Regen\r\n"))
	if e.Visitors == nil || *e.Visitors != 0 || e.VisitorsNote != "Regen" {
		t.Errorf("%v %q", e.Visitors, e.VisitorsNote)
	}
	wantSame(t, "the programme", must(n.Revision(ctx)), before)
	n.at("2027-09-16T10:00")
	n.wantLetters("who has reported is not asked")
	n.at("2027-11-14T23:59")
	must(n.SendFeedback(ctx, token, came(40), ""))
	var p agenda.Problems
	for _, bad := range []int{-1, 100_001} {
		if _, err := n.SendFeedback(ctx, token, &bad, ""); !errors.As(err, &p) || p.For("visitors") == nil {
			t.Errorf("%d visitors: %v", bad, err)
		}
	}
	if _, err := n.SendFeedback(ctx, token, came(1), strings.Repeat("x", 1001)); !errors.As(err, &p) || p.For("visitors_note") == nil {
		t.Errorf("a long note: %v", err)
	}
	n.at("2027-11-15T00:01")
	if _, err := n.SendFeedback(ctx, token, came(41), ""); !errors.Is(err, agenda.ErrExpired) {
		t.Errorf("after 60 days: %v", err)
	}
	wantSame(t, "visitors", *must(n.Event(ctx, e.ID)).Visitors, 40)
	must(n.ReportVisitors(ctx, agenda.Shell, e.ID, came(42), "nachgezählt"))
	must(n.ReportVisitors(ctx, agenda.Shell, e.ID, came(42), "nachgezählt"))
	must(n.ReportVisitors(ctx, agenda.Shell, e.ID, nil, ""))
	if must(n.Event(ctx, e.ID)).Visitors != nil {
		t.Error("not taken back")
	}
	wantSame(t, "history", n.history(agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}),
		[]string{"added: Lesung", "visitors: Lesung", "visitors: Lesung", "visitors: Lesung", "visitors: Lesung"})
	d := e.EventDetails
	d.Title = "Lesung im Hof"
	must(n.ReportVisitors(ctx, agenda.Shell, e.ID, came(7), ""))
	if after := must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{})); after.Visitors == nil {
		t.Error("a change of the text loses the visitors")
	}
}

func TestVisitorsOfWhatDidNotTakePlace(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	n.at("2027-09-20T12:00")
	if _, err := n.SendFeedback(ctx, n.FeedbackToken(e), came(1), ""); !errors.Is(err, agenda.ErrState) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := n.ReportVisitors(ctx, agenda.Shell, e.ID, came(1), ""); !errors.Is(err, agenda.ErrState) {
		t.Errorf("cancelled, by a coordinator: %v", err)
	}
	for _, token := range []string{"", "x.y", n.SubmissionToken(e)} { // made for another purpose
		if _, err := n.Feedback(ctx, token); !errors.Is(err, agenda.ErrNotFound) {
			t.Errorf("link %q: %v", token, err)
		}
	}
}
