package ecrans

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Theme are the host's colours and logo. What is left empty stays ours.
type Theme struct {
	// Marque is the colour of the banner, links and buttons ("#0b4a63"): white on it must be legible (WCAG 2.2, 4.5:1).
	Marque string
	// MarqueSombre is the colour of links and buttons on a dark page: it must be legible on #111a1f.
	MarqueSombre string
	// Logo is an SVG or PNG file, shown 32 pixels high.
	Logo []byte
	// Police is the list of font families before the system's.
	Police string
}

// WithTheme has the screens in the host's colours; one that people couldn't read is refused.
func WithTheme(t Theme) Option {
	return func(e *Ecrans) error {
		for _, c := range []struct {
			nom, valeur, fond string
		}{{"Marque", t.Marque, "#ffffff"}, {"MarqueSombre", t.MarqueSombre, "#111a1f"}} {
			if c.valeur == "" {
				continue
			}
			r, err := contraste(c.valeur, c.fond)
			if err != nil {
				return fmt.Errorf("%w: %s: %w", ErrConfig, c.nom, err)
			}
			if r < 4.5 {
				return fmt.Errorf("%w: %s %s has a contrast of %.1f with %s: expected 4.5 or more", ErrConfig, c.nom, c.valeur, r,
					c.fond)
			}
		}
		if t.Police != "" && !police.MatchString(t.Police) {
			return fmt.Errorf("%w: Police: expected font families with commas between them", ErrConfig)
		}
		e.theme = t
		return nil
	}
}

// WithMots has the screens use the host's words: "produit" is the name in the banner, the others are titles of the menu
// (intervenir, suivre, numeriser, controler, indicateurs).
func WithMots(mots map[string]string) Option {
	return func(e *Ecrans) error {
		for k, v := range mots {
			switch k {
			case "produit", "intervenir", "suivre", "numeriser", "controler", "indicateurs":
				e.mots[k] = v
			default:
				return fmt.Errorf("%w: no word is called %q", ErrConfig, k)
			}
		}
		return nil
	}
}

var (
	couleur = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	police  = regexp.MustCompile(`^[\pL\pN ,'"-]+$`)
)

func (t *Theme) ext() string {
	if strings.HasPrefix(string(t.Logo), "\x89PNG") {
		return ".png"
	}
	return ".svg"
}

func (t *Theme) css() []byte {
	var b strings.Builder
	if t.Police != "" {
		fmt.Fprintf(&b, ":root{--police:%s,system-ui,sans-serif}", t.Police)
	}
	if t.Marque != "" {
		fmt.Fprintf(&b, ":root{--bandeau:%s;--marque:%s}", t.Marque, t.Marque)
	}
	sombre := t.MarqueSombre
	if sombre == "" && t.Marque != "" {
		sombre = "#7cc4e0"
	}
	if sombre != "" {
		fmt.Fprintf(&b, "@media (prefers-color-scheme:dark){:root{--marque:%s}}", sombre)
	}
	return []byte(b.String())
}

// contraste is the ratio of WCAG 2.2 between two colours.
func contraste(a, b string) (float64, error) {
	x, err := luminance(a)
	if err != nil {
		return 0, err
	}
	y, err := luminance(b)
	if err != nil {
		return 0, err
	}
	return (max(x, y) + 0.05) / (min(x, y) + 0.05), nil
}

func luminance(c string) (float64, error) {
	if !couleur.MatchString(c) {
		return 0, fmt.Errorf("%q isn't a colour: expected #rrggbb", c)
	}
	var l float64
	for i, poids := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(c[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return 0, err
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l += poids * v
	}
	return l, nil
}
