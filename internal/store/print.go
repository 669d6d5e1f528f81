package store

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// A part of a freeze holds so many bytes, or one event; so many parts fit into
// one transaction.
const (
	freezePart  = 56 << 10
	freezeParts = 12
)

// FreezeEdition keeps what is public of an edition now, as it goes to print.
// The last freeze counts. once, when not empty, names the form: sent twice it
// makes one. The parts are written first, in batches, and the record that names
// them last: there is never half a freeze.
func (s *Store) FreezeEdition(ctx context.Context, actor agenda.Actor, year int, once string) (agenda.Freeze, error) {
	f := agenda.Freeze{ID: formID(once), Year: year, At: s.Now()}
	printed, err := view(ctx, s, func(tx kv.Tx) ([]agenda.Printed, error) { return printedOf(tx, year) })
	if err != nil {
		return f, fmt.Errorf("freeze edition %d: %w", year, err)
	}
	parts := inParts(printed)
	f.Events, f.Chunks = len(printed), len(parts)
	known, err := s.freezeKnown(ctx, f)
	if err != nil || known.ID != "" {
		return known, err
	}
	for i := 0; i < len(parts); i += freezeParts {
		err := s.update(ctx, actor, func(t *tx) error {
			for j, p := range parts[i:min(i+freezeParts, len(parts))] {
				put(t, frozenKey(f.ID, i+j), p)
			}
			return nil
		})
		if err != nil {
			return f, fmt.Errorf("freeze edition %d: %w", year, err)
		}
	}
	return f, s.update(ctx, actor, func(t *tx) error {
		ed, err := get[agenda.Edition](t, editionKey(year))
		if err != nil {
			return err
		}
		put(t, kv.Key(kFreeze, yearPart(year), kv.TimeDesc(f.At), f.ID), f)
		t.record(agenda.Entry{
			Subject: agenda.Ref{Kind: agenda.AboutEdition, ID: strconv.Itoa(year)}, Verb: "frozen", Title: ed.Title,
			Changes: []agenda.Change{{Field: "count", New: strconv.Itoa(f.Events)}},
		})
		return t.touch(Programme, "edition."+strconv.Itoa(year))
	})
}

// formID is the identifier of what a form makes, a new one for no form.
func formID(once string) string {
	if once == "" {
		return newID()
	}
	sum := sha256.Sum256([]byte("once" + once))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

func frozenKey(id string, n int) string { return kv.Key(kFrozen, id, fmt.Sprintf("%05d", n)) }

// printedOf returns the public events of an edition as they are printed.
func printedOf(tx kv.Tx, year int) ([]agenda.Printed, error) {
	if _, err := get[agenda.Edition](tx, editionKey(year)); err != nil {
		return nil, err
	}
	lo, hi := kv.Prefix(kOn, yearPart(year))
	events, err := eventsIn(tx, lo, hi)
	if err != nil {
		return nil, err
	}
	var out []agenda.Printed
	for _, e := range events {
		if e.Public() && e.Edition == year {
			out = append(out, e.Printed())
		}
	}
	return out, nil
}

// inParts cuts a list into parts that fit into a value each.
func inParts(list []agenda.Printed) (parts [][]agenda.Printed) {
	size := freezePart
	for _, p := range list {
		b, err := json.Marshal(p)
		if err != nil {
			panic(fmt.Sprintf("event %s cannot be written: %v", p.ID, err)) // unreachable: records are plain data
		}
		if size += len(b) + 1; size > freezePart {
			parts, size = append(parts, nil), len(b)+2
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], p)
	}
	return parts
}

// freezeKnown returns the freeze that the same form made before.
func (s *Store) freezeKnown(ctx context.Context, f agenda.Freeze) (agenda.Freeze, error) {
	list, err := s.Freezes(ctx, f.Year)
	if i := slices.IndexFunc(list, func(o agenda.Freeze) bool { return o.ID == f.ID }); i >= 0 {
		return list[i], err
	}
	return agenda.Freeze{}, err
}

