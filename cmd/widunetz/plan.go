package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
	"widunetz/internal/lang"
)

// planCmd proposes the dates of a group's year. It changes nothing.
type planCmd struct {
	Group    string   `arg:"" help:"${help_group}"`
	Year     int      `help:"${help_plan_year}" required:"" placeholder:"2027"`
	JSON     bool     `help:"${help_json}" name:"json"`
	Count    *int     `help:"${help_plan_count}" placeholder:"6"`
	Weekday  []string `help:"${help_plan_weekday}" placeholder:"do"`
	Start    string   `help:"${help_plan_start}" placeholder:"09:00"`
	Minutes  *int     `help:"${help_plan_minutes}" placeholder:"120"`
	MinWeeks *int     `help:"${help_plan_min_weeks}" placeholder:"6"`
	MaxWeeks *int     `help:"${help_plan_max_weeks}" placeholder:"0"`
	School   bool     `help:"${help_plan_school}" name:"school-holidays"`
	Bridge   bool     `help:"${help_plan_bridge}" name:"bridge-days"`
	Shared   bool     `help:"${help_plan_shared}"`
	Hosts    bool     `help:"${help_plan_hosts}"`
	Fresh    bool     `help:"${help_plan_fresh}"`
	Before   *int     `help:"${help_plan_before}" placeholder:"10"`
	Config   string   `help:"${help_config}" default:"config.toml" type:"path"`
	Now      moment   `help:"${help_now}" placeholder:"TIME"`
}

// Run implements command.
func (cmd *planCmd) Run(ctx context.Context, c *cli) error { return c.data(ctx, cmd.Config, cmd) }

// Do implements dataCommand.
func (cmd *planCmd) Do(ctx context.Context, c *cli, s *service) error {
	st := s.store
	if !cmd.Now.IsZero() {
		st = st.WithClock(cmd.Now.clock(s.config.loc))
	}
	if cmd.Year < 2000 || cmd.Year > 2100 {
		return agenda.Problems{{Field: "year", Rule: "between", Want: "2000–2100"}}
	}
	facts, err := st.PlanningFacts(ctx, agenda.GroupID(cmd.Group), cmd.Year)
	if errors.Is(err, agenda.ErrNotFound) {
		return s.unknownGroup(ctx, c, cmd.Group, agenda.ErrNotFound)
	} else if err != nil {
		return err
	}
	wishes, err := cmd.wishes(facts.Group)
	if err != nil {
		return err
	}
	almanac.Inform(&facts, agenda.Date{Year: cmd.Year - 1, Month: time.September, Day: 1}, agenda.Date{Year: cmd.Year, Month: time.December, Day: 31})
	plan, err := agenda.Plan(wishes, facts)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(c.out).Encode(planJSON(c.p, facts.Group, plan))
	}
	_, err = io.WriteString(c.out, planText(c.p, facts.Group, plan))
	return err
}

// wishes are those of the group, with what the flags say instead.
func (cmd *planCmd) wishes(g agenda.Group) (agenda.PlanWishes, error) {
	w := agenda.WishesOf(g, cmd.Year)
	set := func(to *int, flag *int) {
		if flag != nil {
			*to = *flag
		}
	}
	set(&w.Count, cmd.Count)
	set(&w.Minutes, cmd.Minutes)
	set(&w.Before, cmd.Before)
	if cmd.Count != nil && cmd.MinWeeks == nil { // the distance follows from the new number
		w.MinWeeks = agenda.WishesOf(agenda.Group{PerYear: *cmd.Count, Weeks: g.Weeks}, cmd.Year).MinWeeks
	}
	set(&w.MinWeeks, cmd.MinWeeks)
	set(&w.MaxWeeks, cmd.MaxWeeks)
	if cmd.Start != "" {
		w.Start = cmd.Start
	}
	if len(cmd.Weekday) > 0 {
		w.Weekdays = nil
	}
	for _, name := range cmd.Weekday {
		d, ok := lang.WeekdayNamed(name)
		if !ok {
			return w, agenda.Problems{{Field: "weekday", Rule: "weekday", Want: "di, do"}}
		}
		w.Weekdays = append(w.Weekdays, d)
	}
	w.School, w.Bridge, w.Shared, w.Hosts, w.Fresh = cmd.School, cmd.Bridge, cmd.Shared, cmd.Hosts, cmd.Fresh
	return w, nil
}

