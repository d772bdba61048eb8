package annuaire

import (
	"bytes"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport/internal/pkiessai"
)

func FuzzAnalyser(f *testing.F) {
	racine := pkiessai.NewRacine(f, "racine")
	r := &reponse{le: time.Unix(0, 0)}
	r.Certificats = append(r.Certificats, racine.Certificat)
	r.Listes = append(r.Listes, racine.Liste(f, 1, 2))
	texte, err := r.MarshalText()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(texte)
	f.Add(racine.Certificat.Raw)
	f.Add(r.Listes[0].Raw)
	f.Fuzz(func(t *testing.T, brut []byte) {
		_, _ = analyser(brut)
		lue := new(reponse)
		if lue.UnmarshalText(brut) != nil {
			return
		}
		un, err := lue.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		relue := new(reponse)
		if err := relue.UnmarshalText(un); err != nil {
			t.Fatalf("what was written is not read back: %v", err)
		}
		if deux, err := relue.MarshalText(); err != nil || !bytes.Equal(un, deux) {
			t.Fatalf("written twice, it differs: %v", err)
		}
	})
}