// Freezes returns the freezes of an edition, the last one first.
func (s *Store) Freezes(ctx context.Context, year int) ([]agenda.Freeze, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Freeze, error) { return all[agenda.Freeze](tx, kFreeze, yearPart(year)) })
}

// Frozen returns the events of a freeze as they were printed.
func (s *Store) Frozen(ctx context.Context, f agenda.Freeze) ([]agenda.Printed, error) {
	parts, err := view(ctx, s, func(tx kv.Tx) ([][]agenda.Printed, error) { return all[[]agenda.Printed](tx, kFrozen, idPart(f.ID)) })
	if err == nil && len(parts) != f.Chunks {
		err = fmt.Errorf("freeze %s of edition %d: %d of %d parts", f.ID, f.Year, len(parts), f.Chunks)
	}
	return slices.Concat(parts...), err
}

// Proofs says how many organisers were asked to approve their event, and how
// many events name no address.
type Proofs struct {
	Sent, Unreachable int
}

// SendProofs mails the organisers of an edition's public events the text that
// will be printed, except for those who approved it. once, when not empty, names
// the form: sent twice it mails once. ErrState is returned after the copy
// deadline.
func (s *Store) SendProofs(ctx context.Context, actor agenda.Actor, year int, once string) (p Proofs, err error) {
	ed, err := s.Edition(ctx, year)
	if err != nil {
		return p, err
	}
	if !ed.AsksProofs(s.Today()) {
		return p, agenda.ErrState
	}
	events, err := s.Events(ctx, year)
	if err != nil {
		return p, err
	}
	mark := "proof." + formID(once)
	for _, e := range events {
		switch {
		case e.Edition != year || !e.NeedsProof():
			continue
		}
		reachable, err := view(ctx, s, func(tx kv.Tx) (bool, error) { return reachable(tx, e) })
		if err != nil {
			return p, err
		}
		if !reachable {
			p.Unreachable++
			continue
		}
		if err := s.update(ctx, actor, func(t *tx) error { return t.sendProof(e.ID, ed, mark) }); err != nil {
			return p, fmt.Errorf("proof of event %s: %w", e.ID, err)
		}
		p.Sent++
	}
	return p, nil
}

func (t *tx) sendProof(id agenda.EventID, ed agenda.Edition, mark string) error {
	notice := agenda.NoticeID("s." + string(id) + "." + mark)
	if _, err := get[agenda.Notice](t, noticeKey(notice)); !errors.Is(err, agenda.ErrNotFound) {
		return err // the same form was sent before
	}
	e, err := get[agenda.Event](t, eventKey(id))
	if err != nil {
		return err
	}
	if e, err = e.Proof(t.now); err != nil {
		return err
	}
	put(t, eventKey(id), e)
	t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "proof_sent", Title: e.Title, Mail: true})
	return t.notify(agenda.Notice{
		ID: notice, Kind: agenda.KindProof, Subject: aboutEvent(e), To: agenda.Audience{Of: agenda.Ref{Kind: agenda.AboutEditors, ID: string(id)}},
		Due: t.now, Deadline: ed.ProofsUntil(t.clock.Loc), Mark: mark, Made: t.now,
	})
}

// ApproveProof notes that one of its editors agrees to the event as it was when
// she saw it. The public sees no difference.
func (s *Store) ApproveProof(ctx context.Context, token string, seen time.Time) (e agenda.Event, err error) {
	err = s.byEditor(ctx, token, forSubmission, func(t *tx, old agenda.Event) error {
		if e, err = old.Approve(seen, t.now); err != nil || e.ProofApproved.Equal(old.ProofApproved) {
			return err
		}
		put(t, eventKey(e.ID), e)
		t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "proof_approved", Title: e.Title})
		return nil
	})
	return e, err
}
