package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func TestKeptConnectionIsUsedAgain(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at("", ""))
	m := mailer(t, config(s.Addr()), patient)
	for i := range 5 {
		delivered(t, m, agenda.MessageID(fmt.Sprint("kept-", i)))
	}
	if n := s.connections(); n != 1 {
		t.Errorf("%d connections for 5 letters, want 1", n)
	}
}

func TestKeptConnectionThatFailsIsReplaced(t *testing.T) {
	cases := map[string]answer{
		"R26_closed_by_FIN":                 first("RSET", "250 fine|close"),
		"R26_closed_by_RST":                 first("RSET", "250 fine|reset"),
		"R18_closed_with_421":               first("RSET", "250 fine\r\n421 4.4.2 idle for too long|close"),
		"R18_421_at_next_MAIL":              nthMail("421 4.3.2 shutting down"),
		"R24_FIN_at_next_MAIL":              nthMail("close"),
		"R26_FIN_at_RSET":                   first("RSET", "close"),
		"R26_421_at_RSET":                   first("RSET", "421 4.3.2 shutting down"),
		"R26_RSET_refused_after_acceptance": first("RSET", "500 5.5.1 what"),
	}
	for name, a := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil, a)
			m := mailer(t, config(s.Addr()), patient)
			delivered(t, m, "before")
			delivered(t, m, "after")
			if n := s.connections(); n != 2 {
				t.Errorf("%d connections, want 2", n)
			}
			if got := s.verbs("Message-ID:"); !slices.Equal(got, []string{"0 Message-ID: <before@widunetz.example>", "1 Message-ID: <after@widunetz.example>"}) {
				t.Errorf("the server got %q", got)
			}
		})
	}
}

func TestR28KeptConnectionThatFellSilentIsReplaced(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, nthMail("silent"))
	m := mailer(t, config(s.Addr()), patient)
	expire := deadline(m)
	delivered(t, m, "before")
	s.wait(t, "0 MAIL")
	sent, ctx := make(chan agenda.Delivery, 1), t.Context()
	go func() { sent <- m.Send(ctx, reminder("after")) }()
	s.wait(t, "0 MAIL")
	expire()
	if d := <-sent; d.Outcome != agenda.Delivered || s.connections() != 2 {
		t.Errorf("%+v over %d connections, want it delivered over a second", d, s.connections())
	}
}

// nthMail answers so at the second MAIL of the first connection; every message
// has a RSET of its own.
func nthMail(reply string) answer {
	mails := 0
	return func(n int, step string) string {
		if n != 0 || step != "MAIL" {
			return ""
		}
		if mails++; mails == 2 {
			return reply
		}
		return ""
	}
}

func TestOneDeadConnectionIsEnoughToDial(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	s := serve(t, nil, func(n int, step string) string {
		if n < 3 && step == "." {
			<-gate // so that all three are in use at the same time
		}
		return ""
	})
	c := config(s.Addr())
	c.Connections = 3
	m := mailer(t, c, patient)
	sent := make(chan agenda.Delivery, 3)
	for i := range 3 {
		go func() { sent <- m.Send(context.Background(), reminder(agenda.MessageID(fmt.Sprint("first-", i)))) }()
	}
	until(t, "three connections", func() bool { return len(s.verbs(".")) == 3 })
	close(gate)
	for range 3 {
		if d := <-sent; d.Outcome != agenda.Delivered {
			t.Fatalf("%+v", d)
		}
	}
	s.hangUp()
	delivered(t, m, "second")
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.idle) != 3 || s.connections() != 4 {
		t.Errorf("%d kept, %d made; want one dead one replaced and the other two not asked", len(m.idle), s.connections())
	}
}

func TestConnectionAfterARefusal(t *testing.T) {
	cases := map[string]struct {
		step, reply string
		want        int // connections for two letters
	}{
		"R20_kept_after_450_at_RCPT":        {"RCPT", "450 4.2.0 greylisted", 1},
		"R21_kept_after_550_at_RCPT":        {"RCPT", "550 5.1.1 no such user", 1},
		"R19_kept_after_451_at_DATA":        {"DATA", "451 4.3.0 later", 1}, // the transaction stays open without RSET
		"R23_kept_after_552_at_final_dot":   {".", "552 5.3.4 too big", 1},
		"R19_given_up_after_421_at_DATA":    {"DATA", "421 4.3.2 shutting down", 2},
		"R25_given_up_after_FIN_at_the_dot": {".", "close", 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused := false
			s := serve(t, nil, func(n int, step string) string {
				if n != 0 || step != c.step || refused {
					return ""
				}
				refused = true
				return c.reply
			})
			m := mailer(t, config(s.Addr()), patient)
			if d := m.Send(context.Background(), reminder("refused")); d.Outcome == agenda.Delivered {
				t.Fatalf("%+v, want a refusal", d)
			}
			delivered(t, m, "next")
			if n := s.connections(); n != c.want {
				t.Errorf("%d connections, want %d", n, c.want)
			}
		})
	}
}

