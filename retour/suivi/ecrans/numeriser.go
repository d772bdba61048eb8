package ecrans

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"net/http"
	"runtime"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/arrivees"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl"
)

// Numerisation is what the screen Numériser works with.
type Numerisation struct {
	// Numeriseur judges pages and writes pieces; needed.
	Numeriseur *numerisation.Numeriseur
	// Dossier is a folder of this program alone, where pages are until they are deposited or thrown away; what is left in
	// it by an earlier program is erased. Needed.
	Dossier string
	// Types are those that a piece may have, the likeliest first; nil: an ordonnance.
	Types []scor.TypePiece
	// Arrivees is a watched folder, Scanner a scanner of the network; nil where there is none.
	Arrivees *arrivees.Dossier
	Scanner  *escl.Client
	// Codes gives the texts of a page's barcodes, which propose its invoice: codes.Textes, where the host takes package
	// codes with what it links. Nil: pages are dealt out by their order.
	Codes func(context.Context, image.Image) ([]string, error)
	// Factures lists the invoices that pages may be attached to, in the order in which papers lie; nil: those that lack a
	// piece.
	Factures func(context.Context) ([]fse.Facture, error)
	// TailleMax bounds a file, in bytes (0: 32 MiB), PagesMax the pages that a person has before them (0: 500).
	TailleMax int64
	PagesMax  int
}

// WithNumerisation adds the screen Numériser.
func WithNumerisation(n Numerisation) Option {
	return func(e *Ecrans) error {
		if n.Numeriseur == nil || n.Dossier == "" {
			return fmt.Errorf("%w: Numerisation: a Numeriseur and a Dossier are needed", ErrConfig)
		}
		if n.TailleMax <= 0 {
			n.TailleMax = 32 << 20
		}
		if n.PagesMax <= 0 {
			n.PagesMax = 500
		}
		if len(n.Types) == 0 {
			n.Types = []scor.TypePiece{{Nom: scor.Ordonnance, Libelle: "Ordonnance"}}
		}
		d, err := depot.Open(n.Dossier, depot.WithTailleMax(max(n.TailleMax, 256<<20)))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrConfig, err)
		}
		for x, err := range d.List() {
			if err == nil {
				err = d.Erase(x.Nom)
			}
			if err != nil {
				return errors.Join(fmt.Errorf("%w: %w", ErrConfig, err), d.Close())
			}
		}
		places := min(4, runtime.GOMAXPROCS(0))
		e.numeriser = &numeriser{Numerisation: n, depot: d, plateaux: map[string]*plateau{}, prises: map[string]bool{},
			places: make(chan struct{}, places), file: make(chan struct{}, 16*places)}
		return nil
	}
}

// numeriser is the screen's memory: pages that nobody has deposited yet, by person.
type numeriser struct {
	Numerisation
	depot  *depot.Depot
	places chan struct{} // judged at once
	file   chan struct{} // judged, or waiting for it

	fin      sync.Once
	mu       sync.Mutex
	plateaux map[string]*plateau
	prises   map[string]bool // files of the watched folder that are before somebody
}

// plateau is what one person has before them.
type plateau struct {
	mu       sync.Mutex
	feuilles []*feuille
	pourquoi map[string]pourquoi // by invoice: why pages were proposed for it
	conflits []string
	remplace *remplacement
	attente  []arrivees.Attente
	erreurs  []string // said once
	annonce  string   // said once
}

type pourquoi struct {
	Phrase string
	Sur    bool
}

// remplacement is the piece whose bad scan is being replaced.
type remplacement struct{ ID, Type, Facture string }

// recu is a file that came, for as long as one of its pages is there.
type recu struct {
	id, nom string
	taille  int64
	arrivee string // of the watched folder
	reste   int    // pages still on the plateau
}

// feuille is a page.
type feuille struct {
	ID       string
	recu     *recu
	Page     numerisation.Page
	Fichier  []numerisation.Constat // of the whole file
	image    bool
	l, h     float64 // of the image, in millimetres, or pixels where the resolution isn't known
	tour     int     // clockwise
	miroir   bool
	mm       bool
	codes    []string
	blanche  bool
	facture  string
	reponses map[numerisation.Code]numerisation.Confirmation
}

// nouvelID names a page, a file, a piece.
func nouvelID() string { return rand.Text()[:16] }

