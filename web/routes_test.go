package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// The visitors of the table, in the order of its columns.
const (
	nobody = iota
	outsider
	insider
	leader
	office
)

// access says what each visitor gets at an address: nobody who is logged in, a
// member of another group, a member of the group, its chair, a coordinator.
type access struct {
	path   string
	status [5]int
}

// everyone gets the same status.
func everyone(path string, status int) access {
	return access{path, [5]int{status, status, status, status, status}}
}

func members(path string) access { return access{path, [5]int{303, 200, 200, 200, 200}} }

func insiders(path string) access { return access{path, [5]int{303, 404, 200, 200, 200}} }

func chairs(path string) access { return access{path, [5]int{303, 403, 403, 200, 200}} }

func offices(path string) access { return access{path, [5]int{303, 403, 403, 403, 200}} }

// takes are posts with an empty form: who may post gets the status, which says
// what is missing in the form or that it was taken.
func takes(path string, from, status int) access {
	a := access{path: path}
	for i := range a.status {
		if a.status[i] = http.StatusForbidden; i >= from {
			a.status[i] = status
		}
	}
	return a
}

// accessTable is who may do what, route by route.
func accessTable(n *network) map[string]access {
	meeting := string(n.meetings(migration)[0].ID)
	event, submitted := n.event("Kochen"), n.event("Lesung im Garten")
	person := string(n.person("dilan.doerksen@bildungscentrum-herford.example").ID)
	institution := string(n.person("dilan.doerksen@bildungscentrum-herford.example").Institution)
	message := string(must2(n.Messages(ctx, store.OutboxFilter{}, 1))[0].ID)
	submission := "/einreichung/" + n.SubmissionToken(submitted)
	const desk = "/koordination"
	t := map[string]access{
		"GET /": everyone("/", 200), "GET /programm": everyone("/programm", 302), "GET /programm/:year": everyone("/programm/2027", 200),
		"GET /programm/:year/:slug":                   everyone("/programm/2027/"+event.Slug, 200),
		"GET /programm/:year/einbetten":               everyone("/programm/2027/einbetten", 200),
		"GET /programm/:year/presse":                  everyone("/programm/2027/presse", 200),
		"GET /programm/:year/heft":                    everyone("/programm/2027/heft", 200),
		"GET /programm/:year/heft.pdf":                everyone("/programm/2027/heft.pdf", 404), // no browser is installed
		"GET /programm/:year/plakat":                  everyone("/programm/2027/plakat", 200),
		"GET /programm/:year/plakat.pdf":              everyone("/programm/2027/plakat.pdf", 404),
		"GET /programm/:year/aenderungen":             everyone("/programm/2027/aenderungen", 200),
		"POST /programm/:year/:slug":                  everyone("/programm/2027/einreichen", 422),
		"GET /programm/:year/:slug/pruefen":           everyone("/programm/2027/einreichen/pruefen?start=2027-09-16&start_clock=10:00&end=12:00", 200),
		"POST /programm/:year/:slug/erinnern":         everyone("/programm/2027/"+event.Slug+"/erinnern", 422),
		"GET /programm/:year/:slug/anmelden":          everyone("/programm/2027/"+event.Slug+"/anmelden", 200),
		"POST /programm/:year/:slug/anmelden":         everyone("/programm/2027/"+event.Slug+"/anmelden", 422),
		"GET /programm/:year/:slug/zettel":            everyone("/programm/2027/"+event.Slug+"/zettel", 200),
		"GET /anmeldung/:token":                       everyone("/anmeldung/x.y", 404),
		"POST /anmeldung/:token":                      everyone("/anmeldung/x.y", 404),
		"GET /liste/:token":                           everyone("/liste/x.y", 404),
		"POST /liste/:token":                          everyone("/liste/x.y", 404),
		"GET /liste/:token/bescheinigung/:who":        everyone("/liste/x.y/bescheinigung/z", 404),
		"GET /liste/:token/anmeldungen.xlsx":          everyone("/liste/x.y/anmeldungen.xlsx", 404),
		"POST /einreichung/:token/liste":              everyone(submission+"/liste", 404),
		"GET /vormerkung/:token":                      everyone("/vormerkung/x.y", 404),
		"POST /vormerkung/:token":                     everyone("/vormerkung/x.y", 404),
		"GET /benachrichtigen":                        everyone("/benachrichtigen", 200),
		"POST /benachrichtigen":                       everyone("/benachrichtigen", 422),
		"GET /benachrichtigung/:token":                everyone("/benachrichtigung/x.y", 404),
		"POST /benachrichtigung/:token":               everyone("/benachrichtigung/x.y", 404),
		"GET /abmelden/:token":                        everyone("/abmelden/x.y", 404),
		"POST /abmelden/:token":                       everyone("/abmelden/x.y", 404),
		"GET /einreichung/:token":                     everyone(submission, 200),
		"POST /einreichung/:token":                    everyone(submission, 422),
		"GET /einreichung/:token/schritt/:step":       everyone(submission+"/schritt/text", 303), // was handed in
		"POST /einreichung/:token/schritt/:step":      everyone(submission+"/schritt/text", 409),
		"GET /einreichung/:token/bild":                everyone(submission+"/bild", 200),
		"POST /einreichung/:token/bild":               everyone(submission+"/bild", 422),
		"GET /einreichung/:token/bild/:hash":          everyone(submission+"/bild/x", 404),
		"GET /bilder/:hash":                           everyone("/bilder/x", 404),
		"GET /aufruf/:token":                          everyone("/aufruf/x.y", 404),
		"POST /aufruf/:token":                         everyone("/aufruf/x.y", 404),
		"GET /impressum":                              everyone("/impressum", 200),
		"GET /datenschutz":                            everyone("/datenschutz", 200),
		"GET /barrierefreiheit":                       everyone("/barrierefreiheit", 200),
		"GET /static/*file":                           everyone("/static/x", 404),
		"GET /robots.txt":                             everyone("/robots.txt", 200),
		"GET /healthz":                                everyone("/healthz", 200),
		"GET /readyz":                                 everyone("/readyz", 200),
		"GET /einloggen":                              {"/einloggen", [5]int{200, 303, 303, 303, 303}},
		"POST /einloggen":                             everyone("/einloggen", 422),
		"GET /einloggen/:token":                       everyone("/einloggen/x.y", 410),
		"POST /einloggen/:token":                      everyone("/einloggen/x.y", 410),
		"GET /konto":                                  members("/konto"),
		"POST /konto":                                 takes("/konto", outsider, 303),
		"POST /konto/kalender":                        takes("/konto/kalender", outsider, 303),
		"GET /so-gehts":                               members("/so-gehts"),
		"GET /gremien":                                members("/gremien"),
		"GET /gremien/:group":                         insiders("/gremien/" + string(migration)),
		"GET /gremien/jahr/:year":                     members("/gremien/jahr/2027"),
		"GET /gremien/:group/:year":                   insiders("/gremien/" + string(migration) + "/2027"),
		"GET /sitzungen/:meeting":                     insiders("/sitzungen/" + meeting),
		"GET /koordination":                           offices(desk),
		"GET /koordination/ausgang":                   offices(desk + "/ausgang"),
		"GET /koordination/ausgang/:message":          offices(desk + "/ausgang/" + message),
		"POST /koordination/ausgang/:message":         takes(desk+"/ausgang/"+message, office, 409),
		"GET /koordination/verlauf":                   offices(desk + "/verlauf"),
		"GET /koordination/postfach":                  offices(desk + "/postfach"),
		"POST /koordination/postfach":                 takes(desk+"/postfach", office, 404),
		"GET /koordination/personen":                  offices(desk + "/personen"),
		"GET /koordination/personen/neu":              offices(desk + "/personen/neu"),
		"POST /koordination/personen/neu":             takes(desk+"/personen/neu", office, 422),
		"GET /koordination/personen/:person":          offices(desk + "/personen/" + person),
		"POST /koordination/personen/:person":         takes(desk+"/personen/"+person, office, 422),
		"POST /koordination/personen/:person/adresse": takes(desk+"/personen/"+person+"/adresse", office, 303),
		"GET /koordination/institutionen":             offices(desk + "/institutionen"),
		"POST /koordination/institutionen":            takes(desk+"/institutionen", office, 422),
		"GET /koordination/import":                    offices(desk + "/import"),
		"POST /koordination/import":                   takes(desk+"/import", office, 422),
		"GET /koordination/export/:file":              offices(desk + "/export/personen.csv"),
		"GET /koordination/gremien/neu":               offices(desk + "/gremien/neu"),
		"POST /koordination/gremien/neu":              takes(desk+"/gremien/neu", office, 422),
		"GET /koordination/veranstaltungen":           offices(desk + "/veranstaltungen"),
		"GET /koordination/ausgaben/:year":            offices(desk + "/ausgaben/2027"),
		"POST /koordination/ausgaben/:year":           takes(desk+"/ausgaben/2027", office, 422),
		"GET /demo/mail":                              everyone("/demo/mail", 200),
		"GET /demo/mail/:mail":                        everyone("/demo/mail/x", 404),
		"GET /demo/mail/:mail/html":                   everyone("/demo/mail/x/html", 404),
		"GET /demo/mail/:mail/raw":                    everyone("/demo/mail/x/raw", 404),
		"POST /demo/clock":                            everyone("/demo/clock", 303),
		"POST /ausloggen":                             everyone("/ausloggen", 303), // comes last
		"GET /koordination/veranstaltungen/neu":       offices(desk + "/veranstaltungen/neu"),
	}
	t["POST /koordination/personen/:person/loeschen"] = takes(desk+"/personen/"+person+"/loeschen", office, 303)
	t["GET /koordination/personen/:person/loeschen"] = offices(desk + "/personen/" + person + "/loeschen")
	t["GET /koordination/zahlen/:year"] = offices(desk + "/zahlen/2027")
	t["GET /verzeichnis"], t["GET /verzeichnis.vcf"] = members("/verzeichnis"), members("/verzeichnis.vcf")
	t["GET /verzeichnis/:card"] = access{"/verzeichnis/" + person + ".vcf", [5]int{303, 404, 404, 404, 404}} // she is not listed
	t["POST /konto/verzeichnis"] = access{"/konto/verzeichnis", [5]int{403, 303, 303, 303, 303}}
	t["POST /koordination/personen/:person/verzeichnis"] = takes(desk+"/personen/"+person+"/verzeichnis", office, 303)
	t["GET /koordination/institutionen/:institution"], t["POST /koordination/institutionen/:institution"] = offices(desk+"/institutionen/"+institution), takes(desk+"/institutionen/"+institution, office, 422)
	t["POST /koordination/institutionen/vereinen"] = takes(desk+"/institutionen/vereinen", office, 422)
	group := desk + "/gremien/" + string(migration)
	const groups = "/koordination/gremien/:group"
	t["GET "+groups], t["POST "+groups] = offices(group), takes(group, office, 422)
	t["GET "+groups+"/sitze"], t["POST "+groups+"/sitze"] = offices(group+"/sitze"), takes(group+"/sitze", office, 303)
	t["POST "+groups+"/kalender"] = takes(group+"/kalender", office, 303)
	t["GET "+groups+"/regeln"], t["POST "+groups+"/regeln"] = chairs(group+"/regeln"), takes(group+"/regeln", leader, 303)
	t["GET "+groups+"/termine"], t["POST "+groups+"/termine"] = chairs(group+"/termine"), takes(group+"/termine", leader, 422)
	t["GET /feste"] = everyone("/feste", 200)
	t["GET /koordination/feste"], t["POST /koordination/feste"] = offices(desk+"/feste"), takes(desk+"/feste", office, 422)
	t["POST /koordination/feste/entfernen"] = takes(desk+"/feste/entfernen", office, 404)
	t["GET "+groups+"/gastgeber"], t["POST "+groups+"/gastgeber"] = chairs(group+"/gastgeber"), takes(group+"/gastgeber", leader, 303)
	t["GET "+groups+"/jahresplanung"], t["POST "+groups+"/jahresplanung"] = chairs(group+"/jahresplanung"), takes(group+"/jahresplanung", leader, 422)
	t["GET "+groups+"/einladen"], t["POST "+groups+"/einladen"] = chairs(group+"/einladen"), takes(group+"/einladen", leader, 303)
	at := desk + "/sitzungen/" + meeting
	const meetings = "/koordination/sitzungen/:meeting"
	t["GET "+meetings], t["POST "+meetings] = chairs(at), takes(at, leader, 422)
	t["POST "+meetings+"/stand"], t["GET "+meetings+"/aushang"] = takes(at+"/stand", leader, 409), chairs(at+"/aushang")
	t["POST "+meetings+"/vorbereitung"] = takes(at+"/vorbereitung", leader, 303)
	t["GET "+meetings+"/telefon"] = offices(at + "/telefon")
	ev := desk + "/veranstaltungen/" + string(event.ID)
	const events = "/koordination/veranstaltungen/:event"
	t["GET "+events], t["POST "+events] = offices(ev), takes(ev, office, 422)
	t["POST /koordination/veranstaltungen/neu"] = takes(desk+"/veranstaltungen/neu", office, 422)
	t["POST "+events+"/entscheiden"], t["POST "+events+"/stand"] = takes(ev+"/entscheiden", office, 409), takes(ev+"/stand", office, 422)
	t["POST "+events+"/nachfragen"] = takes(ev+"/nachfragen", office, 409) // an imported event names no address
	t["GET /koordination/textbausteine"], t["POST /koordination/textbausteine"] = offices(desk+"/textbausteine"), takes(desk+"/textbausteine", office, 422)
	t["POST "+events+"/termin"] = takes(ev+"/termin", office, 404)
	t["POST "+events+"/vorschlag"] = takes(ev+"/vorschlag", office, 409)
	const editions = "/koordination/ausgaben/:year"
	edition := desk + "/ausgaben/2027"
	t["GET "+editions+"/abdeckung"] = offices(edition + "/abdeckung")
	t["POST "+editions+"/druckstand"], t["POST "+editions+"/korrekturabzug"] = takes(edition+"/druckstand", office, 303), takes(edition+"/korrekturabzug", office, 303)
	t["POST "+editions+"/freigeben"], t["POST "+editions+"/nachfragen"] = takes(edition+"/freigeben", office, 303), takes(edition+"/nachfragen", office, 303)
	t["POST "+events+"/link"] = takes(ev+"/link", office, 303)
	t["POST "+events+"/liste"] = takes(ev+"/liste", office, 404) // nobody signs up for it here
	t["POST /einreichung/:token/bild/loeschen"] = everyone(submission+"/bild/loeschen", 303)
	t["GET "+events+"/bild"], t["POST "+events+"/bild"] = offices(ev+"/bild"), takes(ev+"/bild", office, 422)
	t["GET "+events+"/bild/:hash"], t["POST "+events+"/bild/loeschen"] = access{ev + "/bild/x", [5]int{303, 403, 403, 403, 404}}, takes(ev+"/bild/loeschen", office, 303)
	t["GET "+events+"/uebersetzung/:lang"], t["POST "+events+"/uebersetzung/:lang"] = offices(ev+"/uebersetzung/en"), takes(ev+"/uebersetzung/en", office, 303)
	t["GET /einreichung/:token/uebersetzung/:lang"] = everyone(submission+"/uebersetzung/en", 200)
	t["POST /einreichung/:token/uebersetzung/:lang"] = everyone(submission+"/uebersetzung/en", 303)
	t["POST "+events+"/besuche"] = takes(ev+"/besuche", office, 409) // it is still to come
	t["GET /einreichung/:token/rueckmeldung"] = everyone("/einreichung/"+n.FeedbackToken(event)+"/rueckmeldung", 409)
	t["POST /einreichung/:token/rueckmeldung"] = everyone("/einreichung/"+n.FeedbackToken(event)+"/rueckmeldung", 409)
	t["GET "+editions+"/aufruf"], t["POST "+editions+"/aufruf"] = offices(edition+"/aufruf"), takes(edition+"/aufruf", office, 422)
	t["GET /einreichung/:token/mitwirkende"], t["POST /einreichung/:token/mitwirkende"] = everyone(submission+"/mitwirkende", 200), everyone(submission+"/mitwirkende", 422)
	t["GET /einreichung/:token/aufgaben"], t["POST /einreichung/:token/aufgaben"] = everyone(submission+"/aufgaben", 200), everyone(submission+"/aufgaben", 422)
	t["GET /einreichung/:token/aufgaben/:task"], t["POST /einreichung/:token/aufgaben/:task"] = everyone(submission+"/aufgaben/x", 404), everyone(submission+"/aufgaben/x", 404)
	t["GET "+events+"/mitwirkende"], t["POST "+events+"/mitwirkende"] = offices(ev+"/mitwirkende"), takes(ev+"/mitwirkende", office, 422)
	t["GET "+events+"/aufgaben"], t["POST "+events+"/aufgaben"] = offices(ev+"/aufgaben"), takes(ev+"/aufgaben", office, 422)
	t["GET "+events+"/aufgaben/:task"], t["POST "+events+"/aufgaben/:task"] = access{ev + "/aufgaben/x", [5]int{303, 403, 403, 403, 404}}, takes(ev+"/aufgaben/x", office, 404)
	t["GET "+events+"/vereinen"], t["POST "+events+"/vereinen"] = offices(ev+"/vereinen"), takes(ev+"/vereinen", office, 422)
	t["GET "+editions+"/bericht"] = offices(edition + "/bericht")
	maps.Copy(t, minutesAccess(n))
	maps.Copy(t, pollAccess(n, group))
	maps.Copy(t, deadlineAccess(n, group))
	maps.Copy(t, topicAccess(n, group, at))
	maps.Copy(t, answerAccess(n, at))
	return t
}

