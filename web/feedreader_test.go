package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

// subscribed is a calendar as a program reads it: its own properties and those
// of its events, unfolded and unescaped, by name.
type subscribed struct {
	*answer
	own    map[string]string
	events []map[string]string
}

var unescape = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n", `\N`, "\n")

// read takes a calendar apart and checks its form on the way.
func read(t testing.TB, a *answer) *subscribed {
	t.Helper()
	s := &subscribed{answer: a, own: map[string]string{}}
	if !strings.HasPrefix(a.body, "BEGIN:VCALENDAR\r\n") || !strings.HasSuffix(a.body, "END:VCALENDAR\r\n") {
		t.Fatalf("%s: no calendar: %.200q", a.path, a.body)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(a.body, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("%s: bad line %q", a.path, line)
		}
	}
	inside := []string{}
	for line := range strings.SplitSeq(strings.ReplaceAll(a.body, "\r\n ", ""), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		name, _, _ = strings.Cut(name, ";")
		switch {
		case name == "BEGIN":
			inside = append(inside, value)
			if value == "VEVENT" {
				s.events = append(s.events, map[string]string{})
			}
		case name == "END":
			if n := len(inside); n == 0 || inside[n-1] != value {
				t.Fatalf("%s: END:%s inside of %v", a.path, value, inside)
			}
			inside = inside[:len(inside)-1]
		case slices.Equal(inside, []string{"VCALENDAR"}):
			s.own[name] = unescape.Replace(value)
		case slices.Equal(inside, []string{"VCALENDAR", "VEVENT"}):
			e := s.events[len(s.events)-1]
			if e[name] != "" {
				t.Errorf("%s: %s stands twice in an event", a.path, name)
			}
			e[name] = unescape.Replace(value)
		}
	}
	return s
}

// feed subscribes to a calendar without any cookie.
func (n *network) feed(path string) *subscribed {
	n.t.Helper()
	return read(n.t, n.browser().request(http.MethodGet, path).want(n.t, http.StatusOK))
}

// titled returns the event whose title holds the words, nil if there is none.
func (s *subscribed) titled(words string) map[string]string {
	for _, e := range s.events {
		if strings.Contains(e["SUMMARY"], words) {
			return e
		}
	}
	return nil
}

// uid returns the event with the identifier, nil if there is none.
func (s *subscribed) uid(uid string) map[string]string {
	for _, e := range s.events {
		if e["UID"] == uid {
			return e
		}
	}
	return nil
}

// uids are the identifiers of the events, sorted.
func (s *subscribed) uids() []string {
	var out []string
	for _, e := range s.events {
		out = append(out, e["UID"])
	}
	slices.Sort(out)
	return out
}

func (n *network) groupFeed(g agenda.GroupID) string {
	n.t.Helper()
	return "/feeds/group/" + n.GroupFeedToken(must(n.Group(ctx, g))) + ".ics"
}

func (n *network) personalFeed(email string) string {
	n.t.Helper()
	return "/feeds/personal/" + n.PersonFeedToken(n.person(email)) + ".ics"
}
