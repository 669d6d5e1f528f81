package agenda

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// DocumentID identifies a document within its meeting.
type DocumentID string

// DocumentFile is one file of a document.
type DocumentFile struct {
	Name   string    `json:"name"` // with the ending that belongs to its type
	Type   string    `json:"type"` // media type, told by its content
	Size   int       `json:"size"` // bytes
	Blob   string    `json:"blob"`
	Added  time.Time `json:"added"`            // UTC
	Person PersonID  `json:"person,omitempty"` // who added it; "": deleted, or the service
}

// Document is a paper for a meeting, and the files that it replaced.
type Document struct {
	Meeting MeetingID  `json:"meeting"`
	ID      DocumentID `json:"id"`
	DocumentFile
	Was []DocumentFile `json:"was,omitempty"` // the newest first
}

// Limits of the documents of a meeting.
const (
	MaxDocument      = 20 << 20  // bytes of one file
	maxDocuments     = 30        // of a meeting
	maxDocumentBytes = 120 << 20 // of all files of a meeting, replaced ones among them
	maxWas           = 20        // replaced files that are kept
)

// documentType is a type of file that can be a document.
type documentType struct {
	media   string
	endings []string // the first is given to a file without one of them
	is      func([]byte) bool
}

const (
	ooxml = "application/vnd.openxmlformats-officedocument."
	odf   = "application/vnd.oasis.opendocument."
)

// documentTypes are told by content, never by name; text comes last.
var documentTypes = []documentType{
	{"application/pdf", []string{".pdf"}, begins("%PDF-")},
	{ooxml + "wordprocessingml.document", []string{".docx"}, office("word/document.xml")},
	{ooxml + "spreadsheetml.sheet", []string{".xlsx"}, office("xl/workbook.xml")},
	{ooxml + "presentationml.presentation", []string{".pptx"}, office("ppt/presentation.xml")},
	{odf + "text", []string{".odt"}, openDocument("text")},
	{odf + "spreadsheet", []string{".ods"}, openDocument("spreadsheet")},
	{odf + "presentation", []string{".odp"}, openDocument("presentation")},
	{"image/png", []string{".png"}, begins("\x89PNG\r\n\x1a\n")},
	{"image/jpeg", []string{".jpg", ".jpeg"}, begins("\xff\xd8\xff")},
	{"image/webp", []string{".webp"}, func(b []byte) bool { return begins("RIFF")(b) && len(b) > 12 && string(b[8:12]) == "WEBP" }},
	{"text/plain", []string{".txt", ".csv", ".md"}, plainText},
}

// DocumentEndings are the endings of names that a browser offers to choose.
func DocumentEndings() (out []string) {
	for _, t := range documentTypes {
		out = append(out, t.endings...)
	}
	return out
}

func begins(with string) func([]byte) bool {
	return func(b []byte) bool { return bytes.HasPrefix(b, []byte(with)) }
}

// office tells a file of Office Open XML (ECMA-376, part 2): a ZIP archive in
// which certain files are. Nothing of it is unpacked.
func office(main string) func([]byte) bool {
	return func(b []byte) bool {
		names := archived(b)
		return slices.Contains(names, "[Content_Types].xml") && slices.Contains(names, main)
	}
}

// openDocument tells a file of OpenDocument (ISO 26300, part 2, section 3.3): its
// media type stands unpacked at the beginning.
func openDocument(kind string) func([]byte) bool {
	return func(b []byte) bool {
		if !begins("PK\x03\x04")(b) || len(b) < 38 || string(b[30:38]) != "mimetype" {
			return false
		}
		rest, want := b[38:], odf+kind
		return bytes.HasPrefix(rest, []byte(want+"PK"))
	}
}

// plainText tells text in UTF-8: no other control characters than those of lines
// and tabs.
func plainText(b []byte) bool {
	return len(b) > 0 && utf8.Valid(b) && !bytes.ContainsFunc(b, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' || r == 0x7f
	})
}

// mostArchived is how many names of an archive are looked at.
const mostArchived = 4000

// archived returns the names of the files in a ZIP archive as its directory has
// them (APPNOTE 4.3.12 and 4.3.16), nil if it is none.
func archived(b []byte) (names []string) {
	const head, end = "PK\x01\x02", "PK\x05\x06"
	at := bytes.LastIndex(b[max(0, len(b)-(64<<10)-22):], []byte(end))
	if at < 0 || !begins("PK\x03\x04")(b) {
		return nil
	}
	at += max(0, len(b)-(64<<10)-22)
	if len(b) < at+22 {
		return nil
	}
	next := little(b[at+16:], 4)
	for len(names) < mostArchived && next+46 <= len(b) && string(b[next:next+4]) == head {
		name, extra, comment := little(b[next+28:], 2), little(b[next+30:], 2), little(b[next+32:], 2)
		if next+46+name > len(b) {
			return nil
		}
		names = append(names, string(b[next+46:next+46+name]))
		next += 46 + name + extra + comment
	}
	return names
}

