package agenda_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"widunetz/internal/agenda"
)

func TestMessageSettles(t *testing.T) {
	t.Parallel()
	now := instant("2027-08-30T08:00:00Z")
	for _, c := range []struct {
		name     string
		outcome  agenda.Outcome
		attempts int
		unsure   int
		age      time.Duration
		left     time.Duration // until the deadline; 0: none
		want     agenda.MessageState
		wait     time.Duration
	}{
		{"delivered", agenda.Delivered, 1, 0, 0, 0, agenda.MessageSent, 0},
		{"delivered after the deadline has come", agenda.Delivered, 1, 0, 0, time.Second, agenda.MessageSent, 0},
		{"address is to blame", agenda.RefusedForHim, 1, 0, 0, 0, agenda.MessageFailed, 0},
		{"we are to blame", agenda.RefusedForUs, 1, 0, 0, 0, agenda.MessageFailed, 0},
		{"later, first attempt", agenda.TryAgain, 1, 0, 0, 0, agenda.MessageWaiting, time.Minute},
		{"later, second attempt", agenda.TryAgain, 2, 0, time.Minute, 0, agenda.MessageWaiting, 5 * time.Minute},
		{"later, third attempt", agenda.TryAgain, 3, 0, time.Hour, 0, agenda.MessageWaiting, 15 * time.Minute},
		{"later, fifth attempt", agenda.TryAgain, 5, 0, time.Hour, 0, agenda.MessageWaiting, time.Hour},
		{"later, seventh attempt", agenda.TryAgain, 7, 0, time.Hour, 0, agenda.MessageWaiting, 4 * time.Hour},
		{"later, fiftieth attempt: the last wait repeats", agenda.TryAgain, 50, 0, time.Hour, 0, agenda.MessageWaiting, 4 * time.Hour},
		{"later, no attempt counted", agenda.TryAgain, 0, 0, 0, 0, agenda.MessageWaiting, time.Minute},
		{"later, five days old", agenda.TryAgain, 30, 0, agenda.GiveUp, 0, agenda.MessageWaiting, 4 * time.Hour},
		{"later, more than five days old: given up", agenda.TryAgain, 30, 0, agenda.GiveUp + time.Second, 0, agenda.MessageFailed, 0},
		{"later is too late", agenda.TryAgain, 1, 0, 0, time.Minute, agenda.MessageExpired, 0},
		{"later is in time", agenda.TryAgain, 1, 0, 0, 61 * time.Second, agenda.MessageWaiting, time.Minute},
		{"later is too late, and one may have arrived", agenda.TryAgain, 2, 1, 0, time.Minute, agenda.MessageUnknown, 0},
		{"broke after the dot: once more", agenda.Ambiguous, 1, 0, 0, 0, agenda.MessageWaiting, agenda.UnsureWait},
		{"broke after the dot again: shown", agenda.Ambiguous, 2, 1, 0, 0, agenda.MessageUnknown, 0},
		{"broke after the dot, once more is too late", agenda.Ambiguous, 1, 0, 0, 10 * time.Minute, agenda.MessageUnknown, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := agenda.Message{ID: "m", State: agenda.MessageWaiting, Attempts: c.attempts, Unsure: c.unsure, Made: now.Add(-c.age), Due: now.Add(-c.age)}
			if c.left > 0 {
				m.Deadline = now.Add(c.left)
			}
			got := m.Settle(agenda.Delivery{Outcome: c.outcome, Text: "was der Server sagte"}, now)
			if got.State != c.want {
				t.Fatalf("state %s, want %s", got.State, c.want)
			}
			if final := c.want != agenda.MessageWaiting; got.Settled.Equal(now) != final {
				t.Errorf("settled %s", got.Settled)
			}
			if c.wait > 0 && !got.Due.Equal(now.Add(c.wait)) {
				t.Errorf("waits %s, want %s", got.Due.Sub(now), c.wait)
			}
			if said := got.Error != ""; said == (c.want == agenda.MessageSent) {
				t.Errorf("error %q", got.Error)
			}
		})
	}
}

