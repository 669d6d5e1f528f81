package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/ics"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

const calendarType = "text/calendar; charset=utf-8"

// refresh is how often subscribers are asked to look.
const refresh = 4 * time.Hour

// serveFeed answers everything under /feeds/. It is outside of the router: no
// cookie, no log, no compression on the way. A reader never gets half a feed, a
// page instead of one or, when the store cannot be read, nothing: programs
// would wipe their copy.
func (w *Web) serveFeed(rw http.ResponseWriter, r *http.Request) {
	h := rw.Header()
	h["X-Content-Type-Options"] = []string{"nosniff"}
	h["Referrer-Policy"] = []string{"no-referrer"}
	h["X-Robots-Tag"] = []string{"noindex"}
	if strings.HasPrefix(r.URL.Path, "/feeds/programme") {
		h["Access-Control-Allow-Origin"] = []string{"*"} // for scripts of the towns' own sites; there is no cookie to abuse
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(rw, "this address takes GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	if strange(r.URL) {
		http.Error(rw, "there is no such feed", http.StatusNotFound)
		return
	}
	address := r.URL.Path
	if r.URL.RawQuery != "" {
		address += "?" + parseFilter(r.URL.Query()).query()
	}
	k, err := w.feed(r.Context(), r.URL.Path, address, r)
	switch {
	case err == nil:
		w.lastGood.put(address, k)
	case errors.Is(err, agenda.ErrNotFound):
		w.lastGood.drop(address) // an address that was taken away stays so
		http.Error(rw, "there is no such feed", http.StatusNotFound)
		return
	default:
		w.Log.Error("feed failed", "path", masked(r.URL.Path), "error", err)
		if k = w.lastGood.last(address); k == nil {
			h.Set("Retry-After", "600")
			http.Error(rw, "the feed cannot be read at the moment", http.StatusServiceUnavailable)
			return
		}
	}
	k.serve(rw, r)
}

// feed finds the feed of a path.
func (w *Web) feed(ctx context.Context, path, address string, r *http.Request) (*kept, error) {
	rest := strings.TrimPrefix(path, "/feeds/")
	dot := strings.LastIndexByte(rest, '.')
	if dot < 0 {
		return nil, agenda.ErrNotFound
	}
	name, form := rest[:dot], rest[dot:]
	kind, id, _ := strings.Cut(name, "/")
	switch {
	case kind == "programme":
		return w.programmeFeed(ctx, id, form, address, r)
	case form != calendarForm:
		return nil, agenda.ErrNotFound // dates of groups and persons are for calendars only
	case kind == "event" && id != "":
		return w.eventFeed(ctx, agenda.EventID(id))
	case kind == "group" && id != "":
		return w.groupFeed(ctx, id)
	case kind == "personal" && id != "":
		return w.personalFeed(ctx, id)
	}
	return nil, agenda.ErrNotFound
}

// today is part of every feed's key: what is shown depends on the day.
func (w *Web) today() string { return w.Store.Today().String() }

// keepFeed returns the kept feed of a key, made anew if its revision changed.
// file is under which name a browser saves it.
func (w *Web) keepFeed(key, revision, cache, file string, build func() (content, error)) (*kept, error) {
	revision += " " + w.today()
	if k := w.kept.get(key, revision); k != nil {
		return k, nil
	}
	made, err := build()
	if err != nil {
		return nil, err
	}
	k := newKept(revision, cmp.Or(made.kind, calendarType), made)
	k.cache, k.name = cache, file
	w.kept.put(key, k)
	return k, nil
}

const (
	publicCache  = "public, max-age=300"
	privateCache = "private, max-age=300"
)

// programmeForms are the forms in which the programme is given out, by the end
// of the address.
var programmeForms = map[string]func(*Web, selection) (content, error){
	calendarForm: (*Web).programmeCalendar, atomForm: (*Web).programmeAtom, jsonForm: (*Web).programmeJSON,
}

const (
	calendarForm = ".ics"
	atomForm     = ".atom"
	jsonForm     = ".json"
)

func (w *Web) programmeFeed(ctx context.Context, year, form, address string, r *http.Request) (*kept, error) {
	write := programmeForms[form]
	if write == nil {
		return nil, agenda.ErrNotFound
	}
	// The cheap look first: unchanged feeds are served without the programme.
	revision, err := w.Store.Revision(ctx, store.Programme)
	if err != nil {
		return nil, err
	}
	return w.keepFeed(address, revision, publicCache, "", func() (content, error) {
		p, err := w.public.load(ctx)
		if err != nil {
			return content{}, err
		}
		s, err := w.selected(p, year, parseFilter(r.URL.Query()))
		if err != nil {
			return content{}, err
		}
		return write(w, s)
	})
}

// selection is what a feed of the programme shows, in whatever form.
type selection struct {
	year    int    // 0: of all years
	title   string // states the filter
	filter  filter
	events  []*entry  // dates
	gone    []*entry  // dates that were removed, and events that are part of another now; for calendars, which must not just lose them
	changed time.Time // of the programme as a whole; only rises
}

// selected returns the events of a year ("": of all) that the filter shows and
// that feeds still hold.
func (w *Web) selected(p *programme, year string, f filter) (selection, error) {
	german, today := w.Catalog.Printer(agenda.German), w.Store.Today()
	s, all, gone := selection{title: w.Site.Name, filter: f, changed: p.changed}, p.events, p.gone
	if year != "" {
		n, err := strconv.Atoi(year)
		if err != nil || !p.has(n, today) {
			return s, agenda.ErrNotFound
		}
		s.year, s.title, all = n, german.T("programme.year", "year", n), p.of(n)
		gone = datesIn(gone, n)
		if ed, ok := p.edition(n); ok {
			s.title = ed.Title
		}
	}
	if words := f.words(german, all); len(words) > 0 {
		s.title += " – " + strings.Join(words, ", ")
	}
	s.events, s.gone = inFeed(f.apply(all), today), inFeed(f.apply(gone), today)
	return s, nil
}

// inFeed returns the dates that feeds still hold on a day.
func inFeed(dates []*entry, today agenda.Date) []*entry {
	out := make([]*entry, 0, len(dates))
	for _, e := range dates {
		if agenda.InFeed(e.End.Date, e.Standing == agenda.Cancelled || e.Into != "", today) {
			out = append(out, e)
		}
	}
	return out
}

func (w *Web) programmeCalendar(s selection) (content, error) {
	german := w.Catalog.Printer(agenda.German)
	parts := make([][]byte, 0, len(s.events))
	var changed time.Time
	sum := sha256.New()
	dates := append(slices.Clone(s.events), s.gone...)
	slices.SortStableFunc(dates, byStart)
	for _, e := range dates {
		b, err := e.calendar(w, german)
		if err != nil {
			w.Log.Error("event left out of the feed", "event", e.ID, "error", err)
			continue
		}
		parts = append(parts, b)
		sum.Write(e.sum[:])
		if e.Changed.After(changed) {
			changed = e.Changed
		}
	}
	around := func(parts [][]byte) []byte {
		return ics.Calendar(s.title, german.T("programme.feed_text"), parts, w.Store.Loc(), ics.Options{Refresh: refresh})
	}
	sum.Write(around(nil)) // the events and what stands around them are all of the body
	return content{body: around(parts), sum: [sha256.Size]byte(sum.Sum(nil)), changed: w.notFuture(changed)}, nil
}

// notFuture keeps Last-Modified from lying ahead of the clock.
func (w *Web) notFuture(t time.Time) time.Time {
	if now := w.Store.Now(); t.After(now) {
		return now
	}
	return t
}

func (w *Web) eventFeed(ctx context.Context, id agenda.EventID) (*kept, error) {
	revision, err := w.Store.Revision(ctx, store.Programme)
	if err != nil {
		return nil, err
	}
	return w.keepFeed("/feeds/event/"+string(id), revision, publicCache, "termin.ics", func() (content, error) {
		e, err := w.Store.Event(ctx, id)
		if err != nil {
			return content{}, err
		}
		kept, err := w.Store.Kept(ctx, e)
		if err == nil && !kept.Public() {
			err = agenda.ErrNotFound
		}
		if err != nil {
			return content{}, err
		}
		german, today := w.Catalog.Printer(agenda.German), w.Store.Today()
		var items []agenda.FeedItem
		for _, one := range kept.Each() {
			items = append(items, letter.EventItem(one, german, w.Site.BaseURL))
		}
		gone := kept.EachGone()
		if e.ID != kept.ID && !e.Released.IsZero() {
			gone = append(gone, append(e.Each(), e.EachGone()...)...)
		}
		for _, one := range gone {
			if one.Into != "" || agenda.InFeed(one.End.Date, true, today) {
				items = append(items, letter.EventItem(one, german, w.Site.BaseURL))
			}
		}
		return w.calendar(kept.Title, items)
	})
}

// calendar renders a feed of few items.
func (w *Web) calendar(name string, items []agenda.FeedItem) (content, error) {
	var changed time.Time
	for _, it := range items {
		if it.Changed.After(changed) {
			changed = it.Changed
		}
	}
	body, errs := ics.Feed(agenda.Feed{Name: name, Items: items}, w.Store.Loc(), ics.Options{Refresh: refresh})
	for _, err := range errs {
		w.Log.Error("date left out of a feed", "error", err)
	}
	return summed(body, w.notFuture(changed)), nil
}

func (w *Web) groupFeed(ctx context.Context, token string) (*kept, error) {
	id, err := w.Store.GroupFeed(ctx, token)
	if err != nil {
		return nil, err
	}
	revision, err := w.Store.Revision(ctx, store.GroupScope(id))
	if err != nil {
		return nil, err
	}
	return w.keepFeed("group "+string(id), revision, privateCache, "", func() (content, error) {
		g, err := w.Store.Group(ctx, id)
		if err != nil {
			return content{}, err
		}
		from, to := w.window()
		meetings, err := w.Store.Meetings(ctx, id, from, to)
		if err != nil {
			return content{}, err
		}
		agendas, err := w.Store.AgendasOut(ctx, meetings)
		if err != nil {
			return content{}, err
		}
		deadlines, err := w.Store.Deadlines(ctx, id)
		if err != nil {
			return content{}, err
		}
		groups := map[agenda.GroupID]agenda.Group{id: g}
		return w.calendar(g.Name, append(w.items(meetings, groups, agendas), w.dueItems(deadlines, groups)...))
	})
}

// window is what personal and group feeds show: as long back as dates are kept
// and three years ahead.
func (w *Web) window() (from, to agenda.Date) {
	today := w.Store.Today()
	return today.AddDays(-agenda.KeepPast), today.AddDays(3 * 366)
}

func (w *Web) items(meetings []agenda.Meeting, groups map[agenda.GroupID]agenda.Group, agendas map[agenda.MeetingID]agenda.Agenda) []agenda.FeedItem {
	var out []agenda.FeedItem
	today := w.Store.Today()
	for _, m := range meetings {
		if m.Visible() && agenda.InFeed(m.End.Date, m.State == agenda.MeetingCancelled, today) {
			german := w.Catalog.Printer(agenda.German)
			out = append(out, letter.WithAgenda(letter.MeetingItem(m, groups[m.Group], german, w.Site.BaseURL), agendas[m.ID], german))
		}
	}
	return out
}

func (w *Web) dueItems(deadlines []agenda.Deadline, groups map[agenda.GroupID]agenda.Group) []agenda.FeedItem {
	var out []agenda.FeedItem
	for _, d := range deadlines {
		if agenda.InFeed(d.Day, d.Cancelled, w.Store.Today()) {
			out = append(out, letter.DeadlineItem(d, groups[d.Group], w.Catalog.Printer(agenda.German), w.Site.BaseURL))
		}
	}
	return out
}

func (w *Web) personalFeed(ctx context.Context, token string) (*kept, error) {
	id, err := w.Store.PersonFeed(ctx, token)
	if err != nil {
		return nil, err
	}
	groups, scopes, err := w.groupsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	revision, err := w.Store.Revision(ctx, scopes...)
	if err != nil {
		return nil, err
	}
	return w.keepFeed("person "+string(id), revision, privateCache, "", func() (content, error) {
		from, to := w.window()
		meetings, err := w.Store.MeetingsOf(ctx, id, from, to)
		if err != nil {
			return content{}, err
		}
		agendas, err := w.Store.AgendasOut(ctx, meetings)
		if err != nil {
			return content{}, err
		}
		deadlines, err := w.Store.DeadlinesOf(ctx, id)
		if err != nil {
			return content{}, err
		}
		return w.calendar(w.Catalog.Printer(agenda.German).T("groups.my_feed", "site", w.Site.Name), append(w.items(meetings, groups, agendas), w.dueItems(deadlines, groups)...))
	})
}

// groupsOf returns the groups in which the person ever had a seat, and the
// scopes on which her feed depends.
func (w *Web) groupsOf(ctx context.Context, id agenda.PersonID) (map[agenda.GroupID]agenda.Group, []string, error) {
	seats, err := w.Store.SeatsOf(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	groups, scopes := map[agenda.GroupID]agenda.Group{}, []string{store.PersonScope(id)}
	for _, s := range seats {
		if _, ok := groups[s.Group]; ok {
			continue
		}
		if groups[s.Group], err = w.Store.Group(ctx, s.Group); err != nil {
			return nil, nil, err
		}
		scopes = append(scopes, store.GroupScope(s.Group))
	}
	return groups, scopes, nil
}
