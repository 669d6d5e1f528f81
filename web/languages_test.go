package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

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
	n := open(t, func(o *Options) { o.Catalog = must(lang.Load(agenda.German, agenda.English)) })
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
		"/programm/2027/lesung/erinnern": true, "/vormerkung/x": true, "/abmelden/x": true, "/programm/2027/lesung/anmelden": true, "/programm/2027/lesung/zettel": true, "/anmeldung/x": true, "/liste/x": false, "/impressum": true,
		"/programm/2027/einreichen": false, "/programm/2027/einreichen/pruefen": false, "/programm/2027/presse": false, "/einreichung/x": false,
		"/gremien": false, "/konto": false, "/koordination/veranstaltungen": false, "/einloggen": false, "/aufruf/x": false,
	} {
		if forEverybody(path) != want {
			t.Errorf("forEverybody(%s) = %v", path, !want)
		}
	}
}

// elsewhere are the languages that have the participants' side only.
func elsewhere() []agenda.Lang {
	var out []agenda.Lang
	for _, l := range lang.All() {
		if !lang.Whole(l) {
			out = append(out, l)
		}
	}
	return out
}

// Every page of the participants' side says everything in every language: no
// element was filled with German for want of words.
func TestParticipantsPagesInEveryLanguage(t *testing.T) {
	t.Parallel()
	n := open(t)
	lived(n)
	e := n.event("Fußball")
	event := "/programm/2027/" + e.Slug
	must(n.FreezeEdition(ctx, agenda.Shell, 2027, ""))
	moved := e.EventDetails
	moved.Start, moved.Venue.Town = moved.Start.AddMinutes(-30), "Löhne"
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, moved, e.Changed, agenda.Telling{}))
	for _, l := range elsewhere() {
		b, p := n.browser(), catalog().Printer(l)
		prefix := "/" + string(l)
		must(0, n.Watch(ctx, e.ID, "gast-"+string(l)+"@example.org", l))
		mail := only(t, to(n.deliver(), agenda.KindConfirm, ""))
		watch := strings.TrimPrefix(mail.Unsubscribe, base)
		answers := []*answer{b.request(http.MethodGet, prefix+"/gibtesnicht"), b.request(http.MethodGet, prefix+"/vormerkung/x.y")}
		for _, path := range []string{
			"/", "/programm/2027", "/programm/2027?q=gibtesnicht", "/programm/2027?ansicht=monat", "/programm/2027?ansicht=karte", "/programm/2027?from=2027-09-01&town=buende&free=1&accessible=1&childcare=1",
			event, "/programm/2027/" + n.event("Konzert").Slug, "/programm/2027/heft", "/programm/2027/plakat", "/programm/2027/aenderungen", "/programm/2027/einbetten",
			"/impressum", "/datenschutz", "/barrierefreiheit",
		} {
			answers = append(answers, b.request(http.MethodGet, prefix+path).want(t, http.StatusOK))
		}
		answers = append(answers, b.request(http.MethodGet, watch).want(t, http.StatusOK, p.T("watch.confirm.text")),
			b.post(prefix+event+"/erinnern", url.Values{"email": {"kein"}}).want(t, http.StatusUnprocessableEntity),
			b.post(prefix+event+"/erinnern", url.Values{"email": {"neu@example.org"}}).want(t, http.StatusOK, p.T("watch.sent.title")),
			b.post(watch, url.Values{"do": {"confirm"}}).want(t, http.StatusOK, p.T("watch.on")), b.post(watch, url.Values{"do": {"cancel"}}).want(t, http.StatusOK, p.T("watch.ended.text")))
		n.deliver()
		for _, a := range answers {
			for _, m := range a.all("span") {
				if attr(m, "lang") == "de" && attr(m, "dir") == "ltr" && has(m, "lang") {
					t.Errorf("%s: no words for %q", a.path, inner(m))
				}
			}
			for _, title := range a.all("title") {
				if text := inner(title); l != agenda.EasyLanguage && strings.Contains(text, "gibt es") {
					t.Errorf("%s: the title is German: %s", a.path, text)
				}
			}
			if !strings.Contains(a.path, "einbetten") && !strings.Contains(a.body, p.T("frame.unchecked")) {
				t.Errorf("%s does not say that nobody has checked its texts", a.path)
			}
		}
	}
}

