package web

import (
	"errors"
	"net/http"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

func (w *Web) showTasks(c *Ctx) error {
	t, err := c.team()
	if err != nil {
		return err
	}
	return w.tasksPage(c, http.StatusOK, t, nil)
}

func (w *Web) tasksPage(c *Ctx, status int, t team, err error) error {
	f := c.taskForm(t, t.Home+"/aufgaben", "team.task_add", agenda.Task{}).once()
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "tasks", c.P.T("team.tasks"), map[string]any{"Form": f, "T": t, "Said": c.teamSaid()})
}

// other is chosen for a task of somebody who is only named.
const other = "other"

func (c *Ctx) taskForm(t team, action, submit string, task agenda.Task) *form {
	f := c.form(action, submit)
	f.must("task_what", task.What, 200)
	chosen := string(task.Editor)
	if chosen == "" && task.Who != "" {
		chosen = other
	}
	if s := c.posted("task_editor"); s != "" {
		chosen = s
	}
	options := []option{{"", c.P.T("team.who_all"), chosen == ""}}
	for _, e := range t.Editors {
		if name := e.Name; e.Edits() && name != "" {
			if e.Institution != "" {
				name += " (" + e.Institution + ")"
			}
			options = append(options, option{string(e.ID), name, chosen == string(e.ID)})
		}
	}
	f.choose("select", "task_editor", append(options, option{other, c.P.T("team.who_other"), chosen == other}), false)
	f.text("task_who", task.Who, 100)
	return f.add(field{Kind: "date", Name: "task_until", Value: task.Until.String(), Required: true})
}

// postedTask reads what was typed about a task.
func (c *Ctx) postedTask(seen time.Time) (store.TaskForm, agenda.Problems) {
	var p agenda.Problems
	f := store.TaskForm{What: c.posted("task_what"), Editor: agenda.EditorID(c.posted("task_editor")), Until: c.postedDate(&p, "task_until"), Seen: seen}
	switch {
	case f.Editor == other:
		f.Editor, f.Who = "", c.posted("task_who")
		if f.Who == "" {
			p.Add("task_who", "required", "")
		}
	case f.Editor == "":
		f.Who = c.posted("task_who")
	}
	return f, p
}

func (w *Web) addTask(c *Ctx) error {
	t, err := c.team()
	if err != nil {
		return err
	}
	f, problems := c.postedTask(time.Time{})
	if err = problems.Err(); err == nil {
		err = w.Store.AddTask(c.ctx(), c.who(t), f, c.posted("once"))
	}
	if errors.As(err, &problems) {
		return w.tasksPage(c, http.StatusUnprocessableEntity, t, err)
	}
	if err != nil {
		return err
	}
	return c.redirect(t.Home + "/aufgaben?getan=task_added")
}

func (w *Web) showTask(c *Ctx) error {
	t, err := c.team()
	if err != nil {
		return err
	}
	return w.taskPage(c, http.StatusOK, t, nil)
}

// taskPage shows one task. Somebody who was slower sees what she typed, and what
// is saved beside it.
func (w *Web) taskPage(c *Ctx, status int, t team, err error) error {
	task, terr := w.Store.Task(c.ctx(), t.ID, agenda.TaskID(c.Param("task")))
	if terr != nil {
		return terr
	}
	f := c.taskForm(t, t.Home+"/aufgaben/"+string(task.ID), "team.task_save", task).seen(task.Changed)
	conflict := errors.Is(err, agenda.ErrConflict)
	if conflict {
		f.refuse(agenda.Problems{})
	} else if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "task", c.P.T("team.task_edit"), map[string]any{"Form": f, "T": t, "Task": task, "Conflict": conflict})
}

// runTask ticks, changes or deletes a task.
func (w *Web) runTask(c *Ctx) error {
	t, err := c.team()
	if err != nil {
		return err
	}
	id, done := agenda.TaskID(c.Param("task")), ""
	switch c.posted("do") {
	case "done":
		done, err = "task_done", w.Store.TickTask(c.ctx(), c.who(t), id, true)
	case "open":
		done, err = "task_open", w.Store.TickTask(c.ctx(), c.who(t), id, false)
	case "delete":
		done, err = "task_deleted", w.Store.DeleteTask(c.ctx(), c.who(t), id)
	default:
		done = "task_saved"
		f, problems := c.postedTask(c.postedSeen())
		if err = problems.Err(); err == nil {
			err = w.Store.ChangeTask(c.ctx(), c.who(t), id, f)
		}
		if errors.As(err, &problems) {
			return w.taskPage(c, http.StatusUnprocessableEntity, t, err)
		}
		if errors.Is(err, agenda.ErrConflict) {
			return w.taskPage(c, http.StatusConflict, t, err)
		}
	}
	if err != nil {
		return err
	}
	return c.redirect(t.Home + "/aufgaben?getan=" + done)
}
