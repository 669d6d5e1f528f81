package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Institutions returns all institutions by name.
func (s *Store) Institutions(ctx context.Context) ([]agenda.Institution, error) {
	return view(ctx, s, institutions)
}

func institutions(tx kv.Tx) ([]agenda.Institution, error) {
	out, err := all[agenda.Institution](tx, kInstitution)
	slices.SortFunc(out, func(a, b agenda.Institution) int { return strings.Compare(agenda.Fold(a.Name), agenda.Fold(b.Name)) })
	return out, err
}

// Institution returns one institution.
func (s *Store) Institution(ctx context.Context, id agenda.InstitutionID) (agenda.Institution, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Institution, error) { return get[agenda.Institution](tx, institutionKey(id)) })
}

// SaveInstitution adds an institution (ID "") or changes one. If it was read, its
// Changed says when: ErrConflict is returned if somebody changed it since.
func (s *Store) SaveInstitution(ctx context.Context, actor agenda.Actor, i agenda.Institution) (agenda.Institution, error) {
	i = i.Clean()
	if err := i.Check(); err != nil {
		return i, err
	}
	var out agenda.Institution
	err := s.update(ctx, actor, func(t *tx) (err error) {
		out, err = t.institution(i)
		return err
	})
	return out, err
}

func (t *tx) institution(i agenda.Institution) (agenda.Institution, error) {
	e := agenda.Entry{Verb: "changed", Title: i.Name}
	if i.ID == "" {
		i.ID = agenda.InstitutionID(t.id)
		e.Verb = "added"
	} else {
		old, err := get[agenda.Institution](t, institutionKey(i.ID))
		if err != nil {
			return i, err
		}
		if !i.Changed.IsZero() && !old.Changed.Equal(i.Changed) {
			return i, agenda.ErrConflict
		}
		if e.Changes = old.Changes(i); len(e.Changes) == 0 {
			return old, nil
		}
	}
	i.Changed = agenda.Rise(i.Changed, t.now)
	put(t, institutionKey(i.ID), i)
	e.Subject = agenda.Ref{Kind: agenda.AboutInstitution, ID: string(i.ID)}
	t.record(e)
	return i, nil
}

// MergeInstitutions makes two spellings one institution: everybody and every
// seat of from belongs to into, and files that name from mean into.
func (s *Store) MergeInstitutions(ctx context.Context, actor agenda.Actor, into, from agenda.InstitutionID) error {
	if into == from {
		return agenda.Problems{{Field: "into", Rule: "itself"}}
	}
	for more := true; more; {
		err := s.update(ctx, actor, func(t *tx) (err error) {
			more, err = t.merge(into, from)
			return err
		})
		if err != nil {
			return fmt.Errorf("merge institutions: %w", err)
		}
	}
	return nil
}

// merge moves people and seats, a transaction's worth at a time, and takes
// away the old institution with the last of them.
func (t *tx) merge(into, from agenda.InstitutionID) (more bool, err error) {
	a, err := get[agenda.Institution](t, institutionKey(into))
	if err != nil {
		return false, err
	}
	b, err := get[agenda.Institution](t, institutionKey(from))
	if err != nil {
		return false, err
	}
	n := 0
	people, err := all[agenda.Person](t, kPerson)
	if err != nil {
		return false, err
	}
	for _, p := range people {
		if p.Institution == from {
			if n++; n > 40 {
				return true, nil
			}
			p.Institution, p.Changed = into, agenda.Rise(p.Changed, t.now)
			put(t, personKey(p.ID), p)
		}
	}
	seats, err := all[agenda.Seat](t, kSeat)
	if err != nil {
		return false, err
	}
	for _, seat := range seats {
		if seat.Institution == from {
			if n++; n > 40 {
				return true, nil
			}
			seat.Institution = into
			put(t, seatKey(seat.Group, seat.ID), seat)
		}
	}
	if more, err := t.moveHosts(from, into, n); err != nil || more {
		return more, err
	}
	if more, err := t.moveTopics(from, into, n); err != nil || more {
		return more, err
	}
	a = a.Merge(b)
	a.Changed = t.now
	put(t, institutionKey(into), a)
	if err := errors.Join(t.moveRefusals(from, into), t.moveDeadlineAnswers(from, into)); err != nil {
		return false, err
	}
	t.Delete(institutionKey(from))
	t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutInstitution, ID: string(into)}, Verb: "merged", Title: a.Name, Note: b.Name})
	return false, nil
}

