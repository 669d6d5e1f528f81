package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

var inBuende = agenda.Wish{Selection: agenda.Selection{Towns: []string{"Bünde"}}, Pace: agenda.PaceNews, Lang: agenda.German}

// subscribes asks to be told of events and confirms it.
func (n *network) subscribes(email string, w agenda.Wish) (token string) {
	n.t.Helper()
	if err := n.Subscribe(ctx, email, w); err != nil {
		n.t.Fatal(err)
	}
	for _, l := range n.letters() {
		if l.Kind == agenda.KindSubscribe && l.ToEmail == email {
			token = linkOf(l)
		}
	}
	must(n.ConfirmSubscriber(ctx, token))
	return token
}

// linkOf is the secret part of a letter's link to end it.
func linkOf(l letter.Letter) string { return l.Unsubscribe[strings.LastIndex(l.Unsubscribe, "/")+1:] }

// titled adds a public event in a town.
func (n *network) titled(title, town, start string) agenda.Event {
	n.t.Helper()
	d := reading(start)
	d.Title, d.Venue.Town = title, town
	return must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, ""))
}

// cancel takes an event out of what takes place.
func (n *network) cancel(e agenda.Event) {
	n.t.Helper()
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
}

func (n *network) decides(e agenda.Event, to agenda.Review) {
	n.t.Helper()
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, to, "", time.Time{}))
}

func TestSubscribingIsDoubleOptIn(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	ask := func(email string) {
		t.Helper()
		if err := n.Subscribe(ctx, email, inBuende); err != nil {
			t.Fatal(err)
		}
	}
	ask("s@example.org")
	ask("S@Example.org ")
	n.wait(59 * time.Minute)
	ask("s@example.org")
	l := n.wantLetters("asked three times within the hour", "subscribe s")[0]
	n.wait(2 * time.Minute)
	ask("s@example.org")
	n.wantLetters("asked after an hour", "subscribe s")
	n.titled("Zu früh", "Bünde", "2027-09-15T18:30")
	n.at("2027-08-03T08:00")
	n.wantLetters("not confirmed")
	token := linkOf(l)
	var first agenda.Subscriber
	for range 2 {
		s := must(n.ConfirmSubscriber(ctx, token))
		if s.Email != "s@example.org" || s.Wording == "" || s.Confirmed.IsZero() || !first.Confirmed.IsZero() && !s.Confirmed.Equal(first.Confirmed) {
			t.Fatalf("confirmed: %+v", s)
		}
		first = s
	}
	wantSame(t, "subscribers", must(n.Subscribers(ctx)), map[agenda.Pace]int{agenda.PaceNews: 1})
	ask("late@example.org")
	late := n.wantLetters("another asks", "subscribe late")[0]
	n.wait(73 * time.Hour)
	if _, err := n.ConfirmSubscriber(ctx, linkOf(late)); !errors.Is(err, agenda.ErrExpired) {
		t.Errorf("confirmed after three days: %v", err)
	}
	wantSame(t, "forgotten", must(n.Forget(ctx, store.Retention{})), 1)
	if _, err := n.Subscriber(ctx, linkOf(late)); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("after that: %v", err)
	}
	for _, forged := range []string{"", ".", string(first.ID), string(first.ID) + ".aaaa", token + "a", "x." + token, strings.Replace(token, ".", "\x00.", 1)} {
		if _, err := n.Subscriber(ctx, forged); !errors.Is(err, agenda.ErrNotFound) {
			t.Errorf("link %q: %v", forged, err)
		}
	}
	var p agenda.Problems
	if err := n.Subscribe(ctx, "w@example.org\r\nBcc: v@example.com", inBuende); !errors.As(err, &p) {
		t.Errorf("two addresses: %v", err)
	}
	for range 2 {
		if err := n.Unsubscribe(ctx, token); err != nil {
			t.Fatal(err)
		}
	}
	wantSame(t, "subscribers at last", must(n.Subscribers(ctx)), map[agenda.Pace]int{})
}

