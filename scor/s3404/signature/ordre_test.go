package signature_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

var (
	premier = signature.Signataire{ID: "morel", Nom: "Dr Anne Morel"}
	second  = signature.Signataire{ID: "petit", Nom: "Dr Hugo Petit"}
	tiers   = signature.Signataire{ID: "girard", Nom: "Dr Paul Girard"}
)

// carnet is a store that knows which keys were written.
type carnet struct {
	*signature.Memoire
	cles map[string]bool
}

func (c *carnet) Write(ctx context.Context, cle string, v []byte, nouveau bool) error {
	c.cles[cle] = true
	return c.Memoire.Write(ctx, cle, v, nouveau)
}

// aDeux is a document that two sign, the second one for somebody.
func aDeux() signature.Document {
	d := document("lot", "%PDF à deux")
	d.Ordre = []signature.Attendu{{Signataire: premier.ID}, {Signataire: second.ID, Mandant: "Dr Léa Fontaine"}}
	return d
}

func pour(d signature.Document, cle string, mandant string) signature.Demande {
	x := demande(d, cle)
	x.PourMandat, x.Mandant = mandant != "", mandant
	return x
}

// TestOrdreDesSignataires protects the order in which several sign: nobody sees before his turn, each signs for whom he
// must, once, and all signatures are handed out together, each bound to the one before.
func TestOrdreDesSignataires(t *testing.T) {
	ctx := t.Context()
	m := &carnet{Memoire: new(signature.Memoire), cles: map[string]bool{}}
	r := signature.New(m)
	doc := aDeux()
	id := presenter(t, r, doc)
	voit := func(s signature.Signataire, veut bool) {
		t.Helper()
		_, err := r.Document(id, s)
		if (err == nil) != veut || !veut && !errors.Is(err, signature.ErrTour) || (len(r.Visibles(s)) == 1) != veut {
			t.Errorf("%s: %v, %d in the list", s.ID, err, len(r.Visibles(s)))
		}
	}
	voit(premier, true)
	voit(second, false)
	voit(tiers, false)
	if _, err := r.Signer(ctx, id, second, pour(doc, cle1, "Dr Léa Fontaine")); !errors.Is(err, signature.ErrTour) {
		t.Errorf("the second one signed first: %v", err)
	}
	if err := r.Refuser(ctx, id, second, "non"); !errors.Is(err, signature.ErrTour) {
		t.Errorf("the second one refused first: %v", err)
	}
	if err := r.Enregistrer(ctx, id, tiers, demande(doc, cle1).Brouillon); !errors.Is(err, signature.ErrTour) {
		t.Errorf("a stranger drew: %v", err)
	}
	un, err := r.Signer(ctx, id, premier, demande(doc, cle1))
	if err != nil || un.Rang != 1 || un.Sur != 2 {
		t.Fatalf("%+v %v", un, err)
	}
	if v, _ := r.Situation(id); v.Etat != signature.ASigner || len(v.Signatures) != 1 || v.Attend(premier) ||
		!v.Attend(second) {
		t.Errorf("%+v", v)
	}
	if encore, err := r.Signer(ctx, id, premier, demande(doc, cle1)); err != nil || encore.Lien != un.Lien {
		t.Errorf("the same demand again: %v", err)
	}
	if err := r.Enregistrer(ctx, id, premier, demande(doc, cle2).Brouillon); !errors.Is(err, signature.ErrDejaSigne) {
		t.Errorf("the first one draws again: %v", err)
	}
	if _, err := r.Utiliser(ctx, id, nil); !errors.Is(err, signature.ErrNonSigne) {
		t.Errorf("used before the last one signed: %v", err)
	}
	voit(premier, true)
	voit(second, true)
	voit(tiers, false)
	// Another run of the program goes on from there.
	r = signature.New(m)
	if presenter(t, r, doc) != id {
		t.Fatal("another identifier")
	}
	voit(second, true)
	for _, faux := range []string{"", "Dr Hugo Petit"} {
		if _, err := r.Signer(ctx, id, second, pour(doc, cle2, faux)); !errors.Is(err, signature.ErrMandant) {
			t.Errorf("signed for %q: %v", faux, err)
		}
	}
	if noms, libre := r.Mandants(&doc, second); libre || len(noms) != 1 || noms[0] != "Dr Léa Fontaine" {
		t.Errorf("%v %t", noms, libre)
	}
	deux, err := r.Signer(ctx, id, second, pour(doc, cle2, "Dr Léa Fontaine"))
	if err != nil || deux.Rang != 2 || deux.Precedent != un.Lien {
		t.Fatalf("%+v %v", deux, err)
	}
	if err := r.Reprendre(ctx, id, premier, "erreur"); !errors.Is(err, signature.ErrAutre) {
		t.Errorf("taken back under a later signature: %v", err)
	}
	recu, err := r.Utiliser(ctx, id, func(_ context.Context, s signature.Signature) (scor.Empreinte, error) {
		if len(s.Avant) != 1 || s.Avant[0].Recu.Lien != un.Lien || len(s.Avant[0].Traits) == 0 || len(s.Traits) == 0 {
			t.Errorf("%+v", s.Recu)
		}
		return sha256.Sum256([]byte("signé")), nil
	})
	if err != nil || recu.Etat != signature.Joint {
		t.Fatalf("%+v %v", recu, err)
	}
	for cle := range m.cles {
		v, err := m.Read(ctx, cle)
		if err != nil && !errors.Is(err, signature.ErrAbsent) || bytes.Contains(v, []byte("traits")) {
			t.Errorf("%s still has strokes: %v", cle, err)
		}
	}
}

