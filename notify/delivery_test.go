package notify

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
	"unicode"

	"widunetz/internal/agenda"
)

// faults lists what a server does to one letter, and what the outbox is told.
// A text that ends in "…" is compared up to there.
var faults = []struct {
	name   string
	answer answer
	want   agenda.Delivery
}{
	{"R18_421_at_greeting", at("greeting", "421 4.3.2 shutting down"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 421, Text: "no connection: 421 4.3.2 shutting down"}},
	{"R18_554_at_greeting", at("greeting", "554 no SMTP service here"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 554, Text: "no connection: 554 no SMTP service here"}},
	{"greeting_that_is_no_SMTP", at("greeting", "HTTP/1.1 400 Bad Request|close"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "no connection: …"}},
	{"R18_closed_at_greeting", at("greeting", "close"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "no connection: EOF"}},
	{"451_at_EHLO", func(_ int, s string) string {
		if s == "EHLO" || s == "HELO" {
			return "451 4.3.0 later"
		}
		return ""
	}, agenda.Delivery{Outcome: agenda.TryAgain, Code: 451, Text: "no connection: …"}},
	{"451_at_MAIL", at("MAIL", "451 4.3.0 later"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 451, Text: "sending SMTP MAIL FROM command: 451 4.3.0 later"}},
	{"550_at_MAIL_blames_us", at("MAIL", "550 5.1.8 sender unknown"), agenda.Delivery{Outcome: agenda.RefusedForUs, Code: 550, Text: "sending SMTP MAIL FROM command: 550 5.1.8 sender unknown"}},
	{"530_at_MAIL_blames_us", at("MAIL", "530 5.7.0 log in first"), agenda.Delivery{Outcome: agenda.RefusedForUs, Code: 530, Text: "sending SMTP MAIL FROM command: 530 5.7.0 log in first"}},
	{"R20_450_at_RCPT", at("RCPT", "450 4.2.0 greylisted"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 450, Text: "sending SMTP RCPT TO command: 450 4.2.0 greylisted"}},
	{"R20_451_at_RCPT", at("RCPT", "451 4.7.1 greylisted"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 451, Text: "sending SMTP RCPT TO command: 451 4.7.1 greylisted"}},
	{"R20_452_at_RCPT", at("RCPT", "452 4.2.2 mailbox full"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 452, Text: "sending SMTP RCPT TO command: 452 4.2.2 mailbox full"}},
	{"R21_550_5.1.1_at_RCPT", at("RCPT", "550 5.1.1 no such user"), agenda.Delivery{Outcome: agenda.RefusedForHim, Code: 550, Text: "sending SMTP RCPT TO command: 550 5.1.1 no such user"}},
	{"R21_550_without_status_at_RCPT", at("RCPT", "550 no such user"), agenda.Delivery{Outcome: agenda.RefusedForHim, Code: 550, Text: "sending SMTP RCPT TO command: 550 no such user"}},
	{"R21_550_5.4.1_at_RCPT", at("RCPT", "550 5.4.1 recipient address rejected"), agenda.Delivery{Outcome: agenda.RefusedForHim, Code: 550, Text: "sending SMTP RCPT TO command: 550 5.4.1 recipient address rejected"}},
	{"R21_text_that_mentions_another_status", at("RCPT", "550 5.1.1 unknown, not 5.7.1"), agenda.Delivery{Outcome: agenda.RefusedForHim, Code: 550, Text: "sending SMTP RCPT TO command: 550 5.1.1 unknown, not 5.7.1"}},
	{"R22_550_5.7.1_at_RCPT", at("RCPT", "550 5.7.1 blocked"), agenda.Delivery{Outcome: agenda.RefusedForUs, Code: 550, Text: "sending SMTP RCPT TO command: 550 5.7.1 blocked"}},
	{"R22_550_5.7.1_status_not_announced", func(_ int, s string) string {
		return map[string]string{"EHLO": "250 plain", "RCPT": "550 5.7.1 blocked"}[s]
	}, agenda.Delivery{Outcome: agenda.RefusedForUs, Code: 550, Text: "sending SMTP RCPT TO command: 550 5.7.1 blocked"}},
	{"R22_554_5.6.0_content", at(".", "554 5.6.0 content refused"), agenda.Delivery{Outcome: agenda.RefusedForUs, Code: 554, Text: "closing SMTP DATA writer: 554 5.6.0 content refused"}},
	{"R22_554_without_status", at(".", "554 transaction failed"), agenda.Delivery{Outcome: agenda.RefusedForUs, Code: 554, Text: "closing SMTP DATA writer: 554 transaction failed"}},
	{"R22_503_protocol", at("RCPT", "503 5.5.1 bad sequence"), agenda.Delivery{Outcome: agenda.RefusedForUs, Code: 503, Text: "sending SMTP RCPT TO command: 503 5.5.1 bad sequence"}},
	{"R23_552_too_big", at(".", "552 5.3.4 message too big"), agenda.Delivery{Outcome: agenda.RefusedForHim, Code: 552, Text: "closing SMTP DATA writer: 552 5.3.4 message too big"}},
	{"R19_421_at_DATA", at("DATA", "421 4.3.2 shutting down"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 421, Text: "sending SMTP DATA command: 421 4.3.2 shutting down"}},
	{"R19_421_at_final_dot", at(".", "421 4.3.2 shutting down"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 421, Text: "closing SMTP DATA writer: 421 4.3.2 shutting down"}},
	{"R19_451_at_final_dot", at(".", "451 4.3.0 later"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 451, Text: "closing SMTP DATA writer: 451 4.3.0 later"}},
	{"R24_FIN_at_RCPT", at("RCPT", "close"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "sending SMTP RCPT TO command: EOF…"}},
	{"R24_FIN_at_DATA", at("DATA", "close"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "sending SMTP DATA command: EOF"}},
	{"R24_RST_at_DATA", at("DATA", "reset"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "sending SMTP DATA command: …"}},
	{"R24_FIN_in_mid_message", at("line", "close"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "sending message content: …"}},
	{"R24_RST_in_mid_message", at("line", "reset"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "sending message content: …"}},
	{"R25_FIN_after_final_dot", at(".", "close"), agenda.Delivery{Outcome: agenda.Ambiguous, Text: "closing SMTP DATA writer: EOF"}},
	{"R25_RST_after_final_dot", at(".", "reset"), agenda.Delivery{Outcome: agenda.Ambiguous, Text: "closing SMTP DATA writer: …"}},
	{"R25_half_an_answer_to_final_dot", at(".", "25|close"), agenda.Delivery{Outcome: agenda.Ambiguous, Text: "closing SMTP DATA writer: …"}},
	{"R26_FIN_at_RSET_after_acceptance", at("RSET", "close"), agenda.Delivery{Outcome: agenda.Delivered}},
	{"R26_421_at_RSET_after_acceptance", at("RSET", "421 4.3.2 shutting down"), agenda.Delivery{Outcome: agenda.Delivered}},
	{"R26_554_at_RSET_after_acceptance", at("RSET", "554 5.5.1 what"), agenda.Delivery{Outcome: agenda.Delivered}},
	{"M18_accepted", at("", ""), agenda.Delivery{Outcome: agenda.Delivered}},
}

