package suivi

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/essais/tsa"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor/horodatage"
)

// extraire writes a pack's files into a folder.
func extraire(t *testing.T, z map[string][]byte) string {
	t.Helper()
	d := t.TempDir()
	for nom, b := range z {
		chemin := filepath.Join(d, filepath.FromSlash(nom))
		if err := os.MkdirAll(filepath.Dir(chemin), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(chemin, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// script runs the pack's script in its folder.
func script(t *testing.T, z map[string][]byte, args ...string) (string, error) {
	t.Helper()
	for _, p := range []string{"sh", "openssl"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skip(p + " is not installed")
		}
	}
	c := exec.Command("sh", append([]string{"verifier.sh"}, args...)...)
	c.Dir = extraire(t, z)
	b, err := c.CombinedOutput()
	return string(b), err
}

func (b *banc) paquet(c fse.CleFacture) map[string][]byte {
	b.t.Helper()
	var w bytes.Buffer
	if err := b.Preuve(b.t.Context(), &w, c); err != nil {
		b.t.Fatal(err)
	}
	if _, err := VerifierPreuve(bytes.NewReader(w.Bytes()), int64(w.Len())); err != nil {
		b.t.Fatal(err)
	}
	return lireZip(b.t.(*testing.T), w.Bytes())
}

// avecAncres has a banc anchor its head in a folder, attested by h.
func avecAncres(t *testing.T, h horodatage.Horodateur) func(*Config) {
	return func(c *Config) {
		a, err := OpenAncres(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		c.Ancrage = &Ancrage{Horodateur: h, Ancres: a}
	}
}

// A pack proves itself without this module, with a shell and openssl: events, documents, and the time-stamp of the
// head. Any change is found.
func TestPreuveSansLeSDK(t *testing.T) {
	a := tsa.Ouvrir(t)
	b := nouveauBanc(t, avecAncres(t, horodatage.New(a.URL)))
	b.lot(1, 2)
	f := b.lot(2, 1)
	b.jusquAuRepos()
	z := b.paquet(f.Lots[0].Factures[0].Cle)
	sortie, err := script(t, z, a.Racine)
	if err != nil || !strings.Contains(sortie, "horodatée") || !strings.Contains(sortie, " 4 fichiers") {
		t.Fatalf("%v\n%s", err, sortie)
	}
	if !strings.Contains(string(z[preuvePage]), "2016-1673") || !strings.Contains(string(z[preuvePage]), "horodatée") {
		t.Error("the page doesn't say what holds the head")
	}
	// The first event is the first that the script looks at.
	var piece, premier string
	for nom := range z {
		if strings.HasPrefix(nom, preuvePieces+"/") {
			piece = nom
		}
		if strings.HasSuffix(nom, "/contenu") {
			if e := strings.TrimSuffix(nom, "/contenu"); premier == "" || e < premier {
				premier = e
			}
		}
	}
	for _, c := range []struct{ nom, dit string }{{piece, "aucun événement"}, {premier + "/contenu", "journal"},
		{premier + "/chemin", "journal"}, {preuveTete, ""},
		{preuveJeton, "horodatage"}} {
		y := map[string][]byte{}
		for n, o := range z {
			y[n] = bytes.Clone(o)
		}
		y[c.nom][len(y[c.nom])-2] ^= 1
		if sortie, err := script(t, y, a.Racine); err == nil || !strings.Contains(sortie, "ÉCHEC") ||
			!strings.Contains(sortie, c.dit) {
			t.Errorf("%s changed: %v\n%s", c.nom, err, sortie)
		}
	}
}

// The same with a key of the host; and without anything outside, the script says that nothing holds the head.
func TestPreuveSignee(t *testing.T) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cle, err := horodatage.NewCle(k)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	publique := filepath.Join(t.TempDir(), "cle.pem")
	if err := os.WriteFile(publique, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		changer func(*Config)
		args    []string
		dit     string
	}{{avecAncres(t, cle), []string{publique}, "La tête est signée"}, {func(*Config) {}, nil, "tenue par rien"}} {
		b := nouveauBanc(t, c.changer)
		f := b.lot(1, 1)
		b.jusquAuRepos()
		z := b.paquet(f.Lots[0].Factures[0].Cle)
		if sortie, err := script(t, z, c.args...); err != nil || !strings.Contains(sortie, c.dit) {
			t.Errorf("%v\n%s", err, sortie)
		}
	}
}

// A pack has the size of its invoice, not that of the journal.
func TestPreuveDeTailleConstante(t *testing.T) {
	b := nouveauBanc(t)
	f := b.lot(1, 1)
	b.jusquAuRepos()
	taille := func() (n int) {
		for nom, o := range b.paquet(f.Lots[0].Factures[0].Cle) {
			if nom == preuveJournal || strings.HasPrefix(nom, preuveDossier+"/") {
				n += len(o)
			}
		}
		return n
	}
	avant := taille()
	for i := range 20 {
		b.lot(2+i, 20)
	}
	b.jusquAuRepos()
	tete, err := b.journal.Tete(t.Context())
	if err != nil || tete.Seq < 1000 {
		t.Fatal(tete, err)
	}
	// A path grows by 32 bytes, 70 in JSON, each time that the journal doubles.
	if apres := taille(); apres > 2*avant {
		t.Errorf("%d bytes, then %d in a journal of %d events", avant, apres, tete.Seq)
	}
}

// Five patients in one NOEMIE return: the pack of the first holds nothing of the others, and its own lines as they
// came.
func TestPreuveDUnSeulPatient(t *testing.T) {
	b := nouveauBanc(t)
	f := b.lot(1, 5)
	b.jusquAuRepos()
	r := noemieDe(t, f.Lots[0].Factures)
	b.f.mu.Lock()
	b.f.poster(b.f.mail("RSP", "RSP", r))
	b.f.mu.Unlock()
	b.jusquAuRepos()
	premiere := f.Lots[0].Factures[0]
	if e := b.etat(journal.Facture, cleFacture(premiere.Cle)); e != journal.Paye {
		t.Fatalf("the return wasn't read: %s", e)
	}
	z := b.paquet(premiere.Cle)
	lignes := 0
	for nom, o := range z {
		for i := range f.Lots[0].Factures {
			nir := f.Lots[0].Factures[i].Assure.Numero()
			if bytes.Contains(o, []byte(nir)) && i > 0 {
				t.Errorf("%s holds another patient's number", nom)
			}
		}
		if strings.HasSuffix(nom, ".noemie") {
			lignes++
			if !bytes.Contains(o, []byte("000001000")) || bytes.Contains(o, []byte("000001001")) {
				t.Errorf("%s: not the lines of that invoice: %q", nom, o)
			}
		}
	}
	if lignes != 1 {
		t.Errorf("%d files of lines", lignes)
	}
	if sortie, err := script(t, z); err != nil {
		t.Errorf("%v\n%s", err, sortie)
	}
}

// Cut, rewritten, or put back from an old copy: a journal that isn't that of its last anchor isn't opened, but by who
// says that it is a restoration.
func TestAncre(t *testing.T) {
	b := nouveauBanc(t, avecAncres(t, nil))
	b.lot(1, 1)
	b.jusquAuRepos()
	vieux := journal.NewMemoire(b.h.lire)
	if _, err := journal.Copier(t.Context(), vieux, b.journal); err != nil {
		t.Fatal(err)
	}
	b.lot(2, 1)
	b.h.avancer(25 * time.Hour)
	b.jusquAuRepos() // anchors, once a day
	tete, err := b.journal.Tete(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a, err := b.c.Ancrage.Ancres.Derniere(t.Context()); err != nil || a.Tete.Seq == 0 {
		t.Fatalf("%+v, %v: not anchored by the round", a, err)
	}
	if a, err := b.Ancrer(t.Context()); err != nil || a.Tete != tete {
		t.Fatalf("%+v, %v", a, err)
	}
	reecrit := journal.NewMemoire(b.h.lire)
	for e, err := range b.journal.Rejouer(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Genre == journal.Piece {
			e.Champs.Pages++
		}
		if err := reecrit.Ajouter(t.Context(), []journal.Evenement{e}); err != nil {
			t.Fatal(err)
		}
	}
	for quoi, x := range map[string]struct {
		j       journal.Journal
		attendu error
	}{"itself": {b.journal, nil}, "an old copy": {vieux, ErrAncre}, "rewritten": {reecrit, ErrAncre}} {
		c := b.c
		c.Journal = x.j
		if _, err := Open(t.Context(), c); !errors.Is(err, x.attendu) {
			t.Errorf("%s: %v", quoi, err)
		}
		restauration := *c.Ancrage
		restauration.Restauration = true
		c.Ancrage = &restauration
		if _, err := Open(t.Context(), c); err != nil {
			t.Errorf("%s, as a restoration: %v", quoi, err)
		}
	}
}

// noemieDe is a NOEMIE return that pays each of these invoices.
func noemieDe(t *testing.T, l []fse.Facture) []byte {
	t.Helper()
	v := &noemie.Versement{Beneficiaire: "000000123456789", Date: l[0].Date, Libelles: [2]string{"VIR CPAM EXEMPLE", ""},
		Payeur: "422"}
	r := &noemie.Retour{Emballage: noemie.Blocs, Entete: noemie.Entete{TypeEmetteur: "CP", Emetteur: "00000001422000",
		TypeDestinataire: "TP", Destinataire: "00000123456789", ID: "N00001", Date: l[0].Date, Reference: "0578"}}
	for i := range l {
		r.Factures = append(r.Factures, noemie.Reponse{Cle: noemie.CleDe(l[i].Cle), Origine: "F", Versement: v,
			Assure: l[i].Assure, AMO: &noemie.Part{Demande: l[i].Total, DemandeConnue: true, Paye: l[i].Total,
				Etat: noemie.Paye}})
	}
	var w bytes.Buffer
	if err := noemie.WriteRetour(&w, r); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}
