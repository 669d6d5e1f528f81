package web

import (
	"net/http"
	"strconv"

	"widunetz/internal/agenda"
)

// People sign up on the page of an event, confirm by mail, and see and change
// where they stand behind the mailed link.

// signUpForm asks for as little as an organiser can do with.
func (w *Web) signUpForm(c *Ctx, e agenda.Event, u agenda.SignUp) *form {
	f := c.form(eventPath(e)+"/anmelden", "signup.send")
	f.Trap = true
	f.add(field{Kind: "text", Name: "name", Value: u.Name, Max: 100, Required: true, Auto: "name", Hint: c.P.T("signup.name_hint")})
	f.add(field{Kind: "email", Name: "email", Value: u.Email, Max: 254, Required: true, Auto: "email", Dir: "ltr", Label: c.P.T("field.signup_email"), Hint: c.P.T("signup.email_hint")})
	f.add(field{Kind: "number", Name: "persons", Value: strconv.Itoa(max(1, u.Persons)), Required: true})
	f.needs(u.Needs)
	f.check("forother", u.ForOther)
	return f
}

// needs are the voluntary fields.
func (f *form) needs(n agenda.Needs) *form {
	f.add(field{Kind: "number", Name: "children", Value: nonZero(n.Childcare)})
	var languages []string
	for _, l := range agenda.Languages {
		if l != "de" && l != "alle" {
			languages = append(languages, l)
		}
	}
	f.choose("select", "interpreter", withEmpty(f.c.codes("term.language.", languages, n.Interpreter)), false)
	on := ""
	if n.StepFree {
		on = "1"
	}
	return f.add(field{Kind: "check", Name: "needs_stepfree", Value: on})
}

func eventPath(e agenda.Event) string {
	return "/programm/" + strconv.Itoa(e.Year()) + "/" + e.Slug
}

// postedSignUp reads the form of a sign-up.
func (c *Ctx) postedSignUp() (u agenda.SignUp, p agenda.Problems) {
	u = agenda.SignUp{
		Name: c.posted("name"), Email: c.posted("email"), Phone: c.posted("signup_phone"), Persons: c.postedInt(&p, "persons"), Lang: c.P.Lang(), ForOther: c.posted("forother") != "",
		Needs: agenda.Needs{Childcare: c.postedInt(&p, "children"), Interpreter: c.posted("interpreter"), StepFree: c.posted("needs_stepfree") != ""},
	}
	return u, p
}

// eventOfSlug is the public event of the address.
func (c *Ctx) eventOfSlug() (agenda.Event, error) {
	year, err := c.year()
	if err != nil {
		return agenda.Event{}, err
	}
	e, err := c.store().EventBySlug(c.ctx(), year, c.Param("slug"))
	if err == nil && !e.Public() {
		err = agenda.ErrNotFound
	}
	return e, err
}

// signUp takes a sign-up. The answer is the same for every address: who signed
// up before is nobody's business.
func (w *Web) signUp(c *Ctx) error {
	e, err := c.eventOfSlug()
	if err != nil {
		return err
	}
	u, problems := c.postedSignUp()
	if err = joined(problems, u.Clean().Check(false)); err == nil && c.posted(trapField) == "" {
		err = w.Store.SignUp(c.ctx(), e.ID, u)
	}
	if err != nil {
		return w.signUpPage(c, http.StatusUnprocessableEntity, e, u, err)
	}
	return w.signUpMessage(c, e, "signup.sent.title", c.P.T("signup.sent.text", "email", u.Clean().Email))
}

// signUpMessage says what became of a sign-up and leads back to the event.
func (w *Web) signUpMessage(c *Ctx, e agenda.Event, title, text string) error {
	shown, err := c.entryOf(e)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "message", c.P.T(title), map[string]any{"Text": text, "Back": eventPath(e), "BackText": shown.said(c.P.Lang()).Title})
}

// showSignUp is the form on a page of its own, for links and slips.
func (w *Web) showSignUp(c *Ctx) error {
	e, err := c.eventOfSlug()
	if err != nil {
		return err
	}
	return w.signUpPage(c, http.StatusOK, e, agenda.SignUp{}, nil)
}

