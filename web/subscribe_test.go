package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// toldOfNews asks on the page to be told of events, confirms, and returns the
// path of the mailed link.
func toldOfNews(t *testing.T, n *network, change url.Values) string {
	t.Helper()
	b := n.browser()
	b.submit(b.get("/benachrichtigen"), "/benachrichtigen", change).want(t, http.StatusOK, "Postfach")
	path := link(t, only(t, to(n.deliver(), agenda.KindSubscribe, change.Get("email"))), "/benachrichtigung/")
	b.then(b.submit(b.get(path), path, url.Values{"do": {"confirm"}})).want(t, http.StatusOK, "Wir schreiben Ihnen.")
	return path
}

func TestSubscribing(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	b := n.browser()
	programme := b.get("/programm/2027?town=herford&language=de&free=1&category=kurs").want(t, http.StatusOK, "Diese Auswahl per Mail")
	if !strings.Contains(programme.body, `href="/benachrichtigen?category=kurs&amp;free=1&amp;language=de&amp;town=herford"`) {
		t.Fatal("the programme's page does not hand its filter on")
	}
	page := b.get("/benachrichtigen?category=kurs&free=1&language=de&town=herford&town=enger&audience=alle").want(t, http.StatusOK, "Danach lässt sich bei Mails nicht auswählen: Kurs")
	first := b.submit(page, "/benachrichtigen", url.Values{"email": {"Gast@Example.org"}}).want(t, http.StatusOK, "Postfach")
	if again := b.submit(page, "/benachrichtigen", url.Values{"email": {"gast@example.org"}}); again.body != first.body {
		t.Error("the answer tells that the address is known")
	}
	l := only(t, n.deliver())
	path := link(t, l, "/benachrichtigung/")
	for range 2 {
		n.browser().request(http.MethodHead, path)
		n.browser().get(path).want(t, http.StatusOK, "Noch nicht bestätigt", "Enger", "Herford", "nur mit freiem Eintritt", "gast@example.org").lacks(t, `value="change"`)
	}
	if got := must(n.Subscribers(ctx)); len(got) != 0 {
		t.Fatal("opening the link was a consent")
	}
	for range 2 {
		b.then(b.post(path, url.Values{"do": {"confirm"}})).want(t, http.StatusOK, "Wir schreiben Ihnen.")
	}
	n.as(vera).get("/koordination/veranstaltungen").want(t, http.StatusOK, "1-mal, sobald es Neues gibt, 0-mal monatlich")
	s := must(n.Subscriber(ctx, strings.TrimPrefix(path, "/benachrichtigung/")))
	if strings.Join(s.Towns, " ") != "Enger Herford" || strings.Join(s.Audiences, " ") != "alle" || strings.Join(s.Languages, " ") != "de" || !s.Free || s.Accessible || s.Pace != agenda.PaceNews || s.Lang != agenda.German {
		t.Errorf("kept: %+v", s)
	}
	n.wait(time.Second)
	e := must(n.AddEvent(ctx, agenda.Shell, 2027, eventDetails("Neuer Kurs", "2027-10-05T18:00"), agenda.Published, ""))
	n.set("2027-08-31T08:00")
	news := only(t, to(n.deliver(), agenda.KindNews, "gast@example.org"))
	if !strings.Contains(news.Text, base+"/programm/2027/"+e.Slug) || unsubscribePath(t, news) != path {
		t.Errorf("the mail:\n%s", news.Text)
	}
	for range 2 {
		n.oneClick(path).want(t, http.StatusOK)
	}
	b.get(path).want(t, http.StatusNotFound)
	if got := must(n.Subscribers(ctx)); len(got) != 0 {
		t.Error("the mails go on")
	}
}

func TestSubscriptionIsChangedAndEnded(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	path := toldOfNews(t, n, url.Values{"email": {"gast@example.org"}, "town": {"enger"}})
	b := n.browser()
	b.then(b.post(path, url.Values{"do": {"change"}, "town": {"buende", "vlotho"}, "language": {"ar", "xx"}, "pace": {"month"}, "lang": {"en"}})).want(t, http.StatusOK, "gespeichert", "Vlotho", "Arabisch", "Einmal im Monat")
	s := must(n.Subscriber(ctx, strings.TrimPrefix(path, "/benachrichtigung/")))
	if strings.Join(s.Towns, " ") != "Bünde Vlotho" || strings.Join(s.Languages, " ") != "ar" || s.Pace != agenda.PaceMonth || s.Lang != agenda.English {
		t.Errorf("kept: %+v", s)
	}
	// Somebody asks in her name for something else.
	n.wait(2 * time.Hour)
	n.browser().post("/benachrichtigen", url.Values{"email": {"gast@example.org"}, "town": {"loehne"}}).want(t, http.StatusOK)
	b.get(path).want(t, http.StatusOK, "Neue Auswahl", "Löhne", "Vlotho")
	b.then(b.post(path, url.Values{"do": {"keep"}})).want(t, http.StatusOK, "Vlotho")
	b.then(b.post(path, url.Values{"do": {"confirm"}})).want(t, http.StatusOK, "Löhne").lacks(t, "<bdi>Vlotho</bdi>")
	b.post(path, url.Values{"do": {"nonsense"}}).want(t, http.StatusOK, "Löhne")
	b.submit(b.get(path), path, url.Values{"do": {"end"}}).want(t, http.StatusOK, "Wir haben Ihre Adresse gelöscht.")
	b.get(path).want(t, http.StatusNotFound)
}

