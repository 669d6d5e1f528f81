package web

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/ics"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// entry is one date of a public event, decoded once, with its rendered calendar
// form: lists and feeds are made of dates.
type entry struct {
	agenda.Event               // as it is on the date
	Whole        *agenda.Event // with all its dates
	search       string        // folded text that the filter searches
	organiser    string        // slug of the organiser, by which the filter names her
	town         string        // likewise of the town
	year         int           // in whose programme it stands

	translated map[agenda.Lang]agenda.Translation // what is shown in other languages

	mu   sync.Mutex
	vcal []byte            // in German, as all feeds are
	sum  [sha256.Size]byte // of vcal
	news map[string]piece  // of the other feeds, by form
}

// calendar returns the event's VEVENT, rendered once.
func (e *entry) calendar(w *Web, german *lang.Printer) (_ []byte, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.vcal == nil {
		e.vcal, err = ics.Event(letter.EventItem(e.Event, german, w.Site.BaseURL), w.Store.Loc(), ics.Options{})
		e.sum = sha256.Sum256(e.vcal)
	}
	return e.vcal, err
}

// programme is all that is public at one revision. It does not change.
type programme struct {
	revision string
	journal  uint64
	events   []*entry // by start
	gone     []*entry // dates that were removed, and events that are part of another now; calendars show where they went
	editions []agenda.Edition
	changed  time.Time // last change of an edition or of an event that is or was public; only rises

	once   sync.Once
	byYear map[int]*yearly
}

// yearly is the programme of a year.
type yearly struct {
	events []*entry // by start
	offers func() offers
}

// raise notes a change.
func (p *programme) raise(changed time.Time) {
	if changed.After(p.changed) {
		p.changed = changed
	}
}

// projection follows the store: after a change it reads only what changed.
type projection struct {
	store *store.Store
	mu    sync.Mutex
	now   *programme
}

// load returns the programme as it is now.
func (p *projection) load(ctx context.Context) (*programme, error) {
	revision, err := p.store.Revision(ctx, store.Programme)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now != nil && p.now.revision == revision {
		return p.now, nil
	}
	next, err := p.follow(ctx, revision)
	if err != nil {
		return nil, err
	}
	p.now = next
	return next, nil
}

func (p *projection) follow(ctx context.Context, revision string) (*programme, error) {
	since := uint64(0)
	sameEpoch := p.now != nil && strings.SplitN(p.now.revision, ".", 2)[0] == strings.SplitN(revision, ".", 2)[0]
	if sameEpoch {
		since = p.now.journal
	}
	rev, changed, complete, err := p.store.Journal(ctx, store.Programme, since)
	if err != nil {
		return nil, err
	}
	next := &programme{revision: revision, journal: rev}
	if next.editions, err = p.store.Editions(ctx); err != nil {
		return nil, err
	}
	for _, ed := range next.editions {
		next.raise(ed.Changed)
	}
	if !sameEpoch || !complete {
		return next, p.readAll(ctx, next)
	}
	next.raise(p.now.changed)
	other := func(e *entry) bool { return slices.Contains(changed, string(e.ID)) }
	next.events, next.gone = slices.DeleteFunc(slices.Clone(p.now.events), other), slices.DeleteFunc(slices.Clone(p.now.gone), other)
	for _, id := range changed {
		if strings.HasPrefix(id, "edition.") {
			continue
		}
		e, err := p.store.Event(ctx, agenda.EventID(id))
		if err != nil {
			return nil, err
		}
		next.raise(e.Changed)
		next.leave(e)
		if !e.Public() {
			continue
		}
		words, err := p.store.Translations(ctx, e.ID)
		if err != nil {
			return nil, err
		}
		next.insert(e, words)
	}
	return next, nil
}

func (p *projection) readAll(ctx context.Context, next *programme) error {
	all, err := p.store.Events(ctx, 0)
	if err != nil {
		return err
	}
	words, err := p.store.AllTranslations(ctx)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Public() || !e.Released.IsZero() { // what was withdrawn is a change, too
			next.raise(e.Changed)
		}
		if e.Public() {
			next.add(e, words[e.ID])
		}
		next.leave(e)
	}
	next.sort()
	return nil
}

// add puts the dates of an event at the end of the programme.
func (p *programme) add(e agenda.Event, words []agenda.Translation) {
	dates, gone := entriesOf(e, words)
	p.events, p.gone = append(p.events, dates...), append(p.gone, gone...)
}

