package main

import (
	"context"
	"strings"

	"widunetz/internal/agenda"
)

// demoGuests are who signs up for the demo's cooking evening: with eight places
// it is full, and two wait.
var demoGuests = []agenda.SignUp{
	{Name: "Samira", Persons: 2, Lang: agenda.Arabic, Needs: agenda.Needs{Childcare: 1, Interpreter: "ar"}},
	{Name: "Olena", Persons: 3, Lang: agenda.Ukrainian},
	{Name: "Mehmet", Persons: 2, Lang: agenda.Turkish},
	{Name: "Anna", Persons: 1, Lang: agenda.German, Needs: agenda.Needs{StepFree: true}},
	{Name: "Rojin", Persons: 1, Lang: agenda.Kurmanji},
	{Name: "Farid", Persons: 2, Lang: agenda.Farsi},
}

// fillSignUps opens the sign-up for an event in the programme, and people sign
// up.
func (d *demo) fillSignUps(ctx context.Context, e agenda.Event) error {
	details := e.EventDetails
	details.SignUpHere, details.SignUpBy, details.Places = true, "", 8
	e, err := d.store.ChangeEvent(ctx, office, e.ID, details, e.Changed, agenda.Telling{})
	if err != nil || !e.Start.In(d.config.loc).After(d.clock.now()) {
		return err
	}
	for _, u := range demoGuests {
		u.Event, u.Email = e.ID, strings.ToLower(u.Name)+"@gast.example"
		if err := d.store.SignUp(ctx, e.ID, u); err != nil {
			return err
		}
		u.ID = agenda.SignUpIDOf(u)
		if _, err := d.store.ConfirmSignUp(ctx, d.store.SignUpToken(u)); err != nil {
			return err
		}
	}
	_, err = d.store.SetGuestReminders(ctx, office, e.ID, nil, "Bitte bringen Sie eine Schürze mit.")
	return err
}
