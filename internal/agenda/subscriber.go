package agenda

import (
	"slices"
	"time"
)

// SubscriberID identifies a subscriber. It is made of the address, so that
// asking twice is one subscriber.
type SubscriberID string

// SubscriberIDOf returns the identifier of whoever asks with that address to be
// told of new events.
func SubscriberIDOf(email string) SubscriberID { return SubscriberID(digest("subscriber", email)) }

// Pace is how often a subscriber is written to.
type Pace string

// The paces.
const (
	PaceNews  Pace = "news"  // when events have become public, those of a day in one mail
	PaceMonth Pace = "month" // at the beginning of the month, what the month still holds
)

// Paces are all paces, in the order in which forms offer them.
var Paces = []Pace{PaceNews, PaceMonth}

// Selection says of which events somebody wants to hear. An empty part of it
// does not matter; of several towns, audiences or languages one is enough.
type Selection struct {
	Towns      []string `json:"towns,omitempty"` // of Towns, or Online
	Audiences  []string `json:"audiences,omitempty"`
	Languages  []string `json:"languages,omitempty"`
	Free       bool     `json:"free,omitempty"`
	Accessible bool     `json:"accessible,omitempty"`
}

// Clean returns the selection with what it knows, each once and in the order of
// the lists.
func (s Selection) Clean() Selection {
	s.Towns = known(s.Towns, append(slices.Clone(Towns), Online))
	s.Audiences, s.Languages = known(s.Audiences, Audiences), known(s.Languages, Languages)
	return s
}

// known keeps what of list is chosen.
func known(chosen, list []string) (out []string) {
	for _, v := range list {
		if slices.Contains(chosen, v) {
			out = append(out, v)
		}
	}
	return out
}

// everyone is the audience of all, and the language of all.
const everyone = "alle"

// Shows reports whether the selection lets an event through. It means what the
// filter of the programme means: an event for everyone is for each audience, one
// in all languages in each language.
func (s Selection) Shows(d EventDetails) bool {
	return (len(s.Towns) == 0 || slices.Contains(s.Towns, d.Venue.Town)) && meets(s.Audiences, d.Audiences) && meets(s.Languages, d.Languages) &&
		(!s.Free || d.Free) && (!s.Accessible || d.StepFree == Yes)
}

func meets(chosen, of []string) bool {
	return len(chosen) == 0 || slices.Contains(of, everyone) || slices.ContainsFunc(chosen, func(c string) bool { return slices.Contains(of, c) })
}

// Wish is of which events somebody wants to hear, how often and in which
// language.
type Wish struct {
	Selection
	Pace Pace `json:"pace"`
	Lang Lang `json:"lang"`
}

// Clean returns the wish fit to be kept.
func (w Wish) Clean() Wish {
	w.Selection = w.Selection.Clean()
	if !slices.Contains(Paces, w.Pace) {
		w.Pace = PaceNews
	}
	return w
}

// Subscriber is somebody who asked to be told of new events. Nothing but the
// address, the language and the selection is known of her.
type Subscriber struct {
	ID        SubscriberID `json:"id"`
	Email     string       `json:"email"`
	Wish                   // what she confirmed, or is to confirm
	New       *Wish        `json:"new,omitempty"`      // asked for since she confirmed; takes the place of Wish with her word
	Asked     time.Time    `json:"asked"`              // UTC; last request for the confirmation mail
	Wording   string       `json:"wording"`            // version of the text that was agreed to (§ 7 UWG, proof of consent)
	Confirmed time.Time    `json:"confirmed,omitzero"` // UTC, whole seconds; double opt-in
	Kept      time.Time    `json:"kept,omitzero"`      // UTC; last time that she wanted it
	Question  time.Time    `json:"question,omitzero"`  // UTC; when she was asked whether she still does, not answered yet
	Gen       int          `json:"gen,omitempty"`      // generation of her link
}

// Limits of subscriptions.
const (
	StillAfter = 365                 // days after which a subscriber is asked whether she still wants it
	StillFor   = 60 * 24 * time.Hour // how long the answer is waited for
	newsRest   = 2 * time.Hour       // events that became public less than that before a morning wait for the next
)

// Ask returns the subscriber with what is asked for with her address, and
// whether a mail goes out: at most one an hour. Until she confirms the last
// request counts. Afterwards anybody could ask in her name: nothing changes
// before she confirms again.
func (s Subscriber) Ask(w Wish, wording string, now time.Time) (Subscriber, bool) {
	w = w.Clean()
	mail := s.Asked.IsZero() || now.Sub(s.Asked) >= AskAgainAfter
	if s.Confirmed.IsZero() {
		s.Wish, s.Wording = w, wording
	} else {
		s.New = &w
	}
	if mail {
		s.Asked = now
	}
	return s, mail
}

