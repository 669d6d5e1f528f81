package store

import (
	"errors"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Subscribers are told of what became public in one mail: while a notice waits
// for its morning, every further event joins it. So the index of what is new is
// by notice, and what a mail costs depends on what is new, not on how much is
// stored.

func newsKey(id agenda.NoticeID) string { return kv.Key(kNews, idPart(string(id))) }
func freshKey(id agenda.EventID) string { return kv.Key(kFresh, idPart(string(id))) }

var lastNewsKey = kv.Key(kMeta, "news")

// newsMost is how many events a notice tells of: its list fits in one record.
const newsMost = 2000

// announce has an event that has just become public told to subscribers, once.
// One that is withdrawn before they were told may be told later.
func (t *tx) announce(old *agenda.Event, e agenda.Event) error {
	if old != nil && old.Public() && !e.Public() {
		return t.unannounce(e.ID)
	}
	if !agenda.IsNews(old, e, t.now, t.clock.Loc) {
		return nil
	}
	if _, err := t.Get(freshKey(e.ID)); !errors.Is(err, kv.ErrNotFound) {
		return err // was told before
	}
	if heard, err := t.hasSubscribers(agenda.PaceNews); err != nil || !heard {
		return err // who subscribes later is told of what becomes public later
	}
	id, events, err := t.waitingNews()
	if err != nil {
		return err
	}
	if id == "" || len(events) >= newsMost {
		if id, events, err = agenda.NoticeID("news."+t.id), nil, t.newNews(); err != nil {
			return err
		}
	}
	if !slices.Contains(events, e.ID) {
		put(t, newsKey(id), append(events, e.ID))
	}
	t.Put(freshKey(e.ID), []byte(id))
	return nil
}

// unannounce takes note that an event went before subscribers were told of it:
// should it come back it is new to them.
func (t *tx) unannounce(id agenda.EventID) error {
	told, err := t.Get(freshKey(id))
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	n, err := get[agenda.Notice](t, noticeKey(agenda.NoticeID(told)))
	if err == nil && waits(n) {
		t.Delete(freshKey(id))
	}
	return ignoreNotFound(err)
}

// waits reports whether nobody has been told yet of what the notice says.
func waits(n agenda.Notice) bool { return !n.Done && n.Cursor == "" }

// waitingNews returns the notice that tells of what became public, and its
// events; "" if none waits.
func (t *tx) waitingNews() (agenda.NoticeID, []agenda.EventID, error) {
	last, err := t.Get(lastNewsKey)
	if errors.Is(err, kv.ErrNotFound) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	n, err := get[agenda.Notice](t, noticeKey(agenda.NoticeID(last)))
	if err != nil || !waits(n) {
		return "", nil, ignoreNotFound(err)
	}
	events, err := get[[]agenda.EventID](t, newsKey(n.ID))
	return n.ID, events, ignoreNotFound(err)
}

// newsFor is how long news are of use: afterwards people have seen the programme
// otherwise.
const newsFor = 14 * 24 * time.Hour

// newNews writes the notice of what becomes public from now on.
func (t *tx) newNews() error {
	id, due := agenda.NoticeID("news."+t.id), t.clock.NewsAt(t.now)
	t.Put(lastNewsKey, []byte(id))
	to := subscribersOf(agenda.PaceNews)
	return t.notify(agenda.Notice{ID: id, Kind: agenda.KindNews, Subject: to, To: agenda.Audience{Of: to}, Due: due, Deadline: due.Add(newsFor), Mark: t.id, Made: t.now})
}

func (t *tx) hasSubscribers(p agenda.Pace) (bool, error) {
	for _, err := range t.Scan(kv.Prefix(kSubscribed, string(p))) {
		return err == nil, err
	}
	return false, nil
}

// subscribers returns the next readers of a notice to subscribers: those of its
// pace who are told of an event.
func (t *tx) subscribers(n agenda.Notice) (out []agenda.Ref, more bool, err error) {
	events, err := tellable(t, n, t.now, t.clock.Loc)
	if err != nil || len(events) == 0 {
		return nil, false, err
	}
	pace := agenda.Pace(n.To.Of.ID)
	lo, hi := kv.Prefix(kSubscribed, string(pace))
	if n.Cursor != "" {
		lo = kv.Key(kSubscribed, string(pace), n.Cursor) + "\x00"
	}
	for p, err := range t.Scan(lo, hi) {
		if err != nil {
			return nil, false, err
		}
		if len(out) == expandBatch {
			return out, true, nil
		}
		sub, err := get[agenda.Subscriber](t, subscriberKey(agenda.SubscriberID(lastPart(p.Key))))
		if err := ignoreNotFound(err); err != nil {
			return nil, false, err
		}
		if len(sub.Hears(pace, events)) > 0 {
			out = append(out, aboutSubscriber(sub.ID))
		}
	}
	return out, false, nil
}

// askedSubscriber is the one reader of a notice to a subscriber. That she was
// asked whether she still wants it is noted when the mail is made: a service
// that was down at its time does not end what it did not ask about.
func (t *tx) askedSubscriber(n agenda.Notice) ([]agenda.Ref, bool, error) {
	if n.Kind == agenda.KindStill {
		sub, err := get[agenda.Subscriber](t, subscriberKey(agenda.SubscriberID(n.To.Of.ID)))
		if err != nil {
			return nil, false, ignoreNotFound(err)
		}
		sub.Question = t.now
		put(t, subscriberKey(sub.ID), sub)
	}
	return []agenda.Ref{n.To.Of}, false, nil
}

// tellable returns the events of a notice to subscribers that people can still
// go to, by start.
func tellable(tx kv.Tx, n agenda.Notice, now time.Time, loc *time.Location) (out []agenda.Event, err error) {
	var events []agenda.Event
	if n.Kind == agenda.KindMonth {
		events, err = eventsOfMonth(tx, n.Mark)
	} else {
		events, err = eventsOfNews(tx, n.ID)
	}
	for _, e := range events {
		if e.Ahead(now, loc) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b agenda.Event) int { return a.Start.Compare(b.Start) })
	return out, err
}

func eventsOfNews(tx kv.Tx, id agenda.NoticeID) (out []agenda.Event, err error) {
	ids, err := get[[]agenda.EventID](tx, newsKey(id))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	for _, id := range ids {
		e, err := get[agenda.Event](tx, eventKey(id))
		if errors.Is(err, agenda.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// longest is how many days before a month an event can have begun that goes on
// in it.
const longest = 60

// eventsOfMonth returns the events that take place in the month, "2027-09".
func eventsOfMonth(tx kv.Tx, month string) (out []agenda.Event, err error) {
	first, err := agenda.ParseDate(month + "-01")
	if err != nil {
		return nil, err
	}
	from := first.AddDays(-longest)
	// An event can stand in the programme of the year before or after its own.
	for year := from.Year - 1; year <= first.Year+1; year++ {
		events, err := eventsIn(tx, kv.Key(kOn, yearPart(year), from.String()), kv.Key(kOn, yearPart(year), month+"-99"))
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if strings.Compare(e.End.String(), month) >= 0 {
				out = append(out, e)
			}
		}
	}
	return out, nil
}

// told reads the events of a notice to subscribers, once for all its letters.
func (r *reader) told(f *agenda.Facts) error {
	key := "told " + string(f.Notice.ID)
	if events, ok := r.kept[key].([]agenda.Event); ok {
		f.Events = events
		return nil
	}
	events, err := tellable(r.tx, f.Notice, f.Now, r.s.Loc())
	f.Events, r.kept[key] = events, events
	return err
}
