package sheet

import (
	"strconv"
	"strings"

	"widunetz/internal/agenda"
)

// EventsHead are the headings of a file of events, as exports write them.
var EventsHead = []string{
	"Titel", "Kurzbeschreibung", "Datum", "Beginn", "Ende", "Weitere Termine", "Ort", "Veranstaltungsort", "Straße", "PLZ", "Veranstalter", "Kooperationspartner",
	"Zielgruppe", "Sprachen", "Art", "Eintritt", "Anmeldung", "Plätze", "Kinderbetreuung", "Rollstuhlgerecht", "Kontakt",
}

// eventColumns finds the columns of a table of events.
func eventColumns(t *Table) map[string]int {
	col := map[string]int{}
	for _, h := range EventsHead {
		col[h] = t.Column(h)
	}
	for h, others := range map[string][]string{
		"Titel": {"Veranstaltung", "Name der Veranstaltung"}, "Kurzbeschreibung": {"Beschreibung", "Text"}, "Datum": {"Tag", "Termin"}, "Beginn": {"Uhrzeit", "von", "Start"},
		"Ende": {"bis"}, "Weitere Termine": {"Folgetermine", "Termine"}, "Ort": {"Stadt", "Gemeinde", "Kommune"}, "Veranstaltungsort": {"Location", "Raum"}, "Straße": {"Adresse"}, "PLZ": {"Postleitzahl"},
		"Veranstalter": {"Veranstalterin", "Veranstalter/in", "Institution"}, "Sprachen": {"Sprache"}, "Art": {"Art der Veranstaltung", "Kategorie"}, "Zielgruppe": {"Zielgruppen", "Für wen"},
		"Rollstuhlgerecht": {"Barrierefrei"}, "Plätze": {"Platzzahl"}, "Kooperationspartner": {"Kooperation"},
	} {
		if col[h] < 0 {
			col[h] = t.Column(others...)
		}
	}
	return col
}

// Events reads the rows of a table of events. Rows that cannot be taken are
// problems with line, column and reason.
func Events(t *Table) (rows []agenda.EventRow, problems []agenda.RowProblem, err error) {
	col := eventColumns(t)
	for _, need := range []string{"Titel", "Datum", "Beginn"} {
		if col[need] < 0 {
			return nil, nil, noHeading(need, t)
		}
	}
	for _, r := range t.Rows {
		e := eventReader{row: r, head: t.Head, col: col}
		d := e.details()
		problems = append(problems, e.problems...)
		if !e.lost {
			rows = append(rows, agenda.EventRow{Line: r.Line, HasDates: col["Weitere Termine"] >= 0, EventDetails: d})
		}
	}
	return rows, problems, nil
}

// eventReader reads one row.
type eventReader struct {
	row      Row
	head     []string
	col      map[string]int
	problems []agenda.RowProblem
	lost     bool // the row cannot be taken
}

func (e *eventReader) cell(h string) string { return agenda.Line(e.row.Cell(e.col[h])) }

func (e *eventReader) problem(h, rule, want string) {
	column := h
	if i := e.col[h]; i >= 0 {
		column = e.head[i]
	}
	e.problems = append(e.problems, agenda.RowProblem{Line: e.row.Line, Column: column, Value: e.cell(h), Rule: rule, Want: want})
}

func (e *eventReader) details() agenda.EventDetails {
	d := agenda.EventDetails{
		Title: e.cell("Titel"), Summary: agenda.Text(e.row.Cell(e.col["Kurzbeschreibung"])), Organiser: e.cell("Veranstalter"),
		CoOrganisers: list(e.row.Cell(e.col["Kooperationspartner"])), Contact: e.cell("Kontakt"),
		Venue:    agenda.Venue{Name: e.cell("Veranstaltungsort"), Street: e.cell("Straße"), Postcode: e.cell("PLZ"), Town: town(e.cell("Ort"))},
		StepFree: known(e.cell("Rollstuhlgerecht")), Childcare: known(e.cell("Kinderbetreuung")),
	}
	if d.Summary == "" {
		d.Summary = d.Title
	}
	e.times(&d)
	e.further(&d)
	d.Category = e.code("Art", categoryWords, "sonstiges")
	d.Audiences = e.codes("Zielgruppe", audienceWords, "alle")
	d.Languages = e.codes("Sprachen", languageWords, "de")
	e.price(&d)
	e.signUp(&d)
	return d
}

