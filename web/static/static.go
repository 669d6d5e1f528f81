// Package static holds the files that pages load: style sheets, the script,
// fonts, pictures and their licences.
package static

import "embed"

// Files are all files of this folder, under their names.
//
//go:embed *.go
var Files embed.FS