func TestThirtyEventsAreOneMail(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	for _, name := range []string{"s1", "s2"} {
		n.subscribes(name+"@example.org", inBuende)
	}
	month := inBuende
	month.Pace = agenda.PaceMonth
	n.subscribes("monthly@example.org", month)
	other := inBuende
	other.Towns = []string{"Vlotho"}
	n.subscribes("vlotho@example.org", other)
	n.at("2027-08-04T09:00")
	for i := range 30 {
		n.titled(fmt.Sprintf("Lesung %02d", i), "Bünde", fmt.Sprintf("2027-09-%02dT18:30", i%20+11))
		n.wait(10 * time.Minute)
	}
	n.titled("Anderswo", "Enger", "2027-09-15T18:30")
	n.wantLetters("on the day itself")
	n.at("2027-08-05T07:59")
	n.wantLetters("before the hour")
	n.at("2027-08-05T08:00")
	got := n.wantLetters("in the morning", "news s1", "news s2")
	for i := range 30 {
		wantText(t, got, fmt.Sprintf("* Lesung %02d", i))
	}
	if strings.Contains(got[0].Text, "Anderswo") || strings.Contains(got[0].Text, "* "+reading("2027-09-11T10:00").Title+"\n") {
		t.Errorf("what she did not select:\n%s", got[0].Text)
	}
	n.wantLetters("the second tick")
	n.at("2027-08-06T08:00")
	n.wantLetters("nothing new")
	n.titled("Noch eine", "Bünde", "2027-09-16T18:30")
	n.at("2027-08-09T08:00") // the day after is a Saturday
	if l := n.wantLetters("only what is new", "news s1", "news s2"); strings.Contains(l[0].Text, "Lesung 00") {
		t.Errorf("told twice:\n%s", l[0].Text)
	}
}

func TestEveryWayOfBecomingPublicIsTold(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	n.subscribes("s@example.org", inBuende)
	n.decides(n.submitted("2027-09-15T18:30"), agenda.Published)
	for _, start := range []string{"2027-09-17T18:30", "2027-09-18T18:30"} {
		n.accepted(start, "")
	}
	must(n.ReleaseEdition(ctx, agenda.Shell, 2027))
	n.accepted("2027-09-16T18:30", "2027-08-03T00:00")
	row := agenda.EventRow{Line: 2, EventDetails: reading("2027-09-19T18:30")}
	row.Title = "Aus der Datei"
	must(n.ImportEvents(ctx, agenda.Shell, []agenda.EventRow{row}, false))
	n.at("2027-08-03T00:00")
	n.tick()
	n.at("2027-08-03T08:00")
	var news []letter.Letter
	for _, l := range n.letters() {
		if l.Kind == agenda.KindNews {
			news = append(news, l)
		}
	}
	if len(news) != 1 {
		t.Fatalf("%d mails, want 1", len(news))
	}
	wantText(t, news, "15. September", "16. September", "17. September", "18. September", "Aus der Datei")
}

func TestNewsAreWhatIsStillTrueWhenTheyAreSent(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	n.subscribes("s@example.org", inBuende)
	stays, off := n.titled("Bleibt", "Bünde", "2027-09-15T18:30"), n.titled("Fällt aus", "Bünde", "2027-09-16T18:30")
	gone, tonight := n.titled("Zurückgezogen", "Bünde", "2027-09-17T18:30"), n.titled("Heute Abend", "Bünde", "2027-08-02T18:00")
	n.titled("Längst vorbei", "Bünde", "2027-07-02T18:00")
	n.cancel(off)
	n.decides(gone, agenda.Withdrawn)
	n.at("2027-08-03T08:00")
	l := n.wantLetters("in the morning", "news s")
	if l[0].Subject != "Neu im Programm: "+stays.Title {
		t.Errorf("%s\n%s", l[0].Subject, l[0].Text)
	}
	_ = tonight
	n.decides(gone, agenda.Published)
	n.decides(stays, agenda.Withdrawn)
	n.decides(stays, agenda.Published)
	n.at("2027-08-04T08:00")
	var told []string
	for _, l := range n.letters() {
		if l.Kind == agenda.KindNews {
			told = append(told, l.Subject)
		}
	}
	wantSame(t, "what was told comes back, and what was not", told, []string{"Neu im Programm: Zurückgezogen"})
	all := n.titled("Nur diese", "Bünde", "2027-09-20T18:00")
	n.cancel(all)
	n.at("2027-08-05T08:00")
	n.wantLetters("nothing is left to tell")
}

func TestWhoSubscribesIsToldOfWhatComesLater(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	n.subscribes("first@example.org", inBuende)
	n.titled("Vorher", "Bünde", "2027-09-15T18:30")
	n.wait(time.Hour)
	n.subscribes("second@example.org", inBuende)
	n.at("2027-08-03T08:00")
	n.wantLetters("published before the second subscribed", "news first")
	n.titled("Nachher", "Bünde", "2027-09-16T18:30")
	token := n.subscribes("third@example.org", inBuende)
	must(n.ChangeSubscriber(ctx, token, agenda.Wish{Pace: agenda.PaceMonth}))
	n.at("2027-08-04T08:00")
	n.wantLetters("afterwards", "news first", "news second")
}

