package letter

import (
	"errors"
	"testing"

	"widunetz/internal/agenda"
)

// minutesFacts are about the minutes of a meeting some days ago.
func minutesFacts(f *agenda.Facts) {
	f.Meeting.Start, f.Meeting.End = at("2027-08-04T09:00"), at("2027-08-04T11:00")
	f.Group.Rules.Minutes = agenda.MinuteRules{On: true, Within: 14, Objection: 14}
	f.Tokens.Todo = "todo.secret"
	f.Minutes = agenda.Minutes{Meeting: f.Meeting.ID, State: agenda.MinutesReleased, Until: at("2027-09-20T00:00").Date}
	f.Decisions = []agenda.Decision{{Text: "Die Wochen 2028 beginnen am 9. September.", Yes: 11, Abstain: 1}}
	day := at("2027-08-20T00:00").Date
	task := agenda.OpenAssignment{Assignment: agenda.Assignment{What: "Raum im Kreishaus anfragen", Person: "p1", Who: "Amina Ahrens", Until: day}, Of: f.Meeting, In: f.Group}
	nobodys := agenda.OpenAssignment{Assignment: agenda.Assignment{What: "Presse einladen", Who: "die neue Kollegin", Until: day}, Of: f.Meeting, In: f.Group}
	switch f.Message.Kind {
	case agenda.KindMinutesDue:
		f.Minutes = agenda.Minutes{}
	case agenda.KindMinutesFixed:
		f.Notice.Sentence = "Bei der Abstimmung fehlte eine Stimme."
	case agenda.KindObjection:
		f.Comment, f.CommentBy = agenda.MinutesComment{Text: "Es waren zwölf Stimmen.", Objection: true}, "Cem Çelik"
	case agenda.KindAssignment:
		f.Message.Lead, f.Message.Mark = agenda.AssignmentLead, day.String()
		f.Assignments = []agenda.OpenAssignment{task, nobodys}
	case agenda.KindOpen:
		next := agenda.DatedMeeting{Meeting: meeting(), Of: f.Group}
		f.Todo = agenda.Todo{Assignments: []agenda.OpenAssignment{task}, Answers: []agenda.DatedMeeting{next}, Comments: []agenda.DatedMeeting{{Meeting: f.Meeting, Of: f.Group}}}
	}
}

func TestNoLetterAboutMinutesThatSaysNothing(t *testing.T) {
	w := writer(t)
	for name, c := range map[string]struct {
		kind   agenda.Kind
		change func(*agenda.Facts)
	}{
		"minutes that were withdrawn":      {agenda.KindMinutes, func(f *agenda.Facts) { f.Minutes.State = agenda.MinutesDraft }},
		"overdue minutes that came":        {agenda.KindMinutesDue, func(f *agenda.Facts) { f.Minutes.State = agenda.MinutesReleased }},
		"overdue minutes of no meeting":    {agenda.KindMinutesDue, func(f *agenda.Facts) { f.Meeting.State = agenda.MeetingCancelled }},
		"minutes that nobody wants":        {agenda.KindMinutesDue, func(f *agenda.Facts) { f.Minutes.State = agenda.MinutesNone }},
		"an objection that is answered":    {agenda.KindObjection, func(f *agenda.Facts) { f.Comment.Settled = made }},
		"tasks that are done":              {agenda.KindAssignment, func(f *agenda.Facts) { f.Assignments = nil }},
		"nothing is open":                  {agenda.KindOpen, func(f *agenda.Facts) { f.Todo = agenda.Todo{} }},
		"a month without dates and duties": {agenda.KindDigest, func(f *agenda.Facts) { f.Meetings = nil }},
	} {
		f := facts(c.kind, agenda.German)
		c.change(&f)
		if l, err := w.Compose(f); !errors.Is(err, ErrNothing) {
			t.Errorf("%s: %q, %v", name, l.Subject, err)
		}
	}
}
