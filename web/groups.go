package web

import (
	"net/http"
	"slices"

	"widunetz/internal/agenda"
)

// own is what a member sees of her groups.
type own struct {
	Group agenda.Group
	Chair bool
}

// ownGroups returns the groups in which the visitor has a seat today; all of
// them for coordinators.
func (c *Ctx) ownGroups() ([]own, error) {
	p := c.signedIn()
	groups, err := c.store().Groups(c.ctx())
	if err != nil {
		return nil, err
	}
	seats, err := c.store().SeatsOf(c.ctx(), p.ID)
	if err != nil {
		return nil, err
	}
	today := c.store().Today()
	var out []own
	for _, g := range groups {
		o, member := own{Group: g}, p.Coordinator
		for _, s := range seats {
			if s.Group == g.ID && s.Holder(today) == p.ID {
				member, o.Chair = true, o.Chair || s.Chair
			}
		}
		if member {
			out = append(out, o)
		}
	}
	return out, nil
}

// in returns the visitor's group of the address; what is not hers does not
// exist for her.
func (c *Ctx) in(id agenda.GroupID) (own, error) {
	groups, err := c.ownGroups()
	if err != nil {
		return own{}, err
	}
	i := slices.IndexFunc(groups, func(o own) bool { return o.Group.ID == id })
	if i < 0 {
		return own{}, agenda.ErrNotFound
	}
	return groups[i], nil
}

// dated is a meeting with its group, for lists.
type dated struct {
	agenda.Meeting
	Group agenda.Group
}

func (c *Ctx) dated(meetings []agenda.Meeting) ([]dated, error) {
	groups, err := c.store().Groups(c.ctx())
	if err != nil {
		return nil, err
	}
	byID := map[agenda.GroupID]agenda.Group{}
	for _, g := range groups {
		byID[g.ID] = g
	}
	out := make([]dated, len(meetings))
	for i, m := range meetings {
		out[i] = dated{m, byID[m.Group]}
	}
	return out, nil
}

func (w *Web) showAccount(c *Ctx) error { return w.accountPage(c, http.StatusOK, nil) }

func (w *Web) accountPage(c *Ctx, status int, err error) error {
	p := *c.signedIn()
	today := w.Store.Today()
	meetings, merr := w.Store.MeetingsOf(c.ctx(), p.ID, today, today.AddDays(366))
	if merr != nil {
		return merr
	}
	list, merr := c.dated(meetings)
	if merr != nil {
		return merr
	}
	groups, merr := c.ownGroups()
	if merr != nil {
		return merr
	}
	polls, merr := c.pollsToAnswer(groups)
	if merr != nil {
		return merr
	}
	owed, merr := c.owed()
	if merr != nil {
		return merr
	}
	unanswered, merr := c.unanswered()
	if merr != nil {
		return merr
	}
	sub, merr := c.subscription("/feeds/personal/" + w.Store.PersonFeedToken(p) + ".ics")
	if merr != nil {
		return merr
	}
	todo, merr := w.Store.Todo(c.ctx(), p.ID)
	if merr != nil {
		return merr
	}
	f := c.form("/konto", "groups.save").seen(p.Changed)
	f.add(field{Kind: "tel", Name: "phone", Value: p.Phone, Max: 60, Auto: "tel", Dir: "ltr"})
	f.choose("select", "lang", w.memberLangs(p.Lang), false)
	for _, k := range muteable(groups) {
		f.add(field{Kind: "check", Name: "want_" + string(k), Value: onOff(p.Wants(k)), Label: c.P.T("groups.want." + string(k))})
	}
	f.add(field{Kind: "check", Name: "digest", Value: onOff(p.Digest), Label: c.P.T("groups.want.digest")})
	if err != nil && !f.refuse(err) {
		return err
	}
	todo.Answers = nil // they stand there already
	return c.page(status, "account", c.P.T("groups.account"), map[string]any{"Todo": todo, "Today": today, "P": p, "Meetings": list, "Groups": groups, "Feed": sub, "Form": f, "Polls": polls, "Deadlines": owed, "Unanswered": unanswered, "Listing": c.listingForm("/konto/verzeichnis", p.Listing)})
}

