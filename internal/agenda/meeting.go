package agenda

import (
	"slices"
	"time"
)

// MeetingID identifies a meeting.
type MeetingID string

// MeetingState is where a meeting stands.
type MeetingState string

// The states of a meeting. A draft is seen by chair and coordinators only; a
// planned one is tentative in the members' calendars; neither causes a mail.
const (
	MeetingDraft     MeetingState = "draft"
	MeetingPlanned   MeetingState = "planned"
	MeetingFixed     MeetingState = "fixed"
	MeetingCancelled MeetingState = "cancelled"
)

// MeetingDetails are what the organiser of a meeting types.
type MeetingDetails struct {
	Title  string `json:"title,omitempty"` // empty: the group's name
	Start  Local  `json:"start"`
	End    Local  `json:"end"`
	Place  string `json:"place,omitempty"`
	Online string `json:"online,omitempty"` // http(s) address of a video conference
	Note   string `json:"note,omitempty"`   // what members should know
}

// Meeting is one date of a group.
type Meeting struct {
	ID    MeetingID    `json:"id"`
	Group GroupID      `json:"group"`
	State MeetingState `json:"state"`
	MeetingDetails
	Was      *MeetingDetails `json:"was,omitempty"`    // before it was moved the last time
	Source   string          `json:"source,omitempty"` // UID of the calendar file it came from
	Invited  time.Time       `json:"invited,omitzero"` // UTC; when its invitation was released
	Sequence int             `json:"seq"`              // RFC 5545, section 3.8.7.4
	Created  time.Time       `json:"created"`          // UTC
	Changed  time.Time       `json:"changed"`          // UTC, whole seconds, only rises
}

// Name returns the meeting's title, or the group's name if it has none.
func (m Meeting) Name(g Group) string {
	if m.Title != "" {
		return m.Title
	}
	return g.Name
}

// Visible reports whether members see the meeting.
func (m Meeting) Visible() bool { return m.State != MeetingDraft }

// Clean returns the details with every field fit to be kept.
func (d MeetingDetails) Clean() MeetingDetails {
	d.Title, d.Place, d.Online, d.Note = Line(d.Title), Line(d.Place), Line(d.Online), Text(d.Note)
	return d
}

// Check returns what is wrong with the details. Times inside the hour that an
// autumn night has twice, or in the one that spring leaves out, are refused:
// calendar programs disagree about them.
func (d MeetingDetails) Check(loc *time.Location) error {
	var p Problems
	atMost(&p, "title", d.Title, 150)
	atMost(&p, "place", d.Place, 200)
	atMost(&p, "note", d.Note, 4000)
	checkSpan(&p, d.Start, d.End, 7, loc)
	checkLink(&p, "online", d.Online)
	return p.Err()
}

// Changes lists the fields in which the details e differ from d.
func (d MeetingDetails) Changes(e MeetingDetails) []Change {
	var c []Change
	diff(&c, "title", d.Title, e.Title)
	diff(&c, "start", d.Start.String(), e.Start.String())
	diff(&c, "end", d.End.String(), e.End.String())
	diff(&c, "place", d.Place, e.Place)
	diff(&c, "online", d.Online, e.Online)
	diff(&c, "note", d.Note, e.Note)
	return c
}

// Moves reports whether going from d to e changes time or place, which is what
// raises SEQUENCE and asks people to answer anew.
func (d MeetingDetails) Moves(e MeetingDetails) bool {
	return d.Start != e.Start || d.End != e.End || d.Place != e.Place || d.Online != e.Online
}

// Change returns the meeting with new details. ErrState is returned for a
// cancelled meeting, ErrConflict when it changed after seen (zero: not
// checked), Problems for details that cannot be.
func (m Meeting) Change(d MeetingDetails, seen, now time.Time, loc *time.Location) (Meeting, []Change, error) {
	if m.State == MeetingCancelled {
		return m, nil, ErrState
	}
	d = d.Clean()
	if err := d.Check(loc); err != nil {
		return m, nil, err
	}
	changes := m.MeetingDetails.Changes(d)
	if len(changes) == 0 {
		return m, nil, nil // also the second click on the same form
	}
	if !seen.IsZero() && !seen.Equal(m.Changed) {
		return m, nil, ErrConflict
	}
	if m.Moves(d) {
		m.Sequence++
		if m.Start != d.Start || m.End != d.End {
			was := m.MeetingDetails
			m.Was = &was
		}
	}
	m.MeetingDetails = d
	m.Changed = Rise(m.Changed, now)
	return m, changes, nil
}

// Turn returns the meeting in another state. A cancelled meeting can be
// restored to fixed; a draft or planned one can be fixed; anything but a
// cancelled one can be cancelled. ErrState is returned for any other turn.
func (m Meeting) Turn(to MeetingState, now time.Time) (Meeting, error) {
	ok := map[MeetingState][]MeetingState{
		MeetingDraft:     {MeetingPlanned, MeetingFixed, MeetingCancelled},
		MeetingPlanned:   {MeetingDraft, MeetingFixed, MeetingCancelled},
		MeetingFixed:     {MeetingCancelled},
		MeetingCancelled: {MeetingFixed},
	}
	if !slices.Contains(ok[m.State], to) {
		return m, ErrState
	}
	m.State = to
	m.Sequence++
	m.Changed = Rise(m.Changed, now)
	return m, nil
}

func checkSpan(p *Problems, start, end Local, maxDays int, loc *time.Location) {
	switch {
	case start.IsZero():
		p.Add("start", "required", "")
	case start.Year < 2000 || start.Year > 2100:
		p.Add("start", "between", "2000–2100")
	case LocalOf(start.In(loc), loc) != start:
		p.Add("start", "gap", "")
	case twice(start, loc):
		p.Add("start", "twice", "")
	case end.IsZero():
		p.Add("end", "required", "")
	case !end.After(start):
		p.Add("end", "order", start.Clock())
	case LocalOf(end.In(loc), loc) != end:
		p.Add("end", "gap", "")
	case twice(end, loc):
		p.Add("end", "twice", "")
	case start.DaysTo(end.Date) > maxDays:
		p.Add("end", "too_late", itoa(maxDays))
	}
}

// twice reports whether clocks in loc show l two times.
func twice(l Local, loc *time.Location) bool {
	first := l.In(loc)
	_, end := first.ZoneBounds()
	return !end.IsZero() && LocalOf(first.Add(time.Hour), loc) == l
}

// Every returns count starting times from first on, weeks apart, at the same
// hour of the same weekday. The rhythm is that of the calendar: it does not
// drift with the clock changes.
func Every(weeks, count int, first Local) []Local {
	out := make([]Local, 0, count)
	for i := range count {
		out = append(out, first.AddDays(7*weeks*i))
	}
	return out
}

// Clash is something else at the time of a planned date.
type Clash struct {
	With  Ref    // a meeting or an event; zero for a day to mind
	Title string // its name, or a message key of a day to mind
	Start Local
	End   Local
	Day   bool // a day to mind rather than another date
	Both  int  // members who are expected at both
}
