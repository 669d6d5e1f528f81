package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
)

func (w *Web) showGroupForm(c *Ctx) error {
	g := agenda.Group{Weekday: time.Wednesday, Start: "09:00", Minutes: 120}
	if id := c.Param("group"); id != "" {
		var err error
		if g, err = w.Store.Group(c.ctx(), agenda.GroupID(id)); err != nil {
			return err
		}
	}
	return w.groupPage(c, http.StatusOK, g, nil)
}

func (w *Web) groupPage(c *Ctx, status int, g agenda.Group, err error) error {
	groups, gerr := w.Store.Groups(c.ctx())
	if gerr != nil {
		return gerr
	}
	f := c.form(c.path, "office.save")
	f.must("name", g.Name, 120).area("purpose", g.Purpose, 2000)
	f.add(field{Kind: "number", Name: "peryear", Value: nonZero(g.PerYear)}).add(field{Kind: "number", Name: "weeks", Value: nonZero(g.Weeks)})
	var days []option
	for d := time.Monday; d <= time.Friday; d++ {
		days = append(days, option{strconv.Itoa(int(d)), c.P.Weekday(d), d == g.Weekday})
	}
	f.choose("select", "weekday", days, false)
	f.add(field{Kind: "time", Name: "start", Value: g.Start}).add(field{Kind: "number", Name: "minutes", Value: nonZero(g.Minutes)})
	f.text("place", g.Place, 200)
	prepares := []option{{"", "–", g.Prepares == ""}}
	for _, other := range groups {
		if other.ID != g.ID {
			prepares = append(prepares, option{string(other.ID), other.Name, other.ID == g.Prepares})
		}
	}
	f.choose("select", "prepares", prepares, false)
	f.add(field{Kind: "number", Name: "before", Value: nonZero(g.Before)})
	f.add(field{Kind: "text", Name: "leads", Value: leadsText(g.Leads), Max: 40, Hint: c.P.T("office.leads_hint", "default", leadsText(w.Store.Clock().MeetingLeads))})
	if err != nil && !f.refuse(err) {
		return err
	}
	title := g.Name
	switch {
	case g.ID == "":
		title = c.P.T("office.new_group")
	case title == "": // the form was sent without a name
		title = c.P.T("office.edit_group")
	}
	return c.page(status, "groupform", title, map[string]any{"Form": f, "G": g})
}

func leadsText(leads []int) string {
	s := make([]string, len(leads))
	for i, n := range leads {
		s[i] = strconv.Itoa(n)
	}
	return strings.Join(s, ", ")
}

// postedLeads reads "14, 2"; an empty field means the configured ones.
func (c *Ctx) postedLeads(p *agenda.Problems) []int {
	var out []int
	for _, s := range strings.FieldsFunc(c.posted("leads"), func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		n, err := strconv.Atoi(s)
		if err != nil {
			p.Add("leads", "number", "14, 2")
			return nil
		}
		out = append(out, n)
	}
	return out
}

func (w *Web) saveGroup(c *Ctx) error {
	var p agenda.Problems
	weekday := c.postedInt(&p, "weekday")
	g := agenda.Group{
		ID: agenda.GroupID(c.Param("group")), Name: c.posted("name"), Purpose: c.posted("purpose"), PerYear: c.postedInt(&p, "peryear"), Weeks: c.postedInt(&p, "weeks"),
		Weekday: time.Weekday(max(0, min(weekday, 6))), Start: c.posted("start"), Minutes: c.postedInt(&p, "minutes"), Place: c.posted("place"),
		Prepares: agenda.GroupID(c.posted("prepares")), Before: c.postedInt(&p, "before"), Leads: c.postedLeads(&p),
	}
	err := joined(p, g.Clean().Check())
	if err == nil {
		var saved agenda.Group
		if saved, err = w.Store.SaveGroup(c.ctx(), c.actor(), g); err == nil {
			c.flash(c.P.T("office.saved", "name", saved.Name))
			return c.redirect("/gremien/" + string(saved.ID))
		}
	}
	return w.groupPage(c, http.StatusUnprocessableEntity, g, err)
}

func (w *Web) showSeats(c *Ctx) error { return w.seatsPage(c, http.StatusOK, nil) }

func (w *Web) seatsPage(c *Ctx, status int, err error) error {
	g, gerr := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if gerr != nil {
		return gerr
	}
	seats, gerr := w.Store.Seats(c.ctx(), g.ID)
	if gerr != nil {
		return gerr
	}
	people, gerr := w.Store.People(c.ctx())
	if gerr != nil {
		return gerr
	}
	names := map[agenda.PersonID]string{}
	for _, p := range people {
		names[p.ID] = p.SortName()
	}
	institutions, gerr := c.institutionNames()
	if gerr != nil {
		return gerr
	}
	f := c.form(c.path, "office.save")
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "seats", g.Name, map[string]any{
		"G": g, "Seats": seats, "People": people, "Names": names, "Institutions": institutions, "Today": w.Store.Today(), "Form": f, "Action": c.path,
	})
}

// saveSeat adds a seat, passes one on from a day, empties one or makes its
// holder the chair.
func (w *Web) saveSeat(c *Ctx) error {
	g, seat := agenda.GroupID(c.Param("group")), agenda.SeatID(c.posted("seat"))
	var p agenda.Problems
	from := c.postedDate(&p, "from")
	err := p.Err()
	if err == nil {
		switch c.posted("do") {
		case "add":
			if c.posted("person") == "" {
				err = agenda.Problems{{Field: "person", Rule: "required"}}
				break
			}
			_, err = w.Store.TakeSeat(c.ctx(), c.actor(), g, agenda.PersonID(c.posted("person")), from, c.posted("chair") != "")
		case "pass":
			_, err = w.Store.PassSeat(c.ctx(), c.actor(), g, seat, agenda.PersonID(c.posted("person")), from)
		case "chair":
			err = w.Store.SetChair(c.ctx(), c.actor(), g, seat, c.posted("chair") != "")
		}
	}
	if err != nil {
		return w.seatsPage(c, http.StatusUnprocessableEntity, err)
	}
	c.flash(c.P.T("office.seat_saved"))
	return c.redirect("/koordination/gremien/" + string(g) + "/sitze")
}

func (w *Web) renewGroupFeed(c *Ctx) error {
	g, err := w.Store.RenewGroupFeed(c.ctx(), c.actor(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	c.flash(c.P.T("groups.feed_renewed"))
	return c.redirect("/gremien/" + string(g.ID))
}
