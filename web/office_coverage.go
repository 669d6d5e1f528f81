package web

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"widunetz/internal/agenda"
)

// heatFrom are the numbers from which a cell of the board is darker.
var heatFrom = [...]int{1, 2, 3, 5}

func heat(n int) int {
	level := 0
	for _, from := range heatFrom {
		if n >= from {
			level++
		}
	}
	return level
}

// heatCell is one cell of the board. Its number stands in it: colour alone says
// nothing.
type heatCell struct {
	Sure, Waiting int
	General       int // events for everybody, beside those of the audience
	Heat          int
	Sum, Gap      bool
	URL           string // of the programme with these events, or of what waits
	Label         string // what the link is called where the table is not seen
}

// heatRow is a row of the board.
type heatRow struct {
	Name  string
	Cells []heatCell
}

// heatColumn is the head of a column.
type heatColumn struct{ Name, Note string }

// board makes the cells of one edition's coverage.
type board struct {
	c      *Ctx
	year   int
	period filter // the whole edition
	cover  agenda.Coverage
}

// showCoverage shows what an edition has, where, when and for whom.
func (w *Web) showCoverage(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	ed, err := w.Store.Edition(c.ctx(), year)
	if err != nil {
		return err
	}
	events, err := w.Store.Events(c.ctx(), year)
	if err != nil {
		return err
	}
	b := board{c: c, year: year, cover: agenda.Cover(ed, events, agenda.FewInWeek)}
	if n := len(b.cover.Weeks); n > 0 {
		b.period = filter{From: b.cover.Weeks[0].From, Until: b.cover.Weeks[n-1].Until}
	}
	return c.page(http.StatusOK, "coverage", c.P.T("board.title", "year", year), map[string]any{
		"Edition": ed, "Cover": b.cover, "Weeks": b.weekColumns(), "ByWeek": b.townRows(), "Towns": b.townColumns(), "ByAudience": b.audienceRows(),
		"Gaps": b.gaps(), "Legend": legend(), "WaitingURL": b.waitingURL(),
	})
}

// legend names the steps of the heat: "1", "2", "3–4", "5+".
func legend() []string {
	out := []string{"0"}
	for i, from := range heatFrom {
		switch {
		case i+1 == len(heatFrom):
			out = append(out, fmt.Sprintf("%d+", from))
		case heatFrom[i+1]-1 > from:
			out = append(out, fmt.Sprintf("%d–%d", from, heatFrom[i+1]-1))
		default:
			out = append(out, strconv.Itoa(from))
		}
	}
	return out
}

func (b board) waitingURL() string {
	return b.c.url("/koordination/veranstaltungen") + "?year=" + strconv.Itoa(b.year)
}

// cell leads to the programme with its events, if there are only waiting ones
// to the list of the office.
func (b board) cell(n agenda.Count, f filter, where, when string) heatCell {
	c := heatCell{Sure: n.Sure, Waiting: n.Waiting, Heat: heat(n.Sure)}
	switch {
	case n.Sure > 0:
		c.URL = b.c.url("/programm/"+strconv.Itoa(b.year)) + "?" + f.query()
		c.Label = b.c.P.N("board.cell", n.Sure, "where", where, "when", when)
	case n.Waiting > 0:
		c.URL = b.waitingURL()
		c.Label = b.c.P.T("board.only_waiting", "where", where, "when", when)
	}
	return c.named(b)
}

// named returns the cell with what waits in the name of its link, too.
func (c heatCell) named(b board) heatCell {
	if c.Waiting > 0 && c.URL != "" {
		c.Label += ", " + b.c.P.N("board.waits", c.Waiting)
	}
	return c
}

// in returns the filter of the edition's period with a town.
func (b board) in(town string) filter {
	f := b.period
	f.Town = agenda.Slug(town)
	return f
}

