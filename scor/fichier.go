package scor

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// ErrFormat is what every error about the bytes of a profile's file wraps.
var ErrFormat = errors.New("scor: file does not follow the profile")

// Valeurs are the data of one record, by name: string for texts and meanings, int64 for numbers, fse.Date, Empreinte.
// A datum that the record leaves empty is absent.
type Valeurs map[string]any

// Texte gives a text or a meaning, or "".
func (v Valeurs) Texte(nom string) string { s, _ := v[nom].(string); return s }

// Nombre gives a number, or 0.
func (v Valeurs) Nombre(nom string) int64 { n, _ := v[nom].(int64); return n }

// Date gives a date, or the zero one.
func (v Valeurs) Date(nom string) fse.Date { d, _ := v[nom].(fse.Date); return d }

// Empreinte gives a hash, or the zero one.
func (v Valeurs) Empreinte(nom string) Empreinte { e, _ := v[nom].(Empreinte); return e }

// Coder appends one record to dst; valeur answers for each datum that the record's zones ask for. A datum that is missing where the
// zone is obligatoire, or that doesn't fit, is an error that names the zone.
func (e *Enregistrement) Coder(dst []byte, valeur func(donnee string) (any, bool)) ([]byte, error) {
	i := -1
	return e.table.Coder(dst, func(*zones.Zone) (string, error) {
		i++ // the table's zones are those of the profile, in the same order
		z := &e.Zones[i]
		if z.Donnee == "" {
			return "", nil
		}
		v, ok := valeur(z.Donnee)
		if !ok {
			if z.Presence == "F" {
				return "", nil
			}
			return "", fmt.Errorf("no value for %s", z.Donnee)
		}
		return z.texte(v)
	})
}

func (z *ZoneProfil) texte(v any) (string, error) {
	d := donnees[z.Donnee]
	switch v := v.(type) {
	case string:
		if d.Genre == GenreSens {
			code, ok := z.CodeDe(v)
			if !ok {
				return "", fmt.Errorf("no code means %q", v)
			}
			return code, nil
		}
		return v, nil
	case int:
		return nombre(int64(v))
	case int64:
		return nombre(v)
	case fse.Montant:
		return nombre(int64(v))
	case fse.Date:
		return ecrireDate(v, z.Format), nil
	case Empreinte:
		switch z.Format {
		case "HEX":
			return strings.ToUpper(v.String()), nil
		case "base64":
			return base64.StdEncoding.EncodeToString(v[:]), nil
		}
		return v.String(), nil
	}
	return "", fmt.Errorf("value of type %T for %s", v, z.Donnee)
}

func nombre(n int64) (string, error) {
	if n < 0 {
		return "", fmt.Errorf("%d is negative", n)
	}
	return strconv.FormatInt(n, 10), nil
}

func ecrireDate(d fse.Date, format string) string {
	if d.IsZero() {
		return strings.Repeat("0", len(format))
	}
	s := d.AAAAMMJJ()
	switch format {
	case "AAMMJJ":
		return s[2:]
	case "JJMMAAAA":
		return s[6:] + s[4:6] + s[:4]
	case "JJMMAA":
		return s[6:] + s[4:6] + s[2:4]
	}
	return s
}

func lireDate(s, format string) (fse.Date, error) {
	switch format {
	case "JJMMAAAA":
		s = s[4:] + s[2:4] + s[:2]
	case "JJMMAA":
		s = s[4:] + s[2:4] + s[:2]
	}
	if len(s) == 8 {
		return fse.ParseAAAAMMJJ(s)
	}
	return fse.ParseAAMMJJ(s)
}

