package scor

import (
	"crypto/sha256"
	"encoding/base32"
	"math/big"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// identifiants says what the profile's zones have room for of a piece's identifier.
type identifiants struct {
	largeur   int // of the narrowest zone; 0: no limit
	numerique bool
	zone      string
}

// The least that tells the pieces of an office apart.
const identifiantMin = 6

var base32Court = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Identifiant gives the identifier of a piece as it goes on the wire: itself where every zone that holds it has the
// room, and otherwise a short one that follows from it, always the same (from its SHA-256: digits, or digits and
// capital letters). The journal keeps the piece's own; [Profil.MemeIdentifiant] finds the piece that a return names.
func (p *Profil) Identifiant(id string) string {
	n := p.ids.largeur
	if p.ids.numerique && id != "" && strings.Trim(id, "0123456789") == "" {
		// The zeros that it begins with are those that the zone adds.
		if id = strings.TrimLeft(id, "0"); id == "" {
			id = "0"
		}
		if len(id) <= n {
			return id
		}
	}
	if n == 0 || len(id) <= n && !p.ids.numerique {
		return id
	}
	h := sha256.Sum256([]byte(id))
	if !p.ids.numerique {
		return base32Court.EncodeToString(h[:])[:min(n, 26)]
	}
	// As many digits as the zone has, the first of which is not zero: read back, it is the same.
	n = min(n, 38)
	dix := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n-1)), nil)
	reste := new(big.Int).Mod(new(big.Int).SetBytes(h[:]), new(big.Int).Mul(dix, big.NewInt(9)))
	return reste.Add(reste, dix).String()
}

// MemeIdentifiant says whether what a return holds names that piece. The zeros that a numeric zone adds or eats don't
// count.
func (p *Profil) MemeIdentifiant(id, lu string) bool {
	court := p.Identifiant(id)
	return lu == id || lu == court || memeCode(court, lu)
}

// Court says whether an identifier goes on the wire as a short one.
func (p *Profil) Court(id string) bool { return p.Identifiant(id) != id }

func (v verification) identifiants() {
	formats := []struct {
		chemin string
		f      *disposition.Format
	}{{"lot", &v.p.Lot}, {"retours.arl.fichier", &v.p.Retours.ARL.Fichier}}
	for _, x := range formats {
		if x.f.Codage == disposition.CodageCodec {
			continue
		}
		x.f.Zones(func(z *disposition.Zone, chemin string) {
			if z.Donnee != "piece.id" && z.Donnee != "document.id" && z.Donnee != "piece.reference" {
				return
			}
			if z.Type == "N" {
				v.p.ids.numerique = true
			}
			if z.Longueur > 0 && (v.p.ids.largeur == 0 || z.Longueur < v.p.ids.largeur) {
				v.p.ids.largeur, v.p.ids.zone = z.Longueur, z.Nom
			}
			if z.Longueur > 0 && z.Longueur < identifiantMin {
				v.Ajouter(x.chemin+"."+chemin+".longueur",
					"%d : trop courte pour distinguer les pièces, au moins %d attendus (ou donnee: piece.rang)", z.Longueur,
					identifiantMin)
			}
		})
	}
	if v.p.ids.numerique && v.p.ids.largeur == 0 {
		v.p.ids.largeur = 38
	}
}
