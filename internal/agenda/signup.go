package agenda

import (
	"slices"
	"time"
)

// SignUpID identifies a sign-up. One that somebody made by mail is made of event
// and address, so that asking twice is one sign-up.
type SignUpID string

// SignUp is somebody's wish for places at an event. Nothing is asked about
// origin, religion or residence.
type SignUp struct {
	ID        SignUpID    `json:"id"`
	Event     EventID     `json:"event"`
	Number    int         `json:"n"`               // its turn: smaller is earlier; no two of an event are the same
	Name      string      `json:"name"`            // also a nickname or initials
	Email     string      `json:"email,omitempty"` // "" if the organiser added it by hand
	Phone     string      `json:"phone,omitempty"`
	Persons   int         `json:"persons"`
	Lang      Lang        `json:"lang,omitempty"`
	ForOther  bool        `json:"for,omitempty"` // made by a counsellor for somebody else
	Needs     Needs       `json:"needs,omitzero"`
	State     SignUpState `json:"state"`
	Until     time.Time   `json:"until,omitzero"` // UTC; of asked and offered: when the place is free again
	Asked     time.Time   `json:"asked"`          // UTC; last time that it was asked for
	Told      time.Time   `json:"told,omitzero"`  // UTC; last mail that she asked for
	Confirmed time.Time   `json:"confirmed,omitzero"`
	Wording   string      `json:"wording,omitempty"` // version of the text that she read
	Quiet     bool        `json:"quiet,omitempty"`   // wants no reminders
	Came      []int       `json:"came,omitempty"`    // numbers of the dates at which she was
	Turn      int         `json:"turn,omitempty"`    // counts its changes of state, so that each is told once
	Gen       int         `json:"gen,omitempty"`     // generation of its link
}

// Needs are what an organiser can prepare for. They are voluntary and deleted
// on the day after the event (Art. 9 GDPR: some speak of health).
type Needs struct {
	Childcare   int    `json:"childcare,omitempty"`   // number of children
	Interpreter string `json:"interpreter,omitempty"` // code of a language, "" for none
	StepFree    bool   `json:"stepfree,omitempty"`
}

// SignUpState is where a sign-up stands. Mails and pages say what it is, never
// what was done to it.
type SignUpState string

// The states of a sign-up. Asked, seated and offered hold places.
const (
	SignUpAsked   SignUpState = "asked"   // a place is kept until she confirms
	SignUpQueued  SignUpState = "queued"  // asked when all was taken, not confirmed yet
	SignUpSeated  SignUpState = "seated"  // has a place
	SignUpWaiting SignUpState = "waiting" // on the waiting list
	SignUpOffered SignUpState = "offered" // a place became free and is kept for her until she accepts
	SignUpEnded   SignUpState = "ended"   // given back by herself
	SignUpLapsed  SignUpState = "lapsed"  // not confirmed or not accepted in time
	SignUpRemoved SignUpState = "removed" // taken out by the organiser
)

// Limits of sign-ups.
const (
	MostPersons  = 10             // in one sign-up
	MostChildren = 10             // who need childcare, in one sign-up
	keepLongest  = 48 * time.Hour // for which a place is kept for somebody
	keepShortest = 30 * time.Minute
	// NeedsFor and SignUpsFor are how many days after an event needs and sign-ups
	// are deleted.
	NeedsFor   = 1
	SignUpsFor = 30
)

// Holds returns how many places the sign-up takes.
func (s SignUp) Holds() int {
	if s.State == SignUpAsked || s.State == SignUpSeated || s.State == SignUpOffered {
		return s.Persons
	}
	return 0
}

// waits returns how many places the sign-up waits for.
func (s SignUp) waits() int {
	if s.State == SignUpWaiting {
		return s.Persons
	}
	return 0
}

// Open reports whether it is not over.
func (s SignUp) Open() bool {
	return s.State != SignUpEnded && s.State != SignUpLapsed && s.State != SignUpRemoved
}

