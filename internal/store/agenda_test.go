package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// topics makes a group that takes topics, and a fixed meeting on September 29th.
func (n *network) topics(members int) (agenda.Group, agenda.Meeting) {
	n.t.Helper()
	g := n.group(members)
	n.rules(g.ID, agenda.TopicRules{On: true, Ask: 21, Send: 14, Requests: true})
	chair := must(n.PersonByEmail(ctx, "m00@example.org"))
	for _, seat := range must(n.Seats(ctx, g.ID)) {
		if seat.Holds(chair.ID) {
			must(0, n.SetChair(ctx, agenda.Shell, g.ID, seat.ID, true))
		}
	}
	return must(n.Group(ctx, g.ID)), n.fixed(g.ID, "2027-09-29T09:00")
}

func (n *network) rules(g agenda.GroupID, r agenda.TopicRules) {
	n.t.Helper()
	must(0, n.SetRules(ctx, agenda.Shell, g, agenda.Rules{Topics: r}, time.Time{}))
}

func (n *network) handIn(g agenda.GroupID, who, title string) agenda.Topic {
	n.t.Helper()
	p := must(n.PersonByEmail(ctx, who+"@example.org"))
	return must(n.HandIn(ctx, agenda.PersonActor(p.ID), g, p.ID, store.TopicForm{TopicDetails: agenda.TopicDetails{Title: title, Kind: agenda.TopicDecision, Minutes: 10}}, ""))
}

// agenda saves the agenda of a meeting with those items and topics.
func (n *network) agenda(m agenda.MeetingID, f store.AgendaForm) agenda.Agenda {
	n.t.Helper()
	a := must(n.AgendaOf(ctx, m))
	if f.Items == nil {
		f.Items = a.Items
	}
	f.Seen = a.Changed
	return must(n.SaveAgenda(ctx, agenda.Shell, m, f))
}

func (n *network) release(m agenda.MeetingID) {
	n.t.Helper()
	must(0, n.ReleaseAgenda(ctx, agenda.Shell, m, must(n.AgendaOf(ctx, m)).Changed))
}

func TestMailsOfAnAgendaInTheirOrder(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T10:00")
	g, m := n.topics(3)
	n.letters()
	topic := n.handIn(g.ID, "m01", "Haushalt")
	n.at("2027-09-08T07:59")
	n.wantLetters("a minute too early")
	n.at("2027-09-08T08:00")
	got := n.wantLetters("three weeks before", "topics m00", "topics m01")
	if !strings.Contains(got[0].Text, "Haushalt (Beschluss)") || !strings.Contains(got[0].Text, "14. September") {
		t.Errorf("the question:\n%s", got[0].Text)
	}
	n.agenda(m.ID, store.AgendaForm{Items: []agenda.AgendaItem{{Title: "Begrüßung"}}, Take: []agenda.TopicID{topic.ID}})
	n.at("2027-09-15T08:00")
	n.wantLetters("not released on its day", "agendadue m00", "reminder m00", "reminder m01")
	n.at("2027-09-15T09:00")
	n.wantLetters("the chair is told once")
	n.release(m.ID)
	n.wantLetters("released late", "agenda m00", "agenda m01")
	n.release(m.ID)
	n.wantLetters("released twice")
	if err := n.WithdrawAgenda(ctx, agenda.Shell, m.ID); !errors.Is(err, agenda.ErrState) {
		t.Errorf("taken back after it went out: %v", err)
	}
	n.move(m.ID, "2027-10-20T09:00", agenda.Telling{})
	n.at("2027-10-19T08:00")
	n.wantLetters("moved", "reminder m00", "reminder m01")
	versions := must(n.AgendaVersions(ctx, m.ID))
	if len(versions) != 1 || versions[0].Start.String() != "2027-09-29T09:00" || len(versions[0].Items) != 2 {
		t.Errorf("as invited: %+v", versions)
	}
}

