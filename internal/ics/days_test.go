package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDaysOfAPublishedCalendar(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	event := func(lines ...string) string {
		return "BEGIN:VEVENT\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	for name, c := range map[string]struct {
		event, days, problems string
		others                int
	}{
		"a whole day":           {event: event("UID:1", "DTSTART;VALUE=DATE:20271002", "DTEND;VALUE=DATE:20271003", "SUMMARY:Rosch ha-Schana"), days: "2027-10-02..2027-10-02 Rosch ha-Schana; "},
		"without an end":        {event: event("UID:1", "DTSTART;VALUE=DATE:20270409", "SUMMARY:Baisakhi"), days: "2027-04-09..2027-04-09 Baisakhi; "},
		"end is the first day":  {event: event("UID:1", "DTSTART;VALUE=DATE:20270409", "DTEND;VALUE=DATE:20270409", "SUMMARY:Baisakhi"), days: "2027-04-09..2027-04-09 Baisakhi; "},
		"several days":          {event: event("UID:1", "DTSTART;VALUE=DATE:20270421", "DTEND;VALUE=DATE:20270503", "SUMMARY:Ridván"), days: "2027-04-21..2027-05-02 Ridván; "},
		"with hours":            {event: event("UID:1", "DTSTART;TZID=Europe/Berlin:20271001T184500", "DTEND;TZID=Europe/Berlin:20271003T000000", "SUMMARY:Vorabend"), days: "2027-10-01..2027-10-02 Vorabend 18:45; "},
		"every year":            {event: event("UID:1", "DTSTART;VALUE=DATE:20200620", "RRULE:FREQ=YEARLY", "SUMMARY:Weltflüchtlingstag"), days: "2027-06-20..2027-06-20 Weltflüchtlingstag; "},
		"29 February":           {event: event("UID:1", "DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY", "SUMMARY:Schalttag"), others: 1},
		"not yet every year":    {event: event("UID:1", "DTSTART;VALUE=DATE:20280620", "RRULE:FREQ=YEARLY", "SUMMARY:Später"), others: 1},
		"another year":          {event: event("UID:1", "DTSTART;VALUE=DATE:20261225", "SUMMARY:Weihnachten"), others: 1},
		"another rule":          {event: event("UID:1", "DTSTART;VALUE=DATE:20270101", "RRULE:FREQ=WEEKLY", "SUMMARY:Sonntag"), problems: "import.rule; "},
		"without a name":        {event: event("UID:1", "DTSTART;VALUE=DATE:20270101"), problems: "import.no_name; "},
		"without a day":         {event: event("UID:1", "SUMMARY:Irgendwann"), problems: "import.nostart; "},
		"a day that is not":     {event: event("UID:1", "DTSTART;VALUE=DATE:20270231", "SUMMARY:Nie"), problems: "import.time; "},
		"too long":              {event: event("UID:1", "DTSTART;VALUE=DATE:20270101", "DTEND;VALUE=DATE:20270601", "SUMMARY:Lang"), problems: "import.long; "},
		"cancelled":             {event: event("UID:1", "DTSTART;VALUE=DATE:20270101", "STATUS:CANCELLED", "SUMMARY:Nicht")},
		"comma and line breaks": {event: event("UID:1", "DTSTART;VALUE=DATE:20270101", `SUMMARY:Eins\, zwei\nund drei`), days: "2027-01-01..2027-01-01 Eins, zwei und drei; "},
	} {
		days, others, problems, err := DecodeDays([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"+c.event+"END:VCALENDAR\r\n"), loc, 2027)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, refused := "", ""
		for _, d := range days {
			got += fmt.Sprintf("%s..%s %s", d.From, d.To, d.Name)
			if !d.Begins.IsZero() {
				got += " " + d.Begins.Clock()
			}
			got += "; "
		}
		for _, p := range problems {
			refused += p.Rule + "; "
		}
		if got != c.days || refused != c.problems || others != c.others {
			t.Errorf("%s: %q, refused %q, %d of other years; want %q, %q, %d", name, got, refused, others, c.days, c.problems, c.others)
		}
	}
	if _, _, _, err := DecodeDays([]byte("Datum;Fest\n1.1.2027;Neujahr"), loc, 2027); err == nil {
		t.Error("a table was read as a calendar")
	}
}
