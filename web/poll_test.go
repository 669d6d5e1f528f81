package web

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

func pollDetails(deadline string, starts ...string) agenda.PollDetails {
	return agenda.PollDetails{Deadline: must(agenda.ParseDate(deadline)), Options: agenda.PollOptions(dates(starts...))}
}

const pollPath = "/koordination/gremien/" + string(migration) + "/umfrage"

// pollForm is the form of a new poll with dates at nine.
func pollForm(days ...string) url.Values {
	f := url.Values{"do": {"open"}, "deadline": {"2027-09-10"}, "note": {"Es geht um den Haushalt."}}
	for _, d := range days {
		f["date"], f["start"] = append(f["date"], d), append(f["start"], "09:00")
		f["end"], f["place"] = append(f["end"], "11:00"), append(f["place"], "Kreishaus")
	}
	return f
}

// asked opens a poll about two dates and returns it with the path of the link
// that was mailed to amina.
func asked(t *testing.T, n *network) (agenda.Poll, string) {
	t.Helper()
	p := must(n.OpenPoll(ctx, agenda.Shell, migration, pollDetails("2027-09-10", "2027-09-20T10:00", "2027-10-02T18:30"), ""))
	return p, link(t, only(t, to(n.deliver(), agenda.KindPoll, amina)), "/umfrage/")
}

func TestPollFromTheFirstQuestionToTheMeeting(t *testing.T) {
	t.Parallel()
	n := open(t)
	chair := n.as(birgit)
	form := chair.get(pollPath).want(t, http.StatusOK, "Termin 1", "Termin 4")
	sent := pollForm("2027-09-20", "2027-10-02")
	desk := chair.then(chair.submit(form, "/umfrage", sent)).want(t, http.StatusOK, "Die Umfrage ist offen", "0 von ", "Rosch Haschana")
	chair.submit(form, "/umfrage", sent) // the second click
	polls := must(n.Polls(ctx, migration))
	if len(polls) != 1 {
		t.Fatalf("%d polls, want one", len(polls))
	}
	mine := link(t, only(t, to(n.deliver(), agenda.KindPoll, amina)), "/umfrage/")
	b := n.browser()
	page := b.get(mine).want(t, http.StatusOK, "Amina Ahrens", "Es geht um den Haushalt.", "20. September 2027", "Rosch Haschana", "10. September 2027").lacks(t, "Stand der Antworten")
	b.get(mine) // a program that opens links
	if got := must(n.Poll(ctx, polls[0].ID)); len(got.Chosen) > 0 || strings.Contains(n.as(birgit).get(desk.path).text(), "1 von ") {
		t.Error("opening the link was enough")
	}
	b.then(b.submit(page, mine, url.Values{"option_1": {"maybe"}, "option_2": {"no"}, "comment": {"Ich komme mit dem Rad."}})).
		want(t, http.StatusOK, "Die Antwort ist gespeichert", "Stand der Antworten", "1 von ").lacks(t, "Birgit")
	b.then(b.submit(b.get(mine), mine, url.Values{"option_1": {"yes"}})).want(t, http.StatusOK)
	chair.then(chair.post("/umfragen/"+string(polls[0].ID), url.Values{"option_1": {"yes"}, "option_2": {"maybe"}})).
		want(t, http.StatusOK, "Amina Ahrens", "Ich komme mit dem Rad.", "Stand der Antworten")
	desk = chair.get(desk.path).want(t, http.StatusOK, "2 von ", "passt am besten", "Hier können die meisten.", "Amina Ahrens")
	meeting := chair.then(chair.submit(desk, desk.path, url.Values{"do": {"decide"}, "option": {"1"}, "sentence": {"Bis dann."}})).
		want(t, http.StatusOK, "Der Termin steht fest", "20. September 2027")
	if !strings.HasPrefix(meeting.path, "/sitzungen/") {
		t.Errorf("after the decision: %s", meeting.path)
	}
	invitation := only(t, to(n.deliver(), agenda.KindInvitation, amina))
	if !strings.Contains(invitation.Text, "Bis dann.") || invitation.Calendar == nil {
		t.Errorf("the invitation:\n%s", invitation.Text)
	}
	b.get(mine).want(t, http.StatusOK, "Der Termin steht fest").lacks(t, "Antwort senden")
	b.post(mine, url.Values{"option_1": {"no"}, "option_2": {"no"}}).want(t, http.StatusUnprocessableEntity, "schon entschieden", "nicht gespeichert")
	chair.get(desk.path).want(t, http.StatusOK, "gewählt").lacks(t, `value="decide"`)
	n.as(amina).get("/gremien/"+string(migration)).want(t, http.StatusOK).lacks(t, "/umfragen/")
}

