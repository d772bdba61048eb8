package ecrans

import (
	"bufio"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
)

// premiere gives the first line of the synthesis of a kind that offers an act.
func (b *bureau) premiere(g journal.Genre, nom suivi.NomAction) (suivi.Ligne, suivi.Action) {
	b.t.Helper()
	y, err := b.Synthese(contexte, suivi.Filtre{Genres: []journal.Genre{g}, Limite: 200})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, l := range y.Lignes {
		for _, a := range l.Actions {
			if a.Nom == nom {
				return l, a
			}
		}
	}
	b.t.Fatalf("no %s offers %s", g, nom)
	return suivi.Ligne{}, suivi.Action{}
}

func (b *bureau) etat(g journal.Genre, cle string) journal.Etat {
	b.t.Helper()
	l, ok, err := b.Ligne(contexte, g, cle)
	if err != nil || !ok {
		b.t.Fatalf("%s %s: %v", g, cle, err)
	}
	return l.Etat
}

func seul(a suivi.Action) string {
	return string(a.Nom) + "|" + objetDe(a)
}

func objetDe(a suivi.Action) string {
	return string(a.Genre) + "|" + nombreBrut(a.Version) + "|" + a.Cle
}

func nombreBrut(n uint64) string { return strings.ReplaceAll(nombre(int64(n)), fineInsecable, "") }

// An act that can be undone waits: taken back, it was never done; left alone, it is done once.
func TestAnnuler(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: 14, Factures: 4}, WithDelaiAnnulation(time.Hour))
	l, a := b.premiere(journal.LotScor, suivi.ActionReconstituer)
	agir := func() string {
		x := b.envoyer("agir", url.Values{"seul": {seul(a)}, "retour": {"intervenir"}})
		if x.code != http.StatusOK || b.etat(l.Genre, l.Cle) != l.Etat {
			t.Fatalf("%d, %s: done at once", x.code, b.etat(l.Genre, l.Cle))
		}
		m := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(x.corps)
		if m == nil || !strings.Contains(x.corps, "Action en attente") {
			t.Fatal("the page doesn't offer to undo")
		}
		return m[1]
	}
	if x := b.envoyer("annuler", url.Values{"id": {agir()}, "retour": {"intervenir"}}); !strings.Contains(x.corps,
		"Annulé : rien n") || strings.Contains(x.corps, "Action en attente") {
		t.Error("undone, but the page doesn't say so")
	}
	autre := b.qui
	id := agir()
	b.qui.ID = "u2"
	if x := b.envoyer("annuler", url.Values{"id": {id}}); !strings.Contains(x.corps, "Trop tard") {
		t.Error("somebody else took it back")
	}
	b.qui = autre
	if err := b.e.Close(); err != nil {
		t.Fatal(err)
	}
	if b.etat(l.Genre, l.Cle) == l.Etat {
		t.Error("closed before its time was up, and never done")
	}
	if x := b.envoyer("annuler", url.Values{"id": {id}}); !strings.Contains(x.corps, "Trop tard") {
		t.Error("what is done can't be undone, and isn't said so")
	}
}

// What ends something asks first, says what it is about, and keeps why; several at once are one act.
func TestConfirmer(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: 14, Factures: 10})
	y, err := b.Synthese(contexte, suivi.Filtre{Genres: []journal.Genre{journal.Piece}, Limite: 200})
	if err != nil {
		t.Fatal(err)
	}
	v := url.Values{"action": {"papier"}, "retour": {"intervenir"}}
	var cles []string
	for _, l := range y.Lignes {
		if l.Etat == journal.Refuse {
			v.Add("objet", objetDe(l.Actions[0]))
			cles = append(cles, l.Cle)
		}
	}
	if len(cles) < 2 {
		t.Fatalf("%d refused scans", len(cles))
	}
	x := b.envoyer("agir", v)
	if x.code != http.StatusOK || !strings.Contains(x.corps, "Ne rien faire") || b.etat(journal.Piece, cles[0]) !=
		journal.Refuse {
		t.Fatalf("%d: nothing was asked", x.code)
	}
	v.Set("confirme", "oui")
	v.Set("motif", "scanner en panne")
	if x = b.envoyer("agir", v); x.code != http.StatusOK || !strings.Contains(x.corps, "fait.") {
		t.Fatalf("%d %s", x.code, x.corps)
	}
	for _, c := range cles {
		if b.etat(journal.Piece, c) != journal.Papier {
			t.Errorf("%s: %s", c, b.etat(journal.Piece, c))
		}
	}
	if x = b.envoyer("agir", v); x.code != http.StatusConflict || !strings.Contains(x.corps, "a changé") {
		t.Errorf("the same form again: %d", x.code)
	}
	if x = b.lire("piece?id=" + cles[0]); !strings.Contains(x.corps, "scanner en panne") || !strings.Contains(x.corps,
		"par u1") {
		t.Error("the story doesn't say who decided, and why")
	}
}

