package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// Members hand in topics behind the mailed link, without a log-in, or on the page
// of their group when they are logged in. Who may ask a group for a training needs
// no seat in it.

// handing is where somebody hands in topics for a group.
type handing struct {
	Home   string // path of its page
	G      agenda.Group
	Who    agenda.Person
	Member bool // of the group, today or later, or a coordinator: sees the backlog
	Edits  bool // chair or coordinator, logged in
	Linked bool // came by the mailed link
}

// handing is that of the address.
func (c *Ctx) handing() (h handing, err error) {
	c.Header("Cache-Control", "no-store")
	s := c.store()
	id := agenda.GroupID(c.Param("group"))
	if token := c.Param("token"); token != "" {
		if id, h.Who, err = s.TopicOfToken(c.ctx(), token); err != nil {
			return h, err
		}
		h.Home, h.Linked = "/thema/"+token, true
	} else {
		h.Home, h.Who = "/gremien/"+string(id)+"/themen", *c.signedIn()
	}
	if h.G, err = s.Group(c.ctx(), id); err != nil {
		return h, err
	}
	seats, err := s.Seats(c.ctx(), id)
	if err != nil {
		return h, err
	}
	today := s.Today()
	h.Member = slices.ContainsFunc(seats, func(seat agenda.Seat) bool { return seat.HoldsFrom(h.Who.ID, today) }) || h.Who.Coordinator
	h.Edits = !h.Linked && (h.Who.Coordinator || slices.ContainsFunc(seats, func(seat agenda.Seat) bool { return seat.Chair && seat.Holder(today) == h.Who.ID }))
	return h, nil
}

// inside is handing for pages that only members of the group have.
func (c *Ctx) inside() (handing, error) {
	h, err := c.handing()
	if err == nil && !h.Member {
		err = agenda.ErrNotFound
	}
	return h, err
}

// actorOf is who hands in.
func (c *Ctx) actorOf(h handing) agenda.Actor {
	a := agenda.PersonActor(h.Who.ID)
	if h.Linked {
		a.By = "topic"
	}
	return a
}

// topicsSaid are the words for what was done, by the word in the address that the
// visitor is led to.
var topicsSaid = []string{"added", "changed", "back", "closed", "reopened", "request"}

func (c *Ctx) topicsSaid() string {
	if said := c.Query("getan"); slices.Contains(topicsSaid, said) {
		return c.P.T("topics.done." + said)
	}
	return ""
}

// topicForm is the form of a topic.
func (c *Ctx) topicForm(action, submit string, d agenda.TopicDetails) *form {
	f := c.form(action, submit).must("topic_title", d.Title, 150)
	kinds := make([]string, len(agenda.TopicKinds))
	for i, k := range agenda.TopicKinds {
		kinds[i] = string(k)
	}
	f.choose("radios", "topic_kind", c.codes("topics.kind.", kinds, string(d.Kind)), true)
	f.add(field{Kind: "number", Name: "topic_minutes", Value: nonZero(d.Minutes)})
	return f.area("topic_text", d.Text, 2000)
}

// requestForm is the form of a request for a training.
func (c *Ctx) requestForm(action, submit string, d agenda.TopicDetails, r agenda.TrainingRequest) *form {
	f := c.form(action, submit)
	f.add(field{Kind: "text", Name: "topic_title", Value: d.Title, Max: 150, Required: true, Label: c.P.T("topics.request_title"), Hint: c.P.T("topics.request_title_hint")})
	f.add(field{Kind: "date", Name: "wish_from", Value: r.From.String(), Required: true})
	f.add(field{Kind: "date", Name: "wish_until", Value: r.Until.String(), Required: true})
	f.add(field{Kind: "number", Name: "wish_participants", Value: nonZero(r.Participants)})
	f.add(field{Kind: "text", Name: "wish_contact", Value: r.Contact, Max: 200, Required: true})
	return f.area("topic_text", d.Text, 2000)
}

// postedTopic reads the form of a topic, or of a request.
func (c *Ctx) postedTopic(request bool) (f store.TopicForm, p agenda.Problems) {
	f.Title, f.Text, f.Kind = c.posted("topic_title"), c.posted("topic_text"), agenda.TopicKind(c.posted("topic_kind"))
	f.Seen = c.postedSeen()
	if !request {
		f.Minutes = c.postedInt(&p, "topic_minutes")
		return f, p
	}
	f.Request = &agenda.TrainingRequest{
		From: c.postedDate(&p, "wish_from"), Until: c.postedDate(&p, "wish_until"), Participants: c.postedInt(&p, "wish_participants"), Contact: c.posted("wish_contact"),
	}
	return f, p
}