func TestPollOfAPlannedYear(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.as(birgit)
	plan := b.get("/koordination/gremien/"+string(migration)+"/jahresplanung?do=plan&year=2028&start=09:00&minutes=120&count=4&min_weeks=6&weekday=3").want(t, http.StatusOK, "Terminumfrage zu den angekreuzten Terminen")
	var sent url.Values
	for _, f := range plan.all("form") {
		if strings.Contains(attr(f, "action"), "/jahresplanung?") && sent == nil {
			sent = fields(f)
		}
	}
	form := b.post(pollPath, changed(sent, "do", "plan")).want(t, http.StatusOK, "Termin 5", `value="09:00"`, `value="11:00"`)
	b.then(b.submit(form, "/umfrage", url.Values{"do": {"open"}})).want(t, http.StatusOK, "Die Umfrage ist offen")
	if got := must(n.Polls(ctx, migration)); len(got) != 1 || len(got[0].Options) != 4 || got[0].Options[0].Start.Year != 2028 {
		t.Errorf("polls %+v", got)
	}
	b.post(pollPath, url.Values{"do": {"plan"}}).want(t, http.StatusUnprocessableEntity)
}

func TestPollFormBadly(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.as(birgit)
	for name, c := range map[string]struct {
		form  url.Values
		wrong string
		text  string
	}{
		"no dates":        {pollForm(), "", "Termine: "},
		"no date in one":  {changed(pollForm("2027-09-20", ""), "start", "09:00", "10:30"), "option_2", "Datum, Beginn und Ende"},
		"past":            {pollForm("2027-09-20", "2027-08-20"), "option_2", "Vergangenheit"},
		"clock skips":     {changed(changed(pollForm("2028-03-26"), "start", "02:30"), "end", "03:30"), "option_1", "Uhren werden vorgestellt"},
		"no day":          {pollForm("31.02.2027"), "option_1", "Datum in der Form"},
		"no clock":        {changed(pollForm("2027-09-20"), "end", "mittags"), "option_1", "Uhrzeit in der Form"},
		"twice":           {pollForm("2027-09-20", "2027-09-20"), "option_2", "derselbe Termin wie Termin 1"},
		"deadline late":   {changed(pollForm("2027-09-20"), "deadline", "2027-09-20"), "deadline", "spätestens am 19.09.2027"},
		"deadline empty":  {changed(pollForm("2027-09-20"), "deadline", ""), "deadline", "ausfüllen|füllen"},
		"broken address":  {changed(pollForm("2027-09-20"), "online", "javascript:alert(1)"), "online", "https://"},
		"too many":        {pollForm(days(21)...), "", "Höchstens 20"},
		"hostile title":   {changed(changed(pollForm("2027-09-20"), "title", "<script>alert(1)</script>"), "deadline", "x"), "deadline", "15.09.2027"},
		"unreadable rows": {url.Values{"do": {"open"}, "date": {"2027-09-20"}, "deadline": {"2027-09-10"}}, "option_1", "Datum, Beginn und Ende"},
	} {
		a := b.post(pollPath, c.form)
		a.want(t, http.StatusUnprocessableEntity)
		found := false
		for alternative := range strings.SplitSeq(c.text, "|") {
			found = found || strings.Contains(a.text(), alternative)
		}
		if !found {
			t.Errorf("%s: does not say %q:\n%s", name, c.text, a.text())
		}
		if c.wrong != "" && !strings.Contains(a.body, `href="#f-`+c.wrong+`"`) {
			t.Errorf("%s: no link to %s", name, c.wrong)
		}
		if strings.Contains(a.body, "<script>alert") {
			t.Errorf("%s: a title is HTML", name)
		}
	}
	if got := must(n.Polls(ctx, migration)); len(got) != 0 {
		t.Errorf("%d polls were opened", len(got))
	}
	typed := b.post(pollPath, changed(pollForm("2027-09-20", "2027-11-01"), "do", "check")).want(t, http.StatusOK, "Allerheiligen", `value="2027-11-01"`, "Es geht um den Haushalt.")
	more := b.submit(typed, "/umfrage", url.Values{"do": {"more"}}).want(t, http.StatusOK, `value="2027-11-01"`, "Termin 5").lacks(t, "Termin 6")
	b.then(b.submit(more, "/umfrage", url.Values{"do": {"open"}})).want(t, http.StatusOK, "1. November 2027")
}

