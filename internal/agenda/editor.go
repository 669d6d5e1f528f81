package agenda

import (
	"slices"
	"strings"
	"time"
)

// EditorID identifies an editor within her event. It is made of the event and
// her address, so that adding her twice is one editor.
type EditorID string

// FirstEditor is whoever submitted the event. She has no record of her own: the
// event names her as its internal contact.
const FirstEditor EditorID = "first"

// Editor is somebody who edits an event through a link of her own. All editors
// of an event have the same rights to its details; who edits is decided by its
// first one and the coordinators.
type Editor struct {
	Event       EventID   `json:"event"`
	ID          EditorID  `json:"id"`
	Name        string    `json:"name"`
	Institution string    `json:"institution,omitempty"`
	Email       string    `json:"email,omitempty"`
	Phone       string    `json:"phone,omitempty"`
	Lang        Lang      `json:"lang,omitempty"`
	Gen         int       `json:"gen,omitempty"`      // generation of her link
	Added       time.Time `json:"added"`              // UTC
	Told        time.Time `json:"told,omitzero"`      // UTC; when her link was mailed last
	Removed     time.Time `json:"removed,omitzero"`   // UTC; she edits no more, what is left of her is the name for the history
	Joined      string    `json:"joined,omitempty"`   // title of the event with which she came when it was merged into this one
	Into        EventID   `json:"into,omitempty"`     // the event that hers was merged into; she edits that one
	AddedBy     string    `json:"addedby,omitempty"`  // name of whoever added her, "" for the coordinators
	Resigned    bool      `json:"resigned,omitempty"` // she left by herself
}

// Limits of the editors of an event.
const (
	MaxEditors    = 10             // that can be added to one event
	TellAgain     = 24 * time.Hour // at most one mail in this time for an address that is added again
	maxInvites    = 15             // addresses that an event's first editor can write to within TellAgain
	maxEditorName = 100
)

// EditorIDOf returns the identifier of the editor with that address.
func EditorIDOf(e EventID, email string) EditorID { return EditorID(digest("e", string(e), email)) }

// EditorRef names an editor of an event: "event" is its first one, as it was
// before events had several, "event.editor" any other.
func EditorRef(e EventID, id EditorID) Ref {
	if id == FirstEditor {
		return Ref{AboutEditor, string(e)}
	}
	return Ref{AboutEditor, string(e) + "." + string(id)}
}

// SplitEditor takes apart what EditorRef puts together.
func SplitEditor(id string) (EventID, EditorID) {
	event, editor, more := strings.Cut(id, ".")
	if !more {
		return EventID(event), FirstEditor
	}
	return EventID(event), EditorID(editor)
}

// First returns whoever submitted the event as one of its editors.
func (e Event) First() Editor {
	c := e.Internal
	return Editor{
		Event: e.ID, ID: FirstEditor, Name: c.Name, Institution: e.Organiser, Email: c.Email, Phone: c.Phone, Lang: c.Lang,
		Gen: e.EditGen, Added: e.Created,
	}
}

// Ref names the editor.
func (e Editor) Ref() Ref { return EditorRef(e.Event, e.ID) }

// Actor is the editor as somebody who does something.
func (e Editor) Actor() Actor { return Actor{Who: e.Ref()} }

// Edits reports whether she may still edit the event.
func (e Editor) Edits() bool { return e.Removed.IsZero() }

// Manages reports whether she may say who else edits: the first editor may.
func (e Editor) Manages() bool { return e.ID == FirstEditor }

// Manages reports whether the actor may say who edits the event: its first editor,
// and whoever is none of its editors but may come near it, the coordinators.
func (e Event) Manages(who Actor) bool {
	return who.Who.Kind != AboutEditor || who == e.First().Actor()
}

// Active returns those of the editors who still edit.
func Active(editors []Editor) []Editor {
	return slices.DeleteFunc(slices.Clone(editors), func(e Editor) bool { return !e.Edits() })
}

// Clean returns the editor with every field fit to be kept.
func (e Editor) Clean() Editor {
	e.Name, e.Institution, e.Email, e.Phone = Line(e.Name), Line(e.Institution), Line(e.Email), Line(e.Phone)
	if addr, ok := Email(e.Email); ok {
		e.Email = addr
	}
	return e
}

// Check returns what is wrong with what was typed about an editor.
func (e Editor) Check() error {
	var p Problems
	required(&p, "editor_name", e.Name, maxEditorName)
	atMost(&p, "institution", e.Institution, 200)
	required(&p, "email", e.Email, 254)
	if _, ok := Email(e.Email); e.Email != "" && !ok {
		p.Add("email", "email", "name@example.org")
	}
	return p.Err()
}

// AddEditor returns the editor to keep when somebody is added to an event that
// has these editors besides its first one, and whether her link is mailed.
// Whoever edits already stays as she is. One who was removed gets a new link,
// unless the one that she was mailed within TellAgain will do. office says that
// a coordinator adds her. Problems are returned for what cannot be: the first
// editor's own address, or one too many.
func (e Event) AddEditor(have []Editor, add Editor, office bool, now time.Time) (Editor, bool, error) {
	add = add.Clean()
	if err := add.Check(); err != nil {
		return add, false, err
	}
	if add.Email == e.Internal.Email {
		return add, false, Problems{{Field: "email", Rule: "edits"}}
	}
	add.Event, add.ID, add.Added = e.ID, EditorIDOf(e.ID, add.Email), now
	mail := true
	if i := slices.IndexFunc(have, func(h Editor) bool { return h.ID == add.ID }); i >= 0 {
		old := have[i]
		mail = now.Sub(old.Told) >= TellAgain
		if old.Edits() {
			if mail {
				old.Told = now
			}
			return old, mail, nil
		}
		if add.Gen, add.Told = old.Gen, old.Told; mail {
			add.Gen++
		}
	}
	if len(Active(have)) >= MaxEditors {
		return add, false, Problems{{Field: "email", Rule: "too_many", Want: itoa(MaxEditors)}}
	}
	if mail {
		recent := 0
		for _, h := range have {
			if now.Sub(h.Told) < TellAgain {
				recent++
			}
		}
		if recent >= maxInvites && !office {
			return add, false, ErrTooMany
		}
		add.Told = now
	}
	return add, mail, nil
}

// Remove returns the editor without rights; her address is forgotten, her name
// stays for the history. resigned says that she left by herself.
func (e Editor) Remove(resigned bool, now time.Time) (Editor, error) {
	if e.ID == FirstEditor {
		return e, ErrState
	}
	if e.Edits() {
		e.Removed, e.Resigned, e.Email, e.Phone = now, resigned, "", ""
	}
	return e, nil
}

// Renew returns the editor with a new link; the old one is worthless. An event's
// first editor can do so once within TellAgain (ErrTooMany), coordinators at any
// time.
func (e Editor) Renew(office bool, now time.Time) (Editor, error) {
	if e.ID == FirstEditor || !e.Edits() {
		return e, ErrState
	}
	if !office && now.Sub(e.Told) < TellAgain {
		return e, ErrTooMany
	}
	e.Gen, e.Told = e.Gen+1, now
	return e, nil
}

// Move returns the editor as one of the event that hers was merged into.
func (e Editor) Move(into EventID, title string, now time.Time) Editor {
	return Editor{
		Event: into, ID: EditorIDOf(into, e.Email), Name: e.Name, Institution: e.Institution, Email: e.Email, Phone: e.Phone,
		Lang: e.Lang, Added: now, Told: now, Joined: title,
	}
}