func (w *Web) showTopics(c *Ctx) error {
	h, err := c.inside()
	if err != nil {
		return err
	}
	return w.topicsPage(c, http.StatusOK, h, agenda.TopicDetails{}, nil)
}

// topicsPage shows the backlog of a group and the form of a new topic.
func (w *Web) topicsPage(c *Ctx, status int, h handing, d agenda.TopicDetails, err error) error {
	f := c.topicForm(h.Home, "topics.send", d).once()
	if err != nil && !f.refuse(err) {
		return err
	}
	list, lerr := c.backlog(h)
	if lerr != nil {
		return lerr
	}
	next, lerr := c.nextMeeting(h.G)
	if lerr != nil {
		return lerr
	}
	values := map[string]any{"H": h, "Form": f, "List": list, "On": h.G.Rules.Topics.On, "Said": c.topicsSaid()}
	if next != nil {
		values["Next"], values["Until"] = next, w.Store.Clock().TopicsUntil(*next, h.G)
	}
	return c.page(status, "topics", c.P.T("topics.for", "group", h.G.Name), values)
}

// nextMeeting is the next fixed meeting of a group, nil if there is none.
func (c *Ctx) nextMeeting(g agenda.Group) (*agenda.Meeting, error) {
	today := c.store().Today()
	list, err := c.store().Meetings(c.ctx(), g.ID, today, today.AddDays(366))
	for _, m := range list {
		if m.State == agenda.MeetingFixed && m.Start.In(c.store().Loc()).After(c.store().Now()) {
			return &m, err
		}
	}
	return nil, err
}

// topicRow is a topic of a list.
type topicRow struct {
	store.WaitingTopic
	By   string // who handed it in, and of which institution
	Mine bool   // the visitor may change it
	Path string // of its page; "": the visitor has none
}

// backlog is that of the group, as the visitor sees it.
func (c *Ctx) backlog(h handing) ([]topicRow, error) {
	list, err := c.store().Backlog(c.ctx(), h.G.ID)
	if err != nil {
		return nil, err
	}
	names, err := c.institutionNames()
	out := make([]topicRow, len(list))
	for i, t := range list {
		out[i] = c.topicRow(h, t, names)
	}
	return out, err
}

func (c *Ctx) topicRow(h handing, t store.WaitingTopic, names map[agenda.InstitutionID]string) topicRow {
	row := topicRow{WaitingTopic: t, By: names[t.Institution], Mine: t.Editable(h.Who.ID, t.Agenda)}
	if p, err := c.store().Person(c.ctx(), t.Person); err == nil {
		row.By = p.Name()
		if inst := names[t.Institution]; inst != "" {
			row.By += ", " + inst
		}
	}
	if row.Mine || h.Edits {
		row.Path = h.Home + "/" + string(t.ID)
	}
	return row
}

// handIn takes a new topic.
func (w *Web) handIn(c *Ctx) error {
	h, err := c.inside()
	if err != nil {
		return err
	}
	f, problems := c.postedTopic(false)
	if err = problems.Err(); err == nil {
		_, err = w.Store.HandIn(c.ctx(), c.actorOf(h), h.G.ID, h.Who.ID, f, c.posted("once"))
	}
	if errors.As(err, &problems) {
		return w.topicsPage(c, http.StatusUnprocessableEntity, h, f.TopicDetails, err)
	}
	if err != nil {
		return err
	}
	return c.redirect(h.Home + "?getan=added")
}

// topicOf is the topic of the address if the visitor may see its page: it is hers,
// or she chairs the group.
func (c *Ctx) topicOf() (handing, topicRow, error) {
	h, err := c.handing()
	if err != nil {
		return h, topicRow{}, err
	}
	t, err := c.store().Topic(c.ctx(), h.G.ID, agenda.TopicID(c.Param("topic")))
	if err != nil {
		return h, topicRow{}, err
	}
	if !h.Edits && t.Person != h.Who.ID {
		return h, topicRow{}, agenda.ErrNotFound
	}
	names, err := c.institutionNames()
	return h, c.topicRow(h, t, names), err
}

func (w *Web) showTopic(c *Ctx) error {
	h, t, err := c.topicOf()
	if err != nil {
		return err
	}
	return w.topicPage(c, http.StatusOK, h, t, nil)
}

