// Package letter turns a notice and its facts into subject, text, HTML and
// attachment, in the reader's language.
package letter

import (
	"time"

	"widunetz/internal/agenda"
)

// Letter is one mail, finished but for its transport. Package notify puts it
// on the wire; nothing in it is generated later, so two attempts with the same
// Letter are the same mail.
type Letter struct {
	ID          agenda.MessageID // left part of the Message-ID
	Kind        agenda.Kind      // header X-Widunetz-Kind
	Date        time.Time        // header Date: when it was made
	ToName      string           // display name, may be empty
	ToEmail     string           // exactly one address
	ReplyTo     string           // address of the office, may be empty
	Lang        agenda.Lang      // header Content-Language
	Subject     string
	Text        string // complete without the HTML part; lines end in "\n"
	HTML        string // a whole document
	Unsubscribe string // URL that takes an RFC 8058 one-click POST; empty on log-in links
	Calendar    []byte // an .ics to attach, nil for none
	CalendarAs  string // file name of the attachment, such as "termin.ics"
	Method      string // of Calendar. With REQUEST and CANCEL it stands beside text and HTML, too: programs show buttons
}
