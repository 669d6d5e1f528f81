package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func mailboxKey() string { return kv.Key(kMailbox, "state") }

func leftKey(number uint32) string { return kv.Key(kLeft, fmt.Sprintf("%08x", number)) }

func returnedKey(address string) string { return kv.Key(kReturned, idPart(address)) }

// Mailbox returns how far the mailbox was read; the zero value if it never was.
func (s *Store) Mailbox(ctx context.Context) (agenda.Mailbox, error) {
	return view(ctx, s, mailbox)
}

func mailbox(tx kv.Tx) (agenda.Mailbox, error) {
	m, err := get[agenda.Mailbox](tx, mailboxKey())
	return m, ignoreNotFound(err)
}

func (t *tx) changeMailbox(change func(agenda.Mailbox) (agenda.Mailbox, error)) error {
	m, err := mailbox(t)
	if err != nil {
		return err
	}
	if m, err = change(m); err != nil {
		return err
	}
	put(t, mailboxKey(), m)
	return nil
}

// OpenMailbox notes that the mailbox could be opened, and which of the mails that
// were left there are there still. The numbers of a folder with another validity
// begin anew.
func (s *Store) OpenMailbox(ctx context.Context, validity uint32, there []uint32) (m agenda.Mailbox, err error) {
	err = s.update(ctx, agenda.Actor{}, func(t *tx) error {
		left, err := all[agenda.LeftMail](t, kLeft)
		if err != nil {
			return err
		}
		return t.changeMailbox(func(was agenda.Mailbox) (agenda.Mailbox, error) {
			for _, l := range left {
				if was.Validity != validity || !slices.Contains(there, l.Number) {
					t.Delete(leftKey(l.Number))
				}
			}
			if m = was.Succeed(t.now); m.Validity != validity {
				m.Validity, m.Last = validity, 0
			}
			return m, nil
		})
	})
	return m, err
}

// FailMailbox notes that the mailbox could not be read, and tells the office once
// when that has been so for a day.
func (s *Store) FailMailbox(ctx context.Context, text string) error {
	return s.update(ctx, agenda.Actor{}, func(t *tx) error {
		return t.changeMailbox(func(m agenda.Mailbox) (agenda.Mailbox, error) {
			m, alarm := m.Fail(agenda.Line(text), t.now)
			if !alarm {
				return m, nil
			}
			since := m.Down.Format("20060102T150405")
			return m, t.notify(agenda.Notice{
				ID: agenda.NoticeID("alarm.mailbox." + since), Kind: agenda.KindAlarm, Subject: agenda.Ref{Kind: agenda.AboutOffice, ID: agenda.OfMailbox},
				To: agenda.Audience{Of: agenda.Ref{Kind: agenda.AboutOffice}}, Due: t.now, Mark: since, Made: t.now,
			})
		})
	})
}

// PassMail notes that the mail of that number was dealt with and is out of the
// way.
func (s *Store) PassMail(ctx context.Context, number uint32) error {
	return s.update(ctx, agenda.Actor{}, func(t *tx) error { return t.pass(number) })
}

func (t *tx) pass(number uint32) error {
	return t.changeMailbox(func(m agenda.Mailbox) (agenda.Mailbox, error) {
		m.Last = max(m.Last, number)
		return m, nil
	})
}

// LeaveMail notes a mail that stays in the mailbox for a person to read. Of more
// than are listed the oldest go.
func (s *Store) LeaveMail(ctx context.Context, l agenda.LeftMail) error {
	return s.update(ctx, agenda.Actor{}, func(t *tx) error {
		have, err := all[agenda.LeftMail](t, kLeft)
		if err != nil {
			return err
		}
		for i := range len(have) - agenda.KeepLeft + 1 {
			t.Delete(leftKey(have[i].Number))
		}
		l.Found = t.now
		put(t, leftKey(l.Number), l.Clean())
		return t.pass(l.Number)
	})
}

// LeftMails returns the mails that were left in the mailbox, the newest first.
func (s *Store) LeftMails(ctx context.Context) ([]agenda.LeftMail, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.LeftMail, error) {
		out, err := all[agenda.LeftMail](tx, kLeft)
		slices.Reverse(out)
		return out, err
	})
}

