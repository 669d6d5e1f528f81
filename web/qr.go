package web

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// qrCode draws an address as a QR code: an SVG that needs no other file.
func qrCode(address, label string) (template.HTML, error) {
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return "", fmt.Errorf("qr code: %w", err)
	}
	const quiet = 4
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	n := code.Size + 2*quiet
	//nolint:gosec // numbers, and a label that is escaped
	return template.HTML(fmt.Sprintf(`<svg class="w-qr" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		template.HTMLEscapeString(label), n, n, n, n, path.String())), nil
}

// subscription is the box with which a calendar is subscribed to.
type subscription struct {
	HTTPS, webcal string
	QR            template.HTML
}

// WebcalURL is the address that calendar programs open by themselves. It
// differs from HTTPS in the scheme only.
func (s subscription) WebcalURL() template.URL { return template.URL(s.webcal) } //nolint:gosec // made of our own address

func (c *Ctx) subscription(path string) (subscription, error) {
	address := c.w.Site.BaseURL + path
	_, rest, _ := strings.Cut(address, "://")
	code, err := qrCode(address, c.P.T("frame.qr"))
	return subscription{HTTPS: address, webcal: "webcal://" + rest, QR: code}, err
}
