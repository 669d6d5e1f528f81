package web

import (
	"net/http"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
	"widunetz/internal/store"
)

// showDesk is what a coordinator has to look at today.
func (w *Web) showDesk(c *Ctx) error {
	today := w.Store.Today()
	meetings, err := w.Store.Meetings(c.ctx(), "", today, today.AddDays(60))
	if err != nil {
		return err
	}
	next, err := c.dated(meetings)
	if err != nil {
		return err
	}
	phone, err := w.toPhone(c, next)
	if err != nil {
		return err
	}
	counts, err := w.Store.OutboxCounts(c.ctx())
	if err != nil {
		return err
	}
	stuck, err := w.stuck(c)
	if err != nil {
		return err
	}
	groups, err := w.Store.Groups(c.ctx())
	if err != nil {
		return err
	}
	var release []own
	unreleased := map[agenda.GroupID]int{}
	for _, g := range groups {
		u, err := w.Store.Uninvited(c.ctx(), g.ID)
		if err != nil {
			return err
		}
		if unreleased[g.ID] = len(u); len(u) > 0 {
			release = append(release, own{Group: g})
		}
	}
	waiting, err := w.waitingEvents(c)
	if err != nil {
		return err
	}
	editions, err := w.Store.Editions(c.ctx())
	if err != nil {
		return err
	}
	late, err := w.Store.LateTasks(c.ctx())
	if err != nil {
		return err
	}
	lateMinutes, err := w.Store.LateMinutes(c.ctx())
	if err != nil {
		return err
	}
	doubles, err := w.doubles(c, 0)
	if err != nil {
		return err
	}
	postbox, err := w.postbox(c)
	if err != nil {
		return err
	}
	short, err := w.Store.Shortfalls(c.ctx())
	if err != nil {
		return err
	}
	school, enough := almanac.SchoolHolidaysReach(today)
	return c.page(http.StatusOK, "desk", c.P.T("office.desk"), map[string]any{
		"Next": next, "Phone": phone, "Stuck": stuck, "NoImprint": w.legal["impressum"].draft && w.Demo == nil, "Release": release, "Unreleased": unreleased, "Waiting": waiting, "Editions": editions, "Groups": groups, "Late": late, "LateMinutes": lateMinutes, "Doubles": doubles,
		"Waits": counts[agenda.MessageWaiting], "Failed": counts[agenda.MessageFailed], "Unsure": counts[agenda.MessageUnknown],
		"Year": today.Year, "Short": short, "Postbox": postbox, "SchoolEnds": !enough, "School": school,
	})
}

// stuck returns a message that waits because an attempt did not succeed, nil if
// all is well: what the mail server says of one it says of many.
func (w *Web) stuck(c *Ctx) (*agenda.Message, error) {
	waiting, _, err := w.Store.Messages(c.ctx(), store.OutboxFilter{State: agenda.MessageWaiting}, listed)
	for _, m := range waiting {
		if m.Attempts > 0 && m.Error != "" {
			return &m, err
		}
	}
	return nil, err
}

// call is a meeting of the next 48 hours with those who may not know of it.
type call struct {
	dated
	People []store.Unreached
}

// toPhone lists whom to telephone about the dates of the next 48 hours.
func (w *Web) toPhone(c *Ctx, next []dated) ([]call, error) {
	var out []call
	for _, m := range next {
		until := m.Start.In(w.Store.Loc()).Sub(w.Store.Now())
		if until <= 0 || until > agenda.Near || m.State == agenda.MeetingDraft || m.State == agenda.MeetingPlanned {
			continue
		}
		people, err := w.Store.Unreached(c.ctx(), m.ID)
		if err != nil {
			return nil, err
		}
		if len(people) > 0 {
			out = append(out, call{m, people})
		}
	}
	return out, nil
}

