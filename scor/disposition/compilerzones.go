package disposition

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// enregistrement makes a record of fixed zones or of fields ready.
func (k *compilateur) enregistrement(n *noeud) {
	e := n.e
	for _, c := range []struct {
		cle  string
		vide bool
	}{{".attributs", e.Attributs == nil}, {".texte", e.Texte == nil}, {".element", e.Element == ""}} {
		if !c.vide {
			k.r.Ajouter(n.chemin+c.cle, "ne va qu'avec codage: xml")
		}
	}
	if n.enreg = len(e.Zones) > 0; !n.enreg {
		return
	}
	n.separateur, n.champs = k.f.Separateur, k.f.SeparateurChamps
	if e.Separateur != nil {
		n.separateur = *e.Separateur
	}
	if e.SeparateurChamps != "" {
		n.champs = e.SeparateurChamps
	}
	if n.separateur != k.f.Separateur || n.champs != k.f.SeparateurChamps {
		k.p.separes = false
	}
	for i := range e.Zones {
		n.zones = append(n.zones, k.zone(n, &e.Zones[i], fmt.Sprintf("%s.zones[%d]", n.chemin, i)))
	}
	k.nomsZones(n)
	for i := range n.zones {
		k.renvois(n, i)
	}
	if k.f.Codage == CodageDelimite {
		k.delimite(n)
		return
	}
	k.longueurs(n)
	k.gabarit(n)
}

func (k *compilateur) nomsZones(n *noeud) {
	vus := map[string]bool{}
	for i, c := range n.zones {
		chemin := fmt.Sprintf("%s.zones[%d].nom", n.chemin, i)
		if c.nom == "" {
			k.r.Ajouter(chemin, "manque : le nom de la zone dans la spécification")
		} else if vus[c.nom] {
			k.r.Ajouter(chemin, "%q est donné deux fois dans cet enregistrement", c.nom)
		}
		vus[c.nom] = true
	}
}

// longueurs checks that the zones fill the record, each beginning where the one before ends.
func (k *compilateur) longueurs(n *noeud) {
	n.longueur = k.f.Longueur
	if n.e.Longueur != 0 || k.r.Present(n.chemin+".longueur") {
		n.longueur = n.e.Longueur
	}
	if n.longueur == k.f.Longueur && k.r.Present(k.chemin+".longueur") && (n.longueur < 1 || n.longueur > longueurMax) {
		return // told once, for the file
	}
	if n.longueur < 1 || n.longueur > longueurMax {
		k.r.Ajouter(n.chemin+".longueur",
			"%d : écrire « longueur: » pour l'enregistrement, ou une fois pour tout le fichier, de 1 à %d octets", n.longueur,
			longueurMax)
		return
	}
	ordre := make([]int, 0, len(n.zones))
	prochain := 0
	for i := range n.zones {
		c := &n.zones[i]
		if c.z.Debut == 0 && !k.r.Present(fmt.Sprintf("%s.zones[%d].debut", n.chemin, i)) {
			c.debut = prochain
		}
		longueur := c.z.Longueur
		if c.de >= 0 {
			longueur = 0
		}
		c.fin = c.debut + longueur
		prochain = c.fin
		switch {
		case c.de < 0 && longueur < 1, c.debut < 0, c.fin > n.longueur:
			k.r.Ajouter(fmt.Sprintf("%s.zones[%d]", n.chemin, i),
				"colonnes %d à %d : attendu entre 1 et %d, la longueur de l'enregistrement", c.debut+1, c.fin, n.longueur)
			return
		}
		ordre = append(ordre, i)
	}
	slices.SortStableFunc(ordre, func(a, b int) int { return n.zones[a].debut - n.zones[b].debut })
	k.contigues(n, ordre)
}

// contigues names the zone whose end is not where the next one begins.
func (k *compilateur) contigues(n *noeud, ordre []int) {
	chemin := func(i int) string { return fmt.Sprintf("%s.zones[%d]", n.chemin, ordre[i]) }
	if d := n.zones[ordre[0]].debut; d > 0 {
		k.r.Ajouter(chemin(0), "les colonnes 1 à %d n'appartiennent à aucune zone : en écrire une (type: A, sans donnée), "+
			"ou commencer à 1", d)
	}
	for i := range ordre {
		c := &n.zones[ordre[i]]
		suite, nom := n.longueur, "la fin de l'enregistrement"
		if i+1 < len(ordre) {
			s := &n.zones[ordre[i+1]]
			suite, nom = s.debut, fmt.Sprintf("« %s » (ligne %d)", s.nom, k.r.Ligne(chemin(i+1)))
		}
		switch {
		case c.fin < suite:
			k.r.Ajouter(chemin(i), "« %s » finit en colonne %d, et %s vient en %d : les colonnes %d à %d n'appartiennent à "+
				"aucune zone ; longueur: %d ?",
				c.nom, c.fin, nom, suite+1, c.fin+1, suite, suite-c.debut)
		case c.fin > suite:
			k.r.Ajouter(chemin(i), "« %s » finit en colonne %d, alors que %s commence en %d : zones l'une sur l'autre ; "+
				"longueur: %d ?",
				c.nom, c.fin, nom, suite+1, suite-c.debut)
		}
	}
}

