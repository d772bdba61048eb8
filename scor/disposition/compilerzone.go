package disposition

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// zone makes one zone ready. Where it stands in the record comes later.
func (k *compilateur) zone(n *noeud, z *Zone, chemin string) champ {
	c := champ{z: z, nom: z.Nom, donnee: -1, de: -1, usage: -1, cumul: -1, debut: z.Debut - 1}
	fixes := k.f.Codage == CodageZones
	switch z.Type {
	case "N":
		c.numerique, c.droite, c.remplit = true, true, '0'
	case "A", "":
		c.remplit = ' '
		if z.Type == "" && fixes {
			k.r.Ajouter(chemin+".type",
				"manque : N (chiffres, à droite, complétés par des zéros) ou A (texte, à gauche, complété par des espaces)")
		}
	case "B":
		k.binaire(z, &c, chemin)
	default:
		k.r.Ajouter(chemin+".type", "%q, attendu : N (chiffres), A (texte) ou B (nombre en octets)", z.Type)
	}
	c.facultatif, c.obligatoire = z.Presence == "F", z.Presence == "O"
	if z.Presence != "" && !c.facultatif && !c.obligatoire {
		k.r.Ajouter(chemin+".presence", "%q, attendu : O (obligatoire) ou F (facultative)", z.Presence)
	}
	c.complete = fixes
	if z.Remplissage != "" {
		if len(z.Remplissage) != 1 || z.Remplissage[0] < ' ' {
			k.r.Ajouter(chemin+".remplissage", "%q, un seul caractère (ASCII) attendu", z.Remplissage)
		} else {
			c.remplit = z.Remplissage[0]
		}
		if c.complete = true; z.Longueur < 1 {
			k.r.Ajouter(chemin+".longueur", "%d : une zone remplie a une longueur", z.Longueur)
		}
	}
	switch z.Cadrage {
	case "":
	case "droite", "gauche":
		c.droite = z.Cadrage == "droite"
	default:
		k.r.Ajouter(chemin+".cadrage", "%q, attendu : droite ou gauche", z.Cadrage)
	}
	if z.Longueur < 0 || z.Longueur > longueurMax {
		k.r.Ajouter(chemin+".longueur", "%d, attendu de 1 à %d", z.Longueur, longueurMax)
	}
	k.role(n, z, &c, chemin)
	if c.binaire && (c.role == roleReserve || c.role == roleDonnee && c.donnee >= 0 && c.genre != GenreNombre) {
		k.r.Ajouter(chemin+".type", "B, mais ce n'est pas un nombre : valeur, donnee d'un nombre, compte, rang ou crc attendu")
	}
	if c.role == roleDonnee && !c.binaire {
		k.perte(&c, chemin)
	}
	return c
}

func (k *compilateur) role(n *noeud, z *Zone, c *champ, chemin string) {
	n1 := 0
	for _, s := range []string{z.Valeur, z.Donnee, z.Compte, z.Rang, z.Controle} {
		if s != "" {
			n1++
		}
	}
	if n1 > 1 {
		k.r.Ajouter(chemin, "une seule de ces clés attendue : valeur, donnee, compte, rang, controle")
		return
	}
	switch {
	case z.Valeur != "":
		c.role = roleFixe
		k.fixe(z, c, chemin)
	case z.Compte != "":
		c.role = roleCompte
		c.usage = k.compte(n, z.Compte, Pour(z.Portee), chemin)
	case z.Rang != "":
		c.role = roleRang
		c.usage = k.rang(n, z.Rang, Pour(z.Portee), chemin)
	case z.Controle != "":
		c.role = roleControle
		k.controle(n, z, c, chemin)
	case z.Donnee != "":
		c.role = roleDonnee
		k.zoneDonnee(n, z, c, chemin)
	case k.f.Codage == CodageXML:
		k.r.Ajouter(chemin, "ni valeur, ni donnee, ni compte, ni rang, ni controle : que mettre dans « %s » ?", z.Nom)
	}
}

