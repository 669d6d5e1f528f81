package inbox

import (
	"regexp"
	"strings"
)

// address is that of the mailbox, in the forms in which mail comes to it.
type address struct {
	plus   *regexp.Regexp // address with a token
	sender string         // domain of our Message-IDs
}

// newAddress takes the mailbox's address and the domain of the sender of our
// mails, both lower case.
func newAddress(mailbox, sender string) address {
	local, domain, _ := strings.Cut(mailbox, "@")
	return address{
		plus:   regexp.MustCompile(`(?:^|[\s<:,;"'(])` + regexp.QuoteMeta(local) + `\+([br])([a-z0-9.-]{10,64})@` + regexp.QuoteMeta(domain) + `(?:$|[\s>,;"')])`),
		sender: sender,
	}
}

// token returns the token of that kind in the address that the mail came to, ""
// if there is none.
func (a address) token(p parsed, kind string) string {
	for _, m := range a.plus.FindAllStringSubmatch(p.addresses(), -1) {
		if m[1] == kind {
			return m[2]
		}
	}
	return ""
}
