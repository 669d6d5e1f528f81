package web

import (
	"net/http"
	"slices"
	"strconv"

	"widunetz/internal/agenda"
)

// reviews are the states by which the list of events is filtered.
var reviews = []agenda.Review{agenda.Reserved, agenda.Submitted, agenda.Returned, agenda.Accepted, agenda.Published, agenda.Withdrawn}

// tick is a text block as the form offers it.
type tick struct {
	agenda.TextBlock
	On bool
}

// review is what a coordinator sees of an event before deciding.
type review struct {
	Blocks         []tick
	Reason         string
	Release, Clock string // as the fields show them
	Lacks          []string
	Asked          agenda.Asked
	MayAsk         bool
	Working        bool // through the queue: this event waits, or was one of it
	Next           agenda.Event
	Waits          int // besides this one
}

// reviewOf returns what to know before deciding on an event, with what was typed
// already; nil for a new one.
func (w *Web) reviewOf(c *Ctx, e agenda.Event) (*review, error) {
	if e.ID == "" {
		return nil, nil
	}
	r := &review{Reason: e.Reason, Release: dateText(e.Release), Clock: clockText(e.Release), Lacks: e.Missing(), MayAsk: e.MayAsk(w.Store.Now(), w.Store.Loc())}
	if _, posted := c.Request.PostForm["reason"]; posted {
		r.Reason = c.posted("reason")
	}
	if _, posted := c.Request.PostForm["release"]; posted {
		r.Release, r.Clock = c.posted("release"), c.posted("release_clock")
	}
	blocks, err := w.Store.TextBlocks(c.ctx())
	if err != nil {
		return nil, err
	}
	for _, b := range blocks {
		r.Blocks = append(r.Blocks, tick{b, slices.Contains(c.Request.PostForm["block"], string(b.ID))})
	}
	if r.Asked, err = w.Store.AskedOf(c.ctx(), e.ID); err != nil {
		return nil, err
	}
	return r, w.work(c, e, r)
}

// work adds which event comes next to whoever works through the queue. After a
// decision the address names it, so that what was left waiting does not come
// first again and again.
func (w *Web) work(c *Ctx, e agenda.Event, r *review) error {
	after, decided := c.GetQuery("weiter")
	if r.Working = e.Review == agenda.Submitted || decided; !r.Working {
		return nil
	}
	events, err := w.Store.Events(c.ctx(), 0)
	if err != nil {
		return err
	}
	r.Next, r.Waits, _ = agenda.NextWaiting(e, events)
	if i := slices.IndexFunc(events, func(v agenda.Event) bool { return string(v.ID) == after }); i >= 0 && events[i].Review == agenda.Submitted && events[i].ID != e.ID {
		r.Next = events[i]
	}
	return nil
}

func (w *Web) decideEvent(c *Ctx) error {
	e, err := w.Store.Event(c.ctx(), agenda.EventID(c.Param("event")))
	if err != nil {
		return err
	}
	events, err := w.Store.Events(c.ctx(), 0)
	if err != nil {
		return err
	}
	next, _, _ := agenda.NextWaiting(e, events)
	after, err := w.decision(c, e)
	if err != nil {
		return w.eventPage(c, http.StatusUnprocessableEntity, e, e.EventDetails, err)
	}
	c.flash(c.P.T("office.decided." + string(after.Review)))
	path := "/koordination/veranstaltungen/" + string(e.ID)
	if e.Review == agenda.Submitted {
		path += "?weiter=" + string(next.ID)
	}
	return c.redirect(path)
}

// decision does what the button of the form says.
func (w *Web) decision(c *Ctx, e agenda.Event) (agenda.Event, error) {
	switch to := agenda.Review(c.posted("to")); to {
	case agenda.Accepted:
		at, err := c.postedRelease()
		if err != nil {
			return e, err
		}
		return w.Store.AcceptEvent(c.ctx(), c.actor(), e.ID, at, c.postedSeen())
	case agenda.Returned:
		blocks, err := w.Store.PickTextBlocks(c.ctx(), c.PostFormArray("block"))
		if err != nil {
			return e, err
		}
		reason, err := agenda.Reason(blocks, c.posted("reason"))
		if err != nil {
			return e, err
		}
		return w.Store.DecideEvent(c.ctx(), c.actor(), e.ID, to, reason, c.postedSeen())
	default:
		return w.Store.DecideEvent(c.ctx(), c.actor(), e.ID, to, c.posted("reason"), c.postedSeen())
	}
}

// postedRelease reads the time of release; both fields empty are no time.
func (c *Ctx) postedRelease() (agenda.Local, error) {
	if c.posted("release") == "" && c.posted("release_clock") == "" {
		return agenda.Local{}, nil
	}
	var p agenda.Problems
	at := c.postedLocal(&p, "release", "release_clock")
	return at, p.Err()
}

