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

// entry is one public event, decoded once, with its rendered calendar form.
type entry struct {
	agenda.Event
	search    string // folded text that the filter searches
	organiser string // slug of the organiser, by which the filter names her
	town      string // likewise of the town
	year      int    // in whose programme it stands

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
	gone     []*entry // were public and are part of another event now; calendars show where they went
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
	next.events = slices.DeleteFunc(slices.Clone(p.now.events), func(e *entry) bool { return slices.Contains(changed, string(e.ID)) })
	next.gone = slices.DeleteFunc(slices.Clone(p.now.gone), func(e *entry) bool { return slices.Contains(changed, string(e.ID)) })
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
		next.insert(newEntry(e, words))
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
			next.events = append(next.events, newEntry(e, words[e.ID]))
		}
		next.leave(e)
	}
	slices.SortFunc(next.events, byStart)
	return nil
}

func newEntry(e agenda.Event, words []agenda.Translation) *entry {
	text := []string{e.Title, e.Subtitle, e.Summary, e.Description, e.Organiser, strings.Join(e.CoOrganisers, " "), e.Venue.Line()}
	shown := map[agenda.Lang]agenda.Translation{}
	for _, t := range words {
		if t.Shown() {
			shown[t.Lang] = t
			text = append(text, t.Title, t.Summary)
		}
	}
	return &entry{Event: e, search: agenda.Fold(strings.Join(text, " ")), organiser: agenda.Slug(e.Organiser), town: agenda.Slug(e.Venue.Town), year: e.Year(), translated: shown}
}

func byStart(a, b *entry) int {
	if c := a.Start.Compare(b.Start); c != 0 {
		return c
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

func (p *programme) insert(e *entry) {
	i, _ := slices.BinarySearchFunc(p.events, e, byStart)
	p.events = slices.Insert(p.events, i, e)
}

// leave keeps an event that was public until it was merged into another.
func (p *programme) leave(e agenda.Event) {
	if e.Into != "" && !e.Released.IsZero() {
		p.gone = append(p.gone, newEntry(e, nil))
	}
}

// of returns the events of a year's programme, those of its edition and those
// of their own, for page and calendar alike. They are shared: not to be changed.
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
