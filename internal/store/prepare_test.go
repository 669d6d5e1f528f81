package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// prepared is a network in which Anna sits in both groups, Paul in the
// Projektgruppe and Kai in the Kerngruppe, with one date of each.
type prepared struct {
	*network
	project, core agenda.Group
	target, kern  agenda.Meeting
}

func openPrepared(t *testing.T, state agenda.MeetingState) *prepared {
	n := &prepared{network: open(t, "2026-11-24T09:00")}
	n.project = must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe"}))
	n.core = must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Kerngruppe", Prepares: n.project.ID, Start: "10:00", Minutes: 90, Place: "Raum 113"}))
	for _, p := range []struct {
		name   string
		groups []agenda.GroupID
	}{{"anna", []agenda.GroupID{n.project.ID, n.core.ID}}, {"paul", []agenda.GroupID{n.project.ID}}, {"kai", []agenda.GroupID{n.core.ID}}} {
		who := n.person(p.name, p.name+"@example.org")
		for _, g := range p.groups {
			must(n.TakeSeat(ctx, agenda.Shell, g, who.ID, agenda.Date{}, false))
		}
	}
	year := must(n.PlanDates(ctx, agenda.Shell, n.project.ID, []agenda.PlannedDate{{MeetingDetails: details("2027-02-25T09:00")}}, state, true, "form"))
	if len(year.Dates) != 1 || len(year.Preparing) != 1 {
		t.Fatalf("made %+v", year)
	}
	n.target, n.kern = year.Dates[0], year.Preparing[0]
	return n
}

// invited releases the invitations to both dates.
func (n *prepared) invited() *prepared {
	n.t.Helper()
	must(n.Invite(ctx, agenda.Shell, n.project.ID, []agenda.MeetingID{n.target.ID}, ""))
	must(n.Invite(ctx, agenda.Shell, n.core.ID, []agenda.MeetingID{n.kern.ID}, ""))
	n.due()
	return n
}

// mails says who would get which mail about which dates now, and settles them.
func (n *prepared) mails() []string {
	n.t.Helper()
	n.wait(20 * time.Minute)
	var out []string
	for {
		ids := must(n.DueNotices(ctx, n.Now(), 10))
		for _, id := range ids {
			for must(n.Expand(ctx, id)) {
			}
		}
		facts := must(n.Claim(ctx, n.Now(), time.Minute, 100))
		if len(ids) == 0 && len(facts) == 0 {
			slices.Sort(out)
			return out
		}
		for _, f := range facts {
			dates := []string{f.Group.Name}
			for _, a := range f.Also {
				dates = append(dates, a.Of.Name)
			}
			out = append(out, fmt.Sprintf("%s %s: %s", strings.TrimSuffix(f.Email, "@example.org"), f.Message.Kind, strings.Join(dates, " + ")))
			must(0, n.Book(ctx, store.Settled(f.Message, f.Email, agenda.Delivery{})))
		}
	}
}

func (n *prepared) move(m agenda.Meeting, start string, tell agenda.Telling) {
	n.t.Helper()
	d := m.MeetingDetails
	d.Start = must(agenda.ParseLocal(start))
	d.End = d.Start.AddMinutes(m.Start.MinutesTo(m.End))
	must(n.ChangeMeeting(ctx, agenda.Shell, m.ID, d, time.Time{}, tell))
}

func (n *prepared) stands(what, want string) {
	n.t.Helper()
	if m := must(n.Meeting(ctx, n.kern.ID)); string(m.State)+" "+m.Start.String() != want {
		n.t.Errorf("%s: the Kerngruppe stands %s %s, want %s", what, m.State, m.Start, want)
	}
}

func (n *prepared) told(what string, want ...string) {
	n.t.Helper()
	if got := n.mails(); !slices.Equal(got, want) {
		n.t.Errorf("%s: mails %q, want %q", what, got, want)
	}
}

