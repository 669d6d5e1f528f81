package letter

import (
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

var update = flag.Bool("update", false, "write the golden files")

func berlin(t testing.TB) *time.Location {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func writer(t testing.TB) *Writer {
	c, err := lang.Load(lang.All()...)
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(c, Site{Name: "widunetz", BaseURL: "https://termine.example", Office: "buero@widunetz.example", Organizer: "buero@widunetz.example"}, berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func at(s string) agenda.Local {
	l, err := agenda.ParseLocal(s)
	if err != nil {
		panic(err)
	}
	return l
}

var made = time.Date(2027, 8, 17, 6, 0, 0, 0, time.UTC)

func meeting() agenda.Meeting {
	return agenda.Meeting{
		ID: "m1", Group: "projektgruppe", State: agenda.MeetingFixed, Sequence: 1, Created: made, Changed: made,
		MeetingDetails: agenda.MeetingDetails{Start: at("2027-08-31T09:00"), End: at("2027-08-31T11:00"), Place: "Kreishaus Herford, Raum 113", Note: "Bitte Zahlen mitbringen."},
	}
}

func event() agenda.Event {
	return agenda.Event{
		ID: "e1", Edition: 2027, Slug: "lesung", Review: agenda.Published, Standing: agenda.Scheduled, Created: made, Changed: made,
		EventDetails: agenda.EventDetails{
			Title: "Geschichten aus zwei Welten", Summary: "Eine Autorin liest.", Category: "lesung", Start: at("2027-09-15T18:30"), End: at("2027-09-15T20:00"),
			Venue:     agenda.Venue{Name: "Stadtbücherei", Street: "Eschstraße 50", Postcode: "32257", Town: "Bünde"},
			Organiser: "Stadt Bünde", Audiences: []string{"alle"}, Languages: []string{"de", "ar"}, Free: true, Contact: "info@example.org",
			Internal: agenda.Contact{Name: "Erika Geheim", Email: "geheim@example.org", Phone: "0000"},
		},
	}
}

func edition() agenda.Edition {
	return agenda.Edition{
		Year: 2027, Title: "Interkulturelle Wochen 2027", Motto: "Offen geht", Open: true,
		Starts: at("2027-09-11T00:00").Date, Ends: at("2027-10-10T00:00").Date, Submission: at("2027-08-20T00:00").Date,
	}
}

// facts returns what a letter of the kind is made of, about a meeting.
func facts(kind agenda.Kind, l agenda.Lang) agenda.Facts {
	m := meeting()
	g := agenda.Group{ID: "projektgruppe", Name: "Projektgruppe"}
	f := agenda.Facts{
		Message: agenda.Message{
			ID: "msg1", Kind: kind, Subject: agenda.Ref{Kind: agenda.AboutMeeting, ID: "m1"}, Reader: agenda.Ref{Kind: agenda.AboutPerson, ID: "p1"},
			Made: made, Mark: m.Start.String(), Lead: 14,
		},
		Now: made, Name: "Amina Ahrens", Email: "amina@example.org", Lang: l, Group: g, Groups: map[agenda.GroupID]agenda.Group{g.ID: g},
		Meeting: m, Meetings: []agenda.Meeting{m}, Tokens: agenda.Tokens{Mute: "p1-kind.secret", Act: "act.secret"}, Until: made.Add(10 * time.Minute), Code: "123456",
	}
	switch kind {
	case agenda.KindChange:
		was := m.MeetingDetails
		was.Start, was.End, was.Place, was.Note = at("2027-08-30T09:00"), at("2027-08-30T11:00"), "Rathaus Bünde", ""
		f.Notice = agenda.Notice{WasMeet: &was, Sentence: "Der Saal ist belegt."}
	case agenda.KindCancellation:
		f.Meeting.State = agenda.MeetingCancelled
	case agenda.KindInvitation:
		second := m
		second.ID, second.Start, second.End = "m2", at("2027-10-26T09:00"), at("2027-10-26T11:00")
		f.Meetings = append(f.Meetings, second)
		f.Message.Subject = agenda.Ref{Kind: agenda.AboutGroup, ID: "projektgruppe"}
	case agenda.KindAlarm:
		f.Failures = []agenda.Message{{Kind: agenda.KindReminder, To: "x@example.org", Error: "550 5.1.1 no such user"}}
		f.Message.Reader = agenda.Ref{Kind: agenda.AboutOffice}
	case agenda.KindPlanning:
		f.Message.Reader, f.Message.Subject, f.Name = agenda.Ref{Kind: agenda.AboutOffice}, agenda.Ref{Kind: agenda.AboutOffice}, ""
		f.Shortfalls = []agenda.Shortfall{
			{Group: g, Rule: "few", Year: 2027, N: 3, Of: 5}, {Group: g, Rule: "unplanned", Year: 2028, Of: 5},
			{Group: agenda.Group{ID: "ak", Name: "Arbeitskreis Migration"}, Rule: "gap", Year: 2027, N: 11, Of: 8, From: at("2027-07-14T09:00").Date, To: at("2027-09-29T09:00").Date},
			{Group: agenda.Group{ID: "ak", Name: "Arbeitskreis Migration"}, Rule: "gap", Year: 2027, N: 13, Of: 8, From: at("2027-09-29T09:00").Date},
		}
	case agenda.KindLogin:
		f.Message.Subject = agenda.Ref{Kind: agenda.AboutLogin, ID: "l1"}
	case agenda.KindCall, agenda.KindCallReminder:
		f.Message.Subject, f.Group, f.Meeting, f.Meetings = agenda.Ref{Kind: agenda.AboutEdition, ID: "2027"}, agenda.Group{}, agenda.Meeting{}, nil
		f.Edition, f.Institution = edition(), agenda.Institution{ID: "i1", Name: "AWO Fachdienste für Migration"}
	case agenda.KindMinutes, agenda.KindMinutesFixed, agenda.KindMinutesDue, agenda.KindObjection, agenda.KindAssignment, agenda.KindOpen:
		minutesFacts(&f)
	case agenda.KindPoll, agenda.KindPollReminder:
		f.Message.Subject = agenda.Ref{Kind: agenda.AboutPoll, ID: "u1"}
		f.Meeting, f.Meetings = agenda.Meeting{}, nil
		f.Poll = poll()
		f.Vote = agenda.PollVote{Person: "p1", Institutions: map[int][]agenda.InstitutionID{1: nil, 2: nil}}
	case agenda.KindDeadline:
		f.Message.Subject = agenda.Ref{Kind: agenda.AboutDeadline, ID: "d1"}
		f.Meeting, f.Meetings = agenda.Meeting{}, nil
		f.Institution, f.Reply = agenda.Institution{ID: "i1", Name: "AWO Fachdienste für Migration"}, agenda.DeadlineReply{Institution: "i1"}
		f.DueBy = agenda.Deadline{ID: "d1", Group: g.ID, DeadlineDetails: agenda.DeadlineDetails{
			Title: "Zahlen für die Sozialraumanalyse", Text: "Bitte die Tabelle ausfüllen.", Link: "https://kreis.example/zahlen", Day: at("2027-10-15T00:00").Date,
		}}
	case agenda.KindTopics:
		f.Notice.Deadline = time.Date(2027, 8, 17, 6, 0, 0, 0, time.UTC)
		f.Topics = []agenda.Topic{{TopicDetails: agenda.TopicDetails{Title: "Haushalt", Kind: agenda.TopicDecision}}}
	case agenda.KindAgenda, agenda.KindAgendaChange:
		f.Version = agenda.AgendaVersion{Number: 1, Items: items()}
		f.Host = "AWO Fachdienste für Migration"
		f.Agenda = agenda.Agenda{Items: items(), Released: made, Shown: made}
		f.Documents = []agenda.Document{{ID: "d1", DocumentFile: agenda.DocumentFile{Name: "Haushalt 2028.pdf"}}}
	case agenda.KindRequest, agenda.KindTraining:
		f.Message.Subject, f.Meeting, f.Meetings = agenda.TopicRef(g.ID, "t1"), agenda.Meeting{}, nil
		f.Institution = agenda.Institution{ID: "i1", Name: "AWO Fachdienste für Migration"}
		f.Topics = []agenda.Topic{{ID: "t1", TopicDetails: agenda.TopicDetails{Title: "Dolmetschen", Text: "Für neue Kolleginnen."}, Request: &agenda.TrainingRequest{
			From: at("2027-10-01T00:00").Date, Until: at("2027-11-30T00:00").Date, Participants: 12, Contact: "Amina Ahrens, 05221 1",
		}}}
		if kind == agenda.KindTraining {
			f.Event = event()
		}
	case agenda.KindConfirm, agenda.KindBegun, agenda.KindUnsent, agenda.KindReceived, agenda.KindAccepted, agenda.KindReturned, agenda.KindVisitors, agenda.KindProof,
		agenda.KindApproved, agenda.KindMissing, agenda.KindSignUp, agenda.KindThanks, agenda.KindWord, agenda.KindHeads, agenda.KindEditor, agenda.KindTask:
		f = eventFacts(kind, l)
	case agenda.KindSubscribe, agenda.KindNews, agenda.KindMonth, agenda.KindStill:
		f = subscriberFacts(kind, l)
	case agenda.KindSubstitute, agenda.KindSubstituteOff:
		f = instead(f)
	case agenda.KindNudge, agenda.KindSubstituteOut:
		f = asked(f, answered(kind))
	}
	return f
}

func items() []agenda.AgendaItem {
	return []agenda.AgendaItem{
		{ID: 1, Title: "Begrüßung", Minutes: 5},
		{ID: 2, Topic: "t1", Title: "Haushalt 2028", Text: "Der Entwurf liegt bei.\nBitte vorher lesen.", Kind: agenda.TopicDecision, Minutes: 45, Who: "Amina Ahrens"},
		{ID: 3, Title: "Verschiedenes", PutOff: true},
	}
}

func poll() agenda.Poll {
	return agenda.Poll{
		ID: "u1", Group: "projektgruppe", State: agenda.PollOpen,
		PollDetails: agenda.PollDetails{
			Note: "Es geht um den Haushalt.", Deadline: at("2027-08-18T00:00").Date,
			Options: []agenda.PollOption{
				{Number: 1, Start: at("2027-09-09T09:00"), End: at("2027-09-09T11:00"), Place: "Kreishaus Herford"},
				{Number: 2, Start: at("2027-09-16T09:00"), End: at("2027-09-16T11:00")},
				{Number: 3, Start: at("2027-09-23T09:00"), End: at("2027-09-23T11:00")},
			},
		},
	}
}

// eventFacts returns what a letter of the kind is made of, about an event.
func eventFacts(kind agenda.Kind, l agenda.Lang) agenda.Facts {
	e := event()
	f := agenda.Facts{
		Message: agenda.Message{
			ID: "msg2", Kind: kind, Subject: agenda.Ref{Kind: agenda.AboutEvent, ID: "e1"}, Reader: agenda.Ref{Kind: agenda.AboutWatcher, ID: "w1"},
			Made: made, Mark: e.Start.String(), Lead: 7,
		},
		Now: made, Email: "leserin@example.org", Lang: l, Event: e, Tokens: agenda.Tokens{Act: "w1.secret", Mute: "w1.secret"}, Until: made.Add(72 * time.Hour),
	}
	switch kind {
	case agenda.KindChange:
		was := e.EventDetails
		was.Start, was.End = at("2027-09-14T18:30"), at("2027-09-14T20:00")
		f.Notice.WasEvent = &was
	case agenda.KindCancellation:
		f.Event.Standing = agenda.Cancelled
	case agenda.KindBegun, agenda.KindUnsent:
		f.Event.Review, f.Edition = agenda.Draft, edition()
	case agenda.KindReturned:
		f.Event.Review, f.Event.Reason = agenda.Returned, "Bitte nennen Sie die Sprache."
	}
	if slices.Contains([]agenda.Kind{agenda.KindSignUp, agenda.KindThanks, agenda.KindWord}, kind) {
		f = signedUp(f, agenda.SignUpSeated)
		f.Notice.Sentence = "Der Eingang ist hinten."
	}
	if kind == agenda.KindHeads {
		f.House, f.Needs = agenda.House{Waiting: 2}, agenda.NeedsSum{Persons: 14, Children: 3, StepFree: 1, Interpreters: []string{"ar", "uk"}}
		f.Tokens.List = "e1.secret"
	}
	if kind == agenda.KindThanks {
		f.Now = time.Date(2027, 9, 16, 8, 0, 0, 0, time.UTC)
	}
	if kind == agenda.KindVisitors {
		f.Message.Mark, f.Now = e.End.String(), time.Date(2027, 9, 16, 8, 0, 0, 0, time.UTC)
	}
	if kind == agenda.KindProof {
		f.Edition.Print, _ = agenda.ParseDate("2027-08-27")
		f.Event.SignUp, f.Event.SignUpBy, f.Event.StepFree, f.Event.Childcare = true, "05223 1234, bis 10.09.", agenda.Yes, agenda.No
		f.Event.Subtitle, f.Event.Description, f.Event.CoOrganisers = "Deutsch und Arabisch", "Das steht nur im Internet.", []string{"Frauencafé Bünde"}
	}
	if kind == agenda.KindEditor || kind == agenda.KindTask {
		f.Message.Reader, f.Name = agenda.Ref{Kind: agenda.AboutEditor, ID: "e1.x"}, "Frieda Feld"
		f.Editor = agenda.Editor{Event: "e1", ID: "x", Name: "Frieda Feld", AddedBy: "Erika"}
	}
	if kind == agenda.KindTask {
		f.Message.Lead, f.Message.Mark = agenda.TaskLead, "2027-08-20"
		until, _ := agenda.ParseDate("2027-08-20")
		f.Tasks = []agenda.Task{{ID: "t1", What: "Saal aufschließen", Editor: "x", Until: until}, {ID: "t2", What: "Getränke bestellen", Who: "Jugendhaus", Until: until}}
	}
	if kind == agenda.KindApproved {
		f.Event.Review, f.Event.Release = agenda.Accepted, at("2027-08-20T08:00")
	}
	if slices.Contains([]agenda.Kind{agenda.KindBegun, agenda.KindUnsent, agenda.KindApproved, agenda.KindMissing, agenda.KindProof, agenda.KindVisitors, agenda.KindHeads, agenda.KindReceived, agenda.KindAccepted, agenda.KindReturned}, kind) {
		f.Message.Reader, f.Name = agenda.Ref{Kind: agenda.AboutEditor, ID: "e1"}, "Erika Geheim"
	}
	return f
}

// signedUp makes the reader somebody who signed up.
func signedUp(f agenda.Facts, state agenda.SignUpState) agenda.Facts {
	f.SignUp = agenda.SignUp{
		ID: "s-1", Event: "e1", Name: "Samira", Email: f.Email, Persons: 3, State: state, Turn: 2, Confirmed: made,
		Needs: agenda.Needs{Childcare: 2, Interpreter: "ar", StepFree: true},
	}
	f.House.Sentence, f.Place, f.Name, f.Until = "Bitte Hausschuhe mitbringen.", 4, "Samira", made.Add(48*time.Hour)
	f.Message.Reader, f.Message.Mark = agenda.Ref{Kind: agenda.AboutSignUp, ID: "s-1"}, "0.2"
	f.Tokens = agenda.Tokens{Act: "s-1.secret", Mute: "s-1.secret"}
	return f
}

// participantFacts are the letters to people who are no members, in every
// language but German and English. In Arabic the event itself is translated.
func participantFacts() map[string]agenda.Facts {
	cases := map[string]agenda.Facts{}
	for _, l := range lang.All() {
		if lang.Whole(l) {
			continue
		}
		for _, kind := range []agenda.Kind{agenda.KindConfirm, agenda.KindReminder, agenda.KindChange, agenda.KindCancellation, agenda.KindRestored} {
			cases["participants/"+string(kind)+"."+string(l)] = eventFacts(kind, l)
		}
		postponed := eventFacts(agenda.KindCancellation, l)
		postponed.Event.Standing = agenda.Postponed
		cases["participants/postponed."+string(l)] = postponed
		maps.Copy(cases, signUpFacts(l))
	}
	for name, f := range cases {
		if f.Lang == agenda.Arabic {
			f.Translation = agenda.Translation{Event: f.Event.ID, Lang: agenda.Arabic, Words: agenda.Words{Title: "قصص من عالمين", Summary: "كاتبة تقرأ."}}
			f.Notice.Sentence = "Der Eingang ist hinten."
			cases[name] = f
		}
	}
	return cases
}

// signUpFacts are the letters to somebody who signed up: one of each state, the
// same before the time is over, reminder, thanks, and a word of the organiser.
func signUpFacts(l agenda.Lang) map[string]agenda.Facts {
	cases := map[string]agenda.Facts{}
	for _, state := range []agenda.SignUpState{
		agenda.SignUpAsked, agenda.SignUpQueued, agenda.SignUpSeated, agenda.SignUpWaiting, agenda.SignUpOffered, agenda.SignUpEnded, agenda.SignUpLapsed, agenda.SignUpRemoved,
	} {
		f := signedUp(eventFacts(agenda.KindSignUp, l), state)
		if state == agenda.SignUpAsked || state == agenda.SignUpQueued {
			f.SignUp.Confirmed = time.Time{}
		}
		cases["participants/signup_"+string(state)+"."+string(l)] = f
	}
	nudge := cases["participants/signup_asked."+string(l)]
	nudge.Message.Mark += ".nudge"
	cases["participants/signup_nudge."+string(l)] = nudge
	reminded := signedUp(eventFacts(agenda.KindReminder, l), agenda.SignUpSeated)
	reminded.Message.Mark = reminded.Event.Start.String()
	cases["participants/signup_reminder."+string(l)] = reminded
	for _, kind := range []agenda.Kind{agenda.KindThanks, agenda.KindWord} {
		cases["participants/"+string(kind)+"."+string(l)] = eventFacts(kind, l)
	}
	return cases
}

func TestLettersAsTheyLook(t *testing.T) {
	w := writer(t)
	cases := map[string]agenda.Facts{}
	for kind := range scripts {
		for _, l := range []agenda.Lang{agenda.German, agenda.English} {
			cases[string(kind)+"."+string(l)] = facts(kind, l)
		}
	}
	for _, kind := range []agenda.Kind{agenda.KindReminder, agenda.KindChange, agenda.KindCancellation} {
		cases["event_"+string(kind)+".en"] = eventFacts(kind, agenda.English)
	}
	for _, state := range []agenda.SignUpState{
		agenda.SignUpAsked, agenda.SignUpQueued, agenda.SignUpWaiting, agenda.SignUpOffered, agenda.SignUpEnded, agenda.SignUpLapsed, agenda.SignUpRemoved,
	} {
		cases["signup_"+string(state)+".en"] = signedUp(eventFacts(agenda.KindSignUp, agenda.English), state)
	}
	reminded := signedUp(eventFacts(agenda.KindReminder, agenda.English), agenda.SignUpSeated)
	reminded.Message.Mark = reminded.Event.Start.String()
	cases["signup_reminder.en"] = reminded
	maps.Copy(cases, participantFacts())
	for _, l := range []agenda.Lang{agenda.German, agenda.English} {
		merged, overdue := facts(agenda.KindEditor, l), facts(agenda.KindTask, l)
		merged.Editor.Joined, merged.Editor.AddedBy = "Lesung zweier Welten", ""
		overdue.Message.Lead, overdue.Now = 0, made.AddDate(0, 0, 4)
		cases["editor_merged."+string(l)], cases["task_overdue."+string(l)] = merged, overdue
		down := facts(agenda.KindAlarm, l)
		down.Message.Subject.ID, down.Failures = agenda.OfMailbox, nil
		down.Mailbox = agenda.Mailbox{Down: made.AddDate(0, 0, -1), Error: "log-in as antwort: NO"}
		cases["mailbox_down."+string(l)] = down
	}
	for name, f := range cases {
		l, err := w.Compose(f)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden(t, name+".txt", "Subject: "+l.Subject+"\n\n"+l.Text)
		golden(t, name+".html", l.HTML)
		if l.Calendar != nil && !strings.Contains(name, "/") { // they are the same in every language
			golden(t, name+".ics", string(l.Calendar))
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

func TestEveryLetterCanBeActedOn(t *testing.T) {
	w := writer(t)
	for kind := range scripts {
		l, err := w.Compose(facts(kind, agenda.English))
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		for _, part := range []string{l.Text, l.HTML} {
			if strings.Contains(part, "⟦") || strings.Contains(part, "{") && part == l.Text {
				t.Errorf("%s: a message or placeholder is missing:\n%s", kind, part)
			}
			if !strings.Contains(part, "https://termine.example/en/") || !strings.Contains(part, "/impressum") || !strings.Contains(part, "/datenschutz") {
				t.Errorf("%s: a link is missing:\n%s", kind, part)
			}
			if strings.Contains(part, "geheim@example.org") {
				t.Errorf("%s: shows an internal contact", kind)
			}
		}
		if (l.Unsubscribe == "") != (kind == agenda.KindLogin) {
			t.Errorf("%s: Unsubscribe = %q", kind, l.Unsubscribe)
		}
		if l.ReplyTo != "buero@widunetz.example" {
			t.Errorf("%s: ReplyTo = %q", kind, l.ReplyTo)
		}
		for line := range strings.Lines(l.Text) {
			if n := agenda.Length(strings.TrimRight(line, "\n")); n > 78 && !strings.Contains(line, "https://") {
				t.Errorf("%s: line of %d columns: %s", kind, n, line)
			}
		}
		again, _ := w.Compose(facts(kind, agenda.English))
		if d := cmp.Diff(l, again); d != "" {
			t.Errorf("%s: two letters of the same facts differ:\n%s", kind, d)
		}
	}
}

func TestNothingIsToldThatIsOver(t *testing.T) {
	cases := map[string]func(*agenda.Facts){
		"reminder of a past meeting":               func(f *agenda.Facts) { f.Now = f.Meeting.Start.In(time.UTC).Add(24 * time.Hour) },
		"reminder of a cancelled meeting":          func(f *agenda.Facts) { f.Meeting.State = agenda.MeetingCancelled },
		"reminder of the hour before it was moved": func(f *agenda.Facts) { f.Message.Mark = "2027-08-30T09:00" },
		"reader is gone":                           func(f *agenda.Facts) { f.Email = "" },
		"change that was taken back": func(f *agenda.Facts) {
			*f = facts(agenda.KindChange, "de")
			f.Notice.WasMeet = &f.Meeting.MeetingDetails
		},
		"change of a cancelled meeting": func(f *agenda.Facts) { *f = facts(agenda.KindChange, "de"); f.Meeting.State = agenda.MeetingCancelled },
		"cancellation of a restored meeting": func(f *agenda.Facts) {
			*f = facts(agenda.KindCancellation, "de")
			f.Meeting.State = agenda.MeetingFixed
		},
		"reminder of a cancelled event":  func(f *agenda.Facts) { *f = eventFacts(agenda.KindReminder, "de"); f.Event.Standing = agenda.Cancelled },
		"call after its last day":        func(f *agenda.Facts) { *f = facts(agenda.KindCall, "de"); f.Now = f.Now.AddDate(0, 0, 4) },
		"call that was closed":           func(f *agenda.Facts) { *f = facts(agenda.KindCall, "de"); f.Edition.Open = false },
		"call to nobody's institution":   func(f *agenda.Facts) { *f = facts(agenda.KindCall, "de"); f.Institution = agenda.Institution{} },
		"reminder of an answered call":   func(f *agenda.Facts) { *f = facts(agenda.KindCallReminder, "de"); f.Answered = true },
		"visitors of a cancelled event":  func(f *agenda.Facts) { *f = facts(agenda.KindVisitors, "de"); f.Event.Standing = agenda.Cancelled },
		"visitors of a moved event":      func(f *agenda.Facts) { *f = facts(agenda.KindVisitors, "de"); f.Event.End = f.Event.End.AddDays(-1) },
		"visitors before the end":        func(f *agenda.Facts) { *f = facts(agenda.KindVisitors, "de"); f.Now = made },
		"visitors that are known":        func(f *agenda.Facts) { *f = facts(agenda.KindVisitors, "de"); f.Event.Visitors = new(int) },
		"proof of a cancelled event":     func(f *agenda.Facts) { *f = eventFacts(agenda.KindProof, "de"); f.Event.Standing = agenda.Cancelled },
		"proof of a withdrawn event":     func(f *agenda.Facts) { *f = eventFacts(agenda.KindProof, "de"); f.Event.Review = agenda.Withdrawn },
		"acceptance of a public event":   func(f *agenda.Facts) { *f = eventFacts(agenda.KindApproved, "de"); f.Event.Review = agenda.Published },
		"acceptance that was taken back": func(f *agenda.Facts) { *f = eventFacts(agenda.KindApproved, "de"); f.Event.Review = agenda.Submitted },
		"details of a past event":        func(f *agenda.Facts) { *f = eventFacts(agenda.KindMissing, "de"); f.Now = f.Now.AddDate(0, 2, 0) },
		"details of a withdrawn event":   func(f *agenda.Facts) { *f = eventFacts(agenda.KindMissing, "de"); f.Event.Review = agenda.Withdrawn },
		"details that came meanwhile": func(f *agenda.Facts) {
			*f = eventFacts(agenda.KindMissing, "de")
			f.Event.StepFree, f.Event.Childcare, f.Event.Picture = agenda.Yes, agenda.No, &agenda.Picture{Alt: "Ein Buch", Credit: "Erika", Licence: agenda.OwnPicture}
		},
		"planning that was done meanwhile": func(f *agenda.Facts) { *f = facts(agenda.KindPlanning, "de"); f.Shortfalls = nil },
		"log-in link that has ended":       func(f *agenda.Facts) { *f = facts(agenda.KindLogin, "de"); f.Now = f.Until },
		"tasks that are done":              func(f *agenda.Facts) { *f = facts(agenda.KindTask, "de"); f.Tasks = nil },
		"tasks of a cancelled event":       func(f *agenda.Facts) { *f = facts(agenda.KindTask, "de"); f.Event.Standing = agenda.Cancelled },
		"link of a removed editor":         func(f *agenda.Facts) { *f = facts(agenda.KindEditor, "de"); f.Editor.Removed = made },
		"link to a merged event":           func(f *agenda.Facts) { *f = facts(agenda.KindEditor, "de"); f.Event.Into = "e2" },
		"topics of a cancelled meeting":    func(f *agenda.Facts) { *f = facts(agenda.KindTopics, "de"); f.Meeting.State = agenda.MeetingCancelled },
		"agenda of a cancelled meeting":    func(f *agenda.Facts) { *f = facts(agenda.KindAgenda, "de"); f.Meeting.State = agenda.MeetingCancelled },
		"agenda of a past meeting":         func(f *agenda.Facts) { *f = facts(agenda.KindAgenda, "de"); f.Now = f.Now.AddDate(0, 2, 0) },
		"agenda due, meeting cancelled": func(f *agenda.Facts) {
			*f = facts(agenda.KindAgendaDue, "de")
			f.Meeting.State = agenda.MeetingCancelled
		},
		"request that was taken back": func(f *agenda.Facts) { *f = facts(agenda.KindRequest, "de"); f.Topics = nil },
		"training that is over":       func(f *agenda.Facts) { *f = facts(agenda.KindTraining, "de"); f.Now = f.Now.AddDate(0, 3, 0) },
		"poll that is decided":        func(f *agenda.Facts) { *f = facts(agenda.KindPoll, "de"); f.Poll.State = agenda.PollDecided },
		"poll after its last day":     func(f *agenda.Facts) { *f = facts(agenda.KindPoll, "de"); f.Now = f.Now.AddDate(0, 0, 2) },
		"poll of a member who left":   func(f *agenda.Facts) { *f = facts(agenda.KindPoll, "de"); f.Vote.Institutions = nil },
		"reminder of an answered poll": func(f *agenda.Facts) {
			*f = facts(agenda.KindPollReminder, "de")
			f.Vote.Answer.Choices = map[int]agenda.PollChoice{1: agenda.ChoiceYes, 2: agenda.ChoiceNo}
		},
		"invitation to cancelled dates": func(f *agenda.Facts) {
			*f = facts(agenda.KindInvitation, "de")
			f.Meetings[0].State, f.Meetings[1].State = agenda.MeetingCancelled, agenda.MeetingCancelled
		},
	}
	w := writer(t)
	for name, change := range cases {
		f := facts(agenda.KindReminder, agenda.German)
		change(&f)
		if l, err := w.Compose(f); !errors.Is(err, ErrNothing) {
			t.Errorf("%s: Compose = %q, %v; want ErrNothing", name, l.Subject, err)
		}
	}
}

func TestHostileTitlesStayText(t *testing.T) {
	f := facts(agenda.KindReminder, agenda.German)
	f.Meeting.Title = `<script>alert(1)</script>"><img onerror=x>`
	l, err := writer(t).Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(l.HTML, "<script") || strings.Contains(l.HTML, "<img") {
		t.Error("HTML of a title is not escaped")
	}
}

func BenchmarkCompose(b *testing.B) {
	w, f := writer(b), facts(agenda.KindReminder, agenda.German)
	for b.Loop() {
		if _, err := w.Compose(f); err != nil {
			b.Fatal(err)
		}
	}
}

// A letter to a participant says everything in her language and in German below,
// and nothing in German above.
func TestParticipantsLettersAreBilingual(t *testing.T) {
	w := writer(t)
	for name, f := range participantFacts() {
		l, err := w.Compose(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p := w.catalog.Printer(f.Lang)
		own, german, found := strings.Cut(l.Text, strings.Repeat("=", 40))
		if !found || !strings.Contains(own, p.T("mail.imprint")) || !strings.Contains(german, "Guten Tag") || strings.Contains(own, "Guten Tag,\n") || strings.Contains(own, "Guten Tag Samira,") {
			t.Errorf("%s: not in both languages:\n%s", name, l.Text)
		}
		if f.Message.Kind != agenda.KindThanks && !strings.Contains(own, p.T("mail.when")) {
			t.Errorf("%s: not in both languages:\n%s", name, l.Text)
		}
		if strings.Contains(l.Text+l.HTML+l.Subject, "⟦") || strings.Contains(l.Text+l.Subject, "{") {
			t.Errorf("%s: a message or placeholder is missing:\n%s", name, l.Text)
		}
		for _, part := range []string{l.HTML, own} {
			if !strings.Contains(part, p.T("frame.unchecked")) && !strings.Contains(strings.ReplaceAll(part, "\n", " "), strings.Fields(p.T("frame.unchecked"))[0]) {
				t.Errorf("%s: does not say that nobody has checked the texts", name)
			}
		}
		if !strings.Contains(l.HTML, `<html lang="`+p.Tag()+`" dir="`+p.Dir()+`">`) || !strings.Contains(l.HTML, `dir="ltr" lang="de"`) {
			t.Errorf("%s: language or direction is missing", name)
		}
		ends := "/vormerkung/"
		if f.Message.Reader.Kind == agenda.AboutSignUp {
			ends = "/anmeldung/"
		}
		if l.Lang != f.Lang || !strings.Contains(l.Unsubscribe, "/"+string(f.Lang)+ends) {
			t.Errorf("%s: Lang %s, Unsubscribe %s", name, l.Lang, l.Unsubscribe)
		}
		if p.Dir() == "rtl" {
			for line := range strings.Lines(own) {
				if strings.Contains(line, "https://") || strings.TrimSpace(line) == "" || strings.HasPrefix(line, "-- ") || strings.Contains(line, "Geschichten") {
					continue
				}
				if !strings.Contains(line, "\u2067") {
					t.Errorf("%s: a line without direction: %q", name, line)
				}
			}
		}
	}
}

// Members read German where their language lacks the words for their mails.
func TestMembersLettersInAParticipantsLanguage(t *testing.T) {
	w := writer(t)
	for _, kind := range []agenda.Kind{agenda.KindReminder, agenda.KindInvitation, agenda.KindLogin} {
		f := facts(kind, agenda.Arabic)
		l, err := w.Compose(f)
		if err != nil {
			t.Fatal(err)
		}
		f.Lang = agenda.German
		german, _ := w.Compose(f)
		if l.Text != german.Text || l.Lang != agenda.German {
			t.Errorf("%s: %s\n%s", kind, l.Lang, l.Text)
		}
	}
}
