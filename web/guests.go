package web

import (
	"bytes"
	"net/http"
	"strconv"

	"widunetz/internal/agenda"
	"widunetz/internal/exchange"
)

// The list of an event is what its organiser works with: who comes, who waits,
// who telephoned, who was there. Its link opens this event only.

// guestList is the list of the address.
type guestList struct {
	E       agenda.Event
	H       agenda.House
	People  []agenda.SignUp // who has a place or for whom one is kept
	Waiting []agenda.SignUp
	Over    []agenda.SignUp // gave back, lapsed, removed
	Needs   agenda.NeedsSum
	Action  string
	Dates   []agenda.EventDate // of a course: several
	Date    agenda.EventDate   // the one on which presence is noted
}

func (w *Web) guestList(c *Ctx) (g guestList, err error) {
	c.Header("Cache-Control", "no-store")
	if g.E, g.H, err = w.Store.List(c.ctx(), c.Param("token")); err != nil {
		return g, err
	}
	g.Action = "/liste/" + c.Param("token")
	g.Dates = g.E.Dates()
	g.Date = w.dateOfList(c, g.E)
	all, err := w.Store.SignUps(c.ctx(), g.E.ID)
	if err != nil {
		return g, err
	}
	g.Needs = agenda.SumNeeds(all)
	for _, u := range all {
		switch {
		case !u.Open():
			g.Over = append(g.Over, u)
		case u.Holds() > 0:
			g.People = append(g.People, u)
		default:
			g.Waiting = append(g.Waiting, u)
		}
	}
	return g, nil
}

// dateOfList is the date of the address, otherwise the one that is on or comes
// next, or the last one.
func (w *Web) dateOfList(c *Ctx, e agenda.Event) agenda.EventDate {
	dates := e.Dates()
	asked := c.Query("termin")
	if v := c.posted("date"); v != "" {
		asked = v
	}
	if no, err := strconv.Atoi(asked); err == nil {
		for _, d := range dates {
			if d.No == no {
				return d
			}
		}
	}
	today := w.Store.Today()
	for _, d := range dates {
		if !d.Off && !d.End.Date.Before(today) {
			return d
		}
	}
	return dates[len(dates)-1]
}

func (w *Web) showGuests(c *Ctx) error {
	g, err := w.guestList(c)
	if err != nil {
		return err
	}
	return w.guestsPage(c, http.StatusOK, g, nil)
}

func (w *Web) guestsPage(c *Ctx, status int, g guestList, err error) error {
	add := c.form(g.Action, "guests.add").once()
	add.Do = "add"
	add.must("name", "", 100)
	add.add(field{Kind: "tel", Name: "signup_phone", Max: 60, Dir: "ltr", Label: c.P.T("field.signup_phone")})
	add.add(field{Kind: "number", Name: "persons", Value: "1", Required: true}).needs(agenda.Needs{})
	remind := c.form(g.Action, "guests.save")
	remind.Do = "remind"
	leads := ""
	if g.H.Leads != nil {
		leads = leadsText(g.H.Leads)
	}
	remind.add(field{Kind: "text", Name: "leads", Value: leads, Max: 40, Label: c.P.T("guests.leads"), Hint: c.P.T("guests.leads_hint", "default", leadsText(w.Store.Clock().EventLeads))})
	remind.add(field{Kind: "area", Name: "sentence", Value: g.H.Sentence, Max: 500, Label: c.P.T("guests.sentence"), Hint: c.P.T("guests.sentence_hint")})
	word := c.form(g.Action, "guests.send").once()
	word.Do = "word"
	word.add(field{Kind: "area", Name: "word", Max: 2000, Required: true, Label: c.P.T("guests.word")})
	if err != nil {
		f := map[string]*form{"add": add, "remind": remind, "word": word}[c.posted("do")]
		if f == nil || !f.refuse(err) {
			return err
		}
	}
	return c.page(status, "guests", c.P.T("guests.title"), map[string]any{"G": g, "Form": add, "Remind": remind, "Word": word, "Free": g.H.Free(g.E), "Unlimited": g.E.Places == 0, "Saved": c.Query("ok") != ""})
}

