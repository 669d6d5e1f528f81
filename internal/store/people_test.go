package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

func TestLostUpdateIsRefused(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	n.call()
	m, e, p := n.fixed(g.ID, "2027-08-31T09:00"), n.public("2027-09-15T18:30"), must(n.PersonByEmail(ctx, "m00@example.org"))
	sub := must(n.SubmitEvent(ctx, 2027, reading("2027-09-16T18:30"), agenda.German, "", true))
	token := n.SubmissionToken(sub)
	for _, c := range []struct {
		name string
		save func(i int) error
	}{
		{"meeting", func(i int) error {
			_, err := n.ChangeMeeting(ctx, agenda.Shell, m.ID, details(fmt.Sprintf("2027-08-31T1%d:00", i)), m.Changed, agenda.Telling{})
			return err
		}},
		{"person", func(i int) error {
			p.Phone = fmt.Sprint(i)
			_, err := n.SavePerson(ctx, agenda.Shell, p, p.Changed)
			return err
		}},
		{"event", func(i int) error {
			d := reading("2027-09-15T18:30")
			d.Title = fmt.Sprint("Lesung ", i)
			_, err := n.ChangeEvent(ctx, agenda.Shell, e.ID, d, e.Changed, agenda.Telling{})
			return err
		}},
		{"submission", func(i int) error {
			d := reading("2027-09-16T18:30")
			d.Title = fmt.Sprint("Lesung ", i)
			_, err := n.EditSubmission(ctx, token, d, sub.Changed, true)
			return err
		}},
		{"standing of an event", func(int) error {
			_, err := n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, e.Changed, agenda.Telling{})
			return err
		}},
		{"decision", func(int) error {
			_, err := n.DecideEvent(ctx, agenda.Shell, sub.ID, agenda.Published, "", sub.Changed)
			return err
		}},
		{"turn of a meeting", func(int) error {
			_, err := n.TurnMeeting(ctx, agenda.Shell, m.ID, agenda.MeetingCancelled, m.Changed, agenda.Telling{})
			return err
		}},
	} {
		err := c.save(1)
		if first := !strings.ContainsAny(c.name, " ") && c.name != "decision"; first && err != nil {
			t.Errorf("%s: the fresh form is refused: %v", c.name, err)
		}
		if err := c.save(2); !errors.Is(err, agenda.ErrConflict) {
			t.Errorf("%s: the old form: %v, want ErrConflict", c.name, err)
		}
	}
}

func TestTwoSaveAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	m := n.fixed(g.ID, "2027-08-31T09:00")
	saved := race(8, func(i int) error {
		_, err := n.ChangeMeeting(ctx, agenda.Shell, m.ID, details(fmt.Sprintf("2027-08-31T%d:00", 10+i)), m.Changed, mail)
		return err
	}, agenda.ErrConflict)
	wantSame(t, "of eight who save the same form", saved, []error{nil})
	n.wait(time.Hour)
	n.wantLetters("one change", "change m00")
	wantSame(t, "lines of the history", len(n.history(agenda.Ref{Kind: agenda.AboutMeeting, ID: string(m.ID)})), 2)
}

// race calls f from several goroutines at once and returns what they returned,
// without the error that all but one should get.
func race(k int, f func(int) error, others error) []error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var out []error
	start := make(chan struct{})
	for i := range k {
		wg.Go(func() {
			<-start
			err := f(i)
			mu.Lock()
			defer mu.Unlock()
			if !errors.Is(err, others) {
				out = append(out, err)
			}
		})
	}
	close(start)
	wg.Wait()
	return out
}

func TestManyDoTheSameAtOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	p := must(n.PersonByEmail(ctx, "m00@example.org"))
	n.call()
	e := n.public("2027-09-15T18:30")
	wantSame(t, "seats", race(6, func(int) error {
		_, err := n.TakeSeat(ctx, agenda.Shell, g.ID, p.ID, agenda.Date{}, false)
		return err
	}, nil), []error(nil))
	wantSame(t, "seats of one person", len(must(n.SeatsOf(ctx, p.ID))), 1)
	race(6, func(int) error { return n.Watch(ctx, e.ID, "w@example.org", agenda.German) }, nil)
	n.wantLetters("six requests of one address", "confirm w")
	m := n.fixed(g.ID, "2027-08-31T09:00")
	released := make(chan int, 6)
	race(6, func(int) error {
		k, err := n.Invite(ctx, agenda.Shell, g.ID, []agenda.MeetingID{m.ID}, "")
		released <- k
		return err
	}, nil)
	sum := 0
	for range 6 {
		sum += <-released
	}
	wantSame(t, "released", sum, 1)
	n.wantLetters("one invitation", "invitation m00", "invitation m01")
	made := race(6, func(i int) error {
		_, err := n.SavePerson(ctx, agenda.Shell, agenda.Person{Family: fmt.Sprint("Neu", i), Email: "neu@example.org"}, time.Time{})
		var taken agenda.Problems
		if errors.As(err, &taken) && taken[0].Rule == "taken" {
			return agenda.ErrConflict
		}
		return err
	}, agenda.ErrConflict)
	wantSame(t, "people with one address", made, []error{nil})
	race(6, func(int) error { return n.PlanDigest(ctx) }, nil)
	n.wantLetters("nobody wants the digest")
}

func TestAddressBelongsToOne(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	a, b := n.person("Ahrens", "a@example.org"), n.person("Böker", "b@example.org")
	b.Email = "A@Example.org"
	var p agenda.Problems
	if _, err := n.SavePerson(ctx, agenda.Shell, b, time.Time{}); !errors.As(err, &p) || p[0].Rule != "taken" {
		t.Errorf("an address that another has: %v", err)
	}
	a.Email = "neu@example.org"
	must(n.SavePerson(ctx, agenda.Shell, a, time.Time{}))
	must(n.SavePerson(ctx, agenda.Shell, b, time.Time{}))
	wantSame(t, "who has it now", must(n.PersonByEmail(ctx, "a@example.org")).Family, "Böker")
	if _, err := n.PersonByEmail(ctx, "b@example.org"); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("the old address: %v, want ErrNotFound", err)
	}
}

func TestMergedInstitutionsAreOne(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	var rows []agenda.PersonRow
	for i := range 90 {
		rows = append(rows, agenda.PersonRow{Line: i, Family: fmt.Sprint("P", i), Institution: []string{"Caritas e.V.", "Caritasverband Herford"}[i%2], Groups: []string{"Projektgruppe"}})
	}
	must(n.ImportPeople(ctx, agenda.Shell, rows, false))
	list := must(n.Institutions(ctx))
	into, from := list[0], list[1]
	n.wait(time.Second)
	if err := n.MergeInstitutions(ctx, agenda.Shell, into.ID, from.ID); err != nil {
		t.Fatal(err)
	}
	for _, p := range must(n.People(ctx)) {
		if p.Institution != into.ID {
			t.Fatalf("%s is left behind", p.Name())
		}
	}
	for _, seat := range must(n.Seats(ctx, "projektgruppe")) {
		if seat.Institution != into.ID {
			t.Fatalf("seat %s is left behind", seat.ID)
		}
	}
	if _, err := n.Institution(ctx, from.ID); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("the other spelling: %v, want ErrNotFound", err)
	}
	again := must(n.ImportPeople(ctx, agenda.Shell, rows, false))
	wantSame(t, "the file with both spellings again", again.Count("same"), 90)
	wantSame(t, "history", n.history(agenda.Ref{Kind: agenda.AboutInstitution, ID: string(into.ID)}), []string{"added: Caritas e.V.", "merged: Caritas e.V."})
	var p agenda.Problems
	if err := n.MergeInstitutions(ctx, agenda.Shell, into.ID, into.ID); !errors.As(err, &p) {
		t.Errorf("with itself: %v, want a problem", err)
	}
}

