package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
	"widunetz/internal/letter"
	"widunetz/internal/store"
	"widunetz/scheduler"
)

func TestDueReminderGoesOutWithNobodyTouchingIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 2)
		defer o.close()
		o.plan("2027-08-31T09:00", agenda.Telling{})
		stop := o.run(every("*/5 * * * *"))
		sleepUntil("2027-08-17T07:59")
		wantSent(t, "a minute before", o.take())
		sleepUntil("2027-08-17T08:01")
		wantSent(t, "on the tick at eight", o.take(), "reminder m00 2027-08-17T08:00", "reminder m01 2027-08-17T08:00")
		sleepUntil("2027-08-31T12:00")
		wantSent(t, "and once more", o.take(), "reminder m00 2027-08-29T08:00", "reminder m01 2027-08-29T08:00")
		stop()
	})
}

func TestCommitWakesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 2)
		defer o.close()
		stop := o.run(every("0 0 1 1 *"))
		synctest.Wait()
		if err := o.AskLogin(ctx, "m00@example.org", "cookie"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wantSent(t, "log-in", o.take(), "login m00 2027-08-01T12:00")
		o.plan("2027-08-31T09:00", mail)
		synctest.Wait()
		wantSent(t, "invitation", o.take(), "invitation m00 2027-08-01T12:00", "invitation m01 2027-08-01T12:00")
		stop()
	})
}

// panicking is a writer with a template that breaks for one reader.
type panicking struct{ *letter.Writer }

func (p panicking) Compose(f agenda.Facts) (letter.Letter, error) {
	switch f.Email {
	case "m01@example.org":
		panic("template")
	case "m02@example.org":
		return letter.Letter{}, errors.New("no such text")
	}
	return p.Writer.Compose(f)
}

func TestBrokenLetterStopsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 5)
		defer o.close()
		o.writer = panicking{writer()}
		stop := o.run(every("* * * * *"))
		for _, start := range []string{"2027-08-30T09:00", "2027-08-31T09:00"} {
			o.plan(start, mail)
			time.Sleep(time.Second)
			once(t, "the others", o.take(), 3)
		}
		stop()
		failed, _, err := o.Messages(ctx, store.OutboxFilter{State: agenda.MessageFailed}, 10)
		panicked := 0
		for _, m := range failed {
			if strings.Contains(m.Error, "template") {
				panicked++
			}
		}
		if err != nil || len(failed) != 4 || panicked != 2 {
			t.Errorf("shown as failed: %v, %v", failed, err)
		}
	})
}

func TestHangingReceiverDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 60)
		defer o.close()
		o.answers(func(l letter.Letter) agenda.Delivery {
			if l.ToEmail == "m07@example.org" {
				time.Sleep(10 * time.Minute)
				return agenda.Delivery{Outcome: agenda.Ambiguous, Text: "i/o timeout"}
			}
			return agenda.Delivery{}
		})
		o.plan("2027-08-31T09:00", mail)
		stop := o.run(every("* * * * *"))
		time.Sleep(time.Second)
		once(t, "within a second", o.take(), 60)
		counts := must(o.OutboxCounts(ctx))
		if counts[agenda.MessageWaiting] != 1 {
			t.Errorf("waiting: %v, want the hanging one", counts)
		}
		time.Sleep(24 * time.Minute)
		wantSent(t, "not twice while it hangs", o.take())
		time.Sleep(2 * time.Minute)
		wantSent(t, "once more after 15 minutes", o.take(), "invitation m07 2027-08-01T12:25")
		stop()
		time.Sleep(10 * time.Minute) // it hangs on
	})
}

// The letters of a batch wait for their turn longer than a lease lasts: none
// goes out twice for that.
func TestSlowServerGetsNothingTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 40)
		defer o.close()
		o.options.Workers, o.options.Lease = 2, 5*time.Minute
		o.answers(func(letter.Letter) agenda.Delivery {
			time.Sleep(4 * time.Minute)
			return agenda.Delivery{}
		})
		o.plan("2027-08-31T09:00", mail)
		stop := o.run(every("* * * * *"))
		time.Sleep(5 * time.Hour)
		once(t, "every one", o.take(), 40)
		stop()
	})
}

func TestShutdownFinishesWhatIsUnderWayAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 30)
		defer o.close()
		o.answers(func(letter.Letter) agenda.Delivery {
			time.Sleep(3 * time.Second)
			return agenda.Delivery{}
		})
		o.plan("2027-08-31T09:00", mail)
		stop := o.run(every("* * * * *"))
		time.Sleep(7 * time.Second)
		begun := time.Now()
		stop()
		if d := time.Since(begun); d > 3*time.Second {
			t.Errorf("it took %s to stop", d)
		}
		first := o.take()
		sent, _, err := o.Messages(ctx, store.OutboxFilter{Kind: agenda.KindInvitation}, 100)
		if err != nil {
			t.Fatal(err)
		}
		booked := 0
		for _, m := range sent {
			if m.State == agenda.MessageSent {
				booked++
			}
		}
		if len(first) != 6 || booked != 6 {
			t.Errorf("%d letters given to the server, %d booked; want the six begun in 7 seconds", len(first), booked)
		}
		o.restart()
		stop = o.run(every("* * * * *"))
		time.Sleep(time.Minute)
		once(t, "before and after", append(first, o.take()...), 30)
		stop()
	})
}

