package main

import (
	"context"
	_ "embed"
	"errors"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
	"widunetz/internal/exchange"
)

//go:embed data/mitglieder.csv
var demoPeople []byte

//go:embed data/programm-2027.csv
var demoEvents []byte

// demoRoles are the people as whom one can try the service.
var demoRoles = []struct{ role, email string }{
	{"coordinator", "vera.upmeier@kommunales-integrationszentrum.example"},
	{"chair", "birgit.boeker@awo-fachdienste-fuer-migration.example"},
	{"member", "cem.celik@stadt-enger.example"},
}

const (
	projektgruppe  agenda.GroupID = "projektgruppe"
	migrationsfach agenda.GroupID = "arbeitskreis-migrationsfachdienste"
	oeffnung       agenda.GroupID = "arbeitskreis-interkulturelle-oeffnung"
	kerngruppe     agenda.GroupID = "kerngruppe"
)

// demoGroups are the bodies of the network, as its brochure describes them.
var demoGroups = []agenda.Group{
	{ID: projektgruppe, Name: "Projektgruppe", Purpose: "Alle Mitglieder des Netzwerks. Beschließt über Ziele und gemeinsame Vorhaben.", PerYear: 5, Weekday: time.Tuesday, Start: "14:00", Minutes: 150, Place: "Kreishaus Herford, Sitzungssaal, Amtshausstraße 3"},
	{ID: kerngruppe, Name: "Kerngruppe", Purpose: "Bereitet die Sitzungen der Projektgruppe vor.", PerYear: 5, Weekday: time.Tuesday, Start: "10:00", Minutes: 90, Place: "Kommunales Integrationszentrum, Raum 113", Prepares: projektgruppe},
	{ID: migrationsfach, Name: "Arbeitskreis Migrationsfachdienste", Purpose: "Beratungsstellen stimmen sich alle sechs Wochen ab.", PerYear: 8, Weeks: 6, Weekday: time.Wednesday, Start: "09:00", Minutes: 120, Place: "AWO-Fachdienste, Bielefelder Straße, Herford"},
	{ID: oeffnung, Name: "Arbeitskreis Interkulturelle Öffnung", Purpose: "Fortbildungen für Einrichtungen, die sich öffnen wollen.", PerYear: 4, Weekday: time.Thursday, Start: "13:00", Minutes: 120, Place: "BildungsCentrum Herford"},
}

