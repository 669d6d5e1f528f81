package letter

import (
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

// draft is a letter being written in one language.
type draft struct {
	agenda.Facts
	p *lang.Printer
	w *Writer
	s *section
}

// script writes the letters of one kind, or says that there is nothing to tell.
type script func(*draft) error

// scripts holds what each kind of letter says.
var scripts = map[agenda.Kind]script{
	agenda.KindInvitation:   (*draft).invitation,
	agenda.KindReminder:     (*draft).reminder,
	agenda.KindChange:       (*draft).change,
	agenda.KindCancellation: (*draft).cancellation,
	agenda.KindRestored:     (*draft).restored,
	agenda.KindLogin:        (*draft).login,
	agenda.KindConfirm:      (*draft).confirm,
	agenda.KindBegun:        (*draft).begun,
	agenda.KindUnsent:       (*draft).unsent,
	agenda.KindReceived:     (*draft).received,
	agenda.KindAccepted:     (*draft).accepted,
	agenda.KindReturned:     (*draft).returned,
	agenda.KindApproved:     (*draft).approved,
	agenda.KindMissing:      (*draft).missing,
	agenda.KindProof:        (*draft).proof,
	agenda.KindDigest:       (*draft).digest,
	agenda.KindAlarm:        (*draft).alarm,
	agenda.KindPlanning:     (*draft).planning,
	agenda.KindCall:         (*draft).call,
	agenda.KindCallReminder: (*draft).callReminder,
	agenda.KindVisitors:     (*draft).visitors,
	agenda.KindSignUp:       (*draft).signUp,
	agenda.KindThanks:       (*draft).thanks,
	agenda.KindWord:         (*draft).word,
	agenda.KindHeads:        (*draft).heads,
	agenda.KindEditor:       (*draft).editor,
	agenda.KindTask:         (*draft).tasks,
	agenda.KindSubscribe:    (*draft).subscribe,
	agenda.KindNews:         (*draft).news,
	agenda.KindMonth:        (*draft).month,
	agenda.KindStill:        (*draft).still,
	agenda.KindPoll:         (*draft).poll,
	agenda.KindPollReminder: (*draft).pollReminder,
	agenda.KindDeadline:     (*draft).deadline,
	agenda.KindTopics:       (*draft).topicAsk,
	agenda.KindAgenda:       (*draft).agenda,
	agenda.KindAgendaChange: (*draft).agendaChange,
	agenda.KindAgendaDue:    (*draft).agendaDue,
	agenda.KindRequest:      (*draft).request,
	agenda.KindTraining:     (*draft).training,

	agenda.KindNudge:         (*draft).nudge,
	agenda.KindSubstitute:    (*draft).substitute,
	agenda.KindSubstituteOff: (*draft).substituteOff,
	agenda.KindSubstituteOut: (*draft).substituteOut,
	agenda.KindMinutes:       (*draft).minutes,
	agenda.KindMinutesFixed:  (*draft).minutesFixed,
	agenda.KindMinutesDue:    (*draft).minutesDue,
	agenda.KindObjection:     (*draft).objection,
	agenda.KindAssignment:    (*draft).assignments,
	agenda.KindOpen:          (*draft).openThings,
}

func (d *draft) t(key string, args ...any) string { return d.p.T("mail."+key, args...) }

// open begins a letter: subject, heading, greeting, first paragraph.
func (d *draft) open(kind, title string, args ...any) {
	d.s.Subject = d.t(kind+".subject", append(args, "title", title, "group", d.Group.Name)...)
	args = append(args, "title", d.s.island(title), "group", d.s.island(d.Group.Name))
	d.s.Heading = d.t(kind+".heading", args...)
	d.s.Greeting = d.t("greeting")
	if d.Name != "" {
		d.s.Greeting = d.t("greeting_name", "name", d.s.island(d.Name))
	}
	d.s.Intro = append(d.s.Intro, d.t(kind+".intro", args...))
}

// title is what the event is called in the language of the letter, in German if
// nobody has translated it.
func (d *draft) title(e agenda.Event) string {
	t := d.Translation
	if one, ok := d.Translations[e.ID]; ok {
		t = one
	}
	if t.Shown() && t.Lang == d.p.Lang() {
		return t.Title
	}
	return e.Title
}

func (d *draft) act(label, path string) {
	d.s.Actions = append(d.s.Actions, action{d.t(label), d.w.link(d.p, path)})
}

func (d *draft) sentence() {
	if d.Notice.Sentence != "" {
		d.s.Sentence, d.s.SentenceBy = d.Notice.Sentence, d.t("sentence")
	}
}

// footer says why the reader gets the letter and how to get fewer.
func (d *draft) footer() {
	foot := func(label, path string) {
		d.s.Footer = append(d.s.Footer, action{d.t(label), d.w.link(d.p, path)})
	}
	switch d.Message.Reader.Kind {
	case agenda.AboutPerson:
		d.s.Reason = d.personReason()
		if d.Message.Kind != agenda.KindLogin {
			foot("settings", "/konto")
			foot("unsubscribe", unsubscribePath(d.Facts))
		}
	case agenda.AboutWatcher:
		d.s.Reason = d.t("reason.watcher", "title", d.s.island(d.title(d.Event)))
		foot("unwatch", unsubscribePath(d.Facts))
	case agenda.AboutSignUp:
		d.s.Reason = d.t("reason.signup", "title", d.s.island(d.title(d.Event)))
		if !d.SignUp.Confirmed.IsZero() {
			d.s.Reason = d.t("reason.signedup", "title", d.s.island(d.title(d.Event)))
		}
		foot("signup_status", unsubscribePath(d.Facts))
	case agenda.AboutSubscriber:
		d.s.Reason = d.t("reason.subscriber")
		foot("subscription", unsubscribePath(d.Facts))
	case agenda.AboutEditor:
		d.s.Reason = d.t("reason.submitter", "title", d.Event.Title)
		if d.Event.Review == agenda.Draft {
			d.s.Reason = d.t("reason.begun", "title", d.Event.Title)
		}
		if !d.Editor.Manages() && d.Editor.ID != "" {
			d.s.Reason = d.t("reason.editor", "title", d.Event.Title)
		}
		foot("edit", unsubscribePath(d.Facts))
	case agenda.AboutSubstitute:
		d.s.Reason = d.t("reason.substitute", "for", d.s.island(d.For.Name()))
		if d.Message.Kind != agenda.KindSubstituteOff {
			foot("substitute.foot", unsubscribePath(d.Facts))
		}
	case agenda.AboutOffice:
		d.s.Reason = d.t("reason.office")
	}
	foot("imprint", "/impressum")
	foot("privacy", "/datenschutz")
}

func (d *draft) personReason() string {
	switch d.Message.Kind {
	case agenda.KindLogin:
		return d.t("reason.login")
	case agenda.KindDigest:
		return d.t("reason.digest")
	case agenda.KindTraining:
		return d.t("reason.training", "group", d.Group.Name)
	case agenda.KindAgendaDue, agenda.KindRequest:
		return d.t("reason.chair", "group", d.Group.Name)
	case agenda.KindOpen:
		return d.t("reason.open")
	case agenda.KindCall, agenda.KindCallReminder:
		return d.t("reason.called", "institution", d.Institution.Name)
	}
	return d.t("reason.member", "group", d.Group.Name)
}

func (d *draft) past(l agenda.Local) bool { return !l.In(d.w.loc).After(d.Now) }

func dayNumber(day agenda.Date) string { return strconv.Itoa(day.Day) }

func (d *draft) invitation() error {
	var dates []date
	year := 0
	for _, m := range d.Meetings {
		if d.past(m.Start) || m.State != agenda.MeetingFixed {
			continue
		}
		if len(dates) == 0 {
			year = m.Start.Year
		}
		dates = append(dates, d.meetingDate(m, d.Group))
	}
	if len(dates) == 0 {
		return ErrNothing
	}
	d.s.Dates = dates
	if len(dates) == 1 {
		d.open("invitation", dates[0].Title, "date", dates[0].When)
	} else {
		d.open("invitations", d.Group.Name, "n", len(dates), "year", year)
	}
	d.sentence()
	d.act("year_page", "/gremien/"+string(d.Group.ID)+"/"+strconv.Itoa(year))
	d.s.Outro = append(d.s.Outro, d.attached("attached"), d.t("subscribe"))
	d.act("subscribe_link", "/konto")
	return nil
}

func (d *draft) reminder() error {
	if d.Message.Subject.Kind == agenda.AboutEvent {
		return d.eventReminder()
	}
	m := d.Meeting
	if m.State != agenda.MeetingFixed || d.past(m.Start) || d.Message.Mark != m.Start.String() {
		return ErrNothing
	}
	d.s.Dates = []date{d.meetingDate(m, d.Group)}
	if q := d.Questions[m.ID].Answer; !q.Hears(agenda.KindReminder, m) || d.instead() && !d.Answer.Stands(m) {
		return ErrNothing // she has declined meanwhile
	}
	d.open("reminder", m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date), "clock", d.p.Clock(m.Start), "in", d.in(m.Start))
	d.act("meeting_page", d.meetingPath(m))
	d.needed()
	return nil
}

