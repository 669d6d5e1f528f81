package web

import "net/http"

// route is one address: who may ask for it and what answers.
type route struct {
	method, path string
	who          who
	handler      func(*Ctx) error
}

// routes is the table of all addresses but those of the feeds (feed.go).
func (w *Web) routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	all := []route{
		{get, "/", anyone, w.showHome},
		{get, "/programm", anyone, w.showCurrent},
		{get, "/programm/:year", anyone, w.showProgramme},
		{get, "/programm/:year/heft", anyone, w.showPrint(booklet)},
		{get, "/programm/:year/heft.pdf", anyone, w.showPDF(booklet)},
		{get, "/programm/:year/plakat", anyone, w.showPrint(poster)},
		{get, "/programm/:year/plakat.pdf", anyone, w.showPDF(poster)},
		{get, "/programm/:year/aenderungen", anyone, w.showPrintChanges},
		{get, "/programm/:year/:slug", anyone, w.showEvent},
		{post, "/programm/:year/:slug", anyone, w.submit},               // of the page einreichen
		{get, "/programm/:year/:slug/pruefen", anyone, w.showTimeNotes}, // likewise
		{get, "/programm/:year/" + embedSlug, anyone, w.showEmbed},
		{get, "/programm/:year/" + pressSlug, anyone, w.showPress},
		{post, "/programm/:year/:slug/erinnern", anyone, w.watch},
		{get, "/programm/:year/:slug/anmelden", anyone, w.showSignUp},
		{post, "/programm/:year/:slug/anmelden", anyone, w.signUp},
		{get, "/programm/:year/:slug/zettel", anyone, w.showSlip},
		{get, "/anmeldung/:token", anyone, w.showSignedUp},
		{post, "/anmeldung/:token", anyone, w.decideSignUp},
		{get, "/liste/:token", anyone, w.showGuests},
		{post, "/liste/:token", anyone, w.changeGuests},
		{get, "/liste/:token/anmeldungen.xlsx", anyone, w.exportGuests},
		{get, "/liste/:token/bescheinigung/:who", anyone, w.showCertificate},
		{get, "/vormerkung/:token", anyone, w.showWatch},
		{post, "/vormerkung/:token", anyone, w.decideWatch},
		{get, "/benachrichtigen", anyone, w.showSubscribe},
		{post, "/benachrichtigen", anyone, w.subscribe},
		{get, "/benachrichtigung/:token", anyone, w.showSubscriber},
		{post, "/benachrichtigung/:token", anyone, w.decideSubscriber},
		{get, "/abmelden/:token", anyone, w.showMute},
		{post, "/abmelden/:token", anyone, w.mute},
		{get, "/einreichung/:token", anyone, w.showSubmission},
		{post, "/einreichung/:token", anyone, w.editSubmission},
		{get, "/einreichung/:token/schritt/:step", anyone, w.showStep},
		{post, "/einreichung/:token/schritt/:step", anyone, w.saveStep},
		{get, "/einreichung/:token/bild", submitter, w.showPicture},
		{post, "/einreichung/:token/bild", submitter, w.savePicture},
		{post, "/einreichung/:token/bild/loeschen", submitter, w.deletePicture},
		{get, "/einreichung/:token/bild/:hash", submitter, w.showDraftPicture},
		{get, "/einreichung/:token/uebersetzung/:lang", submitter, w.showTranslation},
		{post, "/einreichung/:token/uebersetzung/:lang", submitter, w.saveTranslation},
		{get, "/einreichung/:token/mitwirkende", submitter, w.showEditors},
		{post, "/einreichung/:token/mitwirkende", submitter, w.runEditors},
		{get, "/einreichung/:token/aufgaben", submitter, w.showTasks},
		{post, "/einreichung/:token/aufgaben", submitter, w.addTask},
		{get, "/einreichung/:token/aufgaben/:task", submitter, w.showTask},
		{post, "/einreichung/:token/aufgaben/:task", submitter, w.runTask},
		{get, "/bilder/:hash", anyone, w.showPublicPicture},
		{post, "/einreichung/:token/liste", anyone, w.renewList},
		{get, "/einreichung/:token/rueckmeldung", anyone, w.showFeedback},
		{post, "/einreichung/:token/rueckmeldung", anyone, w.sendFeedback},
		{get, "/aufruf/:token", anyone, w.showCallAnswer},
		{post, "/aufruf/:token", anyone, w.answerCall},
		{get, "/umfrage/:token", anyone, w.showPollLink},
		{post, "/umfrage/:token", anyone, w.answerPollLink},
		{get, "/frist/:token", anyone, w.showDeadlineLink},
		{post, "/frist/:token", anyone, w.answerDeadlineLink},
		{get, "/thema/:token", anyone, w.showTopics},
		{post, "/thema/:token", anyone, w.handIn},
		{get, "/thema/:token/:topic", anyone, w.showTopic},
		{post, "/thema/:token/:topic", anyone, w.runTopic},
		{get, "/thema/:token/" + requestSlug, anyone, w.showRequest},
		{post, "/thema/:token/" + requestSlug, anyone, w.sendRequest},
		{get, "/unterlagen/:token", anyone, w.showPapers},
		{get, "/unterlagen/:token/:document", anyone, w.showLinkedDocument},
		{get, "/antwort/:token", anyone, w.showAnswerLink},
		{post, "/antwort/:token", anyone, w.answerLink},
		{get, "/vertretung/:token", anyone, w.showSubstitute},
		{post, "/vertretung/:token", anyone, w.decideSubstitute},
		{get, "/vertretung/:token" + documentPath + "/:document", anyone, w.showSubstitutesDocument},

		{get, "/feste", anyone, w.showFeasts},
		{get, "/impressum", anyone, w.showLegal},
		{get, "/datenschutz", anyone, w.showLegal},
		{get, "/barrierefreiheit", anyone, w.showLegal},
		{get, "/static/*file", anyone, w.showAsset},
		{get, "/robots.txt", anyone, w.showRobots},
		{get, "/healthz", anyone, w.showHealth},
		{get, "/readyz", anyone, w.showReady},

		{get, "/einloggen", anyone, w.showLogin},
		{post, "/einloggen", anyone, w.askLogin},
		{get, "/einloggen/:token", anyone, w.showLoginLink},
		{post, "/einloggen/:token", anyone, w.logIn},
		{post, "/ausloggen", anyone, w.logOut},
		{get, "/konto", member, w.showAccount},
		{post, "/konto", member, w.saveAccount},
		{post, "/konto/kalender", member, w.renewFeed},
		{get, "/so-gehts", member, w.showHowTo},
		{post, "/konto/verzeichnis", member, w.saveOwnListing},
		{get, "/verzeichnis", member, w.showDirectory},
		{get, "/verzeichnis.vcf", member, w.directoryCards},
		{get, "/verzeichnis/:card", member, w.directoryCards},
		{get, "/gremien", member, w.showGroups},
		{get, "/gremien/:group", member, w.showGroup},
		{get, "/gremien/jahr/:year", member, w.showYearPicture},
		{get, "/gremien/:group/:year", member, w.showYear},
		{get, "/gremien/:group/themen", member, w.showTopics},
		{post, "/gremien/:group/themen", member, w.handIn},
		{get, "/gremien/:group/themen/:topic", member, w.showTopic},
		{post, "/gremien/:group/themen/:topic", member, w.runTopic},
		{get, "/gremien/:group/" + requestSlug, member, w.showRequest},
		{post, "/gremien/:group/" + requestSlug, member, w.sendRequest},
		{get, "/sitzungen/:meeting", member, w.showMeeting},
		{get, "/gremien/:group/fristen/:deadline", member, w.showDeadline},
		{post, "/gremien/:group/fristen/:deadline", member, w.answerDeadline},
		{get, "/sitzungen/:meeting/tagesordnung", member, w.showAgenda},
		{get, "/sitzungen/:meeting/unterlagen/:document", member, w.showDocument},
		{post, "/sitzungen/:meeting/antwort", member, w.answerMeeting},
		{get, "/umfragen/:poll", member, w.showPoll},
		{post, "/umfragen/:poll", member, w.answerPoll},
	}
	all = append(all, w.officeRoutes()...)
	if w.Demo != nil {
		all = append(all, w.demoRoutes()...)
	}
	return all
}

