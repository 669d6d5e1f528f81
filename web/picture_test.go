package web

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"widunetz/internal/agenda"
	"widunetz/internal/picture"
)

// photograph is a JPEG of that size; another shade is another picture.
func photograph(w, h int, shade uint8) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(i/w) + shade
	}
	var b bytes.Buffer
	must(0, jpeg.Encode(&b, m, nil))
	return b.Bytes()
}

// rights is the form of a picture, complete but for the file.
func rights() url.Values {
	return url.Values{"alt": {"Drei Frauen kochen"}, "credit": {"Olga <b>Organ</b>"}, "licence": {"cc-by"}, "consent": {"1"}}
}

// images are the addresses of all pictures on a page.
func (a *answer) images() (out []*html.Node) {
	for _, x := range a.all("img") {
		if strings.HasPrefix(attr(x, "src"), "/") {
			out = append(out, x)
		}
	}
	return out
}

func TestPictureFromUploadToProgramme(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Lesung im Garten")
	page := "/einreichung/" + n.SubmissionToken(e)
	b := n.browser()
	b.get(page).want(t, http.StatusOK, "Bild hinzufügen")
	b.get(page+"/bild").want(t, http.StatusOK, "Noch kein Bild")
	form := fields(b.get(page + "/bild").all("form")[0])
	for k, v := range rights() {
		form[k] = v
	}
	a := b.then(b.upload(page+"/bild", form, "kochen.jpg", photograph(2000, 1000, 0))).want(t, http.StatusOK, "Gespeichert", "Drei Frauen kochen", "Olga <b>Organ</b>")
	shown := a.images()
	if len(shown) != 1 || attr(shown[0], "width") != "1600" || attr(shown[0], "height") != "800" || attr(shown[0], "alt") != "Drei Frauen kochen" {
		t.Fatalf("%d pictures on the page:\n%s", len(shown), a.body)
	}
	draft := attr(shown[0], "src")
	b.get(page).want(t, http.StatusOK, "Bild ändern")

	// Before publication nobody else sees it, whoever knows its name.
	p := n.event("Lesung im Garten").Picture
	for _, hash := range []string{p.Blob, p.BlobSmall} {
		n.browser().request(http.MethodGet, "/bilder/"+hash).want(t, http.StatusNotFound)
		n.as(vera).request(http.MethodGet, "/bilder/"+hash).want(t, http.StatusNotFound)
		n.as(cem).request(http.MethodGet, "/koordination/veranstaltungen/"+string(e.ID)+"/bild/"+hash).want(t, http.StatusForbidden)
		n.as(vera).request(http.MethodGet, "/koordination/veranstaltungen/"+string(e.ID)+"/bild/"+hash).want(t, http.StatusOK)
	}
	if a := b.request(http.MethodGet, draft).want(t, http.StatusOK); !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
		t.Errorf("a draft's picture: Cache-Control %q", a.Header.Get("Cache-Control"))
	}
	b.request(http.MethodGet, strings.Replace(draft, page, "/einreichung/"+string(e.ID)+".falsch", 1)).want(t, http.StatusNotFound)
	// A link opens the pictures of its own event only.
	other := must(n.SubmitEvent(ctx, 2027, eventDetails("Anderes", "2027-09-14T18:00"), agenda.German, "", true))
	b.request(http.MethodGet, "/einreichung/"+n.SubmissionToken(other)+"/bild/"+p.Blob).want(t, http.StatusNotFound)

	e = n.event("Lesung im Garten")
	n.as(vera).get("/koordination/veranstaltungen/"+string(e.ID)).want(t, http.StatusOK, "Bild ändern", "Bild geändert", "Urheberin oder Urheber")
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Published, "", e.Changed))
	a = b.get("/programm/2027/"+e.Slug).want(t, http.StatusOK, "Bild: Olga <b>Organ</b>, CC BY 4.0")
	if img := a.images(); len(img) != 1 || attr(img[0], "src") != "/bilder/"+p.Blob || attr(img[0], "alt") == "" || !strings.Contains(attr(img[0], "srcset"), "/bilder/"+p.BlobSmall+" 640w") {
		t.Errorf("the event's page:\n%s", a.body)
	}
	a = b.get("/en/programm/2027").want(t, http.StatusOK)
	if img := a.images(); len(img) != 1 || attr(img[0], "src") != "/bilder/"+p.BlobSmall || attr(img[0], "loading") != "lazy" || attr(img[0], "width") != "640" || attr(img[0], "height") != "320" {
		t.Errorf("the programme has %d pictures", len(img))
	}
	b.get("/").want(t, http.StatusOK)

	// What is published is the coordinators' to change.
	b.get(page+"/bild").want(t, http.StatusOK, "Ihre Veranstaltung ist entschieden")
	b.upload(page+"/bild", rights(), "b.jpg", photograph(80, 60, 9)).want(t, http.StatusConflict)
	b.post(page+"/bild/loeschen", nil).want(t, http.StatusConflict)
	if now := n.event("Lesung im Garten").Picture; now == nil || now.Blob != p.Blob {
		t.Errorf("the picture is now %+v", now)
	}
	// A withdrawn event takes its picture with it.
	e = n.event("Lesung im Garten")
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Withdrawn, "", e.Changed))
	b.request(http.MethodGet, "/bilder/"+p.Blob).want(t, http.StatusNotFound)
}

