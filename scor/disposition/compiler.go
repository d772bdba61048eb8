package disposition

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Rapport is where a layout's faults are told, in French, at the path of the key at fault.
type Rapport interface {
	Ajouter(chemin, format string, args ...any)
	Present(chemin string) bool
	Ligne(chemin string) int
	Fautes() int
}

// Contexte is what a layout is compiled against.
type Contexte struct {
	Vocabulaire Vocabulaire
	// Pours are the levels of this kind of file.
	Pours []Pour
	// Codes are the values of data of GenreCode that have a table.
	Codes map[string][]string
	// Codecs are the host's.
	Codecs map[string]Codec
}

const (
	longueurMax = 1 << 16
	noeudsMax   = 500
	fondMax     = 12
)

// Compiler checks the layout and makes it ready. chemin is where it stands in the profile. When nothing is wrong, drawn
// data are written by it and read back: what doesn't come back equal is told too.
func (f *Format) Compiler(chemin string, x Contexte, r Rapport) {
	k := &compilateur{f: f, x: x, r: r, chemin: chemin, p: &programme{f: f, separes: true}}
	avant := r.Fautes()
	switch {
	case f.Codage == CodageCodec:
		k.codec()
		return
	case f.Codage == CodageMotifs && slices.Contains(x.Pours, PourARL):
		return // nothing is written or read by zones
	}
	k.entete()
	if len(f.Enregistrements) == 0 {
		k.faute(".enregistrements", "manque : au moins un enregistrement attendu")
		return
	}
	k.p.racine = &noeud{nom: "fichier", chemin: chemin, niveaux: []Pour{PourFichier}}
	if !f.Boucle(PourLot) && !f.Boucle(PourFinLot) && slices.Contains(x.Pours, PourLot) {
		k.p.racine.niveaux = append(k.p.racine.niveaux, PourLot) // the file is one lot
	}
	k.arbre()
	k.p.finir(k.p.racine)
	if r.Fautes() > avant {
		return // what follows would only say the same again
	}
	k.reconnaissance()
	k.lotsSepares(k.p.racine)
	if r.Fautes() > avant {
		return
	}
	f.prog = k.p
	if ou, message := f.eprouver(x); message != "" {
		if ou == "" {
			ou = chemin + ".enregistrements"
		}
		r.Ajouter(ou, "%s", message)
	}
}

// lotsSepares: what is repeated for each lot begins with a record, or nothing tells where the next lot begins.
func (k *compilateur) lotsSepares(n *noeud) {
	if n.pour == PourLot && !n.exigeDans() {
		k.r.Ajouter(n.chemin, "rien ne dit où un lot commence : lui donner un enregistrement (des zones, sans « si: »), ou, avec "+
			"limites.lots_par_message: 1, retirer « pour: lot »")
	}
	for _, e := range n.enfants {
		k.lotsSepares(e)
	}
}

type compilateur struct {
	f      *Format
	x      Contexte
	r      Rapport
	chemin string
	p      *programme
	noms   map[string]bool
}

func (k *compilateur) faute(sous, format string, args ...any) {
	k.r.Ajouter(k.chemin+sous, format, args...)
}

func (k *compilateur) codec() {
	c, ok := k.x.Codecs[k.f.Codec]
	if !ok {
		noms := slices.Sorted(maps.Keys(k.x.Codecs))
		if len(noms) == 0 {
			noms = []string{"aucun : le logiciel hôte le donne en lisant le profil"}
		}
		k.faute(".codec", "%q n'est pas un codec connu ; il y a : %s", k.f.Codec, jointe(noms))
		return
	}
	k.f.codec = c
	k.f.prog = &programme{f: k.f, donnees: k.x.Vocabulaire}
}

