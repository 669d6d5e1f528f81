package web

import (
	"net/http"
	"slices"
	"strconv"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
)

// showPlan is the form for one date or a series.
func (w *Web) showPlan(c *Ctx) error {
	g, err := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	s := series{MeetingDetails: agenda.MeetingDetails{Place: g.Place}, Count: 1, Clock: g.Start}
	s.Weeks, s.Minutes, s.Yield = max(g.Weeks, 1), g.Minutes, agenda.YieldWeek
	s.School, s.Bridge, s.Shared = true, true, true
	return w.planPage(c, http.StatusOK, g, s, nil, nil)
}

// series is what the form of new dates says: the first date, how many or until
// when, how far apart, and what a date does when something is in its way.
type series struct {
	agenda.MeetingDetails
	agenda.Rhythm
	Day   agenda.Date
	Clock string
	Count int // 1: a single date; 0: as many as there are until the last day
	State agenda.MeetingState
}

// planned is one date of the preview, with what else is at that time.
type planned struct {
	agenda.RhythmDate
	Clashes []agenda.Clash
	Days    []agenda.Day
	Off     bool   // a clash with a holiday or a date: not ticked
	Gap     string // how far it is from the date before where that is not as the rhythm says; "": as it says
}

// Key names the date among the fields of the form.
func (p planned) Key() string { return p.Slot.String() }

func (w *Web) planPage(c *Ctx, status int, g agenda.Group, s series, preview []planned, err error) error {
	f := c.seriesForm(g, s)
	if err != nil && !f.refuse(err) {
		return err
	}
	preparers, perr := w.Store.Preparers(c.ctx(), g.ID)
	if perr != nil {
		return perr
	}
	return c.page(status, "plan", c.P.T("office.plan.title", "group", g.Name), map[string]any{"Form": f, "G": g, "Preview": preview, "S": s, "Preparers": preparers})
}

func (c *Ctx) seriesForm(g agenda.Group, s series) *form {
	f := c.form(c.path, "office.plan.preview").once()
	f.Inline, f.Do = true, "preview" // Enter in a field that is changed must not make the dates of the old preview
	f.add(field{Kind: "date", Name: "date", Value: s.Day.String(), Required: true, Label: c.P.T("office.plan.first")})
	f.add(field{Kind: "time", Name: "start", Value: s.Clock, Required: true}).add(field{Kind: "number", Name: "minutes", Value: nonZero(s.Minutes), Required: true})
	f.meetingTitle(s.Title).text("place", s.Place, 200)
	f.add(field{Kind: "text", Name: "online", Value: s.Online, Max: 500, Dir: "ltr"}).area("note", s.Note, 4000)
	f.heading("planning.series")
	f.add(field{Kind: "number", Name: "count", Value: nonZero(s.Count), Label: c.P.T("office.plan.count"), Hint: c.P.T("planning.count_hint")})
	f.add(field{Kind: "date", Name: "until", Value: s.Until.String()})
	f.add(field{Kind: "number", Name: "weeks", Value: nonZero(s.Weeks), Label: c.P.T("office.plan.weeks")})
	f.add(field{Kind: "number", Name: "min_weeks", Value: nonZero(s.MinWeeks), Label: c.P.T("planning.wish.min_weeks"), Hint: c.P.T("planning.distance_hint")})
	f.add(field{Kind: "number", Name: "max_weeks", Value: nonZero(s.MaxWeeks), Label: c.P.T("planning.wish.max_weeks")})
	yields := []string{string(agenda.YieldWeek), string(agenda.YieldWorkday), string(agenda.YieldSkip), string(agenda.YieldAsk)}
	f.add(field{Kind: "radios", Name: "yield", Look: "list", Options: c.codes("planning.yield.", yields, string(s.Yield)), Label: c.P.T("planning.yield"), Hint: c.P.T("planning.yield_hint")})
	for _, b := range []struct {
		name string
		on   bool
	}{{"drift", s.Drift}, {"school", s.School}, {"bridge", s.Bridge}, {"shared", s.Shared}} {
		f.add(field{Kind: "check", Name: b.name, Value: onOff(b.on), Label: c.P.T("planning.wish." + b.name)})
	}
	return f.add(field{Kind: "radios", Name: "state", Look: "list", Options: c.codes("office.plan.state.", []string{"fixed", "planned", "draft"}, orFixed(s.State)), Required: true})
}

