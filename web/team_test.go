package web

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

var gerda = url.Values{"editor_name": {"Gerda Garten"}, "institution": {"Caritas"}, "email": {"gerda@caritas.example"}, "lang": {"de"}}

// value returns what stands in a field of the page.
func (a *answer) value(name string) string {
	for _, kind := range []string{"input", "textarea"} {
		for _, x := range a.all(kind) {
			if attr(x, "name") == name && attr(x, "type") != "hidden" {
				if kind == "textarea" && x.FirstChild != nil {
					return x.FirstChild.Data
				}
				return attr(x, "value")
			}
		}
	}
	return ""
}

func TestEditorIsAddedEditsAndLeaves(t *testing.T) {
	t.Parallel()
	n := open(t)
	b, e := n.browser(), n.event("Lesung im Garten")
	n.deliver()
	first := "/einreichung/" + n.SubmissionToken(e)
	b.get(first).want(t, http.StatusOK, "Wer mitarbeitet", "Olga Organ", "Jede Institution kann einen eigenen Link bekommen")
	wrong := url.Values{"editor_name": {"Gerda"}, "email": {"olga@verein.example"}}
	b.post(first+"/mitwirkende", wrong).want(t, http.StatusUnprocessableEntity, "Sie arbeitet schon mit")
	b.then(b.post(first+"/mitwirkende", gerda)).want(t, http.StatusOK, "Eingetragen", "Gerda Garten", "Caritas")
	l := only(t, to(n.deliver(), agenda.KindEditor, "gerda@caritas.example"))
	hers := link(t, l, "/einreichung/")
	b.then(b.post(first+"/mitwirkende", gerda)).want(t, http.StatusOK, "Gerda Garten")
	if again := n.deliver(); len(again) > 0 {
		t.Errorf("added twice: %d mails", len(again))
	}
	g := n.browser()
	page := g.get(hers).want(t, http.StatusOK, "Olga Organ", "Gerda Garten")
	g.submit(page, hers, map[string][]string{"title": {"Lesung mit Musik"}}).want(t, http.StatusOK, "Gespeichert.")
	g.get(hers+"/mitwirkende").want(t, http.StatusOK, "Ich arbeite nicht mehr mit").lacks(t, "Austragen und", "gerda@caritas.example")
	g.post(hers+"/mitwirkende", url.Values{"editor_name": {"X"}, "email": {"x@x.example"}}).want(t, http.StatusForbidden)
	g.post(hers+"/mitwirkende", url.Values{"do": {"remove"}, "editor": {"first"}}).want(t, http.StatusForbidden)
	boss := n.as(vera)
	boss.get("/koordination/veranstaltungen/"+string(e.ID)).want(t, http.StatusOK, "Gerda Garten · geändert")
	boss.get("/koordination/verlauf").want(t, http.StatusOK, "Gerda Garten · geändert")
	g.post(hers+"/mitwirkende", url.Values{"do": {"leave"}}).want(t, http.StatusOK, "Sie sind ausgetragen")
	for _, path := range []string{hers, hers + "/mitwirkende", hers + "/aufgaben", hers + "/bild"} {
		g.get(path).want(t, http.StatusGone, "Sie arbeiten an dieser Veranstaltung nicht mehr mit")
	}
	b.get(first).want(t, http.StatusOK).lacks(t, "Gerda Garten, ")
}

func TestDeskManagesEditors(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss, e := n.as(vera), n.event("Kochen")
	home := "/koordination/veranstaltungen/" + string(e.ID) + "/mitwirkende"
	boss.then(boss.post(home, gerda)).want(t, http.StatusOK, "gerda@caritas.example")
	old := link(t, only(t, to(n.deliver(), agenda.KindEditor, "")), "/einreichung/")
	id := string(agenda.EditorIDOf(e.ID, "gerda@caritas.example"))
	boss.then(boss.post(home, url.Values{"do": {"renew"}, "editor": {id}})).want(t, http.StatusOK, "Ein neuer Link ist unterwegs")
	hers := link(t, only(t, to(n.deliver(), agenda.KindEditor, "")), "/einreichung/")
	b := n.browser()
	b.get(old).want(t, http.StatusNotFound)
	b.get(hers).want(t, http.StatusOK)
	boss.then(boss.post(home, url.Values{"do": {"remove"}, "editor": {id}})).want(t, http.StatusOK, "Ausgetragen").lacks(t, "Gerda Garten")
	b.get(hers).want(t, http.StatusGone)
	boss.post(home, url.Values{"do": {"remove"}, "editor": {"x"}}).want(t, http.StatusNotFound)
	boss.post(home, url.Values{"do": {"remove"}, "editor": {"first"}}).want(t, http.StatusConflict)
}

