// Package agenda says what the calendar office of a network keeps: institutions
// and the people on their seats, groups and their meetings, editions of the
// Intercultural Weeks and their events, and the notices that tell people of
// them. It holds every rule about these things and nothing else.
//
// The package imports the standard library only. It does no I/O, has no clock
// and draws no random numbers: now, the location and new identifiers are
// arguments. What a rule decides is returned as values; package store remembers
// them in one transaction.
//
// The words (German terms of the pages in brackets):
//
//	Institution  member institution of the network [Institution]
//	Person       contact person; fills seats, gets mail [Person]
//	Group        body that meets [Gremium]
//	Seat         an institution's place in a group, filled by one person after another [Sitz]
//	Meeting      one date of a group [Sitzung]
//	Edition      the Intercultural Weeks of one year [Ausgabe]
//	Event        a public event of an edition or outside of one [Veranstaltung]
//	Watcher      somebody who asked to be reminded of one event [Vormerkung]
//	Notice       tell this audience about that, from when on
//	Message      one notice to one reader: what the outbox lists [Nachricht]
//	Entry        one line of the history [Verlauf]
//
// Dates of meetings and events are wall-clock times of the network's place
// (Local), never instants: a meeting at nine stays at nine when the law about
// summer time changes.
package agenda
