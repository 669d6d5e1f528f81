package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/mail"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"widunetz/internal/agenda"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/kv/kvtest"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// These are the rules M01 to M09 of the research on calendar mail; M10 to M12,
// on what comes back, stand in internal/inbox.

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var ctx = context.Background()

// office is a network whose mails go out as they would, over a clock that the
// test moves.
type office struct {
	*store.Store
	t      testing.TB
	db     *bolt.DB
	writer *letter.Writer
	mu     sync.Mutex
	now    time.Time
	group  agenda.Group
	people []agenda.Person
}

func (o *office) wait(d time.Duration) { o.mu.Lock(); defer o.mu.Unlock(); o.now = o.now.Add(d) }

// openOffice makes a group of two, Anna and Bert, that asks for answers. Answers
// are read from a mailbox if replies is set.
func openOffice(t testing.TB, replies bool) *office {
	t.Helper()
	o := &office{t: t, db: must(bolt.Open(filepath.Join(t.TempDir(), "t.db"), bolt.Options{Create: true})), now: time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)}
	t.Cleanup(func() { o.db.Close() })
	loc := must(time.LoadLocation("Europe/Berlin"))
	site := letter.Site{Name: `widunetz "Herford"; Büro`, BaseURL: "https://termine.example", Office: "buero@widunetz.example", Organizer: "buero@widunetz.example", Sender: "termine@widunetz.example"}
	if replies {
		site.Mailbox = "antwort@widunetz.example"
	}
	o.Store = must(store.New(ctx, kvtest.Twice(o.db), store.Config{
		Now: func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now }, Office: site.Office, Replies: replies,
		Clock: agenda.Clock{Loc: loc, Hour: 8, Quiet: 10 * time.Minute, MeetingLeads: []int{2}, WorkingDayBefore: func(d agenda.Date) agenda.Date { return d }},
	}))
	o.writer = must(letter.NewWriter(must(lang.Load()), site, loc))
	o.group = o.asking("Projektgruppe")
	for _, name := range []string{"Anna", "Bert"} {
		p := must(o.SavePerson(ctx, agenda.Shell, agenda.Person{Given: name, Family: `Eins; "x", Käse`, Email: strings.ToLower(name) + "@example.org"}, time.Time{}))
		must(o.TakeSeat(ctx, agenda.Shell, o.group.ID, p.ID, agenda.Date{}, false))
		o.people = append(o.people, p)
	}
	return o
}

func (o *office) asking(name string) agenda.Group {
	g := must(o.SaveGroup(ctx, agenda.Shell, agenda.Group{Name: name}))
	must(0, o.SetRules(ctx, agenda.Shell, g.ID, agenda.Rules{Answers: agenda.AnswerRules{On: true}}, time.Time{}))
	return must(o.Group(ctx, g.ID))
}

// sent is one mail as it went out.
type sent struct {
	letter.Letter
	raw []byte
	ics event
}

// deliver sends what is due. How an attempt ends is up to end, delivered if nil.
func (o *office) deliver(end func(agenda.Facts) agenda.Delivery) (out []sent) {
	o.t.Helper()
	for {
		ids := must(o.DueNotices(ctx, o.Now(), 10))
		for _, id := range ids {
			for must(o.Expand(ctx, id)) {
			}
		}
		facts := must(o.Claim(ctx, o.Now(), time.Minute, 100))
		if len(ids) == 0 && len(facts) == 0 {
			slices.SortStableFunc(out, func(a, b sent) int { return strings.Compare(a.ToEmail, b.ToEmail) })
			return out
		}
		for _, f := range facts {
			l, err := o.writer.Compose(f)
			if err != nil {
				must(0, o.Book(ctx, store.Ended(f.Message, agenda.MessageDropped, "")))
				continue
			}
			d := agenda.Delivery{}
			if end != nil {
				d = end(f)
			}
			must(0, o.Book(ctx, store.Settled(f.Message, f.Email, d).Carrying(f.Calling())))
			if d.Outcome == agenda.Delivered || d.Outcome == agenda.Ambiguous {
				s := sent{Letter: l, raw: must(Bytes(l, sender))}
				if l.Calendar != nil {
					s.ics = readEvent(o.t, l.Calendar)
				}
				out = append(out, s)
			}
		}
	}
}

