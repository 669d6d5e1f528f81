// Package ics turns the agenda into iCalendar (RFC 5545) and foreign calendars
// into dates.
//
// Every date is a VEVENT of its own; no recurrence rule leaves the service.
// DTSTAMP and LAST-MODIFIED are the time of the last change, so that two feeds
// without a change in between are the same bytes. Titles and texts are cleaned
// again here: one bad character must never cost a reader the whole feed.
package ics

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	ical "github.com/emersion/go-ical"

	"widunetz/internal/agenda"
)

const stamp = "20060102T150405Z"

// Options of a calendar.
type Options struct {
	Method    string        // "" in feeds, "PUBLISH", "REQUEST" or "CANCEL" in mails (RFC 5546)
	Refresh   time.Duration // how often subscribers should ask; 0: not said
	Organizer string        // mail address, needed with a method
	Name      string        // of the organizer, with REQUEST and CANCEL
	SentBy    string        // mail address of the sender, if he is not the organizer
	Attendee  Attendee      // with REQUEST and CANCEL: the reader, and nobody else
}

// Attendee is whom a calendar message asks.
type Attendee struct {
	Name, Email string
}

// Event returns one VEVENT, folded, with CRLF: what feeds are joined of. The
// method decides whether ORGANIZER stands in it.
func Event(it agenda.FeedItem, loc *time.Location, o Options) ([]byte, error) {
	e := ical.NewComponent(ical.CompEvent)
	set := func(name, value string) {
		if value != "" {
			e.Props.SetText(name, value)
		}
	}
	set(ical.PropUID, agenda.Line(it.UID))
	raw(e, ical.PropDateTimeStamp, it.Changed.UTC().Format(stamp))
	raw(e, ical.PropLastModified, it.Changed.UTC().Format(stamp))
	raw(e, ical.PropCreated, it.Created.UTC().Format(stamp))
	raw(e, ical.PropSequence, strconv.Itoa(it.Sequence))
	if it.AllDay {
		onDay(e, ical.PropDateTimeStart, it.Start.Date)
		onDay(e, ical.PropDateTimeEnd, it.End.Date.AddDays(1)) // the first day after it (RFC 5545, section 3.6.1)
	} else {
		at(e, ical.PropDateTimeStart, it.Start, loc)
		at(e, ical.PropDateTimeEnd, it.End, loc)
	}
	e.Props.SetText(ical.PropSummary, agenda.Line(it.Title))
	set(ical.PropLocation, agenda.Line(it.Place))
	set(ical.PropDescription, agenda.Text(it.Text))
	if it.URL != "" {
		raw(e, ical.PropURL, agenda.Line(it.URL))
	}
	if names := lines(it.Categories); len(names) > 0 {
		p := ical.NewProp(ical.PropCategories)
		p.SetTextList(names)
		e.Props.Set(p)
	}
	raw(e, ical.PropStatus, status(it))
	if it.Cancelled || it.AllDay {
		raw(e, ical.PropTransparency, "TRANSPARENT")
	}
	if o.Method != "" {
		people(e, o)
	}
	var b bytes.Buffer
	if err := ical.NewEncoder(fold{&b}).Encode(&ical.Calendar{Component: e}); err != nil {
		return nil, fmt.Errorf("calendar entry %s: %w", it.UID, err)
	}
	return b.Bytes(), nil
}

// people names who invites and, with a method that asks, who is asked.
func people(e *ical.Component, o Options) {
	organizer := ical.NewProp(ical.PropOrganizer)
	organizer.Value = "mailto:" + agenda.Line(o.Organizer)
	if name := param(o.Name); name != "" {
		organizer.Params.Set(ical.ParamCommonName, name)
	}
	if o.SentBy != "" && o.SentBy != o.Organizer {
		organizer.Params.Set(ical.ParamSentBy, "mailto:"+agenda.Line(o.SentBy))
	}
	e.Props.Set(organizer)
	if o.Attendee.Email == "" {
		return
	}
	reader := ical.NewProp(ical.PropAttendee)
	reader.Value = "mailto:" + agenda.Line(o.Attendee.Email)
	if name := param(o.Attendee.Name); name != "" {
		reader.Params.Set(ical.ParamCommonName, name)
	}
	reader.Params.Set(ical.ParamCalendarUserType, "INDIVIDUAL")
	reader.Params.Set(ical.ParamRole, "REQ-PARTICIPANT")
	if o.Method == agenda.MethodRequest {
		reader.Params.Set(ical.ParamParticipationStatus, "NEEDS-ACTION")
		reader.Params.Set(ical.ParamRSVP, "TRUE")
	}
	e.Props.Set(reader)
}

