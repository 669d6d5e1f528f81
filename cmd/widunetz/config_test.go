package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pelletier/go-toml/v2"
)

// TestExampleConfig: the example names every key with its default, so that it
// can be copied as it is.
func TestExampleConfig(t *testing.T) {
	got, err := readConfig("../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	c := defaults()
	if err := c.complete("../../config.example.toml"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, got, cmp.AllowUnexported(config{}), cmpopts.IgnoreFields(config{}, "loc")); diff != "" {
		t.Errorf("config.example.toml differs from the defaults (-default +example):\n%s", diff)
	}
}

// TestExampleConfigHasEveryKey: a key that the example leaves out would be found
// by nobody.
func TestExampleConfigHasEveryKey(t *testing.T) {
	example, err := os.ReadFile("../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	all, err := toml.Marshal(defaults())
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]map[string]any
	if err := toml.Unmarshal(all, &want); err != nil {
		t.Fatal(err)
	}
	for table, keys := range want {
		for key := range keys {
			if lineOf(string(example), table, key) == 0 {
				t.Errorf("config.example.toml lacks [%s] %s", table, key)
			}
		}
	}
}
