package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"

	"widunetz/internal/agenda"
	"widunetz/notify"
)

// sink takes mails and forgets them.
type sink struct{}

// NewSession implements smtp.Backend.
func (sink) NewSession(*smtp.Conn) (smtp.Session, error) { return sinkSession{}, nil }

type sinkSession struct{}

// Mail implements smtp.Session.
func (sinkSession) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt implements smtp.Session.
func (sinkSession) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Data implements smtp.Session.
func (sinkSession) Data(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }

// Reset implements smtp.Session.
func (sinkSession) Reset() {}

// Logout implements smtp.Session.
func (sinkSession) Logout() error { return nil }

// crowd is how many members the benchmark's group has: each meeting is so many
// mails.
const crowd = 500

// BenchmarkMailsEndToEnd sends invitations from the notice to the mail server:
// expanded, claimed, written, sent, booked on a synced store. The baseline is the
// library alone, with as many connections and the same message built for each
// mail. Rounds of both alternate; the ratio is the median of five.
func BenchmarkMailsEndToEnd(b *testing.B) {
	for _, connections := range []int{4, 16} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) { mailsEndToEnd(b, connections) })
	}
}

func mailsEndToEnd(b *testing.B, connections int) {
	ctx := context.Background()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := smtp.NewServer(sink{})
	go server.Serve(l) //nolint:errcheck // it ends with the benchmark
	b.Cleanup(func() { server.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	conf := defaults()
	conf.dir = b.TempDir()
	conf.Mail.Transport, conf.Mail.TLS, conf.Mail.Connections = "smtp", "none", connections
	conf.Mail.Port, _ = strconv.Atoi(port)
	if err := conf.validate(""); err != nil {
		b.Fatal(err)
	}
	s, err := open(ctx, conf, time.Now, true, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	group, err := s.store.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe"})
	if err != nil {
		b.Fatal(err)
	}
	for i := range crowd {
		p, err := s.store.SavePerson(ctx, agenda.Shell, agenda.Person{Family: fmt.Sprint("M", i), Email: fmt.Sprintf("m%d@example.org", i)}, time.Time{})
		if err == nil {
			_, err = s.store.TakeSeat(ctx, agenda.Shell, group.ID, p.ID, agenda.Date{}, false)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	day := s.store.Today().AddDays(30)
	for b.Loop() {
		var ratios, rates []float64
		for range 5 {
			day = day.AddDays(1)
			ours := s.inviteAll(b, group.ID, day)
			alone := libraryAlone(b, conf.Mail, crowd)
			rates = append(rates, crowd/ours.Seconds())
			ratios = append(ratios, alone.Seconds()/ours.Seconds())
		}
		slices.Sort(rates)
		slices.Sort(ratios)
		b.ReportMetric(rates[2], "mails/s")
		b.ReportMetric(ratios[2], "of-library")
	}
}

// inviteAll plans a meeting and measures how long its invitations take.
func (s *service) inviteAll(b *testing.B, g agenda.GroupID, day agenda.Date) time.Duration {
	d := agenda.MeetingDetails{Start: day.At(9, 0), End: day.At(11, 0), Place: "Kreishaus"}
	if _, err := s.store.PlanMeeting(context.Background(), agenda.Shell, g, d, agenda.MeetingFixed, agenda.Telling{Mail: true}); err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	r, err := s.scheduler(s.store).Tick(context.Background())
	if err != nil || r.Sent != crowd {
		b.Fatalf("sent %d, %v", r.Sent, err)
	}
	return time.Since(begin)
}

// libraryAlone sends as many messages of the same shape with the library.
func libraryAlone(b *testing.B, c notify.Config, mails int) time.Duration {
	client, err := gomail.NewClient(c.Host, gomail.WithPort(c.Port), gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithoutNoop(), gomail.WithHELO("widunetz.example"))
	if err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	var wg sync.WaitGroup
	for w := range c.Connections {
		wg.Go(func() {
			conn, err := client.DialToSMTPClientWithContext(context.Background())
			if err != nil {
				b.Error(err)
				return
			}
			for i := w; i < mails; i += c.Connections {
				if err := client.SendWithSMTPClient(conn, sample(b, i)); err != nil {
					b.Error(err)
					return
				}
			}
			client.CloseWithSMTPClient(conn) //nolint:errcheck // QUIT is a courtesy
		})
	}
	wg.Wait()
	return time.Since(begin)
}

// sample is a message of the size and shape of an invitation.
func sample(b *testing.B, i int) *gomail.Msg {
	m := gomail.NewMsg()
	if err := m.From("termine@widunetz.example"); err != nil {
		b.Fatal(err)
	}
	if err := m.To(fmt.Sprintf("m%d@example.org", i)); err != nil {
		b.Fatal(err)
	}
	m.Subject("Einladung: Projektgruppe am Mittwoch, 10. März 2027, 14:00 Uhr")
	m.SetBodyString(gomail.TypeTextPlain, sampleText)
	m.AddAlternativeString(gomail.TypeTextHTML, sampleHTML)
	return m
}

var (
	sampleText = strings.Repeat("Guten Tag, die Projektgruppe trifft sich im Kreishaus Herford, Raum 113.\n", 18)
	sampleHTML = "<!doctype html><html lang=\"de\"><body>" + strings.Repeat("<p style=\"margin:0 0 12px\">Guten Tag, die Projektgruppe trifft sich im Kreishaus Herford.</p>\n", 45) + "</body></html>"
)