func (d *draft) eventReminder() error {
	e := d.Event
	days := d.onMark(d.Message.Mark)
	if !e.Public() || e.Standing != agenda.Scheduled || len(days) == 0 || d.past(days[0].Start) {
		return ErrNothing
	}
	for _, one := range days {
		d.s.Dates = append(d.s.Dates, d.eventDate(one))
	}
	e = days[0]
	kind, signedUp := "event_reminder", d.Message.Reader.Kind == agenda.AboutSignUp
	if signedUp {
		kind = "signup_reminder"
	}
	d.open(kind, d.title(e), "date", d.p.DateMedium(e.Start.Date), "clock", d.p.Clock(e.Start), "in", d.in(e.Start))
	if signedUp {
		if d.SignUp.State != agenda.SignUpSeated {
			return ErrNothing
		}
		d.persons()
		d.directions()
		d.act("event_page", EventPath(e))
		d.act("signup_cancel", "/anmeldung/"+d.Tokens.Act+"#absagen")
		return nil
	}
	d.act("event_page", EventPath(e))
	d.act("unwatch_button", "/vormerkung/"+d.Tokens.Act)
	return nil
}

// in says how far off a date is: "heute", "morgen", "in 14 Tagen".
func (d *draft) in(start agenda.Local) string {
	days := agenda.LocalOf(d.Now, d.w.loc).DaysTo(start.Date)
	switch days {
	case 0:
		return d.t("today")
	case 1:
		return d.t("tomorrow")
	}
	return d.p.N("mail.in_days", days)
}

