package web

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// sitting is a meeting of the migration group that has begun, with an agenda of two
// items, of a group that takes minutes.
func sitting(t *testing.T, n *network) agenda.Meeting {
	t.Helper()
	must(0, n.SetRules(ctx, agenda.Shell, migration, agenda.Rules{Minutes: agenda.MinuteRules{On: true, Within: 14, Objection: 14}}, time.Time{}))
	n.set("2027-09-22T10:15")
	n.deliver()
	return n.meetings(migration)[0]
}

func minutesPath(m agenda.Meeting) string { return "/sitzungen/" + string(m.ID) + "/protokoll" }

func TestMinutesFromTheMeetingToTheApproval(t *testing.T) {
	t.Parallel()
	n := open(t)
	m := sitting(t, n)
	chair, home := n.as(birgit), minutesPath(m)
	n.as(amina).get("/sitzungen/"+string(m.ID)).want(t, http.StatusOK).lacks(t, home)
	n.as(amina).get(home).want(t, http.StatusNotFound)
	page := chair.get(home).want(t, http.StatusOK, "Verlauf", "Anwesenheit", "Was Sie schreiben, wird von selbst gespeichert")
	saved := url.Values{"outcome": {"Alle berichten."}, "decision": {"Wir treffen uns in Bünde.", ""}, "yes": {"11", ""}, "no": {"0", ""}, "abstain": {"2", ""},
		"task": {"Raum anfragen", ""}, "task_who": {"Amina Ahrens", ""}, "task_until": {"2027-10-20", ""}}
	page = chair.then(chair.submit(page, "/punkt/1001", saved)).want(t, http.StatusOK, "Alle berichten.", "Wir treffen uns in Bünde.", "Raum anfragen")
	state := "state_" + string(must(n.Protocol(ctx, m.ID)).Rows[0].Seat)
	chair.then(chair.submit(page, "/protokoll/anwesenheit", url.Values{state: {"here"}, "guests": {"Frau Roth, Kreis"}})).want(t, http.StatusOK, "1 vertreten")
	chair.get("/sitzungen/"+string(m.ID)+"/anwesenheit").want(t, http.StatusOK, "Unterschrift", "In Vertretung für", "Ahrens")

	chair.then(chair.submit(chair.get(home), home, url.Values{"do": {"release"}})).want(t, http.StatusOK, "zur Durchsicht")
	chair.then(chair.post(home, url.Values{"do": {"release"}})) // the second click
	letters := n.deliver()
	mail := only(t, to(letters, agenda.KindMinutes, amina))
	if !strings.Contains(mail.Text, "Wir treffen uns in Bünde.") || !strings.Contains(mail.Subject, "06.10.2027") {
		t.Errorf("%s\n%s", mail.Subject, mail.Text)
	}
	mine := link(t, mail, "/protokoll/")
	before := n.records("session", "message", "log", "due", "about", "lease")
	b := n.browser()
	read := b.get(mine).want(t, http.StatusOK, "Alle berichten.", "Ja 11, Nein 0, Enthaltung 2", "Amina Ahrens", "Frau Roth")
	sameRecords(t, "opening the link", before, n.records("session", "message", "log", "due", "about", "lease"))
	b.then(b.submit(read, mine, url.Values{"minutes_comment": {"Es waren zwölf Stimmen."}, "objection": {"1"}})).want(t, http.StatusOK, "Das haben Sie geschrieben", "Es waren zwölf Stimmen.")
	if got := only(t, to(n.deliver(), agenda.KindObjection, birgit)); !strings.Contains(got.Text, "Es waren zwölf Stimmen.") || !strings.Contains(got.Text, "Amina Ahrens") {
		t.Errorf("objection:\n%s", got.Text)
	}
	n.as(amina).get(home).want(t, http.StatusOK, "Alle berichten.").lacks(t, "Es waren zwölf Stimmen.", "name=\"outcome\"")

	n.set("2027-10-08T09:00")
	n.deliver()
	if got := must(n.MinutesHead(ctx, m)); got.State != agenda.MinutesReleased {
		t.Errorf("with an open objection: %s", got.State)
	}
	page = chair.get(home).want(t, http.StatusOK, "1 Einwand wartet")
	chair.then(chair.submit(page, home, url.Values{"do": {"settle"}, "comment": {must(n.Protocol(ctx, m.ID)).Comments[0].ID}, "reply": {"Stimmt, geändert."}})).want(t, http.StatusOK)
	n.deliver()
	if got := must(n.MinutesHead(ctx, m)); got.State != agenda.MinutesFinal || got.On == "" {
		t.Fatalf("after the answer: %+v", got)
	}
	chair.get(home).want(t, http.StatusOK, "endgültig", "steht auf der Tagesordnung vom").lacks(t, `name="outcome"`)
	b.get(mine).want(t, http.StatusOK, "Anmerkungen sind nicht mehr möglich", "Stimmt, geändert.")
	b.post(mine, url.Values{"minutes_comment": {"Zu spät"}}).want(t, http.StatusUnprocessableEntity, "wurde nicht gespeichert")

	next := n.meetings(migration)[1]
	n.set("2027-11-03T10:05")
	n.deliver()
	chair = n.as(birgit) // was logged out meanwhile
	at := chair.get(minutesPath(next)).want(t, http.StatusOK, "Genehmigung des Protokolls vom 22.09.2027", "Protokoll ist genehmigt")
	chair.then(chair.submit(at, minutesPath(next), url.Values{"do": {"approve"}, "of": {string(m.ID)}})).want(t, http.StatusOK, "Das Protokoll vom Mittwoch, 22. September 2027 ist genehmigt.")
	chair.get(home).want(t, http.StatusOK, "genehmigt, in der Sitzung vom")
	if got := must(n.Protocol(ctx, m.ID)); got.Head.State != agenda.MinutesApproved || len(got.Comments) != 0 {
		t.Errorf("approved: %+v, %d comments", got.Head, len(got.Comments))
	}
}