func (f *form) meetingTitle(title string) *form {
	return f.add(field{Kind: "text", Name: "title", Value: title, Max: 150, Hint: f.c.P.T("office.title_hint")})
}

func orFixed(s agenda.MeetingState) string {
	if s == "" {
		return string(agenda.MeetingFixed)
	}
	return string(s)
}

// postedSeries reads the form of new dates.
func (c *Ctx) postedSeries() (s series, p agenda.Problems) {
	s.Title, s.Place, s.Online, s.Note = c.posted("title"), c.posted("place"), c.posted("online"), c.posted("note")
	s.Day, s.Clock = c.postedDate(&p, "date"), c.posted("start")
	s.Minutes, s.Count, s.Weeks = c.postedInt(&p, "minutes"), c.postedInt(&p, "count"), c.postedInt(&p, "weeks")
	s.MinWeeks, s.MaxWeeks, s.Until = c.postedInt(&p, "min_weeks"), c.postedInt(&p, "max_weeks"), c.postedDate(&p, "until")
	s.Drift, s.School, s.Bridge, s.Shared = c.posted("drift") != "", c.posted("school") != "", c.posted("bridge") != "", c.posted("shared") != ""
	s.State, s.Yield = postedState(c), agenda.Yield(c.posted("yield"))
	between := func(name string, n, lo, hi int) {
		if p.For(name) == nil && (n < lo || n > hi) {
			p.Add(name, "between", strconv.Itoa(lo)+"–"+strconv.Itoa(hi))
		}
	}
	between("count", s.Count, 0, mostDates)
	between("minutes", s.Minutes, 5, 24*60)
	if s.Day.IsZero() && p.For("date") == nil {
		p.Add("date", "required", "")
	}
	h, m, err := agenda.ParseClock(s.Clock)
	if err != nil {
		p.Add("start", "clock", "09:00")
	}
	s.First = s.Day.At(h, m)
	if s.Count == 1 && s.Until.IsZero() {
		return s, p
	}
	between("weeks", s.Weeks, 1, 52)
	if s.Count == 0 && s.Until.IsZero() && p.For("count") == nil && p.For("until") == nil {
		p.Add("until", "endless", "")
	}
	if s.Yield == "" {
		s.Yield = agenda.YieldWeek
	}
	return s, p
}

// rhythm is the series with what follows from the rest: the distances from the
// weeks, the last day from the number.
func (s series) rhythm() agenda.Rhythm {
	r := s.Rhythm
	usual := agenda.RhythmOf(r.First, r.Minutes, r.Weeks, r.Until, r.Yield)
	if r.MinWeeks == 0 {
		r.MinWeeks = usual.MinWeeks
	}
	if r.MaxWeeks == 0 {
		r.MaxWeeks = usual.MaxWeeks
	}
	if last := r.First.Date.AddDays(7 * r.Weeks * s.Count); s.Count > 0 && (r.Until.IsZero() || r.Until.After(last)) {
		r.Until = last // the last of the counted ones has room to yield
	}
	return r
}

// single is one date: it stays where it is put, with notes on what is there.
func (s series) single() bool { return s.Count == 1 && s.Until.IsZero() }

// beat are the dates of the series, each where it can be.
func (s series) beat(w *Web, c *Ctx, g agenda.GroupID) ([]agenda.RhythmDate, error) {
	if s.single() {
		d := s.MeetingDetails
		d.Start, d.End = s.First, s.First.AddMinutes(s.Minutes)
		if err := d.Clean().Check(w.Store.Loc()); err != nil {
			return nil, err
		}
		return []agenda.RhythmDate{{Slot: d.Start, Start: d.Start, End: d.End, State: agenda.RhythmKept}}, nil
	}
	r := s.rhythm()
	if err := r.Check(w.Store.Today()); err != nil {
		return nil, dateFields(err)
	}
	d := s.MeetingDetails
	d.Start, d.End = s.First.Date.At(12, 0), s.First.Date.At(12, 0).AddMinutes(s.Minutes)
	if err := d.Clean().Check(w.Store.Loc()); err != nil {
		return nil, err
	}
	facts, err := w.seriesFacts(c, g, s, r)
	if err != nil {
		return nil, err
	}
	out, err := r.Beat(facts)
	if s.Count > 0 {
		out = out[:min(len(out), s.Count)]
	}
	return out, err
}

