package agenda

import "time"

// Ref names a thing of the agenda: its kind and its identifier.
type Ref struct {
	Kind string `json:"k"`
	ID   string `json:"id"`
}

// The kinds of things that a Ref can name.
const (
	AboutInstitution = "institution"
	AboutPerson      = "person"
	AboutGroup       = "group"
	AboutMeeting     = "meeting"
	AboutEdition     = "edition"
	AboutEvent       = "event"
	AboutWatcher     = "watcher"
	AboutSignUp      = "signup"
	AboutSubscriber  = "subscriber"
	AboutSubscribers = "subscribers" // all subscribers of the pace of that id
	AboutMessage     = "message"
	AboutEditor      = "submitter" // one of those who edit an event (EditorRef); named so when there was only one
	AboutEditors     = "editors"   // all who edit the event of that id
	AboutTasks       = "tasks"     // those to whom the event's tasks of a day belong
	AboutOffice      = "office"    // the address of the coordinators
	AboutCalled      = "called"    // the people of the institutions that an edition's call goes to
	AboutLogin       = "login"
	AboutTextBlock   = "textblock"
	AboutDays        = "days"     // a layer of days to mind
	AboutDeadline    = "deadline" // as an audience: those whose institution has not answered
	AboutTopic       = "topic"    // TopicRef
	AboutChairs      = "chairs"   // those who chair the group of that id; coordinators if nobody does
	AboutMinutes     = "minutes"  // those who take the minutes of the meeting of that id: its chair, whom she named, else coordinators
	AboutAssigned    = "assigned" // those who have something to do that the meeting of that id agreed
	AboutPoll        = "poll"     // as an audience: its members, of a reminder those who have not answered

	AboutSubstitute = "substitute" // SubstituteRef
	AboutHosts      = "hosts"      // those who prepare the meeting of that id: chairs, and members of the institution that is its host
)

// Actor says who did something: a person, an editor of an event, a watcher
// or the service itself (the zero Actor). By names the way when it was not a
// page: "import", "shell".
type Actor struct {
	Who Ref    `json:"who"`
	By  string `json:"by,omitempty"`
}

// PersonActor is the person who did something in the browser.
func PersonActor(id PersonID) Actor { return Actor{Who: Ref{AboutPerson, string(id)}} }

// Shell is the operator of the machine.
var Shell = Actor{By: "shell"}

// Change is one field before and after. Values are as people read them.
type Change struct {
	Field string `json:"f"`
	Old   string `json:"o,omitempty"`
	New   string `json:"n,omitempty"`
}

// Entry is one line of the history: who did what to which thing, when.
type Entry struct {
	At      time.Time `json:"at"` // UTC
	Actor   Actor     `json:"actor"`
	Subject Ref       `json:"subject"`
	Verb    string    `json:"verb"`           // message key of the area "history": added, changed, moved, cancelled …
	Title   string    `json:"title"`          // of the subject at that time
	Changes []Change  `json:"ch,omitempty"`   //
	Note    string    `json:"note,omitempty"` // the sentence that went with it
	Mail    bool      `json:"mail,omitempty"` // whether people were told
	Version time.Time `json:"v,omitzero"`     // UTC; of an event after it: Event.Version
}

// Rise returns the time to store as the last change: now to the second, but
// always later than old, also when a clock was set back. Calendar programs skip
// what did not get newer.
func Rise(old, now time.Time) time.Time {
	now = now.UTC().Truncate(time.Second)
	if !now.After(old) {
		return old.Add(time.Second)
	}
	return now
}
