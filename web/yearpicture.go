package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
)

// yearPicture is a year at a glance: twelve small months with the meetings that
// the visitor may see and the days to mind.
type yearPicture struct {
	Year     int
	Months   []yearMonth
	Groups   []groupMark // of which there are meetings
	Meetings []dated     // by start, cancelled ones among them
	Days     []agenda.Day
	Weeks    string // what the local or the national Intercultural Weeks are called
	Title    string
	today    agenda.Date
}

// groupMark are the letters by which a group is known in the picture.
type groupMark struct {
	agenda.Group
	Mark string
}

type yearMonth struct {
	First agenda.Date
	Weeks [][]yearDay // from Monday to Sunday; days of other months are empty
}

// yearDay is one small square.
type yearDay struct {
	Date                     agenda.Date // no day: of another month
	Off, Holiday, School     bool        // a Saturday or Sunday; a public holiday; in school holidays
	Weeks, Feast, Remembered bool        // in the Intercultural Weeks; a feast; a day of remembrance or to know
	Today                    bool
	Meetings                 []yearMark
	Words                    string // all of it in words, for screen readers
}

type yearMark struct {
	Mark      string
	Tentative bool // not fixed yet
}

// Near are the years beside it to which the page leads: those for which there
// may be something to see.
func (p *yearPicture) Near() []int {
	return slices.DeleteFunc([]int{p.Year - 1, p.Year + 1}, func(y int) bool { return y < p.today.Year-2 || y > p.today.Year+2 })
}

func (w *Web) showYearPicture(c *Ctx) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	meetings, err := c.seenIn(year)
	if err != nil {
		return err
	}
	p, err := c.yearPicture(year, meetings)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "yearpicture", c.P.T("planning.year", "year", year), map[string]any{"P": p, "Year": year})
}

// seenIn are the meetings of a year that the visitor may see: all of her groups
// and, where she had a seat only for a time, those of that time.
func (c *Ctx) seenIn(year int) ([]agenda.Meeting, error) {
	groups, err := c.ownGroups()
	if err != nil {
		return nil, err
	}
	first, last := agenda.Date{Year: year, Month: time.January, Day: 1}, agenda.Date{Year: year, Month: time.December, Day: 31}
	all, err := c.store().Meetings(c.ctx(), "", first, last)
	if err != nil {
		return nil, err
	}
	mine, err := c.store().MeetingsOf(c.ctx(), c.signedIn().ID, first, last)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(m agenda.Meeting) bool {
		if i := slices.IndexFunc(groups, func(o own) bool { return o.Group.ID == m.Group }); i >= 0 {
			return !m.Visible() && !groups[i].Chair && !c.signedIn().Coordinator
		}
		return !slices.ContainsFunc(mine, func(x agenda.Meeting) bool { return x.ID == m.ID })
	}), nil
}

func (c *Ctx) yearPicture(year int, meetings []agenda.Meeting) (*yearPicture, error) {
	p := &yearPicture{Year: year, today: c.store().Today(), Title: c.P.T("planning.year", "year", year)}
	first, last := agenda.Date{Year: year, Month: time.January, Day: 1}, agenda.Date{Year: year, Month: time.December, Day: 31}
	var err error
	if p.Meetings, err = c.dated(meetings); err != nil {
		return nil, err
	}
	if p.Days, err = c.days(first, last); err != nil {
		return nil, err
	}
	from, to := almanac.InterculturalWeek(year)
	p.Weeks = c.P.T("day.ikw")
	if ed, err := c.store().Edition(c.ctx(), year); err == nil {
		from, to, p.Weeks = ed.Starts, ed.Ends, ed.Title
	}
	p.Groups = marksOf(p.Meetings)
	weeks := func(d agenda.Date) bool { return !d.Before(from) && !d.After(to) }
	calendar := agenda.NewCalendar(p.Days, first, last)
	for m := time.January; m <= time.December; m++ {
		p.Months = append(p.Months, c.yearMonth(p, agenda.Date{Year: year, Month: m, Day: 1}, calendar, weeks))
	}
	return p, nil
}

