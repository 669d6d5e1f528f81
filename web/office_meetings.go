package web

import (
	"net/http"
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
	d := agenda.MeetingDetails{Place: g.Place}
	return w.planPage(c, http.StatusOK, g, series{MeetingDetails: d, Count: 1, Weeks: max(g.Weeks, 1), Clock: g.Start, Minutes: g.Minutes}, nil, nil)
}

// series is what the form of new dates says: the first date, how many and how
// far apart.
type series struct {
	agenda.MeetingDetails
	Day          agenda.Date
	Clock        string
	Minutes      int
	Count, Weeks int
	State        agenda.MeetingState
}

// planned is one date of the preview, with what else is at that time.
type planned struct {
	agenda.MeetingDetails
	Clashes []agenda.Clash
	Days    []agenda.Day
	Off     bool // a clash with a holiday or a date: not ticked
}

func (w *Web) planPage(c *Ctx, status int, g agenda.Group, s series, preview []planned, err error) error {
	f := c.form(c.path, "office.plan.preview")
	f.add(field{Kind: "date", Name: "date", Value: s.Day.String(), Required: true, Label: c.P.T("office.plan.first")})
	f.add(field{Kind: "time", Name: "start", Value: s.Clock, Required: true}).add(field{Kind: "number", Name: "minutes", Value: nonZero(s.Minutes), Required: true})
	f.add(field{Kind: "number", Name: "count", Value: strconv.Itoa(max(1, s.Count)), Required: true, Label: c.P.T("office.plan.count")})
	f.add(field{Kind: "number", Name: "weeks", Value: strconv.Itoa(max(1, s.Weeks)), Required: true, Label: c.P.T("office.plan.weeks")})
	f.meetingTitle(s.Title).text("place", s.Place, 200)
	f.add(field{Kind: "text", Name: "online", Value: s.Online, Max: 500, Dir: "ltr"}).area("note", s.Note, 4000)
	f.choose("radios", "state", c.codes("office.plan.state.", []string{"fixed", "planned", "draft"}, orFixed(s.State)), true)
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "plan", c.P.T("office.plan.title", "group", g.Name), map[string]any{"Form": f, "G": g, "Preview": preview, "S": s})
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
	s.State = agenda.MeetingState(c.posted("state"))
	if s.State != agenda.MeetingDraft && s.State != agenda.MeetingPlanned {
		s.State = agenda.MeetingFixed
	}
	if s.Count < 1 || s.Count > 60 {
		p.Add("count", "between", "1–60")
	}
	if s.Weeks < 1 || s.Weeks > 52 {
		p.Add("weeks", "between", "1–52")
	}
	if s.Minutes < 5 || s.Minutes > 24*60 {
		p.Add("minutes", "between", "5–1440")
	}
	if s.Day.IsZero() && p.For("date") == nil {
		p.Add("date", "required", "")
	}
	return s, p
}

// dates are the details of each date of the series.
func (s series) dates() ([]agenda.MeetingDetails, error) {
	h, m, err := agenda.ParseClock(s.Clock)
	if err != nil {
		return nil, agenda.Problems{{Field: "start", Rule: "clock", Want: "09:00"}}
	}
	var out []agenda.MeetingDetails
	for _, start := range agenda.Every(s.Weeks, s.Count, s.Day.At(h, m)) {
		d := s.MeetingDetails
		d.Start, d.End = start, start.AddMinutes(s.Minutes)
		out = append(out, d)
	}
	return out, nil
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
	dates, err := s.dates()
	if err == nil {
		err = dates[0].Clean().Check(w.Store.Loc())
	}
	if err != nil {
		return w.planPage(c, http.StatusUnprocessableEntity, g, s, nil, err)
	}
	if c.posted("do") != "plan" {
		preview, err := w.preview(c, g.ID, dates)
		if err != nil {
			return err
		}
		return w.planPage(c, http.StatusOK, g, s, preview, nil)
	}
	return w.makeDates(c, g, s, dates)
}

