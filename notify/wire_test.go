package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"widunetz/internal/agenda"
)

// mailbox is a real mail server that keeps what it gets.
type mailbox struct {
	keep bool

	mu       sync.Mutex
	sessions int
	got      []received
}

type received struct {
	from, to, user string
	utf8           bool
	message        string
}

// NewSession implements smtp.Backend.
func (b *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sessions++
	return &session{box: b}, nil
}

// session is one connection to a mailbox.
type session struct {
	box  *mailbox
	user string
	now  received
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "office" || password != "secret" {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	s.now = received{from: from, user: s.user, utf8: o.UTF8}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.now.to != "" {
		return errors.New("second reader")
	}
	s.now.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	if !s.box.keep {
		_, err := io.Copy(io.Discard, r)
		return err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.now.message = string(b)
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.got = append(s.box.got, s.now)
	return nil
}

func (s *session) Reset()        { s.now = received{} }
func (s *session) Logout() error { return nil }

// host starts a mail server for a mailbox and returns the way to it.
func host(t testing.TB, b *mailbox, change func(*smtp.Server)) Config {
	t.Helper()
	server := smtp.NewServer(b)
	server.Domain, server.EnableSMTPUTF8, server.AllowInsecureAuth = "mail.example", true, true
	change(server)
	l := listen(t)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return config(l.Addr())
}

func TestM13M18WireCarriesTheMessageAsBuilt(t *testing.T) {
	t.Parallel()
	b := &mailbox{keep: true}
	m := mailer(t, host(t, b, func(*smtp.Server) {}), patient)
	l := reminder("wire")
	l.Text = ".\n..\n.dot\nQUIT\n" + l.Text + strings.Repeat("wort ", 400)
	for range 2 { // a second attempt is the same mail
		if d := m.Send(context.Background(), l); d.Outcome != agenda.Delivered {
			t.Fatalf("%+v", d)
		}
	}
	want := received{from: "termine@widunetz.example", to: "j.celik@kreis.example", message: string(message(t, l))}
	for i, got := range b.got {
		if got != want {
			t.Errorf("attempt %d:\ngot  %+v\nwant %+v", i, got, want)
		}
	}
	if len(b.got) != 2 {
		t.Errorf("%d mails, want 2", len(b.got))
	}
}

func TestAHundredLettersShareFourConnections(t *testing.T) {
	t.Parallel()
	b := &mailbox{keep: true}
	c := host(t, b, func(*smtp.Server) {})
	c.Connections = 4
	m := mailer(t, c, patient)
	var senders sync.WaitGroup
	ctx := t.Context()
	for i := range 100 {
		senders.Go(func() {
			if d := m.Send(ctx, reminder(agenda.MessageID(fmt.Sprint("hundred-", i)))); d.Outcome != agenda.Delivered {
				t.Errorf("letter %d: %+v", i, d)
			}
		})
	}
	senders.Wait()
	ids := map[string]bool{}
	for _, got := range b.got {
		h, _ := parse(t, []byte(got.message))
		ids[h.Get("Message-Id")] = true
	}
	if len(b.got) != 100 || len(ids) != 100 || b.sessions > 4 {
		t.Errorf("%d mails with %d Message-IDs over %d connections, want 100, 100 and at most 4", len(b.got), len(ids), b.sessions)
	}
}

func TestRealServerLogsInAndLimits(t *testing.T) {
	secure := ca.server(asItIs)
	cases := map[string]struct {
		password string
		limit    int64
		want     agenda.Delivery
	}{
		"right password":     {"secret", 0, agenda.Delivery{Outcome: agenda.Delivered}},
		"wrong password":     {"Secret", 0, agenda.Delivery{Outcome: agenda.TryAgain, Code: 535, Text: "no connection: SMTP AUTH failed: 535 5.7.8 Authentication failed"}},
		"R23_552_over limit": {"secret", 500, agenda.Delivery{Outcome: agenda.RefusedForHim, Code: 552, Text: "closing SMTP DATA writer: 552 5.3.4…"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &mailbox{keep: true}
			config := host(t, b, func(s *smtp.Server) {
				s.TLSConfig, s.AllowInsecureAuth, s.MaxMessageBytes = secure, false, c.limit
			})
			config.TLS, config.User, config.Password = "starttls", "office", c.password
			same(t, mailer(t, config, patient).Send(context.Background(), reminder("login")), c.want)
			if n := len(b.got); (n == 1) != (c.want.Outcome == agenda.Delivered) || n == 1 && b.got[0].user != "office" {
				t.Errorf("the server got %+v", b.got)
			}
		})
	}
}

func TestLoginInClearOnThisMachine(t *testing.T) {
	t.Parallel()
	b := &mailbox{keep: true}
	c := host(t, b, func(*smtp.Server) {})
	c.User, c.Password = "office", "secret"
	delivered(t, mailer(t, c, patient), "clear")
	if len(b.got) != 1 || b.got[0].user != "office" {
		t.Errorf("%+v, want one mail after a log-in", b.got)
	}
}
