package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// withTopics switches topics on for the migration group, and requests.
func (n *network) withTopics() *network {
	n.t.Helper()
	g := must(n.Group(ctx, migration))
	g.Rules.Topics = agenda.TopicRules{On: true, Ask: 21, Send: 14, Requests: true}
	must(0, n.SetRules(ctx, agenda.Shell, migration, g.Rules, time.Time{}))
	return n
}

// handsIn hands in a topic for the migration group.
func (n *network) handsIn(email, title string) agenda.Topic {
	n.t.Helper()
	p := n.person(email)
	f := store.TopicForm{TopicDetails: agenda.TopicDetails{Title: title, Kind: agenda.TopicDiscussion, Minutes: 20}}
	return must(n.HandIn(ctx, agenda.PersonActor(p.ID), migration, p.ID, f, ""))
}

// asks asks the migration group for a training.
func (n *network) asks(email, title string) agenda.Topic {
	n.t.Helper()
	p := n.person(email)
	f := store.TopicForm{TopicDetails: agenda.TopicDetails{Title: title}, Request: &agenda.TrainingRequest{
		From: must(agenda.ParseDate("2027-10-01")), Until: must(agenda.ParseDate("2027-11-30")), Participants: 12, Contact: "Cem Celik, 05221 1",
	}}
	return must(n.HandIn(ctx, agenda.PersonActor(p.ID), migration, p.ID, f, ""))
}

// topicAccess is who may do what about topics, agendas and documents of the group.
func topicAccess(n *network, group, at string) map[string]access {
	n.withTopics()
	meeting := n.meetings(migration)[0]
	insider := n.person(amina).ID
	topic, wish := n.handsIn(amina, "Haushalt"), n.asks(cem, "Dolmetschen")
	must(0, n.AddDocument(ctx, agenda.Shell, meeting.ID, "", "plan.pdf", []byte("%PDF-1.7 x")))
	document := string(must(n.Documents(ctx, meeting.ID))[0].ID)
	link, mine := "/thema/"+n.TopicToken(migration, insider), "/gremien/"+string(migration)+"/themen"
	papers, page := "/unterlagen/"+n.PapersToken(meeting.ID, insider), "/sitzungen/"+string(meeting.ID)
	event := group + "/themen/" + string(wish.ID) + "/veranstaltung"
	const groups, meetings = "/gremien/:group", "/koordination/sitzungen/:meeting"
	return map[string]access{
		"GET /thema/:token": everyone(link, 200), "POST /thema/:token": everyone(link, 422),
		"GET /thema/:token/:topic": everyone(link+"/"+string(topic.ID), 200), "POST /thema/:token/:topic": everyone(link+"/"+string(topic.ID), 422),
		"GET /thema/:token/schulung": everyone(link+"/schulung", 200), "POST /thema/:token/schulung": everyone(link+"/schulung", 422),
		"GET /unterlagen/:token": everyone(papers, 200), "GET /unterlagen/:token/:document": everyone(papers+"/"+document, 200),
		"GET " + groups + "/themen": insiders(mine), "POST " + groups + "/themen": {mine, [5]int{403, 404, 422, 422, 422}},
		"GET " + groups + "/themen/:topic":             insiders(mine + "/" + string(topic.ID)),
		"POST " + groups + "/themen/:topic":            {mine + "/" + string(topic.ID), [5]int{403, 404, 422, 422, 422}},
		"GET " + groups + "/schulung":                  members("/gremien/" + string(migration) + "/schulung"),
		"POST " + groups + "/schulung":                 takes("/gremien/"+string(migration)+"/schulung", outsider, 422),
		"GET /sitzungen/:meeting/tagesordnung":         insiders(page + "/tagesordnung"),
		"GET /sitzungen/:meeting/unterlagen/:document": insiders(page + "/unterlagen/" + document),
		"GET " + meetings + "/tagesordnung":            chairs(at + "/tagesordnung"), "POST " + meetings + "/tagesordnung": takes(at+"/tagesordnung", leader, 303),
		"GET " + meetings + "/versand": chairs(at + "/versand"), "POST " + meetings + "/versand": takes(at+"/versand", leader, 422),
		"GET " + meetings + "/unterlagen": chairs(at + "/unterlagen"), "POST " + meetings + "/unterlagen": takes(at+"/unterlagen", leader, 422),
		"GET /koordination/gremien/:group/themen/:topic/veranstaltung":  chairs(event),
		"POST /koordination/gremien/:group/themen/:topic/veranstaltung": takes(event, leader, 422),
	}
}

