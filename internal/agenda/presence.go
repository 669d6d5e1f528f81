package agenda

import (
	"slices"
	"strings"
	"time"
)

// PresenceState says whether an institution was represented at a meeting.
type PresenceState string

// The states. Nothing noted is none of them.
const (
	PresenceHere    PresenceState = "here"
	PresenceExcused PresenceState = "excused"
	PresenceAbsent  PresenceState = "absent"
)

// PresenceStates are all states in the order in which they are offered.
var PresenceStates = []PresenceState{PresenceHere, PresenceExcused, PresenceAbsent}

// SeatPresence is what is noted about one seat at a meeting.
type SeatPresence struct {
	State       PresenceState `json:"state,omitempty"`
	Instead     string        `json:"instead,omitempty"` // who came in place of the holder
	Person      PersonID      `json:"person,omitempty"`  // who holds the seat on the day; "": nobody, or deleted
	Name        string        `json:"name,omitempty"`    // hers
	Institution string        `json:"inst,omitempty"`    // its name on that day
}

// Presence is who was at a meeting, seat by seat.
type Presence struct {
	Meeting MeetingID               `json:"meeting"`
	Seats   map[SeatID]SeatPresence `json:"seats,omitempty"`
	Guests  string                  `json:"guests,omitempty"` // who else was there
	Changed time.Time               `json:"changed"`          // UTC, only rises
	Said    *Gathered               `json:"said,omitempty"`   // the line of the history that tells of the last changes
}

// SeatRow is a seat in the list of who was there. Noted is false for what is only
// proposed from answers.
type SeatRow struct {
	Seat  SeatID
	Chair bool
	SeatPresence
	Noted bool
}

// PresenceEdit is a field of the list of who was there: what stood in it when the
// page was made, and what somebody made of it. Seat "" are the guests.
type PresenceEdit struct {
	Seat    SeatID
	Was     string
	State   PresenceState
	Instead string
	Guests  string
}

// PresenceClash is a field that two people changed otherwise at the same time.
type PresenceClash struct {
	Seat         SeatID
	Mine, Theirs string
}

// Value returns what is noted about a seat as one text, by which a form tells
// whether it was changed.
func (s SeatPresence) Value() string { return string(s.State) + "|" + s.Instead }

const mostGuests = 2000

// Clean returns the edit with every field fit to be kept.
func (e PresenceEdit) Clean() PresenceEdit {
	e.Instead, e.Guests, e.Was = Line(e.Instead), Text(e.Guests), Text(e.Was)
	if e.State != PresenceHere {
		e.Instead = ""
	}
	if e.Seat != "" { // as a page's script writes it
		state, instead, _ := strings.Cut(e.Was, "|")
		if instead = Line(instead); PresenceState(state) != PresenceHere {
			instead = ""
		}
		e.Was = state + "|" + instead
	}
	return e
}

func (e PresenceEdit) value() string {
	if e.Seat == "" {
		return e.Guests
	}
	return SeatPresence{State: e.State, Instead: e.Instead}.Value()
}

// Edit returns who was there after the edits. rows are the seats as they stand:
// noted or proposed. What somebody else changed since to another value is not
// touched but returned as a clash.
func (p Presence) Edit(rows []SeatRow, edits []PresenceEdit, now time.Time) (Presence, []PresenceClash, error) {
	n, problems, changed := p, Problems{}, false
	n.Seats = make(map[SeatID]SeatPresence, len(p.Seats))
	for id, s := range p.Seats {
		n.Seats[id] = s
	}
	var clashes []PresenceClash
	for _, e := range edits {
		e = e.Clean()
		row, ok := presenceRow(rows, p, e)
		if !ok {
			continue // the seat is not one of this meeting
		}
		stands := row.Value()
		if e.Seat == "" {
			stands = p.Guests
		}
		if e.value() == stands && (row.Noted || e.State == "") {
			continue // nothing new; what was only proposed is noted when it is sent
		}
		if e.value() == e.Was && e.Was != stands {
			continue // untouched here, changed by somebody else
		}
		if e.Was != stands {
			clashes = append(clashes, PresenceClash{Seat: e.Seat, Mine: e.value(), Theirs: stands})
			continue
		}
		e.check(&problems)
		n.note(e, row)
		changed = true
	}
	if err := problems.Err(); err != nil {
		return p, nil, err
	}
	if changed {
		n.Changed = rise(p.Changed, now)
	}
	return n, clashes, nil
}

func presenceRow(rows []SeatRow, p Presence, e PresenceEdit) (SeatRow, bool) {
	if e.Seat == "" {
		return SeatRow{SeatPresence: SeatPresence{}, Noted: true}, true
	}
	i := slices.IndexFunc(rows, func(r SeatRow) bool { return r.Seat == e.Seat })
	if i < 0 {
		return SeatRow{}, false
	}
	return rows[i], true
}

