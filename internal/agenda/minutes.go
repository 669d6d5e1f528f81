package agenda

import (
	"slices"
	"strings"
	"time"
)

// MinutesState is where the minutes of a meeting stand.
type MinutesState string

// The states of minutes. A draft is seen by those who take it; released minutes
// are read by members, who can comment; final ones wait for their approval by the
// group, at a later meeting.
const (
	MinutesDraft    MinutesState = "draft"
	MinutesReleased MinutesState = "released"
	MinutesFinal    MinutesState = "final"
	MinutesApproved MinutesState = "approved"
	MinutesNone     MinutesState = "none" // it was said that there will be no minutes
)

// Minutes are the head of the minutes of a meeting. What was said is recorded
// item by item (Minute), who was there seat by seat (Presence). The zero Minutes
// are those of a meeting of which nobody has noted anything.
type Minutes struct {
	Meeting    MeetingID    `json:"meeting"`
	Group      GroupID      `json:"group"`
	State      MinutesState `json:"state"`
	Taker      PersonID     `json:"taker,omitempty"` // whom the chair named to take them; "": nobody yet
	TakerName  string       `json:"takername,omitempty"`
	Last       int          `json:"last,omitempty"`       // how many items outside of the agenda there were
	Open       int          `json:"open,omitempty"`       // assignments that are not done
	Decided    int          `json:"decided,omitempty"`    // decisions in them
	Document   string       `json:"doc,omitempty"`        // the minutes as a file
	Released   time.Time    `json:"released,omitzero"`    // UTC; when members were first shown them
	Until      Date         `json:"until,omitzero"`       // last day for comments
	Objections int          `json:"objections,omitempty"` // that wait for an answer
	Final      time.Time    `json:"final,omitzero"`       // UTC
	On         MeetingID    `json:"on,omitempty"`         // on whose agenda their approval is; "": on none
	OnItem     int          `json:"onitem,omitempty"`     // the item of that
	Approved   time.Time    `json:"approved,omitzero"`    // UTC; On is then the meeting that did it
	Versions   int          `json:"versions,omitempty"`   // earlier versions that are kept
	Correcting bool         `json:"correcting,omitempty"` // are being corrected after they were final
	Changed    time.Time    `json:"changed"`              // UTC, whole seconds, only rises
}

// Stands is the state in which the minutes are; those that nobody has begun are a
// draft.
func (m Minutes) Stands() MinutesState {
	if m.State == "" {
		return MinutesDraft
	}
	return m.State
}

// Begun reports whether there are minutes, be it as a draft.
func (m Minutes) Begun() bool { return m.State != "" }

// Public reports whether members read the minutes.
func (m Minutes) Public() bool {
	return m.State == MinutesReleased || m.State == MinutesFinal || m.State == MinutesApproved
}

// Settled reports whether the objection period is over: what changes then is a
// correction.
func (m Minutes) Settled() bool { return m.State == MinutesFinal || m.State == MinutesApproved }

// Editable reports whether items can be changed.
func (m Minutes) Editable() bool { return !m.Settled() || m.Correcting }

// Page reports whether there is a page of minutes for the meeting: its
// group takes them or there are some, and the meeting takes place.
func (m Minutes) Page(of Meeting, g Group) bool {
	if !g.Rules.Minutes.On && !m.Begun() {
		return false
	}
	return of.State == MeetingFixed || m.Begun() && of.State != MeetingDraft
}

// Of returns the head for the meeting, new if there is none yet.
func (m Minutes) Of(of Meeting) Minutes {
	m.Meeting, m.Group = of.ID, of.Group
	if m.State == "" || m.State == MinutesNone {
		m.State = MinutesDraft
	}
	return m
}

// touch returns the head changed at now.
func (m Minutes) touch(now time.Time) Minutes {
	m.Changed = Rise(m.Changed, now)
	return m
}

