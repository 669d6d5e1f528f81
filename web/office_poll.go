package web

import (
	"fmt"
	"net/http"
	"strconv"

	"widunetz/internal/agenda"
)

// Chair and coordinators open a poll, see who has not answered, and decide.

// pollRow is one date of the form, as it was typed.
type pollRow struct {
	Date, Start, End, Place string
	Days                    []agenda.Day
	Clashes                 []agenda.Clash
	Checked                 bool
}

// emptyRow is a row in which the group's usual hours and place stand.
func emptyRow(g agenda.Group) pollRow {
	r := pollRow{Place: g.Place}
	if h, m, err := agenda.ParseClock(g.Start); err == nil {
		start := agenda.Date{Year: 2000, Month: 1, Day: 1}.At(h, m)
		r.Start = start.Clock()
		if g.Minutes > 0 {
			r.End = start.AddMinutes(g.Minutes).Clock()
		}
	}
	return r
}

// blank reports whether nobody has typed anything into the row.
func (r pollRow) blank(empty pollRow) bool {
	untouched := func(v, usual string) bool { return v == "" || v == usual }
	return r.Date == "" && untouched(r.Start, empty.Start) && untouched(r.End, empty.End)
}

// pollDraft is the form of a new poll.
type pollDraft struct {
	Title, Note, Online, Deadline string
	Rows                          []pollRow
}

const (
	firstRows = 4
	moreRows  = 3
)

// showPollForm is the form of a new poll.
func (w *Web) showPollForm(c *Ctx) error {
	g, err := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	return w.pollFormPage(c, http.StatusOK, g, pollDraft{Deadline: w.Store.Today().AddDays(7).String()}, firstRows, nil)
}

// pollFormPage shows the form with some empty rows behind those that are filled.
func (w *Web) pollFormPage(c *Ctx, status int, g agenda.Group, d pollDraft, blank int, err error) error {
	f := c.form("/koordination/gremien/"+string(g.ID)+"/umfrage", "poll.open").once()
	f.Inline, f.Do = true, "check" // Enter in a field must not send mails
	f.meetingTitle(d.Title)
	f.add(field{Kind: "area", Name: "note", Value: d.Note, Max: 2000, Label: c.P.T("poll.note"), Hint: c.P.T("poll.note_hint")})
	rows := map[string]pollRow{}
	for range min(blank, agenda.MostOptions-len(d.Rows)) {
		d.Rows = append(d.Rows, emptyRow(g))
	}
	for i, r := range d.Rows {
		name := agenda.OptionField(i + 1)
		rows[name] = r
		f.add(field{Kind: "pollrow", Name: name, Value: strconv.Itoa(i + 1), Label: c.fieldName(name)})
	}
	f.add(field{Kind: "text", Name: "online", Value: d.Online, Max: 500, Dir: "ltr"})
	f.add(field{Kind: "date", Name: "deadline", Value: d.Deadline, Required: true})
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "pollopen", c.P.T("poll.new", "group", g.Name), map[string]any{
		"Form": f, "G": g, "Rows": rows, "Full": len(d.Rows) >= agenda.MostOptions,
	})
}

// postedPoll reads the form of a new poll; rows in which nothing stands are left
// out.
func (c *Ctx) postedPoll(g agenda.Group) (draft pollDraft, d agenda.PollDetails, p agenda.Problems) {
	draft = pollDraft{Title: c.posted("title"), Note: c.posted("note"), Online: c.posted("online"), Deadline: c.posted("deadline")}
	dates, starts, ends, places := c.PostFormArray("date"), c.PostFormArray("start"), c.PostFormArray("end"), c.PostFormArray("place")
	at := func(list []string, i int) string {
		if i < len(list) {
			return agenda.Line(list[i])
		}
		return ""
	}
	empty := emptyRow(g)
	for i := range min(max(len(dates), len(starts), len(ends)), 2*agenda.MostOptions) {
		row := pollRow{Date: at(dates, i), Start: at(starts, i), End: at(ends, i), Place: at(places, i)}
		if row.blank(empty) {
			continue
		}
		draft.Rows = append(draft.Rows, row)
		o, rule, want := row.option()
		if rule != "" {
			p.Add(agenda.OptionField(len(draft.Rows)), rule, want)
		}
		d.Options = append(d.Options, o)
	}
	d.Title, d.Note, d.Online = draft.Title, draft.Note, draft.Online
	d.Deadline = c.postedDate(&p, "deadline")
	return draft, d, p
}

