package lot

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// profilTire draws a profile: an encoding, records nested in one way or another, zones of any format, a container.
type profilTire struct {
	*rand.Rand
	codage string
	b      strings.Builder
	n      int
}

func (t *profilTire) un(choix ...string) string { return choix[t.IntN(len(choix))] }

// zone draws how a datum is written.
func (t *profilTire) zone(donnee, genre string, largeur int) string {
	t.n++
	z := fmt.Sprintf("nom: z%d, donnee: %s", t.n, donnee)
	format := func(fs ...string) string { return t.un(fs...) }
	typ, longueur := "A", largeur
	switch genre {
	case "date":
		f := format("AAMMJJ", "AAAAMMJJ", "AAAA-MM-JJ", "JJ/MM/AAAA", "JJMMAAAA", "AAAA-MM-JJTHH:MN")
		z += fmt.Sprintf(", presence: O, format: %q", f)
		longueur = len(f)
	case "montant":
		z += t.un("", ", format: decimal", ", format: decimal-virgule") +
			t.un("", ", signe: devant", `, signe: derriere, signes: "+-"`, `, signe: derriere, signes: "CD"`)
		if t.IntN(2) == 0 {
			z += ", cadrage: droite"
		}
	case "nombre":
		typ = t.un("N", "A", "B")
		if typ == "B" && t.codage == "zones" {
			longueur = 4
		} else if typ == "B" {
			typ = "N"
		}
		z += ", presence: " + t.un("O", "O", "F")
	case "empreinte":
		f := format("hex", "HEX", "base64")
		longueur = map[string]int{"hex": 64, "HEX": 64, "base64": 44}[f]
		z += ", presence: O, format: " + f
	default:
		z += ", presence: O"
	}
	if t.codage == "zones" {
		z += fmt.Sprintf(", type: %s, longueur: %d", typ, longueur)
	}
	return z
}

// controle draws a zone that covers or counts what was written.
func (t *profilTire) controle() string {
	t.n++
	z := t.un("controle: crc32", "controle: crc16", "controle: sha256", `rang: "*"`, "controle: crc32, portee: fichier")
	if t.codage == "xml" {
		z = strings.TrimSuffix(z, ", portee: fichier")
	}
	if t.codage == "zones" {
		z += ", longueur: 64, type: A"
	}
	return fmt.Sprintf("nom: z%d, %s", t.n, z)
}

// record writes one kind of record; dedans is what its contenu holds.
func (t *profilTire) record(fond int, nom, pour string, zones []string, dedans func(fond int)) {
	marge := strings.Repeat(" ", fond)
	fmt.Fprintf(&t.b, "%s- nom: %s\n", marge, nom)
	if pour != "" {
		fmt.Fprintf(&t.b, "%s  pour: %s\n", marge, pour)
	}
	if t.codage != "xml" {
		type_ := ""
		if t.codage == "zones" {
			type_ = ", type: A, longueur: 1"
		}
		zones = append([]string{fmt.Sprintf("nom: T, valeur: %s%s", nom[:1], type_)}, zones...)
	}
	if t.codage == "zones" {
		longueur := 0
		for _, z := range zones {
			n, _ := strconv.Atoi(strings.TrimRight(strings.SplitN(z[strings.Index(z, "longueur: ")+10:], ",", 2)[0], " "))
			longueur += n
		}
		fmt.Fprintf(&t.b, "%s  longueur: %d\n", marge, longueur)
	}
	fmt.Fprintf(&t.b, "%s  zones:\n", marge)
	for _, z := range zones {
		fmt.Fprintf(&t.b, "%s    - {%s}\n", marge, z)
	}
	if dedans != nil {
		fmt.Fprintf(&t.b, "%s  contenu:\n", marge)
		dedans(fond + 4)
	}
}

func (t *profilTire) peutEtre(z string) []string {
	if t.IntN(2) == 0 {
		return nil
	}
	return []string{z}
}

func (t *profilTire) lot(fond int) {
	zones := []string{t.zone("lot.numero", "nombre", 6), t.zone("lot.date", "date", 0),
		t.zone("lot.factures.numero", "nombre", 6), t.zone("lot.factures.date", "date", 0),
		t.zone("lot.factures.emetteur", "texte", 9)}
	zones = append(zones, t.peutEtre(t.zone("lot.montant", "montant", 14))...)
	zones = append(zones, t.peutEtre(t.controle())...)
	t.record(fond, "Lot", "lot", zones, func(fond int) {
		if t.IntN(2) == 0 {
			t.record(fond, "Facture", "facture", append([]string{t.zone("facture.numero", "nombre", 9)},
				t.peutEtre(t.zone("facture.montant", "montant", 12))...), func(fond int) { t.piece(fond, "piece", nil) })
			return
		}
		t.piece(fond, "paire", []string{t.zone("facture.numero", "nombre", 9)})
	})
}

