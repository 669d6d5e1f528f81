package agenda

import "slices"

// FewInWeek is how many events a whole week of an edition should have: with
// fewer the weeks look as if nothing were on.
const FewInWeek = 3

// maxWeeks keeps a mistyped end of an edition from making an endless table.
const maxWeeks = 53

// Week is a week from Monday to Sunday as far as it lies in an edition.
type Week struct {
	From, Until Date // both included
}

// has reports whether the event is on in the week.
func (w Week) has(e Event) bool {
	return e.touches(w.From, w.Until)
}

// want is how many events a week should have if a whole one should have few.
func (w Week) want(few int) int {
	return (few*(w.From.DaysTo(w.Until)+1) + 6) / 7
}

// Weeks returns the weeks of the edition's period; the first and the last one
// may be short.
func (e Edition) Weeks() []Week {
	var out []Week
	for from := e.Starts; !from.After(e.Ends) && !e.Starts.IsZero() && len(out) < maxWeeks; {
		until := from.AddDays((7 - int(from.Weekday())) % 7) // the Sunday
		if until.After(e.Ends) {
			until = e.Ends
		}
		out = append(out, Week{from, until})
		from = until.AddDays(1)
	}
	return out
}

// Count is a number of events: those that will take place, and those that may.
type Count struct {
	Sure    int // published and at their time
	Waiting int // submitted, returned to the organiser, accepted and not public yet, or postponed
}

func (c *Count) add(waiting bool) {
	if waiting {
		c.Waiting++
	} else {
		c.Sure++
	}
}

// Nothing reports whether there is neither a sure nor a waiting event.
func (c Count) Nothing() bool { return c == Count{} }

// TownCover is one town's row of the board.
type TownCover struct {
	Town  string
	Weeks []Count // as Coverage.Weeks; an event of several weeks, and a course with a date in several, counts in each
	Total Count   // each event once
}

// Reach is what there is for one audience: its own events, and those for
// everybody that do not name it.
type Reach struct {
	Own, General Count
}

// All is both together, which is what the programme shows to the audience.
func (r Reach) All() Count {
	return Count{r.Own.Sure + r.General.Sure, r.Own.Waiting + r.General.Waiting}
}

// AudienceCover is one audience's row of the board.
type AudienceCover struct {
	Audience string
	Towns    []Reach // as Coverage.Towns
	Total    Reach
}

// GapKind says what is missing; it is part of a message key.
type GapKind string

// The kinds of gaps.
const (
	GapTown     GapKind = "town"     // no event in the town
	GapAudience GapKind = "audience" // no event that the audience is welcome at
	GapOwn      GapKind = "own"      // only events for everybody, none for this audience
	GapMorning  GapKind = "morning"  // no morning with childcare
	GapLanguage GapKind = "language" // all in German
	GapWeek     GapKind = "week"     // fewer events than wanted
)

// Gap is one thing that an edition lacks.
type Gap struct {
	Kind     GapKind
	Town     string // of GapTown
	Audience string // of GapAudience and GapOwn
	Week     Week   // of GapWeek
	Has      int    // sure events of GapWeek
	Want     int    // of GapWeek
	Waiting  int    // events that would fill the gap, or help to, if they come
}

// Coverage says where, when and for whom there is something in an edition.
type Coverage struct {
	Weeks     []Week
	Towns     []TownCover // the nine, and Online if there is something
	ByWeek    []Count     // all towns together
	Audiences []AudienceCover
	Total     Count
	Outside   int // events of the year's programme that lie outside of the period
	Gaps      []Gap
}

// Cover looks at the events of a year's programme, those of their own
// included: the programme shows them to the same readers. What was cancelled
// or withdrawn does not count. A whole week with fewer than few events is a
// gap, a short one in proportion; 0 asks for none.
func Cover(e Edition, events []Event, few int) Coverage {
	c := Coverage{Weeks: e.Weeks()}
	var on []Event
	for _, v := range events {
		if v.Review == Withdrawn || v.Standing == Cancelled {
			continue
		}
		if !slices.ContainsFunc(c.Weeks, func(w Week) bool { return w.has(v) }) {
			c.Outside++
			continue
		}
		on = append(on, v)
	}
	c.place(on)
	c.Total, c.ByWeek = c.tally(on)
	for _, a := range Audiences {
		c.Audiences = append(c.Audiences, c.audience(a, on))
	}
	c.findGaps(on, few)
	return c
}

