package web

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
)

// thing is one thing of schema.org as JSON-LD. The template writes it into a
// data block and escapes it so that no text can end the block.
type thing map[string]any

// eventData describes a public event for search engines and the like, after
// schema.org/Event and what Google asks of it. Nothing internal is in it.
func (w *Web) eventData(e agenda.Event) thing {
	address := w.Site.BaseURL + letter.EventPath(e)
	t := thing{
		"@context": "https://schema.org", "@type": "Event", "@id": address, "url": address, "name": e.Title, "description": e.Summary,
		"startDate": w.offset(e.Start), "endDate": w.offset(e.Until()), "eventStatus": "https://schema.org/" + eventStatus(e),
		"isAccessibleForFree": e.Free, "offers": offer(e, address),
	}
	t["eventAttendanceMode"], t["location"] = attendance(e.Venue, address)
	organisers := []thing{{"@type": "Organization", "name": e.Organiser}}
	for _, o := range e.CoOrganisers {
		organisers = append(organisers, thing{"@type": "Organization", "name": o})
	}
	t["organizer"] = organisers
	if tags := languageTags(e.Languages); len(tags) > 0 {
		t["inLanguage"] = tags
	}
	if was := w.previousStart(e); was != "" && !e.Course() {
		t["previousStartDate"] = was
	}
	if e.Course() {
		t["subEvent"] = w.datesData(e, t)
	}
	if e.Subtitle != "" {
		t["alternativeHeadline"] = e.Subtitle
	}
	if h, m, err := agenda.ParseClock(e.Doors); err == nil {
		t["doorTime"] = w.offset(e.Start.Date.At(h, m))
	}
	if e.Places > 0 {
		t["maximumAttendeeCapacity"] = e.Places
	}
	return t
}

// datesData describes the dates of a course, each as an event of its own at the
// place of the course.
func (w *Web) datesData(e agenda.Event, course thing) []thing {
	var out []thing
	for _, one := range e.Each() {
		t := thing{
			"@type": "Event", "@id": fmt.Sprintf("%s#termin-%d", course["@id"], one.At.No), "url": course["url"], "name": letter.NthTitle(one, w.Catalog.Printer(agenda.German)),
			"startDate": w.offset(one.Start), "endDate": w.offset(one.End), "eventStatus": "https://schema.org/" + eventStatus(one),
			"eventAttendanceMode": course["eventAttendanceMode"], "location": course["location"], "description": e.Summary, "organizer": course["organizer"], "offers": course["offers"],
		}
		if was := w.previousStart(one); was != "" {
			t["previousStartDate"] = was
		}
		out = append(out, t)
	}
	return out
}

// eventStatus is the EventStatusType. A moved event is rescheduled as long as it
// takes place.
func eventStatus(e agenda.Event) string {
	switch {
	case e.Standing == agenda.Cancelled:
		return "EventCancelled"
	case e.Standing == agenda.Postponed:
		return "EventPostponed"
	case e.Was != nil && e.Was.Start != e.Start && (e.At != nil || !e.Course()):
		return "EventRescheduled"
	}
	return "EventScheduled"
}

// attendance says whether people come to a place, meet in the network or both.
func attendance(v agenda.Venue, page string) (mode string, location any) {
	virtual := thing{"@type": "VirtualLocation", "url": page}
	if v.Online != "" {
		virtual["url"] = v.Online
	}
	if v.Town == agenda.Online {
		return "https://schema.org/OnlineEventAttendanceMode", virtual
	}
	address := thing{"@type": "PostalAddress", "addressLocality": v.Town, "addressRegion": "Nordrhein-Westfalen", "addressCountry": "DE"}
	if v.Street != "" {
		address["streetAddress"] = v.Street
	}
	if v.Postcode != "" {
		address["postalCode"] = v.Postcode
	}
	place := thing{"@type": "Place", "name": v.Name, "address": address}
	if v.Online == "" {
		return "https://schema.org/OfflineEventAttendanceMode", place
	}
	return "https://schema.org/MixedEventAttendanceMode", []thing{place, virtual}
}

// plainAmount is a price that is one amount and nothing else.
var plainAmount = regexp.MustCompile(`^(\d{1,4})(?:[,.](\d{2}))? ?(?:€|Euro|EUR)$`)

// offer says what coming costs. Prices are free text here: what is not one
// amount is said in words.
func offer(e agenda.Event, page string) thing {
	o := thing{"@type": "Offer", "url": page, "availability": "https://schema.org/InStock"}
	if e.FullyBooked {
		o["availability"] = "https://schema.org/SoldOut"
	}
	price := ""
	if m := plainAmount.FindStringSubmatch(e.Price); m != nil {
		price = strings.TrimSuffix(m[1]+"."+m[2], ".")
	}
	switch {
	case e.Free:
		price = "0"
	case price == "":
		o["description"] = e.Price
	}
	if price != "" {
		o["price"], o["priceCurrency"] = price, "EUR"
	}
	return o
}

// languageTags are the tags of BCP 47 for our codes. Easy German is German;
// all languages are no language.
func languageTags(codes []string) []string {
	var out []string
	for _, code := range codes {
		tag, _, _ := strings.Cut(code, "-")
		if tag != "alle" && !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	return out
}

// markedTitle is a title with the mark of an event that does not take place as
// planned, or is full.
func markedTitle(e agenda.Event, p *lang.Printer) string {
	return letter.EventItem(e, p, "").Title
}

// priceText says what coming costs, in words.
func priceText(e agenda.Event, p *lang.Printer) string {
	switch {
	case !e.Free:
		return p.T("mail.price") + ": " + e.Price
	case e.Price != "":
		return p.T("mail.free") + " (" + e.Price + ")"
	}
	return p.T("mail.free")
}

// shareText is what people send to each other: what, when, where, how much, and
// the page on which the rest stands.
func (c *Ctx) shareText(shown *entry) string {
	e, words := shown.Event, shown.said(c.P.Lang())
	e.Title = words.Title
	lines := []string{markedTitle(e, c.P)}
	switch {
	case words.German != "":
		lines = append(lines, words.German)
	case e.Subtitle != "":
		lines = append(lines, e.Subtitle)
	}
	lines = append(lines, whenLines(e, c.P)...)
	if place := e.Venue.Line(); place != "" {
		lines = append(lines, place)
	}
	return strings.Join(append(lines, priceText(e, c.P), c.absolute(letter.EventPath(e))), "\n")
}

// whenLines says when an event takes place, and in further lines what was moved.
func whenLines(e agenda.Event, p *lang.Printer) []string {
	lines := []string{letter.DatesText(p, e.EventDetails)}
	if !e.Course() {
		if was := movedFrom(e, p); was != "" {
			lines = append(lines, was)
		}
		return lines
	}
	for _, one := range e.Each() {
		if was := movedFrom(one, p); was != "" && one.Standing != agenda.Cancelled {
			lines = append(lines, p.When(one.Start, one.End)+" "+was)
		}
	}
	return lines
}

// movedFrom says when a moved event was to take place before.
func movedFrom(e agenda.Event, p *lang.Printer) string {
	if e.Was == nil {
		return ""
	}
	return p.T("spread.instead", "was", p.When(e.Was.Start, e.Was.End))
}

// absolute is the whole address of a page in the language of this one.
func (c *Ctx) absolute(path string) string { return c.w.Site.BaseURL + c.url(path) }
