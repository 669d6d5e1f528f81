package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// problems returns "line column rule want" of a report's problems.
func problems(r agenda.Report) []string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, strings.TrimSpace(fmt.Sprint(p.Line, " ", p.Column, " ", p.Rule, " ", p.Want)))
	}
	return out
}

func TestRowsThatCannotBeTakenAreReported(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	rows := []agenda.PersonRow{
		{Line: 2, Family: "Ahrens", Email: "a@example.org", Institution: "Caritas"},
		{Line: 3, Given: "Ohne"},
		{Line: 4, Family: "Böker", Email: "b@c@d"},
		{Line: 5, Family: strings.Repeat("x", 101)},
		{Line: 6, Family: "Ahrens", Given: "Anders", Email: "A@Example.org", Institution: "Diakonie"},
		{Line: 7, Family: "Cetin", Email: "c@example.org", Groups: []string{"???"}},
		{Line: 8, Family: "Demir", Email: "d@example.org", Groups: []string{"Kerngruppe"}},
	}
	got := must(n.ImportPeople(ctx, agenda.Shell, rows, false))
	wantSame(t, "problems", problems(got), []string{
		"3 family error.required", "4 email error.email name@example.org", "5 family error.too_long 100", "6 line error.double 2", "7 name error.required",
	})
	wantSame(t, "added", got.Count("added"), 2)
	var names []string
	for _, p := range must(n.People(ctx)) {
		names = append(names, p.Family)
	}
	wantSame(t, "people: a bad row leaves nothing", names, []string{"Ahrens", "Demir"})
	wantSame(t, "institutions: nor does it make one", len(must(n.Institutions(ctx))), 1)
	wantSame(t, "groups", len(must(n.Groups(ctx))), 1)
}

func TestCorrectedFileUpdates(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	file := func(rows ...agenda.PersonRow) agenda.Report {
		n.wait(time.Minute)
		return must(n.ImportPeople(ctx, agenda.Actor{By: "import"}, rows, false))
	}
	file(agenda.PersonRow{Line: 2, Family: "Ahrens", Given: "Amina", Email: "a@example.org", Phone: "1", Institution: "Caritas", Groups: []string{"Kerngruppe"}},
		agenda.PersonRow{Line: 3, Family: "Böker", Given: "Birgit", Institution: "Diakonie"})
	for _, c := range []struct {
		name string
		row  agenda.PersonRow
		verb string
		want string
	}{
		{"empty cells say nothing", agenda.PersonRow{Line: 2, Family: "Ahrens", Given: "Amina", Email: "a@example.org"}, "same", ""},
		{"married: found by her address", agenda.PersonRow{Line: 2, Family: "Yilmaz", Given: "Amina", Email: "A@Example.org"}, "changed", "family:Ahrens>Yilmaz"},
		{"new address: found by name and institution", agenda.PersonRow{Line: 2, Family: "YILMAZ", Given: "Amina", Email: "neu@example.org", Institution: "Caritas"}, "changed", "family:Yilmaz>YILMAZ email:a@example.org>neu@example.org"},
		{"an address at last", agenda.PersonRow{Line: 3, Family: "Boeker", Given: "Birgit", Email: "b@example.org", Institution: "DIAKONIE"}, "changed", "family:Böker>Boeker email:>b@example.org"},
		{"another group", agenda.PersonRow{Line: 3, Family: "Boeker", Given: "Birgit", Email: "b@example.org", Groups: []string{"Kerngruppe"}}, "changed", "group:>Kerngruppe"},
		{"other institution, no address: another person", agenda.PersonRow{Line: 4, Family: "Boeker", Given: "Birgit", Institution: "AWO"}, "added", "given:>Birgit family:>Boeker lang:>de institution:>AWO"},
	} {
		dry := must(n.ImportPeople(ctx, agenda.Shell, []agenda.PersonRow{c.row}, true))
		r := file(c.row)
		if len(r.Items) != 1 || r.Items[0].Verb != c.verb || fields(r.Items[0].Changes) != c.want {
			t.Errorf("%s: %+v %v, want %s %s", c.name, r.Items, r.Problems, c.verb, c.want)
		}
		wantSame(t, c.name+": the rehearsal said", dry.Items[0].Verb, c.verb)
		if again := file(c.row); again.Count("same") != 1 {
			t.Errorf("%s, again: %+v", c.name, again.Items)
		}
	}
	wantSame(t, "people", len(must(n.People(ctx))), 3)
}