func details(start string) agenda.MeetingDetails {
	s := must(agenda.ParseLocal(start))
	return agenda.MeetingDetails{Start: s, End: s.AddMinutes(120), Place: "Kreishaus"}
}

func (o *office) plan(start string) agenda.Meeting {
	return must(o.PlanMeeting(ctx, agenda.Shell, o.group.ID, details(start), agenda.MeetingFixed, agenda.Telling{Mail: true}))
}

func (o *office) change(m agenda.Meeting, f func(*agenda.MeetingDetails)) agenda.Meeting {
	d := m.MeetingDetails
	f(&d)
	out := must(o.ChangeMeeting(ctx, agenda.Shell, m.ID, d, time.Time{}, agenda.Telling{Mail: true}))
	o.wait(time.Hour)
	return out
}

func (o *office) turn(m agenda.Meeting, to agenda.MeetingState) agenda.Meeting {
	out := must(o.TurnMeeting(ctx, agenda.Shell, m.ID, to, time.Time{}, agenda.Telling{Mail: true}))
	o.wait(time.Hour)
	return out
}

// event is the one VEVENT of a calendar, its lines unfolded, by name.
type event struct {
	method string
	lines  map[string][]string // name with parameters and value, by name
}

func (e event) one(t testing.TB, name string) string {
	t.Helper()
	if len(e.lines[name]) != 1 {
		t.Fatalf("%s: %d lines, want one: %v", name, len(e.lines[name]), e.lines)
	}
	return e.lines[name][0]
}

func readEvent(t testing.TB, cal []byte) event {
	t.Helper()
	if bytes.Contains(bytes.ReplaceAll(cal, []byte("\r\n"), nil), []byte("\n")) {
		t.Errorf("a line ends without CR")
	}
	text := strings.ReplaceAll(string(cal), "\r\n ", "")
	if n := strings.Count(text, "BEGIN:VCALENDAR"); n != 1 {
		t.Errorf("%d calendars", n)
	}
	e := event{lines: map[string][]string{}}
	in := false
	for line := range strings.SplitSeq(text, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		name, _, _ = strings.Cut(name, ";")
		switch {
		case line == "BEGIN:VEVENT":
			in = true
		case line == "END:VEVENT":
			in = false
		case name == "METHOD":
			e.method = value
		case in:
			e.lines[name] = append(e.lines[name], line)
		}
	}
	return e
}

// invite plans a meeting and returns the mail to Anna.
func invited(t testing.TB, o *office) (agenda.Meeting, sent) {
	t.Helper()
	m := o.plan("2027-03-20T14:00")
	mails := o.deliver(nil)
	if len(mails) != 2 {
		t.Fatalf("%d mails, want two", len(mails))
	}
	return m, mails[0]
}

// kindsOf are the calendar messages that a use case sends, with what happens.
func eachCalling(t *testing.T, look func(t *testing.T, what, method string, s sent)) {
	o := openOffice(t, true)
	m, first := invited(t, o)
	look(t, "invitation", "REQUEST", first)
	o.wait(time.Hour)
	m = o.change(m, func(d *agenda.MeetingDetails) { d.Place = "Rathaus" })
	look(t, "change", "REQUEST", o.deliver(nil)[0])
	m = o.turn(m, agenda.MeetingCancelled)
	look(t, "cancellation", "CANCEL", o.deliver(nil)[0])
	o.turn(m, agenda.MeetingFixed)
	look(t, "restored", "REQUEST", o.deliver(nil)[0])
}

