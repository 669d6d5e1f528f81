package web

import (
	"math"
	"slices"
	"sync"
	"unicode/utf8"

	"widunetz/internal/agenda"
)

// The schematic map, in units of its drawing. On a phone of 390 px one unit is
// one pixel, so that a circle is a target of 48 px there.
const (
	mapWidth  = 356
	mapHeight = 380
	mapRadius = 25 // of a circle
	mapBelow  = 21 // room for the name under it
	mapGlyph  = 8  // width of a letter of the name
	mapGap    = 4  // between two towns
	mapMargin = 9
)

// spot is the place of a town in the drawing: the middle of its circle.
type spot struct {
	Town string
	X, Y float64
}

// half returns half the width of what is drawn at the spot.
func (s spot) half() float64 {
	return max(mapRadius, float64(mapGlyph*utf8.RuneCountInString(s.Town))/2)
}

// LabelY is the base line of the name.
func (s spot) LabelY() float64 { return s.Y + mapRadius + 15 }

// NumberY is the base line of the number.
func (s spot) NumberY() float64 { return s.Y + 7 }

// spots are the places of the nine towns: their coordinates, fitted to the
// drawing and pushed apart until neither circles nor names touch.
var spots = sync.OnceValue(func() []spot {
	west, east, south, north := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, t := range agenda.TownList {
		west, east, south, north = min(west, t.Lon), max(east, t.Lon), min(south, t.Lat), max(north, t.Lat)
	}
	var out []spot
	for _, t := range agenda.TownList {
		s := spot{Town: t.Name, X: (t.Lon - west) / (east - west) * mapWidth, Y: (north - t.Lat) / (north - south) * mapHeight}
		out = append(out, s.inside())
	}
	for range 1000 {
		apart := true
		for i := range out {
			for j := range i {
				apart = push(&out[i], &out[j]) && apart
			}
		}
		if apart {
			break
		}
	}
	for i := range out {
		out[i].X, out[i].Y = math.Round(out[i].X), math.Round(out[i].Y)
	}
	return out
})

// inside returns the spot moved into the drawing.
func (s spot) inside() spot {
	s.X = min(max(s.X, mapMargin+s.half()), mapWidth-mapMargin-s.half())
	s.Y = min(max(s.Y, mapMargin+mapRadius), mapHeight-mapMargin-mapRadius-mapBelow)
	return s
}

// push moves two spots apart along the axis on which they overlap less, a
// little at a time, and reports whether there was nothing to do.
func push(a, b *spot) bool {
	dx, dy := a.X-b.X, a.Y-b.Y
	tooWide := a.half() + b.half() + mapGap + 1 - math.Abs(dx)
	tooHigh := float64(2*mapRadius+mapBelow+mapGap+1) - math.Abs(dy)
	if tooWide <= 0 || tooHigh <= 0 {
		return true
	}
	const step = 0.3
	if tooWide < tooHigh {
		move := math.Copysign(tooWide*step, dx)
		a.X, b.X = a.X+move, b.X-move
	} else {
		move := math.Copysign(tooHigh*step, dy)
		a.Y, b.Y = a.Y+move, b.Y-move
	}
	*a, *b = a.inside(), b.inside()
	return false
}

// onTheWay returns a town that is nearer to both of two others than they are to
// each other, -1 if there is none. Lines between towns without one cross
// neither each other nor a third town.
func onTheWay(i, j int) int {
	a, b := agenda.TownList[i], agenda.TownList[j]
	return slices.IndexFunc(agenda.TownList, func(t agenda.Town) bool {
		return max(t.Distance(a), t.Distance(b)) < a.Distance(b)
	})
}

// mapTown is one place of the map and of the list beside it.
type mapTown struct {
	spot
	Count  int
	URL    string // the list of its events, "" if there are none
	Chosen bool   // by the filter
	Halo   float64
}

// townMap is what the map view shows.
type townMap struct {
	Width, Height, Radius int
	Roads                 [][2]spot // between towns with none on the way
	Towns                 []mapTown
	Elsewhere             []mapTown // online; in the list only
}

// townMap counts the events of every town that the filter shows. The town of
// the filter is marked, the others keep their numbers: they are what one would
// choose instead.
func (c *Ctx) townMap(path string, f filter, events []*entry) townMap {
	m := townMap{Width: mapWidth, Height: mapHeight, Radius: mapRadius}
	chosen, count := f.Town, map[string]int{}
	f.Town = ""
	for _, e := range distinct(f.apply(events)) {
		count[e.Venue.Town]++
	}
	at := func(s spot) mapTown {
		slug, n := agenda.Slug(s.Town), count[s.Town]
		t := mapTown{spot: s, Count: n, Chosen: slug == chosen}
		if n > 0 {
			g := f
			g.Town = slug
			t.URL = c.url(path) + "?" + g.query()
			t.Halo = mapRadius + 5*math.Sqrt(float64(min(n, 40)))
		}
		return t
	}
	all := spots()
	for i, s := range all {
		m.Towns = append(m.Towns, at(s))
		for j, u := range all[:i] {
			if onTheWay(i, j) < 0 {
				m.Roads = append(m.Roads, [2]spot{s, u})
			}
		}
	}
	if count[agenda.Online] > 0 {
		m.Elsewhere = append(m.Elsewhere, at(spot{Town: agenda.Online}))
	}
	return m
}