// An orphan is linked to an invoice found by its number, in one tap; a NIR is looked for without an address.
func TestRelier(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: 14, Factures: 5})
	b.Horloge.Avancer(15 * 24 * time.Hour) // nobody deposits its invoice
	if err := b.Repos(contexte); err != nil {
		t.Fatal(err)
	}
	_, a := b.premiere(journal.Piece, suivi.ActionRelier)
	a.Cle = "ORD-SANS-FACTURE"
	l, _, err := b.Ligne(contexte, journal.Piece, a.Cle)
	if err != nil || l.Urgence == 0 {
		t.Fatalf("the orphan isn't told: %+v %v", l, err)
	}
	a.Version = l.Actions[0].Version
	x := b.envoyer("agir", url.Values{"seul": {seul(a)}})
	if !strings.Contains(x.adresse, "/relier?") || !strings.Contains(x.corps, "Factures proposées") {
		t.Fatalf("%s: nothing is proposed", x.adresse)
	}
	var but suivi.VueFacture
	for v, err := range b.Factures(contexte) {
		if err != nil {
			t.Fatal(err)
		}
		if v.Situation == suivi.PieceManquante {
			but = v
			break
		}
	}
	v := url.Values{"genre": {"piece"}, "cle": {a.Cle}, "q": {nombreBrut(uint64(but.Cle.Numero))}}
	if x = b.envoyer("relier", v); !strings.Contains(x.corps, but.Facture) {
		t.Error("an invoice isn't found by its number")
	}
	n, err := nirDe(b, but.Cle)
	if err != nil {
		t.Fatal(err)
	}
	v.Set("q", n.Numero()+n.Cle())
	v.Set("numero", nombreBrut(uint64(but.Cle.Numero)))
	if x = b.envoyer("relier", v); !strings.Contains(x.corps, but.Facture) || strings.Contains(x.adresse, n.Numero()) {
		t.Errorf("by NIR: %s", x.adresse)
	}
	if x = b.envoyer("recherche", url.Values{"q": {n.Numero()}}); !strings.Contains(x.corps, ">Facture "+
		v.Get("numero")) || strings.Contains(x.adresse, n.Numero()) || strings.Contains(x.corps, n.Numero()) {
		t.Errorf("search by NIR: %s", x.adresse)
	}
	if x = b.lire("suivre?q=" + n.Numero()); strings.Contains(x.corps, ">Facture ") {
		t.Error("a NIR in an address is answered")
	}
	b.envoyer("agir", url.Values{"action": {"relier"}, "objet": {objetDe(a)}, "facture": {but.Facture},
		"confirme": {"oui"}})
	p, _, err := b.Suivi.Piece(contexte, a.Cle)
	if err != nil || p.Facture != but.Cle {
		t.Errorf("linked to %v: %v", p.Facture, err)
	}
}

// nirDe asks for the insured's number of an invoice as the list on paper has it: the screens never show it.
func nirDe(b *bureau, c fse.CleFacture) (fse.NIR, error) {
	n := c.Numero
	lot, i := n/1000, n%1000
	return suivitest.NIR(lot*37 + i)
}

