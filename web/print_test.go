package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/pdf"
)

func TestBookletAndPoster(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	hidden := []string{"Lesung im Garten", "Nähkurs am Mittwoch", "Olga Organ"} // not public, of no edition, internal
	cover := []string{"Interkulturelle Wochen 2027", "11. September – 10. Oktober 2027", "„Offen geht“", "Stand: 30.08.2027", "termine.example.org/programm/2027"}
	book := b.get("/programm/2027/heft").want(t, http.StatusOK, cover...).lacks(t, hidden...)
	book.want(t, http.StatusOK, "Mittwoch, 15. September 2027", "18:30–20:00 Uhr", "Stadtbücherei Bünde", "Sprache: <bdi>Deutsch und Arabisch</bdi>", "Eintritt frei", "Anmeldung nötig",
		"Rollstuhlgerecht: <bdi>ja</bdi>", "Kinderbetreuung: <bdi>nein</bdi>", "Alle Veranstaltungen nach Orten", "data-print", "A5", "data-print", "print-a5.")
	wall := b.get("/programm/2027/plakat").want(t, http.StatusOK, cover...).lacks(t, hidden...)
	wall.want(t, http.StatusOK, "Mittwoch, 15. September", "Stadtbücherei Bünde", "data-print", "A3", "print-a3.")
	for _, e := range must(n.Events(ctx, 2027)) {
		if e.Public() && e.Edition == 2027 && (strings.Count(book.text(), e.Title) < 2 || !strings.Contains(wall.text(), e.Title)) {
			t.Errorf("%q is not in booklet, its index and poster", e.Title)
		}
	}
	for _, a := range []*answer{book, wall} {
		if len(a.all("svg")) == 0 || len(a.Cookies()) > 0 {
			t.Errorf("%s: %d pictures, cookies %v", a.path, len(a.all("svg")), a.Cookies())
		}
	}
	english := b.get("/en/programm/2027/heft").want(t, http.StatusOK, "termine.example.org/en/programm/2027", "As of 30/08/2027", "Step-free access: <bdi>yes")
	english.lacks(t, "Stand:")
	for _, path := range []string{"/programm/2028/heft", "/programm/2031/plakat", "/programm/x/heft", "/programm/2028/aenderungen"} {
		b.get(path).want(t, http.StatusNotFound)
	}
	b.get("/programm/2027").want(t, http.StatusOK, "/programm/2027/heft", "/programm/2027/plakat").lacks(t, ".pdf")
	b.get("/programm/2028?q=x").lacks(t, "/heft")
}

// A cancelled event stays in print with its mark; the page follows every change.
func TestBookletFollowsTheProgramme(t *testing.T) {
	t.Parallel()
	n := open(t)
	b, e := n.browser(), n.event("Kochen")
	b.get("/programm/2027/heft").want(t, http.StatusOK).lacks(t, "abgesagt")
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	b.get("/programm/2027/heft").want(t, http.StatusOK, "abgesagt")
	b.get("/programm/2027/plakat").want(t, http.StatusOK, "abgesagt")
}

func TestPosterFitsItsType(t *testing.T) {
	if got := posterSize(24, "rtl"); got != "w-poster--dense" {
		t.Errorf("24 events in Arabic letters: %q", got)
	}
	for events, want := range map[int]string{3: "", 24: "w-poster--small", 40: "w-poster--dense", 200: "w-poster--tiny"} {
		if got := posterSize(events, "ltr"); got != want {
			t.Errorf("%d events: %q, want %q", events, got, want)
		}
	}
}

