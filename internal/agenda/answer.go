package agenda

import (
	"slices"
	"time"
)

// AnswerChoice is what a member says to a meeting.
type AnswerChoice string

// The choices.
const (
	AnswerYes        AnswerChoice = "yes"
	AnswerNo         AnswerChoice = "no"
	AnswerSubstitute AnswerChoice = "substitute" // somebody else comes instead, this time
)

// AnswerChoices are all choices in the order in which they are offered.
var AnswerChoices = []AnswerChoice{AnswerYes, AnswerNo, AnswerSubstitute}

// Substitute is somebody who comes to one meeting instead of a member.
type Substitute struct {
	No     int       `json:"n"` // counts those whom the member named for this meeting; part of her link
	Name   string    `json:"name"`
	Email  string    `json:"email,omitempty"` // lower case; empty: the member tells her
	Cannot time.Time `json:"cannot,omitzero"` // UTC; when she said that she cannot come
	Quiet  bool      `json:"quiet,omitempty"` // wants no mail but that she is not needed
}

// same reports whether both are one person, as far as one can tell.
func (s Substitute) same(o Substitute) bool {
	if s.Email == "" && o.Email == "" {
		return Fold(s.Name) == Fold(o.Name)
	}
	return s.Email == o.Email
}

// AnswerDetails are what a member types.
type AnswerDetails struct {
	Choice     AnswerChoice
	Substitute Substitute // name and address; looked at with that choice only
	Comment    string     // for those who prepare the meeting
}

// Answer is what one member said to one meeting.
type Answer struct {
	Meeting    MeetingID    `json:"meeting"`
	Person     PersonID     `json:"person"`
	Choice     AnswerChoice `json:"choice"`
	Substitute *Substitute  `json:"sub,omitempty"`
	Former     []Substitute `json:"former,omitempty"` // whom she had named before
	Comment    string       `json:"comment,omitempty"`
	Start      Local        `json:"start"` // of the meeting when she answered: another time asks anew
	At         time.Time    `json:"at"`    // UTC; last change
	By         string       `json:"by"`    // "mail", "page", "office" or "imip"
	Sequence   int          `json:"seq"`   // of the meeting when she answered (RFC 5545, section 3.8.7.4)
}

// MostSubstitutes is how many persons a member can name for one meeting, one
// after the other: each of them gets a mail.
const MostSubstitutes = 5

// AnswersFor is how many days after the meeting its answers are deleted, with
// the addresses of substitutes.
const AnswersFor = 90

// AnswerFacts are what decides about an answer.
type AnswerFacts struct {
	Group   Group
	Seats   []Seat   // of the group; those that the person has, had or will have are enough
	Members []Person // on the day of the meeting; needed for a substitute only
	Old     Answer   // of the same person, zero if there is none
}

// Stands reports whether the answer says something about the meeting as it is:
// it was given for its time, and a substitute has not said that she cannot.
func (a Answer) Stands(m Meeting) bool {
	return a.For(m) && (a.Choice != AnswerSubstitute || a.Substitute != nil && a.Substitute.Cannot.IsZero())
}

// For reports whether the answer was given for the time at which the meeting is.
func (a Answer) For(m Meeting) bool { return a.Choice != "" && a.Start == m.Start }

// Standing returns the answer if it stands, else none.
func (a Answer) Standing(m Meeting) Answer {
	if !a.Stands(m) {
		return Answer{Meeting: a.Meeting, Person: a.Person}
	}
	return a
}

// NoAnswer says why members cannot answer at now: a rule of the area "error",
// "" if they can.
func (m Meeting) NoAnswer(g Group, now time.Time, loc *time.Location) string {
	switch {
	case m.State == MeetingCancelled:
		return "answer_cancelled"
	case m.State != MeetingFixed:
		return "answer_planned"
	case !m.Start.In(loc).After(now):
		return "answer_begun"
	case !g.Rules.Answers.On:
		return "answer_off"
	}
	return ""
}

