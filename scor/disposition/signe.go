package disposition

import (
	"bytes"
	"errors"
)

// signe is where the sign of an amount stands in its zone; the zero value: nowhere, and no amount is negative.
type signe struct {
	la, derriere bool
	plus, moins  byte // plus is 0 where what is positive has no sign
}

func (k *compilateur) signe(c *champ, d Donnee, chemin string) {
	z := c.z
	if z.Signe == "" {
		if z.Signes != "" {
			k.r.Ajouter(chemin+".signes", "signe: devant ou derriere attendu avec elle")
		}
		return
	}
	if z.Signe != "devant" && z.Signe != "derriere" {
		k.r.Ajouter(chemin+".signe", "%q, attendu : devant ou derriere", z.Signe)
	}
	if d.Genre != GenreMontant {
		k.r.Ajouter(chemin+".signe", "un %s n'a pas de signe : seul un montant en a un", d.Genre)
		return
	}
	c.signe = signe{la: true, derriere: z.Signe == "derriere", moins: '-'}
	switch s := z.Signes; {
	case s == "" && c.numerique && c.complete:
		k.r.Ajouter(chemin+".signes", "manque : dans une zone de type N, le signe a sa colonne ; écrire les deux caractères, "+
			"comme \"+-\" ou \" -\"")
	case s == "":
	case len(s) != 2 || s[0] == s[1] || bytes.ContainsAny([]byte(s), "0123456789.,"):
		k.r.Ajouter(chemin+".signes", "%q, attendu : deux caractères, celui d'un montant positif puis d'un négatif", s)
	default:
		c.signe.plus, c.signe.moins = s[0], s[1]
	}
	// A sign that is the filling would go with it.
	if c.complete && c.remplit != ' ' && (c.remplit == c.signe.plus || c.remplit == c.signe.moins) {
		k.r.Ajouter(chemin+".signes", "un signe est le caractère de remplissage")
	}
}

// place puts a sign to the text of an amount, from debut on. Zeros that fill a zone stand between it and the digits.
func (c *champ) signer(dst []byte, debut int, negatif bool) []byte {
	s := c.signe.plus
	if negatif {
		s = c.signe.moins
	}
	if s == 0 {
		return dst
	}
	if c.complete && c.remplit == '0' {
		for n := c.z.Longueur - 1 - (len(dst) - debut); n > 0; n-- {
			dst = append(dst, 0)
			copy(dst[debut+1:], dst[debut:])
			dst[debut] = '0'
		}
	}
	dst = append(dst, s)
	if !c.signe.derriere {
		copy(dst[debut+1:], dst[debut:len(dst)-1])
		dst[debut] = s
	}
	return dst
}

var errSigne = errors.New("un montant avec son signe attendu")

// lireSigne takes the sign away. A positive one that is a space may have gone with the filling.
func (c *champ) lireSigne(b []byte) (reste []byte, negatif bool, err error) {
	if !c.signe.la || len(b) == 0 {
		return b, false, nil
	}
	i, reste := 0, b[1:]
	if c.signe.derriere {
		i, reste = len(b)-1, b[:len(b)-1]
	}
	switch {
	case b[i] == c.signe.moins:
		return reste, true, nil
	case b[i] == c.signe.plus && c.signe.plus != 0:
		return reste, false, nil
	case c.signe.plus != 0 && c.signe.plus != ' ' && c.signe.moins != ' ':
		return nil, false, errSigne
	}
	return b, c.signe.moins == ' ', nil
}
