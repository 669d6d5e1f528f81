package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// kept is a finished answer: its bytes, its hash, and its compressed form as
// soon as that was made.
type kept struct {
	revision string // of what it shows
	kind     string // Content-Type
	body     []byte
	etag     string // without quotes: hash of the body
	length   string
	changed  string // Last-Modified, "" if not known
	cache    string // Cache-Control
	name     string // of a file to save, ""
	gz       atomic.Pointer[[]byte]
	once     sync.Once
}

// content is what an answer is made of: its bytes, a sum that no other bytes
// have, and when what it shows changed last (zero: not known).
type content struct {
	body    []byte
	sum     [sha256.Size]byte
	changed time.Time
	kind    string // Content-Type, "" for that of its kind of address
}

// summed returns the content of these bytes.
func summed(body []byte, changed time.Time) content {
	return content{body: body, sum: sha256.Sum256(body), changed: changed}
}

func newKept(revision, kind string, c content) *kept {
	k := &kept{revision: revision, kind: kind, body: c.body, etag: hex.EncodeToString(c.sum[:12]), length: strconv.Itoa(len(c.body)), cache: "no-cache"}
	if !c.changed.IsZero() {
		k.changed = c.changed.UTC().Format(http.TimeFormat)
	}
	return k
}

// compressed returns the gzip form, nil while it is not there yet: it is made
// beside the first answer, not in its way.
func (k *kept) compressed() []byte {
	if p := k.gz.Load(); p != nil {
		return *p
	}
	k.once.Do(func() {
		go func() {
			if gz, err := compress(k.body); err == nil {
				k.gz.Store(&gz)
			}
		}()
	})
	return nil
}

// serve answers a GET or HEAD with kept bytes: 304 for a reader who has them,
// compressed for one who can read that.
func (k *kept) serve(rw http.ResponseWriter, r *http.Request) {
	h := rw.Header()
	h["Content-Type"] = []string{k.kind}
	h["Cache-Control"] = []string{k.cache}
	h["Vary"] = []string{"Accept-Encoding"}
	if k.kind == pageType {
		h["Vary"] = []string{"Accept-Encoding, Accept-Language"} // the offer of the reader's language
	}
	if k.changed != "" {
		h["Last-Modified"] = []string{k.changed}
	}
	if k.name != "" {
		h["Content-Disposition"] = []string{"inline; filename=\"" + k.name + "\""}
	}
	body, length, etag := k.body, k.length, `"`+k.etag+`"`
	if acceptsGzip(r) {
		if gz := k.compressed(); gz != nil {
			body, length, etag = gz, strconv.Itoa(len(gz)), `"`+k.etag+`-gz"`
			h["Content-Encoding"] = []string{"gzip"}
		}
	}
	h["Etag"] = []string{etag}
	if k.fresh(r) {
		delete(h, "Content-Encoding")
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = []string{length}
	rw.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		rw.Write(body) //nolint:errcheck // the reader went away
	}
}

// fresh reports whether the reader has this answer, in either encoding
// (RFC 9110, section 13.1.2: weak comparison). A time proves nothing: what went
// out of a feed leaves the last change of the rest as it was.
func (k *kept) fresh(r *http.Request) bool {
	for _, list := range r.Header["If-None-Match"] {
		for tag := range strings.SplitSeq(list, ",") {
			tag = strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
			if tag == "*" || strings.TrimSuffix(tag, "-gz") == k.etag {
				return true
			}
		}
	}
	return false
}

func acceptsGzip(r *http.Request) bool {
	for _, list := range r.Header["Accept-Encoding"] {
		for part := range strings.SplitSeq(list, ",") {
			name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
			if name == "gzip" && strings.ReplaceAll(q, " ", "") != "q=0" {
				return true
			}
		}
	}
	return false
}

// keeper holds answers by address. It is bounded: an address more drops some
// other.
type keeper struct {
	mu    sync.RWMutex
	byKey map[string]*kept
	bytes int
}

const (
	keepMost  = 2000
	keepBytes = 64 << 20
)

func newKeeper() *keeper { return &keeper{byKey: map[string]*kept{}} }

// get returns the answer of the key if it still shows the revision.
func (k *keeper) get(key, revision string) *kept {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if a := k.byKey[key]; a != nil && a.revision == revision {
		return a
	}
	return nil
}

// last returns the answer of the key whatever it shows, nil if there is none.
func (k *keeper) last(key string) *kept {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.byKey[key]
}

// drop forgets the answer of the key.
func (k *keeper) drop(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if old := k.byKey[key]; old != nil {
		k.bytes -= len(old.body)
		delete(k.byKey, key)
	}
}

func (k *keeper) put(key string, a *kept) {
	if k.last(key) == a {
		return // what is there already holds up no reader
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if old := k.byKey[key]; old != nil {
		k.bytes -= len(old.body)
	}
	for other, o := range k.byKey {
		if len(k.byKey) < keepMost && k.bytes+len(a.body) < keepBytes {
			break
		}
		if other != key {
			k.bytes -= len(o.body)
			delete(k.byKey, other)
		}
	}
	k.byKey[key] = a
	k.bytes += len(a.body)
}

// keepPage answers with a public page, made anew only if the revision, the key
// or the query changed. The query is the one that stands for the page: what
// else a visitor wrote behind the address must not be kept for others.
func (c *Ctx) keepPage(key, query, revision string, render func() ([]byte, error)) error {
	return c.keepText(pageType, key, query, revision, render)
}

// Content types of what visitors get.
const (
	pageType  = "text/html; charset=utf-8"
	plainType = "text/plain; charset=utf-8"
)

// keepText is keepPage for text of any kind.
func (c *Ctx) keepText(kind, key, query, revision string, render func() ([]byte, error)) error {
	c.Request.URL.RawQuery = query
	c.kept = true
	if kind == pageType {
		key = string(c.offered()) + " " + key
	}
	key = string(c.Frame.Lang()) + " " + key + "?" + query
	a := c.w.kept.get(key, revision)
	if a == nil {
		if was := c.w.kept.last(key); was != nil {
			c.room = len(was.body) + len(was.body)/32
		}
		b, err := render()
		if err != nil {
			return err
		}
		if cap(b) > len(b)+len(b)/8 { // what is kept takes no room that it does not need
			b = bytes.Clone(b)
		}
		a = newKept(revision, kind, summed(b, time.Time{}))
		c.w.kept.put(key, a)
	}
	a.serve(c.Writer, c.Request)
	return nil
}
