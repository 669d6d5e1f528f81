package agenda

import (
	"slices"
	"strconv"
	"time"
)

type (
	// GroupID is the group's slug, as in "projektgruppe".
	GroupID string
	// SeatID identifies a seat.
	SeatID string
)

// Group is a body of the network that meets.
type Group struct {
	ID       GroupID      `json:"id"`
	Name     string       `json:"name"`
	Purpose  string       `json:"purpose,omitempty"`
	PerYear  int          `json:"peryear,omitempty"`  // meetings a year that were promised; 0: no promise
	Weeks    int          `json:"weeks,omitempty"`    // usual distance of its meetings in weeks; 0: none
	Weekday  time.Weekday `json:"weekday,omitempty"`  // usual day
	Start    string       `json:"start,omitempty"`    // usual time of day, "09:00"
	Minutes  int          `json:"minutes,omitempty"`  // usual length
	Place    string       `json:"place,omitempty"`    // usual place
	Prepares GroupID      `json:"prepares,omitempty"` // the group whose meetings this one prepares
	Before   int          `json:"before,omitempty"`   // working days before each of those; 0: as usual
	Leads    []int        `json:"leads,omitempty"`    // days before a meeting on which members are reminded; nil: as configured
	Rules    Rules        `json:"rules,omitzero"`     // what accompanies its meetings
	FeedGen  int          `json:"feedgen,omitempty"`  // generation of the feed's address
	Changed  time.Time    `json:"changed"`            // UTC
}

// Clean returns the group with every field fit to be kept.
func (g Group) Clean() Group {
	g.Name, g.Place, g.Purpose = Line(g.Name), Line(g.Place), Text(g.Purpose)
	return g
}

// Check returns what is wrong with the group's fields.
func (g Group) Check() error {
	var p Problems
	required(&p, "name", g.Name, 120)
	atMost(&p, "purpose", g.Purpose, 2000)
	atMost(&p, "place", g.Place, 200)
	if g.Start != "" {
		if _, _, err := ParseClock(g.Start); err != nil {
			p.Add("start", "clock", "09:00")
		}
	}
	between(&p, "peryear", g.PerYear, 0, 53)
	between(&p, "weeks", g.Weeks, 0, 52)
	between(&p, "minutes", g.Minutes, 0, 24*60)
	between(&p, "before", g.Before, 0, 60)
	for _, l := range g.Leads {
		between(&p, "leads", l, 0, 90)
	}
	if len(g.Leads) > 5 {
		p.Add("leads", "too_many", "5")
	}
	if g.Prepares != "" && g.Prepares == g.ID {
		p.Add("prepares", "itself", "")
	}
	return p.Err()
}

// Changes lists the fields in which the group h differs from g.
func (g Group) Changes(h Group) []Change {
	var c []Change
	diff(&c, "name", g.Name, h.Name)
	diff(&c, "purpose", g.Purpose, h.Purpose)
	diff(&c, "peryear", itoa(g.PerYear), itoa(h.PerYear))
	diff(&c, "weeks", itoa(g.Weeks), itoa(h.Weeks))
	diff(&c, "weekday", g.Weekday.String(), h.Weekday.String())
	diff(&c, "start", g.Start, h.Start)
	diff(&c, "minutes", itoa(g.Minutes), itoa(h.Minutes))
	diff(&c, "place", g.Place, h.Place)
	diff(&c, "prepares", string(g.Prepares), string(h.Prepares))
	diff(&c, "before", itoa(g.Before), itoa(h.Before))
	diff(&c, "leads", ints(g.Leads), ints(h.Leads))
	return c
}

// Holding is one person's time on a seat.
type Holding struct {
	Person PersonID `json:"p"`
	From   Date     `json:"from"`  // first day; no day: since ever
	Until  Date     `json:"until"` // first day on which it is no longer hers; no day: open
}

// On reports whether the holding covers the day.
func (h Holding) On(d Date) bool {
	return (h.From.IsZero() || !d.Before(h.From)) && (h.Until.IsZero() || d.Before(h.Until))
}

// Seat is an institution's place in a group. Persons follow one another on
// it; what was sent and held before stays with the person of that time.
type Seat struct {
	ID          SeatID        `json:"id"`
	Group       GroupID       `json:"group"`
	Institution InstitutionID `json:"inst"`
	Chair       bool          `json:"chair,omitempty"`
	Holdings    []Holding     `json:"holdings"` // in order of time, never overlapping
}

// Holder returns who fills the seat on the day, "" if nobody does.
func (s Seat) Holder(d Date) PersonID {
	for _, h := range s.Holdings {
		if h.On(d) {
			return h.Person
		}
	}
	return ""
}

// Holds reports whether the person has, had or will have the seat.
func (s Seat) Holds(p PersonID) bool {
	return slices.ContainsFunc(s.Holdings, func(h Holding) bool { return h.Person == p })
}

// HoldsFrom reports whether the person fills the seat on the day or will later.
func (s Seat) HoldsFrom(p PersonID, d Date) bool {
	return slices.ContainsFunc(s.Holdings, func(h Holding) bool { return h.Person == p && (h.Until.IsZero() || d.Before(h.Until)) })
}

// Pass returns the seat filled by successor from the day on; "" leaves it
// empty. Everything planned for the day or later ends; what was before stays.
func (s Seat) Pass(successor PersonID, from Date) (Seat, error) {
	if from.IsZero() {
		return s, Problems{{Field: "from", Rule: "required"}}
	}
	if s.Holder(from) == successor && successor != "" {
		return s, Problems{{Field: "person", Rule: "has_seat"}}
	}
	var kept []Holding
	for _, h := range s.Holdings {
		if !h.From.IsZero() && !h.From.Before(from) {
			continue
		}
		if h.Until.IsZero() || h.Until.After(from) {
			h.Until = from
		}
		kept = append(kept, h)
	}
	if successor != "" {
		kept = append(kept, Holding{Person: successor, From: from})
	}
	s.Holdings = kept
	return s, nil
}

// Leave returns the seat without the person from the day on. Nobody follows;
// what was before stays.
func (s Seat) Leave(p PersonID, from Date) Seat {
	var kept []Holding
	for _, h := range s.Holdings {
		if h.Person == p && !h.From.IsZero() && !h.From.Before(from) {
			continue
		}
		if h.Person == p && (h.Until.IsZero() || h.Until.After(from)) {
			h.Until = from
		}
		kept = append(kept, h)
	}
	s.Holdings = kept
	return s
}

// Members returns the persons who fill a seat on the day, each once, in the
// order of the seats.
func Members(seats []Seat, d Date) []PersonID {
	out := make([]PersonID, 0, len(seats))
	seen := make(map[PersonID]bool, len(seats))
	for _, s := range seats {
		if p := s.Holder(d); p != "" && !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}

// Sits reports whether the person fills one of the seats on the day.
func Sits(seats []Seat, p PersonID, d Date) bool {
	return slices.ContainsFunc(seats, func(s Seat) bool { return s.Holds(p) && s.Holder(d) == p })
}

func between(p *Problems, field string, v, lo, hi int) {
	if v < lo || v > hi {
		p.Add(field, "between", itoa(lo)+"–"+itoa(hi))
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

func ints(list []int) string {
	s := make([]string, len(list))
	for i, n := range list {
		s[i] = itoa(n)
	}
	return join(s)
}
