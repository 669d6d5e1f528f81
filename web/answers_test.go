package web

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

// asks switches on that the migration group is asked who comes, invites its
// members to its next meeting, and returns that with the path of the link that
// was mailed to amina.
func asks(t *testing.T, n *network, names bool) (agenda.Meeting, string) {
	t.Helper()
	g := must(n.Group(ctx, migration))
	rules := agenda.Rules{Answers: agenda.AnswerRules{On: true, By: 5, Nudge: 7, Heads: 2, Names: names}}
	must(0, n.SetRules(ctx, agenda.Shell, migration, rules, g.Changed))
	m := n.meetings(migration)[0]
	must(n.Invite(ctx, agenda.Shell, migration, []agenda.MeetingID{m.ID}, ""))
	l := only(t, to(n.deliver(), agenda.KindInvitation, amina))
	path := link(t, l, "/antwort/")
	if !strings.HasSuffix(path, "?antwort=ja") {
		t.Errorf("the first button leads to %s", path)
	}
	return m, strings.TrimSuffix(path, "?antwort=ja")
}

func (n *network) answerOf(m agenda.Meeting, email string) agenda.Answer {
	return must(n.Answer(ctx, m.ID, n.person(email).ID))
}

const eve = "eve.ebert@verein.example"

func withSubstitute(name, email string) url.Values {
	return url.Values{"answer": {"substitute"}, "substitute_name": {name}, "substitute_email": {email}}
}

func TestAnswerFromTheMail(t *testing.T) {
	t.Parallel()
	n := open(t)
	m, path := asks(t, n, false)
	b := n.browser()
	for choice, word := range letter.AnswerWords { // a scanner opens every link
		page := b.get(path+"?antwort="+word).want(t, http.StatusOK, "Diese Antwort gilt für Amina Ahrens", "22. September 2027", "17. September 2027", `value="`+string(choice)+`" checked`)
		page.lacks(t, "Set-Cookie")
	}
	if a := n.answerOf(m, amina); a.Choice != "" {
		t.Fatalf("opening the links was enough: %+v", a)
	}
	page := b.get(path+"?antwort=nein").want(t, http.StatusOK)
	b.then(b.submit(page, path, nil)).want(t, http.StatusOK, "Ihre Antwort: Ich komme nicht.", "können Sie die Antwort ändern")
	b.then(b.submit(b.get(path), path, url.Values{"answer": {"yes"}, "comment": {"Ich komme später."}})).want(t, http.StatusOK, "Ihre Antwort: Ich komme.")
	if a := n.answerOf(m, amina); a.Choice != agenda.AnswerYes || a.By != "mail" || a.Comment != "Ich komme später." {
		t.Errorf("answer %+v", a)
	}
	for name, c := range map[string]struct {
		send url.Values
		says string
	}{
		"nothing chosen":    {url.Values{"answer": {""}}, "eine der drei Antworten"},
		"no name":           {withSubstitute("", eve), "Name der Vertretung"},
		"no address":        {withSubstitute("Eve", "eve"), `value="eve"`},
		"a member":          {withSubstitute("B.", birgit), "ist selbst Mitglied"},
		"a choice too many": {url.Values{"answer": {"maybe"}}, "eine der drei Antworten"},
	} {
		b.submit(b.get(path), path, c.send).want(t, http.StatusUnprocessableEntity, c.says)
		if a := n.answerOf(m, amina); a.Choice != agenda.AnswerYes {
			t.Errorf("%s: kept %+v", name, a)
		}
	}
	for _, bad := range []string{"/antwort/x", path + "x", strings.Replace(path, "/antwort/", "/vertretung/", 1), "/antwort/" + n.PollToken("x", n.person(amina).ID)} {
		b.get(bad).want(t, http.StatusNotFound)
		b.post(bad, url.Values{"answer": {"no"}, "do": {"cannot"}}).want(t, http.StatusNotFound)
	}
}

func TestAnswerThatComesTooLate(t *testing.T) {
	t.Parallel()
	n := open(t)
	m, path := asks(t, n, false)
	n.set("2027-09-22T10:00")
	b := n.browser()
	b.get(path).want(t, http.StatusOK, "Antworten ist nicht mehr möglich").lacks(t, "Antwort senden")
	b.post(path, url.Values{"answer": {"yes"}}).want(t, http.StatusUnprocessableEntity, "Die Sitzung hat schon begonnen")
	member := n.as(amina)
	member.get("/sitzungen/"+string(m.ID)).want(t, http.StatusOK, "Zugesagt").lacks(t, "Antwort senden")
	member.post("/sitzungen/"+string(m.ID)+"/antwort", url.Values{"answer": {"yes"}}).want(t, http.StatusUnprocessableEntity, "Die Sitzung hat schon begonnen")
	if a := n.answerOf(m, amina); a.Choice != "" {
		t.Errorf("kept %+v", a)
	}
}