// Clean returns the details with every field fit to be kept.
func (d AnswerDetails) Clean() AnswerDetails {
	d.Comment = Text(d.Comment)
	if d.Choice != AnswerSubstitute {
		d.Substitute = Substitute{}
		return d
	}
	s := Substitute{Name: Line(d.Substitute.Name), Email: Line(d.Substitute.Email)}
	if e, ok := Email(s.Email); ok {
		s.Email = e
	}
	d.Substitute = s
	return d
}

// check says what is wrong with the details of the member's answer.
func (d AnswerDetails) check(f AnswerFacts) error {
	var p Problems
	atMost(&p, "comment", d.Comment, 500)
	switch {
	case !slices.Contains(AnswerChoices, d.Choice):
		p.Add("answer", "answer_choice", "")
	case d.Choice == AnswerSubstitute:
		d.checkSubstitute(&p, f)
	}
	return p.Err()
}

func (d AnswerDetails) checkSubstitute(p *Problems, f AnswerFacts) {
	s := d.Substitute
	required(p, "substitute_name", s.Name, 100)
	if s.Email != "" {
		if _, ok := Email(s.Email); !ok {
			p.Add("substitute_email", "email", "name@example.org")
		}
	}
	for _, m := range f.Members {
		switch {
		case s.Email != "" && s.Email == m.Email:
			p.Add("substitute_email", "substitute_member", m.Name())
		case s.Email == "" && s.Name != "" && Fold(s.Name) == Fold(m.Name()):
			p.Add("substitute_name", "substitute_namesake", m.Name())
		}
	}
}

// AnswerTurn is what an answer changes.
type AnswerTurn struct {
	Answer  Answer
	Changed bool        // false: the same answer again
	Asked   *Substitute // is to be told that she is asked to come
	Off     *Substitute // is to be told that she is not needed any more
}

// Answer returns what becomes of the member's answer when she says d. Problems
// say why it cannot be: she is no member on the day, the meeting has begun or is
// cancelled, the group does not ask, or the substitute is a member herself.
func (m Meeting) Answer(f AnswerFacts, who PersonID, d AnswerDetails, by string, now time.Time, loc *time.Location) (AnswerTurn, error) {
	var p Problems
	if why := m.NoAnswer(f.Group, now, loc); why != "" {
		p.Add("answer", why, "")
	} else if !Sits(f.Seats, who, m.Start.Date) {
		p.Add("answer", "answer_no_member", "")
	}
	if err := p.Err(); err != nil {
		return AnswerTurn{}, err
	}
	d = d.Clean()
	if err := d.check(f); err != nil {
		return AnswerTurn{}, err
	}
	t := AnswerTurn{Changed: true, Answer: Answer{
		Meeting: m.ID, Person: who, Choice: d.Choice, Former: f.Old.Former, Comment: d.Comment,
		Start: m.Start, At: now, By: by, Sequence: m.Sequence,
	}}
	stood := f.Old.Stands(m)
	if err := t.name(f.Old, d.Substitute, stood); err != nil {
		return AnswerTurn{}, err
	}
	if stood && t.Answer.says(f.Old) {
		return AnswerTurn{Answer: f.Old}, nil // the second click
	}
	return t, nil
}

// name sets the substitute of the answer that takes the place of old. One who
// stays keeps her number and gets no second mail.
func (t *AnswerTurn) name(old Answer, s Substitute, stood bool) error {
	before, names := old.Substitute, t.Answer.Choice == AnswerSubstitute
	if names && before != nil && stood && before.same(s) {
		s.No, s.Quiet = before.No, before.Quiet
		t.Answer.Substitute = &s
		return nil
	}
	if before != nil {
		t.Answer.Former = append(slices.Clone(old.Former), *before)
		if before.Email != "" && before.Cannot.IsZero() && (!names || before.Email != s.Email) {
			t.Off = before
		}
	}
	if !names {
		return nil
	}
	if s.No = len(t.Answer.Former) + 1; s.No > MostSubstitutes {
		return Problems{{Field: "substitute_name", Rule: "substitute_many", Want: itoa(MostSubstitutes)}}
	}
	t.Answer.Substitute = &s
	if s.Email != "" {
		t.Asked = &s
	}
	return nil
}