// urgent marks the subject of what must be read before the next days are over.
func (d *draft) urgent(start agenda.Local) {
	if off := start.In(d.w.loc).Sub(d.Now); off > 0 && off <= agenda.Near {
		d.s.Subject = d.t("urgent") + " " + d.s.Subject
	}
}

func (d *draft) change() error {
	if d.Message.Subject.Kind == agenda.AboutEvent {
		return d.eventChange()
	}
	m, was := d.Meeting, d.Notice.WasMeet
	if m.State != agenda.MeetingFixed || was == nil || d.past(m.End) {
		return ErrNothing
	}
	changes, also := was.Changes(m.MeetingDetails), d.alsoMoved()
	switch {
	case len(changes) == 0 && len(also) == 0:
		return ErrNothing
	case len(changes) == 0: // taken back, but not for what had moved with it
		first := also[0]
		m, was, also = first.Meeting, &first.Old, also[1:]
		d.s.Dates = []date{d.movedDate(m, first.Of, *was)}
		d.open("change", m.Name(first.Of), "date", d.p.DateMedium(was.Start.Date))
	default:
		d.s.Dates = []date{d.movedDate(m, d.Group, *was)}
		d.open("change", m.Name(d.Group), "date", d.p.DateMedium(was.Start.Date))
	}
	for _, a := range also {
		d.s.Dates = append(d.s.Dates, d.movedDate(a.Meeting, a.Of, a.Old))
	}
	if list := d.fields(changes); list != "" {
		d.s.Intro = append(d.s.Intro, list)
	}
	d.sentence()
	d.s.Outro = append(d.s.Outro, d.attached("attached_change"))
	d.act("meeting_page", d.meetingPath(m))
	d.needed()
	d.urgent(m.Start)
	return nil
}

func (d *draft) eventChange() error {
	e, was := d.Event, d.Notice.WasEvent
	if !e.Public() || e.Standing == agenda.Cancelled || was == nil || d.past(e.Until()) && d.past(was.Until()) {
		return ErrNothing
	}
	changes := was.Changes(e.EventDetails)
	if len(changes) == 0 {
		return ErrNothing
	}
	kind, start := "event_change", was.Start
	if e.Course() || was.Course() {
		kind = d.courseChange(*was, changes)
		start = d.changedStart(*was)
	} else {
		now := d.eventDate(e)
		if was.Start != e.Start || was.End != e.End {
			now.OldWhen = d.p.When(was.Start, was.End)
		}
		d.s.Dates = []date{now}
	}
	if len(d.s.Dates) == 0 {
		return ErrNothing
	}
	if was.Venue != e.Venue {
		d.s.Dates[0].OldWhere = orDash(was.Venue.Line())
	}
	if kind == "date_falls" {
		d.open(kind, d.title(e), "dates", d.fallen(*was))
	} else {
		d.open(kind, d.title(e), "date", d.p.DateMedium(start.Date))
	}
	if list := d.fields(changes); list != "" {
		d.s.Intro = append(d.s.Intro, list)
	}
	d.sentence()
	d.s.Outro = append(d.s.Outro, d.t("attached_change"))
	d.act("event_page", EventPath(e))
	d.urgentDates(*was)
	return nil
}

// told are the fields whose old and new value the date itself shows, and those
// that are nobody's business outside of the office.
var told = map[string]bool{
	"start": true, "end": true, "further": true, "place": true, "venue": true,
	"internal_name": true, "internal_email": true, "internal_phone": true,
}

