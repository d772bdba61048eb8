package scor

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
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

// Identifiant gives the identifier of a piece as it goes on the wire: itself where every zone that holds it has the room, and otherwise a
// short one that follows from it, always the same (from its SHA-256: digits, or digits and capital letters). The journal keeps the piece's own;
// [Profil.MemeIdentifiant] finds the piece that a return names.
func (p *Profil) Identifiant(id string) string {
	n := p.ids.largeur
	if n == 0 || len(id) <= n && (!p.ids.numerique || strings.Trim(id, "0123456789") == "") {
		return id
	}
	h := sha256.Sum256([]byte(id))
	if !p.ids.numerique {
		return base32Court.EncodeToString(h[:])[:min(n, 26)]
	}
	n = min(n, 38)
	max := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	return fmt.Sprintf("%0*d", n, new(big.Int).Mod(new(big.Int).SetBytes(h[:]), max))
}

// MemeIdentifiant says whether what a return holds names that piece. The zeros that a numeric zone adds or eats don't count.
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
				v.Ajouter(x.chemin+"."+chemin+".longueur", "%d : trop courte pour distinguer les pièces, au moins %d attendus (ou donnee: piece.rang)",
					z.Longueur, identifiantMin)
			}
		})
	}
	if v.p.ids.numerique && v.p.ids.largeur == 0 {
		v.p.ids.largeur = 38
	}
}