func (e *eventReader) times(d *agenda.EventDetails) {
	day, err := agenda.ParseDate(e.cell("Datum"))
	if err != nil {
		e.problem("Datum", "error.date", "11.09.2027")
		e.lost = true
		return
	}
	h, m, err := agenda.ParseClock(e.cell("Beginn"))
	if err != nil {
		e.problem("Beginn", "error.clock", "14:00")
		e.lost = true
		return
	}
	d.Start = day.At(h, m)
	d.End = d.Start.AddMinutes(120)
	if s := e.cell("Ende"); s != "" {
		if h, m, err = agenda.ParseClock(s); err != nil {
			e.problem("Ende", "error.clock", "18:00")
			e.lost = true
			return
		}
		if d.End = day.At(h, m); !d.End.After(d.Start) {
			d.End = d.End.AddDays(1) // past midnight
		}
	}
}

// further reads the other dates of a course. One that cannot be read costs the
// course nothing but that date.
func (e *eventReader) further(d *agenda.EventDetails) {
	if e.lost {
		return
	}
	var problems agenda.Problems
	*d, problems = d.ParseDateLines(e.row.Cell(e.col["Weitere Termine"]))
	for _, p := range problems {
		e.problem("Weitere Termine", "error."+p.Rule, p.Want)
	}
}

// price reads "frei", "frei, Spende" and "5 Euro, ermäßigt 2 Euro".
func (e *eventReader) price(d *agenda.EventDetails) {
	s := e.cell("Eintritt")
	switch {
	case s == "":
		d.Free = true
	case strings.HasPrefix(agenda.Fold(s), "frei"), strings.HasPrefix(agenda.Fold(s), "kostenlos"):
		d.Free = true
		if _, note, ok := strings.Cut(s, ","); ok {
			d.Price = strings.TrimSpace(note)
		}
	default:
		d.Price = s
	}
}

func (e *eventReader) signUp(d *agenda.EventDetails) {
	switch s := e.cell("Anmeldung"); agenda.Fold(s) {
	case "", "nein", "keine":
	case "ja":
		d.SignUp = true
	default:
		d.SignUp = true
		d.SignUpHere, d.SignUpUntil, d.SignUpBy = signUpHere(s)
	}
	if s := e.cell("Plätze"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			e.problem("Plätze", "error.number", "40")
		}
		d.Places = max(n, 0)
	}
}

// code returns the code of a word. An unknown word is a problem, but not the
// end of the row.
func (e *eventReader) code(h string, words map[string]string, otherwise string) string {
	s := e.cell(h)
	if c, ok := words[agenda.Fold(s)]; ok {
		return c
	}
	if s != "" {
		e.problem(h, "import.word", otherwise)
	}
	return otherwise
}