// Name makes a member of the group the one who takes the minutes, or nobody (the
// zero Person). seats are those of the group.
func (m Minutes) Name(of Meeting, p Person, seats []Seat, today Date, now time.Time) (Minutes, error) {
	if p.ID != "" && !Sits(seats, p.ID, of.Start.Date) && !Sits(seats, p.ID, today) && !p.Coordinator {
		return m, Problems{{Field: "minute_taker", Rule: "one_of"}}
	}
	if m.Taker == p.ID {
		return m, nil
	}
	m = m.Of(of)
	m.Taker, m.TakerName = p.ID, p.Name()
	return m.touch(now), nil
}

// Decline says that there will be no minutes of the meeting, or takes that back.
func (m Minutes) Decline(of Meeting, none bool, now time.Time) (Minutes, error) {
	switch {
	case none == (m.State == MinutesNone):
		return m, nil
	case m.Public():
		return m, ErrState
	case !none:
		return m.Of(of).touch(now), nil
	}
	m = m.Of(of)
	m.State = MinutesNone
	return m.touch(now), nil
}

// Release shows a draft to the members. They can comment for some days; with none
// the minutes are final at once. ErrState is returned before the meeting has
// begun, Problems when there is nothing to show. Doing it twice changes nothing.
func (m Minutes) Release(of Meeting, r MinuteRules, said bool, now time.Time, loc *time.Location) (Minutes, error) {
	if m.Public() {
		return m, nil
	}
	if of.State != MeetingFixed || of.Start.In(loc).After(now) {
		return m, ErrState
	}
	if !said && m.Document == "" {
		return m, Problems{{Field: "outcome", Rule: "minutes_empty"}}
	}
	m = m.Of(of)
	m.State, m.Released = MinutesReleased, now
	m.Until = LocalOf(now, loc).Date.AddDays(r.Objection)
	m = m.touch(now)
	if r.Objection == 0 {
		return m.Finish(now), nil
	}
	return m, nil
}

// Withdraw makes released minutes a draft again, for as long as they are not
// final.
func (m Minutes) Withdraw(now time.Time) (Minutes, error) {
	if m.State == MinutesDraft {
		return m, nil
	}
	if m.State != MinutesReleased {
		return m, ErrState
	}
	m.State = MinutesDraft
	return m.touch(now), nil
}

// Ends returns the instant at which the objection period is over.
func (m Minutes) Ends(loc *time.Location) time.Time { return m.Until.AddDays(1).Start(loc) }

// Ripe reports whether released minutes become final at now: the last day for
// comments is over and no objection waits for an answer.
func (m Minutes) Ripe(now time.Time, loc *time.Location) bool {
	return m.State == MinutesReleased && m.Objections == 0 && !now.Before(m.Ends(loc))
}

// Finish returns the minutes final.
func (m Minutes) Finish(now time.Time) Minutes {
	m.State, m.Final = MinutesFinal, now
	return m.touch(now)
}

// Put returns the minutes with their approval on the agenda of a meeting, or on
// none.
func (m Minutes) Put(on MeetingID, item int, now time.Time) Minutes {
	m.On, m.OnItem = on, item
	return m.touch(now)
}

// Approve says that a meeting approved the minutes. ErrState is returned when
// their approval is not on its agenda, or they are not final.
func (m Minutes) Approve(at MeetingID, now time.Time) (Minutes, error) {
	switch {
	case m.State == MinutesApproved && m.On == at:
		return m, nil
	case m.State != MinutesFinal || m.On != at || at == "":
		return m, ErrState
	}
	m.State, m.Approved = MinutesApproved, now
	return m.touch(now), nil
}

// Correct opens minutes that are final, so that they can be corrected; the
// version as it was is kept. Close ends that.
func (m Minutes) Correct(now time.Time) (Minutes, error) {
	if !m.Settled() {
		return m, ErrState
	}
	if m.Correcting {
		return m, nil
	}
	m.Correcting = true
	return m.touch(now), nil
}