// fermer erases the pages that nobody deposited; those of the watched folder stay in it.
func (n *numeriser) fermer() error {
	if n == nil {
		return nil
	}
	var fautes []error
	n.fin.Do(func() {
		for x, err := range n.depot.List() {
			if err == nil {
				err = n.depot.Erase(x.Nom)
			}
			fautes = append(fautes, err)
		}
		fautes = append(fautes, n.depot.Close())
	})
	return errors.Join(fautes...)
}

// plateau gives that of a person.
func (n *numeriser) plateau(qui string) *plateau {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.plateaux[qui]
	if p == nil {
		p = &plateau{pourquoi: map[string]pourquoi{}}
		n.plateaux[qui] = p
	}
	return p
}

var errOccupe = errors.New("ecrans: too many pages wait to be judged")

// prendrePlace waits for a place among those who judge; errOccupe where too many wait already.
func (n *numeriser) prendrePlace(ctx context.Context) (func(), error) {
	select {
	case n.file <- struct{}{}:
	default:
		return nil, errOccupe
	}
	select {
	case n.places <- struct{}{}:
		return func() { <-n.places; <-n.file }, nil
	case <-ctx.Done():
		<-n.file
		return nil, ctx.Err()
	}
}

// jeter forgets pages, and the files that none of them needs any more. The plateau is held.
func (n *numeriser) jeter(p *plateau, va func(*feuille) bool) error {
	var fautes []error
	reste := p.feuilles[:0]
	for _, f := range p.feuilles {
		if !va(f) {
			reste = append(reste, f)
			continue
		}
		fautes = append(fautes, n.depot.Erase(f.ID+".jpg"))
		if f.recu.reste--; f.recu.reste == 0 {
			fautes = append(fautes, n.depot.Erase(f.recu.id+".scan"))
			if f.recu.arrivee != "" && n.Arrivees != nil {
				fautes = append(fautes, n.Arrivees.Retirer(f.recu.arrivee))
				n.liberer(f.recu.arrivee)
			}
		}
	}
	clear(p.feuilles[len(reste):])
	p.feuilles = reste
	return errors.Join(fautes...)
}

// candidates are the invoices that pages may be attached to.
func (n *numeriser) candidates(ctx context.Context, s *suivi.Suivi) ([]fse.Facture, error) {
	if n.Factures != nil {
		return n.Factures(ctx)
	}
	var l []fse.Facture
	for _, x := range []suivi.Situation{suivi.SansPiece, suivi.PieceManquante, suivi.ScanRefuse, suivi.AttenteFactures} {
		p, err := s.PageFactures(ctx, suivi.FiltreFactures{Situation: x, Limite: 100})
		if err != nil {
			return nil, err
		}
		for i := range p.Factures {
			if x != suivi.AttenteFactures || len(p.Factures[i].Pieces) == 0 {
				l = append(l, fse.Facture{Cle: p.Factures[i].Cle})
			}
		}
	}
	return l, nil
}

// ecranNumeriser is where pages come in: dropped, photographed, from the scanner or its folder.
func ecranNumeriser(e *Ecrans) ecran {
	if e.numeriser == nil {
		return ecran{}
	}
	return ecran{Nom: "numeriser", Titre: "Numériser", Droit: Deposer, Routes: []route{
		{Motif: "GET /numeriser", Faire: pageNumeriser},
		{Motif: "GET /numeriser/image", Faire: imageFeuille},
		{Motif: "POST /numeriser/fichiers", Flux: true, Faire: recevoirFichiers},
		{Motif: "POST /numeriser/scanner", Faire: tirerDuScanner},
		{Motif: "POST /numeriser/dossier", Faire: regarderDossier},
		{Motif: "POST /numeriser/agir", Faire: agirSurFeuilles},
		{Motif: "POST /numeriser/repartir", Faire: repartirFeuilles},
		{Motif: "POST /numeriser/deposer", Faire: deposerPieces},
	}}
}

func (p *plateau) dire(format string, a ...any) {
	p.erreurs = append(p.erreurs, fmt.Sprintf(format, a...))
}

// revenir goes back to the screen; scripts are told by the same address.
func (q *requete) revenir(w http.ResponseWriter) error { return q.vers(w, "numeriser", nil) }
