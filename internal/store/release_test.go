package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/kv/kvtest"
	"widunetz/internal/store"
)

// submitted is an event that waits for the coordinators; its receipt is out.
func (n *network) submitted(start string) agenda.Event {
	n.t.Helper()
	e := must(n.SubmitEvent(ctx, 2027, reading(start), agenda.German, "", true))
	n.due()
	n.wait(time.Second) // so that the history has an order
	return e
}

// accepted is an event that becomes public at the time, "" when somebody says so.
func (n *network) accepted(start, release string) agenda.Event {
	n.t.Helper()
	return must(n.AcceptEvent(ctx, agenda.Shell, n.submitted(start).ID, local(release), time.Time{}))
}

func local(s string) agenda.Local {
	if s == "" {
		return agenda.Local{}
	}
	return must(agenda.ParseLocal(s))
}

// tick does all that is due and returns how many events became public and which
// mails went out.
func (n *network) tick() (released int, sent map[agenda.Kind]int) {
	n.t.Helper()
	for {
		ids := must(n.DueReleases(ctx, n.Now(), 10))
		for _, id := range ids {
			if must(n.Release(ctx, id)) {
				released++
			}
		}
		if len(ids) == 0 {
			return released, n.due()
		}
	}
}

func (n *network) expectTick(what string, released int, want map[agenda.Kind]int) {
	n.t.Helper()
	if got, sent := n.tick(); got != released || fmt.Sprint(sent) != fmt.Sprint(want) {
		n.t.Errorf("%s: %d became public and %v was sent, want %d and %v", what, got, sent, released, want)
	}
}

func TestAcceptedEventIsReleasedOnceAtItsTime(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	before := must(n.Revision(ctx, store.Programme))
	e := n.accepted("2027-09-15T18:30", "2027-08-20T08:00")
	n.expectTick("within the quiet time", 0, map[agenda.Kind]int{})
	n.wait(10 * time.Minute)
	n.expectTick("she is told that it will be public", 0, map[agenda.Kind]int{agenda.KindApproved: 1})
	if must(n.Event(ctx, e.ID)).Public() || must(n.Revision(ctx, store.Programme)) != before {
		t.Error("the public sees something of an accepted event")
	}
	n.at("2027-08-20T07:59")
	n.expectTick("a minute too early", 0, map[agenda.Kind]int{})
	n.at("2027-08-20T08:00")
	n.expectTick("at its time", 1, map[agenda.Kind]int{agenda.KindAccepted: 1})
	got := must(n.Event(ctx, e.ID))
	if !got.Public() || !got.Released.Equal(n.Now()) || must(n.Revision(ctx, store.Programme)) == before {
		t.Errorf("after its time: %s, released %s", got.Review, got.Released)
	}
	n.expectTick("again", 0, map[agenda.Kind]int{})
	if h := n.history(agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}); !slices.Equal(h, []string{"added: Lesung", "accepted: Lesung", "published: Lesung"}) {
		t.Errorf("history %v", h)
	}
	n.at("2027-09-08T08:00")
	n.watch(e.ID, "leserin@example.org")
	n.at("2027-09-14T08:00")
	n.expectTick("reminders run as for any event", 0, map[agenda.Kind]int{agenda.KindReminder: 1})
}

func TestReleaseIsLateRatherThanNever(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.accepted("2027-09-15T18:30", "2027-08-20T08:00")
	n.at("2027-08-25T03:00") // the service was down
	n.Store = must(store.New(ctx, kvtest.Twice(n.db), n.config()))
	n.expectTick("after days of standstill, one mail", 1, map[agenda.Kind]int{agenda.KindAccepted: 1})
	if got := must(n.Event(ctx, e.ID)); !got.Public() {
		t.Errorf("%s", got.Review)
	}
	n.Store = must(store.New(ctx, kvtest.Twice(n.db), n.config()))
	n.expectTick("and once after another start", 0, map[agenda.Kind]int{})
}

