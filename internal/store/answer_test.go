package store_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// asking makes a group that asks who comes, and a fixed meeting of it to which
// its members are invited.
func (n *network) asking(members int, start string) (agenda.Group, agenda.Meeting, []agenda.Person) {
	n.t.Helper()
	g := n.group(members)
	rules := agenda.Rules{Answers: agenda.AnswerRules{On: true, By: 5, Nudge: 7, Heads: 2}}
	if err := n.SetRules(ctx, agenda.Shell, g.ID, rules, time.Time{}); err != nil {
		n.t.Fatal(err)
	}
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details(start), agenda.MeetingFixed, mail))
	return must(n.Group(ctx, g.ID)), m, must(n.Members(ctx, g.ID, m.Start.Date))
}

func (n *network) answer(m agenda.Meeting, p agenda.Person, d agenda.AnswerDetails) error {
	return n.AnswerMeeting(ctx, agenda.PersonActor(p.ID), m.ID, p.ID, d, "mail")
}

var (
	comes = agenda.AnswerDetails{Choice: agenda.AnswerYes}
	stays = agenda.AnswerDetails{Choice: agenda.AnswerNo}
)

func instead(name, email string) agenda.AnswerDetails {
	return agenda.AnswerDetails{Choice: agenda.AnswerSubstitute, Substitute: agenda.Substitute{Name: name, Email: email}}
}

func TestAnswersOfAMeeting(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	_, m, who := n.asking(4, "2027-08-31T09:00")
	for range 2 { // the second click
		if err := n.answer(m, who[0], comes); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.answer(m, who[0], stays); err != nil {
		t.Fatal(err)
	}
	got := must(n.AnswersTo(ctx, m.ID))
	if len(got) != 1 || got[0].Choice != agenda.AnswerNo || got[0].By != "mail" || got[0].Sequence != m.Sequence {
		t.Errorf("answers %+v", got)
	}
	lines := 0
	entries, _, err := n.History(ctx, agenda.Ref{Kind: agenda.AboutMeeting, ID: string(m.ID)}, "", 20)
	for _, e := range entries {
		if strings.HasPrefix(e.Verb, "meeting_answer") {
			lines++
		}
	}
	if err != nil || lines != 2 {
		t.Errorf("%d lines of the history, want 2 (%v)", lines, err)
	}
	var p agenda.Problems
	stranger := must(n.SavePerson(ctx, agenda.Shell, agenda.Person{Family: "Fremd", Email: "fremd@example.org"}, time.Time{}))
	if err := n.answer(m, stranger, comes); !errors.As(err, &p) {
		t.Errorf("somebody else answers: %v", err)
	}
	if err := n.answer(m, who[1], instead(who[2].Name(), "M02@example.org")); !errors.As(err, &p) || p[0].Rule != "substitute_member" {
		t.Errorf("a member comes instead: %v", err)
	}
	n.at("2027-08-31T09:00")
	if err := n.answer(m, who[1], comes); !errors.As(err, &p) || p[0].Rule != "answer_begun" {
		t.Errorf("after the meeting has begun: %v", err)
	}
	if len(must(n.AnswersTo(ctx, m.ID))) != 1 {
		t.Error("a refused answer was kept")
	}
}

func TestTwoAnswersAtOnce(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	_, m, who := n.asking(3, "2027-08-31T09:00")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			d := []agenda.AnswerDetails{comes, stays}[i%2]
			if err := n.answer(m, who[i%3], d); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := must(n.AnswersTo(ctx, m.ID)); len(got) != 3 {
		t.Errorf("%d answers of 3 members", len(got))
	}
}

func TestAnswersAreForgotten(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	_, m, who := n.asking(3, "2027-08-31T09:00")
	for _, p := range who[:2] {
		if err := n.answer(m, p, instead("Eve", "eve@example.org")); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.DeletePerson(ctx, agenda.Shell, who[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := must(n.AnswersTo(ctx, m.ID)); len(got) != 1 || got[0].Person != who[1].ID {
		t.Errorf("after she was deleted: %+v", got)
	}
	n.at("2027-11-29T23:00") // 90 days after
	must(n.Forget(ctx, store.Retention{}))
	if len(must(n.AnswersTo(ctx, m.ID))) != 1 {
		t.Error("deleted too early")
	}
	n.at("2027-11-30T00:00")
	if must(n.Forget(ctx, store.Retention{})) == 0 || len(must(n.AnswersTo(ctx, m.ID))) != 0 {
		t.Error("kept for more than 90 days")
	}
}
