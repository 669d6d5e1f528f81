package ics

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	ical "github.com/emersion/go-ical"

	"widunetz/internal/agenda"
)

// guard unfolds the file, leaves out the properties that are not wanted and
// refuses what the library cannot bear.
func guard(data []byte, wanted map[string]bool) ([]byte, error) {
	if len(data) > maxFile {
		return nil, agenda.Unreadable("size", strconv.Itoa(maxFile>>20))
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(string(data))
	text = strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)
	text = strings.ToValidUTF8(text, "\uFFFD") // unfolded first: some programs fold within a character
	if !strings.HasPrefix(strings.ToUpper(strings.TrimLeft(text, "\n ")), "BEGIN:VCALENDAR") {
		return nil, agenda.Unreadable("no_calendar", "")
	}
	var out strings.Builder
	depth := 0
	for _, line := range strings.Split(text, "\n") {
		kept, ok := guardLine(line, wanted, &depth)
		if !ok {
			return nil, agenda.Unreadable("line", clip(line)) // its number in the file is lost: it is unfolded
		}
		if kept != "" {
			out.WriteString(kept + "\r\n")
		}
	}
	if depth != 0 {
		return nil, agenda.Unreadable("cut", "")
	}
	return []byte(out.String()), nil
}

// ofDates are the properties of a date that are read, and whether their parameters are.
// The others, such as pictures, formatted texts and guests, never reach the
// library.
var ofDates = map[string]bool{
	"BEGIN": false, "END": false, ical.PropMethod: false,
	ical.PropUID: false, ical.PropSummary: false, ical.PropLocation: false, ical.PropDescription: false, ical.PropURL: false, ical.PropStatus: false,
	ical.PropDateTimeStart: true, ical.PropDateTimeEnd: true, ical.PropDuration: false, ical.PropRecurrenceID: true,
	ical.PropRecurrenceRule: false, ical.PropRecurrenceDates: true, ical.PropExceptionDates: true, exceptionRule: false,
}

// exceptionRule is a rule of dates that do not take place (RFC 2445, section
// 4.8.5.2); today's standard has it no more.
const exceptionRule = "EXRULE"

// guardLine returns the line as far as it is wanted, or false if the library
// must not see it.
func guardLine(line string, wanted map[string]bool, depth *int) (string, bool) {
	name := line
	if i := strings.IndexAny(line, ";:"); i >= 0 {
		name = line[:i]
	}
	name = strings.ToUpper(name)
	params, ok := wanted[name]
	if !ok {
		return "", true
	}
	head, ok := beforeColon(line)
	if !ok {
		return "", false
	}
	if !params {
		line, head = name+line[len(head):], name
	}
	if len(line) > maxLine || len(head) > maxParam {
		return "", false
	}
	switch name {
	case "BEGIN":
		if *depth++; *depth > maxDepth {
			return "", false
		}
	case "END":
		*depth--
	}
	return line, true
}

// beforeColon returns what stands before the first colon outside of quotes.
func beforeColon(line string) (string, bool) {
	quoted := false
	for i := range len(line) {
		switch line[i] {
		case '"':
			quoted = !quoted
		case ':':
			if !quoted {
				return line[:i], true
			}
		}
	}
	return line, false
}

func clip(s string) string {
	if len(s) <= 60 {
		return s
	}
	n := 60
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