// TestM01 to M04: the tree of the mail, the method in both places, one date, and
// who invites whom, by Go's parsers and by those of Python.
func TestM01ToM04CalendarMessages(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import icalendar").Run(); err != nil {
		t.Fatal("python3-icalendar is missing: apt-get install python3-icalendar")
	}
	eachCalling(t, func(t *testing.T, what, method string, s sent) {
		t.Helper()
		head, p := parse(t, s.raw)
		m01(t, what, p)
		calendar := p.Parts[0].Parts[2]
		if p.Parts[1].Content != calendar.Content || calendar.Content != string(s.Calendar) {
			t.Errorf("%s: the attached file is another one", what)
		}
		if calendar.Params["method"] != method || !strings.EqualFold(calendar.Params["charset"], "utf-8") || s.ics.method != method {
			t.Errorf("%s: M02: method %q, charset %q, in the body %q; want %s", what, calendar.Params["method"], calendar.Params["charset"], s.ics.method, method)
		}
		m02(t, what, s.raw)
		for _, name := range []string{"UID", "ORGANIZER", "ATTENDEE", "SEQUENCE", "DTSTAMP", "DTSTART"} { // M03
			s.ics.one(t, name)
		}
		for _, name := range []string{"RRULE", "RECURRENCE-ID"} {
			if len(s.ics.lines[name]) != 0 {
				t.Errorf("%s: M03: has %s", what, name)
			}
		}
		from := must(mail.ParseAddress(head.Get("From")))
		if organizer := s.ics.one(t, "ORGANIZER"); !strings.Contains(organizer, `SENT-BY="mailto:`+from.Address+`"`) || !strings.Contains(organizer, ":mailto:antwort+r") || !strings.HasSuffix(organizer, "@widunetz.example") {
			t.Errorf("%s: M04: %s, from %s", what, organizer, from)
		}
		if attendee := s.ics.one(t, "ATTENDEE"); !strings.HasSuffix(attendee, ":mailto:anna@example.org") || bytes.Contains(s.raw, []byte("bert@")) {
			t.Errorf("%s: M04: %s", what, attendee)
		}
		cmd := exec.Command(python, "-I", filepath.Join("testdata", "invitation.py"))
		cmd.Env = []string{"PYTHONUTF8=1"}
		cmd.Stdin = bytes.NewReader(s.raw)
		got, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", what, err, got)
		}
		if d := cmp.Diff(pythonSees(t, s, method), string(got)); d != "" {
			t.Errorf("%s: wanted -, Python reads +\n%s", what, d)
		}
	})
}

func m01(t *testing.T, what string, p part) {
	t.Helper()
	var kinds []string
	for _, alternative := range p.Parts[0].Parts {
		kinds = append(kinds, alternative.Kind)
	}
	if p.Kind != "multipart/mixed" || p.Parts[0].Kind != "multipart/alternative" || !slices.Equal(kinds, []string{"text/plain", "text/html", "text/calendar"}) ||
		len(p.Parts) != 2 || p.Parts[1].Kind != "application/ics" || !strings.HasSuffix(p.Parts[1].File, ".ics") {
		t.Fatalf("%s: M01: tree %+v", what, p)
	}
}

// m02 looks at the bytes of the calendar part: lines of at most 76 characters.
func m02(t *testing.T, what string, raw []byte) {
	t.Helper()
	_, rest, _ := strings.Cut(string(raw), "Content-Type: text/calendar")
	_, body, _ := strings.Cut(rest, "\r\n\r\n")
	body, _, _ = strings.Cut(body, "\r\n--")
	for line := range strings.SplitSeq(body, "\r\n") {
		if len(line) > 76 {
			t.Errorf("%s: M02: a line of %d characters", what, len(line))
		}
	}
	if _, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(body, "\r\n", "")); err != nil {
		t.Errorf("%s: M02: %v", what, err)
	}
}

func pythonSees(t *testing.T, s sent, method string) string {
	file, status, asked := "einladung.ics", "CONFIRMED", "NEEDS-ACTION TRUE"
	if method == "CANCEL" {
		file, status, asked = "absage.ics", "CANCELLED", "None None"
	}
	organizer := s.ics.one(t, "ORGANIZER")
	_, address, _ := strings.Cut(organizer, ":mailto:antwort")
	value := func(name string) string { _, v, _ := strings.Cut(s.ics.one(t, name), ":"); return v }
	return "multipart/mixed \n  multipart/alternative \n    text/plain \n    text/html \n    text/calendar \n  application/ics " + file + "\n" +
		"type " + method + " utf-8 base64\nbody " + method + "\n" +
		"organizer mailto:antwort" + address + " mailto:termine@widunetz.example widunetz 'Herford'; Büro\n" +
		"attendee mailto:anna@example.org Anna Eins; 'x', Käse " + asked + "\n" +
		"event " + value("UID") + " " + value("SEQUENCE") + " " + status + " 2027-03-20T14:00:00+01:00\n"
}

