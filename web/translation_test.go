package web

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

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

// The browser's language makes an offer; the page itself stays as it is, also
// for the next visitor.
func TestOfferOfTheBrowsersLanguage(t *testing.T) {
	t.Parallel()
	n := open(t)
	for _, c := range []struct{ path, accept, offer string }{
		{"/programm/2027", "en-GB,en;q=0.9,de;q=0.5", "/en/programm/2027"},
		{"/programm/2027?town=buende", "en", "/en/programm/2027?town=buende"},
		{"/programm/2027", "de-DE,en;q=0.5", ""},
		{"/programm/2027", "pl,sq;q=0.8", ""},
		{"/programm/2027", "", ""},
		{"/en/programm/2027", "de", "/programm/2027"},
		{"/en/programm/2027", "pl", ""},
		{"/einloggen", "en", "/en/einloggen"},
		{"/gibtesnicht", "en", "/en/gibtesnicht"},
	} {
		b := n.browser()
		b.header.Set("Accept-Language", c.accept)
		a := b.request(http.MethodGet, c.path)
		got := ""
		for _, x := range a.all("aside") {
			if attr(x, "class") == "w-offer" {
				got = attr(within(x, "a")[0], "href")
			}
		}
		if got != c.offer {
			t.Errorf("%s for %q: offers %q, want %q", c.path, c.accept, got, c.offer)
		}
		if strings.HasPrefix(c.path, "/programm") && !strings.Contains(a.Header.Get("Vary"), "Accept-Language") {
			t.Errorf("%s: Vary %q", c.path, a.Header.Get("Vary"))
		}
	}
}

// Search engines are told of the same page in other languages.
func TestTwinsInOtherLanguages(t *testing.T) {
	t.Parallel()
	n := open(t)
	twins := func(path string) string {
		var out []string
		for _, l := range n.browser().request(http.MethodGet, path).all("link") {
			if attr(l, "hreflang") != "" {
				out = append(out, attr(l, "hreflang")+" "+strings.TrimPrefix(attr(l, "href"), base))
			}
		}
		return strings.Join(out, ", ")
	}
	for path, want := range map[string]string{
		"/programm/2027": "de /programm/2027, en /en/programm/2027, x-default /programm/2027",
		"/en/":           "de /, en /en/, x-default /",
		"/einloggen":     "", "/vormerkung/x.y": "",
	} {
		if got := twins(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// What a language has no words for is said in German, and marked so.
func TestGermanIsMarked(t *testing.T) {
	t.Parallel()
	const page = "<title>\x02Titel\x03</title><p>\x01</p><p a=\"\x02x>y\x03\">eins \x02zwei <b>drei</b>\x03</p><select><option>\x02vier\x03</option></select><textarea>\x02<p>fünf\x03</textarea>"
	n := open(t)
	w := &Web{Options: Options{Catalog: catalog()}}
	c := &Ctx{w: w, P: catalog().Printer(agenda.English), Frame: catalog().Printer(agenda.English)}
	got := string(c.showGerman([]byte(page)))
	const want = "<title>Titel</title><p><p class=\"w-langnote\">Some of this page is only available in German.</p></p><p a=\"x>y\">eins <span lang=\"de\" dir=\"ltr\">zwei <b>drei</b></span></p><select><option>vier</option></select><textarea><p>fünf</textarea>"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := string(c.showGerman([]byte("<p>\x01nichts</p>"))); got != "<p>nichts</p>" {
		t.Errorf("nothing in German: %q", got)
	}
	for _, m := range n.browser().get("/en/programm/2027").all("span") {
		if attr(m, "lang") == "de" && m.Parent.Type == html.ElementNode && attr(m, "dir") == "ltr" {
			t.Errorf("a German text on an English page: %s", inner(m))
		}
	}
}

func TestWhichPagesEveryLanguageHas(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/": true, "/programm": true, "/programm/2027": true, "/programm/2027/lesung": true, "/programm/2027/heft": true, "/programm/2027/heft.pdf": true,
		"/programm/2027/lesung/erinnern": true, "/vormerkung/x": true, "/abmelden/x": true, "/impressum": true,
		"/programm/2027/einreichen": false, "/programm/2027/einreichen/pruefen": false, "/programm/2027/presse": false, "/einreichung/x": false,
		"/gremien": false, "/konto": false, "/koordination/veranstaltungen": false, "/einloggen": false, "/aufruf/x": false,
	} {
		if forEverybody(path) != want {
			t.Errorf("forEverybody(%s) = %v", path, !want)
		}
	}
}
