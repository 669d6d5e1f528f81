package letter

import (
	"strings"
)

// editor brings somebody the link with which she edits an event, because she was
// added to its editors or because two events became one.
func (d *draft) editor() error {
	if !d.Editor.Edits() || d.Event.Into != "" {
		return ErrNothing
	}
	kind := "editor"
	if d.Editor.Joined != "" {
		kind = "editor_merged"
	}
	d.s.Dates = []date{d.eventDate(d.Event)}
	d.open(kind, d.Event.Title, "other", d.Editor.Joined)
	if d.Editor.AddedBy != "" {
		d.s.Intro = append(d.s.Intro, d.t("editor.by", "name", d.Editor.AddedBy))
	}
	d.act("edit_button", "/einreichung/"+d.Tokens.Act)
	d.s.Outro = append(d.s.Outro, d.t("editor.own"))
	return nil
}

// tasks reminds of the tasks of one day: some days before, or once it is over.
func (d *draft) tasks() error {
	if len(d.Tasks) == 0 || !d.Event.NeedsTasks() {
		return ErrNothing
	}
	kind := "task"
	if d.Message.Lead == 0 {
		kind = "task_overdue"
	}
	until := d.Tasks[0].Until
	d.open(kind, d.Event.Title, "date", d.p.DateMedium(until), "in", d.in(until.At(0, 0)))
	lines := make([]string, len(d.Tasks))
	for i, t := range d.Tasks {
		if lines[i] = "– " + t.What; t.Editor == "" && t.Who != "" {
			lines[i] += " (" + t.Who + ")"
		}
	}
	d.s.Intro = append(d.s.Intro, strings.Join(lines, "\n"))
	d.act("task_button", "/einreichung/"+d.Tokens.Act+"/aufgaben")
	return nil
}
