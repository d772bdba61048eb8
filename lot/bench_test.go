package lot

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

func grosFichier(t testing.TB) (*Fichier, *scor.Profil) {
	t.Helper()
	p := profil(t)
	l := Lot{Cle: Cle{42, date(t, "261122")}, Factures: cleFacture(t, 12, 1).Lot, Destination: destination}
	for i := range 10_000 {
		f := fse.Facture{Cle: cleFacture(t, 12, 1000+i), Date: date(t, "261120"), Organisme: fse.Organisme{Regime: "01",
			Caisse: "422", Centre: "0000"}}
		x := piece(fmt.Sprintf("ORD-752499996-057-261120-%09d", i), 1000)
		x.Facture = f.Cle
		l.Paires = append(l.Paires, Paire{f, x})
	}
	return &Fichier{ID: "AB12CD", Date: date(t, "261122"), Emetteur: Emetteur{Type: "TP", Numero: "00000420788606"},
		Destination: destination, Lots: []Lot{l}}, p
}

// BenchmarkLot10000 writes and reads a lot of 10,000 pairs by the profile.
func BenchmarkLot10000(b *testing.B) {
	f, p := grosFichier(b)
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := f.Encode(&out, p); err != nil {
			b.Fatal(err)
		}
		if _, err := Decode(bytes.NewReader(out.Bytes()), p); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(out.Len()))
}

// BenchmarkCopieDesZones is what it is measured against: each zone of the same records copied in, and read out as a
// text.
func BenchmarkCopieDesZones(b *testing.B) {
	f, p := grosFichier(b)
	var out bytes.Buffer
	if err := f.Encode(&out, p); err != nil {
		b.Fatal(err)
	}
	records := out.Bytes()
	var zones [256][]disposition.Zone
	for _, e := range p.Lot.Enregistrements {
		zones[e.Zones[0].Valeur[0]] = e.Zones
	}
	dst, textes := make([]byte, len(records)), make([]string, 0, 20)
	for b.Loop() {
		for i := 0; i < len(records); i += 128 {
			rec, copie := records[i:i+128], dst[i:i+128]
			textes = textes[:0]
			for j := range zones[rec[0]] {
				z := &zones[rec[0]][j]
				copy(copie[z.Debut-1:], rec[z.Debut-1:z.Debut-1+z.Longueur])
				textes = append(textes, string(copie[z.Debut-1:z.Debut-1+z.Longueur]))
			}
		}
		io.Discard.Write(dst)
	}
	b.SetBytes(int64(len(records)))
}
