package jbig2

// refinement are the parameters of the generic refinement region decoding procedure (T.88, 6.3): a bitmap coded by
// how it differs from another.
type refinement struct {
	w, h      int
	template  int
	reference *bitmap
	dx, dy    int // of the reference
	typical   bool
	ats       []at // two, for template 0
}

var (
	refinementBits    = [2]int{13, 10}
	refinementTypical = [2]int{0x100, 0x080}
)

func (d *decoder) refine(a *arith, cx []cxState, r refinement) (*bitmap, error) {
	b, err := d.bitmap(r.w, r.h)
	if err != nil {
		return nil, err
	}
	if err := d.charge(slowWork * int64(len(b.pix))); err != nil {
		return nil, err
	}
	like := 0
	for y := range r.h {
		if y&63 == 0 && d.ended() != nil {
			return nil, d.ended()
		}
		if r.typical {
			like ^= a.bit(&cx[refinementTypical[r.template]])
		}
		row := b.row(y, nil)
		for x := range row {
			if like == 1 {
				if v, all := r.uniform(x, y); all {
					row[x] = v
					continue
				}
			}
			row[x] = byte(a.bit(&cx[r.context(b, x, y)]))
		}
	}
	return b, nil
}

// ref is a pixel of the reference, in the coordinates of the bitmap.
func (r *refinement) ref(x, y int) int { return int(r.reference.at(x-r.dx, y-r.dy)) }

// uniform says whether the reference's nine pixels around one are alike: then so is it.
func (r *refinement) uniform(x, y int) (byte, bool) {
	v := r.ref(x, y)
	for j := -1; j <= 1; j++ {
		for i := -1; i <= 1; i++ {
			if r.ref(x+i, y+j) != v {
				return 0, false
			}
		}
	}
	return byte(v), true
}

// context gathers the pixels of figures 12 and 13, the most significant first.
func (r *refinement) context(b *bitmap, x, y int) int {
	px := func(i, j int) int { return int(b.at(x+i, y+j)) }
	if r.template == 0 {
		p, q := r.ats[0], r.ats[1]
		c := r.ref(x+q.x, y+q.y)
		c = c<<2 | r.ref(x, y-1)<<1 | r.ref(x+1, y-1)
		c = c<<3 | r.ref(x-1, y)<<2 | r.ref(x, y)<<1 | r.ref(x+1, y)
		c = c<<3 | r.ref(x-1, y+1)<<2 | r.ref(x, y+1)<<1 | r.ref(x+1, y+1)
		c = c<<1 | px(p.x, p.y)
		return c<<3 | px(0, -1)<<2 | px(1, -1)<<1 | px(-1, 0)
	}
	c := r.ref(x, y-1)
	c = c<<3 | r.ref(x-1, y)<<2 | r.ref(x, y)<<1 | r.ref(x+1, y)
	c = c<<2 | r.ref(x, y+1)<<1 | r.ref(x+1, y+1)
	return c<<4 | px(-1, -1)<<3 | px(0, -1)<<2 | px(1, -1)<<1 | px(-1, 0)
}
