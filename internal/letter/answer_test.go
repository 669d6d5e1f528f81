package letter

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

// answered is what the reader of a letter of the kind has said.
func answered(kind agenda.Kind) agenda.Answer {
	if kind != agenda.KindSubstituteOut {
		return agenda.Answer{}
	}
	a := said(agenda.AnswerSubstitute)
	a.Substitute.Cannot = made
	return a
}

// said is an answer to the meeting.
func said(c agenda.AnswerChoice) agenda.Answer {
	a := agenda.Answer{Meeting: "m1", Person: "p1", Choice: c, Start: meeting().Start, At: made}
	if c == agenda.AnswerSubstitute {
		a.Substitute = &agenda.Substitute{No: 1, Name: "Eve Ebert", Email: "eve@example.org"}
	}
	return a
}

// asked makes the letter one to a member who is asked about its dates.
func asked(f agenda.Facts, a agenda.Answer) agenda.Facts {
	f.Questions = map[agenda.MeetingID]agenda.Question{f.Meeting.ID: {Answer: a, Token: "m1-p1.secret", By: at("2027-08-26T00:00").Date}}
	for _, m := range f.Meetings[1:] {
		f.Questions[m.ID] = agenda.Question{Token: string(m.ID) + "-p1.secret"}
	}
	return f
}

// instead makes the letter one to a substitute.
func instead(f agenda.Facts) agenda.Facts {
	f.Answer = said(agenda.AnswerSubstitute)
	f.Substitute, f.For = *f.Answer.Substitute, agenda.Person{ID: "p1", Given: "Amina", Family: "Ahrens"}
	if f.Message.Kind == agenda.KindSubstituteOff {
		f.Answer = said(agenda.AnswerYes)
		f.Answer.Former = []agenda.Substitute{f.Substitute}
	}
	f.Name, f.Email, f.Message.Reader = f.Substitute.Name, f.Substitute.Email, agenda.SubstituteRef(f.Answer, f.Substitute)
	f.Tokens = agenda.Tokens{Act: "m1-p1-1.secret", Mute: "m1-p1-1.secret"}
	return f
}

// heads makes the letter one about who comes.
func heads(l agenda.Lang) agenda.Facts {
	f := facts(agenda.KindReminder, l)
	f.Message.Kind = agenda.KindHeads
	f.People = map[agenda.PersonID]agenda.Person{
		"p1": {ID: "p1", Given: "Amina", Family: "Ahrens"}, "p2": {ID: "p2", Given: "Birgit", Family: "Böker"}, "p3": {ID: "p3", Given: "Cem", Family: "Çelik"},
		"p4": {ID: "p4", Given: "Dora", Family: "Dahl"},
	}
	seat := func(who agenda.PersonID, i agenda.InstitutionID, a agenda.Answer) agenda.SeatAnswer {
		return agenda.SeatAnswer{Seat: agenda.Seat{Institution: i}, Holder: who, Answer: a}
	}
	no := said(agenda.AnswerNo)
	no.Comment = "Urlaub"
	f.Attendance = []agenda.SeatAnswer{
		seat("p4", "i1", said(agenda.AnswerYes)), seat("p3", "i2", no), seat("p2", "i1", agenda.Answer{}), seat("p1", "i3", said(agenda.AnswerSubstitute)), seat("p4", "i4", said(agenda.AnswerYes)), seat("", "i5", agenda.Answer{}),
	}
	return f
}

