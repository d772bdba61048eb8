package disposition

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// What a datum looks like as text, both ways, before filling and separators, which are the encodings'.

var (
	errAbsente = errors.New("aucune valeur, alors que la zone est obligatoire")
	errChiffre = errors.New("des chiffres attendus")
	errSens    = errors.New("aucun code de la zone n'a ce sens")
	errOctets  = errors.New("un nombre qui tient dans les octets de la zone attendu")
	errNegatif = errors.New("un nombre qui n'est pas négatif attendu (la zone n'a pas de « signe: »)")
)

// texte appends the text of a value.
func (c *champ) texte(dst []byte, v *Valeur, j *jeu) ([]byte, error) {
	switch c.genre {
	case GenreNombre, GenreMontant:
		return c.nombreEcrit(dst, v.Nombre)
	case GenreDate, GenreInstant, GenreNaissance:
		return c.dateEcrite(dst, v, j)
	case GenreEmpreinte:
		return c.empreinteEcrite(dst, v)
	case GenreSens:
		code, ok := c.versCode[v.Texte]
		if !ok {
			return dst, errSens
		}
		return append(dst, code...), nil
	}
	if c.largeur > 0 && c.numerique {
		if len(v.Texte) > c.largeur {
			return dst, fmt.Errorf("%d caractères attendus", c.largeur)
		}
		for range c.largeur - len(v.Texte) {
			dst = append(dst, '0')
		}
	}
	debut := len(dst)
	dst, err := j.ecrire(dst, transcrire(v.Texte, c.transcription))
	if err == nil && c.numerique && !chiffres(dst[debut:]) {
		err = errChiffre
	}
	return dst, err
}

