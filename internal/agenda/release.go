package agenda

import "time"

// Admitted reports whether the coordinators have taken the event into the
// programme: it is public, or will be.
func (e Event) Admitted() bool { return e.Review == Accepted || e.Review == Published }

// Accept returns the event accepted, to become public by itself at the time
// given; without one (zero) it waits for a coordinator. A time that has come is
// now: the event is published at once. Of an event that is accepted already it
// changes the time of release. Problems are returned for a time after the
// event's beginning.
func (e Event) Accept(at Local, now time.Time, loc *time.Location) (Event, error) {
	if e.Review != Accepted {
		var err error
		if e, err = e.Decide(Accepted, "", now); err != nil {
			return e, err
		}
	}
	return e.schedule(at, now, loc)
}

// schedule sets the time at which an accepted event becomes public.
func (e Event) schedule(at Local, now time.Time, loc *time.Location) (Event, error) {
	switch {
	case !at.IsZero() && !at.In(loc).After(now):
		return e.Decide(Published, "", now)
	case !at.IsZero() && at.After(e.Start):
		return e, Problems{{Field: "release", Rule: "after_start", Want: e.Start.Date.String()}}
	case e.Release != at:
		e.Release, e.Changed = at, Rise(e.Changed, now)
	}
	return e, nil
}

// ReleaseDue reports whether the accepted event is to become public by now.
func (e Event) ReleaseDue(now time.Time, loc *time.Location) bool {
	return e.Review == Accepted && !e.Release.IsZero() && !e.Release.In(loc).After(now)
}

// Reopens reports whether new details from whoever submitted the event make the
// coordinators decide on it anew: those of an accepted event whose title, time
// or place they saw otherwise. Filling in a part of the place that was empty is
// what they may have asked for, and reopens nothing.
func (e Event) Reopens(d EventDetails) bool {
	return e.Review == Accepted && (e.Title != d.Title || e.Start != d.Start || e.End != d.End || e.Venue.contradicts(d.Venue))
}

// contradicts reports whether a part of the venue that was there is another or
// gone.
func (v Venue) contradicts(w Venue) bool {
	for _, part := range [][2]string{{v.Name, w.Name}, {v.Street, w.Street}, {v.Postcode, w.Postcode}, {v.Town, w.Town}, {v.Online, w.Online}} {
		if part[0] != "" && part[0] != part[1] {
			return true
		}
	}
	return false
}

// ApprovedID is the identifier of the notice that tells an event's submitter
// that it is accepted. There is one, so that deciding, moving the time and
// publishing within the quiet time is one mail.
func ApprovedID(id EventID) NoticeID { return NoticeID("s." + string(id) + ".approved") }