// People returns everybody by family name.
func (s *Store) People(ctx context.Context) ([]agenda.Person, error) { return view(ctx, s, people) }

func people(tx kv.Tx) ([]agenda.Person, error) {
	out, err := all[agenda.Person](tx, kPerson)
	slices.SortFunc(out, func(a, b agenda.Person) int {
		return strings.Compare(agenda.Fold(a.Family)+" "+agenda.Fold(a.Given), agenda.Fold(b.Family)+" "+agenda.Fold(b.Given))
	})
	return out, err
}

// Person returns one person.
func (s *Store) Person(ctx context.Context, id agenda.PersonID) (agenda.Person, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Person, error) { return get[agenda.Person](tx, personKey(id)) })
}

// PersonByEmail returns the person who has the address.
func (s *Store) PersonByEmail(ctx context.Context, email string) (agenda.Person, error) {
	addr, ok := agenda.Email(email)
	if !ok {
		return agenda.Person{}, agenda.ErrNotFound
	}
	return view(ctx, s, func(tx kv.Tx) (agenda.Person, error) { return personByEmail(tx, addr) })
}

func personByEmail(tx kv.Tx, addr string) (agenda.Person, error) {
	id, err := tx.Get(kv.Key(kEmail, addr))
	if errors.Is(err, kv.ErrNotFound) {
		return agenda.Person{}, agenda.ErrNotFound
	}
	if err != nil {
		return agenda.Person{}, err
	}
	return get[agenda.Person](tx, personKey(agenda.PersonID(id)))
}

// SavePerson adds a person (ID "") or changes one. seen is the Changed time of
// the record that the form was made from; ErrConflict is returned if it changed
// since. An address belongs to one person only.
func (s *Store) SavePerson(ctx context.Context, actor agenda.Actor, p agenda.Person, seen time.Time) (agenda.Person, error) {
	p = p.Clean()
	if err := p.Check(); err != nil {
		return p, err
	}
	var out agenda.Person
	err := s.update(ctx, actor, func(t *tx) (err error) {
		out, err = t.person(p, seen)
		return err
	})
	return out, err
}

func (t *tx) person(p agenda.Person, seen time.Time) (agenda.Person, error) {
	old, verb := agenda.Person{}, "added"
	if p.ID == "" {
		p.ID = agenda.PersonID(t.id)
	} else {
		var err error
		if old, err = get[agenda.Person](t, personKey(p.ID)); err != nil {
			return p, err
		}
		verb = "changed"
		if !seen.IsZero() && !seen.Equal(old.Changed) {
			return p, agenda.ErrConflict
		}
	}
	if p.Email != old.Email {
		if err := t.moveEmail(old.Email, p); err != nil {
			return p, err
		}
	}
	changes := old.Changes(p, t.institutionName)
	if len(changes) == 0 && old.FeedGen == p.FeedGen && verb == "changed" {
		return old, nil
	}
	p.Changed = agenda.Rise(old.Changed, t.now)
	put(t, personKey(p.ID), p)
	t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutPerson, ID: string(p.ID)}, Verb: verb, Title: p.Name(), Changes: changes})
	return p, t.touch(PersonScope(p.ID), string(p.ID))
}

// SetListing says what the directory shows of a person: herself, or a coordinator
// to whom she said so.
func (s *Store) SetListing(ctx context.Context, actor agenda.Actor, id agenda.PersonID, l agenda.Listing) error {
	err := s.update(ctx, actor, func(t *tx) error {
		p, err := get[agenda.Person](t, personKey(id))
		if err != nil {
			return err
		}
		l = p.Listing.Agree(l, agenda.LocalOf(t.now, t.clock.Loc).Date)
		changes := p.Listing.Changes(l)
		if len(changes) == 0 {
			return nil
		}
		p.Listing, p.Changed = l, agenda.Rise(p.Changed, t.now)
		put(t, personKey(id), p)
		t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutPerson, ID: string(id)}, Verb: "changed", Title: p.Name(), Changes: changes})
		return nil
	})
	if err != nil {
		err = fmt.Errorf("listing of %s: %w", id, err)
	}
	return err
}

