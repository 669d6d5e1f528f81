package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// house is a public event with that many places, for which people sign up here,
// and the path of its page.
func house(n *network, places int) (agenda.Event, string) {
	d := eventDetails("Nähkurs", "2027-09-20T18:00")
	d.SignUpHere, d.Places = true, places
	e := must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, ""))
	n.deliver()
	return e, "/programm/2027/" + e.Slug
}

func guest(name string, persons string) url.Values {
	return url.Values{"name": {name}, "email": {strings.ToLower(name) + "@example.org"}, "persons": {persons}}
}

// signedUp signs somebody up on the page and returns the path of the mailed link.
func signedUp(t *testing.T, n *network, page, name string) string {
	t.Helper()
	b := n.browser()
	b.submit(b.get(page), "/anmelden", guest(name, "1")).want(t, http.StatusOK, strings.ToLower(name)+"@example.org")
	return link(t, only(t, to(n.deliver(), agenda.KindSignUp, strings.ToLower(name)+"@example.org")), "/anmeldung/")
}

func TestSigningUp(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, page := house(n, 1)
	b := n.browser()
	mine := signedUp(t, n, page, "Samira")
	b.get(page).want(t, http.StatusOK, "Alle Plätze sind vergeben") // one is kept for her
	b.get(mine).want(t, http.StatusOK, "Noch nicht bestätigt", "Samira", "reserviert bis")
	b.get(mine) // a program that opens links
	if h := must(n.House(ctx, e.ID)); h.Seated != 0 {
		t.Error("opening the link was enough")
	}
	b.then(b.submit(b.get(mine), mine, url.Values{"do": {"confirm"}})).want(t, http.StatusOK, "Sie haben einen Platz")
	seat := only(t, to(n.deliver(), agenda.KindSignUp, "samira@example.org"))
	if seat.Calendar == nil || !strings.Contains(seat.Text, "Ich kann nicht kommen") || strings.Contains(seat.Text, "Warteliste") {
		t.Errorf("the mail of her place:\n%s", seat.Text)
	}
	waits := signedUp(t, n, page, "Olena")
	b.then(b.submit(b.get(waits), waits, url.Values{"do": {"confirm"}})).want(t, http.StatusOK, "Warteliste an Stelle 1", "noch keinen Platz")
	if l := only(t, n.deliver()); strings.Contains(l.Subject, "Angemeldet") || l.Calendar != nil {
		t.Errorf("who waits reads of a place: %s", l.Subject)
	}
	b.then(b.submit(b.get(mine), mine, url.Values{"do": {"cancel"}})).want(t, http.StatusOK, "Sie sind abgemeldet")
	offer := only(t, to(n.deliver(), agenda.KindSignUp, "olena@example.org"))
	if !strings.Contains(offer.Subject, "Ein Platz ist frei") {
		t.Errorf("the offer: %s", offer.Subject)
	}
	b.then(b.submit(b.get(link(t, offer, "/anmeldung/")), waits, url.Values{"do": {"confirm"}})).want(t, http.StatusOK, "Sie haben einen Platz")
	n.deliver()
	n.set("2027-09-19T12:00")
	reminder := only(t, to(n.deliver(), agenda.KindReminder, "olena@example.org"))
	if reminder.ToEmail != "olena@example.org" || !strings.Contains(reminder.Unsubscribe, waits) {
		t.Errorf("reminded: %s, ends at %s", reminder.ToEmail, reminder.Unsubscribe)
	}
	n.oneClick(waits).want(t, http.StatusOK) // no more reminders, but still a place
	b.get(waits).want(t, http.StatusOK, "Sie haben einen Platz").lacks(t, `value="quiet"`)
	b.then(b.post(waits, url.Values{"do": {"cancel"}}))
	b.post(waits, url.Values{"do": {"delete"}}).want(t, http.StatusOK, "gelöscht")
	b.request(http.MethodGet, waits).want(t, http.StatusNotFound)
}

// Nobody learns from an answer who signed up.
func TestSignUpTellsNothing(t *testing.T) {
	t.Parallel()
	n := open(t)
	_, page := house(n, 5)
	b := n.browser()
	first := b.post(page+"/anmelden", guest("Samira", "1")).want(t, http.StatusOK)
	again := b.post(page+"/anmelden", guest("Samira", "1")).want(t, http.StatusOK)
	if first.body != again.body {
		t.Error("the second answer differs from the first")
	}
	for _, path := range []string{page, "/programm/2027", "/feeds/programme/2027.ics", "/feeds/programme/2027.json", "/feeds/programme/2027.atom"} {
		b.get(path).lacks(t, "Samira", "samira@")
	}
	mine := link(t, only(t, to(n.deliver(), agenda.KindSignUp, "samira@example.org")), "/anmeldung/")
	id, _, _ := strings.Cut(mine, ".")
	for _, forged := range []string{id, id + ".aaaa", mine + "a", "/anmeldung/%00.x", "/liste" + strings.TrimPrefix(mine, "/anmeldung")} {
		b.request(http.MethodGet, forged).want(t, http.StatusNotFound)
	}
}