// little reads a number of n bytes, the lowest first.
func little(b []byte, n int) (v int) {
	for i := n - 1; i >= 0; i-- {
		v = v<<8 | int(b[i])
	}
	return v
}

// NewFile returns the document's file with those bytes: its type is what its
// content says, its name is fit for any disk. Problems say why it cannot be taken.
func NewFile(name string, b []byte, who PersonID, now time.Time) (DocumentFile, error) {
	refuse := func(rule, want string) (DocumentFile, error) { return DocumentFile{}, Problems{{"file", rule, want}} }
	switch {
	case len(b) == 0:
		return refuse("document_empty", "")
	case len(b) > MaxDocument:
		return refuse("document_size", itoa(MaxDocument>>20))
	}
	i := slices.IndexFunc(documentTypes, func(t documentType) bool { return t.is(b) })
	if i < 0 {
		return refuse("document_kind", "")
	}
	if slices.ContainsFunc(archived(b), func(n string) bool { return path.Base(strings.ToLower(n)) == "vbaproject.bin" }) {
		return refuse("document_macros", "")
	}
	t := documentTypes[i]
	return DocumentFile{Name: documentName(name, t.endings), Type: t.media, Size: len(b), Added: now.UTC(), Person: who}, nil
}

// documentName returns the name without folders and what no disk takes, with an
// ending of the type.
func documentName(name string, endings []string) string {
	name = path.Base("/" + strings.ReplaceAll(Line(name), `\`, "/"))
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`"<>:|?*/;%`, r) {
			return '-'
		}
		return r
	}, name), " .")
	ending := strings.ToLower(path.Ext(name))
	if slices.Contains(DocumentEndings(), ending) {
		name = name[:len(name)-len(ending)]
	}
	if !slices.Contains(endings, ending) {
		ending = endings[0]
	}
	if r := []rune(name); len(r) > 120 {
		name = string(r[:120])
	}
	if name = strings.Trim(name, " .-"); name == "" {
		name = "Dokument"
	}
	return name + ending
}

// AddDocument returns a new document of a meeting that has those already.
func AddDocument(m MeetingID, id DocumentID, f DocumentFile, have []Document) (Document, error) {
	if len(have) >= maxDocuments {
		return Document{}, Problems{{"file", "too_many", itoa(maxDocuments)}}
	}
	if documentBytes(have)+f.Size > maxDocumentBytes {
		return Document{}, Problems{{"file", "documents_full", itoa(maxDocumentBytes >> 20)}}
	}
	return Document{Meeting: m, ID: id, DocumentFile: f}, nil
}

// Replace returns the document with another file; the old one stays on record.
func (d Document) Replace(f DocumentFile, have []Document) (Document, error) {
	if f.Blob == d.Blob {
		return d, nil // the same file once more
	}
	if documentBytes(have)+f.Size > maxDocumentBytes {
		return d, Problems{{"file", "documents_full", itoa(maxDocumentBytes >> 20)}}
	}
	d.Was = append([]DocumentFile{d.DocumentFile}, d.Was...)
	d.Was = d.Was[:min(len(d.Was), maxWas)]
	d.DocumentFile = f
	return d, nil
}

// File returns the document's file of that blob, also one that was replaced.
func (d Document) File(blob string) (DocumentFile, bool) {
	for _, f := range d.Files() {
		if f.Blob == blob {
			return f, true
		}
	}
	return DocumentFile{}, false
}

// Files are all files of the document, the newest first.
func (d Document) Files() []DocumentFile { return append([]DocumentFile{d.DocumentFile}, d.Was...) }

// Forget returns the document without the person where she added a file.
func (d Document) Forget(who PersonID) (Document, bool) {
	found := false
	d.Was = slices.Clone(d.Was)
	for _, f := range append([]*DocumentFile{&d.DocumentFile}, pointers(d.Was)...) {
		if f.Person == who {
			f.Person, found = "", true
		}
	}
	return d, found
}

func pointers(list []DocumentFile) []*DocumentFile {
	out := make([]*DocumentFile, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

func documentBytes(list []Document) (n int) {
	for _, d := range list {
		for _, f := range d.Files() {
			n += f.Size
		}
	}
	return n
}

// SortDocuments puts documents in order of their first file.
func SortDocuments(list []Document) {
	first := func(d Document) time.Time { fs := d.Files(); return fs[len(fs)-1].Added }
	slices.SortStableFunc(list, func(a, b Document) int { return first(a).Compare(first(b)) })
}

// papersFor is for how many days after a meeting the mailed link shows its
// papers; then members log in.
const papersFor = 60

// PapersOver reports whether the mailed links to the papers of the meeting have
// ended on the day.
func (m Meeting) PapersOver(today Date) bool { return m.End.Date.AddDays(papersFor).Before(today) }
