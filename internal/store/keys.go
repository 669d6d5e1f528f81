package store

import (
	"fmt"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// The first parts of all keys, and what follows them. Parts are joined with a
// zero byte; times are fixed-width and in order (kv.Time), "desc" ones newest
// first.
const (
	kMeta        = "meta"        // secret | epoch | restored | textblocks (set: the text blocks are the coordinators' own) | news (the last notice of events that became public)
	kInstitution = "institution" // id
	kPerson      = "person"      // id
	kEmail       = "email"       // address: person id
	kGroup       = "group"       // id
	kSeat        = "seat"        // group, id
	kHeld        = "held"        // person, group, seat: (nothing)
	kMeeting     = "meeting"     // id
	kAt          = "at"          // start, meeting: group
	kHost        = "host"        // group, meeting: its host
	kPreparing   = "preparing"   // target, meeting that prepares it: where it was put
	kPrepares    = "prepares"    // meeting: the target that it prepares
	kLayer       = "layer"       // year, slug, part: days to mind that were taken from elsewhere
	kSource      = "source"      // group, UID of the calendar file: meeting
	kEdition     = "edition"     // year
	kRefusal     = "refusal"     // year, institution
	kEvent       = "event"       // id
	kDraft       = "draft"       // year of the edition, event that is being filled in: (nothing)
	kOn          = "on"          // year of the address, start, event: (nothing)
	kAlso        = "also"        // month of a further date, event: (nothing)
	kSlug        = "slug"        // year, slug: event
	kBlob        = "blob"        // hash: its head | hash, n: 60 KiB of it
	kWatcher     = "watcher"     // id
	kWatching    = "watching"    // event, watcher: (nothing)
	kSignUp      = "signup"      // id
	kSigned      = "signed"      // event, sign-up: (nothing)
	kQueue       = "queue"       // event, number: sign-up that waits for a place
	kHouse       = "house"       // event: the counts of its places
	kSubscriber  = "subscriber"  // id
	kSubscribed  = "subscribed"  // pace, subscriber who confirmed: (nothing)
	kNews        = "news"        // notice to subscribers: the events that it tells of
	kFresh       = "fresh"       // event: the notice that told subscribers, or will tell them, that it is public
	kNotice      = "notice"      // id
	kDue         = "due"         // "n", "m" or "h", time, id: attempts so far | "y", time, deadline of which the next is made: (nothing) | "r", time, event that becomes public: "quiet" if nobody is told
	kLease       = "lease"       // until, message: attempts so far
	kMessage     = "message"     // id
	kLog         = "log"         // time made desc, message: (nothing)
	kAbout       = "about"       // kind and id of the subject, message: (nothing)
	kTrouble     = "trouble"     // state, time settled desc, message: (nothing); failed and unknown only
	kHistory     = "history"     // time desc, id
	kTrail       = "trail"       // kind and id of the subject, time desc, id: key of the entry
	kRevision    = "revision"    // scope: number
	kJournal     = "journal"     // scope, number: id of what changed
	kSession     = "session"     // hash of the token
	kLogin       = "login"       // id
	kSubmissions = "submissions" // address: day, number of events submitted on it
	kTextBlock   = "textblock"   // id
	kAsked       = "asked"       // event: when its submitter was asked for what it lacks
	kFreeze      = "freeze"      // year, time desc, id
	kFrozen      = "frozen"      // id of the freeze, number: a part of its printed events
	kTranslation = "translation" // event, language
	kEditor      = "editor"      // event, id; its first editor has none, she is in the event
	kTask        = "task"        // event, id
	kPoll        = "poll"        // id
	kPolls       = "polls"       // group, poll: (nothing)
	kPollAnswer  = "pollanswer"  // poll, person
	kDeadline    = "deadline"    // id
	kDeadlines   = "deadlines"   // group, deadline: (nothing)
	kDelivered   = "delivered"   // deadline, institution that says so
	kAgenda      = "agenda"      // meeting
	kAnswer      = "answer"      // meeting, person
	kRequest     = "request"     // meeting, person: the invitation by calendar message that went to her, and her last reply
	kMailbox     = "mailbox"     // state: how far the mailbox was read
	kLeft        = "left"        // number in the mailbox: a mail that was left there
	kReturned    = "returned"    // address: the last mail that came back from it
	kAgendaSent  = "agendasent"  // meeting, number: its agenda as it was sent
	kTopic       = "topic"       // group, id
	kDocument    = "document"    // meeting, id
	kMinutes     = "minutes"     // group, meeting: the head of its minutes
	kMinute      = "minute"      // meeting, item: what is recorded about it
	kPresence    = "presence"    // meeting: who was there, seat by seat
	kAssigned    = "assigned"    // meeting, item, number: that an assignment is done
	kMinutesWas  = "minuteswas"  // meeting, version: minutes as they were | meeting, version, item
	kComment     = "comment"     // meeting, id: what a member says about its minutes
)

// idPart returns an identifier as a part of a key. What comes out of an address
// can hold a zero byte; no record has such an identifier.
func idPart(id string) string { return strings.ReplaceAll(id, "\x00", "\ufffd") }

func meetingKey(id agenda.MeetingID) string { return kv.Key(kMeeting, idPart(string(id))) }
func eventKey(id agenda.EventID) string     { return kv.Key(kEvent, idPart(string(id))) }
func personKey(id agenda.PersonID) string   { return kv.Key(kPerson, idPart(string(id))) }
func groupKey(id agenda.GroupID) string     { return kv.Key(kGroup, idPart(string(id))) }
func messageKey(id agenda.MessageID) string { return kv.Key(kMessage, idPart(string(id))) }
func noticeKey(id agenda.NoticeID) string   { return kv.Key(kNotice, idPart(string(id))) }
func institutionKey(id agenda.InstitutionID) string {
	return kv.Key(kInstitution, idPart(string(id)))
}
func watcherKey(id agenda.WatcherID) string { return kv.Key(kWatcher, idPart(string(id))) }
func seatKey(g agenda.GroupID, id agenda.SeatID) string {
	return kv.Key(kSeat, idPart(string(g)), idPart(string(id)))
}
func textBlockKey(id agenda.TextBlockID) string { return kv.Key(kTextBlock, idPart(string(id))) }
func askedKey(id agenda.EventID) string         { return kv.Key(kAsked, idPart(string(id))) }

func editorKey(e agenda.EventID, id agenda.EditorID) string {
	return kv.Key(kEditor, idPart(string(e)), idPart(string(id)))
}
func taskKey(e agenda.EventID, id agenda.TaskID) string {
	return kv.Key(kTask, idPart(string(e)), idPart(string(id)))
}
func editionKey(year int) string { return kv.Key(kEdition, yearPart(year)) }

func refusalKey(year int, id agenda.InstitutionID) string {
	return kv.Key(kRefusal, yearPart(year), idPart(string(id)))
}

// yearPart keeps years in order; 0 comes first.
func yearPart(year int) string { return fmt.Sprintf("%04d", year) }

func revPart(rev uint64) string { return fmt.Sprintf("%016x", rev) }

func parseCount(b []byte) int {
	n, _ := strconv.Atoi(string(b)) // an index value that is empty counts as none
	return n
}

// cursor is the place of a key in a list, fit for an address: what follows the
// list's prefix, with dots between its parts (times and identifiers have none).
func cursor(key, prefix string) string {
	return strings.ReplaceAll(strings.TrimPrefix(key, prefix), "\x00", ".")
}

// after is where a list goes on behind a cursor; from its beginning if that is
// empty.
func after(prefix, cursor string) string {
	if cursor == "" {
		return prefix
	}
	return prefix + strings.ReplaceAll(cursor, ".", "\x00") + "\x00"
}