// option reads a row, and says which rule it breaks. An end at or before the
// beginning stays as it is: what ends after midnight has to say so.
func (r pollRow) option() (o agenda.PollOption, rule, want string) {
	if r.Date == "" || r.Start == "" || r.End == "" {
		return o, "option_times", ""
	}
	day, err := agenda.ParseDate(r.Date)
	if err != nil {
		return o, "date", "15.09.2027"
	}
	sh, sm, err := agenda.ParseClock(r.Start)
	if err != nil {
		return o, "clock", "18:30"
	}
	eh, em, err := agenda.ParseClock(r.End)
	if err != nil {
		return o, "clock", "18:30"
	}
	return agenda.PollOption{Start: day.At(sh, sm), End: day.At(eh, em), Place: r.Place}, "", ""
}

// openPoll opens a poll, checks its dates, or adds rows to its form.
func (w *Web) openPoll(c *Ctx) error {
	g, err := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	do := c.posted("do")
	if do == "plan" {
		return w.pollOfPlan(c, g)
	}
	draft, d, problems := c.postedPoll(g)
	if do == "more" {
		return w.pollFormPage(c, http.StatusOK, g, draft, moreRows, nil)
	}
	if err := joined(problems, d.Clean().Check(w.Store.Now(), w.Store.Loc())); err != nil {
		return w.pollFormPage(c, http.StatusUnprocessableEntity, g, draft, max(0, firstRows-len(draft.Rows)), err)
	}
	if do == "check" {
		if err := w.checkRows(c, g.ID, draft.Rows, d.Options); err != nil {
			return err
		}
		return w.pollFormPage(c, http.StatusOK, g, draft, 1, nil)
	}
	p, err := w.Store.OpenPoll(c.ctx(), c.actor(), g.ID, d, c.posted("once"))
	if err != nil {
		return w.pollFormPage(c, http.StatusUnprocessableEntity, g, draft, 0, err)
	}
	c.flash(c.P.T("poll.opened"))
	return c.redirect("/koordination/umfragen/" + string(p.ID))
}

// pollOfPlan is the form of a new poll with the ticked dates of a year's plan.
func (w *Web) pollOfPlan(c *Ctx, g agenda.Group) error {
	dates, err := c.postedPlan(g)
	if err != nil {
		return w.refusedPlan(c, g, err)
	}
	c.Request.PostForm.Del("once") // it names the form of the plan
	draft := pollDraft{Deadline: w.Store.Today().AddDays(7).String()}
	for _, d := range dates[:min(len(dates), agenda.MostOptions)] {
		draft.Rows = append(draft.Rows, pollRow{Date: d.Start.Date.String(), Start: d.Start.Clock(), End: d.End.Clock(), Place: d.Place})
	}
	return w.pollFormPage(c, http.StatusOK, g, draft, 1, nil)
}

// checkRows looks up what is in the way of each date.
func (w *Web) checkRows(c *Ctx, g agenda.GroupID, rows []pollRow, options []agenda.PollOption) error {
	dates := make([]agenda.MeetingDetails, len(options))
	for i, o := range options {
		dates[i] = agenda.MeetingDetails{Start: o.Start, End: o.End}
	}
	clashes, err := w.Store.Clashes(c.ctx(), g, dates)
	if err != nil {
		return err
	}
	for i, o := range options {
		if rows[i].Days, err = c.daysAt(o.Start, o.End); err != nil {
			return err
		}
		rows[i].Checked, rows[i].Clashes = true, clashes[i]
	}
	return nil
}

// silentMember is a member who has not answered.
type silentMember struct {
	Person      agenda.Person
	Institution string
	Why         string // why she may not have read the mail
	Error       string
}

// showPollDesk is the page of a poll for those who decide.
func (w *Web) showPollDesk(c *Ctx) error { return w.pollDeskPage(c, http.StatusOK, nil) }

func (w *Web) pollDeskPage(c *Ctx, status int, err error) error {
	pp, perr := c.pollOf(agenda.PollID(c.Param("poll")))
	if perr != nil {
		return perr
	}
	if pp, perr = c.named(pp); perr != nil {
		return perr
	}
	silent, mails, perr := w.silentOf(c, pp)
	if perr != nil {
		return perr
	}
	deadline := pp.P.Deadline
	if pp.State == agenda.PollClosed {
		deadline = w.Store.Today().AddDays(3)
	}
	f := c.form(c.path, "poll.extend").seen(pp.P.Changed)
	f.Do = "extend"
	f.add(field{Kind: "date", Name: "deadline", Value: deadline.String(), Required: true})
	if err != nil && !f.refuse(err) {
		return err
	}
	entries, _, perr := w.Store.History(c.ctx(), agenda.Ref{Kind: agenda.AboutPoll, ID: string(pp.P.ID)}, "", 20)
	if perr != nil {
		return perr
	}
	chosen := map[string]bool{}
	for _, n := range c.PostFormArray("option") {
		chosen[n] = err != nil
	}
	return c.page(status, "polldesk", c.P.T("poll.title", "title", pp.P.Name(pp.G)), map[string]any{
		"Poll": pp, "Form": f, "Silent": silent, "Mails": mails, "Action": c.path, "Entries": entries, "Ticked": chosen, "Sentence": c.posted("sentence"),
		"Mine": len(pp.P.Asked(pp.Vote(c.signedIn().ID))) > 0,
	})
}

