package agenda

import (
	"slices"
	"strings"
)

// HeldMeeting is what a search looks through: a meeting with its agenda and what
// was recorded.
type HeldMeeting struct {
	Meeting Meeting
	Agenda  Agenda // empty if the reader may not see it
	Head    Minutes
	Minutes []Minute // none if the reader may not see them
	Guests  string
}

// HitKind says where a search found its words.
type HitKind string

// The places, in the order in which those of one item are shown.
const (
	HitDecision   HitKind = "decision"
	HitAssignment HitKind = "assignment"
	HitOutcome    HitKind = "outcome"
	HitItem       HitKind = "item"
)

// Hit is a place that a search found.
type Hit struct {
	Meeting  Meeting
	Item     int
	Title    string // of the item
	Kind     HitKind
	Text     []Span // what stands there, or the part around the words
	Decision Decision
}

// Span is a part of a text; Mark says that it is one of the words sought.
type Span struct {
	Text string
	Mark bool
}

// MostHits is how many places a search returns.
const MostHits = 200

// SearchMinutes returns where all words of the query stand, the newest meeting
// first. Words are found within others, whatever their case: "beschluss" finds
// "Beschlussvorlage". more says that there are more places.
func SearchMinutes(held []HeldMeeting, query string) (hits []Hit, more bool) {
	words := searchWords(query)
	if len(words) == 0 {
		return nil, false
	}
	slices.SortFunc(held, func(a, b HeldMeeting) int { return b.Meeting.Start.Compare(a.Meeting.Start) })
	for _, h := range held {
		for _, it := range MinuteItems(h.Meeting, h.Agenda, h.Minutes) {
			for _, hit := range itemHits(h.Meeting, it, words) {
				if len(hits) == MostHits {
					return hits, true
				}
				hits = append(hits, hit)
			}
		}
	}
	return hits, false
}

// mostWords is how many words of a query are looked for.
const mostWords = 8

func searchWords(query string) (out []string) {
	for _, w := range strings.Fields(strings.ToLower(Line(query))) {
		if w = strings.Trim(w, ".,;:!?\"'„“”()"); w != "" && len(out) < mostWords && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// itemHits returns the places of one item. The title counts for all of them: who
// seeks "Haushalt 2027" finds a decision about 2027 under "Haushalt".
func itemHits(m Meeting, it MinuteItem, words []string) (out []Hit) {
	title := it.Title
	if title == "" {
		title = it.Minute.Title
	}
	lowerTitle := strings.ToLower(title)
	add := func(kind HitKind, text string, d Decision) {
		lower := strings.ToLower(text)
		own := kind == HitItem
		for _, w := range words {
			here := strings.Contains(lower, w)
			if !here && (kind == HitItem || !strings.Contains(lowerTitle, w)) {
				return
			}
			own = own || here
		}
		if own {
			out = append(out, Hit{Meeting: m, Item: it.ID, Title: title, Kind: kind, Text: marked(text, words), Decision: d})
		}
	}
	for _, d := range it.Minute.Decisions {
		add(HitDecision, d.Text, d)
	}
	for _, a := range it.Minute.Assignments {
		add(HitAssignment, strings.TrimSuffix(a.What+" – "+a.Who, " – "), Decision{})
	}
	add(HitOutcome, it.Minute.Outcome, Decision{})
	if len(out) == 0 {
		add(HitItem, strings.TrimSpace(title+"\n"+it.Text), Decision{})
	}
	return out
}

// around is how many bytes of a text are shown before the first word sought.
const (
	around    = 80
	mostShown = 320
)

// marked returns the text, or the part of a long one around the first word, with
// the words marked.
func marked(text string, words []string) (out []Span) {
	lower := strings.ToLower(text)
	if len(lower) != len(text) { // a letter whose lower case is longer: mark nothing rather than the wrong place
		return []Span{{Text: cutBytes(text, mostShown)}}
	}
	first := len(text)
	for _, w := range words {
		if i := strings.Index(lower, w); i >= 0 {
			first = min(first, i)
		}
	}
	from := 0
	if first < len(text) && first > around {
		from = first - around
		for from > 0 && text[from] != ' ' && text[from] != '\n' {
			from--
		}
		out = append(out, Span{Text: "… "})
	}
	text, lower = text[from:], lower[from:]
	shown := cutBytes(text, mostShown)
	at := 0
	for at < len(shown) {
		next, size := len(shown), 0
		for _, w := range words {
			if i := strings.Index(lower[at:len(shown)], w); i >= 0 && at+i < next {
				next, size = at+i, len(w)
			}
		}
		if next > at {
			out = append(out, Span{Text: shown[at:next]})
		}
		if size > 0 {
			out = append(out, Span{Text: shown[next : next+size], Mark: true})
		}
		at = next + size
	}
	if len(shown) < len(text) {
		out = append(out, Span{Text: " …"})
	}
	return out
}

// cutBytes cuts a text at the last space before so many bytes, if there is one.
func cutBytes(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if i := strings.LastIndexAny(s[:most], " \n"); i > 0 {
		return s[:i]
	}
	return strings.ToValidUTF8(s[:most], "")
}
