package ics

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"

	"widunetz/internal/agenda"
)

// replied are the properties of an answer that are read, and whether their
// parameters are.
var replied = map[string]bool{
	"BEGIN": false, "END": false, ical.PropMethod: false,
	ical.PropUID: false, ical.PropSequence: false, ical.PropDateTimeStamp: false, ical.PropRecurrenceID: false,
	ical.PropAttendee: true, ical.PropComment: false,
}

// ReadReply reads an answer to a calendar invitation as programs send it. That of
// Outlook has no ORGANIZER, which nobody needs here. Anything that is not about
// one date and of one person is an error.
func ReadReply(data []byte) (r agenda.CalendarReply, err error) {
	defer func() {
		if p := recover(); p != nil { // as in Decode
			r, err = agenda.CalendarReply{}, agenda.Unreadable("broken", "")
		}
	}()
	clean, err := guard(data, replied)
	if err != nil {
		return r, err
	}
	cal, err := ical.NewDecoder(bytes.NewReader(clean)).Decode()
	if err != nil {
		return r, agenda.Unreadable("broken", "")
	}
	if m := cal.Props.Get(ical.PropMethod); m != nil {
		r.Method = strings.ToUpper(agenda.Line(m.Value))
	}
	events := cal.Events()
	if len(events) != 1 {
		return r, agenda.Unreadable("broken", "")
	}
	e := &events[0]
	r.UID, r.Comment = agenda.Line(text(e, ical.PropUID)), agenda.Text(text(e, ical.PropComment))
	r.Sequence, _ = strconv.Atoi(strings.TrimSpace(text(e, ical.PropSequence))) //nolint:errcheck // what is no number is the first
	r.Stamp, _ = time.Parse(stamp, strings.TrimSpace(text(e, ical.PropDateTimeStamp)))
	r.One = e.Props.Get(ical.PropRecurrenceID) != nil
	if all := e.Props.Values(ical.PropAttendee); len(all) == 1 {
		r.Status = strings.ToUpper(all[0].Params.Get(ical.ParamParticipationStatus))
		if scheme, address, ok := strings.Cut(all[0].Value, ":"); ok && strings.EqualFold(strings.TrimSpace(scheme), "mailto") {
			r.Attendee, _ = agenda.Email(address)
		}
	}
	return r, nil
}
