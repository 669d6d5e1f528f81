package agenda_test

import (
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// complete is an event that lacks nothing.
func complete() agenda.Event {
	e := event(agenda.Submitted)
	e.StepFree, e.Childcare = agenda.Yes, agenda.No
	e.Picture = &agenda.Picture{Blob: "a", BlobSmall: "b", Alt: "Ein Buch", Credit: "Erika", Licence: agenda.OwnPicture}
	return e
}

func TestWhatAReaderWouldMiss(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*agenda.Event)
		want   string
	}{
		{"nothing", func(*agenda.Event) {}, ""},
		{"what may be left out", func(e *agenda.Event) {
			e.Subtitle, e.Description, e.Doors, e.Food, e.Interpreters, e.Places, e.CoOrganisers = "", "", "", "", "", 0, nil
		}, ""},
		{"summary", func(e *agenda.Event) { e.Summary = "" }, "summary"},
		{"step-free and childcare unknown", func(e *agenda.Event) { e.StepFree, e.Childcare = "", "" }, "stepfree childcare"},
		{"no is an answer", func(e *agenda.Event) { e.StepFree, e.Childcare = agenda.No, agenda.No }, ""},
		{"place, street, postcode", func(e *agenda.Event) { e.Venue = agenda.Venue{Town: "Bünde"} }, "venue street postcode"},
		{"town", func(e *agenda.Event) { e.Venue.Town = "" }, "town"},
		{"online without an address", func(e *agenda.Event) { e.Venue = agenda.Venue{Town: agenda.Online}; e.StepFree, e.Childcare = "", "" }, "online"},
		{"online, the address comes with the sign-up", func(e *agenda.Event) {
			e.Venue = agenda.Venue{Town: agenda.Online}
			e.SignUp, e.SignUpBy = true, "bis 10.09."
		}, ""},
		{"contact", func(e *agenda.Event) { e.Contact = "" }, "contact"},
		{"sign-up, but how", func(e *agenda.Event) { e.SignUp = true }, "signupby"},
		{"costs, but what", func(e *agenda.Event) { e.Free = false }, "price"},
		{"audience, language and kind of a reserved date", func(e *agenda.Event) { e.Audiences, e.Languages, e.Category = nil, nil, "" }, "category audiences languages"},
		{"picture", func(e *agenda.Event) { e.Picture = nil }, "picture"},
		{"picture without words and rights", func(e *agenda.Event) { e.Picture = &agenda.Picture{Blob: "a"} }, "alt credit"},
		{"proposed already", func(e *agenda.Event) {
			d := e.EventDetails
			e.StepFree, e.Review = "", agenda.Published
			e.Proposal = &agenda.Proposal{EventDetails: d}
		}, ""},
		{"does not take place", func(e *agenda.Event) { e.Summary, e.Standing = "", agenda.Cancelled }, ""},
		{"withdrawn", func(e *agenda.Event) { e.Summary, e.Review = "", agenda.Withdrawn }, ""},
	} {
		e := complete()
		c.change(&e)
		if got := strings.Join(e.Missing(), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhoMayBeAsked(t *testing.T) {
	t.Parallel()
	loc := berlin(t)
	e := complete()
	e.StepFree = ""
	before, after := e.End.In(loc).Add(-time.Minute), e.End.In(loc)
	silent := e
	silent.Internal.Email = ""
	draft := e
	draft.Review = agenda.Draft
	if draft.MayAsk(before, loc) {
		t.Error("asked for what she is still writing")
	}
	if !e.MayAsk(before, loc) || e.MayAsk(after, loc) || silent.MayAsk(before, loc) || complete().MayAsk(before, loc) {
		t.Error("asked is who has an address, before the end, when something lacks")
	}
	together := map[agenda.Review]bool{agenda.Submitted: true, agenda.Accepted: true, agenda.Published: true}
	for _, r := range []agenda.Review{agenda.Reserved, agenda.Submitted, agenda.Returned, agenda.Accepted, agenda.Published, agenda.Withdrawn} {
		if got := event(r).AskedWithAll(); got != together[r] {
			t.Errorf("%s: asked with all: %v", r, got)
		}
	}
	a := agenda.Asked{At: before}
	if !a.Rests(before.Add(24*time.Hour-time.Second)) || a.Rests(before.Add(24*time.Hour)) || (agenda.Asked{}).Rests(before) {
		t.Error("nobody is asked twice within a day, and after a day anybody")
	}
}
