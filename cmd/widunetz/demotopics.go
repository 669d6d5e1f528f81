package main

import (
	"context"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// demoTopics are handed in for the Projektgruppe.
var demoTopics = []agenda.TopicDetails{
	{Title: "Eröffnung der Interkulturellen Wochen: wer übernimmt was?", Text: "Aufbau, Empfang, Moderation und Technik sind noch offen.", Kind: agenda.TopicDecision, Minutes: 40},
	{Title: "Dolmetscherpool: Bericht aus dem ersten Halbjahr", Kind: agenda.TopicInformation, Minutes: 20},
	{Title: "Wie erreichen wir die Schulen besser?", Text: "In drei Städten fehlt uns eine Ansprechpartnerin.", Kind: agenda.TopicDiscussion, Minutes: 30},
	{Title: "Termine der Sprachcafés abstimmen", Kind: agenda.TopicDiscussion, Minutes: 15},
}

// fillTopics has members of the Projektgruppe hand in topics, and its next agenda
// begun; an institution asks for a training.
func (d *demo) fillTopics(ctx context.Context, today agenda.Date) error {
	for id, rules := range map[agenda.GroupID]agenda.TopicRules{
		projektgruppe: {On: true, Ask: 21, Send: 14}, oeffnung: {On: true, Ask: 21, Send: 14, Requests: true},
	} {
		g, err := d.store.Group(ctx, id)
		if err != nil {
			return err
		}
		g.Rules.Topics = rules
		if err := d.store.SetRules(ctx, agenda.Shell, id, g.Rules, time.Time{}); err != nil {
			return err
		}
	}
	members, err := d.store.Members(ctx, projektgruppe, today)
	if err != nil {
		return err
	}
	var taken []agenda.TopicID
	for i, details := range demoTopics {
		who := members[(i*7+3)%len(members)]
		t, err := d.store.HandIn(ctx, agenda.PersonActor(who.ID), projektgruppe, who.ID, store.TopicForm{TopicDetails: details}, "")
		if err != nil {
			return err
		}
		if i < 2 {
			taken = append(taken, t.ID)
		}
	}
	if err := d.fillRequest(ctx, today); err != nil {
		return err
	}
	return d.fillAgenda(ctx, today, taken)
}

func (d *demo) fillRequest(ctx context.Context, today agenda.Date) error {
	p, err := d.store.PersonByEmail(ctx, demoRoles[2].email)
	if err != nil {
		return err
	}
	_, err = d.store.HandIn(ctx, agenda.PersonActor(p.ID), oeffnung, p.ID, store.TopicForm{
		TopicDetails: agenda.TopicDetails{Title: "Leichte Sprache im Bürgerbüro", Text: "Für das ganze Team, am liebsten an einem Vormittag."},
		Request:      &agenda.TrainingRequest{From: today.AddDays(30), Until: today.AddDays(90), Participants: 14, Contact: p.Name() + ", " + p.Email},
	}, "")
	return err
}

// fillAgenda is the agenda of the next meeting, released, with a paper to read.
func (d *demo) fillAgenda(ctx context.Context, today agenda.Date, taken []agenda.TopicID) error {
	list, err := d.store.Meetings(ctx, projektgruppe, today.AddDays(1), today.AddDays(366))
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.State != agenda.MeetingFixed {
			continue
		}
		a, err := d.store.SaveAgenda(ctx, agenda.Shell, m.ID, store.AgendaForm{Take: taken, Items: []agenda.AgendaItem{
			{Title: "Begrüßung und Protokoll der letzten Sitzung", Minutes: 10}, {Title: "Neues aus den Arbeitskreisen", Kind: agenda.TopicInformation, Minutes: 20},
		}})
		if err != nil {
			return err
		}
		paper := []byte("Dolmetscherpool, erstes Halbjahr\n\n214 Einsätze in 17 Sprachen, davon 96 in Arztpraxen und Krankenhäusern.\n")
		if err := d.store.AddDocument(ctx, agenda.Shell, m.ID, "", "Bericht Dolmetscherpool.txt", paper); err != nil {
			return err
		}
		return d.store.ReleaseAgenda(ctx, agenda.Shell, m.ID, a.Changed)
	}
	return nil
}
