package web

import (
	"net/http"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

func TestTranslationOfAnEvent(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Kochen")
	path, desk := "/programm/2027/"+e.Slug, "/koordination/veranstaltungen/"+string(e.ID)
	b, boss := n.browser(), n.as(vera)
	feed := b.get("/feeds/event/" + string(e.ID) + ".ics").body
	a := b.get("/en"+path).want(t, http.StatusOK, "This text is only available in German.")
	if title := within(a.all("h1")[0], "bdi")[0]; attr(title, "lang") != "de" || inner(title) != e.Title {
		t.Errorf("German title: %q, lang %q", inner(title), attr(title, "lang"))
	}
	boss.get(desk).want(t, http.StatusOK, "English")
	form := boss.get(desk+"/uebersetzung/en").want(t, http.StatusOK, e.Summary)
	boss.submit(form, "/uebersetzung/en", map[string][]string{"title": {""}, "summary": {"Without a title"}}).want(t, http.StatusUnprocessableEntity)
	boss.then(boss.submit(form, "/uebersetzung/en", map[string][]string{"title": {"Cooking for all"}, "summary": {"Bring <b>nothing</b>."}, "source": {"machine"}})).
		want(t, http.StatusOK, "maschinell übersetzt")
	a = b.get("/en"+path).want(t, http.StatusOK, "Cooking for all", "Bring <b>nothing</b>.", e.Title, "machine translation")
	if title := within(a.all("h1")[0], "bdi")[0]; has(title, "lang") {
		t.Errorf("the English title has the language %q", attr(title, "lang"))
	}
	b.get("/en/programm/2027").want(t, http.StatusOK, "Cooking for all")
	b.get("/en/programm/2027?q=cooking").want(t, http.StatusOK, "Cooking for all", "1 of ")
	b.get("/en/programm/2027/heft").want(t, http.StatusOK, "Cooking for all")
	b.get("/en/programm/2027/plakat").want(t, http.StatusOK, "Cooking for all")
	b.get("/en/programm/2027/einbetten").want(t, http.StatusOK, "Cooking for all")
	b.get(path).want(t, http.StatusOK, e.Title).lacks(t, "Cooking for all")
	if again := b.get("/feeds/event/" + string(e.ID) + ".ics").body; again != feed {
		t.Error("the feed is not as it was")
	}
	d := e.EventDetails
	d.Summary += " Auch Kinder."
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, e.Changed, agenda.Telling{}))
	b.get("/en"+path).want(t, http.StatusOK, "The German text was changed after this translation.")
	boss.get(desk).want(t, http.StatusOK, "deutscher Text ist neuer")
	if log := strings.Join(historyVerbs(n, e), " "); !strings.Contains(log, "translated") {
		t.Errorf("history: %s", log)
	}
}

func historyVerbs(n *network, e agenda.Event) (out []string) {
	list, _, err := n.History(ctx, agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}, "", 10)
	for _, x := range must(list, err) {
		out = append(out, x.Verb)
	}
	return out
}

// What the organiser of a public event translates is seen by a coordinator first.
func TestSubmitterTranslates(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Lesung im Garten")
	home := "/einreichung/" + n.SubmissionToken(e)
	b, boss := n.browser(), n.as(vera)
	words := func(title string) map[string][]string {
		return map[string][]string{"title": {title}, "source": {"human"}}
	}
	b.get(home).want(t, http.StatusOK, "Andere Sprachen", "English")
	b.then(b.submit(b.get(home+"/uebersetzung/en"), "/uebersetzung/en", words("Reading in the garden"))).want(t, http.StatusOK, "Die Übersetzung ist gespeichert.")
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", e.Changed))
	public := "/en/programm/2027/" + e.Slug
	b.get(public).want(t, http.StatusOK, "Reading in the garden")
	stale := b.get(home + "/uebersetzung/en")
	b.then(b.submit(stale, "/uebersetzung/en", words("Buy my book"))).want(t, http.StatusOK, "Die Koordination sieht sich Ihre Übersetzung an.")
	b.submit(stale, "/uebersetzung/en", words("Buy my other book")).want(t, http.StatusConflict)
	b.get(public).want(t, http.StatusOK, "Reading in the garden").lacks(t, "Buy my book")
	desk := "/koordination/veranstaltungen/" + string(e.ID)
	boss.get(desk).want(t, http.StatusOK, "Vorschlag wartet")
	form := boss.get(desk+"/uebersetzung/en").want(t, http.StatusOK, "Reading in the garden")
	boss.then(boss.submit(form, "/uebersetzung/en", map[string][]string{"do": {"discard"}})).lacks(t, "Vorschlag wartet")
	b.get(public).want(t, http.StatusOK, "Reading in the garden")
	for _, path := range []string{"/uebersetzung/de", "/uebersetzung/xx", "/uebersetzung/"} {
		b.request(http.MethodGet, home+path).want(t, http.StatusNotFound)
	}
}
