package main

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// calendarOf finds the calendar file that is attached to a mail.
func calendarOf(ts *testscript.TestScript, m *mail.Message) string {
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	ts.Check(err)
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			ts.Fatalf("the mail has no calendar file")
		}
		ts.Check(err)
		if kind := p.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/calendar") || strings.HasPrefix(kind, "application/ics") {
			b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
			ts.Check(err)
			return strings.ReplaceAll(string(b), "\r\n ", "")
		}
	}
}
