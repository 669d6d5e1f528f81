package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// previewed are the dates of a plan's preview, ticked or not.
func previewed(a *answer) map[string]bool {
	out := map[string]bool{}
	for _, x := range a.all("input") {
		if attr(x, "name") == "chosen" {
			out[attr(x, "value")] = has(x, "checked")
		}
	}
	return out
}

// item is the list entry of a ticked date with everything that is said of it.
func item(a *answer, start string) string {
	for _, x := range a.all("input") {
		if attr(x, "value") == start {
			return strings.Join(strings.Fields(inner(x.Parent.Parent)), " ")
		}
	}
	return ""
}

func TestPlanEveryFewWeeks(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	chair := n.as(birgit)
	path := "/koordination/gremien/" + string(migration) + "/termine"
	form := map[string][]string{"date": {"2027-09-08"}, "start": {"09:30"}, "minutes": {"90"}, "count": {"3"}, "weeks": {"9"}, "state": {"fixed"}, "do": {"preview"}}
	before := len(n.meetings(migration))
	page := chair.submit(chair.get(path), path, form).want(t, http.StatusOK)
	want := map[string]bool{"2027-09-08T09:30": true, "2027-11-10T09:30": true, "2028-01-12T09:30": true}
	if got := previewed(page); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("dates %v, want %v", got, want)
	}
	if got := item(page, "2027-09-08T09:30"); !strings.Contains(got, "Projektgruppe") || !strings.Contains(got, "beiden") {
		t.Errorf("the clash with the project group, and who is expected at both, is not marked: %q", got)
	}
	if len(n.meetings(migration)) != before {
		t.Fatal("the preview made dates")
	}

	chair.submit(page, path, map[string][]string{"do": {"plan"}, "chosen": nil}).want(t, http.StatusUnprocessableEntity, `role="alert"`)
	chair.then(chair.submit(page, path, map[string][]string{"do": {"plan"}, "chosen": {"2027-09-08T09:30", "2028-01-12T09:30"}})).want(t, http.StatusOK, "2 Termine angelegt")
	if got := len(n.meetings(migration)); got != before+2 {
		t.Errorf("%d dates more, want 2", got-before)
	}
	if mails := to(n.deliver(), agenda.KindInvitation, ""); len(mails) != 0 {
		t.Errorf("%d mails for dates that nobody released", len(mails))
	}
}

// A series yields to holidays by its rule; every moved date says why.
func TestSeriesYieldsAndSaysWhy(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	path := "/koordination/gremien/" + string(migration) + "/termine"
	form := url.Values{"date": {"2027-09-06"}, "start": {"09:00"}, "minutes": {"60"}, "count": {"10"}, "weeks": {"4"}, "state": {"fixed"}, "yield": {"week"}, "school": {"1"}, "bridge": {"1"}, "shared": {"1"}}
	page := boss.post(path, form).want(t, http.StatusOK)
	got := previewed(page)
	if len(got) != 10 || !got["2027-11-08T09:00"] || got["2027-11-01T09:00"] || !got["2027-11-29T09:00"] || !got["2028-04-24T09:00"] {
		t.Errorf("ticked: %v; All Saints goes to the next Monday, and the rhythm does not drift", got)
	}
	if text := item(page, "2027-11-08T09:00"); !strings.Contains(text, "Allerheiligen") || !strings.Contains(text, "Feiertagsgesetz") || !strings.Contains(text, "statt Mo") {
		t.Errorf("the moved date says %q", text)
	}
	skip := boss.post(path, changed(form, "yield", "skip")).want(t, http.StatusOK, "fällt aus")
	if got := previewed(skip); len(got) != 8 {
		t.Errorf("left out: %v", got)
	}
	// The coordinator chooses where the rule is to ask.
	ask := boss.post(path, changed(form, "yield", "ask")).want(t, http.StatusOK, "bitte wählen")
	boss.then(boss.submit(ask, path, map[string][]string{"do": {"plan"}, "chosen": {"2027-09-06T09:00"}, "choice.2027-11-01T09:00": {"2027-11-02T09:00"}})).want(t, http.StatusOK, "2 Termine angelegt")
	boss.submit(ask, path, map[string][]string{"do": {"plan"}, "choice.2027-11-01T09:00": {"2027-11-01T09:00"}}).want(t, http.StatusConflict, "Inzwischen hat sich etwas geändert")
	boss.then(boss.submit(ask, path, map[string][]string{"do": {"plan"}, "chosen": {"2027-09-06T09:00"}})).want(t, http.StatusOK, "schon angelegt") // the second click
	for field, typed := range map[string]string{"count": "61", "weeks": "0", "minutes": "lang", "date": "", "start": "früh", "until": "2027-09-01", "max_weeks": "3"} {
		a := boss.post(path, changed(form, field, typed)).want(t, http.StatusUnprocessableEntity)
		if !a.invalid()[field] {
			t.Errorf("%s %q: marked are %v", field, typed, a.invalid())
		}
	}
	past := boss.post(path, changed(form, "date", "2027-08-23")).want(t, http.StatusUnprocessableEntity)
	endless := boss.post(path, changed(form, "count", "")).want(t, http.StatusUnprocessableEntity, "braucht ein Ende")
	if !past.invalid()["date"] || !endless.invalid()["until"] {
		t.Errorf("marked are %v and %v", past.invalid(), endless.invalid())
	}
}

