package web

import (
	"net/http"
	"net/url"
	"slices"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

// People ask to be told of new events on a page of its own, confirm by mail, and
// see and change what they get behind the mailed link.

// selectionForm asks of which events somebody wants to hear.
func (c *Ctx) selectionForm(f *form, w agenda.Wish) *form {
	var towns, paces []option
	for _, t := range append(slices.Clone(agenda.Towns), agenda.Online) {
		towns = append(towns, option{agenda.Slug(t), t, slices.Contains(w.Towns, t)})
	}
	for _, p := range agenda.Paces {
		paces = append(paces, option{string(p), c.P.T("subscribe.pace." + string(p)), p == w.Pace})
	}
	f.add(field{Kind: "checks", Name: "town", Label: c.P.T("subscribe.towns"), Options: towns})
	f.add(field{Kind: "checks", Name: "audience", Label: c.P.T("subscribe.audiences"), Options: c.chosen("term.audience.", agenda.Audiences, w.Audiences)})
	f.add(field{Kind: "checks", Name: "language", Label: c.P.T("subscribe.languages"), Options: c.chosen("term.language.", agenda.Languages, w.Languages)})
	for _, only := range []option{{Value: "free", On: w.Free}, {Value: "accessible", On: w.Accessible}} {
		one := field{Kind: "check", Name: only.Value, Label: c.P.T("subscribe." + only.Value)}
		if only.On {
			one.Value = "1"
		}
		f.add(one)
	}
	return f.add(field{Kind: "radios", Name: "pace", Label: c.P.T("subscribe.pace"), Options: paces})
}

// chosen are the options of codes. What is for everyone is for whomever one
// chooses: as a choice of its own it is there only when it was chosen in the
// programme.
func (c *Ctx) chosen(prefix string, codes, on []string) []option {
	codes = slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return code == "alle" && !slices.Contains(on, code) })
	return c.codes(prefix, codes, on...)
}

// wishOf reads a wish from a form or from the query of a programme's page.
func (c *Ctx) wishOf(q url.Values) agenda.Wish {
	var towns []string
	for _, slug := range q["town"] {
		towns = append(towns, townOf(agenda.Slug(slug)))
	}
	return agenda.Wish{
		Selection: agenda.Selection{Towns: towns, Audiences: q["audience"], Languages: q["language"], Free: q.Get("free") == "1", Accessible: q.Get("accessible") == "1"},
		Pace:      agenda.Pace(q.Get("pace")), Lang: c.P.Lang(),
	}.Clean()
}

// showSubscribe is the form, filled in as the programme was filtered.
func (w *Web) showSubscribe(c *Ctx) error {
	q := c.Request.URL.Query()
	return w.subscribePage(c, http.StatusOK, c.wishOf(q), parseFilter(q), "", nil)
}

func (w *Web) subscribePage(c *Ctx, status int, wish agenda.Wish, from filter, email string, err error) error {
	f := c.form("/benachrichtigen", "subscribe.submit")
	f.Trap = true
	c.selectionForm(f, wish)
	f.add(field{Kind: "email", Name: "email", Value: email, Required: true, Max: 254, Auto: "email", Dir: "ltr", Label: c.P.T("subscribe.email"), Hint: c.P.T("subscribe.email_hint")})
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "subscribe", c.P.T("subscribe.title"), map[string]any{"Form": f, "Dropped": c.dropped(from)})
}

// dropped names what the programme was filtered by and mails cannot be.
func (c *Ctx) dropped(f filter) []string {
	f.Town, f.Audience, f.Language, f.Free, f.Accessible = "", "", "", false, false
	var out []string
	if f.Organiser != "" {
		out, f.Organiser = append(out, c.P.T("field.organiser")), ""
	}
	return append(out, f.words(c.P, nil)...)
}