// made reports whether a meeting is one as this form makes them.
func (s series) made(m agenda.Meeting) bool {
	d := s.MeetingDetails.Clean()
	d.Start, d.End = m.Start, m.Start.AddMinutes(s.Minutes)
	return m.MeetingDetails == d
}

// seriesFacts are what is in the way of a series, over all its years.
func (w *Web) seriesFacts(c *Ctx, g agenda.GroupID, s series, r agenda.Rhythm) (agenda.PlanFacts, error) {
	var f agenda.PlanFacts
	for year := r.First.Year; year <= r.Until.Year; year++ {
		one, err := w.Store.PlanningFacts(c.ctx(), g, year)
		if err != nil {
			return f, err
		}
		own := func(m agenda.Meeting) bool {
			return slices.ContainsFunc(f.Own, func(o agenda.Meeting) bool { return o.ID == m.ID })
		}
		other := func(m agenda.OtherMeeting) bool {
			return slices.ContainsFunc(f.Others, func(o agenda.OtherMeeting) bool { return o.ID == m.ID })
		}
		one.Own, one.Others = append(f.Own, slices.DeleteFunc(one.Own, own)...), append(f.Others, slices.DeleteFunc(one.Others, other)...)
		one.Days = append(f.Days, slices.DeleteFunc(one.Days, func(d agenda.Day) bool {
			return slices.ContainsFunc(f.Days, func(o agenda.Day) bool { return o.From == d.From && o.Name == d.Name })
		})...)
		f = one
	}
	almanac.Inform(&f, r.First.Date.AddDays(-60), r.Until.AddDays(60))
	if c.posted("do") == "plan" { // what the same form made when it was sent before is not in its own way
		f.Own = slices.DeleteFunc(f.Own, s.made)
	}
	return f, nil
}

// dateFields gives problems of the first date to the field that holds its day.
func dateFields(err error) error {
	p, ok := err.(agenda.Problems) //nolint:errorlint // the rule returns it bare
	if !ok {
		return err
	}
	for _, e := range p {
		if e.Field == "start" {
			e.Field = "date"
		}
	}
	return p
}

// plan shows the preview of new dates; the second post, with the ticked dates,
// makes them.
func (w *Web) plan(c *Ctx) error {
	g, err := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	s, problems := c.postedSeries()
	if len(problems) > 0 {
		return w.planPage(c, http.StatusUnprocessableEntity, g, s, nil, problems)
	}
	beats, err := s.beat(w, c, g.ID)
	if err != nil {
		return w.planPage(c, http.StatusUnprocessableEntity, g, s, nil, err)
	}
	if c.posted("do") == "plan" {
		return w.makeDates(c, g, s, beats)
	}
	return w.showPreview(c, http.StatusOK, g, s, beats, nil)
}

func (w *Web) showPreview(c *Ctx, status int, g agenda.Group, s series, beats []agenda.RhythmDate, err error) error {
	preview, perr := w.preview(c, g.ID, s.MeetingDetails, beats)
	if perr != nil {
		return perr
	}
	return w.planPage(c, status, g, s, preview, err)
}

