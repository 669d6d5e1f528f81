package letter

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/ics"
	"widunetz/internal/lang"
)

// ErrNothing is returned when there is nothing to tell any more: the date is
// past, was cancelled or is again what it was, or the reader is gone.
var ErrNothing = errors.New("nothing to tell any more")

// Site is what letters say about the service itself.
type Site struct {
	Name      string // of the network
	BaseURL   string // without a final slash
	Office    string // mail address to which replies go, may be empty
	Organizer string // mail address that calendar files name (RFC 5546 asks for one)
	Mailbox   string // address to which answers to calendar messages come; "": they are not read
	Sender    string // address of the sender of mails
}

// Writer composes letters. It is safe for concurrent use.
type Writer struct {
	catalog *lang.Catalog
	site    Site
	loc     *time.Location
	html    *template.Template
}

//go:embed templates/letter.html
var templates embed.FS

// NewWriter returns a writer of letters in the languages of the catalog.
func NewWriter(c *lang.Catalog, site Site, loc *time.Location) (*Writer, error) {
	t, err := template.ParseFS(templates, "templates/letter.html")
	if err != nil {
		return nil, fmt.Errorf("letter template: %w", err)
	}
	return &Writer{catalog: c, site: site, loc: loc, html: t}, nil
}

// Compose writes the letter of a message from the facts. The same facts make
// the same letter. ErrNothing is returned when there is no use in it.
func (w *Writer) Compose(f agenda.Facts) (Letter, error) {
	if f.Email == "" || replaced(f) {
		return Letter{}, ErrNothing
	}
	write := scripts[f.Message.Kind]
	if write == nil {
		return Letter{}, fmt.Errorf("letter of kind %q: unknown kind", f.Message.Kind)
	}
	p := w.printer(f)
	first, err := w.section(f, p, write)
	if err != nil {
		return Letter{}, err
	}
	sections := []section{first}
	if p.Lang() != agenda.German {
		german, err := w.section(f, w.catalog.Printer(agenda.German), write)
		if err != nil {
			return Letter{}, err
		}
		sections = append(sections, german)
	}
	l := Letter{
		ID: f.Message.ID, Kind: f.Message.Kind, Date: f.Message.Made, ToName: f.Name, ToEmail: f.Email, ReplyTo: w.site.Office,
		Lang: p.Lang(), Subject: first.Subject, Text: plainText(sections),
	}
	if f.Message.Kind != agenda.KindLogin {
		l.Unsubscribe = w.link(p, unsubscribePath(f))
	}
	if l.HTML, err = w.page(p, first.Subject, sections); err != nil {
		return Letter{}, err
	}
	return l, w.attach(&l, f)
}

// printer is that of the reader's language. What only members, organisers and the
// office read is German where that language lacks its words.
func (w *Writer) printer(f agenda.Facts) *lang.Printer {
	participants := []string{agenda.AboutWatcher, agenda.AboutSubscriber, agenda.AboutSignUp}
	if lang.Whole(f.Lang) || slices.Contains(participants, f.Message.Reader.Kind) {
		return w.catalog.Printer(f.Lang)
	}
	return w.catalog.Printer(agenda.German)
}

func (w *Writer) section(f agenda.Facts, p *lang.Printer, write script) (section, error) {
	s := section{Tag: p.Tag(), Dir: p.Dir(), Site: w.site.Name, Foreign: p.Lang() != agenda.German}
	if !lang.Checked(p.Lang()) {
		s.Unchecked = p.T("frame.unchecked")
	}
	d := draft{Facts: f, p: p, w: w, s: &s}
	if err := write(&d); err != nil {
		return s, err
	}
	d.footer()
	return s, nil
}

// link returns the address of a page in the reader's language.
func (w *Writer) link(p *lang.Printer, path string) string {
	if p.Lang() != agenda.German {
		path = "/" + string(p.Lang()) + path
	}
	return w.site.BaseURL + path
}