// marksOf gives each group the first letters of its name, and a number where two
// have the same.
func marksOf(meetings []dated) []groupMark {
	var out []groupMark
	for _, m := range meetings {
		if !slices.ContainsFunc(out, func(g groupMark) bool { return g.ID == m.Group.ID }) {
			out = append(out, groupMark{Group: m.Group})
		}
	}
	slices.SortFunc(out, func(a, b groupMark) int { return strings.Compare(agenda.Fold(a.Name), agenda.Fold(b.Name)) })
	taken := map[string]int{}
	for i, g := range out {
		letters := ""
		for _, word := range strings.Fields(g.Name) {
			if r := []rune(word); len([]rune(letters)) < 2 {
				letters += strings.ToUpper(string(r[0]))
			}
		}
		if taken[letters]++; taken[letters] > 1 {
			letters += strconv.Itoa(taken[letters])
		}
		out[i].Mark = letters
	}
	return out
}

func (c *Ctx) yearMonth(p *yearPicture, first agenda.Date, calendar *agenda.Calendar, weeks func(agenda.Date) bool) yearMonth {
	m := yearMonth{First: first}
	for d := first.AddDays(-(int(first.Weekday()) + 6) % 7); d.Before(first) || d.Month == first.Month; {
		week := make([]yearDay, 7)
		for i := range week {
			if d.Month == first.Month {
				week[i] = c.yearDay(p, d, calendar, weeks(d))
			}
			d = d.AddDays(1)
		}
		m.Weeks = append(m.Weeks, week)
	}
	return m
}

// longSpan is from how many days on a feast is marked on its first day only:
// fasts of a month would fill the picture.
const longSpan = 5

func (c *Ctx) yearDay(p *yearPicture, d agenda.Date, calendar *agenda.Calendar, weeks bool) yearDay {
	out := yearDay{Date: d, Off: d.Weekday() == time.Saturday || d.Weekday() == time.Sunday, Today: d == p.today, Weeks: weeks}
	var words []string
	for _, day := range calendar.On(d) {
		if !day.On(d) || day.Key == "day.ikw" || day.From != d && day.From.DaysTo(day.To) >= longSpan && day.Layer != agenda.DaySchool {
			continue
		}
		switch day.Layer {
		case agenda.DayPublic:
			out.Holiday = true
		case agenda.DaySchool:
			if out.School = true; day.From != d {
				continue // its first day names it
			}
		case agenda.DayFeast:
			out.Feast = true
		default:
			out.Remembered = true
		}
		if name := c.P.DayName(*day); !slices.Contains(words, name) {
			words = append(words, name)
		}
	}
	for _, m := range p.Meetings {
		if d.Before(m.Start.Date) || d.After(m.End.Date) || m.State == agenda.MeetingCancelled {
			continue
		}
		i := slices.IndexFunc(p.Groups, func(g groupMark) bool { return g.ID == m.Group.ID })
		out.Meetings = append(out.Meetings, yearMark{p.Groups[i].Mark, m.State != agenda.MeetingFixed})
		said := m.Name(m.Group) + " " + c.P.Clock(m.Start)
		if m.State != agenda.MeetingFixed {
			said += " (" + c.P.T("term.meeting."+string(m.State)) + ")"
		}
		words = append(words, said)
	}
	if weeks && len(words) == 0 {
		words = append(words, p.Weeks)
	}
	out.Words = strings.Join(words, "; ")
	return out
}

// showYear is a group's year on one page to print.
func (w *Web) showYear(c *Ctx) error {
	o, err := c.in(agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	year, err := c.year()
	if err != nil {
		return err
	}
	first, last := agenda.Date{Year: year, Month: time.January, Day: 1}, agenda.Date{Year: year, Month: time.December, Day: 31}
	meetings, err := w.Store.Meetings(c.ctx(), o.Group.ID, first, last)
	if err != nil {
		return err
	}
	meetings = slices.DeleteFunc(meetings, func(m agenda.Meeting) bool { return !m.Visible() })
	p, err := c.yearPicture(year, meetings)
	if err != nil {
		return err
	}
	p.Title = o.Group.Name + " " + strconv.Itoa(year)
	return c.page(http.StatusOK, "year", p.Title, map[string]any{"G": o.Group, "Year": year, "Meetings": meetings, "P": p})
}