func TestSingleDateInThePastIsNotTicked(t *testing.T) {
	t.Parallel()
	n := open(t)
	path := "/koordination/gremien/" + string(migration) + "/termine"
	form := url.Values{"date": {"2027-08-23"}, "start": {"09:00"}, "minutes": {"60"}, "count": {"1"}, "state": {"fixed"}}
	for day, ticked := range map[string]bool{"2027-08-23": false, "2027-11-01": false, "2027-09-06": true} {
		if got := previewed(n.as(vera).post(path, changed(form, "date", day)).want(t, http.StatusOK)); got[day+"T09:00"] != ticked || len(got) != 1 {
			t.Errorf("%s: %v", day, got)
		}
	}
}

// One date, told or not told, with a sentence of one's own.
func TestMailOrNoMail(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	boss := n.as(vera)
	path := "/koordination/gremien/" + string(migration) + "/termine"
	one := func(day, mail, sentence string) {
		page := boss.post(path, url.Values{"date": {day}, "start": {"16:00"}, "minutes": {"60"}, "count": {"1"}, "weeks": {"1"}, "state": {"fixed"}}).want(t, http.StatusOK)
		boss.then(boss.submit(page, path, map[string][]string{"do": {"plan"}, "mail": {mail}, "sentence": {sentence}})).want(t, http.StatusOK)
	}
	one("2027-10-05", "no", "")
	if got := n.deliver(); len(got) != 0 {
		t.Errorf("%d mails, none was wanted", len(got))
	}
	one("2027-10-06", "yes", "Bitte bringen Sie <Kuchen> mit.")
	invitation := only(t, to(n.deliver(), agenda.KindInvitation, birgit))
	if !strings.Contains(invitation.Text, "Bitte bringen Sie <Kuchen> mit.") || invitation.Calendar == nil {
		t.Errorf("the mail lacks sentence or calendar:\n%s", invitation.Text)
	}
	var m agenda.Meeting
	for _, x := range n.meetings(migration) {
		if x.Start.Date.String() == "2027-10-06" {
			m = x
		}
	}
	edit := "/koordination/sitzungen/" + string(m.ID)
	for _, step := range []struct {
		action string
		change map[string][]string
		kind   agenda.Kind
	}{
		{string(m.ID), map[string][]string{"place": {"Rathaus"}, "mail": {"no"}}, ""},
		{string(m.ID), map[string][]string{"start": {"17:00"}, "end": {"18:00"}, "mail": {"yes"}, "sentence": {"Der Zug kommt später."}}, agenda.KindChange},
		{"/stand", map[string][]string{"mail": {"yes"}, "sentence": {"Der Zug kommt gar nicht."}}, agenda.KindCancellation},
		{"/stand", map[string][]string{"mail": {"yes"}, "sentence": {"Doch."}}, agenda.KindRestored},
		{"/stand", map[string][]string{"mail": {"no"}}, ""},
	} {
		boss.then(boss.submit(boss.get(edit), step.action, step.change)).want(t, http.StatusOK)
		n.wait(agenda.UnsureWait)
		mails := n.deliver()
		if step.kind == "" {
			if len(mails) != 0 {
				t.Errorf("%v: %d mails, none was wanted", step.change, len(mails))
			}
			continue
		}
		l := only(t, to(mails, step.kind, birgit))
		if !strings.Contains(l.Text, step.change["sentence"][0]) {
			t.Errorf("%s lacks the sentence:\n%s", step.kind, l.Text)
		}
	}
	boss.get(edit).want(t, http.StatusOK, "Der Zug kommt gar nicht.", "abgesagt")
}

