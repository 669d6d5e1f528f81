package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
	"widunetz/internal/kv/bolt"
)

// BenchmarkSignUp signs people up through the handler, each durable before its
// answer: one at a time, and 64 at once. The baseline is one small record in a
// transaction of its own on the same kind of file, by as many writers.
func BenchmarkSignUp(b *testing.B) {
	for _, at := range []int{1, 64} {
		b.Run(fmt.Sprint("clients=", at), func(b *testing.B) {
			n := programmeOf(b, 1)
			d := eventDetails("Nähkurs", "2027-09-20T18:00")
			d.SignUpHere, d.Places = true, 100_000
			e := must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, ""))
			plain := must(bolt.Open(filepath.Join(b.TempDir(), "plain.db"), bolt.Options{Create: true}))
			b.Cleanup(func() { must(0, plain.Close()) })
			var who atomic.Int64
			sign := func() {
				i := who.Add(1)
				form := url.Values{"name": {"Samira"}, "email": {fmt.Sprintf("g%d@example.org", i)}, "persons": {"1"}}
				r := httptest.NewRequest(http.MethodPost, base+eventPath(e)+"/anmelden", strings.NewReader(form.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", i>>16&255, i>>8&255, i&255) // each from a place of its own
				rw := httptest.NewRecorder()
				if n.handler.ServeHTTP(rw, r); rw.Code != http.StatusOK {
					b.Errorf("sign-up %d: %d", i, rw.Code)
				}
			}
			write := func() {
				i := who.Add(1)
				must(0, plain.Update(ctx, func(tx kv.RW) error { tx.Put(kv.Key("x", fmt.Sprint(i)), []byte("a small record")); return nil }))
			}
			var rates, ratios []float64
			for b.Loop() {
				const each = 640
				ours, bare := perSecond(at, each, sign), perSecond(at, each, write)
				rates, ratios = append(rates, ours), append(ratios, ours/bare)
			}
			b.ReportMetric(median(rates), "signups/s")
			b.ReportMetric(float64(at)*1000/median(rates), "ms")
			b.ReportMetric(median(ratios), "of-bare-write")
		})
	}
}

// perSecond is how many times a second so many at once do it.
func perSecond(at, times int, do func()) float64 {
	begin := time.Now()
	var wg sync.WaitGroup
	for range at {
		wg.Go(func() {
			for range times / at {
				do()
			}
		})
	}
	wg.Wait()
	return float64(times/at*at) / time.Since(begin).Seconds()
}
