package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/kv/kvtest"
	"widunetz/internal/store"
)

// network is a store with a clock that the test moves.
type network struct {
	*store.Store
	t   testing.TB
	db  *bolt.DB
	mu  sync.Mutex
	now time.Time
}

var ctx = context.Background()

func berlin(t testing.TB) *time.Location {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// open returns an empty network at the given local time. Every use case of the
// tests runs twice, as the contract of kv allows.
func open(t testing.TB, at string) *network {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"), bolt.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	n := &network{t: t, db: db}
	n.at(at)
	t.Cleanup(func() {
		if err := db.Check(ctx); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	n.Store, err = store.New(ctx, kvtest.Twice(db), n.config())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *network) config() store.Config {
	return store.Config{
		Now: func() time.Time { n.mu.Lock(); defer n.mu.Unlock(); return n.now }, Office: "buero@widunetz.example",
		Clock: agenda.Clock{
			Loc: berlin(n.t), Hour: 8, Quiet: 10 * time.Minute, MeetingLeads: []int{14, 2}, EventLeads: []int{7, 1},
			WorkingDayBefore: func(d agenda.Date) agenda.Date {
				for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
					d = d.AddDays(-1)
				}
				return d
			},
		},
	}
}

func (n *network) at(s string) {
	l, err := agenda.ParseLocal(s)
	if err != nil {
		n.t.Fatal(err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = l.In(berlin(n.t))
}

func (n *network) wait(d time.Duration) { n.mu.Lock(); defer n.mu.Unlock(); n.now = n.now.Add(d) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// group makes a group with that many members; the last has no address.
func (n *network) group(members int) agenda.Group {
	n.t.Helper()
	g := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe"}))
	for i := range members {
		p := agenda.Person{Given: "Mit", Family: fmt.Sprintf("Glied%02d", i), Email: fmt.Sprintf("m%02d@example.org", i)}
		if i == members-1 {
			p.Email = ""
		}
		p = must(n.SavePerson(ctx, agenda.Shell, p, time.Time{}))
		must(n.TakeSeat(ctx, agenda.Shell, g.ID, p.ID, agenda.Date{}, false))
	}
	return g
}

func details(start string) agenda.MeetingDetails {
	s := must(agenda.ParseLocal(start))
	return agenda.MeetingDetails{Start: s, End: s.AddMinutes(120), Place: "Kreishaus"}
}

// due expands and claims all that is due and says what would be sent, settling
// each as delivered.
func (n *network) due() map[agenda.Kind]int {
	n.t.Helper()
	sent := map[agenda.Kind]int{}
	for {
		ids := must(n.DueNotices(ctx, n.Now(), 10))
		for _, id := range ids {
			for must(n.Expand(ctx, id)) {
			}
		}
		facts := must(n.Claim(ctx, n.Now(), time.Minute, 100))
		if len(ids) == 0 && len(facts) == 0 {
			return sent
		}
		for _, f := range facts {
			sent[f.Message.Kind]++
			if err := n.Book(ctx, store.Settled(f.Message, f.Email, agenda.Delivery{})); err != nil {
				n.t.Fatal(err)
			}
		}
	}
}

func (n *network) expect(what string, want map[agenda.Kind]int) {
	n.t.Helper()
	if got := n.due(); fmt.Sprint(got) != fmt.Sprint(want) {
		n.t.Errorf("%s: sent %v, want %v", what, got, want)
	}
}

var mail = agenda.Telling{Mail: true, Sentence: "Der Saal ist belegt."}

func TestRemindersOfADateComeOnceEach(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g := n.group(5)
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, agenda.Telling{}))
	n.expect("after planning without mail", map[agenda.Kind]int{})
	n.at("2027-08-17T07:59")
	n.expect("a minute too early", map[agenda.Kind]int{})
	n.at("2027-08-17T08:00")
	n.expect("14 days before", map[agenda.Kind]int{agenda.KindReminder: 4})
	n.expect("again", map[agenda.Kind]int{})
	n.at("2027-08-27T08:00")
	n.expect("2 days before is a Sunday: the Friday before", map[agenda.Kind]int{agenda.KindReminder: 4})
	n.at("2027-08-30T12:00")
	n.expect("nothing more", map[agenda.Kind]int{})
	u := must(n.Unreached(ctx, m.ID))
	if len(u) != 1 || u[0].Why != "no_address" {
		t.Errorf("Unreached = %+v, want the one without address", u)
	}
}

func TestOfOverdueRemindersOnlyTheLatestGoes(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, agenda.Telling{}))
	n.at("2027-08-30T08:00")
	n.expect("after weeks of standstill", map[agenda.Kind]int{agenda.KindReminder: 2})
}

func TestNothingIsSentAboutThePast(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, agenda.Telling{}))
	n.at("2027-08-31T09:00")
	n.expect("when the meeting has begun", map[agenda.Kind]int{})
}

