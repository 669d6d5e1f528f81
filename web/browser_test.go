package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/html"

	"widunetz/internal/agenda"
)

// browser is what a visitor uses: it keeps cookies and fills in forms as they
// stand on the page. Each has an address of its own.
type browser struct {
	t       testing.TB
	n       *network
	jar     *cookiejar.Jar
	address string
	header  http.Header // sent with every request
	hasty   bool        // pages are not inspected: others do that with pages of this kind
}

var browsers atomic.Uint32

func (n *network) browser() *browser {
	i := browsers.Add(1)
	return &browser{t: n.t, n: n, jar: must(cookiejar.New(nil)), address: fmt.Sprintf("10.%d.%d.%d:4711", i>>16&255, i>>8&255, i&255), header: http.Header{}}
}

// answer is what came back, with the page if it is one.
type answer struct {
	*http.Response
	path string
	body string
	root *html.Node
}

// do sends one request as it is; redirects are not followed.
func (b *browser) do(r *http.Request) *answer {
	b.t.Helper()
	r.RemoteAddr = b.address
	for name, v := range b.header {
		r.Header[name] = v
	}
	for _, c := range b.jar.Cookies(r.URL) {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	u := *r.URL
	b.n.handler.ServeHTTP(rec, r)
	a := &answer{Response: rec.Result(), path: u.RequestURI(), body: rec.Body.String()}
	b.jar.SetCookies(&u, a.Cookies())
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		a.root = must(html.Parse(strings.NewReader(a.body)))
	}
	if !b.hasty && a.body != "" && len(a.all("main")) > 0 {
		inspect(b.t, a)
	}
	return a
}

func (b *browser) request(method, path string) *answer {
	b.t.Helper()
	path, _, _ = strings.Cut(path, "#") // a browser keeps that to itself
	return b.do(httptest.NewRequest(method, base+path, nil))
}

// get asks for a page and follows redirects, as browsers do.
func (b *browser) get(path string) *answer {
	b.t.Helper()
	a := b.request(http.MethodGet, path)
	for range 5 {
		next := a.Header.Get("Location")
		if a.StatusCode < 300 || a.StatusCode > 399 || next == "" {
			return a
		}
		a = b.request(http.MethodGet, next)
	}
	b.t.Fatalf("GET %s: redirected in circles", path)
	return nil
}

// post sends a form as a browser does from a page of the service.
func (b *browser) post(path string, form url.Values) *answer {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, base+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", base)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// upload sends a form with a file.
func (b *browser) upload(path string, form url.Values, name string, file []byte) *answer {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, list := range form {
		for _, v := range list {
			must(0, m.WriteField(k, v))
		}
	}
	if name != "" {
		must(must(m.CreateFormFile("file", name)).Write(file))
	}
	must(0, m.Close())
	r := httptest.NewRequest(http.MethodPost, base+path, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Origin", base)
	return b.do(r)
}

// then follows the redirect that a form is answered with.
func (b *browser) then(a *answer) *answer {
	b.t.Helper()
	if a.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("%s: status %d, want 303:\n%s", a.path, a.StatusCode, a.text())
	}
	return b.get(a.Header.Get("Location"))
}

// submit sends the form of the page whose action ends with the path, as it
// stands there, with some fields changed. A nil value leaves the field out.
func (b *browser) submit(a *answer, action string, change map[string][]string) *answer {
	b.t.Helper()
	for _, f := range a.all("form") {
		if strings.ToLower(attr(f, "method")) == "post" && strings.HasSuffix(attr(f, "action"), action) {
			form := fields(f)
			for k, v := range change {
				if form[k] = v; v == nil {
					delete(form, k)
				}
			}
			return b.post(attr(f, "action"), form)
		}
	}
	b.t.Fatalf("no form with the action …%s on %s:\n%s", action, a.path, a.text())
	return nil
}

// fields are what a browser would send of a form without a button.
func fields(f *html.Node) url.Values {
	out := url.Values{}
	for _, x := range within(f, "input") {
		switch attr(x, "type") {
		case "checkbox", "radio":
			if has(x, "checked") {
				out.Add(attr(x, "name"), attr(x, "value"))
			}
		case "file":
		default:
			if attr(x, "name") != "" {
				out.Add(attr(x, "name"), attr(x, "value"))
			}
		}
	}
	for _, x := range within(f, "textarea") {
		out.Add(attr(x, "name"), inner(x))
	}
	for _, x := range within(f, "select") {
		options := within(x, "option")
		value := attr(options[0], "value")
		for _, o := range options {
			if has(o, "selected") {
				value = attr(o, "value")
			}
		}
		out.Add(attr(x, "name"), value)
	}
	return out
}

// within returns the elements of one kind under a node.
func within(n *html.Node, element string) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == element {
			out = append(out, d)
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// inner is the text under a node.
func inner(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func (a *answer) all(element string) []*html.Node {
	if a.root == nil {
		return nil
	}
	return within(a.root, element)
}

// text is what a reader sees in the main part of the page, spaces joined.
func (a *answer) text() string {
	for _, m := range a.all("main") {
		return strings.Join(strings.Fields(inner(m)), " ")
	}
	return a.body
}

// byID returns the element with an id, nil if there is none.
func (a *answer) byID(id string) *html.Node {
	for d := range a.root.Descendants() {
		if d.Type == html.ElementNode && attr(d, "id") == id {
			return d
		}
	}
	return nil
}

// want checks the status and that the page says each of the texts.
func (a *answer) want(t testing.TB, status int, texts ...string) *answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s: status %d, want %d:\n%s", a.path, a.StatusCode, status, a.text())
	}
	for _, s := range texts {
		if !strings.Contains(a.text(), s) && !strings.Contains(a.body, s) {
			t.Errorf("%s: %q is not on the page:\n%s", a.path, s, a.text())
		}
	}
	return a
}

// lacks checks that none of the texts stands anywhere in the answer.
func (a *answer) lacks(t testing.TB, texts ...string) *answer {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(a.body, s) {
			t.Errorf("%s: %q is in the answer", a.path, s)
		}
	}
	return a
}

// logIn logs in the way people do: ask on the page, open the mail, press the
// button in the same browser.
func (b *browser) logIn(email string) *browser {
	b.t.Helper()
	b.submit(b.get("/einloggen"), "/einloggen", map[string][]string{"email": {email}}).want(b.t, http.StatusOK)
	l := only(b.t, to(b.n.deliver(), agenda.KindLogin, email))
	path := link(b.t, l, "/einloggen/")
	b.then(b.submit(b.get(path), path, nil)).want(b.t, http.StatusOK)
	return b
}

// as is a browser in which somebody is logged in; "" is nobody.
func (n *network) as(email string) *browser {
	n.t.Helper()
	if email == "" {
		return n.browser()
	}
	return n.browser().logIn(email)
}
