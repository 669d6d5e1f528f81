package agenda

import (
	"slices"
	"strings"
	"time"
)

// TopicID identifies a topic within its group.
type TopicID string

// TopicKind says what a meeting is to do with a topic.
type TopicKind string

// The kinds of topics.
const (
	TopicInformation TopicKind = "information"
	TopicDiscussion  TopicKind = "discussion"
	TopicDecision    TopicKind = "decision"
)

// TopicKinds are all kinds in the order in which they are offered.
var TopicKinds = []TopicKind{TopicInformation, TopicDiscussion, TopicDecision}

// TopicDetails are what whoever hands in a topic types.
type TopicDetails struct {
	Title   string    `json:"title"`
	Text    string    `json:"text,omitempty"`
	Kind    TopicKind `json:"kind"`
	Minutes int       `json:"minutes,omitempty"` // that it needs; 0: not said
}

// TrainingRequest is what an institution says that asks for a training.
type TrainingRequest struct {
	From         Date    `json:"from"`  // wished period
	Until        Date    `json:"until"` // last day of it
	Participants int     `json:"participants,omitempty"`
	Contact      string  `json:"contact,omitempty"` // whom to ask
	Event        EventID `json:"event,omitempty"`   // that was made of it; "": none yet
}

// Topic waits in the backlog of a group for a meeting, stands on the agenda of
// one, or is done.
type Topic struct {
	ID    TopicID `json:"id"`
	Group GroupID `json:"group"`
	TopicDetails
	Person      PersonID         `json:"person,omitempty"` // who handed it in; "": deleted, or the service
	Institution InstitutionID    `json:"inst,omitempty"`   // hers at that time
	Request     *TrainingRequest `json:"request,omitempty"`
	Meeting     MeetingID        `json:"meeting,omitempty"` // on whose agenda it is; "": it waits
	PutOff      []MeetingID      `json:"putoff,omitempty"`  // meetings from which it was put off, the last at the end
	Done        time.Time        `json:"done,omitzero"`     // UTC; when it was closed without a meeting
	Created     time.Time        `json:"created"`           // UTC
	Changed     time.Time        `json:"changed"`           // UTC, whole seconds, only rises
}

// MaxTopics is how many topics can wait in the backlog of a group.
const MaxTopics = 200

// TopicRef names a topic.
func TopicRef(g GroupID, id TopicID) Ref { return Ref{AboutTopic, string(g) + "." + string(id)} }

// TopicOfRef returns which topic the identifier of a TopicRef names.
func TopicOfRef(id string) (GroupID, TopicID) {
	g, t, _ := strings.Cut(id, ".") // no group has a dot in its name
	return GroupID(g), TopicID(t)
}

// Clean returns the details with every field fit to be kept.
func (d TopicDetails) Clean() TopicDetails {
	d.Title, d.Text = Line(d.Title), Text(d.Text)
	return d
}

// check adds what is wrong with the details.
func (d TopicDetails) check(p *Problems) {
	required(p, "topic_title", d.Title, 150)
	atMost(p, "topic_text", d.Text, 2000)
	if !slices.Contains(TopicKinds, d.Kind) {
		p.Add("topic_kind", "one_of", "")
	}
	between(p, "topic_minutes", d.Minutes, 0, 240)
}

// check adds what is wrong with the request of the day.
func (r TrainingRequest) check(p *Problems, today Date) {
	switch {
	case r.From.IsZero():
		p.Add("wish_from", "required", "")
	case r.From.Year < 2000 || r.From.Year > 2100:
		p.Add("wish_from", "between", "2000–2100")
	case r.Until.IsZero():
		p.Add("wish_until", "required", "")
	case r.Until.Before(r.From):
		p.Add("wish_until", "order", dotted(r.From))
	case r.Until.Before(today):
		p.Add("wish_until", "past", "")
	case r.From.DaysTo(r.Until) > 2*366:
		p.Add("wish_until", "too_late", itoa(2*366))
	}
	between(p, "wish_participants", r.Participants, 0, 1000)
	required(p, "wish_contact", r.Contact, 200)
}

// NewTopic returns the topic that somebody hands in. A request for a training
// names what she wishes, and the kind is a decision. Problems say what cannot be,
// also that the group takes none.
func NewTopic(id TopicID, g Group, who Person, d TopicDetails, r *TrainingRequest, now time.Time, loc *time.Location) (Topic, error) {
	t := Topic{ID: id, Group: g.ID, Person: who.ID, Institution: who.Institution, Created: Rise(time.Time{}, now)}
	t, err := t.with(d, r, LocalOf(now, loc).Date)
	var p Problems
	if !g.Rules.Topics.On || r != nil && !g.Rules.Topics.Requests {
		p.Add("topic_title", "topics_off", "")
		return t, p
	}
	t.Changed = t.Created
	return t, err
}

