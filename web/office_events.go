package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
)

func (w *Web) showEdition(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	e, err := w.Store.Edition(c.ctx(), year)
	if err != nil {
		// A proposal: the national week, two weeks earlier to one week later.
		from, to := almanac.InterculturalWeek(year)
		e = agenda.Edition{Year: year, Title: c.P.T("office.edition.title", "year", year), Starts: from.AddDays(-14), Ends: to.AddDays(7)}
	}
	return w.editionPage(c, http.StatusOK, e, nil)
}

func (w *Web) editionPage(c *Ctx, status int, e agenda.Edition, err error) error {
	f := c.form("/koordination/ausgaben/"+strconv.Itoa(e.Year), "office.save")
	f.must("title", e.Title, 150).text("motto", e.Motto, 200).text("patron", e.Patron, 200)
	for _, d := range []struct {
		name string
		v    agenda.Date
		must bool
	}{{"starts", e.Starts, true}, {"ends", e.Ends, true}, {"submission", e.Submission, false}, {"print", e.Print, false}} {
		f.add(field{Kind: "date", Name: d.name, Value: d.v.String(), Required: d.must})
	}
	events, perr := w.Store.Events(c.ctx(), e.Year)
	if perr != nil {
		return perr
	}
	for _, p := range []struct {
		name string
		id   agenda.EventID
	}{{"opening", e.Opening}, {"closing", e.Closing}} {
		options := []option{{"", "–", p.id == ""}}
		for _, v := range events {
			if v.Edition == e.Year {
				options = append(options, option{string(v.ID), c.P.DateShort(v.Start.Date) + " " + v.Title, v.ID == p.id})
			}
		}
		f.choose("select", p.name, options, false)
	}
	f.add(field{Kind: "text", Name: "leads", Value: leadsText(e.Leads), Max: 40, Hint: c.P.T("office.leads_hint", "default", leadsText(w.Store.Clock().EventLeads))})
	f.area("principles", e.Principles, 4000)
	f.check("open", e.Open)
	if err != nil && !f.refuse(err) {
		return err
	}
	call, err := w.callOfEdition(c, e.Year)
	if err != nil {
		return err
	}
	desk, err := w.printDesk(c, e, events)
	if err != nil {
		return err
	}
	values := map[string]any{"Form": f, "Lead": c.P.T("office.edition.lead"), "Call": call, "Print": desk}
	if desk != nil {
		values["Release"] = w.releaseDesk(c, e.Year, events)
	}
	return c.page(status, "edition", c.P.T("office.edition.title", "year", e.Year), values)
}

func (w *Web) saveEdition(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	var p agenda.Problems
	e := agenda.Edition{
		Year: year, Title: c.posted("title"), Motto: c.posted("motto"), Patron: c.posted("patron"), Starts: c.postedDate(&p, "starts"), Ends: c.postedDate(&p, "ends"),
		Submission: c.postedDate(&p, "submission"), Print: c.postedDate(&p, "print"), Opening: agenda.EventID(c.posted("opening")), Closing: agenda.EventID(c.posted("closing")),
		Leads: c.postedLeads(&p), Open: c.posted("open") != "",
		Principles: c.posted("principles"),
	}
	if err = joined(p, e.Check()); err == nil {
		_, err = w.Store.SaveEdition(c.ctx(), c.actor(), e)
	}
	if err != nil {
		return w.editionPage(c, http.StatusUnprocessableEntity, e, err)
	}
	c.flash(c.P.T("office.saved", "name", e.Title))
	return c.redirect("/koordination/veranstaltungen")
}

