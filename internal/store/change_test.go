package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func TestGatheredChangeTellsWhatWasBeforeTheFirst(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	n.move(m.ID, "2027-08-31T10:00", agenda.Telling{Mail: true, Sentence: "Der Saal ist belegt."})
	n.wait(5 * time.Minute)
	n.move(m.ID, "2027-09-01T14:00", agenda.Telling{Mail: true, Sentence: "Die Schule hat Platz."})
	n.wait(5 * time.Minute)
	n.move(m.ID, "2027-09-02T15:00", agenda.Telling{Mail: true, Sentence: "Die Schule hat Platz."})
	n.wait(10 * time.Minute)
	got := n.wantLetters("one mail", "change m00")
	wantText(t, got, "09:00", "31. August", "15:00", "2. September", "Der Saal ist belegt.", "Die Schule hat Platz.")
	for _, l := range got {
		if strings.Contains(l.Text, "14:00") || strings.Contains(l.Text, "10:00") {
			t.Errorf("the mail names a time in between:\n%s", l.Text)
		}
		if strings.Count(l.Text, "Die Schule hat Platz.") != 1 {
			t.Errorf("the same sentence comes twice:\n%s", l.Text)
		}
	}
}

func TestChangedBackTellsNobody(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	n.move(m.ID, "2027-08-31T10:00", mail)
	n.move(m.ID, "2027-08-31T09:00", mail)
	n.wait(time.Hour)
	n.wantLetters("as it was")
}

// R38: a stream of edits neither puts the mail off for ever nor grows it.
func TestStreamOfEditsIsOneMail(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	for i := range 100 {
		n.move(m.ID, fmt.Sprintf("2027-08-31T%02d:%02d", 10+i%2, i%60), agenda.Telling{Mail: true, Sentence: strings.Repeat("Satz ", 20) + fmt.Sprint(i%3)})
	}
	for range 4 {
		n.wantLetters("while edits go on")
		n.wait(9 * time.Minute)
		n.move(m.ID, fmt.Sprintf("2027-08-31T12:%02d", n.Now().Minute()), mail)
	}
	n.wait(5 * time.Minute)
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		must(n.Expand(ctx, id))
	}
	facts := must(n.Claim(ctx, n.Now(), time.Minute, 10))
	if len(facts) != 1 {
		t.Fatalf("%d mails after 40 minutes, want one", len(facts))
	}
	if f := facts[0].Notice; len(f.To.Days) != 1 || len(f.Sentence) > 500 {
		t.Errorf("after 104 edits the notice names %d days and says %d bytes", len(f.To.Days), len(f.Sentence))
	}
}

func TestChangeToldThenAnother(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	n.move(m.ID, "2027-08-31T10:00", mail)
	n.wait(10 * time.Minute)
	n.wantLetters("first", "change m00")
	n.move(m.ID, "2027-08-31T11:00", mail)
	n.wait(10 * time.Minute)
	got := n.wantLetters("second", "change m00")
	wantText(t, got, "10:00", "11:00")
}

