package store_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/store"
)

// stored returns a store that holds so many reminders of dates to come.
func stored(b *testing.B, count int) *network {
	b.Helper()
	n := &network{t: b, db: must(bolt.Open(filepath.Join(b.TempDir(), fmt.Sprint(count, ".db")), bolt.Options{Create: true}))}
	b.Cleanup(func() { n.db.Close() }) //nolint:errcheck // thrown away
	n.at("2027-08-01T12:00")
	n.Store = must(store.New(ctx, n.db, n.config()))
	const batch = kv.MaxWrites / 2
	next := make(chan int)
	var wg sync.WaitGroup
	for range 256 { // many at once are committed together
		wg.Go(func() {
			for from := range next {
				if err := n.db.Update(ctx, func(tx kv.RW) error { remindersFrom(tx, n.now, from, batch); return nil }); err != nil {
					panic(err)
				}
			}
		})
	}
	for from := 0; from < count; from += batch {
		next <- from
	}
	close(next)
	wg.Wait()
	return n
}

func remindersFrom(tx kv.RW, now time.Time, from, count int) {
	for i := from; i < from+count; i++ {
		putNotice(tx, agenda.Notice{
			ID: agenda.ReminderID(agenda.Ref{Kind: agenda.AboutMeeting, ID: fmt.Sprintf("%016d", i)}, 2), Kind: agenda.KindReminder, Lead: 2,
			Subject: agenda.Ref{Kind: agenda.AboutMeeting, ID: fmt.Sprintf("%016d", i)}, To: agenda.Audience{Of: agenda.Ref{Kind: agenda.AboutGroup, ID: "projektgruppe"}},
			Due: now.Add(time.Duration(i+1) * time.Hour), Mark: "2027-08-31T09:00", Made: now,
		})
	}
}

// putNotice writes a notice where the store finds it (keys.go).
func putNotice(tx kv.RW, n agenda.Notice) {
	tx.Put(kv.Key("notice", string(n.ID)), must(json.Marshal(n)))
	tx.Put(kv.Key("due", "n", kv.Time(n.Due), string(n.ID)), nil)
}

// fallDue makes one notice to the office due now.
func (n *network) fallDue(i int) {
	office := agenda.Ref{Kind: agenda.AboutOffice}
	err := n.db.Update(ctx, func(tx kv.RW) error {
		putNotice(tx, agenda.Notice{ID: agenda.NoticeID(fmt.Sprint("alarm.", i)), Kind: agenda.KindAlarm, Subject: office, To: agenda.Audience{Of: office}, Due: n.now, Mark: fmt.Sprint(i), Made: n.now})
		return nil
	})
	if err != nil {
		panic(err)
	}
}

// look finds the notice that is due, find, and has it claimed and settled, all.
func (n *network) look(i int) (find, all time.Duration) {
	n.fallDue(i)
	begin := time.Now()
	ids := must(n.DueNotices(ctx, n.now, 24))
	find = time.Since(begin)
	if len(ids) != 1 {
		panic(fmt.Sprintf("%d notices are due, want 1", len(ids)))
	}
	must(n.Expand(ctx, ids[0]))
	facts := must(n.Claim(ctx, n.now, time.Minute, 24))
	if err := n.Book(ctx, store.Settled(facts[0].Message, facts[0].Email, agenda.Delivery{})); err != nil {
		panic(err)
	}
	return find, time.Since(begin)
}

// BenchmarkDue takes one due notice among a thousand and among a million stored
// ones, turn by turn. The ratios are what counts: they are about 1 when the cost
// grows with what is due and not with what is stored.
func BenchmarkDue(b *testing.B) {
	stores := []*network{stored(b, 1000), stored(b, 1_000_000)}
	var find, all [2][]time.Duration
	i := 0
	for b.Loop() {
		for k, n := range stores {
			f, a := n.look(i)
			find[k], all[k] = append(find[k], f), append(all[k], a)
		}
		i++
	}
	median := func(d []time.Duration) float64 { slices.Sort(d); return float64(d[len(d)/2]) }
	b.ReportMetric(0, "ns/op") // both stores together say nothing
	b.ReportMetric(median(find[0]), "ns/find-1k")
	b.ReportMetric(median(find[1]), "ns/find-1M")
	b.ReportMetric(median(find[1])/median(find[0]), "find-ratio")
	b.ReportMetric(median(all[0])/1e3, "µs/claim-1k")
	b.ReportMetric(median(all[1])/1e3, "µs/claim-1M")
	b.ReportMetric(median(all[1])/median(all[0]), "claim-ratio")
}