func (k *compilateur) fixe(z *Zone, c *champ, chemin string) {
	if c.binaire {
		b, err := c.octets([]byte(z.Valeur))
		if c.fixe = b; err != nil {
			k.r.Ajouter(chemin+".valeur", "%q, attendu : un nombre qui tient en %d octets", z.Valeur, z.Longueur)
		}
		return
	}
	b, err := k.p.jeu.ecrire(nil, z.Valeur)
	switch {
	case err != nil:
		k.r.Ajouter(chemin+".valeur", "%q ne s'écrit pas en %s", z.Valeur, k.p.jeu.nom)
	case c.numerique && !chiffres(b):
		k.r.Ajouter(chemin+".valeur", "%q dans une zone de type N : des chiffres attendus, ou type: A", z.Valeur)
	case z.Longueur > 0 && len(b) > z.Longueur:
		k.r.Ajouter(chemin+".valeur", "%q a %d caractères, la zone %d", z.Valeur, len(b), z.Longueur)
	}
	c.fixe = b
	if k.f.Codage != CodageZones && c.complete {
		c.fixe = c.remplir(nil, b)
	}
}

// rang is the number of a record, in the file or in each of a level.
func (k *compilateur) rang(n *noeud, nom string, niveau Pour, chemin string) int {
	if nom != "*" && nom != n.nom {
		k.r.Ajouter(chemin+".rang", "%q, attendu : le nom de l'enregistrement où est la zone, ou \"*\"", nom)
	}
	return ranger(&k.p.rangs, usage{k.niveau(n, niveau, chemin), nom})
}

func (k *compilateur) niveau(n *noeud, niveau Pour, chemin string) Pour {
	if niveau == PourFichier {
		niveau = ""
	}
	if niveau != "" && !slices.Contains(n.niveaux, niveau) {
		k.r.Ajouter(chemin+".portee", "%q : cette zone n'est pas à l'intérieur de ce qui est pour %s", niveau, niveau)
	}
	return niveau
}

// compte is a counter of records, in the file or in each of a level.
func (k *compilateur) compte(n *noeud, nom string, niveau Pour, chemin string) int {
	u := usage{k.niveau(n, niveau, chemin), nom}
	return ranger(&k.p.usages, u)
}

// ranger gives the place of something in a list, where it is put once.
func ranger(liste *[]usage, u usage) int {
	i := slices.Index(*liste, u)
	if i < 0 {
		i = len(*liste)
		*liste = append(*liste, u)
	}
	return i
}

func (k *compilateur) controle(n *noeud, z *Zone, c *champ, chemin string) {
	a := algorithmeDe(z.Controle)
	if a == nil {
		k.r.Ajouter(chemin+".controle", "%q, attendu : %s", z.Controle, jointe(Controles()))
		return
	}
	if c.binaire {
		if !a.binaire {
			k.r.Ajouter(chemin+".type", "B, mais %s n'est pas un nombre : somme, xor, adler32 ou un crc", z.Controle)
		}
	} else if l := a.largeur(z.Format); l > 0 && z.Longueur > 0 && z.Longueur < l {
		k.r.Ajouter(chemin+".longueur", "%d, le contrôle %s en prend %d", z.Longueur, z.Controle, l)
	}
	if z.Format != "" && !c.binaire && !slices.Contains(a.formats, z.Format) {
		k.r.Ajouter(chemin+".format", "%q, attendu pour %s : %s", z.Format, z.Controle, cmp.Or(jointe(a.formats), "rien"))
	}
	if c.numerique && !a.decimal && !(a.binaire && z.Format == "decimal") {
		k.r.Ajouter(chemin+".type", "N, mais le contrôle %s s'écrit aussi avec des lettres : type: A", z.Controle)
	}
	if z.Portee == "" || z.Portee == "enregistrement" {
		return
	}
	niveau := Pour(z.Portee)
	if niveau == PourFichier {
		niveau = ""
	}
	if k.f.Codage == CodageXML || niveau != "" && !slices.Contains(n.niveaux, niveau) {
		k.r.Ajouter(chemin+".portee",
			"%q, attendu : enregistrement, fichier, ou ce dont la zone est à l'intérieur (en XML : enregistrement)", z.Portee)
		return
	}
	c.cumul = len(k.p.cumuls)
	k.p.cumuls = append(k.p.cumuls, portee{niveau, z.Controle})
}