func TestReleaseOfInvitations(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	boss := n.as(vera)
	path := "/koordination/gremien/" + string(project) + "/einladen"
	boss.get("/koordination").want(t, http.StatusOK, "Projektgruppe", "2 Termine")
	page := boss.get(path).want(t, http.StatusOK, "Ahrens, Amina", amina, "keine E-Mail-Adresse")
	if rows := len(page.all("tr")) - 1; rows != 48 {
		t.Errorf("%d people in the preview, want 48", rows)
	}
	boss.then(boss.submit(page, path, map[string][]string{"sentence": {"Herzlich willkommen"}})).want(t, http.StatusOK, "2 Termine freigegeben")
	mails := to(n.deliver(), agenda.KindInvitation, "")
	if len(mails) != 46 {
		t.Errorf("%d mails, want one for each of 46 with an address", len(mails))
	}
	if l := only(t, to(mails, agenda.KindInvitation, cem)); bytes.Count(l.Calendar, []byte("BEGIN:VEVENT")) != 2 || !strings.Contains(l.Text, "Herzlich willkommen") {
		t.Error("not all dates, or not the sentence, in one mail")
	}
	boss.get(path).want(t, http.StatusOK).lacks(t, `name="meeting"`)
	n.as(cem).get(link(t, to(mails, agenda.KindInvitation, cem)[0], "/gremien/")).want(t, http.StatusOK, "8. September 2027", "10. November 2027")
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	n.refuse = cem
	must(n.Invite(ctx, agenda.Shell, project, []agenda.MeetingID{n.meetings(project)[1].ID}, ""))
	n.deliver()
	boss := n.as(vera)
	failed := must2(n.Messages(ctx, store.OutboxFilter{State: agenda.MessageFailed}, 10))
	if len(failed) != 1 {
		t.Fatalf("%d failed, want 1", len(failed))
	}
	path := "/koordination/ausgang/" + string(failed[0].ID)
	boss.get("/koordination").want(t, http.StatusOK, "1 nicht zugestellt")
	boss.get("/koordination/ausgang?state=failed").want(t, http.StatusOK, "Cem Çelik", "550 5.1.1 no such user")
	n.refuse = ""
	boss.then(boss.submit(boss.get(path), path, map[string][]string{"do": {"retry"}})).want(t, http.StatusOK)
	only(t, to(n.deliver(), agenda.KindInvitation, cem))
	boss.post(path, url.Values{"do": {"retry"}}).want(t, http.StatusConflict)
	boss.get(path).want(t, http.StatusOK).lacks(t, `value="retry"`)

	n.browser().post("/einloggen", url.Values{"email": {amina}})
	waiting := must2(n.Messages(ctx, store.OutboxFilter{State: agenda.MessageWaiting}, 10))[0]
	path = "/koordination/ausgang/" + string(waiting.ID)
	boss.then(boss.submit(boss.get(path), path, map[string][]string{"do": {"drop"}})).want(t, http.StatusOK)
	if got := n.deliver(); len(got) != 0 {
		t.Error("a dropped mail went out")
	}
	boss.get("/koordination/verlauf").want(t, http.StatusOK, "Vera Wolf")
}

