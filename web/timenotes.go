package web

import (
	"slices"
	"strconv"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
)

// timeNotes are what to know about the time of an event that is being planned.
// They advise and never block.
type timeNotes struct {
	Clashes []agenda.EventClash
	Free    []agenda.Local // times without such clashes
	Days    []noteDay      // days to mind
	Outside bool           // not within the edition
	Known   bool           // a time was given
	Course  bool           // it has several dates
}

// noteDay is a day to mind, and which dates lie on it or on its like: every
// Friday is one of prayer.
type noteDay struct {
	agenda.Day
	On []agenda.Date
}

// mind notes that a date lies on a day to mind.
func (n *timeNotes) mind(day agenda.Day, on agenda.Date) {
	i := slices.IndexFunc(n.Days, func(d noteDay) bool { return d.Key == day.Key && d.Name == day.Name && d.Layer == day.Layer })
	if i < 0 {
		i, n.Days = len(n.Days), append(n.Days, noteDay{Day: day})
	}
	n.Days[i].On = append(n.Days[i].On, on)
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
	n.Known, n.Course = true, d.Course()
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
	ed, err := c.store().Edition(c.ctx(), edition)
	for _, one := range d.Dates() {
		if one.Off {
			continue
		}
		days, derr := c.daysAt(one.Start, one.End)
		if derr != nil {
			return n, derr
		}
		for _, day := range days {
			if day.Layer != agenda.DaySchool && day.Layer != agenda.DayMark { // good times for an event
				n.mind(day, one.Start.Date)
			}
		}
		n.Outside = n.Outside || err == nil && (one.Start.Date.Before(ed.Starts) || one.Start.Date.After(ed.Ends))
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
