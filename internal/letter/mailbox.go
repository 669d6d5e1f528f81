package letter

import "widunetz/internal/agenda"

// attached says what the calendar file does: it can be answered, or, as the key
// has it, taken over.
func (d *draft) attached(key string) string {
	switch d.Calling().Method {
	case agenda.MethodRequest:
		return d.t("attached_request")
	case agenda.MethodCancel:
		return d.t("attached_taken_back")
	}
	return d.t(key)
}

// mailboxDown says that nothing comes in, unless it does again.
func (d *draft) mailboxDown() error {
	if d.Mailbox.Down.IsZero() {
		return ErrNothing
	}
	d.open("mailbox_down", "", "date", d.p.DateTime(agenda.LocalOf(d.Mailbox.Down, d.w.loc)))
	d.s.Intro = append(d.s.Intro, d.Mailbox.Error)
	d.act("mailbox_link", "/koordination/postfach")
	return nil
}
