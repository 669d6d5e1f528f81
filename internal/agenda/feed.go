package agenda

import "time"

// FeedItem is one date as a calendar program shows it. Every date is an item
// of its own with its own UID; there are no recurrence rules.
type FeedItem struct {
	UID        string // stable over edits, restarts, restores and kinds of feed
	Start, End Local
	AllDay     bool   // whole days, from that of Start to that of End; blocks no time
	Title      string // with the mark of a cancelled date already before it
	Place      string
	Text       string // several lines
	URL        string
	Categories []string
	Tentative  bool // planned, not fixed
	Cancelled  bool
	Sequence   int
	Created    time.Time // UTC
	Changed    time.Time // UTC; becomes DTSTAMP and LAST-MODIFIED
}

// Feed is a calendar to subscribe to.
type Feed struct {
	Name  string // states the filter
	Text  string // one sentence on what it holds
	Items []FeedItem
}

// KeepCancelled is for how many days after its date a cancelled date stays in
// the feeds; KeepPast for how many days a past one does.
const (
	KeepCancelled = 30
	KeepPast      = 400
)

// InFeed reports whether a date that ended on the day last is shown in feeds
// on the day today.
func InFeed(last Date, cancelled bool, today Date) bool {
	keep := KeepPast
	if cancelled {
		keep = KeepCancelled
	}
	return last.DaysTo(today) <= keep
}

// MeetingUID and EventUID are the UIDs of a date in every feed and mail.
func MeetingUID(id MeetingID) string { return "sitzung-" + string(id) + "@widunetz" }

// EventUID is the UID of an event in every feed and mail.
func EventUID(id EventID) string { return "veranstaltung-" + string(id) + "@widunetz" }

// DateUID is the UID of one date of an event. The date that was its first when
// it was made has that of the event, as events with one date do.
func DateUID(id EventID, no int) string {
	if no <= 1 {
		return EventUID(id)
	}
	return EventUID(id + EventID("-"+itoa(no)))
}