// gabarit prepares the record with all that doesn't change, and what it is known by.
func (k *compilateur) gabarit(n *noeud) {
	if n.longueur < 1 || n.longueur > longueurMax {
		return
	}
	n.gabarit = bytes.Repeat([]byte(" "), n.longueur)
	for i := range n.zones {
		c := &n.zones[i]
		if c.debut < 0 || c.fin > n.longueur || c.fin < c.debut {
			return
		}
		zone := n.gabarit[c.debut:c.fin]
		for j := range zone {
			zone[j] = c.remplit
		}
		if c.role != roleFixe {
			continue
		}
		if len(c.fixe) > len(zone) {
			continue // told already
		}
		if c.droite {
			copy(zone[len(zone)-len(c.fixe):], c.fixe)
		} else {
			copy(zone, c.fixe)
		}
		n.fixes = append(n.fixes, fixe{c.debut, bytes.Clone(zone)})
	}
}

// delimite checks the separators of a record, and finds what it is known by: fields.
func (k *compilateur) delimite(n *noeud) {
	if n.separateur == "" || n.champs == "" || strings.Contains(n.champs, n.separateur) {
		k.r.Ajouter(n.chemin, "separateur (%q) et separateur_champs (%q) : deux textes différents attendus, aucun vide",
			n.separateur, n.champs)
	}
	n.litteral = len(n.zones) == 1 && n.zones[0].role == roleFixe
	for i := range n.zones {
		c := &n.zones[i]
		if c.apres = c.z.Apres; c.apres == "" {
			c.apres = n.champs
		}
		if c.role == roleFixe {
			n.fixes = append(n.fixes, fixe{i, c.fixe})
		}
	}
	if n.premiere() == nil && len(n.fixes) > 0 {
		k.r.Ajouter(n.chemin+".zones[0]",
			"le premier champ d'un enregistrement délimité a une « valeur: » fixe, à laquelle on le reconnaît ; un seul "+
				"enregistrement du fichier peut n'avoir aucune zone fixe")
	}
}

// reconnaissance checks that each record can be told from the others.
func (k *compilateur) reconnaissance() {
	p := k.p
	if k.f.Codage == CodageXML {
		k.unicite(p.racine)
		if len(p.racine.enfants) != 1 || p.racine.enfants[0].pour != "" || !p.racine.enfants[0].enreg {
			k.faute(".enregistrements", "un fichier XML a un seul élément racine, écrit une fois (sans « pour: »)")
		}
		return
	}
	var seul *noeud // which nothing fixed tells: it is what no other is
	for i, a := range p.noeuds {
		p.longMax = max(p.longMax, a.longueur)
		if i == 0 {
			p.unie = a.longueur
		} else if p.unie != a.longueur {
			p.unie = 0
		}
		if slices.ContainsFunc(a.zones, func(c champ) bool { return c.de >= 0 }) {
			p.unie = 0
		}
		for _, b := range p.noeuds[:i] {
			if len(a.fixes) > 0 && len(b.fixes) > 0 && !k.distincts(a, b) {
				k.r.Ajouter(a.chemin, "rien de fixe ne distingue « %s » de « %s » (ligne %d) : une zone à la même place avec des "+
					"« valeur: » différentes",
					a.nom, b.nom, k.r.Ligne(b.chemin))
			}
		}
		if len(a.fixes) > 0 {
			p.reconnus = append(p.reconnus, a)
			continue
		}
		if seul != nil {
			k.r.Ajouter(a.chemin, "« %s » et « %s » (ligne %d) n'ont aucune zone fixe (« valeur: ») à laquelle les reconnaître : "+
				"un seul enregistrement du fichier peut s'en passer", a.nom, seul.nom, k.r.Ligne(seul.chemin))
		}
		seul = a
	}
	if seul != nil {
		p.reconnus = append(p.reconnus, seul)
	}
}

// distincts: fields are compared whole, columns where they overlap.
func (k *compilateur) distincts(a, b *noeud) bool {
	if k.f.Codage != CodageDelimite {
		return distincts(a, b)
	}
	for _, x := range a.fixes {
		for _, y := range b.fixes {
			if x.place == y.place && !bytes.Equal(x.texte, y.texte) {
				return true
			}
		}
	}
	return false
}
