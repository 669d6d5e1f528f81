package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// first is what the first step asks for.
func first(title string) url.Values {
	return url.Values{
		"do": {"begin"}, "title": {title}, "organiser": {"Verein der Sprachen"}, "category": {"workshop"},
		"internal_name": {"Olga"}, "internal_email": {"olga@verein.example"}, "once": {title},
	}
}

// begun is a draft and the path of its link.
func begun(t *testing.T, n *network, title string) (agenda.Event, string) {
	t.Helper()
	n.deliver()
	a := n.browser().post(submitPath, first(title)).want(t, http.StatusSeeOther)
	home := link(t, only(t, to(n.deliver(), agenda.KindBegun, "olga@verein.example")), "/einreichung/")
	if at := a.Header.Get("Location"); !strings.HasPrefix(at, home+"/schritt/zeit-und-ort") {
		t.Fatalf("the first step leads to %s, the mail to %s", at, home)
	}
	return must(n.Submission(ctx, strings.TrimPrefix(home, "/einreichung/"))), home
}

func TestSubmittingInSteps(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, home := begun(t, n, "Garten der Sprachen")
	desk := n.as(vera)
	desk.get("/koordination/veranstaltungen").want(t, http.StatusOK, "Eine Veranstaltung ist begonnen").lacks(t, "Garten der Sprachen")
	desk.request(http.MethodGet, "/koordination/veranstaltungen/"+string(e.ID)).want(t, http.StatusNotFound)
	n.browser().get(submitPath).want(t, http.StatusOK, "Schritt 1 von 5")

	phone := n.browser() // another device: only the link is known
	phone.get(home).want(t, http.StatusOK, "Garten der Sprachen", "Verein der Sprachen", "Angaben fehlen noch", "/schritt/zeit-und-ort#f-start")
	step := home + "/schritt/"
	next := func(part string, form url.Values) *answer { return phone.submit(phone.get(step+part), step+part, form) }
	next("zeit-und-ort", url.Values{}).want(t, http.StatusSeeOther) // not known yet
	next("zeit-und-ort", url.Values{"start": {"2027-09-20"}, "start_clock": {"18:00"}, "end": {"17:00"}, "venue": {"Stadtpark"}}).want(t, http.StatusUnprocessableEntity, `value="Stadtpark"`, "18:00")
	next("zeit-und-ort", url.Values{"start": {"2027-09-20"}}).want(t, http.StatusUnprocessableEntity) // a day alone is no midnight
	phone.then(next("zeit-und-ort", url.Values{"start": {"2027-09-20"}, "start_clock": {"18:00"}, "end": {"20:00"}, "town": {"Bünde"}, "venue": {"Stadtpark"}})).want(t, http.StatusOK, "Schritt 3 von 5")
	next("fuer-wen", url.Values{"audiences": {"frauen"}, "languages": {"ar"}, "free": {"1"}}).want(t, http.StatusSeeOther)
	phone.get(step+"zeit-und-ort").want(t, http.StatusOK, `value="Stadtpark"`, `value="18:00"`)
	summary := phone.get(home).want(t, http.StatusOK, "Montag, 20. September 2027", "Frauen", "Arabisch", "Angaben fehlen noch", "Nur den Termin reservieren")
	phone.submit(summary, home, url.Values{"do": {"send"}}).want(t, http.StatusUnprocessableEntity)
	phone.then(next("text", url.Values{"summary": {"Wir reden."}, "contact": {"05221 777"}})).want(t, http.StatusOK, "Alles da")
	phone.post(home, url.Values{"do": {"send"}}).want(t, http.StatusOK, "olga@verein.example")
	phone.post(home, url.Values{"do": {"send"}}).want(t, http.StatusUnprocessableEntity) // is a form of the submitted event by now: nothing was typed

	if got := n.event("Garten der Sprachen"); got.ID != e.ID || got.Review != agenda.Submitted || got.Venue.Town != "Bünde" || got.Audiences[0] != "frauen" || got.Summary != "Wir reden." || got.Slug == "" {
		t.Errorf("handed in: %+v", got)
	}
	if again := link(t, only(t, to(n.deliver(), agenda.KindReceived, "olga@verein.example")), "/einreichung/"); again != home {
		t.Errorf("its link is now %s, was %s", again, home)
	}
	phone.get(home).want(t, http.StatusOK, "Ihre Veranstaltung")
	phone.then(phone.request(http.MethodGet, step+"text")).want(t, http.StatusOK, "Ihre Veranstaltung")
	phone.post(step+"text", url.Values{"summary": {"Zu spät."}}).want(t, http.StatusConflict)
	desk.get("/koordination").want(t, http.StatusOK, "Garten der Sprachen")
}