// Close ends a correction.
func (m Minutes) Close(now time.Time) Minutes {
	if m.Correcting {
		m.Correcting = false
		return m.touch(now)
	}
	return m
}

// Waits reports whether final minutes wait for a meeting on whose agenda their
// approval is: it is on none, or on that of a meeting which does not take place or
// is over without having approved them. after are the minutes of that meeting.
func (m Minutes) Waits(on Meeting, after Minutes, now time.Time, loc *time.Location) bool {
	if m.State != MinutesFinal {
		return false
	}
	return m.On == "" || on.State != MeetingFixed || !on.End.In(loc).After(now) && after.Public()
}

// MinutesVersion is what minutes were before they were corrected, or when they
// were shown to the members. Its items are kept beside it.
type MinutesVersion struct {
	Meeting  MeetingID `json:"meeting"`
	Number   int       `json:"n"`    // from 1 on
	Kept     time.Time `json:"kept"` // UTC
	Actor    Actor     `json:"actor"`
	Head     Minutes   `json:"head"` // as they were
	Presence Presence  `json:"presence"`
	Agenda   Agenda    `json:"agenda"`
}

// Keep returns the minutes with a version more, and that version.
func (m Minutes) Keep(p Presence, a Agenda, by Actor, now time.Time) (Minutes, MinutesVersion) {
	v := MinutesVersion{Meeting: m.Meeting, Number: m.Versions + 1, Kept: now, Actor: by, Head: m, Presence: p, Agenda: a}
	m.Versions++
	return m, v
}

// approvalTitle begins the title of the item in which a meeting approves earlier
// minutes. It is the network's own text, not a message.
const approvalTitle = "Genehmigung des Protokolls vom "

// ApprovalItem is the item in which a meeting approves the minutes of another.
func ApprovalItem(of Meeting) AgendaItem {
	return AgendaItem{Title: approvalTitle + dotted(of.Start.Date), Kind: TopicDecision, Minutes: 5}
}

// WithApproval returns the agenda with the item on it: behind the welcome with
// which most begin and other approvals, else first. Members of a released agenda
// see it at once.
func (a Agenda) WithApproval(on Meeting, it AgendaItem, now time.Time) (Agenda, int) {
	at := 0
	for _, begin := range []string{"begru", "eroeffn", "willkommen"} {
		if len(a.Items) > 0 && strings.HasPrefix(Fold(a.Items[0].Title), begin) {
			at = 1
		}
	}
	for at < len(a.Items) && IsApproval(a.Items[at]) {
		at++
	}
	a.Meeting = on.ID
	a.Last++
	it.ID = a.Last
	a.Items = slices.Insert(slices.Clone(a.Items), at, it)
	a.Changed = Rise(a.Changed, now)
	if !a.Released.IsZero() {
		a.Shown = Rise(a.Shown, now)
	}
	return a, it.ID
}

// IsApproval reports whether a meeting approves earlier minutes in the item.
func IsApproval(it AgendaItem) bool {
	return it.Topic == "" && strings.HasPrefix(it.Title, approvalTitle)
}

// Untouched reports whether nobody has made the agenda yet: there is nothing on it
// but what the service put there.
func (a Agenda) Untouched() bool {
	return a.Released.IsZero() && !slices.ContainsFunc(a.Items, func(it AgendaItem) bool { return !IsApproval(it) }) && (a.Changed.IsZero() || len(a.Items) > 0)
}

// NextForApproval returns the meeting at which minutes are approved next: the
// first fixed one after theirs that has not begun; false if there is none yet.
func (m Minutes) NextForApproval(of Meeting, meetings []Meeting, now time.Time, loc *time.Location) (Meeting, bool) {
	var next Meeting
	for _, x := range meetings {
		if x.Group == of.Group && x.State == MeetingFixed && x.ID != of.ID && x.Start.After(of.Start) && x.Start.In(loc).After(now) &&
			(next.ID == "" || next.Start.After(x.Start)) {
			next = x
		}
	}
	return next, next.ID != ""
}