// deadlineAccess is who may do what about a deadline of the group.
func deadlineAccess(n *network, group string) map[string]access {
	details := agenda.DeadlineDetails{Title: "Zahlen melden", Day: must(agenda.ParseDate("2027-10-15"))}
	d := must(n.SetDeadline(ctx, agenda.Shell, migration, details, ""))
	at, link, page := "/koordination/fristen/"+string(d.ID), "/frist/"+n.DeadlineToken(d.ID, n.person(amina).ID), "/gremien/"+string(migration)+"/fristen/"+string(d.ID)
	return map[string]access{
		"GET /frist/:token": everyone(link, 200), "POST /frist/:token": everyone(link, 303),
		"GET /gremien/:group/fristen/:deadline":  {page, [5]int{303, 404, 200, 200, 200}},
		"POST /gremien/:group/fristen/:deadline": {page, [5]int{403, 404, 303, 303, 403}}, // a coordinator speaks for nobody
		"GET /koordination/gremien/:group/frist": chairs(group + "/frist"), "POST /koordination/gremien/:group/frist": takes(group+"/frist", leader, 422),
		"GET /koordination/fristen/:deadline": chairs(at), "POST /koordination/fristen/:deadline": takes(at, leader, 422),
		"POST /koordination/fristen/:deadline/stand": takes(at+"/stand", leader, 400),
	}
}

