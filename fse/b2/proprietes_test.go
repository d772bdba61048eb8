package b2_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	_ "github.com/scor-sdk/scor-sdk-go/internal/graine"
)

// What is written is what is read, with nothing to report.
func TestEcrireLire(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := tirerFichier(rt)
		var b bytes.Buffer
		w := b2.NewWriter(&b)
		if fin := rapid.SampledFrom([]string{"", "\n", "\r\n"}).Draw(rt, "line end"); fin != "" {
			w = b2.NewWriterLignes(&b, fin)
		}
		if err := b2.WriteFichier(w, f); err != nil {
			rt.Fatal(err)
		}
		got, constats, err := b2.ParseFichier(bytes.NewReader(b.Bytes()))
		if err != nil || len(constats) > 0 {
			rt.Fatal(constats, err)
		}
		// A stay without any hospital line has nowhere to write the date of prescription.
		for i := range f.Lots {
			for j := range f.Lots[i].Factures {
				if fac := &f.Lots[i].Factures[j]; f.Norme == "CP" && fac.Actes[0].Executant != "" {
					fac.DatePrescription = fse.Date{}
				}
			}
		}
		if diff := cmp.Diff(f, got); diff != "" {
			rt.Fatal(diff)
		}
		if !bytes.Equal(recopier(t, b.Bytes()), b.Bytes()) {
			rt.Fatal("read then written, not the same bytes")
		}
	})
}

// Any order of any records, with any bytes in their zones, goes through unchanged.
func TestIdentiteQuelconque(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rr := enregistrements(exemple(t, rapid.Bool().Draw(rt, "CP")))[:2]
		for range rapid.IntRange(0, 30).Draw(rt, "records") {
			rec := rapid.SliceOfN(rapid.ByteRange(' ', 0xff), b2.Longueur, b2.Longueur).Draw(rt, "record")
			if rapid.Bool().Draw(rt, "known") {
				if e, err := b2.New(rapid.SampledFrom(types).Draw(rt, "type"), rapid.SampledFrom(variantes).Draw(rt, "variant"),
					b2.V2005E); err == nil {
					rec = e.Brut
				}
			}
			rr = append(rr, rec)
		}
		fin := rapid.SampledFrom([]string{"", "\n", "\r\n", "\r"}).Draw(rt, "line end")
		b := bytes.Join(rr, []byte(fin))
		if rapid.Bool().Draw(rt, "end of the last line") {
			b = append(b, fin...)
		}
		if !bytes.Equal(recopier(t, b), b) {
			rt.Fatal("not the same bytes")
		}
		if _, _, err := b2.ParseFichier(bytes.NewReader(b)); err != nil {
			rt.Fatal(err)
		}
	})
}

// Random bytes never panic, be they behind a header or not.
func TestOctetsQuelconques(t *testing.T) {
	tete := exemple(t, false)[:3*b2.Longueur]
	rapid.Check(t, func(rt *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(rt, "bytes")
		if rapid.Bool().Draw(rt, "header") {
			b = append(append([]byte(nil), tete[:rapid.IntRange(0, len(tete)).Draw(rt, "cut")]...), b...)
		}
		_, _, _ = b2.ParseFichier(bytes.NewReader(b))
		for f, err := range b2.NewReader(bytes.NewReader(b)).Factures() {
			if err == nil {
				_, _ = f.Decode()
				_, _ = f.NIR()
			}
		}
	})
}

// enjeu is what a wrong byte must not change in silence: who is invoiced, by whom, under which number, for how much,
// for how
// many lines, and where the file goes. Of the rest nothing in the file holds a second copy (dates, codes of acts,
// quantities,
// centres, texts): a byte changed there, that stays a possible value, cannot be found by any check.
type enjeu struct {
	Emetteur, Destinataire, ID string
	Lots                       []lotEnjeu
}

type lotEnjeu struct {
	Emetteur        string
	Numero          int
	Total, AMO, AMC fse.Montant
	Factures        []factureEnjeu
}

type factureEnjeu struct {
	Numero          int
	NIR             string
	Total, AMO, AMC fse.Montant
	Lignes          int
	Executant       string
	Prescripteur    string
	Montants        []fse.Montant
}

func enjeuDe(f *fse.Fichier) enjeu {
	e := enjeu{Emetteur: f.Emetteur, Destinataire: f.Destinataire, ID: f.ID}
	for _, l := range f.Lots {
		le := lotEnjeu{Emetteur: l.Cle.Emetteur, Numero: l.Cle.Numero, Total: l.Total, AMO: l.AMO, AMC: l.AMC}
		for _, fac := range l.Factures {
			fe := factureEnjeu{Numero: fac.Cle.Numero, NIR: fac.Assure.Clair(), Total: fac.Total, AMO: fac.AMO, AMC: fac.AMC,
				Lignes: fac.Lignes, Executant: fac.Executant, Prescripteur: fac.Prescripteur}
			for _, a := range fac.Actes {
				fe.Montants = append(fe.Montants, a.Montant, a.AMO, a.AMC)
			}
			le.Factures = append(le.Factures, fe)
		}
		e.Lots = append(e.Lots, le)
	}
	return e
}

// One byte changed anywhere is found by a check, or changes nothing that matters.
func TestOctetChange(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := tirerFichier(rt)
		b := ecrire(t, f)
		i := rapid.IntRange(0, len(b)-1).Draw(rt, "place")
		c := rapid.OneOf(rapid.SampledFrom([]byte("0123456789 ABCDEFHMPSTU\n\r@")), rapid.Byte()).Draw(rt, "byte")
		if b[i] == c {
			return
		}
		b[i] = c
		verifierChange(rt, f, b, i)
	})
}

// The same over every place of one file, for the digits and letters that tell records apart: nothing is left to chance.
func TestOctetChangePartout(t *testing.T) {
	for _, cp := range []bool{false, true} {
		f := fichierExemple(cp)
		f.Lots = f.Lots[:1]
		f.Lots[0].Factures = f.Lots[0].Factures[:1]
		b := ecrire(t, f)
		f, _, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for i := range b {
			garde := b[i]
			for _, c := range []byte("0159 AS") {
				if c == garde {
					continue
				}
				b[i] = c
				verifierChange(t, f, b, i)
			}
			b[i] = garde
		}
	}
}

func verifierChange(t interface {
	Errorf(string, ...any)
}, f *fse.Fichier, b []byte, i int) {
	got, constats, err := b2.ParseFichier(bytes.NewReader(b))
	if err != nil || len(constats) > 0 {
		return // found
	}
	if diff := cmp.Diff(enjeuDe(f), enjeuDe(got)); diff != "" {
		t.Errorf("byte %d of record %d (column %d) changed, and nobody said so: %s", i, i/b2.Longueur+1, i%b2.Longueur+1,
			diff)
	}
}