func TestAnswerAfterAMoveAndACancellation(t *testing.T) {
	t.Parallel()
	n := open(t)
	m, path := asks(t, n, false)
	b := n.browser()
	b.submit(b.get(path), path, url.Values{"answer": {"yes"}}).want(t, http.StatusSeeOther)
	d := m.MeetingDetails
	d.Start, d.End = d.Start.AddDays(7), d.End.AddDays(7)
	m = must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, d, m.Changed, agenda.Telling{Mail: true}))
	n.wait(storeConfig(n.clock).Clock.Quiet)
	change := only(t, to(n.deliver(), agenda.KindChange, amina))
	if !strings.Contains(change.Text, "Ihre Antwort galt für den alten Termin") || link(t, change, "/antwort/") != path+"?antwort=ja" {
		t.Errorf("the mail does not ask anew:\n%s", change.Text)
	}
	b.get(path).want(t, http.StatusOK, "galt für den alten Termin am Mittwoch, 22. September 2027", "Bitte antworten Sie neu", "Antwort senden")
	n.as(birgit).get("/koordination/sitzungen/"+string(m.ID)+"/antworten").want(t, http.StatusOK, "Antwort galt für den alten Termin")
	must(n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingCancelled, m.Changed, agenda.Telling{}))
	b.get(path).want(t, http.StatusOK, "Die Sitzung ist abgesagt").lacks(t, "Antwort senden")
	b.post(path, url.Values{"answer": {"yes"}}).want(t, http.StatusUnprocessableEntity, "Die Sitzung ist abgesagt")
}

func TestSubstitute(t *testing.T) {
	t.Parallel()
	n := open(t)
	m, path := asks(t, n, true)
	d := m.MeetingDetails
	d.Note = "Bericht aus den Kommunen"
	m = must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, d, m.Changed, agenda.Telling{}))
	must(0, n.AddDocument(ctx, agenda.Shell, m.ID, "", "plan.pdf", []byte("%PDF-1.7 x")))
	b := n.browser()
	b.then(b.submit(b.get(path+"?antwort=vertretung"), path, withSubstitute("Eve Ebert", eve))).want(t, http.StatusOK, "Ihre Antwort: Eve Ebert kommt in Vertretung")
	mail := only(t, to(n.deliver(), agenda.KindSubstitute, eve))
	if !strings.Contains(mail.Text, "Amina Ahrens") || !strings.Contains(string(mail.Calendar), "BEGIN:VEVENT") {
		t.Errorf("the substitute's mail:\n%s", mail.Text)
	}
	hers := link(t, mail, "/vertretung/")
	page := n.browser().get(hers).want(t, http.StatusOK, "Sie kommen in Vertretung von Amina Ahrens", "Bericht aus den Kommunen", "plan.pdf", "Ich kann nicht kommen")
	page.lacks(t, "Set-Cookie", "Birgit", "/antwort/")
	paper := hers + "/unterlagen/" + string(must(n.Documents(ctx, m.ID))[0].ID)
	n.browser().request(http.MethodGet, paper).want(t, http.StatusOK)
	n.oneClick(hers).want(t, http.StatusOK)
	if a := n.answerOf(m, amina); !a.Substitute.Cannot.IsZero() || !a.Substitute.Quiet {
		t.Errorf("unsubscribing from mails: %+v", a.Substitute)
	}
	n.as(birgit).get("/sitzungen/"+string(m.ID)).want(t, http.StatusOK, "Eve Ebert (für Amina Ahrens)").lacks(t, eve)

	// A second one takes her place: she is told, and her link shows nothing more.
	b.submit(b.get(path), path, withSubstitute("Dan Dietz", "dan@verein.example")).want(t, http.StatusSeeOther)
	letters := n.deliver()
	only(t, to(letters, agenda.KindSubstituteOff, eve))
	second := link(t, only(t, to(letters, agenda.KindSubstitute, "dan@verein.example")), "/vertretung/")
	n.browser().get(hers).want(t, http.StatusOK, "nicht mehr als Vertretung gebraucht").lacks(t, "Bericht aus den Kommunen", "Ich kann nicht kommen")
	n.browser().request(http.MethodGet, paper).want(t, http.StatusNotFound)
	n.browser().post(hers, url.Values{"do": {"cannot"}}).want(t, http.StatusConflict)

	// He cannot; the member is asked anew.
	dan := n.browser()
	dan.post(second, url.Values{"do": {""}}).want(t, http.StatusUnprocessableEntity)
	dan.then(dan.submit(dan.get(second), second, url.Values{"do": {"cannot"}})).want(t, http.StatusOK, "Sie haben gesagt, dass Sie nicht können")
	dan.post(second, url.Values{"do": {"cannot"}}).want(t, http.StatusSeeOther)
	out := only(t, to(n.deliver(), agenda.KindSubstituteOut, amina))
	if !strings.Contains(out.Text, "Dan Dietz") || link(t, out, "/antwort/") != path+"?antwort=ja" {
		t.Errorf("the member's mail:\n%s", out.Text)
	}
	b.get(path).want(t, http.StatusOK, "Dan Dietz kann die Vertretung nicht übernehmen", "Bitte antworten Sie neu")
	n.as(amina).get("/konto").want(t, http.StatusOK, "Ihre Antwort zur Sitzung fehlt")

	n.set("2027-09-24T00:00") // two days after
	n.browser().get(second).want(t, http.StatusGone)
}

