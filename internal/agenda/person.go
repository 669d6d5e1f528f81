package agenda

import (
	"slices"
	"strings"
	"time"
)

type (
	// InstitutionID identifies an institution.
	InstitutionID string
	// PersonID identifies a person.
	PersonID string
)

// Institution is a member of the network or an organiser of events.
type Institution struct {
	ID      InstitutionID `json:"id"`
	Name    string        `json:"name"`
	Aliases []string      `json:"aliases,omitempty"` // other spellings under which files name it
	Town    string        `json:"town,omitempty"`
	Fields  []string      `json:"fields,omitempty"`  // of work, of WorkFields
	Website string        `json:"website,omitempty"` // http(s)
	Changed time.Time     `json:"changed"`           // UTC
}

// Is reports whether name is one of the institution's spellings.
func (i Institution) Is(name string) bool {
	f := Fold(name)
	return f == Fold(i.Name) || slices.ContainsFunc(i.Aliases, func(a string) bool { return Fold(a) == f })
}

// Merge returns the institution with the spellings of other added.
func (i Institution) Merge(other Institution) Institution {
	out := i
	out.Aliases = slices.Clone(i.Aliases)
	for _, name := range append([]string{other.Name}, other.Aliases...) {
		if !out.Is(name) {
			out.Aliases = append(out.Aliases, name)
		}
	}
	if out.Town == "" {
		out.Town = other.Town
	}
	if out.Website == "" {
		out.Website = other.Website
	}
	out.Fields = slices.Clone(i.Fields)
	for _, f := range other.Fields {
		if !slices.Contains(out.Fields, f) {
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}

// Clean returns the institution with every field fit to be kept.
func (i Institution) Clean() Institution {
	i.Name, i.Town, i.Website = Line(i.Name), Line(i.Town), Line(i.Website)
	return i
}

// Check returns what is wrong with the institution's fields.
func (i Institution) Check() error {
	var p Problems
	required(&p, "name", i.Name, 200)
	atMost(&p, "town", i.Town, 60)
	checkLink(&p, "website", i.Website)
	for _, f := range i.Fields {
		if !slices.Contains(WorkFields, f) {
			p.Add("workfields", "one_of", "")
		}
	}
	return p.Err()
}

// Changes lists the fields in which the institution j differs from i.
func (i Institution) Changes(j Institution) []Change {
	var c []Change
	diff(&c, "name", i.Name, j.Name)
	diff(&c, "town", i.Town, j.Town)
	diff(&c, "workfields", join(i.Fields), join(j.Fields))
	diff(&c, "website", i.Website, j.Website)
	return c
}

// Person is somebody of the network: fills seats, logs in, gets mail.
type Person struct {
	ID          PersonID      `json:"id"`
	Given       string        `json:"given"`
	Family      string        `json:"family"`
	Email       string        `json:"email,omitempty"` // lower case; empty: reached by telephone only
	Phone       string        `json:"phone,omitempty"`
	Lang        Lang          `json:"lang,omitempty"`
	Institution InstitutionID `json:"inst,omitempty"`
	Coordinator bool          `json:"coord,omitempty"`
	Listing     Listing       `json:"listing,omitzero"`  // what the directory shows of her
	Muted       []Kind        `json:"muted,omitempty"`   // kinds of mail that the person does not want
	Digest      bool          `json:"digest,omitempty"`  // wants the monthly mail of dates
	FeedGen     int           `json:"feedgen,omitempty"` // generation of the personal feed's address
	Changed     time.Time     `json:"changed"`           // UTC
}

// Name returns "Amina Ahrens".
func (p Person) Name() string { return strings.TrimSpace(p.Given + " " + p.Family) }

// SortName returns "Ahrens, Amina".
func (p Person) SortName() string {
	if p.Given == "" {
		return p.Family
	}
	return p.Family + ", " + p.Given
}

// Muteable lists the kinds of mail a person can switch off. Changes and
// cancellations of dates stay: whoever stands before a closed door was not told.
var Muteable = []Kind{KindReminder, KindInvitation, KindCall, KindCallReminder, KindPoll, KindPollReminder, KindDeadline, KindTopics, KindNudge, KindMinutes, KindAssignment, KindOpen}

// Wants reports whether the person gets mail of that kind.
func (p Person) Wants(k Kind) bool {
	if k == KindDigest {
		return p.Digest
	}
	return !slices.Contains(p.Muted, k) || !slices.Contains(Muteable, k)
}

// Mute returns the person with mail of that kind switched off (or, for the
// digest, no longer wanted). Kinds that stay are left as they are.
func (p Person) Mute(k Kind) Person {
	if k == KindDigest {
		p.Digest = false
	} else if slices.Contains(Muteable, k) && !slices.Contains(p.Muted, k) {
		p.Muted = append(slices.Clone(p.Muted), k)
	}
	return p
}

// Clean returns the person with every field fit to be kept.
func (p Person) Clean() Person {
	p.Given, p.Family, p.Phone = Line(p.Given), Line(p.Family), Line(p.Phone)
	if e, ok := Email(p.Email); ok {
		p.Email = e
	}
	if p.Lang == "" {
		p.Lang = German
	}
	return p
}

// Check returns what is wrong with the person's fields.
func (p Person) Check() error {
	var e Problems
	required(&e, "family", p.Family, 100)
	atMost(&e, "given", p.Given, 100)
	atMost(&e, "phone", p.Phone, 60)
	if p.Email != "" {
		if _, ok := Email(p.Email); !ok {
			e.Add("email", "email", "name@example.org")
		}
	}
	return e.Err()
}

// Changes lists the fields in which the person q differs from p. instName
// gives the name of an institution.
func (p Person) Changes(q Person, instName func(InstitutionID) string) []Change {
	var c []Change
	diff(&c, "given", p.Given, q.Given)
	diff(&c, "family", p.Family, q.Family)
	diff(&c, "email", p.Email, q.Email)
	diff(&c, "phone", p.Phone, q.Phone)
	diff(&c, "lang", string(p.Lang), string(q.Lang))
	diff(&c, "institution", instName(p.Institution), instName(q.Institution))
	diff(&c, "coordinator", yes(p.Coordinator), yes(q.Coordinator))
	diff(&c, "digest", yes(p.Digest), yes(q.Digest))
	diff(&c, "muted", join(p.Muted), join(q.Muted))
	return c
}

func required(p *Problems, field, value string, max int) {
	if value == "" {
		p.Add(field, "required", "")
		return
	}
	atMost(p, field, value, max)
}

func atMost(p *Problems, field, value string, max int) {
	if Length(value) > max {
		p.Add(field, "too_long", itoa(max))
	}
}

func diff(c *[]Change, field, old, new string) {
	if old != new {
		*c = append(*c, Change{field, old, new})
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func join[T ~string](list []T) string {
	s := make([]string, len(list))
	for i, v := range list {
		s[i] = string(v)
	}
	return strings.Join(s, ", ")
}