func TestMovedDateRemindsAtItsNewTime(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, agenda.Telling{}))
	n.at("2027-08-17T08:00")
	n.expect("first reminder", map[agenda.Kind]int{agenda.KindReminder: 2})
	moved := must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, details("2027-09-30T09:00"), time.Time{}, agenda.Telling{}))
	if moved.Sequence != m.Sequence+1 {
		t.Errorf("Sequence = %d, want %d", moved.Sequence, m.Sequence+1)
	}
	n.at("2027-08-30T08:00")
	n.expect("old time", map[agenda.Kind]int{})
	n.at("2027-09-16T08:00")
	n.expect("new time", map[agenda.Kind]int{agenda.KindReminder: 2})
}

func TestChangesWithinTheQuietTimeAreOneMail(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, mail))
	n.expect("invitation", map[agenda.Kind]int{agenda.KindInvitation: 2})
	must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, details("2027-08-31T10:00"), time.Time{}, mail))
	n.wait(5 * time.Minute)
	must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, details("2027-08-31T11:00"), time.Time{}, mail))
	n.wait(9 * time.Minute)
	n.expect("still quiet", map[agenda.Kind]int{})
	n.wait(2 * time.Minute)
	n.expect("one mail", map[agenda.Kind]int{agenda.KindChange: 2})
	n.at("2027-08-30T08:30")
	n.due()
	must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, details("2027-08-31T12:00"), time.Time{}, mail))
	n.expect("within 48 hours nothing waits", map[agenda.Kind]int{agenda.KindChange: 2})
}

func TestCancelledAndRestoredWithinTheQuietTimeTellsNobody(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, agenda.Telling{}))
	must(n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingCancelled, time.Time{}, mail))
	must(n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingFixed, time.Time{}, mail))
	n.wait(time.Hour)
	n.expect("nobody was told", map[agenda.Kind]int{})
	must(n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingCancelled, time.Time{}, mail))
	n.wait(time.Hour)
	n.expect("cancelled", map[agenda.Kind]int{agenda.KindCancellation: 2})
	n.at("2027-08-30T08:00")
	n.expect("no reminder of it", map[agenda.Kind]int{})
}

func TestInvitationToTheYearIsOneMailAPerson(t *testing.T) {
	n := open(t, "2027-08-20T12:00")
	g := n.group(4)
	ms := must(n.PlanMeetings(ctx, agenda.Shell, g.ID, []agenda.MeetingDetails{details("2027-08-31T09:00"), details("2027-10-26T09:00")}, agenda.MeetingFixed))
	n.expect("dates in bulk invite nobody", map[agenda.Kind]int{})
	preview := must(n.InvitePreview(ctx, g.ID, []agenda.MeetingID{ms[0].ID, ms[1].ID}))
	if len(preview) != 4 || preview[3].Mail || len(preview[0].Meetings) != 2 {
		t.Errorf("InvitePreview = %+v", preview)
	}
	if k := must(n.Invite(ctx, agenda.Shell, g.ID, []agenda.MeetingID{ms[0].ID, ms[1].ID}, "")); k != 2 {
		t.Errorf("Invite = %d dates, want 2", k)
	}
	if k := must(n.Invite(ctx, agenda.Shell, g.ID, []agenda.MeetingID{ms[0].ID, ms[1].ID}, "")); k != 0 {
		t.Errorf("second Invite = %d dates, want 0", k)
	}
	n.expect("one mail per person", map[agenda.Kind]int{agenda.KindInvitation: 3})
}