func TestAnswersOnTheMeetingsPage(t *testing.T) {
	t.Parallel()
	n := open(t)
	page := "/sitzungen/" + string(n.meetings(migration)[0].ID)
	n.as(amina).get(page).want(t, http.StatusOK).lacks(t, "Kommen Sie?") // nothing is switched on
	n.as(birgit).get("/koordination"+page+"/antworten").want(t, http.StatusNotFound)
	n.as(amina).get("/konto").want(t, http.StatusOK).lacks(t, "meine Antwort")
	m, _ := asks(t, n, false)
	b := n.as(amina)
	b.get("/konto").want(t, http.StatusOK, "Ihre Antwort zur Sitzung fehlt", page, "meine Antwort zu einer Sitzung fehlt")
	form := b.get(page).want(t, http.StatusOK, "Kommen Sie?", "Ohne Antwort").lacks(t, "Alle Antworten", "Birgit Böker")
	b.submit(form, page+"/antwort", withSubstitute("", "")).want(t, http.StatusUnprocessableEntity, "Name der Vertretung", "Tagesordnung")
	b.then(b.submit(form, page+"/antwort", url.Values{"answer": {"yes"}})).want(t, http.StatusOK, "Danke, die Antwort ist gespeichert", "Ihre Antwort: Ich komme.", "Zugesagt: <b>1</b>")
	b.get("/konto").want(t, http.StatusOK).lacks(t, "Ihre Antwort zur Sitzung fehlt")
	if a := n.answerOf(m, amina); a.By != "page" {
		t.Errorf("answer %+v", a)
	}
	n.as(vera).get(page).want(t, http.StatusOK, "Amina Ahrens", "Alle Antworten").lacks(t, "Antwort senden") // a coordinator is not asked
	stranger := n.as(cem)
	stranger.get(page).want(t, http.StatusNotFound)
	stranger.post(page+"/antwort", url.Values{"answer": {"yes"}}).want(t, http.StatusNotFound)
	n.as(vera).post(page+"/antwort", url.Values{"answer": {"yes"}}).want(t, http.StatusUnprocessableEntity, "keine Mitgliedschaft")
}