func TestSelectionAndPaceCountAsTheyAreWhenTheMailIsSent(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	quiet, moves, ends := n.subscribes("quiet@example.org", inBuende), n.subscribes("moves@example.org", inBuende), n.subscribes("ends@example.org", inBuende)
	n.wait(time.Second)
	n.titled("Lesung", "Bünde", "2027-09-15T18:30")
	n.at("2027-08-03T08:00")
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		for must(n.Expand(ctx, id)) {
		}
	}
	must(n.ChangeSubscriber(ctx, quiet, agenda.Wish{Pace: agenda.PaceMonth}))
	must(n.ChangeSubscriber(ctx, moves, agenda.Wish{Selection: agenda.Selection{Towns: []string{"Enger"}}}))
	if err := n.Unsubscribe(ctx, ends); err != nil {
		t.Fatal(err)
	}
	n.wantLetters("all three changed their minds meanwhile")
}

func TestNewsForManySubscribers(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	for i := range 65 {
		w := inBuende
		if i%3 == 0 {
			w.Towns = []string{"Vlotho"}
		}
		n.subscribes(fmt.Sprintf("s%02d@example.org", i), w)
	}
	n.titled("Lesung", "Bünde", "2027-09-15T18:30")
	n.at("2027-08-03T08:00")
	ids := must(n.DueNotices(ctx, n.Now(), 10))
	if !must(n.Expand(ctx, ids[0])) {
		t.Fatal("all in one transaction")
	}
	// What becomes public while the mails are made is told the next time.
	n.titled("Zu spät", "Bünde", "2027-09-16T18:30")
	// The service is killed and starts anew.
	n.Store = must(store.New(ctx, n.db, n.config()))
	n.expect("each once", map[agenda.Kind]int{agenda.KindNews: 43})
	n.at("2027-08-04T08:00")
	n.expect("the rest", map[agenda.Kind]int{agenda.KindNews: 43})
	n.expect("again", map[agenda.Kind]int{})
}

func TestServiceWasDownWhenNewsWereDue(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	n.subscribes("s@example.org", inBuende)
	n.titled("Am Montag", "Bünde", "2027-09-15T18:30")
	n.accepted("2027-09-16T18:30", "2027-08-04T10:00")
	n.at("2027-08-06T15:00")
	if _, sent := n.tick(); sent[agenda.KindNews] != 1 {
		t.Errorf("%v, want one mail of all", sent)
	}
	n.at("2027-08-09T08:00")
	n.wantLetters("and nothing more")
	n.titled("Liegt zu lange", "Bünde", "2027-09-25T18:30")
	n.at("2027-08-30T08:00")
	n.wantLetters("weeks later")
}

func TestMonthlyMail(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	month := inBuende
	month.Pace = agenda.PaceMonth
	n.subscribes("m@example.org", month)
	vlotho := month
	vlotho.Towns = []string{"Vlotho"}
	n.subscribes("none@example.org", vlotho)
	n.subscribes("news@example.org", inBuende)
	n.titled("Im August", "Bünde", "2027-08-31T18:30")
	off := n.titled("Fällt aus", "Bünde", "2027-09-20T18:30")
	n.titled("Im September", "Bünde", "2027-09-30T18:30")
	n.titled("Im Oktober", "Bünde", "2027-10-01T10:00")
	d := reading("2027-08-20T10:00")
	d.Title, d.End = "Ausstellung", local("2027-09-05T18:00")
	must(n.AddEvent(ctx, agenda.Shell, 2027, d, agenda.Published, ""))
	n.at("2027-08-03T08:00")
	n.wantLetters("news", "news news")
	n.cancel(off)
	n.at("2027-09-01T07:00")
	for range 2 {
		if err := n.PlanDigest(ctx); err != nil {
			t.Fatal(err)
		}
	}
	l := n.wantLetters("on the first", "month m")
	wantText(t, l, "* Im September", "* Ausstellung")
	for _, not := range []string{"Im August", "Fällt aus", "Im Oktober"} {
		if strings.Contains(l[0].Text, not) {
			t.Errorf("%s:\n%s", not, l[0].Text)
		}
	}
	n.wait(time.Hour)
	must(0, n.PlanDigest(ctx))
	n.wantLetters("once a month")
}