// R05, R28: a mail server that falls silent does not keep the service from
// ending, and the letter is tried again at the next start.
func TestShutdownDoesNotWaitForASilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 3)
		defer o.close()
		o.answers(func(letter.Letter) agenda.Delivery {
			time.Sleep(5 * time.Minute)
			return agenda.Delivery{Outcome: agenda.Ambiguous}
		})
		o.plan("2027-08-31T09:00", mail)
		stop := o.run(every("* * * * *"))
		time.Sleep(time.Second)
		begun := time.Now()
		stop()
		if d := time.Since(begun); d > 10*time.Second {
			t.Errorf("it took %s to stop", d)
		}
		o.take()
		o.restart()
		o.answers(nil)
		stop = o.run(every("* * * * *"))
		time.Sleep(time.Minute)
		once(t, "after the next start", o.take(), 3)
		stop()
		time.Sleep(5 * time.Minute) // the letters of the first start end, too
	})
}

func TestFailuresAreRetriedInTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 1)
		defer o.close()
		o.answers(func(letter.Letter) agenda.Delivery {
			return agenda.Delivery{Outcome: agenda.TryAgain, Text: "450 greylisted"}
		})
		o.plan("2027-08-31T09:00", mail)
		stop := o.run(every("* * * * *"))
		sleepUntil("2027-08-01T12:30")
		wantSent(t, "after 1, 5 and 15 minutes", o.take(),
			"invitation m00 2027-08-01T12:00", "invitation m00 2027-08-01T12:01", "invitation m00 2027-08-01T12:06", "invitation m00 2027-08-01T12:21")
		sleepUntil("2027-08-16T12:00")
		if k := strings.Count(strings.Join(o.take(), "\n"), "invitation"); k < 30 || k > 40 {
			t.Errorf("tried %d times", k)
		}
		stop()
		list, _, err := o.Messages(ctx, store.OutboxFilter{State: agenda.MessageFailed, Kind: agenda.KindInvitation}, 10)
		if err != nil || len(list) != 1 || list[0].Settled.Sub(list[0].Made) > agenda.GiveUp+5*time.Hour {
			t.Errorf("given up: %+v, %v", list, err)
		}
	})
}

func TestTickTwiceSendsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 50)
		defer o.close()
		o.answers(func(l letter.Letter) agenda.Delivery {
			switch l.ToEmail {
			case "m00@example.org":
				return agenda.Delivery{Outcome: agenda.TryAgain, Text: "450"}
			case "m01@example.org":
				return agenda.Delivery{Outcome: agenda.RefusedForHim, Text: "550"}
			}
			return agenda.Delivery{}
		})
		cancelled := o.plan("2027-09-07T09:00", mail)
		must(o.TurnMeeting(ctx, agenda.Shell, cancelled.ID, agenda.MeetingCancelled, time.Time{}, agenda.Telling{}))
		o.plan("2027-08-31T09:00", mail)
		if got, want := o.tick(), (scheduler.Result{Sent: 48, Later: 1, Failed: 1, Dropped: 50}); got != want {
			t.Errorf("first: %+v, want %+v", got, want)
		}
		once(t, "first", o.take(), 50)
		if got := o.tick(); got != (scheduler.Result{}) {
			t.Errorf("second: %+v", got)
		}
	})
}

func TestTwoTicksAtOnceSendOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 60)
		defer o.close()
		o.plan("2027-08-31T09:00", mail)
		done := make(chan struct{})
		go func() { o.tick(); close(done) }()
		o.tick()
		<-done
		once(t, "both", o.take(), 60)
	})
}

// One record that cannot be read does not stop the mail of all others.
func TestDamagedNoticeStopsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 2)
		defer o.close()
		bad := o.plan("2027-08-31T09:00", agenda.Telling{})
		o.plan("2027-08-31T14:00", agenda.Telling{})
		id := fmt.Sprintf("r.meeting.%s.14", bad.ID)
		if err := o.db.Update(ctx, func(tx kv.RW) error { tx.Put(kv.Key("notice", id), []byte("{")); return nil }); err != nil {
			t.Fatal(err)
		}
		sleepUntil("2027-08-17T08:00")
		if _, err := o.scheduler().Tick(ctx); err == nil || !strings.Contains(err.Error(), id) {
			t.Errorf("Tick says %v, want the name of the notice", err)
		}
		once(t, "the other date", o.take(), 2)
	})
}

func TestStoppedTickSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, "2027-08-01T12:00", 2)
		defer o.close()
		o.plan("2027-08-31T09:00", mail)
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := o.scheduler().Tick(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want the end of the context", err)
		}
	})
}