// says reports whether both answers say the same.
func (a Answer) says(o Answer) bool {
	if a.Choice != o.Choice || a.Comment != o.Comment || (a.Substitute == nil) != (o.Substitute == nil) {
		return false
	}
	return a.Substitute == nil || *a.Substitute == *o.Substitute
}

// Numbered returns the substitute of that number, and whether she is the one who
// is to come.
func (a Answer) Numbered(no int) (s Substitute, current, ok bool) {
	if a.Substitute != nil && a.Substitute.No == no {
		return *a.Substitute, true, true
	}
	for _, s := range a.Former {
		if s.No == no {
			return s, false, true
		}
	}
	return Substitute{}, false, false
}

// Cannot returns the answer after the substitute of that number said that she
// cannot come; saying so twice is no error. ErrState is returned when she is
// not the one who is to come, or the meeting is not to come.
func (a Answer) Cannot(m Meeting, no int, now time.Time, loc *time.Location) (Answer, error) {
	s, current, _ := a.Numbered(no)
	if !current || !a.For(m) || m.State != MeetingFixed || !m.Start.In(loc).After(now) {
		return a, ErrState
	}
	if s.Cannot.IsZero() {
		s.Cannot = now
		a.Substitute = &s
	}
	return a, nil
}

// SubstituteUntil returns when a substitute's link to the meeting ends: with the
// day after it.
func (m Meeting) SubstituteUntil(loc *time.Location) time.Time {
	return m.End.Date.AddDays(2).Start(loc)
}

// ForgetAnswers reports whether the answers to the meeting are to be deleted on
// the day.
func (m Meeting) ForgetAnswers(today Date) bool { return m.End.Date.AddDays(AnswersFor).Before(today) }

// SeatAnswer is one seat at a meeting: who fills it, and whether she comes.
type SeatAnswer struct {
	Seat   Seat
	Holder PersonID // on the day; "": nobody fills it
	Answer Answer   // zero: none
	Was    Answer   // one that does not stand any more: for another time, or with a substitute who cannot
}

// Attendance returns for each seat who fills it on the day of the meeting and
// what she answered, in the order of the seats.
func Attendance(m Meeting, seats []Seat, answers []Answer) []SeatAnswer {
	by := make(map[PersonID]Answer, len(answers))
	for _, a := range answers {
		by[a.Person] = a
	}
	out := make([]SeatAnswer, 0, len(seats))
	for _, s := range seats {
		at := SeatAnswer{Seat: s, Holder: s.Holder(m.Start.Date)}
		if a, ok := by[at.Holder]; ok && at.Holder != "" {
			if a.Stands(m) {
				at.Answer = a
			} else {
				at.Was = a
			}
		}
		out = append(out, at)
	}
	return out
}

// Heads is how many come to a meeting. Who fills several seats counts once.
type Heads struct {
	Yes, Substitutes, No, Missing int
	Institutions                  int // of whom somebody comes
	Seated                        int // institutions with a seat that is filled on the day
}

// Come is how many come.
func (h Heads) Come() int { return h.Yes + h.Substitutes }

// Members is how many were asked.
func (h Heads) Members() int { return h.Yes + h.Substitutes + h.No + h.Missing }

// CountHeads counts who comes.
func CountHeads(list []SeatAnswer) (h Heads) {
	seen, seated, come := map[PersonID]bool{}, map[InstitutionID]bool{}, map[InstitutionID]bool{}
	for _, at := range list {
		if at.Holder == "" {
			continue
		}
		comes := at.Answer.Choice == AnswerYes || at.Answer.Choice == AnswerSubstitute
		if i := at.Seat.Institution; i != "" {
			seated[i] = true
			come[i] = come[i] || comes
		}
		if seen[at.Holder] {
			continue
		}
		seen[at.Holder] = true
		switch at.Answer.Choice {
		case AnswerYes:
			h.Yes++
		case AnswerSubstitute:
			h.Substitutes++
		case AnswerNo:
			h.No++
		default:
			h.Missing++
		}
	}
	h.Seated = len(seated)
	for _, c := range come {
		if c {
			h.Institutions++
		}
	}
	return h
}