// topicPage shows one topic. Somebody who was slower sees what she typed, and what
// is saved beside it.
func (w *Web) topicPage(c *Ctx, status int, h handing, t topicRow, err error) error {
	action := h.Home + "/" + string(t.ID)
	f := c.topicForm(action, "topics.save", t.TopicDetails)
	if t.Request != nil {
		f = c.requestForm(action, "topics.save", t.TopicDetails, *t.Request)
	}
	f.seen(t.Changed)
	conflict := errors.Is(err, agenda.ErrConflict)
	if conflict {
		f.refuse(agenda.Problems{})
		f.choosePosted()
	} else if err != nil && !f.refuse(err) {
		return err
	}
	values := map[string]any{"H": h, "T": t, "Form": f, "Open": t.Topic.Open() && (t.Mine || h.Edits), "Conflict": conflict, "Said": c.topicsSaid()}
	if h.Edits && t.Request != nil && t.Request.Event == "" && t.Topic.Open() {
		values["Event"] = "/koordination/gremien/" + string(h.G.ID) + "/themen/" + string(t.ID) + "/veranstaltung"
	}
	return c.page(status, "topic", t.Title, values)
}

// choosePosted leaves chosen what was posted.
func (f *form) choosePosted() {
	for i, x := range f.Fields {
		if v, ok := f.c.Request.PostForm[x.Name]; ok && x.Kind == "radios" {
			for j := range f.Fields[i].Options {
				f.Fields[i].Options[j].On = slices.Contains(v, x.Options[j].Value)
			}
		}
	}
}

// runTopic changes a topic, takes it back, closes or opens it.
func (w *Web) runTopic(c *Ctx) error {
	h, t, err := c.topicOf()
	if err != nil {
		return err
	}
	who := h.Who.ID
	if h.Edits && t.Person != who {
		who = "" // on behalf of the group
	}
	then, done := h.Home, ""
	if !h.Member {
		then = h.Home + "/" + string(t.ID)
	}
	switch do := c.posted("do"); {
	case do == "back":
		if err = w.Store.TakeBackTopic(c.ctx(), c.actorOf(h), h.G.ID, t.ID, who); err == nil && !h.Member {
			return c.page(http.StatusOK, "message", t.Title, map[string]any{"Text": c.P.T("topics.done.back"), "Back": "/", "BackText": c.w.Site.Name})
		}
		done = "back"
	case do == "close" && h.Edits:
		done, err = "closed", w.Store.CloseTopic(c.ctx(), c.actorOf(h), h.G.ID, t.ID, true)
	case do == "reopen" && h.Edits:
		done, err = "reopened", w.Store.CloseTopic(c.ctx(), c.actorOf(h), h.G.ID, t.ID, false)
	default:
		done = "changed"
		f, problems := c.postedTopic(t.Request != nil)
		if err = problems.Err(); err == nil {
			err = w.Store.ChangeTopic(c.ctx(), c.actorOf(h), h.G.ID, t.ID, who, f)
		}
		if errors.As(err, &problems) {
			return w.topicPage(c, http.StatusUnprocessableEntity, h, t, err)
		}
		if errors.Is(err, agenda.ErrConflict) {
			return w.topicPage(c, http.StatusConflict, h, t, err)
		}
	}
	if err != nil {
		return err
	}
	return c.redirect(then + "?getan=" + done)
}

// requestSlug ends the address of the form in which a training is asked for.
const requestSlug = "schulung"

// showRequest is the form in which anybody in the network asks a group for a
// training.
func (w *Web) showRequest(c *Ctx) error {
	h, err := c.handing()
	if err != nil {
		return err
	}
	return w.requestPage(c, http.StatusOK, h, agenda.TopicDetails{}, agenda.TrainingRequest{Contact: contactOf(h.Who)}, nil)
}

// contactOf is how a person is reached, in one line.
func contactOf(p agenda.Person) string {
	out := p.Name()
	for _, s := range []string{p.Email, p.Phone} {
		if s != "" {
			out += ", " + s
		}
	}
	return out
}

func (w *Web) requestPage(c *Ctx, status int, h handing, d agenda.TopicDetails, r agenda.TrainingRequest, err error) error {
	f := c.requestForm(c.path, "topics.request_send", d, r).once()
	on := h.G.Rules.Topics.On && h.G.Rules.Topics.Requests
	if !on {
		f.Fields = nil // only says so
	}
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "request", c.P.T("topics.request_for", "group", h.G.Name), map[string]any{"H": h, "Form": f, "Said": c.topicsSaid(), "On": on})
}