func TestSeatPassesToASuccessor(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	old := must(n.PersonByEmail(ctx, "m00@example.org"))
	heir := must(n.SavePerson(ctx, agenda.Shell, agenda.Person{Family: "Erbin", Email: "erbin@example.org"}, time.Time{}))
	seat := must(n.SeatsOf(ctx, old.ID))[0]
	must(n.PlanMeetings(ctx, agenda.Shell, g.ID, []agenda.MeetingDetails{details("2027-08-31T09:00"), details("2027-10-26T09:00")}, agenda.MeetingFixed))
	before := must(n.Revision(ctx, store.PersonScope(old.ID)))
	must(n.PassSeat(ctx, agenda.Shell, g.ID, seat.ID, heir.ID, agenda.Date{Year: 2027, Month: 10, Day: 1}))
	if must(n.Revision(ctx, store.PersonScope(old.ID))) == before {
		t.Error("the feed of the predecessor did not change its revision")
	}
	from, to := agenda.Date{Year: 2027, Month: 1, Day: 1}, agenda.Date{Year: 2027, Month: 12, Day: 31}
	if a, b := must(n.MeetingsOf(ctx, old.ID, from, to)), must(n.MeetingsOf(ctx, heir.ID, from, to)); len(a) != 1 || len(b) != 1 || a[0].ID == b[0].ID {
		t.Errorf("meetings of predecessor %d and successor %d, want one each", len(a), len(b))
	}
	n.at("2027-10-12T08:00")
	var to_ []string
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		must(n.Expand(ctx, id))
	}
	for _, f := range must(n.Claim(ctx, n.Now(), time.Minute, 100)) {
		to_ = append(to_, f.Email)
	}
	if fmt.Sprint(to_) != "[erbin@example.org]" {
		t.Errorf("October is reminded to %v, want the successor", to_)
	}
}

func TestClaimedMessagesAreFreeAfterACrash(t *testing.T) {
	n := open(t, "2027-08-17T08:00")
	g := n.group(3)
	must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, mail))
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		must(n.Expand(ctx, id))
	}
	if got := len(must(n.Claim(ctx, n.Now(), time.Hour, 100))); got != 2 {
		t.Fatalf("claimed %d, want 2", got)
	}
	if got := len(must(n.Claim(ctx, n.Now(), time.Hour, 100))); got != 0 {
		t.Fatalf("claimed %d that are claimed already", got)
	}
	again := must(store.New(ctx, n.db, n.config()))
	facts := must(again.Claim(ctx, n.Now(), time.Hour, 100))
	if len(facts) != 2 || facts[0].Message.Attempts != 2 {
		t.Errorf("after a restart %d messages, attempts %v; want 2 with the attempt counted", len(facts), facts)
	}
}

func TestFailuresAreRetriedThenShown(t *testing.T) {
	n := open(t, "2027-08-17T08:00")
	g := n.group(2)
	must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, mail))
	try := func(d agenda.Delivery) agenda.Message {
		t.Helper()
		for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
			must(n.Expand(ctx, id))
		}
		facts := must(n.Claim(ctx, n.Now(), time.Minute, 100))
		if len(facts) == 0 {
			t.Fatal("nothing is due")
		}
		if err := n.Book(ctx, store.Settled(facts[0].Message, facts[0].Email, d)); err != nil {
			t.Fatal(err)
		}
		return must(n.Message(ctx, facts[0].Message.ID))
	}
	m := try(agenda.Delivery{Outcome: agenda.TryAgain, Text: "450 later"})
	if m.State != agenda.MessageWaiting || !m.Due.Equal(n.Now().Add(time.Minute)) {
		t.Errorf("after 450: %s due %s", m.State, m.Due)
	}
	n.wait(time.Minute)
	m = try(agenda.Delivery{Outcome: agenda.RefusedForHim, Text: "550 5.1.1 unknown"})
	if m.State != agenda.MessageFailed || m.Attempts != 2 {
		t.Errorf("after 550: %s after %d attempts", m.State, m.Attempts)
	}
	failed, _, err := n.Messages(ctx, store.OutboxFilter{State: agenda.MessageFailed}, 10)
	if err != nil || len(failed) != 1 {
		t.Fatalf("failed messages = %v, %v", failed, err)
	}
	n.wait(11 * time.Minute)
	alarm := must(n.DueNotices(ctx, n.Now(), 10))
	if len(alarm) != 1 {
		t.Errorf("notices due = %v, want the alarm to the office", alarm)
	}
	if err := n.Retry(ctx, agenda.Shell, m.ID); err != nil {
		t.Fatal(err)
	}
	if m = must(n.Message(ctx, m.ID)); m.State != agenda.MessageWaiting {
		t.Errorf("after retry: %s", m.State)
	}
}