func TestSigningUpBadly(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, page := house(n, 3)
	b := n.browser()
	for _, f := range []struct {
		field  string
		values []string
		wrong  string
	}{
		{"persons", []string{"0"}, "persons"}, {"persons", []string{"500"}, "persons"}, {"persons", []string{"viele"}, "persons"}, {"persons", []string{"4"}, "persons"},
		{"email", []string{"samira"}, "email"}, {"email", []string{"a@b.example\r\nBcc: x@y.example"}, "email"}, {"name", []string{" "}, "name"}, {"children", []string{"-1"}, "children"},
		{"interpreter", []string{"<b>"}, "interpreter"}, {"name", []string{strings.Repeat("x", 101)}, "name"},
	} {
		a := b.post(page+"/anmelden", changed(guest("Samira", "1"), f.field, f.values...)).want(t, http.StatusUnprocessableEntity)
		if !a.invalid()[f.wrong] {
			t.Errorf("%s=%q: marked %v", f.field, f.values, a.invalid())
		}
	}
	b.post(page+"/anmelden", changed(guest("سميرة \u202e👩🏽‍🍳", "1"), "email", "s+kurs@example.org")).want(t, http.StatusOK)
	b.post(page+"/anmelden", changed(guest("Bot", "1"), trapField, "x")).want(t, http.StatusOK)
	if got := must(n.SignUps(ctx, e.ID)); len(got) != 1 || got[0].Name != "سميرة 👩🏽‍🍳" || got[0].Email != "s+kurs@example.org" {
		t.Errorf("kept: %+v", got)
	}
	n.deliver()
	must(n.CloseSignUp(ctx, agenda.Shell, e.ID, true))
	b.get(page).want(t, http.StatusOK, "Anmeldung ist hier zurzeit nicht möglich").lacks(t, "/anmelden\"")
	b.post(page+"/anmelden", guest("Olena", "1")).want(t, http.StatusUnprocessableEntity, "geschlossen", "Olena")
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	b.post(page+"/anmelden", guest("Olena", "1")).want(t, http.StatusUnprocessableEntity, "findet nicht statt")
	without := n.event("Kochen")
	b.post("/programm/2027/"+without.Slug+"/anmelden", guest("Olena", "1")).want(t, http.StatusNotFound)
	b.post("/programm/2027/nichts/anmelden", guest("Olena", "1")).want(t, http.StatusNotFound)
}

func TestExpiredOffer(t *testing.T) {
	t.Parallel()
	n := open(t)
	_, page := house(n, 1)
	mine := signedUp(t, n, page, "Samira")
	n.wait(50 * time.Hour)
	b := n.browser()
	b.get(mine).want(t, http.StatusOK, "Die Zeit für Ihre Antwort ist vorbei").lacks(t, `value="confirm"`)
	b.post(mine, url.Values{"do": {"confirm"}}).want(t, http.StatusGone)
	b.post(mine, url.Values{"do": {"nothing"}}).want(t, http.StatusUnprocessableEntity)
}

