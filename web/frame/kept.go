package frame

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Kept is an answer that is served again and again from the same bytes: whole,
// with a strong ETag, and compressed once somebody asked for that. It must not
// be changed after NewKept.
type Kept struct {
	Body     []byte
	Modified time.Time // whole seconds
	gz       atomic.Pointer[variant]
	packing  sync.Mutex
	plain    variant
	common   http.Header
	hash     string
}

// variant is one form of the body with the header values that go with it, made
// once: setting them costs nothing per request.
type variant struct {
	body         []byte
	etag, length []string
}

// NewKept keeps a body. hash stands for its content; "" computes it.
func NewKept(body []byte, hash string, modified time.Time, head http.Header) *Kept {
	if hash == "" {
		sum := sha256.Sum256(body)
		hash = hex.EncodeToString(sum[:16])
	}
	k := &Kept{Body: body, Modified: modified.UTC().Truncate(time.Second), hash: hash, common: head.Clone()}
	k.plain = variant{body, []string{`"` + hash + `"`}, []string{strconv.Itoa(len(body))}}
	k.common.Add("Vary", "Accept-Encoding")
	return k
}

// smallest is the number of bytes below which compression gains nothing.
const smallest = 800

// Serve answers a GET or HEAD request. The first reader who could take it
// compressed gets it plain, and it is compressed when she has it all. now is the
// service's time: Last-Modified is never in the future.
func (k *Kept) Serve(w http.ResponseWriter, r *http.Request, now time.Time) {
	h := w.Header()
	for name, values := range k.common {
		if name == "Vary" {
			h[name] = append(h[name], values...)
			continue
		}
		h[name] = values
	}
	v, pack := &k.plain, false
	if len(k.Body) > smallest && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		if gz := k.gz.Load(); gz != nil {
			v = gz
			h["Content-Encoding"] = gzipEncoding
		} else {
			pack = true
		}
	}
	h["Etag"] = v.etag
	if !k.Modified.After(now) {
		h["Last-Modified"] = []string{k.Modified.Format(http.TimeFormat)}
	}
	if k.fresh(r) {
		delete(h, "Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = v.length
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(v.body); err != nil || !pack {
		return // the reader is gone
	}
	if http.NewResponseController(w).Flush() == nil {
		k.pack()
	}
}

var gzipEncoding = []string{"gzip"}

// fresh reports whether the reader has these bytes already (RFC 9110, section
// 13.2.2): If-None-Match wins over If-Modified-Since.
func (k *Kept) fresh(r *http.Request) bool {
	if match := r.Header.Get("If-None-Match"); match != "" {
		for tag := range strings.SplitSeq(match, ",") {
			tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			if tag == "*" || tag == k.plain.etag[0] || tag == k.packedTag() {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !k.Modified.After(since)
}

func (k *Kept) packedTag() string { return `"` + k.hash + `-gz"` }

// pack compresses the body, once.
func (k *Kept) pack() {
	if !k.packing.TryLock() {
		return
	}
	defer k.packing.Unlock()
	if k.gz.Load() != nil {
		return
	}
	b := bytes.NewBuffer(make([]byte, 0, len(k.Body)/6))
	z, err := gzip.NewWriterLevel(b, 6)
	if err != nil {
		return // unreachable: the level is a valid one
	}
	if _, err := z.Write(k.Body); err != nil || z.Close() != nil {
		return // unreachable: a bytes.Buffer takes everything
	}
	k.gz.Store(&variant{b.Bytes(), []string{k.packedTag()}, []string{strconv.Itoa(b.Len())}})
}

// acceptsGzip reads Accept-Encoding (RFC 9110, section 12.5.3); what refuses
// gzip with q=0 does not want it.
func acceptsGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" || name == "*" {
			return strings.TrimRight(strings.TrimSpace(q), "0.") != "q="
		}
	}
	return false
}

// Size is how many bytes the answer holds.
func (k *Kept) Size() int {
	n := len(k.Body)
	if gz := k.gz.Load(); gz != nil {
		n += len(gz.body)
	}
	return n
}

// Cache keeps values by key, up to a number of bytes; what was not asked for
// longest goes first. It is safe for concurrent use.
type Cache[V any] struct {
	mu    sync.Mutex
	limit int
	bytes int
	items map[string]*list.Element
	order *list.List
}

type cached[V any] struct {
	key   string
	value V
	size  int
}

// NewCache returns an empty cache for so many bytes.
func NewCache[V any](limit int) *Cache[V] {
	return &Cache[V]{limit: limit, items: map[string]*list.Element{}, order: list.New()}
}

// perEntry is what an entry costs beside its bytes.
const perEntry = 1 << 10

// Get returns what is kept under a key.
func (c *Cache[V]) Get(key string) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.items[key]
	if e == nil {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached[V]).value, true
}

// Put keeps a value of so many bytes under a key, in place of what was there.
func (c *Cache[V]) Put(key string, v V, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.items[key]; e != nil {
		c.drop(e)
	}
	// A compressed copy may come later: it is counted now.
	item := &cached[V]{key, v, size*5/4 + perEntry}
	c.items[key] = c.order.PushFront(item)
	for c.bytes += item.size; c.bytes > c.limit && c.order.Len() > 1; {
		c.drop(c.order.Back())
	}
}

// Delete forgets what is kept under a key.
func (c *Cache[V]) Delete(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.items[key]; e != nil {
		c.drop(e)
	}
}

func (c *Cache[V]) drop(e *list.Element) {
	item := c.order.Remove(e).(*cached[V])
	delete(c.items, item.key)
	c.bytes -= item.size
}