// officeRoutes are the desk of the coordinators; what concerns one group is
// open to its chair as well.
func (w *Web) officeRoutes() []route {
	const get, post = http.MethodGet, http.MethodPost
	const desk = "/koordination"
	return []route{
		{get, desk, coordinator, w.showDesk},
		{get, desk + "/ausgang", coordinator, w.showOutbox},
		{get, desk + "/ausgang/:message", coordinator, w.showMessage},
		{post, desk + "/ausgang/:message", coordinator, w.handleMessage},
		{get, desk + "/verlauf", coordinator, w.showHistory},
		{get, desk + "/postfach", coordinator, w.showMailbox},
		{post, desk + "/postfach", coordinator, w.dropLeft},

		{get, desk + "/personen", coordinator, w.showPeople},
		{get, desk + "/personen/neu", coordinator, w.showPerson},
		{post, desk + "/personen/neu", coordinator, w.savePerson},
		{get, desk + "/personen/:person", coordinator, w.showPerson},
		{post, desk + "/personen/:person", coordinator, w.savePerson},
		{post, desk + "/personen/:person/adresse", coordinator, w.trustAddress},
		{get, desk + "/personen/:person/loeschen", coordinator, w.showDeletePerson},
		{post, desk + "/personen/:person/loeschen", coordinator, w.deletePerson},
		{post, desk + "/personen/:person/verzeichnis", coordinator, w.saveListing},
		{get, desk + "/institutionen/:institution", coordinator, w.showInstitution},
		{post, desk + "/institutionen/:institution", coordinator, w.changeInstitution},
		{get, desk + "/institutionen", coordinator, w.showInstitutions},
		{post, desk + "/institutionen", coordinator, w.addInstitution},
		{post, desk + "/institutionen/vereinen", coordinator, w.mergeInstitutions},
		{get, desk + "/import", coordinator, w.showImport},
		{post, desk + "/import", coordinator, w.runImport},
		{get, desk + "/export/:file", coordinator, w.export},

		{get, desk + "/feste", coordinator, w.showLayers},
		{post, desk + "/feste", coordinator, w.takeLayer},
		{post, desk + "/feste/entfernen", coordinator, w.dropLayer},
		{get, desk + "/gremien/neu", coordinator, w.showGroupForm},
		{post, desk + "/gremien/neu", coordinator, w.saveGroup},
		{get, desk + "/gremien/:group", coordinator, w.showGroupForm},
		{post, desk + "/gremien/:group", coordinator, w.saveGroup},
		{get, desk + "/gremien/:group/sitze", coordinator, w.showSeats},
		{post, desk + "/gremien/:group/sitze", coordinator, w.saveSeat},
		{post, desk + "/gremien/:group/kalender", coordinator, w.renewGroupFeed},
		{get, desk + "/gremien/:group/regeln", chair, w.showRules},
		{post, desk + "/gremien/:group/regeln", chair, w.saveRules},
		{get, desk + "/gremien/:group/termine", chair, w.showPlan},
		{post, desk + "/gremien/:group/termine", chair, w.plan},
		{get, desk + "/gremien/:group/jahresplanung", chair, w.showYearPlan},
		{post, desk + "/gremien/:group/jahresplanung", chair, w.makeYear},
		{get, desk + "/gremien/:group/gastgeber", chair, w.showHosts},
		{post, desk + "/gremien/:group/gastgeber", chair, w.saveHosts},
		{get, desk + "/gremien/:group/einladen", chair, w.showInvite},
		{post, desk + "/gremien/:group/einladen", chair, w.invite},
		{get, desk + "/gremien/:group/umfrage", chair, w.showPollForm},
		{post, desk + "/gremien/:group/umfrage", chair, w.openPoll},
		{get, desk + "/gremien/:group/frist", chair, w.showNewDeadline},
		{post, desk + "/gremien/:group/frist", chair, w.setDeadline},
		{get, desk + "/fristen/:deadline", chair, w.showDeadlineForm},
		{post, desk + "/fristen/:deadline", chair, w.saveDeadline},
		{post, desk + "/fristen/:deadline/stand", chair, w.runDeadline},
		{get, desk + "/umfragen/:poll", chair, w.showPollDesk},
		{post, desk + "/umfragen/:poll", chair, w.runPoll},
		{get, desk + "/umfragen/:poll/antwort/:person", chair, w.showPollFor},
		{post, desk + "/umfragen/:poll/antwort/:person", chair, w.answerPollFor},
		{get, desk + "/sitzungen/:meeting", chair, w.showMeetingForm},
		{post, desk + "/sitzungen/:meeting", chair, w.saveMeeting},
		{post, desk + "/sitzungen/:meeting/stand", chair, w.turnMeeting},
		{get, desk + "/sitzungen/:meeting/tagesordnung", chair, w.showAgendaForm},
		{post, desk + "/sitzungen/:meeting/tagesordnung", chair, w.saveAgenda},
		{get, desk + "/sitzungen/:meeting/versand", chair, w.showRelease},
		{post, desk + "/sitzungen/:meeting/versand", chair, w.runRelease},
		{get, desk + "/sitzungen/:meeting" + documentPath, chair, w.showDocuments},
		{post, desk + "/sitzungen/:meeting" + documentPath, chair, w.runDocuments},
		{get, desk + "/gremien/:group/themen/:topic/veranstaltung", chair, w.showTraining},
		{post, desk + "/gremien/:group/themen/:topic/veranstaltung", chair, w.makeTraining},
		{post, desk + "/sitzungen/:meeting/vorbereitung", chair, w.prepareMeeting},
		{get, desk + "/sitzungen/:meeting/aushang", chair, w.showDoorNotice},
		{get, desk + "/sitzungen/:meeting/antworten", chair, w.showAnswers},
		{post, desk + "/sitzungen/:meeting/antworten", chair, w.remindAnswers},
		{get, desk + "/sitzungen/:meeting/antworten/:person", chair, w.showAnswerFor},
		{post, desk + "/sitzungen/:meeting/antworten/:person", chair, w.saveAnswerFor},
		{get, desk + "/sitzungen/:meeting/telefon", coordinator, w.showPhoneList},

		{get, desk + "/ausgaben/:year", coordinator, w.showEdition},
		{post, desk + "/ausgaben/:year", coordinator, w.saveEdition},
		{get, desk + "/ausgaben/:year/abdeckung", coordinator, w.showCoverage},
		{get, desk + "/ausgaben/:year/aufruf", coordinator, w.showCall},
		{post, desk + "/ausgaben/:year/aufruf", coordinator, w.runCall},
		{get, desk + "/zahlen/:year", coordinator, w.showFigures},
		{get, desk + "/ausgaben/:year/bericht", coordinator, w.showReport},
		{post, desk + "/ausgaben/:year/druckstand", coordinator, w.freezeEdition},
		{post, desk + "/ausgaben/:year/korrekturabzug", coordinator, w.sendProofs},
		{post, desk + "/ausgaben/:year/freigeben", coordinator, w.releaseEdition},
		{post, desk + "/ausgaben/:year/nachfragen", coordinator, w.askAllMissing},
		{get, desk + "/textbausteine", coordinator, w.showTextBlocks},
		{post, desk + "/textbausteine", coordinator, w.saveTextBlock},
		{get, desk + "/veranstaltungen", coordinator, w.showEvents},
		{get, desk + "/veranstaltungen/neu", coordinator, w.showEventForm},
		{post, desk + "/veranstaltungen/neu", coordinator, w.saveEvent},
		{get, desk + "/veranstaltungen/:event", coordinator, w.showEventForm},
		{post, desk + "/veranstaltungen/:event", coordinator, w.saveEvent},
		{post, desk + "/veranstaltungen/:event/entscheiden", coordinator, w.decideEvent},
		{post, desk + "/veranstaltungen/:event/nachfragen", coordinator, w.askMissing},
		{post, desk + "/veranstaltungen/:event/stand", coordinator, w.standEvent},
		{post, desk + "/veranstaltungen/:event/termin", coordinator, w.turnDate},
		{post, desk + "/veranstaltungen/:event/link", coordinator, w.resendSubmission},
		{post, desk + "/veranstaltungen/:event/vorschlag", coordinator, w.decideProposal},
		{post, desk + "/veranstaltungen/:event/liste", coordinator, w.renewList},
		{get, desk + "/veranstaltungen/:event/bild", coordinator, w.showPicture},
		{post, desk + "/veranstaltungen/:event/bild", coordinator, w.savePicture},
		{post, desk + "/veranstaltungen/:event/bild/loeschen", coordinator, w.deletePicture},
		{get, desk + "/veranstaltungen/:event/bild/:hash", coordinator, w.showDraftPicture},
		{get, desk + "/veranstaltungen/:event/uebersetzung/:lang", coordinator, w.showTranslation},
		{post, desk + "/veranstaltungen/:event/uebersetzung/:lang", coordinator, w.saveTranslation},
		{post, desk + "/veranstaltungen/:event/besuche", coordinator, w.saveVisitors},
		{get, desk + "/veranstaltungen/:event/mitwirkende", coordinator, w.showEditors},
		{post, desk + "/veranstaltungen/:event/mitwirkende", coordinator, w.runEditors},
		{get, desk + "/veranstaltungen/:event/aufgaben", coordinator, w.showTasks},
		{post, desk + "/veranstaltungen/:event/aufgaben", coordinator, w.addTask},
		{get, desk + "/veranstaltungen/:event/aufgaben/:task", coordinator, w.showTask},
		{post, desk + "/veranstaltungen/:event/aufgaben/:task", coordinator, w.runTask},
		{get, desk + "/veranstaltungen/:event/vereinen", coordinator, w.showMerge},
		{post, desk + "/veranstaltungen/:event/vereinen", coordinator, w.merge},
	}
}

func (w *Web) showHealth(c *Ctx) error {
	c.String(http.StatusOK, "ok "+w.Version+"\n")
	return nil
}

// showReady says whether the store can be read.
func (w *Web) showReady(c *Ctx) error {
	if _, err := w.Store.Revision(c.ctx()); err != nil {
		w.Log.Error("not ready", "error", err)
		c.String(http.StatusServiceUnavailable, "not ready\n")
		return nil
	}
	c.String(http.StatusOK, "ready\n")
	return nil
}
