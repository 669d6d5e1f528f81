package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// claim expands what is due and claims it.
func (n *network) claim(lease time.Duration) []agenda.Facts {
	n.t.Helper()
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		for must(n.Expand(ctx, id)) {
		}
	}
	return must(n.Claim(ctx, n.Now(), lease, 100))
}

func (n *network) settle(f agenda.Facts, o agenda.Outcome, text string) agenda.Message {
	n.t.Helper()
	if err := n.Book(ctx, store.Settled(f.Message, f.Email, agenda.Delivery{Outcome: o, Text: text})); err != nil {
		n.t.Fatal(err)
	}
	return must(n.Message(ctx, f.Message.ID))
}

func (n *network) list(f store.OutboxFilter, limit int) []agenda.Message {
	n.t.Helper()
	out, _, err := n.Messages(ctx, f, limit)
	if err != nil {
		n.t.Fatal(err)
	}
	return out
}

// What is of no use any more does not stand in front of what is (a mail server
// that was away for days).
func TestExpiredMessagesHideNothing(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(61)
	n.fixed(g.ID, "2027-08-10T09:00")
	n.at("2027-08-08T08:00")
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		for must(n.Expand(ctx, id)) {
		}
	}
	m := n.fixed(g.ID, "2027-09-10T09:00")
	n.turn(m.ID, agenda.MeetingCancelled, mail)
	n.at("2027-08-11T08:00")
	n.expect("the cancellation behind sixty expired reminders", map[agenda.Kind]int{agenda.KindCancellation: 60})
	wantSame(t, "expired", n.list(store.OutboxFilter{Kind: agenda.KindReminder}, 1)[0].State, agenda.MessageExpired)
	wantSame(t, "counts", must(n.OutboxCounts(ctx)), map[agenda.MessageState]int{})
}

func TestMessageThatMayHaveArrivedEndsAsUnknown(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	n.fixed(g.ID, "2027-08-10T09:00")
	n.at("2027-08-06T08:00")
	got := n.settle(n.claim(time.Minute)[0], agenda.Ambiguous, "EOF")
	wantSame(t, "tried again after", got.Due.Sub(n.Now()), agenda.UnsureWait)
	n.at("2027-08-10T10:00")
	n.expect("too late", map[agenda.Kind]int{})
	wantSame(t, "shown as", n.list(store.OutboxFilter{State: agenda.MessageUnknown}, 10)[0].ID, got.ID)
	n.wait(10 * time.Minute)
	n.expect("and the office is told", map[agenda.Kind]int{agenda.KindAlarm: 1})
}

func TestLeaseThatEndsGivesTheMessageToAnother(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-17T08:00")
	g := n.group(2)
	must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, mail))
	first := n.claim(10 * time.Minute)
	wantSame(t, "claimed", len(first), 1)
	n.wait(10*time.Minute - time.Second)
	wantSame(t, "before the lease ends", len(n.claim(time.Minute)), 0)
	n.wait(2 * time.Second)
	second := n.claim(time.Minute)
	wantSame(t, "after it ended", len(second), 1)
	wantSame(t, "attempts", []int{first[0].Message.Attempts, second[0].Message.Attempts}, []int{1, 2})
	wantSame(t, "the first comes back late", n.settle(first[0], agenda.Delivered, "").State, agenda.MessageSent)
	wantSame(t, "the second fails: sent is sent", n.settle(second[0], agenda.RefusedForHim, "550").State, agenda.MessageSent)
	n.wait(time.Hour)
	wantSame(t, "nothing is left", len(n.claim(time.Minute)), 0)
	wantSame(t, "counts", must(n.OutboxCounts(ctx)), map[agenda.MessageState]int{})
}