// Art. 17 GDPR: whatever the service keeps, the name and the address are gone.
func TestDeletedPersonIsForgottenEverywhere(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	p := n.person("Vergesslich", "vergesslich@example.org")
	must(n.TakeSeat(ctx, agenda.Shell, g.ID, p.ID, agenda.Date{}, true))
	p.Phone = "05221 4711"
	p = must(n.SavePerson(ctx, agenda.Shell, p, time.Time{}))
	seat := must(n.SeatsOf(ctx, must(n.PersonByEmail(ctx, "m00@example.org")).ID))[0]
	must(n.PassSeat(ctx, agenda.Shell, g.ID, seat.ID, p.ID, must(agenda.ParseDate("2027-12-01"))))
	for range 30 { // more than one transaction's worth
		p.Phone += "1"
		p = must(n.SavePerson(ctx, agenda.Shell, p, time.Time{}))
		n.wait(time.Second)
	}
	m := must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, mail))
	for _, id := range must(n.DueNotices(ctx, n.Now(), 10)) {
		must(n.Expand(ctx, id))
	}
	for _, f := range must(n.Claim(ctx, n.Now(), time.Minute, 100)) {
		d := agenda.Delivery{Outcome: agenda.RefusedForHim, Text: "550 5.1.1 <" + f.Email + "> unknown"}
		if err := n.Book(ctx, store.Settled(f.Message, f.Email, d)); err != nil {
			t.Fatal(err)
		}
	}
	n.move(m.ID, "2027-09-07T09:00", mail)
	if err := n.DeletePerson(ctx, agenda.Shell, p.ID); err != nil {
		t.Fatal(err)
	}
	n.wait(time.Hour)
	for _, l := range n.letters() {
		if l.ToEmail == p.Email {
			t.Errorf("%s is sent to the deleted person", l.Kind)
		}
	}
	for _, seat := range must(n.Seats(ctx, g.ID)) {
		for _, d := range []agenda.Date{n.Today(), must(agenda.ParseDate("2028-01-01"))} {
			if seat.Holder(d) == p.ID {
				t.Errorf("she has seat %s on %s", seat.ID, d)
			}
		}
	}
	wantSame(t, "her seats stay without her", len(must(n.Members(ctx, g.ID, must(agenda.ParseDate("2028-01-01"))))), 2)
	var dump strings.Builder
	n.dump(&dump)
	for _, word := range []string{"Vergesslich", "vergesslich", "4711"} {
		if i := strings.Index(dump.String(), word); i >= 0 {
			t.Errorf("the store still says %q: …%s", word, dump.String()[max(0, i-300):min(dump.Len(), i+100)])
		}
	}
	if !strings.Contains(dump.String(), "m01@example.org") {
		t.Error("the others are gone, too")
	}
}

func TestTokensAreForOnePurpose(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	p := must(n.PersonByEmail(ctx, "m00@example.org"))
	n.call()
	e := n.public("2027-09-15T18:30")
	login := must(n.LoginLink(ctx, p.Email))
	tokens := map[string]string{
		"feed": n.PersonFeedToken(p), "group feed": n.GroupFeedToken(g), "login": login, "submission": n.SubmissionToken(e), "watch": n.watch(e.ID, "w@example.org"),
	}
	n.fixed(g.ID, "2027-08-31T09:00")
	n.at("2027-08-17T08:00")
	l := n.wantLetters("reminder", "reminder m00")[0]
	tokens["mute"] = l.Unsubscribe[strings.LastIndex(l.Unsubscribe, "/")+1:]
	open := map[string]func(string) error{
		"feed":       func(t string) error { _, err := n.PersonFeed(ctx, t); return err },
		"group feed": func(t string) error { _, err := n.GroupFeed(ctx, t); return err },
		"submission": func(t string) error { _, err := n.Submission(ctx, t); return err },
		"watch":      func(t string) error { _, _, err := n.Watcher(ctx, t); return err },
		"mute":       func(t string) error { _, _, err := n.MuteToken(ctx, t); return err },
		"login": func(t string) error {
			s, err := n.LoginState(ctx, t, "")
			if err == nil && !s.Valid {
				return agenda.ErrNotFound
			}
			return err
		},
	}
	// Somebody gives a group the name that is her own identifier.
	twin := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: string(p.ID)}))
	wantSame(t, "slug", string(twin.ID), string(p.ID))
	if _, err := n.GroupFeed(ctx, n.PersonFeedToken(p)); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("the feed of a group is opened by the token of a person of the same identifier: %v", err)
	}
	if _, err := n.PersonFeed(ctx, n.GroupFeedToken(twin)); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("the feed of a person is opened by the token of a group of the same identifier: %v", err)
	}
	macOf := func(token string) string { return token[strings.LastIndex(token, "."):] }
	subjectOf := func(token string) string { return token[:strings.LastIndex(token, ".")] }
	for door, f := range open {
		for key, token := range tokens {
			n.wait(-15 * 24 * time.Hour) // the log-in link lasts a day
			err := f(token)
			n.wait(15 * 24 * time.Hour)
			if door == key && door != "login" && err != nil {
				t.Errorf("%s is not opened by its own token: %v", door, err)
			}
			if door != key && !errors.Is(err, agenda.ErrNotFound) {
				t.Errorf("%s is opened by the token of %s: %v", door, key, err)
			}
			for _, bad := range []string{subjectOf(tokens[door]) + macOf(token) + "a", subjectOf(tokens[door]) + ".", subjectOf(tokens[door]), "", ".", "\x00.\x00", tokens[door] + "\x00", strings.Repeat("a", 300), strings.ToUpper(tokens[door])} {
				if err := f(bad); !errors.Is(err, agenda.ErrNotFound) {
					t.Errorf("%s is opened by %q: %v", door, bad, err)
				}
			}
		}
	}
}