// TestRefusDuSecond protects that a refusal stops a document that was signed in part, and that a corrected one starts
// anew with a trace of what was given.
func TestRefusDuSecond(t *testing.T) {
	ctx := t.Context()
	r := signature.New(new(signature.Memoire))
	doc := aDeux()
	id := presenter(t, r, doc)
	if _, err := r.Signer(ctx, id, premier, demande(doc, cle1)); err != nil {
		t.Fatal(err)
	}
	if err := r.Refuser(ctx, id, second, "montant faux"); err != nil {
		t.Fatal(err)
	}
	recu, err := r.Attendre(ctx, id)
	if !errors.Is(err, signature.ErrRefuse) || recu.Signataire.ID != second.ID {
		t.Errorf("%+v %v", recu, err)
	}
	if _, err := r.Utiliser(ctx, id, nil); !errors.Is(err, signature.ErrRefuse) {
		t.Errorf("%v", err)
	}
	if _, err := r.Signer(ctx, id, second, pour(doc, cle2, "Dr Léa Fontaine")); !errors.Is(err, signature.ErrRefuse) {
		t.Errorf("%v", err)
	}
	corrige := document("lot", "%PDF corrigé")
	corrige.Ordre = doc.Ordre
	id = presenter(t, r, corrige)
	v, err := r.Situation(id)
	if err != nil || v.Etat != signature.ASigner || len(v.Signatures) != 0 || !v.Attend(premier) {
		t.Errorf("%+v %v", v, err)
	}
	if a, err := r.Annulations(ctx, id); err != nil || len(a) != 2 || a[0].Recu.Signataire.ID != premier.ID {
		t.Errorf("%+v %v", a, err)
	}
}

// TestReprendreAvantLeSuivant protects that the one who signed last can take it back, and that the host takes all back.
func TestReprendreAvantLeSuivant(t *testing.T) {
	ctx := t.Context()
	r := signature.New(new(signature.Memoire), signature.WithDelai(time.Minute))
	doc := aDeux()
	id := presenter(t, r, doc)
	if _, err := r.Signer(ctx, id, premier, demande(doc, cle1)); err != nil {
		t.Fatal(err)
	}
	if v, _ := r.Situation(id); v.Reprenable.IsZero() {
		t.Error("not said to be taken back")
	}
	if err := r.Reprendre(ctx, id, premier, "erreur"); err != nil {
		t.Fatal(err)
	}
	if v, _ := r.Situation(id); !v.Attend(premier) || len(v.Signatures) != 0 {
		t.Errorf("%+v", v)
	}
	cles, mandants := []string{cle1, cle2}, []string{"", "Dr Léa Fontaine"}
	for i, s := range []signature.Signataire{premier, second} {
		if _, err := r.Signer(ctx, id, s, pour(doc, cles[i], mandants[i])); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Annuler(ctx, id, signature.Annulation{Par: "facturation", Motif: "lot à refaire"}); err != nil {
		t.Fatal(err)
	}
	if v, _ := r.Situation(id); !v.Attend(premier) || len(v.Signatures) != 0 {
		t.Errorf("%+v", v)
	}
	if a, _ := r.Annulations(ctx, id); len(a) != 3 {
		t.Errorf("%d traces", len(a))
	}
}

// TestOrdreMalDit protects from an order that nobody could follow.
func TestOrdreMalDit(t *testing.T) {
	r := signature.New(new(signature.Memoire))
	for _, o := range [][]signature.Attendu{{{}}, {{Signataire: "a"}, {Signataire: "a"}},
		{{Signataire: "a", Mandant: "李"}}, make([]signature.Attendu, signature.OrdreMax+1)} {
		d := document("lot", "%PDF")
		d.Ordre = o
		if _, err := r.Presenter(t.Context(), d); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// TestCopie protects the signer's copy: the very document of the receipt, for those who signed it, once it is signed.
func TestCopie(t *testing.T) {
	ctx := t.Context()
	r := signature.New(new(signature.Memoire))
	signe := []byte("%PDF signé")
	doc := document("lot", "%PDF copie")
	doc.OpenSigne = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(signe)), nil }
	id := presenter(t, r, doc)
	if _, err := r.Signer(ctx, id, premier, demande(doc, cle1)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Copie(ctx, id, premier); !errors.Is(err, signature.ErrSansCopie) {
		t.Errorf("before it is embedded: %v", err)
	}
	if _, err := r.Utiliser(ctx, id, func(context.Context, signature.Signature) (scor.Empreinte, error) {
		return sha256.Sum256(signe), nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Copie(ctx, id, second); !errors.Is(err, signature.ErrAutre) {
		t.Errorf("another's: %v", err)
	}
	c, taille, err := r.Copie(ctx, id, premier)
	if err != nil || taille != int64(len(signe)) {
		t.Fatal(taille, err)
	}
	if lu, err := io.ReadAll(c); err != nil || !bytes.Equal(lu, signe) {
		t.Errorf("%q %v", lu, err)
	}
	signe = []byte("%PDF autre")
	if _, _, err := r.Copie(ctx, id, premier); !errors.Is(err, signature.ErrModifie) {
		t.Errorf("another document: %v", err)
	}
}