// subscribe takes a wish. The answer is the same for every address.
func (w *Web) subscribe(c *Ctx) error {
	wish, email := c.wishOf(c.Request.PostForm), c.posted("email")
	if c.posted(trapField) == "" {
		if err := w.Store.Subscribe(c.ctx(), email, wish); err != nil {
			return w.subscribePage(c, http.StatusUnprocessableEntity, wish, filter{}, email, err)
		}
	}
	return c.page(http.StatusOK, "message", c.P.T("subscribe.sent.title"), map[string]any{"Text": c.P.T("subscribe.sent.text"), "Back": "/programm", "BackText": c.P.T("frame.programme")})
}

// showSubscriber is the page behind the mailed link. Nothing happens before a
// button is pressed: programs open the links of mails.
func (w *Web) showSubscriber(c *Ctx) error {
	c.Header("Cache-Control", "no-store")
	s, err := w.Store.Subscriber(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	now := w.Store.Now()
	if s.Over(now) {
		return agenda.ErrExpired
	}
	action := letter.SubscriberPath + c.Param("token")
	f := c.form(action, "subscribe.save")
	f.Do = "change"
	c.selectionForm(f, s.Wish)
	f.add(field{Kind: "select", Name: "lang", Label: c.P.T("subscribe.lang"), Options: c.mailLangs(s.Lang)})
	m := map[string]any{
		"S": s, "Form": f, "Action": action, "Selected": letter.Selected(s.Selection, c.P), "Saved": c.asked("gespeichert") != "" && !s.Confirmed.IsZero(), "Ends": agenda.LocalOf(s.Ends(), w.Store.Loc()).Date,
	}
	if offer := s.Offer(now); offer != nil && !s.Confirmed.IsZero() {
		m["New"], m["NewSelected"] = offer, letter.Selected(offer.Selection, c.P)
	}
	return c.page(http.StatusOK, "subscriber", c.P.T("subscribe.mine"), m)
}

// mailLangs are the languages in which subscribers are written to.
func (c *Ctx) mailLangs(on agenda.Lang) []option {
	var out []option
	for _, l := range c.w.Catalog.Langs() {
		out = append(out, option{string(l), c.w.Catalog.Printer(l).Own(), l == on})
	}
	return out
}

// decideSubscriber does what a button of the page says. A mail program's
// one-click post (RFC 8058) ends the mails; doing it twice is no error.
func (w *Web) decideSubscriber(c *Ctx) error {
	token, do := c.Param("token"), c.posted("do")
	if c.PostForm("List-Unsubscribe") == "One-Click" || do == "end" {
		if err := w.Store.Unsubscribe(c.ctx(), token); err != nil {
			return err
		}
		return c.page(http.StatusOK, "message", c.P.T("subscribe.ended.title"), map[string]any{"Text": c.P.T("subscribe.ended.text"), "Back": "/programm", "BackText": c.P.T("frame.programme")})
	}
	var err error
	saved := ""
	switch do {
	case "confirm":
		_, err = w.Store.ConfirmSubscriber(c.ctx(), token)
	case "keep":
		_, err = w.Store.KeepSubscriber(c.ctx(), token)
	case "change":
		wish := c.wishOf(c.Request.PostForm)
		if l := agenda.Lang(c.posted("lang")); w.Catalog.Enabled(l) {
			wish.Lang = l
		}
		_, err = w.Store.ChangeSubscriber(c.ctx(), token, wish)
		saved = "?gespeichert=1"
	default:
		return w.showSubscriber(c)
	}
	if err != nil {
		return err
	}
	return c.redirect(letter.SubscriberPath + token + saved)
}

// subscribers says to the coordinators how many people wait for new events, ""
// if nobody does.
func (w *Web) subscribers(c *Ctx) (string, error) {
	n, err := w.Store.Subscribers(c.ctx())
	if err != nil || len(n) == 0 {
		return "", err
	}
	return c.P.T("office.subscribers", "news", n[agenda.PaceNews], "month", n[agenda.PaceMonth]), nil
}
