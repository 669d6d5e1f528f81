package web

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func withMailbox(o *Options) { o.Mailbox = "antwort@widunetz.example" }

func TestMailsLeftInTheMailbox(t *testing.T) {
	t.Parallel()
	n := open(t, withMailbox)
	office := n.as(vera)
	must(n.OpenMailbox(ctx, 7, nil))
	office.get("/koordination/postfach").want(t, http.StatusOK, "antwort@widunetz.example", "Nichts liegen geblieben", "zuletzt gelesen")
	must(0, n.LeaveMail(ctx, agenda.LeftMail{Number: 12, From: `"><img src=x> <eve@example.org>`, Subject: "<script>alert(1)</script>", Date: n.Now().Add(-time.Hour), Why: agenda.LeftOther}))
	must(0, n.LeaveMail(ctx, agenda.LeftMail{Number: 13, Why: agenda.LeftToken}))
	page := office.get("/koordination/postfach").want(t, http.StatusOK, "&lt;script&gt;alert(1)&lt;/script&gt;", "jemand hat geschrieben", "nicht an die Adresse der Einladung")
	page.lacks(t, "<script>alert", "<img src=x>")
	office.get("/koordination").want(t, http.StatusOK, "Mails im Postfach zum Ansehen", `href="/koordination/postfach"`)

	for range 2 { // the second click as well
		office.post("/koordination/postfach", map[string][]string{"number": {"12"}}).want(t, http.StatusSeeOther)
	}
	office.get("/koordination/postfach").want(t, http.StatusOK, "steht nicht mehr in der Liste").lacks(t, "alert(1)")
	office.post("/koordination/postfach", map[string][]string{"number": {"x"}}).want(t, http.StatusNotFound)
}

func TestDeskSaysThatTheMailboxIsDown(t *testing.T) {
	t.Parallel()
	n := open(t, withMailbox)
	office := n.as(vera)
	office.get("/koordination").lacks(t, "lässt sich seit")
	must(0, n.FailMailbox(ctx, "log-in as <b>antwort</b>: NO"))
	for _, path := range []string{"/koordination", "/koordination/postfach"} {
		office.get(path).want(t, http.StatusOK, "Das Postfach lässt sich seit", "&lt;b&gt;antwort&lt;/b&gt;")
	}
	must(n.OpenMailbox(ctx, 1, nil))
	office.get("/koordination").lacks(t, "lässt sich seit")
}

func TestWithoutMailboxTheDeskIsSilent(t *testing.T) {
	t.Parallel()
	n := open(t)
	office := n.as(vera)
	office.get("/koordination").lacks(t, "Postfach")
	office.get("/koordination/postfach").want(t, http.StatusOK, "kein Postfach eingerichtet")
}

func TestReturnedMailIsShownAtThePerson(t *testing.T) {
	t.Parallel()
	n := open(t, withMailbox)
	office := n.as(vera)
	m := n.meetings(project)[0]
	must(n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingCancelled, time.Time{}, agenda.Telling{Mail: true}))
	n.wait(time.Hour)
	l := only(t, to(n.deliver(), agenda.KindCancellation, cem))
	if why := must(n.Bounce(ctx, agenda.Bounce{Message: l.ID, Final: true, Status: "5.1.1", Text: "550 5.1.1 <i>weg</i>"})); why != "" {
		t.Fatal(why)
	}
	p := n.person(cem)
	home := "/koordination/personen/" + string(p.ID)
	said := "Mail an " + cem + " kam zurück am"
	page := office.get(home).want(t, http.StatusOK, said, "550 5.1.1 &lt;i&gt;weg&lt;/i&gt;")
	office.get("/koordination/personen").want(t, http.StatusOK, said)
	office.get("/koordination/sitzungen/"+string(n.meetings(project)[1].ID)+"/telefon").want(t, http.StatusOK, said)
	office.get("/koordination/ausgang?state=failed").want(t, http.StatusOK, "&lt;i&gt;weg&lt;/i&gt;")

	office.submit(page, home+"/adresse", nil).want(t, http.StatusSeeOther)
	office.get(home).want(t, http.StatusOK, "Die Markierung ist weg").lacks(t, said)

	// A new address has nothing to do with the old one; a deleted person leaves nothing.
	n.deliver()
	m = n.meetings(project)[1]
	must(n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingCancelled, time.Time{}, agenda.Telling{Mail: true}))
	n.wait(time.Hour)
	l = only(t, to(n.deliver(), agenda.KindCancellation, cem))
	must(n.Bounce(ctx, agenda.Bounce{Message: l.ID, Final: true, Status: "5.1.1", Text: "550"}))
	office.get(home).want(t, http.StatusOK, said)
	p.Email = "cem@neu.example"
	must(n.SavePerson(ctx, agenda.Shell, p, time.Time{}))
	office.get(home).lacks(t, "kam zurück")
	if got := strconv.Itoa(len(must(n.Returned(ctx)))); got != "0" {
		t.Errorf("%s marks left of an address that nobody has", got)
	}
}