func TestPreparingMeetingIsMadeWithItsTarget(t *testing.T) {
	n := openPrepared(t, agenda.MeetingPlanned)
	n.stands("ten working days before", "planned 2027-02-11T10:00")
	if n.kern.Place != "Raum 113" || n.kern.Start.MinutesTo(n.kern.End) != 90 {
		t.Errorf("made as %+v", n.kern.MeetingDetails)
	}
	if of := must(n.Prepared(ctx, n.kern.ID)); of.ID != n.target.ID {
		t.Errorf("prepares %q", of.ID)
	}
	for range 2 { // the second click makes nothing more
		made, missing, err := n.Prepare(ctx, agenda.Shell, n.target.ID)
		if err != nil || len(made) != 1 || made[0].ID != n.kern.ID || len(missing) != 0 {
			t.Errorf("again: %v, %v, %v", made, missing, err)
		}
	}
	// The working days of the group count.
	n.core.Before = 3
	n.core = must(n.SaveGroup(ctx, agenda.Shell, n.core))
	next := must(n.PlanDates(ctx, agenda.Shell, n.project.ID, []agenda.PlannedDate{{MeetingDetails: details("2027-05-20T09:00")}}, agenda.MeetingFixed, true, "next"))
	if got := next.Preparing[0].Start.String(); got != "2027-05-14T10:00" { // 17 May is Whit Monday: offices are closed
		t.Errorf("three working days before 20 May: %s", got)
	}
	// A date of the group that stands in front of the target is tied, not doubled.
	own := n.fixed(n.core.ID, "2027-08-24T10:00")
	third := must(n.PlanDates(ctx, agenda.Shell, n.project.ID, []agenda.PlannedDate{{MeetingDetails: details("2027-09-02T09:00")}}, agenda.MeetingFixed, true, "third"))
	if len(third.Preparing) != 1 || third.Preparing[0].ID != own.ID {
		t.Errorf("made %v beside the one that stands", third.Preparing)
	}
	// No date without a group that prepares.
	if made, _, err := n.Prepare(ctx, agenda.Shell, own.ID); err != nil || len(made) != 0 {
		t.Errorf("nobody prepares the Kerngruppe: %v, %v", made, err)
	}
	n.turn(n.target.ID, agenda.MeetingCancelled, agenda.Telling{})
	if _, _, err := n.Prepare(ctx, agenda.Shell, n.target.ID); !errors.Is(err, agenda.ErrState) {
		t.Errorf("preparing a cancelled date: %v", err)
	}
}

func TestMovingADateMovesItsPreparingMeetingWithOneMail(t *testing.T) {
	n := openPrepared(t, agenda.MeetingFixed).invited()
	n.move(n.target, "2027-03-11T09:00", mail)
	n.stands("after the move", "fixed 2027-02-25T10:00")
	n.told("one mail to each, about both dates to who sits in both",
		"anna change: Projektgruppe + Kerngruppe", "kai change: Kerngruppe", "paul change: Projektgruppe")
	// Twice within the quiet time is one mail, too.
	n.move(n.target, "2027-03-18T09:00", mail)
	n.wait(2 * time.Minute)
	n.move(n.target, "2027-04-15T09:00", mail)
	n.told("two moves", "anna change: Projektgruppe + Kerngruppe", "kai change: Kerngruppe", "paul change: Projektgruppe")
	n.stands("ten working days before, Easter holidays avoided", "fixed 2027-03-19T10:00")
	// Without mail nobody is told.
	n.move(n.target, "2027-02-25T09:00", agenda.Telling{})
	n.stands("moved back", "fixed 2027-02-11T10:00")
	n.told("without mail")
}

func TestPreparingMeetingMovedByHandStays(t *testing.T) {
	n := openPrepared(t, agenda.MeetingFixed).invited()
	n.move(n.kern, "2027-02-16T14:00", agenda.Telling{})
	n.move(n.target, "2027-03-11T09:00", mail)
	n.stands("moved by hand", "fixed 2027-02-16T14:00")
	n.told("about the target only", "anna change: Projektgruppe", "paul change: Projektgruppe")
	// Tying it again makes it follow again, at its own hour.
	if _, _, err := n.Prepare(ctx, agenda.Shell, n.target.ID); err != nil {
		t.Fatal(err)
	}
	n.move(n.target, "2027-03-18T09:00", agenda.Telling{})
	n.stands("tied again", "fixed 2027-03-04T14:00")
}

func TestPreparingMeetingGoesAndComesWithItsTarget(t *testing.T) {
	n := openPrepared(t, agenda.MeetingFixed).invited()
	n.turn(n.target.ID, agenda.MeetingCancelled, mail)
	n.stands("cancelled with its target", "cancelled 2027-02-11T10:00")
	n.told("one mail to each", "anna cancellation: Projektgruppe + Kerngruppe", "kai cancellation: Kerngruppe", "paul cancellation: Projektgruppe")
	n.turn(n.target.ID, agenda.MeetingFixed, mail)
	n.stands("restored with it", "fixed 2027-02-11T10:00")
	n.told("one mail to each", "anna restored: Projektgruppe + Kerngruppe", "kai restored: Kerngruppe", "paul restored: Projektgruppe")
	alone := mail
	alone.Alone = true
	n.turn(n.target.ID, agenda.MeetingCancelled, alone)
	n.stands("left alone", "fixed 2027-02-11T10:00")
	n.told("about the target only", "anna cancellation: Projektgruppe", "paul cancellation: Projektgruppe")
	// One that was cancelled by itself does not come back with its target.
	n.turn(n.target.ID, agenda.MeetingFixed, agenda.Telling{})
	n.turn(n.kern.ID, agenda.MeetingCancelled, agenda.Telling{})
	n.turn(n.target.ID, agenda.MeetingCancelled, agenda.Telling{})
	n.turn(n.target.ID, agenda.MeetingFixed, agenda.Telling{})
	n.stands("cancelled by itself", "cancelled 2027-02-11T10:00")
}

