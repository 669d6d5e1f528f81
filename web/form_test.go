package web

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/html"

	"widunetz/internal/agenda"
)

// eventForm is a complete form of an event, as the browser sends it.
func eventForm(title string) url.Values {
	return url.Values{
		"title": {title}, "summary": {"Für alle."}, "category": {"lesung"}, "start": {"2027-09-20"}, "start_clock": {"18:30"}, "end": {"20:00"},
		"town": {"Herford"}, "venue": {"Haus unter den Linden"}, "organiser": {"Verein Brücke"}, "audiences": {"alle"}, "languages": {"de", "ar"},
		"free": {"1"}, "contact": {"05221 1234"}, "internal_name": {"Olga Organ"}, "internal_email": {"olga@verein.example"}, "internal_phone": {"05221 777"},
	}
}

func changed(form url.Values, name string, values ...string) url.Values {
	form = maps.Clone(form)
	form[name] = values
	return form
}

const submitPath = "/programm/2027/einreichen"

// invalid are the names of the fields that the page marks as wrong.
func (a *answer) invalid() map[string]bool {
	out := map[string]bool{}
	for d := range a.root.Descendants() {
		if d.Type == html.ElementNode && attr(d, "aria-invalid") == "true" {
			out[attr(d, "name")] = true
		}
		if id, ok := strings.CutPrefix(attr(d, "id"), "e-"); ok && d.Type == html.ElementNode {
			out[id] = true
		}
	}
	return out
}

func TestWrongInputIsNamedAndKept(t *testing.T) {
	t.Parallel()
	n := open(t)
	full := changed(changed(changed(eventForm("Lesung am Fluss"), "subtitle", "mit Musik"), "coorganisers", "Caritas, Diakonie"), "stepfree", "yes")
	for name, c := range map[string]struct {
		field string
		form  url.Values
	}{
		"no title":                   {"title", changed(full, "title", "")},
		"only blanks":                {"title", changed(full, "title", " \t ")},
		"a title that is too long":   {"title", changed(full, "title", strings.Repeat("ä", 81))},
		"a day that is none":         {"start", changed(full, "start", "morgen")},
		"a time that is none":        {"start_clock", changed(full, "start_clock", "abends")},
		"no time of day":             {"start_clock", changed(full, "start_clock", "")},
		"no day":                     {"start", changed(full, "start", "")},
		"no end":                     {"end", changed(full, "end", "")},
		"an end before the start":    {"end", changed(full, "end", "17:00")},
		"a night hour that is not":   {"start", changed(changed(full, "start", "2028-03-26"), "start_clock", "02:30")},
		"a town that is none of us":  {"town", changed(full, "town", "Berlin")},
		"no language":                {"languages", changed(full, "languages")},
		"a category that is none":    {"category", changed(full, "category", "x")},
		"a script for a link":        {"online", changed(full, "online", "javascript:alert(1)")},
		"a link without a scheme":    {"online", changed(full, "online", "//evil.example")},
		"a link with a password":     {"online", changed(full, "online", "https://a@evil.example")},
		"a number that is none":      {"places", changed(full, "places", "viele")},
		"no price where it is due":   {"price", changed(full, "free")},
		"two addresses":              {"internal_email", changed(full, "internal_email", "a@x.example,b@x.example")},
		"an address with a line end": {"internal_email", changed(full, "internal_email", "a@x.example\r\nBcc: b@x.example")},
	} {
		n.run(name, func(t *testing.T) {
			a := n.browser().post(submitPath, c.form).want(t, http.StatusUnprocessableEntity)
			if !a.invalid()[c.field] {
				t.Errorf("the field %q is not marked; marked are %v", c.field, a.invalid())
			}
			if wrong := a.invalid(); len(wrong) > 1 && !wrong["internal_email"] {
				t.Errorf("more fields are marked: %v", wrong)
			}
			summary := a.byID("fehler")
			if summary == nil || attr(summary, "role") != "alert" || len(within(summary, "li")) == 0 {
				t.Fatal("no summary of what is wrong")
			}
			leads := false
			for _, x := range within(summary, "a") {
				leads = leads || attr(x, "href") == "#f-"+c.field
			}
			if !leads {
				t.Errorf("the summary does not lead to the field:\n%s", inner(summary))
			}
			if !strings.HasPrefix(inner(a.all("title")[0]), "Fehler") {
				t.Errorf("the title %q does not say that something is wrong", inner(a.all("title")[0]))
			}
			got := fields(a.all("form")[len(a.all("form"))-1])
			for name, want := range c.form {
				if name != "category" && name != "town" && strings.TrimSpace(strings.Join(got[name], "|")) != strings.TrimSpace(strings.NewReplacer("\r\n", "").Replace(strings.Join(want, "|"))) {
					if name == c.field && strings.Contains(strings.Join(want, ""), "\r\n") {
						continue // an input of one line holds no line end
					}
					t.Errorf("%s: %q was typed, the page has %q", name, want, got[name])
				}
			}
		})
	}
	if got := len(must(n.Events(ctx, 2027))); got != 26 {
		t.Errorf("%d events, want 26 as before", got)
	}
}