func (w *Web) showEvents(c *Ctx) error {
	year, err := strconv.Atoi(c.DefaultQuery("year", "0"))
	if err != nil {
		year = 0
	}
	events, err := w.Store.Events(c.ctx(), year)
	if err != nil {
		return err
	}
	review := agenda.Review(c.Query("review"))
	var out []agenda.Event
	for _, e := range events {
		if review == "" || e.Review == review {
			out = append(out, e)
		}
	}
	editions, err := w.Store.Editions(c.ctx())
	if err != nil {
		return err
	}
	drafts := map[int]int{}
	for _, ed := range editions {
		if drafts[ed.Year], err = w.Store.Drafts(c.ctx(), ed.Year); err != nil {
			return err
		}
	}
	doubles, err := w.doubles(c, year)
	if err != nil {
		return err
	}
	values := map[string]any{"Drafts": drafts, "Doubles": doubles, "Events": out, "Editions": editions, "Year": year, "Review": review, "Reviews": reviews, "Missing": missingYears(editions, w.Store.Today().Year)}
	if values["Subscribers"], err = w.subscribers(c); err != nil {
		return err
	}
	if review == agenda.Submitted {
		values["Queue"] = agenda.Queue(events, editions, w.Store.Now(), w.Store.Loc())
	}
	return c.page(http.StatusOK, "events", c.P.T("office.events"), values)
}

// missingYears are this and the next year, as far as they have no edition.
func missingYears(editions []agenda.Edition, year int) (out []int) {
	for _, y := range []int{year, year + 1} {
		if !slices.ContainsFunc(editions, func(e agenda.Edition) bool { return e.Year == y }) {
			out = append(out, y)
		}
	}
	return out
}

// eventOfPath is the event of the address, a new one for "neu".
func (c *Ctx) eventOfPath() (agenda.Event, error) {
	if id := c.Param("event"); id != "" {
		e, err := c.store().Event(c.ctx(), agenda.EventID(id))
		if err == nil && e.Review == agenda.Draft {
			err = agenda.ErrNotFound // nobody's business before it is handed in
		}
		return e, err
	}
	e := agenda.Event{EventDetails: agenda.EventDetails{Free: true, Languages: []string{"de"}, Audiences: []string{"alle"}}}
	p := c.signedIn()
	e.Internal = agenda.Contact{Name: p.Name(), Email: p.Email, Phone: p.Phone}
	return e, nil
}

func (w *Web) showEventForm(c *Ctx) error {
	e, err := c.eventOfPath()
	if err != nil {
		return err
	}
	return w.eventPage(c, http.StatusOK, e, e.EventDetails, nil)
}

func (w *Web) eventPage(c *Ctx, status int, e agenda.Event, d agenda.EventDetails, err error) error {
	f := c.eventForm(c.path, "office.save", d).seen(e.Changed)
	if e.ID == "" {
		f.once()
		editions, eerr := w.Store.Editions(c.ctx())
		if eerr != nil {
			return eerr
		}
		options := []option{{"0", c.P.T("office.event.standalone"), true}}
		for _, ed := range editions {
			options = append(options, option{strconv.Itoa(ed.Year), ed.Title, false})
		}
		f.Fields = append([]field{{Kind: "select", Name: "edition", Options: options, Label: c.P.T("office.event.edition")}}, f.Fields...)
	}
	var m *meanwhile
	if err != nil && !errors.As(err, &m) && !f.refuse(err) {
		return err
	}
	notes, perr := c.timeNotes(e.Edition, e.ID, d)
	if perr != nil {
		return perr
	}
	f.Notes = &notes
	watchers, perr := w.Store.Watchers(c.ctx(), e.ID)
	if perr != nil {
		return perr
	}
	entries, _, perr := w.Store.History(c.ctx(), agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}, "", 10)
	if perr != nil {
		return perr
	}
	names, perr := c.actors(entries)
	if perr != nil {
		return perr
	}
	title := e.Title
	if e.ID == "" {
		title = c.P.T("office.new_event")
	}
	list, perr := w.listPath(c, e)
	if perr != nil {
		return perr
	}
	values := map[string]any{"List": list, "Form": f, "E": e, "Watchers": watchers, "Entries": entries, "Tell": e.Public(), "Visitors": w.visitorsOf(c, e), "Meanwhile": m, "Names": names, "Dates": w.courseDates(e)}
	if e.ID != "" {
		if values["Team"], perr = c.teamOf(e, agenda.Editor{}); perr != nil {
			return perr
		}
		if values["Kept"], perr = w.Store.Kept(c.ctx(), e); perr != nil {
			return perr
		}
		if values["Translations"], perr = w.translationRows(c, e, "/koordination/veranstaltungen/"+string(e.ID)); perr != nil {
			return perr
		}
	}
	if values["Review"], perr = w.reviewOf(c, e); perr != nil {
		return perr
	}
	if p := e.Proposal; p != nil {
		values["Proposed"], values["ProposedAt"] = e.EventDetails.Changes(p.EventDetails), p.At.Format(time.RFC3339Nano)
	}
	return c.page(status, "eventform", title, values)
}