// waitingEvents are those that wait for a coordinator: submitted, or public with
// a proposal.
func (w *Web) waitingEvents(c *Ctx) ([]agenda.Event, error) {
	all, err := w.Store.Events(c.ctx(), 0)
	var out []agenda.Event
	for _, e := range all {
		if e.Review == agenda.Submitted || e.Proposal != nil {
			out = append(out, e)
		}
	}
	return out, err
}

const listed = 50

func (w *Web) showOutbox(c *Ctx) error {
	f := store.OutboxFilter{State: agenda.MessageState(c.Query("state")), Kind: agenda.Kind(c.Query("kind")), Before: c.Query("before")}
	if id := c.asked("meeting"); id != "" {
		f.About = agenda.Ref{Kind: agenda.AboutMeeting, ID: id}
	}
	messages, next, err := w.Store.Messages(c.ctx(), f, listed)
	if err != nil {
		return err
	}
	counts, err := w.Store.OutboxCounts(c.ctx())
	if err != nil {
		return err
	}
	readers, err := c.readers(messages)
	if err != nil {
		return err
	}
	states := []agenda.MessageState{agenda.MessageWaiting, agenda.MessageFailed, agenda.MessageUnknown, agenda.MessageSent, agenda.MessageExpired, agenda.MessageDropped}
	return c.page(http.StatusOK, "outbox", c.P.T("office.outbox"), map[string]any{
		"Messages": messages, "Readers": readers, "Next": next, "Kind": f.Kind, "About": f.About.ID, "State": f.State, "States": states, "Counts": counts,
	})
}

// readers names to whom messages go.
func (c *Ctx) readers(messages []agenda.Message) (map[string]string, error) {
	people, err := c.store().People(c.ctx())
	names := map[string]string{}
	for _, p := range people {
		names[string(p.ID)] = p.Name()
	}
	out := map[string]string{}
	for _, m := range messages {
		name := names[m.Reader.ID]
		if name == "" {
			name = c.P.T("office.reader." + m.Reader.Kind)
		}
		out[string(m.ID)] = name
	}
	return out, err
}

func (w *Web) showMessage(c *Ctx) error {
	f, err := w.Store.Facts(c.ctx(), agenda.MessageID(c.Param("message")))
	if err != nil {
		return err
	}
	about := f.Event.Title
	if f.Group.ID != "" {
		about = f.Meeting.Name(f.Group)
	}
	if f.Message.Subject.Kind == agenda.AboutEdition {
		about = f.Edition.Title
	}
	return c.page(http.StatusOK, "outboxmessage", c.P.T("term.kind."+string(f.Message.Kind)), map[string]any{"F": f, "M": f.Message, "About": about})
}

func (w *Web) handleMessage(c *Ctx) error {
	id := agenda.MessageID(c.Param("message"))
	act, done := w.Store.Retry, "office.retried"
	if c.posted("do") == "drop" {
		act, done = w.Store.Drop, "office.dropped"
	}
	if err := act(c.ctx(), c.actor(), id); err != nil {
		return err
	}
	c.flash(c.P.T(done))
	return c.redirect("/koordination/ausgang")
}

// actors names who did what stands in the entries: people of the network and
// editors of events.
func (c *Ctx) actors(entries []agenda.Entry) (map[string]string, error) {
	names, err := c.store().EditorNames(c.ctx(), entries)
	if err != nil {
		return nil, err
	}
	people, err := c.store().People(c.ctx())
	for _, p := range people {
		names[string(p.ID)] = p.Name()
	}
	return names, err
}

func (w *Web) showHistory(c *Ctx) error {
	about := agenda.Ref{Kind: c.asked("kind"), ID: c.asked("id")}
	entries, next, err := w.Store.History(c.ctx(), about, c.Query("before"), listed)
	if err != nil {
		return err
	}
	names, err := c.actors(entries)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "history", c.P.T("office.history"), map[string]any{"Entries": entries, "Next": next, "Names": names, "About": about})
}