// entete checks what holds for the whole file.
func (k *compilateur) entete() {
	f := k.f
	if f.Codage == "" {
		f.Codage = CodageZones
	}
	k.parmi(".codage", f.Codage, CodageZones, CodageDelimite, CodageXML, CodageCodec)
	if f.Jeu == "" {
		f.Jeu = "iso-8859-1"
		if f.Codage == CodageXML {
			f.Jeu = "utf-8"
		}
	}
	k.parmi(".jeu", f.Jeu, slices.Sorted(maps.Keys(jeux))...)
	k.p.jeu = jeux[f.Jeu]
	switch f.Codage {
	case CodageZones:
		if f.Jeu == "utf-8" {
			k.faute(".jeu", "utf-8 ne va pas avec des zones de longueur fixe, où un caractère est un octet : iso-8859-1, "+
				"iso-8859-15, windows-1252, cp850, cp858 ou ascii")
		}
		if k.r.Present(k.chemin+".longueur") && f.Longueur < 1 || f.Longueur < 0 || f.Longueur > longueurMax {
			k.faute(".longueur", "%d, attendu : le nombre d'octets d'un enregistrement, de 1 à %d", f.Longueur, longueurMax)
		}
	case CodageDelimite:
		if f.SeparateurChamps == "" {
			f.SeparateurChamps = ";"
		}
		if f.Separateur == "" {
			f.Separateur = "\r\n"
		}
	}
	k.parmi(".transcription", f.Transcription, transcriptions...)
	if f.Elision && f.Codage != CodageDelimite {
		k.faute(".elision", "seul un fichier délimité a des champs vides à taire")
	}
	for _, c := range []struct{ cle, v string }{{".guillemet", f.Guillemet}, {".echappement", f.Echappement}} {
		if len(c.v) > 1 {
			k.faute(c.cle, "%q, un seul caractère attendu", c.v)
		}
	}
	if f.Guillemet != "" && f.Echappement != "" {
		k.faute(".echappement", "guillemet ou echappement, pas les deux")
	}
}

func (k *compilateur) parmi(sous, valeur string, valeurs ...string) {
	k.parmiA(k.chemin+sous, valeur, valeurs...)
}

func (k *compilateur) parmiA(chemin, valeur string, valeurs ...string) {
	if !slices.Contains(valeurs, valeur) {
		k.r.Ajouter(chemin, "%q, attendu : %s", valeur,
			jointe(slices.DeleteFunc(slices.Clone(valeurs), func(s string) bool { return s == "" })))
	}
}

// arbre makes the tree. Records without contenu are the older form, a flat list: those of a lot go lot by lot, in their
// order, those that follow each other for the same thing go together.
func (k *compilateur) arbre() {
	es := k.f.Enregistrements
	imbrique := k.f.Codage == CodageXML ||
		slices.ContainsFunc(es, func(e Enregistrement) bool { return len(e.Contenu) > 0 || e.Groupe })
	k.noms = map[string]bool{}
	if imbrique {
		k.enfants(k.p.racine, es, k.chemin+".enregistrements", 0)
		return
	}
	englobant := PourLot
	if slices.Contains(k.x.Pours, PourARL) {
		englobant = PourARL
	}
	var avant, dans, apres []int
	for i := range es {
		switch es[i].Pour {
		case PourFichier, "":
			avant = append(avant, i)
		case PourFinFichier:
			apres = append(apres, i)
		default:
			dans = append(dans, i)
		}
	}
	chemin := func(i int) string { return fmt.Sprintf("%s.enregistrements[%d]", k.chemin, i) }
	racine := k.p.racine
	for _, i := range avant {
		racine.enfants = append(racine.enfants, k.noeud(racine, &es[i], chemin(i), "", 0))
	}
	if len(dans) > 0 {
		g := &noeud{nom: string(englobant), chemin: chemin(dans[0]), niveaux: slices.Clone(racine.niveaux)}
		if !slices.Contains(g.niveaux, englobant) {
			g.pour, g.niveaux = englobant, append(g.niveaux, englobant)
		}
		k.plats(g, dans, chemin, englobant)
		racine.enfants = append(racine.enfants, g)
	}
	for _, i := range apres {
		racine.enfants = append(racine.enfants, k.noeud(racine, &es[i], chemin(i), "", 0))
	}
}

func (k *compilateur) plats(g *noeud, dans []int, chemin func(int) string, englobant Pour) {
	es := k.f.Enregistrements
	var dernier *noeud
	for _, i := range dans {
		pour := es[i].Pour
		if pour == englobant || pour == PourFinLot {
			g.enfants = append(g.enfants, k.noeud(g, &es[i], chemin(i), "", 0))
			dernier = nil
			continue
		}
		if dernier == nil || dernier.pour != pour {
			dernier = &noeud{nom: string(pour), chemin: chemin(i), pour: pour, niveaux: append(slices.Clone(g.niveaux), pour)}
			g.enfants = append(g.enfants, dernier)
		}
		dernier.enfants = append(dernier.enfants, k.noeud(dernier, &es[i], chemin(i), "", 0))
	}
}