// Directory returns what members see of institutions and people.
func (s *Store) Directory(ctx context.Context, f agenda.DirectoryFilter) ([]agenda.DirectoryEntry, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.DirectoryEntry, error) {
		all, err := institutions(tx)
		if err != nil {
			return nil, err
		}
		everybody, err := people(tx)
		return agenda.Directory(all, everybody, f), err
	})
}

func (t *tx) moveEmail(old string, p agenda.Person) error {
	if p.Email != "" {
		id, err := t.Get(kv.Key(kEmail, p.Email))
		if err == nil && string(id) != string(p.ID) {
			return agenda.Problems{{Field: "email", Rule: "taken"}}
		}
		if err != nil && !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		t.Put(kv.Key(kEmail, p.Email), []byte(p.ID))
	}
	if old != "" {
		t.Delete(kv.Key(kEmail, old))
		t.Delete(returnedKey(old))
	}
	return nil
}

func (t *tx) institutionName(id agenda.InstitutionID) string {
	if id == "" {
		return ""
	}
	i, err := get[agenda.Institution](t, institutionKey(id))
	if err != nil {
		return string(id)
	}
	return i.Name
}

// DeletePerson takes a person and her address out of everything that the
// service does from now on. Seats and history keep her identifier only
// (Art. 17 GDPR; what was decided stays, without the name).
func (s *Store) DeletePerson(ctx context.Context, actor agenda.Actor, id agenda.PersonID) error {
	err := s.update(ctx, actor, func(t *tx) error {
		p, err := get[agenda.Person](t, personKey(id))
		if err != nil {
			return err
		}
		today := agenda.LocalOf(t.now, t.clock.Loc).Date
		held, err := heldBy(t, id)
		if err != nil {
			return err
		}
		for _, seat := range held {
			seat = seat.Leave(id, today)
			put(t, seatKey(seat.Group, seat.ID), seat)
		}
		t.Delete(personKey(id))
		if p.Email != "" {
			t.Delete(kv.Key(kEmail, p.Email))
			t.Delete(returnedKey(p.Email))
		}
		t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutPerson, ID: string(id)}, Verb: "deleted"})
		return t.touch(PersonScope(id), string(id))
	})
	if err != nil {
		return err
	}
	about := agenda.Ref{Kind: agenda.AboutPerson, ID: string(id)}
	return errors.Join(s.forgetName(ctx, about), s.forgetAddress(ctx, about), s.forgetAnswers(ctx, id), s.forgetRequests(ctx, id), s.forgetTopics(ctx, id), s.forgetPresent(ctx, id))
}