func chiffres(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func (c *champ) nombreEcrit(dst []byte, n int64) ([]byte, error) {
	negatif, debut := n < 0, len(dst)
	if negatif && (!c.signe.la || n == math.MinInt64) {
		return dst, errNegatif
	}
	if negatif {
		n = -n
	}
	if c.virgule != 0 {
		dst = strconv.AppendInt(dst, n/100, 10)
		dst = append(dst, c.virgule, byte('0'+n/10%10), byte('0'+n%10))
	} else {
		dst = strconv.AppendInt(dst, n, 10)
	}
	if c.signe.la {
		dst = c.signer(dst, debut, negatif)
	}
	return dst, nil
}

const hexaMajuscules = "0123456789ABCDEF"

func (c *champ) empreinteEcrite(dst []byte, v *Valeur) ([]byte, error) {
	switch {
	case v.Empreinte == nil:
		return dst, errAbsente
	case c.z.Format == "base64":
		return base64.StdEncoding.AppendEncode(dst, v.Empreinte[:]), nil
	case c.z.Format == "HEX":
		for _, b := range v.Empreinte {
			dst = append(dst, hexaMajuscules[b>>4], hexaMajuscules[b&15])
		}
		return dst, nil
	}
	return hex.AppendEncode(dst, v.Empreinte[:]), nil
}

// lire reads a text whose filling is gone. ok is false where there is no value.
func (c *champ) lire(b []byte, j *jeu) (v Valeur, ok bool, err error) {
	switch c.genre {
	case GenreNombre, GenreMontant:
		return c.nombreLu(b)
	case GenreDate, GenreInstant, GenreNaissance:
		// Zeros are no date, as blanks; but midnight is an hour.
		if len(bytes.TrimSpace(b)) == 0 || aChamps(c.date, "J") && c.dateNulle(b) {
			return v, false, nil
		}
		v, err = c.dateLue(b, j)
		return v, err == nil, err
	case GenreEmpreinte:
		return c.empreinteLue(b)
	}
	if len(b) == 0 {
		return v, false, nil
	}
	if c.genre == GenreSens {
		sens, ok := c.deCode[string(b)]
		if !ok {
			return v, false, errors.New("un code auquel le profil ne donne pas de sens")
		}
		return Valeur{Texte: sens}, true, nil
	}
	if c.numerique && !chiffres(b) {
		return v, false, errChiffre
	}
	if c.zerosAbsents() && len(bytes.Trim(b, "0")) == 0 {
		return v, false, nil
	}
	if b, err = c.cadrer(b); err != nil {
		return v, false, err
	}
	v.Texte, err = j.lire(b)
	return v, err == nil, err
}

// zerosAbsents: a numeric zone that may be left out is filled with zeros then, as the norms write it. A key or a number
// of zeros is none.
func (c *champ) zerosAbsents() bool {
	return c.numerique && c.complete && c.remplit == '0' && !c.obligatoire && c.genre == GenreTexte
}

// cadrer gives a numeric text its own width back: zeros that filled the zone go, zeros that it begins with stay.
func (c *champ) cadrer(b []byte) ([]byte, error) {
	switch {
	case !c.numerique:
		return b, nil
	case c.genre == GenreIdentifiant:
		if t := bytes.TrimLeft(b, "0"); len(t) > 0 {
			return t, nil
		}
		return b[len(b)-1:], nil
	case c.largeur == 0 || len(b) == c.largeur:
		return b, nil
	case len(b) > c.largeur:
		trop := len(b) - c.largeur
		if len(bytes.Trim(b[:trop], "0")) > 0 {
			return nil, fmt.Errorf("%d chiffres au plus attendus", c.largeur)
		}
		return b[trop:], nil
	}
	return append(bytes.Repeat([]byte("0"), c.largeur-len(b)), b...), nil
}

func (c *champ) nombreLu(b []byte) (v Valeur, ok bool, err error) {
	b, negatif, err := c.lireSigne(b)
	if err != nil {
		return v, false, err
	}
	decimales := -1
	for _, x := range b {
		switch {
		case x == c.virgule && x != 0 && decimales < 0:
			decimales = 0
			continue
		case x < '0' || x > '9':
			return v, false, errChiffre
		case v.Nombre > (1<<63-1-9)/10:
			return v, false, errors.New("un nombre de 18 chiffres au plus attendu")
		}
		if decimales >= 0 {
			decimales++
		}
		v.Nombre = v.Nombre*10 + int64(x-'0')
	}
	if c.virgule != 0 && len(b) > 0 {
		if decimales != 2 {
			return v, false, errors.New("un montant à deux décimales attendu")
		}
	}
	if negatif {
		v.Nombre = -v.Nombre
	}
	// A blank number is none; zero is none too where the zone may be left out, as the norms write it.
	return v, len(b) > 0 && (v.Nombre != 0 || !c.facultatif) || len(b) == 0 && c.z.Presence == "", nil
}

func (c *champ) empreinteLue(b []byte) (v Valeur, ok bool, err error) {
	if len(b) == 0 {
		return v, false, nil
	}
	e := new([32]byte)
	if c.z.Format == "base64" {
		var t [34]byte
		n, err := base64.StdEncoding.Decode(t[:], b[:min(len(b), 44)])
		if err != nil || n != 32 || len(b) != 44 {
			return v, false, errors.New("une empreinte SHA-256 en base64 attendue")
		}
		copy(e[:], t[:])
		return Valeur{Empreinte: e}, true, nil
	}
	if len(b) != 64 {
		return v, false, fmt.Errorf("64 chiffres hexadécimaux attendus, %d lus", len(b))
	}
	if _, err := hex.Decode(e[:], b); err != nil {
		return v, false, errors.New("des chiffres hexadécimaux attendus")
	}
	return Valeur{Empreinte: e}, true, nil
}

// trop is the error of a text too long for its zone: its length, never what it says.
func trop(lu, max int) error {
	return fmt.Errorf("%d caractères, %d au plus attendus", lu, max)
}

// codeDe gives the first code, in alphabetical order, that means sens.
func codeDe(codes map[string]string, sens string) (string, bool) {
	code, ok := "", false
	for c, s := range codes {
		if s == sens && (!ok || c < code) {
			code, ok = c, true
		}
	}
	return code, ok
}

// jointe lists names for a message.
func jointe(noms []string) string { return strings.Join(noms, ", ") }