func TestTwoEditorsAtOnceSeeEachOther(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Lesung im Garten")
	first := "/einreichung/" + n.SubmissionToken(e)
	a, b := n.browser(), n.browser()
	b.post(first+"/mitwirkende", gerda)
	hers := link(t, only(t, to(n.deliver(), agenda.KindEditor, "")), "/einreichung/")
	one, two := a.get(first), b.get(hers)
	a.submit(one, first, map[string][]string{"title": {"Lesung im Park"}, "food": {"Suppe"}}).want(t, http.StatusOK)
	got := b.submit(two, hers, map[string][]string{"title": {"Lesung im Hof"}, "contact": {"05221 777"}})
	got.want(t, http.StatusConflict, "Inzwischen hat jemand anderes gespeichert", "haben Sie beide geändert. Gespeichert ist: Lesung im Park", "ist übernommen: Suppe", "Olga Organ")
	for field, want := range map[string]string{"title": "Lesung im Hof", "contact": "05221 777", "food": "Suppe"} {
		if v := got.value(field); v != want {
			t.Errorf("%s is %q in the form, want %q", field, v, want)
		}
	}
	b.submit(got, hers, nil).want(t, http.StatusOK, "Gespeichert.")
	if e := n.event("Lesung im Hof"); e.Food != "Suppe" || e.Contact != "05221 777" {
		t.Errorf("saved: %+v", e.EventDetails)
	}
}

func TestTasksOfAnEvent(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Lesung im Garten")
	home := "/einreichung/" + n.SubmissionToken(e)
	b, boss := n.browser(), n.as(vera)
	page := b.get(home+"/aufgaben").want(t, http.StatusOK, "Noch keine Aufgaben")
	b.submit(page, "/aufgaben", map[string][]string{"task_what": {"Saal"}, "task_until": {"2027-08-01"}}).want(t, http.StatusUnprocessableEntity, "liegt in der Vergangenheit")
	b.submit(page, "/aufgaben", map[string][]string{"task_what": {"Saal"}, "task_until": {"2027-09-10"}, "task_editor": {"other"}}).want(t, http.StatusUnprocessableEntity)
	form := map[string][]string{"task_what": {"Saal aufschließen"}, "task_until": {"2027-09-10"}, "task_editor": {"first"}}
	b.then(b.submit(page, "/aufgaben", form)).want(t, http.StatusOK, "Saal aufschließen · Olga Organ · bis Fr, 10. September 2027")
	b.then(b.submit(page, "/aufgaben", form))
	tasks := must(n.Tasks(ctx, e.ID))
	if len(tasks) != 1 {
		t.Fatalf("%d tasks after two clicks, want 1", len(tasks))
	}
	path := "/aufgaben/" + string(tasks[0].ID)
	desk := "/koordination/veranstaltungen/" + string(e.ID)
	boss.get(desk).want(t, http.StatusOK, "Saal aufschließen")
	slow := boss.get(desk + path)
	b.then(b.submit(b.get(home+path), path, map[string][]string{"task_until": {"2027-09-11"}})).want(t, http.StatusOK, "11. September")
	boss.submit(slow, path, map[string][]string{"task_what": {"Saal zuschließen"}}).want(t, http.StatusConflict, "Inzwischen", "11. September")
	n.set("2027-09-12T09:00")
	boss.get("/koordination").want(t, http.StatusOK, "Überfällige Aufgaben", "Saal aufschließen")
	b.then(b.post(home+path, url.Values{"do": {"done"}})).want(t, http.StatusOK, "Erledigt.", "Wieder öffnen")
	boss.get("/koordination").want(t, http.StatusOK).lacks(t, "Überfällige Aufgaben")
	b.then(b.post(home+path, url.Values{"do": {"delete"}})).want(t, http.StatusOK, "Noch keine Aufgaben")
	other := n.event("Nähkurs")
	b.get("/einreichung/"+n.SubmissionToken(other)+path).want(t, http.StatusNotFound)
}