// A form counts only from a page of ours, with its token; nothing is done for who isn't known, or may not.
func TestAcces(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: 12, Factures: 4})
	l, a := b.premiere(journal.LotScor, suivi.ActionReconstituer)
	corps := url.Values{"seul": {seul(a)}, "csrf": {b.e.jeton(&b.qui)}}.Encode()
	sans := url.Values{"seul": {seul(a)}}.Encode()
	for nom, x := range map[string]reponse{
		"another origin":    b.demander("POST", "agir", corps, "Sec-Fetch-Site", "cross-site"),
		"no token":          b.demander("POST", "agir", sans),
		"another's token":   b.demander("POST", "agir", sans+"&csrf="+b.e.jeton(&Personne{ID: "u2"})),
		"no page's request": b.demander("POST", "agir", corps, "Sec-Fetch-Site", ""),
	} {
		if x.code != http.StatusForbidden {
			t.Errorf("%s: %d", nom, x.code)
		}
	}
	b.qui.Droits = Lire
	if x := b.envoyer("agir", url.Values{"seul": {seul(a)}}); x.code != http.StatusForbidden || !strings.Contains(x.corps,
		"pas le droit") {
		t.Errorf("without the right: %d", x.code)
	}
	if x := b.lire("intervenir"); strings.Contains(x.corps, `name="seul"`) {
		t.Error("acts are offered to who may do none")
	}
	for _, chemin := range []string{"controler", "document?id=ORD-1000", "preuve?cle=x"} {
		if x := b.lire(chemin); x.code != http.StatusForbidden {
			t.Errorf("%s without the right: %d", chemin, x.code)
		}
	}
	b.qui = Personne{}
	for _, chemin := range []string{"", "suivre", "veille", "document?id=ORD-1000", "indicateurs.csv", "rien"} {
		if x := b.lire(chemin); x.code != http.StatusUnauthorized || strings.Contains(x.corps, "Facture 1") {
			t.Errorf("%q for nobody: %d", chemin, x.code)
		}
	}
	if b.etat(l.Genre, l.Cle) != l.Etat {
		t.Error("something was done")
	}
}

// What a page comes back to after a form is a page of ours.
func TestRetour(t *testing.T) {
	for s, attendu := range map[string]string{"suivre?etat=rejetee": "suivre?etat=rejetee", "": "intervenir",
		"//mal.test": "intervenir", "https://mal.test": "intervenir", "/etc": "intervenir", "../../x": "intervenir",
		"\\\\mal.test": "intervenir", "facture?cle=1%2F2&fait=fait": "facture?cle=1%2F2", "javascript:x": "intervenir"} {
		if r := retourSur(s); r != attendu {
			t.Errorf("%q leads to %q", s, r)
		}
	}
}

// Pages are told of what is noted, by whoever noted it, and only while they may read.
func TestVeille(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: 12, Factures: 4})
	r, err := http.NewRequestWithContext(t.Context(), "GET", b.serveur.URL+"/scor/veille", nil)
	if err != nil {
		t.Fatal(err)
	}
	x, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Body.Close()
	lignes := bufio.NewScanner(x.Body)
	attendre := func(s string) bool {
		for lignes.Scan() {
			if strings.Contains(lignes.Text(), s) {
				return true
			}
		}
		return false
	}
	if !attendre("event: pret") {
		t.Fatal("the stream doesn't begin")
	}
	if err := b.Piece(contexte, "NOUVELLE", fse.CleFacture{Lot: fse.CleLot{Emetteur: "1"}}); err != nil {
		t.Fatal(err)
	}
	if !attendre("Pièce déposée") {
		t.Fatal("a step isn't told")
	}
	b.qui = Personne{}
	if err := b.Piece(contexte, "AUTRE", fse.CleFacture{Lot: fse.CleLot{Emetteur: "1"}}); err != nil {
		t.Fatal(err)
	}
	if attendre("Pièce déposée") {
		t.Error("a step is told to who may not read any more")
	}
}

// The first page and all that it loads are small; nothing that its addresses name is missing.
func TestPoids(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: 16, Factures: 6})
	for _, chemin := range []string{"intervenir", "suivre", "indicateurs", "controler"} {
		x := b.lire(chemin)
		total := len(x.corps)
		for _, m := range regexp.MustCompile(`(?:href|src)="\./(statique/[^"]+)"`).FindAllStringSubmatch(x.corps, -1) {
			y := b.lire(m[1])
			if y.code != http.StatusOK || !strings.Contains(y.entetes.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d %s", m[1], y.code, y.entetes.Get("Cache-Control"))
			}
			total += len(y.corps)
		}
		if total > 150_000 {
			t.Errorf("%s: %d bytes before compression, at most 150,000", chemin, total)
		}
	}
}

// A host's colours that people couldn't read are refused.
func TestTheme(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: -1})
	for _, x := range []Theme{{Marque: "#ffcc00"}, {Marque: "red"}, {MarqueSombre: "#202020"},
		{Police: "x;} body{display:none"}} {
		if _, err := New(b.Suivi, b.e.acces, WithTheme(x)); err == nil {
			t.Errorf("%+v is taken", x)
		}
	}
	e, err := New(b.Suivi, b.e.acces, WithTheme(Theme{Marque: "#7a1f5c"}),
		WithMots(map[string]string{"suivre": "Mes envois"}))
	if err != nil || !strings.Contains(string(e.theme.css()), "#7a1f5c") || e.mot("suivre", "") != "Mes envois" {
		t.Errorf("%v", err)
	}
}
