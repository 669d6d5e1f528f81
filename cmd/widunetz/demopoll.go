package main

import (
	"context"
	"time"

	"widunetz/internal/agenda"
)

// fillPoll is a date poll of a working group to which some have answered.
func (d *demo) fillPoll(ctx context.Context, today agenda.Date) error {
	chair, err := d.store.PersonByEmail(ctx, demoRoles[1].email)
	if err != nil {
		return err
	}
	details := agenda.PollDetails{
		Title: "Fachtag vorbereiten", Note: "Wir brauchen zwei Stunden am Stück. Gerne auch nachmittags.", Deadline: today.AddDays(7),
	}
	from := today.AddDays(14)
	for i, clock := range []int{9, 14, 9} {
		start := free(weekday(from.Year, from.Month, from.Day, time.Tuesday+time.Weekday(i))).At(clock, 0)
		details.Options = append(details.Options, agenda.PollOption{Start: start, End: start.AddMinutes(120), Place: "AWO-Fachdienste, Bielefelder Straße, Herford"})
	}
	p, err := d.store.OpenPoll(ctx, agenda.PersonActor(chair.ID), migrationsfach, details, "")
	if err != nil {
		return err
	}
	if err := d.tick(ctx); err != nil {
		return err
	}
	members, err := d.store.Members(ctx, migrationsfach, today)
	if err != nil {
		return err
	}
	for i, m := range members {
		if i%3 == 2 || m.ID == chair.ID {
			continue // have not answered
		}
		answer := map[int]agenda.PollChoice{1: agenda.Choices[i%3], 2: agenda.ChoiceYes, 3: agenda.Choices[(i+1)%3]}
		if err := d.store.AnswerPoll(ctx, agenda.PersonActor(m.ID), p.ID, m.ID, answer, ""); err != nil {
			return err
		}
	}
	return nil
}
