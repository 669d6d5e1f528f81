package web

import (
	"archive/zip"
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/store"
)

// archive is a ZIP file with those names, each of so many zeros.
func archive(size int64, names ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		must(io.CopyN(must(z.Create(n)), zeros{}, size))
	}
	must(0, z.Close())
	return b.Bytes()
}

// zeros reads as zeros for ever.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// openDocument is the beginning of a file of OpenDocument.
func openDocument(kind string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	media := []byte("application/vnd.oasis.opendocument." + kind)
	w := must(z.CreateRaw(&zip.FileHeader{Name: "mimetype", Method: zip.Store, CompressedSize64: uint64(len(media)), UncompressedSize64: uint64(len(media))}))
	must(w.Write(media))
	must(must(z.Create("content.xml")).Write([]byte("x")))
	must(0, z.Close())
	return b.Bytes()
}

const word = "word/document.xml"

func TestDocumentsThatAreTaken(t *testing.T) {
	t.Parallel()
	n := open(t).withTopics()
	m := n.meetings(migration)[0]
	page := "/koordination/sitzungen/" + string(m.ID) + "/unterlagen"
	b := n.as(birgit)
	for _, c := range []struct {
		name, kept, kind string
		file             []byte
	}{
		{"Haushalt 2028.pdf", "Haushalt 2028.pdf", "application/pdf", []byte("%PDF-1.7 x")},
		{"Übersicht über Ärger.PDF", "Übersicht über Ärger.pdf", "application/pdf", []byte("%PDF-1.7 y")},
		{`C:\Users\birgit\plan.docx`, "plan.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", archive(9, "[Content_Types].xml", word)},
		{"../../etc/passwd", "passwd.txt", "text/plain", []byte("root:x:0:0")},
		{`a"b'c;d.txt`, "a-b'c-d.txt", "text/plain", []byte("Grüße")},
		{"liste.xlsx", "liste.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", archive(9, "[Content_Types].xml", "xl/workbook.xml")},
		{"folien.pptx", "folien.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", archive(9, "[Content_Types].xml", "ppt/presentation.xml")},
		{"brief.odt", "brief.odt", "application/vnd.oasis.opendocument.text", openDocument("text")},
		{"rechnung.ods", "rechnung.ods", "application/vnd.oasis.opendocument.spreadsheet", openDocument("spreadsheet")},
		{"foto.exe", "foto.exe.jpg", "image/jpeg", photograph(4, 4, 9)},
		{"seite.html", "seite.html.txt", "text/plain", []byte("<script>alert(1)</script>")},
		{"\u202egpj.exe", "gpj.exe.pdf", "application/pdf", []byte("%PDF-1.4 z")},
		{"....", "Dokument.txt", "text/plain", []byte("nur Punkte")},
	} {
		n.wait(time.Second) // they stand in order of time
		b.upload(page, nil, c.name, c.file).want(t, http.StatusSeeOther)
		list := must(n.Documents(ctx, m.ID))
		d := list[len(list)-1]
		if d.Name != c.kept || d.Type != c.kind {
			t.Errorf("%q: kept as %q of type %q, want %q, %q", c.name, d.Name, d.Type, c.kept, c.kind)
		}
		a := n.as(amina).get("/sitzungen/" + string(m.ID) + "/unterlagen/" + string(d.ID))
		disposition, args, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
		if err != nil || disposition != "attachment" || args["filename"] != c.kept || a.body != string(c.file) {
			t.Errorf("%q: sent as %s %v, %d bytes", c.name, disposition, args, len(a.body))
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Content-Security-Policy") != documentPolicy || !strings.HasPrefix(a.Header.Get("Content-Type"), c.kind) {
			t.Errorf("%q: headers %v", c.name, a.Header)
		}
	}
	n.as(cem).get("/sitzungen/"+string(m.ID)+"/unterlagen/"+string(must(n.Documents(ctx, m.ID))[0].ID)).want(t, http.StatusNotFound)
}

func TestDocumentsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	n := open(t).withTopics()
	m := n.meetings(migration)[0]
	page := "/koordination/sitzungen/" + string(m.ID) + "/unterlagen"
	b := n.as(birgit)
	bomb := archive(200<<20, "bombe.txt") // some hundred kilobytes
	for name, c := range map[string]struct {
		file []byte
		text string
	}{
		"programm.pdf":  {[]byte("MZ\x90\x00\x03\x00\x00\x00"), "Diese Art von Datei"},
		"elf.docx":      {[]byte("\x7fELF\x02\x01"), "Diese Art von Datei"},
		"bombe.zip":     {bomb, "Diese Art von Datei"},
		"bombe.docx":    {bomb, "Diese Art von Datei"},
		"makros.docx":   {archive(9, "[Content_Types].xml", word, "word/vbaProject.bin"), "Makros"},
		"kaputt.docx":   {archive(9, "[Content_Types].xml", word)[:60], "Diese Art von Datei"},
		"alt.doc":       {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "Diese Art von Datei"},
		"bild.svg":      {[]byte("<svg \x00/>"), "Diese Art von Datei"},
		"leer.pdf":      {nil, "leer"},
		"latin1.txt":    {[]byte("Gr\xfc\xdfe"), "Diese Art von Datei"},
		"zu-gross.pdf":  {append([]byte("%PDF-1.7"), make([]byte, agenda.MaxDocument)...), "20 MB"},
		"pk-luegt.xlsx": {append([]byte("PK\x03\x04"), bytes.Repeat([]byte("PK\x05\x06\xff\xff\xff\xff"), 900)...), "Diese Art von Datei"},
	} {
		b.upload(page, nil, name, c.file).want(t, http.StatusUnprocessableEntity, c.text)
	}
	b.upload(page, url.Values{"document": {"gibtesnicht"}}, "x.txt", []byte("x")).want(t, http.StatusNotFound)
	b.upload(page, nil, "", nil).want(t, http.StatusUnprocessableEntity)
	if got := must(n.Documents(ctx, m.ID)); len(got) > 0 {
		t.Errorf("documents were kept: %+v", got)
	}
	// A bomb in the clothes of a document is kept as it is: nothing unpacks it.
	b.upload(page, nil, "b.docx", archive(200<<20, "[Content_Types].xml", word)).want(t, http.StatusSeeOther)
}

