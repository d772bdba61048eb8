package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// factures are all the invoices of the run.
func (c *clinique) factures() []fse.Facture {
	var f []fse.Facture
	for _, x := range c.fichiers {
		for i := range x.f.Lots {
			f = append(f, x.f.Lots[i].Factures...)
		}
	}
	return f
}

// payer plays the caisse for the embedded frontal: the invoices whose bordereau a message brought are paid, by a NOEMIE
// return. With -incident rejet the first one is rejected instead.
func (c *clinique) payer(r frontal.Recu) ([]byte, error) {
	numeros := map[int64]bool{}
	for _, l := range r.Lots {
		for _, p := range l.Pieces {
			numeros[p.Facture] = true
		}
	}
	premier := c.fichiers[0].f
	n := noemie.Retour{Entete: noemie.Entete{TypeEmetteur: "CP", Emetteur: premier.Destinataire,
		TypeDestinataire: premier.TypeEmetteur, Destinataire: premier.Emetteur, ID: fmt.Sprintf("RSP%03d", r.Rang%1000),
		Date: premier.Date, Reference: "0578", TypeFlux: "T"}}
	for _, f := range c.factures() {
		if !numeros[int64(f.Cle.Numero)] {
			continue
		}
		x := noemie.Reponse{Cle: noemie.CleDe(f.Cle), Origine: "B", Date: f.Cle.Lot.Date, Assure: f.Assure, Etat: noemie.Paye,
			AMO: &noemie.Part{Demande: f.AMO, DemandeConnue: true, Paye: f.AMO, Etat: noemie.Paye}}
		if c.incident == "rejet" && len(n.Factures) == 0 {
			x.Etat, x.AMO.Paye, x.AMO.Etat = noemie.Rejete, 0, noemie.Rejete
			x.Motifs = []noemie.Motif{{Code: "DEMO", Libelle: "REJET DE DEMONSTRATION", Niveau: "F", Part: "O"}}
		}
		n.Cumul += x.AMO.Paye
		n.Factures = append(n.Factures, x)
	}
	var b bytes.Buffer
	if err := noemie.WriteRetour(&b, &n); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// lireRetours reads the NOEMIE returns among the messages received, and joins them with the invoices.
func (c *clinique) lireRetours(ctx context.Context) error {
	n, err := c.horloge.Avancer(ctx, c.suivi, c.progres, func(context.Context) (int,
		error) {
		return c.frontal.EnAttente(adresse), nil
	})
	c.envoyes += n
	if err != nil {
		return err
	}
	mels, err := filepath.Glob(filepath.Join(c.sortie, "recus", "*.eml"))
	if err != nil {
		return err
	}
	c.payees = map[fse.CleFacture]*noemie.Reponse{}
	factures := c.factures()
	for _, mel := range mels {
		contenus, err := c.lireRSP(ctx, mel)
		if err != nil {
			return fmt.Errorf("%s : %w", filepath.Base(mel), err)
		}
		for _, contenu := range contenus {
			r, constats, err := noemie.Parse(bytes.NewReader(contenu))
			if err != nil {
				return fmt.Errorf("%s : %w", filepath.Base(mel), err)
			}
			for _, x := range constats {
				fmt.Fprintf(c.progres, "  RSP : %s\n", x)
			}
			j := noemie.Joindre(r, factures)
			for _, p := range j.Paires {
				c.payees[p.Facture.Cle] = p.Retour
			}
			fmt.Fprintf(c.progres, "RSP : %d facture(s) jointe(s), %d inconnue(s).\n", len(j.Paires), len(j.Inconnues)+
				len(j.Ambigues))
		}
	}
	return nil
}

func (c *clinique) lireRSP(ctx context.Context, mel string) ([][]byte, error) {
	f, err := os.Open(mel)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	recu, err := transport.Open(ctx, f, nil)
	if err != nil {
		return nil, err
	}
	retours, err := retour.Parse(ctx, recu, c.profil)
	if err != nil {
		return nil, err
	}
	var contenus [][]byte
	for _, r := range retours {
		if rsp, ok := r.(*retour.RSP); ok {
			contenus = append(contenus, rsp.Contenu)
		}
	}
	return contenus, nil
}
