package kvtest

import (
	"context"
	"errors"

	"widunetz/internal/kv"
)

// Twice returns a DB over db whose Update runs every function twice, first on a
// transaction that is given up: what the contract allows, nobody may depend on
// it not to happen.
func Twice(db kv.DB) kv.DB { return twice{db} }

type twice struct{ kv.DB }

var errGivenUp = errors.New("given up")

// Update implements kv.DB.
func (t twice) Update(ctx context.Context, fn func(kv.RW) error) error {
	err := t.DB.Update(ctx, func(tx kv.RW) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errGivenUp
	})
	if err != nil && !errors.Is(err, errGivenUp) {
		return err
	}
	return t.DB.Update(ctx, fn)
}
