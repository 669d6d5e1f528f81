package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

var edition2027 = agenda.Ref{Kind: agenda.AboutEdition, ID: "2027"}

func TestFreezeKeepsWhatWasPublic(t *testing.T) {
	n := open(t, "2027-08-01T09:00")
	n.call()
	e := n.public("2027-09-15T18:30")
	must(n.AddEvent(ctx, agenda.Shell, 2027, reading("2027-09-16T18:30"), agenda.Submitted, ""))
	must(n.AddEvent(ctx, agenda.Shell, 0, reading("2027-09-17T18:30"), agenda.Published, ""))
	before := must(n.Revision(ctx, "programme"))
	n.wait(time.Minute)
	f := must(n.FreezeEdition(ctx, agenda.Shell, 2027, "form1"))
	wantSame(t, "public events of the edition", f.Events, 1)
	if must(n.Revision(ctx, "programme")) == before {
		t.Error("pages do not learn of the freeze")
	}
	wantSame(t, "the same form again", must(n.FreezeEdition(ctx, agenda.Shell, 2027, "form1")).ID, f.ID)
	d := reading("2027-09-20T18:30")
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	got := must(n.Frozen(ctx, f))
	wantSame(t, "as it was printed", []any{len(got), got[0].ID, got[0].Details.Start, got[0].Details.Internal.Email}, []any{1, e.ID, e.Start, ""})
	n.wait(time.Hour)
	second := must(n.FreezeEdition(ctx, agenda.Shell, 2027, "form2"))
	list := must(n.Freezes(ctx, 2027))
	wantSame(t, "the last one counts", []any{len(list), list[0].ID}, []any{2, second.ID})
	wantSame(t, "history", n.history(edition2027)[1:], []string{"frozen: Interkulturelle Wochen 2027", "frozen: Interkulturelle Wochen 2027"})
	n.wantLetters("no mail")
	if _, err := n.FreezeEdition(ctx, agenda.Shell, 2030, ""); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("freeze of no edition: %v", err)
	}
}

// A large programme does not fit into one value, and not into one transaction.
func TestFreezeOfALargeProgramme(t *testing.T) {
	n := open(t, "2027-08-01T09:00")
	n.call()
	const events = 400
	for i := range events {
		d := reading("2027-09-15T18:30")
		d.Title, d.Summary = fmt.Sprint("Lesung ", i), strings.Repeat("<", 700) // six bytes each in a record
		must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, ""))
	}
	f := must(n.FreezeEdition(ctx, agenda.Shell, 2027, ""))
	if f.Chunks < 20 {
		t.Errorf("only %d parts", f.Chunks)
	}
	got := must(n.Frozen(ctx, f))
	seen := map[agenda.EventID]bool{}
	for _, p := range got {
		seen[p.ID] = true
	}
	wantSame(t, "events", []int{f.Events, len(got), len(seen)}, []int{events, events, events})
}

func TestProofs(t *testing.T) {
	n := open(t, "2027-08-01T09:00")
	ed := n.call()
	ed.Print = must(agenda.ParseDate("2027-08-10"))
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	e := n.public("2027-09-15T18:30")
	silent := reading("2027-09-16T18:30")
	silent.Title, silent.Internal = "Ohne Adresse", agenda.Contact{}
	must(n.AddEvent(ctx, agenda.Shell, 2027, silent, agenda.Published, ""))
	must(n.AddEvent(ctx, agenda.Shell, 2027, reading("2027-09-17T18:30"), agenda.Submitted, ""))
	before := must(n.Revision(ctx, "programme"))
	n.wait(time.Minute)

	done := must(n.SendProofs(ctx, agenda.Shell, 2027, "form1"))
	wantSame(t, "sent, unreachable", []int{done.Sent, done.Unreachable}, []int{1, 1})
	must(n.SendProofs(ctx, agenda.Shell, 2027, "form1"))
	wantText(t, n.wantLetters("one mail", "proof erika"), "So stimmt es", "10. August 2027", "Eine Autorin liest.", "Rollstuhlgerecht")
	must(n.SendProofs(ctx, agenda.Shell, 2027, "form1"))
	n.wantLetters("the same form again")

	token := n.SubmissionToken(e)
	if _, err := n.ApproveProof(ctx, token+"x", e.Changed); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("forged link: %v", err)
	}
	if _, err := n.ApproveProof(ctx, token, e.Changed.Add(-time.Hour)); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("old text: %v", err)
	}
	n.wait(time.Minute)
	must(n.ApproveProof(ctx, token, e.Changed))
	must(n.ApproveProof(ctx, token, e.Changed))
	if got := must(n.Event(ctx, e.ID)); got.ProofApproved.IsZero() || got.ProofSent.IsZero() || !got.Changed.Equal(e.Changed) {
		t.Errorf("event after approval: %+v", got)
	}
	wantSame(t, "revision of what the public sees", must(n.Revision(ctx, "programme")), before)
	wantSame(t, "history", n.history(agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)})[1:], []string{"proof_sent: Lesung", "proof_approved: Lesung"})
	wantSame(t, "who approved is not asked again", must(n.SendProofs(ctx, agenda.Shell, 2027, "form2")).Sent, 0)

	d := reading("2027-09-15T18:30")
	d.Summary = "Zwei Autorinnen lesen."
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	wantSame(t, "a change asks anew", must(n.SendProofs(ctx, agenda.Shell, 2027, "form3")).Sent, 1)
	n.at("2027-08-11T00:00")
	n.wantLetters("after the copy deadline a proof is of no use")
	if _, err := n.SendProofs(ctx, agenda.Shell, 2027, "form4"); !errors.Is(err, agenda.ErrState) {
		t.Errorf("after the copy deadline: %v, want ErrState", err)
	}
}

// Pages of the programme have addresses that no event takes.
func TestEventsDoNotHideThePagesOfTheProgramme(t *testing.T) {
	n := open(t, "2027-08-01T09:00")
	n.call()
	for _, title := range []string{"Heft", "Plakat!", "Änderungen", "Einreichen"} {
		d := reading("2027-09-15T18:30")
		d.Title = title
		if e := must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, "")); !strings.HasPrefix(e.Slug, "veranstaltung") {
			t.Errorf("%s has the address %q", title, e.Slug)
		}
	}
}
