// Package sheet reads and writes tables as offices keep them: CSV with ; , or
// tab, in UTF-8, UTF-16 or Windows-1252, and XLSX. A table becomes rows of the
// agenda; nothing is lost silently: every cell that cannot be taken is reported
// with its line.
package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"widunetz/internal/agenda"
)

// Limits of a file.
const (
	maxFile    = 5 << 20
	maxUnzip   = 50 << 20
	maxRows    = 5000
	maxColumns = 100
	maxCell    = 10000
)

// Table is a sheet: its headings and its rows.
type Table struct {
	Head []string
	Rows []Row
}

// Row is one row. Line is its line in the file, as an editor or Excel counts.
type Row struct {
	Line  int
	Cells []string
}

// Cell returns the cell of a column, "" if the row is too short or the column
// does not exist (-1).
func (r Row) Cell(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

// Column returns the column with one of the headings, -1 if there is none.
// Case, umlauts, spaces and signs do not matter: "E-Mail" is "email".
func (t *Table) Column(names ...string) int {
	for _, name := range names {
		for i, h := range t.Head {
			if agenda.Fold(h) == agenda.Fold(name) {
				return i
			}
		}
	}
	return -1
}

// Read reads a table, whatever its form. The error says what is wrong with the
// file as a whole and what would be right.
func Read(data []byte) (*Table, error) {
	if len(data) > maxFile {
		return nil, agenda.Unreadable("size", strconv.Itoa(maxFile>>20))
	}
	var rows []Row
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		rows, err = readXLSX(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		err = agenda.Unreadable("xls", "")
	case bytes.HasPrefix(data, []byte("%PDF")):
		err = agenda.Unreadable("pdf", "")
	case bytes.HasPrefix(bytes.TrimLeft(bytes.ToLower(data[:min(len(data), 200)]), " \r\n\t\ufeff"), []byte("<")):
		err = agenda.Unreadable("html", "")
	default:
		rows, err = readText(decode(data))
	}
	if err != nil {
		return nil, err
	}
	return table(rows)
}

// table takes the first row as headings and drops what is empty.
func table(rows []Row) (*Table, error) {
	kept := rows[:0]
	for _, r := range rows {
		for i, c := range r.Cells {
			if agenda.Length(c) > maxCell {
				return nil, agenda.Unreadable("cell", strconv.Itoa(r.Line))
			}
			r.Cells[i] = clean(c)
		}
		for len(r.Cells) > 0 && r.Cells[len(r.Cells)-1] == "" {
			r.Cells = r.Cells[:len(r.Cells)-1]
		}
		if len(r.Cells) > maxColumns {
			return nil, agenda.Unreadable("columns", strconv.Itoa(r.Line))
		}
		if len(r.Cells) > 0 {
			kept = append(kept, r)
		}
	}
	switch {
	case len(kept) == 0:
		return nil, agenda.Unreadable("empty", "")
	case len(kept) > maxRows+1:
		return nil, agenda.Unreadable("rows", strconv.Itoa(maxRows))
	}
	return &Table{Head: kept[0].Cells, Rows: kept[1:]}, nil
}

// clean trims a cell and takes away the mark that keeps programs from taking a
// text for a formula.
func clean(s string) string {
	s = agenda.Text(s)
	if rest, ok := strings.CutPrefix(s, "'"); ok && rest != "" && strings.ContainsRune(formula, rune(rest[0])) {
		return rest
	}
	return s
}

// formula are the characters with which a formula begins.
const formula = "=+-@\t\r"

// decode returns the text of a file in the encodings that offices use.
func decode(data []byte) string { return norm.NFC.String(decoded(data)) }

// decoded finds the coding. What Macs write as two characters (a, then its
// dots) becomes one.
func decoded(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return string(data[3:])
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decode16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decode16(data[2:], binary.BigEndian)
	case utf8.Valid(data):
		return string(data)
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\uFFFD") // unreachable: every byte has a meaning in Windows-1252
	}
	return string(out)
}

func decode16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

func readText(text string) ([]Row, error) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(text)
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator(text)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	var rows []Row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, agenda.Unreadable("broken", "")
		}
		line, _ := r.FieldPos(0)
		if rows = append(rows, Row{line, cells}); len(rows) > maxRows+1 {
			return nil, agenda.Unreadable("rows", strconv.Itoa(maxRows))
		}
	}
}

// separator is what stands most often between the headings.
func separator(text string) rune {
	head, _, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	best, most := ';', 0
	for _, sep := range ";\t," {
		n, quoted := 0, false
		for _, c := range head {
			if c == '"' {
				quoted = !quoted
			} else if c == sep && !quoted {
				n++
			}
		}
		if n > most {
			best, most = sep, n
		}
	}
	return best
}

func readXLSX(data []byte) ([]Row, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, agenda.Unreadable("broken", "")
	}
	var size uint64
	for _, f := range z.File {
		size += f.UncompressedSize64
	}
	if size > maxUnzip {
		return nil, agenda.Unreadable("size", strconv.Itoa(maxUnzip>>20))
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip, ShortDatePattern: "dd.mm.yyyy", LongTimePattern: "hh:mm",
	})
	if err != nil {
		return nil, agenda.Unreadable("no_table", "")
	}
	defer f.Close()
	cells, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		return nil, agenda.Unreadable("broken", "")
	}
	rows := make([]Row, len(cells))
	for i, c := range cells {
		rows[i] = Row{i + 1, c}
	}
	return rows, nil
}

// WriteCSV writes a table as German offices open it: semicolons, UTF-8 with
// BOM, CRLF. A cell that begins like a formula gets a ' before it.
func WriteCSV(w io.Writer, head []string, rows [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = ';', true
	for _, row := range append([][]string{head}, rows...) {
		safe := make([]string, len(row))
		for i, s := range row {
			if safe[i] = s; s != "" && strings.ContainsRune(formula, rune(s[0])) {
				safe[i] = "'" + s
			}
		}
		if err := c.Write(safe); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// WriteXLSX writes a table with a frozen line of headings and a filter. All
// cells are texts: nothing is taken for a formula.
func WriteXLSX(w io.Writer, name string, head []string, rows [][]string) error {
	cells := make([][]any, len(rows))
	for i, row := range rows {
		cells[i] = make([]any, len(row))
		for j, c := range row {
			cells[i][j] = c
		}
	}
	return WriteFigures(w, name, head, cells)
}

// WriteFigures is WriteXLSX for tables with which offices calculate: a cell
// that is a number is one in the file.
func WriteFigures(w io.Writer, name string, head []string, rows [][]any) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	s, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := errors.Join(s.SetColWidth(1, max(1, len(head)), 22), s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})); err != nil {
		return err
	}
	heads := make([]any, len(head))
	for i, h := range head {
		heads[i] = excelize.Cell{Value: h, StyleID: bold}
	}
	for i, row := range append([][]any{heads}, rows...) {
		if err := s.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}