func (k *compilateur) zoneDonnee(n *noeud, z *Zone, c *champ, chemin string) {
	d, ok := k.donnee(chemin+".donnee", z.Donnee, n)
	if !ok {
		return
	}
	// Counts of records are the layout's own.
	switch z.Donnee {
	case "fichier.enregistrements":
		c.role, c.usage = roleCompte, k.compte(n, "*", "", chemin)
		return
	case "lot.enregistrements":
		c.role, c.usage = roleCompte, k.compte(n, "*", PourLot, chemin)
		return
	}
	c.donnee, c.genre, c.largeur = k.p.place(d), d.Genre, d.Largeur
	if c.numerique && d.Genre != GenreNombre && d.Genre != GenreMontant && d.Genre != GenreDate &&
		d.Genre != GenreInstant && c.largeur == 0 &&
		d.Genre != GenreIdentifiant && z.Longueur > 0 && c.complete {
		c.largeur = z.Longueur
	}
	k.format(c, d, chemin)
	k.signe(c, d, chemin)
	k.transcription(c, d, chemin)
	for _, code := range k.x.Codes[z.Donnee] {
		if z.Longueur > 0 && len(code) > z.Longueur {
			k.r.Ajouter(chemin+".longueur", "%d, trop courte pour le code %q", z.Longueur, code)
		}
		if c.numerique && !chiffres([]byte(code)) {
			k.r.Ajouter(chemin+".type", "N, mais le code %q n'est pas fait de chiffres : type: A", code)
		}
	}
}

func (k *compilateur) transcription(c *champ, d Donnee, chemin string) {
	k.parmiA(chemin+".transcription", c.z.Transcription, transcriptions...)
	if d.Genre != GenreTexte {
		if c.z.Transcription != "" && !slices.ContainsFunc(c.date, func(m morceauDate) bool { return m.champ == 'L' }) {
			k.r.Ajouter(chemin+".transcription", "un %s ne se transcrit pas : seul un texte", d.Genre)
		}
		return
	}
	if c.transcription = c.z.Transcription; c.transcription == "" {
		c.transcription = k.f.Transcription
	}
}

// formats says what « format: » may be.
func (k *compilateur) format(c *champ, d Donnee, chemin string) {
	z := c.z
	un := func(valeurs ...string) bool {
		if !slices.Contains(valeurs, z.Format) {
			k.r.Ajouter(chemin+".format", "%q, attendu : %s", z.Format,
				jointe(slices.DeleteFunc(valeurs, func(s string) bool { return s == "" })))
			return false
		}
		return true
	}
	switch d.Genre {
	case GenreDate, GenreInstant, GenreNaissance:
		k.formatDate(c, d, chemin)
	case GenreEmpreinte:
		if un("", "hex", "HEX", "base64") {
			c.largeur = map[string]int{"": 64, "hex": 64, "HEX": 64, "base64": 44}[z.Format]
			if z.Longueur > 0 && z.Longueur < c.largeur {
				k.r.Ajouter(chemin+".longueur", "%d, une empreinte SHA-256 en prend %d dans ce format", z.Longueur, c.largeur)
			}
		}
	case GenreMontant:
		un("", "centimes", "decimal", "decimal-virgule")
		c.virgule = map[string]byte{"decimal": '.', "decimal-virgule": ','}[z.Format]
		if c.virgule != 0 && c.numerique {
			k.r.Ajouter(chemin+".type", "N, mais %s s'écrit avec une virgule ou un point : type: A", z.Format)
		}
	case GenreSens:
		k.codes(c, d, chemin)
	case GenreContenu:
		if un("", "base64", "brut") {
			c.contenu, c.brut = true, z.Format == "brut"
		}
		if z.Ligne < 0 || z.Ligne%4 != 0 || z.Ligne > 0 && c.brut {
			k.r.Ajouter(chemin+".ligne", "%d, attendu : un multiple de 4, pour un document en base64", z.Ligne)
		}
		if k.f.Codage == CodageXML && c.brut {
			k.r.Ajouter(chemin+".format", "brut, mais un fichier XML ne tient que du texte : base64")
		}
	default:
		if z.Format != "" && !c.binaire {
			k.r.Ajouter(chemin+".format", "%q, mais un %s n'a pas de format", z.Format, d.Genre)
		}
	}
	if !c.contenu && z.Ligne != 0 {
		k.r.Ajouter(chemin+".ligne", "seul un document en base64 se coupe en lignes")
	}
	if d.Genre != GenreSens && len(z.Codes) > 0 {
		k.r.Ajouter(chemin+".codes", "%q n'a pas de sens à traduire", z.Donnee)
	}
}