// minutesAccess is who may do what about the minutes of a meeting, as a draft.
func minutesAccess(n *network) map[string]access {
	m := n.meetings(migration)[0]
	must(0, n.SetRules(ctx, agenda.Shell, migration, agenda.Rules{Minutes: agenda.MinuteRules{On: true, Within: 14, Objection: 14}}, time.Time{}))
	must(n.AddMinute(ctx, agenda.Shell, m.ID, "Sonstiges", "")) // they stay when they are switched off again
	const page = "/sitzungen/:meeting/protokoll"
	at := "/sitzungen/" + string(m.ID) + "/protokoll"
	draft := func(path string, status int) access { return access{path, [5]int{303, 404, 404, status, status}} }
	posts := func(path string, status int) access { return access{path, [5]int{403, 404, 404, status, status}} }
	tasks := "/aufgaben/" + n.AssignmentsToken(n.person(amina).ID)
	return map[string]access{
		"GET " + page: draft(at, 200), "POST " + page: posts(at, 404), // without saying what is to be done
		"POST " + page + "/punkt/:item": posts(at+"/punkt/1001", 303), "POST " + page + "/anwesenheit": posts(at+"/anwesenheit", 303),
		"GET " + page + "/druck": draft(at+"/druck", 200), "GET " + page + "/fassung/:version": draft(at+"/fassung/1", 404), "GET " + page + ".txt": draft(at+".txt", 200),
		"GET /sitzungen/:meeting/anwesenheit": draft("/sitzungen/"+string(m.ID)+"/anwesenheit", 200),
		"GET /gremien/:group/suche":           insiders("/gremien/" + string(migration) + "/suche?q=x"),
		"GET /protokoll/:token":               everyone("/protokoll/"+n.MinutesToken(m.ID, n.person(amina).ID), 410), "POST /protokoll/:token": everyone("/protokoll/x.y", 404),
		"GET /aufgaben/:token": everyone(tasks, 200), "POST /aufgaben/:token": everyone(tasks, 404),
		"POST /konto/aufgaben": {"/konto/aufgaben", [5]int{403, 404, 404, 404, 404}}, "GET /koordination/anwesenheit/:year": offices("/koordination/anwesenheit/2027"),
	}
}

