package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func tasksOf(tx kv.Tx, id agenda.EventID) ([]agenda.Task, error) {
	tasks, err := all[agenda.Task](tx, kTask, idPart(string(id)))
	agenda.SortTasks(tasks)
	return tasks, err
}

// Tasks returns what has to be done for an event, what is open first, by day.
func (s *Store) Tasks(ctx context.Context, id agenda.EventID) ([]agenda.Task, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Task, error) { return tasksOf(tx, id) })
}

// Task returns one of the tasks of an event.
func (s *Store) Task(ctx context.Context, e agenda.EventID, id agenda.TaskID) (agenda.Task, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Task, error) { return get[agenda.Task](tx, taskKey(e, id)) })
}

// LateTask is a task that should have been done, and its event.
type LateTask struct {
	agenda.Task
	Of agenda.Event
}

// LateTasks returns the overdue tasks of events that are still to come, by day.
func (s *Store) LateTasks(ctx context.Context) ([]LateTask, error) {
	return view(ctx, s, func(tx kv.Tx) (out []LateTask, err error) {
		tasks, err := all[agenda.Task](tx, kTask)
		if err != nil {
			return nil, err
		}
		for _, t := range tasks {
			if !t.Overdue(s.Today()) {
				continue
			}
			e, err := get[agenda.Event](tx, eventKey(t.Event))
			if err := ignoreNotFound(err); err != nil {
				return nil, err
			}
			if err == nil && e.NeedsTasks() && e.Until().In(s.Loc()).After(s.Now()) {
				out = append(out, LateTask{t, e})
			}
		}
		slices.SortStableFunc(out, func(a, b LateTask) int { return a.Until.Compare(b.Until) })
		return out, nil
	})
}

// TaskForm is what was typed about a task.
type TaskForm struct {
	What   string
	Editor agenda.EditorID
	Who    string
	Until  agenda.Date
	Seen   time.Time
}

// Team is on whose behalf the editors and tasks of an event are worked on: of one
// of its editors, if Token is not empty, else of the coordinators.
type Team struct {
	Token string
	Actor agenda.Actor
	Event agenda.EventID
}

// byTeam runs a use case on the event.
func (s *Store) byTeam(ctx context.Context, who Team, fn func(*tx, agenda.Event) error) error {
	run := func(t *tx, e agenda.Event) error {
		if e.Into != "" || e.Review == agenda.Draft {
			return agenda.ErrState // what is not sent yet has nobody but who began it
		}
		return fn(t, e)
	}
	if who.Token != "" {
		return s.byEditor(ctx, who.Token, forSubmission, run)
	}
	return s.update(ctx, who.Actor, func(t *tx) error {
		e, err := get[agenda.Event](t, eventKey(who.Event))
		if err != nil {
			return err
		}
		return run(t, e)
	})
}

// AddTask adds a task to an event. once names the form: sent twice it makes one.
func (s *Store) AddTask(ctx context.Context, who Team, f TaskForm, once string) error {
	id := agenda.TaskID(formID(once))
	return s.byTeam(ctx, who, func(t *tx, e agenda.Event) error {
		have, err := tasksOf(t, e.ID)
		if err != nil || slices.ContainsFunc(have, func(h agenda.Task) bool { return h.ID == id }) {
			return err
		}
		if len(have) >= agenda.MaxTasks {
			return agenda.Problems{{Field: "task_what", Rule: "too_many", Want: "50"}}
		}
		return t.fillTask(e, agenda.Task{Event: e.ID, ID: id}, f, "task_added")
	})
}

// ChangeTask gives a task other words, another person or day.
func (s *Store) ChangeTask(ctx context.Context, who Team, id agenda.TaskID, f TaskForm) error {
	return s.byTeam(ctx, who, func(t *tx, e agenda.Event) error {
		old, err := get[agenda.Task](t, taskKey(e.ID, id))
		if err != nil {
			return err
		}
		return t.fillTask(e, old, f, "task_changed")
	})
}

func (t *tx) fillTask(e agenda.Event, old agenda.Task, f TaskForm, verb string) error {
	editors, err := editorsOf(t, e)
	if err != nil {
		return err
	}
	task, err := old.Fill(f.What, f.Editor, f.Who, f.Until, editors, f.Seen, t.now, agenda.LocalOf(t.now, t.clock.Loc).Date)
	if err != nil || task == old {
		return err
	}
	put(t, taskKey(e.ID, task.ID), task)
	t.record(agenda.Entry{Subject: aboutEvent(e), Verb: verb, Title: e.Title, Changes: old.Changes(task, editors), Note: task.What})
	return t.remindOfTasks(e.ID)
}

// TickTask notes that a task is done, or to be done again. Saying so twice
// changes nothing.
func (s *Store) TickTask(ctx context.Context, who Team, id agenda.TaskID, done bool) error {
	return s.byTeam(ctx, who, func(t *tx, e agenda.Event) error {
		old, err := get[agenda.Task](t, taskKey(e.ID, id))
		if err != nil {
			return err
		}
		task := old.Tick(done, t.now)
		if task == old {
			return nil
		}
		put(t, taskKey(e.ID, id), task)
		verb := map[bool]string{true: "task_done", false: "task_reopened"}[done]
		t.record(agenda.Entry{Subject: aboutEvent(e), Verb: verb, Title: e.Title, Note: task.What})
		return t.remindOfTasks(e.ID)
	})
}

// DeleteTask deletes a task. Doing it twice is no error.
func (s *Store) DeleteTask(ctx context.Context, who Team, id agenda.TaskID) error {
	return s.byTeam(ctx, who, func(t *tx, e agenda.Event) error {
		old, err := get[agenda.Task](t, taskKey(e.ID, id))
		if errors.Is(err, agenda.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		t.Delete(taskKey(e.ID, id))
		t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "task_deleted", Title: e.Title, Note: old.What})
		return t.remindOfTasks(e.ID)
	})
}

// remindOfTasks places the mails about an event's tasks anew.
func (t *tx) remindOfTasks(e agenda.EventID) error {
	tasks, err := tasksOf(t, e)
	if err != nil {
		return err
	}
	return t.replace(agenda.TasksPrefix(e), t.clock.TaskReminders(e, tasks, t.now))
}