func sameRecords(t *testing.T, what string, before, after map[string]string) {
	t.Helper()
	for key, v := range after {
		if before[key] != v {
			t.Errorf("%s changed %q", what, key)
		}
	}
}

// Two minute takers at the same item: nobody overwrites the other, and nothing of
// either is lost.
func TestTwoMinuteTakersAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t)
	m := sitting(t, n)
	must(0, n.NameMinuteTaker(ctx, agenda.Shell, m.ID, n.person(amina).ID))
	a, b, item := n.as(birgit), n.as(amina), minutesPath(m)+"/punkt/1001"
	one, two := a.get(minutesPath(m)), b.get(minutesPath(m))
	a.then(a.submit(one, item, url.Values{"outcome": {"Birgit schreibt."}})).want(t, http.StatusOK)
	clash := b.submit(two, item, url.Values{"outcome": {"Amina schreibt."}}).want(t, http.StatusConflict, "Zwei haben gleichzeitig geschrieben", "Birgit schreibt.", "Amina schreibt.")
	b.then(b.submit(clash, item, url.Values{"outcome": {"Birgit schreibt. Amina schreibt."}})).want(t, http.StatusOK, "Birgit schreibt. Amina schreibt.")
	a.submit(one, item, url.Values{"outcome": {"Birgit noch einmal."}, "do": {"auto"}}).want(t, http.StatusConflict)

	// Sixteen at once, each from what all have read: one is kept, all others are told.
	read := must(n.Protocol(ctx, m.ID)).Items[0].Minute.Changed.UTC().Format(time.RFC3339Nano)
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[int]int{}
	for i := range 16 {
		who := n.as([]string{birgit, amina}[i%2])
		who.hasty = true
		wg.Go(func() {
			got := who.post(item, url.Values{"do": {"auto"}, "seen": {read}, "outcome": {strings.Repeat("x", i+1)}})
			mu.Lock()
			codes[got.StatusCode]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if codes[http.StatusOK] != 1 || codes[http.StatusConflict] != 15 {
		t.Errorf("answers %v, want one that is kept", codes)
	}
}

func TestTwoNoteWhoIsThere(t *testing.T) {
	t.Parallel()
	n := open(t)
	m := sitting(t, n)
	a, b, path := n.as(birgit), n.as(vera), minutesPath(m)+"/anwesenheit"
	rows := must(n.Protocol(ctx, m.ID)).Rows
	first, second := string(rows[0].Seat), string(rows[1].Seat)
	one, two := a.get(minutesPath(m)), b.get(minutesPath(m))
	a.then(a.submit(one, path, url.Values{"state_" + first: {"here"}, "guests": {"Frau Roth"}})).want(t, http.StatusOK)
	b.then(b.submit(two, path, url.Values{"state_" + second: {"excused"}})).want(t, http.StatusOK, "1 vertreten, 1 entschuldigt", "Frau Roth") // another seat: both stay
	clash := b.submit(two, path, url.Values{"state_" + first: {"absent"}, "state_" + second: {"excused"}}).want(t, http.StatusConflict, "Zwei haben gleichzeitig geschrieben", "vertreten")
	if got := must(n.Protocol(ctx, m.ID)); got.Presence.Seats[rows[0].Seat].State != agenda.PresenceHere {
		t.Errorf("overwritten: %+v", got.Presence.Seats)
	}
	b.then(b.submit(clash, path, url.Values{})).want(t, http.StatusOK, "0 vertreten, 1 entschuldigt, 1 nicht vertreten")
}

func TestWhoTakesMinutes(t *testing.T) {
	t.Parallel()
	n := open(t)
	m := n.meetings(migration)[0]
	n.as(birgit).get(minutesPath(m)).want(t, http.StatusNotFound) // not switched on
	m = sitting(t, n)
	home := minutesPath(m)
	for email, status := range map[string]int{vera: 200, birgit: 200, amina: 404, cem: 404} {
		n.as(email).get(home).want(t, status)
		n.as(email).get("/sitzungen/"+string(m.ID)+"/anwesenheit").want(t, status)
	}
	n.as(amina).post(home+"/punkt/1001", url.Values{"outcome": {"x"}}).want(t, http.StatusNotFound)
	chair := n.as(birgit)
	chair.then(chair.post(home, url.Values{"do": {"taker"}, "taker": {string(n.person(amina).ID)}})).want(t, http.StatusOK, "ist eingetragen")
	chair.post(home, url.Values{"do": {"taker"}, "taker": {string(n.person(cem).ID)}}).want(t, http.StatusUnprocessableEntity)
	taker := n.as(amina)
	taker.then(taker.post(home+"/punkt/1001", url.Values{"outcome": {"Amina schreibt."}})).want(t, http.StatusOK, "Amina schreibt.")
	taker.get("/sitzungen/"+string(m.ID)).want(t, http.StatusOK, "Protokoll schreiben")
	taker.post(home, url.Values{"do": {"none"}}).want(t, http.StatusForbidden) // the chair's
	taker.post(home, url.Values{"do": {"taker"}, "taker": {""}}).want(t, http.StatusForbidden)
	taker.then(taker.post(home, url.Values{"do": {"release"}})).want(t, http.StatusOK, "zur Durchsicht")
	n.as(cem).get(home).want(t, http.StatusNotFound)
	n.as(cem).get("/gremien/"+string(migration)+"/suche?q=Amina").want(t, http.StatusNotFound)
	n.browser().get("/protokoll/"+n.MinutesToken(m.ID, n.person(cem).ID)).want(t, http.StatusNotFound)
}

func TestMinutesAreRefusedWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	n := open(t)
	m := sitting(t, n)
	b := n.as(birgit)
	item := minutesPath(m) + "/punkt/1001"
	for name, c := range map[string]struct {
		form url.Values
		says string
	}{
		"votes that are no number": {url.Values{"outcome": {"Getippt"}, "decision": {"Ja"}, "yes": {"viele"}}, "Beschluss 1"},
		"votes without decision":   {url.Values{"outcome": {"Getippt"}, "decision": {""}, "yes": {"3"}}, "Beschluss 1"},
		"a task without words":     {url.Values{"outcome": {"Getippt"}, "task": {""}, "task_who": {"Amina Ahrens"}}, "Aufgabe 1"},
		"no day":                   {url.Values{"outcome": {"Getippt"}, "task": {"Raum"}, "task_until": {"morgen"}}, "Aufgabe 1"},
		"too long":                 {url.Values{"outcome": {"Getippt" + strings.Repeat("x", 10000)}}, "Ergebnis"},
	} {
		b.post(item, c.form).want(t, http.StatusUnprocessableEntity, c.says, "Getippt")
		if got := must(n.Protocol(ctx, m.ID)); got.Recorded {
			t.Errorf("%s was saved", name)
		}
	}
	b.post(minutesPath(m)+"/punkt/77", url.Values{"outcome": {"x"}}).want(t, http.StatusNotFound)
	b.post(minutesPath(m)+"/punkt/x", url.Values{"outcome": {"x"}}).want(t, http.StatusNotFound)
	b.post(minutesPath(m), url.Values{"do": {"release"}}).want(t, http.StatusUnprocessableEntity, "noch nichts festgehalten")
	for range 2 {
		b.then(b.post(minutesPath(m), url.Values{"do": {"add"}, "title": {"Sonstiges"}, "once": {"a"}})).want(t, http.StatusOK, "Sonstiges")
	}
	if got := must(n.Protocol(ctx, m.ID)); len(got.Items) != 2 || got.Items[1].Minute.Title != "Sonstiges" {
		t.Errorf("items after two clicks: %+v", got.Items)
	}
}

func TestSearchInMinutes(t *testing.T) {
	t.Parallel()
	n := open(t)
	m := sitting(t, n)
	must(n.SaveMinute(ctx, agenda.Shell, m.ID, agenda.FreeItem, agenda.MinuteForm{
		Title: "Haushalt", Outcome: "Der Landkreis kürzt <b>nicht</b>.", Decisions: []agenda.Decision{{Text: "Der Beitrag für 2028 bleibt bei 20 Euro.", Yes: 12}},
		Assignments: []agenda.Assignment{{What: "Antrag an den Kreistag", Who: "Amina Ahrens"}},
	}))
	path := "/gremien/" + string(migration) + "/suche?q="
	chair, member := n.as(birgit), n.as(amina)
	member.get(path+"beitrag").want(t, http.StatusOK, "Nichts gefunden")
	chair.get(path+url.QueryEscape("BEITRAG 2028")).want(t, http.StatusOK, "<mark>Beitrag</mark>", "Ja 12", "22. September 2027")
	must(0, n.ReleaseMinutes(ctx, agenda.Shell, m.ID))
	member.get(path+"haushalt+euro").want(t, http.StatusOK, "1 Fundstelle", "<mark>Euro</mark>")
	member.get(path+"kreistag").want(t, http.StatusOK, "Aufgabe", "<mark>Kreistag</mark>")
	member.get(path+"k%C3%BCrzt").want(t, http.StatusOK, "&lt;b&gt;nicht&lt;/b&gt;")
	member.get(path+"beitrag+kreistag").want(t, http.StatusOK, "Nichts gefunden")
	member.get("/gremien/"+string(migration)).want(t, http.StatusOK, "Offene Aufgaben", "Antrag an den Kreistag", "Letzte Beschlüsse", "20 Euro")
}

func TestTasksAreTickedFromTheMail(t *testing.T) {
	t.Parallel()
	n := open(t)
	m := sitting(t, n)
	day := must(agenda.ParseDate("2027-10-20"))
	must(n.SaveMinute(ctx, agenda.Shell, m.ID, agenda.FreeItem, agenda.MinuteForm{Title: "Verlauf", Assignments: []agenda.Assignment{
		{What: "Raum anfragen", Who: "Amina Ahrens", Until: day}, {What: "Presse einladen", Who: "die Neue", Until: day},
	}}))
	must(0, n.ReleaseMinutes(ctx, agenda.Shell, m.ID))
	n.set("2027-10-17T07:59")
	if got := to(n.deliver(), agenda.KindAssignment, ""); len(got) != 0 {
		t.Errorf("too early: %d", len(got))
	}
	n.set("2027-10-17T08:00")
	letters := n.deliver()
	mail := only(t, to(letters, agenda.KindAssignment, amina))
	if !strings.Contains(mail.Text, "Raum anfragen") {
		t.Errorf("reminder:\n%s", mail.Text)
	}
	if got := only(t, to(letters, agenda.KindAssignment, birgit)); !strings.Contains(got.Text, "Presse einladen") || strings.Contains(got.Text, "Raum anfragen") {
		t.Errorf("to the chair:\n%s", got.Text)
	}
	mine := link(t, mail, "/aufgaben/")
	b := n.browser()
	page := b.get(mine).want(t, http.StatusOK, "Raum anfragen").lacks(t, "Presse einladen")
	b.get(mine)
	if got := must(n.AssignmentsOf(ctx, n.person(amina).ID)); len(got) != 1 {
		t.Fatalf("opening the link was enough: %v", got)
	}
	b.then(b.submit(page, mine, url.Values{})).want(t, http.StatusOK, "als erledigt eingetragen", "keine offenen Aufgaben")
	b.post(mine, url.Values{"task": {string(m.ID) + ".1001.2"}}).want(t, http.StatusNotFound) // somebody else's
	n.set("2027-10-21T08:00")
	if got := n.deliver(); len(to(got, agenda.KindAssignment, amina)) != 0 || len(to(got, agenda.KindAssignment, birgit)) != 1 {
		t.Errorf("overdue: %v", got)
	}
}
