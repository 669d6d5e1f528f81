package sheet

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"widunetz/internal/agenda"
	"widunetz/internal/lang"
)

func TestOfficesFiles(t *testing.T) {
	const want = "[Name E-Mail] 2:[Müller, Çelik m@x.de] 4:[Groß ]"
	cases := map[string]string{
		"semicolons":    "Name;E-Mail\nMüller, Çelik;m@x.de\n;;\nGroß\n",
		"tabs":          "Name\tE-Mail\nMüller, Çelik\tm@x.de\n\t\nGroß\t\n",
		"commas":        "Name,E-Mail\n\"Müller, Çelik\",m@x.de\n,\nGroß,\n",
		"byte mark":     "\ufeffName;E-Mail\r\nMüller, Çelik;m@x.de\r\n;\r\nGroß;\r\n",
		"Windows-1252":  "Name;E-Mail\nM\xfcller, \xc7elik;m@x.de\n;\nGro\xdf;\n",
		"old Mac lines": "Name;E-Mail\rMüller, Çelik;m@x.de\r;\rGroß\r",
		"spaces":        " Name ; E-Mail \n Müller,\u00a0Çelik ; m@x.de \n\t;\nGroß;\x00\n",
	}
	for name, file := range cases {
		tab, err := Read([]byte(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var b strings.Builder
		b.WriteString("[" + strings.Join(tab.Head, " ") + "]")
		for _, r := range tab.Rows {
			b.WriteString(" " + string(rune('0'+r.Line)) + ":[" + r.Cell(0) + " " + r.Cell(1) + "]")
		}
		if b.String() != want {
			t.Errorf("%s:\n got %s\nwant %s", name, b.String(), want)
		}
	}
}

func TestWhatIsNoTableSaysSo(t *testing.T) {
	for file, want := range map[string]string{
		"": "file_empty", "\xd0\xcf\x11\xe0old": "file_xls", "%PDF-1.7": "file_pdf", "<!doctype html>": "file_html", "PK\x03\x04broken": "file_broken",
		strings.Repeat("a;b\n", maxRows+3): "file_rows", strings.Repeat("x", maxCell+1): "file_cell",
	} {
		if _, err := Read([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%.20q): %v, want an error about %q", file, err, want)
		}
	}
}

func TestExcelDatesReadAsPeopleSeeThem(t *testing.T) {
	f := excelize.NewFile()
	for cell, v := range map[string]any{"A1": "Titel", "B1": "Datum", "C1": "Beginn", "A2": "Fest", "B2": 46641, "C2": 0.5833333333} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	day, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
	clock, _ := f.NewStyle(&excelize.Style{NumFmt: 20})
	if err := f.SetCellStyle("Sheet1", "B2", "B2", day); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStyle("Sheet1", "C2", "C2", clock); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	tab, err := Read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	rows, problems, err := Events(tab)
	if err != nil || len(problems) > 0 || len(rows) != 1 || rows[0].Start.String() != "2027-09-11T14:00" {
		t.Errorf("rows %+v, problems %+v, error %v; cells %v", rows, problems, err, tab.Rows)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	head := []string{"A", "B"}
	rows := [][]string{{"=HYPERLINK(\"x\")", "+49 5221"}, {"a;b", "line\nline"}, {"-1", "@x"}, {"\"quoted\"", "Ümlaut"}}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"csv":  func(b *bytes.Buffer) error { return WriteCSV(b, head, rows) },
		"xlsx": func(b *bytes.Buffer) error { return WriteXLSX(b, "Liste", head, rows) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		tab, err := Read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for _, r := range tab.Rows {
			got = append(got, r.Cells)
		}
		if d := cmp.Diff(rows, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if name == "csv" && strings.Contains(b.String(), "\n=") {
			t.Error("a cell of the CSV begins like a formula")
		}
	}
}

func TestTheOfficesOwnFiles(t *testing.T) {
	people, problems, err := People(table_(t, "mitglieder.csv"))
	if err != nil || len(problems) > 0 || len(people) != 48 {
		t.Errorf("mitglieder.csv: %d people, problems %+v, error %v", len(people), problems, err)
	}
	events, problems, err := Events(table_(t, "programm-2027.csv"))
	if err != nil || len(problems) > 0 || len(events) != 24 {
		t.Errorf("programm-2027.csv: %d events, problems %+v, error %v", len(events), problems, err)
	}
}

func table_(t *testing.T, name string) *Table {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestEveryBadRowIsReportedWithItsLine(t *testing.T) {
	tab, err := Read([]byte("Name;Mail;Tel.;Sprache\nAhrens, Amina;AMINA@X.DE;;Klingonisch\n;ohne@name.de\nBöker, Birgit;kaputt@@x;05221\n"))
	if err != nil {
		t.Fatal(err)
	}
	rows, problems, err := People(tab)
	if err != nil || len(rows) != 1 || rows[0].Email != "amina@x.de" || rows[0].Given != "Amina" {
		t.Errorf("rows %+v, error %v", rows, err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, string(rune('0'+p.Line))+" "+p.Column+" "+p.Rule)
	}
	if d := cmp.Diff([]string{"2 Sprache import.language", "3 Name error.required", "4 Mail error.email"}, got); d != "" {
		t.Error(d)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Name;E-Mail\nA;b@c.de\n"))
	f.Add([]byte("\xff\xfeN\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, err := Read(data)
		if err == nil && len(tab.Head) == 0 {
			t.Error("a table without headings")
		}
	})
}

func TestEveryWordThatIsWrittenIsRead(t *testing.T) {
	german, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := german.Printer(agenda.German)
	for _, c := range []struct {
		prefix string
		codes  []string
		words  map[string]string
	}{
		{"term.category.", agenda.Categories, categoryWords},
		{"term.audience.", agenda.Audiences, audienceWords},
		{"term.language.", agenda.Languages, languageWords},
	} {
		for _, code := range c.codes {
			word := p.T(c.prefix + code)
			if got := c.words[agenda.Fold(word)]; got != code {
				t.Errorf("%s%s is written as %q and read as %q", c.prefix, code, word, got)
			}
		}
	}
}
