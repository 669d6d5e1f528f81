package web

import (
	"net/http"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

func TestDeadlineOfAGroup(t *testing.T) {
	t.Parallel()
	n := open(t)
	chair := n.as(birgit)
	path := "/koordination/gremien/" + string(migration) + "/frist"
	form := map[string][]string{"title": {"Zahlen melden"}, "day": {"2027-10-15"}, "text": {"Bitte die Tabelle."}, "leads": {"14, 2"}, "yearly": {"1"}}
	page := chair.get(path).want(t, http.StatusOK, "Frist setzen", `value="28, 7, 1"`)
	bad := map[string][]string{"title": {"Zahlen melden"}, "day": {"2020-10-15"}, "leads": {"bald"}}
	chair.submit(page, path, bad).want(t, http.StatusUnprocessableEntity, `value="Zahlen melden"`, `value="bald"`)
	shown := chair.then(chair.submit(page, path, form)).want(t, http.StatusOK, "Zahlen melden", "bis Freitag, 15. Oktober 2027", "0 von")
	d := must(n.Deadlines(ctx, migration))[0]

	// Behind the mailed link: nothing happens before the button is pressed.
	stranger := n.as("")
	her := n.person(amina)
	link := "/frist/" + n.DeadlineToken(d.ID, her.ID)
	for range 2 {
		page = stranger.get(link).want(t, http.StatusOK, "Ja, erledigt", "Bitte die Tabelle.")
	}
	if strings.Contains(page.body, "Böker") || page.Header.Get("Set-Cookie") != "" {
		t.Error("the page of a link names others or sets a cookie")
	}
	stranger.then(stranger.submit(page, link, map[string][]string{"do": {"done"}, "note": {"per Mail geschickt"}})).want(t, http.StatusOK, "per Mail geschickt", "Doch nicht erledigt")
	chair.get(shown.path).want(t, http.StatusOK, "1 von", "per Mail geschickt", "fehlt noch")
	stranger.get("/frist/"+n.DeadlineToken(d.ID, "nobody")).want(t, http.StatusNotFound)

	// Who is of no group of it does not find it; in the calendars it is a whole day.
	n.as("cem.celik@stadt-enger.example").get(shown.path).want(t, http.StatusNotFound)
	member := n.as(amina)
	member.get("/gremien/"+string(migration)).want(t, http.StatusOK, "Zahlen melden", "erledigt")
	for _, feed := range []string{n.groupFeed(migration), n.personalFeed(amina)} {
		body := strings.ReplaceAll(stranger.get(feed).want(t, http.StatusOK).body, "\r\n ", "")
		for _, want := range []string{"SUMMARY:Frist: Zahlen melden", "DTSTART;VALUE=DATE:20271015", "DTEND;VALUE=DATE:20271016", "UID:" + agenda.DeadlineUID(d.ID)} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %s", feed, want)
			}
		}
	}
	if body := stranger.get(n.personalFeed("cem.celik@stadt-enger.example")).want(t, http.StatusOK).body; strings.Contains(body, "Zahlen melden") {
		t.Error("in the calendar of whom it does not concern")
	}

	// The office ticks another institution, and calls it off.
	at := "/koordination/fristen/" + string(d.ID) + "/stand"
	other := ""
	_, replies, err := n.DeadlineReplies(ctx, d.ID)
	for _, r := range must(replies, err) {
		if !r.Given() {
			other = string(r.Institution)
		}
	}
	chair.post(at, map[string][]string{"do": {"done"}, "institution": {other}}).want(t, http.StatusSeeOther)
	chair.get(shown.path).want(t, http.StatusOK, "2 von")
	chair.post(at, map[string][]string{"do": {"cancel"}, "seen": {d.Changed.Format("2006-01-02T15:04:05Z")}}).want(t, http.StatusSeeOther)
	if body := stranger.get(n.groupFeed(migration)).body; !strings.Contains(body, "STATUS:CANCELLED") || !strings.Contains(body, "ABGESAGT: Frist: Zahlen melden") {
		t.Error("not cancelled in the calendar")
	}
	stranger.get(link).want(t, http.StatusOK, "aufgehoben")
}
