package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"widunetz/internal/agenda"
)

// core makes a group that prepares the project group; Amina sits in it, and so
// does the chair of the other one.
func (n *network) core() agenda.Group {
	n.t.Helper()
	g := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Vorbereitung", Prepares: project, Start: "10:00", Minutes: 60, Place: "Raum 113"}))
	for _, email := range []string{amina, birgit} {
		must(n.TakeSeat(ctx, agenda.Shell, g.ID, n.person(email).ID, agenda.Date{}, false))
	}
	return g
}

const yearPath = "/koordination/gremien/projektgruppe/jahresplanung"

func thursdays(change ...string) string {
	q := url.Values{"do": {"plan"}, "year": {"2028"}, "count": {"6"}, "weekday": {"4"}, "start": {"09:00"}, "minutes": {"120"}, "min_weeks": {"6"}, "hosts": {"1"}, "fresh": {"1"}}
	for i := 0; i+1 < len(change); i += 2 {
		if q.Set(change[i], change[i+1]); change[i+1] == "" {
			q.Del(change[i])
		}
	}
	return yearPath + "?" + q.Encode()
}

// proposals are the forms of the page that make dates.
func proposals(a *answer) (out []*html.Node) {
	for _, f := range a.all("form") {
		if attr(f, "method") == "post" && strings.Contains(attr(f, "action"), "/jahresplanung?") {
			out = append(out, f)
		}
	}
	return out
}

func TestYearIsProposedWithReasonsAndMadeOnce(t *testing.T) {
	t.Parallel()
	n := open(t)
	core := n.core()
	n.deliver()
	boss := n.as(vera)
	before := len(n.meetings(project))
	boss.get("/gremien/projektgruppe").want(t, http.StatusOK, `href="`+yearPath+`"`)
	boss.get(yearPath).want(t, http.StatusOK, "Was ist Ihnen wichtig?")
	page := boss.get(thursdays()).want(t, http.StatusOK, "Vorschlag 1", "Vorschlag 3", "Gemiedene Tage", "Kein Feiertag, keine Schulferien", "Feiertag: Christi Himmelfahrt", "Feiertagsgesetz NW § 2", "Schulferien:", "BASS", "noch nie Gastgeber")
	if len(n.meetings(project)) != before {
		t.Fatal("looking at proposals made dates")
	}
	forms := proposals(page)
	if len(forms) != 3 {
		t.Fatalf("%d proposals", len(forms))
	}
	form := fields(forms[0])
	if len(form["chosen"]) != 6 || form.Get("state") != "planned" || form.Get("prepare") != "1" || form.Get("host.0") == "" {
		t.Fatalf("form %v", form)
	}
	form["chosen"] = form["chosen"][:5] // one is unticked
	form.Set("host.1", "")
	boss.then(boss.post(yearPath, form)).want(t, http.StatusOK, "5 Termine angelegt", "5 vorbereitende Sitzungen")
	boss.then(boss.post(yearPath, form)).want(t, http.StatusOK, "schon angelegt")                // the second click
	boss.then(boss.post(yearPath, fields(forms[1]))).want(t, http.StatusOK, "1 Termin angelegt") // the sixth, and nothing doubled
	made := n.meetings(project)[before:]
	if len(made) != 6 {
		t.Fatalf("%d dates", len(made))
	}
	if h := must(n.Host(ctx, made[0])).Institution; string(h) != form.Get("host.0") {
		t.Errorf("host %q, want the one that was proposed", h)
	}
	if h := must(n.Host(ctx, made[1])).Institution; h != "" {
		t.Errorf("host %q, want none", h)
	}
	for i, m := range n.meetings(core.ID) {
		if m.State != agenda.MeetingPlanned || !m.Start.Before(made[i].Start) || m.Start.DaysTo(made[i].Start.Date) < 12 {
			t.Errorf("%s prepares %s", m.Start, made[i].Start)
		}
	}
	if mails := n.deliver(); len(mails) != 0 {
		t.Errorf("%d mails for dates that are only planned", len(mails))
	}
	feed := n.browser().get("/feeds/personal/" + n.PersonFeedToken(n.person(cem)) + ".ics")
	if got := strings.Count(feed.body, "STATUS:TENTATIVE"); got < 6 {
		t.Errorf("%d tentative dates in a member's calendar, want the six", got)
	}
}

func TestWishesThatCannotBeAreToldAtTheirFields(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	for _, c := range []struct {
		field  string
		change []string
	}{
		{"year", []string{"year", "2026"}}, {"year", []string{"year", "3000"}}, {"year", []string{"year", "bald"}}, {"weekday", []string{"weekday", ""}},
		{"count", []string{"count", "0"}}, {"count", []string{"count", "12", "min_weeks", "6"}}, {"max_weeks", []string{"max_weeks", "4"}},
		{"start", []string{"start", "25:00"}}, {"minutes", []string{"minutes", "0"}},
	} {
		if a := boss.get(thursdays(c.change...)).want(t, http.StatusUnprocessableEntity); !a.invalid()[c.field] {
			t.Errorf("%v: marked are %v", c.change, a.invalid())
		}
	}
	n.set("2027-12-31T12:00")
	if a := n.as(vera).get(thursdays("year", "2027")).want(t, http.StatusUnprocessableEntity, "keiner mehr übrig"); !a.invalid()["year"] {
		t.Errorf("no Thursday left: marked are %v", a.invalid())
	}
}