// Clean returns the sign-up with every field fit to be kept.
func (s SignUp) Clean() SignUp {
	s.Name, s.Phone = Line(s.Name), Line(s.Phone)
	if a, ok := Email(s.Email); ok {
		s.Email = a
	}
	return s
}

// Check returns what is wrong with what was typed. byHand says that the
// organiser did: then an address may be missing.
func (s SignUp) Check(byHand bool) error {
	var p Problems
	required(&p, "name", s.Name, 100)
	if !byHand || s.Email != "" {
		required(&p, "email", s.Email, 254)
		if _, ok := Email(s.Email); !ok && s.Email != "" {
			p.Add("email", "email", "name@example.org")
		}
	}
	atMost(&p, "phone", s.Phone, 60)
	between(&p, "persons", s.Persons, 1, MostPersons)
	between(&p, "children", s.Needs.Childcare, 0, MostChildren)
	if s.Needs.Interpreter != "" {
		oneOf(&p, "interpreter", s.Needs.Interpreter, Languages)
	}
	return p.Err()
}

// House counts the places of an event.
type House struct {
	Taken   int  `json:"taken,omitempty"`   // held by sign-ups
	Waiting int  `json:"waiting,omitempty"` // waited for
	Seated  int  `json:"seated,omitempty"`  // of those taken: confirmed
	Came    int  `json:"came,omitempty"`    // how many people came
	Last    int  `json:"last,omitempty"`    // the last number that was given
	Closed  bool `json:"closed,omitempty"`  // the organiser takes no more sign-ups
	Gen     int  `json:"gen,omitempty"`     // generation of the link to the list

	Leads    []int  `json:"leads,omitempty"`    // days before the event on which those who signed up are reminded; nil: as for everybody
	Sentence string `json:"sentence,omitempty"` // of the organiser, in their reminders
}

// NoLimit is how many places there are when nobody said.
const NoLimit = 1 << 30

// Free returns how many places of an event are left.
func (h House) Free(e Event) int {
	if e.Places == 0 {
		return NoLimit
	}
	return max(0, e.Places-h.Taken)
}

// Move returns the counts after a sign-up became another (its zero value: there
// was none, or there is none any more).
func (h House) Move(from, to SignUp) House {
	seated := func(s SignUp) int {
		if s.State == SignUpSeated {
			return s.Persons
		}
		return 0
	}
	came := func(s SignUp) int {
		if len(s.Came) > 0 {
			return s.Persons
		}
		return 0
	}
	h.Taken += to.Holds() - from.Holds()
	h.Waiting += to.waits() - from.waits()
	h.Seated += seated(to) - seated(from)
	h.Came += came(to) - came(from)
	return h
}

// takes reports whether so many people get places at once: nobody overtakes the
// waiting list.
func (h House) takes(e Event, persons int) bool { return h.Waiting == 0 && h.Free(e) >= persons }

// TakesSignUps returns a problem, which says why, if nobody can sign up for the
// event at now.
func (e Event) TakesSignUps(h House, now time.Time, loc *time.Location) error {
	why := ""
	switch {
	case !e.Public() || !e.SignUpHere:
		return ErrNotFound
	case e.Standing != Scheduled:
		why = "signup_off"
	case !e.LastStart().In(loc).After(now):
		why = "signup_over"
	case h.Closed || !e.SignUpUntil.IsZero() && LocalOf(now, loc).Date.After(e.SignUpUntil):
		why = "signup_closed"
	default:
		return nil
	}
	return Problems{{Field: "signup", Rule: why}}
}

// keepUntil returns until when a place of the event is kept for somebody: two
// days, shorter when it is near.
func keepUntil(e Event, now time.Time, loc *time.Location) time.Time {
	start := e.NextStart(LocalOf(now, loc)).In(loc)
	d := min(keepLongest, max(keepShortest, start.Sub(now)/4))
	if until := now.Add(d); until.Before(start) {
		return until.UTC().Truncate(time.Second)
	}
	return start.UTC()
}

