package agenda

import (
	"slices"
	"time"
)

// EventID identifies an event.
type EventID string

// Review is where an event stands between its organiser and the coordinators.
type Review string

// The states of the review. Only a published event is public.
const (
	Draft     Review = "draft"    // being filled in by whoever began it; nobody else sees it
	Reserved  Review = "reserved" // a date without its text yet; counts for clashes
	Submitted Review = "submitted"
	Returned  Review = "returned" // sent back with a reason; the organiser goes on editing
	Accepted  Review = "accepted" // decided, but not public yet: at Event.Release, or when a coordinator says so
	Published Review = "published"
	Withdrawn Review = "withdrawn" // not (or no longer) part of the programme
)

// Standing says whether a published event takes place, after schema.org's
// EventStatusType.
type Standing string

// The standings of an event.
const (
	Scheduled Standing = "scheduled"
	Postponed Standing = "postponed" // not at its time, a new one is not known
	Cancelled Standing = "cancelled"
)

// Event is a public event of an edition, or one of its own (Edition 0).
type Event struct {
	ID      EventID `json:"id"`
	Edition int     `json:"edition,omitempty"` // year, 0 for events outside of the Intercultural Weeks
	Slug    string  `json:"slug"`              // unique within the year of its address
	EventDetails
	Review      Review        `json:"review"`
	Standing    Standing      `json:"standing"`
	FullyBooked bool          `json:"full,omitempty"`
	Late        bool          `json:"late,omitempty"`    // submitted too late for the printed programme
	Reason      string        `json:"reason,omitempty"`  // why it was sent back
	Was         *EventDetails `json:"was,omitempty"`     // before it was moved the last time after publication
	EditGen     int           `json:"editgen,omitempty"` // generation of the submitter's link
	Picture     *Picture      `json:"picture,omitempty"`
	Proposal    *Proposal     `json:"proposal,omitempty"` // of its organiser, since it is public
	Release     Local         `json:"release,omitzero"`   // when an accepted event becomes public by itself
	Since       time.Time     `json:"since,omitzero"`     // UTC; when the review came to where it is; zero: when it was made
	LastNo      int           `json:"lastno,omitempty"`   // the highest number that a date of it ever had; 0 is 1
	Before      []EventDate   `json:"before,omitempty"`   // further dates before they were moved the last time after publication
	Gone        []EventDate   `json:"gone,omitempty"`     // dates that were removed after publication
	At          *OneOf        `json:"-"`                  // set by On: the date that the event is looked at on
	Sequence    int           `json:"seq"`
	Created     time.Time     `json:"created"`           // UTC
	Changed     time.Time     `json:"changed"`           // UTC, whole seconds, only rises
	Released    time.Time     `json:"released,omitzero"` // UTC; when it became public

	AcceptedTerms time.Time `json:"acceptedterms,omitzero"` // UTC; when its submitter agreed to the edition's principles
	Visitors      *int      `json:"visitors,omitempty"`     // how many people came; nil: not known
	VisitorsNote  string    `json:"visitorsnote,omitempty"` // of the organiser, for the coordinators
	ProofSent     time.Time `json:"proofsent,omitzero"`     // UTC; when its organiser was asked whether it can be printed so
	ProofApproved time.Time `json:"proofapproved,omitzero"` // UTC; when she said yes to what it is now
	Into          EventID   `json:"into,omitempty"`         // the event that it was merged into; its address and links lead there
}

// Year is the year of the event's address: its edition's, or the one in which
// it starts.
func (e Event) Year() int {
	if e.Edition != 0 {
		return e.Edition
	}
	if e.At != nil {
		return e.At.Year
	}
	return e.Start.Year
}

// Editable reports whether whoever submitted the event may change it herself.
func (e Event) Editable() bool {
	return e.Review == Draft || e.Review == Reserved || e.Review == Submitted || e.Review == Returned || e.Review == Accepted
}

// Public reports whether everybody may see the event.
func (e Event) Public() bool { return e.Review == Published }

// Version is when anything last changed that an editor sees in the form: the
// event, or what is proposed for it. It only rises.
func (e Event) Version() time.Time {
	if e.Proposal != nil && e.Proposal.At.After(e.Changed) {
		return e.Proposal.At
	}
	return e.Changed
}

// Change returns the event with new details. ErrConflict is returned when it
// changed after seen (zero: not checked), Problems for details that cannot be.
func (e Event) Change(d EventDetails, submitted bool, seen, now time.Time, loc *time.Location) (Event, []Change, error) {
	d = d.Clean()
	if err := d.Check(submitted, loc); err != nil {
		return e, nil, err
	}
	changes := e.EventDetails.Changes(d)
	if len(changes) == 0 {
		return e, nil, nil // also the second click on the same form
	}
	if e.Into != "" {
		return e, nil, ErrState
	}
	before := e
	d = e.number(d)
	if !seen.IsZero() && !seen.Equal(e.Changed) {
		return before, nil, ErrConflict
	}
	if e.Moves(d) {
		e.Sequence++
		e.remember(d, LocalOf(now, loc).Date)
		if e.Standing == Postponed && e.Start != d.Start {
			e.Standing = Scheduled
		}
	}
	e.unapprove(changes)
	e.EventDetails = d
	e.Changed = Rise(e.Version(), now)
	return e, changes, nil
}

// decisions says from which state of the review which others can be reached.
var decisions = map[Review][]Review{
	Reserved:  {Submitted, Withdrawn},
	Submitted: {Accepted, Published, Returned, Withdrawn},
	Returned:  {Submitted, Accepted, Published, Withdrawn},
	Accepted:  {Submitted, Published, Returned, Withdrawn},
	Published: {Withdrawn},
	Withdrawn: {Submitted, Accepted, Published},
}

// Decide returns the event in another state of its review. A published event
// can be withdrawn; a submitted, returned or accepted one published, accepted,
// returned (with a reason) or withdrawn; a withdrawn one submitted again,
// accepted or published. Whatever is decided, a time of release is over: Accept
// sets a new one.
func (e Event) Decide(to Review, reason string, now time.Time) (Event, error) {
	if !slices.Contains(decisions[e.Review], to) || e.Into != "" {
		return e, ErrState
	}
	reason = Text(reason)
	if to == Returned && reason == "" {
		return e, Problems{{Field: "reason", Rule: "required"}}
	}
	if to == Accepted || to == Published {
		reason = "" // what was asked for before is done
	}
	e.Review, e.Reason, e.Release = to, reason, Local{}
	e.Changed = Rise(e.Changed, now)
	e.Since = e.Changed
	if to == Published {
		e.Released = e.Changed
	}
	return e, nil
}

// Stand returns the event with another standing. Nothing changes if it has
// that standing already.
func (e Event) Stand(to Standing, now time.Time) Event {
	if e.Standing != to {
		e.Standing = to
		e.Sequence++
		e.Changed = Rise(e.Changed, now)
	}
	return e
}