// pollAccess is who may do what about a poll of the group.
func pollAccess(n *network, group string) map[string]access {
	insider := n.person(amina).ID
	p := must(n.OpenPoll(ctx, agenda.Shell, migration, pollDetails("2027-09-10", "2027-09-20T10:00"), ""))
	const polls = "/koordination/umfragen/:poll"
	at, link := "/koordination/umfragen/"+string(p.ID), "/umfrage/"+n.PollToken(p.ID, insider)
	by := at + "/antwort/" + string(insider)
	return map[string]access{
		"GET /umfrage/:token": everyone(link, 200), "POST /umfrage/:token": everyone(link, 422),
		"GET /umfragen/:poll":                      {"/umfragen/" + string(p.ID), [5]int{303, 404, 200, 200, 303}}, // a coordinator has nothing to answer
		"POST /umfragen/:poll":                     {"/umfragen/" + string(p.ID), [5]int{403, 404, 422, 422, 422}},
		"GET /koordination/gremien/:group/umfrage": chairs(group + "/umfrage"), "POST /koordination/gremien/:group/umfrage": takes(group+"/umfrage", leader, 422),
		"GET " + polls: chairs(at), "POST " + polls: takes(at, leader, 422),
		"GET " + polls + "/antwort/:person": chairs(by), "POST " + polls + "/antwort/:person": takes(by, leader, 422),
	}
}

