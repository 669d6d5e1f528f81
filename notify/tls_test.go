package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func expired(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }
func wrongName(c *x509.Certificate) {
	c.IPAddresses, c.DNSNames = nil, []string{"mail.elsewhere.example"}
}

// certificates that no connection may be made with, and what the outbox says.
func badCertificates() map[string]struct {
	secure *tls.Config
	text   string
} {
	return map[string]struct {
		secure *tls.Config
		text   string
	}{
		"R29_expired":              {ca.server(expired), "expired"},
		"R29_wrong_name":           {ca.server(wrongName), "127.0.0.1"},
		"M25_authority_of_its_own": {newAuthority().server(asItIs), "unknown authority"},
		"M25_TLS_1.1":              {&tls.Config{Certificates: ca.server(asItIs).Certificates, MaxVersion: tls.VersionTLS11}, "protocol version"},
	}
}

func TestNothingIsSentWithoutTrust(t *testing.T) {
	for name, c := range badCertificates() {
		for _, mode := range []string{"starttls", "tls"} {
			t.Run(name+"_"+mode, func(t *testing.T) {
				t.Parallel()
				s := serveMode(t, mode, c.secure, at("", ""))
				d := trySecret(t, s, mode)
				if d.Outcome != agenda.TryAgain || d.Code != 0 || !strings.HasPrefix(d.Text, "no connection: ") || !strings.Contains(d.Text, c.text) {
					t.Errorf("%+v, want another attempt because of %q", d, c.text)
				}
				s.nothingSecret(t)
			})
		}
	}
}

func TestNothingIsSentInClear(t *testing.T) {
	secure := ca.server(asItIs)
	cases := map[string]struct {
		secure *tls.Config
		answer answer
		want   agenda.Delivery
	}{
		"R29_STARTTLS_not_offered": {nil, at("", ""), agenda.Delivery{Outcome: agenda.TryAgain, Text: "no connection: STARTTLS mode set to: TLSMandatory, but target host does not support STARTTLS"}},
		"R29_EHLO_not_known":       {secure, at("EHLO", "502 5.5.1 what"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "no connection: STARTTLS mode set to: TLSMandatory, but target host does not support STARTTLS"}},
		"R29_STARTTLS_refused_now": {secure, at("STARTTLS", "454 4.7.0 TLS not available"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 454, Text: "no connection: 454 4.7.0 TLS not available"}},
		"R29_STARTTLS_refused":     {secure, at("STARTTLS", "502 5.5.1 no TLS"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 502, Text: "no connection: 502 5.5.1 no TLS"}},
		"R29_closed_at_STARTTLS":   {secure, at("STARTTLS", "close"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "no connection: EOF"}},
		"R29_closed_in_handshake":  {secure, at("STARTTLS", "220 go on|close"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "no connection: …"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.secure, c.answer)
			same(t, trySecret(t, s, "starttls"), c.want)
			s.nothingSecret(t)
		})
	}
}

func TestLetterGoesOverTLSAfterLogin(t *testing.T) {
	for _, mode := range []string{"starttls", "tls"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := serveMode(t, mode, ca.server(asItIs), at("", ""))
			if d := trySecret(t, s, mode); d.Outcome != agenda.Delivered {
				t.Fatalf("%+v", d)
			}
			var order []string
			for _, h := range s.verbs("STARTTLS", "AUTH", "MAIL") {
				order = append(order, strings.Fields(h)[1])
			}
			if got := strings.TrimPrefix(strings.Join(order, " "), "STARTTLS "); got != "AUTH MAIL" {
				t.Errorf("%q, want the log-in before the letter", order)
			}
		})
	}
}

func TestAnswersBeforeTheHandshakeAreNotBelieved(t *testing.T) {
	t.Parallel()
	// Somebody on the way adds an answer to STARTTLS, without AUTH.
	s := serve(t, ca.server(asItIs), at("STARTTLS", "220 go on\r\n250 elsewhere"))
	if d := trySecret(t, s, "starttls"); d.Outcome != agenda.Delivered {
		t.Errorf("%+v, want the answers after the handshake to count", d)
	}
}

func TestLoginThatFails(t *testing.T) {
	cases := map[string]struct {
		answer answer
		want   agenda.Delivery
	}{
		"535_wrong_password": {at("AUTH", "535 5.7.8 wrong password"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 535, Text: "no connection: SMTP AUTH failed: 535 5.7.8 wrong password"}},
		"454_not_now":        {at("AUTH", "454 4.7.0 later"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 454, Text: "no connection: SMTP AUTH failed: 454 4.7.0 later"}},
		"421_too_many":       {at("AUTH", "421 4.7.0 too many log-ins"), agenda.Delivery{Outcome: agenda.TryAgain, Code: 421, Text: "no connection: SMTP AUTH failed: 421 4.7.0 too many log-ins"}},
		"closed":             {at("AUTH", "close"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "no connection: SMTP AUTH failed: EOF"}},
		"not_offered":        {at("EHLO", "250 plain"), agenda.Delivery{Outcome: agenda.TryAgain, Text: "no connection: server does not support SMTP AUTH"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serveMode(t, "tls", ca.server(asItIs), c.answer)
			same(t, trySecret(t, s, "tls"), c.want)
			if got := s.verbs("MAIL"); len(got) != 0 {
				t.Errorf("%q without log-in", got)
			}
			s.noneOpen(t)
		})
	}
}

// serveMode starts a server that speaks TLS from the start in mode "tls".
func serveMode(t *testing.T, mode string, secure *tls.Config, a answer) *scripted {
	if mode == "tls" {
		return serveTLS(t, secure, a)
	}
	return serve(t, secure, a)
}

// trySecret sends a letter with a log-in.
func trySecret(t *testing.T, s *scripted, mode string) agenda.Delivery {
	t.Helper()
	c := config(s.Addr())
	c.TLS, c.User, c.Password = mode, "office", "secret"
	return mailer(t, c, patient).Send(context.Background(), reminder("secret"))
}

// nothingSecret checks that the server was told nothing, and no connection kept.
func (s *scripted) nothingSecret(t *testing.T) {
	t.Helper()
	s.noneOpen(t)
	if got := s.verbs("AUTH", "MAIL", "RCPT", "DATA"); len(got) != 0 {
		t.Errorf("told the server %q", got)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.heard {
		if strings.Contains(h, "office") || strings.Contains(h, "Message-ID") {
			t.Errorf("told the server %q", h)
		}
	}
}
