package web

import (
	"cmp"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// publicPage answers with a page of the programme, kept until the programme or
// the day changes.
func (c *Ctx) publicPage(key, query, name string, fill func(p *programme) (title string, values map[string]any, err error)) error {
	revision, err := c.store().Revision(c.ctx(), store.Programme)
	if err != nil {
		return err
	}
	return c.keepPage(key, query, revision+" "+c.w.today(), func() ([]byte, error) {
		p, err := c.w.public.load(c.ctx())
		if err != nil {
			return nil, err
		}
		title, values, err := fill(p)
		if err != nil {
			return nil, err
		}
		return c.render(name, title, values)
	})
}

const homeEvents = 6

func (w *Web) showHome(c *Ctx) error {
	return c.publicPage("home", "", "home", func(p *programme) (string, map[string]any, error) {
		today := w.Store.Today()
		next := distinct(slices.DeleteFunc(slices.Clone(p.events), func(e *entry) bool {
			return e.End.Date.Before(today) || e.Standing == agenda.Cancelled
		}))
		ed, ok := p.current(today)
		m := map[string]any{"Next": next[:min(len(next), homeEvents)], "HasEdition": ok, "Edition": ed, "Open": ok && ed.Accepts(today)}
		return w.Site.Name, m, nil
	})
}

// showCurrent leads to the edition that is on or comes next; events of their
// own stand in the year.
func (w *Web) showCurrent(c *Ctx) error {
	p, err := w.public.load(c.ctx())
	if err != nil {
		return err
	}
	year := w.Store.Today().Year
	if ed, ok := p.current(w.Store.Today()); ok {
		year = ed.Year
	}
	path := c.url("/programm/" + strconv.Itoa(year))
	if q := parseFilter(c.Request.URL.Query()).query(); q != "" {
		path += "?" + q
	}
	c.Redirect(http.StatusFound, path)
	return nil
}

func (c *Ctx) year() (int, error) {
	n, err := strconv.Atoi(c.Param("year"))
	if err != nil || !hasPages(n) {
		return 0, agenda.ErrNotFound
	}
	return n, nil
}

// hasPages reports whether there are pages of a year.
func hasPages(year int) bool { return year >= 2000 && year <= 2100 }

// day is one day of a list.
type day struct {
	Date   agenda.Date
	Events []*entry
}

func byDay(events []*entry) []day {
	var out []day
	for _, e := range events {
		if n := len(out); n == 0 || out[n-1].Date != e.Start.Date {
			out = append(out, day{Date: e.Start.Date})
		}
		out[len(out)-1].Events = append(out[len(out)-1].Events, e)
	}
	return out
}

func (w *Web) showProgramme(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	q := c.Request.URL.Query()
	f, look := parseFilter(q), q.Get("ansicht")
	query := f.query()
	switch look {
	case "monat", "karte":
		query = strings.TrimPrefix(query+"&ansicht="+look, "&")
	default:
		look = ""
	}
	return c.publicPage("programme "+strconv.Itoa(year), query, "programme", func(p *programme) (string, map[string]any, error) {
		ed, isEdition := p.edition(year)
		events := p.of(year)
		if !p.has(year, w.Store.Today()) {
			return "", nil, agenda.ErrNotFound
		}
		title := c.P.T("programme.year", "year", year)
		if isEdition {
			title = ed.Title
		}
		shown := f.apply(events)
		path, feed := "/programm/"+strconv.Itoa(year), "/feeds/programme/"+strconv.Itoa(year)+".ics"
		if f.Active() {
			feed += "?" + f.query()
		}
		sub, err := c.subscription(feed)
		if err != nil {
			return "", nil, err
		}
		since, err := w.printed.since(c.ctx(), p, year)
		if err != nil {
			return "", nil, err
		}
		words := f.words(c.P, events)
		m := map[string]any{
			"Print": w.printLinks(path, isEdition), "Since": since,
			"Twins": c.twins(year, strings.Join(append([]string{title}, words...), " – "), f), "Embed": c.embedCode(path, title, f, words),
			"Component": c.componentCode(path, title, year, f, words),
			"Year":      year, "HasEdition": isEdition, "Edition": ed, "Open": isEdition && ed.Accepts(w.Store.Today()), "Path": path, "Filter": f,
			"Query": template.URL(f.query()), //nolint:gosec // written anew from what was read, and encoded
			"Words": words, "Listed": shown, "All": len(distinct(events)), "Shown": len(distinct(shown)), "Days": byDay(shown), "Look": look, "Feed": sub, "Choices": c.choices(p.year(year), f),
		}
		switch look {
		case "monat":
			m["Grids"] = w.grids(shown)
		case "karte":
			m["Map"] = c.townMap(path, f, events)
		}
		return title, m, nil
	})
}

// grid is a month as a table of weeks from Monday to Sunday.
type grid struct {
	First agenda.Date
	Weeks [][]cell
}

// cell is one day of a grid.
type cell struct {
	Date    agenda.Date
	Outside bool // of the month
	Today   bool
	Holiday string // message key
	Events  []*entry
}

// grids returns a grid for each month in which there is an event.
func (w *Web) grids(events []*entry) []grid {
	var out []grid
	for _, e := range events {
		first := agenda.Date{Year: e.Start.Year, Month: e.Start.Month, Day: 1}
		if n := len(out); n == 0 || out[n-1].First != first {
			out = append(out, w.grid(first, events))
		}
	}
	return out
}

func (w *Web) grid(first agenda.Date, events []*entry) grid {
	g := grid{First: first}
	d := first.AddDays(-(int(first.Weekday()) + 6) % 7)
	for {
		var week []cell
		for range 7 {
			one := cell{Date: d, Outside: d.Month != first.Month, Today: d == w.Store.Today()}
			if h, ok := almanac.Holiday(d); ok {
				one.Holiday = h.Key
			}
			for _, e := range events {
				if !d.Before(e.Start.Date) && !d.After(e.End.Date) && !one.Outside {
					one.Events = append(one.Events, e)
				}
			}
			week = append(week, one)
			d = d.AddDays(1)
		}
		g.Weeks = append(g.Weeks, week)
		if d.Month != first.Month {
			return g
		}
	}
}

const submitSlug = "einreichen"

func (w *Web) showEvent(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	if c.Param("slug") == submitSlug {
		return w.showSubmit(c, year)
	}
	key := "event " + strconv.Itoa(year) + " " + c.Param("slug")
	err = c.publicPage(key, "", "event", func(p *programme) (string, map[string]any, error) {
		e := p.bySlug(year, c.Param("slug"))
		if e == nil {
			return "", nil, agenda.ErrNotFound
		}
		ed, _ := p.edition(e.Edition)
		sub, err := c.subscription("/feeds/event/" + string(e.ID) + ".ics")
		if err != nil {
			return "", nil, err
		}
		whole := *e.Whole
		over := whole.Until().Date.Before(w.Store.Today()) // the page is kept for the day
		h, err := w.Store.House(c.ctx(), e.ID)
		if err != nil {
			return "", nil, err
		}
		takes := whole.TakesSignUps(h, w.Store.Now(), w.Store.Loc()) == nil
		return e.said(c.P.Lang()).Title, map[string]any{
			"Takes": takes, "SignUp": w.signUpForm(c, whole, agenda.SignUp{}), "Slip": eventPath(whole) + "/zettel",
			"E": e.whole(), "Dates": w.courseDates(whole), "Edition": ed, "Feed": sub, "ICS": "/feeds/event/" + string(e.ID) + ".ics", "Over": over,
			"Described": w.eventData(whole), "Page": c.absolute(c.path), "Share": c.shareText(e.whole()),
			"Remind": !over && whole.Standing != agenda.Cancelled, "Watch": w.watchForm(c, whole, ""),
		}, nil
	})
	if errors.Is(err, agenda.ErrNotFound) {
		return w.leadOn(c, year)
	}
	return err
}

// leadOn redirects from the address of an event that was merged into another.
func (w *Web) leadOn(c *Ctx, year int) error {
	e, err := w.Store.EventBySlug(c.ctx(), year, c.Param("slug"))
	if err != nil {
		return err
	}
	kept, err := w.Store.Kept(c.ctx(), e)
	if err != nil || kept.ID == e.ID || !kept.Public() {
		return cmp.Or(err, agenda.ErrNotFound)
	}
	return c.redirect(letter.EventPath(kept))
}

func (w *Web) watchForm(c *Ctx, e agenda.Event, email string) *form {
	f := c.form("/programm/"+strconv.Itoa(e.Year())+"/"+e.Slug+"/erinnern", "watch.submit")
	f.add(field{Kind: "email", Name: "email", Value: email, Required: true, Max: 254, Auto: "email", Dir: "ltr", Label: c.P.T("watch.email"), Hint: c.P.T("watch.hint")})
	return f
}

// watch notes a wish to be reminded. The answer is the same for every address.
func (w *Web) watch(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	e, err := w.Store.EventBySlug(c.ctx(), year, c.Param("slug"))
	if err == nil {
		e, err = w.Store.Kept(c.ctx(), e)
	}
	if err == nil && !e.Public() {
		err = agenda.ErrNotFound
	}
	if err != nil {
		return err
	}
	shown, err := c.entryOf(e)
	if err != nil {
		return err
	}
	title, email := shown.said(c.P.Lang()).Title, c.posted("email")
	if err := w.Store.Watch(c.ctx(), e.ID, email, c.P.Lang()); err != nil {
		f := w.watchForm(c, e, email)
		if !f.refuse(err) {
			return err
		}
		return c.page(http.StatusUnprocessableEntity, "form", c.P.T("watch.title"), map[string]any{"Form": f, "Lead": title})
	}
	return c.page(http.StatusOK, "message", c.P.T("watch.sent.title"), map[string]any{"Text": c.P.T("watch.sent.text"), "Back": "/programm/" + strconv.Itoa(year) + "/" + e.Slug, "BackText": title})
}

func (w *Web) showWatch(c *Ctx) error {
	c.Header("Cache-Control", "no-store")
	t, e, err := w.Store.Watcher(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	return w.watchPage(c, t, e)
}

func (w *Web) watchPage(c *Ctx, t agenda.Watcher, e agenda.Event) error {
	shown, err := c.entryOf(e)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "watch", c.P.T("watch.title"), map[string]any{"W": t, "E": shown, "Action": "/vormerkung/" + c.Param("token")})
}

// decideWatch confirms or ends a wish to be reminded. A mail program's one-click
// post (RFC 8058) ends it.
func (w *Web) decideWatch(c *Ctx) error {
	token := c.Param("token")
	if c.PostForm("List-Unsubscribe") == "One-Click" || c.posted("do") == "cancel" {
		if err := w.Store.Unwatch(c.ctx(), token); err != nil {
			return err
		}
		return c.page(http.StatusOK, "message", c.P.T("watch.ended.title"), map[string]any{"Text": c.P.T("watch.ended.text"), "Back": "/programm", "BackText": c.P.T("frame.programme")})
	}
	t, e, err := w.Store.ConfirmWatch(c.ctx(), token)
	if err != nil {
		return err
	}
	return w.watchPage(c, t, e)
}

func (w *Web) showMute(c *Ctx) error {
	c.Header("Cache-Control", "no-store")
	p, kind, err := w.Store.MuteToken(c.ctx(), c.Param("token"))
	if err != nil {
		return err
	}
	stays := kind != agenda.KindDigest && !slices.Contains(agenda.Muteable, kind)
	return c.page(http.StatusOK, "mute", c.P.T("watch.mute.title"), map[string]any{"Kind": kind, "Off": !p.Wants(kind), "Stays": stays, "Action": "/abmelden/" + c.Param("token")})
}

func (w *Web) mute(c *Ctx) error {
	if err := w.Store.Mute(c.ctx(), c.Param("token")); err != nil {
		return err
	}
	return w.showMute(c)
}
