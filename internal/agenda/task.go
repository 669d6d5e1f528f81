package agenda

import (
	"slices"
	"strings"
	"time"
)

// TaskID identifies a task within its event.
type TaskID string

// Task is something that has to be done for an event until a day, by one of its
// editors, by somebody who is only named, or by whoever can.
type Task struct {
	Event   EventID   `json:"event"`
	ID      TaskID    `json:"id"`
	What    string    `json:"what"`
	Editor  EditorID  `json:"editor,omitempty"` // whose it is; "": nobody's who edits
	Who     string    `json:"who,omitempty"`    // free name, if it is nobody's who edits
	Until   Date      `json:"until"`
	Done    time.Time `json:"done,omitzero"` // UTC
	Made    time.Time `json:"made"`          // UTC
	Changed time.Time `json:"changed"`       // UTC, whole seconds, only rises
}

const (
	// MaxTasks is how many tasks an event can have.
	MaxTasks = 50
	// TaskLead is how many days before its day a task is reminded of.
	TaskLead = 3
	// taskOverdueFor is for how many days an overdue task is worth a mail.
	taskOverdueFor = 14
)

// TasksID is the identifier of the notice about an event's tasks of a day: lead
// days before it, or when it is over (0).
func TasksID(e EventID, until Date, lead int) NoticeID {
	return NoticeID(TasksPrefix(e) + until.String() + "." + itoa(lead))
}

// TasksPrefix is how the identifiers of all notices about an event's tasks begin.
func TasksPrefix(e EventID) string { return "t." + string(e) + "." }

// Open reports whether the task is still to be done.
func (t Task) Open() bool { return t.Done.IsZero() }

// Overdue reports whether the task should have been done before today.
func (t Task) Overdue(today Date) bool { return t.Open() && t.Until.Before(today) }

// Fill returns the task with other words, person and day. ErrConflict is
// returned when it changed after seen (zero: not checked), Problems for what
// cannot be; a day that has passed can stay but not be chosen.
func (t Task) Fill(what string, editor EditorID, who string, until Date, editors []Editor, seen, now time.Time, today Date) (Task, error) {
	n := t
	n.What, n.Editor, n.Who, n.Until = Line(what), editor, Line(who), until
	if n.Editor != "" {
		n.Who = ""
	}
	var p Problems
	required(&p, "task_what", n.What, 200)
	atMost(&p, "task_who", n.Who, 100)
	if n.Editor != "" && n.Editor != t.Editor && !slices.ContainsFunc(editors, func(e Editor) bool { return e.ID == n.Editor && e.Edits() }) {
		p.Add("task_editor", "one_of", "")
	}
	switch {
	case n.Until.IsZero():
		p.Add("task_until", "required", "")
	case n.Until.Before(today) && n.Until != t.Until:
		p.Add("task_until", "past", "")
	}
	if err := p.Err(); err != nil {
		return t, err
	}
	if n == t {
		return t, nil // also the second click on the same form
	}
	if !seen.IsZero() && !seen.Equal(t.Changed) {
		return t, ErrConflict
	}
	n.Changed = Rise(t.Changed, now)
	if n.Made.IsZero() {
		n.Made = n.Changed
	}
	return n, nil
}

// Tick returns the task done or to be done again. Saying so twice changes
// nothing.
func (t Task) Tick(done bool, now time.Time) Task {
	if done == t.Open() {
		if t.Done = (time.Time{}); done {
			t.Done = now
		}
		t.Changed = Rise(t.Changed, now)
	}
	return t
}

// By returns the name of whose task it is, "" if it is nobody's.
func (t Task) By(editors []Editor) string {
	if i := slices.IndexFunc(editors, func(e Editor) bool { return e.ID == t.Editor }); i >= 0 {
		return editors[i].Name
	}
	return t.Who
}

// Changes lists in what the task u differs from t.
func (t Task) Changes(u Task, editors []Editor) []Change {
	var c []Change
	diff(&c, "task_what", t.What, u.What)
	diff(&c, "task_who", t.By(editors), u.By(editors))
	diff(&c, "task_until", t.Until.String(), u.Until.String())
	return c
}

// NeedsTasks reports whether the tasks of the event matter: it has not been taken
// back or cancelled.
func (e Event) NeedsTasks() bool { return e.Review != Withdrawn && e.Standing != Cancelled }

// TaskReminders returns the notices about the open tasks of an event that are
// still to come at now: for each day some days before it, and when it is over.
// Whether the event takes place is looked at when they are due.
func (c Clock) TaskReminders(e EventID, tasks []Task, now time.Time) (out []Notice) {
	add := func(until Date, lead int, due, deadline time.Time) {
		if due.After(now) {
			out = append(out, Notice{
				ID: TasksID(e, until, lead), Kind: KindTask, Subject: Ref{AboutEvent, string(e)}, To: Audience{Of: Ref{AboutTasks, string(e)}},
				Due: due, Deadline: deadline, Lead: lead, Mark: until.String(), Made: now,
			})
		}
	}
	var days []Date
	for _, t := range tasks {
		if t.Open() {
			days = append(days, t.Until)
		}
	}
	slices.SortFunc(days, Date.Compare)
	for _, d := range slices.Compact(days) {
		over := d.AddDays(1)
		add(d, TaskLead, d.AddDays(-TaskLead).At(c.Hour, c.Minute).In(c.Loc), over.Start(c.Loc))
		add(d, 0, over.At(c.Hour, c.Minute).In(c.Loc), over.AddDays(taskOverdueFor).Start(c.Loc))
	}
	return out
}

// TasksOf returns the open tasks of a day that an editor is to be reminded of:
// hers, and those that belong to nobody who edits the event. mark is the day as
// the notice has it.
func TasksOf(tasks []Task, editors []Editor, mark string, id EditorID) (out []Task) {
	for _, t := range tasks {
		if t.Open() && t.Until.String() == mark && (t.Editor == id || !t.belongs(editors)) {
			out = append(out, t)
		}
	}
	return out
}

// belongs reports whether the task is one of somebody's who edits the event and
// has an address.
func (t Task) belongs(editors []Editor) bool {
	return t.Editor != "" && slices.ContainsFunc(editors, func(e Editor) bool { return e.ID == t.Editor && e.Edits() && e.Email != "" })
}

// SortTasks puts tasks in order: what is open first, by day.
func SortTasks(tasks []Task) {
	slices.SortStableFunc(tasks, func(a, b Task) int {
		if a.Open() != b.Open() {
			if a.Open() {
				return -1
			}
			return 1
		}
		if c := a.Until.Compare(b.Until); c != 0 {
			return c
		}
		return strings.Compare(a.What, b.What)
	})
}
