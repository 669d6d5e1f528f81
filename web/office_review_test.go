package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

const eventList = "/koordination/veranstaltungen"

func eventDesk(e agenda.Event) string { return eventList + "/" + string(e.ID) }

// submittedNow adds an event that waits for the coordinators.
func (n *network) submittedNow(title, start string) agenda.Event {
	n.t.Helper()
	return must(n.SubmitEvent(ctx, 2027, eventDetails(title, start), agenda.German, "", true))
}

func TestAcceptedEventIsHiddenUntilItIsReleased(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, office, public := n.event("Lesung im Garten"), n.as(vera), n.browser()
	page := office.get(eventDesk(e)).want(t, http.StatusOK, "Annehmen, später veröffentlichen")
	form := map[string][]string{"to": {"accepted"}, "release": {"2027-09-05"}, "release_clock": {"08:00"}}
	office.then(office.submit(page, "/entscheiden", form)).want(t, http.StatusOK, "angenommen", "wird veröffentlicht: Sonntag, 5. September 2027, 08:00 Uhr", "Jetzt veröffentlichen")
	n.wait(11 * time.Minute)
	l := only(t, to(n.deliver(), agenda.KindApproved, "olga@verein.example"))
	if !strings.Contains(l.Text, "5. September 2027") || strings.Contains(l.Text, "/programm/") {
		t.Errorf("mail:\n%s", l.Text)
	}
	e = n.event("Lesung im Garten")
	for _, path := range []string{"/programm/2027/" + e.Slug, "/feeds/event/" + string(e.ID) + ".ics"} {
		public.request(http.MethodGet, path).want(t, http.StatusNotFound)
	}
	for _, path := range []string{"/", "/programm/2027", "/programm/2027?q=Garten", "/programm/2027/heft", "/programm/2027/plakat", "/programm/2027/presse", "/feeds/programme/2027.ics", "/feeds/programme.json", "/feeds/programme.atom"} {
		public.request(http.MethodGet, path).want(t, http.StatusOK).lacks(t, "Lesung im Garten")
	}
	// Its time counts for others, its title does not reach them.
	look := "/programm/2027/einreichen/pruefen?start=2027-09-14&start_clock=18:00&end=19:00&town=Herford&audiences=alle"
	public.request(http.MethodGet, look).want(t, http.StatusOK, "noch nicht veröffentlichte Veranstaltung").lacks(t, "Lesung im Garten")
	office.get(eventList+"?review=accepted").want(t, http.StatusOK, "Lesung im Garten", "wird veröffentlicht").lacks(t, "Kochen")
	office.get("/koordination/ausgaben/2027/abdeckung").want(t, http.StatusOK, "1 wartet")

	mine := public.get(link(t, l, "/einreichung/")).want(t, http.StatusOK, "ab Sonntag, 5. September 2027, 08:00 Uhr öffentlich", "sieht sich die Koordination die Veranstaltung noch einmal an")
	public.submit(mine, link(t, l, "/einreichung/"), map[string][]string{"title": {"Konzert im Garten"}}).want(t, http.StatusOK, "eingereicht")
	if got := n.event("Konzert im Garten"); got.Review != agenda.Submitted || !got.Release.IsZero() {
		t.Errorf("another title: %s, release %s", got.Review, got.Release)
	}
}

func TestReleaseTimesThatCannotBe(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, office := n.event("Lesung im Garten"), n.as(vera)
	page := office.get(eventDesk(e))
	for _, c := range []struct{ day, clock, text string }{
		{"2027-09-15", "08:00", "nach dem Beginn der Veranstaltung"}, {"bald", "08:00", "Datum in der Form"}, {"2027-09-05", "", "Bitte füllen Sie das aus"},
		{"", "08:00", "Bitte füllen Sie das aus"}, {"2027-09-05", "acht", "Uhrzeit in der Form"},
	} {
		office.submit(page, "/entscheiden", map[string][]string{"to": {"accepted"}, "release": {c.day}, "release_clock": {c.clock}}).
			want(t, http.StatusUnprocessableEntity, c.text, `value="`+c.day+`"`)
	}
	if got := n.event("Lesung im Garten"); got.Review != agenda.Submitted {
		t.Errorf("%s", got.Review)
	}
	office.submit(page, "/entscheiden", map[string][]string{"to": {"accepted"}, "release": {"2027-08-30"}, "release_clock": {"08:00"}}).want(t, http.StatusSeeOther)
	if got := n.event("Lesung im Garten"); !got.Public() {
		t.Errorf("a time in the past: %s", got.Review)
	}
	n.wait(time.Hour)
	mails := n.deliver()
	only(t, to(mails, agenda.KindAccepted, "olga@verein.example"))
	if l := to(mails, agenda.KindApproved, ""); len(l) > 0 {
		t.Errorf("%d mails of acceptance as well", len(l))
	}
	// The second click on the old page decides nothing.
	office.submit(page, "/entscheiden", map[string][]string{"to": {"accepted"}, "release": {""}, "release_clock": {""}}).want(t, http.StatusConflict)
}