// townRows are the towns by weeks, with the sums at the ends.
func (b board) townRows() []heatRow {
	var rows []heatRow
	always := b.c.P.T("board.always")
	for _, t := range b.cover.Towns {
		row := heatRow{Name: t.Town}
		for i, n := range t.Weeks {
			f := b.in(t.Town)
			f.From, f.Until = b.cover.Weeks[i].From, b.cover.Weeks[i].Until
			row.Cells = append(row.Cells, b.cell(n, f, t.Town, b.days(b.cover.Weeks[i])))
		}
		sum := b.cell(t.Total, b.in(t.Town), t.Town, always)
		sum.Sum, sum.Gap = true, t.Total.Sure == 0
		rows = append(rows, heatRow{row.Name, append(row.Cells, sum)})
	}
	all, everywhere := heatRow{Name: b.c.P.T("board.sum")}, b.c.P.T("board.everywhere")
	for i, n := range b.cover.ByWeek {
		one := b.cell(n, filter{From: b.cover.Weeks[i].From, Until: b.cover.Weeks[i].Until}, everywhere, b.days(b.cover.Weeks[i]))
		one.Sum, one.Gap = true, b.few(b.cover.Weeks[i])
		all.Cells = append(all.Cells, one)
	}
	sum := b.cell(b.cover.Total, b.period, everywhere, always)
	sum.Sum = true
	all.Cells = append(all.Cells, sum)
	return append(rows, all)
}

// few reports whether a week is a gap.
func (b board) few(w agenda.Week) bool {
	for _, g := range b.cover.Gaps {
		if g.Kind == agenda.GapWeek && g.Week == w {
			return true
		}
	}
	return false
}

// audienceRows are the audiences by towns: their own events, and beside them
// how many are for everybody.
func (b board) audienceRows() []heatRow {
	var rows []heatRow
	for _, a := range b.cover.Audiences {
		name := b.c.P.T("term.audience." + a.Audience)
		row := heatRow{Name: name}
		for i, r := range a.Towns {
			town := b.cover.Towns[i].Town
			row.Cells = append(row.Cells, b.reach(r, b.in(town), a.Audience, town))
		}
		sum := b.reach(a.Total, b.period, a.Audience, b.c.P.T("board.everywhere"))
		sum.Sum, sum.Gap = true, a.Total.Own.Sure == 0 && a.Audience != "alle"
		row.Cells = append(row.Cells, sum)
		rows = append(rows, row)
	}
	return rows
}

// reach is the cell of one audience in one town.
func (b board) reach(r agenda.Reach, f filter, audience, where string) heatCell {
	f.Audience = audience
	name := b.c.P.T("term.audience." + audience)
	// What waits and is for everybody stands in that row.
	c := b.cell(agenda.Count{Sure: r.All().Sure, Waiting: r.Own.Waiting}, f, where, name)
	c.Sure, c.General, c.Heat = r.Own.Sure, r.General.Sure, heat(r.Own.Sure)
	if c.General > 0 {
		c.Label = b.c.P.T("board.reach", "own", c.Sure, "general", c.General, "where", where, "who", name)
		return c.named(b)
	}
	return c
}

func (b board) weekColumns() []heatColumn {
	var out []heatColumn
	for _, w := range b.cover.Weeks {
		_, n := time.Date(w.From.Year, w.From.Month, w.From.Day, 12, 0, 0, 0, time.UTC).ISOWeek()
		out = append(out, heatColumn{b.c.P.T("board.week", "n", n), b.days(w)})
	}
	return append(out, heatColumn{Name: b.c.P.T("board.sum")})
}

func (b board) townColumns() []heatColumn {
	var out []heatColumn
	for _, t := range b.cover.Towns {
		out = append(out, heatColumn{Name: t.Town})
	}
	return append(out, heatColumn{Name: b.c.P.T("board.sum")})
}

// days returns "13.–19.9.", "27.9.–3.10." or "10.10.".
func (b board) days(w agenda.Week) string {
	last := fmt.Sprintf("%d.%d.", w.Until.Day, w.Until.Month)
	switch {
	case w.From == w.Until:
		return last
	case w.From.Month == w.Until.Month:
		return fmt.Sprintf("%d.–%s", w.From.Day, last)
	}
	return fmt.Sprintf("%d.%d.–%s", w.From.Day, w.From.Month, last)
}

// gaps are the gaps as sentences.
func (b board) gaps() []string {
	var out []string
	p := b.c.P
	for _, g := range b.cover.Gaps {
		s := p.T("board.gap."+string(g.Kind), "town", g.Town)
		switch {
		case g.Audience != "":
			s = p.T("board.gap."+string(g.Kind), "audience", p.T("term.audience."+g.Audience))
		case g.Kind == agenda.GapWeek && g.Has == 0:
			s = p.T("board.gap.empty", "days", b.days(g.Week))
		case g.Kind == agenda.GapWeek:
			s = p.N("board.gap.week", g.Has, "days", b.days(g.Week), "want", g.Want)
		}
		if g.Waiting > 0 {
			s += " (" + p.N("board.waits", g.Waiting) + ")"
		}
		out = append(out, s)
	}
	return out
}
