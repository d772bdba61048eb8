package signature

import (
	"encoding/json"
	"fmt"
	"math"
)

// Limits of a captured signature. They bound memory and disk, and are far above what a hand does: a pen gives about 240
// points a second.
const (
	TraitsMax = 400
	PointsMax = 40_000
)

// Echelle is the width, and the height, of the signing box in the unit of [Point]: coordinates go from 0 to Echelle.
const Echelle = 10_000

// PressionMax is the pressure of a pen pressed to the full. A mouse, which measures none, gives the half of it.
const PressionMax = 1000

// Proportion is the width of the signing box divided by its height; every screen draws it so, that a signature is never
// distorted.
const Proportion = 3.0

// EncreMin is the least length of all strokes together, in the unit of X, for a drawing to be taken as a signature: a
// dot by an elbow is not.
const EncreMin = Echelle / 10

// Point is where the pen was: X to the right and Y downwards in ten-thousandths of the box's width and height, P the
// pressure from 0 to [PressionMax], T the milliseconds since the first point of the signature. In JSON it is the array
// [x,y,p,t].
type Point struct {
	X, Y, P int
	T       int64
}

// MarshalJSON writes [x,y,p,t].
func (p Point) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d,%d,%d]", p.X, p.Y, p.P, p.T), nil
}

// UnmarshalJSON reads [x,y,p,t] and refuses values outside the box.
func (p *Point) UnmarshalJSON(b []byte) error {
	var v []int64
	if err := json.Unmarshal(b, &v); err != nil {
		return fmt.Errorf("point: %w", err)
	}
	if len(v) != 4 {
		return fmt.Errorf("point of %d numbers, expected [x,y,p,t]", len(v))
	}
	if v[0] < 0 || v[0] > Echelle || v[1] < 0 || v[1] > Echelle || v[2] < 0 || v[2] > PressionMax || v[3] < 0 ||
		v[3] > math.MaxInt32 {
		return fmt.Errorf("point [%d,%d,%d,%d] outside the box (x, y to %d, pressure to %d)", v[0], v[1], v[2], v[3], Echelle,
			PressionMax)
	}
	*p = Point{X: int(v[0]), Y: int(v[1]), P: int(v[2]), T: v[3]}
	return nil
}

// Trait is one stroke: pen down, moves, pen up.
type Trait []Point

// Longueur is the way of the pen in the unit of X, the height being brought to the same measure.
func (t Trait) Longueur() float64 {
	var l float64
	for i := 1; i < len(t); i++ {
		l += math.Hypot(float64(t[i].X-t[i-1].X), float64(t[i].Y-t[i-1].Y)/Proportion)
	}
	return l
}

// verifierTraits bounds the strokes and checks that time never runs backwards; complet also wants enough ink for a
// signature.
func verifierTraits(traits []Trait, complet bool) error {
	if len(traits) > TraitsMax {
		return fmt.Errorf("%w: %d strokes, at most %d", ErrTraits, len(traits), TraitsMax)
	}
	points, encre, dernier := 0, 0.0, int64(0)
	for i, t := range traits {
		if len(t) == 0 {
			return fmt.Errorf("%w: stroke %d has no point", ErrTraits, i+1)
		}
		if points += len(t); points > PointsMax {
			return fmt.Errorf("%w: more than %d points", ErrTraits, PointsMax)
		}
		for _, p := range t {
			if p.X < 0 || p.X > Echelle || p.Y < 0 || p.Y > Echelle || p.P < 0 || p.P > PressionMax {
				return fmt.Errorf("%w: stroke %d leaves the box", ErrTraits, i+1)
			}
			if p.T < dernier {
				return fmt.Errorf("%w: stroke %d goes back in time", ErrTraits, i+1)
			}
			dernier = p.T
		}
		encre += t.Longueur()
	}
	if complet && encre < EncreMin {
		return fmt.Errorf("%w: %.0f of pen way, at least %d", ErrVide, encre, EncreMin)
	}
	return nil
}