func TestTwoTicksReleaseOnce(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	for range 4 {
		n.accepted("2027-09-15T18:30", "2027-08-20T08:00")
	}
	n.at("2027-08-20T08:00")
	ids := must(n.DueReleases(ctx, n.Now(), 10)) // both see all of them due
	var mu sync.Mutex
	var wg sync.WaitGroup
	released := 0
	for range 2 {
		wg.Go(func() {
			for _, id := range ids {
				done := must(n.Release(ctx, id))
				mu.Lock()
				if done {
					released++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if released != 4 || len(ids) != 4 {
		t.Errorf("%d of %d released", released, len(ids))
	}
	n.expectTick("one mail each", 0, map[agenda.Kind]int{agenda.KindAccepted: 4})
}

func TestWhatIsDecidedBeforeItsTimeIsNotReleased(t *testing.T) {
	for name, decide := range map[string]func(*network, agenda.Event) error{
		"withdrawn": func(n *network, e agenda.Event) error {
			_, err := n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Withdrawn, "", e.Changed)
			return err
		},
		"time taken away": func(n *network, e agenda.Event) error {
			_, err := n.AcceptEvent(ctx, agenda.Shell, e.ID, agenda.Local{}, e.Changed)
			return err
		},
		"time moved": func(n *network, e agenda.Event) error {
			_, err := n.AcceptEvent(ctx, agenda.Shell, e.ID, local("2027-09-01T08:00"), e.Changed)
			return err
		},
		"moved by its organiser": func(n *network, e agenda.Event) error {
			_, err := n.EditSubmission(ctx, n.SubmissionToken(e), reading("2027-09-16T18:30"), e.Changed, true)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := open(t, "2027-08-01T12:00")
			n.call()
			e := n.accepted("2027-09-15T18:30", "2027-08-20T08:00")
			if err := decide(n, e); err != nil {
				t.Fatal(err)
			}
			if ids := must(n.DueReleases(ctx, local("2027-08-31T08:00").In(berlin(t)), 10)); len(ids) > 0 {
				t.Errorf("%v stands in the index", ids)
			}
			n.at("2027-08-31T08:00")
			got, sent := n.tick()
			if got != 0 || must(n.Event(ctx, e.ID)).Public() || sent[agenda.KindAccepted] > 0 {
				t.Errorf("%d released, sent %v", got, sent)
			}
			if mail := sent[agenda.KindApproved] > 0; mail != (must(n.Event(ctx, e.ID)).Review == agenda.Accepted) {
				t.Errorf("sent %v", sent)
			}
		})
	}
}

func TestPublishedAtOnceIsOneMail(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	past := n.submitted("2027-09-15T18:30")
	if e := must(n.AcceptEvent(ctx, agenda.Shell, past.ID, local("2027-08-01T11:00"), time.Time{})); !e.Public() {
		t.Errorf("a time in the past: %s", e.Review)
	}
	n.wait(time.Hour)
	n.expectTick("accepted for a time in the past", 0, map[agenda.Kind]int{agenda.KindAccepted: 1})
	e := n.accepted("2027-09-16T18:30", "2027-08-20T08:00")
	n.wait(time.Minute)
	e = must(n.AcceptEvent(ctx, agenda.Shell, e.ID, local("2027-08-21T08:00"), e.Changed))
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", e.Changed))
	n.wait(time.Hour)
	n.expectTick("accepted, moved, published within the quiet time", 0, map[agenda.Kind]int{agenda.KindAccepted: 1})
	n.at("2027-08-25T08:00")
	n.expectTick("nothing at the times that were set before", 0, map[agenda.Kind]int{})
}

func TestAcceptanceOfWhatChangedIsRefused(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.submitted("2027-09-15T18:30")
	d := reading("2027-09-15T18:30")
	d.Summary = "Anders."
	must(n.EditSubmission(ctx, n.SubmissionToken(e), d, e.Changed, true))
	if _, err := n.AcceptEvent(ctx, agenda.Shell, e.ID, agenda.Local{}, e.Changed); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
}

func TestEditsOfAnAcceptedEvent(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.accepted("2027-09-15T18:30", "2027-08-20T08:00")
	n.wait(time.Second)
	token, d := n.SubmissionToken(e), e.EventDetails
	d.Summary, d.Venue.Street, d.StepFree = "Zwei lesen.", "Eschstraße 50", agenda.Yes
	got := must(n.EditSubmission(ctx, token, d, e.Changed, true))
	if got.Review != agenda.Accepted || got.Release != e.Release {
		t.Errorf("more details: %s, release %s", got.Review, got.Release)
	}
	n.wait(time.Second)
	d.Title = "Lesung für alle"
	got = must(n.EditSubmission(ctx, token, d, got.Changed, true))
	if got.Review != agenda.Submitted || !got.Release.IsZero() || got.Title != "Lesung für alle" {
		t.Errorf("another title: %s, release %s", got.Review, got.Release)
	}
	h := n.history(agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)})
	if h[len(h)-1] != "reopened: Lesung für alle" {
		t.Errorf("history %v", h)
	}
}

func TestReleaseOfAWholeEdition(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	var early agenda.Event
	for day := 12; day < 20; day++ {
		e := n.accepted(fmt.Sprintf("2027-09-%dT18:30", day), "")
		if day == 12 {
			early = e
		}
	}
	waits := n.submitted("2027-09-28T18:30")
	got := must(n.ScheduleEdition(ctx, agenda.Shell, 2027, local("2027-09-13T08:00")))
	if got.Done != 7 || got.Skipped != 1 || !must(n.Event(ctx, early.ID)).Release.IsZero() {
		t.Errorf("a time after the first one begins: %+v", got)
	}
	if got = must(n.ScheduleEdition(ctx, agenda.Shell, 2027, agenda.Local{})); got.Done != 8 {
		t.Errorf("without a time: %+v", got)
	}
	n.at("2027-09-01T12:00")
	n.due()
	must(n.ScheduleEdition(ctx, agenda.Shell, 2027, local("2027-09-02T08:00")))
	n.at("2027-09-02T08:00")
	n.expectTick("all at their time", 8, map[agenda.Kind]int{agenda.KindAccepted: 8})
	if must(n.Event(ctx, waits.ID)).Public() {
		t.Error("a submitted event was published as well")
	}
	for range 5 {
		n.accepted("2027-09-20T18:30", "2027-09-10T08:00")
	}
	if got = must(n.ReleaseEdition(ctx, agenda.Shell, 2027)); got.Done != 5 {
		t.Errorf("all now: %+v", got)
	}
	if got = must(n.ReleaseEdition(ctx, agenda.Shell, 2027)); got != (store.Together{}) {
		t.Errorf("the second click: %+v", got)
	}
	n.at("2027-09-10T08:00")
	if got, _ := n.tick(); got != 0 {
		t.Errorf("%d released again at the time set before", got)
	}
	if _, err := n.ReleaseEdition(ctx, agenda.Shell, 2031); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("an edition that is not there: %v", err)
	}
}

