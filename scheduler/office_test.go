package scheduler_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
	"widunetz/internal/store"
	"widunetz/scheduler"
)

var ctx = context.Background()

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var berlin = sync.OnceValue(func() *time.Location { return must(time.LoadLocation("Europe/Berlin")) })

// writer writes real letters.
var writer = sync.OnceValue(func() *letter.Writer {
	site := letter.Site{Name: "widunetz", BaseURL: "https://termine.example", Office: "buero@widunetz.example"}
	return must(letter.NewWriter(must(lang.Load()), site, berlin()))
})

func local(s string) agenda.Local { return must(agenda.ParseLocal(s)) }

// every minute looks for what is due; the other jobs hardly ever come.
func every(tick string) scheduler.Config {
	return scheduler.Config{Tick: tick, Digest: "0 7 1 * *", Retention: "30 4 * * *"}
}

// post is a mail server that notes what it was given and when.
type post struct {
	mu     sync.Mutex
	got    []string                            // "kind address at time"
	answer func(letter.Letter) agenda.Delivery // how an attempt ends; nil: delivered
}

func (p *post) Send(_ context.Context, l letter.Letter) agenda.Delivery {
	p.mu.Lock()
	p.got = append(p.got, fmt.Sprintf("%s %s %s", l.Kind, strings.TrimSuffix(l.ToEmail, "@example.org"), agenda.LocalOf(time.Now(), berlin())))
	answer := p.answer
	p.mu.Unlock()
	if answer != nil {
		return answer(l)
	}
	return agenda.Delivery{}
}

func (p *post) answers(f func(letter.Letter) agenda.Delivery) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = f
}

// take returns what was sent since the last call, in order of its text.
func (p *post) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.got
	p.got = nil
	slices.Sort(out)
	return out
}

// office is a network with its scheduler, in a bubble of its own time.
type office struct {
	*store.Store
	*post
	t       testing.TB
	db      *bolt.DB
	log     bytes.Buffer
	options scheduler.Options
	writer  scheduler.Composer
	group   agenda.GroupID
	off     time.Duration // by how much the clock of the machine is wrong
	clock   agenda.Clock
}

// open lets the time of the bubble be at and makes a group with so many members.
func open(t testing.TB, at string, members int) *office {
	t.Helper()
	sleepUntil(at)
	o := &office{t: t, post: &post{}, writer: writer()}
	o.clock = agenda.Clock{
		Loc: berlin(), Hour: 8, Quiet: 10 * time.Minute, MeetingLeads: []int{14, 2}, EventLeads: []int{7, 1},
		WorkingDayBefore: func(d agenda.Date) agenda.Date { return d },
	}
	o.db = must(bolt.Open(filepath.Join(t.TempDir(), "test.db"), bolt.Options{Create: true}))
	o.restart()
	o.options = scheduler.Options{Workers: 2, Lease: 20 * time.Minute, Log: slog.New(slog.NewTextHandler(&o.log, nil))}
	g := must(o.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe"}))
	o.group = g.ID
	for i := range members {
		p := must(o.SavePerson(ctx, agenda.Shell, agenda.Person{Family: fmt.Sprint("M", i), Email: fmt.Sprintf("m%02d@example.org", i)}, time.Time{}))
		must(o.TakeSeat(ctx, agenda.Shell, g.ID, p.ID, agenda.Date{}, false))
	}
	return o
}

// restart opens the agenda anew on the same file, as a new process would.
func (o *office) restart() {
	o.Store = must(store.New(ctx, o.db, store.Config{Clock: o.clock, Now: func() time.Time { return time.Now().Add(o.off) }, Office: "buero@widunetz.example"}))
}

func (o *office) close() {
	o.t.Helper()
	if err := o.db.Close(); err != nil {
		o.t.Error(err)
	}
}

func (o *office) scheduler() *scheduler.Scheduler {
	return scheduler.New(o.Store, o.writer, o.post, o.options)
}

// run starts the scheduler and returns what stops it and waits for its end.
func (o *office) run(c scheduler.Config) (stop func()) {
	o.t.Helper()
	running, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	s := o.scheduler()
	go func() { done <- s.Run(running, c) }()
	return func() {
		o.t.Helper()
		cancel()
		if err := <-done; err != nil {
			o.t.Errorf("Run: %v", err)
		}
	}
}

func (o *office) tick() scheduler.Result {
	o.t.Helper()
	return must(o.scheduler().Tick(ctx))
}

func (o *office) plan(start string, tell agenda.Telling) agenda.Meeting {
	o.t.Helper()
	d := agenda.MeetingDetails{Start: local(start), End: local(start).AddMinutes(120)}
	return must(o.PlanMeeting(ctx, agenda.Shell, o.group, d, agenda.MeetingFixed, tell))
}

func sleepUntil(at string) { time.Sleep(time.Until(local(at).In(berlin()))) }

func wantSent(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// once expects k letters, each to another reader.
func once(t testing.TB, what string, got []string, k int) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range got {
		key := strings.Join(strings.Fields(s)[:2], " ")
		if seen[key] {
			t.Errorf("%s: %s was sent twice", what, key)
		}
		seen[key] = true
	}
	if len(got) != k {
		t.Errorf("%s: %d letters, want %d", what, len(got), k)
	}
}

var mail = agenda.Telling{Mail: true}