func (w *Web) makeDates(c *Ctx, g agenda.Group, s series, dates []agenda.MeetingDetails) error {
	chosen := map[string]bool{}
	for _, v := range c.PostFormArray("chosen") {
		chosen[v] = true
	}
	var take []agenda.MeetingDetails
	for _, d := range dates {
		if chosen[d.Start.String()] {
			take = append(take, d)
		}
	}
	if len(take) == 0 {
		return w.planPage(c, http.StatusUnprocessableEntity, g, s, nil, agenda.Problems{{Field: "dates", Rule: "required"}})
	}
	if len(take) == 1 && s.State == agenda.MeetingFixed && c.telling().Mail {
		if _, err := w.Store.PlanMeeting(c.ctx(), c.actor(), g.ID, take[0], s.State, c.telling()); err != nil {
			return w.planPage(c, http.StatusUnprocessableEntity, g, s, nil, err)
		}
	} else if _, err := w.Store.PlanMeetings(c.ctx(), c.actor(), g.ID, take, s.State); err != nil {
		return w.planPage(c, http.StatusUnprocessableEntity, g, s, nil, err)
	}
	c.flash(c.P.N("office.plan.done", len(take)))
	return c.redirect("/gremien/" + string(g.ID))
}

// preview looks up what else is at the time of each date.
func (w *Web) preview(c *Ctx, g agenda.GroupID, dates []agenda.MeetingDetails) ([]planned, error) {
	clashes, err := w.Store.Clashes(c.ctx(), g, dates)
	if err != nil {
		return nil, err
	}
	out := make([]planned, len(dates))
	for i, d := range dates {
		out[i] = planned{MeetingDetails: d, Clashes: clashes[i], Days: almanac.At(d.Start, d.End)}
		_, holiday := almanac.Holiday(d.Start.Date)
		past := !d.Start.In(w.Store.Loc()).After(w.Store.Now())
		out[i].Off = holiday || past
	}
	return out, nil
}

func (w *Web) showInvite(c *Ctx) error {
	g, err := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	meetings, err := w.Store.Uninvited(c.ctx(), g.ID)
	if err != nil {
		return err
	}
	ids := make([]agenda.MeetingID, len(meetings))
	for i, m := range meetings {
		ids[i] = m.ID
	}
	preview, err := w.Store.InvitePreview(c.ctx(), g.ID, ids)
	if err != nil {
		return err
	}
	mails := 0
	for _, p := range preview {
		if p.Mail {
			mails++
		}
	}
	return c.page(http.StatusOK, "invite", c.P.T("office.invite.title", "group", g.Name), map[string]any{"G": g, "Meetings": meetings, "Preview": preview, "Mails": mails, "Action": c.path})
}

func (w *Web) invite(c *Ctx) error {
	var ids []agenda.MeetingID
	for _, id := range c.PostFormArray("meeting") {
		ids = append(ids, agenda.MeetingID(id))
	}
	g := agenda.GroupID(c.Param("group"))
	n, err := w.Store.Invite(c.ctx(), c.actor(), g, ids, c.telling().Sentence)
	if err != nil {
		return err
	}
	c.flash(c.P.N("office.invite.done", n))
	return c.redirect("/gremien/" + string(g))
}

func (w *Web) showMeetingForm(c *Ctx) error {
	m, err := w.Store.Meeting(c.ctx(), agenda.MeetingID(c.Param("meeting")))
	if err != nil {
		return err
	}
	return w.meetingPage(c, http.StatusOK, m, m.MeetingDetails, nil)
}