// Until returns when what was asked for can no longer be confirmed.
func (s Subscriber) Until() time.Time { return s.Asked.Add(ConfirmWithin) }

// Offer returns what waits for her word at now: nil if nothing does.
func (s Subscriber) Offer(now time.Time) *Wish {
	switch {
	case now.After(s.Until()):
		return nil
	case s.Confirmed.IsZero():
		return &s.Wish
	}
	return s.New
}

// Confirm is the second step of the double opt-in, and takes what was asked for
// since. Confirming twice is no error; ErrExpired is returned when the request
// is too old.
func (s Subscriber) Confirm(now time.Time) (Subscriber, error) {
	if !s.Confirmed.IsZero() && s.New == nil {
		return s, nil
	}
	offer := s.Offer(now)
	if offer == nil {
		return s, ErrExpired
	}
	s.Wish, s.New = *offer, nil
	if s.Confirmed.IsZero() {
		s.Confirmed = now.UTC().Truncate(time.Second)
	}
	return s.Keep(now), nil
}

// Change returns the subscriber with another wish, which is her own word.
// ErrState is returned before she has confirmed.
func (s Subscriber) Change(w Wish, now time.Time) (Subscriber, error) {
	if s.Confirmed.IsZero() {
		return s, ErrState
	}
	s.Wish, s.New = w.Clean(), nil
	return s.Keep(now), nil
}

// Keep returns the subscriber who still wants to be told.
func (s Subscriber) Keep(now time.Time) Subscriber {
	s.Kept, s.Question = now, time.Time{}
	return s
}

// Ends returns when a subscription ends because she did not answer the yearly
// question; zero: she was not asked.
func (s Subscriber) Ends() time.Time {
	if s.Question.IsZero() {
		return time.Time{}
	}
	return s.Question.Add(StillFor)
}

// Over reports whether the address is to be deleted: not confirmed in time, or
// the yearly question not answered.
func (s Subscriber) Over(now time.Time) bool {
	if s.Confirmed.IsZero() {
		return now.After(s.Until())
	}
	return !s.Question.IsZero() && now.After(s.Ends())
}

// Hears keeps the events of which the subscriber is told in a mail of that
// pace: those that she selected and, of news, that became public since she
// confirmed. She has to have confirmed, and to want that pace.
func (s Subscriber) Hears(pace Pace, events []Event) (out []Event) {
	if s.Confirmed.IsZero() || s.Pace != pace {
		return nil
	}
	for _, e := range events {
		if s.Shows(e.EventDetails) && (pace != PaceNews || !e.Released.Before(s.Confirmed)) {
			out = append(out, e)
		}
	}
	return out
}

// Ahead reports whether people can still go to the event: it is public, takes
// place as announced and is not over.
func (e Event) Ahead(now time.Time, loc *time.Location) bool {
	return e.Public() && e.Standing == Scheduled && e.End.In(loc).After(now)
}

// IsNews reports whether an event has just become public, for the first time,
// and is not over: subscribers are told. old is nil for one that was added.
func IsNews(old *Event, e Event, now time.Time, loc *time.Location) bool {
	return e.Public() && (old == nil || !old.Public()) && e.End.In(loc).After(now)
}

// NewsAt returns when subscribers are told of what becomes public at now: on a
// working day at the hour of reminders, so that what is decided in a day at the
// office is one mail. What becomes public shortly before that hour waits for
// the next such day: more of it may follow.
func (c Clock) NewsAt(now time.Time) time.Time {
	rested := now.Add(newsRest)
	for day := LocalOf(rested, c.Loc).Date; ; day = day.AddDays(1) {
		if at := day.At(c.Hour, c.Minute).In(c.Loc); c.WorkingDayBefore(day) == day && !at.Before(rested) {
			return at
		}
	}
}

// StillID is the identifier of the notice that asks a subscriber whether she
// still wants to be told.
func StillID(id SubscriberID) NoticeID { return NoticeID("still." + string(id)) }

// Still returns the notice that asks a subscriber whether she still wants to be
// told, a year after she last said so.
func (c Clock) Still(s Subscriber, now time.Time) Notice {
	about := Ref{AboutSubscriber, string(s.ID)}
	day := LocalOf(s.Kept, c.Loc).Date.AddDays(StillAfter)
	return Notice{
		ID: StillID(s.ID), Kind: KindStill, Subject: about, To: Audience{Of: about},
		Due: day.At(c.Hour, c.Minute).In(c.Loc), Mark: day.String(), Made: now,
	}
}