func TestLoginLinkWorksOnce(t *testing.T) {
	n := open(t, "2027-08-17T08:00")
	n.group(2)
	if err := n.AskLogin(ctx, "M00@Example.org", "cookie"); err != nil {
		t.Fatal(err)
	}
	f := must(n.Claim(ctx, n.Now(), time.Minute, 10))[0]
	if s := must(n.LoginState(ctx, f.Tokens.Act, "cookie")); !s.Valid || s.NeedsCode {
		t.Errorf("LoginState = %+v", s)
	}
	if _, err := n.Login(ctx, f.Tokens.Act, "", ""); !errors.Is(err, store.ErrNeedCode) {
		t.Errorf("another browser without code: %v, want ErrNeedCode", err)
	}
	if _, err := n.Login(ctx, f.Tokens.Act, "", "000000"); !errors.Is(err, store.ErrNeedCode) {
		t.Errorf("wrong code: %v, want ErrNeedCode", err)
	}
	if p, err := n.Login(ctx, f.Tokens.Act, "", f.Code); err != nil || p.Email != "m00@example.org" {
		t.Errorf("right code: %v, %v", p, err)
	}
	if _, err := n.Login(ctx, f.Tokens.Act, "cookie", ""); !errors.Is(err, agenda.ErrExpired) {
		t.Errorf("second use: %v, want ErrExpired", err)
	}
	if err := n.AskLogin(ctx, "nobody@example.org", "c"); err != nil {
		t.Errorf("unknown address: %v, want no difference", err)
	}
}

func TestWatcherIsRemindedAfterDoubleOptIn(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	must(n.SaveEdition(ctx, agenda.Shell, agenda.Edition{
		Year: 2027, Title: "Interkulturelle Wochen 2027", Starts: agenda.Date{Year: 2027, Month: 9, Day: 11}, Ends: agenda.Date{Year: 2027, Month: 10, Day: 10}, Open: true,
	}))
	start := must(agenda.ParseLocal("2027-09-15T18:30"))
	d := agenda.EventDetails{
		Title: "Lesung", Summary: "Text", Category: "lesung", Start: start, End: start.AddMinutes(90), Venue: agenda.Venue{Name: "Bücherei", Town: "Bünde"},
		Organiser: "Stadt Bünde", Audiences: []string{"alle"}, Languages: []string{"de"}, Free: true, Contact: "info@example.org",
		Internal: agenda.Contact{Name: "Erika", Email: "erika@example.org"},
	}
	e := must(n.SubmitEvent(ctx, 2027, d, agenda.German, "", true))
	n.expect("receipt to the submitter", map[agenda.Kind]int{agenda.KindReceived: 1})
	if err := n.Watch(ctx, e.ID, "leserin@example.org", agenda.Arabic); !errors.Is(err, agenda.ErrState) {
		t.Errorf("watching what is not public: %v, want ErrState", err)
	}
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", time.Time{}))
	n.expect("acceptance", map[agenda.Kind]int{agenda.KindAccepted: 1})
	for range 2 {
		if err := n.Watch(ctx, e.ID, "leserin@example.org", agenda.Arabic); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		must(n.Expand(ctx, id))
	}
	facts := must(n.Claim(ctx, n.Now(), time.Minute, 10))
	if len(facts) != 1 || facts[0].Message.Kind != agenda.KindConfirm || facts[0].Lang != agenda.Arabic {
		t.Fatalf("asked twice: %d mails, want one confirmation", len(facts))
	}
	n.at("2027-09-08T08:00")
	n.expect("not confirmed, not reminded", map[agenda.Kind]int{})
	if _, _, err := n.ConfirmWatch(ctx, facts[0].Tokens.Act); !errors.Is(err, agenda.ErrExpired) {
		t.Errorf("confirming after weeks: %v, want ErrExpired", err)
	}
	if err := n.Watch(ctx, e.ID, "leserin@example.org", agenda.Arabic); err != nil {
		t.Fatal(err)
	}
	must2(n.ConfirmWatch(ctx, facts[0].Tokens.Act))
	n.due()
	n.at("2027-09-14T08:00")
	n.expect("the day before", map[agenda.Kind]int{agenda.KindReminder: 1})
	if err := n.Unwatch(ctx, facts[0].Tokens.Act); err != nil {
		t.Fatal(err)
	}
	if k := must(n.Watchers(ctx, e.ID)); k != 0 {
		t.Errorf("Watchers = %d after leaving", k)
	}
}

func must2[A, B any](_ A, _ B, err error) {
	if err != nil {
		panic(err)
	}
}

func TestTheOldFormIsRefused(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, agenda.Telling{}))
	must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, details("2027-08-31T10:00"), m.Changed, agenda.Telling{}))
	if _, err := n.ChangeMeeting(ctx, agenda.Shell, m.ID, details("2027-08-31T11:00"), m.Changed, agenda.Telling{}); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("two people at once: %v, want ErrConflict", err)
	}
}