// Valeurs reads the data of a record that is known to be of this kind. What is wrong in one zone doesn't hide the others.
func (e *Enregistrement) Valeurs(rec []byte) (Valeurs, error) {
	v := Valeurs{}
	var errs []error
	for i := range e.Zones {
		z := &e.Zones[i]
		if z.Donnee == "" {
			continue
		}
		if err := z.lire(v, &e.table.Zones[i], rec); err != nil {
			errs = append(errs, fmt.Errorf("%w: record %s, zone %s, columns %d to %d: %w", ErrFormat, e.Nom, z.Nom, z.Debut, z.Debut+z.Longueur-1, err))
		}
	}
	return v, errors.Join(errs...)
}

func (z *ZoneProfil) lire(v Valeurs, zz *zones.Zone, rec []byte) error {
	texte := zz.Texte(rec)
	switch d := donnees[z.Donnee]; d.Genre {
	case GenreNombre:
		n, err := zz.Entier(rec)
		if err != nil {
			return errors.New("expected digits")
		}
		if n != 0 || z.Presence != "F" {
			v[z.Donnee] = n
		}
	case GenreDate:
		if strings.Trim(texte, "0 ") == "" {
			return z.absente()
		}
		date, err := lireDate(string(zz.Lire(rec)), z.Format)
		if err != nil {
			return fmt.Errorf("expected a date %s", z.Format)
		}
		v[z.Donnee] = date
	case GenreEmpreinte:
		var e Empreinte
		if z.Format == "base64" {
			if n, err := base64.StdEncoding.Decode(make([]byte, 34), []byte(texte)); err != nil || n != len(e) {
				return errors.New("expected a SHA-256 in base64")
			}
			b, _ := base64.StdEncoding.DecodeString(texte)
			copy(e[:], b)
		} else if err := e.UnmarshalText([]byte(texte)); err != nil {
			return err
		}
		v[z.Donnee] = e
	case GenreSens:
		sens, ok := z.Codes[texte]
		if !ok {
			return errors.New("a code that the profile gives no meaning")
		}
		v[z.Donnee] = sens
	default:
		if texte == "" {
			return z.absente()
		}
		v[z.Donnee] = texte
	}
	return nil
}

func (z *ZoneProfil) absente() error {
	if z.Presence == "O" {
		return errors.New("empty, but obligatoire")
	}
	return nil
}

// Ligne is one record as read.
type Ligne struct {
	// Numero counts records from 1.
	Numero int
	// Enregistrement is nil for a record that the profile doesn't know.
	Enregistrement *Enregistrement
	Valeurs        Valeurs
	Brut           []byte
}

// Parse gives the records of a file, one at a time. Line ends after each record are accepted whether or not the profile has them.
// The error of one record comes with it and the reading goes on; an error without a record ends it.
func (f *FormatFichier) Parse(r io.Reader) iter.Seq2[Ligne, error] {
	return func(yield func(Ligne, error) bool) {
		br := bufio.NewReader(r)
		rec := make([]byte, f.Longueur)
		for numero := 1; ; numero++ {
			if err := passerFinDeLigne(br); err != nil {
				if err != io.EOF {
					yield(Ligne{}, err)
				}
				return
			}
			n, err := io.ReadFull(br, rec)
			if errors.Is(err, io.ErrUnexpectedEOF) {
				yield(Ligne{}, fmt.Errorf("%w: record %d has %d bytes, expected %d", ErrFormat, numero, n, f.Longueur))
				return
			}
			if err != nil {
				yield(Ligne{}, err)
				return
			}
			l := Ligne{Numero: numero, Brut: rec}
			var erreur error
			if e, ok := f.Reconnaitre(rec); ok {
				l.Enregistrement = e
				if l.Valeurs, erreur = e.Valeurs(rec); erreur != nil {
					erreur = fmt.Errorf("record %d: %w", numero, erreur)
				}
			}
			if !yield(l, erreur) {
				return
			}
		}
	}
}

func passerFinDeLigne(br *bufio.Reader) error {
	for {
		c, err := br.ReadByte()
		if err != nil {
			return err
		}
		if c != '\r' && c != '\n' {
			return br.UnreadByte()
		}
	}
}
