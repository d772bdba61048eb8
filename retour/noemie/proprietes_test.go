package noemie_test

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scor-sdk/scor-sdk-go/fse"
	_ "github.com/scor-sdk/scor-sdk-go/internal/graine"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

func date(s string) fse.Date {
	d, _ := fse.ParseAAMMJJ(s)
	return d
}

var debutEntite = regexp.MustCompile(`@[0-9]{5}`)

// sansEntite: WriteRetour refuses an '@' followed by the beginning of an entity.
func sansEntite(s string) bool { return !debutEntite.MatchString(s) }

// tirerRetour draws a return that WriteRetour can write, with the states that reading it gives.
func tirerRetour(t *rapid.T) *noemie.Retour {
	r := &noemie.Retour{Entete: noemie.Entete{TypeEmetteur: "CP", Emetteur: "00000001751000", TypeDestinataire: "TP",
		Destinataire: "00000750000001",
		ID:           rapid.StringMatching(`[A-Z0-9]{6}`).Draw(t, "file"), Date: date("261121"), Reference: "0578"},
		Emballage: rapid.SampledFrom(emballages).Draw(t, "packing")}
	numero := 0
	for i := range rapid.IntRange(1, 2).Draw(t, "payments") {
		v := &noemie.Versement{Mandataire: "000000750000001", Beneficiaire: fmt.Sprintf("00000075000000%d", i),
			Date: date("261120"),
			Libelles: [2]string{rapid.StringMatching(`([A-Z0-9@]{1,8} ){0,2}[A-Z]{1,8}`).Filter(sansEntite).Draw(t, "label"),
				""}, Payeur: "751"}
		for range rapid.IntRange(1, 6).Draw(t, "invoices") {
			numero++
			f := noemie.Reponse{Cle: noemie.Cle{Lot: 1 + numero/3, DateLot: date("260227"), Numero: numero}, Versement: v}
			if rapid.Bool().Draw(t, "rich") {
				tirerRiche(t, &f)
			} else {
				tirerAncienne(t, &f)
			}
			r.Cumul += f.Paye()
			r.Factures = append(r.Factures, f)
		}
	}
	return r
}

func tirerRiche(t *rapid.T, f *noemie.Reponse) {
	f.Origine, f.Date, f.Nature = rapid.SampledFrom([]string{"F", "B", "D"}).Draw(t, "kind"), date("260226"), "AS"
	demande := fse.Montant(rapid.IntRange(0, 99_999_999).Draw(t, "asked"))
	f.AMO = &noemie.Part{Demande: demande, DemandeConnue: true, Etat: rapid.SampledFrom([]noemie.Issue{noemie.Paye,
		noemie.Rejete, noemie.Differe}).Draw(t, "state")}
	if f.AMO.Etat == noemie.Paye {
		f.AMO.Paye = demande
		if rapid.Bool().Draw(t, "recall") {
			f.AMO.Paye = -demande
			if demande > 0 {
				f.AMO.Etat = noemie.Reprise
			}
		}
		f.Lignes = []noemie.Ligne{{Numero: 1, Nature: "PH7", Debut: date("260225"), Fin: date("260225"), Paye: f.AMO.Paye,
			Base: demande, Depense: demande, Taux: 65}}
	}
	if rapid.Bool().Draw(t, "AMC") {
		f.AMC = &noemie.Part{Demande: 300, DemandeConnue: true, Etat: f.AMO.Etat, Organisme: "0012345678"}
		if f.AMO.Etat == noemie.Reprise {
			f.AMC.Etat = noemie.Paye
		}
		if f.AMC.Etat == noemie.Paye {
			f.AMC.Paye = 300
		}
	}
	f.Etat = f.AMO.Etat
	for range rapid.IntRange(0, 3).Draw(t, "reasons") {
		f.Motifs = append(f.Motifs, noemie.Motif{Code: rapid.StringMatching(`[A-Z0-9]{4}`).Draw(t, "code"),
			Libelle: rapid.StringMatching(`[A-ZÉÀ0-9@]{1,20}( [A-Z@]{1,20}){0,2}`).Filter(sansEntite).Draw(t, "text"),
			Niveau:  "F", Part: "O", Ligne: 3, Date: date("260225")})
		if f.Etat == noemie.Paye {
			f.Etat = noemie.Signale
		}
	}
}

func tirerAncienne(t *rapid.T, f *noemie.Reponse) {
	paye := fse.Montant(rapid.IntRange(0, 99_999_999).Draw(t, "paid"))
	f.AMO = &noemie.Part{Etat: noemie.Rejete}
	if rapid.Bool().Draw(t, "reason") {
		f.Motifs = []noemie.Motif{{Code: "5884", Libelle: rapid.StringMatching(`[A-Z@]{1,30}`).Draw(t, "text"), Ligne: 1}}
	}
	if paye > 0 || len(f.Motifs) == 0 {
		f.Lignes = []noemie.Ligne{{Numero: 1, Nature: "PH7", Debut: date("260225"), Fin: date("260225"), Paye: paye}}
		f.AMO = &noemie.Part{Paye: paye, Etat: noemie.Paye}
	}
	f.Etat = f.AMO.Etat
	if f.Etat == noemie.Paye && len(f.Motifs) > 0 {
		f.Etat = noemie.Signale
	}
}

