package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/store"
)

// course makes a public event with that many places, for which people sign up
// here. It begins on the 20th of September 2027 at 18:00.
func (n *network) openHouse(places int) agenda.Event {
	n.t.Helper()
	start := must(agenda.ParseLocal("2027-09-20T18:00"))
	d := agenda.EventDetails{
		Title: "Nähkurs", Summary: "Text", Category: "kurs", Start: start, End: start.AddMinutes(120), Venue: agenda.Venue{Name: "Bücherei", Town: "Bünde"},
		Organiser: "Stadt Bünde", Audiences: []string{"alle"}, Languages: []string{"de"}, Free: true, Contact: "info@example.org",
		Internal: agenda.Contact{Name: "Erika", Email: "erika@example.org"}, SignUpHere: true, Places: places,
	}
	return must(n.AddEvent(ctx, agenda.Shell, 0, d, agenda.Published, ""))
}

func (n *network) wants(e agenda.Event, name string, persons int) error {
	return n.SignUp(ctx, e.ID, agenda.SignUp{Name: name, Email: name + "@example.org", Persons: persons, Lang: agenda.German})
}

// link is the token of the sign-up of a name.
func (n *network) link(e agenda.Event, name string) string {
	n.t.Helper()
	for _, u := range must(n.SignUps(ctx, e.ID)) {
		if u.Name == name {
			return n.SignUpToken(u)
		}
	}
	n.t.Fatalf("%s did not sign up", name)
	return ""
}

// comes signs somebody up and confirms.
func (n *network) comes(e agenda.Event, name string, persons int) agenda.SignUpState {
	n.t.Helper()
	if err := n.wants(e, name, persons); err != nil {
		n.t.Fatal(err)
	}
	return must(n.ConfirmSignUp(ctx, n.link(e, name))).State
}

func (n *network) state(e agenda.Event, name string) agenda.SignUpState {
	n.t.Helper()
	u, _, _, err := n.SignedUp(ctx, n.link(e, name))
	if err != nil {
		n.t.Fatal(err)
	}
	return u.State
}

// lapse does what time alone does.
func (n *network) lapse() {
	n.t.Helper()
	for _, id := range must(n.DueLapses(ctx, n.Now(), 100)) {
		if err := n.Lapse(ctx, id); err != nil {
			n.t.Fatal(err)
		}
	}
}

func (n *network) counts(e agenda.Event, taken, waiting int, full bool) {
	n.t.Helper()
	h := must(n.House(ctx, e.ID))
	if h.Taken != taken || h.Waiting != waiting {
		n.t.Errorf("%d taken, %d waited for; want %d, %d", h.Taken, h.Waiting, taken, waiting)
	}
	if got := must(n.Event(ctx, e.ID)); got.FullyBooked != full {
		n.t.Errorf("fully booked: %v, want %v", got.FullyBooked, full)
	}
}