func TestR26QuitThatFailsIsNoFailure(t *testing.T) {
	for _, reply := range []string{"close", "reset", "silent", "500 what", "221 bye"} {
		t.Run(reply, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil, at("QUIT", reply))
			times := patient
			times.quit = 500 * time.Millisecond
			m := mailer(t, config(s.Addr()), times)
			delivered(t, m, "last")
			begun := time.Now()
			if err := m.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("Close took %v", took)
			}
			s.wait(t, "0 QUIT")
			s.noneOpen(t)
		})
	}
}

func TestIdleConnectionIsClosedWithQuit(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at("", ""))
	times := patient
	times.idle = 50 * time.Millisecond
	m := mailer(t, config(s.Addr()), times)
	delivered(t, m, "one")
	s.wait(t, "0 QUIT")
	s.noneOpen(t)
	delivered(t, m, "two")
	s.wait(t, "1 QUIT")
	s.noneOpen(t)
}

func TestConnectionThatIsTooOldIsNotUsed(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at("", ""))
	m := mailer(t, config(s.Addr()), patient)
	delivered(t, m, "one")
	m.mu.Lock()
	m.idle[0].used = time.Now().Add(-patient.idle)
	m.mu.Unlock()
	delivered(t, m, "two")
	if n := s.connections(); n != 2 {
		t.Errorf("%d connections, want a new one for the second letter", n)
	}
}

func TestConnectionInUseIsNotReaped(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at("", ""))
	c := config(s.Addr())
	c.Connections = 2
	m := mailer(t, c, patient)
	delivered(t, m, "one")
	m.reap() // fresh: stays
	delivered(t, m, "two")
	if got := s.verbs("QUIT"); len(got) != 0 || s.connections() != 1 {
		t.Errorf("%q on %d connections, want none on one", got, s.connections())
	}
}

func TestR28SilentQuitHoldsUpNobody(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at("QUIT", "silent"))
	times := patient
	times.idle, times.quit = 50*time.Millisecond, time.Hour
	m := mailer(t, config(s.Addr()), times)
	delivered(t, m, "one")
	s.wait(t, "0 QUIT")
	sent := make(chan agenda.Delivery, 1)
	go func() { sent <- m.Send(context.Background(), reminder("two")) }()
	select {
	case d := <-sent:
		if d.Outcome != agenda.Delivered {
			t.Errorf("%+v", d)
		}
	case <-time.After(10 * time.Second):
		t.Error("the next letter waits for the answer to QUIT")
	}
	s.hangUp()
}

func TestCloseEndsAConnectionInUseWithItsMessage(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	s := serve(t, nil, func(_ int, step string) string {
		if step == "." {
			<-gate
		}
		return ""
	})
	m := mailer(t, config(s.Addr()), patient)
	sent := make(chan agenda.Delivery, 1)
	go func() { sent <- m.Send(context.Background(), reminder("under-way")) }()
	s.wait(t, "0 .")
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	close(gate)
	if d := <-sent; d.Outcome != agenda.Delivered {
		t.Errorf("%+v, want the letter under way delivered", d)
	}
	s.noneOpen(t)
}

func TestNoMoreConnectionsThanConfigured(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	s := serve(t, nil, func(_ int, step string) string {
		if step == "DATA" {
			<-gate
		}
		return ""
	})
	c := config(s.Addr())
	c.Connections = 3
	m := mailer(t, c, patient)
	sent := make(chan agenda.Delivery, 12)
	for i := range cap(sent) {
		go func() { sent <- m.Send(context.Background(), reminder(agenda.MessageID(fmt.Sprint("many-", i)))) }()
	}
	until(t, "three letters under way", func() bool { return len(s.verbs("DATA")) == 3 })
	close(gate)
	for range cap(sent) {
		if d := <-sent; d.Outcome != agenda.Delivered {
			t.Errorf("%+v", d)
		}
	}
	if n := s.connections(); n != 3 {
		t.Errorf("%d connections, want 3", n)
	}
}

// Where a mailbox is read, reports go there and say by their address which
// message they are about; readers see the sender all the same.
func TestReportsGoToTheMailbox(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at("", ""))
	c := config(s.Addr())
	c.Bounces = "antwort@widunetz.example"
	delivered(t, mailer(t, c, patient), "hello")
	const want = "0 MAIL FROM:<antwort+bhello@widunetz.example> BODY=8BITMIME"
	if got := strings.Join(s.verbs("MAIL"), "; "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := strings.Join(s.verbs("From:", "Return-Path:", "Sender:"), "; "); !strings.Contains(got, "termine@widunetz.example") || strings.Contains(got, "antwort") {
		t.Errorf("the head says %s", got)
	}
}

func TestHelloNamesOurDomain(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at("", ""))
	delivered(t, mailer(t, config(s.Addr()), patient), "hello")
	got := strings.Join(s.verbs("EHLO", "MAIL", "RCPT", "NOOP"), "; ")
	// SMTPUTF8 is offered and not asked for (M24): no address needs it.
	const want = "0 EHLO widunetz.example; 0 MAIL FROM:<termine@widunetz.example> BODY=8BITMIME; 0 RCPT TO:<j.celik@kreis.example>"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