func (w *Web) saveEvent(c *Ctx) error {
	e, err := c.eventOfPath()
	if err != nil {
		return err
	}
	d, problems := c.postedEvent()
	if c.filling() {
		d, err := c.fill(d, problems)
		return w.eventPage(c, statusOf(err), e, d, err)
	}
	if err = joined(problems, d.Clean().Check(false, w.Store.Loc())); err == nil {
		if e.ID == "" {
			edition, _ := strconv.Atoi(c.posted("edition")) // what is no year stands outside of editions
			e, err = w.Store.AddEvent(c.ctx(), c.actor(), edition, d, agenda.Published, c.posted("once"))
		} else {
			id := e.ID
			if e, err = w.Store.ChangeEvent(c.ctx(), c.actor(), id, d, c.postedSeen(), c.telling()); errors.Is(err, agenda.ErrConflict) {
				e, d, err = c.reconcile(id, d, false)
				return w.eventPage(c, http.StatusConflict, e, d, err)
			}
		}
	}
	if err != nil {
		return w.eventPage(c, http.StatusUnprocessableEntity, e, d, err)
	}
	c.flash(c.P.T("office.saved", "name", e.Title))
	return c.redirect("/koordination/veranstaltungen/" + string(e.ID))
}

func (w *Web) standEvent(c *Ctx) error {
	id := agenda.EventID(c.Param("event"))
	to := agenda.Standing(c.posted("to"))
	if to != agenda.Scheduled && to != agenda.Postponed && to != agenda.Cancelled {
		return agenda.Problems{{Field: "standing", Rule: "one_of", Want: "scheduled, postponed, cancelled"}}
	}
	if _, err := w.Store.StandEvent(c.ctx(), c.actor(), id, to, c.posted("full") != "", c.postedSeen(), c.telling()); err != nil {
		return err
	}
	c.flash(c.P.T("office.saved", "name", c.P.T("term.standing."+string(to))))
	return c.redirect("/koordination/veranstaltungen/" + string(id))
}

// resendSubmission mails whoever submitted the event a new link to edit it.
func (w *Web) resendSubmission(c *Ctx) error {
	id := agenda.EventID(c.Param("event"))
	if err := w.Store.ResendSubmission(c.ctx(), c.actor(), id); err != nil {
		return err
	}
	c.flash(c.P.T("office.link_sent"))
	return c.redirect("/koordination/veranstaltungen/" + string(id))
}

// decideProposal takes over what the organiser of a public event proposes, or
// says why not.
func (w *Web) decideProposal(c *Ctx) error {
	e, err := w.Store.Event(c.ctx(), agenda.EventID(c.Param("event")))
	if err != nil {
		return err
	}
	proposed, err := time.Parse(time.RFC3339Nano, c.posted("proposed"))
	if err != nil {
		return agenda.ErrConflict
	}
	done := "office.taken"
	if c.posted("do") == "take" {
		_, err = w.Store.TakeProposal(c.ctx(), c.actor(), e.ID, proposed)
	} else {
		done, err = "office.refused", w.Store.RefuseProposal(c.ctx(), c.actor(), e.ID, proposed, c.posted("reason"))
	}
	if err != nil {
		return w.eventPage(c, http.StatusUnprocessableEntity, e, e.EventDetails, err)
	}
	c.flash(c.P.T(done))
	return c.redirect("/koordination/veranstaltungen/" + string(e.ID))
}
