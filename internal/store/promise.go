package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Shortfalls says where the dates of the groups fall short of what was promised,
// by the groups' names.
func (s *Store) Shortfalls(ctx context.Context) ([]agenda.Shortfall, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Shortfall, error) { return shortfalls(tx, s.Today()) })
}

func shortfalls(tx kv.Tx, today agenda.Date) ([]agenda.Shortfall, error) {
	groups, err := all[agenda.Group](tx, kGroup)
	if err != nil {
		return nil, err
	}
	from, to := agenda.Date{Year: today.Year - 1, Month: time.October, Day: 1}, agenda.Date{Year: today.Year + 1, Month: time.December, Day: 31}
	near, err := meetings(tx, from, to, func(agenda.GroupID) bool { return true })
	if err != nil {
		return nil, err
	}
	byGroup := map[agenda.GroupID][]agenda.Meeting{}
	for _, m := range near {
		if m.State != agenda.MeetingCancelled {
			byGroup[m.Group] = append(byGroup[m.Group], m)
		}
	}
	slices.SortFunc(groups, func(a, b agenda.Group) int { return strings.Compare(agenda.Fold(a.Name), agenda.Fold(b.Name)) })
	var out []agenda.Shortfall
	for _, g := range groups {
		out = append(out, agenda.Shortfalls(g, byGroup[g.ID], today)...)
	}
	return out, nil
}

// CheckPlanning plans the mail to the office that tells which groups have fewer
// dates than was promised, once a month. When there is nothing to tell there is
// none.
func (s *Store) CheckPlanning(ctx context.Context) error {
	return s.update(ctx, agenda.Actor{}, func(t *tx) error {
		today := agenda.LocalOf(t.now, t.clock.Loc).Date
		month := today.String()[:7]
		id := agenda.NoticeID("planning." + month)
		if _, err := get[agenda.Notice](t, noticeKey(id)); !errors.Is(err, agenda.ErrNotFound) {
			return err
		}
		short, err := shortfalls(t, today)
		if err != nil || len(short) == 0 {
			return err
		}
		office := agenda.Ref{Kind: agenda.AboutOffice}
		return t.notify(agenda.Notice{
			ID: id, Kind: agenda.KindPlanning, Subject: office, To: agenda.Audience{Of: office},
			Due: t.now, Deadline: t.now.AddDate(0, 0, 14), Mark: month, Made: t.now,
		})
	})
}