func TestPagesFromRightToLeft(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Kochen")
	b := n.browser()
	a := b.get("/ar/programm/2027/"+e.Slug).want(t, http.StatusOK, catalog().Printer(agenda.Arabic).Date(e.Start.Date), "متى", "هذا النص متوفر بالألمانية فقط.")
	if root := a.all("html")[0]; attr(root, "lang") != "ar" || attr(root, "dir") != "rtl" {
		t.Errorf("lang %q, dir %q", attr(root, "lang"), attr(root, "dir"))
	}
	if !strings.Contains(a.body, "\u2066"+e.Start.Clock()+"\u2060–\u2060"+e.End.Clock()+"\u2069") {
		t.Error("the hours can turn round")
	}
	for what, tag := range map[string]string{e.Title: "bdi", e.Venue.Line(): "bdi", e.Organiser: "bdi"} {
		found := false
		for _, x := range a.all(tag) {
			found = found || inner(x) == what && attr(x, "lang") == "de"
		}
		if !found {
			t.Errorf("%q is not marked as German", what)
		}
	}
	must(0, n.Translate(ctx, agenda.Shell, e.ID, agenda.Arabic, agenda.Words{Title: "نطبخ معاً", Summary: "للجميع."}, agenda.Event{}.Changed))
	a = b.get("/ar/programm/2027/"+e.Slug).want(t, http.StatusOK, "نطبخ معاً", "للجميع.", e.Title).lacks(t, "هذا النص متوفر بالألمانية فقط.")
	b.get("/ar/programm/2027?q=نطبخ").want(t, http.StatusOK, "نطبخ معاً")
	b.get("/tr/programm/2027/"+e.Slug).lacks(t, "نطبخ معاً")
	if arabicDigits.MatchString(a.body) {
		t.Error("digits are not those on doors and bus stops here")
	}
}

var arabicDigits = regexp.MustCompile(`[٠-٩۰-۹]`)

// A member who comes by an Arabic link reads German, and is told so in Arabic;
// her links stay Arabic.
func TestStaffPagesAreGermanInsideAnotherFrame(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.as(vera)
	for _, path := range []string{"/gremien", "/konto", "/koordination", "/koordination/veranstaltungen/neu", "/programm/2027/einreichen"} {
		a := b.get("/ar"+path).want(t, http.StatusOK, "هذه الصفحة متوفرة بالألمانية فقط.")
		main := a.all("main")[0]
		if attr(main, "lang") != "de" || attr(main, "dir") != "ltr" {
			t.Errorf("%s: lang %q, dir %q", path, attr(main, "lang"), attr(main, "dir"))
		}
		for _, x := range within(main, "a") {
			if href := attr(x, "href"); strings.HasPrefix(href, "/koordination") || strings.HasPrefix(href, "/gremien") {
				t.Errorf("%s leads out of the language: %s", path, href)
			}
		}
		german := b.get(path)
		if got, want := inner(within(main, "h1")[0]), inner(within(german.all("main")[0], "h1")[0]); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	b.get("/en/gremien").want(t, http.StatusOK).lacks(t, "only available in German")
	b.get("/gremien").want(t, http.StatusOK).lacks(t, "nur auf Deutsch")
}

// What is switched off is not there: no page, no link, no offer.
func TestLanguageThatIsSwitchedOff(t *testing.T) {
	t.Parallel()
	n := open(t, func(o *Options) { o.Catalog = must(lang.Load(agenda.German, agenda.Turkish)) })
	b := n.browser()
	b.header.Set("Accept-Language", "ar")
	for _, path := range []string{"/ar", "/ar/", "/ar/programm/2027", "/ar/impressum", "/en/programm/2027"} {
		b.hasty = true
		b.request(http.MethodGet, path).want(t, http.StatusNotFound)
	}
	a := b.get("/programm/2027").want(t, http.StatusOK, "Türkçe").lacks(t, "العربية").lacks(t, "w-offer")
	if strings.Contains(a.body, "/ar/") {
		t.Error("leads to a language that is off")
	}
	b.get("/tr/programm/2027").want(t, http.StatusOK, "Etkinlik programı")
}