func TestWaitingListKeepsItsOrder(t *testing.T) {
	n := open(t, "2027-09-01T12:00")
	e := n.openHouse(2)
	if a, b := n.comes(e, "ada", 1), n.comes(e, "bea", 1); a != agenda.SignUpSeated || b != agenda.SignUpSeated {
		t.Fatalf("%s, %s: want seats", a, b)
	}
	n.counts(e, 2, 0, true)
	if c, d := n.comes(e, "cem", 2), n.comes(e, "dua", 1); c != agenda.SignUpWaiting || d != agenda.SignUpWaiting {
		t.Fatalf("%s, %s: want waiting", c, d)
	}
	if _, _, place, _ := n.SignedUp(ctx, n.link(e, "dua")); place != 2 {
		t.Errorf("place %d on the list, want 2", place)
	}
	must(n.WithdrawSignUp(ctx, n.link(e, "ada")))
	if c, d := n.state(e, "cem"), n.state(e, "dua"); c != agenda.SignUpWaiting || d != agenda.SignUpWaiting {
		t.Errorf("one place for two people, or an overtaking: %s, %s", c, d)
	}
	if n.wants(e, "eva", 1); n.state(e, "eva") != agenda.SignUpQueued {
		t.Errorf("who comes later overtakes the list: %s", n.state(e, "eva"))
	}
	must(n.WithdrawSignUp(ctx, n.link(e, "bea")))
	must(n.WithdrawSignUp(ctx, n.link(e, "bea"))) // the second click frees nothing more
	if n.state(e, "cem") != agenda.SignUpOffered || n.state(e, "dua") != agenda.SignUpWaiting {
		t.Errorf("two free places: %s, %s", n.state(e, "cem"), n.state(e, "dua"))
	}
	n.counts(e, 2, 1, true)
	must(n.ConfirmSignUp(ctx, n.link(e, "cem")))
	if u := must(n.ConfirmSignUp(ctx, n.link(e, "cem"))); u.State != agenda.SignUpSeated {
		t.Errorf("accepted twice: %s", u.State)
	}
	must(n.ResizeSignUp(ctx, n.link(e, "cem"), 1))
	if n.state(e, "dua") != agenda.SignUpOffered {
		t.Errorf("a place of a smaller group goes to nobody: %s", n.state(e, "dua"))
	}
	var p agenda.Problems
	if _, err := n.ResizeSignUp(ctx, n.link(e, "cem"), 2); !errors.As(err, &p) || p[0].Rule != "no_places" {
		t.Errorf("more people than places: %v", err)
	}
	n.counts(e, 2, 0, true)
}

func TestPlacesThatNobodyConfirms(t *testing.T) {
	n := open(t, "2027-09-01T12:00")
	e := n.openHouse(1)
	n.wants(e, "ada", 1)
	n.comes(e, "bea", 1)
	n.comes(e, "cem", 1)
	n.counts(e, 1, 2, true)
	n.wait(49 * time.Hour)
	if _, err := n.ConfirmSignUp(ctx, n.link(e, "ada")); !errors.Is(err, agenda.ErrExpired) {
		t.Errorf("confirmed too late: %v, want ErrExpired", err)
	}
	n.lapse()
	if n.state(e, "ada") != agenda.SignUpLapsed || n.state(e, "bea") != agenda.SignUpOffered {
		t.Fatalf("%s, %s: want lapsed, offered", n.state(e, "ada"), n.state(e, "bea"))
	}
	n.wait(49 * time.Hour)
	if _, err := n.ConfirmSignUp(ctx, n.link(e, "bea")); !errors.Is(err, agenda.ErrExpired) {
		t.Errorf("accepted too late: %v, want ErrExpired", err)
	}
	n.lapse()
	n.lapse()
	if n.state(e, "bea") != agenda.SignUpLapsed || n.state(e, "cem") != agenda.SignUpOffered {
		t.Fatalf("%s, %s: want lapsed, offered", n.state(e, "bea"), n.state(e, "cem"))
	}
	if n.wants(e, "ada", 1); n.state(e, "ada") != agenda.SignUpQueued {
		t.Errorf("asked anew: %s", n.state(e, "ada"))
	}
	n.at("2027-09-20T10:00") // near the event places are kept for a shorter time
	must(n.WithdrawSignUp(ctx, n.link(e, "cem")))
	n.wants(e, "dua", 1)
	u, _, _, _ := n.SignedUp(ctx, n.link(e, "dua"))
	if kept := u.Until.Sub(n.Now()); kept != 2*time.Hour {
		t.Errorf("kept for %v eight hours before, want 2 h", kept)
	}
	n.at("2027-09-20T18:00")
	n.lapse()
	if err := n.wants(e, "eva", 1); err == nil {
		t.Error("signed up for what has begun")
	}
}

