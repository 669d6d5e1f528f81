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

func TestMailsAroundTheAnswers(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g, m, who := n.asking(6, "2027-08-31T09:00") // the last has no address
	n.expect("invitation", map[agenda.Kind]int{agenda.KindInvitation: 5})
	if err := errors.Join(n.answer(m, who[0], comes), n.answer(m, who[1], stays), n.answer(m, who[2], instead("Eve", "eve@example.org"))); err != nil {
		t.Fatal(err)
	}
	n.expect("the substitute", map[agenda.Kind]int{agenda.KindSubstitute: 1})
	n.at("2027-08-17T08:00")
	n.expect("reminder: not to who declined; the substitute instead of who is substituted", map[agenda.Kind]int{agenda.KindReminder: 4})
	n.at("2027-08-24T07:59")
	n.expect("a minute too early", map[agenda.Kind]int{})
	n.at("2027-08-24T08:00")
	n.expect("who has not answered", map[agenda.Kind]int{agenda.KindNudge: 2})
	n.at("2027-08-27T08:00") // two days before is a Sunday; nobody chairs: the coordinators are told
	must(n.SavePerson(ctx, agenda.Shell, agenda.Person{Family: "Wolf", Email: "vera@example.org", Coordinator: true}, time.Time{}))
	n.expect("reminder and head count", map[agenda.Kind]int{agenda.KindReminder: 4, agenda.KindHeads: 1})
	n.at("2027-08-28T12:00")
	must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, details("2027-09-28T09:00"), time.Time{}, mail))
	n.wait(time.Hour)
	n.expect("moved: members, also who declined, and the substitute", map[agenda.Kind]int{agenda.KindChange: 6})
	n.at("2027-09-14T08:00")
	n.expect("no answer stands: all members, and not the substitute", map[agenda.Kind]int{agenda.KindReminder: 5})
	if err := errors.Join(n.answer(m, who[0], comes), n.answer(m, who[2], instead("Eve", "eve@example.org"))); err != nil {
		t.Fatal(err)
	}
	n.expect("the substitute again", map[agenda.Kind]int{agenda.KindSubstitute: 1})
	n.at("2027-09-21T08:00")
	n.expect("nudge at its new time", map[agenda.Kind]int{agenda.KindNudge: 3})
	must(n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingCancelled, time.Time{}, mail))
	n.wait(time.Hour)
	n.expect("cancelled: the substitute hears", map[agenda.Kind]int{agenda.KindCancellation: 6})
	n.at("2027-09-27T12:00")
	n.expect("nothing more", map[agenda.Kind]int{})
	_ = g
}

func TestASubstituteIsToldThatSheIsNotNeeded(t *testing.T) {
	n := open(t, "2027-08-10T12:00")
	_, m, who := n.asking(3, "2027-08-31T09:00")
	n.due()
	eve := instead("Eve", "eve@example.org")
	if err := n.answer(m, who[0], eve); err != nil {
		t.Fatal(err)
	}
	n.expect("asked", map[agenda.Kind]int{agenda.KindSubstitute: 1})
	if err := n.answer(m, who[0], instead("Dan", "dan@example.org")); err != nil {
		t.Fatal(err)
	}
	n.expect("a second one takes her place", map[agenda.Kind]int{agenda.KindSubstitute: 1, agenda.KindSubstituteOff: 1})
	a := must(n.Answer(ctx, m.ID, who[0].ID))
	former, dan := n.SubstituteToken(a, a.Former[0]), n.SubstituteToken(a, *a.Substitute)
	if s := must(n.SubstituteOfToken(ctx, former)); s.Needed || s.Name != "Eve" {
		t.Errorf("the first one's link shows %+v", s)
	}
	if err := n.SubstituteCannot(ctx, former); !errors.Is(err, agenda.ErrState) {
		t.Errorf("who is not needed declines: %v", err)
	}
	for range 2 {
		if err := n.SubstituteCannot(ctx, dan); err != nil {
			t.Fatal(err)
		}
	}
	n.expect("the member learns that he cannot, once", map[agenda.Kind]int{agenda.KindSubstituteOut: 1})
	if got := must(n.Unanswered(ctx, who[0].ID)); len(got) != 1 {
		t.Errorf("her answer is missing again, but the list has %d", len(got))
	}
	if err := n.answer(m, who[0], comes); err != nil {
		t.Fatal(err)
	}
	n.expect("who cannot need not be told", map[agenda.Kind]int{})
	if got := must(n.Unanswered(ctx, who[0].ID)); len(got) != 0 {
		t.Errorf("she has answered, but the list has %d", len(got))
	}
	n.at("2027-09-01T23:59")
	must(n.SubstituteOfToken(ctx, dan))
	n.at("2027-09-02T00:00")
	if _, err := n.SubstituteOfToken(ctx, dan); !errors.Is(err, agenda.ErrExpired) {
		t.Errorf("two days after the meeting: %v", err)
	}
	for _, bad := range []string{"", "x", dan + "x", strings.Replace(dan, "-2.", "-1.", 1), n.AnswerToken(m.ID, who[0].ID)} {
		if _, err := n.SubstituteOfToken(ctx, bad); !errors.Is(err, agenda.ErrNotFound) {
			t.Errorf("link %q: %v", bad, err)
		}
	}
}