// An upload that is far too large is answered while it is still being sent, and
// kept nowhere.
func TestUploadOfEightyMegabytes(t *testing.T) {
	n := open(t).withTopics()
	m := n.meetings(migration)[0]
	server := httptest.NewServer(n.handler)
	defer server.Close()
	page := "/koordination/sitzungen/" + string(m.ID) + "/unterlagen"
	session := n.as(birgit)
	head := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"film.pdf\"\r\n\r\n%PDF-1.7 "
	const size = 80 << 20
	for name, length := range map[string]int64{"said beforehand": size, "not said": -1} {
		r := must(http.NewRequest(http.MethodPost, server.URL+page, io.LimitReader(io.MultiReader(strings.NewReader(head), zeros{}), size)))
		r.ContentLength = length
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		for _, c := range session.jar.Cookies(must(url.Parse(base + page))) {
			r.AddCookie(c)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		a, err := server.Client().Do(r)
		if err != nil {
			if length < 0 {
				continue // the connection may end before the answer is read
			}
			t.Fatalf("%s: no answer: %v", name, err)
		}
		body := string(must(io.ReadAll(a.Body)))
		a.Body.Close()
		runtime.ReadMemStats(&after)
		if a.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(body, "größer als 20 MB") {
			t.Errorf("%s: status %d:\n%s", name, a.StatusCode, body)
		}
		if grew := after.TotalAlloc - before.TotalAlloc; length > 0 && grew > 16<<20 {
			t.Errorf("%s: %d bytes were allocated for what is refused", name, grew)
		}
	}
	if got := n.records("session", "login", "history", "trail"); len(got) == 0 {
		t.Error("nothing is stored at all")
	}
	for key := range n.records() {
		if strings.HasPrefix(key, "blob") || strings.HasPrefix(key, "document") {
			t.Errorf("something of it was kept: %q", key)
		}
	}
}

func TestDocumentIsReplacedAndDeleted(t *testing.T) {
	t.Parallel()
	n := open(t).withTopics()
	m := n.meetings(migration)[0]
	page := "/koordination/sitzungen/" + string(m.ID) + "/unterlagen"
	b := n.as(birgit)
	large := append([]byte("%PDF-1.7 "), bytes.Repeat([]byte("abcdefgh"), 2<<20)...) // 16 MiB, more than one transaction takes
	b.upload(page, nil, "Entwurf.pdf", large).want(t, http.StatusSeeOther)
	b.upload(page, nil, "Entwurf.pdf", large).want(t, http.StatusSeeOther) // the second click
	list := must(n.Documents(ctx, m.ID))
	if len(list) != 1 {
		t.Fatalf("%d documents, want one", len(list))
	}
	d := list[0]
	at := "/sitzungen/" + string(m.ID) + "/unterlagen/" + string(d.ID)
	b.then(b.upload(page, url.Values{"document": {string(d.ID)}}, "Endfassung.pdf", []byte("%PDF-1.7 neu"))).want(t, http.StatusOK, "Endfassung.pdf", "1 frühere Fassung", "Entwurf.pdf")
	if got := n.as(amina).get(at).body; got != "%PDF-1.7 neu" {
		t.Errorf("members get %d bytes", len(got))
	}
	if got := b.get(at + "?stand=" + d.Blob); got.body != string(large) {
		t.Errorf("the earlier version has %d bytes: %d", len(got.body), got.StatusCode)
	}
	n.as(amina).get(at+"?stand="+d.Blob).want(t, http.StatusNotFound)
	r := httptest.NewRequest(http.MethodGet, base+at, nil)
	r.Header.Set("Range", "bytes=9-11")
	if got := b.do(r); got.StatusCode != http.StatusPartialContent || got.body != "neu" {
		t.Errorf("a part: %d %q", got.StatusCode, got.body)
	}
	blobs := func() (n1 int) {
		for key := range n.records() {
			if strings.HasPrefix(key, "blob\x00") {
				n1++
			}
		}
		return n1
	}
	// Nothing is swept while it is named, everything afterwards.
	keep := store.Retention{Outbox: 24 * 365 * time.Hour, Submissions: 24 * 365 * time.Hour}
	n.wait(48 * time.Hour)
	before := blobs()
	must(n.Forget(ctx, keep))
	if blobs() != before {
		t.Error("bytes of a document that is there were swept")
	}
	b.then(b.post(page, url.Values{"do": {"delete"}, "document": {string(d.ID)}})).want(t, http.StatusOK, "ist gelöscht")
	b.post(page, url.Values{"do": {"delete"}, "document": {string(d.ID)}}).want(t, http.StatusSeeOther)
	b.get(at).want(t, http.StatusNotFound)
	n.wait(48 * time.Hour)
	must(n.Forget(ctx, keep))
	if blobs() != 0 {
		t.Errorf("%d records of blobs are left", blobs())
	}
}

// The links in the mail are hers, end, and show nothing of other meetings.
func TestMailedLinksToPapers(t *testing.T) {
	t.Parallel()
	n := open(t).withTopics()
	m := n.meetings(migration)[0]
	must(0, n.AddDocument(ctx, agenda.Shell, m.ID, "", "plan.pdf", []byte("%PDF-1.7 x")))
	other := n.meetings(migration)[1]
	must(0, n.AddDocument(ctx, agenda.Shell, other.ID, "", "anderes.pdf", []byte("%PDF-1.7 y")))
	mine := "/unterlagen/" + n.PapersToken(m.ID, n.person(amina).ID)
	n.browser().get(mine).want(t, http.StatusOK, "plan.pdf").lacks(t, "anderes.pdf")
	n.browser().get(mine+"/"+string(must(n.Documents(ctx, other.ID))[0].ID)).want(t, http.StatusNotFound)
	n.browser().get(mine[:len(mine)-1]+"x").want(t, http.StatusNotFound)
	draft := n.meetings(migration)[2]
	if draft.State != agenda.MeetingDraft {
		t.Fatal("no draft")
	}
	n.browser().get("/unterlagen/"+n.PapersToken(draft.ID, n.person(amina).ID)).want(t, http.StatusNotFound)
	n.set("2027-12-30T10:00")
	n.browser().get(mine).want(t, http.StatusGone)
}
