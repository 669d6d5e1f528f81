package agenda

// Figures are a year of the network in numbers, for the council: what has been,
// and what is still ahead.
type Figures struct {
	Year         int
	Groups       []GroupFigures
	Held         int // meetings of all groups that are over
	Ahead        int // … that are still to come
	Cancelled    int
	Institutions int   // that filled a seat on a day of the year
	Members      int   // people who filled one
	Weeks        Tally // published events of the edition
	Own          Tally // other published events
	Towns        int   // in which there were events
	SignedUp     int   // people with a place in an event that is over
	Came         int   // … of whom somebody ticked that they were there
}

// GroupFigures are a group's year.
type GroupFigures struct {
	Group     Group
	Held      int
	Ahead     int
	Cancelled int
	Seats     int // filled on a day of the year
}

// HeldEvent is an event of the year and the counts of its places.
type HeldEvent struct {
	Event Event
	House House
}

// FiguresOf sums up a year: meetings that start in it, of groups in their order
// with their seats, and the published events that begin in it. What was planned
// but not fixed does not count.
func FiguresOf(year int, groups []Group, seats map[GroupID][]Seat, meetings []Meeting, events []HeldEvent, today Date) Figures {
	f := Figures{Year: year}
	institutions, people := map[InstitutionID]bool{}, map[PersonID]bool{}
	for _, g := range groups {
		of := GroupFigures{Group: g}
		for _, m := range meetings {
			if m.Group == g.ID {
				of.count(m, today)
			}
		}
		for _, s := range seats[g.ID] {
			filled := false
			for _, h := range s.Holdings {
				if h.in(year) {
					filled, people[h.Person] = true, true
				}
			}
			if filled {
				of.Seats++
				institutions[s.Institution] = true
			}
		}
		f.Held, f.Ahead, f.Cancelled = f.Held+of.Held, f.Ahead+of.Ahead, f.Cancelled+of.Cancelled
		f.Groups = append(f.Groups, of)
	}
	delete(institutions, "")
	f.Institutions, f.Members = len(institutions), len(people)
	f.countEvents(year, events, today)
	return f
}

func (g *GroupFigures) count(m Meeting, today Date) {
	switch {
	case m.State == MeetingCancelled:
		g.Cancelled++
	case m.State != MeetingFixed:
	case m.Start.Date.Before(today):
		g.Held++
	default:
		g.Ahead++
	}
}

// in reports whether the holding covers a day of the year.
func (h Holding) in(year int) bool {
	return h.Person != "" && !Date{year, 12, 31}.Before(h.From) && (h.Until.IsZero() || Date{year, 1, 1}.Before(h.Until))
}

func (f *Figures) countEvents(year int, events []HeldEvent, today Date) {
	towns := map[string]bool{}
	for _, e := range events {
		if !e.Event.Public() {
			continue
		}
		tally := &f.Own
		if e.Event.Edition == year {
			tally = &f.Weeks
		}
		tally.count(e.Event)
		if e.Event.Standing != Scheduled {
			continue
		}
		if t := e.Event.Venue.Town; t != "" && t != Online {
			towns[t] = true
		}
		if e.Event.LastStart().Date.Before(today) {
			f.SignedUp, f.Came = f.SignedUp+e.House.Seated, f.Came+e.House.Came
		}
	}
	f.Towns = len(towns)
}