func TestTopicFromTheMailToTheAgendaThatGoesOut(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.set("2027-08-20T10:00")
	n.withTopics()
	m := n.meetings(migration)[0] // September 22nd
	ask := only(t, to(n.letters("2027-09-01T08:00"), agenda.KindTopics, amina))
	mine := link(t, ask, "/thema/")
	b := n.browser()
	page := b.get(mine).want(t, http.StatusOK, "Amina Ahrens", "22. September 2027", "Zurzeit wartet kein Thema")
	b.get(mine) // a program that opens links
	if got := must(n.Topics(ctx, migration)); len(got) > 0 {
		t.Fatal("opening the link handed something in")
	}
	sent := url.Values{"topic_title": {"Haushalt 2028"}, "topic_kind": {"decision"}, "topic_minutes": {"45"}, "topic_text": {"Der Entwurf liegt vor."}}
	b.then(b.submit(page, mine, sent)).want(t, http.StatusOK, "Danke, das Thema ist eingegangen", "Haushalt 2028", "Beschluss", "von Ihnen")
	b.submit(page, mine, sent) // the second click
	topics := must(n.Topics(ctx, migration))
	if len(topics) != 1 {
		t.Fatalf("%d topics, want one", len(topics))
	}
	chair := n.as(birgit)
	desk := "/koordination/sitzungen/" + string(m.ID)
	form := chair.get(desk+"/tagesordnung").want(t, http.StatusOK, "Vorschlag", "Begrüßung", "Verschiedenes", "Haushalt 2028", "Amina Ahrens")
	form = chair.then(chair.submit(form, "/tagesordnung", url.Values{"do": {"save"}, "take": {string(topics[0].ID)}})).
		want(t, http.StatusOK, "ist gespeichert", "60 von 120 Minuten", "Punkt 3, 10:15", "Eingereicht von Amina Ahrens")
	chair.then(chair.submit(form, "/tagesordnung", url.Values{"do": {"up-3"}})).want(t, http.StatusOK, "Punkt 2, 10:05")
	a := must(n.AgendaOf(ctx, m.ID))
	if got := agenda.Timed(a.Items, m.Start); got[1].Title != "Haushalt 2028" || got[2].Start.Clock() != "10:50" {
		t.Fatalf("items %+v", got)
	}
	n.as(amina).get("/sitzungen/"+string(m.ID)).want(t, http.StatusOK).lacks(t, "Haushalt 2028")
	release := chair.get(desk+"/versand").want(t, http.StatusOK, "8. September 2027", "Amina Ahrens"[6:], "Haushalt 2028")
	must(0, n.AddDocument(ctx, agenda.Shell, m.ID, "", "Entwurf.pdf", []byte("%PDF-1.7 x")))
	chair.then(chair.submit(release, "/versand", url.Values{"do": {"release"}})).want(t, http.StatusOK, "ist freigegeben", "zurücknehmen")
	n.as(amina).get("/sitzungen/"+string(m.ID)).want(t, http.StatusOK, "Haushalt 2028", "10:05", "Entwurf.pdf").lacks(t, "Wie eingeladen")
	// What is released is the chair's.
	b.get(mine+"/"+string(topics[0].ID)).want(t, http.StatusOK, "nur noch die Leitung")
	b.post(mine+"/"+string(topics[0].ID), changed(sent, "topic_title", "Anders")).want(t, http.StatusConflict)
	b.post(mine+"/"+string(topics[0].ID), url.Values{"do": {"back"}}).want(t, http.StatusConflict)
	if len(to(n.deliver(), agenda.KindAgenda, "")) > 0 {
		t.Error("the agenda went out before its day")
	}
	mail := only(t, to(n.letters("2027-09-08T08:00"), agenda.KindAgenda, amina))
	for _, want := range []string{"10:05 Uhr  2. Haushalt 2028", "Entwurf.pdf", "Kreishaus"} {
		if !strings.Contains(mail.Text, want) {
			t.Errorf("%q is missing in:\n%s", want, mail.Text)
		}
	}
	if mail.Calendar == nil || !strings.Contains(string(mail.Calendar), "Haushalt 2028") {
		t.Error("the agenda is missing in the calendar file")
	}
	read := n.browser()
	papers := link(t, mail, "/unterlagen/")
	read.get(papers[:strings.LastIndexByte(papers, '/')]).want(t, http.StatusOK, "Haushalt 2028", "Entwurf.pdf").lacks(t, "Set-Cookie")
	if doc := read.get(papers); doc.StatusCode != 200 || !strings.HasPrefix(doc.Header.Get("Content-Disposition"), "attachment") || doc.body != "%PDF-1.7 x" {
		t.Errorf("the document: %d %v %q", doc.StatusCode, doc.Header, doc.body)
	}
	// A change after it went out is sent by choice, and what was sent stays.
	form = chair.get(desk + "/tagesordnung")
	chair.then(chair.submit(form, "/tagesordnung", url.Values{"do": {"off-2"}})).want(t, http.StatusOK, "Seitdem geändert", "vertagt am 22.09.2027")
	n.as(amina).get("/sitzungen/"+string(m.ID)).want(t, http.StatusOK, "Wie eingeladen").lacks(t, "Haushalt 2028")
	n.as(amina).get("/sitzungen/"+string(m.ID)+"/tagesordnung?stand=1").want(t, http.StatusOK, "Wie eingeladen", "Haushalt 2028")
	if len(n.deliver()) > 0 {
		t.Error("a change went out by itself")
	}
	versand := chair.get(desk+"/versand").want(t, http.StatusOK, "Änderung senden")
	chair.then(chair.submit(versand, "/versand", url.Values{"do": {"send"}, "sentence": {"Der Haushalt kommt später."}})).want(t, http.StatusOK).lacks(t, `value="send"`)
	change := only(t, to(n.deliver(), agenda.KindAgendaChange, amina))
	if !strings.Contains(change.Text, "Der Haushalt kommt später.") || strings.Contains(change.Text, "2. Haushalt") {
		t.Errorf("the change:\n%s", change.Text)
	}
	n.as(amina).get("/gremien/"+string(migration)).want(t, http.StatusOK, "offen seit 01.09.2027", "vertagt am 22.09.2027")
}