// organiser is who works with a list: a coordinator who is logged in, otherwise
// whoever has the link.
func (c *Ctx) organiser(e agenda.Event) agenda.Actor {
	if p := c.signedIn(); p != nil && p.Coordinator {
		return c.actor()
	}
	return agenda.Actor{Who: agenda.Ref{Kind: agenda.AboutEditor, ID: string(e.ID)}}
}

func (w *Web) changeGuests(c *Ctx) error {
	g, err := w.guestList(c)
	if err != nil {
		return err
	}
	actor, id, who := c.organiser(g.E), g.E.ID, agenda.SignUpID(c.posted("who"))
	switch c.posted("do") {
	case "add":
		u, problems := c.postedSignUp()
		if err = joined(problems, u.Clean().Check(true)); err == nil {
			_, err = w.Store.AddSignUp(c.ctx(), actor, id, u, c.posted("once"))
		}
	case "remove":
		err = w.Store.RemoveSignUp(c.ctx(), actor, id, who)
	case "came", "missed":
		err = w.Store.Attend(c.ctx(), actor, id, who, g.Date.No, c.posted("do") == "came")
	case "close", "open":
		_, err = w.Store.CloseSignUp(c.ctx(), actor, id, c.posted("do") == "close")
	case "remind":
		var p agenda.Problems
		leads := c.postedLeads(&p)
		if err = p.Err(); err == nil {
			_, err = w.Store.SetGuestReminders(c.ctx(), actor, id, leads, c.posted("sentence"))
		}
	case "word":
		err = w.Store.WriteToGuests(c.ctx(), actor, id, c.posted("word"), c.posted("once"))
	default:
		return w.guestsPage(c, http.StatusUnprocessableEntity, g, nil)
	}
	if err != nil {
		return w.guestsPage(c, http.StatusUnprocessableEntity, g, err)
	}
	anchor := ""
	if who != "" {
		anchor = "#" + string(who)
	}
	return c.redirect(g.Action + "?ok=1&termin=" + strconv.Itoa(g.Date.No) + anchor)
}

// showCertificate is the page to print for somebody who was there.
func (w *Web) showCertificate(c *Ctx) error {
	g, err := w.guestList(c)
	if err != nil {
		return err
	}
	for _, u := range g.People {
		if string(u.ID) != c.Param("who") {
			continue
		}
		dates := u.Attended(g.Dates)
		if len(dates) == 0 {
			return agenda.ErrState
		}
		return c.page(http.StatusOK, "certificate", c.P.T("guests.certificate"), map[string]any{"U": u, "E": g.E, "Dates": dates, "All": len(g.Dates), "Today": w.Store.Today()})
	}
	return agenda.ErrNotFound
}

// exportGuests is the list as a spreadsheet.
func (w *Web) exportGuests(c *Ctx) error {
	g, err := w.guestList(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	x := exchange.Export{Store: w.Store, German: c.P, BaseURL: w.Site.BaseURL}
	if err := x.Guests(&b, append(g.People, g.Waiting...)); err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="anmeldungen-`+g.E.Slug+`.xlsx"`)
	c.Data(http.StatusOK, exportTypes[exchange.XLSX], b.Bytes())
	return nil
}

// renewList makes the link to the list worthless that somebody else may have.
func (w *Web) renewList(c *Ctx) error {
	e, err := c.easel()
	if err != nil {
		return err
	}
	if !e.SignUpHere {
		return agenda.ErrNotFound
	}
	if _, err := w.Store.RenewList(c.ctx(), c.organiser(e.Event), e.ID); err != nil {
		return err
	}
	return c.redirect(e.Home)
}

// listPath is the address of an event's list, "" if nobody signs up here.
func (w *Web) listPath(c *Ctx, e agenda.Event) (string, error) {
	if !e.SignUpHere || e.ID == "" {
		return "", nil
	}
	h, err := w.Store.House(c.ctx(), e.ID)
	return "/liste/" + w.Store.ListToken(e.ID, h), err
}