func TestSigningUpTwice(t *testing.T) {
	n := open(t, "2027-09-01T12:00")
	e := n.openHouse(10)
	for range 3 {
		if err := n.SignUp(ctx, e.ID, agenda.SignUp{Name: "Ada", Email: "Ada@Example.org ", Persons: 2, Lang: agenda.German}); err != nil {
			t.Fatal(err)
		}
	}
	n.counts(e, 2, 0, false)
	n.expect("one mail", map[agenda.Kind]int{agenda.KindSignUp: 1})
	n.wait(2 * time.Hour)
	n.wants(e, "ada", 5)
	n.counts(e, 2, 0, false) // who forgot asks again; somebody else changes nothing
	n.expect("one more after an hour", map[agenda.Kind]int{agenda.KindSignUp: 1})
	for _, name := range []string{"K. A.", "L. B.", "k. a."} { // a counsellor
		if err := n.SignUp(ctx, e.ID, agenda.SignUp{Name: name, Email: "beratung@example.org", Persons: 1, ForOther: true, Lang: agenda.German}); err != nil {
			t.Fatal(err)
		}
	}
	n.counts(e, 4, 0, false)
	for i := range 40 {
		err := n.SignUp(ctx, e.ID, agenda.SignUp{Name: fmt.Sprint("Nr. ", i), Email: "beratung@example.org", Persons: 1, ForOther: true})
		if i > 30 && !errors.Is(err, agenda.ErrTooMany) {
			t.Errorf("number %d of a day: %v, want ErrTooMany", i, err)
		}
	}
}

func TestSignUpThatCannotBe(t *testing.T) {
	n := open(t, "2027-09-01T12:00")
	e := n.openHouse(3)
	for name, u := range map[string]agenda.SignUp{
		"persons": {Name: "A", Email: "a@example.org"}, "email": {Name: "A", Email: "a", Persons: 1}, "name": {Name: " \u202e", Email: "a@example.org", Persons: 1},
		"children": {Name: "A", Email: "a@example.org", Persons: 1, Needs: agenda.Needs{Childcare: 99}}, "interpreter": {Name: "A", Email: "a@example.org", Persons: 1, Needs: agenda.Needs{Interpreter: "xx"}},
	} {
		var p agenda.Problems
		if err := n.SignUp(ctx, e.ID, u); !errors.As(err, &p) || p.For(name) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var p agenda.Problems
	if err := n.wants(e, "four", 4); !errors.As(err, &p) || p.For("persons") == nil {
		t.Errorf("more people than the house has places: %v", err)
	}
	refused := func(why string) {
		t.Helper()
		var p agenda.Problems
		if err := n.wants(e, "ada", 1); !errors.As(err, &p) || p[0].Rule != why {
			t.Errorf("%v, want %s", err, why)
		}
	}
	must(n.CloseSignUp(ctx, agenda.Shell, e.ID, true))
	refused("signup_closed")
	must(n.CloseSignUp(ctx, agenda.Shell, e.ID, false))
	d := e.EventDetails
	d.SignUpUntil = must(agenda.ParseDate("2027-08-31"))
	e = must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	refused("signup_closed")
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{}))
	refused("signup_off")
	n.at("2027-09-20T18:00")
	must(n.StandEvent(ctx, agenda.Shell, e.ID, agenda.Scheduled, false, time.Time{}, agenda.Telling{}))
	refused("signup_over")
	n.counts(e, 0, 0, false)
	if err := n.SignUp(ctx, "nothing\x00", agenda.SignUp{}); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("no such event: %v", err)
	}
}

// More places, also more than one transaction can offer.
func TestMorePlacesAreOffered(t *testing.T) {
	n := open(t, "2027-09-01T12:00")
	e := n.openHouse(1)
	for i := range 22 {
		n.comes(e, fmt.Sprintf("p%02d", i), 1)
	}
	d := e.EventDetails
	d.Places = 21
	e = must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{}))
	for range 4 {
		n.lapse()
	}
	for i := range 22 {
		want := agenda.SignUpOffered
		switch i {
		case 0:
			want = agenda.SignUpSeated
		case 21:
			want = agenda.SignUpWaiting
		}
		if got := n.state(e, fmt.Sprintf("p%02d", i)); got != want {
			t.Errorf("number %d: %s, want %s", i, got, want)
		}
	}
	n.counts(e, 21, 1, true)
}