// silentOf are the members who have not answered, and how many of them a
// reminder goes to.
func (w *Web) silentOf(c *Ctx, pp pollPage) (out []silentMember, mails int, err error) {
	var people []agenda.Person
	for _, id := range pp.Tally.Silent {
		if p, ok := pp.People[id]; ok {
			people = append(people, p)
		}
	}
	unreached, err := w.Store.PollUnreached(c.ctx(), pp.P.ID, people)
	if err != nil {
		return nil, 0, err
	}
	names, err := c.institutionNames()
	for _, p := range people {
		u := unreached[p.ID]
		out = append(out, silentMember{Person: p, Institution: names[p.Institution], Why: u.Why, Error: u.Error})
		if p.Email != "" && p.Wants(agenda.KindPollReminder) {
			mails++
		}
	}
	return out, mails, err
}

// runPoll reminds, gives more time, decides or gives up.
func (w *Web) runPoll(c *Ctx) error {
	id, done, sent := agenda.PollID(c.Param("poll")), "", true
	var err error
	switch c.posted("do") {
	case "remind":
		done = "poll.reminded"
		if sent, err = w.Store.RemindOfPoll(c.ctx(), c.actor(), id); err == nil && !sent {
			done = "poll.reminded_today"
		}
	case "extend":
		done = "poll.extended"
		var p agenda.Problems
		day := c.postedDate(&p, "deadline")
		if err = p.Err(); err == nil {
			err = w.Store.ExtendPoll(c.ctx(), c.actor(), id, day, c.postedSeen())
		}
	case "decide":
		return w.decidePoll(c, id)
	case "cancel":
		done = "poll.cancelled"
		err = w.Store.CancelPoll(c.ctx(), c.actor(), id, c.postedSeen())
	default:
		return fmt.Errorf("poll: %w", agenda.Problems{{Field: "to", Rule: "one_of"}})
	}
	if err != nil {
		return w.pollDeskPage(c, http.StatusUnprocessableEntity, err)
	}
	c.flash(c.P.T(done))
	return c.redirect("/koordination/umfragen/" + string(id))
}

func (w *Web) decidePoll(c *Ctx, id agenda.PollID) error {
	var chosen []int
	for _, s := range c.PostFormArray("option") {
		n, _ := strconv.Atoi(s) // what is no number is no option
		chosen = append(chosen, n)
	}
	p, err := w.Store.DecidePoll(c.ctx(), c.actor(), id, chosen, c.postedSeen(), c.telling().Sentence)
	if err != nil {
		return w.pollDeskPage(c, http.StatusUnprocessableEntity, err)
	}
	c.flash(c.P.N("poll.decided", len(p.Meetings)))
	if len(p.Meetings) == 1 {
		return c.redirect("/sitzungen/" + string(p.Meetings[0]))
	}
	return c.redirect("/gremien/" + string(p.Group))
}

// pollFor is the poll of the address and the member of it for whom somebody
// writes down an answer.
func (w *Web) pollFor(c *Ctx) (pp pollPage, who agenda.Person, err error) {
	if pp, err = c.pollOf(agenda.PollID(c.Param("poll"))); err != nil {
		return pp, who, err
	}
	if who, err = w.Store.Person(c.ctx(), agenda.PersonID(c.Param("person"))); err != nil {
		return pp, who, err
	}
	if len(pp.Vote(who.ID).Institutions) == 0 {
		return pp, who, agenda.ErrNotFound
	}
	pp, err = c.named(pp)
	return pp, who, err
}

// showPollFor is the form in which chair or coordinators write down what a
// member said by telephone.
func (w *Web) showPollFor(c *Ctx) error {
	pp, who, err := w.pollFor(c)
	if err != nil {
		return err
	}
	return c.pollAnswerPage(pp, answering{who: who, action: c.path, names: true, desk: true})
}

func (w *Web) answerPollFor(c *Ctx) error {
	pp, who, err := w.pollFor(c)
	if err != nil {
		return err
	}
	return c.takeAnswer(pp, c.actor(), answering{who: who, action: c.path, names: true, desk: true}, "/koordination/umfragen/"+string(pp.P.ID))
}
