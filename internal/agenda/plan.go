package agenda

import (
	"slices"
	"time"
)

// PlanWishes are what a group wants of the dates of its year.
type PlanWishes struct {
	Year     int
	Count    int            // meetings in the year; those that stand already are counted
	Weekdays []time.Weekday // days that suit
	Start    string         // time of day, "09:00"
	Minutes  int            // length
	MinWeeks int            // at least so many weeks from one meeting to the next
	MaxWeeks int            // at most; 0: as it comes

	School bool // also in school holidays
	Bridge bool // also on bridge days
	Shared bool // also while a group with shared members meets
	Hosts  bool // name a host for each date, in turn
	Fresh  bool // as if the year had no date of the group yet
	Before int  // for a group that prepares another: working days before each of its dates; 0: no such dates
}

// WishesOf returns the wishes that follow from how the group meets. What it does
// not say is that of the Projektgruppe: six Thursdays at nine, six weeks apart.
func WishesOf(g Group, year int) PlanWishes {
	w := PlanWishes{Year: year, Count: g.PerYear, Weekdays: []time.Weekday{time.Thursday}, Start: g.Start, Minutes: g.Minutes, MinWeeks: 6}
	if w.Count == 0 && g.Weeks > 0 {
		w.Count = 52 / g.Weeks
	}
	if w.Count == 0 {
		w.Count = 6
	}
	if g.Weekday != time.Sunday { // no body of the network meets on Sundays: the zero value is "not said"
		w.Weekdays = []time.Weekday{g.Weekday}
	}
	if w.Start == "" {
		w.Start = "09:00"
	}
	if w.Minutes == 0 {
		w.Minutes = 120
	}
	switch {
	case g.Weeks > 0:
		w.MinWeeks, w.MaxWeeks = max(g.Weeks-2, 1), g.Weeks+2
	case w.Count > 6:
		w.MinWeeks = max(52/w.Count-2, 0)
	}
	w.Before = g.Ahead()
	return w
}

// Check returns what is wrong with the wishes: fields out of range, wishes that
// contradict one another, a year that is over.
func (w PlanWishes) Check(today Date) error {
	var p Problems
	switch {
	case w.Year == 0:
		p.Add("year", "required", "")
	case w.Year < today.Year:
		p.Add("year", "past", "")
	case w.Year > 2100:
		p.Add("year", "between", itoa(today.Year)+"–2100")
	}
	if _, _, err := ParseClock(w.Start); err != nil {
		p.Add("start", "clock", "09:00")
	}
	between(&p, "minutes", w.Minutes, 1, 24*60)
	if w.Before > 0 {
		between(&p, "before", w.Before, 1, 60)
		return p.Err()
	}
	between(&p, "count", w.Count, 1, 53)
	if len(w.Weekdays) == 0 {
		p.Add("weekday", "choose_one", "")
	}
	between(&p, "min_weeks", w.MinWeeks, 0, 52)
	between(&p, "max_weeks", w.MaxWeeks, 0, 53)
	if w.MaxWeeks > 0 && w.MinWeeks > w.MaxWeeks {
		p.Add("max_weeks", "at_least", itoa(w.MinWeeks))
	}
	// A year has at most 366 days: the last of n dates is (n-1) distances after the first.
	if most := 1 + 365/(7*max(w.MinWeeks, 1)); len(p) == 0 && w.MinWeeks > 0 && w.Count > most {
		p.Add("count", "year_full", itoa(most))
	}
	return p.Err()
}

// OtherMeeting is a meeting of another group in which members of the planning
// group sit.
type OtherMeeting struct {
	Meeting
	Name string // of the group
	Both int    // members of the planning group who are expected there
}

// PlanFacts are what a plan is made from.
type PlanFacts struct {
	Group       Group
	Members     int            // persons on the group's seats
	Own         []Meeting      // of the group, from a year before to some weeks after; by start, without cancelled ones
	Others      []OtherMeeting // of groups with shared members, by start, without cancelled ones
	Targets     []Meeting      // of the year, of the group that this one prepares; without cancelled ones
	Hosts       []HostCount    // institutions with a seat in the group
	Days        []Day          // to mind, from a week before the year to a week after, prayers of the week among them
	SchoolUntil Date           // school holidays are known until then
	Today       Date
	Loc         *time.Location
}

// PlanReason is why a date is proposed, moved or avoided. Rule is a message key
// behind "plan.reason."; the other fields are what the message names.
type PlanReason struct {
	Rule  string
	Day   *Day   // the day to mind
	On    Date   // the date before, or the date that is prepared
	Title string // of a group
	N     int    // weeks, working days or members
	Of    int    // all members
}

// PlanDate is one date of a proposal.
type PlanDate struct {
	Start, End Local
	Reasons    []PlanReason
	Meeting    MeetingID  // a date that stands already; "" for a new one
	Target     MeetingID  // the date that it prepares; "" for none
	Host       *HostCount // suggested host, nil if none was asked for
}

// PlanProposal is a whole year.
type PlanProposal struct {
	Dates []PlanDate // by start
}

// AvoidedDay is a day of a wished weekday that no proposal takes, with every
// reason.
type AvoidedDay struct {
	Date    Date
	Reasons []PlanReason
}

// Relaxation is a change of wishes with which there is a plan.
type Relaxation struct {
	Wish    string // "count", "min_weeks", "max_weeks", "weekday", "school", "bridge" or "shared"
	Also    string // a second one that has to give, too
	Wishes  PlanWishes
	Example []Local // dates of such a plan
}

// YearPlan is what the planner answers.
type YearPlan struct {
	Wishes      PlanWishes
	Proposals   []PlanProposal // up to three, the best first; none if no plan meets the wishes
	Avoided     []AvoidedDay
	Relaxations []Relaxation // when there is no proposal
	SchoolUntil Date         // school holidays are known until then only; no day: for the whole year
}

// HostCount says how often and when an institution was the host of a group.
type HostCount struct {
	Institution InstitutionID
	Name        string
	Times       int
	Last        Date // no day: never
}

// Hosting says who is the host of a meeting.
type Hosting struct {
	Meeting     MeetingID     `json:"m"`
	Institution InstitutionID `json:"inst"`
}

// Hosted returns the count with one more date.
func (c HostCount) Hosted(on Date) HostCount {
	c.Times++
	if c.Last.Before(on) {
		c.Last = on
	}
	return c
}

// HostsInTurn returns the hosts of the next dates: who was it least often, then
// longest ago, then by name.
func HostsInTurn(counts []HostCount, next []Date) []HostCount {
	counts = slices.Clone(counts)
	var out []HostCount
	for _, d := range next {
		if len(counts) == 0 {
			break
		}
		turn := 0
		for i, c := range counts {
			if c.before(counts[turn]) {
				turn = i
			}
		}
		out = append(out, counts[turn])
		counts[turn] = counts[turn].Hosted(d)
	}
	return out
}

func (c HostCount) before(d HostCount) bool {
	switch {
	case c.Times != d.Times:
		return c.Times < d.Times
	case c.Last != d.Last:
		return c.Last.Before(d.Last) // no day is before every day
	}
	if a, b := Fold(c.Name), Fold(d.Name); a != b {
		return a < b
	}
	return c.Name < d.Name
}
