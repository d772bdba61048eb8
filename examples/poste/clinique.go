package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

// codeSignature signs in to the signature pages of the demonstration; a real one draws codes that serve once
// (web.Appairage).
const codeSignature = "12345678"

type codeFixe struct{}

// Authentifier implements web.Authentificateur.
func (codeFixe) Authentifier(r *http.Request) (signature.Signataire, error) {
	if r.PostFormValue("code") != codeSignature {
		return signature.Signataire{}, web.ErrCode
	}
	return signature.Signataire{ID: "sig-1", Nom: "Mme Claire Vidal", Qualite: "Responsable facturation"}, nil
}

// etablissement adds to the office what a clinic has: bordereaux to sign, with their pages, and pieces kept for the
// caisse's controls.
func (p *poste) etablissement(o options) (http.Handler, error) {
	ctx := context.Background()
	p.signatures = signature.New(&signature.Memoire{}, signature.WithHorloge(p.horloge))
	dossier := o.sortie
	if dossier == "" {
		d, err := os.MkdirTemp("", "poste")
		if err != nil {
			return nil, err
		}
		p.fins = append(p.fins, func() error { return os.RemoveAll(d) })
		dossier = d
	}
	var err error
	if p.controles, err = controle.Open(filepath.Join(dossier, "controle"), controle.WithHorloge(p.horloge)); err != nil {
		return nil, err
	}
	p.fins = append(p.fins, p.controles.Close)
	if p.cabinet != nil {
		if err := p.garnir(ctx); err != nil {
			return nil, err
		}
	}
	hote, _, err := net.SplitHostPort(o.adresse)
	if err != nil {
		return nil, err
	}
	return web.New(web.Config{Registre: p.signatures, Authentificateur: codeFixe{}, Etablissement: p.nom,
		Hotes: []string{hote, "localhost", "127.0.0.1"}, Horloge: p.horloge})
}

// garnir presents three bordereaux, one of them refused, and files the ordonnances of two lots.
func (p *poste) garnir(ctx context.Context) error {
	for i := range 3 {
		f, err := p.cabinet.Fichier(8)
		if err != nil {
			return err
		}
		l := &f.Lots[0]
		x := suivitest.Ordonnance(fmt.Sprintf("BORDEREAU %d", l.Cle.Numero), l.Factures[0].Cle)
		r, err := x.Open()
		if err != nil {
			return err
		}
		octets, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		id, err := p.signatures.Presenter(ctx, signature.Document{Lot: fmt.Sprint(l.Cle.Numero), Etablissement: p.nom,
			Titre:     fmt.Sprintf("Bordereau S3404 — lot %d, %d factures", l.Cle.Numero, len(l.Factures)),
			Empreinte: sha256.Sum256(octets), Taille: int64(len(octets)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(octets)), nil },
			Tableau: signature.Tableau{Colonnes: []signature.Colonne{{Titre: "Facture"}}, Taille: 0,
				Lignes: func(int, int) iter.Seq[signature.Ligne] { return func(func(signature.Ligne) bool) {} }}})
		if err != nil {
			return err
		}
		if i == 2 {
			if err := p.signatures.Refuser(ctx, id, signature.Signataire{ID: "sig-1", Nom: "Mme Claire Vidal"},
				"il manque une facture"); err != nil {
				return err
			}
			continue
		}
		for k := range l.Factures {
			fa := &l.Factures[k]
			if _, err := p.controles.Classer(ctx, fa, suivitest.Ordonnance(fmt.Sprintf("ORD-%d", fa.Cle.Numero), fa.Cle),
				controle.Acces{Qui: "demonstration", Motif: "classement"}); err != nil {
				return err
			}
		}
	}
	return nil
}
