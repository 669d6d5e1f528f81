package web

import (
	"net/http"
	"slices"

	"widunetz/internal/agenda"
)

// showHosts says who was host of a group's meetings, whose turn it is, and takes
// who will be.
func (w *Web) showHosts(c *Ctx) error {
	h, err := w.Store.HostTurns(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	return w.hostsPage(c, http.StatusOK, h, nil)
}

func (w *Web) hostsPage(c *Ctx, status int, h agenda.HostTurns, err error) error {
	f := c.form("/koordination/gremien/"+string(h.Group.ID)+"/gastgeber", "office.save")
	for _, d := range h.Dates {
		options := []option{{"", "–", d.Host.Institution == ""}}
		for _, i := range hostOptions(h, d) {
			options = append(options, option{string(i.Institution), i.Name, i.Institution == d.Host.Institution})
		}
		x := field{Kind: "select", Name: "host." + string(d.ID), Label: c.P.When(d.Start, d.End), Options: options}
		if d.Turn.Institution != "" {
			x.Hint = c.P.T("hosts.turn", "name", d.Turn.Name)
		}
		f.add(x)
	}
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "hosts", c.P.T("hosts.title", "group", h.Group.Name), map[string]any{"Form": f, "H": h})
}

// hostOptions are the institutions that can be host of a date: those with a seat,
// and who is it already.
func hostOptions(h agenda.HostTurns, d agenda.HostedDate) []agenda.HostCount {
	known := func(i agenda.HostCount) bool { return i.Institution == d.Host.Institution }
	if d.Host.Institution == "" || slices.ContainsFunc(h.Counts, known) {
		return h.Counts
	}
	return append(slices.Clone(h.Counts), d.Host)
}

// saveHosts changes the hosts; with do=turn the open dates get whose turn it is.
func (w *Web) saveHosts(c *Ctx) error {
	h, err := w.Store.HostTurns(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	var changes []agenda.HostChange
	var p agenda.Problems
	for i, d := range h.Dates {
		name := "host." + string(d.ID)
		if _, sent := c.GetPostForm(name); !sent {
			continue
		}
		host := agenda.InstitutionID(c.posted(name))
		if host != "" && !slices.ContainsFunc(hostOptions(h, d), func(o agenda.HostCount) bool { return o.Institution == host }) {
			p.Add(name, "one_of", "")
			continue
		}
		changes = append(changes, agenda.HostChange{Hosting: agenda.Hosting{Meeting: d.ID, Institution: host}, Was: agenda.InstitutionID(c.posted("was." + string(d.ID)))})
		h.Dates[i].Host = h.Count(host)
	}
	if len(p) > 0 {
		return w.hostsPage(c, http.StatusUnprocessableEntity, h, p)
	}
	if c.posted("do") == "turn" {
		fill(changes, h.TakeTurns())
	}
	n, err := w.Store.SetHosts(c.ctx(), c.actor(), h.Group.ID, changes)
	if err != nil {
		return err
	}
	text := c.P.T("hosts.unchanged")
	if n > 0 {
		text = c.P.N("hosts.saved", n)
	}
	c.flash(text)
	return c.redirect("/koordination/gremien/" + string(h.Group.ID) + "/gastgeber")
}

// fill gives the open dates to whose turn it is.
func fill(changes []agenda.HostChange, h agenda.HostTurns) {
	for _, d := range h.Dates {
		for i := range changes {
			if changes[i].Meeting == d.ID && d.Turn.Institution != "" {
				changes[i].Institution = d.Turn.Institution
			}
		}
	}
}
