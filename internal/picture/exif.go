package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// orientation returns how a camera was held, 1 to 8 (EXIF 2.32, tag 0x0112), 1
// if the file does not say. Only JPEGs of cameras say so.
func orientation(file []byte) int {
	for b := file[min(2, len(file)):]; len(b) >= 4 && b[0] == 0xff && b[1] != 0xda; {
		if b[1] == 0xff { // padding
			b = b[1:]
			continue
		}
		n := 2 + int(binary.BigEndian.Uint16(b[2:]))
		if n < 4 || n > len(b) {
			return 1
		}
		if tiff, ok := bytes.CutPrefix(b[4:n], []byte("Exif\x00\x00")); ok && b[1] == 0xe1 {
			return directory(tiff)
		}
		b = b[n:]
	}
	return 1
}

// directory looks for the orientation in the first directory of EXIF's data.
func directory(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if v := order.Uint16(entries[8:]); order.Uint16(entries) == 0x0112 && v >= 1 && v <= 8 {
			return int(v)
		}
		entries = entries[12:]
	}
	return 1
}

// turned is a picture as it was seen when the camera was held like that.
type turned struct {
	image.RGBA64Image
	held int
}

// Bounds begin at zero; those of a camera held upright are swapped.
func (t turned) Bounds() image.Rectangle {
	b := t.RGBA64Image.Bounds()
	if t.held >= 5 {
		return image.Rect(0, 0, b.Dy(), b.Dx())
	}
	return image.Rect(0, 0, b.Dx(), b.Dy())
}

// RGBA64At returns what is seen at x, y.
func (t turned) RGBA64At(x, y int) color.RGBA64 {
	b := t.RGBA64Image.Bounds()
	if t.held >= 5 {
		x, y = y, x
	}
	// Now x and y count along the sides of the file, perhaps from the far end.
	if t.held == 2 || t.held == 3 || t.held == 7 || t.held == 8 {
		x = b.Dx() - 1 - x
	}
	if t.held == 3 || t.held == 4 || t.held == 6 || t.held == 7 {
		y = b.Dy() - 1 - y
	}
	return t.RGBA64Image.RGBA64At(b.Min.X+x, b.Min.Y+y)
}
