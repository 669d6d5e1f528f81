package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"widunetz/internal/agenda"
	"widunetz/internal/almanac"
	"widunetz/internal/inbox"
	"widunetz/internal/lang"
	"widunetz/notify"
	"widunetz/scheduler"
	"widunetz/web"
)

// config is the configuration file. Every key has a default, so that an old
// file runs with a new program; an unknown key is an error.
type config struct {
	Site      siteConfig       `toml:"site"`
	Storage   storageConfig    `toml:"storage"`
	Web       web.Config       `toml:"web"`
	Mail      notify.Config    `toml:"mail"`
	Mailbox   inbox.Config     `toml:"mailbox"`
	Calendar  calendarConfig   `toml:"calendar"`
	Schedule  scheduler.Config `toml:"schedule"`
	Reminders reminderConfig   `toml:"reminders"`
	Privacy   privacyConfig    `toml:"privacy"`
	Auth      authConfig       `toml:"auth"`

	dir string // of the file: relative paths begin here
	loc *time.Location
}

type siteConfig struct {
	Name      string   `toml:"name"`
	BaseURL   string   `toml:"base_url"`
	Office    string   `toml:"office"`
	Languages []string `toml:"languages"`
}

type storageConfig struct {
	Path       string `toml:"path"`
	BackupDir  string `toml:"backup_dir"`
	BackupKeep int    `toml:"backup_keep"`
}

type calendarConfig struct {
	TimeZone string `toml:"time_zone"`
}

type reminderConfig struct {
	At           string `toml:"at"`
	MeetingDays  []int  `toml:"meeting_days"`
	EventDays    []int  `toml:"event_days"`
	QuietMinutes int    `toml:"quiet_minutes"`
}

type privacyConfig struct {
	OutboxDays     int `toml:"outbox_days"`
	SubmissionDays int `toml:"submission_days"`
}

type authConfig struct {
	Coordinators []string `toml:"coordinators"`
}

func defaults() config {
	return config{
		Site:      siteConfig{Name: "widunetz", BaseURL: "http://127.0.0.1:8080", Languages: []string{"de", "ls", "en", "tr", "ar", "uk", "ru", "ku", "fa"}},
		Storage:   storageConfig{Path: "widunetz.db", BackupDir: "backups", BackupKeep: 30},
		Web:       web.Config{Addr: "127.0.0.1:8080", TrustedProxies: []string{}},
		Mail:      notify.Config{Transport: "spool", Host: "127.0.0.1", Port: 587, TLS: "starttls", From: "widunetz <termine@widunetz.example>", SpoolDir: "spool", Connections: 4},
		Mailbox:   inbox.Config{Port: 993, TLS: "tls", Folder: "INBOX", Done: "Erledigt", Envelope: true},
		Calendar:  calendarConfig{TimeZone: "Europe/Berlin"},
		Schedule:  scheduler.Config{Tick: "* * * * *", Digest: "0 7 1 * *", Planning: "30 7 1 * *", Retention: "30 4 * * *", Backup: "0 4 * * *", Mailbox: "*/2 * * * *"},
		Reminders: reminderConfig{At: "08:00", MeetingDays: []int{14, 2}, EventDays: []int{7, 1}, QuietMinutes: 10},
		Privacy:   privacyConfig{OutboxDays: 90, SubmissionDays: 365},
		Auth:      authConfig{Coordinators: []string{}},
	}
}

// readConfig reads a file over the defaults and the environment over both. The
// errors name file, line and key, and what would be right.
func readConfig(path string) (config, error) {
	c := defaults()
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return c, fmt.Errorf("%s does not exist; `widunetz init` writes it", path)
	}
	if err != nil {
		return c, err
	}
	if err := c.decode(path, b); err != nil {
		return c, err
	}
	return c, c.complete(path)
}

// readDefaults is the configuration of a folder without a file.
func readDefaults(dir string) (config, error) {
	c := defaults()
	return c, c.complete(filepath.Join(dir, "config.toml"))
}

// complete adds what the environment says and where relative paths begin, and
// validates the whole.
func (c *config) complete(path string) (err error) {
	if err := c.environment(os.Environ()); err != nil {
		return err
	}
	if c.dir, err = filepath.Abs(filepath.Dir(path)); err != nil {
		return err
	}
	return c.validate(path)
}

func (c *config) decode(path string, b []byte) error {
	err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(c)
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		first := unknown.Errors[0]
		row, _ := first.Position()
		return fmt.Errorf("%s, line %d: there is no key %q; config.example.toml lists all keys", path, row, strings.Join(first.Key(), "."))
	}
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		row, column := wrong.Position()
		return fmt.Errorf("%s, line %d, column %d: %s\n%s", path, row, column, strings.TrimPrefix(wrong.Error(), "toml: "), wrong.String())
	}
	return err
}

