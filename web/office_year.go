package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
	"widunetz/internal/store"
)

// showYearPlan is the form of wishes for a group's year, and below it what the
// planner proposes. It changes nothing: the wishes stand in the address.
func (w *Web) showYearPlan(c *Ctx) error {
	g, err := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	if c.Query("do") == "" {
		return w.yearPlanPage(c, http.StatusOK, g, agenda.WishesOf(g, planYear(w.Store.Today())), nil, nil)
	}
	c.Request.PostForm = c.Request.URL.Query() // what was typed stands there
	wishes, plan, err := w.wishedPlan(c, g)
	if err != nil {
		return w.yearPlanPage(c, http.StatusUnprocessableEntity, g, wishes, nil, err)
	}
	return w.yearPlanPage(c, http.StatusOK, g, wishes, &plan, nil)
}

// wishedPlan is the plan under the wishes that stand in the address.
func (w *Web) wishedPlan(c *Ctx, g agenda.Group) (wishes agenda.PlanWishes, plan agenda.YearPlan, err error) {
	wishes, problems := wishesIn(c.Request.URL.Query(), g)
	if err := joined(problems, wishes.Check(w.Store.Today())); err != nil {
		return wishes, plan, err
	}
	facts, err := w.planFacts(c, g.ID, wishes.Year)
	if err == nil {
		plan, err = agenda.Plan(wishes, facts)
	}
	return wishes, plan, err
}

// refusedPlan shows the proposals again from which dates were taken that cannot
// be, with what is wrong.
func (w *Web) refusedPlan(c *Ctx, g agenda.Group, wrong error) error {
	wishes, plan, err := w.wishedPlan(c, g)
	if err != nil { // sent without wishes
		return w.yearPlanPage(c, http.StatusUnprocessableEntity, g, agenda.WishesOf(g, planYear(w.Store.Today())), nil, wrong)
	}
	return w.yearPlanPage(c, http.StatusUnprocessableEntity, g, wishes, &plan, wrong)
}

// planYear is the year that one plans on a day: from summer on the next one.
func planYear(today agenda.Date) int {
	if today.Month >= time.July {
		return today.Year + 1
	}
	return today.Year
}

// planFacts are what a plan of a year is made from, the days to mind among it.
func (w *Web) planFacts(c *Ctx, g agenda.GroupID, year int) (agenda.PlanFacts, error) {
	f, err := w.Store.PlanningFacts(c.ctx(), g, year)
	if err == nil {
		almanac.Inform(&f, agenda.Date{Year: year - 1, Month: time.September, Day: 1}, agenda.Date{Year: year, Month: time.December, Day: 31})
	}
	return f, err
}

// wishesIn reads the form of wishes out of an address.
func wishesIn(q url.Values, g agenda.Group) (x agenda.PlanWishes, p agenda.Problems) {
	text := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	number := func(name string) int {
		n, err := strconv.Atoi(text(name))
		if err != nil && text(name) != "" {
			p.Add(name, "number", "")
		}
		return n
	}
	on := func(name string) bool { return text(name) != "" }
	x = agenda.PlanWishes{Year: number("year"), Start: text("start"), Minutes: number("minutes"), Hosts: on("hosts")}
	x.School, x.Bridge, x.Shared, x.Fresh = on("school"), on("bridge"), on("shared"), on("fresh")
	if g.Prepares != "" {
		if x.Before = number("before"); x.Before > 0 || p.For("before") != nil {
			return x, p
		}
	}
	x.Count, x.MinWeeks, x.MaxWeeks = number("count"), number("min_weeks"), number("max_weeks")
	for _, v := range q["weekday"] {
		if d, err := strconv.Atoi(v); err == nil && d >= 0 && d <= 6 && !slices.Contains(x.Weekdays, time.Weekday(d)) {
			x.Weekdays = append(x.Weekdays, time.Weekday(d))
		}
	}
	slices.Sort(x.Weekdays)
	return x, p
}

