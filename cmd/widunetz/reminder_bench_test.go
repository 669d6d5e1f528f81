package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"widunetz/internal/agenda"
)

// BenchmarkReminders reminds everybody who signed up for an event, from the due
// notice to the mail server. The figures that count: mails a second as a share
// of the library alone, and the largest heap, which must not grow with the number
// of people.
func BenchmarkReminders(b *testing.B) {
	for _, people := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint("people=", people), func(b *testing.B) { remindAll(b, people) })
	}
}

func remindAll(b *testing.B, people int) {
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
	conf.Mail.Transport, conf.Mail.TLS, conf.Mail.Connections = "smtp", "none", 16
	conf.Mail.Port, _ = strconv.Atoi(port)
	if err := conf.validate(""); err != nil {
		b.Fatal(err)
	}
	var ahead atomic.Int64 // the service's clock, set on
	s, err := open(ctx, conf, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }, true, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	for b.Loop() {
		b.StopTimer()
		ahead.Store(0)
		s.signUpAll(b, people)
		if _, err := s.scheduler(s.store).Tick(ctx); err != nil { // what was asked and confirmed is told
			b.Fatal(err)
		}
		ahead.Store(int64(9 * 24 * time.Hour)) // a day before the event, after the reminder's hour
		peak := watchHeap(b)
		b.StartTimer()
		begin := time.Now()
		r, err := s.scheduler(s.store).Tick(ctx)
		took := time.Since(begin)
		if err != nil || r.Sent < people {
			b.Fatalf("sent %d, %v", r.Sent, err)
		}
		b.ReportMetric(float64(r.Sent)/took.Seconds(), "mails/s")
		b.ReportMetric(peak(), "heap-MiB")
		b.ReportMetric(libraryAlone(b, conf.Mail, people).Seconds()/took.Seconds(), "of-library")
	}
}

// signUpAll makes an event in ten days for which so many people signed up.
func (s *service) signUpAll(b *testing.B, people int) {
	ctx := context.Background()
	start := s.store.Today().AddDays(10).At(23, 0)
	e, err := s.store.AddEvent(ctx, agenda.Shell, 0, agenda.EventDetails{
		Title: "Nähkurs", Summary: "Wir nähen.", Category: "kurs", Start: start, End: start.AddMinutes(30), Venue: agenda.Venue{Name: "Bücherei", Town: "Bünde"},
		Organiser: "Stadt Bünde", Audiences: []string{"alle"}, Languages: []string{"de"}, Free: true, Contact: "05223 1", SignUpHere: true,
	}, agenda.Published, "")
	if err != nil {
		b.Fatal(err)
	}
	var wg sync.WaitGroup
	var next atomic.Int64
	for range 64 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(people); i = next.Add(1) {
				u := agenda.SignUp{Name: fmt.Sprint("Gast ", i), Persons: 1}
				if _, err := s.store.AddSignUp(ctx, agenda.Shell, e.ID, withAddress(u, i), ""); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func withAddress(u agenda.SignUp, i int64) agenda.SignUp {
	u.Email, u.Lang = fmt.Sprintf("g%d@example.org", i), agenda.German
	return u
}

// watchHeap returns how to read the largest heap since now, in MiB.
func watchHeap(b *testing.B) func() float64 {
	stop, peak := make(chan struct{}), make(chan uint64, 1)
	go func() {
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-stop:
				peak <- most
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	b.Helper()
	return func() float64 {
		close(stop)
		return float64(<-peak) / (1 << 20)
	}
}
