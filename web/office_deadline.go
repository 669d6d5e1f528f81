package web

import (
	"net/http"

	"widunetz/internal/agenda"
)

// Chair and coordinators set deadlines and look after them.

func (w *Web) showNewDeadline(c *Ctx) error {
	g, err := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	return w.deadlineFormPage(c, http.StatusOK, agenda.Deadline{Group: g.ID, DeadlineDetails: agenda.DeadlineDetails{Leads: agenda.UsualDeadlineLeads}}, nil)
}

func (w *Web) showDeadlineForm(c *Ctx) error {
	d, err := w.Store.Deadline(c.ctx(), agenda.DeadlineID(c.Param("deadline")))
	if err != nil {
		return err
	}
	return w.deadlineFormPage(c, http.StatusOK, d, nil)
}

func (w *Web) deadlineFormPage(c *Ctx, status int, d agenda.Deadline, err error) error {
	g, gerr := w.Store.Group(c.ctx(), d.Group)
	if gerr != nil {
		return gerr
	}
	f := c.form(c.path, "office.save")
	if d.ID == "" {
		f.once()
	} else {
		f.seen(d.Changed)
	}
	f.add(field{Kind: "text", Name: "title", Value: d.Title, Max: 150, Required: true, Hint: c.P.T("deadline.title_hint")})
	f.add(field{Kind: "date", Name: "day", Value: dayText(d.Day), Required: true, Label: c.P.T("deadline.day")})
	f.add(field{Kind: "area", Name: "text", Value: d.Text, Max: 4000, Label: c.P.T("deadline.text"), Hint: c.P.T("deadline.text_hint")})
	f.add(field{Kind: "text", Name: "link", Value: d.Link, Max: 500, Dir: "ltr", Label: c.P.T("deadline.link")})
	f.add(field{Kind: "text", Name: "leads", Value: leadsText(d.Leads), Max: 40, Label: c.P.T("deadline.leads"), Hint: c.P.T("deadline.leads_hint")})
	f.add(field{Kind: "check", Name: "yearly", Value: onOff(d.Yearly), Label: c.P.T("deadline.yearly"), Hint: c.P.T("deadline.yearly_hint")})
	if err != nil && !f.refuse(err) {
		return err
	}
	title := c.P.T("deadline.new", "group", g.Name)
	if d.ID != "" {
		title = c.P.T("deadline.edit")
	}
	return c.page(status, "deadlineform", title, map[string]any{"Form": f, "D": d, "G": g})
}

func dayText(d agenda.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func (c *Ctx) postedDeadline() (agenda.DeadlineDetails, error) {
	var p agenda.Problems
	d := agenda.DeadlineDetails{
		Title: c.posted("title"), Text: c.posted("text"), Link: c.posted("link"), Day: c.postedDate(&p, "day"), Leads: c.postedLeads(&p), Yearly: c.posted("yearly") != "",
	}
	return d, p.Err()
}

func (w *Web) setDeadline(c *Ctx) error {
	g := agenda.GroupID(c.Param("group"))
	details, err := c.postedDeadline()
	var d agenda.Deadline
	if err == nil {
		d, err = w.Store.SetDeadline(c.ctx(), c.actor(), g, details, c.posted("once"))
	}
	if err != nil {
		return w.deadlineFormPage(c, http.StatusUnprocessableEntity, agenda.Deadline{Group: g, DeadlineDetails: details}, err)
	}
	c.flash(c.P.T("office.saved", "name", d.Title))
	return c.redirect(deadlinePath(d))
}

func deadlinePath(d agenda.Deadline) string {
	return "/gremien/" + string(d.Group) + "/fristen/" + string(d.ID)
}

func (w *Web) saveDeadline(c *Ctx) error {
	d, err := w.Store.Deadline(c.ctx(), agenda.DeadlineID(c.Param("deadline")))
	if err != nil {
		return err
	}
	details, err := c.postedDeadline()
	if err == nil {
		err = w.Store.ChangeDeadline(c.ctx(), c.actor(), d.ID, details, c.postedSeen())
	}
	if err != nil {
		d.DeadlineDetails = details
		return w.deadlineFormPage(c, http.StatusUnprocessableEntity, d, err)
	}
	c.flash(c.P.T("office.saved", "name", details.Title))
	return c.redirect(deadlinePath(d))
}

// runDeadline reminds, gives up, or notes what an institution said to the office.
func (w *Web) runDeadline(c *Ctx) error {
	d, err := w.Store.Deadline(c.ctx(), agenda.DeadlineID(c.Param("deadline")))
	if err != nil {
		return err
	}
	switch do := c.posted("do"); do {
	case "remind":
		sent, err := w.Store.RemindOfDeadline(c.ctx(), c.actor(), d.ID)
		if err != nil {
			return err
		}
		c.flash(c.P.T(map[bool]string{true: "deadline.reminded", false: "deadline.reminded_before"}[sent]))
	case "cancel":
		if err := w.Store.CancelDeadline(c.ctx(), c.actor(), d.ID, c.postedSeen()); err != nil {
			return err
		}
		c.flash(c.P.T("deadline.is_cancelled"))
	case "done", "open":
		if err := w.Store.AnswerDeadline(c.ctx(), c.actor(), d.ID, agenda.InstitutionID(c.posted("institution")), "", do == "done", ""); err != nil {
			return err
		}
	default:
		return errForm
	}
	return c.redirect(deadlinePath(d))
}
