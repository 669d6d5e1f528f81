package picture

import "image"

// shrink returns the picture so that it fits, on white where it is transparent;
// it never grows. Every new pixel is the mean of all it covers.
func shrink(src image.RGBA64Image, maxWidth, maxHeight int) *image.RGBA {
	b := src.Bounds()
	w, h := fit(b.Dx(), b.Dy(), maxWidth, maxHeight)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	columns := spans(b.Dx(), w)
	rows := spans(b.Dy(), h)
	sum := make([][3]float32, w)
	for y, row := range rows {
		clear(sum)
		for sy := row.first; sy <= row.last; sy++ {
			addRow(sum, src, b.Min.X, b.Min.Y+sy, columns, row.weight(sy))
		}
		line := out.Pix[y*out.Stride:]
		for x, s := range sum {
			for i, v := range s {
				line[4*x+i] = uint8(min(v/257+0.5, 255))
			}
			line[4*x+3] = 255
		}
	}
	return out
}

// addRow adds a row of the source to the sums of a new one.
func addRow(sum [][3]float32, src image.RGBA64Image, left, y int, columns []span, weight float32) {
	for x, column := range columns {
		for sx := column.first; sx <= column.last; sx++ {
			c := src.RGBA64At(left+sx, y)
			k := weight * column.weight(sx)
			white := 0xffff - float32(c.A) // shines through; the colours are premultiplied
			sum[x][0] += k * (float32(c.R) + white)
			sum[x][1] += k * (float32(c.G) + white)
			sum[x][2] += k * (float32(c.B) + white)
		}
	}
}

// fit returns the size of a picture that is made to fit.
func fit(w, h, maxWidth, maxHeight int) (int, int) {
	if w > maxWidth {
		w, h = maxWidth, max(1, (h*maxWidth+w/2)/w)
	}
	if h > maxHeight {
		w, h = max(1, (w*maxHeight+h/2)/h), maxHeight
	}
	return w, h
}

// span is what one new pixel covers of a row or column of old ones: all from
// first to last, the outer ones in part.
type span struct {
	first, last int
	head, tail  float32 // how much of the first and of the last
	total       float32
}

func (s span) weight(i int) float32 {
	switch i {
	case s.first:
		return s.head / s.total
	case s.last:
		return s.tail / s.total
	}
	return 1 / s.total
}

// spans divides n old pixels among m new ones, m <= n.
func spans(n, m int) []span {
	out := make([]span, m)
	for i := range out {
		from, to := i*n, (i+1)*n // in parts of which m are one old pixel
		s := span{first: from / m, last: (to - 1) / m, total: float32(n) / float32(m)}
		s.head = float32(min((s.first+1)*m, to)-from) / float32(m)
		s.tail = float32(to-s.last*m) / float32(m)
		out[i] = s
	}
	return out
}