func must2[A, B any](a A, _ B, err error) A { return must(a, err) }

func withDemo(dir string) func(*Options) {
	return func(o *Options) { o.Demo = &Demo{SpoolDir: dir} }
}

// allRoutes is the table of the program, demo and office included.
func allRoutes() []string {
	var out []string
	for _, r := range (&Web{Options: Options{Demo: &Demo{}}}).routes() {
		out = append(out, r.method+" "+r.path)
	}
	return out
}

func TestAccess(t *testing.T) {
	t.Parallel()
	n := open(t, withDemo(t.TempDir()))
	n.deliver() // so that there is a mail to look at
	table := accessTable(n)
	for _, r := range allRoutes() {
		if _, ok := table[r]; !ok {
			t.Errorf("%s: the table does not say who may do this", r)
		}
	}
	if len(table) != len(allRoutes()) {
		t.Errorf("%d rows for %d routes", len(table), len(allRoutes()))
	}
	// Reading comes before writing, logging out and deleting last.
	order := slices.SortedFunc(maps.Keys(table), func(a, b string) int {
		return strings.Compare(rank(a)+a, rank(b)+b)
	})
	for column, email := range []string{"", cem, amina, birgit, vera} {
		b := n.as(email)
		for _, key := range order {
			method, _, _ := strings.Cut(key, " ")
			a := table[key]
			got := b.access(method, a.path)
			if got != a.status[column] {
				t.Errorf("%s as %q: status %d, want %d", key, email, got, a.status[column])
			}
			if head := b.access(http.MethodHead, a.path); method == http.MethodGet && head != got {
				t.Errorf("HEAD %s as %q: status %d, GET has %d", a.path, email, head, got)
			}
		}
	}
}

