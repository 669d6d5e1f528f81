package store

import (
	"context"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func agendaKey(id agenda.MeetingID) string { return kv.Key(kAgenda, idPart(string(id))) }

// AgendaOf returns the agenda of a meeting, the zero Agenda if there is none.
func (s *Store) AgendaOf(ctx context.Context, id agenda.MeetingID) (agenda.Agenda, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Agenda, error) { return agendaOf(tx, id) })
}

func agendaOf(tx kv.Tx, id agenda.MeetingID) (agenda.Agenda, error) {
	a, err := get[agenda.Agenda](tx, agendaKey(id))
	return a, ignoreNotFound(err)
}