func TestWrongTimesOfAMeeting(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss, m := n.as(vera), n.meetings(project)[0]
	path := "/koordination/sitzungen/" + string(m.ID)
	page := boss.get(path)
	for field, typed := range map[string]string{"date": "", "start": "", "end": "", "end ": "abends", "date ": "bald", "online": "javascript:1"} {
		name := strings.TrimSpace(field)
		a := boss.submit(page, string(m.ID), map[string][]string{name: {typed}, "place": {"Ratssaal"}}).want(t, http.StatusUnprocessableEntity, "Ratssaal")
		if wrong := a.invalid(); len(wrong) != 1 || !wrong[name] {
			t.Errorf("%s %q: marked are %v", name, typed, wrong)
		}
		if got := attr(a.byID("f-"+name), "value"); got != typed {
			t.Errorf("%s: %q was typed, the page has %q", name, typed, got)
		}
	}
}

func TestMarkupInTitlesIsText(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	boss := n.as(vera)
	for _, title := range []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `{{.Person}} ${7*7}`, `</title><svg onload=x>`} {
		n.browser().post(submitPath, eventForm(title)).want(t, http.StatusOK)
		letters := n.deliver()
		e := n.event(title)
		path := "/koordination/veranstaltungen/" + string(e.ID)
		boss.then(boss.submit(boss.get(path), "/entscheiden", map[string][]string{"to": {"published"}})).want(t, http.StatusOK, title)
		letters = append(letters, n.deliver()...)
		for _, at := range []string{"/programm/2027", "/programm/2027?ansicht=monat", "/programm/2027/" + e.Slug, "/koordination/veranstaltungen", "/koordination", "/koordination/verlauf"} {
			a := boss.get(at).want(t, http.StatusOK)
			for _, element := range []string{"img", "svg"} {
				for _, x := range a.all(element) {
					if has(x, "onerror") || has(x, "onload") {
						t.Errorf("%s: the title became an element", at)
					}
				}
			}
			scripts := slices.DeleteFunc(a.all("script"), func(x *html.Node) bool { return attr(x, "type") == "application/ld+json" }) // data, never run
			if len(scripts) != 1 {
				t.Errorf("%s: %d scripts, want the one of the service", at, len(scripts))
			}
		}
		for _, l := range letters {
			if strings.Contains(l.HTML, "<script") || strings.Contains(l.HTML, "<img src=x") || strings.Contains(l.HTML, "<svg onload") {
				t.Errorf("%s: the title became an element of the mail", l.Kind)
			}
		}
	}
}

