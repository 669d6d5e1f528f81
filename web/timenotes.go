package web

import (
	"strconv"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
)

// timeNotes are what to know about the time of an event that is being planned.
// They advise and never block.
type timeNotes struct {
	Clashes []agenda.EventClash
	Free    []agenda.Local // times without such clashes
	Days    []agenda.Day   // days to mind
	Outside bool           // not within the edition
	Known   bool           // a time was given
}

// Any reports whether there is anything to say.
func (n timeNotes) Any() bool { return len(n.Clashes) > 0 || len(n.Days) > 0 || n.Outside }

// timeNotes looks up what to know about the time of an event. Titles of events
// that are not public are told to coordinators only.
func (c *Ctx) timeNotes(edition int, id agenda.EventID, d agenda.EventDetails) (n timeNotes, err error) {
	d = d.Clean()
	if d.Start.IsZero() || !d.End.After(d.Start) {
		return n, nil
	}
	n.Known = true
	holiday := func(day agenda.Date) bool { _, ok := almanac.Holiday(day); return ok }
	if n.Clashes, n.Free, err = c.store().EventClashes(c.ctx(), edition, id, d, holiday); err != nil {
		return n, err
	}
	office := c.signedIn() != nil && c.signedIn().Coordinator
	for i, clash := range n.Clashes {
		if !clash.Public && !office {
			n.Clashes[i].Title = c.P.T("clash.not_public")
		}
	}
	for _, day := range almanac.At(d.Start, d.End) {
		if day.Layer != agenda.DaySchool && day.Layer != agenda.DayMark { // good times for an event
			n.Days = append(n.Days, day)
		}
	}
	if ed, err := c.store().Edition(c.ctx(), edition); err == nil {
		n.Outside = d.Start.Date.Before(ed.Starts) || d.Start.Date.After(ed.Ends)
	}
	return n, nil
}

// showTimeNotes answers with the notes on the time in the query alone: the page
// asks for them while the form is filled in.
func (w *Web) showTimeNotes(c *Ctx) error {
	year, err := c.year()
	if err != nil || c.Param("slug") != submitSlug {
		return agenda.ErrNotFound
	}
	c.Header("Cache-Control", "no-store")
	if err := c.Request.ParseForm(); err != nil {
		return agenda.ErrNotFound
	}
	c.Request.PostForm = c.Request.Form // the same fields, in the query
	d, _ := c.postedEvent()
	notes, err := c.timeNotes(year, "", d)
	if err != nil {
		return err
	}
	return c.fragment("timenotes", map[string]any{"V": c.view("", nil), "N": notes})
}

// checkURL is where the form asks for notes on its time.
func (c *Ctx) checkURL(year int) string {
	return c.url("/programm/" + strconv.Itoa(year) + "/" + submitSlug + "/pruefen")
}
