package store_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// writer writes the letters of the tests: what people get is what counts.
var writer = sync.OnceValue(func() *letter.Writer {
	site := letter.Site{Name: "widunetz", BaseURL: "https://termine.example", Office: "buero@widunetz.example"}
	loc := must(time.LoadLocation("Europe/Berlin"))
	return must(letter.NewWriter(must(lang.Load()), site, loc))
})

// letters sends all that is due now, as the scheduler does, and returns the
// letters by address and kind.
func (n *network) letters() []letter.Letter {
	n.t.Helper()
	var out []letter.Letter
	for {
		ids := must(n.DueNotices(ctx, n.Now(), 10))
		for _, id := range ids {
			for must(n.Expand(ctx, id)) {
			}
		}
		facts := must(n.Claim(ctx, n.Now(), time.Minute, 100))
		if len(ids) == 0 && len(facts) == 0 {
			break
		}
		for _, f := range facts {
			l, err := writer().Compose(f)
			switch {
			case errors.Is(err, letter.ErrNothing):
				err = n.Book(ctx, store.Ended(f.Message, agenda.MessageDropped, ""))
			case err == nil:
				out = append(out, l)
				err = n.Book(ctx, store.Settled(f.Message, f.Email, agenda.Delivery{}))
			}
			if err != nil {
				n.t.Fatal(err)
			}
		}
	}
	slices.SortFunc(out, func(a, b letter.Letter) int {
		return strings.Compare(a.ToEmail+" "+string(a.Kind), b.ToEmail+" "+string(b.Kind))
	})
	return out
}

// wantLetters sends all that is due and compares with "kind address", in the
// order of the addresses. It returns the letters.
func (n *network) wantLetters(what string, want ...string) []letter.Letter {
	n.t.Helper()
	got := n.letters()
	var lines []string
	for _, l := range got {
		lines = append(lines, string(l.Kind)+" "+strings.TrimSuffix(l.ToEmail, "@example.org"))
	}
	if !slices.Equal(lines, want) {
		n.t.Errorf("%s: %v, want %v", what, lines, want)
	}
	return got
}

// wantText expects the parts in every letter.
func wantText(t testing.TB, letters []letter.Letter, parts ...string) {
	t.Helper()
	for _, l := range letters {
		for _, p := range parts {
			if !strings.Contains(l.Text, p) {
				t.Errorf("the %s to %s does not say %q:\n%s", l.Kind, l.ToEmail, p, l.Text)
			}
		}
	}
}

func (n *network) fixed(g agenda.GroupID, start string) agenda.Meeting {
	n.t.Helper()
	return must(n.PlanMeeting(ctx, agenda.Shell, g, details(start), agenda.MeetingFixed, agenda.Telling{}))
}

func (n *network) person(family, email string) agenda.Person {
	n.t.Helper()
	return must(n.SavePerson(ctx, agenda.Shell, agenda.Person{Given: "Vor", Family: family, Email: email}, time.Time{}))
}

func (n *network) move(id agenda.MeetingID, start string, tell agenda.Telling) agenda.Meeting {
	n.t.Helper()
	return must(n.ChangeMeeting(ctx, agenda.Shell, id, details(start), time.Time{}, tell))
}

func (n *network) turn(id agenda.MeetingID, to agenda.MeetingState, tell agenda.Telling) agenda.Meeting {
	n.t.Helper()
	return must(n.TurnMeeting(ctx, agenda.Shell, id, to, time.Time{}, tell))
}

func reading(start string) agenda.EventDetails {
	s := must(agenda.ParseLocal(start))
	return agenda.EventDetails{
		Title: "Lesung", Summary: "Eine Autorin liest.", Category: "lesung", Start: s, End: s.AddMinutes(90), Venue: agenda.Venue{Name: "Bücherei", Town: "Bünde"},
		Organiser: "Stadt Bünde", Audiences: []string{"alle"}, Languages: []string{"de"}, Free: true, Contact: "info@example.org",
		Internal: agenda.Contact{Name: "Erika", Email: "erika@example.org"},
	}
}

// call opens the call for events of 2027.
func (n *network) call() agenda.Edition {
	n.t.Helper()
	return must(n.SaveEdition(ctx, agenda.Shell, agenda.Edition{
		Year: 2027, Title: "Interkulturelle Wochen 2027", Starts: must(agenda.ParseDate("2027-09-11")), Ends: must(agenda.ParseDate("2027-10-10")), Open: true,
	}))
}

// public adds an event that is in the programme.
func (n *network) public(start string) agenda.Event {
	n.t.Helper()
	return must(n.AddEvent(ctx, agenda.Shell, 2027, reading(start), agenda.Published, ""))
}

// watch asks to be reminded of the event and confirms it.
func (n *network) watch(e agenda.EventID, email string) (token string) {
	n.t.Helper()
	if err := n.Watch(ctx, e, email, agenda.German); err != nil {
		n.t.Fatal(err)
	}
	id := agenda.WatcherIDOf(e, email)
	for _, l := range n.letters() {
		if l.Kind == agenda.KindConfirm && l.ToEmail == email {
			token = string(id) + l.Unsubscribe[strings.LastIndex(l.Unsubscribe, "."):]
		}
	}
	must2(n.ConfirmWatch(ctx, token))
	return token
}

// history returns "verb: title" of the lines about a thing, oldest first.
func (n *network) history(about agenda.Ref) []string {
	n.t.Helper()
	entries, _, err := n.History(ctx, about, "", 1000)
	if err != nil {
		n.t.Fatal(err)
	}
	var out []string
	for _, e := range slices.Backward(entries) {
		out = append(out, e.Verb+": "+e.Title)
	}
	return out
}

// dump writes every record of the store.
func (n *network) dump(w io.Writer) {
	n.t.Helper()
	err := n.db.View(ctx, func(tx kv.Tx) error {
		for p, err := range tx.Scan("", "") {
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "%q %s\n", p.Key, p.Value)
		}
		return nil
	})
	if err != nil {
		n.t.Fatal(err)
	}
}

func wantSame[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func fields(changes []agenda.Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, c.Field+":"+c.Old+">"+c.New)
	}
	return strings.Join(out, " ")
}
