package agenda

import (
	"cmp"
	"slices"
	"strings"
)

// Double is a pair of events that are probably one, registered twice.
type Double struct {
	Keep, Other Event    // Keep is the one that says more, or is public
	Reasons     []string // parts of message keys: overlap, venue, town, title, organiser
}

// The weights of what two entries of the same hour share. A town alone is no
// sign: in a week with many events two are often in one town.
const (
	doubleTitle     = 3
	doubleVenue     = 3
	doubleOrganiser = 2
	doubleTown      = 1
	doubleFrom      = 3
)

// Doubles returns the pairs among the events that are probably one: in the same
// edition, on the same day, at overlapping times, and with a similar title, at
// the same venue or by the same institution in the same town. Events that do
// not take place are left out. The most alike come first.
func Doubles(events []Event) (out []Double) {
	days := map[Date][]Event{}
	for _, e := range events {
		if e.counts() {
			days[e.Start.Date] = append(days[e.Start.Date], e)
		}
	}
	weights := map[EventID]int{}
	for _, list := range days {
		for i, a := range list {
			for _, b := range list[i+1:] {
				d, weight := a.double(b)
				if weight >= doubleFrom {
					out = append(out, d)
					weights[d.Keep.ID+d.Other.ID] = weight
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Double) int {
		return cmp.Or(weights[b.Keep.ID+b.Other.ID]-weights[a.Keep.ID+a.Other.ID], a.Keep.Start.Compare(b.Keep.Start),
			strings.Compare(string(a.Keep.ID), string(b.Keep.ID)), strings.Compare(string(a.Other.ID), string(b.Other.ID)))
	})
	return out
}

// double compares two events of one day and says how much they are alike.
func (e Event) double(o Event) (d Double, weight int) {
	if e.ID == o.ID || e.Edition != o.Edition || !Overlap(e.Start, e.End, o.Start, o.End) {
		return d, 0
	}
	d = Double{Keep: e, Other: o, Reasons: []string{"overlap"}}
	if o.better(e) {
		d.Keep, d.Other = o, e
	}
	count := func(on bool, reason string, w int) bool {
		if on {
			d.Reasons = append(d.Reasons, reason)
			weight += w
		}
		return on
	}
	count(alike(e.Title, o.Title), "title", doubleTitle)
	town := e.Venue.Town == o.Venue.Town && e.Venue.Town != ""
	venue := e.Venue.Town != Online && Fold(e.Venue.Name) == Fold(o.Venue.Name) && e.Venue.Name != ""
	if !count(town && venue, "venue", doubleVenue) {
		count(town, "town", doubleTown)
	}
	count(e.names(o.Organiser) || o.names(e.Organiser), "organiser", doubleOrganiser)
	return d, weight
}

// better reports whether e rather than o is to stay: what is public before what
// is not, else the one that says more, else the older one.
func (e Event) better(o Event) bool {
	if e.Public() != o.Public() {
		return e.Public()
	}
	if a, b := e.filled(), o.filled(); a != b {
		return a > b
	}
	return cmp.Or(e.Created.Compare(o.Created), strings.Compare(string(e.ID), string(o.ID))) < 0
}

// filled counts the fields that say something.
func (d EventDetails) filled() int { return len((EventDetails{}).Changes(d)) }

// names reports whether an institution is the event's organiser or one of those
// that organise with her.
func (d EventDetails) names(institution string) bool {
	name := Fold(institution)
	return name != "" && (Fold(d.Organiser) == name || slices.ContainsFunc(d.CoOrganisers, func(c string) bool { return Fold(c) == name }))
}

// Words of titles that say little.
var commonWords = []string{"und", "mit", "der", "die", "das", "ein", "eine", "von", "vom", "zum", "zur", "fuer", "beim", "den", "dem", "des", "the", "and", "for"}

// alike reports whether two titles probably name the same: but for a slip of the
// pen, or in more than half of the words of the shorter one.
func alike(a, b string) bool {
	if x, y := []rune(Fold(a)), []rune(Fold(b)); len(x) > 0 && (string(x) == string(y) || min(len(x), len(y)) > 4*fewLetters && within(fewLetters, x, y)) {
		return true
	}
	x, y := titleWords(a), titleWords(b)
	shared := 0
	for _, w := range x {
		if slices.Contains(y, w) {
			shared++
		}
	}
	return shared > 0 && 2*shared > min(len(x), len(y))
}

func titleWords(s string) (out []string) {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" -–—,.:;!?/()\"„“”'&+", r) }) {
		if w = Fold(w); len(w) > 2 && !slices.Contains(commonWords, w) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}
