package agenda

import "time"

// Agenda is what a meeting is to deal with, in order. The zero Agenda is that of
// a meeting for which nobody has made one.
type Agenda struct {
	Meeting  MeetingID    `json:"meeting"`
	Items    []AgendaItem `json:"items"`
	Last     int          `json:"last,omitempty"`    // highest number that an item was given
	Version  int          `json:"version,omitempty"` // how many times it was sent to the members
	Released time.Time    `json:"released,omitzero"` // UTC; when the chair let it go out; zero: it is a draft
	Sent     time.Time    `json:"sent,omitzero"`     // UTC; when its last version went out
	Shown    time.Time    `json:"shown,omitzero"`    // UTC, whole seconds, only rises; last change of what members see
	Changed  time.Time    `json:"changed"`           // UTC, whole seconds, only rises
	Form     string       `json:"form,omitempty"`    // names the form that changed it last: sent twice it counts once
}

// AgendaItem is one item of an agenda.
type AgendaItem struct {
	ID      int       `json:"id"`              // within the meeting; never used again
	Topic   TopicID   `json:"topic,omitempty"` // that it was made of; "": an item of the chair's own
	Title   string    `json:"title"`
	Text    string    `json:"text,omitempty"`
	Kind    TopicKind `json:"kind,omitempty"`
	Minutes int       `json:"minutes,omitempty"` // 0: not said
	Who     string    `json:"who,omitempty"`     // who speaks to it
	PutOff  bool      `json:"putoff,omitempty"`  // at the meeting itself; before, what is put off leaves the agenda
}