func (k *compilateur) enfants(n *noeud, es []Enregistrement, chemin string, fond int) {
	if fond > fondMax {
		k.r.Ajouter(chemin, "plus de %d enregistrements l'un dans l'autre", fondMax)
		return
	}
	for i := range es {
		e := &es[i]
		pour := e.Pour
		if pour == PourFichier || pour == PourFinFichier || pour == PourFinLot {
			pour = "" // once in what encloses it
		}
		n.enfants = append(n.enfants, k.noeud(n, e, fmt.Sprintf("%s[%d]", chemin, i), pour, fond))
	}
}

func (k *compilateur) noeud(parent *noeud, e *Enregistrement, chemin string, pour Pour, fond int) *noeud {
	n := &noeud{e: e, nom: e.Nom, chemin: chemin, pour: pour, niveaux: slices.Clone(parent.niveaux)}
	if strings.TrimSpace(e.Nom) == "" {
		k.r.Ajouter(chemin+".nom", "manque : le nom de l'enregistrement dans la spécification")
	} else if k.noms[e.Nom] {
		k.r.Ajouter(chemin+".nom", "%q est donné deux fois", e.Nom)
	}
	k.noms[e.Nom] = true
	if len(k.noms) > noeudsMax {
		k.r.Ajouter(chemin, "plus de %d enregistrements", noeudsMax)
		return n
	}
	if e.Pour != "" && !slices.Contains(k.x.Pours, e.Pour) {
		k.r.Ajouter(chemin+".pour", "%q, attendu : %s", e.Pour, jointe(textes(k.x.Pours)))
	}
	if pour != "" {
		if slices.Contains(n.niveaux, pour) {
			k.r.Ajouter(chemin+".pour", "%q à l'intérieur de ce qui est déjà pour chaque %s", pour, pour)
		}
		n.niveaux = append(n.niveaux, pour)
	}
	k.conditions(n)
	if k.f.Codage == CodageXML {
		k.element(n)
	} else {
		k.enregistrement(n)
	}
	if fond <= fondMax {
		k.enfants(n, e.Contenu, chemin+".contenu", fond+1)
	}
	if !n.enreg && len(e.Contenu) == 0 {
		k.r.Ajouter(chemin, "ni zones ni contenu : rien à écrire")
	}
	return n
}

func textes(ps []Pour) []string {
	var s []string
	for _, p := range ps {
		s = append(s, string(p))
	}
	return s
}

func (k *compilateur) conditions(n *noeud) {
	for _, nom := range slices.Sorted(maps.Keys(n.e.Si)) {
		chemin := n.chemin + ".si." + nom
		d, ok := k.donnee(chemin, nom, n)
		if !ok {
			continue
		}
		c := condition{donnee: k.p.place(d)}
		switch v := n.e.Si[nom]; v {
		case "present":
			c.present = true
		case "absent":
			c.absent = true
		default:
			c.valeurs = strings.Split(v, "|")
			for _, v := range c.valeurs {
				if d.Genre == GenreSens && !slices.Contains(d.Sens, v) {
					k.r.Ajouter(chemin, "%q, attendu : present, absent, ou %s", v, strings.Join(d.Sens, ", "))
				}
			}
		}
		n.si = append(n.si, c)
	}
}

// donnee finds a datum and says whether it exists there.
func (k *compilateur) donnee(chemin, nom string, n *noeud) (Donnee, bool) {
	d, ok := k.x.Vocabulaire.Trouver(nom)
	if !ok {
		k.r.Ajouter(chemin, "%q n'est pas une donnée ; il y a : %s", nom, jointe(k.x.Vocabulaire.Proches(nom)))
		return d, false
	}
	if !existe(d, n.niveaux) {
		k.r.Ajouter(chemin, "%q n'existe pas ici : la donnée existe dans ce qui est pour %s", nom, jointe(textes(d.Pour)))
		return d, false
	}
	return d, true
}

// existe: a pair is an invoice and a piece, a piece has its document, and what a level has, all inside it have.
func existe(d Donnee, niveaux []Pour) bool {
	for _, p := range niveaux {
		if slices.Contains(d.Pour, p) || p == PourPaire && (slices.Contains(d.Pour, PourFacture) ||
			slices.Contains(d.Pour, PourPiece) ||
			slices.Contains(d.Pour, PourDocument)) || p == PourPiece && slices.Contains(d.Pour, PourDocument) {
			return true
		}
	}
	return false
}