// param is a name as a parameter can hold it: without quotes (RFC 5545, section
// 3.2; few programs read those of RFC 6868).
func param(name string) string {
	name = strings.ReplaceAll(agenda.Line(name), `"`, "'")
	if r := []rune(name); len(r) > 100 {
		name = string(r[:100])
	}
	return name
}

// lines cleans names and leaves out those of which nothing is left.
func lines(names []string) []string {
	var out []string
	for _, n := range names {
		if n = agenda.Line(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}

func status(it agenda.FeedItem) string {
	switch {
	case it.Cancelled:
		return "CANCELLED"
	case it.Tentative:
		return "TENTATIVE"
	}
	return "CONFIRMED"
}

func raw(c *ical.Component, name, value string) {
	p := ical.NewProp(name)
	p.Value = value
	c.Props.Set(p)
}

// at writes a wall-clock time with the name of its zone, so that a client shows
// what stands on the invitation whatever the rules of summer time become.
// Where the zone cannot be written down, it is the instant.
func at(c *ical.Component, name string, l agenda.Local, loc *time.Location) {
	if written(loc) == time.UTC {
		raw(c, name, l.In(loc).UTC().Format(stamp))
		return
	}
	p := ical.NewProp(name)
	p.Value = fmt.Sprintf("%04d%02d%02dT%02d%02d00", l.Year, l.Month, l.Day, l.Hour, l.Minute)
	p.Params.Set(ical.ParamTimezoneID, loc.String())
	c.Props.Set(p)
}

// onDay writes a date without a time.
func onDay(c *ical.Component, name string, d agenda.Date) {
	p := ical.NewProp(name)
	p.Value = fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day)
	p.Params.Set(ical.ParamValue, string(ical.ValueDate))
	c.Props.Set(p)
}

// Calendar returns a whole calendar around events made by Event. An empty one
// has a time zone, even if that is UTC, because a calendar needs a component
// (RFC 5545, section 3.4).
func Calendar(name, text string, events [][]byte, loc *time.Location, o Options) []byte {
	n := 1024
	for _, e := range events {
		n += len(e)
	}
	b := bytes.NewBuffer(make([]byte, 0, n))
	w := fold{b}
	line := func(s string) { io.WriteString(w, s+"\r\n") } //nolint:errcheck // a bytes.Buffer does not fail
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//widunetz//Termine//DE")
	line("CALSCALE:GREGORIAN")
	if o.Method != "" {
		line("METHOD:" + o.Method)
	} else {
		line("NAME:" + escape(name))
		line("X-WR-CALNAME:" + escape(name))
		line("X-WR-TIMEZONE:" + loc.String())
		line("COLOR:royalblue")
		line("X-APPLE-CALENDAR-COLOR:#123F8C")
	}
	if text != "" {
		line("DESCRIPTION:" + escape(text))
		line("X-WR-CALDESC:" + escape(text))
	}
	if o.Refresh > 0 {
		d := fmt.Sprintf("PT%dM", int(o.Refresh.Minutes()))
		line("REFRESH-INTERVAL;VALUE=DURATION:" + d)
		line("X-PUBLISHED-TTL:" + d)
	}
	if written(loc) != time.UTC || len(events) == 0 {
		b.WriteString(zone(loc))
	}
	for _, e := range events {
		b.Write(e)
	}
	line("END:VCALENDAR")
	return b.Bytes()
}

// Feed returns the calendar of a feed. An item that cannot be written is left
// out and its error returned; it never costs the others.
func Feed(f agenda.Feed, loc *time.Location, o Options) ([]byte, []error) {
	var events [][]byte
	var errs []error
	for _, it := range f.Items {
		e, err := Event(it, loc, o)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		events = append(events, e)
	}
	return Calendar(f.Name, f.Text, events, loc, o), errs
}

var escaper = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

func escape(s string) string { return escaper.Replace(agenda.Text(s)) }

// fold breaks content lines at 75 octets between characters (RFC 5545, section
// 3.1). The encoder writes each content line in one piece, with its CRLF.
type fold struct{ w io.Writer }

const lineLength = 75

// Write implements io.Writer for one content line at a time.
func (f fold) Write(p []byte) (int, error) {
	rest := p
	limit := lineLength
	for len(bytes.TrimSuffix(rest, []byte("\r\n"))) > limit {
		n := limit
		for !utf8.RuneStart(rest[n]) {
			n--
		}
		if _, err := f.w.Write(append(append(make([]byte, 0, n+3), rest[:n]...), "\r\n "...)); err != nil {
			return 0, err
		}
		rest, limit = rest[n:], lineLength-1 // the space that begins the next line counts
	}
	if _, err := f.w.Write(rest); err != nil {
		return 0, err
	}
	return len(p), nil
}
