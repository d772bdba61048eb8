package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

const compostageExemple = "2026112210000000001"

// lotExemple is what a profile is tried with: a lot of three invoices, one of two pieces, and a reference. Nobody in it
// exists.
func lotExemple(p *scor.Profil) (*lot.Fichier, error) {
	jour := func(j int) fse.Date { d, _ := fse.NewDate(2026, 11, j); return d }
	nir, err := fse.ParseNIR("2790913055042", "")
	if err != nil {
		return nil, err
	}
	destination := lot.Destination{Regime: "01", Organisme: "751", Type: "CT", Numero: "00000001011751",
		Adresse: "01751@751.01.rss.fr"}
	cle := fse.CleLot{Emetteur: "752499996", Numero: 57, Date: jour(21)}
	l := lot.Lot{Cle: lot.Cle{Numero: 1234, Date: jour(22)}, Factures: cle, FichierFactures: "AB12CD",
		Destination: destination}
	types := p.Types
	for i, pieces := range []int{1, 2, 1} {
		f := fse.Facture{Cle: fse.CleFacture{Lot: cle, Numero: 2101 + i}, Flux: fse.FluxFSE, Date: jour(20), Assure: nir,
			Naissance: "790912", RangNaissance: "1", Total: fse.Montant(1234 + 1000*i), AMO: fse.Montant(800 + 700*i),
			Prescripteur: "751234568", DatePrescription: jour(18), NatureAssurance: "10", Executant: "752499996",
			Organisme: fse.Organisme{Regime: "01", Caisse: "751", Centre: "0001"}}
		for j := range pieces {
			contenu := []byte(fmt.Sprintf("%%PDF-1.4 exemple %d %d\n", i, j))
			x := scor.Piece{ID: fmt.Sprintf("ORD-%d-%d", f.Cle.Numero, j+1), Type: types[min(j, len(types)-1)].Nom,
				Facture: f.Cle, Pages: 1 + j, Octets: int64(len(contenu)), Empreinte: sha256.Sum256(contenu),
				Open: disposition.Octets(contenu)}
			if i == 2 {
				x = scor.Piece{ID: x.ID, Type: x.Type, Facture: f.Cle, Reference: "ORD-1999-1"}
			}
			l.Paires = append(l.Paires, lot.Paire{Facture: f, Piece: x})
		}
	}
	return &lot.Fichier{ID: "EX0001", Compostage: compostageExemple, Date: jour(22), Emetteur: lot.Emetteur{Type: "TP",
		Numero: "00000752499996", Nom: "PHARMACIE DE L'EXEMPLE", Logiciel: "EXEMPLE", VersionLogiciel: "1.0",
		Agrement: "EX0001"}, Destination: destination, Lots: []lot.Lot{l}}, nil
}

// exemple is a file that a profile writes.
type exemple struct {
	Nom   string `json:"fichier"`
	Comme string `json:"comme,omitempty"` // "" for a part of the message that no layout is of
	Titre string `json:"titre"`

	octets []byte
}

// exemples are the sample files of a profile: the file of lots, the ARL that answer it, the parts of its message.
func exemples(p *scor.Profil) ([]exemple, error) {
	f, err := lotExemple(p)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := f.Encode(&b, p); err != nil {
		return nil, err
	}
	l := []exemple{{"lot", commeLot, "fichier de lots : 3 factures, 4 pièces dont une référence",
		bytes.Clone(b.Bytes())}}
	for _, positif := range []bool{true, false} {
		if p.Retours.ARL.Motifs() {
			break // it has no file
		}
		e, err := arlExemple(p, f, positif)
		if err != nil {
			return nil, err
		}
		l = append(l, e)
	}
	m, err := f.Message(p, compostageExemple)
	if err != nil {
		return nil, err
	}
	for i := range m.Parties {
		contenu, err := octetsDe(m.Parties[i].Open)
		if err != nil {
			return nil, err
		}
		nom := m.Parties[i].Nom
		if nom == "" || filepath.Base(nom) != nom {
			nom = "sans-nom"
		}
		l = append(l, exemple{Nom: fmt.Sprintf("partie-%d-%s", i+1, nom), octets: contenu,
			Titre: fmt.Sprintf("partie %d du mél « %s » : %s %s", i+1, m.Sujet, m.Parties[i].Type, m.Parties[i].Description)})
	}
	return l, nil
}

