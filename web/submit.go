package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"widunetz/internal/agenda"
)

// showSubmit is the page on which anybody registers an event for the edition of
// the year: its first step, or all of it on one page.
func (w *Web) showSubmit(c *Ctx, year int) error {
	c.Header("Cache-Control", "no-store")
	if c.Query("alles") != "" {
		return w.submitPage(c, year, http.StatusOK, newDetails(), nil)
	}
	ed, err := w.editionToSubmit(c, year)
	if err != nil {
		return err
	}
	return w.beginPage(c, ed, http.StatusOK, agenda.EventDetails{}, nil)
}

// editionToSubmit returns the edition of the year for whoever wants to submit an event.
func (w *Web) editionToSubmit(c *Ctx, year int) (agenda.Edition, error) {
	p, err := w.public.load(c.ctx())
	if err != nil {
		return agenda.Edition{}, err
	}
	ed, ok := p.edition(year)
	if !ok {
		return ed, agenda.ErrNotFound
	}
	return ed, nil
}

func (w *Web) submitPage(c *Ctx, year, status int, d agenda.EventDetails, err error) error {
	ed, perr := w.editionToSubmit(c, year)
	if perr != nil {
		return perr
	}
	open := ed.Accepts(w.Store.Today())
	f := c.eventForm("/programm/"+strconv.Itoa(year)+"/"+submitSlug, "submit.send", d).once()
	f.Trap, f.Check = true, c.checkURL(year)
	f.More = []option{{Value: "check", Label: c.P.T("clash.check")}, {Value: "reserve", Label: c.P.T("submit.reserve")}}
	notes, perr := c.timeNotes(year, "", d)
	if perr != nil {
		return perr
	}
	f.Notes = &notes
	if ed.Principles != "" {
		f.add(c.agreement())
	}
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "submit", c.P.T("submit.title"), map[string]any{"Form": f, "Edition": ed, "Open": open, "Late": ed.Late(w.Store.Today())})
}

// agreement asks whether whoever submits agrees to the principles of the edition.
func (c *Ctx) agreement() field {
	return field{Kind: "check", Name: "accepted_terms", Value: onOff(c.posted("accepted_terms") != ""), Required: true, Label: c.P.T("call.agree")}
}

// editionOf returns the edition of an event, an empty one for an event outside
// of the weeks.
func (w *Web) editionOf(c *Ctx, e agenda.Event) (agenda.Edition, error) {
	if e.Edition == 0 {
		return agenda.Edition{}, nil
	}
	return w.Store.Edition(c.ctx(), e.Edition)
}

// trapField is a field that no person sees: whoever fills it in is a program.
const trapField = "website"

// submit registers an event, reserves its date, or only looks at the time.
func (w *Web) submit(c *Ctx) error {
	year, err := c.year()
	if err != nil || c.Param("slug") != submitSlug {
		return agenda.ErrNotFound
	}
	if c.posted("do") == "begin" {
		ed, err := w.editionToSubmit(c, year)
		if err != nil {
			return err
		}
		return w.begin(c, ed)
	}
	d, problems := c.postedEvent()
	done, register, check := "submit.done", w.Store.SubmitEvent, d.Clean().Check(true, w.Store.Loc())
	switch c.posted("do") {
	case "check":
		return w.submitPage(c, year, http.StatusOK, d, nil)
	case "fill":
		d, err := c.fill(d, problems)
		return w.submitPage(c, year, statusOf(err), d, err)
	case "reserve":
		done, register, check = "submit.reserved", w.Store.ReserveEvent, d.Clean().CheckReserved(w.Store.Loc())
	}
	agreed := c.posted("accepted_terms") != ""
	ed, err := w.Store.Edition(c.ctx(), year)
	if err != nil {
		return err
	}
	var terms error
	if done == "submit.done" {
		terms = ed.Agreed(agreed)
	}
	errors.As(joined(problems, check), &problems)
	if err = joined(problems, terms); err == nil && c.posted(trapField) == "" {
		_, err = register(c.ctx(), year, d, c.P.Lang(), c.posted("once"), agreed)
	}
	if err != nil {
		return w.submitPage(c, year, http.StatusUnprocessableEntity, d, err)
	}
	return c.page(http.StatusOK, "message", c.P.T(done+".title"), map[string]any{
		"Text": c.P.T(done+".text", "email", d.Clean().Internal.Email), "Back": "/programm/" + strconv.Itoa(year), "BackText": c.P.T("frame.programme"),
	})
}