func TestOperatorRetriesAndDrops(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-17T08:00")
	g := n.group(3)
	must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, mail))
	facts := n.claim(time.Hour)
	a, b := facts[0], facts[1]
	for what, f := range map[string]func() error{
		"retry": func() error { return n.Retry(ctx, agenda.Shell, a.Message.ID) }, "drop": func() error { return n.Drop(ctx, agenda.Shell, a.Message.ID) },
	} {
		if err := f(); !errors.Is(err, agenda.ErrState) {
			t.Errorf("%s while it is under way: %v, want ErrState", what, err)
		}
	}
	n.settle(a, agenda.RefusedForHim, "550 5.1.1")
	n.settle(b, agenda.TryAgain, "450")
	wantSame(t, "counts", must(n.OutboxCounts(ctx)), map[agenda.MessageState]int{agenda.MessageFailed: 1, agenda.MessageWaiting: 1})
	if err := n.Retry(ctx, agenda.Shell, a.Message.ID); err != nil {
		t.Fatal(err)
	}
	if err := n.Drop(ctx, agenda.Shell, b.Message.ID); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "failed", len(n.list(store.OutboxFilter{State: agenda.MessageFailed}, 10)), 0)
	again := n.claim(time.Minute)
	if len(again) != 1 || again[0].Message.ID != a.Message.ID {
		t.Fatalf("due after the retry: %v", again)
	}
	n.settle(again[0], agenda.Delivered, "")
	for what, err := range map[string]error{
		"retry of what was sent": n.Retry(ctx, agenda.Shell, a.Message.ID), "drop of what was sent": n.Drop(ctx, agenda.Shell, a.Message.ID), "drop twice": n.Drop(ctx, agenda.Shell, b.Message.ID),
	} {
		if !errors.Is(err, agenda.ErrState) {
			t.Errorf("%s: %v, want ErrState", what, err)
		}
	}
	if err := n.Retry(ctx, agenda.Shell, "nix"); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("retry of nothing: %v", err)
	}
	if err := n.Retry(ctx, agenda.Shell, b.Message.ID); err != nil {
		t.Errorf("retry of what was dropped: %v", err)
	}
	wantSame(t, "history", n.history(agenda.Ref{Kind: agenda.AboutMessage, ID: string(a.Message.ID)}), []string{"retried: invitation"})
}

func TestAlarmTellsTheOfficeOnceAnHour(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-17T08:00")
	g := n.group(4)
	must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, mail))
	for i, f := range n.claim(time.Hour) {
		n.settle(f, []agenda.Outcome{agenda.RefusedForHim, agenda.RefusedForUs, agenda.RefusedForHim}[i], "550 nein")
	}
	n.wait(9 * time.Minute)
	n.wantLetters("failures are gathered")
	n.wait(time.Minute)
	got := n.wantLetters("one alarm", "alarm buero@widunetz.example")
	wantText(t, got, "m00@example.org", "m01@example.org", "m02@example.org", "550 nein")
	n.wait(time.Hour)
	n.wantLetters("no second one")
	must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-09-07T09:00"), agenda.MeetingFixed, mail))
	for i, f := range n.claim(time.Hour) {
		n.settle(f, []agenda.Outcome{agenda.RefusedForHim, agenda.Delivered, agenda.Delivered}[i], "550 nein")
	}
	n.wait(10 * time.Minute)
	f := n.claim(time.Minute)
	wantSame(t, "a failure in another hour", f[0].Message.Kind, agenda.KindAlarm)
	n.settle(f[0], agenda.RefusedForUs, "550 nein")
	n.wait(time.Hour)
	wantSame(t, "an alarm that fails causes none", len(n.claim(time.Minute)), 0)
}

func TestOutboxIsListedInParts(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T08:00")
	g := n.group(8)
	a := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, mail))
	n.letters()
	n.at("2027-08-17T08:00")
	n.letters()
	var kinds []agenda.Kind
	seen := map[agenda.MessageID]bool{}
	f := store.OutboxFilter{}
	for pages := 1; ; pages++ {
		list, next, err := n.Messages(ctx, f, 4)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			if seen[m.ID] {
				t.Errorf("%s comes twice", m.ID)
			}
			seen[m.ID], kinds = true, append(kinds, m.Kind)
		}
		if f.Before = next; next == "" {
			wantSame(t, "pages", pages, 4)
			break
		}
	}
	wantSame(t, "newest first", []any{len(kinds), kinds[0], kinds[13]}, []any{14, agenda.KindReminder, agenda.KindInvitation})
	p := must(n.PersonByEmail(ctx, "m03@example.org"))
	wantSame(t, "of one reader", len(n.list(store.OutboxFilter{Reader: agenda.Ref{Kind: agenda.AboutPerson, ID: string(p.ID)}}, 100)), 2)
	wantSame(t, "about one date", len(n.list(store.OutboxFilter{About: agenda.Ref{Kind: agenda.AboutMeeting, ID: string(a.ID)}}, 100)), 7)
	wantSame(t, "of a kind and state", len(n.list(store.OutboxFilter{Kind: agenda.KindInvitation, State: agenda.MessageSent}, 100)), 7)
	wantSame(t, "waiting", len(n.list(store.OutboxFilter{State: agenda.MessageWaiting}, 100)), 0)
	n.turn(a.ID, agenda.MeetingCancelled, mail)
	n.wait(time.Hour)
	n.settle(n.claim(time.Minute)[0], agenda.TryAgain, "450")
	wantSame(t, "waiting for another attempt", len(n.list(store.OutboxFilter{State: agenda.MessageWaiting}, 100)), 1)
}