// fields names what else changed.
func (d *draft) fields(changes []agenda.Change) string {
	var names []string
	for _, c := range changes {
		if !told[c.Field] {
			names = append(names, d.p.T("field."+c.Field))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return d.t("also_changed", "fields", d.p.List(names))
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (d *draft) cancellation() error {
	if d.Message.Subject.Kind == agenda.AboutEvent {
		e := d.Event
		if e.Standing == agenda.Scheduled || d.past(e.Until()) {
			return ErrNothing
		}
		d.s.Dates = []date{d.eventDate(e)}
		kind := "event_cancellation"
		if e.Standing == agenda.Postponed {
			kind = "event_postponed"
		}
		d.open(kind, d.title(e), "date", d.p.DateMedium(d.nextStart(e).Date))
		d.sentence()
		d.act("event_page", EventPath(e))
		d.urgent(d.nextStart(e))
		return nil
	}
	m := d.Meeting
	if m.State != agenda.MeetingCancelled || d.past(m.End) {
		return ErrNothing
	}
	d.s.Dates = append([]date{d.meetingDate(m, d.Group)}, d.alsoTurned(agenda.MeetingCancelled)...)
	d.open("cancellation", m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date))
	d.sentence()
	d.s.Outro = append(d.s.Outro, d.attached("attached_cancel"))
	d.urgent(m.Start)
	return nil
}

func (d *draft) restored() error {
	if d.Message.Subject.Kind == agenda.AboutEvent {
		if !d.Event.Public() || d.Event.Standing != agenda.Scheduled || d.past(d.Event.Until()) {
			return ErrNothing
		}
		d.s.Dates = []date{d.eventDate(d.Event)}
		d.open("event_restored", d.title(d.Event), "date", d.p.DateMedium(d.nextStart(d.Event).Date))
		d.sentence()
		d.act("event_page", EventPath(d.Event))
		d.urgent(d.nextStart(d.Event))
		return nil
	}
	m := d.Meeting
	if m.State != agenda.MeetingFixed || d.past(m.End) {
		return ErrNothing
	}
	d.s.Dates = append([]date{d.meetingDate(m, d.Group)}, d.alsoTurned(agenda.MeetingFixed)...)
	d.open("restored", m.Name(d.Group), "date", d.p.DateMedium(m.Start.Date))
	d.sentence()
	d.act("meeting_page", d.meetingPath(m))
	d.needed()
	d.urgent(m.Start)
	return nil
}

func (d *draft) login() error {
	if d.Tokens.Act == "" || !d.Now.Before(d.Until) {
		return ErrNothing
	}
	until := d.p.Clock(agenda.LocalOf(d.Until, d.w.loc))
	d.open("login", d.w.site.Name, "until", until)
	d.s.Code = d.Code
	d.act("login_button", "/einloggen/"+d.Tokens.Act)
	d.s.Outro = append(d.s.Outro, d.t("login.code", "code", d.Code), d.t("login.not_you"))
	return nil
}

func (d *draft) confirm() error {
	if d.Tokens.Act == "" || !d.Now.Before(d.Until) || !d.Event.Public() || !d.Event.Coming(agenda.LocalOf(d.Now, d.w.loc)) {
		return ErrNothing
	}
	d.s.Dates = []date{d.eventDate(d.Event)}
	d.open("confirm", d.title(d.Event))
	d.act("confirm_button", "/vormerkung/"+d.Tokens.Act)
	d.s.Outro = append(d.s.Outro, d.t("confirm.until", "until", d.p.DateTime(agenda.LocalOf(d.Until, d.w.loc))))
	return nil
}

func (d *draft) digest() error {
	for _, m := range d.Meetings {
		if d.past(m.Start) {
			continue
		}
		g := d.Groups[m.Group]
		one := d.meetingDate(m, g)
		if m.Title != "" {
			one.Group = g.Name
		}
		d.s.Dates = append(d.s.Dates, one)
	}
	if len(d.s.Dates) == 0 && d.Todo.Empty() {
		return ErrNothing
	}
	d.open("digest", "", "month", d.p.Month(agenda.LocalOf(d.Now, d.w.loc).Month))
	d.todo()
	d.act("subscribe_link", "/konto")
	if d.Trains.ID != "" {
		d.act("training_ask", "/thema/"+d.Tokens.Act+"/schulung")
	}
	return nil
}

func (d *draft) alarm() error {
	if d.Message.Subject.ID == agenda.OfMailbox {
		return d.mailboxDown()
	}
	if len(d.Failures) == 0 {
		return ErrNothing
	}
	d.open("alarm", "", "n", len(d.Failures))
	for _, m := range d.Failures {
		d.s.Intro = append(d.s.Intro, strings.TrimSpace(d.p.T("term.kind."+string(m.Kind))+": "+m.To+" – "+m.Error))
	}
	d.act("outbox_link", "/koordination/ausgang?state=failed")
	return nil
}
