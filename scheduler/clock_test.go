package scheduler_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
	"widunetz/internal/store"
	"widunetz/scheduler"
)

// R35: what is due in the hour that spring leaves out, or in the one that
// autumn has twice, is done once.
func TestNightsOfTheClockChanges(t *testing.T) {
	for _, c := range []struct{ name, begin, meeting, end, want string }{
		{"spring: at half past two, which is half past three", "2027-03-27T22:00", "2027-03-30T09:00", "2027-03-28T12:00", "2027-03-28T03:30"},
		{"autumn: at the first half past two", "2027-10-30T22:00", "2027-11-02T09:00", "2027-10-31T12:00", "2027-10-31T02:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := open(t, c.begin, 2)
				defer o.close()
				o.clock.Hour, o.clock.Minute = 2, 30
				o.restart()
				o.plan(c.meeting, agenda.Telling{})
				due := local(c.want).In(berlin())
				p := must(o.PersonByEmail(ctx, "m00@example.org"))
				p.Digest = true
				must(o.SavePerson(ctx, agenda.Shell, p, time.Time{}))
				config := every("*/10 2-3 * * *")
				config.Digest = "0,30 1-3 * * *"
				stop := o.run(config)
				time.Sleep(time.Until(due) - time.Second)
				o.noReminder(t, "a second before")
				time.Sleep(2 * time.Second)
				reminders := 0
				for _, s := range o.take() {
					if strings.HasPrefix(s, "reminder") && strings.HasSuffix(s, c.want) {
						reminders++
					}
				}
				if reminders != 2 {
					t.Errorf("%d reminders at %s, want 2", reminders, c.want)
				}
				sleepUntil(c.end)
				wantSent(t, "nothing more, also no second digest", o.take())
				stop()
			})
		})
	}
}

func (o *office) noReminder(t testing.TB, what string) {
	t.Helper()
	for _, s := range o.take() {
		if strings.HasPrefix(s, "reminder") {
			t.Errorf("%s: %s", what, s)
		}
	}
}

// R33: the clock goes a day on, in the middle of the sending, and back again.
func TestClockThatJumpsADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-16T12:00", 40)
		defer o.close()
		o.options.Workers = 4
		o.answers(func(letter.Letter) agenda.Delivery {
			time.Sleep(7 * time.Second)
			return agenda.Delivery{}
		})
		m := o.plan("2027-08-31T09:00", agenda.Telling{})
		stop := o.run(every("* * * * *"))
		sleepUntil("2027-08-17T08:01") // the first are under way
		stop()
		o.off = 24 * time.Hour
		stop = o.run(every("* * * * *"))
		time.Sleep(time.Minute)
		stop()
		o.off = 0
		d := m.MeetingDetails
		d.Title = "Sondersitzung"
		a := must(o.ChangeMeeting(ctx, agenda.Shell, m.ID, d, time.Time{}, agenda.Telling{}))
		o.off = -time.Hour
		d.Title = "Projektgruppe"
		b := must(o.ChangeMeeting(ctx, agenda.Shell, m.ID, d, time.Time{}, agenda.Telling{}))
		if !a.Changed.After(m.Changed) || !b.Changed.After(a.Changed) {
			t.Errorf("changed %s, %s, %s: does not rise", m.Changed, a.Changed, b.Changed)
		}
		o.off = 0
		stop = o.run(every("* * * * *"))
		time.Sleep(48 * time.Hour)
		once(t, "first reminder", o.take(), 40)
		sleepUntil("2027-08-31T12:00")
		once(t, "second reminder", o.take(), 40)
		stop()
	})
}

// R34: while letters are under way the clock is put on or back; whoever holds
// them goes on, and nobody else gets them.
func TestClockThatJumpsWhileLettersAreUnderWay(t *testing.T) {
	for name, jump := range map[string]time.Duration{"a day on": 24 * time.Hour, "an hour back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := open(t, "2027-08-01T12:00", 12)
				defer o.close()
				o.options.Workers = 20
				o.answers(func(letter.Letter) agenda.Delivery {
					time.Sleep(5 * time.Minute)
					return agenda.Delivery{}
				})
				o.plan("2027-08-31T09:00", mail)
				now := make(chan struct{})
				var wrong time.Duration
				shifted := must(store.New(ctx, o.db, store.Config{Clock: o.clock, Now: func() time.Time {
					select {
					case <-now:
						return time.Now().Add(wrong)
					default:
						return time.Now()
					}
				}}))
				o.Store = shifted
				stop := o.run(every("* * * * *"))
				time.Sleep(time.Minute)
				wrong = jump
				close(now)
				time.Sleep(3 * time.Hour)
				once(t, "all", o.take(), 12)
				if counts := must(o.OutboxCounts(ctx)); len(counts) > 0 {
					t.Errorf("left over: %v", counts)
				}
				stop()
			})
		})
	}
}

