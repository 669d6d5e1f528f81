package notify

import (
	"errors"
	"net/textproto"
	"regexp"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"widunetz/internal/agenda"
)

// refused is the delivery of a letter that cannot even be written.
func refused(err error) agenda.Delivery {
	var address *addressError
	if errors.As(err, &address) {
		return agenda.Delivery{Outcome: agenda.RefusedForHim, Text: oneLine(err)}
	}
	return agenda.Delivery{Outcome: agenda.RefusedForUs, Text: oneLine(err)}
}

// classifyDial says how an attempt ended that did not get as far as a message.
// It may be better later, also after a wrong password: whoever mends that must
// not have to send every mail again by hand. Nothing is ever sent in clear
// instead.
func classifyDial(err error) agenda.Delivery {
	return agenda.Delivery{Outcome: agenda.TryAgain, Code: code(err), Text: "no connection: " + oneLine(err)}
}

// classify says how an attempt to send one message ended (RFC 5321, section
// 4.2.1; RFC 3463).
func classify(err error, delivered bool) agenda.Delivery {
	if delivered {
		return agenda.Delivery{Outcome: agenda.Delivered} // what failed came after the server took it
	}
	d := agenda.Delivery{Code: code(err), Text: oneLine(err)}
	var e *gomail.SendError
	if !errors.As(err, &e) {
		d.Outcome = agenda.TryAgain
		return d
	}
	switch {
	case d.Code >= 500:
		d.Outcome = refusal(e, d.Code)
	case d.Code == 0 && e.Reason == gomail.ErrSMTPDataClose:
		d.Outcome = agenda.Ambiguous
	default:
		d.Outcome = agenda.TryAgain
	}
	return d
}

// refusal tells whose fault a final refusal is: 5.7.x (policy), 5.6.x (content),
// 5.5.x (protocol) and whatever meets the sender are ours; the rest is about the
// reader's address or the size of his mailbox.
func refusal(e *gomail.SendError, code int) agenda.Outcome {
	status := status(e)
	switch {
	case e.Reason == gomail.ErrSMTPMailFrom, code == 530, code == 534, code == 535, code == 554 && status == "",
		strings.HasPrefix(status, "5.7."), strings.HasPrefix(status, "5.6."), strings.HasPrefix(status, "5.5."):
		return agenda.RefusedForUs
	}
	return agenda.RefusedForHim
}

// status returns the enhanced status code of a refusal (RFC 3463), also from a
// server that did not announce it, as those do that pass on another's answer.
func status(e *gomail.SendError) string {
	if m := enhanced.FindStringSubmatch(e.Error()); m != nil {
		return m[1]
	}
	return ""
}

var enhanced = regexp.MustCompile(`: 5\d\d "?(5\.\d{1,3}\.\d{1,3})\b`)

// code returns the reply code of the server, 0 if there was none.
func code(err error) int {
	var e *gomail.SendError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return replyCode(err)
}

// replyCode finds the reply code in an error of the dialogue before a message.
func replyCode(err error) int {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return reply.Code
	}
	return 0
}
