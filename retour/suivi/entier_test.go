package suivi

import (
	"bytes"
	"context"
	"crypto/x509"
	"flag"
	"fmt"
	"iter"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
	"github.com/scor-sdk/scor-sdk-go/transport/annuaire/ldap"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

var ecrirePapiers = flag.Bool("update", false, "write docs/fautes.md")

// entier is an office with all that it depends on, each with its network: a relay in SMTP over TLS, a mailbox in POP3,
// a directory in LDAP, a journal in a file. Each may be taken away.
type entier struct {
	*banc
	frontal *frontal.Frontal
	disque  *journalPlein

	mu                     sync.Mutex
	relais, boite, annuair bool // down
	bon, mort              transport.Expediteur
	lue, morte             transport.Boite
	ldap                   transport.Annuaire
}

func (e *entier) couper(relais, boite, annuaire bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.relais, e.boite, e.annuair = relais, boite, annuaire
}

// Envoyer implements transport.Expediteur.
func (e *entier) Envoyer(ctx context.Context, x transport.Envoi) (transport.Preuve, error) {
	e.mu.Lock()
	s := e.bon
	if e.relais {
		s = e.mort
	}
	e.mu.Unlock()
	return s.Envoyer(ctx, x)
}

// Certificats implements transport.Annuaire.
func (e *entier) Certificats(ctx context.Context, adresse string) ([]*x509.Certificate, error) {
	e.mu.Lock()
	a := e.frontal.Annuaire()
	if e.annuair {
		a = e.ldap
	}
	e.mu.Unlock()
	return a.Certificats(ctx, adresse)
}

// boiteEntiere is the mailbox, which may be down.
type boiteEntiere struct{ e *entier }

func (b boiteEntiere) choisie() transport.Boite {
	b.e.mu.Lock()
	defer b.e.mu.Unlock()
	if b.e.boite {
		return b.e.morte
	}
	return b.e.lue
}

// personne is an address where nobody listens.
func personne(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func nouvelEntier(t *testing.T) *entier {
	t.Helper()
	e := &entier{}
	p, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	vide := personne(t)
	e.banc = nouveauBanc(t, func(c *Config) {
		if e.frontal, err = frontal.New(frontal.Config{Profil: p, Adresse: "01422@422.01.rss.fr",
			Horloge: c.Horloge}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.frontal.Close() })
		j, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "suivi.db"), sqlite.WithHorloge(c.Horloge))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { j.Close() })
		e.disque = &journalPlein{Journal: j}
		e.bon, e.mort = e.smtp(t, e.frontal.SMTP()), e.smtp(t, vide)
		boite := func(adresse string) transport.Boite {
			return &pop3.Boite{Adresse: adresse, ConfigTLS: e.frontal.ConfigTLS(), Utilisateur: c.Emetteur.Adresse,
				MotDePasse: "secret"}
		}
		e.lue, e.morte = boite(e.frontal.POP3()), boite(vide)
		source, err := ldap.New(ldap.Config{URL: "ldap://" + vide, Base: ldap.BaseTest})
		if err != nil {
			t.Fatal(err)
		}
		if e.ldap, err = annuaire.New(source, annuaire.WithConfianceSource()); err != nil {
			t.Fatal(err)
		}
		c.Profil, c.Journal, c.Coffre = p, e.disque, coffreDe(t, j.Documents())
		c.Expediteur, c.Annuaire, c.Boites = e, e, []transport.Boite{boiteEntiere{e}}
	})
	return e
}

