package web

import (
	"net/http"
	"slices"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

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
	preview, gerr := w.preview(c, m.Group, m.MeetingDetails, []agenda.RhythmDate{{Slot: m.Start, Start: m.Start, End: m.End, State: agenda.RhythmKept}})
	if gerr != nil {
		return gerr
	}
	entries, _, gerr := w.Store.History(c.ctx(), agenda.Ref{Kind: agenda.AboutMeeting, ID: string(m.ID)}, "", 10)
	if gerr != nil {
		return gerr
	}
	preparations, gerr := w.Store.Preparations(c.ctx(), m)
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
		"Form": f, "Preparations": preparations, "Along": slices.ContainsFunc(preparations, func(p store.Preparation) bool { return p.Date.ID != "" }), "M": m, "G": g, "Tell": m.State == agenda.MeetingFixed, "DefaultMail": !m.Invited.IsZero(), "Clashes": others, "Days": preview[0].Days, "Entries": entries,
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

// prepareMeeting makes what prepares a meeting, or lets it follow again.
func (w *Web) prepareMeeting(c *Ctx) error {
	id := agenda.MeetingID(c.Param("meeting"))
	made, missing, err := w.Store.Prepare(c.ctx(), c.actor(), id)
	if err != nil {
		return err
	}
	text := c.P.N("planning.prepared_done", len(made))
	if len(missing) > 0 {
		m, err := w.Store.Meeting(c.ctx(), id)
		if err != nil {
			return err
		}
		text = c.P.T("planning.no_preparing", "date", c.P.DateShort(m.Start.Date))
	}
	c.flash(text)
	return c.redirect("/koordination/sitzungen/" + string(id))
}

func (w *Web) turnMeeting(c *Ctx) error {
	id := agenda.MeetingID(c.Param("meeting"))
	tell := c.telling()
	tell.Alone = c.posted("prepared") != "" && c.posted("along") == ""
	m, err := w.Store.TurnMeeting(c.ctx(), c.actor(), id, agenda.MeetingState(c.posted("to")), c.postedSeen(), tell)
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