func TestWhoSignedUpIsToldAndForgotten(t *testing.T) {
	n := open(t, "2027-09-01T12:00")
	e := n.openHouse(1)
	n.comes(e, "ada", 1)
	n.comes(e, "bea", 1)
	n.wants(e, "cem", 1) // not confirmed
	n.expect("to confirm, and where they stand", map[agenda.Kind]int{agenda.KindSignUp: 5})
	d := e.EventDetails
	d.Venue.Name = "Rathaus"
	e = must(n.ChangeEvent(ctx, agenda.Shell, e.ID, d, time.Time{}, agenda.Telling{Mail: true}))
	n.wait(time.Hour)
	n.expect("a change, to who has a place and who waits", map[agenda.Kind]int{agenda.KindChange: 2})
	n.at("2027-09-19T12:00")
	n.lapse()
	n.expect("a reminder, to who has a place, and how many come to the organiser", map[agenda.Kind]int{agenda.KindReminder: 1, agenda.KindHeads: 1})
	n.at("2027-09-21T12:00")
	keep := store.Retention{}
	must(n.Forget(ctx, keep))
	n.expect("thanks", map[agenda.Kind]int{agenda.KindThanks: 1, agenda.KindVisitors: 1})
	if left := must(n.SignUps(ctx, e.ID)); len(left) != 2 {
		t.Errorf("%d are known, want those who confirmed", len(left))
	}
	n.at("2027-10-22T12:00")
	must(n.Forget(ctx, keep))
	if left := must(n.SignUps(ctx, e.ID)); len(left) != 0 {
		t.Errorf("%d sign-ups are still known", len(left))
	}
	if h := must(n.House(ctx, e.ID)); h.Seated != 1 {
		t.Errorf("counted %d, want 1", h.Seated)
	}
}

func TestNeedsAreForgottenFirst(t *testing.T) {
	n := open(t, "2027-09-01T12:00")
	e := n.openHouse(5)
	if err := n.SignUp(ctx, e.ID, agenda.SignUp{Name: "Ada", Email: "ada@example.org", Persons: 1, Needs: agenda.Needs{Childcare: 2, StepFree: true}}); err != nil {
		t.Fatal(err)
	}
	must(n.ConfirmSignUp(ctx, n.link(e, "Ada")))
	needs := func() agenda.Needs {
		must(n.Forget(ctx, store.Retention{}))
		return must(n.SignUps(ctx, e.ID))[0].Needs
	}
	n.at("2027-09-20T23:00")
	if needs().Childcare != 2 {
		t.Error("forgotten on the day itself")
	}
	n.at("2027-09-21T04:30")
	if needs() != (agenda.Needs{}) {
		t.Error("still known on the day after")
	}
}

func TestDeletingMyData(t *testing.T) {
	n := open(t, "2027-09-01T12:00")
	e := n.openHouse(1)
	n.comes(e, "ada", 1)
	n.comes(e, "bea", 1)
	token := n.link(e, "ada")
	for range 2 {
		if err := n.DeleteSignUp(ctx, token); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, _, err := n.SignedUp(ctx, token); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("still there: %v", err)
	}
	if n.state(e, "bea") != agenda.SignUpOffered {
		t.Error("the place goes to nobody")
	}
	n.counts(e, 1, 0, true)
}