func (e *eventReader) codes(h string, words map[string]string, otherwise string) []string {
	var out []string
	for _, s := range list(e.row.Cell(e.col[h])) {
		c, ok := words[agenda.Fold(s)]
		if !ok {
			e.problem(h, "import.word", otherwise)
			continue
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return []string{otherwise}
	}
	return out
}

// town returns the town in the spelling of the agenda.
func town(s string) string {
	for _, t := range append([]string{agenda.Online}, agenda.Towns...) {
		if agenda.Fold(strings.TrimPrefix(strings.TrimPrefix(s, "Stadt "), "Gemeinde ")) == agenda.Fold(t) {
			return t
		}
	}
	return s
}

func known(s string) agenda.Known {
	switch agenda.Fold(s) {
	case "ja", "x", "yes":
		return agenda.Yes
	case "nein", "no":
		return agenda.No
	}
	return agenda.Unknown
}

// The words of German files and the codes they stand for.
var (
	categoryWords = map[string]string{
		"fest": "fest", "lesung": "lesung", "film": "film", "konzert": "konzert", "theater": "theater", "ausstellung": "ausstellung", "workshop": "workshop",
		"vortragdiskussion": "vortrag", "vortrag": "vortrag", "diskussion": "vortrag", "kochenessen": "kochen", "kochen": "kochen", "essen": "kochen",
		"sportbewegung": "sport", "sport": "sport", "gottesdienstgebet": "gebet", "gottesdienst": "gebet", "gebet": "gebet",
		"fuehrungspaziergang": "fuehrung", "fuehrung": "fuehrung", "spaziergang": "fuehrung", "tagderoffenentuer": "offene-tuer", "beratunginfo": "beratung",
		"beratung": "beratung", "info": "beratung", "kurs": "kurs", "online": "online", "sonstiges": "sonstiges",
	}
	audienceWords = map[string]string{
		"alle": "alle", "familien": "familien", "kinder": "kinder", "jugendliche": "jugendliche", "frauen": "frauen", "maenner": "maenner",
		"seniorinnenundsenioren": "senioren", "senioren": "senioren", "neuzugewanderte": "neuzugewanderte", "ehrenamtliche": "ehrenamtliche", "fachkraefte": "fachkraefte",
	}
	languageWords = map[string]string{
		"deutsch": "de", "deutscheinfach": "de-einfach", "einfachesdeutsch": "de-einfach", "englisch": "en", "arabisch": "ar", "tuerkisch": "tr", "ukrainisch": "uk",
		"russisch": "ru", "kurdischkurmanci": "ku", "kurdisch": "ku", "kurmanci": "ku", "farsi": "fa", "dari": "fa", "farsidari": "fa", "persisch": "fa",
		"polnisch": "pl", "rumaenisch": "ro", "bulgarisch": "bg", "franzoesisch": "fr", "spanisch": "es", "italienisch": "it", "alle": "alle", "allesprachen": "alle",
	}
)

// PersonCells returns the cells of one person for PeopleHead.
func PersonCells(p agenda.Person, institution string, groups []string) []string {
	return []string{p.Family, p.Given, institution, p.Email, p.Phone, LanguageName(p.Lang), strings.Join(groups, ", ")}
}

// EventCells returns the cells of one event for EventsHead. word gives the
// German word of a message key.
func EventCells(e agenda.Event, word func(key string) string) []string {
	words := func(prefix string, codes []string) string {
		out := make([]string, len(codes))
		for i, c := range codes {
			out[i] = word(prefix + c)
		}
		return strings.Join(out, ", ")
	}
	price := e.Price
	if e.Free {
		price = strings.TrimSuffix("frei, "+e.Price, ", ")
	}
	signUp := "nein"
	if e.SignUp {
		signUp = "ja"
		if e.SignUpBy != "" {
			signUp = e.SignUpBy
		}
		if e.SignUpHere {
			signUp = hereWords(e.EventDetails)
		}
	}
	places := ""
	if e.Places > 0 {
		places = strconv.Itoa(e.Places)
	}
	answer := func(k agenda.Known) string {
		return map[agenda.Known]string{agenda.Yes: "ja", agenda.No: "nein", agenda.Unknown: "unbekannt"}[k]
	}
	return []string{
		e.Title, e.Summary, germanDay(e.Start.Date), e.Start.Clock(), e.End.Clock(), strings.Join(e.DateLines(), "; "), e.Venue.Town,
		e.Venue.Name, e.Venue.Street, e.Venue.Postcode, e.Organiser, strings.Join(e.CoOrganisers, ", "), words("term.audience.", e.Audiences),
		words("term.language.", e.Languages), word("term.category." + e.Category), price, signUp, places, answer(e.Childcare), answer(e.StepFree), e.Contact,
	}
}

// inProgramme says in the column "Anmeldung" that people sign up in the
// programme itself: "im Programm; bis 10.9.2027; oder unter 05221 1".
const (
	inProgramme = "im Programm"
	untilDay    = "bis "
)

func hereWords(d agenda.EventDetails) string {
	words := []string{inProgramme}
	if day := d.SignUpUntil; !day.IsZero() {
		words = append(words, untilDay+germanDay(day))
	}
	if d.SignUpBy != "" {
		words = append(words, d.SignUpBy)
	}
	return strings.Join(words, "; ")
}

// signUpHere reads what hereWords wrote; anything else is how one signs up.
func signUpHere(s string) (here bool, until agenda.Date, by string) {
	first, rest, _ := strings.Cut(s, ";")
	if agenda.Fold(strings.TrimSpace(first)) != agenda.Fold(inProgramme) {
		return false, until, s
	}
	by = strings.TrimSpace(rest)
	next, after, _ := strings.Cut(by, ";")
	if word, ok := strings.CutPrefix(strings.TrimSpace(next), untilDay); ok {
		if day, err := agenda.ParseDate(word); err == nil {
			until, by = day, strings.TrimSpace(after)
		}
	}
	return true, until, by
}

func germanDay(d agenda.Date) string {
	return strconv.Itoa(d.Day) + "." + strconv.Itoa(int(d.Month)) + "." + strconv.Itoa(d.Year)
}
