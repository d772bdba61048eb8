package ecrans

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// The biller finds the pieces of a control, draws some, and exports them with their proof; every look is in the
// register, and none goes without its reason. A refusal to sign is taken back with a reason, by who may.
func TestControler(t *testing.T) {
	registre, err := controle.Open(filepath.Join(t.TempDir(), "controle"))
	if err != nil {
		t.Fatal(err)
	}
	defer registre.Close()
	signatures := signature.New(&signature.Memoire{})
	b := monter(t, suivitest.Plan{Lots: 14, Factures: 4}, WithControle(registre),
		WithBordereaux(Bordereaux{Registre: signatures, Lien: "/connexion"}))
	f, err := b.Fichier(6)
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Lots[0].Factures {
		x := &f.Lots[0].Factures[i]
		if _, err := registre.Classer(contexte, x, suivitest.Ordonnance("K"+nombreBrut(uint64(x.Cle.Numero)), x.Cle),
			controle.Acces{Qui: "u1", Motif: "classement"}); err != nil {
			t.Fatal(err)
		}
	}
	if x := b.envoyer("controle", url.Values{}); x.code != http.StatusBadRequest {
		t.Errorf("without a reason: %d", x.code)
	}
	v := url.Values{"motif": {"contrôle 4512"}, "tirage": {"2"}, "graine": {"dé de la caisse"}}
	x := b.envoyer("controle", v)
	if !strings.Contains(x.corps, "2 factures tirées au sort parmi 6") || strings.Count(x.corps, `<td class="id">K`) != 2 {
		t.Errorf("%d\n%s", x.code, x.corps)
	}
	for range 2 { // the same seed, the same sample
		x = b.envoyer("controle/export", v)
		z, err := zip.NewReader(strings.NewReader(x.corps), int64(len(x.corps)))
		if err != nil {
			t.Fatal(err)
		}
		p, err := controle.VerifierZIP(z)
		if err != nil || len(p.Pieces) != 2 || p.Acces.Motif != "contrôle 4512" || p.Acces.Qui != "u1" {
			t.Errorf("%+v %v", p, err)
		}
	}
	octets := []byte("%PDF-1.4 bordereau")
	s := signature.Signataire{ID: "s1", Nom: "Mme Vidal"}
	id, err := signatures.Presenter(contexte, signature.Document{Lot: "57", Titre: "Bordereau S3404 — lot 57",
		Empreinte: sha256.Sum256(octets), Taille: int64(len(octets)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(octets)), nil }})
	if err != nil {
		t.Fatal(err)
	}
	if err := signatures.Refuser(contexte, id, s, "il manque une facture"); err != nil {
		t.Fatal(err)
	}
	if x = b.lire("controler"); !strings.Contains(x.corps, "lot 57") || !strings.Contains(x.corps, "refusé") ||
		!strings.Contains(x.corps, "/connexion") || !strings.Contains(x.corps, "demandés") {
		t.Error("the screen lacks bordereaux, or euros")
	}
	b.qui.Droits &^= Signer
	reprise := url.Values{"id": {id}, "motif": {"corrigé"}}
	if x = b.envoyer("bordereau/reprendre", reprise); x.code != http.StatusForbidden {
		t.Errorf("without the right: %d", x.code)
	}
	b.qui.Droits |= Signer
	if x = b.envoyer("bordereau/reprendre", url.Values{"id": {id}}); x.code != http.StatusBadRequest {
		t.Errorf("without a reason: %d", x.code)
	}
	x = b.envoyer("bordereau/reprendre", reprise)
	if y, err := signatures.Situation(id); err != nil || y.Etat != signature.ASigner || !strings.Contains(x.corps,
		"peut être signé") {
		t.Errorf("%v %v %d", y.Etat, err, x.code)
	}
}

// The figures are a table that spreadsheets read: one line a month, caisses, causes; nothing in it is a formula.
func TestCSV(t *testing.T) {
	b := monter(t, suivitest.Plan{Lots: 14, Factures: 4})
	x := b.lire("indicateurs.csv")
	if !strings.HasPrefix(x.corps, "\ufeffmois;") || !strings.Contains(x.corps, "2026-03;") || !strings.Contains(x.corps,
		"caisse;demandé") || !strings.Contains(x.corps, "Pièce;2001") {
		t.Errorf("%s", x.corps)
	}
	if tableur("=1+1") != "'=1+1" || tableur("rien") != "rien" {
		t.Error("a formula goes out")
	}
}