// days are as many days in October.
func days(n int) (out []string) {
	for i := range n {
		out = append(out, must(agenda.ParseDate("2027-10-01")).AddDays(i).String())
	}
	return out
}

func TestAnswerAfterTheDeadline(t *testing.T) {
	t.Parallel()
	n := open(t)
	p, mine := asked(t, n)
	n.set("2027-09-10T23:59")
	b := n.browser()
	late := b.get(mine)
	if a := b.submit(late, mine, url.Values{"option_1": {"yes"}}); !a.want(t, http.StatusUnprocessableEntity, "eine der drei Antworten").invalidOption("option_2") {
		t.Error("the date without an answer is not marked")
	}
	n.set("2027-09-11T00:00")
	b.submit(late, mine, url.Values{"option_1": {"yes"}, "option_2": {"no"}}).want(t, http.StatusUnprocessableEntity, "Die Frist ist vorbei. Ihre Antwort wurde nicht gespeichert")
	b.get(mine).want(t, http.StatusOK, "Die Frist ist vorbei", "10. September 2027").lacks(t, "Antwort senden")
	chair := n.as(birgit)
	desk := "/koordination/umfragen/" + string(p.ID)
	chair.post(desk, url.Values{"do": {"remind"}}).want(t, http.StatusConflict)
	page := chair.get(desk).want(t, http.StatusOK, "Frist verlängern").lacks(t, "Jetzt erinnern", "/antwort/")
	chair.submit(page, desk, url.Values{"do": {"extend"}, "deadline": {"2027-10-02"}}).want(t, http.StatusUnprocessableEntity)
	chair.then(chair.submit(page, desk, url.Values{"do": {"extend"}, "deadline": {"2027-09-15"}})).want(t, http.StatusOK, "Die Frist ist verlängert", "15. September 2027")
	b.then(b.submit(late, mine, url.Values{"option_1": {"yes"}, "option_2": {"no"}})).want(t, http.StatusOK, "gespeichert")
}

// invalidOption reports whether the summary leads to the option.
func (a *answer) invalidOption(name string) bool {
	return strings.Contains(a.body, `href="#f-`+name+`"`) && a.byID("e-"+name) != nil
}

func TestTwoDecideAPollInTheBrowser(t *testing.T) {
	t.Parallel()
	n := open(t)
	p, _ := asked(t, n)
	desk := "/koordination/umfragen/" + string(p.ID)
	first, second := n.as(birgit), n.as(vera)
	form := func(b *browser, option string) url.Values {
		return url.Values{"do": {"decide"}, "option": {option}, "seen": {seenOf(b.get(desk))}}
	}
	a, b := form(first, "1"), form(second, "2")
	first.then(first.post(desk, a)).want(t, http.StatusOK)
	first.then(first.post(desk, a)).want(t, http.StatusOK) // the second click
	second.post(desk, b).want(t, http.StatusConflict, "Jemand war schneller")
	if got := must(n.Poll(ctx, p.ID)); len(got.Chosen) != 1 || got.Chosen[0] != 1 || len(got.Meetings) != 1 {
		t.Errorf("poll %+v", got)
	}
	second.post(desk, url.Values{"do": {"decide"}}).want(t, http.StatusConflict)
}

