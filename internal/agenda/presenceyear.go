package agenda

import (
	"slices"
	"strings"
)

// HeldPresence is a meeting with what is noted about its seats.
type HeldPresence struct {
	Meeting  Meeting
	Presence Presence
}

// InstitutionPresence is how often an institution was represented in a year.
type InstitutionPresence struct {
	Institution InstitutionID
	Name        string
	All         PresenceCount
	Groups      map[GroupID]PresenceCount
}

// PresenceYear is how often institutions were represented, in total and by group.
type PresenceYear struct {
	Year         int
	Groups       []Group         // in which something was noted
	Meetings     map[GroupID]int // of which something is noted
	Institutions []InstitutionPresence
	All          PresenceCount
	Of           map[GroupID]PresenceCount
}

// PresenceOfYear sums up what is noted about the seats of meetings. seats tell
// whose a seat is; of one that is gone the name that was noted then counts.
func PresenceOfYear(year int, groups []Group, held []HeldPresence, seats map[SeatID]InstitutionID, names map[InstitutionID]string) PresenceYear {
	y := PresenceYear{Year: year, Meetings: map[GroupID]int{}, Of: map[GroupID]PresenceCount{}}
	by := map[string]*InstitutionPresence{}
	for _, h := range held {
		g, noted := h.Meeting.Group, false
		for id, s := range h.Presence.Seats {
			if s.State == "" {
				continue
			}
			noted = true
			inst := seats[id]
			name := names[inst]
			if name == "" {
				name = s.Institution
			}
			row := by[name]
			if row == nil {
				row = &InstitutionPresence{Institution: inst, Name: name, Groups: map[GroupID]PresenceCount{}}
				by[name] = row
			}
			of, total := row.Groups[g], y.Of[g]
			of.Add(s.State)
			total.Add(s.State)
			row.All.Add(s.State)
			y.All.Add(s.State)
			row.Groups[g], y.Of[g] = of, total
		}
		if noted {
			y.Meetings[g]++
		}
	}
	for _, g := range groups {
		if y.Meetings[g.ID] > 0 {
			y.Groups = append(y.Groups, g)
		}
	}
	for _, row := range by {
		y.Institutions = append(y.Institutions, *row)
	}
	slices.SortFunc(y.Institutions, func(a, b InstitutionPresence) int { return strings.Compare(Fold(a.Name), Fold(b.Name)) })
	return y
}