func TestSubscribingBadly(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	b := n.browser()
	page := b.get("/benachrichtigen")
	for _, email := range []string{"", "kein", "a@b.example\r\nBcc: x@y.example", strings.Repeat("x", 300) + "@example.org"} {
		a := b.submit(page, "/benachrichtigen", url.Values{"email": {email}, "town": {"enger"}}).want(t, http.StatusUnprocessableEntity)
		if !a.invalid()["email"] || !strings.Contains(a.body, `value="enger" checked`) {
			t.Errorf("%.20q: marked %v; what was ticked is lost: %v", email, a.invalid(), !strings.Contains(a.body, `value="enger" checked`))
		}
	}
	b.submit(page, "/benachrichtigen", url.Values{"email": {"bot@example.org"}, trapField: {"x"}}).want(t, http.StatusOK, "Postfach")
	if sent := n.deliver(); len(sent) != 0 {
		t.Errorf("mails: %v", sent)
	}
	b.get("/benachrichtigen?town=%00&town=nirgends&audience=%3Cscript%3E&pace=x&q=%3Cb%3E").want(t, http.StatusOK).lacks(t, `value="nirgends"`)
	path := toldOfNews(t, n, url.Values{"email": {"gast@example.org"}})
	id, _, _ := strings.Cut(path, ".")
	for _, forged := range []string{id, id + ".aaaa", path + "a", "/benachrichtigung/%00.x", "/vormerkung" + strings.TrimPrefix(path, "/benachrichtigung")} {
		b.request(http.MethodGet, forged).want(t, http.StatusNotFound)
		n.oneClick(forged)
	}
	n.browser().foreign(path, "application/x-www-form-urlencoded", "do=end", http.Header{"Origin": {"https://other.example"}, "Sec-Fetch-Site": {"cross-site"}})
	if got := must(n.Subscribers(ctx)); got[agenda.PaceNews] != 1 {
		t.Errorf("ended by a link that is not hers: %v", got)
	}
	for _, secret := range []string{path, "/anmeldung/" + path[18:], "/liste/" + path[18:]} {
		if got := masked(secret); strings.Contains(got, path[18:]) {
			t.Errorf("the log would show %s", got)
		}
	}
	b.post("/benachrichtigen", url.Values{"email": {"late@example.org"}}).want(t, http.StatusOK)
	late := link(t, only(t, n.deliver()), "/benachrichtigung/")
	n.wait(73 * time.Hour)
	b.request(http.MethodGet, late).want(t, http.StatusGone)
	b.post(late, url.Values{"do": {"confirm"}}).want(t, http.StatusGone)
	b.post(late, url.Values{"do": {"change"}}).want(t, http.StatusConflict)
}

func TestYearlyQuestionOnThePage(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	path := toldOfNews(t, n, url.Values{"email": {"gast@example.org"}})
	n.set("2028-08-29T08:00")
	if asked := only(t, to(n.deliver(), agenda.KindStill, "gast@example.org")); link(t, asked, "/benachrichtigung/") != path {
		t.Errorf("the question:\n%s", asked.Text)
	}
	b := n.browser()
	page := b.get(path).want(t, http.StatusOK, "Ohne Ihre Antwort", "28.10.2028")
	b.then(b.submit(page, path, url.Values{"do": {"keep"}})).want(t, http.StatusOK, "Wir schreiben Ihnen.").lacks(t, "Ohne Ihre Antwort")
}

func TestSubscribingInEveryLanguage(t *testing.T) {
	t.Parallel()
	all := must(lang.Load(lang.All()...))
	n := open(t, func(o *Options) { o.Catalog = all })
	n.deliver()
	b := n.browser()
	b.hasty = true // texts of other parts may be German
	for _, l := range lang.All() {
		p, prefix := all.Printer(l), ""
		if l != agenda.German {
			prefix = "/" + string(l)
		}
		page := b.get(prefix+"/benachrichtigen?town=enger").want(t, http.StatusOK, p.T("subscribe.lead"), p.T("subscribe.pace.month"))
		if html := page.all("html")[0]; attr(html, "lang") != p.Tag() || attr(html, "dir") != p.Dir() {
			t.Errorf("%s: language %s, direction %s", l, attr(html, "lang"), attr(html, "dir"))
		}
		email := string(l) + "@example.org"
		b.submit(page, prefix+"/benachrichtigen", url.Values{"email": {email}}).want(t, http.StatusOK, p.T("subscribe.sent.text"))
		must(n.Claim(ctx, n.Now(), time.Minute, 1))
		for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
			for must(n.Expand(ctx, id)) {
			}
		}
		f := only2(t, must(n.Claim(ctx, n.Now(), time.Minute, 10)))
		if f.Lang != l {
			t.Errorf("%s: the mail is in %s", l, f.Lang)
		}
		path := prefix + "/benachrichtigung/" + f.Tokens.Act
		b.get(path).want(t, http.StatusOK, p.T("subscribe.state.asked"), p.T("subscribe.wants"))
		b.then(b.post(path, url.Values{"do": {"confirm"}})).want(t, http.StatusOK, p.T("subscribe.state.on"), p.T("subscribe.change"))
		b.post(path, url.Values{"do": {"end"}}).want(t, http.StatusOK, p.T("subscribe.ended.text"))
	}
}

func only2(t *testing.T, facts []agenda.Facts) agenda.Facts {
	t.Helper()
	if len(facts) != 1 {
		t.Fatalf("%d mails, want 1", len(facts))
	}
	return facts[0]
}