// with returns the topic with other words.
func (t Topic) with(d TopicDetails, r *TrainingRequest, today Date) (Topic, error) {
	var p Problems
	if r != nil {
		one := *r
		one.Contact = Line(one.Contact)
		if t.Request != nil {
			one.Event = t.Request.Event
		}
		d.Kind = TopicDecision
		one.check(&p, today)
		r = &one
	}
	d = d.Clean()
	d.check(&p)
	t.TopicDetails, t.Request = d, r
	return t, p.Err()
}

// Edit returns the topic with other words. ErrConflict is returned when it
// changed after seen (zero: not checked), Problems for what cannot be.
func (t Topic) Edit(d TopicDetails, r *TrainingRequest, seen, now time.Time, loc *time.Location) (Topic, error) {
	if (r == nil) != (t.Request == nil) {
		return t, ErrState
	}
	n, err := t.with(d, r, LocalOf(now, loc).Date)
	if err != nil {
		return t, err
	}
	if n.TopicDetails == t.TopicDetails && (r == nil || *n.Request == *t.Request) {
		return t, nil // also the second click on the same form
	}
	if !seen.IsZero() && !seen.Equal(t.Changed) {
		return t, ErrConflict
	}
	n.Changed = Rise(t.Changed, now)
	return n, nil
}

// Open reports whether the topic is still to be dealt with.
func (t Topic) Open() bool { return t.Done.IsZero() }

// Editable reports whether the person may change the topic or take it back: it
// is hers, and it is not on a released agenda. a is the agenda that it is on.
func (t Topic) Editable(who PersonID, a Agenda) bool {
	return who != "" && t.Person == who && t.Open() && (t.Meeting == "" || a.Released.IsZero())
}

// Waits reports whether the topic can be taken onto the agenda of a meeting: it
// is on none, or on that of a meeting that does not take place. on is the meeting
// on whose agenda it is.
func (t Topic) Waits(on Meeting) bool {
	return t.Open() && (t.Meeting == "" || on.State == MeetingCancelled)
}

// Close returns the topic done without a meeting, or open again.
func (t Topic) Close(done bool, now time.Time) Topic {
	if done != t.Open() {
		return t
	}
	if t.Done = (time.Time{}); done {
		t.Done = now
	}
	t.Changed = Rise(t.Changed, now)
	return t
}

// Onto returns the topic on the agenda of the meeting.
func (t Topic) Onto(m MeetingID, now time.Time) Topic {
	t.Meeting, t.Changed = m, Rise(t.Changed, now)
	return t
}

// Back returns the topic back in the backlog. When it was put off, the meeting
// stays on record.
func (t Topic) Back(off bool, now time.Time) Topic {
	if off && t.Meeting != "" && !slices.Contains(t.PutOff, t.Meeting) {
		t.PutOff = append(slices.Clone(t.PutOff), t.Meeting)
	}
	return t.Onto("", now)
}

// Forget returns the topic without who handed it in; her institution stays.
func (t Topic) Forget() Topic {
	t.Person = ""
	if t.Request != nil {
		r := *t.Request
		r.Contact = ""
		t.Request = &r
	}
	return t
}

// Changes lists in what the topic u differs from t.
func (t Topic) Changes(u Topic) []Change {
	var c []Change
	diff(&c, "topic_title", t.Title, u.Title)
	diff(&c, "topic_text", t.Text, u.Text)
	diff(&c, "topic_kind", string(t.Kind), string(u.Kind))
	diff(&c, "topic_minutes", itoa(t.Minutes), itoa(u.Minutes))
	if t.Request != nil && u.Request != nil {
		diff(&c, "wish_from", t.Request.From.String(), u.Request.From.String())
		diff(&c, "wish_until", t.Request.Until.String(), u.Request.Until.String())
		diff(&c, "wish_participants", itoa(t.Request.Participants), itoa(u.Request.Participants))
		diff(&c, "wish_contact", t.Request.Contact, u.Request.Contact)
	}
	return c
}

// SortTopics puts topics in order: who waits longest comes first.
func SortTopics(list []Topic) {
	slices.SortStableFunc(list, func(a, b Topic) int { return a.Created.Compare(b.Created) })
}

// Training returns what the form of an event begins with that is made of a
// request for a training: people sign up here, in as many places as were wished.
func (t Topic) Training(institution string) EventDetails {
	d := EventDetails{
		Title: t.Title, Summary: t.Text, Organiser: institution, Category: "workshop", Free: true, SignUp: true, SignUpHere: true,
		Languages: []string{"de"}, Audiences: []string{"fachkraefte"},
	}
	if t.Request != nil {
		d.Places = t.Request.Participants
	}
	return d
}

// Agree returns the topic of which the event was made: it is done.
func (t Topic) Agree(e EventID, now time.Time) (Topic, error) {
	if t.Request == nil {
		return t, ErrState
	}
	if t.Request.Event != "" {
		return t, ErrState // there is one already
	}
	r := *t.Request
	r.Event = e
	t.Request = &r
	if t.Meeting == "" {
		t.Done = now
	}
	t.Changed = Rise(t.Changed, now)
	return t, nil
}