func TestDoorNoticeAndPhoneList(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.refuse = cem
	n.deliver()
	m := n.meetings(project)[0]
	must(n.Invite(ctx, agenda.Shell, project, []agenda.MeetingID{m.ID}, ""))
	n.deliver()
	n.set("2027-09-07T10:00") // the day before
	boss := n.as(vera)
	edit := "/koordination/sitzungen/" + string(m.ID)
	boss.then(boss.submit(boss.get(edit), string(m.ID), map[string][]string{"start": {"11:00"}, "end": {"12:30"}, "place": {"Rathaus"}, "mail": {"yes"}})).want(t, http.StatusOK)
	if got := to(n.deliver(), agenda.KindChange, birgit); len(got) != 1 {
		t.Errorf("%d mails, so near to the date nothing waits", len(got))
	}
	boss.get("/koordination").want(t, http.StatusOK, "05221", "Cem Çelik")
	list := boss.get(edit+"/telefon").want(t, http.StatusOK, "Çelik, Cem", "550 5.1.1", "keine E-Mail-Adresse")
	if rows := len(list.all("tr")) - 1; rows != 3 {
		t.Errorf("%d people to telephone, want the one refused and two without address", rows)
	}
	door := boss.get(edit+"/aushang").want(t, http.StatusOK, "Projektgruppe", "11:00–12:30", "Rathaus", "buero@widunetz.example")
	if old := door.all("del"); len(old) != 1 || !strings.Contains(inner(old[0]), "09:00–11:00") {
		t.Error("the old time is not crossed out")
	}
	boss.then(boss.submit(boss.get(edit), "/stand", map[string][]string{"mail": {"yes"}})).want(t, http.StatusOK)
	boss.get(edit+"/aushang").want(t, http.StatusOK, "Fällt heute aus")
}

// importFile looks at the preview of a file and then takes it.
func (b *browser) importFile(kind, group, name string, file []byte) (preview, done *answer) {
	b.t.Helper()
	const path = "/koordination/import"
	before := b.n.records("session")
	preview = b.upload(path, url.Values{"kind": {kind}, "group": {group}}, name, file).want(b.t, http.StatusOK)
	if after := b.n.records("session"); fmt.Sprint(len(after)) != fmt.Sprint(len(before)) {
		b.t.Error("the preview changed something")
	}
	for _, f := range preview.all("form") {
		if strings.HasSuffix(attr(f, "action"), path) {
			form := fields(f)
			form.Set("do", "import")
			return preview, b.upload(path, form, "", nil).want(b.t, http.StatusOK)
		}
	}
	b.t.Fatal("the preview has no button")
	return nil, nil
}

func TestImportInTheBrowser(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	n.run("people", func(t *testing.T) {
		file := []byte("Nachname;Vorname;E-Mail;Gremien\nCelik;Cem;kaputt;\nNeumann;Nora;nora@example.org;Projektgruppe, Runder Tisch\n;;;\n")
		preview, done := boss.importFile("people", "", "leute.csv", file)
		preview.want(t, http.StatusOK, "1 neu", "Neumann, Nora", "Zeile 2", "kaputt")
		done.want(t, http.StatusOK, "Eingelesen", "1 neu")
		if n.person("nora@example.org").Name() != "Nora Neumann" {
			t.Error("she is not there")
		}
		_, again := boss.importFile("people", "", "leute.csv", file)
		again.want(t, http.StatusOK, "0 neu, 0 geändert")
	})
	n.run("events", func(t *testing.T) {
		file := bytes.Replace(must(os.ReadFile("testdata/programm-2027.csv")), []byte("Forum Kirchlengern"), []byte("Haus Kirchlengern"), 1)
		preview, done := boss.importFile("events", "", "programm.csv", file)
		preview.want(t, http.StatusOK, "0 neu, 1 geändert, 23 unverändert", "Haus Kirchlengern")
		done.want(t, http.StatusOK, "1 geändert")
		n.browser().get("/programm/2027").want(t, http.StatusOK, "Haus Kirchlengern")
	})
	n.run("a calendar", func(t *testing.T) {
		file := []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a@x\r\nDTSTAMP:20270101T000000Z\r\nDTSTART;TZID=Europe/Berlin:20271201T100000\r\nDTEND;TZID=Europe/Berlin:20271201T120000\r\nSUMMARY:Fachaustausch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
		preview, done := boss.importFile("calendar", string(migration), "termine.ics", file)
		preview.want(t, http.StatusOK, "1 neu", "Fachaustausch")
		done.want(t, http.StatusOK, "1 neu")
		boss.get("/gremien/"+string(migration)).want(t, http.StatusOK, "Fachaustausch")
		a := boss.upload("/koordination/import", url.Values{"kind": {"calendar"}}, "termine.ics", file).want(t, http.StatusUnprocessableEntity, `role="alert"`)
		if !a.invalid()["group"] {
			t.Error("the group is not asked for")
		}
	})
	n.run("files that are none", func(t *testing.T) {
		for kind, file := range map[string]string{"people": "", "events": "<html>Bitte einloggen</html>", "calendar": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"} {
			boss.upload("/koordination/import", url.Values{"kind": {kind}, "group": {string(migration)}}, "x", []byte(file)).want(t, http.StatusUnprocessableEntity, `role="alert"`)
		}
	})
}