// unsubscribePath is where this kind of mail ends: a page with a button, which
// also takes the one-click POST of RFC 8058.
func unsubscribePath(f agenda.Facts) string {
	switch f.Message.Reader.Kind {
	case agenda.AboutWatcher:
		return "/vormerkung/" + f.Tokens.Mute
	case agenda.AboutSignUp:
		return "/anmeldung/" + f.Tokens.Mute
	case agenda.AboutSubscriber:
		return SubscriberPath + f.Tokens.Mute
	case agenda.AboutEditor:
		return "/einreichung/" + f.Tokens.Mute
	case agenda.AboutSubstitute:
		return SubstitutePath + f.Tokens.Mute
	case agenda.AboutOffice:
		return "/koordination"
	}
	return "/abmelden/" + f.Tokens.Mute
}

func (w *Writer) page(p *lang.Printer, title string, sections []section) (string, error) {
	var b bytes.Buffer
	err := w.html.Execute(&b, map[string]any{"Tag": p.Tag(), "Dir": p.Dir(), "Title": title, "Sections": sections})
	if err != nil {
		return "", fmt.Errorf("letter: %w", err)
	}
	return b.String(), nil
}

// attach adds the dates as a calendar file to the letters that change what is
// in a calendar. A reminder carries none: the date is there already.
func (w *Writer) attach(l *Letter, f agenda.Facts) error {
	german := w.catalog.Printer(agenda.German)
	var items []agenda.FeedItem
	switch f.Message.Kind {
	case agenda.KindInvitation:
		for _, m := range f.Meetings {
			items = append(items, MeetingItem(m, f.Group, german, w.site.BaseURL))
		}
	case agenda.KindAgenda, agenda.KindAgendaChange:
		a := f.Agenda
		a.Items = f.Version.Items // as the mail has it
		items = append(items, WithAgenda(MeetingItem(f.Meeting, f.Group, german, w.site.BaseURL), a, german))
	case agenda.KindSubstitute:
		items = append(items, ownItem(f, german, w.site.BaseURL))
	case agenda.KindSignUp:
		if f.SignUp.State == agenda.SignUpSeated {
			items = append(items, EventItem(f.Event, german, w.site.BaseURL))
		}
	case agenda.KindChange, agenda.KindCancellation, agenda.KindRestored:
		if f.Message.Subject.Kind == agenda.AboutEvent {
			for _, it := range EventItems(f.Event, german, w.site.BaseURL) {
				if len(f.Event.Further) == 0 || it.End.In(w.loc).After(f.Now) {
					items = append(items, it)
				}
			}
		} else {
			items = append(items, ownItem(f, german, w.site.BaseURL))
			for _, a := range f.Also {
				items = append(items, MeetingItem(a.Meeting, a.Of, german, w.site.BaseURL))
			}
		}
	}
	if len(items) == 0 {
		return nil
	}
	if c := f.Calling(); c.Method != agenda.MethodPublish && w.site.Mailbox != "" {
		return w.call(l, f, c)
	}
	cal, errs := ics.Feed(agenda.Feed{Items: items}, w.loc, ics.Options{Method: agenda.MethodPublish, Organizer: w.site.Organizer})
	l.Calendar, l.CalendarAs, l.Method = cal, "termin.ics", agenda.MethodPublish
	if len(items) > 1 {
		l.CalendarAs = "termine.ics"
	}
	return errors.Join(errs...)
}

// call adds an invitation that the reader's program can answer, or takes it back.
// The organizer is the mailbox, with a signature of this meeting and reader, sent
// by the sender of the mail (RFC 6047, section 2.2.1).
func (w *Writer) call(l *Letter, f agenda.Facts, c agenda.Calling) error {
	german := w.catalog.Printer(agenda.German)
	item := MeetingItem(c.Meeting, f.Group, german, w.site.BaseURL)
	cal, errs := ics.Feed(agenda.Feed{Items: []agenda.FeedItem{item}}, w.loc, ics.Options{
		Method: c.Method, Organizer: agenda.ReplyAddress(w.site.Mailbox, f.Tokens.Reply), Name: w.site.Name, SentBy: w.site.Sender,
		Attendee: ics.Attendee{Name: f.Name, Email: f.Email},
	})
	l.Calendar, l.CalendarAs, l.Method = cal, "einladung.ics", c.Method
	if c.Method == agenda.MethodCancel {
		l.CalendarAs = "absage.ics"
	}
	return errors.Join(errs...)
}