// seenOf is when the page was read.
func seenOf(a *answer) string {
	for _, x := range a.all("input") {
		if attr(x, "name") == "seen" {
			return attr(x, "value")
		}
	}
	return ""
}

func TestPollIsForItsMembers(t *testing.T) {
	t.Parallel()
	n := open(t)
	p, mine := asked(t, n)
	page := "/umfragen/" + string(p.ID)
	n.as(cem).request(http.MethodGet, page).want(t, http.StatusNotFound)
	n.as(cem).request(http.MethodGet, "/koordination"+page).want(t, http.StatusForbidden)
	n.as(amina).get("/konto").want(t, http.StatusOK, "Ihre Antwort fehlt", page)
	n.as(amina).get("/gremien/"+string(migration)).want(t, http.StatusOK, page)
	n.browser().get(mine).want(t, http.StatusOK).lacks(t, "Birgit")
	for _, forged := range []string{mine + "a", mine[:strings.LastIndex(mine, ".")] + ".aaaa", "/umfrage/x.y", "/anmeldung" + strings.TrimPrefix(mine, "/umfrage")} {
		n.browser().request(http.MethodGet, forged).want(t, http.StatusNotFound)
	}
	member := n.as(amina)
	before := n.records("session")
	for _, path := range []string{"/koordination" + page, pollPath} {
		for _, do := range []string{"remind", "decide", "cancel", "extend", "open"} {
			member.post(path, changed(pollForm("2027-09-20"), "do", do)).want(t, http.StatusForbidden)
		}
	}
	if !maps.Equal(before, n.records("session")) {
		t.Error("something changed")
	}
	if masked(mine) != "/umfrage/…" {
		t.Errorf("the log says %s", masked(mine))
	}
}

// A member without an address answers by telephone.
func TestAnswerByTelephone(t *testing.T) {
	t.Parallel()
	n := open(t)
	p, _ := asked(t, n)
	b := n.as(vera)
	desk := "/koordination/umfragen/" + string(p.ID)
	by := desk + "/antwort/" + string(n.person(amina).ID)
	b.get(desk).want(t, http.StatusOK, by, "Jetzt erinnern")
	b.then(b.submit(b.get(by).want(t, http.StatusOK, "Antwort von Amina Ahrens"), by, url.Values{"option_1": {"yes"}, "option_2": {"no"}})).
		want(t, http.StatusOK, "1 von ", "Amina Ahrens", "Terminumfrage beantwortet").lacks(t, by)
	b.request(http.MethodGet, desk+"/antwort/"+string(n.person(cem).ID)).want(t, http.StatusNotFound)
	n.deliver()
	b.then(b.post(desk, url.Values{"do": {"remind"}})).want(t, http.StatusOK, "Erinnert werden alle")
	if got := n.deliver(); len(to(got, agenda.KindPollReminder, "")) == 0 || len(to(got, agenda.KindPollReminder, amina)) != 0 {
		t.Errorf("reminded: %v", got)
	}
	b.then(b.post(desk, url.Values{"do": {"remind"}})).want(t, http.StatusOK, "Heute wurde schon erinnert")
	b.then(b.post(desk, url.Values{"do": {"cancel"}})).want(t, http.StatusOK, "beendet").lacks(t, `value="decide"`)
	if got := n.deliver(); len(got) != 0 {
		t.Errorf("%d mails about the end", len(got))
	}
	b.post(desk, url.Values{"do": {"nothing"}}).want(t, http.StatusUnprocessableEntity)
}

func TestPollInEnglish(t *testing.T) {
	t.Parallel()
	n := open(t)
	p, mine := asked(t, n)
	n.browser().get("/en"+mine).want(t, http.StatusOK, "If need be", "Please answer by Friday, 10 September 2027")
	b := n.as(birgit)
	b.get("/en/koordination/umfragen/"+string(p.ID)).want(t, http.StatusOK, "answers are missing", "Fix the date and invite")
	b.get("/en"+pollPath).want(t, http.StatusOK, "Open the poll")
	b.post("/en"+pollPath, pollForm("2027-08-20")).want(t, http.StatusUnprocessableEntity, "Date 1: ")
}