func TestTextBlocksOfTheDesk(t *testing.T) {
	t.Parallel()
	n := open(t)
	office, colleague := n.as(vera), n.as(kim)
	const path = "/koordination/textbausteine"
	page := office.get(path).want(t, http.StatusOK, "Bild fehlt", "Uhrzeit unklar", "Sprache der Veranstaltung fehlt", "Neuer Textbaustein")
	office.submit(page, path, map[string][]string{"name": {""}, "text": {""}}).want(t, http.StatusUnprocessableEntity, "Name: Bitte füllen Sie das aus.", "Text: Bitte füllen Sie das aus.")
	office.submit(page, path, map[string][]string{"name": {"bild FEHLT"}, "text": {"x"}}).want(t, http.StatusUnprocessableEntity, "mit diesem Namen gibt es schon", `value="bild FEHLT"`)
	mine := map[string][]string{"name": {"Logo <b>"}, "text": {"Bitte ein Logo."}}
	office.then(office.submit(page, path, mine)).want(t, http.StatusOK, "Logo &lt;b&gt;", "Bitte ein Logo.")
	office.submit(page, path, mine).want(t, http.StatusSeeOther) // the same form once more
	if got := len(must(n.TextBlocks(ctx))); got != len(agenda.DefaultTextBlocks())+1 {
		t.Errorf("%d blocks", got)
	}

	one := path + "?baustein=bild"
	hers, his := office.get(one).want(t, http.StatusOK, "Textbaustein ändern"), colleague.get(one)
	office.then(office.submit(hers, path, map[string][]string{"text": {"Bitte ein Foto."}})).want(t, http.StatusOK, "Bitte ein Foto.")
	colleague.submit(his, path, map[string][]string{"text": {"Seins."}}).want(t, http.StatusConflict)
	colleague.submit(his, path, map[string][]string{"do": {"delete"}}).want(t, http.StatusConflict)
	colleague.then(colleague.submit(colleague.get(one), path, map[string][]string{"do": {"delete"}})).want(t, http.StatusOK, "Gelöscht: Bild fehlt").lacks(t, "Bitte ein Foto.")
	office.get(one).want(t, http.StatusNotFound)
	office.get("/koordination/verlauf").want(t, http.StatusOK, "Logo")
	office.get("/en"+path).want(t, http.StatusOK, "New text block")
}

func TestReturningWithTextBlocks(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, office := n.event("Lesung im Garten"), n.as(vera)
	page := office.get(eventDesk(e)).want(t, http.StatusOK, "Textbausteine einfügen", "Uhrzeit unklar")
	office.submit(page, "/entscheiden", map[string][]string{"to": {"returned"}}).want(t, http.StatusUnprocessableEntity, "Bitte füllen Sie das aus")
	// What was ticked and typed stays when something is wrong.
	again := office.submit(page, "/entscheiden", map[string][]string{"to": {"returned"}, "block": {"bild"}, "reason": {strings.Repeat("x", 5000)}}).want(t, http.StatusUnprocessableEntity, "zu lang")
	if box := again.byID("f-block-bild"); box == nil || !has(box, "checked") {
		t.Error("the tick is gone")
	}
	office.submit(page, "/entscheiden", map[string][]string{"to": {"returned"}, "block": {"weg"}}).want(t, http.StatusConflict)
	office.submit(page, "/entscheiden", map[string][]string{"to": {"returned"}, "block": {"bild", "uhrzeit"}, "reason": {"Danke!"}}).want(t, http.StatusSeeOther)
	got := n.event("Lesung im Garten")
	if parts := strings.Split(got.Reason, "\n\n"); got.Review != agenda.Returned || len(parts) != 3 || parts[2] != "Danke!" || !strings.Contains(parts[0], "Bild") {
		t.Errorf("%s, reason %q", got.Review, got.Reason)
	}
	l := only(t, to(n.deliver(), agenda.KindReturned, "olga@verein.example"))
	if text := strings.Join(strings.Fields(l.Text), " "); !strings.Contains(text, "Beginn und Ende") || !strings.Contains(text, "Danke!") {
		t.Errorf("mail:\n%s", l.Text)
	}
}

