package suivi_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
)

// BenchmarkSynthese is the synthesis of an office of a million pieces (SCOR_MESURE_PIECES), first page of what needs a
// person and all counts.
func BenchmarkSynthese(b *testing.B) {
	nb := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("SCOR_MESURE_PIECES")); err == nil {
		nb = n
	}
	j, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "suivi.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	if _, err := journaltest.Cabinet(b.Context(), j, nb); err != nil {
		b.Fatal(err)
	}
	p, err := profilEnClair()
	if err != nil {
		b.Fatal(err)
	}
	k, err := coffre.Open(b.Context(), j.Documents(), make([]byte, coffre.TailleCle))
	if err != nil {
		b.Fatal(err)
	}
	s, err := suivi.Open(b.Context(), suivi.Config{Profil: p, Journal: j, Coffre: k,
		Emetteur: suivi.Emetteur{Emetteur: lot.Emetteur{Numero: "00000123456789"}, Adresse: adresseCabinet}})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	suite := ""
	for b.Loop() {
		y, err := s.Synthese(b.Context(), suivi.Filtre{Suite: suite})
		if err != nil || len(y.Lignes) == 0 || y.Total != int64(nb/1000) {
			b.Fatal(y, err)
		}
		suite = y.Suite // the pages one after the other, and again
	}
}
