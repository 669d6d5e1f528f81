package lang

import (
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"widunetz/internal/agenda"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// said is one message as it stands in the files: its texts by plural form.
type said map[string]string

func (s said) placeholders() []string {
	var out []string
	for _, text := range s {
		out = append(out, placeholder.FindAllString(text, -1)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// all is what the files of a language say, by key.
func all(t *testing.T, l agenda.Lang) map[string]said {
	t.Helper()
	out := map[string]said{}
	names, err := fs.Glob(files, "messages/*."+string(l)+".json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", l, len(names), err)
	}
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, v := range texts {
			if out[key] != nil {
				t.Errorf("%s: %s stands there twice", l, key)
			}
			out[key] = said{}
			switch v := v.(type) {
			case string:
				out[key][""] = v
			case map[string]any:
				for form, text := range v {
					out[key][form], _ = text.(string)
				}
			}
		}
	}
	return out
}

// forms are the plural forms that the language has (Unicode CLDR).
func forms(l agenda.Lang) []string {
	var out []string
	for _, rule := range tongues()[l].forms.PluralsCardinal() {
		for name, r := range formNames {
			if r == rule {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Every language has every text of the participants' side, with the same values
// in it and all plural forms that the language knows, and nothing else.
func TestEveryLanguageIsWhole(t *testing.T) {
	t.Parallel()
	german := all(t, agenda.German)
	for _, l := range All() {
		if l == agenda.German {
			continue
		}
		texts := all(t, l)
		for key, want := range german {
			got := texts[key]
			switch {
			case got == nil && (Whole(l) || ForParticipants(key)):
				t.Errorf("%s: no %s", l, key)
			case got == nil:
			case !Whole(l) && !ForParticipants(key):
				t.Errorf("%s: %s is none of the participants' side; add it to participantAreas or take it away", l, key)
			case !slices.Equal(got.placeholders(), want.placeholders()):
				t.Errorf("%s: %s has the values %v, German %v", l, key, got.placeholders(), want.placeholders())
			case want[""] == "" && !slices.Equal(slices.Sorted(maps.Keys(got)), forms(l)):
				t.Errorf("%s: %s has the plural forms %v, want %v", l, key, slices.Sorted(maps.Keys(got)), forms(l))
			}
			for form, text := range got {
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s: %s (%s) is empty", l, key, form)
				}
			}
		}
		for key := range texts {
			if german[key] == nil {
				t.Errorf("%s: %s is not there in German", l, key)
			}
		}
	}
}

// sameEverywhere are texts that are the same in every language.
var sameEverywhere = []string{"term.licence.cc-by", "term.licence.cc-by-sa", "print.motto"}

// A text that is the same as in German or English was forgotten. In Leichte
// Sprache single words are those of German: only sentences count.
func TestTextsAreTranslated(t *testing.T) {
	t.Parallel()
	german, english := all(t, agenda.German), all(t, agenda.English)
	for _, l := range All() {
		if Whole(l) {
			continue
		}
		var counted int
		var same []string
		for key, texts := range all(t, l) {
			for form, text := range texts {
				if slices.Contains(sameEverywhere, key) || l == agenda.EasyLanguage && len(strings.Fields(text)) < 4 {
					continue
				}
				counted++
				if slices.Contains(slices.Collect(maps.Values(german[key])), text) || text == english[key][form] {
					same = append(same, key+": "+text)
				}
			}
		}
		if counted < 150 || len(same)*100 > counted*2 {
			t.Errorf("%s: %d of %d texts are as in German or English: %q", l, len(same), counted, same)
		}
	}
}

// letters are the scripts that a language is written in: a text in another one
// is of another language.
var letters = map[agenda.Lang]*regexp.Regexp{
	agenda.Arabic: regexp.MustCompile(`\p{Arabic}`), agenda.Farsi: regexp.MustCompile(`\p{Arabic}`),
	agenda.Ukrainian: regexp.MustCompile(`\p{Cyrillic}`), agenda.Russian: regexp.MustCompile(`\p{Cyrillic}`),
}

func TestTextsAreInTheirScript(t *testing.T) {
	t.Parallel()
	wrong := map[agenda.Lang]*regexp.Regexp{
		agenda.Ukrainian: regexp.MustCompile(`[ыэъёЫЭЪЁ]`), agenda.Russian: regexp.MustCompile(`[іїєґІЇЄҐ]`),
		agenda.Farsi: regexp.MustCompile(`[يك]`), agenda.Arabic: regexp.MustCompile(`[یکگپچ]`), // letters of the other language
	}
	digits := regexp.MustCompile(`[٠-٩۰-۹]`)
	for l, script := range letters {
		for key, texts := range all(t, l) {
			for _, text := range texts {
				if !slices.Contains(sameEverywhere, key) && !script.MatchString(text) {
					t.Errorf("%s: %s is in another script: %q", l, key, text)
				}
				if wrong[l].MatchString(text) || digits.MatchString(text) {
					t.Errorf("%s: %s has letters or digits of another language: %q", l, key, text)
				}
			}
		}
	}
}

// Sentences of Leichte Sprache are short.
func TestEasyLanguageIsEasy(t *testing.T) {
	t.Parallel()
	for key, texts := range all(t, agenda.EasyLanguage) {
		for _, text := range texts {
			for sentence := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(".!?:", r) }) {
				if n := len(strings.Fields(sentence)); n > 12 {
					t.Errorf("%s: a sentence of %d words: %s", key, n, sentence)
				}
			}
		}
	}
}

// Numbers choose the form that the language has for them.
func TestPlurals(t *testing.T) {
	t.Parallel()
	c, err := Load(All()...)
	if err != nil {
		t.Fatal(err)
	}
	for l, want := range map[agenda.Lang]map[int]string{
		agenda.Arabic:    {0: "لا فعاليات (0)", 1: "فعالية واحدة (1)", 2: "فعاليتان (2)", 3: "3 فعاليات", 10: "10 فعاليات", 11: "11 فعالية", 100: "100 فعالية", 103: "103 فعاليات"},
		agenda.Ukrainian: {1: "1 захід", 2: "2 заходи", 5: "5 заходів", 11: "11 заходів", 21: "21 захід", 22: "22 заходи"},
		agenda.Russian:   {1: "1 мероприятие", 3: "3 мероприятия", 12: "12 мероприятий", 31: "31 мероприятие"},
		agenda.Turkish:   {1: "1 etkinlik", 7: "7 etkinlik"},
	} {
		for n, text := range want {
			if got := c.Printer(l).N("map.events", n); got != text {
				t.Errorf("%s: %d is %q, want %q", l, n, got, text)
			}
		}
	}
}

func TestMatchTheBrowsersLanguage(t *testing.T) {
	t.Parallel()
	c, err := Load(All()...)
	if err != nil {
		t.Fatal(err)
	}
	for accept, want := range map[string]agenda.Lang{
		"ar-SY,ar;q=0.9,de;q=0.5": agenda.Arabic, "de-DE": agenda.German, "uk,ru;q=0.9": agenda.Ukrainian, "kmr,tr;q=0.8": agenda.Kurmanji, "prs-AF": agenda.Farsi,
		"ckb": "", "pl,ro": "", "": "", "ls": "", "pl;q=0.9,en;q=0.3": agenda.English, "tr;q=x": "", "*": "",
	} {
		if got := c.Match(accept); got != want {
			t.Errorf("%q: %q, want %q", accept, got, want)
		}
	}
	two, err := Load(agenda.German, agenda.Turkish)
	if err != nil {
		t.Fatal(err)
	}
	if got := two.Match("ar,tr;q=0.2"); got != agenda.Turkish {
		t.Errorf("Arabic is switched off: offers %q", got)
	}
}

// What a language lacks is German, and marked for those who ask.
func TestWhatIsMissingIsGermanAndMarked(t *testing.T) {
	t.Parallel()
	c, err := Load(All()...)
	if err != nil {
		t.Fatal(err)
	}
	p, own := c.Printer(agenda.Arabic), c.Printer(agenda.Arabic).T("mail.when")
	german := c.Printer(agenda.German).T("office.save")
	if got := p.T("office.save"); got != german {
		t.Errorf("missing: %q, want %q", got, german)
	}
	if got := p.Marking().T("office.save"); got != GermanFrom+german+GermanTo {
		t.Errorf("missing and marked: %q", got)
	}
	if got := p.Marking().T("mail.when"); got != own {
		t.Errorf("an own text is marked: %q", got)
	}
	if got := c.Printer(agenda.German).Marking().T("office.save"); got != german {
		t.Errorf("German is marked in German: %q", got)
	}
}

func TestListsAndDaysAsTheLanguageWritesThem(t *testing.T) {
	t.Parallel()
	c, err := Load(All()...)
	if err != nil {
		t.Fatal(err)
	}
	from, _ := agenda.ParseDate("2027-09-11")
	to, _ := agenda.ParseDate("2027-10-10")
	for l, want := range map[agenda.Lang][2]string{
		agenda.German:    {"a, b und c", "11. September – 10. Oktober 2027"},
		agenda.Arabic:    {"a، b وc", "11 سبتمبر – 10 أكتوبر 2027"},
		agenda.Farsi:     {"a، b و c", "11 سپتامبر – 10 اکتبر 2027"},
		agenda.Ukrainian: {"a, b і c", "11 вересня – 10 жовтня 2027 р."},
		agenda.Kurmanji:  {"a, b û c", "11 rezberê – 10 kewçêrê 2027"},
	} {
		p := c.Printer(l)
		if got := [2]string{p.List([]string{"a", "b", "c"}), p.Days(from, to)}; got != want {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
	}
}