func TestRenewedFeedAddress(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(2)
	p := must(n.PersonByEmail(ctx, "m00@example.org"))
	oldP, oldG := n.PersonFeedToken(p), n.GroupFeedToken(g)
	p = must(n.RenewPersonFeed(ctx, agenda.Shell, p.ID))
	g = must(n.RenewGroupFeed(ctx, agenda.Shell, g.ID))
	if _, err := n.PersonFeed(ctx, oldP); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("the leaked address of a person: %v, want ErrNotFound", err)
	}
	if _, err := n.GroupFeed(ctx, oldG); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("the leaked address of a group: %v, want ErrNotFound", err)
	}
	wantSame(t, "the new one of a person", must(n.PersonFeed(ctx, n.PersonFeedToken(p))), p.ID)
	wantSame(t, "the new one of a group", must(n.GroupFeed(ctx, n.GroupFeedToken(g))), g.ID)
	g.Name = "Neue Projektgruppe"
	wantSame(t, "generation after an edit", must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{ID: g.ID, Name: g.Name})).FeedGen, 1)
}

func TestIdentifiersOutOfAddressesAreFoundOrNot(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	for _, id := range []string{"", "nix", "\x00", "a\x00b", strings.Repeat("a", 5000), "../../etc/passwd"} {
		for what, f := range map[string]func() error{
			"meeting": func() error { _, err := n.Meeting(ctx, agenda.MeetingID(id)); return err },
			"event":   func() error { _, err := n.Event(ctx, agenda.EventID(id)); return err },
			"slug":    func() error { _, err := n.EventBySlug(ctx, 2027, id); return err },
			"person":  func() error { _, err := n.Person(ctx, agenda.PersonID(id)); return err },
			"group":   func() error { _, err := n.Group(ctx, agenda.GroupID(id)); return err },
			"message": func() error { _, err := n.Message(ctx, agenda.MessageID(id)); return err },
			"seat": func() error {
				_, err := n.PassSeat(ctx, agenda.Shell, agenda.GroupID(id), agenda.SeatID(id), "", n.Today())
				return err
			},
			"institution": func() error { _, err := n.Institution(ctx, agenda.InstitutionID(id)); return err },
		} {
			if err := f(); !errors.Is(err, agenda.ErrNotFound) {
				t.Errorf("%s %q: %v, want ErrNotFound", what, id, err)
			}
		}
		if _, _, err := n.History(ctx, agenda.Ref{Kind: agenda.AboutEvent, ID: id}, id, 10); err != nil {
			t.Errorf("history of %q: %v", id, err)
		}
		if _, _, err := n.Messages(ctx, store.OutboxFilter{About: agenda.Ref{Kind: agenda.AboutEvent, ID: id}, Before: id}, 10); err != nil {
			t.Errorf("messages about %q: %v", id, err)
		}
	}
}
