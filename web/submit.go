package web

import (
	"net/http"
	"strconv"

	"widunetz/internal/agenda"
)

// showSubmit is the page on which anybody registers an event: for the edition
// of the year, or outside of one when its call is not open.
func (w *Web) showSubmit(c *Ctx, year int) error {
	c.Header("Cache-Control", "no-store")
	return w.submitPage(c, year, http.StatusOK, agenda.EventDetails{Free: true, Languages: []string{"de"}, Audiences: []string{"alle"}}, nil)
}

func (w *Web) submitPage(c *Ctx, year, status int, d agenda.EventDetails, err error) error {
	p, perr := w.public.load(c.ctx())
	if perr != nil {
		return perr
	}
	ed, ok := p.edition(year)
	if !ok {
		return agenda.ErrNotFound
	}
	open := ed.Accepts(w.Store.Today())
	f := c.eventForm("/programm/"+strconv.Itoa(year)+"/"+submitSlug, "submit.send", d).once()
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "submit", c.P.T("submit.title"), map[string]any{"Form": f, "Edition": ed, "Open": open})
}

func (w *Web) submit(c *Ctx) error {
	year, err := c.year()
	if err != nil || c.Param("slug") != submitSlug {
		return agenda.ErrNotFound
	}
	d, problems := c.postedEvent()
	if err = joined(problems, d.Clean().Check(true, w.Store.Loc())); err == nil {
		_, err = w.Store.SubmitEvent(c.ctx(), year, d, c.P.Lang(), c.posted("once"))
	}
	if err != nil {
		return w.submitPage(c, year, http.StatusUnprocessableEntity, d, err)
	}
	return c.page(http.StatusOK, "message", c.P.T("submit.done.title"), map[string]any{
		"Text": c.P.T("submit.done.text", "email", d.Clean().Internal.Email), "Back": "/programm/" + strconv.Itoa(year), "BackText": c.P.T("frame.programme"),
	})
}

func (w *Web) showSubmission(c *Ctx) error {
	e, err := w.Store.Submission(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	return w.submissionPage(c, http.StatusOK, e, e.EventDetails, false, nil)
}

func (w *Web) submissionPage(c *Ctx, status int, e agenda.Event, d agenda.EventDetails, saved bool, err error) error {
	c.Header("Cache-Control", "no-store")
	f := c.eventForm("/einreichung/"+c.Param("token"), "submit.save", d).seen(e.Changed)
	if err != nil && !f.refuse(err) {
		return err
	}
	editable := e.Review == agenda.Submitted || e.Review == agenda.Returned
	proof, perr := w.proof(c, e, editable)
	if perr != nil {
		return perr
	}
	return c.page(status, "submission", c.P.T("submit.edit"), map[string]any{"Form": f, "E": e, "Editable": editable, "Saved": saved, "Proof": proof})
}

func (w *Web) editSubmission(c *Ctx) error {
	if c.posted("do") == "approve" {
		return w.approveProof(c)
	}
	if c.PostForm("List-Unsubscribe") == "One-Click" {
		// There is nothing to end: mails go out only when something happens to the event.
		c.String(http.StatusOK, "ok\n")
		return nil
	}
	e, err := w.Store.Submission(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	d, problems := c.postedEvent()
	if err = joined(problems, d.Clean().Check(true, w.Store.Loc())); err == nil {
		var after agenda.Event
		if after, err = w.Store.EditSubmission(c.ctx(), c.Param("token"), d, c.postedSeen()); err == nil {
			return w.submissionPage(c, http.StatusOK, after, after.EventDetails, true, nil)
		}
	}
	return w.submissionPage(c, http.StatusUnprocessableEntity, e, d, false, err)
}
