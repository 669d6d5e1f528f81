package bolt_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"widunetz/internal/kv"
	"widunetz/internal/kv/bolt"
)

// payload is as long as an event is.
var payload = make([]byte, 800)

// bare opens a bbolt file with the options that a store has.
func bare(b *testing.B) *bbolt.DB {
	b.Helper()
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, &bbolt.Options{
		FreelistType: bbolt.FreelistMapType, InitialMmapSize: 1 << 30,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("kv")); return err })
	if err != nil {
		b.Fatal(err)
	}
	return db
}

// rate lets some callers write one record after the other and returns how many
// updates a second they did together.
func rate(b *testing.B, callers, each int, prefix string, update func(key string) error) float64 {
	b.Helper()
	var wg sync.WaitGroup
	start := time.Now()
	for c := range callers {
		wg.Go(func() {
			for n := range each {
				if err := update(prefix + "/" + strconv.Itoa(c) + "/" + strconv.Itoa(n)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(callers*each) / time.Since(start).Seconds()
}

// median returns the middle one of an odd number of values.
func median(v []float64) float64 { return slices.Sorted(slices.Values(v))[len(v)/2] }

// BenchmarkGroupCommit compares durable updates of one record with as many by
// bbolt's own Update, in turns, and reports the medians of five and more rounds.
func BenchmarkGroupCommit(b *testing.B) {
	for _, c := range []struct{ callers, each int }{{64, 30}, {1, 300}} {
		b.Run(fmt.Sprintf("callers=%d", c.callers), func(b *testing.B) {
			db, base := open(b, filepath.Join(b.TempDir(), "test.db"), bolt.Options{Create: true}), bare(b)
			var ours, bares, ratios []float64
			round := func() {
				prefix := strconv.Itoa(len(ours))
				plain := rate(b, c.callers, c.each, prefix, func(key string) error {
					return base.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("kv")).Put([]byte(key), payload) })
				})
				group := rate(b, c.callers, c.each, prefix, func(key string) error {
					return db.Update(ctx, func(tx kv.RW) error { tx.Put(key, payload); return nil })
				})
				ours, bares, ratios = append(ours, group), append(bares, plain), append(ratios, group/plain)
			}
			for b.Loop() {
				round()
			}
			for len(ours) < 5 || len(ours)%2 == 0 {
				round()
			}
			b.ReportMetric(median(ours), "updates/s")
			b.ReportMetric(median(bares), "bare-updates/s")
			b.ReportMetric(median(ratios), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}