// TestM05: a change of time or place raises SEQUENCE, one of the text does not;
// both have a new DTSTAMP and the same UID and organizer.
func TestM05UpdatesKeepTheirName(t *testing.T) {
	t.Parallel()
	o := openOffice(t, true)
	m, last := invited(t, o)
	for _, c := range []struct {
		what   string
		raises bool
		change func(*agenda.MeetingDetails)
	}{
		{"time", true, func(d *agenda.MeetingDetails) { d.Start, d.End = d.Start.AddDays(1), d.End.AddDays(1) }},
		{"text", false, func(d *agenda.MeetingDetails) { d.Note = "Bitte Bericht mitbringen" }},
		{"place", true, func(d *agenda.MeetingDetails) { d.Place = "Rathaus" }},
	} {
		m = o.change(m, c.change)
		next := o.deliver(nil)[0]
		a, b := last.ics, next.ics
		if b.method != "REQUEST" || a.one(t, "UID") != b.one(t, "UID") || a.one(t, "ORGANIZER") != b.one(t, "ORGANIZER") || a.one(t, "DTSTAMP") >= b.one(t, "DTSTAMP") {
			t.Errorf("%s: %v, then %v", c.what, a, b)
		}
		if raised := number(b) - number(a); raised != map[bool]int{true: 1, false: 0}[c.raises] {
			t.Errorf("%s: SEQUENCE rose by %d", c.what, raised)
		}
		last = next
	}
}

func number(e event) (n int) {
	fmt.Sscanf(strings.Join(e.lines["SEQUENCE"], ""), "SEQUENCE:%d", &n) //nolint:errcheck // 0 if there is none
	return n
}

// TestM06: a cancellation says so twice and is newer than the last REQUEST.
func TestM06Cancellation(t *testing.T) {
	t.Parallel()
	o := openOffice(t, true)
	m, first := invited(t, o)
	o.turn(m, agenda.MeetingCancelled)
	last := o.deliver(nil)[0]
	e := last.ics
	if e.method != "CANCEL" || e.one(t, "STATUS") != "STATUS:CANCELLED" || number(e) <= number(first.ics) || e.one(t, "UID") != first.ics.one(t, "UID") ||
		e.one(t, "ORGANIZER") != first.ics.one(t, "ORGANIZER") || !strings.Contains(e.one(t, "ATTENDEE"), "anna@example.org") || !strings.Contains(e.one(t, "SUMMARY"), "ABGESAGT") {
		t.Errorf("%v after %v", e, first.ics)
	}
}

// TestM07: whoever got the REQUEST gets the CANCEL, also without reminders and
// without a seat since; nobody else does.
func TestM07WhoIsToldThatItIsTakenBack(t *testing.T) {
	t.Parallel()
	o := openOffice(t, true)
	anna, bert := o.people[0], o.people[1]
	m := o.plan("2027-03-20T14:00")
	o.deliver(func(f agenda.Facts) agenda.Delivery {
		if f.Email == bert.Email {
			return agenda.Delivery{Outcome: agenda.RefusedForHim, Text: "550"}
		}
		return agenda.Delivery{}
	})
	anna = anna.Mute(agenda.KindInvitation).Mute(agenda.KindReminder)
	must(o.SavePerson(ctx, agenda.Shell, anna, time.Time{}))
	seats := must(o.Seats(ctx, o.group.ID))
	for _, s := range seats {
		if s.Holds(anna.ID) {
			must(o.PassSeat(ctx, agenda.Shell, o.group.ID, s.ID, "", must(agenda.ParseDate("2027-03-02"))))
		}
	}
	o.turn(m, agenda.MeetingCancelled)
	got := map[string]string{}
	for _, s := range o.deliver(nil) {
		if s.Kind == agenda.KindCancellation {
			got[s.ToEmail] = s.Method
		}
	}
	if d := cmp.Diff(map[string]string{anna.Email: "CANCEL", bert.Email: "PUBLISH"}, got); d != "" {
		t.Errorf("want -, got +\n%s", d)
	}
}

