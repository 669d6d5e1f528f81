package letter

import "widunetz/internal/agenda"

// minutes shows a member the minutes of a meeting and asks for comments.
func (d *draft) minutes() error {
	if !d.Minutes.Public() {
		return ErrNothing
	}
	kind := "minutes"
	if d.Minutes.Commentable(d.Now, d.w.loc) != "" {
		kind = "minutes_final"
	}
	d.openMinutes(kind)
	if kind == "minutes" {
		d.s.Intro = append(d.s.Intro, d.t("minutes.until", "date", d.p.Date(d.Minutes.Until)))
	}
	if len(d.Decisions) > 0 {
		d.s.Intro = append(d.s.Intro, d.t("minutes.decisions"))
		for _, x := range d.Decisions {
			d.s.Intro = append(d.s.Intro, "– "+x.Text)
		}
	}
	d.act("minutes_button", "/protokoll/"+d.Tokens.Act)
	return nil
}

// openMinutes begins a letter about the minutes of a meeting.
func (d *draft) openMinutes(kind string, args ...any) {
	d.open(kind, d.Meeting.Name(d.Group), append(args, "date", d.p.DateShort(d.Meeting.Start.Date), "until", d.p.DateShort(d.Minutes.Until))...)
}

// minutesFixed tells members that minutes which were final were corrected.
func (d *draft) minutesFixed() error {
	if !d.Minutes.Public() {
		return ErrNothing
	}
	d.openMinutes("minutesfixed")
	d.sentence()
	d.act("minutes_button", "/protokoll/"+d.Tokens.Act)
	return nil
}

// minutesDue reminds those who take the minutes that they are overdue.
func (d *draft) minutesDue() error {
	if d.Minutes.Public() || d.Minutes.State == agenda.MinutesNone || d.Meeting.State != agenda.MeetingFixed {
		return ErrNothing
	}
	d.openMinutes("minutesdue", "n", d.Group.Rules.Minutes.Within)
	d.act("minutes_write", "/sitzungen/"+string(d.Meeting.ID)+"/protokoll")
	return nil
}

// objection tells those who take the minutes what somebody wants to be changed.
func (d *draft) objection() error {
	if !d.Comment.Open() {
		return ErrNothing
	}
	d.openMinutes("objection", "who", orDash(d.CommentBy))
	d.s.Sentence, d.s.SentenceBy = d.Comment.Text, d.t("objection.says")
	d.act("minutes_answer", "/sitzungen/"+string(d.Meeting.ID)+"/protokoll#anmerkungen")
	return nil
}

// assignments reminds of what a meeting agreed, before its day or when it is over.
func (d *draft) assignments() error {
	if len(d.Assignments) == 0 || !d.Minutes.Public() {
		return ErrNothing
	}
	kind := "assignment"
	if d.Message.Lead == 0 {
		kind = "assignment_late"
	}
	day, err := agenda.ParseDate(d.Message.Mark)
	if err != nil {
		return ErrNothing
	}
	d.openMinutes(kind, "day", d.p.DateShort(day))
	d.listAssignments(d.Assignments)
	d.act("assignment_button", "/aufgaben/"+d.Tokens.Todo)
	return nil
}

func (d *draft) listAssignments(list []agenda.OpenAssignment) {
	for _, a := range list {
		line := "– " + d.s.island(a.What)
		if a.Person == "" && a.Who != "" {
			line += " (" + d.s.island(a.Who) + ")"
		}
		if !a.Until.IsZero() {
			line += d.t("todo.by", "date", d.p.DateShort(a.Until))
		}
		d.s.Intro = append(d.s.Intro, line)
	}
}

// openThings tells once a month what is open for a member.
func (d *draft) openThings() error {
	if d.Todo.Empty() {
		return ErrNothing
	}
	d.open("open", "", "month", d.p.Month(agenda.LocalOf(d.Now, d.w.loc).Month))
	d.todo()
	return nil
}

// todo lists what is open for the reader, if there is something.
func (d *draft) todo() {
	if len(d.Todo.Assignments) > 0 {
		d.s.Intro = append(d.s.Intro, d.t("todo.assignments"))
		d.listAssignments(d.Todo.Assignments)
		d.act("assignment_button", "/aufgaben/"+d.Tokens.Todo)
	}
	d.todoMeetings("todo.answers", d.Todo.Answers, "")
	d.todoMeetings("todo.comments", d.Todo.Comments, "/protokoll")
}

func (d *draft) todoMeetings(head string, list []agenda.DatedMeeting, page string) {
	if len(list) == 0 {
		return
	}
	d.s.Intro = append(d.s.Intro, d.t(head))
	for _, m := range list {
		d.s.Intro = append(d.s.Intro, "– "+d.s.island(m.Name(m.Of))+", "+d.p.When(m.Start, m.End)+"\n"+d.w.link(d.p, "/sitzungen/"+string(m.ID)+page))
	}
}