// The cost of looking for what is due does not grow with what waits.
func TestReleasesAreFoundByTime(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	first := n.accepted("2027-09-15T18:30", "2027-08-20T08:00")
	n.accepted("2027-09-16T18:30", "2027-08-21T08:00")
	n.accepted("2027-09-17T18:30", "")
	n.wait(time.Hour)
	n.due()
	if at, ok, err := n.NextDue(ctx); !ok || err != nil || !at.Equal(local("2027-08-20T08:00").In(berlin(t))) {
		t.Errorf("NextDue = %s, %v, %v", at, ok, err)
	}
	n.at("2027-08-20T12:00")
	if ids := must(n.DueReleases(ctx, n.Now(), 10)); len(ids) != 1 || ids[0] != first.ID {
		t.Errorf("due: %v", ids)
	}
}

// What was due before a restore was public, and told: it is public again, and
// nobody is told twice.
func TestRestoreReleasesWithoutAMail(t *testing.T) {
	for _, sendDue := range []bool{false, true} {
		n := open(t, "2027-08-01T12:00")
		n.call()
		for range 25 {
			must(n.AddEvent(ctx, agenda.Shell, 2027, reading("2027-09-15T18:30"), agenda.Submitted, ""))
		}
		for _, e := range must(n.Events(ctx, 2027)) {
			must(n.AcceptEvent(ctx, agenda.Shell, e.ID, local("2027-08-20T08:00"), time.Time{}))
		}
		n.wait(time.Hour)
		n.due()
		var b bytes.Buffer
		must(n.Backup(ctx, &b))
		n.at("2027-08-21T08:00")
		db := must(bolt.Open(filepath.Join(t.TempDir(), "restored.db"), bolt.Options{Create: true}))
		t.Cleanup(func() { db.Close() })
		must(store.Restore(ctx, db, &b, n.Now(), sendDue))
		n.Store = must(store.New(ctx, db, n.config()))
		want := map[agenda.Kind]int{}
		if sendDue {
			want[agenda.KindAccepted] = 25
		}
		n.expectTick(fmt.Sprintf("after a restore (send due: %v)", sendDue), 25, want)
	}
}

