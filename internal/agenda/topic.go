package agenda

import "time"

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
