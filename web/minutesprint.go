package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// showMinutesPrint is the minutes on paper.
func (w *Web) showMinutesPrint(c *Ctx) error {
	p, err := c.protocolOf()
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "minutesprint", c.P.T("minutes.title", "title", p.Meeting.Name(p.Group)), map[string]any{"P": p, "M": p.Meeting, "G": p.Group})
}

// showMinutesVersion is an earlier version of the minutes. What was shown to
// members is theirs to see; drafts in between are not kept.
func (w *Web) showMinutesVersion(c *Ctx) error {
	now, err := c.protocolOf()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("version"))
	if err != nil {
		return agenda.ErrNotFound
	}
	old, v, err := w.Store.MinutesVersion(c.ctx(), now.Meeting.ID, n)
	if err != nil {
		return err
	}
	p := protocol{Protocol: old}
	return c.page(http.StatusOK, "minutesprint", c.P.T("minutes.version_title", "n", n, "title", p.Meeting.Name(p.Group)), map[string]any{"P": p, "M": p.Meeting, "G": p.Group, "V": v, "Home": now.Home()})
}

// showAttendance is the list that is signed at the meeting.
func (w *Web) showAttendance(c *Ctx) error {
	p, err := c.taking()
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "attendance", c.P.T("minutes.attendance", "title", p.Meeting.Name(p.Group)), map[string]any{"P": p, "M": p.Meeting, "G": p.Group, "Blank": []int{1, 2, 3, 4, 5}})
}

// showMinutesText is the minutes as a plain text for the file.
func (w *Web) showMinutesText(c *Ctx) error {
	p, err := c.protocolOf()
	if err != nil {
		return err
	}
	name := "protokoll-" + p.Meeting.Start.Date.String() + "-" + agenda.Slug(p.Group.Name) + ".txt"
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(c.minutesText(p.Protocol)))
	return nil
}

// minutesText writes the minutes as a plain text.
func (c *Ctx) minutesText(p store.Protocol) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	m := p.Meeting
	line("%s", c.P.T("minutes.title", "title", m.Name(p.Group)))
	line("%s\n", strings.Repeat("=", 60))
	line("%s: %s", c.P.T("mail.when"), c.P.When(m.Start, m.End))
	if m.Place != "" {
		line("%s: %s", c.P.T("mail.where"), m.Place)
	}
	line("%s: %s", c.P.T("field.state"), c.P.T("minutes.state."+string(p.Head.Stands())))
	if p.Head.TakerName != "" {
		line("%s: %s", c.P.T("field.minute_taker"), p.Head.TakerName)
	}
	c.presenceText(line, p)
	for _, it := range p.Items {
		title := it.Title
		if title == "" {
			title = c.P.T("minutes.course")
		}
		line("\n%d. %s\n%s", it.Number, title, strings.Repeat("-", 60))
		if x := it.Minute; x.Empty() {
			line("%s", c.P.T("minutes.nothing"))
		} else if x.Outcome != "" {
			line("%s", x.Outcome)
		}
		for _, d := range it.Minute.Decisions {
			line("\n%s: %s", c.P.T("minutes.decision"), d.Text)
			if d.Counted() {
				line("  %s", c.P.T("minutes.votes", "yes", d.Yes, "no", d.No, "abstain", d.Abstain))
			}
		}
		for _, a := range it.Minute.Assignments {
			line("\n%s: %s%s", c.P.T("minutes.task"), a.What, c.taskTail(a))
		}
	}
	return b.String()
}

// taskTail says whose an assignment is and until when.
func (c *Ctx) taskTail(a agenda.Assignment) string {
	out := ""
	if a.Who != "" {
		out += " (" + a.Who
	} else {
		out += " ("
	}
	if !a.Until.IsZero() {
		if a.Who != "" {
			out += ", "
		}
		out += c.P.T("minutes.until", "date", c.P.Date(a.Until))
	}
	if out == " (" {
		return ""
	}
	return out + ")"
}

func (c *Ctx) presenceText(line func(string, ...any), p store.Protocol) {
	for _, state := range agenda.PresenceStates {
		var who []string
		for _, r := range p.Rows {
			if r.State == state {
				who = append(who, c.seatText(r))
			}
		}
		if len(who) > 0 {
			line("\n%s (%d):", c.P.T("minutes.presence."+string(state)), len(who))
			for _, s := range who {
				line("  - %s", s)
			}
		}
	}
	if p.Presence.Guests != "" {
		line("\n%s: %s", c.P.T("field.guests"), p.Presence.Guests)
	}
}

func (c *Ctx) seatText(r agenda.SeatRow) string {
	who := r.Name
	if r.Instead != "" {
		who = r.Instead + " " + c.P.T("minutes.instead_of", "name", r.Name)
	}
	return strings.Trim(r.Institution+": "+who, ": ")
}