// letters moves the clock and returns what goes out then.
func (n *network) letters(at string) []letter.Letter {
	n.t.Helper()
	n.set(at)
	return n.deliver()
}

func TestTwoChairsMakeOneAgenda(t *testing.T) {
	t.Parallel()
	n := open(t).withTopics()
	m := n.meetings(migration)[0]
	path := "/koordination/sitzungen/" + string(m.ID) + "/tagesordnung"
	one, two := n.as(birgit), n.as(vera)
	first, second := one.get(path), two.get(path)
	one.then(one.submit(first, "/tagesordnung", url.Values{"do": {"save"}, "item_title": {"Begrüßung", "Verschiedenes", "Von Birgit"}})).want(t, http.StatusOK)
	page := two.submit(second, "/tagesordnung", url.Values{"do": {"save"}, "item_title": {"Begrüßung", "Verschiedenes", "Von Vera"}}).
		want(t, http.StatusConflict, "Von Birgit", "Von Vera")
	two.then(two.submit(page, "/tagesordnung", url.Values{"do": {"save"}})).want(t, http.StatusOK, "Von Birgit", "Von Vera")
	// Also where only words of one item differ, nobody's are lost.
	first, second = one.get(path), two.get(path)
	words := func(title string) url.Values {
		f := url.Values{"do": {"save"}}
		for i, it := range must(n.AgendaOf(ctx, m.ID)).Items {
			if f.Add("item_title", it.Title); i == 0 {
				f["item_title"][0] = title
			}
		}
		f.Add("item_title", "")
		return f
	}
	one.submit(first, "/tagesordnung", words("Willkommen")).want(t, http.StatusSeeOther)
	two.submit(second, "/tagesordnung", words("Guten Morgen")).want(t, http.StatusConflict, "Willkommen", "Guten Morgen")
	// The same form twice is one change.
	form := one.get(path)
	sent := url.Values{"do": {"save"}, "item_title": {"a", "b", "c", "d", "e", "f", "Neu"}}
	one.submit(form, "/tagesordnung", sent).want(t, http.StatusSeeOther)
	one.submit(form, "/tagesordnung", sent).want(t, http.StatusSeeOther)
	if got := must(n.AgendaOf(ctx, m.ID)); len(got.Items) != 7 {
		t.Errorf("%d items, want seven: %+v", len(got.Items), got.Items)
	}
}

