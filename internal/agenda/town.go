package agenda

import (
	"math"
	"slices"
)

// Town is a town of the Kreis Herford with its place on the earth (GeoNames,
// CC BY 4.0), which is all that the map and the neighbourhood need.
type Town struct {
	Name     string
	Key      string // official municipality key (AGS)
	Lat, Lon float64
}

// TownList holds the nine towns by name.
var TownList = []Town{
	{"Bünde", "05758004", 52.19837, 8.58644},
	{"Enger", "05758008", 52.14063, 8.55772},
	{"Herford", "05758012", 52.11457, 8.67343},
	{"Hiddenhausen", "05758016", 52.16667, 8.61667},
	{"Kirchlengern", "05758020", 52.20000, 8.63333},
	{"Löhne", "05758024", 52.18848, 8.69220},
	{"Rödinghausen", "05758028", 52.25000, 8.48333},
	{"Spenge", "05758032", 52.14021, 8.48475},
	{"Vlotho", "05758036", 52.16530, 8.85996},
}

// Distance returns how far apart two towns are, in kilometres.
func (t Town) Distance(u Town) float64 {
	const radius, degree = 6371, math.Pi / 180
	a := math.Pow(math.Sin((u.Lat-t.Lat)*degree/2), 2) + math.Cos(t.Lat*degree)*math.Cos(u.Lat*degree)*math.Pow(math.Sin((u.Lon-t.Lon)*degree/2), 2)
	return 2 * radius * math.Asin(math.Sqrt(a))
}

// near is how far a neighbouring town is at most, in kilometres. The two
// nearest ones are neighbours at any distance: Vlotho and Rödinghausen lie
// apart.
const near = 9

// neighbours holds the neighbouring towns of each town, both ways.
var neighbours = func() map[string][]string {
	out := map[string][]string{}
	for _, t := range TownList {
		others := slices.Clone(TownList)
		slices.SortFunc(others, func(a, b Town) int { return int(1000 * (t.Distance(a) - t.Distance(b))) })
		for i, u := range others {
			if i > 0 && (i <= 2 || t.Distance(u) <= near) {
				out[t.Name] = append(out[t.Name], u.Name)
				out[u.Name] = append(out[u.Name], t.Name)
			}
		}
	}
	return out
}()

// Neighbours reports whether two towns are next to each other.
func Neighbours(a, b string) bool { return slices.Contains(neighbours[a], b) }