func TestForgottenEventIsNotReleased(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.accepted("2027-09-15T18:30", "2027-09-15T08:00")
	must2(n.AskMissing(ctx, agenda.Shell, e.ID))
	n.at("2029-08-01T12:00")
	must(n.Forget(ctx, store.Retention{Outbox: time.Hour, Submissions: time.Hour}))
	if _, err := n.Event(ctx, e.ID); !errors.Is(err, agenda.ErrNotFound) {
		t.Fatalf("the event: %v", err)
	}
	if ids := must(n.DueReleases(ctx, n.Now(), 10)); len(ids) > 0 {
		t.Errorf("%v is due", ids)
	}
	if a := must(n.AskedOf(ctx, e.ID)); !a.At.IsZero() {
		t.Errorf("still asked: %+v", a)
	}
}

// Somebody withdraws an event while all are being released: it stays withdrawn.
func TestWithdrawnWhileAllAreReleased(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.accepted("2027-09-15T18:30", "")
	n.accepted("2027-09-16T18:30", "")
	once := sync.OnceFunc(func() { must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Withdrawn, "", time.Time{})) })
	slow := n.WithClock(func() time.Time { once(); return n.Now() }) // the clock is read after the list was made
	got := must(slow.ReleaseEdition(ctx, agenda.Shell, 2027))
	if got.Done != 1 || got.Skipped != 1 || must(n.Event(ctx, e.ID)).Review != agenda.Withdrawn {
		t.Errorf("%+v, %s", got, must(n.Event(ctx, e.ID)).Review)
	}
}

// The time is that of the wall clock, also when the service's place was
// corrected after it was set.
func TestReleaseFollowsThePlaceOfTheService(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.call()
	e := n.accepted("2027-09-15T18:30", "2027-08-20T08:00")
	c := n.config()
	c.Clock.Loc = time.UTC // two hours behind
	n.Store = must(store.New(ctx, kvtest.Twice(n.db), c))
	n.at("2027-08-20T08:30")
	if got, _ := n.tick(); got != 0 || must(n.Event(ctx, e.ID)).Public() {
		t.Errorf("%d released at 06:30 UTC", got)
	}
	n.at("2027-08-20T10:00")
	if got, _ := n.tick(); got != 1 || !must(n.Event(ctx, e.ID)).Public() {
		t.Errorf("%d released at 08:00 UTC", got)
	}
}
