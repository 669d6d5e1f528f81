package web

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv/bolt"
)

// programmeOf is a service with that many public events, entered as coordinators do.
func programmeOf(b *testing.B, events int) *network {
	b.Helper()
	n := &network{t: b, clock: &clock{}, log: &journal{}}
	n.set(today)
	n.start(must(bolt.Open(filepath.Join(b.TempDir(), "bench.db"), bolt.Options{Create: true})))
	b.Cleanup(func() { must(0, n.db.Close()) })
	day := must(agenda.ParseLocal("2027-09-01T10:00"))
	must(n.SaveEdition(ctx, agenda.Shell, agenda.Edition{Year: 2027, Title: "Interkulturelle Wochen 2027", Starts: day.Date, Ends: day.Date.AddDays(60)}))
	work := make(chan int)
	done := make(chan error)
	for range 32 {
		go func() {
			for i := range work {
				d := eventDetails(fmt.Sprintf("Begegnung der Kulturen Nummer %d", i), day.AddDays(i%60).String())
				d.Summary = "Kommen Sie vorbei, reden und essen Sie mit denen, die da sind."
				if _, err := n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, ""); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for i := range events {
		work <- i
	}
	close(work)
	for range 32 {
		must(0, <-done)
	}
	return n
}

// listen serves a handler on the loopback and returns its address.
func listen(b *testing.B, h http.Handler) string {
	b.Helper()
	l := must((&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0"))
	s := Server(h)
	go s.Serve(l) //nolint:errcheck // it ends with the listener
	b.Cleanup(func() { s.Close() })
	return "http://" + l.Addr().String()
}

// load asks over kept connections, eight at a time, and returns answers a second.
func load(b *testing.B, address string, header http.Header, requests int) float64 {
	b.Helper()
	const clients = 8
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	errs := make(chan error)
	begin := time.Now()
	for range clients {
		go func() {
			for range requests / clients {
				r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
				if err != nil {
					errs <- err
					return
				}
				r.Header = header
				a, err := client.Do(r)
				if err != nil {
					errs <- err
					return
				}
				if _, err = io.Copy(io.Discard, a.Body); err != nil {
					errs <- err
					return
				}
				a.Body.Close()
			}
			errs <- nil
		}()
	}
	for range clients {
		if err := <-errs; err != nil {
			b.Fatal(err)
		}
	}
	return float64(requests/clients*clients) / time.Since(begin).Seconds()
}

// bare writes the same answer without asking anything.
func bare(a *answer) http.Handler {
	body := []byte(a.body)
	return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		for name, v := range a.Header {
			rw.Header()[name] = v
		}
		rw.WriteHeader(a.StatusCode)
		rw.Write(body) //nolint:errcheck // the reader went away
	})
}

// BenchmarkFeed serves an unchanged feed of 500 events and, in turns, the same
// bytes from a bare handler. The figure that counts is the ratio.
func BenchmarkFeed(b *testing.B) {
	n := programmeOf(b, 500)
	const path = "/feeds/programme/2027.ics"
	reader := n.browser()
	plain := reader.request(http.MethodGet, path)
	gz := reader.compressed(path)
	not := reader.with(http.MethodGet, path, "If-None-Match", plain.Header.Get("Etag"))
	for name, c := range map[string]struct {
		a      *answer
		header http.Header
	}{
		"plain": {plain, http.Header{"Accept-Encoding": {"identity"}}},
		"gzip":  {gz, http.Header{"Accept-Encoding": {"gzip"}}},
		"304":   {not, http.Header{"Accept-Encoding": {"identity"}, "If-None-Match": {plain.Header.Get("Etag")}}},
	} {
		b.Run(name, func(b *testing.B) {
			ours, theirs := listen(b, n.handler)+path, listen(b, bare(c.a))+path
			const requests = 4000
			load(b, ours, c.header, requests/4)
			load(b, theirs, c.header, requests/4)
			var rates, ratios []float64
			for b.Loop() {
				rates, ratios = nil, nil
				for range 5 {
					base, rate := load(b, theirs, c.header, requests), load(b, ours, c.header, requests)
					rates, ratios = append(rates, rate), append(ratios, rate/base)
				}
			}
			b.ReportMetric(median(rates), "answers/s")
			b.ReportMetric(median(ratios), "ratio")
			b.ReportMetric(float64(len(c.a.body)), "bytes")
		})
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// BenchmarkFreshFeed changes one of 5,000 events and asks for the feed or the
// list to embed, not compressed: the figure is the time from the commit to the
// last byte, beside that of a kept answer of the same kind.
func BenchmarkFreshFeed(b *testing.B) {
	n := programmeOf(b, 5000)
	address := listen(b, n.handler)
	e := must(n.Events(ctx, 2027))[2500]
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	ask := func(path string) float64 {
		begin := time.Now()
		a := must(client.Get(address + path))
		defer a.Body.Close()
		must(io.Copy(io.Discard, a.Body))
		return float64(time.Since(begin).Microseconds()) / 1000
	}
	change := 0
	for name, path := range map[string]string{"feed": "/feeds/programme/2027.ics", "embed": "/programm/2027/einbetten"} {
		ask(path)
		b.Run(name, func(b *testing.B) {
			var times, ratios []float64
			for b.Loop() {
				b.StopTimer()
				change++
				d := e.EventDetails
				d.Venue.Street = "Straße " + strconv.Itoa(change)
				must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
				b.StartTimer()
				fresh := ask(path)
				times, ratios = append(times, fresh), append(ratios, fresh/ask(path))
			}
			b.ReportMetric(median(times), "ms")
			b.ReportMetric(median(ratios), "ratio")
		})
	}
}

// BenchmarkSelection serves selections of a programme of 5,000 events that
// nobody asked for before (83 events each), and the notes on a time that
// somebody types, beside an answer that is kept.
func BenchmarkSelection(b *testing.B) {
	n := programmeOf(b, 5000)
	words := []string{"kommen", "vorbei", "reden", "essen", "denen", "nummer", "kulturen", "begegnung"}
	first := must(agenda.ParseDate("2027-09-01"))
	selection := func(i int) string {
		return fmt.Sprintf("?day=%s&q=%s", first.AddDays(i%60), words[i/60%len(words)])
	}
	ask := func(path string) float64 {
		rw, begin := httptest.NewRecorder(), time.Now()
		n.handler.ServeHTTP(rw, httptest.NewRequest(http.MethodGet, base+path, nil))
		if rw.Code != http.StatusOK {
			b.Fatalf("%s: %d", path, rw.Code)
		}
		return float64(time.Since(begin).Microseconds()) / 1000
	}
	kept := "/programm/2027" + selection(0)
	ask("/programm/2027") // the projection is made once
	ask(kept)
	for name, path := range map[string]func(int) string{
		"page": func(i int) string { return "/programm/2027" + selection(i+1) },
		"feed": func(i int) string { return "/feeds/programme/2027.ics" + selection(i) },
		"notes": func(i int) string {
			return fmt.Sprintf("/programm/2027/einreichen/pruefen?start=%s&start_clock=10:%02d&end=13:00&town=Herford&audiences=alle&languages=de", first.AddDays(i%60), i/60%60)
		},
	} {
		b.Run(name, func(b *testing.B) {
			var times, ratios []float64
			for i := 0; b.Loop(); i++ {
				t := ask(path(i))
				times, ratios = append(times, t), append(ratios, t/ask(kept))
			}
			b.ReportMetric(median(times), "ms")
			b.ReportMetric(median(ratios), "ratio")
		})
	}
}
