package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"

	"widunetz/internal/kv"
)

// The header of a bbolt file (go.etcd.io/bbolt/internal/common): two meta pages,
// each with a magic number, a page size, the number of pages in use and a
// checksum. One of them may be torn: bbolt starts from the other.
const (
	pageHeader = 16
	metaSize   = 64
	magic      = 0xED0CDAED
)

// inspect refuses a file that bbolt would misread, before it is mapped.
func inspect(path string, create bool) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		if create {
			return nil
		}
		return kv.ErrMissing
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: not a regular file", kv.ErrDamaged)
	}
	if info.Size() == 0 {
		return fmt.Errorf("%w: the file is empty; restore a backup or delete it", kv.ErrDamaged)
	}
	want, err := extent(f)
	if err != nil {
		return err
	}
	if info.Size() < want {
		return fmt.Errorf("%w: the file has %d bytes of at least %d; restore a backup", kv.ErrDamaged, info.Size(), want)
	}
	return nil
}

// extent returns how many bytes the file must have by its newest sound header.
func extent(f io.ReaderAt) (int64, error) {
	first, ok := meta(f, 0)
	size := int64(os.Getpagesize())
	if ok {
		size = first.pageSize
	}
	second, ok2 := meta(f, size)
	if !ok && !ok2 {
		return 0, fmt.Errorf("%w: no sound header; this is no store, or restore a backup", kv.ErrDamaged)
	}
	m := first
	if !ok || ok2 && second.txid > first.txid {
		m = second
	}
	return m.pages * m.pageSize, nil
}

// header is what is needed of a meta page.
type header struct {
	pageSize, pages int64
	txid            uint64
}

// meta reads the meta page at off and reports whether its checksum is right.
func meta(f io.ReaderAt, off int64) (header, bool) {
	b := make([]byte, metaSize)
	if _, err := f.ReadAt(b, off+pageHeader); err != nil {
		return header{}, false
	}
	sum := fnv.New64a()
	sum.Write(b[:metaSize-8])
	le := binary.LittleEndian
	if le.Uint32(b) != magic || le.Uint64(b[metaSize-8:]) != sum.Sum64() {
		return header{}, false
	}
	return header{pageSize: int64(le.Uint32(b[8:])), pages: int64(le.Uint64(b[40:])), txid: le.Uint64(b[48:])}, true
}
