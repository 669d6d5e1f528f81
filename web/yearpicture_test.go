package web

import (
	"net/http"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

// cellOf is what the picture says of a day, in words, and how it looks.
func cellOf(a *answer, month, day string) (words, class string) {
	for _, table := range a.all("table") {
		captions := within(table, "caption")
		if len(captions) == 0 || inner(captions[0]) != month {
			continue
		}
		for _, td := range within(table, "td") {
			if spans := within(td, "span"); len(spans) > 0 && inner(spans[0]) == day {
				return strings.TrimPrefix(inner(td), day), attr(td, "class")
			}
		}
	}
	return "", ""
}

func months(a *answer) (n int) {
	for _, table := range a.all("table") {
		if attr(table, "class") == "w-month" {
			n++
		}
	}
	return n
}

func TestYearAtAGlance(t *testing.T) {
	t.Parallel()
	n := open(t)
	path := "/gremien/jahr/2027"
	n.as(cem).get("/gremien").want(t, http.StatusOK, `href="`+path+`"`)
	a := n.as(cem).get(path).want(t, http.StatusOK, "Zeichen", "Projektgruppe", "Interkulturelle Wochen 2027", `href="/gremien/jahr/2028"`)
	if months(a) != 12 {
		t.Errorf("%d months", months(a))
	}
	for _, c := range []struct{ month, day, words, class string }{
		{"September", "8", "Projektgruppe 09:00 Uhr", ""},
		{"Mai", "17", "Pfingstmontag", "w-yd--hol"},
		{"Mai", "18", "Pfingstferien", "w-yd--school"},
		{"Juli", "19", "Sommerferien", "w-yd--school"},
		{"Oktober", "2", "Rosch Haschana", "w-yd--weeks"},
		{"Januar", "27", "Tag des Gedenkens", ""},
	} {
		words, class := cellOf(a, c.month, c.day)
		if !strings.Contains(words, c.words) || !strings.Contains(class, c.class) {
			t.Errorf("%s %s: %q, class %q; want %q and %q", c.day, c.month, words, class, c.words, c.class)
		}
	}
	// Other groups' meetings and drafts are not hers to see.
	if words, _ := cellOf(a, "September", "22"); strings.Contains(words, "Migration") {
		t.Errorf("a meeting of another group: %q", words)
	}
	chair, office := n.as(birgit).get(path), n.as(vera).get(path)
	for who, page := range map[string]*answer{"chair": chair, "office": office} {
		if words, _ := cellOf(page, "Dezember", "15"); !strings.Contains(words, "Migrationsfachdienste") {
			t.Errorf("%s: the draft is missing: %q", who, words)
		}
	}
	if words, _ := cellOf(n.as(amina).get(path), "Dezember", "15"); strings.Contains(words, "Migrationsfachdienste") {
		t.Errorf("a member sees a draft: %q", words)
	}
	for _, year := range []string{"1999", "2101", "morgen"} {
		if got := n.as(cem).get("/gremien/jahr/" + year).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: status %d", year, got)
		}
	}
	n.as(cem).get("/gremien/jahr/2000").want(t, http.StatusOK)
	n.as(cem).get("/gremien/jahr/2100").want(t, http.StatusOK)
}

func TestYearOfOneGroupAtAGlance(t *testing.T) {
	t.Parallel()
	n := open(t)
	must(n.TurnMeeting(ctx, agenda.Shell, n.meetings(migration)[1].ID, agenda.MeetingCancelled, n.meetings(migration)[1].Changed, agenda.Telling{}))
	a := n.as(amina).get("/gremien/"+string(migration)+"/2027").want(t, http.StatusOK)
	if words, _ := cellOf(a, "September", "22"); months(a) != 12 || !strings.Contains(words, "Migrationsfachdienste") {
		t.Errorf("%d months, 22 September: %q", months(a), words)
	}
	if words, _ := cellOf(a, "November", "3"); strings.Contains(words, "Migrationsfachdienste") {
		t.Errorf("a cancelled meeting is in the picture: %q", words)
	}
	if words, _ := cellOf(a, "September", "8"); strings.Contains(words, "Projektgruppe") {
		t.Errorf("another group: %q", words)
	}
}