// DropLeft takes a mail off the list that somebody has seen to. It stays in the
// mailbox.
func (s *Store) DropLeft(ctx context.Context, actor agenda.Actor, number uint32) error {
	return s.update(ctx, actor, func(t *tx) error {
		t.Delete(leftKey(number)) // also the second click
		return nil
	})
}

// Bounce books what a mail server reports of a mail of ours: one that came back
// has failed as if it had been refused at once, and its reader's address is
// marked. A report on nothing of ours changes nothing and says so. Booking it
// again changes nothing.
func (s *Store) Bounce(ctx context.Context, b agenda.Bounce) (why agenda.LeftWhy, err error) {
	id := b.Message
	if id == "" && !b.Foreign {
		if id, err = s.sentTo(ctx, b.Address); err != nil {
			return "", err
		}
	}
	b.Text = agenda.Line(b.Text)
	err = s.update(ctx, agenda.Actor{}, func(t *tx) error {
		why = ""
		was, err := get[agenda.Message](t, messageKey(id))
		if errors.Is(err, agenda.ErrNotFound) || err == nil && was.To == "" {
			why = agenda.LeftStranger
			return nil
		}
		if err != nil {
			return err
		}
		m, news := was.Bounced(b, t.now)
		if !news {
			return nil
		}
		if isTrouble(was.State) {
			t.Delete(troubleKey(was))
		}
		if b.Final && !b.Ours() && m.Reader.Kind == agenda.AboutPerson {
			put(t, returnedKey(m.To), agenda.ReturnedMail{Address: m.To, At: t.now, Kind: m.Kind, Text: b.Text})
		}
		return t.finish(m)
	})
	if err != nil {
		err = fmt.Errorf("book a returned mail: %w", err)
	}
	return why, err
}

// looksBack is how many messages are looked at to find the one that a report
// without its name is about.
const looksBack = 5000

// sentTo finds the last mail that went to an address in the last days.
func (s *Store) sentTo(ctx context.Context, address string) (agenda.MessageID, error) {
	since := s.Now().Add(-agenda.BounceWithin)
	return view(ctx, s, func(tx kv.Tx) (agenda.MessageID, error) {
		n := 0
		for p, err := range tx.Scan(kv.Prefix(kLog)) {
			if n++; err != nil || address == "" || n > looksBack {
				return "", err
			}
			m, err := get[agenda.Message](tx, messageKey(agenda.MessageID(lastPart(p.Key))))
			switch {
			case err != nil:
				return "", err
			case m.Made.Before(since):
				return "", nil
			case m.To == address && (m.State == agenda.MessageSent || m.State == agenda.MessageUnknown):
				return m.ID, nil
			}
		}
		return "", nil
	})
}

// Returned returns, by address, the last mails that came back.
func (s *Store) Returned(ctx context.Context) (map[string]agenda.ReturnedMail, error) {
	return view(ctx, s, returned)
}

func returned(tx kv.Tx) (map[string]agenda.ReturnedMail, error) {
	list, err := all[agenda.ReturnedMail](tx, kReturned)
	out := make(map[string]agenda.ReturnedMail, len(list))
	for _, r := range list {
		out[r.Address] = r
	}
	return out, err
}

// TrustAddress takes the mark of an address back to which mail did not come: it
// works again.
func (s *Store) TrustAddress(ctx context.Context, actor agenda.Actor, id agenda.PersonID) error {
	return s.update(ctx, actor, func(t *tx) error {
		p, err := get[agenda.Person](t, personKey(id))
		if err != nil {
			return err
		}
		if _, err := t.Get(returnedKey(p.Email)); p.Email == "" || err != nil {
			return nil // the second click
		}
		t.Delete(returnedKey(p.Email))
		t.record(agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutPerson, ID: string(id)}, Verb: "trusted", Title: p.Name(), Note: p.Email})
		return nil
	})
}

// sweepReturned deletes the marks of addresses after the time for which mails
// are kept.
func (s *Store) sweepReturned(ctx context.Context, keep time.Duration) (n int, err error) {
	err = s.update(ctx, agenda.Actor{}, func(t *tx) error {
		n = 0
		list, err := all[agenda.ReturnedMail](t, kReturned)
		for _, r := range list {
			if keep > 0 && t.now.Sub(r.At) > keep && n < expandBatch {
				t.Delete(returnedKey(r.Address))
				n++
			}
		}
		return err
	})
	return n, err
}
