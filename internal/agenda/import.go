package agenda

// PersonRow is one row of a file of people. Empty fields say nothing: they
// leave what is known as it is.
type PersonRow struct {
	Line          int // of the file, from 1
	Family, Given string
	Institution   string
	Email, Phone  string
	Lang          Lang
	Groups        []string
}

// EventRow is one row of a file of events.
type EventRow struct {
	Line     int
	HasDates bool // the file has a column of further dates; without one they stay as they are
	EventDetails
}

// RowProblem says which cell of a file could not be taken, and why. Rule is a
// message key of the area "error" or "import".
type RowProblem struct {
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"` // heading in the file, or a field
	Value  string `json:"value,omitempty"`
	Rule   string `json:"rule"`
	Want   string `json:"want,omitempty"`
}

// ReportItem says what an import does with one row.
type ReportItem struct {
	Line    int      `json:"line"`
	Name    string   `json:"name"`
	Verb    string   `json:"verb"` // "added", "changed" or "same"
	Changes []Change `json:"changes,omitempty"`
	Email   bool     `json:"email"` // people: an address is known
}

// Report is what an import did, or would do.
type Report struct {
	Items    []ReportItem `json:"items"`
	Problems []RowProblem `json:"problems"`
}

// Count returns how many rows have the verb.
func (r Report) Count(verb string) (n int) {
	for _, it := range r.Items {
		if it.Verb == verb {
			n++
		}
	}
	return n
}

// WithoutEmail returns how many of the people have no address.
func (r Report) WithoutEmail() (n int) {
	for _, it := range r.Items {
		if !it.Email {
			n++
		}
	}
	return n
}

// Refuse adds the problems of one row.
func (r *Report) Refuse(line int, err error) bool {
	problems, ok := err.(Problems) //nolint:errorlint // the rules return it bare
	for _, p := range problems {
		r.Problems = append(r.Problems, RowProblem{Line: line, Column: p.Field, Rule: "error." + p.Rule, Want: p.Want})
	}
	return ok
}

// Fill returns the person with what the row says of her.
func (r PersonRow) Fill(p Person, inst InstitutionID) Person {
	set := func(field *string, value string) {
		if value != "" {
			*field = value
		}
	}
	set(&p.Family, r.Family)
	set(&p.Given, r.Given)
	set(&p.Email, r.Email)
	set(&p.Phone, r.Phone)
	if r.Lang != "" {
		p.Lang = r.Lang
	}
	if inst != "" {
		p.Institution = inst
	}
	return p.Clean()
}

// Named reports whether the row names that person of that institution: how a
// row finds its person when no address does.
func (r PersonRow) Named(p Person, inst InstitutionID) bool {
	return Fold(r.Family) == Fold(p.Family) && Fold(r.Given) == Fold(p.Given) && inst == p.Institution
}
