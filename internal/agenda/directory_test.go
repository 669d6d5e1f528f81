package agenda_test

import (
	"fmt"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

func TestDirectoryShowsWhatEachAgreedTo(t *testing.T) {
	t.Parallel()
	awo := agenda.Institution{ID: "awo", Name: "AWO Herford", Aliases: []string{"Arbeiterwohlfahrt"}, Town: "Herford", Fields: []string{"advice", "family"}}
	vhs := agenda.Institution{ID: "vhs", Name: "Volkshochschule", Town: "Bünde", Fields: []string{"language"}}
	people := []agenda.Person{
		{ID: "a", Given: "Amina", Family: "Ahrens", Email: "amina@x.example", Phone: "1", Institution: "awo", Listing: agenda.Listing{Name: true, Email: true}},
		{ID: "b", Given: "Birgit", Family: "Böker", Email: "birgit@x.example", Phone: "2", Institution: "awo"},
		{ID: "c", Given: "Cem", Family: "Çelik", Email: "cem@x.example", Phone: "3", Institution: "gone", Listing: agenda.Listing{Name: true, Phone: true}},
	}
	for _, tt := range []struct {
		name   string
		filter agenda.DirectoryFilter
		want   string
	}{
		{"everything", agenda.DirectoryFilter{}, "AWO Herford[Amina Ahrens amina@x.example ] Volkshochschule[] [Cem Çelik  3]"},
		{"a town", agenda.DirectoryFilter{Town: "Bünde"}, "Volkshochschule[]"},
		{"a field of work", agenda.DirectoryFilter{Field: "family"}, "AWO Herford[Amina Ahrens amina@x.example ]"},
		{"another name of an institution", agenda.DirectoryFilter{Words: "wohlfahrt"}, "AWO Herford[Amina Ahrens amina@x.example ]"},
		{"somebody, without accents", agenda.DirectoryFilter{Words: "celik"}, "[Cem Çelik  3]"},
		{"somebody, family name first", agenda.DirectoryFilter{Words: "Ahrens, A"}, "AWO Herford[Amina Ahrens amina@x.example ]"},
		{"somebody who is not listed", agenda.DirectoryFilter{Words: "Böker"}, ""},
		{"an address that is not shown", agenda.DirectoryFilter{Words: "cem@x"}, ""},
		{"all of it", agenda.DirectoryFilter{Town: "Herford", Field: "advice", Words: "amina"}, "AWO Herford[Amina Ahrens amina@x.example ]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, e := range agenda.Directory([]agenda.Institution{awo, vhs}, people, tt.filter) {
				var shown []string
				for _, p := range e.People {
					shown = append(shown, fmt.Sprintf("%s %s %s", p.Name(), p.Email, p.Phone))
				}
				got = append(got, e.Institution.Name+"["+strings.Join(shown, ", ")+"]")
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
	if people[1].Family != "Böker" || len(people) != 3 {
		t.Error("the list that was given changed")
	}
}

func TestAgreeing(t *testing.T) {
	t.Parallel()
	first, later := agenda.Date{Year: 2027, Month: 5, Day: 1}, agenda.Date{Year: 2028, Month: 1, Day: 1}
	l := agenda.Listing{}.Agree(agenda.Listing{Email: true, Phone: true}, first)
	if l != (agenda.Listing{}) {
		t.Errorf("without a name: %+v", l)
	}
	l = l.Agree(agenda.Listing{Name: true, Email: true}, first)
	l = l.Agree(agenda.Listing{Name: true, Phone: true}, later)
	if want := (agenda.Listing{Name: true, Phone: true, Since: first}); l != want {
		t.Errorf("got %+v, want %+v", l, want)
	}
	if l = l.Agree(agenda.Listing{}, later); !l.Since.IsZero() {
		t.Errorf("taken back: %+v", l)
	}
}
