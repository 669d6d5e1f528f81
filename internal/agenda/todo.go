package agenda

// TodoDays is how far ahead a person is told of answers that are missing.
const TodoDays = 60

// DatedMeeting is a meeting with its group.
type DatedMeeting struct {
	Meeting
	Of Group
}

// Todo is what is open for one person.
type Todo struct {
	Assignments []OpenAssignment
	Answers     []DatedMeeting // to come, to which her answer is missing
	Comments    []DatedMeeting // on whose minutes she can still comment
}

// Empty reports whether nothing is open.
func (t Todo) Empty() bool { return len(t.Assignments)+len(t.Answers)+len(t.Comments) == 0 }

// Unanswered returns the members on the day of a meeting whose answer is missing,
// each once.
func Unanswered(m Meeting, seats []Seat, answers []Answer) (out []PersonID) {
	seen := map[PersonID]bool{"": true}
	for _, at := range Attendance(m, seats, answers) {
		if at.Answer.Choice == "" && !seen[at.Holder] {
			out = append(out, at.Holder)
		}
		seen[at.Holder] = true
	}
	return out
}