// forgetAddress takes a reader's address out of the outbox, also where a mail
// server named it.
func (s *Store) forgetAddress(ctx context.Context, reader agenda.Ref) error {
	lo, hi := kv.Prefix(kMessage)
	for lo != "" {
		var theirs []agenda.Message
		err := s.db.View(ctx, func(tx kv.Tx) error {
			from := lo
			theirs, lo = nil, ""
			for p, err := range tx.Scan(from, hi) {
				if err != nil {
					return err
				}
				if len(theirs) == expandBatch {
					lo = p.Key
					return nil
				}
				var m agenda.Message
				if err := decode(p.Key, p.Value, &m); err != nil {
					return err
				}
				if m.Reader == reader {
					theirs = append(theirs, m)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = s.update(ctx, agenda.Actor{}, func(t *tx) error {
			for _, m := range theirs {
				m, err := get[agenda.Message](t, messageKey(m.ID))
				if err != nil {
					return err
				}
				m.To, m.Error = "", ""
				put(t, messageKey(m.ID), m)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetName takes names, addresses and numbers out of the history of a thing.
func (s *Store) forgetName(ctx context.Context, about agenda.Ref) error {
	for before := ""; ; {
		entries, err := view(ctx, s, func(tx kv.Tx) (keys []string, err error) {
			lo, hi := kv.Prefix(kTrail, about.Kind, about.ID)
			if before != "" {
				lo = before + "\x00"
			}
			for p, err := range tx.Scan(lo, hi) {
				if err != nil || len(keys) == 2*expandBatch {
					return keys, err
				}
				keys, before = append(keys, string(p.Value)), p.Key
			}
			return keys, nil
		})
		if err != nil || len(entries) == 0 {
			return err
		}
		err = s.update(ctx, agenda.Actor{}, func(t *tx) error {
			for _, key := range entries {
				e, err := get[agenda.Entry](t, key)
				if err != nil {
					return err
				}
				e.Title, e.Changes, e.Note = "", nil, ""
				put(t, key, e)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// PersonFeedToken returns the secret part of the person's feed address.
func (s *Store) PersonFeedToken(p agenda.Person) string {
	return s.token(forFeed, string(p.ID), p.FeedGen)
}

// PersonFeed returns whose feed a token opens, ErrNotFound if nobody's.
func (s *Store) PersonFeed(ctx context.Context, token string) (agenda.PersonID, error) {
	p, err := s.Person(ctx, agenda.PersonID(subjectOf(token)))
	if err == nil && !s.genuine(token, forFeed, p.FeedGen) {
		err = agenda.ErrNotFound
	}
	return p.ID, err
}

// RenewPersonFeed makes the address of a person's feed worthless and gives her
// a new one.
func (s *Store) RenewPersonFeed(ctx context.Context, actor agenda.Actor, id agenda.PersonID) (p agenda.Person, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		if p, err = get[agenda.Person](t, personKey(id)); err != nil {
			return err
		}
		p.FeedGen++
		p, err = t.person(p, time.Time{})
		return err
	})
	return p, err
}

// MuteToken returns who would switch off which kind of mail with a link.
func (s *Store) MuteToken(ctx context.Context, token string) (agenda.Person, agenda.Kind, error) {
	id, kind, ok := strings.Cut(subjectOf(token), "-")
	if !ok || !s.genuine(token, forMute, 0) {
		return agenda.Person{}, "", agenda.ErrNotFound
	}
	p, err := s.Person(ctx, agenda.PersonID(id))
	return p, agenda.Kind(kind), err
}

// Mute switches off the kind of mail that the link was in. Doing it twice, or
// years later, is no error.
func (s *Store) Mute(ctx context.Context, token string) error {
	p, kind, err := s.MuteToken(ctx, token)
	if err != nil {
		return err
	}
	return s.update(ctx, agenda.PersonActor(p.ID), func(t *tx) error {
		p, err := get[agenda.Person](t, personKey(p.ID))
		if err != nil {
			return err
		}
		_, err = t.person(p.Mute(kind), time.Time{})
		return err
	})
}

// PeopleRows returns a row for each person, made by cells of the person, the
// name of her institution and the names of the groups in which she has a seat
// today.
func (s *Store) PeopleRows(ctx context.Context, cells func(p agenda.Person, institution string, groups []string) []string) ([][]string, error) {
	return view(ctx, s, func(tx kv.Tx) ([][]string, error) {
		everybody, err := people(tx)
		if err != nil {
			return nil, err
		}
		today := s.Today()
		var out [][]string
		for _, p := range everybody {
			inst, err := get[agenda.Institution](tx, institutionKey(p.Institution))
			if err := ignoreNotFound(err); err != nil {
				return nil, err
			}
			held, err := heldBy(tx, p.ID)
			if err != nil {
				return nil, err
			}
			var groups []string
			for _, seat := range held {
				if seat.Holder(today) == p.ID {
					g, err := get[agenda.Group](tx, groupKey(seat.Group))
					if err != nil {
						return nil, err
					}
					groups = append(groups, g.Name)
				}
			}
			out = append(out, cells(p, inst.Name, groups))
		}
		return out, nil
	})
}