func TestDoublesAreShownAndMerged(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	e := n.event("Kochen")
	d := e.EventDetails
	d.Title, d.Organiser, d.Internal = "Kochen ohne Grenzen!", "Caritas", agenda.Contact{Name: "Gerda", Email: "gerda@caritas.example"}
	d.Food = "Suppe aus fünf Ländern"
	other := must(n.AddEvent(ctx, agenda.Shell, e.Edition, d, agenda.Published, ""))
	hers := "/einreichung/" + n.SubmissionToken(other)
	before := n.feed("/feeds/programme.ics")
	for _, path := range []string{"/koordination", "/koordination/veranstaltungen"} {
		boss.get(path).want(t, http.StatusOK, "Vermutlich doppelt", "Kochen ohne Grenzen!", "ähnlicher Titel")
	}
	merge := "/koordination/veranstaltungen/" + string(e.ID) + "/vereinen"
	boss.get(merge+"?mit="+string(e.ID)).want(t, http.StatusUnprocessableEntity, "Das geht nicht mit sich selbst")
	boss.get(merge+"?mit="+string(n.event("Nähkurs").ID)).want(t, http.StatusUnprocessableEntity, "verschiedenen Ausgaben")
	page := boss.get(merge+"?mit="+string(other.ID)).want(t, http.StatusOK, "Bleibt", "Geht darin auf", "Suppe aus fünf Ländern")
	sure := boss.submit(page, "/vereinen", map[string][]string{"do": {"next"}, "pick_title": {"other"}}).want(t, http.StatusOK, "Wirklich vereinen?", "Kochen ohne Grenzen!", "Caritas")
	if kept := must(n.Event(ctx, other.ID)); kept.Into != "" {
		t.Fatal("merged without confirmation")
	}
	boss.then(boss.submit(sure, "/vereinen", map[string][]string{"do": {"merge"}})).want(t, http.StatusOK, "ist in", "aufgegangen")
	boss.then(boss.submit(sure, "/vereinen", map[string][]string{"do": {"merge"}})).want(t, http.StatusOK)
	kept := must(n.Event(ctx, e.ID))
	if kept.Title != "Kochen ohne Grenzen!" || kept.Food != d.Food || !strings.Contains(strings.Join(kept.CoOrganisers, ","), "Caritas") {
		t.Errorf("kept %+v", kept.EventDetails)
	}
	b := n.browser()
	for _, lang := range []string{"", "/en"} {
		a := b.request(http.MethodGet, lang+"/programm/2027/"+other.Slug).want(t, http.StatusSeeOther)
		if to := a.Header.Get("Location"); to != lang+"/programm/2027/"+kept.Slug {
			t.Errorf("the other's address leads to %s", to)
		}
	}
	b.get(hers).want(t, http.StatusOK, "Kochen ohne Grenzen!", "Gerda")
	boss.get("/koordination/veranstaltungen/"+string(other.ID)).want(t, http.StatusOK, "Aufgegangen in")
	boss.get("/koordination").want(t, http.StatusOK).lacks(t, "Vermutlich doppelt")
	uid := agenda.EventUID(other.ID)
	for _, path := range []string{"/feeds/event/" + string(other.ID) + ".ics", "/feeds/programme.ics"} {
		after := n.feed(path)
		gone, stays := after.uid(uid), after.uid(agenda.EventUID(kept.ID))
		if gone["STATUS"] != "CANCELLED" || !strings.HasPrefix(gone["SUMMARY"], "ZUSAMMENGELEGT: ") || gone["SEQUENCE"] <= before.uid(uid)["SEQUENCE"] {
			t.Errorf("%s: the other is %v", path, gone)
		}
		if stays == nil || stays["STATUS"] == "CANCELLED" {
			t.Errorf("%s: the one that stays is %v", path, stays)
		}
	}
}

func TestMergeOfWhatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss, e := n.as(vera), n.event("Kochen")
	other := must(n.AddEvent(ctx, agenda.Shell, e.Edition, e.EventDetails, agenda.Published, ""))
	path := "/koordination/veranstaltungen/" + string(e.ID) + "/vereinen"
	page := boss.get(path + "?mit=" + string(other.ID))
	d := other.EventDetails
	d.Food = "Brot"
	must(n.ChangeEvent(ctx, agenda.Shell, other.ID, d, time.Time{}, agenda.Telling{}))
	before := n.records("session")
	boss.submit(page, "/vereinen", map[string][]string{"do": {"merge"}}).want(t, http.StatusConflict, "Einer der Einträge hat sich inzwischen geändert", "Brot")
	waiting := n.event("Lesung im Garten")
	boss.get("/koordination/veranstaltungen/"+string(waiting.ID)+"/vereinen?mit="+string(e.ID)).want(t, http.StatusOK, "Die öffentliche Veranstaltung muss bleiben").lacks(t, "Weiter zur Bestätigung")
	boss.post("/koordination/veranstaltungen/"+string(waiting.ID)+"/vereinen", url.Values{"mit": {string(e.ID)}, "do": {"merge"}}).want(t, http.StatusConflict)
	if !maps.Equal(before, n.records("session")) {
		t.Error("something changed")
	}
}
