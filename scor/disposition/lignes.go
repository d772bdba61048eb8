package disposition

import "io"

// lignes cuts what is written into lines of so many characters, where the zone asks for it.
func (z *champ) lignes(w io.Writer) io.Writer {
	if z.z.Ligne == 0 {
		return w
	}
	return &enLignes{w: w, longueur: z.z.Ligne}
}

type enLignes struct {
	w        io.Writer
	longueur int
	n        int // in the line
}

func (l *enLignes) Write(b []byte) (int, error) {
	for i := 0; i < len(b); {
		if l.n == l.longueur {
			if _, err := io.WriteString(l.w, "\r\n"); err != nil {
				return i, err
			}
			l.n = 0
		}
		k := min(len(b)-i, l.longueur-l.n)
		if _, err := l.w.Write(b[i : i+k]); err != nil {
			return i, err
		}
		l.n += k
		i += k
	}
	return len(b), nil
}