func TestMissingDetailsAreAskedForAndFilledIn(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	e, office, olga := n.event("Lesung im Garten"), n.as(vera), n.browser()
	office.get(eventList+"?year=2027").want(t, http.StatusOK, "5 Angaben fehlen")
	page := office.get(eventDesk(e)).want(t, http.StatusOK, "Das fehlt noch", "ob es Kinderbetreuung gibt", "Straße und Hausnummer")
	office.then(office.submit(page, "/nachfragen", nil)).want(t, http.StatusOK, "ist unterwegs", "Zuletzt nachgefragt: 30.08.2027")
	office.then(office.submit(page, "/nachfragen", nil)).want(t, http.StatusOK, "Nachgefragt wurde erst am Montag, 30. August 2027, 09:00")
	l := only(t, n.deliver())
	if l.Kind != agenda.KindMissing || l.ToEmail != "olga@verein.example" || !strings.Contains(l.Text, "rollstuhlgerecht") {
		t.Fatalf("%s to %s:\n%s", l.Kind, l.ToEmail, l.Text)
	}
	path, anchor, _ := strings.Cut(link(t, l, "/einreichung/"), "#")
	form := olga.get(path).want(t, http.StatusOK, "Das fehlt noch", "Fehlt noch.")
	if form.byID(anchor) == nil {
		t.Errorf("no part %q", anchor)
	}
	links := 0
	for _, a := range within(form.byID("fehlt"), "a") {
		if href := attr(a, "href"); strings.HasPrefix(href, "#f-") || strings.HasSuffix(href, "/bild") {
			links++
		}
	}
	if links != 5 {
		t.Errorf("%d links to the fields, want 5", links)
	}
	olga.submit(form, path, map[string][]string{"street": {"Lindenweg 1"}, "postcode": {"32049"}, "stepfree": {"yes"}, "childcare": {"no"}}).
		want(t, http.StatusOK, "Gespeichert").lacks(t, "ob der Ort rollstuhlgerecht ist")
	if rest := inner(office.get(eventDesk(e)).byID("fehlt")); !strings.Contains(rest, "Bild") || strings.Contains(rest, "Kinderbetreuung") {
		t.Errorf("the desk shows %q", rest)
	}
	office.get(eventList+"?year=2027").want(t, http.StatusOK, "1 Angabe fehlt")
}

// In English the list is English, and the German one follows.
func TestMissingDetailsInHerLanguage(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := must(n.SubmitEvent(ctx, 2027, eventDetails("Reading", "2027-09-14T18:00"), agenda.English, "", true))
	n.deliver()
	office := n.as(vera)
	office.submit(office.get(eventDesk(e)), "/nachfragen", nil).want(t, http.StatusSeeOther)
	l := only(t, n.deliver())
	if !strings.Contains(l.Text, "whether there is childcare") || !strings.HasPrefix(link(t, l, "/einreichung/"), "/en/") {
		t.Errorf("mail:\n%s", l.Text)
	}
	path, _, _ := strings.Cut(link(t, l, "/einreichung/"), "#")
	n.browser().get(path).want(t, http.StatusOK, "Still missing", "whether there is childcare")
}

// The organiser of a public event proposes what was missing: it is not missing
// any more; the picture she sends by mail.
func TestMissingDetailsOfAPublicEvent(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := must(n.AddEvent(ctx, agenda.Shell, 2027, eventDetails("Garten der Sprachen", "2027-09-21T18:00"), agenda.Published, ""))
	office, olga, path := n.as(vera), n.browser(), "/einreichung/"+n.SubmissionToken(e)
	form := olga.get(path).want(t, http.StatusOK, "Bild – Das Bild schicken Sie bitte der Koordination.")
	olga.submit(form, path, map[string][]string{"street": {"Lindenweg 1"}, "postcode": {"32049"}, "stepfree": {"yes"}, "childcare": {"no"}}).want(t, http.StatusOK)
	page := office.get(eventDesk(e)).want(t, http.StatusOK, "Vorschlag")
	if items := within(page.byID("fehlt"), "li"); len(items) != 1 || inner(items[0]) != "Bild" {
		t.Errorf("%d details missing, want the picture", len(items))
	}
}