// Ask returns the sign-up as it is asked for at now, with the next number: a
// place is kept for her, or she is queued when all are taken.
func (h House) Ask(e Event, s SignUp, now time.Time, loc *time.Location) (House, SignUp, error) {
	if err := e.TakesSignUps(h, now, loc); err != nil {
		return h, s, err
	}
	s = s.Clean()
	if err := s.Check(false); err != nil {
		return h, s, err
	}
	if e.Places != 0 && s.Persons > e.Places {
		return h, s, Problems{{Field: "persons", Rule: "between", Want: "1–" + itoa(e.Places)}}
	}
	h.Last++
	s.Number, s.Asked, s.Told, s.Confirmed, s.Came = h.Last, now, now, time.Time{}, nil
	s.State, s.Until = SignUpQueued, now.Add(keepLongest).UTC().Truncate(time.Second)
	if h.takes(e, s.Persons) {
		s.State, s.Until = SignUpAsked, keepUntil(e, now, loc)
	}
	s.Turn++
	return h, s, nil
}

// AddByHand returns the sign-up of somebody who telephoned: she has a place, or
// there is none.
func (h House) AddByHand(e Event, s SignUp, now time.Time) (House, SignUp, error) {
	s = s.Clean()
	if err := s.Check(true); err != nil {
		return h, s, err
	}
	if h.Free(e) < s.Persons {
		return h, s, Problems{{Field: "persons", Rule: "no_places", Want: itoa(h.Free(e))}}
	}
	h.Last++
	s.Number, s.State, s.Asked, s.Confirmed = h.Last, SignUpSeated, now, now
	s.Turn++
	return h, s, nil
}

// Confirm returns the sign-up after she pressed the button of the mail: she has
// the place that was kept for her, or is on the waiting list. ErrExpired is
// returned when it was not kept so long, ErrState for one that is over.
func (h House) Confirm(e Event, s SignUp, now time.Time, loc *time.Location) (SignUp, error) {
	s = s.Expire(now)
	switch s.State {
	case SignUpSeated, SignUpWaiting: // the second click
		return s, nil
	case SignUpLapsed:
		return s, ErrExpired
	case SignUpEnded, SignUpRemoved:
		return s, ErrState
	}
	if e.Standing != Scheduled || !e.LastStart().In(loc).After(now) {
		return s, ErrState
	}
	to := SignUpSeated
	if s.State == SignUpQueued && !h.takes(e, s.Persons) {
		to = SignUpWaiting
	}
	s = s.become(to)
	s.Confirmed = now
	return s, nil
}

// become returns the sign-up in another state.
func (s SignUp) become(to SignUpState) SignUp {
	if s.State != to {
		s.State, s.Until = to, time.Time{}
		s.Turn++
	}
	return s
}

// Expire returns the sign-up as it is at now: lapsed, if a place was not
// confirmed or accepted in time.
func (s SignUp) Expire(now time.Time) SignUp {
	if !s.Until.IsZero() && !now.Before(s.Until) {
		return s.become(SignUpLapsed)
	}
	return s
}

// Offer returns the sign-up that is first on the waiting list with the place
// that became free, false if it cannot be offered: too few places for all her
// people (nobody overtakes her), or the event is over.
func (h House) Offer(e Event, s SignUp, now time.Time, loc *time.Location) (SignUp, bool) {
	if s.State != SignUpWaiting || h.Free(e) < s.Persons || e.Standing != Scheduled || !e.Public() || !e.LastStart().In(loc).After(now) {
		return s, false
	}
	s = s.become(SignUpOffered)
	s.Until = keepUntil(e, now, loc)
	return s, true
}