func TestSubscribersAreAskedOnceAYear(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	yes, silent := n.subscribes("yes@example.org", inBuende), n.subscribes("silent@example.org", inBuende)
	n.at("2028-07-31T08:00")
	n.wantLetters("a day too early")
	wantSame(t, "forgotten", must(n.Forget(ctx, store.Retention{})), 0)
	n.at("2028-10-20T08:00") // the service was down for months
	wantSame(t, "nobody ends who was not asked", must(n.Forget(ctx, store.Retention{})), 0)
	n.wantLetters("asked", "still silent", "still yes")
	for range 2 {
		must(n.KeepSubscriber(ctx, yes))
	}
	n.at("2028-12-19T07:00")
	wantSame(t, "within sixty days", must(n.Forget(ctx, store.Retention{})), 0)
	n.at("2028-12-19T09:00")
	wantSame(t, "after sixty days", must(n.Forget(ctx, store.Retention{})), 1)
	if _, err := n.Subscriber(ctx, silent); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("who did not answer: %v", err)
	}
	n.at("2029-10-20T08:00")
	n.wantLetters("a year later", "still yes")
	must(n.ChangeSubscriber(ctx, yes, inBuende)) // is an answer, too
	n.at("2030-01-20T08:00")
	wantSame(t, "after her answer", must(n.Forget(ctx, store.Retention{})), 0)
}

func TestAskingAnewDoesNotChangeWhatIsConfirmed(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	token := n.subscribes("s@example.org", inBuende)
	n.wait(2 * time.Hour)
	must(0, n.Subscribe(ctx, "s@example.org", agenda.Wish{Selection: agenda.Selection{Towns: []string{"Vlotho"}}, Pace: agenda.PaceMonth, Lang: agenda.English}))
	l := n.wantLetters("asked anew", "subscribe s")
	wantText(t, l, "Vlotho", "confirmation everything stays as it is.")
	if s := must(n.Subscriber(ctx, token)); s.Towns[0] != "Bünde" || s.Pace != agenda.PaceNews {
		t.Errorf("changed by whoever asked: %+v", s)
	}
	s := must(n.ConfirmSubscriber(ctx, linkOf(l[0])))
	if s.Towns[0] != "Vlotho" || s.Pace != agenda.PaceMonth || s.Lang != agenda.English {
		t.Errorf("confirmed: %+v", s)
	}
	wantSame(t, "counted once", must(n.Subscribers(ctx)), map[agenda.Pace]int{agenda.PaceMonth: 1})
}

func TestNothingIsLeftOfWhoEndsIt(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	token := n.subscribes("s@example.org", inBuende)
	n.titled("Lesung", "Bünde", "2027-09-15T18:30")
	must(0, n.Unsubscribe(ctx, token))
	n.at("2027-08-03T09:00")
	n.wantLetters("she is gone")
	must(n.Forget(ctx, store.Retention{Outbox: time.Hour}))
	n.at("2027-09-30T09:00")
	must(n.Forget(ctx, store.Retention{Outbox: time.Hour}))
	var b bytes.Buffer
	n.dump(&b)
	id := string(agenda.SubscriberIDOf("s@example.org"))
	for line := range strings.Lines(b.String()) {
		if strings.Contains(line, id) || strings.Contains(line, "s@example.org") || strings.HasPrefix(line, `"news\x00`) {
			t.Errorf("still kept: %s", line)
		}
	}
}

func TestRestoredReleaseIsNoNews(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	n.subscribes("s@example.org", inBuende)
	n.accepted("2027-09-16T18:30", "2027-08-03T10:00")
	kept := n.backup()
	n.at("2027-08-05T09:00")
	again, _ := n.restored(kept, false)
	again.tick()
	again.at("2027-08-06T08:00")
	again.wantLetters("it was public, and told, after the backup")
}

func TestEventsThatBecomeOneAreToldOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-02T09:00")
	n.call()
	n.subscribes("s@example.org", inBuende)
	first, second := n.titled("Lesung am Abend", "Bünde", "2027-09-15T18:30"), n.titled("Abendlesung", "Bünde", "2027-09-15T18:30")
	must(n.MergeEvents(ctx, agenda.Shell, store.Merging{Keep: first, Other: second}))
	n.at("2027-08-03T08:00")
	if l := n.wantLetters("made one before they were told", "news s"); strings.Contains(l[0].Text, second.Title) || !strings.Contains(l[0].Text, first.Title) {
		t.Errorf("the mail:\n%s", l[0].Text)
	}
}