// Two windows with different steps do not undo each other, and a script saves
// without leaving the page.
func TestStepsSaveTheirFieldsOnly(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, home := begun(t, n, "Garten der Sprachen")
	a, b := n.browser(), n.browser()
	whom, text := a.get(home+"/schritt/fuer-wen"), b.get(home+"/schritt/text")
	b.submit(text, "/schritt/text", url.Values{"summary": {"Wir reden."}, "do": {"auto"}}).want(t, http.StatusNoContent)
	a.submit(whom, "/schritt/fuer-wen", url.Values{"food": {"Tee"}, "do": {"auto"}}).want(t, http.StatusNoContent)
	a.submit(whom, "/schritt/fuer-wen", url.Values{"food": {"Brot"}, "places": {"viele"}, "do": {"auto"}}).want(t, http.StatusUnprocessableEntity)
	if got := must(n.Event(ctx, e.ID)); got.Summary != "Wir reden." || got.Food != "Tee" || got.Organiser != "Verein der Sprachen" {
		t.Errorf("kept: %q, %q, %q", got.Summary, got.Food, got.Organiser)
	}
}

func TestBeginningBadly(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.deliver()
	b := n.browser()
	a := b.post(submitPath, changed(changed(first("Lesung"), "title", ""), "internal_email", "olga")).want(t, http.StatusUnprocessableEntity, `value="Verein der Sprachen"`)
	if wrong := a.invalid(); !wrong["title"] || !wrong["internal_email"] || wrong["category"] {
		t.Errorf("marked: %v", wrong)
	}
	b.post(submitPath, changed(first("Lesung"), trapField, "http://buy.example")).want(t, http.StatusSeeOther) // a program
	if sent := n.deliver(); len(sent) != 0 || must(n.Drafts(ctx, 2027)) != 0 {
		t.Errorf("%d mails and %d drafts of what nobody wrote", len(sent), must(n.Drafts(ctx, 2027)))
	}
	for range 2 { // the second click
		b.post(submitPath, first("Lesung")).want(t, http.StatusSeeOther)
	}
	if sent := to(n.deliver(), agenda.KindBegun, ""); len(sent) != 1 || must(n.Drafts(ctx, 2027)) != 1 {
		t.Errorf("clicked twice: %d mails, %d drafts", len(sent), must(n.Drafts(ctx, 2027)))
	}
	b.post("/programm/2031/einreichen", first("Lesung")).want(t, http.StatusNotFound)
	n.browser().request(http.MethodGet, "/einreichung/x.y/schritt/text").want(t, http.StatusNotFound)
	_, home := begun(t, n, "Konzert")
	b.request(http.MethodGet, home+"/schritt/nichts").want(t, http.StatusNotFound)
	ed := must(n.Edition(ctx, 2027))
	ed.Open = false
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	b.post(submitPath, first("Zu spät")).want(t, http.StatusConflict)
	b.get(home).want(t, http.StatusOK, "Zurzeit können keine").lacks(t, `value="send"`)
	b.post(home, url.Values{"do": {"send"}}).want(t, http.StatusConflict)
}

