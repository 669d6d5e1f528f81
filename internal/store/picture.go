package store

import (
	"context"
	"fmt"
	"time"

	"widunetz/internal/agenda"
)

// Prints are the bytes of a picture in its two sizes.
type Prints struct{ Large, Small []byte }

// Illustrate gives an event a picture on behalf of the coordinators. Its bytes
// are kept first, then named by the event.
func (s *Store) Illustrate(ctx context.Context, actor agenda.Actor, id agenda.EventID, p agenda.Picture, b Prints, seen time.Time) (agenda.Event, error) {
	return s.illustrate(ctx, actor, id, &p, b, false, seen)
}

// IllustrateSubmission is Illustrate on behalf of one of the event's editors: ErrState
// is returned when the coordinators have decided.
func (s *Store) IllustrateSubmission(ctx context.Context, token string, p agenda.Picture, b Prints, seen time.Time) (agenda.Event, error) {
	e, ed, err := s.Editing(ctx, token)
	if err != nil {
		return e, err
	}
	return s.illustrate(ctx, ed.Actor(), e.ID, &p, b, true, seen)
}

// RemovePicture takes an event's picture away on behalf of the coordinators.
// The next sweep deletes its bytes.
func (s *Store) RemovePicture(ctx context.Context, actor agenda.Actor, id agenda.EventID, seen time.Time) (agenda.Event, error) {
	return s.illustrate(ctx, actor, id, nil, Prints{}, false, seen)
}

// RemoveSubmissionPicture is RemovePicture on behalf of one of the event's editors.
func (s *Store) RemoveSubmissionPicture(ctx context.Context, token string, seen time.Time) (agenda.Event, error) {
	e, ed, err := s.Editing(ctx, token)
	if err != nil {
		return e, err
	}
	return s.illustrate(ctx, ed.Actor(), e.ID, nil, Prints{}, true, seen)
}

func (s *Store) illustrate(ctx context.Context, actor agenda.Actor, id agenda.EventID, p *agenda.Picture, b Prints, submitter bool, seen time.Time) (e agenda.Event, err error) {
	if p != nil && len(b.Large) > 0 {
		if p.Blob, err = s.keepBlob(ctx, b.Large); err != nil {
			return e, err
		}
		if p.BlobSmall, err = s.keepBlob(ctx, b.Small); err != nil {
			return e, err
		}
	}
	err = s.update(ctx, actor, func(t *tx) error {
		old, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		next := p
		if p != nil && p.Blob == "" && old.Picture != nil { // other words, the same picture
			same := *old.Picture
			same.Alt, same.Credit, same.Licence, same.Consent = p.Alt, p.Credit, p.Licence, p.Consent
			next = &same
		}
		after, changes, err := old.Illustrate(next, submitter, seen, t.now)
		if e = after; err != nil || len(changes) == 0 {
			return err
		}
		verb := "illustrated"
		if p == nil {
			verb = "picture_removed"
		}
		return t.keepEvent(&old, after, verb, changes, agenda.Telling{})
	})
	if err != nil {
		err = fmt.Errorf("picture of event %s: %w", id, err)
	}
	return e, err
}