// What was told stays known: whatever happens to a date within the quiet time,
// the mail says how it stands against what people knew.
func TestWithinTheQuietTimeThePlanTurns(t *testing.T) {
	t.Parallel()
	const moved = "2027-08-31T10:00"
	cancel := func(n *network, id agenda.MeetingID) { n.turn(id, agenda.MeetingCancelled, mail) }
	restore := func(n *network, id agenda.MeetingID) { n.turn(id, agenda.MeetingFixed, mail) }
	quietly := func(n *network, id agenda.MeetingID) { n.turn(id, agenda.MeetingFixed, agenda.Telling{}) }
	move := func(n *network, id agenda.MeetingID) { n.move(id, moved, mail) }
	tell := func(n *network, _ agenda.MeetingID) { n.wait(time.Hour); n.letters() }
	for _, c := range []struct {
		name string
		do   []func(*network, agenda.MeetingID)
		want []string
		say  []string
	}{
		{"cancelled, restored", []func(*network, agenda.MeetingID){cancel, restore}, nil, nil},
		{"cancelled, restored without mail", []func(*network, agenda.MeetingID){cancel, quietly}, nil, nil},
		{"moved, cancelled", []func(*network, agenda.MeetingID){move, cancel}, []string{"cancellation m00"}, nil},
		{"moved, cancelled, restored", []func(*network, agenda.MeetingID){move, cancel, restore}, []string{"change m00"}, []string{"09:00", "10:00"}},
		{"moved, cancelled, restored without mail", []func(*network, agenda.MeetingID){move, cancel, quietly}, []string{"change m00"}, []string{"09:00", "10:00"}},
		{"cancelled and told, restored", []func(*network, agenda.MeetingID){cancel, tell, restore}, []string{"restored m00"}, []string{"09:00"}},
		{"cancelled and told, restored and moved", []func(*network, agenda.MeetingID){cancel, tell, restore, move}, []string{"restored m00"}, []string{"10:00"}},
		{"cancelled and told, restored, cancelled", []func(*network, agenda.MeetingID){cancel, tell, restore, cancel}, nil, nil},
		{"cancelled and told, restored, cancelled, restored", []func(*network, agenda.MeetingID){cancel, tell, restore, cancel, restore}, []string{"restored m00"}, nil},
		{"cancelled, restored, cancelled", []func(*network, agenda.MeetingID){cancel, restore, cancel}, []string{"cancellation m00"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := open(t, "2027-08-01T12:00")
			m := n.fixed(n.group(2).ID, "2027-08-31T09:00")
			for _, do := range c.do {
				do(n, m.ID)
				n.wait(time.Minute)
			}
			n.wait(time.Hour)
			wantText(t, n.wantLetters("told", c.want...), c.say...)
		})
	}
}

func TestWithinTheQuietTimeAnEventTurns(t *testing.T) {
	t.Parallel()
	stand := func(to agenda.Standing) func(*network, agenda.Event) {
		return func(n *network, e agenda.Event) {
			must(n.StandEvent(ctx, agenda.Shell, e.ID, to, false, time.Time{}, mail))
		}
	}
	change := func(f func(*agenda.EventDetails)) func(*network, agenda.Event) {
		return func(n *network, e agenda.Event) {
			d := must(n.Event(ctx, e.ID)).EventDetails
			f(&d)
			must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, mail))
		}
	}
	move := change(func(d *agenda.EventDetails) { d.Start, d.End = d.Start.AddDays(1), d.End.AddDays(1) })
	rename := change(func(d *agenda.EventDetails) { d.Title = "Lesung mit Musik" })
	cancel, postpone, restore := stand(agenda.Cancelled), stand(agenda.Postponed), stand(agenda.Scheduled)
	tell := func(n *network, _ agenda.Event) { n.wait(time.Hour); n.letters() }
	type steps = []func(*network, agenda.Event)
	for _, c := range []struct {
		name string
		do   steps
		want []string
		say  []string
	}{
		{"moved", steps{move}, []string{"change w"}, []string{"15. September", "16. September"}},
		{"cancelled, restored", steps{cancel, restore}, nil, nil},
		{"moved, cancelled, restored", steps{move, cancel, restore}, []string{"change w"}, []string{"15. September", "16. September"}},
		{"cancelled, renamed", steps{cancel, rename}, []string{"cancellation w"}, nil},
		{"postponed, renamed", steps{postpone, rename}, []string{"cancellation w"}, nil},
		{"postponed, given a new day", steps{postpone, move}, []string{"change w"}, []string{"15. September", "16. September"}},
		{"postponed and told, given a new day", steps{postpone, tell, move}, []string{"change w"}, []string{"16. September"}},
		{"cancelled and told, restored and moved", steps{cancel, tell, restore, move}, []string{"restored w"}, []string{"16. September"}},
		{"cancelled and told, restored, cancelled", steps{cancel, tell, restore, cancel}, nil, nil},
		{"cancelled and told, restored, cancelled, restored", steps{cancel, tell, restore, cancel, restore}, []string{"restored w"}, nil},
		{"postponed, cancelled", steps{postpone, cancel}, []string{"cancellation w"}, nil},
		{"postponed and told, cancelled", steps{postpone, tell, cancel}, []string{"cancellation w"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := open(t, "2027-08-01T12:00")
			n.call()
			e := n.public("2027-09-15T18:30")
			n.watch(e.ID, "w@example.org")
			for _, do := range c.do {
				do(n, e)
				n.wait(time.Minute)
			}
			n.wait(time.Hour)
			wantText(t, n.wantLetters("told", c.want...), c.say...)
		})
	}
}

