package web

import (
	"net/http"
	"strconv"

	"widunetz/internal/agenda"
)

// visitorsForm is the form of one minute after an event.
func (c *Ctx) visitorsForm(action string, e agenda.Event, required bool) *form {
	v := ""
	if e.Visitors != nil {
		v = strconv.Itoa(*e.Visitors)
	}
	f := c.form(action, "report.save")
	f.add(field{Kind: "number", Name: "visitors", Value: v, Required: required, Hint: c.P.T("report.visitors_hint")})
	return f.add(field{Kind: "area", Name: "visitors_note", Value: e.VisitorsNote, Max: 1000, Hint: c.P.T("report.note_hint")})
}

// postedVisitors reads the number; nil if the field was left empty.
func (c *Ctx) postedVisitors(required bool) (*int, error) {
	var p agenda.Problems
	if c.posted("visitors") == "" {
		if required {
			p.Add("visitors", "required", "")
		}
		return nil, p.Err()
	}
	n := c.postedInt(&p, "visitors")
	return &n, p.Err()
}

// showFeedback is the page behind the link that an organiser gets after her
// event.
func (w *Web) showFeedback(c *Ctx) error {
	c.Header("Cache-Control", "no-store")
	e, err := w.Store.Feedback(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	return w.feedbackPage(c, http.StatusOK, e, false, nil)
}

func (w *Web) feedbackPage(c *Ctx, status int, e agenda.Event, saved bool, err error) error {
	f := c.visitorsForm("/einreichung/"+c.Param("token")+"/rueckmeldung", e, true)
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "feedback", c.P.T("report.feedback"), map[string]any{"Form": f, "E": e, "Saved": saved, "Until": e.ReportUntil()})
}

func (w *Web) sendFeedback(c *Ctx) error {
	c.Header("Cache-Control", "no-store")
	e, err := w.Store.Feedback(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	n, err := c.postedVisitors(true)
	if err == nil {
		var after agenda.Event
		if after, err = w.Store.SendFeedback(c.ctx(), c.Param("token"), n, c.posted("visitors_note")); err == nil {
			return w.feedbackPage(c, http.StatusOK, after, true, nil)
		}
	}
	return w.feedbackPage(c, http.StatusUnprocessableEntity, e, false, err)
}

// saveVisitors keeps what coordinators know of an event's visitors; an empty
// field takes the number back.
func (w *Web) saveVisitors(c *Ctx) error {
	e, err := w.Store.Event(c.ctx(), agenda.EventID(c.Param("event")))
	if err != nil {
		return err
	}
	n, err := c.postedVisitors(false)
	if err == nil {
		_, err = w.Store.ReportVisitors(c.ctx(), c.actor(), e.ID, n, c.posted("visitors_note"))
	}
	if err != nil {
		f := c.visitorsForm(c.path, e, false)
		if !f.refuse(err) {
			return err
		}
		return c.page(http.StatusUnprocessableEntity, "form", c.P.T("field.visitors"), map[string]any{"Form": f, "Lead": e.Title})
	}
	c.flash(c.P.T("office.saved", "name", e.Title))
	return c.redirect("/koordination/veranstaltungen/" + string(e.ID))
}

// visitorsOf is the form of an event's visitors on the coordinators' page, nil
// while there are none to report.
func (w *Web) visitorsOf(c *Ctx, e agenda.Event) *form {
	if e.ID == "" || !e.TookPlace(w.Store.Now(), w.Store.Loc()) {
		return nil
	}
	return c.visitorsForm("/koordination/veranstaltungen/"+string(e.ID)+"/besuche", e, false)
}

// showReport is an edition in figures, for the council.
func (w *Web) showReport(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	e, report, events, err := w.Store.EditionReport(c.ctx(), year)
	if err != nil {
		return err
	}
	var missing []agenda.Event
	for _, v := range events {
		if v.Edition == year && v.Visitors == nil && v.TookPlace(w.Store.Now(), w.Store.Loc()) {
			missing = append(missing, v)
		}
	}
	return c.page(http.StatusOK, "report", c.P.T("report.title", "title", e.Title), map[string]any{"E": e, "Report": report, "Missing": missing})
}