func TestListOfTheOrganiser(t *testing.T) {
	t.Parallel()
	n := open(t)
	e, page := house(n, 3)
	mine := signedUp(t, n, page, "Samira")
	desk := n.as(vera)
	office := desk.get("/koordination/veranstaltungen/" + string(e.ID))
	at := "/liste/" + n.ListToken(e.ID, must(n.House(ctx, e.ID)))
	office.want(t, http.StatusOK, at)
	b := n.browser() // the link is enough
	b.get(at).want(t, http.StatusOK, "Samira", "noch nicht bestätigt", "samira@example.org")
	b.then(b.submit(b.get(at), at, url.Values{"do": {"add"}, "name": {"Frau Özkan"}, "signup_phone": {"05221 1"}, "persons": {"2"}, "children": {"1"}, "once": {"x"}})).want(t, http.StatusOK, "Frau Özkan", "05221 1")
	b.post(at, url.Values{"do": {"add"}, "name": {"Frau Özkan"}, "persons": {"2"}, "once": {"x"}}).want(t, http.StatusSeeOther) // the second click
	b.post(at, url.Values{"do": {"add"}, "name": {"Zu viel"}, "persons": {"1"}, "once": {"y"}}).want(t, http.StatusUnprocessableEntity, "Zu viel", "Frei sind noch 0")
	b.then(b.post(mine, url.Values{"do": {"confirm"}}))
	u := must(n.SignUps(ctx, e.ID))[0]
	b.then(b.post(at, url.Values{"do": {"came"}, "who": {string(u.ID)}})).want(t, http.StatusOK, `aria-pressed="true"`)
	if h := must(n.House(ctx, e.ID)); h.Came != 1 || h.Seated != 3 {
		t.Errorf("%d came, %d have a place", h.Came, h.Seated)
	}
	b.then(b.post(at, url.Values{"do": {"remind"}, "leads": {"3, 0"}, "sentence": {"Bitte Nadeln mitbringen."}})).want(t, http.StatusOK, "3, 0")
	b.post(at, url.Values{"do": {"remind"}, "leads": {"1,2,3,4,5,6"}}).want(t, http.StatusUnprocessableEntity, "Höchstens 5")
	n.deliver()
	for range 2 {
		b.then(b.post(at, url.Values{"do": {"word"}, "word": {"Der Eingang ist hinten."}, "once": {"w"}}))
	}
	if word := only(t, n.deliver()); word.Kind != agenda.KindWord || word.ToEmail != "samira@example.org" || !strings.Contains(word.Text, "Der Eingang ist hinten.") {
		t.Errorf("%s to %s:\n%s", word.Kind, word.ToEmail, word.Text)
	}
	b.post(at, url.Values{"do": {"word"}, "word": {" "}}).want(t, http.StatusUnprocessableEntity)
	n.set("2027-09-17T12:00")
	if reminder := only(t, to(n.deliver(), agenda.KindReminder, "samira@example.org")); !strings.Contains(reminder.Text, "Bitte Nadeln mitbringen.") {
		t.Errorf("the reminder lacks the sentence:\n%s", reminder.Text)
	}
	if x := b.get(at+"/anmeldungen.xlsx").want(t, http.StatusOK); !strings.HasPrefix(x.body, "PK") {
		t.Error("no spreadsheet")
	}
	b.then(b.post(at, url.Values{"do": {"remove"}, "who": {string(u.ID)}})).want(t, http.StatusOK)
	if gone := only(t, n.deliver()); !strings.Contains(gone.Subject, "gelöscht") {
		t.Errorf("taken out: %s", gone.Subject)
	}
	other, _ := house(n, 3)
	b.post("/liste/"+n.ListToken(other.ID, agenda.House{}), url.Values{"do": {"remove"}, "who": {string(u.ID)}}).want(t, http.StatusNotFound)
	desk.then(desk.post("/koordination/veranstaltungen/"+string(e.ID)+"/liste", url.Values{})).want(t, http.StatusOK)
	b.request(http.MethodGet, at).want(t, http.StatusNotFound)
}

func TestSlip(t *testing.T) {
	t.Parallel()
	n := open(t)
	_, page := house(n, 1)
	n.browser().get(page+"/zettel").want(t, http.StatusOK, "Nähkurs", "<svg", page)
}

// Who was there on which dates of a course is noted date by date, and printed.
func TestAttendanceOfACourse(t *testing.T) {
	t.Parallel()
	n := open(t)
	d := eventDetails("Deutsch am Abend", "2027-09-20T18:00")
	d.SignUpHere = true
	for i, day := range []string{"2027-09-27", "2027-10-04"} {
		start := must(agenda.ParseLocal(day + "T18:00"))
		d.Further = append(d.Further, agenda.EventDate{No: i + 2, Start: start, End: start.AddMinutes(90)})
	}
	e := must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, ""))
	u := must(n.AddSignUp(ctx, agenda.Shell, e.ID, agenda.SignUp{Name: "Samira", Persons: 1}, ""))
	at := "/liste/" + n.ListToken(e.ID, must(n.House(ctx, e.ID)))
	b := n.browser()
	certificate := at + "/bescheinigung/" + string(u.ID)
	b.request(http.MethodGet, certificate).want(t, http.StatusConflict) // she was not there yet
	came := func(date string) {
		b.post(at, url.Values{"do": {"came"}, "who": {string(u.ID)}, "date": {date}}).want(t, http.StatusSeeOther)
	}
	came("3")
	b.get(at+"?termin=3").want(t, http.StatusOK, `aria-pressed="true"`)
	b.get(at+"?termin=2").want(t, http.StatusOK, `aria-pressed="false"`)
	came("1")
	b.get(certificate).want(t, http.StatusOK, "Samira", "an 2 von 3 Terminen", "20. September 2027", "4. Oktober 2027").lacks(t, "27. September 2027")
	if h := must(n.House(ctx, e.ID)); h.Came != 1 {
		t.Errorf("%d people came, want 1", h.Came)
	}
}

