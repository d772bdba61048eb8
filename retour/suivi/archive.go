package suivi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Archive says which pieces Archives looks for. Zero fields don't filter; a patient and days narrow a search best.
type Archive struct {
	Patient fse.NIR        // by its keyed digest: the journal doesn't hold it
	Facture fse.CleFacture // of this invoice
	Lot     fse.CleLot     // of this invoices' lot
	Du, Au  fse.Date       // of invoices of these days, inclusive
	Type    string
}

// PieceArchivee is a piece of the archive.
type PieceArchivee struct {
	VuePiece
	Facture fse.CleFacture
	Octets  int64
	Pages   int
	Purgee  bool // only the trace is left
}

// Archives gives the pieces that fit, by identifier, or by invoice where a lot is asked.
func (s *Suivi) Archives(ctx context.Context, a Archive) iter.Seq2[PieceArchivee, error] {
	r := journal.Requete{Genre: journal.Piece, Nature: a.Type, Du: jour(a.Du), Au: jour(a.Au)}
	if !a.Patient.IsZero() {
		r.Patient = s.c.Coffre.Index("patient", a.Patient.Numero())
	}
	return func(yield func(PieceArchivee, error) bool) {
		if aucune, err := s.aucuneDuType(ctx, &a); err != nil || aucune {
			if err != nil {
				yield(PieceArchivee{}, err)
			}
			return
		}
		if a.Facture != (fse.CleFacture{}) || a.Lot == (fse.CleLot{}) {
			if a.Facture != (fse.CleFacture{}) {
				r.Parent = cleFacture(a.Facture)
			}
			s.archivees(ctx, r, yield)
			return
		}
		for f, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture, Parent: cleLot(a.Lot)}) {
			if err != nil {
				yield(PieceArchivee{}, err)
				return
			}
			r.Parent = f.Cle
			if !s.archivees(ctx, r, yield) {
				return
			}
		}
	}
}

// aucuneDuType says by the counters that no piece is of the type: no index has it, and without it every piece would be
// read.
func (s *Suivi) aucuneDuType(ctx context.Context, a *Archive) (bool, error) {
	if a.Type == "" {
		return false, nil
	}
	comptes, err := s.c.Journal.Compteurs(ctx, "", "")
	if err != nil {
		return false, err
	}
	for nom, n := range comptes {
		if n > 0 && strings.HasPrefix(nom, journal.CompteType+"piece/"+a.Type+"/") {
			return false, nil
		}
	}
	return true, nil
}

func (s *Suivi) archivees(ctx context.Context, r journal.Requete, yield func(PieceArchivee, error) bool) bool {
	for o, err := range s.c.Journal.Chercher(ctx, r) {
		var p PieceArchivee
		if err == nil {
			p, err = s.archivee(&o)
		}
		if !yield(p, err) || err != nil {
			return false
		}
	}
	return true
}

func (s *Suivi) archivee(o *journal.Objet) (PieceArchivee, error) {
	p := PieceArchivee{VuePiece: VuePiece{ID: o.Cle, Type: o.Nature, Etat: o.Etat, Libelle: o.Etat.Libelle(),
		LotScor: o.Dans, Code: o.Code, Motif: o.Motif, Mode: o.Mode},
		Octets: o.Octets, Pages: int(o.Pages), Purgee: o.Etat == journal.Purge}
	var err error
	if o.Fichier != "" {
		if p.Fichier, err = s.c.Coffre.Desceller(o.Fichier, "fichier|"+o.Cle); err != nil {
			return p, err
		}
	}
	if o.Parent != "" {
		p.Facture, err = lireCleFacture(o.Parent)
	}
	return p, err
}

// ErrDocumentPurge says that a document is past its retention: only its trace is left.
var ErrDocumentPurge = errors.New("suivi: the document of this piece is purged")

// Document opens the document of a piece; ErrDocumentPurge when only its trace is left.
func (s *Suivi) Document(ctx context.Context, id string) (io.ReadCloser, error) {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Piece, id)
	if err != nil {
		return nil, err
	}
	if o.Etat == journal.Purge {
		return nil, fmt.Errorf("%w: %s", ErrDocumentPurge, id)
	}
	if o.Empreinte == "" {
		return nil, fmt.Errorf("suivi: piece %s has no document", id)
	}
	e, err := lireEmpreinte(o.Empreinte)
	if err != nil {
		return nil, err
	}
	return s.c.Coffre.Open(ctx, e)
}

// Copie writes a copy of a document for somebody, the patient or a colleague, and notes who asked and for whom
// (Decision.Motif), sealed: it may be a name.
func (s *Suivi) Copie(ctx context.Context, w io.Writer, id string, d Decision) error {
	r, err := s.Document(ctx, id)
	if err != nil {
		return err
	}
	defer r.Close()
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Piece, id)
	if err != nil {
		return err
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	pour, err := s.c.Coffre.Sceller(d.Motif, "copie|"+id)
	if err != nil {
		return err
	}
	if err := s.ecrire(ctx, nouveauGeste(quand).sur(&o, journal.Noter, journal.Champs{Auteur: d.Auteur,
		Source: prefixeCopie + pour})); err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}

const prefixeCopie = "copie : "

// CopieFaite is a copy that was given.
type CopieFaite struct {
	Quand  time.Time
	Auteur string
	Pour   string // may be a name: to show, never to log
}

// Copies says which copies of a piece were given, last first.
func (s *Suivi) Copies(ctx context.Context, id string) ([]CopieFaite, error) {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Piece, id)
	if err != nil {
		return nil, err
	}
	var l []CopieFaite
	for e, err := range journal.Histoire(ctx, s.c.Journal, &o) {
		if err != nil {
			return nil, err
		}
		pour, ok := strings.CutPrefix(e.Champs.Source, prefixeCopie)
		if !ok {
			continue
		}
		if pour, err = s.c.Coffre.Desceller(pour, "copie|"+id); err != nil {
			return nil, err
		}
		l = append(l, CopieFaite{e.Quand, e.Champs.Auteur, pour})
	}
	return l, nil
}

// LignePapier is an invoice whose pieces go on paper, in the order of the lots and numbers: that of the FSE on their
// bordereau.
type LignePapier struct {
	Facture fse.Facture
	Pieces  []VuePiece
	Purgee  bool // of the invoice only the key is left: its lot is past its retention
}

// SurPapier lists what goes on paper and isn't closed yet; retour/suivi/bordereau prints it.
func (s *Suivi) SurPapier(ctx context.Context) ([]LignePapier, error) {
	parFacture := map[string][]VuePiece{}
	var ordre []string
	for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece,
		Etats: []journal.Etat{journal.Papier}}) {
		if err != nil {
			return nil, err
		}
		p, err := s.archivee(&o)
		if err != nil {
			return nil, err
		}
		if parFacture[o.Parent] == nil {
			ordre = append(ordre, o.Parent)
		}
		p.Type = s.libelleType(p.Type)
		parFacture[o.Parent] = append(parFacture[o.Parent], p.VuePiece)
	}
	return s.lignesPapier(ctx, ordre, parFacture)
}
