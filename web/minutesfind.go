package web

import (
	"net/http"
	"strconv"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// showSearch finds what a group dealt with and decided.
func (w *Web) showSearch(c *Ctx) error {
	o, err := c.in(agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	query := agenda.Line(c.asked("q"))
	if r := []rune(query); len(r) > 200 {
		query = string(r[:200])
	}
	sight := store.Sight(o.Chair || c.signedIn().Coordinator)
	hits, more, err := w.Store.SearchMinutes(c.ctx(), o.Group.ID, query, sight)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "search", c.P.T("minutes.search_title", "group", o.Group.Name), map[string]any{"G": o.Group, "Q": query, "Hits": hits, "More": more})
}

// showPresenceYear is how often institutions were represented in a year.
func (w *Web) showPresenceYear(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	y, err := w.Store.PresenceYear(c.ctx(), year)
	if err != nil {
		return err
	}
	var others []int
	for _, o := range []int{year - 1, year + 1} {
		if hasPages(o) {
			others = append(others, o)
		}
	}
	return c.page(http.StatusOK, "presenceyear", c.P.T("minutes.year_title", "year", strconv.Itoa(year)), map[string]any{"Y": y, "Others": others})
}

// brief is what the page of a meeting says of its minutes.
type brief struct {
	protocol
	Shows bool // there is something to say to the visitor
}

// minutesBrief returns what the page of a meeting says of its minutes to the
// visitor.
func (c *Ctx) minutesBrief(m agenda.Meeting, o own) (b brief, err error) {
	b.Chair = o.Chair
	if b.Protocol, err = c.store().Outcome(c.ctx(), m, o.Group); err != nil {
		return b, err
	}
	b.Edits = b.Chair || b.Head.Taker == c.signedIn().ID
	b.Shows = b.Head.Page(m, o.Group) && (b.Edits || b.Head.Public())
	return b, nil
}

// groupMinutes is what the page of a group says of its minutes.
type groupMinutes struct {
	On        bool
	Open      []agenda.OpenAssignment
	Decisions []store.Decided
	States    map[agenda.MeetingID]agenda.Minutes
}

// decisionsShown is how many decisions the page of a group shows.
const decisionsShown = 8

func (c *Ctx) groupMinutes(g agenda.Group) (m groupMinutes, err error) {
	if m.States, err = c.store().MinutesStates(c.ctx(), g.ID); err != nil {
		return m, err
	}
	if m.On = g.Rules.Minutes.On || len(m.States) > 0; !m.On {
		return m, nil
	}
	if m.Open, err = c.store().OpenAssignments(c.ctx(), g); err != nil {
		return m, err
	}
	m.Decisions, err = c.store().Decisions(c.ctx(), g.ID, decisionsShown)
	return m, err
}
