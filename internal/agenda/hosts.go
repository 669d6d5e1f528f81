package agenda

// HostTurns is who was host of a group's meetings, who is next, and who will be.
type HostTurns struct {
	Group  Group
	Counts []HostCount // institutions with a seat, by name
	Since  Date        // from when on they are counted
	Dates  []HostedDate
}

// HostedDate is a meeting to come with its host.
type HostedDate struct {
	Meeting
	Host HostCount // no institution: open
	Turn HostCount // of an open one: whose turn it is; no institution: nobody can be host
}

// Count is the count of an institution, one without institution if it has no
// seat.
func (h HostTurns) Count(i InstitutionID) HostCount {
	for _, c := range h.Counts {
		if c.Institution == i {
			return c
		}
	}
	return HostCount{}
}

// TakeTurns says for every date without a host whose turn it is.
func (h HostTurns) TakeTurns() HostTurns {
	var open []Date
	for _, d := range h.Dates {
		if d.Host.Institution == "" {
			open = append(open, d.Start.Date)
		}
	}
	turn := HostsInTurn(h.Counts, open)
	dates := make([]HostedDate, len(h.Dates))
	for i, d := range h.Dates {
		if d.Host.Institution == "" && len(turn) > 0 {
			d.Turn, turn = turn[0], turn[1:]
		}
		dates[i] = d
	}
	h.Dates = dates
	return h
}

// HostChange says who is to be host of a meeting, and who was when it was looked
// at.
type HostChange struct {
	Hosting
	Was InstitutionID
}

// Settle reports whether the change has anything to do where now is the host.
// ErrConflict is returned when somebody else has changed it since.
func (c HostChange) Settle(now InstitutionID) (bool, error) {
	switch {
	case c.Institution == c.Was || c.Institution == now:
		return false, nil
	case c.Was != now:
		return false, ErrConflict
	}
	return true, nil
}