// fill makes the network by imports and use cases only. The clock begins at the
// start of the year, so that what was planned and told then lies behind.
func (d *demo) fill(ctx context.Context) error {
	now := d.clock.now()
	today := agenda.LocalOf(now, d.config.loc).Date
	d.clock.set(earlier(agenda.Date{Year: today.Year, Month: time.January, Day: 8}.At(9, 0).In(d.config.loc), now))
	steps := []func(context.Context, agenda.Date) error{d.fillPeople, d.fillGroups, d.fillThisYear}
	for _, step := range steps {
		if err := step(ctx, today); err != nil {
			return err
		}
	}
	if err := d.tick(ctx); err != nil {
		return err
	}
	d.clock.set(earlier(d.clock.now(), now))
	if before := now.Add(-20 * 24 * time.Hour); before.After(d.clock.now()) {
		d.clock.set(before)
	}
	for _, step := range []func(context.Context, agenda.Date) error{d.fillNextYear, d.fillProgramme, d.fillCourses} {
		if err := step(ctx, today); err != nil {
			return err
		}
	}
	if err := d.travel(ctx, now); err != nil {
		return err
	}
	return d.fillNews(ctx, today)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

var office = agenda.Actor{By: "import"}

func (d *demo) fillPeople(ctx context.Context, _ agenda.Date) error {
	if _, err := (exchange.Import{Kind: exchange.People}).Take(ctx, d.store, office, demoPeople); err != nil {
		return err
	}
	for _, email := range []string{demoRoles[0].email, "ylva.saric@awo-fachdienste-fuer-migration.example"} {
		if _, err := makeCoordinator(ctx, d.store, "", email); err != nil {
			return err
		}
	}
	return d.mergeSpellings(ctx, "Kommunales Integrationszentrum Kreis Herford", "Kommunales Integrationszentrum")
}

// mergeSpellings makes two spellings of one institution one.
func (d *demo) mergeSpellings(ctx context.Context, into, from string) error {
	institutions, err := d.store.Institutions(ctx)
	if err != nil {
		return err
	}
	ids := map[string]agenda.InstitutionID{}
	for _, i := range institutions {
		ids[i.Name] = i.ID
	}
	return d.store.MergeInstitutions(ctx, office, ids[into], ids[from])
}

func (d *demo) fillGroups(ctx context.Context, today agenda.Date) error {
	for _, g := range demoGroups {
		if _, err := d.store.SaveGroup(ctx, office, g); err != nil {
			return err
		}
	}
	chair, err := d.store.PersonByEmail(ctx, demoRoles[1].email)
	if err != nil {
		return err
	}
	seats, err := d.store.Seats(ctx, migrationsfach)
	if err != nil {
		return err
	}
	for _, seat := range seats {
		if seat.Holder(today) == chair.ID {
			return d.store.SetChair(ctx, office, migrationsfach, seat.ID, true)
		}
	}
	return agenda.ErrNotFound
}

// yearOf are the dates of a group's year. They yield to holidays and school
// holidays by whole weeks; the core group meets two weeks before each meeting
// that it prepares.
func yearOf(g agenda.Group, year int) []agenda.MeetingDetails {
	var days []agenda.Date
	switch g.ID {
	case projektgruppe, kerngruppe:
		for _, m := range []time.Month{time.February, time.April, time.June, time.September, time.November} {
			d := free(weekday(year, m, 10, time.Tuesday))
			if g.ID == kerngruppe {
				d = d.AddDays(-14)
			}
			days = append(days, d)
		}
	case migrationsfach:
		for i := range 8 {
			days = append(days, free(weekday(year, time.January, 13, g.Weekday).AddDays(42*i)))
		}
	default:
		for _, m := range []time.Month{time.March, time.May, time.September, time.November} {
			days = append(days, free(weekday(year, m, 18, g.Weekday)))
		}
	}
	out := make([]agenda.MeetingDetails, len(days))
	for i, d := range days {
		h, m, _ := agenda.ParseClock(g.Start) // it stands above
		start := d.At(h, m)
		out[i] = agenda.MeetingDetails{Start: start, End: start.AddMinutes(g.Minutes), Place: g.Place}
	}
	return out
}

// weekday is the first such day of the week from the given day on.
func weekday(year int, m time.Month, day int, w time.Weekday) agenda.Date {
	d := agenda.Date{Year: year, Month: m, Day: day}
	return d.AddDays((int(w) - int(d.Weekday()) + 7) % 7)
}

// free is the first day, in steps of a week, that is no holiday of any kind and
// not in the Intercultural Week.
func free(d agenda.Date) agenda.Date {
	taken := func(day agenda.Day) bool {
		return day.Weight == agenda.WeightAvoid || day.Layer == agenda.DaySchool || day.Layer == agenda.DayMark
	}
	for !almanac.Working(d) || slices.ContainsFunc(almanac.Days(d, d), taken) {
		d = d.AddDays(7)
	}
	return d
}

// planYear makes the dates of a group's year. The core group's are tied to those
// that they prepare.
func (d *demo) planYear(ctx context.Context, g agenda.Group, year int, state agenda.MeetingState) ([]agenda.Meeting, error) {
	made, err := d.store.PlanMeetings(ctx, office, g.ID, yearOf(g, year), state)
	if err != nil || g.Prepares == "" {
		return made, err
	}
	first, last := agenda.Date{Year: year, Month: time.January, Day: 1}, agenda.Date{Year: year, Month: time.December, Day: 31}
	targets, err := d.store.Meetings(ctx, g.Prepares, first, last)
	for _, m := range targets {
		if _, _, perr := d.store.Prepare(ctx, office, m.ID); perr != nil && !errors.Is(perr, agenda.ErrState) {
			err = errors.Join(err, perr)
		}
	}
	return made, err
}

func (d *demo) fillThisYear(ctx context.Context, today agenda.Date) error {
	for _, g := range demoGroups {
		made, err := d.planYear(ctx, g, today.Year, agenda.MeetingFixed)
		if err != nil {
			return err
		}
		ids := make([]agenda.MeetingID, len(made))
		for i, m := range made {
			ids[i] = m.ID
		}
		if _, err := d.store.Invite(ctx, office, g.ID, ids, ""); err != nil {
			return err
		}
	}
	return nil
}

// fillNextYear plans the next year: one group is invited, one waits for its
// release, one is only planned, one is a draft.
func (d *demo) fillNextYear(ctx context.Context, today agenda.Date) error {
	states := map[agenda.GroupID]agenda.MeetingState{oeffnung: agenda.MeetingPlanned, kerngruppe: agenda.MeetingDraft}
	for _, g := range demoGroups {
		state := states[g.ID]
		if state == "" {
			state = agenda.MeetingFixed
		}
		made, err := d.planYear(ctx, g, today.Year+1, state)
		if err != nil {
			return err
		}
		if g.ID != projektgruppe {
			continue
		}
		ids := make([]agenda.MeetingID, len(made))
		for i, m := range made {
			ids[i] = m.ID
		}
		if _, err := d.store.Invite(ctx, office, g.ID, ids, "Bitte tragen Sie die Termine gleich ein. Die Tagesordnung folgt jeweils zwei Wochen vorher."); err != nil {
			return err
		}
	}
	return d.tick(ctx)
}

func (d *demo) fillProgramme(ctx context.Context, _ agenda.Date) error {
	if _, err := (exchange.Import{Kind: exchange.Events}).Take(ctx, d.store, office, demoEvents); err != nil {
		return err
	}
	editions, err := d.store.Editions(ctx)
	if err != nil {
		return err
	}
	events, err := d.store.Events(ctx, editions[0].Year)
	if err != nil {
		return err
	}
	e := editions[0]
	e.Motto, e.Patron, e.Opening, e.Open = "Zusammen leben, zusammen gestalten", "Landrat des Kreises Herford", events[0].ID, true
	e.Submission = agenda.Date{Year: e.Year, Month: time.June, Day: 30}
	if _, err := d.store.SaveEdition(ctx, office, e); err != nil {
		return err
	}
	return d.fillStates(ctx, events)
}

// fillStates shows what can happen to an event.
func (d *demo) fillStates(ctx context.Context, events []agenda.Event) error {
	for _, e := range events {
		if err := d.fillWords(ctx, e); err != nil {
			return err
		}
		var err error
		switch e.Title {
		case "Kochen ohne Grenzen":
			err = d.fillSignUps(ctx, e)
		case "Fußballturnier der Vielfalt":
			_, err = d.store.StandEvent(ctx, office, e.ID, agenda.Cancelled, false, time.Time{}, agenda.Telling{})
		case "Erzählcafé für Seniorinnen und Senioren":
			moved := e.EventDetails
			moved.Start, moved.End = moved.Start.AddDays(1), moved.End.AddDays(1)
			_, err = d.store.ChangeEvent(ctx, office, e.ID, moved, time.Time{}, agenda.Telling{})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fillCourses adds what goes on outside of the Intercultural Weeks: a German
// course and the volunteers' basic qualification, each one event with several
// dates and one sign-up. They yield to holidays.
func (d *demo) fillCourses(ctx context.Context, today agenda.Date) error {
	course := agenda.EventDetails{
		Title: "Deutsch am Vormittag", Summary: "Deutschkurs für alle, die neu im Kreis Herford sind. Man kann jederzeit dazukommen.",
		Category: "kurs", Venue: agenda.Venue{Name: "Volkshochschule", Street: "Rathausstraße 20", Postcode: "32257", Town: "Bünde"},
		Organiser: "Stadt Bünde", Audiences: []string{"neuzugewanderte"}, Languages: []string{"de-einfach"}, StepFree: agenda.Yes, Childcare: agenda.Yes,
		Free: true, Contact: "05223 161-0", SignUp: true, SignUpBy: "in der Volkshochschule oder beim ersten Besuch", Places: 15,
	}
	first := today.AddDays((int(time.Monday)-int(today.Weekday())+7)%7 + 7)
	if err := d.addCourse(ctx, course, free(first).At(9, 30), 8, 3); err != nil {
		return err
	}
	training := course
	training.Title, training.Summary = "Basisqualifizierung für Ehrenamtliche", "Vier Abende: Asylrecht in Grundzügen, Begegnung auf Augenhöhe, eigene Grenzen, Ansprechstellen im Kreis."
	training.Venue = agenda.Venue{Name: "Kreishaus, Raum 113", Street: "Amtshausstraße 3", Postcode: "32051", Town: "Herford"}
	training.Organiser, training.Audiences, training.Languages, training.Childcare = "Kommunales Integrationszentrum Kreis Herford", []string{"ehrenamtliche"}, []string{"de"}, agenda.Unknown
	training.SignUpBy, training.Places = "telefonisch unter 05221 13-0", 20
	return d.addCourse(ctx, training, free(first.AddDays(10)).At(18, 0), 4, 0)
}

// addCourse adds an event with so many weekly dates of two and a half hours. One
// of them falls out, if there is one with that number.
func (d *demo) addCourse(ctx context.Context, course agenda.EventDetails, start agenda.Local, dates, falls int) error {
	course.Start, course.End = start, start.AddMinutes(150)
	course, _, err := course.Weekly(1, dates, agenda.Date{}, func(day agenda.Date) string {
		if free(day) != day {
			return "holiday"
		}
		return ""
	})
	if err != nil {
		return err
	}
	e, err := d.store.AddEvent(ctx, office, 0, course, agenda.Published, "")
	if err != nil || falls == 0 {
		return err
	}
	_, err = d.store.TurnDate(ctx, office, e.ID, falls, true, time.Time{}, agenda.Telling{})
	return err
}

// fillNews is what happens on the day of the demo: a meeting moves, another is
// cancelled, somebody submits an event.
func (d *demo) fillNews(ctx context.Context, today agenda.Date) error {
	coordinator, err := d.store.PersonByEmail(ctx, demoRoles[0].email)
	if err != nil {
		return err
	}
	actor := agenda.PersonActor(coordinator.ID)
	next, err := d.store.Meetings(ctx, projektgruppe, today.AddDays(4), today.AddDays(366))
	if err != nil {
		return err
	}
	moved := next[0].MeetingDetails
	moved.Start, moved.End, moved.Place = moved.Start.AddMinutes(60), moved.End.AddMinutes(60), "Stadtbücherei Bünde, Eschstraße 50"
	if _, err := d.store.ChangeMeeting(ctx, actor, next[0].ID, moved, time.Time{}, agenda.Telling{Mail: true, Sentence: "Der Sitzungssaal wird gestrichen, wir sind zu Gast in Bünde."}); err != nil {
		return err
	}
	if _, err := d.store.TurnMeeting(ctx, actor, next[len(next)-1].ID, agenda.MeetingCancelled, time.Time{}, agenda.Telling{Mail: true, Sentence: "Die Wahl des neuen Termins folgt."}); err != nil {
		return err
	}
	if err := d.fillDirectory(ctx); err != nil {
		return err
	}
	if err := d.fillAnswers(ctx, today); err != nil {
		return err
	}
	if err := d.fillPoll(ctx, today); err != nil {
		return err
	}
	if err := d.fillTopics(ctx, today); err != nil {
		return err
	}
	return d.fillSubmission(ctx)
}

func (d *demo) fillSubmission(ctx context.Context) error {
	editions, err := d.store.Editions(ctx)
	if err != nil {
		return err
	}
	e := editions[0]
	if !e.Accepts(d.store.Today()) {
		return nil
	}
	start := e.Starts.AddDays(9).At(18, 0)
	_, err = d.store.SubmitEvent(ctx, e.Year, agenda.EventDetails{
		Title: "Lieder, die wir mitgebracht haben", Summary: "Ein Abend zum Zuhören und Mitsingen mit dem Chor der Begegnung.", Category: "konzert",
		Start: start, End: start.AddMinutes(120), Venue: agenda.Venue{Name: "Gemeindehaus", Street: "Kirchplatz 2", Postcode: "32139", Town: "Spenge"},
		Organiser: "Chor der Begegnung Spenge", Audiences: []string{"alle"}, Languages: []string{"alle"}, Free: true, Price: "Spende", Contact: "chor@begegnung.example",
		Internal: agenda.Contact{Name: "Miriam Hagemeier", Email: "miriam.hagemeier@begegnung.example", Phone: "05225 1234"},
	}, agenda.German, "", true)
	return err
}