// However a server answers, a message comes to an end: within five days and one
// wait of each kind, and after at most two answers that leave open whether it arrived.
func TestEveryMessageComesToAnEnd(t *testing.T) {
	t.Parallel()
	start := instant("2027-08-01T08:00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		m := agenda.Message{ID: "m", State: agenda.MessageWaiting, Made: start, Due: start}
		if rapid.Bool().Draw(t, "deadline") {
			m.Deadline = start.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "hours")) * time.Hour)
		}
		unsure := 0
		for m.State == agenda.MessageWaiting {
			now := m.Due
			if !m.Deadline.IsZero() && !now.Before(m.Deadline) {
				t.Fatalf("due at %s, of no use after %s", now, m.Deadline)
			}
			m.Attempts++
			o := rapid.SampledFrom([]agenda.Outcome{agenda.TryAgain, agenda.TryAgain, agenda.TryAgain, agenda.TryAgain, agenda.Ambiguous}).Draw(t, "outcome")
			if o == agenda.Ambiguous {
				unsure++
			}
			m = m.Settle(agenda.Delivery{Outcome: o, Text: "450"}, now)
			if m.State == agenda.MessageWaiting && !m.Due.After(now) {
				t.Fatalf("tried again at once: %s", m.Due)
			}
			if m.Settled.Sub(start) > agenda.GiveUp+4*time.Hour+agenda.UnsureWait || unsure > 2 || m.Attempts > 60 {
				t.Fatalf("%d attempts, %d unsure, settled after %s", m.Attempts, unsure, m.Settled.Sub(start))
			}
		}
	})
}

func TestMessageAgain(t *testing.T) {
	t.Parallel()
	now := instant("2027-08-30T08:00:00Z")
	m := agenda.Message{ID: "m", State: agenda.MessageUnknown, Attempts: 9, Unsure: 2, Settled: now.Add(-time.Hour), Error: "EOF"}
	got := m.Again(now)
	if got.State != agenda.MessageWaiting || got.Attempts != 0 || got.Unsure != 0 || !got.Due.Equal(now) || !got.Settled.IsZero() {
		t.Errorf("again: %+v", got)
	}
	if got := got.End(agenda.MessageDropped, "", now); got.State != agenda.MessageDropped || !got.Settled.Equal(now) {
		t.Errorf("dropped: %+v", got)
	}
}

// A message's identifier is made of kind, subject, occurrence, reader and lead:
// the same make the same, any other another.
func TestMessageIDs(t *testing.T) {
	t.Parallel()
	now := instant("2027-08-30T08:00:00Z")
	base := agenda.Notice{ID: "n", Kind: agenda.KindReminder, Subject: agenda.Ref{Kind: "meeting", ID: "m"}, Mark: "2027-08-31T09:00", Lead: 2}
	reader := agenda.Ref{Kind: "person", ID: "p"}
	first := base.Message(reader, now).ID
	same := base
	same.ID, same.Sentence = "n2", "Bitte pünktlich"
	if got := same.Message(reader, now.Add(time.Hour)).ID; got != first {
		t.Errorf("another notice of the same occurrence: %s, want %s", got, first)
	}
	seen := map[agenda.MessageID]string{first: "base"}
	for name, f := range map[string]func(*agenda.Notice, *agenda.Ref){
		"kind": func(n *agenda.Notice, _ *agenda.Ref) { n.Kind = agenda.KindChange }, "subject": func(n *agenda.Notice, _ *agenda.Ref) { n.Subject.ID = "m2" },
		"mark": func(n *agenda.Notice, _ *agenda.Ref) { n.Mark = "2027-08-31T10:00" }, "lead": func(n *agenda.Notice, _ *agenda.Ref) { n.Lead = 14 },
		"reader": func(_ *agenda.Notice, r *agenda.Ref) { r.ID = "p2" }, "kind of reader": func(_ *agenda.Notice, r *agenda.Ref) { r.Kind = "watcher" },
		"where a part ends": func(n *agenda.Notice, r *agenda.Ref) { n.Mark += "person"; r.Kind = "" },
	} {
		n, r := base, reader
		f(&n, &r)
		id := n.Message(r, now).ID
		if other, ok := seen[id]; ok {
			t.Errorf("%s and %s make the same message", name, other)
		}
		seen[id] = name
	}
}