func onOff(b bool) string {
	if b {
		return "1"
	}
	return ""
}

// muteable are the kinds of mail that a member of the groups can switch off.
func muteable(groups []own) []agenda.Kind {
	on := func(rule func(agenda.Rules) bool) bool {
		return slices.ContainsFunc(groups, func(o own) bool { return rule(o.Group.Rules) })
	}
	nudged, asked := on(func(r agenda.Rules) bool { return r.Answers.On }), on(func(r agenda.Rules) bool { return r.Topics.On })
	return slices.DeleteFunc(slices.Clone(agenda.Muteable), func(k agenda.Kind) bool {
		return k == agenda.KindNudge && !nudged || k == agenda.KindTopics && !asked
	})
}

func (w *Web) saveAccount(c *Ctx) error {
	p, err := w.Store.Person(c.ctx(), c.signedIn().ID)
	if err != nil {
		return err
	}
	groups, err := c.ownGroups()
	if err != nil {
		return err
	}
	choice := muteable(groups)
	p.Phone, p.Digest = c.posted("phone"), c.posted("digest") != ""
	p.Muted = slices.DeleteFunc(slices.Clone(p.Muted), func(k agenda.Kind) bool { return slices.Contains(choice, k) }) // the others stay
	if l := agenda.Lang(c.posted("lang")); w.Catalog.Enabled(l) {
		p.Lang = l
	}
	for _, k := range choice {
		if c.posted("want_"+string(k)) == "" {
			p = p.Mute(k)
		}
	}
	if _, err = w.Store.SavePerson(c.ctx(), c.actor(), p, c.postedSeen()); err != nil {
		return w.accountPage(c, http.StatusUnprocessableEntity, err)
	}
	c.flash(c.P.T("groups.saved"))
	return c.redirect("/konto")
}

func (w *Web) renewFeed(c *Ctx) error {
	if _, err := w.Store.RenewPersonFeed(c.ctx(), c.actor(), c.signedIn().ID); err != nil {
		return err
	}
	c.flash(c.P.T("groups.feed_renewed"))
	return c.redirect("/konto")
}

func (w *Web) showHowTo(c *Ctx) error {
	sub, err := c.subscription("/feeds/personal/" + w.Store.PersonFeedToken(*c.signedIn()) + ".ics")
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "howto", c.P.T("groups.howto.title"), map[string]any{"Feed": sub})
}

func (w *Web) showGroups(c *Ctx) error {
	groups, err := c.ownGroups()
	if err != nil {
		return err
	}
	trainings, err := c.requestGroups()
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "groups", c.P.T("frame.groups"), map[string]any{"Groups": groups, "Trainings": trainings, "Year": w.Store.Today().Year})
}