func TestAgendaFormBadly(t *testing.T) {
	t.Parallel()
	n := open(t).withTopics()
	m := n.meetings(migration)[0]
	path := "/koordination/sitzungen/" + string(m.ID) + "/tagesordnung"
	b := n.as(birgit)
	form := b.get(path)
	for name, c := range map[string]struct {
		change url.Values
		text   string
	}{
		"no title":       {url.Values{"item_title": {"", "x", ""}, "item_text": {"Text", "", ""}}, "Punkt 1"},
		"words for time": {url.Values{"item_minutes": {"lang", "10", ""}}, "Punkt 1"},
		"too long":       {url.Values{"item_title": {strings.Repeat("x", 151), "y", ""}}, "150"},
		"strange kind":   {url.Values{"item_kind": {"krieg", "", ""}}, "Punkt 1"},
		"very long talk": {url.Values{"item_minutes": {"5000", "10", ""}}, "0–480"},
		"hostile":        {url.Values{"item_title": {"<script>alert(1)</script>", "y", ""}, "item_minutes": {"x", "1", ""}}, "&lt;script&gt;"},
	} {
		a := b.submit(form, "/tagesordnung", merge(c.change, url.Values{"do": {"save"}}))
		if a.want(t, http.StatusUnprocessableEntity); !strings.Contains(a.body, c.text) {
			t.Errorf("%s: %q is missing:\n%s", name, c.text, a.text())
		}
	}
	b.post(path, url.Values{"do": {"save"}, "item_id": {"77"}, "item_title": {"x"}}).want(t, http.StatusConflict, "x")
	b.post(path, url.Values{"do": {"off-9"}, "take": {"nichts"}}).want(t, http.StatusConflict)
	if got := must(n.AgendaOf(ctx, m.ID)); len(got.Items) > 0 {
		t.Errorf("something was saved: %+v", got)
	}
}

func merge(a, b url.Values) url.Values {
	for k, v := range b {
		a[k] = v
	}
	return a
}

