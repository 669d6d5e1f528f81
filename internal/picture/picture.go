// Package picture makes a photograph fit to be shown: upright, at most so wide,
// and without anything that its file said beside the picture (place, time,
// camera, hidden text). What comes in is judged by its content, never by its
// name, and what goes out was drawn anew. Standard library only.
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
)

// The limits of what is taken in.
const (
	MaxFile   = 10 << 20   // bytes
	MaxPixels = 40_000_000 // known from the file's head, before anything is drawn
)

// The two sizes of what goes out: at most so wide and so high, since a strip can
// be narrow and endless.
const (
	largeWidth, largeHeight = 1600, 2400
	smallWidth, smallHeight = 640, 960
	quality                 = 82 // of the JPEGs
)

// The reasons for which a file is refused.
var (
	ErrTooLarge = fmt.Errorf("picture file of more than %d bytes", MaxFile)
	ErrPixels   = fmt.Errorf("picture of more than %d pixels", MaxPixels)
	ErrKind     = errors.New("neither a JPEG nor a PNG")
	ErrBroken   = errors.New("picture is damaged or cut off")
)

// JPEG is a picture in one size, as bytes of a file.
type JPEG struct {
	Data          []byte
	Width, Height int
}

// Prints are a picture in the sizes in which it is shown. A picture that is
// small as it is has the same bytes in both.
type Prints struct{ Large, Small JPEG }

// turn is held by the one picture that is being drawn: at forty megapixels it
// takes some hundred MB.
var turn = make(chan struct{}, 1)

// Print draws the picture of a file anew. Pictures wait for each other; ctx
// ends the waiting.
func Print(ctx context.Context, file []byte) (Prints, error) {
	decode, err := judge(file)
	if err != nil {
		return Prints{}, err
	}
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return Prints{}, ctx.Err()
	}
	img, err := decode(bytes.NewReader(file))
	if err != nil {
		return Prints{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	source, ok := img.(image.RGBA64Image)
	if !ok {
		return Prints{}, ErrKind // unreachable: all images of the standard library are
	}
	upright := turned{source, orientation(file)}
	large := shrink(upright, largeWidth, largeHeight)
	var out Prints
	if out.Large, err = encode(large); err != nil {
		return out, err
	}
	out.Small, err = encode(shrink(large, smallWidth, smallHeight))
	return out, err
}

// judge says how to decode a file, by its first bytes and the size that its
// head tells.
func judge(file []byte) (func(io.Reader) (image.Image, error), error) {
	var kind struct {
		head   func(io.Reader) (image.Config, error)
		decode func(io.Reader) (image.Image, error)
	}
	switch {
	case len(file) > MaxFile:
		return nil, ErrTooLarge
	case bytes.HasPrefix(file, []byte("\xff\xd8\xff")):
		kind.head, kind.decode = jpeg.DecodeConfig, jpeg.Decode
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		kind.head, kind.decode = png.DecodeConfig, png.Decode
	default:
		return nil, ErrKind
	}
	c, err := kind.head(bytes.NewReader(file))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	case c.Width <= 0 || c.Height <= 0:
		return nil, ErrBroken
	case c.Width > MaxPixels/c.Height:
		return nil, ErrPixels
	}
	return kind.decode, nil
}

func encode(img *image.RGBA) (JPEG, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return JPEG{}, err
	}
	return JPEG{b.Bytes(), img.Rect.Dx(), img.Rect.Dy()}, nil
}