// What is written is what is read, with nothing to report, and is written again as the same bytes.
func TestEcrireLire(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := tirerRetour(rt)
		b := ecrire(t, r)
		got, constats, err := noemie.Parse(bytes.NewReader(b))
		if err != nil || len(constats) > 0 {
			rt.Fatal(constats, err)
		}
		if diff := cmp.Diff(r, got, sansPlace); diff != "" {
			rt.Fatal(diff)
		}
		if !bytes.Equal(ecrire(t, got), b) || !bytes.Equal(recopier(t, b), b) {
			rt.Fatal("not the same bytes")
		}
	})
}

// A label that no reader could tell from an entity cut short is refused, not written.
func TestEcrireEtiquetteAmbigue(t *testing.T) {
	r := retourExemple(noemie.Flux)
	r.Factures[0].Versement.Libelles[0] = "@01001 A"
	if err := noemie.WriteRetour(io.Discard, r); err == nil {
		t.Error("an '@' followed by the beginning of an entity is written")
	}
}

// Any entities in any order go through unchanged, in both packings.
func TestIdentiteQuelconque(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		em := rapid.SampledFrom(emballages).Draw(rt, "packing")
		var b bytes.Buffer
		w := noemie.NewWriter(&b, em)
		ents := []*noemie.Entite{entite(t, ent{"000", "", nil}), entite(t, ent{"020", "", nil})}
		for range rapid.IntRange(0, 20).Draw(rt, "entities") {
			code := rapid.SampledFrom(noemie.Codes()[1:len(noemie.Codes())-1]).Draw(rt, "code")
			e := entite(t, ent{code, "", nil})
			if rapid.Bool().Draw(rt, "unknown") {
				e.Brut = append([]byte("77705"), rapid.SliceOfN(rapid.SampledFrom([]byte("ABCDEF 012")), 0, 300).Draw(rt,
					"data")...)
				e.Brut, e.Code = append(e.Brut, '@'), "777"
			}
			ents = append(ents, e)
		}
		for _, e := range ents {
			if err := w.Write(e); err != nil {
				rt.Fatal(err)
			}
		}
		if err := w.WriteFin(1, 0); err != nil {
			rt.Fatal(err)
		}
		if !bytes.Equal(recopier(t, b.Bytes()), b.Bytes()) {
			rt.Fatal("not the same bytes")
		}
	})
}

// Random bytes never panic, be they behind a header or not.
func TestOctetsQuelconques(t *testing.T) {
	tetes := [][]byte{ecrire(t, retourExemple(noemie.Blocs)), ecrire(t, retourExemple(noemie.Flux))}
	rapid.Check(t, func(rt *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(rt, "bytes")
		if rapid.Bool().Draw(rt, "header") {
			tete := rapid.SampledFrom(tetes).Draw(rt, "packing")
			b = append(bytes.Clone(tete[:rapid.IntRange(0, len(tete)).Draw(rt, "cut")]), b...)
		}
		_, _, _ = noemie.Parse(bytes.NewReader(b))
	})
}

// enjeu is what a wrong byte must not change in silence: that an invoice is paid, and how much in all. The rest has
// no second copy in
// a return (numbers of lots and invoices, dates, codes and labels of reasons, amounts asked): a byte changed there,
// that stays a
// possible value, cannot be found by any check but the join with the invoices.
type enjeu struct {
	Cumul    fse.Montant
	Factures []string
}

func enjeuDe(r *noemie.Retour) enjeu {
	e := enjeu{Cumul: r.Cumul}
	for i := range r.Factures {
		f := &r.Factures[i]
		e.Factures = append(e.Factures, fmt.Sprint(f.Paye() != 0, int64(f.Paye())))
	}
	return e
}

// One byte changed anywhere is found by a check, or changes nothing that matters.
func TestOctetChange(t *testing.T) {
	for _, em := range emballages {
		r := retourExemple(em)
		b := ecrire(t, r)
		for i := range b {
			garde := b[i]
			for _, c := range []byte("059 P@") {
				if c == garde {
					continue
				}
				b[i] = c
				got, constats, err := noemie.Parse(bytes.NewReader(b))
				if err == nil && len(constats) == 0 {
					if diff := cmp.Diff(enjeuDe(r), enjeuDe(got)); diff != "" {
						t.Errorf("%s: byte %d became %q, and nobody said so: %s", em, i, c, diff)
					}
				}
			}
			b[i] = garde
		}
	}
}