func (w *Web) meetingPage(c *Ctx, status int, m agenda.Meeting, d agenda.MeetingDetails, err error) error {
	g, gerr := w.Store.Group(c.ctx(), m.Group)
	if gerr != nil {
		return gerr
	}
	f := c.form("/koordination/sitzungen/"+string(m.ID), "office.save").seen(m.Changed)
	f.add(field{Kind: "date", Name: "date", Value: dateText(d.Start), Required: true, Label: c.P.T("submit.date")})
	f.add(field{Kind: "time", Name: "start", Value: clockText(d.Start), Required: true}).add(field{Kind: "time", Name: "end", Value: clockText(d.End), Required: true})
	f.meetingTitle(d.Title).text("place", d.Place, 200)
	f.add(field{Kind: "text", Name: "online", Value: d.Online, Max: 500, Dir: "ltr"}).area("note", d.Note, 4000)
	if err != nil && !f.refuse(err) {
		return err
	}
	preview, gerr := w.preview(c, m.Group, []agenda.MeetingDetails{m.MeetingDetails})
	if gerr != nil {
		return gerr
	}
	entries, _, gerr := w.Store.History(c.ctx(), agenda.Ref{Kind: agenda.AboutMeeting, ID: string(m.ID)}, "", 10)
	if gerr != nil {
		return gerr
	}
	var others []agenda.Clash
	for _, x := range preview[0].Clashes {
		if x.With.ID != string(m.ID) {
			others = append(others, x)
		}
	}
	return c.page(status, "meetingform", m.Name(g), map[string]any{
		"Form": f, "M": m, "G": g, "Tell": m.State == agenda.MeetingFixed, "DefaultMail": !m.Invited.IsZero(), "Clashes": others, "Days": preview[0].Days, "Entries": entries,
	})
}

func (w *Web) saveMeeting(c *Ctx) error {
	m, err := w.Store.Meeting(c.ctx(), agenda.MeetingID(c.Param("meeting")))
	if err != nil {
		return err
	}
	var p agenda.Problems
	d := agenda.MeetingDetails{Title: c.posted("title"), Place: c.posted("place"), Online: c.posted("online"), Note: c.posted("note")}
	d.Start = c.postedLocal(&p, "date", "start")
	if p.For("date") == nil {
		d.End = c.postedLocal(&p, "date", "end")
	}
	if err = p.Err(); err == nil {
		err = d.Clean().Check(w.Store.Loc())
	}
	if err == nil {
		_, err = w.Store.ChangeMeeting(c.ctx(), c.actor(), m.ID, d, c.postedSeen(), c.telling())
	}
	if err != nil {
		return w.meetingPage(c, http.StatusUnprocessableEntity, m, d, err)
	}
	c.flash(c.P.T("office.meeting_saved"))
	return c.redirect("/sitzungen/" + string(m.ID))
}

func (w *Web) turnMeeting(c *Ctx) error {
	id := agenda.MeetingID(c.Param("meeting"))
	m, err := w.Store.TurnMeeting(c.ctx(), c.actor(), id, agenda.MeetingState(c.posted("to")), c.postedSeen(), c.telling())
	if err != nil {
		return err
	}
	c.flash(c.P.T("office.turned." + string(m.State)))
	return c.redirect("/sitzungen/" + string(id))
}

// showDoorNotice is a page to print and hang on the door.
func (w *Web) showDoorNotice(c *Ctx) error {
	m, err := w.Store.Meeting(c.ctx(), agenda.MeetingID(c.Param("meeting")))
	if err != nil {
		return err
	}
	g, err := w.Store.Group(c.ctx(), m.Group)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "doornotice", m.Name(g), map[string]any{"M": m, "G": g, "Moved": m.Was != nil && m.State != agenda.MeetingCancelled})
}

func (w *Web) showPhoneList(c *Ctx) error {
	m, err := w.Store.Meeting(c.ctx(), agenda.MeetingID(c.Param("meeting")))
	if err != nil {
		return err
	}
	list, err := c.dated([]agenda.Meeting{m})
	if err != nil {
		return err
	}
	people, err := w.Store.Unreached(c.ctx(), m.ID)
	if err != nil {
		return err
	}
	names, err := c.institutionNames()
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "phonelist", c.P.T("office.phone"), map[string]any{"M": list[0], "People": people, "Institutions": names})
}