func TestAgendaMovesWithItsMeeting(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T10:00")
	_, m := n.topics(3)
	n.letters()
	n.agenda(m.ID, store.AgendaForm{Items: []agenda.AgendaItem{{Title: "Begrüßung"}}})
	n.release(m.ID)
	n.move(m.ID, "2027-10-27T09:00", agenda.Telling{})
	n.at("2027-09-16T08:00")
	n.wantLetters("the old days are none any more")
	n.at("2027-10-06T08:00")
	n.wantLetters("asked before the new date", "topics m00", "topics m01")
	n.turn(m.ID, agenda.MeetingCancelled, agenda.Telling{})
	n.at("2027-10-14T08:00")
	n.wantLetters("nothing goes out for a cancelled meeting")
	n.turn(m.ID, agenda.MeetingFixed, agenda.Telling{})
	n.wantLetters("restored after the day of its agenda", "agenda m00", "agenda m01")
}

// What waits to be sent at the moment of a cancellation does not go out.
func TestAgendaOfAMeetingCancelledWhileItWaits(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T10:00")
	_, m := n.topics(3)
	n.letters()
	n.agenda(m.ID, store.AgendaForm{Items: []agenda.AgendaItem{{Title: "Begrüßung"}}})
	n.release(m.ID)
	n.at("2027-09-15T08:00")
	n.turn(m.ID, agenda.MeetingCancelled, agenda.Telling{})
	n.wantLetters("cancelled in the minute in which it is due")
	if got := must(n.AgendaVersions(ctx, m.ID)); len(got) != 0 {
		t.Errorf("it counts as sent: %+v", got)
	}
}

func TestRulesThatAreSwitchedOff(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T10:00")
	g, m := n.topics(3)
	n.letters()
	n.agenda(m.ID, store.AgendaForm{Items: []agenda.AgendaItem{{Title: "Begrüßung"}}})
	n.release(m.ID)
	n.rules(g.ID, agenda.TopicRules{})
	n.at("2027-09-15T07:00")
	n.wantLetters("nothing of an agenda")
	n.rules(g.ID, agenda.TopicRules{On: true, Send: 10})
	n.at("2027-09-17T08:00") // the 19th is a Sunday
	n.wantLetters("on the working day before", "agenda m00", "agenda m01")
	n.at("2027-09-27T08:00")
	n.wantLetters("two days before", "reminder m00", "reminder m01")
}

func TestTopicThatIsPutOff(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T10:00")
	g, m := n.topics(3)
	topic := n.handIn(g.ID, "m01", "Haushalt")
	a := n.agenda(m.ID, store.AgendaForm{Items: []agenda.AgendaItem{{Title: "Bericht"}}, Take: []agenda.TopicID{topic.ID}})
	if w := must(n.Topic(ctx, g.ID, topic.ID)); w.Meeting != m.ID {
		t.Fatalf("%+v", w)
	}
	a = n.agenda(m.ID, store.AgendaForm{PutOff: []int{a.Items[0].ID, a.Items[1].ID}})
	if len(a.Items) != 0 {
		t.Errorf("items %+v", a.Items)
	}
	list := must(n.Backlog(ctx, g.ID))
	var said []string
	for _, w := range list {
		said = append(said, w.Title)
		if len(w.Off) != 1 || w.Off[0].ID != m.ID || w.Meeting != "" {
			t.Errorf("%s: put off %+v", w.Title, w.Off)
		}
	}
	slices.Sort(said)
	if strings.Join(said, ", ") != "Bericht, Haushalt" {
		t.Errorf("the backlog: %v", said)
	}
	second := n.fixed(g.ID, "2027-11-24T09:00")
	n.agenda(second.ID, store.AgendaForm{Take: []agenda.TopicID{topic.ID}})
	if _, err := n.SaveAgenda(ctx, agenda.Shell, m.ID, store.AgendaForm{Take: []agenda.TopicID{topic.ID}, Seen: a.Changed}); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("a topic on two agendas: %v", err)
	}
	// When that meeting is cancelled, its topic can go elsewhere and leaves it.
	n.turn(second.ID, agenda.MeetingCancelled, agenda.Telling{})
	n.agenda(m.ID, store.AgendaForm{Take: []agenda.TopicID{topic.ID}})
	if got := must(n.AgendaOf(ctx, second.ID)); len(got.Items) != 0 {
		t.Errorf("it is on two agendas: %+v", got.Items)
	}
}