// insert puts the dates of an event in their places.
func (p *programme) insert(e agenda.Event, words []agenda.Translation) {
	dates, gone := entriesOf(e, words)
	for _, list := range []struct {
		into *[]*entry
		from []*entry
	}{{&p.events, dates}, {&p.gone, gone}} {
		for _, d := range list.from {
			i, _ := slices.BinarySearchFunc(*list.into, d, byStart)
			*list.into = slices.Insert(*list.into, i, d)
		}
	}
}

func (p *programme) sort() {
	slices.SortFunc(p.events, byStart)
	slices.SortFunc(p.gone, byStart)
}

// entriesOf returns the dates of an event, and those that were removed.
func entriesOf(e agenda.Event, words []agenda.Translation) (dates, gone []*entry) {
	text := []string{e.Title, e.Subtitle, e.Summary, e.Description, e.Organiser, strings.Join(e.CoOrganisers, " "), e.Venue.Line()}
	shown := map[agenda.Lang]agenda.Translation{}
	for _, t := range words {
		if t.Shown() {
			shown[t.Lang] = t
			text = append(text, t.Title, t.Summary)
		}
	}
	search, organiser, town := agenda.Fold(strings.Join(text, " ")), agenda.Slug(e.Organiser), agenda.Slug(e.Venue.Town)
	entries := func(on []agenda.Event) (out []*entry) {
		for _, one := range on {
			year := one.Edition
			if year == 0 {
				year = one.Start.Year // of the date: a course of its own can go on for years
			}
			out = append(out, &entry{Event: one, Whole: &e, search: search, organiser: organiser, town: town, year: year, translated: shown})
		}
		return out
	}
	return entries(e.Each()), entries(e.EachGone())
}

func byStart(a, b *entry) int {
	if c := a.Start.Compare(b.Start); c != 0 {
		return c
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

// leave keeps an event that was public until it was merged into another.
func (p *programme) leave(e agenda.Event) {
	if e.Into != "" && !e.Released.IsZero() {
		dates, gone := entriesOf(e, nil)
		p.gone = append(p.gone, append(dates, gone...)...)
	}
}

// of returns the dates of a year's programme, those of its edition and those of
// events of their own, for page and calendar alike. They are shared: not to be changed.
func (p *programme) of(year int) []*entry {
	if y := p.year(year); y != nil {
		return y.events
	}
	return nil
}

// year returns the programme of a year, nil if nothing happens in it.
func (p *programme) year(year int) *yearly {
	p.once.Do(func() {
		p.byYear = map[int]*yearly{}
		for _, e := range p.events {
			y := p.byYear[e.year]
			if y == nil {
				y = &yearly{}
				y.offers = sync.OnceValue(func() offers { return offersOf(y.events) })
				p.byYear[e.year] = y
			}
			y.events = append(y.events, e)
		}
	})
	return p.byYear[year]
}

// datesIn returns those of the dates that belong to a year's programme.
func datesIn(dates []*entry, year int) []*entry {
	var out []*entry
	for _, e := range dates {
		if e.year == year {
			out = append(out, e)
		}
	}
	return out
}

// distinct returns the first of the dates of each event.
func distinct(dates []*entry) []*entry {
	seen := make(map[agenda.EventID]bool, len(dates))
	out := make([]*entry, 0, len(dates))
	for _, e := range dates {
		if !seen[e.ID] {
			seen[e.ID] = true
			out = append(out, e)
		}
	}
	return out
}

// whole is the event with all its dates, in the place of its first.
func (e *entry) whole() *entry {
	if !e.Whole.Course() {
		return e
	}
	return &entry{Event: *e.Whole, Whole: e.Whole, search: e.search, organiser: e.organiser, town: e.town, year: e.year, translated: e.translated}
}

// has reports whether there is a programme of a year: an edition, an event of
// its own, or the year is on.
func (p *programme) has(year int, today agenda.Date) bool {
	_, ok := p.edition(year)
	return ok || year == today.Year || p.year(year) != nil
}

// edition returns the edition of a year.
func (p *programme) edition(year int) (agenda.Edition, bool) {
	for _, e := range p.editions {
		if e.Year == year {
			return e, true
		}
	}
	return agenda.Edition{}, false
}

// current returns the edition that is on or comes next, else the last one.
func (p *programme) current(today agenda.Date) (agenda.Edition, bool) {
	var best agenda.Edition
	for _, e := range p.editions { // the latest first
		if best.Year == 0 || !e.Ends.Before(today) {
			best = e
		}
	}
	return best, best.Year != 0
}

// bySlug finds an event by its address.
func (p *programme) bySlug(year int, slug string) *entry {
	for _, e := range p.of(year) {
		if e.Slug == slug {
			return e
		}
	}
	return nil
}
