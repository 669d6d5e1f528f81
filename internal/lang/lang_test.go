package lang

import (
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func printer(l agenda.Lang) *Printer {
	return &Printer{lang: l, tongue: tongues()[l], messages: map[string]message{}}
}

func TestWhenInEveryLanguage(t *testing.T) {
	start := agenda.Date{Year: 2027, Month: time.September, Day: 15}.At(18, 30)
	end := start.AddMinutes(90)
	want := map[agenda.Lang]string{
		agenda.German:       "Mittwoch, 15. September 2027, 18:30–20:00 Uhr",
		agenda.EasyLanguage: "Mittwoch, 15. September 2027, 18.30–20.00 Uhr",
		agenda.English:      "Wednesday, 15 September 2027, 18:30–20:00",
		agenda.Turkish:      "15 Eylül 2027 Çarşamba, 18:30–20:00",
		agenda.Arabic:       "الأربعاء، 15 سبتمبر 2027، \u206618:30\u2060–\u206020:00\u2069",
		agenda.Ukrainian:    "середа, 15 вересня 2027 р., 18:30–20:00",
		agenda.Russian:      "среда, 15 сентября 2027 г., 18:30–20:00",
	}
	for l, w := range want {
		if got := printer(l).When(start, end); got != w {
			t.Errorf("%s: When = %q, want %q", l, got, w)
		}
	}
	for l := range tongues() {
		t.Log(l, printer(l).When(start, end), "|", printer(l).Days(start.Date, end.Date.AddDays(20)), "|", printer(l).DateMedium(start.Date), printer(l).WeekdayShort(3), printer(l).MonthShort(9))
	}
}

// English says everything that German says, with the same values.
func TestEnglishIsWhole(t *testing.T) {
	t.Parallel()
	words := func(l string) map[string]map[string]bool {
		out := map[string]map[string]bool{}
		names, err := fs.Glob(files, "messages/*."+l+".json")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", l, len(names), err)
		}
		for _, name := range names {
			b, err := files.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var texts map[string]json.RawMessage
			if err := json.Unmarshal(b, &texts); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for key, text := range texts {
				if out[key] != nil {
					t.Errorf("%s: %s stands there twice", l, key)
				}
				out[key] = map[string]bool{}
				for _, v := range regexp.MustCompile(`\{[a-z_]+\}`).FindAllString(string(text), -1) {
					out[key][v] = true
				}
			}
		}
		return out
	}
	german, english := words("de"), words("en")
	for key, values := range german {
		if got, ok := english[key]; !ok || !maps.Equal(values, got) {
			t.Errorf("%s: English has %v (%v), German %v", key, slices.Collect(maps.Keys(got)), ok, slices.Collect(maps.Keys(values)))
		}
	}
	for key := range english {
		if german[key] == nil {
			t.Errorf("%s: only in English", key)
		}
	}
}
