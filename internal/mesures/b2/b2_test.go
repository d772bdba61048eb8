package b2

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/moov-io/ach"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

const taille = 8 << 20

// fichierB2 has lots of 60 invoices of one line.
func fichierB2(t testing.TB) (octets []byte, factures int) {
	t.Helper()
	date, err := fse.ParseAAMMJJ("261121")
	if err != nil {
		t.Fatal(err)
	}
	assure, err := fse.ParseNIR("2650333082781", "03")
	if err != nil {
		t.Fatal(err)
	}
	f := &fse.Fichier{TypeEmetteur: "TP", Emetteur: "00000752495234", TypeDestinataire: "CT",
		Destinataire: "00000001011422", ID: "ESSAI1", Date: date}
	for factures*3*b2.Longueur < taille {
		l := fse.Lot{Cle: fse.CleLot{Emetteur: "752495234", Numero: len(f.Lots) + 1, Date: date}, Destinataire: "422",
			Flux: fse.FluxFSE, Partenaire: "EXEMPLE"}
		for range 60 {
			factures++
			l.Factures = append(l.Factures, fse.Facture{Cle: fse.CleFacture{Lot: l.Cle, Numero: factures}, Assure: assure,
				Naissance: "650315", Date: date, NatureAssurance: "10", Organisme: fse.Organisme{Regime: "01", Caisse: "422",
					Centre: "0000"},
				Prescripteur: "759529654", DatePrescription: date,
				Actes: []fse.Acte{{Code: "PH7", Date: date, Executant: "752495234",
					Montant: 6706, AMO: 4358, AMC: 2348, Quantite: 1}}})
		}
		f.Lots = append(f.Lots, l)
	}
	var b bytes.Buffer
	if err := b2.WriteFichier(b2.NewWriter(&b), f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), factures
}

// fichierACH has one batch of entries.
func fichierACH(t testing.TB) (octets []byte, entrees int) {
	t.Helper()
	h := ach.NewFileHeader()
	h.ImmediateDestination, h.ImmediateOrigin = "231380104", "121042882"
	h.FileCreationDate = "261121"
	h.ImmediateDestinationName, h.ImmediateOriginName = "Bank", "Company"
	bh := ach.NewBatchHeader()
	bh.ServiceClassCode, bh.CompanyName, bh.CompanyIdentification = ach.DebitsOnly, "Company", "121042882"
	bh.StandardEntryClassCode, bh.CompanyEntryDescription, bh.EffectiveEntryDate = ach.PPD, "TEST", "261121"
	bh.ODFIIdentification = "121042882"
	batch := ach.NewBatchPPD(bh)
	for entrees*ach.RecordLength < taille {
		entrees++
		e := ach.NewEntryDetail()
		e.TransactionCode, e.DFIAccountNumber, e.Amount, e.IndividualName = ach.CheckingDebit, "123456789", 6706, "Name"
		e.SetRDFI("231380104")
		e.SetTraceNumber(bh.ODFIIdentification, entrees)
		batch.AddEntry(e)
	}
	if err := batch.Create(); err != nil {
		t.Fatal(err)
	}
	f := ach.NewFile()
	f.SetHeader(h)
	f.AddBatch(batch)
	if err := f.Create(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := ach.NewWriter(&b)
	if err := w.Write(f); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	return b.Bytes(), entrees
}

// mesurer reports bytes and records a second.
func mesurer(b *testing.B, octets []byte, f func() (enregistrements int)) {
	b.Helper()
	b.SetBytes(int64(len(octets)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n += f()
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mrecords/s")
}

func copier(octets []byte) func() int {
	dst := make([]byte, len(octets))
	return func() int { copy(dst, octets); return 0 }
}

func survol(t testing.TB, octets []byte) func() int {
	return func() (n int) {
		for f, err := range b2.NewReader(bytes.NewReader(octets)).Factures() {
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Cle(); err != nil {
				t.Fatal(err)
			}
			_, _, nb := f.Position()
			n += nb
		}
		return n
	}
}

func lireB2(t testing.TB, octets []byte) func() int {
	return func() int {
		if _, constats, err := b2.ParseFichier(bytes.NewReader(octets)); err != nil || len(constats) > 0 {
			t.Fatal(constats, err)
		}
		return len(octets) / b2.Longueur
	}
}

func parcourirACH(t testing.TB, octets []byte) func() int {
	return func() (n int) {
		it := ach.NewIterator(bytes.NewReader(octets))
		it.SetValidation(&ach.ValidateOpts{SkipAll: true})
		for {
			_, e, err := it.NextEntry()
			if err != nil && !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			if e == nil {
				return n
			}
			n++
		}
	}
}

func lireACH(t testing.TB, octets []byte) func() int {
	return func() int {
		r := ach.NewReader(bytes.NewReader(octets))
		r.SetMaxLines(1 << 20)
		f, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		return len(f.Batches[0].GetEntries())
	}
}

// What is measured reads everything that was written.
func TestMesures(t *testing.T) {
	octets, factures := fichierB2(t)
	if n := survol(t, octets)(); n != 3*factures {
		t.Errorf("%d records skimmed, want %d", n, 3*factures)
	}
	lireB2(t, octets)()
	autres, entrees := fichierACH(t)
	if n := parcourirACH(t, autres)(); n != entrees {
		t.Errorf("%d entries iterated, want %d", n, entrees)
	}
	if n := lireACH(t, autres)(); n != entrees {
		t.Errorf("%d entries read, want %d", n, entrees)
	}
}

func BenchmarkCopie(b *testing.B) {
	octets, _ := fichierB2(b)
	mesurer(b, octets, copier(octets))
}

func BenchmarkSurvol(b *testing.B) {
	b2, _ := fichierB2(b)
	ach, _ := fichierACH(b)
	b.Run("b2", func(b *testing.B) { mesurer(b, b2, survol(b, b2)) })
	b.Run("ach", func(b *testing.B) { mesurer(b, ach, parcourirACH(b, ach)) })
}

func BenchmarkLireFichier(b *testing.B) {
	b2, _ := fichierB2(b)
	ach, _ := fichierACH(b)
	b.Run("b2", func(b *testing.B) { mesurer(b, b2, lireB2(b, b2)) })
	b.Run("ach", func(b *testing.B) { mesurer(b, ach, lireACH(b, ach)) })
}
