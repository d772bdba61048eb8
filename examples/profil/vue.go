package main

import (
	"encoding/hex"
	"fmt"
	"html/template"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
)

// vue is what every page shows.
type vue struct {
	Titre    string
	Ici      string
	Verdict  verdict
	Exemples []exemple
	Fichiers []string
	Faute    string

	// Of the page.
	Avertissement string
	Dispositions  []vueDisposition
	X             *explication
	Records       []vueRecord
	Suite, Avant  string
	A, B          string
	Choix         []string
	Differences   []difference
}

type vueDisposition struct {
	Nom, Titre, Codage string
	Rangs              []rang
	Arbre              []noeudArbre
}

type noeudArbre struct {
	Titre   string
	Contenu []noeudArbre
}

type vueRecord struct {
	Rang  int
	Nom   string
	Zones []vueZone
}

type vueZone struct {
	*zoneLue
	N      int
	Hexa   string
	Fautes []constat
}

// commun reads the profile for a page; where it is refused the page says why.
func (s *atelier) commun(titre, ici string) (*vue, lecteur) {
	v := &vue{Titre: titre, Ici: ici}
	for _, f := range s.fichiers {
		v.Fichiers = append(v.Fichiers, filepath.Base(f))
	}
	verdict, p, err := juger(s.profil)
	v.Verdict = verdict
	if err != nil {
		v.Faute = programme.Francais(err)
	}
	if p != nil {
		v.Avertissement = p.Avertissement
		if v.Exemples, err = exemples(p); err != nil {
			v.Faute = "L'exemple ne tient pas dans ce profil : " + err.Error()
		}
	}
	return v, lecteur{profil: p, clair: s.clair}
}

// expliquer puts the records of a file in a page, from the one asked for.
func (v *vue) expliquer(x *explication, depuis, lien string) {
	v.X = x
	premier, _ := strconv.Atoi(depuis)
	var tous []vueRecord
	for i := range x.Zones {
		z := &x.Zones[i]
		if n := len(tous); n == 0 || z.Rang > 0 && tous[n-1].Rang != z.Rang {
			tous = append(tous, vueRecord{Rang: z.Rang, Nom: z.Enregistrement})
		}
		r := &tous[len(tous)-1]
		vz := vueZone{zoneLue: z, N: i, Hexa: x.hexa(z)}
		for _, j := range z.Constat {
			vz.Fautes = append(vz.Fautes, x.Constats[j])
		}
		r.Zones = append(r.Zones, vz)
	}
	premier = max(min(premier, len(tous)-1), 0)
	fin := min(premier+enregistrementsPage, len(tous))
	v.Records = tous[premier:fin]
	if lien != "" && fin < len(tous) {
		v.Suite = lien + strconv.Itoa(fin)
	}
	if lien != "" && premier > 0 {
		v.Avant = lien + strconv.Itoa(max(premier-enregistrementsPage, 0))
	}
	if lien == "" && fin < len(tous) {
		v.Faute = fmt.Sprintf("Les %d premiers enregistrements sur %d sont montrés ; « profil expliquer » les dit tous.",
			fin, len(tous))
	}
}

// hexaMax is how many bytes of a zone are shown in hexadecimal.
const hexaMax = 24

func (x *explication) hexa(z *zoneLue) string {
	if z.Masque {
		return ""
	}
	b := x.octets(z)
	suite := ""
	if len(b) > hexaMax {
		b, suite = b[:hexaMax], " …"
	}
	var t []string
	for _, c := range b {
		t = append(t, hex.EncodeToString([]byte{c}))
	}
	return strings.Join(t, " ") + suite
}

var fonctions = template.FuncMap{
	"role": func(r string) string { return rolesFrancais[r] },
	"nom":  func(z vueZone) string { return nomZone(z.zoneLue) },
	"dernier": func(z vueZone) int64 {
		return max(z.Fin-1, z.Debut)
	},
	"phrase": func(c constat) string { return c.phrase() },
	"titre":  func(v *vue, choix string) string { return v.titreDe(choix) },
}

// titreDe says what a choice of the comparison is.
func (v *vue) titreDe(choix string) string {
	sorte, rang, _ := strings.Cut(choix, "-")
	n, err := strconv.Atoi(rang)
	switch {
	case choix == "profil":
		return "profil " + v.Verdict.Fichier
	case err != nil:
		return "profil livré " + choix
	case sorte == "exemple" && n < len(v.Exemples):
		return "exemple : " + v.Exemples[n].Nom
	case n < len(v.Fichiers):
		return "fichier " + v.Fichiers[n]
	}
	return choix
}