func rank(key string) string {
	switch {
	case strings.HasSuffix(key, "/ausloggen"):
		return "3"
	case strings.HasSuffix(key, "POST /koordination/personen/:person/loeschen"):
		return "2"
	case strings.HasPrefix(key, "POST"):
		return "1"
	}
	return "0"
}

func (b *browser) access(method, path string) int {
	if method == http.MethodPost {
		b.address = b.n.browser().address // the limit of posts is not what is looked at
		return b.post(path, url.Values{}).StatusCode
	}
	return b.request(method, path).StatusCode
}

// What is not there is not found, whatever is asked for it, and nothing of it
// is an error of ours.
func TestUnknownIdentifiers(t *testing.T) {
	t.Parallel()
	n := open(t, withDemo(t.TempDir()))
	b := n.as(vera)
	b.hasty = true
	for _, id := range []string{"gibt-es-nicht", "%00", "a%00b", "..%2f..", strings.Repeat("x", 3000), "%ff"} {
		for _, r := range allRoutes() {
			method, pattern, _ := strings.Cut(r, " ")
			parts := strings.Split(pattern, "/")
			for i, p := range parts {
				if strings.HasPrefix(p, ":") {
					parts[i] = id
				}
			}
			path := strings.Join(parts, "/")
			if path == pattern {
				continue
			}
			a := b.access(method, path)
			if a >= 500 || method == http.MethodGet && a < 400 {
				t.Errorf("%s %.60s: status %d", method, path, a)
			}
		}
	}
}

