package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// doubleEntry is a pair of events that are probably one, with the reasons in
// words.
type doubleEntry struct {
	agenda.Double
	Why string
}

// doubles finds what was probably registered twice among the events of a year (0:
// of all) that are still to come.
func (w *Web) doubles(c *Ctx, year int) ([]doubleEntry, error) {
	events, err := w.Store.Events(c.ctx(), year)
	if err != nil {
		return nil, err
	}
	var coming []agenda.Event
	for _, e := range events {
		if !e.Until().Date.Before(w.Store.Today()) {
			coming = append(coming, e)
		}
	}
	var out []doubleEntry
	for _, d := range agenda.Doubles(coming) {
		words := make([]string, len(d.Reasons))
		for i, r := range d.Reasons {
			words[i] = c.P.T("team.reason." + r)
		}
		out = append(out, doubleEntry{d, c.P.List(words)})
	}
	return out, nil
}

// pair are the two events of the page on which they are merged.
type pair struct {
	Keep, Other agenda.Event
	signedUp    bool // for the other
}

func (w *Web) pair(c *Ctx, other string) (p pair, err error) {
	if p.Keep, err = w.Store.Event(c.ctx(), agenda.EventID(c.Param("event"))); err == nil {
		p.Other, err = w.Store.Event(c.ctx(), agenda.EventID(other))
	}
	if err == nil {
		p.signedUp, err = w.Store.SignedUpFor(c.ctx(), p.Other.ID)
	}
	return p, err
}

// problem is the key of why the two cannot be merged this way round, "" if they
// can.
func (p pair) problem() string {
	switch {
	case p.Keep.Into != "" || p.Other.Into != "":
		return "merge_again"
	case p.Keep.Proposal != nil || p.Other.Proposal != nil:
		return "merge_proposal"
	case p.Other.Public() && !p.Keep.Public():
		return "merge_public"
	case p.signedUp:
		return "merge_signedup"
	}
	return ""
}

func (w *Web) showMerge(c *Ctx) error {
	if c.asked("mit") == "" {
		return w.chooseMerge(c, http.StatusOK, nil)
	}
	p, err := w.pair(c, c.asked("mit"))
	if err != nil {
		return err
	}
	if p.Keep.ID == p.Other.ID || p.Keep.Edition != p.Other.Edition || p.Keep.Year() != p.Other.Year() {
		_, err := p.Keep.Merge(p.Other, agenda.Joining{}, w.Store.Now(), w.Store.Loc())
		return w.chooseMerge(c, http.StatusUnprocessableEntity, err)
	}
	picks := map[string]bool{}
	for _, d := range p.Keep.MergeChoices(p.Other) {
		picks[d.Name] = d.Other
	}
	return w.mergePage(c, http.StatusOK, p, picks, p.problem())
}

// chooseMerge asks with which other event of its edition one is to be merged.
func (w *Web) chooseMerge(c *Ctx, status int, err error) error {
	e, eerr := w.Store.Event(c.ctx(), agenda.EventID(c.Param("event")))
	if eerr != nil {
		return eerr
	}
	events, eerr := w.Store.Events(c.ctx(), e.Year())
	if eerr != nil {
		return eerr
	}
	f := c.form(c.path, "team.merge_open")
	options := []option{{"", "–", false}}
	for _, o := range events {
		if o.ID != e.ID && o.Edition == e.Edition && o.Into == "" {
			options = append(options, option{string(o.ID), c.P.DateShort(o.Start.Date) + " " + o.Title, false})
		}
	}
	f.add(field{Kind: "select", Name: "merge_other", Options: options, Required: true, Label: c.P.T("team.merge_choose")})
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "merge", c.P.T("team.merge_title"), map[string]any{"Choose": f, "E": e})
}

// mergeChoice is a decision as the page shows it.
type mergeChoice struct {
	Name, Label string
	Keep, Other []string
	OnOther     bool
}