// Whoever handed in a topic changes it until the agenda is released; the draft
// follows, but not over what the chair wrote.
func TestTopicFollowsIntoTheDraft(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T10:00")
	g, m := n.topics(3)
	topic := n.handIn(g.ID, "m01", "Haushalt")
	a := n.agenda(m.ID, store.AgendaForm{Take: []agenda.TopicID{topic.ID}})
	a.Items[0].Minutes = 30
	n.agenda(m.ID, store.AgendaForm{Items: a.Items})
	who, other := must(n.PersonByEmail(ctx, "m01@example.org")).ID, must(n.PersonByEmail(ctx, "m00@example.org")).ID
	change := func(by agenda.PersonID, title string) error {
		return n.ChangeTopic(ctx, agenda.PersonActor(by), g.ID, topic.ID, by, store.TopicForm{TopicDetails: agenda.TopicDetails{Title: title, Kind: agenda.TopicDecision, Minutes: 15}})
	}
	must(0, change(who, "Haushalt 2028"))
	if got := must(n.AgendaOf(ctx, m.ID)).Items[0]; got.Title != "Haushalt 2028" || got.Minutes != 30 {
		t.Errorf("the draft says %+v", got)
	}
	if err := change(other, "Fremd"); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("somebody else changed it: %v", err)
	}
	n.release(m.ID)
	if err := change(who, "Zu spät"); !errors.Is(err, agenda.ErrState) {
		t.Errorf("changed after the release: %v", err)
	}
	if err := n.TakeBackTopic(ctx, agenda.PersonActor(who), g.ID, topic.ID, who); !errors.Is(err, agenda.ErrState) {
		t.Errorf("taken back after the release: %v", err)
	}
	must(0, n.WithdrawAgenda(ctx, agenda.Shell, m.ID))
	must(0, n.TakeBackTopic(ctx, agenda.PersonActor(who), g.ID, topic.ID, who))
	if got := must(n.AgendaOf(ctx, m.ID)).Items; len(got) != 0 {
		t.Errorf("the draft still has %+v", got)
	}
}

func TestUsualItemsOfTheLastMeeting(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T10:00")
	g, m := n.topics(3)
	topic := n.handIn(g.ID, "m01", "Haushalt")
	n.agenda(m.ID, store.AgendaForm{Items: []agenda.AgendaItem{{Title: "Willkommen", Minutes: 7}}, Take: []agenda.TopicID{topic.ID}})
	next := n.fixed(g.ID, "2027-11-24T09:00")
	got := must(n.UsualItems(ctx, next))
	if len(got) != 1 || got[0].Title != "Willkommen" || got[0].ID != 0 {
		t.Errorf("proposed: %+v", got)
	}
	if got := must(n.UsualItems(ctx, m)); len(got) != 0 {
		t.Errorf("proposed for the first: %+v", got)
	}
}

func TestTopicsOfMergedInstitutions(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-20T10:00")
	g, _ := n.topics(3)
	old := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "AWO Herford"}))
	awo := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "AWO"}))
	p := must(n.PersonByEmail(ctx, "m01@example.org"))
	p.Institution = old.ID
	must(n.SavePerson(ctx, agenda.Shell, p, p.Changed))
	topic := n.handIn(g.ID, "m01", "Haushalt")
	must(0, n.MergeInstitutions(ctx, agenda.Shell, awo.ID, old.ID))
	if got := must(n.Topic(ctx, g.ID, topic.ID)); got.Institution != awo.ID {
		t.Errorf("of institution %q, want %q", got.Institution, awo.ID)
	}
}