func (t *profilTire) piece(fond int, pour string, zones []string) {
	zones = append(zones, t.zone("piece.id", "texte", t.Rand.IntN(20)+8), t.zone("piece.type", "texte", 2))
	reference := "nom: ref, donnee: piece.reference, presence: F"
	if t.codage == "zones" {
		reference += ", type: A, longueur: 30"
	}
	zones = append(zones, reference)
	zones = append(zones, t.peutEtre(t.controle())...)
	var document func(fond int)
	if t.IntN(2) == 0 {
		document = func(fond int) {
			zones := []string{t.zone("document.octets", "nombre", 9)}
			zones = append(zones, t.peutEtre(t.zone("document.empreinte", "empreinte", 0))...)
			t.record(fond, "Document", "document", zones, nil)
		}
	}
	t.record(fond, "Piece", pour, zones, document)
}

// texte gives the profile.
func (t *profilTire) texte() string {
	t.codage = t.un("zones", "delimite", "xml")
	fmt.Fprintf(&t.b, "etend: reference\nprofil: tire\nversion: \"1\"\nsource: tirage\nlot:\n  codage: %s\n", t.codage)
	if t.codage == "delimite" {
		t.b.WriteString(t.un("  guillemet: '\"'\n", "  echappement: \"?\"\n  separateur: \"'\"\n") +
			t.un("", "  separateur_champs: \"+\"\n") + t.un("", "  elision: true\n"))
	}
	t.b.WriteString("  enregistrements:\n")
	t.record(4, "Envoi", "", []string{t.zone("fichier.id", "texte", 6), t.zone("emetteur.numero", "texte", 14)},
		map[bool]func(int){true: t.lot}[t.codage == "xml"])
	if t.codage != "xml" {
		t.lot(4)
		if t.IntN(2) == 0 {
			t.record(4, "Queue", "", []string{t.zone("fichier.id", "texte", 6), t.controle()}, nil)
		}
	}
	t.b.WriteString(t.un("", "message: {parties: [{contenu: texte, type: text/plain, texte: \"Compostage {compostage}.\"}, "+
		"{contenu: lot, pour: fichier, type: application/x-lot}, {contenu: document, type: application/pdf, nom: "+
		"\"{document.id}.pdf\"}]}\n",
		"message: {parties: [{contenu: zip, type: application/zip, entrees: [{contenu: lot, pour: lot, nom: "+
			"\"{lot.numero}.lot\"}, {contenu: document, nom: \"d/{document.id}.pdf\"}]}]}\n"))
	return t.b.String()
}

// Whatever a profile says, in each of the encodings and containers, it is refused when it is read, with a line, or what
// it writes is read back: never another file, nor one that can't be read. SCOR_PROFILS is how many are drawn.
func TestProfilsTires(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("SCOR_PROFILS"))
	if n == 0 {
		n = 60
	}
	acceptes := map[string]int{}
	for graine := range uint64(n) {
		x := &profilTire{Rand: rand.New(rand.NewPCG(graine, 11))}
		texte := x.texte()
		p, err := scor.ParseProfil(strings.NewReader(texte), "tire.yaml")
		if err != nil {
			if !strings.Contains(err.Error(), "tire.yaml:") {
				t.Errorf("refused without a line: %v\n%s", err, texte)
			}
			continue
		}
		acceptes[x.codage]++
		f := tirer(t, rand.New(rand.NewPCG(graine, 12)))
		m, err := f.Message(p, "2026112210000000001")
		if err != nil {
			t.Errorf("%v\n%s", err, texte)
			continue
		}
		l := NewLecture(p)
		for _, x := range m.Parties {
			r, err := x.Open()
			if err != nil {
				t.Fatal(err)
			}
			if connue, err := l.Partie(x.Type, x.Description, x.Nom, r); !connue || err != nil {
				t.Errorf("part %q: known %t, %v", x.Nom, connue, err)
			}
			r.Close()
		}
		lu, err := l.Fichier()
		if err != nil {
			var b bytes.Buffer
			_ = f.Encode(&b, p)
			t.Errorf("%v\n%s\n%s", err, texte, b.Bytes())
		} else if d := ecartPaires(p, f, lu); d != "" || len(l.Ecarts("2026112210000000001")) > 0 {
			t.Errorf("%s %v\n%s", d, l.Ecarts("2026112210000000001"), texte)
		}
	}
	for _, codage := range []string{"zones", "delimite", "xml"} {
		if acceptes[codage] < n/10 {
			t.Errorf("%s: %d of %d accepted: the draw says nothing", codage, acceptes[codage], n)
		}
	}
}