func (w *Web) signUpPage(c *Ctx, status int, e agenda.Event, u agenda.SignUp, err error) error {
	h, herr := w.Store.House(c.ctx(), e.ID)
	if herr != nil {
		return herr
	}
	shown, serr := c.entryOf(e)
	if serr != nil {
		return serr
	}
	f := w.signUpForm(c, e, u)
	if err != nil && !f.refuse(err) {
		return err
	}
	closed := e.TakesSignUps(h, w.Store.Now(), w.Store.Loc())
	return c.page(status, "signup", c.P.T("signup.title"), map[string]any{"E": shown, "Form": f, "Open": closed == nil, "Full": h.Free(e) == 0 || h.Waiting > 0})
}

// showSignedUp is the page behind the mailed link. Nothing happens before a
// button is pressed: programs open the links of mails.
func (w *Web) showSignedUp(c *Ctx) error {
	u, e, place, err := w.Store.SignedUp(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	return w.signedUpPage(c, http.StatusOK, u, e, place, nil)
}

func (w *Web) signedUpPage(c *Ctx, status int, u agenda.SignUp, e agenda.Event, place int, err error) error {
	c.Header("Cache-Control", "no-store")
	f := c.form("/anmeldung/"+c.Param("token"), "subscribe.save")
	f.Do = "persons"
	f.add(field{Kind: "number", Name: "persons", Value: strconv.Itoa(u.Persons), Required: true})
	if err != nil && !f.refuse(err) {
		return err
	}
	shown, err := c.entryOf(e)
	if err != nil {
		return err
	}
	until := agenda.Local{}
	if !u.Until.IsZero() {
		until = agenda.LocalOf(u.Until, w.Store.Loc())
	}
	return c.page(status, "signedup", c.P.T("signup.mine"), map[string]any{
		"U": u, "E": shown, "Place": place, "Form": f, "Action": "/anmeldung/" + c.Param("token"), "Until": until, "Path": eventPath(e),
		"Over": !e.LastStart().In(w.Store.Loc()).After(w.Store.Now()), "Off": e.Standing != agenda.Scheduled,
	})
}

// decideSignUp does what a button of the page says. A mail program's one-click
// post (RFC 8058) ends reminders; it gives no place back.
func (w *Web) decideSignUp(c *Ctx) error {
	token := c.Param("token")
	if c.PostForm("List-Unsubscribe") == "One-Click" {
		return w.Store.QuietSignUp(c.ctx(), token)
	}
	u, e, place, err := w.Store.SignedUp(c.ctx(), token)
	if err != nil {
		return err
	}
	switch c.posted("do") {
	case "confirm":
		_, err = w.Store.ConfirmSignUp(c.ctx(), token)
	case "cancel":
		_, err = w.Store.WithdrawSignUp(c.ctx(), token)
	case "again":
		err = w.Store.TellSignUp(c.ctx(), token)
	case "quiet":
		err = w.Store.QuietSignUp(c.ctx(), token)
	case "persons":
		return w.resizeSignUp(c, u, e, place)
	case "delete":
		if err = w.Store.DeleteSignUp(c.ctx(), token); err == nil {
			return w.signUpMessage(c, e, "signup.deleted.title", c.P.T("signup.deleted.text"))
		}
	default:
		return w.signedUpPage(c, http.StatusUnprocessableEntity, u, e, place, nil)
	}
	if err != nil {
		return err
	}
	return c.redirect("/anmeldung/" + token)
}

func (w *Web) resizeSignUp(c *Ctx, u agenda.SignUp, e agenda.Event, place int) error {
	var p agenda.Problems
	n := c.postedInt(&p, "persons")
	err := p.Err()
	if err == nil {
		_, err = w.Store.ResizeSignUp(c.ctx(), c.Param("token"), n)
	}
	if err != nil {
		return w.signedUpPage(c, http.StatusUnprocessableEntity, u, e, place, err)
	}
	return c.redirect("/anmeldung/" + c.Param("token"))
}

// showSlip is a slip to print for people without mail: big date, place, and a
// code that leads to the event.
func (w *Web) showSlip(c *Ctx) error {
	e, err := c.eventOfSlug()
	if err != nil {
		return err
	}
	code, err := qrCode(c.w.Site.BaseURL+c.url(eventPath(e)), c.P.T("frame.qr"))
	if err != nil {
		return err
	}
	shown, err := c.entryOf(e)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "slip", shown.said(c.P.Lang()).Title, map[string]any{"E": shown, "QR": code, "Address": c.w.Site.BaseURL + c.url(eventPath(e))})
}