func TestTopicsOfOthers(t *testing.T) {
	t.Parallel()
	n := open(t).withTopics()
	topic := n.handsIn(amina, "Haushalt")
	mine, hers := "/gremien/"+string(migration)+"/themen", "/thema/"+n.TopicToken(migration, n.person(cem).ID)
	b := n.as(cem) // of another group
	b.get(mine).want(t, http.StatusNotFound)
	b.post(mine, url.Values{"topic_title": {"x"}, "topic_kind": {"decision"}}).want(t, http.StatusNotFound)
	b.get(mine+"/"+string(topic.ID)).want(t, http.StatusNotFound)
	n.browser().get(hers).want(t, http.StatusNotFound)
	n.browser().post(hers, url.Values{"topic_title": {"x"}, "topic_kind": {"decision"}}).want(t, http.StatusNotFound)
	n.browser().post(hers+"/"+string(topic.ID), url.Values{"do": {"back"}}).want(t, http.StatusNotFound)
	n.browser().get("/unterlagen/"+n.PapersToken(n.meetings(migration)[0].ID, n.person(cem).ID)).want(t, http.StatusNotFound)
	n.browser().get("/thema/"+n.TopicToken(project, n.person(cem).ID)+"x").want(t, http.StatusNotFound)
	// A member cannot close what the chair can, nor a colleague's topic.
	other := must(n.Members(ctx, migration, n.Today()))
	for _, p := range other {
		if p.Email != amina && p.Email != birgit {
			n.as(p.Email).post(mine+"/"+string(topic.ID), url.Values{"do": {"close"}}).want(t, http.StatusNotFound)
			break
		}
	}
	n.as(amina).post(mine+"/"+string(topic.ID), url.Values{"do": {"close"}}).want(t, http.StatusUnprocessableEntity)
	n.as(birgit).then(n.as(birgit).post(mine+"/"+string(topic.ID), url.Values{"do": {"close"}})).want(t, http.StatusOK)
	if got := must(n.Topic(ctx, migration, topic.ID)); got.Done.IsZero() {
		t.Error("the chair could not close it")
	}
}

func TestTopicOfADeletedPerson(t *testing.T) {
	t.Parallel()
	n := open(t).withTopics()
	p := n.person(amina)
	topic, wish := n.handsIn(amina, "Haushalt"), n.asks(amina, "Dolmetschen")
	links := []string{"/thema/" + n.TopicToken(migration, p.ID), "/unterlagen/" + n.PapersToken(n.meetings(migration)[0].ID, p.ID)}
	for _, l := range links {
		n.browser().get(l).want(t, http.StatusOK)
	}
	must(0, n.DeletePerson(ctx, agenda.Shell, p.ID))
	for _, l := range links {
		n.browser().get(l).want(t, http.StatusNotFound)
	}
	got := must(n.Topic(ctx, migration, wish.ID))
	if got.Person != "" || got.Request.Contact != "" || got.Institution == "" || must(n.Topic(ctx, migration, topic.ID)).Person != "" {
		t.Errorf("what is left: %+v %+v", got.Topic, got.Request)
	}
	for key, v := range n.records("session", "login", "message", "notice", "due", "seat", "held", "about", "log", "lease", "trail", "history", "submissions", "journal") {
		if strings.Contains(v, `"person":"`+string(p.ID)) || strings.Contains(v, "Cem Celik") {
			t.Errorf("%q still names her: %s", key, v)
		}
	}
}