// Somebody who reads Arabic signs up in Arabic from the page of the event to the
// page behind the mailed link; only what organisers wrote is German, and says so.
func TestSigningUpInArabic(t *testing.T) {
	t.Parallel()
	n := open(t)
	d := eventDetails("Nähkurs", "2027-09-20T18:00")
	d.SignUpHere, d.Places, d.SignUpUntil = true, 1, d.Start.Date.AddDays(-1)
	e := must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, ""))
	n.deliver()
	page, arabic, b := "/ar"+eventPath(e), catalog().Printer(agenda.Arabic), n.browser()
	right := func(a *answer, texts ...string) *answer {
		t.Helper()
		a.want(t, http.StatusOK, texts...).lacks(t, `<span lang="de" dir="ltr">`, "⟦")
		if root := a.all("html")[0]; attr(root, "lang") != "ar" || attr(root, "dir") != "rtl" {
			t.Errorf("%s: lang %q, dir %q", a.path, attr(root, "lang"), attr(root, "dir"))
		}
		return a
	}
	german := func(a *answer, texts ...string) {
		t.Helper()
		for _, text := range texts {
			for _, x := range a.all("bdi") {
				if inner(x) == text && attr(x, "lang") != "de" {
					t.Errorf("%s: %q is not marked as German", a.path, text)
				}
			}
		}
	}
	title, until := arabic.T("signup.title"), arabic.T("signup.until", "date", arabic.DateMedium(d.SignUpUntil))
	german(right(b.get(page), title, until, arabic.T("field.persons")), e.Title, e.Venue.Line())
	german(right(b.get(page+"/anmelden"), title, until), e.Title, e.Venue.Line())
	german(right(b.get(page+"/zettel")), e.Title, e.Venue.Line())
	right(b.submit(b.get(page), "/anmelden", guest("Samira", "1")), "samira@example.org")
	letter := only(t, to(n.deliver(), agenda.KindSignUp, "samira@example.org"))
	if letter.Lang != agenda.Arabic || !strings.HasPrefix(letter.Subject, "يرجى التأكيد") {
		t.Errorf("%s: %s", letter.Lang, letter.Subject)
	}
	mine := link(t, letter, "/anmeldung/")
	german(right(b.get(mine), arabic.T("mail.signup_confirm"), arabic.N("mail.signup_persons", 1)), e.Title, e.Venue.Line())
	must(0, n.Translate(ctx, agenda.Shell, e.ID, agenda.Arabic, agenda.Words{Title: "دورة خياطة", Summary: "للجميع."}, agenda.Event{}.Changed))
	for _, path := range []string{mine, page + "/anmelden", page + "/zettel"} {
		a := right(b.get(path), "دورة خياطة")
		for _, x := range a.all("bdi") {
			if inner(x) == "دورة خياطة" && attr(x, "lang") != "" || inner(x) == e.Title && attr(x, "lang") != "de" {
				t.Errorf("%s: %q says that it is %q", path, inner(x), attr(x, "lang"))
			}
		}
	}
	right(b.post(page+"/anmelden", guest("Olena", "1")), "دورة خياطة") // leads back
}

// Whoever signs up reads her language on the way, whatever becomes of it.
func TestSignUpPagesInEveryLanguage(t *testing.T) {
	t.Parallel()
	n := open(t)
	for _, l := range elsewhere() {
		_, page := house(n, 1)
		p, b, page := catalog().Printer(l), n.browser(), "/"+string(l)+page
		var answers []*answer
		see := func(a *answer) *answer { answers = append(answers, a); return a }
		join := func(name string) string {
			see(b.submit(b.get(page), "/anmelden", guest(name, "1")))
			return link(t, only(t, to(n.deliver(), agenda.KindSignUp, strings.ToLower(name)+"@example.org")), "/anmeldung/")
		}
		do := func(path, what string) { see(b.then(b.post(path, url.Values{"do": {what}}))) }
		mine, waits := join("Samira"), ""
		see(b.get(mine)).want(t, http.StatusOK, p.T("signup.state.asked"))
		do(mine, "confirm")
		see(b.post(mine, url.Values{"do": {"persons"}, "persons": {"2"}})).want(t, http.StatusUnprocessableEntity)
		waits = join("Olena")
		see(b.get(waits)).want(t, http.StatusOK, p.T("signup.state.queued"))
		do(waits, "confirm")
		do(mine, "cancel")
		n.deliver()
		see(b.get(waits)).want(t, http.StatusOK, p.T("signup.state.offered"))
		see(b.post(waits, url.Values{"do": {"delete"}})).want(t, http.StatusOK, p.T("signup.deleted.title"))
		see(b.get(page+"/anmelden")).want(t, http.StatusOK, p.T("signup.privacy"))
		see(b.get(page + "/zettel"))
		see(b.post(page+"/anmelden", url.Values{"persons": {"500"}, "children": {"-1"}})).want(t, http.StatusUnprocessableEntity)
		for _, a := range answers {
			if attr(a.all("main")[0], "lang") == "de" || strings.Contains(a.body, `<span lang="de" dir="ltr">`) {
				t.Errorf("%s has German words", a.path)
			}
		}
	}
}
