package letter

import "widunetz/internal/agenda"

// movedDate shows a meeting with what was before.
func (d *draft) movedDate(m agenda.Meeting, g agenda.Group, was agenda.MeetingDetails) date {
	now := d.meetingDate(m, g)
	if was.Start != m.Start || was.End != m.End {
		now.OldWhen = d.p.When(was.Start, was.End)
	}
	if was.Place != m.Place {
		now.OldWhere = orDash(was.Place)
	}
	return now
}

// alsoMoved are the reader's dates that moved with the one of the letter and take
// place.
func (d *draft) alsoMoved() (out []agenda.AlsoFact) {
	for _, a := range d.Also {
		if a.State == agenda.MeetingFixed && !d.past(a.End) && len(a.Old.Changes(a.MeetingDetails)) > 0 {
			out = append(out, a)
		}
	}
	return out
}

// alsoTurned shows the reader's dates that were cancelled or restored with the
// one of the letter.
func (d *draft) alsoTurned(state agenda.MeetingState) (out []date) {
	for _, a := range d.Also {
		if a.State == state && !d.past(a.End) {
			out = append(out, d.movedDate(a.Meeting, a.Of, a.Old))
		}
	}
	return out
}
