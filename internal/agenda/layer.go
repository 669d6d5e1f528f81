package agenda

import (
	"slices"
	"strings"
	"time"
)

// LayerKind says what days a layer holds.
type LayerKind string

// The kinds of layers.
const (
	LayerFaith  LayerKind = "faith"  // a published interfaith calendar
	LayerSchool LayerKind = "school" // days off that single schools or towns choose
)

// LayerDay is a day of a layer, or a span of days.
type LayerDay struct {
	From   Date   `json:"from"`
	To     Date   `json:"to"`
	Name   string `json:"name"`
	Note   string `json:"note,omitempty"`
	Begins Local  `json:"begins,omitzero"` // the hours that matter, where not whole days do
	Ends   Local  `json:"ends,omitzero"`
}

// DayLayer are days to mind of one year that the coordinators took from
// somewhere, beside those that are computed. Its days begin in its year.
type DayLayer struct {
	ID    string     `json:"id"`    // slug of its title: one of the same year replaces it
	Title string     `json:"title"` // where the days come from; shown as their source
	Kind  LayerKind  `json:"kind"`
	Year  int        `json:"year"`
	Days  []LayerDay `json:"days"`
	Taken time.Time  `json:"taken"` // UTC
}

// layerMost is how many days one layer holds.
const layerMost = 400

// Clean returns the layer with every field fit to be kept, its days by date, each
// once.
func (l DayLayer) Clean() DayLayer {
	l.Title = Line(l.Title)
	l.ID = Slug(l.Title)
	days := make([]LayerDay, 0, len(l.Days))
	for _, d := range l.Days {
		d.Name, d.Note = clip(Line(d.Name), 120), clip(Text(d.Note), 400)
		if d.To.Before(d.From) {
			d.To = d.From
		}
		if !slices.Contains(days, d) {
			days = append(days, d)
		}
	}
	slices.SortStableFunc(days, func(a, b LayerDay) int { return a.From.Compare(b.From) })
	l.Days = days
	return l
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most-1])) + "…"
	}
	return s
}

// Check returns what is wrong with a layer.
func (l DayLayer) Check() error {
	var p Problems
	required(&p, "layer_title", l.Title, 80)
	if len(p) == 0 && l.ID == "" {
		p.Add("layer_title", "required", "")
	}
	if l.Kind != LayerFaith && l.Kind != LayerSchool {
		p.Add("layer_kind", "one_of", "")
	}
	between(&p, "year", l.Year, 2000, 2100)
	switch {
	case len(l.Days) == 0:
		p.Add("file", "no_days", itoa(l.Year))
	case len(l.Days) > layerMost:
		p.Add("file", "file_rows", itoa(layerMost))
	}
	for _, d := range l.Days {
		if d.Name == "" || d.From.Year != l.Year || d.From.DaysTo(d.To) > 60 {
			p.Add("file", "layer_day", d.From.String()+" "+d.Name)
			break
		}
	}
	return p.Err()
}

// Mind returns the days as planners and pages mind them. A published calendar
// gives no weights: all of its feasts count the same, long spans such as fasts
// are told and hinder nothing.
func (l DayLayer) Mind() []Day {
	out := make([]Day, len(l.Days))
	for i, d := range l.Days {
		out[i] = Day{From: d.From, To: d.To, Name: d.Name, Text: d.Note, Layer: DayFeast, Weight: WeightMind, Source: l.Title, Begins: d.Begins, Ends: d.Ends}
		switch {
		case l.Kind == LayerSchool:
			out[i].Layer = DaySchool
		case d.From.DaysTo(d.To) > 3:
			out[i].Weight = WeightNote
		}
	}
	return out
}

// ParseLayerDays reads days as people type them: one a line, "12.02.2027" or
// "12.02.2027–14.02.2027", and behind it what it is; without that it is called
// name.
func ParseLayerDays(text, name string) ([]LayerDay, error) {
	var out []LayerDay
	for line := range strings.Lines(text) {
		line = Line(line)
		if line == "" {
			continue
		}
		date, rest, _ := strings.Cut(line, " ")
		if after, ok := strings.CutPrefix(strings.TrimSpace(rest), "bis "); ok { // "12.02.2027 bis 14.02.2027 …"
			second, more, _ := strings.Cut(after, " ")
			date, rest = date+"–"+second, more
		}
		from, to, span := strings.Cut(strings.ReplaceAll(date, "–", "-"), "-")
		if _, err := ParseDate(date); err == nil { // "2027-02-12"
			from, span = date, false
		}
		d := LayerDay{Name: strings.TrimSpace(rest)}
		var err, err2 error
		d.From, err = ParseDate(from)
		if d.To = d.From; span {
			d.To, err2 = ParseDate(to)
		}
		if err != nil || err2 != nil || d.To.Before(d.From) {
			return nil, Problems{{Field: "layer_days", Rule: "layer_line", Want: line}}
		}
		if d.Name == "" {
			d.Name = name
		}
		out = append(out, d)
	}
	return out, nil
}
