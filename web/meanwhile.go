package web

import (
	"slices"
	"strings"

	"widunetz/internal/agenda"
)

// meanwhile is the conflict of two who edited an event at the same time: what
// others have saved since the form was read. It is shown above the form, which
// keeps what was typed.
type meanwhile struct {
	Entries   []agenda.Entry
	Names     map[string]string
	Crossings []agenda.Crossing
}

// Error says in short what happened.
func (m *meanwhile) Error() string { return agenda.ErrConflict.Error() }

// Unwrap tells what kind of error it is.
func (m *meanwhile) Unwrap() error { return agenda.ErrConflict }

// shownToEditors are the details that the form of an event's editors begins with:
// what they propose, if something waits.
func shownToEditors(e agenda.Event) agenda.EventDetails {
	if e.Proposal != nil {
		return e.Proposal.EventDetails
	}
	return e.EventDetails
}

// reconcile puts together what was typed and what others have saved since. It
// returns the event as it is, what the form is to show now, and the meanwhile as
// error. editor says that the form is that of an editor.
func (c *Ctx) reconcile(id agenda.EventID, typed agenda.EventDetails, editor bool) (agenda.Event, agenda.EventDetails, error) {
	e, err := c.store().Event(c.ctx(), id)
	if err != nil {
		return e, typed, err
	}
	kept := e.EventDetails
	if editor {
		kept = shownToEditors(e)
	}
	m := &meanwhile{}
	if m.Entries, err = c.store().ChangesSince(c.ctx(), id, c.postedSeen()); err != nil {
		return e, typed, err
	}
	if m.Names, err = c.actors(m.Entries); err != nil {
		return e, typed, err
	}
	var since []agenda.Change
	for _, entry := range m.Entries {
		since = append(since, entry.Changes...)
	}
	typed, m.Crossings = agenda.Reconcile(typed.Clean(), kept, since)
	for i, x := range m.Crossings {
		m.Crossings[i].Kept = c.readable(x.Field, x.Kept)
	}
	return e, typed, m
}

// readable returns a value of an event's field as people read it. Values in
// changes are codes where forms offer a choice.
func (c *Ctx) readable(field, value string) string {
	terms := map[string]string{"category": "term.category.", "audiences": "term.audience.", "languages": "term.language.", "licence": "term.licence."}
	switch {
	case value == "":
		return ""
	case terms[field] != "":
		words := strings.Split(value, ", ")
		for i, w := range words {
			words[i] = c.P.T(terms[field] + w)
		}
		return c.P.List(words)
	case field == "start" || field == "end":
		if at, err := agenda.ParseLocal(value); err == nil {
			return c.P.DateMedium(at.Date) + ", " + c.P.Clock(at)
		}
	case slices.Contains([]string{"womenonly", "free", "signup", "signuphere", "stepfree", "childcare"}, field):
		return c.P.T("term." + value)
	}
	return value
}