func TestControlCharactersInNames(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	evil := "Eve\r\nBcc: x@evil.example\r\n\x1b[31m\u202e\u0000"
	boss.then(boss.post("/koordination/personen/neu", url.Values{"family": {evil}, "given": {"A\nB"}, "email": {"eve@example.org"}})).want(t, http.StatusOK)
	if got := n.person("eve@example.org").Name(); got != "A B Eve Bcc: x@evil.example [31m" {
		t.Errorf("name %q", got)
	}
	title := "Fest\r\nATTENDEE:mailto:evil@example.org\r\nEND:VEVENT"
	boss.then(boss.post("/koordination/veranstaltungen/neu", changed(eventForm(title), "edition", "2027"))).want(t, http.StatusOK)
	feed := n.feed("/feeds/programme/2027.ics")
	if e := feed.titled("Fest ATTENDEE"); e == nil || e["ATTENDEE"] != "" {
		t.Errorf("the title broke out of its line: %v", e)
	}
	// A page that opens with a line of another script still reads from left to right.
	boss.get("/koordination/personen").want(t, http.StatusOK).lacks(t, "\u202e", "\x1b")
}

func TestFormsThatAreTooLarge(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	before := n.records("session")
	big := strings.Repeat("x", 10<<20)
	many := url.Values{}
	for i := range 20000 {
		many.Set("f"+strconv.Itoa(i), "1")
	}
	n.run("ten megabytes", func(t *testing.T) {
		n.browser().post(submitPath, changed(eventForm("Groß"), "description", big)).want(t, http.StatusRequestEntityTooLarge, "zu groß")
		n.browser().post("/einloggen", url.Values{"email": {big[:2<<20]}}).want(t, http.StatusRequestEntityTooLarge)
		boss.post("/koordination/personen/neu", url.Values{"family": {big[:2<<20]}}).want(t, http.StatusRequestEntityTooLarge)
	})
	n.run("ten megabytes without saying so", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodPost, base+submitPath, strings.NewReader("title=Gro%C3%9F&description="+big))
		r.ContentLength = -1
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		n.browser().do(r).want(t, http.StatusRequestEntityTooLarge)
	})
	n.run("a file of eleven megabytes", func(t *testing.T) {
		boss.upload("/koordination/import", url.Values{"kind": {"people"}}, "x.csv", []byte(big+big[:1<<20])).want(t, http.StatusRequestEntityTooLarge)
	})
	n.run("twenty thousand fields", func(t *testing.T) {
		if a := n.browser().post(submitPath, many); a.StatusCode < 400 || a.StatusCode > 499 {
			t.Errorf("status %d", a.StatusCode)
		}
		if a := boss.upload("/koordination/import", many, "x.csv", nil); a.StatusCode < 400 || a.StatusCode > 499 {
			t.Errorf("with a file: status %d", a.StatusCode)
		}
	})
	n.run("broken ones", func(t *testing.T) {
		for kind, body := range map[string]string{
			"application/x-www-form-urlencoded": "title=%zz&summary=x", "multipart/form-data; boundary=x": "--x\r\nContent-Disp", "multipart/form-data": "x",
		} {
			r := httptest.NewRequest(http.MethodPost, base+submitPath, strings.NewReader(body))
			r.Header.Set("Content-Type", kind)
			n.browser().do(r).want(t, http.StatusBadRequest)
		}
	})
	if !maps.Equal(before, n.records("session")) {
		t.Error("something of them was kept")
	}
}

func TestFieldsThatComeTwice(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss := n.as(vera)
	boss.then(boss.post("/koordination/personen/neu", url.Values{"family": {"Erste", "Zweite"}, "coordinator": {"", "1"}})).want(t, http.StatusOK, "Erste").lacks(t, "Zweite")
}