func TestPictureAnswer(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss, e := n.as(vera), n.event("Kochen")
	desk := "/koordination/veranstaltungen/" + string(e.ID)
	boss.then(boss.upload(desk+"/bild", rights(), "../../x.svg", photograph(800, 600, 0))).want(t, http.StatusOK, "Das Bild ist gespeichert.")
	hash := n.event("Kochen").Picture.Blob
	b := n.browser()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		a := b.request(method, "/bilder/"+hash).want(t, http.StatusOK)
		for name, want := range map[string]string{
			"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
			"Cache-Control": "public, max-age=31536000, immutable", "ETag": `"` + hash + `"`, "Set-Cookie": "",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s %s: %q, want %q", method, name, got, want)
			}
		}
		if (a.body != "") != (method == http.MethodGet) {
			t.Errorf("%s: %d bytes", method, len(a.body))
		}
	}
	b.header.Set("If-None-Match", `"`+hash+`"`)
	b.request(http.MethodGet, "/bilder/"+hash).want(t, http.StatusNotModified)
	b.header.Del("If-None-Match")

	// A second picture takes the place of the first, at once and everywhere.
	boss.then(boss.upload(desk+"/bild", changed(rights(), "licence", "own"), "b.png", photograph(300, 400, 7)))
	next := n.event("Kochen").Picture
	if next.Blob == hash || next.Width != 300 || next.Blob != next.BlobSmall {
		t.Errorf("the second picture is %+v", next)
	}
	b.request(http.MethodGet, "/bilder/"+hash).want(t, http.StatusNotFound)
	b.get("/programm/2027/"+e.Slug).want(t, http.StatusOK, "Bild: Olga").lacks(t, hash, "CC BY")
	// Other words need no other file.
	boss.then(boss.upload(desk+"/bild", changed(rights(), "alt", "Vier Frauen"), "", nil))
	if p := n.event("Kochen").Picture; p.Blob != next.Blob || p.Alt != "Vier Frauen" || p.Width != 300 {
		t.Errorf("with other words it is %+v", p)
	}
	boss.then(boss.submit(boss.get(desk+"/bild"), "/bild/loeschen", nil)).want(t, http.StatusOK, "Das Bild ist gelöscht.", "Bild entfernt")
	b.request(http.MethodGet, "/bilder/"+next.Blob).want(t, http.StatusNotFound)
	b.get("/programm/2027").want(t, http.StatusOK).lacks(t, next.Blob)
}

func TestTwoEventsWithThePictureOfOne(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss, file := n.as(vera), photograph(90, 60, 0)
	public, hidden := n.event("Kochen"), n.event("Lesung im Garten")
	for _, e := range []agenda.Event{public, hidden} {
		boss.then(boss.upload("/koordination/veranstaltungen/"+string(e.ID)+"/bild", rights(), "x.jpg", file))
	}
	hash := n.event("Kochen").Picture.Blob
	if n.event("Lesung im Garten").Picture.Blob != hash {
		t.Fatal("the same file has two names")
	}
	n.browser().request(http.MethodGet, "/bilder/"+hash).want(t, http.StatusOK)
	boss.post("/koordination/veranstaltungen/"+string(public.ID)+"/bild/loeschen", nil).want(t, http.StatusSeeOther)
	n.browser().request(http.MethodGet, "/bilder/"+hash).want(t, http.StatusNotFound)
	boss.request(http.MethodGet, "/koordination/veranstaltungen/"+string(hidden.ID)+"/bild/"+hash).want(t, http.StatusOK)
}

// manyPixels is a PNG of some bytes that says it has 41 megapixels.
func manyPixels() []byte {
	chunk := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), 8200), 5000)
	chunk = append(chunk, 8, 2, 0, 0, 0)
	return binary.BigEndian.AppendUint32(append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...), crc32.ChecksumIEEE(chunk))
}

