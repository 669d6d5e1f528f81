package store_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"widunetz/internal/agenda"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/store"
)

// mailroom is the outbox under random operations, beside what the test knows.
type mailroom struct {
	n       *network
	notices map[string]int // title of the date: readers it has
	titles  map[agenda.MeetingID]string
	claimed []agenda.Facts
	sent    map[string]int // title and address: how often it was delivered
}

// TestEveryNoticeReachesEveryReaderOnce: whatever the order of expanding,
// claiming, crashes, ended leases and failures, in the end every reader has
// every notice once. An attempt whose lease has ended is not made any more.
func TestEveryNoticeReachesEveryReaderOnce(t *testing.T) {
	t.Parallel()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		must(0, flag.Set(f.Name, "25")) // each check fills a store of its own
	}
	dir := t.TempDir()
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		path := filepath.Join(dir, fmt.Sprint(round, ".db"))
		r := &mailroom{notices: map[string]int{}, titles: map[agenda.MeetingID]string{}, sent: map[string]int{}}
		r.n = &network{t: t, db: must(bolt.Open(path, bolt.Options{Create: true}))}
		r.n.at("2027-01-04T08:00")
		r.n.Store = must(store.New(ctx, r.n.db, r.n.config()))
		g := r.n.group(rapid.SampledFrom([]int{2, 3, 4, 5, 22}).Draw(rt, "members"))
		rt.Repeat(map[string]func(*rapid.T){
			"invite": func(rt *rapid.T) { r.invite(g) },
			"expand": r.expand,
			"claim":  r.claim,
			"settle": r.settle,
			"wait": func(rt *rapid.T) {
				r.n.wait(time.Duration(rapid.IntRange(1, 1800).Draw(rt, "seconds")) * time.Second)
			},
			"crash": func(*rapid.T) { r.crash(path) },
			"":      r.check,
		})
		r.finish(rt)
		if err := r.n.db.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

func (r *mailroom) invite(g agenda.Group) {
	d := details("2027-08-31T09:00")
	d.Title = fmt.Sprint("Sitzung ", len(r.notices))
	m := must(r.n.PlanMeeting(ctx, agenda.Shell, g.ID, d, agenda.MeetingFixed, mail))
	r.notices[d.Title] = len(must(r.n.Members(ctx, g.ID, m.Start.Date))) - 1
	r.titles[m.ID] = d.Title
}

func (r *mailroom) expand(rt *rapid.T) {
	ids := must(r.n.DueNotices(ctx, r.n.Now(), 10))
	if len(ids) == 0 {
		return
	}
	id := rapid.SampledFrom(ids).Draw(rt, "notice")
	for range rapid.IntRange(1, 3).Draw(rt, "times") {
		must(r.n.Expand(ctx, id))
	}
}

func (r *mailroom) claim(rt *rapid.T) {
	lease := time.Duration(rapid.IntRange(1, 1200).Draw(rt, "lease")) * time.Second
	r.claimed = append(r.claimed, must(r.n.Claim(ctx, r.n.Now(), lease, rapid.IntRange(1, 30).Draw(rt, "limit")))...)
}

// settle ends one attempt, if its lease has not ended.
func (r *mailroom) settle(rt *rapid.T) {
	if len(r.claimed) == 0 {
		return
	}
	i := rapid.IntRange(0, len(r.claimed)-1).Draw(rt, "attempt")
	f := r.claimed[i]
	r.claimed = append(r.claimed[:i], r.claimed[i+1:]...)
	if !r.n.Now().Before(f.Message.Due) {
		return
	}
	o := rapid.SampledFrom([]agenda.Outcome{agenda.Delivered, agenda.Delivered, agenda.TryAgain}).Draw(rt, "outcome")
	r.book(f, o)
}

func (r *mailroom) book(f agenda.Facts, o agenda.Outcome) {
	if o == agenda.Delivered {
		r.sent[f.Meetings[0].Title+" to "+f.Email]++
	}
	r.n.settle(f, o, "450")
}

// crash ends the process and starts it anew on the same file.
func (r *mailroom) crash(path string) {
	if err := r.n.db.Close(); err != nil {
		panic(err)
	}
	r.claimed = nil
	r.n.db = must(bolt.Open(path, bolt.Options{}))
	r.n.Store = must(store.New(ctx, r.n.db, r.n.config()))
}

func (r *mailroom) check(rt *rapid.T) {
	for what, k := range r.sent {
		if k > 1 {
			rt.Fatalf("%s: %d times", what, k)
		}
	}
	under := map[agenda.MessageID]bool{}
	for _, f := range r.claimed {
		if r.n.Now().Before(f.Message.Due) {
			if under[f.Message.ID] {
				rt.Fatalf("%s is under way twice", f.Message.ID)
			}
			under[f.Message.ID] = true
		}
	}
}

// finish lets everything come to its end and counts.
func (r *mailroom) finish(rt *rapid.T) {
	r.claimed = nil
	for range 6 {
		r.n.wait(5 * time.Hour)
		for len(must(r.n.DueNotices(ctx, r.n.Now(), 10))) > 0 {
			r.n.claim(time.Second)
		}
		for facts := r.n.claim(time.Minute); len(facts) > 0; facts = r.n.claim(time.Minute) {
			for _, f := range facts {
				r.book(f, agenda.Delivered)
			}
		}
	}
	r.check(rt)
	want := 0
	for _, readers := range r.notices {
		want += readers
	}
	if len(r.sent) != want {
		rt.Fatalf("%d of %d letters were delivered", len(r.sent), want)
	}
	if n := must(r.n.OutboxCounts(ctx)); len(n) > 0 {
		rt.Fatalf("left over: %v", n)
	}
}
