package suivi

import (
	"context"
	"crypto/x509"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

type annuaireMuet struct{ demandes int }

func (a *annuaireMuet) Certificats(context.Context, string) ([]*x509.Certificate, error) {
	a.demandes++
	return nil, errors.New("connection refused")
}

// A directory that doesn't answer is told once, however many messages wait for it, which ask it no more often than the
// pause says; none of them is to be sent again by hand.
func TestAnnuaireMuet(t *testing.T) {
	a := &annuaireMuet{}
	b := nouveauBanc(t, func(c *Config) {
		p, err := scor.Reference()
		if err != nil {
			t.Fatal(err)
		}
		c.Profil, c.Annuaire = p, a
	})
	for n := range 6 {
		b.lot(n+1, 1)
	}
	for range 10 {
		if _, err := b.Avancer(t.Context()); err != nil && !strings.Contains(err.Error(), "refused") {
			t.Fatal(err)
		}
		b.h.avancer(10 * time.Second)
	}
	l := b.lignes()
	if len(l) != 1 || l[0].Cle != cleAnnuaire || !strings.Contains(l[0].Quoi, "annuaire des certificats ne répond pas") {
		t.Errorf("told by %d lines: %+v", len(l), l)
	}
	if a.demandes > 12 {
		t.Errorf("asked %d times in two minutes", a.demandes)
	}
	b.verifier()
}

type boiteMorte struct{ transport.Boite }

func (boiteMorte) Messages(context.Context) iter.Seq2[transport.MessageBoite, error] {
	return func(yield func(transport.MessageBoite, error) bool) {
		yield(transport.MessageBoite{}, errors.New("connection refused"))
	}
}

// A program started for each round tells that the mailbox has been silent for an hour, and a program that reads no
// mailbox tells it too. One event says it, and one that it answers again.
func TestBoiteMuetteEntreDeuxProgrammes(t *testing.T) {
	b := nouveauBanc(t)
	c := b.c
	ronde := func(boite transport.Boite) {
		c.Boites = []transport.Boite{boite}
		s, err := Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Avancer(t.Context()); err != nil && !strings.Contains(err.Error(), "refused") {
			t.Fatal(err)
		}
	}
	dit := func() bool {
		c.Boites = nil
		s, err := Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		y, err := s.Synthese(t.Context(), Filtre{})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(strings.Join(y.Remarques, " "), "boîte aux lettres ne répond plus")
	}
	ronde(b.f)
	avant, err := journal.Trouver(t.Context(), b.journal, journal.Cabinet, cleBoite(0))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		if dit() {
			t.Fatalf("told after %d minutes", 10*i)
		}
		ronde(boiteMorte{b.f})
		b.h.avancer(10 * time.Minute)
	}
	if !dit() {
		t.Error("silent for an hour, and not told")
	}
	ronde(b.f)
	if dit() {
		t.Error("told though it answers")
	}
	apres, err := journal.Trouver(t.Context(), b.journal, journal.Cabinet, cleBoite(0))
	if err != nil || apres.Version != avant.Version+2 {
		t.Errorf("%d events for a silence, %v", apres.Version-avant.Version, err)
	}
}
