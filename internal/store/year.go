package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"widunetz/internal/agenda"
)

// YearMade is what came of the dates of a plan.
type YearMade struct {
	Dates     []agenda.Meeting // new ones of the group
	Preparing []agenda.Meeting // what prepares them
	Missing   []agenda.Meeting // dates for which no day of preparation was free
}

// PlanDates makes the dates of a plan, one transaction each, with their hosts.
// With prepare each gets its preparing meetings at once. once, when not empty,
// names the form: sent twice, also after a crash half way, it makes each date
// once. They invite nobody until Invite.
func (s *Store) PlanDates(ctx context.Context, actor agenda.Actor, g agenda.GroupID, dates []agenda.PlannedDate, state agenda.MeetingState, prepare bool, once string) (YearMade, error) {
	var out YearMade
	for i, d := range dates {
		id := ""
		if once != "" {
			id = formID(once + "." + strconv.Itoa(i))
		}
		var made YearMade
		err := s.update(ctx, actor, func(t *tx) (err error) {
			made, err = t.planDate(g, d, state, prepare, id)
			return err
		})
		if err != nil {
			return out, fmt.Errorf("date %s: %w", d.Start, err)
		}
		out.Dates = append(out.Dates, made.Dates...)
		out.Preparing, out.Missing = append(out.Preparing, made.Preparing...), append(out.Missing, made.Missing...)
	}
	return out, nil
}

func (t *tx) planDate(g agenda.GroupID, d agenda.PlannedDate, state agenda.MeetingState, prepare bool, id string) (out YearMade, err error) {
	m, known, err := t.datePlanned(g, d, id)
	if err != nil {
		return out, err
	}
	if !known {
		if id != "" {
			t.id = id
		}
		if m, err = t.plan(g, d.MeetingDetails, state, "", agenda.Telling{}); err != nil {
			return out, err
		}
		out.Dates = []agenda.Meeting{m}
		if err := ignoreNotFound(t.setHost(m.ID, d.Host)); err != nil { // an institution that is gone leaves it open
			return out, err
		}
	}
	if d.Target != "" {
		target, err := t.targetOf(g, d.Target)
		if err != nil {
			return out, err
		}
		if err := t.knit(target, m); err != nil {
			return out, err
		}
	}
	if !prepare || m.State == agenda.MeetingCancelled || !m.Start.In(t.clock.Loc).After(t.now) {
		return out, nil
	}
	var missing []agenda.Group
	if out.Preparing, missing, err = t.prepare(m); len(missing) > 0 {
		out.Missing = []agenda.Meeting{m}
	}
	return out, err
}

// targetOf reads the meeting that one of the group is to prepare.
func (t *tx) targetOf(g agenda.GroupID, id agenda.MeetingID) (agenda.Meeting, error) {
	group, err := get[agenda.Group](t, groupKey(g))
	if err != nil {
		return agenda.Meeting{}, err
	}
	target, err := get[agenda.Meeting](t, meetingKey(id))
	if err == nil && target.Group != group.Prepares {
		err = agenda.ErrNotFound
	}
	return target, err
}

// datePlanned finds a date that stands already, or that the same form made when
// it was sent before.
func (t *tx) datePlanned(g agenda.GroupID, d agenda.PlannedDate, id string) (agenda.Meeting, bool, error) {
	if d.Stands != "" {
		m, err := get[agenda.Meeting](t, meetingKey(d.Stands))
		if err == nil && m.Group != g {
			err = agenda.ErrNotFound
		}
		return m, err == nil, err
	}
	if id != "" {
		if m, err := get[agenda.Meeting](t, meetingKey(agenda.MeetingID(id))); !errors.Is(err, agenda.ErrNotFound) {
			return m, err == nil, err
		}
	}
	return t.planned(g, d.MeetingDetails.Clean())
}
