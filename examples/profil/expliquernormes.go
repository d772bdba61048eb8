package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// zoneNorme is a zone of a public layout.
type zoneNorme struct {
	nom, presence, valeur string
	debut, fin            int
	numerique             bool
	personnelle           bool
	libelle               func(valeur string) string
}

func (n *zoneNorme) role() string {
	switch {
	case n.valeur != "":
		return string(disposition.RoleFixe)
	case strings.HasPrefix(n.nom, "blanc_") || strings.HasPrefix(n.nom, "zero"):
		return string(disposition.RoleReserve)
	}
	return string(disposition.RoleDonnee)
}

// lire makes what the norm says of a zone stand beside its bytes.
func (n *zoneNorme) lire(source string, octets []byte) zoneLue {
	z := zoneLue{Zone: n.nom, Colonne: n.debut, Role: n.role(), Masque: n.personnelle,
		Source: fmt.Sprintf("%s, %d-%d", source, n.debut, n.fin)}
	genre := "alphanumérique"
	if n.numerique {
		genre = "numérique"
	}
	z.Donnee = genre
	if n.presence != "" {
		z.Donnee += ", " + map[string]string{"O": "obligatoire", "F": "facultative", "I": "interdite"}[n.presence]
		z.Donnee = strings.TrimSuffix(z.Donnee, ", ")
	}
	texte := strings.TrimSpace(string(octets))
	z.Valeur = n.libelle(texte)
	if z.Valeur == "" && strings.HasPrefix(n.nom, "montant") && n.numerique {
		if v, err := fse.ParseMontant(texte); err == nil {
			z.Valeur = v.String()
		}
	}
	return z
}

// parRecord cuts the bytes of a record by a layout. places gives where each byte of the record stands in the file.
func parRecord(base zoneLue, source string, ns []zoneNorme, brut []byte, place func(i int) int64) []zoneLue {
	var zs []zoneLue
	fin := 0
	poser := func(z zoneLue, a, b int) {
		z.Rang, z.Enregistrement = base.Rang, base.Enregistrement
		z.Debut, z.Fin = place(a), place(b-1)+1
		if z.Fin-z.Debut > int64(b-a) { // something stands between its bytes
			for i := a; i < b; i++ {
				z.morceaux = append(z.morceaux, [2]int64{place(i), place(i) + 1})
			}
		}
		zs = append(zs, z)
	}
	for i := range ns {
		n := &ns[i]
		a, b := min(n.debut-1, len(brut)), min(n.fin, len(brut))
		if a < b {
			poser(n.lire(source, brut[a:b]), a, b)
			fin = b
		}
	}
	if fin < len(brut) {
		poser(zoneLue{Role: string(disposition.RoleInconnu), Masque: true}, fin, len(brut))
	}
	return zs
}

// combler tells what stands between records.
func combler(zs []zoneLue, octets int64) []zoneLue {
	var tous []zoneLue
	ici := int64(0)
	for _, z := range append(zs, zoneLue{Debut: octets, Fin: octets}) {
		if ici < z.Debut {
			tous = append(tous, zoneLue{Debut: ici, Fin: z.Debut, Role: string(disposition.RoleSeparateur)})
		}
		if z.Fin > z.Debut {
			tous = append(tous, z)
		}
		ici = max(ici, z.Fin)
	}
	return tous
}

func constatNorme(c *fse.Constat) constat {
	m := c.Message
	if c.Lu != "" || c.Attendu != "" {
		m += fmt.Sprintf(" (lu : %s ; attendu : %s)", c.Lu, c.Attendu)
	}
	return constat{Code: c.Code, Gravite: c.Gravite.String(), Rang: c.Lieu.Rang, Enregistrement: c.Lieu.Type,
		Zone: c.Lieu.Zone, Message: m, Source: c.Source}
}

