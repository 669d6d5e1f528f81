package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

// BenchmarkSend compares the mailer with the mail library alone, which sends
// the same letters over as many connections, in turns within one run. The
// ratio is that of the letters per second, the median of five rounds.
func BenchmarkSend(b *testing.B) {
	const rounds = 5
	for _, connections := range []int{1, 4} {
		b.Run(fmt.Sprint("connections=", connections), func(b *testing.B) {
			c := host(b, &mailbox{}, func(*smtp.Server) {})
			c.Connections = connections
			m := mailer(b, c, patient)
			alone := newLibrary(b, c)
			share(c.Connections, 200, func(int) func(int) { return sendBy(b, m) }) // warm
			var ratios, rates []float64
			n := max(b.N/rounds, 1)
			for b.ResetTimer(); len(ratios) < rounds; {
				ours := share(c.Connections, n, func(int) func(int) { return sendBy(b, m) })
				theirs := share(c.Connections, n, func(i int) func(int) { return alone.send(b, i) })
				ratios = append(ratios, theirs.Seconds()/ours.Seconds())
				rates = append(rates, float64(n)/ours.Seconds())
			}
			slices.Sort(ratios)
			slices.Sort(rates)
			b.ReportMetric(ratios[rounds/2], "of-library")
			b.ReportMetric(rates[rounds/2], "letters/s")
		})
	}
}

// share has workers send n letters and returns how long it took.
func share(workers, n int, worker func(i int) func(letter int)) time.Duration {
	var next atomic.Int64
	var running sync.WaitGroup
	begun := time.Now()
	for i := range workers {
		send := worker(i)
		running.Go(func() {
			for letter := next.Add(1); letter <= int64(n); letter = next.Add(1) {
				send(int(letter))
			}
		})
	}
	running.Wait()
	return time.Since(begun)
}

func letterID(n int) agenda.MessageID { return agenda.MessageID(fmt.Sprintf("m%032d", n)) }

func sendBy(b *testing.B, m *SMTP) func(int) {
	return func(n int) {
		if d := m.Send(context.Background(), reminder(letterID(n))); d.Outcome != agenda.Delivered {
			b.Errorf("%+v", d)
		}
	}
}

// library is the mail library alone, one connection a worker, with the options
// that the mailer uses.
type library struct {
	client *gomail.Client
	conns  []*gosmtp.Client
}

func newLibrary(b *testing.B, c Config) *library {
	client, err := gomail.NewClient(c.Host, gomail.WithPort(c.Port), gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithoutNoop())
	if err != nil {
		b.Fatal(err)
	}
	l := &library{client: client}
	for range c.Connections {
		conn, err := client.DialToSMTPClientWithContext(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { client.CloseWithSMTPClient(conn) })
		l.conns = append(l.conns, conn)
	}
	return l
}

func (l *library) send(b *testing.B, worker int) func(int) {
	return func(n int) {
		m, err := plain(reminder(letterID(n)))
		if err == nil {
			err = l.client.SendWithSMTPClient(l.conns[worker], m)
		}
		if err != nil {
			b.Error(err)
		}
	}
}

// plain makes the message of a letter as the library's manual does it: nothing
// checked, nothing clipped, another message at every attempt.
func plain(l letter.Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	err := errors.Join(m.FromFormat("widunetz", "termine@widunetz.example"), m.AddToFormat(l.ToName, l.ToEmail), m.ReplyTo(l.ReplyTo))
	m.SetMessageIDWithValue(string(l.ID) + "@widunetz.example")
	m.SetDateWithValue(l.Date)
	m.Subject(l.Subject)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetGenHeader("X-Widunetz-Kind", string(l.Kind))
	m.SetGenHeader("Content-Language", string(l.Lang))
	m.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+l.Unsubscribe+">")
	m.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	return m, errors.Join(err, m.AttachReader(l.CalendarAs, bytes.NewReader(l.Calendar),
		gomail.WithFileContentType("text/calendar; charset=utf-8; method=PUBLISH"), gomail.WithFileEncoding(gomail.EncodingB64)))
}

// BenchmarkBytes is what composing the message of a letter costs.
func BenchmarkBytes(b *testing.B) {
	l := reminder("bytes")
	for b.ReportAllocs(); b.Loop(); {
		if _, err := Bytes(l, sender); err != nil {
			b.Fatal(err)
		}
	}
}