func TestChangesAfterPrint(t *testing.T) {
	t.Parallel()
	n := open(t)
	b, office := n.browser(), n.as(vera)
	const changes, edition = "/programm/2027/aenderungen", "/koordination/ausgaben/2027"
	b.get(changes).want(t, http.StatusOK, "Noch ist kein Stand")
	office.submit(office.get(edition).want(t, http.StatusOK, "Druckstand festhalten"), "/druckstand", nil).want(t, http.StatusSeeOther)
	office.get(edition).want(t, http.StatusOK, "ist festgehalten", "Zuletzt festgehalten: 30.08.2027")
	b.get(changes).want(t, http.StatusOK, "nichts geändert")
	b.get("/programm/2027").want(t, http.StatusOK).lacks(t, "nach Druck")

	moved, cancelled, withdrawn, changed := n.event("Kochen"), n.event("Theaterwerkstatt"), n.event("Picknick"), n.event("Mietrecht")
	d := moved.EventDetails
	d.Start, d.End, d.Venue.Name = d.Start.AddMinutes(60), d.End.AddMinutes(60), "Rathaus <Löhne>"
	must(n.ChangeEvent(ctx, agenda.Shell, moved.ID, d, time.Time{}, agenda.Telling{}))
	must(n.StandEvent(ctx, agenda.Shell, cancelled.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	must(n.DecideEvent(ctx, agenda.Shell, withdrawn.ID, agenda.Withdrawn, "", time.Time{}))
	d = changed.EventDetails
	d.Languages, d.Childcare, d.Free, d.Price, d.Internal.Name = []string{"de", "tr"}, agenda.Unknown, false, "2 Euro", "Geheim"
	must(n.ChangeEvent(ctx, agenda.Shell, changed.ID, d, time.Time{}, agenda.Telling{}))
	must(n.AddEvent(ctx, agenda.Shell, 2027, eventDetails("Ganz neu", "2027-09-30T18:00"), agenda.Published, ""))

	page := b.get(changes).want(t, http.StatusOK, "hat den Stand 30.08.2027", "11:00–15:00 Uhr", "12:00–16:00 Uhr", "Rathaus &lt;Löhne&gt;", "neue Zeit oder neuer Ort",
		"abgesagt", "nicht mehr im Programm", "Picknick", "Ganz neu", "Deutsch und Türkisch", "nicht bekannt", "2 Euro", "Eintritt frei")
	page.lacks(t, "Geheim", withdrawn.Slug, "⟦")
	if got := len(page.all("h2")); got != 5 {
		t.Errorf("%d changes, want 5", got)
	}
	b.get("/programm/2027").want(t, http.StatusOK, "5 Änderungen nach Druck", changes)
	b.get("/en"+changes).want(t, http.StatusOK, "no longer in the programme", "German and Turkish").lacks(t, "⟦")

	n.wait(time.Minute)
	office.submit(office.get(edition), "/druckstand", nil).want(t, http.StatusSeeOther)
	b.get(changes).want(t, http.StatusOK, "nichts geändert")
	if l := n.deliver(); len(l) > 0 {
		t.Errorf("%d mails", len(l))
	}
}

// press is a service with a browser that is a script; runs counts its calls.
func openPress(t *testing.T, script string) (n *network, runs func() int) {
	t.Helper()
	dir := t.TempDir()
	path, count := filepath.Join(dir, "browser"), filepath.Join(dir, "count")
	head := "#!/bin/sh\nfor a in \"$@\"; do case $a in --print-to-pdf=*) out=${a#--print-to-pdf=};; esac; page=$a; done\necho x >> " + count + "\n"
	must(0, os.WriteFile(path, []byte(head+script+"\n"), 0o700))
	n = open(t, func(o *Options) { o.Config.PDFBrowser = path })
	return n, func() int { b, _ := os.ReadFile(count); return strings.Count(string(b), "x") }
}

func TestPDFIsMadeOncePerChange(t *testing.T) {
	t.Parallel()
	n, runs := openPress(t, `{ echo %PDF-1.7; echo "$page"; } > "$out"`)
	b := n.browser()
	b.get("/programm/2027").want(t, http.StatusOK, "/programm/2027/heft.pdf", "/programm/2027/plakat.pdf")
	a := b.get("/programm/2027/heft.pdf").want(t, http.StatusOK, "%PDF-", "http://127.0.0.1:", "/programm/2027/heft\n")
	if a.Header.Get("Content-Type") != "application/pdf" || !strings.Contains(a.Header.Get("Content-Disposition"), "heft-2027.pdf") || len(a.Cookies()) > 0 {
		t.Errorf("headers: %v", a.Header)
	}
	b.get("/programm/2027/heft.pdf?x=1").want(t, http.StatusOK)
	if runs() != 1 {
		t.Errorf("printed %d times, want once", runs())
	}
	b.get("/programm/2027/plakat.pdf").want(t, http.StatusOK, "/programm/2027/plakat\n")
	b.get("/en/programm/2027/heft.pdf").want(t, http.StatusOK, "/en/programm/2027/heft\n")
	must(n.StandEvent(ctx, agenda.Shell, n.event("Kochen").ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	b.get("/programm/2027/heft.pdf").want(t, http.StatusOK)
	if runs() != 4 {
		t.Errorf("printed %d times, want 4: two sheets, another language, a change", runs())
	}
	for _, path := range []string{"/programm/2028/heft.pdf", "/programm/1/heft.pdf", "/programm/2031/plakat.pdf"} {
		b.get(path).want(t, http.StatusNotFound)
	}
}

// A browser that fails costs a page that says so, and is then left alone.
func TestPDFThatFails(t *testing.T) {
	t.Parallel()
	n, runs := openPress(t, "exit 1")
	for range 3 {
		n.browser().get("/programm/2027/heft.pdf").want(t, http.StatusServiceUnavailable, "drucken Sie die Seite mit Ihrem Browser")
	}
	if runs() != 1 {
		t.Errorf("started %d times", runs())
	}
	n.browser().get("/programm/2027/heft").want(t, http.StatusOK)
}

func TestPDFOfTheInstalledBrowser(t *testing.T) {
	t.Parallel()
	if _, err := pdf.Find(""); err != nil {
		t.Skip("install chromium to try the real one")
	}
	n := open(t, func(o *Options) { o.Config.PDFBrowser = "" })
	n.browser().get("/programm/2027/heft.pdf").want(t, http.StatusOK, "%PDF-", "/MediaBox [0 0 420")
}

func TestProofOfAnEvent(t *testing.T) {
	t.Parallel()
	n := open(t)
	ed := must(n.Edition(ctx, 2027))
	ed.Print = must(agenda.ParseDate("2027-09-01"))
	must(n.SaveEdition(ctx, agenda.Shell, ed))
	e := must(n.AddEvent(ctx, agenda.Shell, 2027, eventDetails("Garten der Sprachen", "2027-09-21T18:00"), agenda.Published, ""))
	office, olga := n.as(vera), n.browser()
	const edition, list = "/koordination/ausgaben/2027", "/koordination/veranstaltungen?year=2027"
	office.submit(office.get(edition).want(t, http.StatusOK, "Korrekturabzug senden", "Druckschluss ist 01.09.2027"), "/korrekturabzug", nil).want(t, http.StatusSeeOther)
	office.get(edition).want(t, http.StatusOK, "ist unterwegs")
	office.get(list).want(t, http.StatusOK, "Korrekturabzug: 30.08.2027").lacks(t, "bestätigt")

	l := only(t, to(n.deliver(), agenda.KindProof, "olga@verein.example"))
	path, _, _ := strings.Cut(link(t, l, "/einreichung/"), "#")
	page := olga.get(path).want(t, http.StatusOK, "So stimmt es", "Haus unter den Linden", "Ohne Anmeldung", "Ändern Sie den Text im Formular")
	if got := must(n.Event(ctx, e.ID)); !got.ProofApproved.IsZero() {
		t.Fatal("looking approved it")
	}
	olga.submit(page, path, nil).want(t, http.StatusSeeOther)
	olga.get(path).want(t, http.StatusOK, "Sie haben diesen Text am 30.08.2027").lacks(t, "So stimmt es")
	office.get(list).want(t, http.StatusOK, "bestätigt: 30.08.2027")
	office.get(edition).want(t, http.StatusOK, "1 von 2")

	// What she saw is not what it is any more.
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, eventDetails("Garten der Sprachen", "2027-09-21T19:00"), time.Time{}, agenda.Telling{}))
	old := url.Values{"do": {"approve"}, "seen": {e.Changed.Format(time.RFC3339Nano)}}
	olga.post(path, old).want(t, http.StatusConflict)
	olga.post(path, url.Values{"do": {"approve"}}).want(t, http.StatusConflict)
	olga.post(path+"x", old).want(t, http.StatusNotFound)

	n.set("2027-09-02T09:00")
	office.get(edition).want(t, http.StatusOK, "ist vorbei").lacks(t, "Korrekturabzug senden")
	office.post(edition+"/korrekturabzug", url.Values{}).want(t, http.StatusConflict)
}