// Whom mail does not reach is not reminded; then the member is.
func TestASubstituteWithoutMailLeavesTheRemindersToTheMember(t *testing.T) {
	n := open(t, "2027-08-10T12:00")
	_, m, who := n.asking(3, "2027-08-31T09:00")
	n.due()
	if err := errors.Join(n.answer(m, who[0], instead("Eve", "")), n.answer(m, who[1], instead("Dan", "dan@example.org"))); err != nil {
		t.Fatal(err)
	}
	n.due()
	a := must(n.Answer(ctx, m.ID, who[1].ID))
	if err := n.QuietSubstitute(ctx, n.SubstituteToken(a, *a.Substitute)); err != nil {
		t.Fatal(err)
	}
	n.at("2027-08-17T08:00")
	n.expect("both members", map[agenda.Kind]int{agenda.KindReminder: 2})
	must(n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingCancelled, time.Time{}, mail))
	n.wait(time.Hour)
	n.expect("that it is cancelled is told to whoever wants no mail, too", map[agenda.Kind]int{agenda.KindCancellation: 3})
}

func TestNobodyIsNudgedWhoWasJustAsked(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*network, agenda.Meeting)
		want   map[agenda.Kind]int
	}{
		"nothing happened": {func(*network, agenda.Meeting) {}, map[agenda.Kind]int{agenda.KindNudge: 2}},
		"by hand the day before": {func(n *network, m agenda.Meeting) {
			n.at("2027-08-23T15:00")
			if !must(n.RemindOfMeeting(ctx, agenda.Shell, m.ID)) || must(n.RemindOfMeeting(ctx, agenda.Shell, m.ID)) {
				n.t.Error("by hand: not once a day")
			}
			n.expect("by hand", map[agenda.Kind]int{agenda.KindNudge: 2})
		}, map[agenda.Kind]int{}},
		"by hand long before": {func(n *network, m agenda.Meeting) {
			n.at("2027-08-20T15:00")
			must(n.RemindOfMeeting(ctx, agenda.Shell, m.ID))
			n.expect("by hand", map[agenda.Kind]int{agenda.KindNudge: 2})
		}, map[agenda.Kind]int{agenda.KindNudge: 2}},
		"a change was told": {func(n *network, m agenda.Meeting) {
			n.at("2027-08-23T15:00")
			d := m.MeetingDetails
			d.Place = "Rathaus"
			must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, d, time.Time{}, mail))
			n.wait(time.Hour)
			n.expect("change", map[agenda.Kind]int{agenda.KindChange: 2})
		}, map[agenda.Kind]int{}},
		"switched off": {func(n *network, m agenda.Meeting) {
			if err := n.SetRules(ctx, agenda.Shell, m.Group, agenda.Rules{}, time.Time{}); err != nil {
				n.t.Error(err)
			}
		}, map[agenda.Kind]int{}},
		"reminded on that day": {func(n *network, m agenda.Meeting) {
			g := must(n.Group(ctx, m.Group))
			g.Leads = []int{7}
			must(n.SaveGroup(ctx, agenda.Shell, g))
		}, map[agenda.Kind]int{agenda.KindReminder: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			n := open(t, "2027-08-10T12:00")
			_, m, _ := n.asking(3, "2027-08-31T09:00")
			n.at("2027-08-18T12:00")
			n.due()
			c.before(n, m)
			n.at("2027-08-24T08:00")
			n.expect("seven days before", c.want)
		})
	}
}

// A meeting that is planned when the time of a notice is past gets none.
func TestNothingOfTheAnswersGoesToThePast(t *testing.T) {
	n := open(t, "2027-08-25T12:00")
	_, m, _ := n.asking(3, "2027-08-31T09:00")
	n.expect("invitation", map[agenda.Kind]int{agenda.KindInvitation: 2})
	n.wait(time.Hour)
	n.expect("nothing else", map[agenda.Kind]int{})
	n.at("2027-08-31T09:00")
	n.expect("nor when it has begun, after a standstill", map[agenda.Kind]int{})
	if _, err := n.RemindOfMeeting(ctx, agenda.Shell, m.ID); !errors.Is(err, agenda.ErrState) {
		t.Errorf("by hand when it has begun: %v", err)
	}
}

func TestTheInvitationOfTheDayBeforeHasAsked(t *testing.T) {
	n := open(t, "2027-08-23T15:00")
	n.asking(3, "2027-08-31T09:00")
	n.expect("invitation", map[agenda.Kind]int{agenda.KindInvitation: 2})
	n.at("2027-08-24T08:00")
	n.expect("seven days before, the next morning", map[agenda.Kind]int{})
}

// The head count goes to the chair and to the members of the host institution;
// others are told nothing, and coordinators only where there is neither.
func TestTheHeadCountGoesToThoseWhoPrepare(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g, m, who := n.asking(4, "2027-08-31T09:00")
	host := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "AWO"}))
	must(n.SavePerson(ctx, agenda.Shell, agenda.Person{Family: "Wolf", Email: "vera@example.org", Coordinator: true}, time.Time{}))
	guest := must(n.SavePerson(ctx, agenda.Shell, agenda.Person{Family: "Gast", Email: "gast@example.org", Institution: host.ID}, time.Time{}))
	must(n.TakeSeat(ctx, agenda.Shell, g.ID, guest.ID, agenda.Date{}, false))
	for _, seat := range must(n.Seats(ctx, g.ID)) {
		if seat.Holds(who[0].ID) {
			if err := n.SetChair(ctx, agenda.Shell, g.ID, seat.ID, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := n.SetHost(ctx, agenda.Shell, m.ID, host.ID); err != nil {
		t.Fatal(err)
	}
	n.at("2027-08-27T07:59")
	n.due()
	n.at("2027-08-27T08:00")
	sent := n.due()
	if sent[agenda.KindHeads] != 2 {
		t.Errorf("sent %v, want two head counts", sent)
	}
	list, _, err := n.Messages(ctx, store.OutboxFilter{About: agenda.Ref{Kind: agenda.AboutMeeting, ID: string(m.ID)}, Kind: agenda.KindHeads}, 10)
	for _, x := range list {
		if x.To != who[0].Email && x.To != guest.Email {
			t.Errorf("a head count to %s", x.To)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