// mergePage shows both side by side.
func (w *Web) mergePage(c *Ctx, status int, p pair, picks map[string]bool, problem string) error {
	return c.page(status, "merge", c.P.T("team.merge_title"), map[string]any{
		"E": p.Keep, "P": p, "Choices": c.mergeChoices(p, picks), "Problem": problem, "Action": c.path,
		"Seen": p.Keep.Changed.Format(time.RFC3339Nano), "SeenOther": p.Other.Changed.Format(time.RFC3339Nano),
	})
}

func (c *Ctx) mergeChoices(p pair, picks map[string]bool) (out []mergeChoice) {
	for _, d := range p.Keep.MergeChoices(p.Other) {
		one := mergeChoice{Name: d.Name, Label: c.P.T("field." + d.Name), OnOther: picks[d.Name]}
		for _, change := range d.Changes {
			label := ""
			if len(d.Changes) > 1 || change.Field != d.Name {
				label = c.P.T("field."+change.Field) + ": "
			}
			one.Keep = append(one.Keep, label+orDash(c.readable(change.Field, change.Old)))
			one.Other = append(one.Other, label+orDash(c.readable(change.Field, change.New)))
		}
		out = append(out, one)
	}
	return out
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// merge leads from the choice to the confirmation and from there to the deed.
func (w *Web) merge(c *Ctx) error {
	if id := c.posted("merge_other"); id != "" || c.posted("mit") == "" {
		if id == "" {
			return w.chooseMerge(c, http.StatusUnprocessableEntity, agenda.Problems{{Field: "merge_other", Rule: "required"}})
		}
		c.Redirect(http.StatusSeeOther, c.url(c.path)+"?mit="+url.QueryEscape(id))
		return nil
	}
	p, err := w.pair(c, c.posted("mit"))
	if err != nil {
		return err
	}
	if p.Other.Into == p.Keep.ID {
		return c.redirect("/koordination/veranstaltungen/" + string(p.Keep.ID)) // the second click
	}
	picks, others := map[string]bool{}, []string(nil)
	for _, d := range p.Keep.MergeChoices(p.Other) {
		if c.posted("pick_"+d.Name) == "other" {
			picks[d.Name], others = true, append(others, d.Name)
		}
	}
	seen, seenOther := c.postedSeen(), c.postedTime("seen_other")
	result, err := p.Keep.Merge(p.Other, agenda.Joining{Others: others, SignedUp: p.signedUp, Seen: seen, SeenOther: seenOther}, w.Store.Now(), w.Store.Loc())
	switch {
	case errors.Is(err, agenda.ErrState):
		return w.mergePage(c, http.StatusConflict, p, picks, p.problem())
	case errors.Is(err, agenda.ErrConflict):
		return w.mergePage(c, http.StatusConflict, p, picks, "merge_conflict")
	case err != nil:
		return err
	case c.posted("do") == "back":
		return w.mergePage(c, http.StatusOK, p, picks, "")
	case c.posted("do") != "merge":
		return c.page(http.StatusOK, "mergesure", c.P.T("team.merge_sure"), map[string]any{
			"E": p.Keep, "P": p, "Choices": c.mergeChoices(p, picks), "Result": result.Kept, "Action": c.path, "Seen": c.posted("seen"), "SeenOther": c.posted("seen_other"),
		})
	}
	p.Keep.Changed, p.Other.Changed = seen, seenOther
	kept, err := w.Store.MergeEvents(c.ctx(), c.actor(), store.Merging{Keep: p.Keep, Other: p.Other, Others: others})
	if errors.Is(err, agenda.ErrConflict) {
		if p, err = w.pair(c, c.posted("mit")); err != nil {
			return err
		}
		return w.mergePage(c, http.StatusConflict, p, picks, "merge_conflict")
	}
	if err != nil {
		return err
	}
	c.flash(c.P.T("team.merge_done", "other", p.Other.Title, "keep", kept.Title))
	return c.redirect("/koordination/veranstaltungen/" + string(kept.ID))
}

func (c *Ctx) postedTime(name string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, c.posted(name))
	if err != nil {
		return time.Time{} // a form without it is taken as it is
	}
	return t
}