func TestLettersThatAskAsTheyLook(t *testing.T) {
	w := writer(t)
	cases := map[string]agenda.Facts{}
	for _, l := range []agenda.Lang{agenda.German, agenda.English} {
		old := said(agenda.AnswerYes)
		old.Start = at("2027-08-30T09:00")
		some := map[string]agenda.Facts{
			"asked_invitation":        asked(facts(agenda.KindInvitation, l), agenda.Answer{}),
			"asked_reminder":          asked(facts(agenda.KindReminder, l), said(agenda.AnswerYes)),
			"asked_change":            asked(facts(agenda.KindChange, l), old),
			"substitute_reminder":     instead(facts(agenda.KindReminder, l)),
			"substitute_cancellation": instead(facts(agenda.KindCancellation, l)),
			"meetingheads":            heads(l),
		}
		moved := instead(facts(agenda.KindChange, l))
		moved.Answer.Start = old.Start
		some["substitute_change"] = moved
		for name, f := range some {
			cases[name+"."+string(l)] = f
		}
	}
	for name, f := range maps.All(cases) {
		l, err := w.Compose(f)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(l.Text, "⟦") {
			t.Errorf("%s: a message is missing:\n%s", name, l.Text)
		}
		golden(t, name+".txt", "Subject: "+l.Subject+"\n\n"+l.Text)
		golden(t, name+".html", l.HTML)
		if l.Calendar != nil {
			golden(t, name+".ics", string(l.Calendar))
		}
	}
}

// Whoever reads a link in her mail must not find the members' page, which needs
// a log-in, nor somebody else's answer.
func TestASubstitutesLettersLeadToHerPage(t *testing.T) {
	w := writer(t)
	for _, kind := range []agenda.Kind{agenda.KindSubstitute, agenda.KindSubstituteOff, agenda.KindReminder, agenda.KindChange, agenda.KindCancellation, agenda.KindRestored} {
		l, err := w.Compose(instead(facts(kind, agenda.German)))
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		for part, text := range map[string]string{"text": l.Text, "HTML": l.HTML, "calendar": string(l.Calendar)} {
			if strings.Contains(text, "/sitzungen/") || strings.Contains(text, "/antwort/") || strings.Contains(text, "/konto") {
				t.Errorf("%s, %s: a link for members:\n%s", kind, part, text)
			}
		}
		if l.Unsubscribe != "https://termine.example/vertretung/m1-p1-1.secret" {
			t.Errorf("%s: Unsubscribe = %s", kind, l.Unsubscribe)
		}
	}
}

func TestNothingIsAskedThatIsAnswered(t *testing.T) {
	w := writer(t)
	for name, f := range map[string]agenda.Facts{
		"nudge of who has answered":            asked(facts(agenda.KindNudge, "de"), said(agenda.AnswerNo)),
		"nudge of who is not asked any more":   facts(agenda.KindReminder, "de"),
		"reminder of who has declined":         asked(facts(agenda.KindReminder, "de"), said(agenda.AnswerNo)),
		"reminder of who is substituted":       asked(facts(agenda.KindReminder, "de"), said(agenda.AnswerSubstitute)),
		"substitute who was replaced":          instead(facts(agenda.KindSubstitute, "de")),
		"reminder of a replaced substitute":    instead(facts(agenda.KindReminder, "de")),
		"change for a substitute who declined": instead(facts(agenda.KindChange, "de")),
		"not needed, but asked again":          instead(facts(agenda.KindSubstituteOff, "de")),
		"cannot, but answered anew":            asked(facts(agenda.KindSubstituteOut, "de"), said(agenda.AnswerYes)),
		"head count of a moved meeting":        heads("de"),
	} {
		switch name {
		case "nudge of who is not asked any more":
			f.Message.Kind = agenda.KindNudge
		case "substitute who was replaced", "reminder of a replaced substitute":
			next := *f.Answer.Substitute
			next.No = 2
			f.Answer.Substitute = &next
		case "change for a substitute who declined":
			f.Answer.Substitute.Cannot = made
		case "not needed, but asked again":
			f.Answer = said(agenda.AnswerSubstitute)
		case "head count of a moved meeting":
			f.Message.Mark = "2027-08-30T09:00"
		}
		if l, err := w.Compose(f); !errors.Is(err, ErrNothing) {
			t.Errorf("%s: %v\n%s", name, err, l.Text)
		}
	}
	over := instead(facts(agenda.KindSubstitute, "de"))
	over.Now = over.Meeting.Start.In(berlin(t)).Add(time.Second)
	if _, err := w.Compose(over); !errors.Is(err, ErrNothing) {
		t.Errorf("substitute of a meeting that has begun: %v", err)
	}
}