// waits reports whether it is not sure that the event takes place at its time.
func (e Event) waits() bool { return e.Review != Published || e.Standing == Postponed }

// tally counts events, together and by week.
func (c *Coverage) tally(events []Event) (total Count, weeks []Count) {
	weeks = make([]Count, len(c.Weeks))
	for _, e := range events {
		total.add(e.waits())
		for i, w := range c.Weeks {
			if w.has(e) {
				weeks[i].add(e.waits())
			}
		}
	}
	return total, weeks
}

func (c *Coverage) place(events []Event) {
	for _, town := range append(slices.Clone(Towns), Online) {
		t := TownCover{Town: town}
		t.Total, t.Weeks = c.tally(slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Venue.Town != town }))
		if town != Online || !t.Total.Nothing() {
			c.Towns = append(c.Towns, t)
		}
	}
}

func (c *Coverage) audience(audience string, events []Event) AudienceCover {
	out := AudienceCover{Audience: audience, Towns: make([]Reach, len(c.Towns))}
	for _, e := range events {
		town := slices.IndexFunc(c.Towns, func(t TownCover) bool { return t.Town == e.Venue.Town })
		reaches := []*Reach{&out.Total}
		if town >= 0 {
			reaches = append(reaches, &out.Towns[town])
		}
		for _, r := range reaches {
			if slices.Contains(e.Audiences, audience) {
				r.Own.add(e.waits())
			} else if slices.Contains(e.Audiences, "alle") {
				r.General.add(e.waits())
			}
		}
	}
	return out
}

func (c *Coverage) findGaps(events []Event, few int) {
	for _, t := range c.Towns {
		if t.Total.Sure == 0 && t.Town != Online {
			c.Gaps = append(c.Gaps, Gap{Kind: GapTown, Town: t.Town, Waiting: t.Total.Waiting})
		}
	}
	for _, a := range c.Audiences {
		switch all := a.Total.All(); {
		case a.Audience == "alle":
		case all.Sure == 0:
			c.Gaps = append(c.Gaps, Gap{Kind: GapAudience, Audience: a.Audience, Waiting: all.Waiting})
		case a.Total.Own.Sure == 0:
			c.Gaps = append(c.Gaps, Gap{Kind: GapOwn, Audience: a.Audience, Waiting: a.Total.Own.Waiting})
		}
	}
	for _, g := range []struct {
		kind GapKind
		fits func(Event) bool
	}{{GapMorning, Event.morningWithCare}, {GapLanguage, Event.notOnlyGerman}} {
		var n Count
		for _, e := range events {
			if g.fits(e) {
				n.add(e.waits())
			}
		}
		if n.Sure == 0 {
			c.Gaps = append(c.Gaps, Gap{Kind: g.kind, Waiting: n.Waiting})
		}
	}
	for i, w := range c.Weeks {
		if n, want := c.ByWeek[i], w.want(few); n.Sure < want {
			c.Gaps = append(c.Gaps, Gap{Kind: GapWeek, Week: w, Has: n.Sure, Want: want, Waiting: n.Waiting})
		}
	}
}

// morningWithCare reports whether a parent can come in the morning.
func (e Event) morningWithCare() bool {
	return e.Childcare == Yes && slices.ContainsFunc(e.Dates(), func(d EventDate) bool { return !d.Off && d.Start.Hour < 12 })
}

// notOnlyGerman reports whether somebody who does not speak German is welcome.
func (e Event) notOnlyGerman() bool {
	return slices.ContainsFunc(e.Languages, func(l string) bool { return l != "de" && l != "de-einfach" })
}