func TestUnreachedAreThoseToTelephone(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T08:00")
	g := n.group(5)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	n.at("2027-08-30T09:00")
	n.letters()
	n.turn(m.ID, agenda.MeetingCancelled, mail)
	for _, f := range n.claim(time.Minute) {
		switch f.Email {
		case "m00@example.org":
			n.settle(f, agenda.RefusedForHim, "550 5.1.1 unknown")
		case "m01@example.org":
			n.settle(f, agenda.TryAgain, "450 später")
		case "m02@example.org":
			n.settle(f, agenda.Delivered, "")
		}
	}
	var lines []string
	for _, u := range must(n.Unreached(ctx, m.ID)) {
		lines = append(lines, fmt.Sprint(u.Person.Family, " ", u.Why, " ", u.Error))
	}
	wantSame(t, "unreached", lines, []string{"Glied00 failed 550 5.1.1 unknown", "Glied01 waiting 450 später", "Glied03 waiting ", "Glied04 no_address "})
}

func TestNextDue(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	if _, ok, err := n.NextDue(ctx); ok || err != nil {
		t.Errorf("of nothing: %v, %v", ok, err)
	}
	g := n.group(2)
	n.fixed(g.ID, "2027-08-31T09:00")
	at, ok, err := n.NextDue(ctx)
	if err != nil || !ok || agenda.LocalOf(at, n.Loc()).String() != "2027-08-17T08:00" {
		t.Errorf("first reminder: %s, %v, %v", at, ok, err)
	}
	if err := n.AskLogin(ctx, "m00@example.org", "c"); err != nil {
		t.Fatal(err)
	}
	if at, ok, _ := n.NextDue(ctx); !ok || !at.Equal(n.Now()) {
		t.Errorf("log-in: %s, %v", at, ok)
	}
}

func TestClashesCountSharedMembers(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(4)
	other := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Kerngruppe"}))
	for _, email := range []string{"m00@example.org", "m01@example.org"} {
		must(n.TakeSeat(ctx, agenda.Shell, other.ID, must(n.PersonByEmail(ctx, email)).ID, agenda.Date{}, false))
	}
	n.call()
	m := n.fixed(g.ID, "2027-09-15T09:00")
	e := n.public("2027-09-15T10:30")
	must(n.AddEvent(ctx, agenda.Shell, 2027, reading("2027-09-15T10:30"), agenda.Submitted, ""))
	gone := n.fixed(g.ID, "2027-09-15T09:30")
	n.turn(gone.ID, agenda.MeetingCancelled, agenda.Telling{})
	long := details("2027-09-12T09:00")
	long.End = must(agenda.ParseLocal("2027-09-15T09:30"))
	long.Title = "Klausur"
	retreat := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, long, agenda.MeetingPlanned, agenda.Telling{}))
	got := must(n.Clashes(ctx, other.ID, []agenda.MeetingDetails{details("2027-09-15T09:00"), details("2027-09-15T11:00"), details("2027-09-15T12:00"), details("2027-09-16T09:00")}))
	var lines [][]string
	for _, list := range got {
		var of []string
		for _, c := range list {
			of = append(of, fmt.Sprint(c.With.ID == string(m.ID) || c.With.ID == string(e.ID) || c.With.ID == string(retreat.ID), " ", c.Title, " ", c.Both))
		}
		lines = append(lines, of)
	}
	wantSame(t, "clashes", lines, [][]string{{"true Klausur 2", "true Projektgruppe 2", "true Lesung 0"}, {"true Lesung 0"}, nil, nil})
}
