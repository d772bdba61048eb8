package ecrans

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

func ouvre(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// Files ready to go are shown with what their checks find: a good one leaves by one button, once; one with errors says
// where, and stays.
func TestFichiers(t *testing.T) {
	var l []FichierPret
	var partis []string
	b := monter(t, suivitest.Plan{Lots: -1}, WithFichiers(Fichiers{
		Lister: func(context.Context) ([]FichierPret, error) { return l, nil },
		Depose: func(_ context.Context, nom string) error { partis, l = append(partis, nom), nil; return nil }}))
	f, err := b.Fichier(3)
	if err != nil {
		t.Fatal(err)
	}
	var o bytes.Buffer
	if err := b2.WriteFichier(b2.NewWriter(&o), f); err != nil {
		t.Fatal(err)
	}
	bon := o.Bytes()
	// The last digit of the file's total, and of nothing else: the file contradicts itself.
	i := bytes.LastIndexAny(bytes.TrimRight(bon, "0 \r\n"), "123456789")
	faux := bytes.Clone(bon)
	faux[i] ^= 1
	l = []FichierPret{{Nom: "bon.b2", Taille: int64(len(bon)), Open: ouvre(bon)},
		{Nom: "faux.b2", Taille: int64(len(faux)), Open: ouvre(faux)},
		{Nom: "rien.b2", Taille: 3, Open: ouvre([]byte("abc"))}}
	x := b.lire("controler")
	for _, mot := range []string{"prêt à partir", "à corriger", "illisible", "3 factures", "Envoyer ce fichier",
		"enregistrement"} {
		if !strings.Contains(x.corps, mot) {
			t.Errorf("the screen lacks %q", mot)
		}
	}
	if strings.Count(x.corps, "Envoyer ce fichier") != 1 {
		t.Error("a file with errors may leave")
	}
	for _, nom := range []string{"faux.b2", "rien.b2"} {
		if x := b.envoyer("fichier/deposer", url.Values{"nom": {nom}}); x.code != http.StatusConflict || len(partis) > 0 {
			t.Errorf("%s: %d", nom, x.code)
		}
	}
	if x = b.envoyer("fichier/deposer", url.Values{"nom": {"bon.b2"}}); x.code != http.StatusOK || len(partis) != 1 ||
		!strings.Contains(x.corps, "est déposé") {
		t.Errorf("%d %v", x.code, partis)
	}
	if _, err := b.Suivi.Facture(contexte, f.Lots[0].Factures[0].Cle); err != nil {
		t.Error(err)
	}
	if x = b.envoyer("fichier/deposer", url.Values{"nom": {"bon.b2"}}); x.code != http.StatusNotFound {
		t.Errorf("again: %d", x.code)
	}
}

// A bordereau is shown as it is presented, then with its signature once the host has embedded it; its bytes and their
// digest agree.
func TestBordereau(t *testing.T) {
	presente, signe := []byte("%PDF-1.4 presente"), []byte("%PDF-1.4 signe")
	signatures := signature.New(&signature.Memoire{})
	la := false
	b := monter(t, suivitest.Plan{Lots: -1}, WithBordereaux(Bordereaux{Registre: signatures,
		Signe: func(context.Context, string) (io.ReadCloser, error) {
			if !la {
				return nil, fs.ErrNotExist
			}
			return ouvre(signe)()
		}}))
	id, err := signatures.Presenter(contexte, signature.Document{Lot: "57", Titre: "Bordereau S3404 — lot 57",
		Empreinte: sha256.Sum256(presente), Taille: int64(len(presente)),
		Open: func(context.Context) (io.ReadCloser, error) { return ouvre(presente)() }})
	if err != nil {
		t.Fatal(err)
	}
	voir := func(octets []byte, mot string) {
		t.Helper()
		x, d := b.lire("bordereau?id="+id), b.lire("bordereau/document?id="+id)
		if !strings.Contains(x.corps, scor.Empreinte(sha256.Sum256(octets)).String()) || !strings.Contains(x.corps, mot) ||
			d.corps != string(octets) || d.entetes.Get("Content-Type") != "application/pdf" {
			t.Errorf("%d, document %q, no %q", x.code, d.corps, mot)
		}
	}
	voir(presente, "attend sa signature")
	s := signature.Signataire{ID: "s1", Nom: "Mme Vidal"}
	if _, err := signatures.Document(id, s); err != nil {
		t.Fatal(err)
	}
	var trait signature.Trait
	for i := range 40 {
		trait = append(trait, signature.Point{X: 1000 + i*200, Y: 4000 + i%7*300, P: 500, T: int64(i * 12)})
	}
	if _, err := signatures.Signer(contexte, id, s, signature.Demande{Empreinte: sha256.Sum256(presente),
		Brouillon: signature.Brouillon{Cle: "cle-de-cet-essai-1", Version: 1,
			Traits: []signature.Trait{trait}}}); err != nil {
		t.Fatal(err)
	}
	voir(presente, "par Mme Vidal")
	if _, err := signatures.Utiliser(contexte, id, func(context.Context, signature.Signature) (scor.Empreinte, error) {
		return sha256.Sum256(signe), nil
	}); err != nil {
		t.Fatal(err)
	}
	la = true
	voir(signe, "Le document signé")
	if x := b.lire("bordereau?id=rien"); x.code != http.StatusNotFound {
		t.Errorf("an unknown one: %d", x.code)
	}
	b.qui.Droits &^= Documents
	if x := b.lire("bordereau/document?id=" + id); x.code != http.StatusForbidden {
		t.Errorf("without the right to documents: %d", x.code)
	}
}