type (
	planFile struct {
		Group       string           `json:"group"`
		Year        int              `json:"year"`
		Proposals   []proposalFile   `json:"proposals"`
		Avoided     []avoidedFile    `json:"avoided"`
		Relaxations []relaxationFile `json:"relaxations,omitempty"`
		SchoolUntil agenda.Date      `json:"school_holidays_known_until,omitzero"`
	}
	proposalFile struct {
		Dates []dateFile `json:"dates"`
	}
	dateFile struct {
		Start   agenda.Local `json:"start"`
		End     agenda.Local `json:"end"`
		Reasons []string     `json:"reasons"`
		Host    string       `json:"host,omitempty"`
		Stands  bool         `json:"stands,omitempty"` // it is planned already
	}
	avoidedFile struct {
		Date   agenda.Date `json:"date"`
		Rule   string      `json:"rule"`
		Text   string      `json:"text"`
		Source string      `json:"source,omitempty"`
	}
	relaxationFile struct {
		Wish  string         `json:"wish"`
		Also  string         `json:"also,omitempty"`
		Text  string         `json:"text"`
		Dates []agenda.Local `json:"dates"`
	}
)

// planJSON is what programs get: the weights of days are not in it.
func planJSON(p *lang.Printer, g agenda.Group, plan agenda.YearPlan) planFile {
	out := planFile{Group: string(g.ID), Year: plan.Wishes.Year, Proposals: []proposalFile{}, Avoided: []avoidedFile{}, SchoolUntil: plan.SchoolUntil}
	for _, proposal := range plan.Proposals {
		var f proposalFile
		for _, d := range proposal.Dates {
			date := dateFile{Start: d.Start, End: d.End, Stands: d.Meeting != ""}
			for _, r := range d.Reasons {
				date.Reasons = append(date.Reasons, p.Reason(r))
			}
			if d.Host != nil {
				date.Host = d.Host.Name
			}
			f.Dates = append(f.Dates, date)
		}
		out.Proposals = append(out.Proposals, f)
	}
	for _, a := range plan.Avoided {
		for _, r := range a.Reasons {
			out.Avoided = append(out.Avoided, avoidedFile{a.Date, r.Rule, p.Reason(r), p.Source(r)})
		}
	}
	for _, r := range plan.Relaxations {
		out.Relaxations = append(out.Relaxations, relaxationFile{r.Wish, r.Also, p.Relaxation(r), r.Example})
	}
	return out
}

// planText is what people read.
func planText(p *lang.Printer, g agenda.Group, plan agenda.YearPlan) string {
	var b strings.Builder
	line := func(indent int, text string) { b.WriteString(strings.Repeat("  ", indent) + text + "\n") }
	line(0, p.T("plan.title", "year", strconv.Itoa(plan.Wishes.Year), "group", g.Name))
	line(0, p.T("plan.wished", "wishes", wishText(p, plan.Wishes)))
	if !plan.SchoolUntil.IsZero() {
		line(0, p.T("plan.school_until", "date", p.DateShort(plan.SchoolUntil)))
	}
	for i, proposal := range plan.Proposals {
		line(0, "\n"+p.T("plan.proposal", "n", i+1))
		for _, d := range proposal.Dates {
			line(1, p.When(d.Start, d.End))
			for _, r := range d.Reasons {
				line(2, "- "+p.Reason(r))
			}
			if d.Host != nil {
				line(2, "- "+p.T("plan.host", "name", d.Host.Name))
			}
		}
	}
	if len(plan.Proposals) == 0 {
		relaxText(p, plan, line)
	}
	if len(plan.Avoided) > 0 {
		line(0, "\n"+p.T("plan.avoided"))
	}
	for _, a := range plan.Avoided {
		for _, r := range a.Reasons {
			text := p.Date(a.Date) + ": " + p.Reason(r)
			if source := p.Source(r); source != "" {
				text += " (" + p.T("plan.source", "source", source) + ")"
			}
			line(1, text)
		}
	}
	return b.String()
}

func relaxText(p *lang.Printer, plan agenda.YearPlan, line func(int, string)) {
	line(0, "\n"+p.T("plan.none"))
	if len(plan.Relaxations) == 0 {
		line(0, p.T("plan.relax.nothing"))
		return
	}
	line(0, p.T("plan.relax"))
	for _, r := range plan.Relaxations {
		dates := make([]string, len(r.Example))
		for i, d := range r.Example {
			dates[i] = p.DateShort(d.Date)
		}
		line(1, "- "+p.Relaxation(r)+", "+p.T("plan.relax.dates", "dates", p.List(dates)))
	}
}

func wishText(p *lang.Printer, w agenda.PlanWishes) string {
	h, m, _ := agenda.ParseClock(w.Start) // it was checked
	clock := p.Clock(agenda.Date{}.At(h, m))
	length := p.N("plan.wish.minutes", w.Minutes)
	if w.Before > 0 {
		return strings.Join([]string{p.N("plan.wish.before", w.Before), clock, length}, ", ")
	}
	parts := []string{p.N("plan.wish.count", w.Count), p.Weekdays(w.Weekdays), clock, length, p.N("plan.wish.min_weeks", w.MinWeeks)}
	if w.MaxWeeks > 0 {
		parts = append(parts, p.N("plan.wish.max_weeks", w.MaxWeeks))
	}
	return strings.Join(parts, ", ")
}