// makeDates makes the ticked dates, and those that were chosen where the rule is
// to ask.
func (w *Web) makeDates(c *Ctx, g agenda.Group, s series, beats []agenda.RhythmDate) error {
	ticked := c.PostFormArray("chosen")
	var take []agenda.PlannedDate
	add := func(start agenda.Local) {
		d := agenda.PlannedDate{MeetingDetails: s.MeetingDetails}
		d.Start, d.End = start, start.AddMinutes(s.Minutes)
		take = append(take, d)
	}
	for _, b := range beats {
		choice := c.posted("choice." + b.Slot.String())
		switch {
		case b.State == agenda.RhythmOpen && choice != "":
			i := slices.IndexFunc(b.Choices, func(l agenda.Local) bool { return l.String() == choice })
			if i < 0 {
				return w.showPreview(c, http.StatusConflict, g, s, beats, agenda.Problems{{Field: "dates", Rule: "changed"}})
			}
			add(b.Choices[i])
		case slices.Contains(ticked, b.Start.String()) && !b.Start.IsZero():
			add(b.Start)
		}
	}
	for _, v := range ticked { // what was ticked and is not there any more
		if !slices.ContainsFunc(beats, func(b agenda.RhythmDate) bool { return b.Start.String() == v }) {
			return w.showPreview(c, http.StatusConflict, g, s, beats, agenda.Problems{{Field: "dates", Rule: "changed"}})
		}
	}
	if len(take) == 0 {
		return w.showPreview(c, http.StatusUnprocessableEntity, g, s, beats, agenda.Problems{{Field: "dates", Rule: "poll_choose"}})
	}
	return w.makeTaken(c, g, s, take)
}

func (w *Web) makeTaken(c *Ctx, g agenda.Group, s series, take []agenda.PlannedDate) error {
	tell := c.telling()
	tell.Mail = tell.Mail && len(take) == 1 && s.State == agenda.MeetingFixed
	if tell.Mail {
		if _, err := w.Store.PlanMeeting(c.ctx(), c.actor(), g.ID, take[0].MeetingDetails, s.State, tell); err != nil {
			return w.planPage(c, http.StatusUnprocessableEntity, g, s, nil, err)
		}
	}
	once := c.posted("once") // of these dates: the form can be sent again with others
	for _, d := range take {
		once += " " + d.Start.String()
	}
	made, err := w.Store.PlanDates(c.ctx(), c.actor(), g.ID, take, s.State, c.posted("prepare") != "", once)
	if err != nil {
		return w.planPage(c, http.StatusUnprocessableEntity, g, s, nil, err)
	}
	if len(made.Dates) == 0 && tell.Mail { // made and told above
		made.Dates = make([]agenda.Meeting, 1)
	}
	c.flash(c.yearMade(made))
	return c.redirect("/gremien/" + string(g.ID))
}

// preview looks up what else is at the time of each date.
func (w *Web) preview(c *Ctx, g agenda.GroupID, d agenda.MeetingDetails, beats []agenda.RhythmDate) ([]planned, error) {
	out := make([]planned, len(beats))
	var dates []agenda.MeetingDetails
	for i, b := range beats {
		one := d
		one.Start, one.End = b.Start, b.End
		if out[i].RhythmDate = b; b.Start.IsZero() {
			one.Start, one.End = b.Slot, b.Slot // nothing is looked up
		}
		dates = append(dates, one)
	}
	clashes, err := w.Store.Clashes(c.ctx(), g, dates)
	if err != nil {
		return nil, err
	}
	for i := range out {
		p := &out[i]
		if p.Start.IsZero() {
			continue
		}
		p.Clashes, p.Gap = clashes[i], c.beatGap(beats, i)
		if p.Days, err = c.daysAt(p.Start, p.End); err != nil {
			return nil, err
		}
		_, holiday := almanac.Holiday(dates[i].Start.Date)
		p.Off = holiday || !dates[i].Start.In(w.Store.Loc()).After(w.Store.Now())
	}
	return out, nil
}

// beatGap says how far a date is from the one before where that is not what it
// is from slot to slot; "" where it is, or where the one before is still open.
func (c *Ctx) beatGap(beats []agenda.RhythmDate, i int) string {
	days := beats[i].Days
	switch {
	case days == 0 || beats[i-1].State == agenda.RhythmOpen || days == beats[i-1].Slot.DaysTo(beats[i].Slot.Date):
		return ""
	case days%7 == 0:
		return c.P.N("planning.beat.weeks", days/7)
	}
	return c.P.N("planning.beat.days", days)
}