func TestEditionPageReleasesAndAsksAll(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	office := n.as(vera)
	const edition = "/koordination/ausgaben/2027"
	office.get(edition).want(t, http.StatusOK, "Zurzeit ist keine Veranstaltung angenommen", "Fehlende Angaben")
	first, second := n.event("Lesung im Garten"), n.submittedNow("Chorabend", "2027-09-25T18:00")
	for _, e := range []agenda.Event{first, second} {
		must(n.AcceptEvent(ctx, agenda.Shell, e.ID, agenda.Local{}, time.Time{}))
	}
	page := office.get(edition).want(t, http.StatusOK, "2 Veranstaltungen sind angenommen")
	office.submit(page, "/freigeben", map[string][]string{"do": {"set"}, "release": {"2027-09-05"}}).want(t, http.StatusUnprocessableEntity, "Bitte füllen Sie das aus")
	office.then(office.submit(page, "/freigeben", map[string][]string{"do": {"set"}, "release": {"2027-09-20"}, "release_clock": {"08:00"}})).
		want(t, http.StatusOK, "Die Zeit ist bei 1 Veranstaltung gespeichert.", "1 blieb, wie sie war")
	office.then(office.submit(page, "/freigeben", map[string][]string{"do": {"set"}})).want(t, http.StatusOK, "Die Zeit ist bei 2 Veranstaltungen gespeichert.")
	if got := n.event("Chorabend"); !got.Release.IsZero() || got.Review != agenda.Accepted {
		t.Errorf("without a time: %s, %s", got.Review, got.Release)
	}
	office.then(office.submit(page, "/freigeben", map[string][]string{"do": {"now"}})).want(t, http.StatusOK, "2 Veranstaltungen sind veröffentlicht.")
	n.browser().get("/programm/2027").want(t, http.StatusOK, "Chorabend", "Lesung im Garten")

	office.then(office.submit(office.get(edition), "/nachfragen", nil)).want(t, http.StatusOK, "2 Nachfragen sind unterwegs.", "nennen keine Mailadresse")
	office.then(office.submit(office.get(edition), "/nachfragen", nil)).want(t, http.StatusOK, "0 Nachfragen sind unterwegs.", "2 wurden erst vor Kurzem gefragt.")
	if got := len(to(n.deliver(), agenda.KindMissing, "olga@verein.example")); got != 2 {
		t.Errorf("%d mails", got)
	}
	for _, path := range []string{"/freigeben", "/nachfragen"} {
		office.post("/koordination/ausgaben/2031"+path, url.Values{"do": {"now"}}).want(t, http.StatusNotFound)
	}
}

func TestQueueIsWorkedThrough(t *testing.T) {
	t.Parallel()
	n := open(t) // "Lesung im Garten" waits since 1 June
	ed := must(n.Edition(ctx, 2027))
	ed.Submission = must(agenda.ParseDate("2027-08-01"))
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	second := n.submittedNow("Chorabend", "2027-09-25T18:00")
	n.wait(time.Hour)
	third := n.submittedNow("Tanztee", "2027-09-25T18:30")
	first, office := n.event("Lesung im Garten"), n.as(vera)
	queue := office.get(eventList+"?review=submitted").want(t, http.StatusOK, "3 Veranstaltungen warten", "90 Tage", "heute", "Angaben fehlen", "Überschneidung (1)", "nach Meldeschluss")
	if text := queue.text(); strings.Index(text, "Lesung im Garten") > strings.Index(text, "Chorabend") || strings.Index(text, "Chorabend") > strings.Index(text, "Tanztee") {
		t.Errorf("order:\n%s", text)
	}
	queue.lacks(t, "Kochen")
	office.get("/koordination").want(t, http.StatusOK, "Zu entscheiden")

	// The first is left alone; deciding on the second leads to the third, not back.
	page := office.get(eventDesk(first)).want(t, http.StatusOK, "Nächste: Chorabend", "Außer dieser warten noch 2.")
	after := office.then(office.submit(office.get(eventDesk(second)), "/entscheiden", map[string][]string{"to": {"published"}}))
	after.want(t, http.StatusOK, "Nächste: Tanztee", "Außer dieser warten noch 2.")
	office.then(office.submit(office.get(eventDesk(third)), "/entscheiden", map[string][]string{"to": {"accepted"}})).want(t, http.StatusOK, "Nächste: Lesung im Garten", "wartet noch 1.")
	office.then(office.submit(page, "/entscheiden", map[string][]string{"to": {"withdrawn"}})).want(t, http.StatusOK, "Alles Eingereichte ist entschieden")
	office.get(eventList+"?review=submitted").want(t, http.StatusOK, "Alles Eingereichte ist entschieden")
	office.get(eventDesk(second)).want(t, http.StatusOK).lacks(t, "Alles Eingereichte")
	office.get(eventDesk(second)+"?weiter=%00").want(t, http.StatusOK)
}
