package store_test

import (
	"errors"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// published is a submitted event in the programme, its submitter's link and one
// watcher.
func (n *network) published(start string) (agenda.Event, string) {
	n.t.Helper()
	n.call()
	e := must(n.SubmitEvent(ctx, 2027, reading(start), agenda.German, "", true))
	e = must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", time.Time{}))
	n.watch(e.ID, "gast@example.org")
	n.letters()
	return e, n.SubmissionToken(e)
}

func TestProposalChangesNothingUntilItIsTaken(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	e, token := n.published("2027-09-15T18:30")
	before := must(n.Revision(ctx, "programme"))
	d := e.EventDetails
	d.Start, d.End = d.Start.AddDays(1), d.End.AddDays(1)
	p := must(n.EditSubmission(ctx, token, d, time.Time{}, true))
	if p.Start != e.Start || p.Proposal == nil || must(n.Revision(ctx, "programme")) != before {
		t.Fatalf("the public sees the proposal: %+v", p)
	}
	if _, err := n.TakeProposal(ctx, agenda.Shell, e.ID, p.Proposal.At.Add(-time.Second)); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("another proposal than the one seen: %v, want ErrConflict", err)
	}
	got := must(n.TakeProposal(ctx, agenda.Shell, e.ID, p.Proposal.At))
	if got.Start != d.Start || got.Proposal != nil || got.Sequence != e.Sequence+1 || got.Was == nil {
		t.Errorf("taken over: %+v", got)
	}
	n.wait(time.Hour)
	n.wantLetters("old and new to whoever waits for it, an answer to the submitter", "accepted erika", "change gast")
	if _, err := n.TakeProposal(ctx, agenda.Shell, e.ID, time.Time{}); !errors.Is(err, agenda.ErrState) {
		t.Errorf("the second click: %v, want ErrState", err)
	}
}

func TestSlipOfThePenIsMendedAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	e, token := n.published("2027-09-15T18:30")
	d := e.EventDetails
	d.Summary += "!"
	if got := must(n.EditSubmission(ctx, token, d, time.Time{}, true)); got.Summary != d.Summary || got.Proposal != nil {
		t.Errorf("a slip waits: %+v", got)
	}
	n.wantLetters("nobody is told of a slip")
	d.Price, d.Free = "5 Euro", false
	if got := must(n.EditSubmission(ctx, token, d, time.Time{}, true)); got.Proposal == nil || !got.Free {
		t.Errorf("another price does not wait: %+v", got)
	}
	d = must(n.Event(ctx, e.ID)).EventDetails
	if got := must(n.EditSubmission(ctx, token, d, time.Time{}, true)); got.Proposal != nil {
		t.Errorf("taken back: %+v", got.Proposal)
	}
}

func TestRefusedProposalIsAnswered(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	e, token := n.published("2027-09-15T18:30")
	d := e.EventDetails
	d.Title = "Etwas ganz anderes"
	must(n.EditSubmission(ctx, token, d, time.Time{}, true))
	var p agenda.Problems
	if err := n.RefuseProposal(ctx, agenda.Shell, e.ID, time.Time{}, " "); !errors.As(err, &p) {
		t.Errorf("without a reason: %v", err)
	}
	if err := n.RefuseProposal(ctx, agenda.Shell, e.ID, time.Time{}, "Das Heft ist gedruckt."); err != nil {
		t.Fatal(err)
	}
	wantText(t, n.wantLetters("the reason", "returned erika"), "Das Heft ist gedruckt.", token)
	if got := must(n.Event(ctx, e.ID)); got.Proposal != nil || got.Title != e.Title || got.Review != agenda.Published {
		t.Errorf("refused: %+v", got)
	}
	n.at("2027-09-16T12:00")
	if _, err := n.EditSubmission(ctx, token, d, time.Time{}, true); !errors.Is(err, agenda.ErrState) {
		t.Errorf("after the event: %v, want ErrState", err)
	}
}
