package main

import (
	"context"
	"strings"

	"widunetz/internal/agenda"
)

// demoFields are the fields of work of institutions by a word of their name.
var demoFields = []struct {
	word   string
	fields []string
}{
	{"Stadt ", []string{"administration", "arrival"}}, {"Kreis Herford", []string{"administration"}}, {"Migration", []string{"advice", "arrival"}},
	{"Bildung", []string{"school", "language"}}, {"Jugend", []string{"youth"}}, {"Arbeit", []string{"work"}}, {"Frauen", []string{"women", "advice"}},
	{"Caritas", []string{"advice", "family"}}, {"Diakon", []string{"advice"}}, {"Sport", []string{"sport"}}, {"Volkshochschule", []string{"language"}}, {"VHS", []string{"language"}},
}

// fillDirectory sorts the institutions, and lets every other person be found.
func (d *demo) fillDirectory(ctx context.Context) error {
	institutions, err := d.store.Institutions(ctx)
	if err != nil {
		return err
	}
	for _, i := range institutions {
		i.Town = "Herford"
		for _, t := range agenda.Towns {
			if strings.Contains(i.Name, t) {
				i.Town = t
			}
		}
		for _, f := range demoFields {
			if strings.Contains(i.Name, f.word) && len(i.Fields) == 0 {
				i.Fields = f.fields
			}
		}
		if _, err := d.store.SaveInstitution(ctx, agenda.Shell, i); err != nil {
			return err
		}
	}
	if err := d.fillDeadline(ctx, institutions); err != nil {
		return err
	}
	people, err := d.store.People(ctx)
	if err != nil {
		return err
	}
	for n, p := range people {
		if n%2 == 0 {
			if err := d.store.SetListing(ctx, agenda.PersonActor(p.ID), p.ID, agenda.Listing{Name: true, Email: true, Phone: n%4 == 0}); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillDeadline asks all institutions for the figures of the year; some have
// delivered.
func (d *demo) fillDeadline(ctx context.Context, institutions []agenda.Institution) error {
	today := d.store.Today()
	day := free(agenda.Date{Year: today.Year, Month: 10, Day: 15})
	if day.Before(today) {
		day = free(today.AddDays(30))
	}
	deadline, err := d.store.SetDeadline(ctx, agenda.Shell, projektgruppe, agenda.DeadlineDetails{
		Title: "Zahlen für die Sozialraumanalyse", Text: "Bitte die Tabelle ausfüllen und an das Büro schicken. Die Zahlen vom letzten Jahr stehen schon darin.",
		Day: day, Leads: agenda.UsualDeadlineLeads, Yearly: true,
	}, "")
	if err != nil {
		return err
	}
	_, replies, err := d.store.DeadlineReplies(ctx, deadline.ID)
	if err != nil {
		return err
	}
	for i, r := range replies {
		if i%3 == 0 {
			if err := d.store.AnswerDeadline(ctx, agenda.PersonActor(r.People[0]), deadline.ID, r.Institution, r.People[0], true, ""); err != nil {
				return err
			}
		}
	}
	return nil
}