// Withdraw returns the sign-up given back. Doing it twice is no error. What she
// needed is nobody's business any more.
func (s SignUp) Withdraw() SignUp {
	if !s.Open() {
		return s
	}
	s.Needs = Needs{}
	return s.become(SignUpEnded)
}

// Remove returns the sign-up taken out by the organiser.
func (s SignUp) Remove() SignUp {
	if !s.Open() {
		return s
	}
	s.Needs = Needs{}
	return s.become(SignUpRemoved)
}

// Resize returns the sign-up for another number of people. More than before
// need free places and nobody who waits for them.
func (h House) Resize(e Event, s SignUp, persons int) (SignUp, error) {
	var p Problems
	between(&p, "persons", persons, 1, MostPersons)
	if err := p.Err(); err != nil {
		return s, err
	}
	if !s.Open() {
		return s, ErrState
	}
	if more := persons - s.Persons; more > 0 && s.Holds() > 0 && !h.takes(e, more) {
		free := 0
		if h.Waiting == 0 {
			free = h.Free(e)
		}
		return s, Problems{{Field: "persons", Rule: "no_places", Want: itoa(free)}}
	}
	s.Persons = persons
	return s, nil
}

// Attend returns the sign-up with whether she was there on the date of that
// number.
func (s SignUp) Attend(date int, came bool) SignUp {
	has := s.CameOn(date)
	switch {
	case came && !has:
		s.Came = append(slices.Clone(s.Came), date)
		slices.Sort(s.Came)
	case !came && has:
		s.Came = slices.DeleteFunc(slices.Clone(s.Came), func(n int) bool { return n == date })
	}
	return s
}

// Mark names the state that a mail tells: with the next change it is another.
func (s SignUp) Mark() string { return itoa(s.Gen) + "." + itoa(s.Turn) }

// Nudge returns when somebody is reminded to confirm: half-way, once; false if
// the time is too short for it.
func (s SignUp) Nudge(now time.Time) (time.Time, bool) {
	left := s.Until.Sub(now)
	return now.Add(left / 2), left >= 4*time.Hour
}

// Hears reports whether a notice about the event of that kind is for the
// sign-up: reminders and thanks for those who have a place, changes for those
// who wait as well.
func (s SignUp) Hears(kind Kind) bool {
	switch {
	case s.Email == "":
		return false
	case kind == KindReminder:
		return s.State == SignUpSeated && !s.Quiet
	case kind == KindThanks:
		return s.State == SignUpSeated && !s.Quiet
	}
	return s.State == SignUpSeated || s.State == SignUpWaiting || s.State == SignUpOffered
}

// CameOn reports whether she was there on the date of that number.
func (s SignUp) CameOn(date int) bool { return slices.Contains(s.Came, date) }

// Attended returns those of the dates on which she was there.
func (s SignUp) Attended(dates []EventDate) (out []EventDate) {
	for _, d := range dates {
		if s.CameOn(d.No) {
			out = append(out, d)
		}
	}
	return out
}

// SignUpIDOf returns the identifier of the sign-up of an address; of a
// counsellor's, also of the name of whom she signs up.
func SignUpIDOf(s SignUp) SignUpID {
	name := ""
	if s.ForOther {
		name = Fold(s.Name)
	}
	return SignUpID("s-" + digest("s", string(s.Event), s.Email, name))
}

// Forget reports whether the sign-up is to be deleted at now, and whether what
// she needed is. Of who never confirmed nothing is kept.
func (s SignUp) Forget(e Event, now time.Time, loc *time.Location) (all, needs bool) {
	today := LocalOf(now, loc).Date
	over := func(days int) bool { return e.Until().Date.AddDays(days).Before(today) || e.ID == "" }
	unconfirmed := s.Confirmed.IsZero() && now.Sub(s.Asked) > ConfirmWithin
	return unconfirmed || over(SignUpsFor), s.Needs != Needs{} && over(NeedsFor-1)
}