func octetsDe(ouvrir func() (io.ReadCloser, error)) ([]byte, error) {
	r, err := ouvrir()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// arlExemple answers the sample: by the first code that refuses, or that doesn't.
func arlExemple(p *scor.Profil, f *lot.Fichier, positif bool) (exemple, error) {
	l := &f.Lots[0]
	a := &lot.ARL{Flux: scor.FluxPieces, Emetteur: f.Emetteur.Numero, Lot: l.Cle, Positif: positif, FichierID: f.ID,
		Compostage: f.Compostage, Date: f.Date}
	for _, c := range p.Codes {
		if refus := c.Severite == scor.RejetLot; refus != positif && (refus || c.Severite == scor.Information) {
			a.Code, a.Libelle = c.Code, c.Libelle
			break
		}
	}
	// An answer may be of its pieces only.
	for i := range l.Paires {
		x := &l.Paires[i]
		a.Pieces = append(a.Pieces, lot.PieceARL{ID: x.Piece.ID, Rang: i + 1, Code: a.Code, Libelle: a.Libelle,
			Facture: x.Facture.Cle.Numero})
	}
	e := exemple{Nom: "arl-positif", Comme: commeARL, Titre: "ARL positif de ce lot"}
	if !positif {
		e.Nom, e.Titre = "arl-negatif", "ARL négatif de ce lot"
	}
	var b bytes.Buffer
	err := lot.EncodeARL(&b, &p.Retours.ARL, p, f.Destination, a)
	e.octets = b.Bytes()
	return e, err
}

// encoder writes the sample files of a profile, and reads them back.
func encoder(_ context.Context, a appel) error {
	f := programme.New("profil encoder", "profil encoder [-sortie DOSSIER] [-json] PROFIL", a.erreurs)
	enJSON := f.Bool("json", false, "écrire un objet JSON par fichier")
	sortie := f.String("sortie", "sortie-profil", "`dossier` laissé")
	p, err := seulProfil(f, a.args)
	if err != nil {
		return err
	}
	l, err := exemples(p)
	if err != nil {
		return fmt.Errorf("l'exemple ne tient pas dans ce profil : %w", err)
	}
	if err := os.MkdirAll(*sortie, 0o700); err != nil {
		return err
	}
	w := &ecrivain{w: a.out}
	for i := range l {
		if err := l[i].ecrire(*sortie); err != nil {
			return err
		}
		if *enJSON {
			err = ecrireJSON(a.out, l[i])
		} else {
			w.printf("%-28s %6d octets  %s\n", l[i].Nom, len(l[i].octets), strings.TrimSpace(l[i].Titre))
			err = w.err
		}
		if err != nil {
			return err
		}
	}
	return l[0].relire(p)
}

func (e *exemple) ecrire(dossier string) error {
	return depot.WriteFichier(filepath.Join(dossier, e.Nom), func(w io.Writer) error {
		_, err := w.Write(e.octets)
		return err
	})
}

// relire reads the file of lots back: it holds the same pairs.
func (e *exemple) relire(p *scor.Profil) error {
	lu, err := lot.Decode(bytes.NewReader(e.octets), p)
	if err != nil {
		return fmt.Errorf("le fichier de lots ne se relit pas : %w", err)
	}
	if n := len(lu.Lots[0].Paires); n != 4 {
		return fmt.Errorf("le fichier de lots se relit avec %d paires, 4 ont été écrites", n)
	}
	return nil
}