func TestExportIsWhatImportReads(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	boss := n.as(vera)
	for file, kind := range map[string]string{"personen.csv": "people", "personen.xlsx": "people", "programm-2027.csv": "events", "programm-2027.xlsx": "events"} {
		a := boss.request(http.MethodGet, "/koordination/export/"+file).want(t, http.StatusOK)
		if got := a.Header.Get("Content-Disposition"); got != `attachment; filename="`+file+`"` {
			t.Errorf("%s: %q", file, got)
		}
		preview, _ := boss.importFile(kind, "", file, []byte(a.body))
		preview.want(t, http.StatusOK, "0 neu, 0 geändert")
		if strings.Contains(preview.text(), "nicht übernommen") {
			t.Errorf("%s: %s", file, preview.text())
		}
	}
	for _, file := range []string{"personen.exe", "programm-x.csv", "passwd.csv", "personen"} {
		if a := boss.request(http.MethodGet, "/koordination/export/"+file).want(t, http.StatusNotFound); a.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: the error is saved as a file", file)
		}
	}
}

func TestSeatPassesOnThePage(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss, path := n.as(vera), "/koordination/gremien/"+string(migration)+"/sitze"
	var seat agenda.Seat
	for _, s := range must(n.Seats(ctx, migration)) {
		if s.Holds(n.person(amina).ID) {
			seat = s
		}
	}
	pass := url.Values{"do": {"pass"}, "seat": {string(seat.ID)}, "person": {string(n.person(cem).ID)}, "from": {"2027-10-01"}}
	boss.post(path, changed(pass, "from", "")).want(t, http.StatusUnprocessableEntity, `role="alert"`)
	boss.then(boss.post(path, pass)).want(t, http.StatusOK, "Çelik, Cem")
	old, next := n.feed(n.personalFeed(amina)), n.feed(n.personalFeed(cem))
	september, november := agenda.MeetingUID(n.meetings(migration)[0].ID), agenda.MeetingUID(n.meetings(migration)[1].ID)
	if !slices.Contains(old.uids(), september) || slices.Contains(old.uids(), november) || slices.Contains(next.uids(), september) || !slices.Contains(next.uids(), november) {
		t.Error("the feeds do not follow the seat")
	}
}

// labels is what a reader of a form sees before each field.
func labels(a *answer) (without []string) {
	named := map[string]bool{}
	for _, l := range a.all("label") {
		named[attr(l, "for")] = true
	}
	for _, kind := range []string{"input", "select", "textarea"} {
		for _, x := range a.all(kind) {
			if attr(x, "type") != "hidden" && !named[attr(x, "id")] {
				without = append(without, attr(x, "name"))
			}
		}
	}
	return without
}

func TestEveryFieldHasALabel(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	for _, path := range []string{"/einloggen", submitPath, "/konto", "/koordination/personen/neu", "/koordination/gremien/neu", "/koordination/import", "/koordination/institutionen",
		"/koordination/ausgaben/2027", "/koordination/gremien/" + string(migration) + "/sitze", "/koordination/sitzungen/" + string(n.meetings(migration)[0].ID),
		"/koordination/veranstaltungen/" + string(n.event("Kochen").ID), "/programm/2027", "/koordination/gremien/" + string(migration) + "/einladen"} {
		if without := labels(boss.get(path)); len(without) > 0 {
			t.Errorf("%s: fields without a label: %v", path, without)
		}
	}
}
