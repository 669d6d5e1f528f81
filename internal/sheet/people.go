package sheet

import (
	"strings"

	"widunetz/internal/agenda"
)

// PeopleHead are the headings of a file of people, as Export writes them.
var PeopleHead = []string{"Nachname", "Vorname", "Institution", "E-Mail", "Telefon", "Sprache", "Gremien"}

// People reads the rows of a table of people. Rows that cannot be taken are
// problems with line, column and reason.
func People(t *Table) (rows []agenda.PersonRow, problems []agenda.RowProblem, err error) {
	col := struct{ family, given, name, inst, email, phone, lang, groups int }{
		t.Column("Nachname", "Familienname", "Zuname"), t.Column("Vorname", "Rufname"), t.Column("Name", "Ansprechperson", "Kontakt"),
		t.Column("Institution", "Einrichtung", "Organisation", "Träger", "Mitgliedsinstitution"), t.Column("E-Mail", "Email", "Mail", "E-Mail-Adresse", "Mailadresse"),
		t.Column("Telefon", "Tel", "Telefonnummer", "Tel.-Nr.", "Durchwahl"), t.Column("Sprache"), t.Column("Gremien", "Gremium", "Arbeitskreis", "Gruppe", "Gruppen"),
	}
	if col.family < 0 {
		col.family, col.name = col.name, -1
	}
	if col.family < 0 {
		return nil, nil, noHeading("Nachname", t)
	}
	for _, r := range t.Rows {
		row := agenda.PersonRow{
			Line: r.Line, Family: agenda.Line(r.Cell(col.family)), Given: agenda.Line(r.Cell(col.given)), Institution: agenda.Line(r.Cell(col.inst)),
			Phone: agenda.Line(r.Cell(col.phone)), Groups: list(r.Cell(col.groups)),
		}
		if col.given < 0 {
			row.Family, row.Given = splitName(row.Family)
		}
		if row.Family == "" {
			problems = append(problems, agenda.RowProblem{Line: r.Line, Column: t.Head[col.family], Rule: "error.required"})
			continue
		}
		if s := r.Cell(col.email); s != "" {
			email, ok := agenda.Email(s)
			if !ok {
				problems = append(problems, agenda.RowProblem{Line: r.Line, Column: t.Head[col.email], Value: agenda.Line(s), Rule: "error.email", Want: "name@example.org"})
				continue
			}
			row.Email = email
		}
		if s := r.Cell(col.lang); s != "" {
			l, ok := languageOf(s)
			if !ok {
				// The person goes in all the same, in German.
				problems = append(problems, agenda.RowProblem{Line: r.Line, Column: t.Head[col.lang], Value: agenda.Line(s), Rule: "import.language"})
			}
			row.Lang = l
		}
		rows = append(rows, row)
	}
	return rows, problems, nil
}

// splitName cuts "Ahrens, Amina" and "Amina Ahrens".
func splitName(s string) (family, given string) {
	if f, g, ok := strings.Cut(s, ","); ok {
		return strings.TrimSpace(f), strings.TrimSpace(g)
	}
	i := strings.LastIndexByte(s, ' ')
	return strings.TrimSpace(s[i+1:]), strings.TrimSpace(s[:max(i, 0)])
}

// list cuts a cell with several entries.
func list(s string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '|' }) {
		if part = agenda.Line(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// personLanguages are the languages of mails, as files name them.
var personLanguages = map[string]agenda.Lang{
	"deutsch": agenda.German, "englisch": agenda.English, "tuerkisch": agenda.Turkish, "arabisch": agenda.Arabic, "ukrainisch": agenda.Ukrainian,
	"russisch": agenda.Russian, "kurdisch": agenda.Kurmanji, "kurmanci": agenda.Kurmanji, "kurdischkurmanci": agenda.Kurmanji, "farsi": agenda.Farsi,
	"dari": agenda.Farsi, "persisch": agenda.Farsi, "leichtesprache": agenda.EasyLanguage,
	"de": agenda.German, "en": agenda.English, "tr": agenda.Turkish, "ar": agenda.Arabic, "uk": agenda.Ukrainian, "ru": agenda.Russian, "ku": agenda.Kurmanji,
	"fa": agenda.Farsi,
}

func languageOf(s string) (agenda.Lang, bool) {
	l, ok := personLanguages[agenda.Fold(s)]
	if !ok {
		return agenda.German, false
	}
	return l, true
}

// LanguageName returns what a file says for a language of mails.
func LanguageName(l agenda.Lang) string {
	return map[agenda.Lang]string{
		agenda.German: "Deutsch", agenda.English: "Englisch", agenda.Turkish: "Türkisch", agenda.Arabic: "Arabisch", agenda.Ukrainian: "Ukrainisch",
		agenda.Russian: "Russisch", agenda.Kurmanji: "Kurmancî", agenda.Farsi: "Farsi", agenda.EasyLanguage: "Leichte Sprache",
	}[l]
}

// noHeading is the error of a table without a heading that is needed.
func noHeading(want string, t *Table) error {
	return agenda.Unreadable("heading", want+" / "+strings.Join(t.Head, ", "))
}
