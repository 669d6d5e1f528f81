package frame

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// QR returns a text as a QR code (ISO/IEC 18004, level M) in SVG, with the
// quiet zone of four modules, black on white in both colour schemes. label is
// what a screen reader says of it.
func QR(text, label string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("QR code: %w", err)
	}
	var b strings.Builder
	side := code.Size + 8
	fmt.Fprintf(&b, `<svg class="qr" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" viewBox="0 0 %d %d" width="%d" height="%d" shape-rendering="crispEdges">`,
		template.HTMLEscapeString(label), side, side, 4*side, 4*side)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="`, side, side)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+4, y+4, run, run)
				x += run
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil //nolint:gosec // numbers and an escaped label
}