func TestDeliveryOutcome(t *testing.T) {
	for _, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil, c.answer)
			m := mailer(t, config(s.Addr()), patient)
			l := reminder("fault")
			if strings.Contains(c.name, "in_mid_message") {
				l.Calendar = bytes.Repeat([]byte("x"), 8<<20) // more than all buffers on the way hold
			}
			same(t, m.Send(context.Background(), l), c.want)
			if tried := len(s.verbs("MAIL")); tried > 1 {
				t.Errorf("%d attempts, want one", tried)
			}
		})
	}
}

func same(t *testing.T, got, want agenda.Delivery) {
	t.Helper()
	got.Text = strings.ReplaceAll(got.Text, `"`, "") // some versions of Go quote the answer
	text, open := strings.CutSuffix(want.Text, "…")
	if got.Outcome != want.Outcome || got.Code != want.Code || got.Text != want.Text && !(open && strings.HasPrefix(got.Text, text)) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if strings.ContainsAny(got.Text, "\r\n\x1b") {
		t.Errorf("%q is not one line", got.Text)
	}
}

func TestR27SilentAtTheFinalDotIsAmbiguous(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at(".", "silent"))
	m := mailer(t, config(s.Addr()), patient)
	expire := deadline(m)
	sent, ctx := make(chan agenda.Delivery, 1), t.Context()
	go func() { sent <- m.Send(ctx, reminder("silent")) }()
	s.wait(t, "0 .")
	expire()
	if d := <-sent; d.Outcome != agenda.Ambiguous || d.Code != 0 || !strings.Contains(d.Text, "i/o timeout") {
		t.Errorf("%+v, want ambiguous for a time-out", d)
	}
	if len(s.verbs("MAIL")) != 1 {
		t.Error("the letter was sent again at once")
	}
}