func (e PresenceEdit) check(p *Problems) {
	if e.Seat == "" {
		atMost(p, "guests", e.Guests, mostGuests)
		return
	}
	if e.State != "" && !slices.Contains(PresenceStates, e.State) {
		p.Add("presence", "one_of", "")
	}
	atMost(p, "presence", e.Instead, 100)
}

// note puts an edit down.
func (p *Presence) note(e PresenceEdit, row SeatRow) {
	if e.Seat == "" {
		p.Guests = e.Guests
		return
	}
	s := row.SeatPresence
	s.State, s.Instead = e.State, e.Instead
	p.Seats[e.Seat] = s
}

// PresenceChanges says how who was there differs from before: how many, not each
// seat.
func PresenceChanges(old, now Presence) (c []Change) {
	diff(&c, "presence", old.told(), now.told())
	diff(&c, "guests", old.Guests, now.Guests)
	return c
}

func (p Presence) told() string {
	var c PresenceCount
	for _, s := range p.Seats {
		c.Add(s.State)
	}
	if c.All() == 0 {
		return ""
	}
	return itoa(c.Here) + " / " + itoa(c.Excused) + " / " + itoa(c.Absent)
}

// SeatFact is a seat at a meeting and who fills it: what the list of who was there
// is made of. Proposed is what she answered to the invitation.
type SeatFact struct {
	Seat        Seat
	Person      PersonID
	Name        string
	Institution string
	Proposed    SeatPresence
}

// SeatRows returns the list of who was there: every seat that somebody filled on
// the day, in the order of the institutions. When it is frozen it is what was
// noted, whoever fills the seats since.
func SeatRows(p Presence, facts []SeatFact, frozen bool) []SeatRow {
	var out []SeatRow
	if frozen {
		for id, s := range p.Seats {
			out = append(out, SeatRow{Seat: id, SeatPresence: s, Noted: true})
		}
		facts = nil
	}
	for _, f := range facts {
		row := SeatRow{Seat: f.Seat.ID, Chair: f.Seat.Chair, SeatPresence: f.Proposed}
		if noted, ok := p.Seats[f.Seat.ID]; ok {
			row.SeatPresence, row.Noted = noted, true
		}
		if f.Person != "" || row.Noted {
			row.Person, row.Name, row.Institution = f.Person, f.Name, f.Institution
			out = append(out, row)
		}
	}
	slices.SortFunc(out, func(a, b SeatRow) int {
		return strings.Compare(Fold(a.Institution)+" "+Fold(a.Name)+string(a.Seat), Fold(b.Institution)+" "+Fold(b.Name)+string(b.Seat))
	})
	return out
}

// Freeze returns who was there as it will stay when the minutes are shown:
// proposals count as noted, and a seat of which nothing is known was not
// represented. If nobody has noted anything, nothing is said of anybody.
func (p Presence) Freeze(rows []SeatRow, now time.Time) Presence {
	if !slices.ContainsFunc(rows, func(r SeatRow) bool { return r.Noted || r.State != "" }) {
		return p
	}
	seats := make(map[SeatID]SeatPresence, len(rows))
	for _, r := range rows {
		s := r.SeatPresence
		if s.State == "" {
			s.State = PresenceAbsent
		}
		seats[r.Seat] = s
	}
	p.Seats, p.Changed = seats, rise(p.Changed, now)
	return p
}

// Forget returns who was there without the name of a person; what was noted about
// her seat stays.
func (p Presence) Forget(who PersonID) (Presence, bool) {
	changed := false
	seats := make(map[SeatID]SeatPresence, len(p.Seats))
	for id, s := range p.Seats {
		if s.Person == who && who != "" {
			s.Person, s.Name, changed = "", "", true
		}
		seats[id] = s
	}
	p.Seats = seats
	return p, changed
}

// PresenceCount sums up who was there.
type PresenceCount struct{ Here, Excused, Absent int }

// All is how many seats there were.
func (c PresenceCount) All() int { return c.Here + c.Excused + c.Absent }

// Add counts one more.
func (c *PresenceCount) Add(s PresenceState) {
	switch s {
	case PresenceHere:
		c.Here++
	case PresenceExcused:
		c.Excused++
	case PresenceAbsent:
		c.Absent++
	}
}

// CountPresence sums up the rows.
func CountPresence(rows []SeatRow) (c PresenceCount) {
	for _, r := range rows {
		c.Add(r.State)
	}
	return c
}

// ProposedPresence is what an answer to the invitation lets expect.
func ProposedPresence(a Answer) SeatPresence {
	switch {
	case a.Choice == AnswerYes:
		return SeatPresence{State: PresenceHere}
	case a.Choice == AnswerNo:
		return SeatPresence{State: PresenceExcused}
	case a.Choice == AnswerSubstitute && a.Substitute != nil:
		return SeatPresence{State: PresenceHere, Instead: a.Substitute.Name}
	}
	return SeatPresence{}
}