func TestNearDatesDoNotWait(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, now string
		do        func(*network, agenda.MeetingID)
		want      string
	}{
		{"changed 48 hours before", "2027-08-29T09:00", func(n *network, id agenda.MeetingID) { n.move(id, "2027-08-31T10:00", mail) }, "change m00"},
		{"moved away from tomorrow", "2027-08-30T09:00", func(n *network, id agenda.MeetingID) { n.move(id, "2027-12-01T10:00", mail) }, "change m00"},
		{"moved to tomorrow", "2027-08-20T09:00", func(n *network, id agenda.MeetingID) { n.move(id, "2027-08-21T10:00", mail) }, "change m00"},
		{"cancelled 48 hours before", "2027-08-29T09:00", func(n *network, id agenda.MeetingID) { n.turn(id, agenda.MeetingCancelled, mail) }, "cancellation m00"},
		{"changed a minute earlier", "2027-08-29T08:59", func(n *network, id agenda.MeetingID) { n.move(id, "2027-08-31T10:00", mail) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := open(t, "2027-08-01T12:00")
			m := n.fixed(n.group(2).ID, "2027-08-31T09:00")
			n.at(c.now)
			n.letters()
			c.do(n, m.ID)
			select {
			case <-n.Wake():
			default:
				if c.want != "" {
					t.Error("the scheduler was not woken")
				}
			}
			if c.want == "" {
				n.wantLetters("waits")
			} else {
				n.wantLetters("at once", c.want)
			}
		})
	}
}

func TestDraftsAndPlansTellNobody(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	for _, s := range []agenda.MeetingState{agenda.MeetingDraft, agenda.MeetingPlanned} {
		m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), s, mail))
		n.move(m.ID, "2027-09-01T09:00", mail)
		n.turn(m.ID, agenda.MeetingCancelled, mail)
	}
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingPlanned, mail))
	n.wait(time.Hour)
	n.wantLetters("drafts and plans")
	n.turn(m.ID, agenda.MeetingFixed, mail)
	n.wantLetters("fixed with mail", "invitation m00")
	n.at("2027-09-30T12:00")
	n.wantLetters("past")
	if _, err := n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingDraft, time.Time{}, mail); !errors.Is(err, agenda.ErrState) {
		t.Errorf("a fixed date becomes a draft: %v, want ErrState", err)
	}
}

func TestNothingIsToldOfThePast(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	m := n.fixed(n.group(2).ID, "2027-08-31T09:00")
	n.at("2027-08-31T11:00")
	n.letters()
	n.move(m.ID, "2027-08-31T08:00", mail)
	n.turn(m.ID, agenda.MeetingCancelled, mail)
	n.wait(time.Hour)
	n.wantLetters("it is over")
}

func TestMovedFromBeforeTheSuccessorTellsBoth(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	n.person("Erbin", "erbin@example.org")
	heir := must(n.PersonByEmail(ctx, "erbin@example.org"))
	seat := must(n.SeatsOf(ctx, must(n.PersonByEmail(ctx, "m00@example.org")).ID))[0]
	must(n.PassSeat(ctx, agenda.Shell, g.ID, seat.ID, heir.ID, must(agenda.ParseDate("2027-10-01"))))
	m := n.fixed(g.ID, "2027-09-20T09:00")
	n.move(m.ID, "2027-10-20T09:00", mail)
	n.wait(time.Hour)
	n.wantLetters("who had it on the old day and who has it on the new", "change erbin", "change m00")
}
