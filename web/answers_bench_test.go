package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// BenchmarkAnswer saves an answer and shows the page of the meeting, through the
// handler, in a group with 200 members and ten years of meetings. Each answer is
// durable before the page that follows.
func BenchmarkAnswer(b *testing.B) {
	n := open(b)
	g := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Vollversammlung"}))
	var members []agenda.Person
	for i := range 200 {
		p := must(n.SavePerson(ctx, agenda.Shell, agenda.Person{Given: "Mit", Family: fmt.Sprintf("Glied%03d", i), Email: fmt.Sprintf("v%03d@example.org", i), Institution: n.person(amina).Institution}, time.Time{}))
		must(n.TakeSeat(ctx, agenda.Shell, g.ID, p.ID, agenda.Date{}, i == 0))
		members = append(members, p)
	}
	must(0, n.SetRules(ctx, agenda.Shell, g.ID, agenda.Rules{Answers: agenda.AnswerRules{On: true, By: 5, Nudge: 7, Heads: 2, Names: true}}, time.Time{}))
	first := must(agenda.ParseLocal("2018-01-10T09:00"))
	var all []agenda.MeetingDetails
	for _, at := range agenda.Every(6, 87, first) {
		all = append(all, agenda.MeetingDetails{Start: at, End: at.AddMinutes(120), Place: "Kreishaus"})
	}
	made := must(n.PlanMeetings(ctx, agenda.Shell, g.ID, all, agenda.MeetingFixed))
	m := made[len(made)-1] // the next ones to come are at the end
	for _, p := range members {
		must(0, n.AnswerMeeting(ctx, agenda.Shell, m.ID, p.ID, agenda.AnswerDetails{Choice: agenda.AnswerYes}, "mail"))
	}
	member, chair := n.as(members[7].Email), n.as(members[0].Email)
	link, page := "/antwort/"+n.AnswerToken(m.ID, members[7].ID), "/sitzungen/"+string(m.ID)
	// spent is how long the handler takes, in milliseconds.
	spent := func(v *browser, method, path string, form url.Values, status int) float64 {
		r := httptest.NewRequest(method, base+path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = n.browser().address // the limit of posts is not what is looked at
		for _, c := range v.jar.Cookies(must(url.Parse(base))) {
			r.AddCookie(c)
		}
		rw, begin := httptest.NewRecorder(), time.Now()
		n.handler.ServeHTTP(rw, r)
		took := time.Since(begin)
		if rw.Code != status {
			b.Fatalf("%s: status %d, want %d", path, rw.Code, status)
		}
		return float64(took.Microseconds()) / 1000
	}
	var saves, shows, lists []float64
	for i := 0; b.Loop(); i++ {
		saves = append(saves, spent(member, http.MethodPost, link, url.Values{"answer": {[]string{"yes", "no"}[i%2]}}, http.StatusSeeOther))
		shows = append(shows, spent(member, http.MethodGet, page, nil, http.StatusOK))
		lists = append(lists, spent(chair, http.MethodGet, "/koordination"+page+"/antworten", nil, http.StatusOK))
	}
	b.ReportMetric(median(saves), "save-ms")
	b.ReportMetric(median(shows), "page-ms")
	b.ReportMetric(median(lists), "list-ms")
}