func TestDeletedPersonLeavesNoName(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	n.group(2)
	p := must(n.PersonByEmail(ctx, "m00@example.org"))
	if err := n.DeletePerson(ctx, agenda.Shell, p.ID); err != nil {
		t.Fatal(err)
	}
	entries, _, err := n.History(ctx, agenda.Ref{Kind: agenda.AboutPerson, ID: string(p.ID)}, "", 10)
	if err != nil || len(entries) != 3 {
		t.Fatalf("history = %v, %v; want three lines without name", entries, err)
	}
	for _, e := range entries {
		if e.Title != "" || len(e.Changes) > 0 {
			t.Errorf("history keeps %+v", e)
		}
	}
	if err := n.AskLogin(ctx, "m00@example.org", "c"); err != nil {
		t.Fatal(err)
	}
	n.expect("no mail any more", map[agenda.Kind]int{})
}

func TestImportingTwiceChangesNothing(t *testing.T) {
	n := open(t, "2026-11-24T12:00")
	rows := []agenda.PersonRow{
		{Line: 2, Family: "Ahrens", Given: "Amina", Institution: "Caritas e.V.", Email: "a@example.org", Groups: []string{"Projektgruppe", "Kerngruppe"}},
		{Line: 3, Family: "Böker", Given: "Birgit", Institution: "Caritas - e.V.", Groups: []string{"Projektgruppe"}},
		{Line: 4, Family: "Ahrens", Given: "Amina", Institution: "Caritas e.V.", Email: "a@example.org"},
	}
	dry := must(n.ImportPeople(ctx, agenda.Shell, rows, true))
	if dry.Count("added") != 3 || len(must(n.People(ctx))) != 0 || len(must(n.Groups(ctx))) != 0 {
		t.Errorf("dry run: %+v, people %d", dry, len(must(n.People(ctx))))
	}
	first := must(n.ImportPeople(ctx, agenda.Shell, rows, false))
	if first.Count("added") != 2 || first.WithoutEmail() != 1 || len(first.Problems) != 1 || first.Problems[0].Rule != "error.double" {
		t.Errorf("first: %+v", first)
	}
	if k := len(must(n.Institutions(ctx))); k != 1 {
		t.Errorf("%d institutions, want one: the spellings differ in a dash only", k)
	}
	second := must(n.ImportPeople(ctx, agenda.Shell, rows[:2], false))
	if second.Count("same") != 2 {
		t.Errorf("second: %+v", second)
	}
	rows[0].Email, rows[1].Phone = "amina@example.org", "05221 1"
	third := must(n.ImportPeople(ctx, agenda.Shell, rows[:2], false))
	if third.Count("changed") != 2 || len(must(n.People(ctx))) != 2 {
		t.Errorf("corrected file: %+v", third)
	}
	if k := len(must(n.Members(ctx, "projektgruppe", n.Today()))); k != 2 {
		t.Errorf("%d members, want 2", k)
	}
}

func TestForeignCalendarMovesItsDates(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	at := must(agenda.ParseLocal("2027-08-31T09:00"))
	item := agenda.FeedItem{UID: "x@office", Start: at, End: at.AddMinutes(90), Title: "Projektgruppe"}
	if r := must(n.ImportMeetings(ctx, agenda.Shell, g.ID, []agenda.FeedItem{item}, false, false)); r.Count("added") != 1 {
		t.Fatalf("first: %+v", r)
	}
	n.expect("imported dates invite nobody", map[agenda.Kind]int{})
	if r := must(n.ImportMeetings(ctx, agenda.Shell, g.ID, []agenda.FeedItem{item}, false, false)); r.Count("same") != 1 {
		t.Errorf("again: %+v", r)
	}
	n.at("2027-08-30T08:00")
	n.expect("reminder as for any date", map[agenda.Kind]int{agenda.KindReminder: 2})
	item.Start, item.End = item.Start.AddMinutes(60), item.End.AddMinutes(60)
	must(n.ImportMeetings(ctx, agenda.Shell, g.ID, []agenda.FeedItem{item}, false, false))
	n.expect("moved in the file", map[agenda.Kind]int{agenda.KindChange: 2})
	item.Cancelled = true
	must(n.ImportMeetings(ctx, agenda.Shell, g.ID, []agenda.FeedItem{item}, false, false))
	n.expect("cancelled in the file", map[agenda.Kind]int{agenda.KindCancellation: 2})
}