func (k *compilateur) formatDate(c *champ, d Donnee, chemin string) {
	z := c.z
	if z.Format == "" {
		k.r.Ajouter(chemin+".format", "manque : AAMMJJ, AAAAMMJJ, JJMMAAAA, JJ/MM/AAAA, AAAA-MM-JJ, AAAAJJJ, J MMMM AAAA…")
		return
	}
	ms, err := formatDate(z.Format)
	if err != nil {
		k.r.Ajouter(chemin+".format", "%q : %v", z.Format, err)
		return
	}
	c.date = ms
	a := func(champs string) bool {
		return slices.ContainsFunc(ms, func(m morceauDate) bool { return strings.IndexByte(champs, m.champ) >= 0 })
	}
	c.siecle = a("a")
	jour, heure := aChamps(ms, "AMJ"), aChamps(ms, "HN")
	if d.Genre == GenreInstant {
		if !jour && !heure || !jour && aChamps(ms, "J") {
			k.r.Ajouter(chemin+".format", "%q : l'année, le mois et le jour, ou l'heure et les minutes, attendus", z.Format)
		}
	} else if !jour || d.Genre == GenreNaissance && aChamps(ms, "H") || !heure && (aChamps(ms, "H") || aChamps(ms, "N")) {
		k.r.Ajouter(chemin+".format", "%q : l'année, le mois et le jour attendus, et les minutes avec l'heure", z.Format)
	}
	n, exacte := longueurDate(ms)
	if z.Longueur > 0 && n > z.Longueur || k.f.Codage == CodageZones && n != z.Longueur && exacte {
		k.r.Ajouter(chemin+".longueur", "%d, le format %q en prend %d", z.Longueur, z.Format, n)
	}
	if d.Genre == GenreNaissance && a("QLl") {
		k.r.Ajouter(chemin+".format", "%q : une naissance peut avoir un mois que le calendrier n'a pas ; MM et JJ attendus",
			z.Format)
	}
	if c.numerique && (!exacte || a("\x00Ll")) {
		c.numerique = false
	}
}

func (k *compilateur) codes(c *champ, d Donnee, chemin string) {
	c.versCode, c.deCode = map[string]string{}, map[string]string{}
	for _, sens := range d.Sens {
		code, ok := codeDe(c.z.Codes, sens)
		if !ok {
			k.r.Ajouter(chemin+".codes", "aucun code ne veut dire %q : écrire codes: {…: %s}", sens, sens)
		}
		c.versCode[sens] = c.surLeFil(code)
	}
	for _, code := range slices.Sorted(maps.Keys(c.z.Codes)) {
		sens, fil := c.z.Codes[code], c.surLeFil(code)
		if !slices.Contains(d.Sens, sens) {
			k.r.Ajouter(chemin+".codes."+code, "%q, attendu : %s", sens, jointe(d.Sens))
		}
		if c.z.Longueur > 0 && len(code) > c.z.Longueur {
			k.r.Ajouter(chemin+".codes."+code, "plus long que la zone (%d)", c.z.Longueur)
		}
		if c.numerique && !chiffres([]byte(code)) {
			k.r.Ajouter(chemin+".codes."+code, "des chiffres attendus dans une zone de type N")
		}
		if autre, deja := c.deCode[fil]; deja && autre != sens {
			k.r.Ajouter(chemin+".codes."+code, "se lit comme un autre code de la zone, une fois complété")
		}
		c.deCode[fil] = sens
	}
}

// surLeFil is a code as it stands in the zone: filled where the zone is numeric.
func (c *champ) surLeFil(code string) string {
	if c.numerique && c.complete && c.remplit == '0' {
		return fmt.Sprintf("%0*s", c.z.Longueur, code)
	}
	return code
}

// perte refuses what would not be read back as it was written.
func (k *compilateur) perte(c *champ, chemin string) {
	alnum := c.remplit >= '0' && c.remplit <= '9' || c.remplit >= 'A' && c.remplit <= 'Z' || c.remplit >= 'a' &&
		c.remplit <= 'z'
	if !c.complete {
		return
	}
	nombre := c.genre == GenreNombre || c.genre == GenreMontant
	switch {
	case alnum && !c.droite && c.genre != GenreDate && c.genre != GenreEmpreinte &&
		(c.largeur == 0 || c.largeur < c.z.Longueur):
		k.r.Ajouter(chemin+".remplissage",
			"%q après la valeur : elle ne se relirait pas (10 et 1 suivi de 0 sont pareils) ; une espace attendue",
			string(c.remplit))
	case alnum && c.droite && !c.numerique && !nombre && c.genre != GenreDate &&
		(c.largeur == 0 || c.largeur < c.z.Longueur):
		k.r.Ajouter(chemin+".remplissage",
			"%q devant un texte : les caractères du début ne se reliraient pas ; une espace attendue, ou type: N",
			string(c.remplit))
	case c.numerique && c.remplit != '0' && c.remplit != ' ' && alnum:
		k.r.Ajouter(chemin+".remplissage", "%q dans une zone de type N : 0 ou une espace attendus", string(c.remplit))
	}
}

