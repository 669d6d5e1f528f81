package agenda

import (
	"slices"
	"strings"
	"time"
)

// AssignmentID names an assignment of a meeting.
type AssignmentID struct {
	Meeting MeetingID
	Item    int
	No      int
}

// String returns the identifier as a part of a form: "m4x2.3.1".
func (id AssignmentID) String() string {
	return string(id.Meeting) + "." + itoa(id.Item) + "." + itoa(id.No)
}

// ParseAssignmentID reads what String wrote; false for anything else.
func ParseAssignmentID(s string) (id AssignmentID, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) != 3 || parts[0] == "" {
		return id, false
	}
	id.Meeting = MeetingID(parts[0])
	var itemOK, noOK bool
	id.Item, itemOK = digits(parts[1])
	id.No, noOK = digits(parts[2])
	return id, itemOK && noOK
}

func digits(s string) (n int, ok bool) {
	for _, c := range s {
		if c < '0' || c > '9' || n > 1_000_000 {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, s != ""
}

// AssignmentDone says that an assignment is done. The record of the meeting in
// which it was agreed stays as it is.
type AssignmentDone struct {
	At     time.Time `json:"at"`               // UTC
	Person PersonID  `json:"person,omitempty"` // who said so
}

// OpenAssignment is an assignment and where it stands.
type OpenAssignment struct {
	AssignmentID
	Assignment
	Of   Meeting
	In   Group
	Done time.Time // UTC; zero: it is open
}

// Overdue reports whether it should have been done before today.
func (a OpenAssignment) Overdue(today Date) bool {
	return a.Done.IsZero() && !a.Until.IsZero() && a.Until.Before(today)
}

// SortAssignments puts assignments in order: what is due first, then those
// without a day.
func SortAssignments(list []OpenAssignment) {
	slices.SortStableFunc(list, func(a, b OpenAssignment) int {
		if a.Until.IsZero() != b.Until.IsZero() {
			if a.Until.IsZero() {
				return 1
			}
			return -1
		}
		return a.Until.Compare(b.Until)
	})
}

const (
	// AssignmentLead is how many days before its day an assignment is reminded of.
	AssignmentLead = 3
	// assignmentOverdueFor is for how many days an overdue one is worth a mail.
	assignmentOverdueFor = 14
	// assignmentsAhead is how many reminders of a meeting's assignments wait at a
	// time: when one of them goes out, the following takes its place.
	assignmentsAhead = 8
)

// AssignmentsPrefix is how the identifiers of the reminders of a meeting's
// assignments begin.
func AssignmentsPrefix(m MeetingID) string { return "y." + AboutMeeting + "." + string(m) + "." }

// AssignmentReminders returns the reminders of the open assignments of a meeting
// that are still to come at now, the soonest of them: for each day some days
// before it, and when it is over.
func (c Clock) AssignmentReminders(m Meeting, open []Assignment, now time.Time) []Notice {
	var days []Date
	for _, a := range open {
		if !a.Until.IsZero() {
			days = append(days, a.Until)
		}
	}
	slices.SortFunc(days, Date.Compare)
	var out []Notice
	add := func(until Date, lead int, due, deadline time.Time) {
		if due.After(now) {
			out = append(out, Notice{
				ID: NoticeID(AssignmentsPrefix(m.ID) + until.String() + "." + itoa(lead)), Kind: KindAssignment, Subject: Ref{AboutMeeting, string(m.ID)},
				To: Audience{Of: Ref{AboutAssigned, string(m.ID)}}, Due: due, Deadline: deadline, Lead: lead, Mark: until.String(), Made: now,
			})
		}
	}
	for _, d := range slices.Compact(days) {
		over := d.AddDays(1)
		add(d, AssignmentLead, d.AddDays(-AssignmentLead).At(c.Hour, c.Minute).In(c.Loc), over.Start(c.Loc))
		add(d, 0, over.At(c.Hour, c.Minute).In(c.Loc), over.AddDays(assignmentOverdueFor).Start(c.Loc))
	}
	slices.SortStableFunc(out, func(a, b Notice) int { return a.Due.Compare(b.Due) })
	return out[:min(len(out), assignmentsAhead)]
}
