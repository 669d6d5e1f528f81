package main

import (
	"context"
	"time"

	"widunetz/internal/agenda"
)

// fillAnswers has two groups ask who comes to their next meeting. Most members
// have answered, the member of the demo has not.
func (d *demo) fillAnswers(ctx context.Context, today agenda.Date) error {
	for _, id := range []agenda.GroupID{projektgruppe, migrationsfach} {
		g, err := d.store.Group(ctx, id)
		if err != nil {
			return err
		}
		rules := g.Rules
		rules.Answers = agenda.AnswerRules{On: true, By: 5, Nudge: 7, Heads: 2, Names: true}
		if err := d.store.SetRules(ctx, office, id, rules, time.Time{}); err != nil {
			return err
		}
		next, err := d.store.Meetings(ctx, id, today.AddDays(1), today.AddDays(366))
		if err != nil {
			return err
		}
		for _, m := range next {
			if m.State == agenda.MeetingFixed {
				if err := d.answer(ctx, m); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// answer has the members of a meeting answer, each in her own way.
func (d *demo) answer(ctx context.Context, m agenda.Meeting) error {
	members, err := d.store.Members(ctx, m.Group, m.Start.Date)
	if err != nil {
		return err
	}
	says := []agenda.AnswerDetails{
		{Choice: agenda.AnswerYes},
		{Choice: agenda.AnswerYes, Comment: "Ich komme zehn Minuten später."},
		{},
		{Choice: agenda.AnswerNo, Comment: "Urlaub"},
		{Choice: agenda.AnswerYes},
		{Choice: agenda.AnswerSubstitute, Substitute: agenda.Substitute{Name: "Mila Stein", Email: "mila.stein@vertretung.example"}},
		{Choice: agenda.AnswerYes},
		{},
		{Choice: agenda.AnswerSubstitute, Substitute: agenda.Substitute{Name: "Oskar Thiel"}},
	}
	for i, p := range members {
		say := says[i%len(says)]
		if say.Choice == "" || p.Email == demoRoles[1].email || p.Email == demoRoles[2].email {
			continue // have not answered
		}
		if i >= len(says) && say.Choice == agenda.AnswerSubstitute {
			say = agenda.AnswerDetails{Choice: agenda.AnswerYes}
		}
		if err := d.store.AnswerMeeting(ctx, agenda.PersonActor(p.ID), m.ID, p.ID, say, "mail"); err != nil {
			return err
		}
	}
	return nil
}