func TestPictureThatIsNotTaken(t *testing.T) {
	t.Parallel()
	n := open(t)
	b := n.browser()
	page := "/einreichung/" + n.SubmissionToken(n.event("Lesung im Garten")) + "/bild"
	good := photograph(80, 60, 0)
	for name, c := range map[string]struct {
		form  url.Values
		file  []byte
		field string
		says  string
	}{
		"no consent":               {changed(rights(), "consent"), good, "consent", "Ohne diese Bestätigung"},
		"no description":           {changed(rights(), "alt", " "), good, "alt", "Bitte füllen Sie das aus"},
		"no credit":                {changed(rights(), "credit"), good, "credit", "Bitte füllen Sie das aus"},
		"no licence":               {changed(rights(), "licence", ""), good, "licence", "Bitte füllen Sie das aus"},
		"a licence of one's own":   {changed(rights(), "licence", "x"), good, "licence", "Bitte wählen Sie"},
		"no file":                  {rights(), nil, "file", "Bitte füllen Sie das aus"},
		"an SVG with a script":     {rights(), []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "file", "kein Foto"},
		"41 megapixels":            {rights(), manyPixels(), "file", "mehr als 40 Megapixel"},
		"half a picture":           {rights(), good[:len(good)-300], "file", "beschädigt"},
		"a little more than 10 MB": {rights(), append(bytes.Clone(good), make([]byte, picture.MaxFile)...), "file", "größer als 10 MB"},
	} {
		n.run(name, func(t *testing.T) {
			b.address = n.browser().address
			filename := "foto.jpg"
			if c.file == nil {
				filename = ""
			}
			a := b.upload(page, c.form, filename, c.file).want(t, http.StatusUnprocessableEntity, c.says)
			wrong := a.invalid()
			if !wrong[c.field] || c.file != nil && !wrong["file"] {
				t.Errorf("marked are %v, want %s and the file, which is to be chosen again", wrong, c.field)
			}
			got := fields(a.all("form")[len(a.all("form"))-1])
			for k, want := range c.form {
				if k != c.field && strings.Join(got[k], "") != strings.Join(want, "") {
					t.Errorf("%s: %q was typed, the page has %q", k, want, got[k])
				}
			}
		})
	}
	if e := n.event("Lesung im Garten"); e.Picture != nil {
		t.Errorf("a picture was taken: %+v", e.Picture)
	}
	for key := range n.records() {
		if strings.HasPrefix(key, "blob\x00") {
			t.Fatal("bytes of a refused picture were kept")
		}
	}
	b.upload(page, rights(), "x.jpg", make([]byte, 17<<20)).want(t, http.StatusRequestEntityTooLarge, "ein Bild höchstens 10 MB")
}

// Only addresses that take pictures take so many bytes, and only from those who
// may.
func TestBodyLimits(t *testing.T) {
	t.Parallel()
	n := open(t)
	large := make([]byte, 2<<20)
	submission := "/einreichung/" + n.SubmissionToken(n.event("Lesung im Garten"))
	desk := "/koordination/veranstaltungen/" + string(n.event("Kochen").ID)
	for path, want := range map[string]int{
		submission + "/bild": 422, "/en" + submission + "/bild": 422, submission: 413, submission + "/bild/loeschen": 413, "/einreichung/x.y/bild": 404,
		desk + "/bild": 422, desk: 413, "/programm/2027/einreichen": 413, "/koordination/personen/neu/bild": 404,
	} {
		b := n.as(vera)
		b.hasty = true
		b.upload(path, rights(), "x.jpg", large).want(t, want)
	}
	n.browser().upload(desk+"/bild", rights(), "x.jpg", photograph(8, 8, 0)).want(t, http.StatusForbidden)
	n.as(cem).upload(desk+"/bild", rights(), "x.jpg", photograph(8, 8, 0)).want(t, http.StatusForbidden)
}

func TestPictureThatSomebodyElseChanged(t *testing.T) {
	t.Parallel()
	n := open(t)
	boss, e := n.as(vera), n.event("Kochen")
	desk := "/koordination/veranstaltungen/" + string(e.ID) + "/bild"
	forms := boss.get(desk).all("form")
	old := fields(forms[len(forms)-1])
	for k, v := range rights() {
		old[k] = v
	}
	boss.upload(desk, old, "x.jpg", photograph(80, 60, 0)).want(t, http.StatusSeeOther)
	boss.upload(desk, old, "x.jpg", photograph(80, 60, 0)).want(t, http.StatusSeeOther) // the second click
	n.as(kim).upload(desk, old, "y.jpg", photograph(80, 60, 50)).want(t, http.StatusConflict)
}

// Whoever sent an event back sees it again when its form is saved.
func TestPictureOfAReturnedEvent(t *testing.T) {
	t.Parallel()
	n := open(t)
	e := n.event("Lesung im Garten")
	must(n.DecideEvent(ctx, agenda.Shell, e.ID, agenda.Returned, "Bitte ein Bild.", e.Changed))
	b := n.browser()
	page := "/en/einreichung/" + n.SubmissionToken(e)
	b.then(b.upload(page+"/bild", rights(), "x.jpg", photograph(80, 60, 0))).want(t, http.StatusOK, "please save the form of the event")
	if n.event("Lesung im Garten").Review != agenda.Returned {
		t.Error("the picture alone hands the event in again")
	}
}