// TestM08: an invitation that was held up comes after an update as what the
// update said, never as what was before; also when the process was killed between.
func TestM08UpdateIsNeverOvertaken(t *testing.T) {
	t.Parallel()
	o := openOffice(t, true)
	m := o.plan("2027-03-20T14:00")
	o.deliver(func(agenda.Facts) agenda.Delivery { return agenda.Delivery{Outcome: agenda.TryAgain, Text: "450"} })
	moved := o.change(m, func(d *agenda.MeetingDetails) { d.Start, d.End = d.Start.AddDays(1), d.End.AddDays(1) })
	must(o.Claim(ctx, o.Now(), time.Hour, 1)) // the process is killed before it sends
	o.Store = must(store.New(ctx, kvtest.Twice(o.db), store.Config{
		Now: func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now }, Replies: true, Clock: o.Clock(),
	}))
	var seen []int
	for range 3 {
		for _, s := range o.deliver(nil) {
			if s.ToEmail == o.people[0].Email {
				seen = append(seen, number(s.ics))
			}
		}
		o.wait(time.Hour)
	}
	if !slices.Equal(seen, []int{moved.Sequence, moved.Sequence}) {
		t.Errorf("Anna got SEQUENCE %v, want invitation and change with %d", seen, moved.Sequence)
	}
}

// TestM09: a reminder carries no calendar.
func TestM09ReminderHasNoCalendar(t *testing.T) {
	t.Parallel()
	o := openOffice(t, true)
	invited(t, o)
	o.wait(17*24*time.Hour + time.Hour)
	mails := slices.DeleteFunc(o.deliver(nil), func(s sent) bool { return s.Kind != agenda.KindReminder })
	if len(mails) != 2 {
		t.Fatalf("%d reminders", len(mails))
	}
	if bytes.Contains(mails[0].raw, []byte("text/calendar")) || bytes.Contains(mails[0].raw, []byte(".ics")) {
		t.Errorf("a reminder with a calendar:\n%s", mails[0].raw)
	}
}

// Where answers are not read, or nobody wants them, nobody is asked: people press
// Yes and believe it.
func TestNobodyIsAskedWhereAnswersAreNotRead(t *testing.T) {
	t.Parallel()
	publishes := func(t *testing.T, o *office, what string, starts ...string) {
		t.Helper()
		var ids []agenda.MeetingID
		for _, s := range starts {
			ids = append(ids, must(o.PlanMeeting(ctx, agenda.Shell, o.group.ID, details(s), agenda.MeetingFixed, agenda.Telling{})).ID)
		}
		must(o.Invite(ctx, agenda.Shell, o.group.ID, ids, ""))
		mails := o.deliver(nil)
		o.turn(must(o.Meeting(ctx, ids[0])), agenda.MeetingCancelled)
		mails = append(mails, o.deliver(nil)...)
		if len(mails) != 4 {
			t.Fatalf("%s: %d mails", what, len(mails))
		}
		for _, s := range mails {
			_, p := parse(t, s.raw)
			if s.Method != "PUBLISH" || len(p.Parts[0].Parts) != 2 || p.Parts[1].Params["method"] != "PUBLISH" || bytes.Contains(s.Calendar, []byte("ATTENDEE")) ||
				!bytes.Contains(s.Calendar, []byte("ORGANIZER:mailto:buero@widunetz.example")) {
				t.Errorf("%s, %s: %s", what, s.Kind, s.Calendar)
			}
		}
	}
	publishes(t, openOffice(t, false), "no mailbox", "2027-03-20T14:00")
	publishes(t, openOffice(t, true), "two dates", "2027-03-20T14:00", "2027-04-20T14:00")
	o := openOffice(t, true)
	must(0, o.SetRules(ctx, agenda.Shell, o.group.ID, agenda.Rules{}, time.Time{}))
	publishes(t, o, "the group does not ask", "2027-03-20T14:00")
}

// Whoever has the date by calendar message is kept up to date when the group
// asks no more.
func TestWhoWasAskedIsKeptUpToDate(t *testing.T) {
	t.Parallel()
	o := openOffice(t, true)
	m, _ := invited(t, o)
	must(0, o.SetRules(ctx, agenda.Shell, o.group.ID, agenda.Rules{}, time.Time{}))
	m = o.change(m, func(d *agenda.MeetingDetails) { d.Place = "Rathaus" })
	if s := o.deliver(nil)[0]; s.Method != "REQUEST" {
		t.Errorf("change: %s", s.Method)
	}
	o.turn(m, agenda.MeetingCancelled)
	if s := o.deliver(nil)[0]; s.Method != "CANCEL" {
		t.Errorf("cancellation: %s", s.Method)
	}
}