// R36: the machine slept for 26 hours.
func TestMachineThatSleptCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-16T12:00", 2)
		defer o.close()
		o.plan("2027-08-31T09:00", agenda.Telling{})
		o.plan("2027-08-18T10:00", agenda.Telling{}) // is over when it wakes up
		o.take()
		sleepUntil("2027-08-18T12:00")
		stop := o.run(every("* * * * *"))
		synctest.Wait()
		wantSent(t, "one reminder of what is ahead", o.take(), "reminder m00 2027-08-18T12:00", "reminder m01 2027-08-18T12:00")
		stop()
	})
}

func TestJobThatFailsOrPanicsRunsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 1)
		defer o.close()
		runs := 0
		o.options.Backup = func(context.Context) error {
			if runs++; runs == 1 {
				panic("backup")
			}
			return errors.New("disk is full")
		}
		config := every("* * * * *")
		config.Backup = "0 4 * * *"
		stop := o.run(config)
		sleepUntil("2027-08-04T12:00")
		if runs != 3 {
			t.Errorf("ran %d times in three nights", runs)
		}
		if err := o.AskLogin(ctx, "m00@example.org", "c"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wantSent(t, "mail goes on", o.take(), "login m00 2027-08-04T12:00")
		stop()
		for _, want := range []string{"panic", "disk is full"} {
			if !strings.Contains(o.log.String(), want) {
				t.Errorf("the log does not say %q:\n%s", want, o.log.String())
			}
		}
	})
}

func TestRetentionRunsBySchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 1)
		defer o.close()
		o.options.Retention = store.Retention{Outbox: 24 * time.Hour}
		o.plan("2027-08-31T09:00", mail)
		stop := o.run(every("* * * * *"))
		sleepUntil("2027-08-03T04:29")
		if list, _, _ := o.Messages(ctx, store.OutboxFilter{}, 10); len(list) != 1 {
			t.Errorf("before half past four: %d messages", len(list))
		}
		sleepUntil("2027-08-03T04:31")
		if list, _, _ := o.Messages(ctx, store.OutboxFilter{}, 10); len(list) != 0 {
			t.Errorf("after half past four: %d messages", len(list))
		}
		stop()
	})
}

func TestParseCron(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"* * * * *", "0 3 * * *", "*/5 8-18 * * 1-5", "0 7 1 * *", "30 4 29 2 *", "0 3 * * MON", "@daily", "@every 1m"} {
		if _, err := scheduler.ParseCron(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", " ", "7", "* * * *", "* * * * * *", "0 25 * * *", "60 * * * *", "0 3 * * 7", "0 3 0 * *", "0 3 30 2 *", "0 3 31 4,6 *", "*/0 * * * *", "5-1 * * * *",
		"TZ=", "CRON_TZ=", "TZ=Europe/Berlin", "CRON_TZ=Europe/Berlin", "TZ=Europe/Berlin 0 3 * * *", "CRON_TZ=UTC 0 3 * * *", "TZ=Mond 0 3 * * *",
		"@every -5m", "@every", "@every x", "@mondays", "jeden Tag", "0 3 * * *\x00", "0 3 * * ä",
	} {
		if _, err := scheduler.ParseCron(bad); err == nil || !strings.Contains(err.Error(), "want") {
			t.Errorf("%q: %v, want an error that says what would be right", bad, err)
		}
	}
}

func TestBadScheduleNamesItsKey(t *testing.T) {
	t.Parallel()
	err := scheduler.Config{Tick: "* * * * *", Digest: "0 3 30 2 *", Retention: "", Backup: "TZ="}.Validate()
	for _, key := range []string{"schedule.digest", "schedule.retention", "schedule.backup"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%v, want %s", err, key)
		}
	}
	if err := every("* * * * *").Validate(); err != nil {
		t.Errorf("no backup is no error: %v", err)
	}
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 1)
		defer o.close()
		if err := o.scheduler().Run(ctx, every("TZ=")); err == nil {
			t.Error("Run starts with a bad schedule")
		}
	})
}