// A thousand people for a hundred places, at once, on a file that syncs: exactly
// a hundred have one or it is kept for them, the others wait in the order in
// which they came.
func TestSignUpRace(t *testing.T) {
	const people, places = 1000, 100
	db := must(bolt.Open(filepath.Join(t.TempDir(), "race.db"), bolt.Options{Create: true}))
	n := &network{t: t, db: db}
	n.at("2027-09-01T12:00")
	n.Store = must(store.New(ctx, db, n.config()))
	t.Cleanup(func() { must(0, db.Close()) })
	e := n.openHouse(places)
	var wg sync.WaitGroup
	work := make(chan int)
	for range 64 {
		wg.Go(func() {
			for i := range work {
				name := fmt.Sprintf("p%04d", i)
				if err := n.wants(e, name, 1); err != nil {
					t.Error(err)
				}
				u := agenda.SignUp{Event: e.ID, Email: name + "@example.org"}
				if rand.N(3) > 0 { // some confirm at once, some later
					if _, err := n.ConfirmSignUp(ctx, n.SignUpToken(agenda.SignUp{ID: agenda.SignUpIDOf(u)})); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	for i := range people {
		work <- i
	}
	close(work)
	wg.Wait()
	held, first, numbers := 0, 0, map[int]bool{}
	for _, u := range must(n.SignUps(ctx, e.ID)) {
		held += u.Holds()
		if u.Holds() > 0 {
			first = max(first, u.Number)
		}
		numbers[u.Number] = true
	}
	if held != places || first != places || len(numbers) != people {
		t.Errorf("%d places are held, up to number %d, by %d different turns; want %d, %d, %d", held, first, len(numbers), places, places, people)
	}
	n.counts(e, places, must(n.House(ctx, e.ID)).Waiting, true)
	last := 0
	for _, u := range must(n.WaitingList(ctx, e.ID)) {
		if u.Number <= last || u.State != agenda.SignUpWaiting {
			t.Errorf("number %d (%s) after %d", u.Number, u.State, last)
		}
		last = u.Number
	}
}

// Whatever people do in whatever order: places and counts agree with the sign-ups.
func TestHouseIsNeverOverbooked(t *testing.T) {
	n := open(t, "2027-09-01T12:00")
	e := n.openHouse(4)
	names := []string{"a", "b", "c", "d", "e", "f", "g"}
	r := rand.New(rand.NewPCG(7, 27))
	for step := range 300 {
		name := names[r.IntN(len(names))]
		known := false
		for _, u := range must(n.SignUps(ctx, e.ID)) {
			known = known || u.Name == name
		}
		switch token := ""; {
		case !known:
			n.wants(e, name, 1+r.IntN(2)) //nolint:errcheck // too many a day
		default:
			token = n.link(e, name)
			switch r.IntN(6) {
			case 0:
				n.WithdrawSignUp(ctx, token) //nolint:errcheck // whatever comes of it
			case 1:
				n.ConfirmSignUp(ctx, token) //nolint:errcheck
			case 2:
				n.ResizeSignUp(ctx, token, 1+r.IntN(3)) //nolint:errcheck
			case 3:
				n.wait(30 * time.Hour)
				n.lapse()
				n.at("2027-09-01T12:00")
			case 4:
				n.wants(e, name, 1+r.IntN(2)) //nolint:errcheck
			case 5:
				must(0, n.DeleteSignUp(ctx, token))
			}
		}
		taken, waiting := 0, 0
		for _, u := range must(n.SignUps(ctx, e.ID)) {
			taken += u.Holds()
			if u.State == agenda.SignUpWaiting {
				waiting += u.Persons
			}
		}
		if h := must(n.House(ctx, e.ID)); h.Taken != taken || h.Waiting != waiting || taken > 4 {
			t.Fatalf("step %d: counts %d and %d, sign-ups %d and %d", step, h.Taken, h.Waiting, taken, waiting)
		}
		if list := must(n.WaitingList(ctx, e.ID)); len(list) > 0 && 4-taken >= list[0].Persons {
			t.Fatalf("step %d: %d places are free and nobody is offered them", step, 4-taken)
		}
	}
}