func (e *entier) smtp(t *testing.T, adresse string) transport.Expediteur {
	t.Helper()
	s, err := smtp.New(smtp.Relais{Adresse: adresse, TLS: e.frontal.ConfigTLS()}, smtp.WithReprises(smtp.UnEssai))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// demander deposits a lot of two invoices with their pieces; its ARL is there.
func (e *entier) demander() {
	e.t.Helper()
	f := factures(e.t, 1, 2)
	e.deposer(f)
	for i := range f.Lots[0].Factures {
		e.piece(fmt.Sprintf("P%d", i), f.Lots[0].Factures[i].Cle)
	}
	arl := &retour.ARL{Flux: scor.FluxFactures, Emetteur: f.Emetteur, Lot: lot.Cle{Numero: f.Lots[0].Cle.Numero,
		Date: f.Lots[0].Cle.Date}, Positif: true}
	if _, err := e.DeposerRetour(e.t.Context(), arl); err != nil {
		e.t.Fatal(err)
	}
}

// passer lets hours pass, with a round in each; what fails comes again.
func (e *entier) passer(heures int) {
	for range heures {
		_, _ = e.Avancer(context.Background())
		e.h.avancer(time.Hour)
	}
}

// vu is what a person is told.
func (e *entier) vu() string {
	e.t.Helper()
	y, err := e.Synthese(context.Background(), Filtre{})
	if err != nil {
		e.t.Fatal(err)
	}
	var l []string
	for _, x := range y.Lignes {
		l = append(l, strings.TrimSpace(x.Quoi+" "+x.Conseil))
	}
	return strings.Join(append(l, y.Remarques...), " ")
}

// finir has everything come to its end, and says what was lost: a piece not acknowledged, a message sent under two
// identities, an event missing from the chain.
func (e *entier) finir() string {
	e.t.Helper()
	e.frontal.Calmer()
	e.couper(false, false, false)
	e.disque.plein = false
	for range 24 {
		e.passer(1)
	}
	var perdu []string
	for n, s := range e.situations() {
		if s != Acquittee {
			perdu = append(perdu, fmt.Sprintf("facture %d : %s", n, s))
		}
	}
	ids := map[string]bool{}
	for _, r := range e.frontal.Recus() {
		ids[r.MessageID] = true
		for _, c := range r.Constats {
			perdu = append(perdu, "le frontal constate : "+c.Message)
		}
	}
	if len(ids) != 1 {
		perdu = append(perdu, fmt.Sprintf("%d messages différents", len(ids)))
	}
	if _, err := journal.Verifier(context.Background(), e.journal, nil); err != nil {
		perdu = append(perdu, "journal : "+err.Error())
	}
	for _, l := range e.lignes() {
		perdu = append(perdu, "il reste : "+l.Quoi)
	}
	slices.Sort(perdu)
	return strings.Join(perdu, " ; ")
}

// fautesEntieres are what may go wrong around an office: how it comes, and a part of what the person has to be told
// ("": nothing, the software tries again by itself).
var fautesEntieres = []struct {
	faute, dit string
	arriver    func(e *entier)
}{
	{"Le relais de messagerie est arrêté deux jours", "relais", func(e *entier) {
		e.demander()
		e.couper(true, false, false)
		e.passer(48)
	}},
	{"La boîte aux lettres du frontal est pleine une journée", "", func(e *entier) {
		e.frontal.Incident(frontal.Incident{Panne: frontal.BoitePleine})
		e.demander()
		e.passer(24)
	}},
	{"La boîte aux lettres du cabinet ne répond pas une journée", "ne répond plus depuis", func(e *entier) {
		e.demander()
		e.couper(false, true, false)
		e.passer(24)
	}},
	{"L'annuaire des certificats ne répond pas une journée", "annuaire des certificats ne répond pas", func(e *entier) {
		e.couper(false, false, true)
		e.demander()
		e.passer(24)
	}},
	{"Le certificat du relais est périmé", "suspendus", func(e *entier) {
		e.frontal.Incident(frontal.Incident{Panne: frontal.CertificatPerime})
		e.demander()
		e.passer(12)
	}},
	{"Le disque est plein", "Le disque est plein", func(e *entier) {
		e.demander()
		e.disque.plein = true
		e.passer(3)
	}},
	{"L'horloge de l'ordinateur recule d'un an", "retarde", func(e *entier) {
		e.demander()
		e.passer(1)
		e.h.avancer(-365 * 24 * time.Hour)
		e.passer(2)
	}},
}

// Around an office everything fails in turn, on real conversations: the person is told what is to be told, nothing is
// lost, nothing leaves under two identities, and the paper says what was seen.
func TestFautesEntieres(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole office, seven times: without -short")
	}
	var b bytes.Buffer
	b.WriteString(debutFautes)
	for _, x := range fautesEntieres {
		t.Run(x.faute, func(t *testing.T) {
			e := nouvelEntier(t)
			x.arriver(e)
			vu := e.vu()
			if !strings.Contains(vu, x.dit) {
				t.Errorf("%q isn't told: %q", x.dit, vu)
			}
			if strings.Contains(x.faute, "recule") {
				e.h.avancer(365 * 24 * time.Hour)
			}
			if perdu := e.finir(); perdu != "" {
				t.Errorf("lost: %s", perdu)
			}
			if vu == "" {
				vu = "Rien : le logiciel essaie de nouveau, de lui-même."
			}
			fmt.Fprintf(&b, "| %s | %s | rien | `TestFautesEntieres` |\n", x.faute, strings.ReplaceAll(vu, "|", "\\|"))
		})
	}
	b.WriteString(finFautes)
	if t.Failed() {
		return
	}
	chemin := filepath.Join("..", "..", "docs", "fautes.md")
	if *ecrirePapiers {
		if err := os.WriteFile(chemin, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lu, err := os.ReadFile(chemin)
	if err != nil || !bytes.Equal(bytes.ReplaceAll(lu, []byte("\r\n"), []byte("\n")), b.Bytes()) {
		t.Errorf("docs/fautes.md isn't what was seen: go test ./retour/suivi -run FautesEntieres -update (%v)", err)
	}
}

const debutFautes = `# Ce qui peut tomber autour d'un cabinet

Chaque faute est provoquée sur un cabinet entier : journal SQLite, relais en SMTP sur TLS, boîte en POP3, annuaire LDAP, frontal de test, horloge
injectée. La table dit ce que la personne voit dans la synthèse pendant la faute, et ce qui est perdu une fois qu'elle est passée : une pièce non
acquittée, un message parti sous deux identités, un événement absent du journal. Elle est écrite par le test, qui échoue si elle change.

| Faute | Ce que la personne voit | Perdu | Test |
|---|---|---|---|
`

const finFautes = "| Le serveur PostgreSQL est redémarré, trois fois, en plein travail de trois postes | Rien : chaque poste reprend. | " +
	"rien | `TestPostgresRedemarre` |\n" +
	"| L'ordinateur est tué à n'importe quel instant | Rien : le travail reprend où il était. | rien | `TestMatriceDeMorts` |\n"

// Messages implements transport.Boite.
func (b boiteEntiere) Messages(ctx context.Context) iter.Seq2[transport.MessageBoite, error] {
	return b.choisie().Messages(ctx)
}

// Acquitter implements transport.Boite.
func (b boiteEntiere) Acquitter(ctx context.Context, id string) error {
	return b.choisie().Acquitter(ctx, id)
}
