package sheet

import (
	"testing"

	"widunetz/internal/agenda"
)

func TestSignUpInTheProgrammeComesBack(t *testing.T) {
	day, err := agenda.ParseDate("2027-09-10")
	if err != nil {
		t.Fatal(err)
	}
	for want, d := range map[string]agenda.EventDetails{
		"im Programm":                               {SignUpHere: true},
		"im Programm; bis 10.9.2027":                {SignUpHere: true, SignUpUntil: day},
		"im Programm; bis 10.9.2027; 05221 1; Büro": {SignUpHere: true, SignUpUntil: day, SignUpBy: "05221 1; Büro"},
		"im Programm; bis bald":                     {SignUpHere: true, SignUpBy: "bis bald"},
	} {
		if got := hereWords(d); got != want {
			t.Errorf("written %q, want %q", got, want)
		}
		if here, until, by := signUpHere(want); !here || until != d.SignUpUntil || by != d.SignUpBy {
			t.Errorf("%q is read as %v, %v, %q", want, here, until, by)
		}
	}
	if here, _, by := signUpHere("bis 10.09. unter 05221 13-0"); here || by != "bis 10.09. unter 05221 13-0" {
		t.Errorf("how to sign up is taken for the programme: %v, %q", here, by)
	}
}