// A wrong address got the link: with the right one it is worth nothing any more.
func TestDraftWithANewAddress(t *testing.T) {
	t.Parallel()
	n := open(t)
	_, home := begun(t, n, "Garten der Sprachen")
	b := n.browser()
	page := b.get(home + "/schritt/anfang")
	at := b.submit(page, "/schritt/anfang", url.Values{"internal_email": {"olga@richtig.example"}}).want(t, http.StatusSeeOther).Header.Get("Location")
	b.request(http.MethodGet, home).want(t, http.StatusNotFound)
	b.get(at).want(t, http.StatusOK, "Schritt 2 von 5")
	if again := link(t, only(t, to(n.deliver(), agenda.KindBegun, "olga@richtig.example")), "/einreichung/"); !strings.HasPrefix(at, again+"/") {
		t.Errorf("the mail leads to %s, the page to %s", again, at)
	}
}

func TestReservingADraft(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, home := begun(t, n, "Garten der Sprachen")
	b := n.browser()
	b.get(home).want(t, http.StatusOK).lacks(t, "Nur den Termin reservieren")
	b.post(home, url.Values{"do": {"reserve"}}).want(t, http.StatusUnprocessableEntity)
	b.post(home+"/schritt/zeit-und-ort", url.Values{"start": {"2027-09-20"}, "start_clock": {"18:00"}, "end": {"20:00"}, "town": {"Bünde"}}).want(t, http.StatusSeeOther)
	b.submit(b.get(home), home, url.Values{"do": {"reserve"}}).want(t, http.StatusOK, "reserviert")
	if got := must(n.Event(ctx, e.ID)); got.Review != agenda.Reserved || must(n.Drafts(ctx, 2027)) != 0 {
		t.Errorf("%s, %d drafts", got.Review, must(n.Drafts(ctx, 2027)))
	}
}

func TestDroppingADraft(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, home := begun(t, n, "Garten der Sprachen")
	b := n.browser()
	b.submit(b.get(home), home, url.Values{"do": {"drop"}}).want(t, http.StatusOK, "gelöscht")
	b.request(http.MethodGet, home).want(t, http.StatusNotFound)
	if _, err := n.Event(ctx, e.ID); !errors.Is(err, agenda.ErrNotFound) || must(n.Drafts(ctx, 2027)) != 0 {
		t.Errorf("still there: %v", err)
	}
	n.wait(30 * 24 * time.Hour)
	if sent := n.deliver(); len(to(sent, agenda.KindUnsent, "")) != 0 {
		t.Error("reminded of what was deleted")
	}
}

func TestDraftIsRemindedAndForgotten(t *testing.T) {
	t.Parallel()
	n := open(t)
	ed := must(n.Edition(ctx, 2027))
	ed.Submission = must(agenda.ParseDate("2027-09-30"))
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	e, home := begun(t, n, "Garten der Sprachen")
	sent, sentHome := begun(t, n, "Fertig")
	b := n.browser()
	b.post(sentHome+"/schritt/zeit-und-ort", url.Values{"start": {"2027-09-20"}, "start_clock": {"18:00"}, "end": {"20:00"}, "town": {"Bünde"}}).want(t, http.StatusSeeOther)
	b.post(sentHome, url.Values{"do": {"reserve"}}).want(t, http.StatusOK)
	n.deliver()
	for _, day := range []string{"2027-09-08T12:00", "2027-09-29T12:00"} {
		n.set(day)
		l := only(t, to(n.deliver(), agenda.KindUnsent, "olga@verein.example"))
		if link(t, l, "/einreichung/") != home || !strings.Contains(l.Text, "30. September 2027") {
			t.Errorf("%s: %s", day, l.Text)
		}
	}
	n.set("2027-11-20T12:00")
	keep := store.Retention{Submissions: 365 * 24 * time.Hour}
	must(n.Forget(ctx, keep))
	if _, err := n.Event(ctx, e.ID); err != nil {
		t.Errorf("deleted before its time: %v", err)
	}
	n.set("2028-01-20T12:00")
	must(n.Forget(ctx, keep))
	if _, err := n.Event(ctx, e.ID); !errors.Is(err, agenda.ErrNotFound) || must(n.Drafts(ctx, 2027)) != 0 {
		t.Errorf("what nobody sent is still there: %v", err)
	}
	if _, err := n.Event(ctx, sent.ID); err != nil {
		t.Errorf("what was sent is gone: %v", err)
	}
}
