package inbox

import (
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/ics"
)

// reply reads an answer to an invitation (RFC 6047). ok is false if the mail is
// none. The method is that of the calendar: some gateways drop the parameter, and
// Gmail sends the calendar twice.
func (a address) reply(p parsed) (r agenda.CalendarReply, why agenda.LeftWhy, ok bool) {
	cal, ok := p.first("text/calendar")
	if !ok {
		cal, ok = p.first("application/ics")
	}
	if !ok {
		return r, "", false
	}
	r, err := ics.ReadReply(cal.utf8())
	if err != nil {
		return r, agenda.LeftBroken, true
	}
	if r.Method == "" {
		r.Method = strings.ToUpper(cal.params["method"])
	}
	r.Token = a.token(p, agenda.ReplyToken)
	return r, "", true
}