func TestAnswersAtTheDesk(t *testing.T) {
	t.Parallel()
	n := open(t)
	m, path := asks(t, n, false)
	desk := "/koordination/sitzungen/" + string(m.ID) + "/antworten"
	n.browser().post(path, withSubstitute("Eve Ebert", eve)).want(t, http.StatusSeeOther)
	b := n.as(birgit)
	list := b.get(desk).want(t, http.StatusOK, "Eve Ebert", eve, "Link in der Mail", "Jetzt an fehlende Antworten erinnern")
	by := desk + "/" + string(n.person(birgit).ID)
	b.submit(b.get(by).want(t, http.StatusOK, "Antwort von Birgit"), by, url.Values{"answer": {""}}).want(t, http.StatusUnprocessableEntity)
	b.then(b.submit(b.get(by), by, url.Values{"answer": {"no"}})).want(t, http.StatusOK, "ist gespeichert", "eingetragen", "Abgesagt: <b>1</b>")
	if a := n.answerOf(m, birgit); a.By != "office" {
		t.Errorf("answer %+v", a)
	}
	b.get(desk+"/"+string(n.person(cem).ID)).want(t, http.StatusNotFound)
	b.post(desk+"/"+string(n.person(cem).ID), url.Values{"answer": {"yes"}}).want(t, http.StatusNotFound)

	n.deliver()
	b.then(b.submit(list, desk, url.Values{"do": {"remind"}})).want(t, http.StatusOK, "Erinnert werden alle")
	asked := to(n.deliver(), agenda.KindNudge, "")
	if len(asked) == 0 || len(to(asked, agenda.KindNudge, amina)) > 0 || len(to(asked, agenda.KindNudge, birgit)) > 0 {
		t.Errorf("%d reminded, also those who have answered", len(asked))
	}
	b.then(b.submit(list, desk, url.Values{"do": {"remind"}})).want(t, http.StatusOK, "Heute wurde schon erinnert")
	b.post(desk, url.Values{"do": {"x"}}).want(t, http.StatusUnprocessableEntity)
	if again := n.deliver(); len(again) > 0 {
		t.Errorf("a second reminder of the day: %d mails", len(again))
	}
}

// Two answers at once leave one of them, and one person in the count.
func TestAnswersAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t)
	m, path := asks(t, n, false)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			send := []url.Values{{"answer": {"yes"}}, withSubstitute("Eve", eve)}[i%2]
			if got := n.browser().post(path, send).StatusCode; got != http.StatusSeeOther && got != http.StatusUnprocessableEntity {
				t.Errorf("status %d", got)
			}
		})
	}
	all.Wait()
	list, _, err := n.Attendance(ctx, m)
	if h := agenda.CountHeads(list); err != nil || h.Come() != 1 {
		t.Errorf("heads %+v, %v", h, err)
	}
	a := n.answerOf(m, amina)
	if asked := len(to(n.deliver(), agenda.KindSubstitute, eve)); a.Substitute != nil && asked == 0 {
		t.Error("the substitute who is to come was not told")
	}
}

// Who left the group before the day is not asked any more, whatever her link.
func TestAnswerOfSomebodyWhoLeft(t *testing.T) {
	t.Parallel()
	n := open(t)
	m, path := asks(t, n, false)
	n.browser().post(path, withSubstitute("Eve Ebert", eve)).want(t, http.StatusSeeOther)
	hers := link(t, only(t, to(n.deliver(), agenda.KindSubstitute, eve)), "/vertretung/")
	for _, seat := range must(n.Seats(ctx, migration)) {
		if seat.Holds(n.person(amina).ID) {
			must(n.PassSeat(ctx, agenda.Shell, migration, seat.ID, n.person(cem).ID, m.Start.Date))
		}
	}
	b := n.browser()
	b.get(path).want(t, http.StatusOK, "keine Mitgliedschaft").lacks(t, "Antwort senden")
	b.post(path, url.Values{"answer": {"yes"}}).want(t, http.StatusUnprocessableEntity, "keine Mitgliedschaft")
	b.get(hers).want(t, http.StatusOK, "nicht mehr als Vertretung gebraucht").lacks(t, "Ich kann nicht kommen")
}

// answerAccess is who may do what about the answers to a meeting of a group that
// asks for none; what is behind a link is looked at in answers_test.go.
func answerAccess(n *network, at string) map[string]access {
	insider := n.person(amina).ID
	m := n.meetings(migration)[0]
	const meetings = "/koordination/sitzungen/:meeting"
	page, link := "/sitzungen/"+string(m.ID)+"/antwort", "/antwort/"+n.AnswerToken(m.ID, insider)
	none := [5]int{303, 403, 403, 404, 404}
	return map[string]access{
		"GET /antwort/:token": everyone(link, 200), "POST /antwort/:token": everyone(link, 422),
		"GET /vertretung/:token/unterlagen/:document": everyone("/vertretung/x/unterlagen/x", 404),
		"GET /vertretung/:token":                      everyone("/vertretung/x", 404), "POST /vertretung/:token": everyone("/vertretung/x", 404),
		"POST /sitzungen/:meeting/antwort":        {page, [5]int{403, 404, 422, 422, 422}},
		"GET " + meetings + "/antworten":          {at + "/antworten", none},
		"POST " + meetings + "/antworten":         takes(at+"/antworten", leader, 404),
		"GET " + meetings + "/antworten/:person":  {at + "/antworten/" + string(insider), none},
		"POST " + meetings + "/antworten/:person": takes(at+"/antworten/"+string(insider), leader, 404),
	}
}