func TestWhenNothingFitsAWishToRelaxLeadsToAPlan(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	page := boss.get(thursdays("count", "9", "min_weeks", "6", "max_weeks", "6")).want(t, http.StatusOK, "Mit diesen Wünschen gibt es keinen Plan.", "Es ginge mit")
	if len(proposals(page)) != 0 {
		t.Fatal("proposals that do not meet the wishes")
	}
	for _, a := range within(page.all("main")[0], "a") {
		if strings.Contains(attr(a, "href"), "jahresplanung?") {
			if got := proposals(boss.get(attr(a, "href")).want(t, http.StatusOK)); len(got) == 0 {
				t.Errorf("%s: still no plan", inner(a))
			}
			return
		}
	}
	t.Error("no wish to relax")
}

// The year of a group that prepares another one follows from the dates of that.
func TestYearOfAPreparingGroup(t *testing.T) {
	t.Parallel()
	n := open(t)
	core := n.core()
	boss := n.as(vera)
	path := "/koordination/gremien/" + string(core.ID) + "/jahresplanung"
	page := boss.get(path+"?do=plan&year=2027&before=5&start=10:00&minutes=60").want(t, http.StatusOK, "5 Arbeitstage vor der Sitzung am 08.09.2027", "12 Arbeitstage vor der Sitzung am 10.11.2027")
	form := fields(proposals(page)[0])
	boss.then(boss.post(path, form)).want(t, http.StatusOK, "angelegt")
	target := n.meetings(project)[1]
	ties := must(n.Preparations(ctx, target))
	if len(ties) != 1 || ties[0].Date.Start.String() != "2027-10-22T10:00" {
		t.Fatalf("what prepares %s: %+v", target.Start, ties)
	}
	// A target that is not of the prepared group is not taken.
	form.Set("once", "another")
	form.Set("target.0", string(n.meetings(migration)[0].ID))
	form.Del("stands.0")
	if got := boss.post(path, form).StatusCode; got != http.StatusNotFound {
		t.Errorf("foreign target: status %d", got)
	}
}

// Moving one date of the project group moves its preparing meeting and sends one
// mail to each, with both dates to whoever sits in both.
func TestMovingADateMovesItsPreparingMeetingOnThePage(t *testing.T) {
	t.Parallel()
	n := open(t)
	core := n.core()
	n.deliver()
	boss := n.as(vera)
	target := n.meetings(project)[1] // 10 November
	edit := "/koordination/sitzungen/" + string(target.ID)
	page := boss.get(edit).want(t, http.StatusOK, "hat für diese Sitzung aber noch keinen Termin")
	boss.then(boss.submit(page, "/vorbereitung", nil)).want(t, http.StatusOK, "Zieht mit")
	kern := n.meetings(core.ID)[0]
	must(n.Invite(ctx, agenda.Shell, project, []agenda.MeetingID{target.ID}, ""))
	must(n.Invite(ctx, agenda.Shell, core.ID, []agenda.MeetingID{kern.ID}, ""))
	n.deliver()
	boss.then(boss.submit(boss.get(edit), string(target.ID), map[string][]string{"date": {"2027-11-24"}, "mail": {"yes"}})).want(t, http.StatusOK)
	now := must(n.Meeting(ctx, kern.ID))
	if kern.Start.String() != "2027-10-22T10:00" || now.Start.String() != "2027-11-10T10:00" {
		t.Fatalf("the preparing meeting went from %s to %s", kern.Start, now.Start)
	}
	n.wait(20 * time.Minute)
	mails := n.deliver()
	both := only(t, to(mails, agenda.KindChange, amina))
	for _, text := range []string{"24. November 2027", "10. November 2027, 10:00", "22. Oktober 2027", "Vorbereitung"} {
		if !strings.Contains(both.Text, text) {
			t.Errorf("%q is not in the mail:\n%s", text, both.Text)
		}
	}
	if strings.Count(string(both.Calendar), "BEGIN:VEVENT") != 2 {
		t.Errorf("calendar of both dates:\n%s", both.Calendar)
	}
	if l := only(t, to(mails, agenda.KindChange, cem)); strings.Contains(l.Text, "Vorbereitung") {
		t.Errorf("who does not sit in the preparing group is told of it:\n%s", l.Text)
	}
	// Cancelled with its target, unless the box is unticked.
	page = boss.get(edit)
	boss.then(boss.submit(page, "/stand", map[string][]string{"along": nil, "mail": {"no"}})).want(t, http.StatusOK)
	if m := must(n.Meeting(ctx, kern.ID)); m.State != agenda.MeetingFixed {
		t.Errorf("the preparing meeting is %s", m.State)
	}
	n.TurnMeeting(ctx, agenda.Shell, target.ID, agenda.MeetingFixed, time.Time{}, agenda.Telling{}) //nolint:errcheck // seen below
	boss.then(boss.submit(boss.get(edit), "/stand", map[string][]string{"mail": {"no"}})).want(t, http.StatusOK)
	if m := must(n.Meeting(ctx, kern.ID)); m.State != agenda.MeetingCancelled {
		t.Errorf("the preparing meeting is %s", m.State)
	}
	// Members see what a meeting prepares, if they may see that.
	n.as(amina).get("/sitzungen/"+string(kern.ID)).want(t, http.StatusOK, "Bereitet vor:")
	if slices.ContainsFunc(must(n.SeatsOf(ctx, n.person(birgit).ID)), func(s agenda.Seat) bool { return s.Group == project }) {
		return
	}
	n.as(birgit).get("/sitzungen/"+string(kern.ID)).want(t, http.StatusOK).lacks(t, "Bereitet vor:")
}