func (w *Web) showSubmission(c *Ctx) error {
	e, err := w.Store.Submission(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	if e.Review == agenda.Draft {
		return w.draftPage(c, http.StatusOK, e, nil)
	}
	d := shownToEditors(e)
	return w.submissionPage(c, http.StatusOK, e, d, false, nil)
}

func (w *Web) submissionPage(c *Ctx, status int, e agenda.Event, d agenda.EventDetails, saved bool, err error) error {
	c.Header("Cache-Control", "no-store")
	f := c.eventForm("/einreichung/"+c.Param("token"), "submit.save", d).seen(e.Version())
	f.More = []option{{Value: "check", Label: c.P.T("clash.check")}}
	notes, perr := c.timeNotes(e.Edition, e.ID, d)
	if perr != nil {
		return perr
	}
	f.Notes = &notes
	ed, perr := w.editionOf(c, e)
	if perr != nil {
		return perr
	}
	if ed.Asks(e) {
		f.add(c.agreement())
	}
	next, perr := w.nextEdition(c.ctx(), e)
	if perr != nil {
		return perr
	}
	var m *meanwhile
	if err != nil && !errors.As(err, &m) && !f.refuse(err) {
		return err
	}
	_, me, perr := w.Store.Editing(c.ctx(), c.Param("token"))
	if perr != nil {
		return perr
	}
	t, perr := c.teamOf(e, me)
	if perr != nil {
		return perr
	}
	proposes := e.Proposes(w.Store.Now(), w.Store.Loc())
	if proposes {
		f.Submit = c.P.T("submit.propose")
	}
	editable := e.Editable() || proposes
	proof, perr := w.proof(c, e, editable)
	if perr != nil {
		return perr
	}
	list, perr := w.listPath(c, e)
	if perr != nil {
		return perr
	}
	words, perr := w.translationRows(c, e, "/einreichung/"+c.Param("token"))
	if perr != nil {
		return perr
	}
	lacks, perr := w.lacksOf(c, e, d, f)
	if perr != nil {
		return perr
	}
	return c.page(status, "submission", c.P.T("submit.edit"), map[string]any{"List": list, "Translations": words, "Form": f, "Lacks": lacks, "Team": t, "Meanwhile": m, "E": e, "Edition": ed, "Editable": editable, "Proof": proof, "Proposes": proposes, "Saved": saved, "Next": next, "Action": c.path, "Home": "/einreichung/" + c.Param("token")})
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
	if e.Review == agenda.Draft {
		return w.closeDraft(c, e)
	}
	if c.posted("do") == "copy" {
		return w.copySubmission(c, e)
	}
	d, problems := c.postedEvent()
	if c.posted("do") == "check" {
		return w.submissionPage(c, http.StatusOK, e, d, false, nil)
	}
	if c.filling() {
		d, err := c.fill(d, problems)
		return w.submissionPage(c, statusOf(err), e, d, false, err)
	}
	ed, err := w.editionOf(c, e)
	if err != nil {
		return err
	}
	agreed := c.posted("accepted_terms") != ""
	errors.As(joined(problems, d.Clean().Check(true, w.Store.Loc())), &problems)
	var terms error
	if ed.Asks(e) {
		terms = ed.Agreed(agreed)
	}
	if err = joined(problems, terms); err == nil {
		var after agenda.Event
		if after, err = w.Store.EditSubmission(c.ctx(), c.Param("token"), d, c.postedSeen(), agreed); err == nil {
			return w.submissionPage(c, http.StatusOK, after, d.Clean(), true, nil)
		}
		if errors.Is(err, agenda.ErrConflict) {
			e, d, err = c.reconcile(e.ID, d, true)
			return w.submissionPage(c, http.StatusConflict, e, d, false, err)
		}
	}
	return w.submissionPage(c, http.StatusUnprocessableEntity, e, d, false, err)
}

// nextEdition is the year of the edition for which an event can be made anew, 0
// if there is none: a later one that takes events.
func (w *Web) nextEdition(ctx context.Context, e agenda.Event) (int, error) {
	p, err := w.public.load(ctx)
	if err != nil {
		return 0, err
	}
	for _, ed := range p.editions { // the latest first
		if ed.Year > e.Edition && e.Edition != 0 && ed.Accepts(w.Store.Today()) {
			return ed.Year, nil
		}
	}
	return 0, nil
}

// copySubmission makes last year's event anew for the edition that takes events.
func (w *Web) copySubmission(c *Ctx, e agenda.Event) error {
	year, err := w.nextEdition(c.ctx(), e)
	if err != nil {
		return err
	}
	if year == 0 {
		return agenda.ErrState
	}
	made, err := w.Store.CopyEvent(c.ctx(), c.Param("token"), year)
	if err != nil {
		return err
	}
	link, err := w.Store.EditorLink(c.ctx(), made, c.Param("token"))
	if err != nil {
		return err
	}
	return c.redirect("/einreichung/" + link)
}
