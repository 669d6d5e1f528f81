package store_test

import (
	"errors"
	"testing"
	"time"

	"widunetz/internal/agenda"
)

func TestTextBlocksBeginWithDefaults(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	first := must(n.TextBlocks(ctx))
	if len(first) != len(agenda.DefaultTextBlocks()) {
		t.Fatalf("%d blocks", len(first))
	}
	own := must(n.SaveTextBlock(ctx, agenda.Shell, agenda.TextBlock{Name: " Dank ", Text: "Danke!"}, "form", time.Time{}))
	again := must(n.SaveTextBlock(ctx, agenda.Shell, agenda.TextBlock{Name: "Dank", Text: "Danke!"}, "form", time.Time{}))
	if own.ID == "" || own.Name != "Dank" || again != own || len(must(n.TextBlocks(ctx))) != len(first)+1 {
		t.Errorf("added %+v, sent twice %+v", own, again)
	}
	for _, b := range must(n.TextBlocks(ctx)) {
		if err := n.DeleteTextBlock(ctx, agenda.Shell, b.ID, b.Changed); err != nil {
			t.Fatal(err)
		}
	}
	if left := must(n.TextBlocks(ctx)); len(left) != 0 {
		t.Errorf("all were deleted, and %d came back", len(left))
	}
}

func TestTwoChangeOneTextBlock(t *testing.T) {
	n := open(t, "2027-08-01T12:00")
	b := must(n.TextBlocks(ctx))[0]
	mine, theirs := b, b
	mine.Text, theirs.Text = "Meines.", "Ihres."
	must(n.SaveTextBlock(ctx, agenda.Shell, mine, "", b.Changed))
	if _, err := n.SaveTextBlock(ctx, agenda.Shell, theirs, "", b.Changed); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("the second: %v, want ErrConflict", err)
	}
	if err := n.DeleteTextBlock(ctx, agenda.Shell, b.ID, b.Changed); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("deleting what changed: %v, want ErrConflict", err)
	}
	now := must(n.PickTextBlocks(ctx, []string{string(b.ID), string(b.ID)}))
	if len(now) != 1 || now[0].Text != "Meines." {
		t.Errorf("picked %+v", now)
	}
	if err := n.DeleteTextBlock(ctx, agenda.Shell, b.ID, now[0].Changed); err != nil {
		t.Fatal(err)
	}
	if _, err := n.PickTextBlocks(ctx, []string{string(b.ID)}); !errors.Is(err, agenda.ErrConflict) {
		t.Errorf("a tick at a block that was deleted: %v, want ErrConflict", err)
	}
	if _, err := n.SaveTextBlock(ctx, agenda.Shell, mine, "", time.Time{}); !errors.Is(err, agenda.ErrNotFound) {
		t.Errorf("changing what was deleted: %v, want ErrNotFound", err)
	}
}