// Zero bytes part the words of the store's keys; in a query or a form they
// name nothing either.
func TestZeroBytesInQueriesAndForms(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.as(vera)
	for _, path := range []string{"/koordination/ausgang?meeting=a%00b", "/koordination/verlauf?kind=a%00b&id=%00&before=%00", "/programm/2027?town=%00&q=%00x", "/koordination/personen?q=%00"} {
		b.request(http.MethodGet, path).want(t, http.StatusOK)
	}
	zero := "a\x00b"
	seats := "/koordination/gremien/" + string(migration) + "/sitze"
	for path, form := range map[string]url.Values{
		seats: {"do": {"pass"}, "seat": {zero}, "person": {zero}, "from": {"2027-10-01"}},
		"/koordination/gremien/" + string(migration) + "/einladen": {"meeting": {zero}},
		"/koordination/institutionen/vereinen":                     {"into": {zero}, "from": {"x"}},
		"/einloggen":                                               {"email": {"a\x00@example.org"}},
	} {
		if a := b.post(path, form); a.StatusCode >= 500 {
			t.Errorf("%s: status %d", path, a.StatusCode)
		}
	}
}

// A chair of one group has no say in another.
func TestChairOfOneGroupOnly(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.as(birgit)
	foreign := n.meetings(project)[0]
	group, meeting := "/koordination/gremien/"+string(project), "/koordination/sitzungen/"+string(foreign.ID)
	before := n.records("session")
	for _, path := range []string{group + "/termine", group + "/einladen", meeting, meeting + "/aushang"} {
		b.request(http.MethodGet, path).want(t, http.StatusForbidden)
	}
	for _, path := range []string{group + "/termine", group + "/einladen", meeting, meeting + "/stand"} {
		b.post(path, url.Values{"to": {"cancelled"}, "meeting": {string(foreign.ID)}}).want(t, http.StatusForbidden)
	}
	// Her own group's page does not take another group's meeting either.
	b.post("/koordination/gremien/"+string(migration)+"/einladen", url.Values{"meeting": {string(foreign.ID)}})
	if after := n.records("session"); !maps.Equal(before, after) {
		t.Error("something changed")
	}
}

func TestDraftsAreForThoseWhoPlan(t *testing.T) {
	t.Parallel()
	n := open(t)
	all := n.meetings(migration)
	draft := all[len(all)-1]
	if draft.State != agenda.MeetingDraft {
		t.Fatal("the last meeting is no draft")
	}
	for email, status := range map[string]int{cem: 404, amina: 404, birgit: 200, vera: 200} {
		n.as(email).request(http.MethodGet, "/sitzungen/"+string(draft.ID)).want(t, status)
	}
	n.as(amina).get("/gremien/"+string(migration)).want(t, http.StatusOK).lacks(t, string(draft.ID))
	n.as(birgit).get("/gremien/"+string(migration)).want(t, http.StatusOK, string(draft.ID))
	n.as(amina).get("/gremien/"+string(migration)+"/2027").want(t, http.StatusOK).lacks(t, "15. Dezember")
}

// Who had the seat on the day of a meeting still sees it, the successor sees
// what is to come.
func TestMeetingAfterTheSeatWasPassedOn(t *testing.T) {
	t.Parallel()
	n := open(t)
	m := n.meetings(migration)
	former, next := n.person(amina), n.person(cem)
	for _, seat := range must(n.Seats(ctx, migration)) {
		if seat.Holds(former.ID) {
			must(n.PassSeat(ctx, agenda.Shell, migration, seat.ID, next.ID, must(agenda.ParseDate("2027-10-01"))))
		}
	}
	n.set("2027-10-02T09:00")
	old, successor := n.as(amina), n.as(cem)
	old.request(http.MethodGet, "/sitzungen/"+string(m[0].ID)).want(t, http.StatusOK)
	old.request(http.MethodGet, "/sitzungen/"+string(m[1].ID)).want(t, http.StatusNotFound)
	old.request(http.MethodGet, "/gremien/"+string(migration)).want(t, http.StatusNotFound)
	successor.request(http.MethodGet, "/sitzungen/"+string(m[1].ID)).want(t, http.StatusOK)
}