// wishQuery is the address of a plan with these wishes.
func wishQuery(x agenda.PlanWishes) string {
	q := url.Values{"do": {"plan"}, "year": {strconv.Itoa(x.Year)}, "start": {x.Start}, "minutes": {strconv.Itoa(x.Minutes)}}
	for name, n := range map[string]int{"count": x.Count, "min_weeks": x.MinWeeks, "max_weeks": x.MaxWeeks, "before": x.Before} {
		q.Set(name, strconv.Itoa(n))
	}
	for _, d := range x.Weekdays {
		q.Add("weekday", strconv.Itoa(int(d)))
	}
	for name, on := range map[string]bool{"school": x.School, "bridge": x.Bridge, "shared": x.Shared, "hosts": x.Hosts, "fresh": x.Fresh} {
		if on {
			q.Set(name, "1")
		}
	}
	return q.Encode()
}

// wishForm is the form of wishes. A group that prepares another one has no
// number and no weekdays of its own, unless it plans apart from it.
func (c *Ctx) wishForm(g agenda.Group, x agenda.PlanWishes) *form {
	f := c.form("/koordination/gremien/"+string(g.ID)+"/jahresplanung", "planning.propose")
	number := func(name string, n int, must bool) {
		f.add(field{Kind: "number", Name: name, Value: strconv.Itoa(n), Required: must, Label: c.P.T("planning.wish." + name)})
	}
	number("year", x.Year, true)
	if g.Prepares != "" {
		f.add(field{Kind: "number", Name: "before", Value: strconv.Itoa(x.Before), Label: c.P.T("planning.wish.before"), Hint: c.P.T("planning.wish.before_hint")})
	}
	number("count", x.Count, true)
	f.add(field{Kind: "time", Name: "start", Value: x.Start, Required: true})
	f.add(field{Kind: "number", Name: "minutes", Value: nonZero(x.Minutes), Required: true})
	f.choose("checks", "weekday", c.weekdays(x.Weekdays), true)
	number("min_weeks", x.MinWeeks, false)
	f.add(field{Kind: "number", Name: "max_weeks", Value: nonZero(x.MaxWeeks), Label: c.P.T("planning.wish.max_weeks"), Hint: c.P.T("planning.wish.max_hint")})
	for _, b := range []struct {
		name string
		on   bool
	}{{"school", x.School}, {"bridge", x.Bridge}, {"shared", x.Shared}, {"hosts", x.Hosts}, {"fresh", x.Fresh}} {
		f.add(field{Kind: "check", Name: b.name, Value: onOff(b.on), Label: c.P.T("planning.wish." + b.name)})
	}
	return f
}

// weekdays are the days on which bodies meet, as options.
func (c *Ctx) weekdays(on []time.Weekday) []option {
	var out []option
	for d := time.Monday; d <= time.Saturday; d++ {
		out = append(out, option{strconv.Itoa(int(d)), c.P.Weekday(d), slices.Contains(on, d)})
	}
	return out
}

// relaxed is a wish that would have to give, with the address of the plan that
// there is then.
type relaxed struct {
	agenda.Relaxation
	URL, Dates string
}

// numbered is a proposal with its number.
type numbered struct {
	agenda.PlanProposal
	N int
}

func (w *Web) yearPlanPage(c *Ctx, status int, g agenda.Group, x agenda.PlanWishes, plan *agenda.YearPlan, err error) error {
	f := c.wishForm(g, x)
	if err != nil && !f.refuse(err) {
		return err
	}
	values := map[string]any{"Form": f, "G": g, "Plan": plan, "W": x}
	if plan != nil {
		preparers, err := w.Store.Preparers(c.ctx(), g.ID)
		if err != nil {
			return err
		}
		hosts, err := w.hostsOf(c, g.ID)
		if err != nil {
			return err
		}
		var relax []relaxed
		for _, r := range plan.Relaxations {
			days := make([]string, len(r.Example))
			for i, d := range r.Example {
				days[i] = c.P.DateShort(d.Date)
			}
			relax = append(relax, relaxed{r, f.Action + "?" + wishQuery(r.Wishes), c.P.List(days)})
		}
		proposals := make([]numbered, len(plan.Proposals))
		for i, p := range plan.Proposals {
			proposals[i] = numbered{p, i + 1}
		}
		values["Proposals"] = proposals
		values["Make"], values["Poll"] = f.Action+"?"+wishQuery(x), c.url("/koordination/gremien/"+string(g.ID)+"/umfrage")+"?"+wishQuery(x)
		values["Preparers"], values["Hosts"], values["Relax"], values["Once"] = preparers, hosts, relax, c.form("", "office.save").once().Once
		values["States"] = c.codes("office.plan.state.", []string{"planned", "draft", "fixed"}, "planned")
	}
	return c.page(status, "yearplan", c.P.T("planning.title", "year", strconv.Itoa(x.Year), "group", g.Name), values)
}

