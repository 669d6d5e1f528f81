package agenda

import "time"

// Licence is what allows a picture to be shown.
type Licence string

// The licences, in the order in which forms offer them (message keys
// term.licence.…).
const (
	OwnPicture     Licence = "own"
	CCBY           Licence = "cc-by"
	CCBYSA         Licence = "cc-by-sa"
	CC0            Licence = "cc0"
	WithPermission Licence = "permission" // of whoever has the rights
)

// Licences are all of them, as codes.
var Licences = []string{string(OwnPicture), string(CCBY), string(CCBYSA), string(CC0), string(WithPermission)}

// Deed returns the address at which the licence can be read, "" if there is
// none: Creative Commons ask for it beside the picture.
func (l Licence) Deed() string {
	return map[Licence]string{
		CCBY: "https://creativecommons.org/licenses/by/4.0/deed.de", CCBYSA: "https://creativecommons.org/licenses/by-sa/4.0/deed.de",
		CC0: "https://creativecommons.org/publicdomain/zero/1.0/deed.de",
	}[l]
}

// Picture is an event's picture in two sizes, what those read who cannot see
// it, and with what right it is shown.
type Picture struct {
	Blob        string    `json:"blob"`      // names the bytes of the large one
	BlobSmall   string    `json:"blobsmall"` // and those of the small one
	Width       int       `json:"width"`
	Height      int       `json:"height"`
	SmallWidth  int       `json:"smallwidth"`
	SmallHeight int       `json:"smallheight"`
	Alt         string    `json:"alt"`
	Credit      string    `json:"credit"`
	Licence     Licence   `json:"licence"`
	Consent     time.Time `json:"consent"` // UTC; when it was confirmed that rights are there and who is shown agrees
}

// Clean returns the picture with its words fit to be kept.
func (p Picture) Clean() Picture {
	p.Alt, p.Credit = Line(p.Alt), Line(p.Credit)
	return p
}

// Check returns what is wrong with the picture's words and rights. Without
// consent there is no picture.
func (p Picture) Check() error {
	var out Problems
	required(&out, "alt", p.Alt, 300)
	required(&out, "credit", p.Credit, 150)
	oneOf(&out, "licence", string(p.Licence), Licences)
	if p.Consent.IsZero() {
		out.Add("consent", "consent", "")
	}
	return out.Err()
}

// Names reports whether the blob is one of the picture's sizes.
func (p *Picture) Names(blob string) bool {
	return p != nil && blob != "" && (p.Blob == blob || p.BlobSmall == blob)
}

// Changes lists in what the picture q differs from p; nil is none.
func (p *Picture) Changes(q *Picture) []Change {
	var c []Change
	if p.blob() != q.blob() {
		c = append(c, Change{"picture", p.size(), q.size()}) // also one of the same size
	}
	var old, new Picture
	if p != nil {
		old = *p
	}
	if q != nil {
		new = *q
	}
	diff(&c, "alt", old.Alt, new.Alt)
	diff(&c, "credit", old.Credit, new.Credit)
	diff(&c, "licence", string(old.Licence), string(new.Licence))
	return c
}

func (p *Picture) blob() string {
	if p == nil {
		return ""
	}
	return p.Blob
}

// size returns "1600 × 1067", "" for no picture.
func (p *Picture) size() string {
	if p == nil {
		return ""
	}
	return itoa(p.Width) + " × " + itoa(p.Height)
}

// Illustrate returns the event with another picture, or without one (nil).
// Its submitter may do so until the coordinators have decided (ErrState), since
// they answer for what is public. ErrConflict is returned when the event
// changed after seen (zero: not checked): nobody publishes a picture that she
// has not seen. The same picture again changes nothing.
func (e Event) Illustrate(p *Picture, submitter bool, seen, now time.Time) (Event, []Change, error) {
	if submitter && !e.Editable() {
		return e, nil, ErrState
	}
	if p != nil {
		clean := p.Clean()
		if p = &clean; p.Blob == "" || p.BlobSmall == "" {
			return e, nil, Problems{{Field: "file", Rule: "required"}}
		}
		if err := p.Check(); err != nil {
			return e, nil, err
		}
	}
	changes := e.Picture.Changes(p)
	if len(changes) == 0 {
		return e, nil, nil
	}
	if e.Into != "" {
		return e, nil, ErrState
	}
	if !seen.IsZero() && !seen.Equal(e.Changed) {
		return e, nil, ErrConflict
	}
	e.Picture, e.Changed = p, Rise(e.Changed, now)
	if submitter && p != nil && e.Review == Accepted {
		again, err := e.Decide(Submitted, "", now)
		return again, changes, err
	}
	return e, changes, nil
}
