package store_test

import (
	"fmt"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func TestHistorySaysWhoChangedWhatAndWhen(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	p := must(n.PersonByEmail(ctx, "m00@example.org"))
	actor := agenda.PersonActor(p.ID)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	n.wait(time.Minute)
	must(n.ChangeMeeting(ctx, actor, m.ID, details("2027-09-07T09:00"), time.Time{}, mail))
	n.wait(time.Minute)
	must(n.TurnMeeting(ctx, actor, m.ID, agenda.MeetingCancelled, time.Time{}, agenda.Telling{Sentence: "Zu wenige."}))
	n.wait(time.Minute)
	must(n.TurnMeeting(ctx, actor, m.ID, agenda.MeetingFixed, time.Time{}, agenda.Telling{}))
	about := agenda.Ref{Kind: agenda.AboutMeeting, ID: string(m.ID)}
	entries, next, err := n.History(ctx, about, "", 10)
	if err != nil || next != "" {
		t.Fatal(err, next)
	}
	var lines []string
	for _, e := range entries {
		lines = append(lines, fmt.Sprint(e.Verb, " ", agenda.LocalOf(e.At, n.Loc()).Clock(), " ", e.Actor.Who.ID == string(p.ID), " ", e.Mail, " ", e.Note, " ", fields(e.Changes)))
	}
	wantSame(t, "history", lines, []string{
		"restored 12:03 true false  ", "cancelled 12:02 true false Zu wenige. ",
		"moved 12:01 true true Der Saal ist belegt. start:2027-08-31T09:00>2027-09-07T09:00 end:2027-08-31T11:00>2027-09-07T11:00",
		"added 12:00 false false  ",
	})
}

func TestHistoryIsReadInParts(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	p := n.person("Ahrens", "a@example.org")
	for i := range 24 {
		n.wait(time.Second)
		p.Phone = fmt.Sprint(i)
		must(n.SavePerson(ctx, agenda.Shell, p, time.Time{}))
	}
	for _, about := range []agenda.Ref{{}, {Kind: agenda.AboutPerson, ID: string(p.ID)}} {
		var got []agenda.Entry
		pages := 0
		for before := ""; pages == 0 || before != ""; pages++ {
			part, next, err := n.History(ctx, about, before, 10)
			if err != nil {
				t.Fatal(err)
			}
			got, before = append(got, part...), next
		}
		if len(got) != 25 || pages != 3 || got[0].Changes[0].New != "23" || got[24].Verb != "added" {
			t.Errorf("%d lines in %d parts", len(got), pages)
		}
		for i := range got[1:] {
			if !got[i].At.After(got[i+1].At) {
				t.Errorf("line %d is older than the next", i)
			}
		}
	}
}

func TestWhatChangesNothingLeavesNoLine(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	n.call()
	m, e, p := n.fixed(g.ID, "2027-08-31T09:00"), n.public("2027-09-15T18:30"), must(n.PersonByEmail(ctx, "m00@example.org"))
	before := len(n.history(agenda.Ref{}))
	n.move(m.ID, "2027-08-31T09:00", mail)
	must(n.ChangeEvent(ctx, agenda.Shell, e.ID, reading("2027-09-15T18:30"), time.Time{}, mail))
	must(n.SavePerson(ctx, agenda.Shell, p, p.Changed))
	must(n.SaveGroup(ctx, agenda.Shell, g))
	n.call()
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Scheduled, false, time.Time{}, mail))
	must(n.TakeSeat(ctx, agenda.Shell, g.ID, p.ID, agenda.Date{}, false))
	wantSame(t, "lines", len(n.history(agenda.Ref{})), before)
	n.wait(time.Hour)
	n.wantLetters("nor a mail")
}

// A refused change leaves nothing: no line, no revision, no mail.
func TestRefusedUseCaseLeavesNothing(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	n.call()
	lines, seats := len(n.history(agenda.Ref{})), len(must(n.Seats(ctx, g.ID)))
	backward := details("2027-08-31T09:00")
	backward.End = backward.Start
	for what, f := range map[string]func() error{
		"meeting that ends when it begins": func() error {
			_, err := n.PlanMeeting(ctx, agenda.Shell, g.ID, backward, agenda.MeetingFixed, mail)
			return err
		},
		"meeting of no group": func() error {
			_, err := n.PlanMeeting(ctx, agenda.Shell, "nix", details("2027-08-31T09:00"), agenda.MeetingFixed, mail)
			return err
		},
		"seat of nobody": func() error {
			_, err := n.TakeSeat(ctx, agenda.Shell, g.ID, "nix", agenda.Date{}, false)
			return err
		},
		"seat to nobody known": func() error {
			_, err := n.PassSeat(ctx, agenda.Shell, g.ID, must(n.Seats(ctx, g.ID))[0].ID, "nix", n.Today())
			return err
		},
		"group of a name that is taken": func() error {
			_, err := n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "PROJEKTGRUPPE"})
			return err
		},
		"event without title": func() error {
			_, err := n.AddEvent(ctx, agenda.Shell, 2027, agenda.EventDetails{}, agenda.Published, "")
			return err
		},
		"edition that ends before it begins": func() error {
			ed := must(n.Edition(ctx, 2027))
			ed.Ends = ed.Starts.AddDays(-1)
			_, err := n.SaveEdition(ctx, agenda.Shell, ed)
			return err
		},
	} {
		if f() == nil {
			t.Errorf("%s: no error", what)
		}
	}
	wantSame(t, "lines", len(n.history(agenda.Ref{})), lines)
	wantSame(t, "seats", len(must(n.Seats(ctx, g.ID))), seats)
	n.wait(time.Hour)
	n.wantLetters("no mail")
}

func TestFeedsOfThoseConcernedChangeTheirRevision(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	group := func() string { return must(n.Revision(ctx, "group."+string(g.ID))) }
	last := group()
	for _, c := range []struct {
		name string
		do   func()
		want bool
	}{
		{"moved", func() { n.move(m.ID, "2027-09-07T09:00", agenda.Telling{}) }, true},
		{"saved as it was", func() { n.move(m.ID, "2027-09-07T09:00", agenda.Telling{}) }, false},
		{"cancelled", func() { n.turn(m.ID, agenda.MeetingCancelled, agenda.Telling{}) }, true},
		{"another date", func() { n.fixed(g.ID, "2027-10-07T09:00") }, true},
		{"address renewed", func() { must(n.RenewGroupFeed(ctx, agenda.Shell, g.ID)) }, true},
		{"a person's number", func() { n.person("Neu", "") }, false},
	} {
		c.do()
		if now := group(); (now != last) != c.want {
			t.Errorf("%s: changed %v, want %v", c.name, now != last, c.want)
		} else {
			last = now
		}
	}
}
