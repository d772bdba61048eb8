package disposition

import (
	"fmt"
	"strings"
	"unicode"
)

// element makes an XML element ready: attributes, elements that hold a text (zones), its own text, and the elements
// inside it (contenu).
func (k *compilateur) element(n *noeud) {
	e := n.e
	if e.Groupe {
		if len(e.Attributs)+len(e.Zones) > 0 || e.Texte != nil {
			k.r.Ajouter(n.chemin+".groupe", "un groupe n'a pas d'élément : ni attributs, ni zones, ni texte")
		}
		return
	}
	n.enreg = true
	n.ecrit = e.Element
	if n.ecrit == "" {
		n.ecrit = e.Nom
	}
	n.espace, n.local = k.nomXML(n.chemin+".element", n.ecrit, true)
	n.ecrit = k.nomEcrit(n.chemin+".element", n.ecrit)
	for i := range e.Attributs {
		c := k.zoneXML(n, &e.Attributs[i], fmt.Sprintf("%s.attributs[%d]", n.chemin, i), false)
		n.attrs = append(n.attrs, c)
	}
	for i := range e.Zones {
		n.zones = append(n.zones, k.zoneXML(n, &e.Zones[i], fmt.Sprintf("%s.zones[%d]", n.chemin, i), true))
	}
	if e.Texte != nil {
		c := k.zone(n, e.Texte, n.chemin+".texte")
		n.texte = &c
		if len(e.Zones)+len(e.Contenu) > 0 {
			k.r.Ajouter(n.chemin+".texte", "un élément a un texte, ou d'autres éléments, pas les deux")
		}
	}
	k.nomsZones(n)
	for i := range n.zones {
		k.renvois(n, i)
	}
	for i := range n.attrs {
		k.controleAttribut(n, &n.attrs[i], fmt.Sprintf("%s.attributs[%d]", n.chemin, i))
	}
	if n.texte != nil {
		k.controleAttribut(n, n.texte, n.chemin+".texte")
	}
	k.sousElements(n)
}

// controleAttribut: what an attribute comes before is the document only.
func (k *compilateur) controleAttribut(n *noeud, c *champ, chemin string) {
	if c.role == roleControle && !k.couvreContenu(n, c, chemin) {
		k.r.Ajouter(chemin+".sur", "ici, un contrôle couvre le document de l'élément : sur: [le nom de sa zone ou de son texte]")
	}
}

func (k *compilateur) zoneXML(n *noeud, z *Zone, chemin string, element bool) champ {
	c := k.zone(n, z, chemin)
	c.espace, c.local = k.nomXML(chemin+".nom", z.Nom, element)
	c.ecrit = k.nomEcrit(chemin+".nom", z.Nom)
	if z.Debut != 0 || z.Apres != "" {
		k.r.Ajouter(chemin, "debut et apres ne vont pas en XML")
	}
	return c
}

// nomEcrit is a name in the bytes of the file's character set.
func (k *compilateur) nomEcrit(chemin, nom string) string {
	b, err := k.p.jeu.ecrire(nil, nom)
	if err != nil {
		k.r.Ajouter(chemin, "%q ne s'écrit pas en %s", nom, k.p.jeu.nom)
	}
	return string(b)
}

// nomXML resolves the prefix of a name. An attribute without prefix is in no namespace.
func (k *compilateur) nomXML(chemin, nom string, element bool) (espace, local string) {
	prefixe, local, a := strings.Cut(nom, ":")
	if !a {
		prefixe, local = "", nom
	}
	if !valideXML(local) || a && !valideXML(prefixe) {
		k.r.Ajouter(chemin, "%q n'est pas un nom d'élément ou d'attribut XML", nom)
	}
	if !a && !element {
		return "", local
	}
	espace, ok := k.f.Espaces[prefixe]
	if a && !ok {
		k.r.Ajouter(chemin, "le préfixe %q n'est pas dans « espaces: »", prefixe)
	}
	return espace, local
}

func valideXML(s string) bool {
	for i, r := range s {
		if !(unicode.IsLetter(r) || r == '_' || i > 0 && (unicode.IsDigit(r) || r == '-' || r == '.')) {
			return false
		}
	}
	return s != ""
}

// sousElements refuses two things of the same name in one element: read, nothing would tell them apart.
func (k *compilateur) sousElements(n *noeud) {
	vus := map[string]bool{}
	for i := range n.attrs {
		cle := n.attrs[i].espace + " " + n.attrs[i].local
		if vus[cle] {
			k.r.Ajouter(fmt.Sprintf("%s.attributs[%d].nom", n.chemin, i), "%q est donné deux fois", n.attrs[i].ecrit)
		}
		vus[cle] = true
	}
}

// unicite checks that the elements inside each element have names of their own, groups looked through.
func (k *compilateur) unicite(n *noeud) {
	vus := map[string]string{}
	for i := range n.zones {
		vus[n.zones[i].espace+" "+n.zones[i].local] = n.zones[i].nom
	}
	var dans func(g *noeud)
	dans = func(g *noeud) {
		for _, e := range g.enfants {
			if !e.enreg {
				dans(e)
				continue
			}
			cle := e.espace + " " + e.local
			if autre, deja := vus[cle]; deja {
				k.r.Ajouter(e.chemin, "« %s » et « %s » ont le même élément au même endroit : rien ne les distingue à la lecture",
					e.nom, autre)
			}
			vus[cle] = e.nom
			k.unicite(e)
		}
	}
	dans(n)
}