func expliquerB2(b []byte) (*explication, error) {
	_, constats, err := b2.ParseFichier(bytes.NewReader(b), b2.WithControles())
	if err != nil && len(constats) == 0 {
		return nil, err
	}
	x := &explication{Comme: commeB2, Titre: "fichier B2", Constats: []constat{}}
	for i := range constats {
		x.Constats = append(x.Constats, constatNorme(&constats[i]))
	}
	r := b2.NewReader(bytes.NewReader(b))
	for e, err := range r.Enregistrements() {
		if err != nil {
			return nil, err
		}
		x.Zones = append(x.Zones, zonesB2(e)...)
	}
	x.Zones = combler(x.Zones, int64(len(b)))
	return x, nil
}

func zonesB2(e *b2.Enregistrement) []zoneLue {
	var ns []zoneNorme
	for _, z := range b2.Zones(e.Type, e.Variante, e.Version) {
		valeurs := b2.Valeurs(e.Type, e.Variante, z.Nom)
		ns = append(ns, zoneNorme{z.Nom, z.Presence, z.Valeur, z.Debut, z.Fin, z.Numerique, z.Personnelle,
			func(v string) string {
				for _, x := range valeurs {
					if x.Code == v {
						return x.Libelle
					}
				}
				return ""
			}})
	}
	zs := parRecord(zoneLue{Rang: e.Numero, Enregistrement: "type " + e.Type.String()},
		"B2, type "+e.Type.String()+" ("+e.Variante.String()+")", ns, e.Brut,
		func(i int) int64 { return e.Offset + int64(i) })
	if !e.Entiere() {
		// It isn't where its columns are: a number of the insured may stand under any name.
		for i := range zs {
			zs[i].Masque = true
		}
	}
	return zs
}

func expliquerNoemie(b []byte) (*explication, error) {
	r, constats, err := noemie.Parse(bytes.NewReader(b))
	if err != nil && (r == nil || len(r.Factures) == 0) {
		return nil, err
	}
	x := &explication{Comme: commeNoemie, Titre: "retour NOEMIE en " + r.Emballage.String(), Constats: []constat{}}
	for i := range constats {
		x.Constats = append(x.Constats, constatNorme(&constats[i]))
	}
	places := sansFins(b)
	lecture := noemie.NewReader(bytes.NewReader(b))
	for e, err := range lecture.Entites() {
		if err != nil {
			break // what stopped it is among the findings
		}
		x.Zones = append(x.Zones, zonesNoemie(e, r.Emballage, places)...)
	}
	x.Zones = combler(x.Zones, int64(len(b)))
	return x, nil
}

// sansFins gives the places of the bytes that are not line ends: those that the return counts.
func sansFins(b []byte) []int64 {
	places := make([]int64, 0, len(b)+1)
	for i, c := range b {
		if c != '\r' && c != '\n' {
			places = append(places, int64(i))
		}
	}
	return places
}

func zonesNoemie(e *noemie.Entite, emballage noemie.Emballage, places []int64) []zoneLue {
	var ns []zoneNorme
	for _, z := range noemie.Zones(e.Code) {
		ns = append(ns, zoneNorme{z.Nom, z.Presence, z.Valeur, z.Debut, z.Fin, z.Numerique, z.Personnelle,
			func(v string) string { return noemie.Libelle(e.Code, z.Nom, v) }})
	}
	place := func(i int) int64 { return places[min(int(placeNoemie(e, emballage, i)), len(places)-1)] }
	return parRecord(zoneLue{Rang: e.Numero, Enregistrement: "entité " + e.Code}, "NOEMIE-PS, "+e.Code, ns, e.Brut, place)
}

// placeNoemie gives the place of a byte of an entity, line ends not counted: in blocks, the flag of each stands among
// them.
func placeNoemie(e *noemie.Entite, emballage noemie.Emballage, i int) int64 {
	if e.Code == "000" || e.Code == "999" || emballage == noemie.Flux {
		return e.Offset + int64(i)
	}
	const cadre, utile = noemie.Cadre, noemie.Cadre - 1
	corps := e.Offset - cadre
	n := corps/cadre*utile + corps%cadre - 1 + int64(i)
	return cadre + n/utile*cadre + 1 + n%utile
}
