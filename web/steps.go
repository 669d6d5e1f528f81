package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"widunetz/internal/agenda"
)

// An event is submitted in steps: its beginning makes a draft and mails the link
// to it, every step saves, and a summary hands it in.

// stepLink is one step as the list of steps shows it.
type stepLink struct {
	Number  int
	Label   string
	URL     string
	Current bool
}

// stepPath is the address of a step of the event that the token opens.
func stepPath(token, part string) string { return "/einreichung/" + token + "/schritt/" + part }

// stepLinks are the steps of a draft; those of a beginning lead nowhere yet.
func (c *Ctx) stepLinks(token, current string) (out []stepLink) {
	for i, part := range eventParts {
		l := stepLink{Number: i + 1, Label: c.P.T("submit.part." + part.Name), Current: part.Name == current}
		if token != "" {
			l.URL = c.url(stepPath(token, part.Name))
		}
		out = append(out, l)
	}
	last := stepLink{Number: len(out) + 1, Label: c.P.T("submit.part.pruefen"), Current: current == ""}
	if token != "" {
		last.URL = c.url("/einreichung/" + token)
	}
	return append(out, last)
}

// beginPage asks for the first of an event: enough to make a draft of it.
func (w *Web) beginPage(c *Ctx, ed agenda.Edition, status int, d agenda.EventDetails, err error) error {
	path := "/programm/" + strconv.Itoa(ed.Year) + "/" + submitSlug
	f := c.form(path, "submit.next").once()
	f.Trap, f.Do = true, "begin"
	eventParts[0].fields(f, d)
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "submit", c.P.T("submit.title"), map[string]any{
		"Form": f, "Edition": ed, "Open": ed.Accepts(w.Store.Today()), "Late": ed.Late(w.Store.Today()), "Steps": c.stepLinks("", eventParts[0].Name), "Whole": path + "?alles=1",
	})
}

// newDetails are those of an event of which nothing is known yet.
func newDetails() agenda.EventDetails {
	return agenda.EventDetails{Free: true, Languages: []string{"de"}, Audiences: []string{"alle"}}
}

// begin makes a draft of what was typed first and goes on to the next step.
func (w *Web) begin(c *Ctx, ed agenda.Edition) error {
	d := newDetails()
	eventParts[0].read(c, &d, nil)
	err := d.Clean().CheckDraft(w.Store.Loc())
	var e agenda.Event
	if err == nil && c.posted(trapField) == "" {
		e, err = w.Store.BeginEvent(c.ctx(), ed.Year, d, c.P.Lang(), c.posted("once"))
	}
	if err != nil {
		return w.beginPage(c, ed, http.StatusUnprocessableEntity, d, err)
	}
	if e.ID == "" { // a program that filled in the trap sees no difference
		return c.redirect("/programm/" + strconv.Itoa(ed.Year))
	}
	return c.redirect(stepPath(w.Store.SubmissionToken(e), eventParts[1].Name) + "?begonnen=1")
}

// draft is the draft of the address, and the step; ErrState for an event that
// was handed in already.
func (w *Web) draft(c *Ctx) (e agenda.Event, step int, err error) {
	if e, err = w.Store.Submission(c.ctx(), c.Param("token")); err != nil {
		return e, 0, err
	}
	step = slices.IndexFunc(eventParts, func(p eventPart) bool { return p.Name == c.Param("step") })
	if step < 0 {
		return e, 0, agenda.ErrNotFound
	}
	if e.Review != agenda.Draft {
		return e, step, agenda.ErrState
	}
	return e, step, nil
}

func (w *Web) showStep(c *Ctx) error {
	e, step, err := w.draft(c)
	if errors.Is(err, agenda.ErrState) {
		return c.redirect("/einreichung/" + c.Param("token"))
	}
	if err != nil {
		return err
	}
	return w.stepPage(c, http.StatusOK, e, step, e.EventDetails, nil)
}

