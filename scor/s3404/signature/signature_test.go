package signature_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

var claire = signature.Signataire{ID: "s1", Nom: "Mme Claire Vidal", Qualite: "Responsable facturation"}

func document(lot, contenu string) signature.Document {
	return signature.Document{Lot: lot, Titre: "Bordereau " + lot, Empreinte: sha256.Sum256([]byte(contenu)),
		Taille: int64(len(contenu)), Open: func(context.Context) (io.ReadCloser,
			error) {
			return io.NopCloser(strings.NewReader(contenu)), nil
		}}
}

func traits() []signature.Trait {
	return []signature.Trait{{{X: 1000, Y: 5000, P: 300}, {X: 4000, Y: 2000, P: 600, T: 80}, {X: 7000, Y: 8000, P: 500,
		T: 160}}, {{X: 2000, Y: 9000, P: 400, T: 400}, {X: 8000, Y: 9000, P: 400, T: 520}}}
}

func demande(d signature.Document, cle string) signature.Demande {
	return signature.Demande{Empreinte: d.Empreinte, Brouillon: signature.Brouillon{Cle: cle, Version: 2, Traits: traits(),
		PourMandat: true, Mandant: "Dr Anne Morel"}}
}

const cle1, cle2 = "cle-0000000000001", "cle-0000000000002"

