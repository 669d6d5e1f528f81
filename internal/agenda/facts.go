package agenda

import "time"

// Facts are what a letter is made of: the message, its notice and everything
// it speaks of, as it is at the time of sending.
type Facts struct {
	Message     Message
	Notice      Notice
	Now         time.Time
	Name        string // of the reader, "" if not known
	Email       string
	Phone       string
	Lang        Lang
	Group       Group             // of the meeting or the invitation
	Meeting     Meeting           // of a reminder, change or cancellation
	Meetings    []Meeting         // of an invitation or digest, in order of time
	Groups      map[GroupID]Group // of Meetings
	Also        []AlsoFact        // dates of the reader that changed with Meeting
	Event       Event             // of notices about events
	Translation Translation       // of Event in Lang, if there is one
	Edition     Edition           //
	Events      []Event           // of a digest
	Tokens      Tokens            //
	Code        string            // of a log-in: the digits to type
	Until       time.Time         // of a log-in or confirmation: when the link ends
	Failures    []Message         // of an alarm
	Mailbox     Mailbox           // of an alarm about the mailbox
	Requested   bool              // the reader was invited to Meeting by calendar message
	Shortfalls  []Shortfall       // of a check of the planning

	Poll Poll     // of a poll
	Vote PollVote // of its reader

	DueBy       Deadline         // of a reminder of a deadline
	Reply       DeadlineReply    // of the institution for which its reader sits
	Agenda      Agenda           // of Meeting, in a mail about it
	Version     AgendaVersion    // of it, that a mail sends
	Documents   []Document       // of Meeting, in a mail that sends its agenda
	Host        string           // institution that is host of Meeting, in such a mail
	Trains      Group            // of a digest: a group that the reader can ask for a training
	Topics      []Topic          // that wait for Meeting; or the one that a mail is about
	Minutes     Minutes          // of Meeting, in a mail about them
	Decisions   []Decision       // in them, of a mail that shows them
	Comment     MinutesComment   // of a mail about an objection
	CommentBy   string           // whose it is
	Assignments []OpenAssignment // of a reminder: those of the day that concern the reader
	Todo        Todo             // what is open for the reader, in a monthly mail

	Questions  map[MeetingID]Question // meetings of which the reader is asked whether she comes
	Attendance []SeatAnswer           // of Meeting, in a head count
	People     map[PersonID]Person    // of Attendance
	Answer     Answer                 // of a letter to a substitute: it names her
	Substitute Substitute             // the reader
	For        Person                 // instead of whom she is to come

	SignUp SignUp   // of its reader
	House  House    // of its event
	Needs  NeedsSum // of all who come, for their organiser
	Place  int      // of a sign-up that waits: how many are before it, and it

	Subscriber   Subscriber              // of its reader; Events are then those that she is told of, by start
	Translations map[EventID]Translation // of Events in Lang, as far as there are any

	Institution Institution // of a call: whom the reader answers for; of a request for a training: who asks
	Answered    bool        // of a reminder of a call: it has answered

	Editor Editor // the reader, if she edits the event
	Tasks  []Task // of a mail about tasks: those of the day that concern the reader
}

// Tokens are the secrets in a letter's links; empty where there is none.
type Tokens struct {
	Act  string // confirm or cancel a watch or a subscription, edit a submission, log in, decline a call, answer a poll, report visitors, hand in topics, read the papers of a meeting
	Mute string // switch off this kind of mail without logging in
	Feed string // personal feed
	Todo string // what the reader has to do
	List string // list of those who signed up
	// Reply signs the address to which the reader's program answers an invitation
	// to the one meeting of the letter; empty where answers are not read.
	Reply string
}