// renvois resolves what a zone says of other zones of its record.
func (k *compilateur) renvois(n *noeud, i int) {
	c := &n.zones[i]
	chemin := fmt.Sprintf("%s.zones[%d]", n.chemin, i)
	autre := func(nom, cle string) int {
		j := slices.IndexFunc(n.zones, func(x champ) bool { return x.nom == nom })
		if j < 0 {
			k.r.Ajouter(chemin+cle, "%q n'est pas une zone de cet enregistrement", nom)
		}
		return j
	}
	if c.z.LongueurDe != "" {
		c.de = autre(c.z.LongueurDe, ".longueur_de")
		k.longueurDe(n, i, chemin)
	} else if c.contenu && k.f.Codage == CodageZones {
		k.r.Ajouter(chemin+".longueur_de", "manque : le nom de la zone qui dit la longueur du document (format: brut)")
	}
	if c.role == roleControle && c.cumul < 0 {
		k.couverture(n, i, chemin, autre)
	}
}

// longueurDe checks the zone that says how long another one is.
func (k *compilateur) longueurDe(n *noeud, i int, chemin string) {
	c := &n.zones[i]
	if c.de >= 0 && (n.zones[c.de].role != roleDonnee || n.zones[c.de].genre != GenreNombre) {
		k.r.Ajouter(chemin+".longueur_de", "« %s » n'est pas remplie d'un nombre (donnee: document.octets)", c.z.LongueurDe)
	}
	if !c.contenu || !c.brut || i != len(n.zones)-1 || c.de >= i || k.f.Codage != CodageZones {
		k.r.Ajouter(chemin+".longueur_de",
			"pour la dernière zone d'un enregistrement de zones fixes, format: brut, dont la longueur est dans une zone d'avant")
	}
}

// couvreContenu says whether a check covers the document that its record or element holds.
func (k *compilateur) couvreContenu(n *noeud, c *champ, chemin string) bool {
	for _, nom := range c.z.Sur {
		for _, x := range n.champsTous() {
			if !x.contenu || x.nom != nom {
				continue
			}
			if len(c.z.Sur) > 1 {
				k.r.Ajouter(chemin+".sur", "le contrôle d'un document ne couvre que lui : « %s » seul", nom)
			}
			c.nomContenu = nom
			return true
		}
	}
	return false
}

// couverture resolves which zones a check covers: those that it names, or all before it.
func (k *compilateur) couverture(n *noeud, i int, chemin string, autre func(nom, cle string) int) {
	c := &n.zones[i]
	if k.couvreContenu(n, c, chemin) {
		return
	}
	for _, nom := range c.z.Sur {
		if j := autre(nom, ".sur"); j >= 0 && j != i {
			c.sur = append(c.sur, j)
		} else if j == i {
			k.r.Ajouter(chemin+".sur", "un contrôle ne se couvre pas lui-même")
		}
	}
	if len(c.z.Sur) == 0 {
		for j := range i {
			if !n.zones[j].contenu {
				c.sur = append(c.sur, j)
			}
		}
	}
	for _, j := range c.sur {
		x := &n.zones[j]
		if x.role == roleControle && j > i {
			k.r.Ajouter(chemin+".sur", "« %s » est un contrôle qui vient après", x.nom)
		}
		if c.z.Controle == "luhn" && !x.numerique && x.genre != GenreDate {
			k.r.Ajouter(chemin+".sur", "luhn sur « %s », qui n'est pas de type N", x.nom)
		}
	}
}

// remplir gives b its length with the filling.
func (c *champ) remplir(dst, b []byte) []byte {
	n := c.z.Longueur - len(b)
	if n <= 0 {
		return append(dst, b...)
	}
	if !c.droite {
		dst = append(dst, b...)
	}
	for range n {
		dst = append(dst, c.remplit)
	}
	if c.droite {
		dst = append(dst, b...)
	}
	return dst
}