func TestProgrammeImportedTwice(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-06-01T12:00")
	row := func(title, start string) agenda.EventRow {
		d := reading(start)
		d.Title, d.Internal = title, agenda.Contact{}
		return agenda.EventRow{Line: 2, EventDetails: d}
	}
	rows := []agenda.EventRow{row("Lesung", "2027-09-15T18:30"), row("Fest", "2027-10-02T14:00"), row("Fest", "2028-10-02T14:00"), {Line: 5}}
	rows[3].Title = "Ohne alles"
	dry := must(n.ImportEvents(ctx, agenda.Shell, rows, true))
	if dry.Count("added") != 3 || len(must(n.Events(ctx, 0))) != 0 || len(must(n.Editions(ctx))) != 0 {
		t.Errorf("rehearsal: %+v, and %d events", dry, len(must(n.Events(ctx, 0))))
	}
	rows = rows[:3]
	first := must(n.ImportEvents(ctx, agenda.Shell, rows, false))
	wantSame(t, "first", first.Count("added"), 3)
	wantSame(t, "second", must(n.ImportEvents(ctx, agenda.Shell, rows, false)).Count("same"), 3)
	ed := must(n.Edition(ctx, 2027))
	wantSame(t, "span of the edition made", ed.Starts.String()+" "+ed.Ends.String(), "2027-09-15 2027-10-02")
	e := must(n.EventBySlug(ctx, 2027, "lesung"))
	n.watch(e.ID, "w@example.org")
	d := e.EventDetails
	d.Doors = "18:00"
	d.Internal = agenda.Contact{Name: "Erika", Email: "erika@example.org"}
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	wantSame(t, "what a file has no column for stays", must(n.ImportEvents(ctx, agenda.Shell, rows[:1], false)).Count("same"), 1)
	rows[0].Summary = "Zwei lesen."
	wantSame(t, "corrected", fields(must(n.ImportEvents(ctx, agenda.Shell, rows[:1], false)).Items[0].Changes), "summary:Eine Autorin liest.>Zwei lesen.")
	n.wait(time.Hour)
	n.wantLetters("a corrected text tells nobody")
	rows[0] = row("LESUNG", "2027-09-16T18:30")
	rows[0].Title = "Lesung"
	must(n.ImportEvents(ctx, agenda.Shell, rows[:1], false))
	n.wait(time.Hour)
	n.wantLetters("a moved event tells", "change w")
	got := must(n.EventBySlug(ctx, 2027, "lesung"))
	wantSame(t, "id, doors, contact", []string{string(got.ID), got.Doors, got.Internal.Name}, []string{string(e.ID), "18:00", "Erika"})
}

func TestSlugsOfEventsAreTheirOwn(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-06-01T12:00")
	var slugs []string
	for _, title := range []string{"Fest", "Fest", "Fest", "Einreichen", "مهرجان"} {
		d := reading("2027-09-15T18:30")
		d.Title = title
		e := must(n.AddEvent(ctx, agenda.Shell, 0, d, agenda.Published, ""))
		wantSame(t, "found by its address", must(n.EventBySlug(ctx, 2027, e.Slug)).ID, e.ID)
		slugs = append(slugs, e.Slug)
	}
	wantSame(t, "slugs", slugs, []string{"fest", "fest-2", "fest-3", "veranstaltung", "veranstaltung-2"})
}

func TestForeignCalendarOfAnyKind(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	item := func(uid, start string) agenda.FeedItem {
		s := must(agenda.ParseLocal(start))
		return agenda.FeedItem{UID: uid, Start: s, End: s.AddMinutes(90), Title: "Sitzung"}
	}
	past, cancelled, gap := item("past", "2027-07-31T09:00"), item("cancelled", "2027-09-01T09:00"), item("gap", "2028-03-26T02:30")
	cancelled.Cancelled = true
	backward := item("backward", "2027-09-02T09:00")
	backward.End = backward.Start.AddMinutes(-1)
	items := []agenda.FeedItem{item("a", "2027-08-31T09:00"), past, cancelled, gap, backward, item(strings.Repeat("u", 2000), "2027-09-03T09:00"), item("b", "2027-09-04T09:00")}
	dry := must(n.ImportMeetings(ctx, agenda.Shell, g.ID, items, true, true))
	got := must(n.ImportMeetings(ctx, agenda.Shell, g.ID, items, true, false))
	wantSame(t, "added", []int{dry.Count("added"), got.Count("added")}, []int{2, 2})
	wantSame(t, "problems", problems(got), []string{"4 start error.gap", "5 end error.order 09:00", "6 uid error.too_long 300"})
	n.wantLetters("invited at once", "invitation m00")
	wantSame(t, "again", must(n.ImportMeetings(ctx, agenda.Shell, g.ID, items, true, false)).Count("same"), 4)
	n.wantLetters("again invites nobody")
	ms := must(n.Meetings(ctx, g.ID, must(agenda.ParseDate("2027-01-01")), must(agenda.ParseDate("2028-12-31"))))
	wantSame(t, "dates", len(ms), 2)
	n.turn(ms[0].ID, agenda.MeetingCancelled, agenda.Telling{})
	items[0].Start, items[0].End = items[0].Start.AddMinutes(60), items[0].End.AddMinutes(60)
	must(n.ImportMeetings(ctx, agenda.Shell, g.ID, items[:1], false, false))
	wantSame(t, "what was cancelled here stays", must(n.Meeting(ctx, ms[0].ID)).State, agenda.MeetingCancelled)
	if _, err := n.ImportMeetings(ctx, agenda.Shell, "nix", items, false, false); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("into a group that is none: %v", err)
	}
}

func TestImportReleasesMoreDatesThanOneInvitationHolds(t *testing.T) {
	t.Parallel()
	n := open(t, "2026-12-01T12:00")
	g := n.group(2)
	var items []agenda.FeedItem
	for i, l := range agenda.Every(1, 65, must(agenda.ParseLocal("2027-01-12T09:00"))) {
		items = append(items, agenda.FeedItem{UID: fmt.Sprint("u", i), Start: l, End: l.AddMinutes(60), Title: "Sitzung"})
	}
	must(n.ImportMeetings(ctx, agenda.Shell, g.ID, items, true, false))
	wantSame(t, "uninvited", len(must(n.Uninvited(ctx, g.ID))), 0)
	n.wantLetters("sixty and five", "invitation m00", "invitation m00")
}
