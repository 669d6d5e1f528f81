package store

import (
	"context"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Figures returns a year of the network in numbers.
func (s *Store) Figures(ctx context.Context, year int) (agenda.Figures, error) {
	first, last := agenda.Date{Year: year, Month: 1, Day: 1}, agenda.Date{Year: year, Month: 12, Day: 31}
	groups, err := s.Groups(ctx)
	if err != nil {
		return agenda.Figures{}, err
	}
	return view(ctx, s, func(tx kv.Tx) (agenda.Figures, error) {
		seats := map[agenda.GroupID][]agenda.Seat{}
		for _, g := range groups {
			if seats[g.ID], err = seatsOfGroup(tx, g.ID); err != nil {
				return agenda.Figures{}, err
			}
		}
		meetings, err := meetings(tx, first, last, func(agenda.GroupID) bool { return true })
		if err != nil {
			return agenda.Figures{}, err
		}
		between, err := eventsBetween(tx, first, last)
		if err != nil {
			return agenda.Figures{}, err
		}
		events := make([]agenda.HeldEvent, len(between))
		for i, e := range between {
			h, err := get[agenda.House](tx, houseKey(e.ID))
			if err := ignoreNotFound(err); err != nil {
				return agenda.Figures{}, err
			}
			events[i] = agenda.HeldEvent{Event: e, House: h}
		}
		return agenda.FiguresOf(year, groups, seats, meetings, events, s.Today()), nil
	})
}