func (w *Web) sendRequest(c *Ctx) error {
	h, err := c.handing()
	if err != nil {
		return err
	}
	f, problems := c.postedTopic(true)
	if err = problems.Err(); err == nil {
		_, err = w.Store.HandIn(c.ctx(), c.actorOf(h), h.G.ID, h.Who.ID, f, c.posted("once"))
	}
	if errors.As(err, &problems) {
		return w.requestPage(c, http.StatusUnprocessableEntity, h, f.TopicDetails, *f.Request, err)
	}
	if err != nil {
		return err
	}
	return c.redirect(c.path + "?getan=request")
}

// requestGroups are the groups that anybody can ask for a training.
func (c *Ctx) requestGroups() ([]agenda.Group, error) {
	list, err := c.store().Groups(c.ctx())
	return slices.DeleteFunc(list, func(g agenda.Group) bool { return !g.Rules.Topics.On || !g.Rules.Topics.Requests }), err
}

// trainingOfPath is the request of the address of which an event can be made.
func (w *Web) trainingOfPath(c *Ctx) (store.WaitingTopic, agenda.EventDetails, error) {
	t, err := w.Store.Topic(c.ctx(), agenda.GroupID(c.Param("group")), agenda.TopicID(c.Param("topic")))
	if err == nil && t.Request == nil {
		err = agenda.ErrNotFound
	}
	if err != nil {
		return t, agenda.EventDetails{}, err
	}
	names, err := c.institutionNames()
	d := t.Training(names[t.Institution])
	p := c.signedIn()
	d.Internal = agenda.Contact{Name: p.Name(), Email: p.Email, Phone: p.Phone}
	d.Contact = t.Request.Contact
	return t, d, err
}

// showTraining is the form of an event that is made of a request for a training.
func (w *Web) showTraining(c *Ctx) error {
	t, d, err := w.trainingOfPath(c)
	if err != nil {
		return err
	}
	return w.trainingPage(c, http.StatusOK, t, d, nil)
}

func (w *Web) trainingPage(c *Ctx, status int, t store.WaitingTopic, d agenda.EventDetails, err error) error {
	f := c.eventForm(c.path, "topics.make_event", d).once()
	if err != nil && !f.refuse(err) {
		return err
	}
	lead := c.P.T("topics.event_lead", "from", c.P.Date(t.Request.From), "until", c.P.Date(t.Request.Until))
	if !c.signedIn().Coordinator {
		lead += " " + c.P.T("topics.event_lead_chair")
	}
	return c.page(status, "form", c.P.T("topics.event_of", "title", t.Title), map[string]any{"Form": f, "Lead": lead})
}

// makeTraining makes the event: public at once by coordinators, for their decision
// by a chair.
func (w *Web) makeTraining(c *Ctx) error {
	t, _, err := w.trainingOfPath(c)
	if err != nil {
		return err
	}
	d, problems := c.postedEvent()
	if c.filling() {
		d, err := c.fill(d, problems)
		return w.trainingPage(c, statusOf(err), t, d, err)
	}
	review := agenda.Submitted
	if c.signedIn().Coordinator {
		review = agenda.Published
	}
	var e agenda.Event
	if err = joined(problems, d.Clean().Check(false, w.Store.Loc())); err == nil {
		e, err = w.Store.TrainingEvent(c.ctx(), c.actor(), t.Group, t.ID, d, review, c.posted("once"))
	}
	if errors.As(err, &problems) {
		return w.trainingPage(c, http.StatusUnprocessableEntity, t, d, err)
	}
	if err != nil {
		return err
	}
	c.flash(c.P.T("topics.event_made"))
	if c.signedIn().Coordinator {
		return c.redirect("/koordination/veranstaltungen/" + string(e.ID))
	}
	return c.redirect("/gremien/" + string(t.Group) + "/themen/" + string(t.ID))
}

// topicsOfGroup is what the page of a group shows of its topics, nil where that is
// switched off.
func (c *Ctx) topicsOfGroup(o own) (map[string]any, error) {
	if !o.Group.Rules.Topics.On {
		return nil, nil
	}
	h := handing{Home: "/gremien/" + string(o.Group.ID) + "/themen", G: o.Group, Who: *c.signedIn(), Member: true, Edits: o.Chair || c.signedIn().Coordinator}
	list, err := c.backlog(h)
	return map[string]any{"H": h, "List": list, "More": strconv.Itoa(len(list))}, err
}