func (w *Web) stepPage(c *Ctx, status int, e agenda.Event, step int, d agenda.EventDetails, err error) error {
	c.Header("Cache-Control", "no-store")
	part, token := eventParts[step], c.Param("token")
	f := c.form(stepPath(token, part.Name), "submit.next")
	f.Do = "next"
	f.More = []option{{Value: "later", Label: c.P.T("submit.later")}}
	part.fields(f, d)
	if part.Name == whenPart {
		notes, err := c.timeNotes(e.Edition, e.ID, d)
		if err != nil {
			return err
		}
		f.Notes, f.Check = &notes, c.checkURL(e.Edition)
		f.More = append([]option{{Value: "check", Label: c.P.T("clash.check")}}, f.More...)
	}
	if step > 0 { // a new address in the first one would change the link under the form
		f.Save = c.P.T("submit.saved")
	}
	if err != nil && !f.refuse(err) {
		return err
	}
	back := "/programm/" + strconv.Itoa(e.Edition)
	if step > 0 {
		back = stepPath(token, eventParts[step-1].Name)
	}
	begun := ""
	if c.Query("begonnen") != "" {
		begun = c.P.T("submit.begun", "email", e.Internal.Email)
	}
	return c.page(status, "step", c.P.T("submit.title"), map[string]any{
		"Form": f, "E": e, "Heading": c.P.T("submit.step", "n", step+1, "of", len(eventParts)+1, "title", c.P.T("submit.part."+part.Name)),
		"Steps": c.stepLinks(token, part.Name), "Back": back, "Picture": part.Name == textPart, "Home": "/einreichung/" + token, "Begun": begun,
	})
}

// saveStep keeps what was typed in one step. Nothing has to be complete, but
// what cannot be understood is said at once.
func (w *Web) saveStep(c *Ctx) error {
	e, step, err := w.draft(c)
	if err != nil {
		return err
	}
	part := eventParts[step]
	typed := e.EventDetails
	var p agenda.Problems
	part.read(c, &typed, &p)
	if c.filling() {
		d, err := c.fill(typed, p)
		return w.stepPage(c, statusOf(err), e, step, d, err)
	}
	p = c.partly(p)
	if c.posted("do") == "check" {
		return w.stepPage(c, http.StatusOK, e, step, typed, p.Err())
	}
	if err = joined(p, typed.Clean().CheckDraft(w.Store.Loc())); err == nil {
		e, err = w.Store.FillDraft(c.ctx(), c.Param("token"), func(d *agenda.EventDetails) {
			var told agenda.Problems // above
			part.read(c, d, &told)
		})
	}
	if err != nil {
		return w.stepPage(c, http.StatusUnprocessableEntity, e, step, typed, err)
	}
	token := w.Store.SubmissionToken(e)
	switch next := step + 1; {
	case c.posted("do") == "auto":
		c.Status(http.StatusNoContent)
		return nil
	case c.posted("do") == "later":
		return c.page(http.StatusOK, "message", c.P.T("submit.later.title"), map[string]any{
			"Text": c.P.T("submit.later.text", "email", e.Internal.Email), "Back": "/einreichung/" + token, "BackText": e.Title,
		})
	case next < len(eventParts):
		return c.redirect(stepPath(token, eventParts[next].Name))
	}
	return c.redirect("/einreichung/" + token)
}

// partly leaves out that times are missing if none was given at all.
func (c *Ctx) partly(p agenda.Problems) agenda.Problems {
	for _, name := range []string{"start", "start_clock", "end_date", "end"} {
		if c.posted(name) != "" {
			return p
		}
	}
	return slices.DeleteFunc(p, func(e *agenda.FieldError) bool { return e.Rule == "required" })
}

// answered is one field of the summary.
type answered struct{ Label, Value, Problem string }

