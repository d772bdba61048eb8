package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// specifications are invented ones, each unlike « reference » in its own way, as files without Go code.
func specifications(t *testing.T) []string {
	t.Helper()
	noms, err := filepath.Glob("testdata/specifications/*.yaml")
	if err != nil || len(noms) < 17 {
		t.Fatalf("%d specifications, %v", len(noms), err)
	}
	return noms
}

// Each specification goes the whole way: sent, and acknowledged by a frontal that reads it by the same file.
func TestSpecifications(t *testing.T) {
	for _, nom := range specifications(t) {
		t.Run(strings.TrimSuffix(filepath.Base(nom), ".yaml"), func(t *testing.T) {
			p, err := programme.Profil(nom, "reference", optionsProfil...)
			if err != nil {
				t.Fatal(err)
			}
			dossier := t.TempDir()
			c := executer(t, "-sortie", dossier, "-profil", nom)
			if c.bilan.Acquittees != 6 || c.bilan.Refusees != 1 || c.bilan.SansPiece != 1 {
				t.Errorf("%+v", c.bilan)
			}
			verifierSpecification(t, dossier, p)
		})
	}
}

func lireRecus(dossier string, p *scor.Profil) ([]frontal.Recu, error) {
	f, err := frontal.New(frontal.Config{Profil: p, Dossier: filepath.Join(dossier, "frontal"),
		Adresse: "01751@751.01.rss.fr"})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Recus(), nil
}

// By each specification: refused by the caisse, as a whole or piece by piece (those of one message: the others stand),
// silent and sent again, sent back by the mail system. Incidents are
// dealt in turn.
func TestSpecificationsIncidents(t *testing.T) {
	if testing.Short() {
		t.Skip("some twenty seconds: without -short")
	}
	incidents := []string{"arl-negatif", "silence", "pieces-refusees", "anr"}
	for i, nom := range specifications(t) {
		incident := incidents[i%len(incidents)]
		t.Run(strings.TrimSuffix(filepath.Base(nom), ".yaml")+"/"+incident, func(t *testing.T) {
			c := executer(t, "-sortie", t.TempDir(), "-profil", nom, "-incident", incident)
			acquittees := map[string][2]int{"silence": {6, 6}, "anr": {6, 6}, "pieces-refusees": {1, 5}}[incident]
			if a := c.bilan.Acquittees; a < acquittees[0] || a > acquittees[1] || c.bilan.Refusees != 1 {
				t.Errorf("%+v, want %d acknowledged", c.bilan, acquittees)
			}
		})
	}
}

// enJSON is a layout that no profile says: it goes the whole way too, by a codec.
type enJSON struct{}

type lotJSON struct {
	Numero   int64
	Date     string
	Pieces   []pieceJSON
	Factures struct {
		Emetteur string
		Numero   int64
		Date     string
	}
}

type pieceJSON struct {
	Facture             int64
	ID, Type, Reference string
}

func (enJSON) Encode(w io.Writer, s *disposition.Lecture) error {
	e := json.NewEncoder(w)
	return s.Boucle(disposition.PourLot, func() error {
		l := lotJSON{Numero: s.Nombre("lot.numero"), Date: s.Date("lot.date").String()}
		l.Factures.Emetteur, l.Factures.Numero, l.Factures.Date = s.Texte("lot.factures.emetteur"),
			s.Nombre("lot.factures.numero"), s.Date("lot.factures.date").String()
		err := s.Boucle(disposition.PourPaire, func() error {
			l.Pieces = append(l.Pieces, pieceJSON{s.Nombre("facture.numero"), s.Texte("piece.id"), s.Texte("piece.type"),
				s.Texte("piece.reference")})
			return nil
		})
		if err != nil {
			return err
		}
		return e.Encode(l)
	})
}

func (enJSON) Decode(r io.Reader, e *disposition.Ecriture) error {
	d := json.NewDecoder(r)
	for {
		var l lotJSON
		if err := d.Decode(&l); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("%w: %v", disposition.ErrFormat, err)
		}
		if err := e.Dans(disposition.PourLot, func() error { return lireLotJSON(&l, e) }); err != nil {
			return err
		}
	}
}

func lireLotJSON(l *lotJSON, e *disposition.Ecriture) error {
	var jour, jourFactures fse.Date
	if err := errors.Join(jour.UnmarshalText([]byte(l.Date)),
		jourFactures.UnmarshalText([]byte(l.Factures.Date))); err != nil {
		return err
	}
	errs := []error{e.Nombre("lot.numero", l.Numero), e.Date("lot.date", jour), e.Texte("lot.factures.emetteur",
		l.Factures.Emetteur),
		e.Nombre("lot.factures.numero", l.Factures.Numero), e.Date("lot.factures.date", jourFactures)}
	for _, p := range l.Pieces {
		errs = append(errs, e.Dans(disposition.PourPaire, func() error {
			return errors.Join(e.Nombre("facture.numero", p.Facture), e.Texte("piece.id", p.ID), e.Texte("piece.type", p.Type),
				e.Texte("piece.reference", p.Reference))
		}))
	}
	return errors.Join(errs...)
}

// The eleventh specification is code of the host's.
func TestSpecificationParCodec(t *testing.T) {
	nom := filepath.Join(t.TempDir(), "codec.yaml")
	texte := "etend: reference\nprofil: codec\nversion: \"1\"\nsource: invention\nlot: {codage: codec, codec: " +
		"json}\nmessage: {type_lot: application/json}\n"
	if err := os.WriteFile(nom, []byte(texte), 0o600); err != nil {
		t.Fatal(err)
	}
	optionsProfil = []scor.OptionProfil{scor.WithCodec("json", enJSON{})}
	defer func() { optionsProfil = nil }()
	p, err := programme.Profil(nom, "reference", optionsProfil...)
	if err != nil {
		t.Fatal(err)
	}
	dossier := t.TempDir()
	if c := executer(t, "-sortie", dossier, "-profil", nom); c.bilan.Acquittees != 6 {
		t.Errorf("%+v", c.bilan)
	}
	verifierSpecification(t, dossier, p)
}

// verifierSpecification checks that the frontal, which read everything by the same file, found nothing to say.
func verifierSpecification(t *testing.T, dossier string, p *scor.Profil) {
	t.Helper()
	recus, err := lireRecus(dossier, p)
	if err != nil {
		t.Fatal(err)
	}
	pieces := map[string]int{}
	for _, r := range recus {
		for _, c := range r.Constats {
			t.Errorf("the frontal found: %+v", c)
		}
		for _, l := range r.Lots {
			for _, x := range l.Pieces {
				pieces[x.ID]++
			}
		}
	}
	if len(pieces) != 7 {
		t.Errorf("%d pieces at the frontal, want 7: %v", len(pieces), pieces)
	}
}
