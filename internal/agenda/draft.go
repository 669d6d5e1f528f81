package agenda

import (
	"errors"
	"time"
)

// Drafts of events.
const (
	// DraftFor is for how long an event that was begun and not sent is kept after
	// its last change.
	DraftFor = 90 * 24 * time.Hour
	// draftRest is how many days after its beginning whoever began an event is
	// reminded to send it.
	draftRest = 3
)

// CheckDraft returns what is wrong with the details of an event that is being
// filled in: little need be there, but what is there must be right. An address
// must be: to it goes the link to go on.
func (d EventDetails) CheckDraft(loc *time.Location) error {
	var p Problems
	required(&p, "title", d.Title, 80)
	required(&p, "internal_email", d.Internal.Email, 254)
	d.rest(&p, loc)
	return p.Err()
}

// rest adds what is wrong with the details that are there; whether they have to
// be there is said by p.
func (d EventDetails) rest(p *Problems, loc *time.Location) {
	var all Problems
	if err := d.Check(true, loc); errors.As(err, &all) {
		for _, q := range all {
			if q.Rule != "required" && p.For(q.Field) == nil {
				*p = append(*p, q)
			}
		}
	}
}

// Begun returns an event that is filled in from now on.
func (d EventDetails) Begun(id EventID, edition int, now time.Time) Event {
	now = Rise(time.Time{}, now)
	return Event{ID: id, Edition: edition, EventDetails: d, Review: Draft, Standing: Scheduled, Created: now, Changed: now}
}

// Fill returns the draft with new details: nothing has to be complete yet.
// ErrState is returned for an event that was sent. A new address needs a new
// link: the old one went to somebody else.
func (e Event) Fill(d EventDetails, now time.Time, loc *time.Location) (Event, []Change, error) {
	if e.Review != Draft {
		return e, nil, ErrState
	}
	d = d.Clean()
	d.Internal.Lang = e.Internal.Lang
	if err := d.CheckDraft(loc); err != nil {
		return e, nil, err
	}
	changes := e.EventDetails.Changes(d)
	if len(changes) == 0 {
		return e, nil, nil
	}
	if d.Internal.Email != e.Internal.Email {
		e.EditGen++
	}
	e.EventDetails, e.Changed = d, Rise(e.Changed, now)
	return e, changes, nil
}

// Send returns the draft as its submitter hands it in: Submitted, when it is
// complete, or Reserved, when only its date is to be kept. ErrState is returned
// for an event that was sent before.
func (e Event) Send(to Review, now time.Time, loc *time.Location) (Event, error) {
	if e.Review != Draft || to != Submitted && to != Reserved {
		return e, ErrState
	}
	err := e.Check(true, loc)
	if to == Reserved {
		err = e.CheckReserved(loc)
	}
	if err != nil {
		return e, err
	}
	d := e.EventDetails
	e.EventDetails = EventDetails{} // its dates get their numbers now
	e = e.With(d)
	e.Review, e.Changed = to, Rise(e.Changed, now)
	e.Since = e.Changed // not since it was begun
	return e, nil
}

// DraftReminders returns the mails that remind of an event that was begun and
// not sent, as far as they are still to come at now: some days after its
// beginning, and on the working day before the last day on which it can be in print.
func (c Clock) DraftReminders(e Event, ed Edition, now time.Time) []Notice {
	if e.Review != Draft {
		return nil
	}
	about := Ref{AboutEvent, string(e.ID)}
	days := map[string]Date{"begun": c.WorkingDayBefore(LocalOf(e.Created, c.Loc).Date.AddDays(draftRest))}
	if !ed.Submission.IsZero() {
		days["last"] = c.WorkingDayBefore(ed.Submission.AddDays(-1))
	}
	var out []Notice
	for _, mark := range []string{"begun", "last"} {
		day, ok := days[mark]
		if !ok || mark == "begun" && day == days["last"] {
			continue // one mail a day
		}
		due := day.At(c.Hour, c.Minute).In(c.Loc)
		if !due.After(now) {
			continue
		}
		out = append(out, Notice{
			ID: NoticeID("r." + about.Kind + "." + about.ID + "." + mark), Kind: KindUnsent, Subject: about, To: Audience{Of: Ref{AboutEditors, string(e.ID)}},
			Due: due, Deadline: ed.LastCall(c.Loc), Mark: mark, Made: now,
		})
	}
	return out
}
