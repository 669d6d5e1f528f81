package store_test

import (
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
	"widunetz/internal/store"
)

// reads opens the store anew: answers by calendar mail are read from now on.
func (n *network) reads() {
	c := n.config()
	c.Replies = true
	n.Store = must(store.New(ctx, n.db, c))
}

// requests counts who was invited by calendar message.
func (n *network) requests() (count int) {
	must(0, n.db.View(ctx, func(tx kv.Tx) error {
		for _, err := range tx.Scan(kv.Prefix("request")) {
			if err != nil {
				return err
			}
			count++
		}
		return nil
	}))
	return count
}

func (n *network) asks(g agenda.GroupID, on bool) {
	must(0, n.SetRules(ctx, agenda.Shell, g, agenda.Rules{Answers: agenda.AnswerRules{On: on}}, time.Time{}))
}

// A date that programs are asked to answer is told by a mail of its own, since
// programs read one date from a mail: whichever of the two groups asks.
func TestDatesThatAreAskedAreToldByMailsOfTheirOwn(t *testing.T) {
	t.Parallel()
	apart := []string{"anna change: Kerngruppe", "anna change: Projektgruppe", "kai change: Kerngruppe", "paul change: Projektgruppe"}
	for name, c := range map[string]struct {
		reads         bool
		project, core bool
		want          []string
	}{
		"nobody asks":                     {true, false, false, []string{"anna change: Projektgruppe + Kerngruppe", "kai change: Kerngruppe", "paul change: Projektgruppe"}},
		"no mailbox":                      {false, true, true, []string{"anna change: Projektgruppe + Kerngruppe", "kai change: Kerngruppe", "paul change: Projektgruppe"}},
		"the group of the date asks":      {true, true, false, apart},
		"the group that prepares it asks": {true, false, true, apart},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := openPrepared(t, agenda.MeetingFixed).invited()
			if c.reads {
				n.reads()
			}
			n.asks(n.project.ID, c.project)
			n.asks(n.core.ID, c.core)
			n.move(n.target, "2027-03-04T09:00", agenda.Telling{Mail: true})
			n.told("moved", c.want...)
			must(n.TurnMeeting(ctx, agenda.Shell, n.target.ID, agenda.MeetingCancelled, time.Time{}, agenda.Telling{Mail: true}))
			if got := len(n.mails()); got != len(c.want) {
				t.Errorf("cancelled: %d mails, want %d", got, len(c.want))
			}
		})
	}
}

func TestWhoWasInvitedByCalendarMessageIsForgotten(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-08-01T12:00")
	g := n.group(3)
	n.asks(g.ID, true)
	n.reads()
	must(n.PlanMeeting(ctx, agenda.Shell, g.ID, details("2027-08-31T09:00"), agenda.MeetingFixed, mail))
	var first agenda.Person
	for _, f := range n.claim(time.Minute) {
		must(0, n.Book(ctx, store.Settled(f.Message, f.Email, agenda.Delivery{}).Carrying(f.Calling())))
		first = must(n.PersonByEmail(ctx, f.Email))
	}
	if got := n.requests(); got != 2 {
		t.Fatalf("%d noted, want 2", got)
	}
	must(0, n.DeletePerson(ctx, agenda.Shell, first.ID))
	if got := n.requests(); got != 1 {
		t.Errorf("%d left when one was deleted", got)
	}
	n.at("2027-09-30T23:00")
	must(n.Forget(ctx, store.Retention{}))
	if got := n.requests(); got != 1 {
		t.Errorf("%d left 30 days after", got)
	}
	n.at("2027-10-01T01:00")
	must(n.Forget(ctx, store.Retention{}))
	if got := n.requests(); got != 0 {
		t.Errorf("%d left after that", got)
	}
}
