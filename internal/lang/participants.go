package lang

import (
	"slices"
	"strings"

	"widunetz/internal/agenda"
)

// whole are the languages that have every message. All others have those of the
// participants' side; members' and coordinators' pages are German there.
var whole = []agenda.Lang{agenda.German, agenda.English}

// checked are the languages whose texts a native reader has gone through, and
// Leichte Sprache once a test group has. Whoever has had a language checked puts
// it here; until then its pages and mails say that nobody has.
var checked = []agenda.Lang{agenda.German}

// participantAreas are the messages of what people see who are no members:
// start page, programme, event, reminders and their mails, legal frame, errors,
// booklet and poster. Every language has all of them. A name that ends with a
// dot stands for everything that begins so.
var participantAreas = []string{
	"frame.", "map.", "programme.", "watch.", "print.", "error.page.", "term.category.", "term.audience.", "term.language.",
	"term.standing.", "term.licence.", "mail.event_reminder.", "mail.event_change.", "mail.event_cancellation.",
	"mail.event_postponed.", "mail.event_restored.", "mail.confirm.",

	"subscribe.", "mail.subscribe.", "mail.resubscribe.", "mail.news.", "mail.month.", "mail.still.", "mail.reason.subscriber", "mail.subscription",
	"signup.", "term.signup.", "mail.thanks.", "mail.word.",
	"mail.signup_confirm", "mail.signup_accept", "mail.signup_cancel", "mail.signup_status", "mail.signup_organiser", "mail.signup_persons", "mail.signup_children",
	"mail.signup_interpreter", "mail.signup_stepfree", "mail.signup_asked.", "mail.signup_nudge.", "mail.signup_queued.", "mail.signup_seated.", "mail.signup_waiting.",
	"mail.signup_offered.", "mail.signup_ended.", "mail.signup_lapsed.", "mail.signup_removed.", "mail.signup_reminder.", "mail.reason.signup", "mail.reason.signedup",
	"mail.map", "mail.programme_page", "field.persons", "field.children", "field.interpreter", "field.needs_stepfree", "field.signup_email", "field.forother",
	"field.signuphere", "field.signupuntil", "error.no_places", "error.signup_off", "error.signup_over", "error.signup_closed", "error.until",

	// What a member can switch off from a mail, without logging in.
	"term.kind.invitation", "term.kind.reminder", "term.kind.change", "term.kind.cancellation", "term.kind.restored", "term.kind.digest",
	"term.kind.call", "term.kind.callreminder",

	"spread.atom", "spread.json", "spread.also", "spread.whole", "spread.share", "spread.instead",

	"submit.title", "term.and", "term.yes", "term.no", "term.unknown", "term.full", "term.moved", "picture.by", "demo.label", "demo.note", "demo.mails",

	"course.every.", "course.other.",
	"course.weekly", "course.not", "course.nth_title", "course.nth", "course.falls", "course.new", "course.again", "course.more", "course.dates", "course.count", "course.past", "course.next", "course.off", "course.one_signup", "course.all_in_calendar", "course.and_more",
	"mail.date_falls.",

	"day.neujahr", "day.karfreitag", "day.ostermontag", "day.tag_der_arbeit", "day.himmelfahrt", "day.pfingstmontag", "day.fronleichnam",
	"day.einheit", "day.allerheiligen", "day.weihnachten1", "day.weihnachten2",

	"error.id", "error.home", "error.required", "error.too_long", "error.email", "error.number", "error.between", "error.one_of", "error.too_many",

	"field.email", "field.phone", "field.name", "field.lang", "field.title", "field.subtitle", "field.summary", "field.description", "field.category",
	"field.start", "field.end", "field.doors", "field.venue", "field.town", "field.online", "field.organiser", "field.coorganisers", "field.audiences",
	"field.womenonly", "field.languages", "field.interpreters", "field.stepfree", "field.childcare", "field.free", "field.price", "field.signup",
	"field.signupby", "field.places", "field.food", "field.contact", "field.patron", "field.standing", "field.full", "field.picture",

	"mail.greeting", "mail.greeting_name", "mail.when", "mail.where", "mail.before", "mail.online", "mail.organiser", "mail.languages", "mail.free",
	"mail.price", "mail.signup_needed", "mail.cancelled_prefix", "mail.postponed_prefix", "mail.full_prefix", "mail.urgent", "mail.today",
	"mail.tomorrow", "mail.in_days", "mail.sentence", "mail.also_changed", "mail.attached_change", "mail.event_page", "mail.settings", "mail.unwatch",
	"mail.unwatch_button", "mail.imprint", "mail.privacy", "mail.reason.watcher", "mail.confirm_button",
}

// deskParts are the messages of coordinators and organisers within those areas.
var deskParts = []string{"print.desk.", "print.proof."}

// ForParticipants reports whether the message is one that every language has.
func ForParticipants(key string) bool {
	return covers(participantAreas, key) && !covers(deskParts, key)
}

func covers(areas []string, key string) bool {
	return slices.ContainsFunc(areas, func(a string) bool {
		return a == key || strings.HasSuffix(a, ".") && strings.HasPrefix(key, a)
	})
}

// Whole reports whether the language has every message, those of members and
// coordinators too.
func Whole(l agenda.Lang) bool { return slices.Contains(whole, l) }

// Checked reports whether a native reader (of Leichte Sprache: a test group) has
// gone through the texts of the language.
func Checked(l agenda.Lang) bool { return slices.Contains(checked, l) }

// All returns every language that the service can speak, in the order in which
// languages are offered.
func All() []agenda.Lang { return slices.Clone(order) }
