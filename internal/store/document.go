package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func documentKey(m agenda.MeetingID, id agenda.DocumentID) string {
	return kv.Key(kDocument, idPart(string(m)), idPart(string(id)))
}

// Documents returns the documents of a meeting.
func (s *Store) Documents(ctx context.Context, m agenda.MeetingID) ([]agenda.Document, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Document, error) { return documentsOf(tx, m) })
}

func documentsOf(tx kv.Tx, m agenda.MeetingID) ([]agenda.Document, error) {
	list, err := all[agenda.Document](tx, kDocument, idPart(string(m)))
	agenda.SortDocuments(list)
	return list, err
}

// AddDocument adds a file to the papers of a meeting, or replaces that of the
// document of; the old one stays on record. Problems say why a file cannot be
// taken. The same file under the same name is added once.
func (s *Store) AddDocument(ctx context.Context, actor agenda.Actor, m agenda.MeetingID, of agenda.DocumentID, name string, b []byte) error {
	f, err := agenda.NewFile(name, b, agenda.PersonID(actor.Who.ID), s.Now())
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	if f.Blob, err = s.keepBlob(ctx, b); err != nil {
		return err
	}
	return s.turnDocuments(ctx, actor, m, func(t *tx, have []agenda.Document, record func(string, string)) error {
		if of == "" {
			for _, d := range have {
				if d.Blob == f.Blob && d.Name == f.Name {
					return nil // the second click
				}
			}
			d, err := agenda.AddDocument(m, agenda.DocumentID(t.id), f, have)
			if err != nil {
				return err
			}
			put(t, documentKey(m, d.ID), d)
			record("document_added", f.Name)
			return nil
		}
		old, err := get[agenda.Document](t, documentKey(m, of))
		if err != nil {
			return err
		}
		d, err := old.Replace(f, have)
		if err != nil || d.Blob == old.Blob {
			return err
		}
		put(t, documentKey(m, of), d)
		record("document_replaced", f.Name)
		return nil
	})
}

// DeleteDocument takes a document with everything that it replaced out of the
// papers of a meeting. Doing it twice is no error.
func (s *Store) DeleteDocument(ctx context.Context, actor agenda.Actor, m agenda.MeetingID, id agenda.DocumentID) error {
	return s.turnDocuments(ctx, actor, m, func(t *tx, _ []agenda.Document, record func(string, string)) error {
		d, err := get[agenda.Document](t, documentKey(m, id))
		if err != nil {
			return ignoreNotFound(err)
		}
		t.Delete(documentKey(m, id)) // its bytes are swept
		record("document_deleted", d.Name)
		return nil
	})
}

func (s *Store) turnDocuments(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, fn func(*tx, []agenda.Document, func(verb, name string)) error) error {
	err := s.update(ctx, actor, func(t *tx) error {
		m, g, err := t.meeting(id)
		if err != nil {
			return err
		}
		have, err := documentsOf(t, id)
		if err != nil {
			return err
		}
		return fn(t, have, func(verb, name string) {
			t.record(agenda.Entry{Subject: aboutMeeting(m), Verb: verb, Title: m.Name(g) + " " + m.Start.String(), Changes: []agenda.Change{{Field: "document", New: name}}})
		})
	})
	if err != nil {
		err = fmt.Errorf("documents of %s: %w", id, err)
	}
	return err
}

// OpenDocument returns a file of the papers of a meeting: that of the document, or
// one that it replaced, by its blob ("": the newest).
func (s *Store) OpenDocument(ctx context.Context, m agenda.MeetingID, id agenda.DocumentID, blob string) (agenda.DocumentFile, io.ReadSeeker, error) {
	d, err := view(ctx, s, func(tx kv.Tx) (agenda.Document, error) { return get[agenda.Document](tx, documentKey(m, id)) })
	if err != nil {
		return agenda.DocumentFile{}, nil, err
	}
	f := d.DocumentFile
	if blob != "" {
		var ok bool
		if f, ok = d.File(blob); !ok {
			return f, nil, agenda.ErrNotFound
		}
	}
	return f, &blobReader{ctx: ctx, s: s, hash: f.Blob, size: int64(f.Size), have: -1}, nil
}

// blobReader reads a blob piece by piece, each in a transaction of its own: no
// client holds one open, and no large file lies in memory.
type blobReader struct {
	ctx   context.Context
	s     *Store
	hash  string
	size  int64
	at    int64
	piece []byte
	have  int64 // number of the piece
}

// Read implements io.Reader.
func (r *blobReader) Read(b []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if n := r.at / chunkSize; n != r.have {
		piece, err := view(r.ctx, r.s, func(tx kv.Tx) ([]byte, error) { return tx.Get(chunkKey(r.hash, int(n))) })
		if err != nil {
			return 0, err
		}
		r.piece, r.have = piece, n
	}
	off := r.at % chunkSize
	if off >= int64(len(r.piece)) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(b, r.piece[off:])
	r.at += int64(n)
	return n, nil
}

// Seek implements io.Seeker.
func (r *blobReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a blob")
	}
	r.at = offset
	return offset, nil
}

// forgetTopics takes a person out of the topics and documents that she handed in.
func (s *Store) forgetTopics(ctx context.Context, who agenda.PersonID) error {
	hers, err := view(ctx, s, func(tx kv.Tx) (keys []string, err error) {
		for p, err := range tx.Scan(kv.Prefix(kTopic)) {
			if err != nil {
				return nil, err
			}
			var topic agenda.Topic
			if err := decode(p.Key, p.Value, &topic); err != nil {
				return nil, err
			}
			if topic.Person == who {
				keys = append(keys, p.Key)
			}
		}
		for p, err := range tx.Scan(kv.Prefix(kDocument)) {
			if err != nil {
				return nil, err
			}
			var d agenda.Document
			if err := decode(p.Key, p.Value, &d); err != nil {
				return nil, err
			}
			if _, found := d.Forget(who); found {
				keys = append(keys, p.Key)
			}
		}
		return keys, nil
	})
	if err != nil {
		return err
	}
	for _, key := range hers {
		if err := s.update(ctx, agenda.Actor{}, func(t *tx) error { return t.forgetIn(key, who) }); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) forgetIn(key string, who agenda.PersonID) error {
	if strings.HasPrefix(key, kDocument+"\x00") {
		d, err := get[agenda.Document](t, key)
		if err != nil {
			return ignoreNotFound(err)
		}
		d, _ = d.Forget(who)
		put(t, key, d)
		return nil
	}
	topic, err := get[agenda.Topic](t, key)
	if err != nil {
		return ignoreNotFound(err)
	}
	put(t, key, topic.Forget())
	return nil
}

// moveTopics gives the topics of an institution to the one that it was merged
// into, as far as a transaction takes them after n writes.
func (t *tx) moveTopics(from, into agenda.InstitutionID, n int) (more bool, err error) {
	list, err := all[agenda.Topic](t, kTopic)
	for _, topic := range list {
		if topic.Institution == from {
			if n++; n > 40 {
				return true, nil
			}
			topic.Institution = into
			put(t, topicKey(topic.Group, topic.ID), topic)
		}
	}
	return false, err
}