func TestPlannedPreparingMeetingIsFixedWithItsTargetAndTellsNobody(t *testing.T) {
	n := openPrepared(t, agenda.MeetingPlanned)
	n.turn(n.target.ID, agenda.MeetingFixed, mail)
	n.stands("fixed with it", "fixed 2027-02-11T10:00")
	n.told("its own invitation waits", "anna invitation: Projektgruppe", "paul invitation: Projektgruppe")
	n.move(n.target, "2027-03-11T09:00", mail)
	n.told("who was not invited to the Kerngruppe is not told of it", "anna change: Projektgruppe", "paul change: Projektgruppe")
}

func TestNobodyIsLeftOutWhenTheOtherNoticeIsTakenBack(t *testing.T) {
	n := openPrepared(t, agenda.MeetingFixed).invited()
	n.move(n.target, "2027-03-11T09:00", mail)
	alone := agenda.Telling{Alone: true}
	n.turn(n.target.ID, agenda.MeetingCancelled, alone) // silently: the notice of the target goes no more
	n.told("those in both groups are told of the Kerngruppe", "anna change: Kerngruppe", "kai change: Kerngruppe")
}

func TestNoDayForThePreparingMeeting(t *testing.T) {
	n := openPrepared(t, agenda.MeetingFixed).invited()
	n.at("2027-02-08T09:00")
	n.move(n.target, "2027-02-10T09:00", agenda.Telling{})
	n.stands("tomorrow at the latest", "fixed 2027-02-09T10:00")
	n.move(n.target, "2027-02-09T09:00", agenda.Telling{}) // nothing is left before that
	n.stands("it stays, and its page says so", "fixed 2027-02-09T10:00")
}

func TestGroupsDoNotPrepareOneAnother(t *testing.T) {
	n := openPrepared(t, agenda.MeetingFixed)
	n.project.Prepares = n.core.ID
	var p agenda.Problems
	if _, err := n.SaveGroup(ctx, agenda.Shell, n.project); !errors.As(err, &p) || p.For("prepares") == nil {
		t.Errorf("a circle: %v", err)
	}
}

func TestFormOfAYearSentTwiceMakesItOnce(t *testing.T) {
	n := open(t, "2026-11-24T09:00")
	awo := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "AWO"}))
	g := must(n.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: "Projektgruppe"}))
	year := func(starts ...string) (out []agenda.PlannedDate) {
		for _, s := range starts {
			out = append(out, agenda.PlannedDate{MeetingDetails: details(s), Host: awo.ID})
		}
		return out
	}
	first := must(n.PlanDates(ctx, agenda.Shell, g.ID, year("2027-02-04T09:00", "2027-03-18T09:00"), agenda.MeetingPlanned, true, "form"))
	again := must(n.PlanDates(ctx, agenda.Shell, g.ID, year("2027-02-04T09:00", "2027-03-18T09:00"), agenda.MeetingPlanned, true, "form"))
	other := must(n.PlanDates(ctx, agenda.Shell, g.ID, year("2027-02-11T09:00", "2027-03-25T09:00"), agenda.MeetingPlanned, true, "form"))
	if len(first.Dates) != 2 || len(again.Dates) != 0 || len(other.Dates) != 0 {
		t.Errorf("made %d, then %d, then %d of another proposal", len(first.Dates), len(again.Dates), len(other.Dates))
	}
	for _, m := range first.Dates {
		if h := must(n.Host(ctx, m)); h.Institution != awo.ID || m.State != agenda.MeetingPlanned {
			t.Errorf("%s: host %q, %s", m.Start, h.Institution, m.State)
		}
	}
	if _, err := n.PlanDates(ctx, agenda.Shell, g.ID, year("2027-03-28T02:30"), agenda.MeetingPlanned, true, "gap"); err == nil {
		t.Error("an hour that the clock skips was taken")
	}
	n.expect("nobody is told", map[agenda.Kind]int{})
}

// An institution that was proposed as host can be merged with another one before
// the plan is taken over: the dates are made all the same, that host is open.
func TestPlanWithAHostWhoIsGone(t *testing.T) {
	t.Parallel()
	n := open(t, "2027-01-04T10:00")
	g := n.group(2)
	drk := must(n.SaveInstitution(ctx, agenda.Shell, agenda.Institution{Name: "DRK"}))
	dates := []agenda.PlannedDate{{MeetingDetails: details("2027-02-04T09:00"), Host: "gone"}, {MeetingDetails: details("2027-03-18T09:00"), Host: drk.ID}}
	made := must(n.PlanDates(ctx, agenda.Shell, g.ID, dates, agenda.MeetingPlanned, false, "form"))
	if len(made.Dates) != 2 {
		t.Fatalf("made %+v", made)
	}
	wantSame(t, "host that is gone", must(n.Host(ctx, made.Dates[0])).Institution, agenda.InstitutionID(""))
	wantSame(t, "the other host", must(n.Host(ctx, made.Dates[1])).Institution, drk.ID)
}
