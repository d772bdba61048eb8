package main

import (
	"os"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/ecrans"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/arrivees"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/codes"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfdessin"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
)

// numeriser opens what pages come in by. They are in folders of this program's own until they are deposited.
func (p *poste) numeriser(o options) (ecrans.Option, error) {
	dessin := pdfdessin.New()
	p.fins = append(p.fins, dessin.Close)
	n := ecrans.Numerisation{Types: p.profil.Types, Codes: codes.Textes}
	var err error
	n.Numeriseur, err = numerisation.New(p.profil.Numerisation,
		numerisation.WithPDF(pdfentree.New(pdfentree.WithDessinateur(dessin))), numerisation.WithHorloge(p.horloge))
	if err != nil {
		return nil, err
	}
	if n.Dossier, err = os.MkdirTemp("", "poste-pages-*"); err != nil {
		return nil, err
	}
	p.fins = append(p.fins, func() error { return os.RemoveAll(n.Dossier) })
	if o.escl != "" {
		if n.Scanner, err = escl.New(o.escl); err != nil {
			return nil, err
		}
	}
	if o.scans != "" {
		// What is taken from the watched folder stays beside it until somebody has deposited it, from one run to the next.
		if n.Arrivees, err = arrivees.Open(o.scans, o.scans+".pris"); err != nil {
			return nil, err
		}
		p.fins = append(p.fins, n.Arrivees.Close)
	}
	return ecrans.WithNumerisation(n), nil
}
