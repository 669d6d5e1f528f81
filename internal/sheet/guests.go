package sheet

import (
	"strconv"

	"widunetz/internal/agenda"
)

// GuestsHead are the columns of a list of those who signed up, as message keys.
var GuestsHead = []string{
	"field.name", "guests.persons", "field.state", "field.signup_email", "field.signup_phone", "guests.children", "field.interpreter", "guests.stepfree", "guests.came",
}

// GuestCells are the cells of a sign-up under GuestsHead; word returns the text
// of a message key.
func GuestCells(u agenda.SignUp, word func(key string) string) []string {
	cell := func(on bool, s string) string {
		if on {
			return s
		}
		return ""
	}
	return []string{
		u.Name, strconv.Itoa(u.Persons), word("term.signup." + string(u.State)), u.Email, u.Phone,
		cell(u.Needs.Childcare > 0, strconv.Itoa(u.Needs.Childcare)), cell(u.Needs.Interpreter != "", word("term.language."+u.Needs.Interpreter)),
		cell(u.Needs.StepFree, word("term.yes")), cell(len(u.Came) > 0, strconv.Itoa(len(u.Came))),
	}
}
