//go:build !unix

package pdf

import "os/exec"

// together leaves it at ending the browser's first process.
func together(*exec.Cmd) {}
