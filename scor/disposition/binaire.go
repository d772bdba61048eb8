package disposition

import (
	"strconv"
)

// binaire makes a zone of type B ready: a number in bytes.
func (k *compilateur) binaire(z *Zone, c *champ, chemin string) {
	c.binaire, k.p.binaire = true, true
	switch {
	case k.f.Codage != CodageZones:
		k.r.Ajouter(chemin+".type", "B ne va que dans des zones de longueur fixe")
	case z.Longueur < 1 || z.Longueur > 8:
		k.r.Ajouter(chemin+".longueur", "%d, attendu : de 1 à 8 octets", z.Longueur)
	}
	switch z.Format {
	case "":
	case "petit-boutiste":
		c.petit = true
	default:
		k.r.Ajouter(chemin+".format", "%q, attendu : petit-boutiste, ou rien (l'octet de poids fort en premier)", z.Format)
	}
}

// octets gives the bytes of a number told in digits.
func (c *champ) octets(texte []byte) ([]byte, error) {
	n, err := strconv.ParseUint(string(texte), 10, 64)
	if err != nil {
		return nil, errChiffre
	}
	b := make([]byte, c.z.Longueur)
	for i := range b {
		place := len(b) - 1 - i
		if c.petit {
			place = i
		}
		b[place] = byte(n)
		n >>= 8
	}
	// A sum is told modulo what its zone holds.
	if n != 0 && c.z.Controle != "somme" {
		return nil, errOctets
	}
	return b, nil
}

// texteOctets gives the digits of a number in bytes.
func (c *champ) texteOctets(b []byte) []byte {
	n := uint64(0)
	for i := range b {
		x := b[i]
		if c.petit {
			x = b[len(b)-1-i]
		}
		n = n<<8 | uint64(x)
	}
	return strconv.AppendUint(nil, n, 10)
}