func TestR28SilentInTheDialogueEndsWithItsDeadline(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at("MAIL", "silent"))
	times := patient
	times.phase = 150 * time.Millisecond
	begun := time.Now()
	d := mailer(t, config(s.Addr()), times).Send(context.Background(), reminder("silent"))
	if d.Outcome != agenda.TryAgain || d.Code != 0 || !strings.Contains(d.Text, "i/o timeout") {
		t.Errorf("%+v, want another attempt for a time-out", d)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestR27FiveMinutesForTheFinalDot(t *testing.T) {
	t.Parallel()
	if d := defaultTimeouts; d.phase < 5*time.Minute || d.dial > 30*time.Second {
		t.Errorf("%+v, want 5 minutes for a message and 30 seconds to connect", d)
	}
	d := defaultTimeouts
	// A kept connection that is silent at MAIL, a new one that is slow at each
	// step (TCP, greeting, log-in), the message, and its RSET.
	if longest := 3*d.phase + 3*d.dial; Lease <= longest {
		t.Errorf("lease of %v, but an attempt can take %v", Lease, longest)
	}
}

func TestR28SilentServer(t *testing.T) {
	for _, step := range []string{"greeting", "EHLO", "AUTH"} {
		t.Run("at_"+step, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil, at(step, "silent"))
			c := config(s.Addr())
			c.User, c.Password = "office", "secret"
			times := patient
			times.dial, times.phase = 150*time.Millisecond, time.Hour
			begun := time.Now()
			d := mailer(t, c, times).Send(context.Background(), reminder("silent"))
			if d.Outcome != agenda.TryAgain || d.Code != 0 || !strings.HasPrefix(d.Text, "no connection: ") || !strings.Contains(d.Text, "i/o timeout") {
				t.Errorf("%+v, want another attempt for a time-out", d)
			}
			if took := time.Since(begun); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			s.noneOpen(t)
		})
	}
}

func TestR28SilentConnectionHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, first("MAIL", "silent"))
	c := config(s.Addr())
	c.Connections = 2
	m := mailer(t, c, patient)
	hung := make(chan agenda.Delivery, 1)
	ctx := t.Context()
	go func() { hung <- m.Send(ctx, reminder("hung")) }()
	s.wait(t, "0 MAIL")
	delivered(t, m, "other-1")
	delivered(t, m, "other-2")
	select {
	case d := <-hung:
		t.Errorf("the silent connection came back before: %+v", d)
	default:
	}
	s.hangUp()
	if d := <-hung; d.Outcome != agenda.TryAgain {
		t.Errorf("%+v, want another attempt", d)
	}
}

func TestR31ServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at("", ""))
	gone := config(s.Addr())
	s.Close()
	unknown := gone
	unknown.Host, unknown.TLS = "mail.invalid", "starttls"
	for name, c := range map[string]Config{"port is closed": gone, "name is unknown": unknown} {
		times := patient
		times.dial = 2 * time.Second
		d := mailer(t, c, times).Send(context.Background(), reminder("nobody"))
		if d.Outcome != agenda.TryAgain || d.Code != 0 || !strings.HasPrefix(d.Text, "no connection: ") {
			t.Errorf("%s: %+v, want another attempt", name, d)
		}
	}
}

func TestServersTextBecomesOneShortLine(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, at("RCPT", "550-5.1.1 gone\r\n550-5.1.1 \x1b[31m\x00away\r\n550 5.1.1 "+strings.Repeat("é", 400)))
	d := mailer(t, config(s.Addr()), patient).Send(context.Background(), reminder("long"))
	same(t, d, agenda.Delivery{Outcome: agenda.RefusedForHim, Code: 550, Text: "sending SMTP RCPT TO command: 550 5.1.1 gone…"})
	if n := agenda.Length(d.Text); n != 300 || !strings.HasSuffix(d.Text, "éé…") || strings.ContainsFunc(d.Text, unicode.IsControl) {
		t.Errorf("%q has %d characters, want 300 in one line", d.Text, n)
	}
}

func TestNoSendAfterCloseOrWithoutTime(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, first("MAIL", "silent"))
	m := mailer(t, config(s.Addr()), patient)
	hung, done := t.Context(), make(chan agenda.Delivery, 1)
	go func() { done <- m.Send(hung, reminder("hung")) }()
	s.wait(t, "0 MAIL")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	same(t, m.Send(ctx, reminder("waiting")), agenda.Delivery{Outcome: agenda.TryAgain, Text: "context canceled"})
	s.hangUp()
	<-done
	m.Close()
	same(t, m.Send(context.Background(), reminder("late")), agenda.Delivery{Outcome: agenda.TryAgain, Text: "no connection: mail is closed"})
}