// environment lets variables such as WIDUNETZ_MAIL_PASSWORD take the place of
// keys of the file: they are decoded like a line of it.
func (c *config) environment(env []string) error {
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		rest, ok := strings.CutPrefix(name, "WIDUNETZ_")
		table, key, both := strings.Cut(strings.ToLower(rest), "_")
		if !ok || !both {
			continue
		}
		if err := c.decode(name, []byte("["+table+"]\n"+key+" = "+tomlValue(value))); err != nil {
			if err := c.decode(name, []byte("["+table+"]\n"+key+" = "+strconv.Quote(value))); err != nil {
				return err
			}
		}
	}
	return nil
}

// tomlValue is the value as it stands if it is a number, a truth value or a
// list, else a quoted text.
func tomlValue(s string) string {
	if _, err := strconv.Atoi(s); err == nil || s == "true" || s == "false" || strings.HasPrefix(s, "[") {
		return s
	}
	return strconv.Quote(s)
}

func (c *config) validate(path string) error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf(key+": "+format, args...))
	}
	loc, err := time.LoadLocation(c.Calendar.TimeZone)
	if err != nil || c.Calendar.TimeZone == "" || c.Calendar.TimeZone == "Local" {
		bad("calendar.time_zone", "%q is no time zone; want a name such as \"Europe/Berlin\"", c.Calendar.TimeZone)
	}
	c.loc = loc
	c.Site.BaseURL = strings.TrimSuffix(c.Site.BaseURL, "/")
	if !strings.HasPrefix(c.Site.BaseURL, "https://") && !strings.HasPrefix(c.Site.BaseURL, "http://") {
		bad("site.base_url", "%q; want \"https://termine.example.org\"", c.Site.BaseURL)
	}
	if c.Site.Office != "" {
		if _, ok := agenda.Email(c.Site.Office); !ok {
			bad("site.office", "%q is no mail address; want \"buero@example.org\"", c.Site.Office)
		}
	}
	for _, l := range c.langs() {
		if !slices.Contains(lang.All(), l) {
			bad("site.languages", "%q; want some of %v", l, lang.All())
		}
	}
	if _, _, err := agenda.ParseClock(c.Reminders.At); err != nil {
		bad("reminders.at", "%q; want \"08:00\"", c.Reminders.At)
	}
	for key, days := range map[string][]int{"reminders.meeting_days": c.Reminders.MeetingDays, "reminders.event_days": c.Reminders.EventDays} {
		for _, d := range days {
			if d < 0 || d > 90 || len(days) > 5 {
				bad(key, "%v; want at most five numbers from 0 to 90", days)
				break
			}
		}
	}
	if c.Reminders.QuietMinutes < 0 || c.Reminders.QuietMinutes > 24*60 {
		bad("reminders.quiet_minutes", "%d; want 0 to 1440", c.Reminders.QuietMinutes)
	}
	if c.Storage.BackupKeep < 1 {
		bad("storage.backup_keep", "%d; want 1 or more", c.Storage.BackupKeep)
	}
	errs = append(errs, c.Web.Validate(), c.Mail.Validate(), c.Mailbox.Validate(), c.Schedule.Validate())
	if err := errors.Join(errs...); err != nil {
		return located(path, err)
	}
	return nil
}

// located adds the lines on which the keys stand.
func located(path string, err error) error {
	b, rerr := os.ReadFile(path)
	if rerr != nil {
		return err
	}
	var out []string
	for text := range strings.SplitSeq(err.Error(), "\n") {
		key, _, ok := strings.Cut(text, ":")
		table, name, dotted := strings.Cut(key, ".")
		if line := lineOf(string(b), table, name); ok && dotted && line > 0 {
			text = fmt.Sprintf("line %d: %s", line, text)
		}
		out = append(out, path+", "+text)
	}
	return errors.New(strings.Join(out, "\n"))
}

// lineOf finds the line of a key, 0 if the file does not have it.
func lineOf(text, table, key string) int {
	in := false
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			in = line == "["+table+"]"
		}
		name, _, ok := strings.Cut(line, "=")
		if in && ok && strings.TrimSpace(name) == key {
			return n
		}
	}
	return 0
}

// path returns a path of the file, relative to it.
func (c config) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.dir, p)
}

// clock returns the rules about time.
func (c config) clock() agenda.Clock {
	h, m, _ := agenda.ParseClock(c.Reminders.At) // validated before
	return agenda.Clock{
		Loc: c.loc, Hour: h, Minute: m, Quiet: time.Duration(c.Reminders.QuietMinutes) * time.Minute,
		MeetingLeads: c.Reminders.MeetingDays, EventLeads: c.Reminders.EventDays, WorkingDayBefore: almanac.WorkingDayBefore,
	}
}

func (c config) langs() []agenda.Lang {
	out := make([]agenda.Lang, len(c.Site.Languages))
	for i, l := range c.Site.Languages {
		out[i] = agenda.Lang(l)
	}
	return out
}