// hostsOf are the institutions that can be host of a group, by name.
func (w *Web) hostsOf(c *Ctx, g agenda.GroupID) ([]agenda.Institution, error) {
	seats, err := w.Store.Seats(c.ctx(), g)
	if err != nil {
		return nil, err
	}
	all, err := w.Store.Institutions(c.ctx())
	return slices.DeleteFunc(all, func(i agenda.Institution) bool {
		return !slices.ContainsFunc(seats, func(s agenda.Seat) bool { return s.Institution == i.ID })
	}), err
}

// makeYear makes the ticked dates of a proposal.
func (w *Web) makeYear(c *Ctx) error {
	g, err := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	dates, err := c.postedPlan(g)
	if err != nil {
		return w.refusedPlan(c, g, err)
	}
	made, err := w.Store.PlanDates(c.ctx(), c.actor(), g.ID, dates, postedState(c), c.posted("prepare") != "", c.posted("once"))
	if err != nil {
		var p agenda.Problems
		if errors.As(err, &p) {
			return w.refusedPlan(c, g, err)
		}
		return err
	}
	c.flash(c.yearMade(made))
	return c.redirect("/gremien/" + string(g.ID))
}

// postedState is in which state new dates begin.
func postedState(c *Ctx) agenda.MeetingState {
	s := agenda.MeetingState(c.posted("state"))
	if s != agenda.MeetingDraft && s != agenda.MeetingPlanned {
		s = agenda.MeetingFixed
	}
	return s
}

// yearMade says what came of a plan.
func (c *Ctx) yearMade(made store.YearMade) string {
	if len(made.Dates) == 0 {
		return c.P.T("planning.made_before")
	}
	text := c.P.N("office.plan.done", len(made.Dates))
	if n := len(made.Preparing); n > 0 {
		text += " " + c.P.N("planning.made_preparing", n)
	}
	for _, m := range made.Missing {
		text += " " + c.P.T("planning.no_preparing", "date", c.P.DateShort(m.Start.Date))
	}
	return text
}

// mostDates is how many dates one form makes.
const mostDates = 60

// postedPlan reads the ticked dates of a proposal.
func (c *Ctx) postedPlan(g agenda.Group) ([]agenda.PlannedDate, error) {
	var out []agenda.PlannedDate
	var p agenda.Problems
	ticked := c.PostFormArray("chosen")
	for i := range mostDates {
		n := strconv.Itoa(i)
		if !slices.Contains(ticked, n) {
			continue
		}
		start, err := agenda.ParseLocal(c.posted("start." + n))
		if err != nil {
			return nil, agenda.Problems{{Field: "dates", Rule: "required"}}
		}
		d := agenda.PlannedDate{Host: agenda.InstitutionID(c.posted("host." + n)), Target: agenda.MeetingID(c.posted("target." + n)), Stands: agenda.MeetingID(c.posted("stands." + n))}
		d.Start, d.End, d.Place = start, start.AddMinutes(c.postedInt(&p, "minutes."+n)), g.Place
		if err := d.Clean().Check(c.store().Loc()); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	if len(out) == 0 {
		p.Add("dates", "poll_choose", "")
	}
	return out, p.Err()
}