func (w *Web) showGroup(c *Ctx) error {
	o, err := c.in(agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	g, today := o.Group, w.Store.Today()
	meetings, err := w.Store.Meetings(c.ctx(), g.ID, today.AddDays(-180), today.AddDays(3*366))
	if err != nil {
		return err
	}
	edits := o.Chair || c.signedIn().Coordinator
	next, past := nextAndPast(meetings, today, edits)
	members, err := w.Store.Members(c.ctx(), g.ID, today)
	if err != nil {
		return err
	}
	names, err := c.institutionNames()
	if err != nil {
		return err
	}
	sub, err := c.subscription("/feeds/group/" + w.Store.GroupFeedToken(g) + ".ics")
	if err != nil {
		return err
	}
	uninvited, err := w.Store.Uninvited(c.ctx(), g.ID)
	if err != nil {
		return err
	}
	polls, err := c.openPolls(g.ID)
	if err != nil {
		return err
	}
	minutes, err := c.groupMinutes(g)
	if err != nil {
		return err
	}
	deadlines, err := w.Store.Deadlines(c.ctx(), g.ID)
	if err != nil {
		return err
	}
	due, err := c.deadlinesShown(deadlines)
	if err != nil {
		return err
	}
	topics, err := c.topicsOfGroup(o)
	if err != nil {
		return err
	}
	year := today.Year
	if len(next) > 0 {
		year = next[0].Start.Year
	}
	return c.page(http.StatusOK, "group", g.Name, map[string]any{
		"Minutes": minutes, "G": g, "Next": next, "Past": past, "Members": members, "Institutions": names, "Feed": sub, "Edits": edits, "Uninvited": len(uninvited), "Year": year, "Polls": polls, "Deadlines": due, "Topics": topics,
	})
}

// nextAndPast are the meetings that are still to come, and those that were, the
// last one first; drafts are for those who edit.
func nextAndPast(meetings []agenda.Meeting, today agenda.Date, edits bool) (next, past []agenda.Meeting) {
	for _, m := range meetings {
		switch {
		case !m.Visible() && !edits:
		case m.End.Date.Before(today):
			past = append(past, m)
		default:
			next = append(next, m)
		}
	}
	slices.Reverse(past)
	return next, past
}

// institutionNames returns the names of all institutions.
func (c *Ctx) institutionNames() (map[agenda.InstitutionID]string, error) {
	all, err := c.store().Institutions(c.ctx())
	names := map[agenda.InstitutionID]string{}
	for _, i := range all {
		names[i.ID] = i.Name
	}
	return names, err
}

func (w *Web) showMeeting(c *Ctx) error { return w.meetingView(c, http.StatusOK, nil) }

// meetingView is the page of a meeting; wrong is what was wrong with what the
// visitor answered on it.
func (w *Web) meetingView(c *Ctx, status int, wrong error) error {
	m, err := w.Store.Meeting(c.ctx(), agenda.MeetingID(c.Param("meeting")))
	if err != nil {
		return err
	}
	o, err := c.mayAttend(m)
	if err != nil {
		return err
	}
	if !m.Visible() && !o.Chair {
		return agenda.ErrNotFound
	}
	target, err := c.prepared(m)
	if err != nil {
		return err
	}
	host, err := w.Store.Host(c.ctx(), m)
	if err != nil {
		return err
	}
	var days []agenda.Day
	all, err := c.days(m.Start.Date, m.End.Date)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Layer == agenda.DayPublic || d.Layer == agenda.DaySchool {
			days = append(days, d)
		}
	}
	minutes, err := c.minutesBrief(m, o)
	if err != nil {
		return err
	}
	papers, err := c.papersOf(m, o.Group, o.Chair, "/sitzungen/"+string(m.ID)+"/unterlagen")
	if err != nil {
		return err
	}
	answers, err := c.answersAt(m, o, wrong)
	if err != nil {
		return err
	}
	return c.page(status, "meeting", m.Name(o.Group), map[string]any{"Minutes": minutes, "Answers": answers, "M": m, "G": o.Group, "Days": days, "Edits": o.Chair, "Prepares": target, "Host": host.Name, "Papers": papers})
}

// prepared returns the meeting that this one prepares if the visitor may see it,
// nil if not.
func (c *Ctx) prepared(m agenda.Meeting) (*agenda.Meeting, error) {
	target, err := c.store().Prepared(c.ctx(), m.ID)
	if err != nil || target.ID == "" || !target.Visible() {
		return nil, err
	}
	if _, err := c.mayAttend(target); err != nil {
		return nil, nil //nolint:nilerr // what is not hers does not exist for her
	}
	return &target, nil
}

// mayAttend returns the meeting's group if the visitor may see it: a member of
// today or of the day of the meeting, or a coordinator, who may edit like a
// chair.
func (c *Ctx) mayAttend(m agenda.Meeting) (own, error) {
	o, err := c.in(m.Group)
	if err == nil {
		o.Chair = o.Chair || c.signedIn().Coordinator
		return o, nil
	}
	mine, merr := c.store().MeetingsOf(c.ctx(), c.signedIn().ID, m.Start.Date, m.Start.Date)
	if merr != nil {
		return own{}, merr
	}
	if !slices.ContainsFunc(mine, func(x agenda.Meeting) bool { return x.ID == m.ID }) {
		return own{}, err
	}
	g, err := c.store().Group(c.ctx(), m.Group)
	return own{Group: g}, err
}
