package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// errRehearsed ends a transaction of an import that only shows what it would do.
var errRehearsed = errors.New("rehearsed")

// rehearse runs fn in a transaction that is committed unless dry.
func (s *Store) rehearse(ctx context.Context, actor agenda.Actor, dry bool, fn func(*tx) error) error {
	err := s.update(ctx, actor, func(t *tx) error {
		if err := fn(t); err != nil || !dry {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// ImportPeople takes people from a file, one transaction a row: they match by
// address, else by name and institution. Nobody is deleted, empty cells change
// nothing. Institutions and groups that are not known yet are made. With dry
// nothing is written.
func (s *Store) ImportPeople(ctx context.Context, actor agenda.Actor, rows []agenda.PersonRow, dry bool) (agenda.Report, error) {
	var report agenda.Report
	seen := map[agenda.PersonID]int{}
	for _, row := range rows {
		var it agenda.ReportItem
		var id agenda.PersonID
		err := s.rehearse(ctx, actor, dry, func(t *tx) (err error) {
			it, id, err = t.importPerson(row, seen)
			return err
		})
		if err != nil {
			if report.Refuse(row.Line, err) {
				continue
			}
			return report, fmt.Errorf("line %d: %w", row.Line, err)
		}
		if !dry || it.Verb != "added" {
			seen[id] = row.Line
		}
		report.Items = append(report.Items, it)
	}
	return report, nil
}

func (t *tx) importPerson(row agenda.PersonRow, seen map[agenda.PersonID]int) (agenda.ReportItem, agenda.PersonID, error) {
	it := agenda.ReportItem{Line: row.Line, Name: agenda.Person{Family: row.Family, Given: row.Given}.SortName(), Verb: "same"}
	inst, err := t.institutionNamed(row.Institution)
	if err != nil {
		return it, "", err
	}
	old, err := t.personOf(row, inst)
	if err != nil && !errors.Is(err, agenda.ErrNotFound) {
		return it, "", err
	}
	if line, ok := seen[old.ID]; ok && old.ID != "" {
		return it, "", agenda.Problems{{Field: "line", Rule: "double", Want: strconv.Itoa(line)}}
	}
	p := row.Fill(old, inst)
	if err := p.Check(); err != nil {
		return it, "", err
	}
	if it.Changes = old.Changes(p, t.institutionName); old.ID == "" {
		it.Verb = "added"
	} else if len(it.Changes) > 0 {
		it.Verb = "changed"
	}
	if p, err = t.person(p, time.Time{}); err != nil {
		return it, "", err
	}
	it.Email = p.Email != ""
	for _, name := range row.Groups {
		joined, err := t.join(p.ID, name)
		if err != nil {
			return it, "", err
		}
		if joined {
			it.Changes = append(it.Changes, agenda.Change{Field: "group", New: name})
			if it.Verb == "same" {
				it.Verb = "changed"
			}
		}
	}
	return it, p.ID, nil
}

// personOf finds the person of a row.
func (t *tx) personOf(row agenda.PersonRow, inst agenda.InstitutionID) (agenda.Person, error) {
	if addr, ok := agenda.Email(row.Email); ok {
		if p, err := personByEmail(t, addr); !errors.Is(err, agenda.ErrNotFound) {
			return p, err
		}
	}
	everybody, err := all[agenda.Person](t, kPerson)
	if err != nil {
		return agenda.Person{}, err
	}
	for _, p := range everybody {
		if row.Named(p, inst) {
			return p, nil
		}
	}
	return agenda.Person{}, agenda.ErrNotFound
}

// institutionNamed finds an institution by one of its spellings, or makes it.
func (t *tx) institutionNamed(name string) (agenda.InstitutionID, error) {
	if name == "" {
		return "", nil
	}
	known, err := all[agenda.Institution](t, kInstitution)
	if err != nil {
		return "", err
	}
	for _, i := range known {
		if i.Is(name) {
			return i.ID, nil
		}
	}
	i, err := t.institution(agenda.Institution{Name: name})
	return i.ID, err
}

// join gives the person a seat in the group of that name, which is made if it
// does not exist, and reports whether that is new.
func (t *tx) join(p agenda.PersonID, name string) (bool, error) {
	id := agenda.GroupID(agenda.Slug(name))
	if _, err := t.Get(groupKey(id)); errors.Is(err, kv.ErrNotFound) {
		g, err := t.addGroup(agenda.Group{Name: name})
		if err != nil {
			return false, err
		}
		id = g.ID
	} else if err != nil {
		return false, err
	}
	today := agenda.LocalOf(t.now, t.clock.Loc).Date
	held, err := heldBy(t, p)
	if err != nil {
		return false, err
	}
	for _, seat := range held {
		if seat.Group == id && seat.Holder(today) == p {
			return false, nil
		}
	}
	_, err = t.takeSeat(id, p, agenda.Date{}, false)
	return true, err
}

// ImportEvents takes events from a file, one transaction a row: they match by
// edition, title and organiser. With edition 0 each belongs to the edition of
// its year, which is made if there is none. New ones are published.
func (s *Store) ImportEvents(ctx context.Context, actor agenda.Actor, rows []agenda.EventRow, dry bool) (agenda.Report, error) {
	var report agenda.Report
	if !dry {
		if err := s.editionsOf(ctx, actor, rows); err != nil {
			return report, err
		}
	}
	for _, row := range rows {
		var it agenda.ReportItem
		err := s.rehearse(ctx, actor, dry, func(t *tx) (err error) {
			it, err = t.importEvent(row)
			return err
		})
		if err != nil {
			if report.Refuse(row.Line, err) {
				continue
			}
			return report, fmt.Errorf("line %d: %w", row.Line, err)
		}
		report.Items = append(report.Items, it)
	}
	return report, nil
}

func (t *tx) importEvent(row agenda.EventRow) (agenda.ReportItem, error) {
	d := row.EventDetails.Clean()
	it := agenda.ReportItem{Line: row.Line, Name: d.Title, Verb: "same"}
	lo, hi := kv.Prefix(kOn, yearPart(d.Start.Year))
	known, err := eventsIn(t, lo, hi)
	if err != nil {
		return it, err
	}
	for _, e := range known {
		if agenda.Fold(e.Title) != agenda.Fold(d.Title) || agenda.Fold(e.Organiser) != agenda.Fold(d.Organiser) {
			continue
		}
		// What a file has no column for stays as it is.
		d.Subtitle, d.Description, d.Doors, d.Venue.Online, d.WomenOnly = e.Subtitle, e.Description, e.Doors, e.Venue.Online, e.WomenOnly
		d.Interpreters, d.Food, d.Internal = e.Interpreters, e.Food, e.Internal
		if !row.HasDates {
			d.FirstNo, d.FirstOff, d.Further = e.FirstNo, e.FirstOff, e.Further
		}
		if it.Changes = e.EventDetails.Changes(d); len(it.Changes) == 0 {
			return it, nil
		}
		it.Verb = "changed"
		_, err := t.changeEvent(e.ID, d, time.Time{}, agenda.Telling{Mail: e.Moves(d)})
		return it, err
	}
	it.Verb = "added"
	_, err = t.addEvent(d.Start.Year, d, agenda.Published, false)
	return it, err
}

// editionsOf makes the editions that the rows belong to, as far as they do not
// exist, with the span of their events as a proposal.
func (s *Store) editionsOf(ctx context.Context, actor agenda.Actor, rows []agenda.EventRow) error {
	spans := map[int]agenda.Edition{}
	for _, r := range rows {
		e, ok := spans[r.Start.Year]
		if !ok {
			e = agenda.Edition{Year: r.Start.Year, Title: fmt.Sprintf("Interkulturelle Wochen %d", r.Start.Year), Starts: r.Start.Date, Ends: r.Until().Date}
		}
		if r.Start.Date.Before(e.Starts) {
			e.Starts = r.Start.Date
		}
		if last := r.Until().Date; last.After(e.Ends) {
			e.Ends = last
		}
		spans[r.Start.Year] = e
	}
	for year, e := range spans {
		if _, err := s.Edition(ctx, year); !errors.Is(err, agenda.ErrNotFound) {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := s.SaveEdition(ctx, actor, e); err != nil {
			return err
		}
	}
	return nil
}

// ImportMeetings takes the dates of a foreign calendar as fixed dates of a
// group. They match by UID: a date that moved in the file moves here, with a
// mail if anybody was told of it; one that was cancelled there is cancelled
// here. Dates that begin in the past are left out. With invite the
// new ones are released at once.
func (s *Store) ImportMeetings(ctx context.Context, actor agenda.Actor, g agenda.GroupID, items []agenda.FeedItem, invite, dry bool) (agenda.Report, error) {
	var report agenda.Report
	var added []agenda.MeetingID
	for i, item := range items {
		var it agenda.ReportItem
		var id agenda.MeetingID
		err := s.rehearse(ctx, actor, dry, func(t *tx) (err error) {
			it, id, err = t.importMeeting(g, i+1, item)
			return err
		})
		if err != nil {
			if report.Refuse(i+1, err) {
				continue
			}
			return report, fmt.Errorf("date %s %s: %w", item.Start, item.Title, err)
		}
		if it.Verb == "added" {
			added = append(added, id)
		}
		report.Items = append(report.Items, it)
	}
	if invite && !dry {
		for len(added) > 0 {
			n := min(len(added), inviteMost)
			if _, err := s.Invite(ctx, actor, g, added[:n], ""); err != nil {
				return report, err
			}
			added = added[n:]
		}
	}
	return report, nil
}

// longestUID is how many bytes a foreign UID may have (RFC 7986, section 5.3:
// fewer than 255), with room for the day of a recurring date.
const longestUID = 300

func (t *tx) importMeeting(g agenda.GroupID, line int, item agenda.FeedItem) (agenda.ReportItem, agenda.MeetingID, error) {
	it := agenda.ReportItem{Line: line, Name: item.Start.String() + " " + item.Title, Verb: "same", Email: true}
	group, err := get[agenda.Group](t, groupKey(g))
	if err != nil {
		return it, "", err
	}
	if len(item.UID) > longestUID {
		return it, "", agenda.Problems{{Field: "uid", Rule: "too_long", Want: strconv.Itoa(longestUID)}}
	}
	title := item.Title
	if agenda.Fold(title) == agenda.Fold(group.Name) {
		title = ""
	}
	d := agenda.MeetingDetails{Title: title, Start: item.Start, End: item.End, Place: item.Place, Note: item.Text}.Clean()
	id, err := t.bySource(g, item.UID)
	if errors.Is(err, agenda.ErrNotFound) {
		if item.Cancelled || !item.Start.In(t.clock.Loc).After(t.now) {
			return it, "", nil
		}
		it.Verb = "added"
		m, err := t.plan(g, d, agenda.MeetingFixed, item.UID, agenda.Telling{})
		return it, m.ID, err
	}
	if err != nil {
		return it, "", err
	}
	m, err := get[agenda.Meeting](t, meetingKey(id))
	if err != nil || m.State == agenda.MeetingCancelled {
		return it, id, err
	}
	known, err := t.known(m)
	if err != nil {
		return it, id, err
	}
	tell := agenda.Telling{Mail: known && (m.Moves(d) || item.Cancelled)}
	if item.Cancelled {
		it.Verb = "changed"
		return it, id, t.turnMeeting(&m, agenda.MeetingCancelled, time.Time{}, tell)
	}
	if it.Changes = m.MeetingDetails.Changes(d); len(it.Changes) > 0 {
		it.Verb = "changed"
	}
	_, err = t.changeMeeting(id, d, time.Time{}, tell)
	return it, id, err
}

// known reports whether anybody was told of a meeting: its invitation was
// released, it was reminded of, or a change of it was told.
func (t *tx) known(m agenda.Meeting) (bool, error) {
	if !m.Invited.IsZero() {
		return true, nil
	}
	reminders, err := noticesLike(t, "r."+agenda.AboutMeeting+"."+string(m.ID)+".")
	if err != nil {
		return false, err
	}
	changes, err := noticesLike(t, string(agenda.ChangeID(aboutMeeting(m)))+".")
	return slices.ContainsFunc(append(reminders, changes...), func(n agenda.Notice) bool { return n.Cursor != "" }), err
}