func TestTwoCoordinatorsEditTheSame(t *testing.T) {
	t.Parallel()
	n := open(t)
	first, second := n.as(vera), n.as(kim)
	e, m, other, p := n.event("Kochen"), n.meetings(project)[0], n.meetings(project)[1], n.person(cem)
	for name, c := range map[string]struct {
		path, action, field, value string
	}{
		"an event":    {"/koordination/veranstaltungen/" + string(e.ID), string(e.ID), "title", "Kochen "},
		"a meeting":   {"/koordination/sitzungen/" + string(m.ID), string(m.ID), "place", "Raum "},
		"a person":    {"/koordination/personen/" + string(p.ID), string(p.ID), "phone", "05221 "},
		"its place":   {"/koordination/sitzungen/" + string(other.ID), string(other.ID), "place", "Saal "},
		"its verdict": {"/koordination/veranstaltungen/" + string(e.ID), "/entscheiden", "to", "withdrawn"},
	} {
		n.run(name, func(t *testing.T) {
			a, b := first.get(c.path), second.get(c.path)
			value := func(s string) map[string][]string {
				if c.field == "to" {
					s = ""
				}
				return map[string][]string{c.field: {c.value + s}}
			}
			first.then(first.submit(a, c.action, value("eins"))).want(t, http.StatusOK)
			before := n.records("session")
			said := "Jemand war schneller"
			if name == "an event" {
				said = "Inzwischen hat jemand anderes gespeichert" // and the form keeps what was typed
			}
			second.submit(b, c.action, value("zwei")).want(t, http.StatusConflict, said)
			if !maps.Equal(before, n.records("session")) {
				t.Error("the second one overwrote the first")
			}
		})
	}
}

// What a second click on the same button must not do: tell people twice, or
// make one thing two.
func TestSecondClick(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	boss := n.as(vera)
	n.run("on the release of an invitation sends nothing more", func(t *testing.T) {
		path := "/koordination/gremien/" + string(project) + "/einladen"
		page := boss.get(path)
		for range 2 {
			boss.then(boss.submit(page, path, nil)).want(t, http.StatusOK)
		}
		if got := len(to(n.deliver(), agenda.KindInvitation, cem)); got != 1 {
			t.Errorf("%d invitations, want 1", got)
		}
	})
	n.run("on a person's form makes no second person", func(t *testing.T) {
		form := url.Values{"family": {"Neu"}, "email": {"neu@example.org"}}
		boss.then(boss.post("/koordination/personen/neu", form))
		boss.post("/koordination/personen/neu", form).want(t, http.StatusUnprocessableEntity, "bei jemand anderem")
	})
	n.run("on a group's form makes no second group", func(t *testing.T) {
		form := url.Values{"name": {"Runder Tisch"}, "weekday": {"3"}}
		boss.then(boss.post("/koordination/gremien/neu", form))
		boss.post("/koordination/gremien/neu", form).want(t, http.StatusUnprocessableEntity)
	})
	n.run("on a meeting's form tells nobody twice", func(t *testing.T) {
		m := n.meetings(project)[0]
		path := "/koordination/sitzungen/" + string(m.ID)
		page := boss.get(path)
		change := map[string][]string{"place": {"Rathaus"}, "mail": {"yes"}}
		boss.then(boss.submit(page, path, change))
		boss.submit(page, path, change)
		n.wait(agenda.UnsureWait)
		if got := len(to(n.deliver(), agenda.KindChange, cem)); got != 1 {
			t.Errorf("%d mails, want 1", got)
		}
	})
}

func TestTooManyPosts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, tooManyPosts)
}

func tooManyPosts(t *testing.T) {
	n := open(t)
	b := n.browser()
	for range postsBurst {
		b.post("/einloggen", url.Values{"email": {"nobody@example.org"}}).want(t, http.StatusOK)
	}
	b.post("/einloggen", url.Values{"email": {"nobody@example.org"}}).want(t, http.StatusTooManyRequests)
	b.get("/einloggen").want(t, http.StatusOK)
	n.browser().post("/einloggen", url.Values{"email": {"nobody@example.org"}}).want(t, http.StatusOK)
	time.Sleep(postEvery) // of the bubble's clock
	b.post("/einloggen", url.Values{"email": {"nobody@example.org"}}).want(t, http.StatusOK)
}