// askMissing asks whoever submitted the event for what it lacks.
func (w *Web) askMissing(c *Ctx) error {
	id := agenda.EventID(c.Param("event"))
	asked, sent, err := w.Store.AskMissing(c.ctx(), c.actor(), id)
	if err != nil {
		return err
	}
	if sent {
		c.flash(c.P.T("review.asked"))
	} else {
		at := agenda.LocalOf(asked.At, w.Store.Loc())
		c.flash(c.P.T("review.asked_before", "date", c.P.DateTime(at)))
	}
	return c.redirect("/koordination/veranstaltungen/" + string(id))
}

// releaseDesk is the part of an edition's page that is about publishing and
// asking together.
type releaseDesk struct {
	Year              int
	Path              string
	Accepted, Lacking int
	Release, Clock    string // as the fields show them
}

func (w *Web) releaseDesk(c *Ctx, year int, events []agenda.Event) *releaseDesk {
	d := &releaseDesk{Year: year, Path: "/koordination/ausgaben/" + strconv.Itoa(year), Release: c.posted("release"), Clock: c.posted("release_clock")}
	for _, e := range events {
		if e.Edition != year {
			continue
		}
		if e.Review == agenda.Accepted {
			d.Accepted++
		}
		if e.AskedWithAll() && e.Until().In(w.Store.Loc()).After(w.Store.Now()) && len(e.Missing()) > 0 {
			d.Lacking++
		}
	}
	return d
}

// releaseEdition publishes all accepted events of an edition, now or at a time.
func (w *Web) releaseEdition(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	if c.posted("do") == "now" {
		done, err := w.Store.ReleaseEdition(c.ctx(), c.actor(), year)
		if err != nil {
			return err
		}
		return w.toEdition(c, year, c.P.N("review.released_all", done.Done), count{"review.skipped", done.Skipped})
	}
	at, err := c.postedRelease()
	if err != nil {
		e, gone := w.Store.Edition(c.ctx(), year)
		if gone != nil {
			return gone
		}
		return w.editionPage(c, http.StatusUnprocessableEntity, e, err)
	}
	done, err := w.Store.ScheduleEdition(c.ctx(), c.actor(), year, at)
	if err != nil {
		return err
	}
	said := "review.scheduled_all"
	if !at.IsZero() && !at.In(w.Store.Loc()).After(w.Store.Now()) {
		said = "review.released_all"
	}
	return w.toEdition(c, year, c.P.N(said, done.Done), count{"review.skipped", done.Skipped})
}

// askAllMissing asks the submitters of all events of an edition for what these
// lack.
func (w *Web) askAllMissing(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	done, err := w.Store.AskAllMissing(c.ctx(), c.actor(), year)
	if err != nil {
		return err
	}
	return w.toEdition(c, year, c.P.N("review.asked_all", done.Done), count{"review.rested", done.Rested}, count{"review.unreachable", done.Unreachable})
}

// count is a number with the message that says it.
type count struct {
	key string
	n   int
}

// toEdition leads back to an edition's page, which says what was done; counts of
// none are left out.
func (w *Web) toEdition(c *Ctx, year int, text string, more ...count) error {
	for _, m := range more {
		if m.n > 0 {
			text += " " + c.P.N(m.key, m.n)
		}
	}
	c.flash(text)
	return c.redirect("/koordination/ausgaben/" + strconv.Itoa(year))
}

// lack is a detail that is missing, as its submitter is told.
type lack struct {
	Text string
	URL  string // of its field, "" if she cannot fill it in here
	Note string
}

// lacksOf returns what an event lacks with these details, and marks the fields of
// its form. A reserved date lacks nearly all; it is told only when the
// coordinators have asked.
func (w *Web) lacksOf(c *Ctx, e agenda.Event, d agenda.EventDetails, f *form) (out []lack, err error) {
	if !e.AskedWithAll() && e.Review != agenda.Returned {
		asked, err := w.Store.AskedOf(c.ctx(), e.ID)
		if err != nil || asked.At.IsZero() {
			return nil, err
		}
	}
	open := e.Editable() || e.Proposes(w.Store.Now(), w.Store.Loc())
	shown := e
	shown.EventDetails, shown.Proposal = d, nil
	for _, name := range shown.Missing() {
		one := lack{Text: c.P.T("review.missing." + name)}
		i := slices.IndexFunc(f.Fields, func(x field) bool { return x.Name == name })
		switch {
		case i >= 0 && open:
			one.URL = "#f-" + name
			f.Fields[i].Hint = c.P.T("review.missing_field") + " " + f.Fields[i].Hint
		case i < 0 && e.Editable():
			one.URL = c.url("/einreichung/" + c.Param("token") + "/bild")
		case i < 0:
			one.Note = c.P.T("review.missing_reply")
		}
		out = append(out, one)
	}
	return out, nil
}