// answers are the fields of a form with what was chosen and typed.
func (f *form) answers() (out []answered) {
	for _, x := range f.Fields {
		a := answered{Label: x.Label, Value: x.Value}
		switch {
		case x.Kind == "check":
			a.Value = f.c.P.T("term.no")
			if x.Value != "" {
				a.Value = f.c.P.T("term.yes")
			}
		case x.Options != nil:
			var on []string
			for _, o := range x.Options {
				if o.On && o.Value != "" {
					on = append(on, o.Label)
				}
			}
			a.Value = f.c.P.List(on)
		case x.Kind == "date":
			if d, err := agenda.ParseDate(x.Value); err == nil {
				a.Value = f.c.P.Date(d)
			}
		}
		if p := f.problems.For(x.Name); p != nil {
			a.Problem = f.c.problem(p)
		}
		if a.Value != "" || a.Problem != "" {
			out = append(out, a)
		}
	}
	return out
}

// answeredPart is a step in the summary.
type answeredPart struct {
	Label, URL string
	Answers    []answered
}

// missing is something to do before an event can be handed in.
type missing struct{ Label, Problem, URL string }

// draftPage is the summary of a draft: what there is, what is missing, and the
// button that hands it in.
func (w *Web) draftPage(c *Ctx, status int, e agenda.Event, refused error) error {
	c.Header("Cache-Control", "no-store")
	token := c.Param("token")
	ed, err := w.editionOf(c, e)
	if err != nil {
		return err
	}
	var lack agenda.Problems
	errors.As(e.Check(true, w.Store.Loc()), &lack)
	send := c.form("/einreichung/"+token, "submit.send")
	send.Do = "send"
	if e.CheckReserved(w.Store.Loc()) == nil && len(lack) > 0 {
		send.More = []option{{Value: "reserve", Label: c.P.T("submit.reserve")}}
	}
	if ed.Asks(e) {
		send.add(c.agreement())
	}
	if refused != nil && !send.refuse(refused) {
		return refused
	}
	var parts []answeredPart
	var todo []missing
	for _, part := range eventParts {
		f := c.form("", "submit.next")
		f.problems = lack
		part.fields(f, e.EventDetails)
		at := c.url(stepPath(token, part.Name))
		parts = append(parts, answeredPart{c.P.T("submit.part." + part.Name), at, f.answers()})
		for _, x := range f.Fields {
			if p := lack.For(x.Name); p != nil {
				todo = append(todo, missing{x.Label, c.problem(p), at + "#f-" + x.Name})
			}
		}
	}
	return c.page(status, "draft", c.P.T("submit.title"), map[string]any{
		"Form": send, "E": e, "Edition": ed, "Parts": parts, "Todo": todo, "Steps": c.stepLinks(token, ""), "Home": "/einreichung/" + token,
		"Open": e.Edition == 0 || ed.Accepts(w.Store.Today()), "Late": e.Edition != 0 && ed.Late(w.Store.Today()),
	})
}

// closeDraft hands a draft in, keeps its date only, or deletes it.
func (w *Web) closeDraft(c *Ctx, e agenda.Event) error {
	to, done := agenda.Submitted, "submit.done"
	switch c.posted("do") {
	case "drop":
		if err := w.Store.DropDraft(c.ctx(), c.Param("token")); err != nil {
			return err
		}
		return c.page(http.StatusOK, "message", c.P.T("submit.dropped.title"), map[string]any{"Text": c.P.T("submit.dropped.text", "title", e.Title)})
	case "reserve":
		to, done = agenda.Reserved, "submit.reserved"
	case "send":
	default:
		return w.draftPage(c, http.StatusUnprocessableEntity, e, nil)
	}
	e, err := w.Store.SendDraft(c.ctx(), c.Param("token"), to, c.posted("accepted_terms") != "")
	if errors.Is(err, agenda.ErrState) && e.Review != agenda.Draft {
		return c.redirect("/einreichung/" + c.Param("token")) // the second click
	}
	if err != nil {
		if e, gone := w.Store.Submission(c.ctx(), c.Param("token")); gone == nil {
			return w.draftPage(c, http.StatusUnprocessableEntity, e, err)
		}
		return err
	}
	return c.page(http.StatusOK, "message", c.P.T(done+".title"), map[string]any{
		"Text": c.P.T(done+".text", "email", e.Internal.Email), "Back": "/programm/" + strconv.Itoa(e.Edition), "BackText": c.P.T("frame.programme"),
	})
}
