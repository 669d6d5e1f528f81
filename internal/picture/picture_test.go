package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

var ctx = context.Background()

// The corners of every sample, from the upper left one clockwise.
var (
	red, green = color.RGBA{220, 20, 20, 255}, color.RGBA{20, 200, 20, 255}
	blue, grey = color.RGBA{20, 20, 220, 255}, color.RGBA{128, 128, 128, 255}
)

// sample is a picture of four quarters.
func sample(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := [2][2]color.RGBA{{red, green}, {grey, blue}}[2*y/h][2*x/w]
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func asJPEG(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asPNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// withEXIF puts a camera's data into a JPEG: how it was held and where.
func withEXIF(file []byte, order binary.AppendByteOrder, held uint16) []byte {
	tiff := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	tiff = order.AppendUint16(order.AppendUint16(tiff, 0x8825), 4) // address of the GPS directory
	tiff = order.AppendUint32(order.AppendUint32(tiff, 1), 38)
	tiff = order.AppendUint16(order.AppendUint16(tiff, 0x0112), 3)
	tiff = order.AppendUint16(order.AppendUint16(order.AppendUint32(tiff, 1), held), 0)
	tiff = append(tiff, "\x00\x00\x00\x00GPS 52.1146 N 8.6736 E"...)
	data := append([]byte("Exif\x00\x00"), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(data)+2))
	return slices.Concat(head, data, file[2:])
}

// bomb is the head of a PNG that says it has that size.
func bomb(w, h uint32) []byte {
	chunk := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	chunk = append(chunk, 8, 2, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
}

// hugeJPEG is a JPEG whose head says it has that size.
func hugeJPEG(w, h uint16) []byte {
	file := asJPEG(sample(16, 16))
	i := bytes.Index(file, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(file[i+5:], h)
	binary.BigEndian.PutUint16(file[i+7:], w)
	return file
}

func asGIF() []byte {
	var b bytes.Buffer
	m := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{red, green})
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{m, m}, Delay: []int{1, 1}}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestRefused(t *testing.T) {
	t.Parallel()
	good := asJPEG(sample(64, 48))
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":                       {nil, ErrKind},
		"a text":                        {[]byte("Guten Tag"), ErrKind},
		"an SVG with a script":          {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), ErrKind},
		"a GIF that moves":              {asGIF(), ErrKind},
		"a GIF that is a script too":    {[]byte("GIF89a/*\x01\x00*/=1;alert(1)"), ErrKind},
		"a page with a JPEG behind":     {append([]byte("<html><script>alert(1)</script>"), good...), ErrKind},
		"a PDF":                         {[]byte("%PDF-1.7\n"), ErrKind},
		"a WebP":                        {[]byte("RIFF\x24\x00\x00\x00WEBPVP8 "), ErrKind},
		"a PNG of 40,000,001 pixels":    {bomb(40_000_001, 1), ErrPixels},
		"a PNG of 4 thousand million²":  {bomb(1<<31-1, 1<<31-1), ErrBroken}, // so much no int of the decoder can count
		"a PNG of 10 thousand million":  {bomb(100_000, 100_000), ErrPixels},
		"a JPEG of 4 thousand million":  {hugeJPEG(65535, 65535), ErrPixels},
		"a PNG that ends with its head": {bomb(6000, 6000), ErrBroken},
		"a PNG without width":           {bomb(0, 10), ErrBroken},
		"half a JPEG":                   {good[:len(good)/2], ErrBroken},
		"three bytes of a JPEG":         {good[:3], ErrBroken},
		"half a PNG":                    {asPNG(sample(64, 48))[:60], ErrBroken},
		"a file of more than 10 MB":     {append(slices.Clone(good), make([]byte, MaxFile)...), ErrTooLarge},
	} {
		if _, err := Print(ctx, c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := judge(bomb(40_000_000, 1)); err != nil {
		t.Errorf("forty megapixels: %v", err)
	}
}

// Nothing of a file but its picture gets through.
func TestOnlyThePictureIsKept(t *testing.T) {
	t.Parallel()
	file := withEXIF(asJPEG(sample(80, 60)), binary.LittleEndian, 1)
	file = append(file, "<script>alert('polyglot')</script>PK\x03\x04"...)
	if !bytes.Contains(file, []byte("GPS")) {
		t.Fatal("the sample has no place")
	}
	p, err := Print(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range [][]byte{p.Large.Data, p.Small.Data} {
		for _, secret := range []string{"Exif", "GPS", "script", "PK\x03\x04"} {
			if bytes.Contains(out, []byte(secret)) {
				t.Errorf("%q got through", secret)
			}
		}
		if !bytes.HasPrefix(out, []byte("\xff\xd8\xff")) || !bytes.HasSuffix(out, []byte("\xff\xd9")) {
			t.Error("what came out is no JPEG from beginning to end")
		}
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ w, h, lw, lh, sw, sh int }{
		{3200, 2000, 1600, 1000, 640, 400}, {1600, 900, 1600, 900, 640, 360}, {640, 480, 640, 480, 640, 480}, {30, 20, 30, 20, 30, 20},
		{1601, 3, 1600, 3, 640, 1}, {20, 5000, 10, 2400, 4, 960}, {5000, 1, 1600, 1, 640, 1}, {1, 1, 1, 1, 1, 1},
	} {
		p, err := Print(ctx, asPNG(sample(c.w, c.h)))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			j    JPEG
			w, h int
		}{{p.Large, c.lw, c.lh}, {p.Small, c.sw, c.sh}} {
			got, err := jpeg.DecodeConfig(bytes.NewReader(x.j.Data))
			if err != nil || got.Width != x.w || got.Height != x.h || x.j.Width != x.w || x.j.Height != x.h {
				t.Errorf("%d × %d became %d × %d (said to be %d × %d), want %d × %d: %v", c.w, c.h, got.Width, got.Height, x.j.Width, x.j.Height, x.w, x.h, err)
			}
		}
	}
	p, _ := Print(ctx, asPNG(sample(30, 20)))
	if !bytes.Equal(p.Large.Data, p.Small.Data) {
		t.Error("a small picture has two forms")
	}
}

func like(a, b color.Color) bool {
	for _, v := range []func(color.Color) uint32{
		func(c color.Color) uint32 { r, _, _, _ := c.RGBA(); return r >> 8 },
		func(c color.Color) uint32 { _, g, _, _ := c.RGBA(); return g >> 8 },
		func(c color.Color) uint32 { _, _, b, _ := c.RGBA(); return b >> 8 },
	} {
		if d := int(v(a)) - int(v(b)); d < -40 || d > 40 {
			return false
		}
	}
	return true
}

// corners are the colours of a JPEG's corners, clockwise.
func corners(t *testing.T, file []byte) []color.Color {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	r := m.Bounds()
	x, y := r.Dx()/4, r.Dy()/4
	return []color.Color{m.At(x, y), m.At(r.Dx()-x, y), m.At(r.Dx()-x, r.Dy()-y), m.At(x, r.Dy()-y)}
}

// EXIF 2.32, 4.6.4: what is seen above and to the left of each way to hold a
// camera.
func TestOrientation(t *testing.T) {
	t.Parallel()
	file := asJPEG(sample(120, 80))
	for held, want := range map[uint16][]color.Color{
		0: {red, green, blue, grey}, 1: {red, green, blue, grey}, 9: {red, green, blue, grey},
		2: {green, red, grey, blue}, 3: {blue, grey, red, green}, 4: {grey, blue, green, red},
		5: {red, grey, blue, green}, 6: {grey, red, green, blue}, 7: {blue, green, red, grey}, 8: {green, blue, grey, red},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			p, err := Print(ctx, withEXIF(file, order, held))
			if err != nil {
				t.Fatal(err)
			}
			if upright := held >= 5 && held <= 8; upright != (p.Large.Height > p.Large.Width) {
				t.Errorf("%d: %d × %d", held, p.Large.Width, p.Large.Height)
			}
			for i, c := range corners(t, p.Large.Data) {
				if !like(c, want[i]) {
					t.Errorf("held %d, corner %d: %v, want %v", held, i, c, want[i])
				}
			}
		}
	}
}

func TestKindsOfPixels(t *testing.T) {
	t.Parallel()
	clear, half := image.NewNRGBA(image.Rect(0, 0, 10, 10)), image.NewNRGBA64(image.Rect(0, 0, 10, 10))
	for i := range half.Pix {
		half.Pix[i] = 0x80
	}
	dark := image.NewGray(image.Rect(0, 0, 10, 10))
	flat := image.NewPaletted(image.Rect(0, 0, 10, 10), color.Palette{red})
	for name, c := range map[string]struct {
		m    image.Image
		want color.Color
	}{
		"transparent is white": {clear, color.White}, "half transparent grey": {half, color.Gray{0xbf}}, "grey": {dark, color.Black}, "with a palette": {flat, red},
	} {
		p, err := Print(ctx, asPNG(c.m))
		if err != nil {
			t.Fatal(err)
		}
		if got := corners(t, p.Large.Data)[0]; !like(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// One new pixel is the mean of all old ones that it covers.
func TestShrinkIsTheMean(t *testing.T) {
	t.Parallel()
	m := image.NewGray(image.Rect(0, 0, 3, 1))
	m.Pix = []byte{0, 90, 240}
	got := shrink(m, 2, 2)
	if a, b := got.Pix[0], got.Pix[4]; a != 30 || b != 190 { // (0 + 90/2) / 1.5 and (90/2 + 240) / 1.5
		t.Errorf("%d, %d, want 30, 190", a, b)
	}
}

func TestWaitingEnds(t *testing.T) {
	turn <- struct{}{}
	defer func() { <-turn }()
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Print(gone, asJPEG(sample(8, 8))); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}

// Whatever comes in, there is a picture that can be read or a known error.
func FuzzPrint(f *testing.F) {
	small := asJPEG(sample(24, 16))
	for _, seed := range [][]byte{small, small[:200], asPNG(sample(9, 7)), bomb(6000, 6000), withEXIF(small, binary.BigEndian, 6), withEXIF(small, binary.LittleEndian, 8), hugeJPEG(100, 90), asGIF()} {
		f.Add(seed)
	}
	known := []error{ErrTooLarge, ErrPixels, ErrKind, ErrBroken}
	f.Fuzz(func(t *testing.T, file []byte) {
		if decode, err := judge(file); err == nil && decode != nil && tooSlow(file) {
			t.Skip() // is tried elsewhere
		}
		p, err := Print(ctx, file)
		if err != nil {
			if !slices.ContainsFunc(known, func(k error) bool { return errors.Is(err, k) }) {
				t.Errorf("unknown error %v", err)
			}
			return
		}
		for _, j := range []JPEG{p.Large, p.Small} {
			m, err := jpeg.Decode(bytes.NewReader(j.Data))
			if err != nil || m.Bounds().Dx() != j.Width || m.Bounds().Dy() != j.Height || j.Width > largeWidth || j.Height > largeHeight {
				t.Errorf("%d × %d: %v", j.Width, j.Height, err)
			}
		}
	})
}

func tooSlow(file []byte) bool {
	c, _, err := image.DecodeConfig(bytes.NewReader(file))
	return err == nil && c.Width*c.Height > 1<<20
}