func TestTrainingFromTheRequestToSignUp(t *testing.T) {
	t.Parallel()
	n := open(t).withTopics()
	b := n.as(cem)
	b.get("/gremien").want(t, http.StatusOK, "Schulung anfragen")
	path := "/gremien/" + string(migration) + "/schulung"
	form := b.get(path).want(t, http.StatusOK, "Cem Çelik")
	b.submit(form, "/schulung", url.Values{"topic_title": {""}, "wish_from": {"2027-12-01"}, "wish_until": {"2027-11-01"}}).want(t, http.StatusUnprocessableEntity, "Spätestens")
	b.then(b.submit(form, "/schulung", url.Values{"topic_title": {"Dolmetschen"}, "wish_from": {"2027-10-01"}, "wish_until": {"2027-11-30"}, "wish_participants": {"12"}})).
		want(t, http.StatusOK, "die Anfrage ist eingegangen")
	mail := only(t, to(n.deliver(), agenda.KindRequest, birgit))
	at := link(t, mail, "/gremien/")
	chair := n.as(birgit)
	chair.get(at).want(t, http.StatusOK, "Dolmetschen", "zwischen 01.10.2027 und 30.11.2027", "12 Personen", "Cem Çelik")
	event := chair.get("/koordination"+at+"/veranstaltung").want(t, http.StatusOK, "Dolmetschen", `value="12"`, "Koordination sie freigegeben")
	d := url.Values{"start": {"2027-11-04"}, "start_clock": {"09:00"}, "end": {"12:00"}, "town": {"Herford"}, "venue": {"Kreishaus"}, "summary": {"Für Fachkräfte."}}
	sent := chair.submit(event, "/veranstaltung", d)
	chair.then(sent).want(t, http.StatusOK, "Dazu gibt es eine Veranstaltung").lacks(t, "/veranstaltung\"")
	chair.submit(event, "/veranstaltung", d).want(t, http.StatusSeeOther) // the second click
	e := n.event("Dolmetschen")
	if e.Review != agenda.Submitted || !e.SignUpHere || e.Places != 12 {
		t.Errorf("the event: %s, sign-up %v, %d places", e.Review, e.SignUpHere, e.Places)
	}
	told := only(t, to(n.deliver(), agenda.KindTraining, cem))
	if !strings.Contains(told.Text, "4. November 2027") {
		t.Errorf("the answer:\n%s", told.Text)
	}
	b.get("/konto").want(t, http.StatusOK).lacks(t, "Fragen nach Themen") // of another group
	n.as(amina).get("/konto").want(t, http.StatusOK, "Fragen nach Themen")
	// A group that takes no requests has no such page.
	b.get("/gremien/"+string(project)+"/schulung").want(t, http.StatusOK, "nimmt hier zurzeit keine")
}

func TestGroupWithoutTopicsLooksAsBefore(t *testing.T) {
	t.Parallel()
	n := open(t)
	m := n.meetings(project)[0]
	n.as(amina).get("/gremien/"+string(project)).want(t, http.StatusOK).lacks(t, "Themenspeicher")
	n.as(vera).get("/sitzungen/"+string(m.ID)).want(t, http.StatusOK).lacks(t, "Unterlagen", "Freigabe")
	n.as(amina).get("/konto").want(t, http.StatusOK).lacks(t, "Fragen nach Themen")
	n.as(amina).get("/gremien/"+string(project)+"/themen").want(t, http.StatusOK, "nimmt hier zurzeit keine Themen")
	n.as(amina).post("/gremien/"+string(project)+"/themen", url.Values{"topic_title": {"x"}, "topic_kind": {"decision"}}).want(t, http.StatusUnprocessableEntity)
}

func TestReleasedAgendaInFeeds(t *testing.T) {
	t.Parallel()
	n := open(t).withTopics()
	m := n.meetings(migration)[0]
	feed := "/feeds/personal/" + n.PersonFeedToken(n.person(amina)) + ".ics"
	before := n.browser().get(feed)
	a := must(n.SaveAgenda(ctx, agenda.Shell, m.ID, store.AgendaForm{Items: []agenda.AgendaItem{{Title: "Geheim", Minutes: 10}}}))
	if strings.Contains(n.browser().get(feed).body, "Geheim") {
		t.Error("the draft is in the feed")
	}
	n.wait(time.Minute)
	must(0, n.ReleaseAgenda(ctx, agenda.Shell, m.ID, a.Changed))
	after := n.browser().get(feed)
	if !strings.Contains(after.body, "1. Geheim") || before.Header.Get("ETag") == after.Header.Get("ETag") {
		t.Errorf("the released agenda is not in the feed:\n%s", after.body)
	}
	n.wait(time.Minute)
	must(0, n.WithdrawAgenda(ctx, agenda.Shell, m.ID))
	if strings.Contains(n.browser().get(feed).body, "Geheim") {
		t.Error("the agenda that was taken back is in the feed")
	}
}
