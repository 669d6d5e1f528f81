package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
	"widunetz/internal/kv"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
	"widunetz/internal/sheet"
	"widunetz/internal/store"
)

var ctx = context.Background()

const (
	base  = "https://termine.example.org"
	early = "2027-06-01T09:00" // when the network's data were entered
	today = "2027-08-30T09:00" // when tests begin

	vera               = "vera.koordination@widunetz.example"                   // coordinator
	kim                = "kim.koordination@widunetz.example"                    // coordinator, too
	birgit             = "birgit.boeker@awo-fachdienste-fuer-migration.example" // chairs the migration group
	amina              = "amina.ahrens@caritasverband-fuer-die-stadt.example"   // in all groups
	cem                = "cem.celik@stadt-enger.example"                        // in the project group only
	project, migration = agenda.GroupID("projektgruppe"), agenda.GroupID("arbeitskreis-migrationsfachdienste")
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var berlin = sync.OnceValue(func() *time.Location { return must(time.LoadLocation("Europe/Berlin")) })

var catalog = sync.OnceValue(func() *lang.Catalog { return must(lang.Load(lang.All()...)) })

// clock is a clock that only the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) set(s string) {
	at := must(agenda.ParseLocal(s)).In(berlin())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

func (c *clock) wait(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// journal is a log that tests read.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) { j.mu.Lock(); defer j.mu.Unlock(); return j.b.Write(p) }

func (j *journal) String() string { j.mu.Lock(); defer j.mu.Unlock(); return j.b.String() }

// network is a running service with the people and the programme of testdata.
type network struct {
	*store.Store
	*clock
	t       testing.TB
	db      *bolt.DB
	path    string
	handler http.Handler
	writer  *letter.Writer
	log     *journal
	refuse  string // address whose mails the mail server refuses
}

func storeConfig(c *clock) store.Config {
	return store.Config{
		Now: c.read, Office: "buero@widunetz.example",
		Clock: agenda.Clock{
			Loc: berlin(), Hour: 8, Quiet: 10 * time.Minute, MeetingLeads: []int{14, 2}, EventLeads: []int{7, 1}, WorkingDayBefore: almanac.WorkingDayBefore,
		},
	}
}

// storeFile is the store file of the network, made once through imports and use
// cases; every test works on a copy.
var storeFile = sync.OnceValue(func() []byte {
	dir := must(os.MkdirTemp("", "widunetz"))
	defer os.RemoveAll(dir)
	path, c := filepath.Join(dir, "template.db"), &clock{}
	c.set(early)
	db := must(bolt.Open(path, bolt.Options{Create: true}))
	fillStore(must(store.New(ctx, db, storeConfig(c))))
	if err := db.Close(); err != nil {
		panic(err)
	}
	return must(os.ReadFile(path))
})

func fillStore(s *store.Store) {
	people, _, err := sheet.People(must(sheet.Read(must(os.ReadFile("testdata/mitglieder.csv")))))
	must(s.ImportPeople(ctx, agenda.Shell, must(people, err), false))
	events, _, err := sheet.Events(must(sheet.Read(must(os.ReadFile("testdata/programm-2027.csv")))))
	must(s.ImportEvents(ctx, agenda.Shell, must(events, err), false))
	must(s.SavePerson(ctx, agenda.Shell, agenda.Person{Given: "Vera", Family: "Wolf", Email: vera, Coordinator: true}, time.Time{}))
	must(s.SavePerson(ctx, agenda.Shell, agenda.Person{Given: "Kim", Family: "Zander", Email: kim, Coordinator: true}, time.Time{}))
	chair := must(s.PersonByEmail(ctx, birgit))
	for _, seat := range must(s.Seats(ctx, migration)) {
		if seat.Holds(chair.ID) {
			must(0, s.SetChair(ctx, agenda.Shell, migration, seat.ID, true))
		}
	}
	must(s.PlanMeetings(ctx, agenda.Shell, project, dates("2027-09-08T09:00", "2027-11-10T09:00"), agenda.MeetingFixed))
	must(s.PlanMeetings(ctx, agenda.Shell, migration, dates("2027-09-22T10:00", "2027-11-03T10:00"), agenda.MeetingFixed))
	must(s.PlanMeetings(ctx, agenda.Shell, migration, dates("2027-12-15T10:00"), agenda.MeetingDraft))
	must(s.PlanMeetings(ctx, agenda.Shell, project, dates("2028-01-12T09:00"), agenda.MeetingPlanned))
	ed := must(s.Edition(ctx, 2027))
	ed.Open, ed.Motto = true, "Offen geht"
	must(s.SaveEdition(ctx, agenda.Shell, ed))
	must(s.AddEvent(ctx, agenda.Shell, 0, eventDetails("Nähkurs am Mittwoch", "2027-10-20T18:00"), agenda.Published, ""))
	must(s.SubmitEvent(ctx, 2027, eventDetails("Lesung im Garten", "2027-09-14T18:00"), agenda.German, "", true))
}

func dates(starts ...string) []agenda.MeetingDetails {
	var out []agenda.MeetingDetails
	for _, s := range starts {
		start := must(agenda.ParseLocal(s))
		out = append(out, agenda.MeetingDetails{Start: start, End: start.AddMinutes(120), Place: "Kreishaus"})
	}
	return out
}

func eventDetails(title, start string) agenda.EventDetails {
	at := must(agenda.ParseLocal(start))
	return agenda.EventDetails{
		Title: title, Summary: "Für alle.", Category: "kurs", Start: at, End: at.AddMinutes(90), Venue: agenda.Venue{Name: "Haus unter den Linden", Town: "Herford"},
		Organiser: "Stadt Herford", Audiences: []string{"alle"}, Languages: []string{"de"}, Free: true, Contact: "05221 1234",
		Internal: agenda.Contact{Name: "Olga Organ", Email: "olga@verein.example", Phone: "05221 999888"},
	}
}

// open starts the service on a copy of the network's store.
func open(t testing.TB, change ...func(*Options)) *network {
	t.Helper()
	n := &network{t: t, clock: &clock{}, path: filepath.Join(t.TempDir(), "widunetz.db"), log: &journal{}}
	n.set(today)
	if err := os.WriteFile(n.path, storeFile(), 0o600); err != nil {
		t.Fatal(err)
	}
	n.start(must(bolt.Open(n.path, bolt.Options{})), change...)
	t.Cleanup(func() {
		if err := n.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// start runs the service on db.
func (n *network) start(db *bolt.DB, change ...func(*Options)) {
	n.db, n.Store = db, must(store.New(ctx, db, storeConfig(n.clock)))
	o := Options{
		Config: Config{PDFBrowser: "/nirgends"}, // what is installed on the machine must make no difference
		Site:   Site{Name: "widunetz", BaseURL: base, Office: "buero@widunetz.example"}, Store: n.Store, Catalog: catalog(),
		Log: slog.New(slog.NewTextHandler(n.log, nil)), Version: "test",
	}
	for _, c := range change {
		c(&o)
	}
	n.handler = must(New(o))
	n.writer = must(letter.NewWriter(catalog(), letter.Site{Name: "widunetz", BaseURL: base, Office: "buero@widunetz.example"}, berlin()))
}

// deliver does what is due and returns the letters that went out.
func (n *network) deliver() []letter.Letter {
	n.t.Helper()
	var out []letter.Letter
	for {
		ids := must(n.DueNotices(ctx, n.Now(), 10))
		for _, id := range ids {
			for must(n.Expand(ctx, id)) {
			}
		}
		facts := must(n.Claim(ctx, n.Now(), time.Minute, 100))
		if len(ids) == 0 && len(facts) == 0 {
			return out
		}
		for _, f := range facts {
			out = append(out, n.send(f)...)
		}
	}
}

func (n *network) send(f agenda.Facts) []letter.Letter {
	l, err := n.writer.Compose(f)
	if errors.Is(err, letter.ErrNothing) {
		must(0, n.Book(ctx, store.Ended(f.Message, agenda.MessageDropped, "")))
		return nil
	}
	must(0, err)
	d := agenda.Delivery{}
	if l.ToEmail == n.refuse {
		d = agenda.Delivery{Outcome: agenda.RefusedForHim, Code: 550, Text: "550 5.1.1 no such user"}
	}
	must(0, n.Book(ctx, store.Settled(f.Message, f.Email, d)))
	if l.ToEmail == n.refuse {
		return nil
	}
	return []letter.Letter{l}
}

// to keeps the letters of one kind to one address.
func to(letters []letter.Letter, kind agenda.Kind, address string) []letter.Letter {
	var out []letter.Letter
	for _, l := range letters {
		if l.Kind == kind && (address == "" || l.ToEmail == address) {
			out = append(out, l)
		}
	}
	return out
}

// link returns the path of the first link of a letter that begins with prefix,
// behind the language.
func link(t testing.TB, l letter.Letter, prefix string) string {
	t.Helper()
	m := regexp.MustCompile(regexp.QuoteMeta(base) + `((?:/[a-z]{2})?` + prefix + `\S*)`).FindStringSubmatch(l.Text)
	if m == nil {
		t.Fatalf("no link to %s in the mail:\n%s", prefix, l.Text)
	}
	return m[1]
}

var sixDigits = regexp.MustCompile(`(?m)^ +(\d{6})$`)

func code(t testing.TB, l letter.Letter) string {
	t.Helper()
	m := sixDigits.FindStringSubmatch(l.Text)
	if m == nil {
		t.Fatalf("no code in the mail:\n%s", l.Text)
	}
	return m[1]
}

// only returns the one letter of a list.
func only(t testing.TB, letters []letter.Letter) letter.Letter {
	t.Helper()
	if len(letters) != 1 {
		t.Fatalf("%d letters, want 1: %v", len(letters), letters)
	}
	return letters[0]
}

// records returns everything that the store holds but for those kinds.
func (n *network) records(without ...string) map[string]string {
	n.t.Helper()
	out := map[string]string{}
	must(0, n.db.View(ctx, func(tx kv.Tx) error {
		for p, err := range tx.Scan("", "") {
			if err != nil {
				return err
			}
			kind, _, _ := strings.Cut(p.Key, "\x00")
			if !slices.Contains(without, kind) {
				out[p.Key] = string(p.Value)
			}
		}
		return nil
	}))
	return out
}

func (n *network) person(email string) agenda.Person {
	n.t.Helper()
	return must(n.PersonByEmail(ctx, email))
}

// meetings returns the meetings of a group, by start.
func (n *network) meetings(g agenda.GroupID) []agenda.Meeting {
	n.t.Helper()
	return must(n.Meetings(ctx, g, must(agenda.ParseDate("2027-01-01")), must(agenda.ParseDate("2028-12-31"))))
}

// event returns the event whose title begins with the words.
func (n *network) event(title string) agenda.Event {
	n.t.Helper()
	for _, e := range must(n.Events(ctx, 0)) {
		if strings.HasPrefix(e.Title, title) {
			return e
		}
	}
	n.t.Fatalf("no event %q", title)
	return agenda.Event{}
}

// run runs a part of a test. Browsers that are opened in it fail that part.
func (n *network) run(name string, fn func(t *testing.T)) {
	whole, _ := n.t.(*testing.T)
	whole.Run(name, func(t *testing.T) {
		n.t = t
		defer func() { n.t = whole }()
		fn(t)
	})
}