func magasins(t *testing.T) map[string]signature.Magasin {
	d, err := signature.OpenMagasin(t.TempDir(), bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return map[string]signature.Magasin{"memoire": new(signature.Memoire), "dossier": d}
}

func presenter(t *testing.T, r *signature.Registre, d signature.Document) string {
	t.Helper()
	id, err := r.Presenter(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Whatever the number of tablets, programs and repeated requests, one signature exists for a lot.
func TestUneSeuleSignature(t *testing.T) {
	for nom, m := range magasins(t) {
		t.Run(nom, func(t *testing.T) {
			doc := document("751143488-104-2026-11-21", "%PDF un bordereau")
			registres := []*signature.Registre{signature.New(m), signature.New(m)}
			var id string
			for _, r := range registres {
				id = presenter(t, r, doc)
			}
			var wg sync.WaitGroup
			var mu sync.Mutex
			gagnants := map[string]int{}
			liens := map[scor.Empreinte]bool{}
			for i := range 40 {
				wg.Go(func() {
					cle := fmt.Sprintf("tablette-%08d", i%10)
					recu, err := registres[i%2].Signer(t.Context(), id, claire, demande(doc, cle))
					mu.Lock()
					defer mu.Unlock()
					liens[recu.Lien] = true
					if err == nil {
						gagnants[cle]++
					} else if !errors.Is(err, signature.ErrDejaSigne) {
						t.Errorf("%s: %v", cle, err)
					}
				})
			}
			wg.Wait()
			if len(gagnants) != 1 || len(liens) != 1 {
				t.Fatalf("%d keys signed, %d signatures: %v", len(gagnants), len(liens), gagnants)
			}
			for cle, n := range gagnants {
				if n != 4 {
					t.Errorf("the 4 requests of %s were answered %d times with the receipt", cle, n)
				}
			}
		})
	}
}

// The same request again is the same answer; another drawing, signer or key is not, and is given the receipt that
// counts.
func TestMemeDemande(t *testing.T) {
	doc := document("L1", "contenu")
	quand := time.Date(2026, 11, 21, 23, 0, 0, 123456789, time.UTC)
	r := signature.New(new(signature.Memoire),
		signature.WithHorloge(func() time.Time { quand = quand.Add(time.Minute); return quand }))
	id := presenter(t, r, doc)
	un, err := r.Signer(t.Context(), id, claire, demande(doc, cle1))
	if err != nil {
		t.Fatal(err)
	}
	deux, err := r.Signer(t.Context(), id, claire, demande(doc, cle1))
	if d := cmp.Diff(un, deux); err != nil || d != "" {
		t.Fatalf("%v %s", err, d)
	}
	if !un.Quand.Equal(un.Quand.Truncate(time.Millisecond)) {
		t.Errorf("time %v is not what its text says", un.Quand)
	}
	autre := demande(doc, cle1)
	autre.Traits = autre.Traits[:1]
	for nom, f := range map[string]func() (signature.Recu, error){
		"strokes": func() (signature.Recu, error) { return r.Signer(t.Context(), id, claire, autre) },
		"key":     func() (signature.Recu, error) { return r.Signer(t.Context(), id, claire, demande(doc, cle2)) },
		"signer": func() (signature.Recu, error) {
			return r.Signer(t.Context(), id, signature.Signataire{ID: "s2", Nom: "Autre"}, demande(doc, cle1))
		},
	} {
		recu, err := f()
		if !errors.Is(err, signature.ErrDejaSigne) || recu.Lien != un.Lien {
			t.Errorf("other %s: %v", nom, err)
		}
	}
}

// A bordereau that changes is found: between the screen and the signature, between the signature and its use, and when
// presented again.
func TestBordereauModifie(t *testing.T) {
	contenu := "bordereau de 100,00 EUR"
	doc := document("L1", contenu)
	doc.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(contenu)), nil }
	jamais := func(context.Context, signature.Signature) (scor.Empreinte, error) {
		t.Error("the signature was handed out")
		return scor.Empreinte{}, nil
	}
	r := signature.New(new(signature.Memoire))
	id := presenter(t, r, doc)

	contenu = "bordereau de 900,00 EUR"
	if _, err := r.Signer(t.Context(), id, claire, demande(doc, cle1)); !errors.Is(err, signature.ErrModifie) {
		t.Fatalf("bytes changed before signing: %v", err)
	}
	contenu = "bordereau de 100,00 EUR"
	d := demande(doc, cle1)
	d.Empreinte[0] ^= 1
	if _, err := r.Signer(t.Context(), id, claire, d); !errors.Is(err, signature.ErrModifie) {
		t.Fatalf("screen showed another: %v", err)
	}
	if _, err := r.Signer(t.Context(), id, claire, demande(doc, cle1)); err != nil {
		t.Fatal(err)
	}
	contenu = "bordereau de 100,00 eur"
	if _, err := r.Utiliser(t.Context(), id, jamais); !errors.Is(err, signature.ErrModifie) {
		t.Fatalf("bytes changed after signing: %v", err)
	}
	if _, err := r.Presenter(t.Context(), document("L1", contenu)); !errors.Is(err, signature.ErrModifie) {
		t.Fatalf("other content for a signed lot: %v", err)
	}
	if err := r.Annuler(t.Context(), id, signature.Annulation{Par: "facturation", Motif: "montant corrigé"}); err != nil {
		t.Fatal(err)
	}
	if autre := presenter(t, r, document("L1", contenu)); autre == id {
		t.Error("two contents have one name")
	}
	if _, err := r.Presenter(t.Context(), signature.Document{Lot: "L2", Empreinte: doc.Empreinte, Taille: 3,
		Open: document("", "non").Open}); !errors.Is(err, signature.ErrModifie) {
		t.Errorf("presented with the hash of something else: %v", err)
	}
}

// The strokes are handed out once, and nothing of them stays: neither in the store's records nor on the disk.
func TestUsageUnique(t *testing.T) {
	dossier := t.TempDir()
	m, err := signature.OpenMagasin(dossier, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	doc := document("L1", "contenu")
	r := signature.New(m)
	id := presenter(t, r, doc)
	if _, err := r.Utiliser(t.Context(), id, nil); !errors.Is(err, signature.ErrNonSigne) {
		t.Fatalf("used before signing: %v", err)
	}
	if err := r.Enregistrer(t.Context(), id, claire, demande(doc, cle1).Brouillon); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Signer(t.Context(), id, claire, demande(doc, cle1)); err != nil {
		t.Fatal(err)
	}
	// The program dies after embedding: another one finds the signature and embeds the same again.
	panne := errors.New("disque plein")
	if _, err := r.Utiliser(t.Context(), id, func(context.Context, signature.Signature) (scor.Empreinte,
		error) {
		return scor.Empreinte{}, panne
	}); !errors.Is(err, panne) {
		t.Fatal(err)
	}
	r = signature.New(m)
	presenter(t, r, doc)
	recu, err := r.Utiliser(t.Context(), id, func(_ context.Context, s signature.Signature) (scor.Empreinte, error) {
		if d := cmp.Diff(traits(), s.Traits); d != "" || s.Calculer() != s.Lien {
			t.Errorf("strokes: %s", d)
		}
		s.Traits[0][0].X++
		if s.Calculer() == s.Lien {
			t.Error("moved ink keeps the link")
		}
		return sha256.Sum256([]byte("signé")), nil
	})
	if err != nil || recu.Etat != signature.Joint || recu.SigneEmpreinte != sha256.Sum256([]byte("signé")) {
		t.Fatalf("%+v %v", recu, err)
	}
	for _, r := range []*signature.Registre{r, signature.New(m)} {
		presenter(t, r, doc)
		encore, err := r.Utiliser(t.Context(), id, nil)
		if d := cmp.Diff(recu, encore); !errors.Is(err, signature.ErrDejaUtilisee) || d != "" {
			t.Fatalf("%v %s", err, d)
		}
		// A screen that missed the answer still gets it.
		if encore, err = r.Signer(t.Context(), id, claire, demande(doc, cle1)); err != nil || encore.Lien != recu.Lien {
			t.Fatal(err)
		}
	}
	fichiers, err := filepath.Glob(filepath.Join(dossier, "*"))
	if err != nil || len(fichiers) != 1 {
		t.Fatalf("left in the folder: %v %v", fichiers, err)
	}
	v, err := m.Read(t.Context(), filepath.Base(fichiers[0]))
	if err != nil || bytes.Contains(v, []byte("traits")) {
		t.Fatalf("the record still holds strokes: %s %v", v, err)
	}
}

// What lies on the disk is neither readable nor movable: a copied, renamed or altered record is refused.
func TestDossierScelle(t *testing.T) {
	dossier := t.TempDir()
	m, err := signature.OpenMagasin(dossier, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	secret := []byte("Dr Anne Morel")
	if err := m.Write(t.Context(), "a-1", secret, true); err != nil {
		t.Fatal(err)
	}
	brut, err := os.ReadFile(filepath.Join(dossier, "a-1"))
	if err != nil || bytes.Contains(brut, secret) {
		t.Fatalf("in clear on the disk: %v", err)
	}
	brut[len(brut)-1] ^= 1
	for nom, contenu := range map[string][]byte{"altere": brut, "vide": {}} {
		if err := os.WriteFile(filepath.Join(dossier, nom), contenu, 0o600); err != nil {
			t.Fatal(err)
		}
		if v, err := m.Read(t.Context(), nom); err == nil {
			t.Errorf("%s read as %q", nom, v)
		}
	}
	if err := os.Rename(filepath.Join(dossier, "a-1"), filepath.Join(dossier, "a-2")); err != nil {
		t.Fatal(err)
	}
	if v, err := m.Read(t.Context(), "a-2"); err == nil {
		t.Errorf("a renamed record was read as %q", v)
	}
	if _, err := m.Read(t.Context(), "../a"); err == nil || errors.Is(err, signature.ErrAbsent) {
		t.Errorf("a key that leaves the folder: %v", err)
	}
	if _, err := signature.OpenMagasin(dossier, []byte("court")); err == nil {
		t.Error("a short key was taken")
	}
	// Half a record of a crash goes away once it is old, and never before.
	vieux, recent := filepath.Join(dossier, ".en-cours-VIEUX"), filepath.Join(dossier, ".en-cours-RECENT")
	for _, f := range []string{vieux, recent} {
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(vieux, time.Time{}, time.Now().Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	d, err := signature.OpenMagasin(dossier, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := os.Stat(vieux); !os.IsNotExist(err) {
		t.Error("an old half record stays")
	}
	if _, err := os.Stat(recent); err != nil {
		t.Error("a record being written was removed")
	}
}

func TestBrouillon(t *testing.T) {
	doc := document("L1", "contenu")
	r := signature.New(new(signature.Memoire))
	id := presenter(t, r, doc)
	b := demande(doc, cle1).Brouillon
	b.Version = 5
	if err := r.Enregistrer(t.Context(), id, claire, b); err != nil {
		t.Fatal(err)
	}
	vieux := b
	vieux.Version, vieux.Traits = 4, nil
	if err := r.Enregistrer(t.Context(), id, claire, vieux); err != nil {
		t.Fatal(err)
	}
	lu, err := r.Brouillon(t.Context(), id, claire)
	if d := cmp.Diff(b, lu); err != nil || d != "" {
		t.Errorf("an overtaken request changed the draft: %v %s", err, d)
	}
	lu, err = r.Brouillon(t.Context(), id, signature.Signataire{ID: "s2"})
	if d := cmp.Diff(signature.Brouillon{}, lu); err != nil || d != "" {
		t.Errorf("another signer sees it: %v %s", err, d)
	}
	if _, err := r.Signer(t.Context(), id, claire, demande(doc, cle1)); err != nil {
		t.Fatal(err)
	}
	if lu, _ := r.Brouillon(t.Context(), id, claire); len(lu.Traits) > 0 {
		t.Error("the draft stays after the signature")
	}
	if err := r.Enregistrer(t.Context(), id, claire, b); !errors.Is(err, signature.ErrDejaSigne) {
		t.Errorf("a late draft of a signed document: %v", err)
	}
}

func TestDemandesRefusees(t *testing.T) {
	doc := document("L1", "contenu")
	point := signature.Trait{{X: 5000, Y: 5000, P: 500}}
	for nom, c := range map[string]struct {
		change func(*signature.Demande)
		veut   error
	}{
		"no key":         {func(d *signature.Demande) { d.Cle = "" }, signature.ErrCle},
		"key with space": {func(d *signature.Demande) { d.Cle = "cle 0000000000001" }, signature.ErrCle},
		"nothing drawn":  {func(d *signature.Demande) { d.Traits = nil }, signature.ErrVide},
		"a dot":          {func(d *signature.Demande) { d.Traits = []signature.Trait{point} }, signature.ErrVide},
		"empty stroke": {func(d *signature.Demande) { d.Traits = append(d.Traits, signature.Trait{}) },
			signature.ErrTraits},
		"back in time": {func(d *signature.Demande) { d.Traits[1][0].T = 3 }, signature.ErrTraits},
		"outside":      {func(d *signature.Demande) { d.Traits[0][0].X = signature.Echelle + 1 }, signature.ErrTraits},
		"too many strokes": {func(d *signature.Demande) { d.Traits = make([]signature.Trait, signature.TraitsMax+1) },
			signature.ErrTraits},
		"too many points": {func(d *signature.Demande) {
			d.Traits = []signature.Trait{make(signature.Trait,
				signature.PointsMax+1)}
		}, signature.ErrTraits},
		"mandate of no one": {func(d *signature.Demande) { d.Mandant = "  " }, signature.ErrMandant},
		"control character": {func(d *signature.Demande) { d.Mandant = "Dr\nMorel" }, signature.ErrMandant},
	} {
		t.Run(nom, func(t *testing.T) {
			r := signature.New(new(signature.Memoire))
			id := presenter(t, r, doc)
			d := demande(doc, cle1)
			c.change(&d)
			if _, err := r.Signer(t.Context(), id, claire, d); !errors.Is(err, c.veut) {
				t.Errorf("got %v, want %v", err, c.veut)
			}
			if v, _ := r.Document(id, claire); v.Etat != signature.ASigner {
				t.Errorf("state %s", v.Etat)
			}
		})
	}
	r := signature.New(new(signature.Memoire))
	if _, err := r.Signer(t.Context(), "inconnu", claire, demande(doc, cle1)); !errors.Is(err, signature.ErrInconnu) {
		t.Error(err)
	}
}

func TestRefuser(t *testing.T) {
	doc := document("L1", "contenu")
	m := new(signature.Memoire)
	r := signature.New(m)
	id := presenter(t, r, doc)
	if err := r.Refuser(t.Context(), id, claire, " "); !errors.Is(err, signature.ErrMotif) {
		t.Error("refused without a reason")
	}
	if err := r.Refuser(t.Context(), id, claire, "Le séjour 12 manque"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Signer(t.Context(), id, claire, demande(doc, cle1)); !errors.Is(err, signature.ErrRefuse) {
		t.Error(err)
	}
	if recu, err := r.Attendre(t.Context(), id); !errors.Is(err, signature.ErrRefuse) ||
		recu.Motif != "Le séjour 12 manque" {
		t.Error(recu.Motif, err)
	}
	suivant := signature.New(m)
	presenter(t, suivant, doc)
	for _, r := range []*signature.Registre{r, suivant} {
		v, _ := r.Document(id, claire)
		if len(v.Etapes) != 1 || !strings.Contains(v.Etapes[0].Libelle, "séjour 12") {
			t.Errorf("the reason is lost: %+v", v.Etapes)
		}
	}
	// The corrected bordereau takes its place.
	id2 := presenter(t, r, document("L1", "corrigé"))
	if _, err := r.Signer(t.Context(), id2, claire, demande(document("L1", "corrigé"), cle2)); err != nil {
		t.Error(err)
	}
}

func TestAttendre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc := document("L1", "contenu")
		r := signature.New(new(signature.Memoire))
		id := presenter(t, r, doc)
		fini := make(chan error, 2)
		go func() { _, err := r.Attendre(t.Context(), id); fini <- err }()
		ctx, annuler := context.WithCancel(t.Context())
		go func() { _, err := r.Attendre(ctx, id); fini <- err }()
		synctest.Wait()
		annuler()
		if err := <-fini; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if _, err := r.Signer(t.Context(), id, claire, demande(doc, cle1)); err != nil {
			t.Fatal(err)
		}
		if err := <-fini; err != nil {
			t.Error(err)
		}
	})
}

// The audit trail tells every access and holds no name and no content.
func TestTrace(t *testing.T) {
	var acces []signature.Acces
	doc := document("L1", "contenu")
	r := signature.New(new(signature.Memoire), signature.WithTrace(func(a signature.Acces) { acces = append(acces, a) }))
	id := presenter(t, r, doc)
	r.Document(id, claire)
	r.Signer(t.Context(), id, claire, demande(doc, cle1))
	r.Utiliser(t.Context(), id, func(context.Context, signature.Signature) (scor.Empreinte,
		error) {
		return scor.Empreinte{1}, nil
	})
	r.Document("inconnu", claire)
	var actions []string
	for _, a := range acces {
		actions = append(actions, a.Action)
		if texte := fmt.Sprintf("%+v", a); strings.Contains(texte, "Vidal") || strings.Contains(texte, "Morel") {
			t.Errorf("a name in the trail: %s", texte)
		}
	}
	if d := cmp.Diff([]string{"presenter", "lire", "signer", "utiliser", "lire"}, actions); d != "" {
		t.Error(d)
	}
}

func TestRegles(t *testing.T) {
	regles, err := signature.ReglesPubliques()
	if err != nil {
		t.Fatal(err)
	}
	for jour, veut := range map[string]signature.Portee{"2017-01-01": signature.ParFacture,
		"2020-09-06": signature.ParFacture, "2020-09-07": signature.ParLot, "2026-11-21": signature.ParLot} {
		var d fse.Date
		if err := d.UnmarshalText([]byte(jour)); err != nil {
			t.Fatal(err)
		}
		if r := regles.Le(d); r.Portee != veut || r.Source == "" {
			t.Errorf("%s: %+v", jour, r)
		}
	}
	_, err = signature.ParseRegles(strings.NewReader("regles:\n  - portee: page\n    depuis: 2024-02-01\n    source: " +
		"x\n  - portee: lot\n    depuis: 2024-01-01\n"))
	if err == nil {
		t.Fatal("bad rules were taken")
	}
	for _, veut := range []string{"2:", "5:", "\"page\"", "does not come after", "missing"} {
		if !strings.Contains(err.Error(), veut) {
			t.Errorf("%q is not in: %v", veut, err)
		}
	}
}

// A drawing of the network never panics, never passes the limits, and keeps its meaning through JSON.
func FuzzDemande(f *testing.F) {
	doc := document("L1", "contenu")
	v, err := json.Marshal(demande(doc, cle1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(v)
	f.Add([]byte(`{"cle":"aaaaaaaaaaaaaaaaaaaa","traits":[[[0,0,0,0],[10000,10000,1000,9]]]}`))
	f.Add([]byte(`{"traits":[[[1,2,3]]]}`))
	f.Fuzz(func(t *testing.T, v []byte) {
		var d signature.Demande
		if json.Unmarshal(v, &d) != nil {
			return
		}
		d.Empreinte = doc.Empreinte
		r := signature.New(new(signature.Memoire))
		id := presenter(t, r, doc)
		recu, err := r.Signer(t.Context(), id, claire, d)
		if err != nil {
			return
		}
		if _, err := r.Utiliser(t.Context(), id, func(_ context.Context, s signature.Signature) (scor.Empreinte, error) {
			if s.Calculer() != recu.Lien {
				t.Error("what is used is not what was signed")
			}
			return scor.Empreinte{1}, nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// 10,000 invoices, one signature each.
func BenchmarkParFacture(b *testing.B) {
	for b.Loop() {
		r := signature.New(new(signature.Memoire))
		for i := range 10_000 {
			doc := document("L1", fmt.Sprint("facture ", i))
			doc.Facture = fmt.Sprint(i)
			id, err := r.Presenter(b.Context(), doc)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := r.Signer(b.Context(), id, claire, demande(doc, cle1)); err != nil {
				b.Fatal(err)
			}
			r.Avancer(id, signature.Etape{Libelle: "transmis"})
		}
	}
}

func BenchmarkSigner(b *testing.B) {
	contenu := strings.Repeat("x", 10<<20)
	for b.Loop() {
		doc := document("L1", contenu)
		r := signature.New(new(signature.Memoire))
		id, err := r.Presenter(b.Context(), doc)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Signer(b.Context(), id, claire, demande(doc, cle1)); err != nil {
			b.Fatal(err)
		}
	}
}
