package agenda

import (
	"errors"
	"testing"
	"time"
)

func printable(id EventID, start string) Event {
	at, err := ParseLocal(start)
	if err != nil {
		panic(err)
	}
	return Event{
		ID: id, Edition: 2027, Slug: string(id), Review: Published, Standing: Scheduled, Changed: time.Date(2027, 8, 1, 8, 0, 0, 0, time.UTC),
		EventDetails: EventDetails{
			Title: "Lesung", Summary: "Eine Autorin liest.", Category: "lesung", Start: at, End: at.AddMinutes(90), Venue: Venue{Name: "Bücherei", Town: "Bünde"},
			Organiser: "Stadt Bünde", Audiences: []string{"alle"}, Languages: []string{"de"}, Free: true, Contact: "info@example.org", Description: "Lang.",
			Internal: Contact{Name: "Erika", Email: "erika@example.org", Phone: "1"},
		},
	}
}

func TestPrintedHoldsNothingInternal(t *testing.T) {
	p := printable("a", "2027-09-15T18:30").Printed()
	if p.Details.Internal != (Contact{}) || p.Details.Description != "" {
		t.Errorf("printed: %+v", p.Details)
	}
}

func TestPrintChanges(t *testing.T) {
	on := "2027-09-15T18:30"
	for name, c := range map[string]struct {
		change func(*Event) // of what was printed
		kind   PrintKind    // "" for no change
		fields int
	}{
		"nothing":               {func(*Event) {}, "", 0},
		"description only":      {func(e *Event) { e.Description = "Länger." }, "", 0},
		"internal contact only": {func(e *Event) { e.Internal.Name = "Hans" }, "", 0},
		"time":                  {func(e *Event) { e.Start, e.End = e.Start.AddMinutes(60), e.End.AddMinutes(60) }, PrintMoved, 0},
		"place and price":       {func(e *Event) { e.Venue.Name, e.Free, e.Price = "Rathaus", false, "2 Euro" }, PrintMoved, 2},
		"summary":               {func(e *Event) { e.Summary = "Zwei lesen." }, PrintChanged, 1},
		"fully booked":          {func(e *Event) { e.FullyBooked = true }, PrintChanged, 1},
		"cancelled and moved":   {func(e *Event) { e.Standing, e.Start = Cancelled, e.Start.AddMinutes(60) }, PrintCancelled, 0},
		"postponed":             {func(e *Event) { e.Standing = Postponed }, PrintPostponed, 0},
	} {
		was := printable("a", on)
		now := was
		c.change(&now)
		got := PrintChanges([]Printed{was.Printed()}, []Printed{now.Printed()})
		if c.kind == "" {
			if len(got) != 0 {
				t.Errorf("%s: %+v, want no change", name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Kind != c.kind || len(got[0].Changes) != c.fields {
			t.Errorf("%s: %+v, want %s with %d fields", name, got, c.kind, c.fields)
		}
	}
}

func TestPrintChangesOfTheList(t *testing.T) {
	stays, goes, comes, never := printable("a", "2027-09-20T10:00"), printable("b", "2027-09-18T10:00"), printable("c", "2027-09-19T10:00"), printable("d", "2027-09-17T10:00")
	never.Standing = Cancelled
	back, dead := printable("e", "2027-09-16T10:00"), printable("f", "2027-09-15T10:00")
	back.Standing, dead.Standing = Cancelled, Cancelled
	restored, still := back, dead
	restored.Standing, still.Summary = Scheduled, "Anders."
	got := PrintChanges(
		[]Printed{stays.Printed(), goes.Printed(), back.Printed(), dead.Printed()},
		[]Printed{still.Printed(), restored.Printed(), never.Printed(), comes.Printed(), stays.Printed()})
	var kinds []PrintKind
	for _, c := range got {
		kinds = append(kinds, c.Kind)
	}
	if len(kinds) != 3 || kinds[0] != PrintRestored || kinds[1] != PrintWithdrawn || kinds[2] != PrintNew {
		t.Errorf("%v, want restored, withdrawn, new by time", kinds)
	}
}

func TestProofAndApproval(t *testing.T) {
	now := time.Date(2027, 8, 20, 8, 0, 0, 0, time.UTC)
	e := printable("a", "2027-09-15T18:30")
	if _, err := e.Approve(e.Changed, now); !errors.Is(err, ErrState) {
		t.Errorf("approved unasked: %v", err)
	}
	sent, err := e.Proof(now)
	if err != nil || !sent.ProofSent.Equal(now) || !sent.Changed.Equal(e.Changed) {
		t.Fatalf("Proof = %+v, %v", sent, err)
	}
	if _, err := sent.Approve(sent.Changed.Add(-time.Second), now); !errors.Is(err, ErrConflict) {
		t.Errorf("approved what she did not see: %v", err)
	}
	ok, err := sent.Approve(sent.Changed, now)
	if err != nil || ok.NeedsProof() {
		t.Fatalf("Approve = %+v, %v", ok, err)
	}
	if again, err := ok.Approve(ok.Changed, now.Add(time.Hour)); err != nil || !again.ProofApproved.Equal(now) {
		t.Errorf("second approval: %v, %v", again.ProofApproved, err)
	}
	if _, err := ok.Proof(now); !errors.Is(err, ErrState) {
		t.Errorf("asked again after approval: %v", err)
	}
	for name, c := range map[string]struct {
		change func(*EventDetails)
		needs  bool
	}{
		"summary":     {func(d *EventDetails) { d.Summary = "Zwei lesen." }, true},
		"place":       {func(d *EventDetails) { d.Venue.Name = "Rathaus" }, true},
		"description": {func(d *EventDetails) { d.Description = "Länger." }, false},
		"phone":       {func(d *EventDetails) { d.Internal.Phone = "2" }, false},
	} {
		d := ok.EventDetails
		c.change(&d)
		after, _, err := ok.Change(d, true, time.Time{}, now, time.UTC)
		if err != nil || after.NeedsProof() != c.needs {
			t.Errorf("after a change of the %s: NeedsProof = %v, %v", name, after.NeedsProof(), err)
		}
	}
	silent := e
	silent.Internal.Email = ""
	hidden, off := e, e
	hidden.Review, off.Standing = Submitted, Cancelled
	for _, e := range []Event{silent, hidden, off} {
		if _, err := e.Proof(now); !errors.Is(err, ErrState) {
			t.Errorf("%s %s %q: %v, want ErrState", e.Review, e.Standing, e.Internal.Email, err)
		}
	}
}

func TestProofDeadline(t *testing.T) {
	day := Date{2027, 8, 20}
	ed := Edition{Print: day}
	if !ed.AsksProofs(day) || ed.AsksProofs(day.AddDays(1)) || !(Edition{}).AsksProofs(day) {
		t.Error("proofs are asked for until the copy deadline, that day included")
	}
	if until := ed.ProofsUntil(time.UTC); !until.Equal(time.Date(2027, 8, 21, 0, 0, 0, 0, time.UTC)) || !(Edition{}).ProofsUntil(time.UTC).IsZero() {
		t.Errorf("ProofsUntil = %v", until)
	}
}
