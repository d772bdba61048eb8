package controle

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/arbre"
	"github.com/scor-sdk/scor-sdk-go/internal/chaine"
	stock "github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/horodatage"
)

// Errors that callers tell apart.
var (
	// ErrChaine says that the register is not what was written: the error names the line.
	ErrChaine = errors.New("controle: the register was altered")
	// ErrAltere says that a document is not, or no longer, the one that was filed.
	ErrAltere = errors.New("controle: document altered")
	// ErrEngage says that the piece's identifier was filed already with another document.
	ErrEngage = errors.New("controle: identifier already used for another document")
	// ErrAcces says that an access names nobody or no reason.
	ErrAcces = errors.New("controle: an access needs who and why")
	// ErrLimite says that what is asked is more than a line, an export or an answer holds; nothing was written.
	ErrLimite = errors.New("controle: more than fits")
)

// Acces is who looks, and why: it goes into the register. Neither may hold patients' data.
type Acces struct {
	Qui   string `json:"qui"`
	Motif string `json:"motif"`
}

// accesMax bounds who and why, in bytes.
const accesMax = 1000

func (a Acces) verifier() error {
	if strings.TrimSpace(a.Qui) == "" || strings.TrimSpace(a.Motif) == "" {
		return ErrAcces
	}
	if len(a.Qui) > accesMax || len(a.Motif) > accesMax {
		return fmt.Errorf("%w: who and why have at most %d bytes", ErrLimite, accesMax)
	}
	return nil
}

// Depot is a piece that is filed.
type Depot struct {
	Piece      string         `json:"piece"`
	Type       string         `json:"type"`
	Facture    fse.CleFacture `json:"facture"`
	Date       fse.Date       `json:"date"`
	Praticiens []string       `json:"praticiens,omitempty"`
	Pages      int            `json:"pages"`
	Octets     int64          `json:"octets"`
	Empreinte  scor.Empreinte `json:"empreinte"`
	// Ligne and Quand say where and when the register has it.
	Ligne int       `json:"-"`
	Quand time.Time `json:"-"`
	// Purge says that the document was deleted at the end of its term.
	Purge bool `json:"-"`
}

// nomRegistre is the file of lines; documents lie beside it under pieces/. verrouOperations makes the steps of several
// programs follow each other.
const (
	nomRegistre      = "registre.jsonl"
	verrouOperations = "operations"
)

// documentMax is no limit of ours: a document is read and written as a stream.
const documentMax = 1 << 40

// Registre is an open register. It may be used by several goroutines, and its folder by several programs.
type Registre struct {
	depot      *stock.Depot
	maintenant func() time.Time

	mu sync.Mutex
	etat
}

// etat is what the lines say.
type etat struct {
	fil    *chaine.Fil
	lignes int
	depots []Depot
	places []place // of the depots' lines
	index  index
	arbre  arbre.Arbre
	sceaux []Ligne
}

// place is where a line's content is in the register's file.
type place struct {
	fin    int64
	octets int
}

// Option sets what [Open] leaves to its default.
type Option func(*Registre)

// WithHorloge replaces time.Now.
func WithHorloge(f func() time.Time) Option { return func(r *Registre) { r.maintenant = f } }

// Open opens or creates the register of a folder and checks its chain from the first line.
func Open(dossier string, opts ...Option) (*Registre, error) {
	d, err := stock.Open(dossier, stock.WithTailleMax(documentMax))
	if err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	r := &Registre{depot: d, maintenant: time.Now}
	for _, o := range opts {
		if o != nil {
			o(r)
		}
	}
	if err := r.enOrdre(func() error { return nil }); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return r, nil
}

// Close closes the folder.
func (r *Registre) Close() error { return r.depot.Close() }

// enOrdre does f while no other goroutine or program writes, on what the register holds now.
func (r *Registre) enOrdre(f func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	liberer, err := r.depot.Lock(verrouOperations)
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	if err = r.aJour(); err == nil {
		err = f()
	}
	return errors.Join(err, liberer())
}

// aJour reads the register again when another program wrote.
func (r *Registre) aJour() error {
	if r.fil != nil {
		taille, err := r.depot.Stat(nomRegistre)
		if errors.Is(err, fs.ErrNotExist) {
			taille, err = 0, nil
		}
		if err != nil {
			return fmt.Errorf("controle: %w", err)
		}
		if _, _, fin := r.fil.Tete(); fin == taille {
			return nil
		}
	}
	r.etat = etat{index: nouvelIndex()}
	vite := rapide{vus: map[string]string{}}
	fil, repris, err := chaine.Open(r.depot, nomRegistre, func(m chaine.Maillon) error {
		if l, d, ok := vite.depot(m.Contenu); ok && uint64(l.N) == m.N {
			l.Action, l.Depot = ActionClasser, &d
			r.appliquer(&l, m)
			return nil
		}
		l, err := decoder(m)
		if err == nil {
			r.appliquer(&l, m)
		}
		return err
	})
	if errors.Is(err, chaine.ErrRupture) {
		return fmt.Errorf("%w: %w", ErrChaine, err)
	}
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	r.fil = fil
	if repris {
		return r.ajouter(&Ligne{Action: ActionReprendre})
	}
	return nil
}

// appliquer takes a line of the register into account.
func (r *Registre) appliquer(l *Ligne, m chaine.Maillon) {
	r.lignes = l.N
	r.arbre.Ajouter(m.Contenu)
	switch l.Action {
	case ActionClasser:
		d := *l.Depot
		d.Ligne, d.Quand = l.N, l.Quand
		r.index.ajouter(&d, len(r.depots))
		r.depots = append(r.depots, d)
		r.places = append(r.places, place{m.Fin - 1, len(m.Contenu)})
	case ActionPurger:
		for _, id := range l.Pieces {
			if i, ok := r.index.parID[id]; ok {
				r.depots[i].Purge = true
			}
		}
	case ActionSceller:
		r.sceaux = append(r.sceaux, *l)
	}
}

// ajouter writes lines, each on disk before the next.
func (r *Registre) ajouter(lignes ...*Ligne) error {
	for _, l := range lignes {
		l.N, l.Quand, l.Sel = r.lignes+1, r.maintenant().UTC().Truncate(time.Millisecond), rand.Text()
		contenu, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("controle: %w", err)
		}
		m, err := r.fil.Append(contenu)
		if err != nil {
			r.fil = nil // what the file holds now is read before anything else is done
			return fmt.Errorf("controle: write the register: %w", err)
		}
		r.appliquer(l, m)
	}
	return nil
}

func nomPiece(e scor.Empreinte) string { return "pieces/" + e.String() }

// Classer files a piece with its invoice. The document is written and synced before the line that tells of it. The same
// piece again changes nothing; its identifier with another document is [ErrEngage].
func (r *Registre) Classer(ctx context.Context, f *fse.Facture, p scor.Piece, a Acces) (d Depot, err error) {
	if err := a.verifier(); err != nil {
		return Depot{}, err
	}
	if err := p.Verifier(); err != nil {
		return Depot{}, err
	}
	if p.EstReference() {
		return Depot{}, errors.New("controle: a reference has no document to file")
	}
	err = r.enOrdre(func() error {
		if i, ok := r.index.parID[p.ID]; ok {
			if d = r.depots[i]; d.Empreinte == p.Empreinte && d.Facture == f.Cle {
				return nil
			}
			return fmt.Errorf("%w: %s", ErrEngage, p.ID)
		}
		d = Depot{Piece: p.ID, Type: p.Type, Facture: f.Cle, Date: dateFacture(f), Praticiens: praticiens(f), Pages: p.Pages,
			Octets: p.Octets, Empreinte: p.Empreinte}
		lignes, err := borner(&Ligne{Action: ActionClasser, Acces: &a, Depot: &d})
		if err != nil {
			return err
		}
		if err := r.ecrireDocument(ctx, &p); err != nil {
			return err
		}
		if err := r.ajouter(lignes...); err != nil {
			return err
		}
		d = r.depots[len(r.depots)-1]
		return nil
	})
	if err != nil {
		return Depot{}, err
	}
	return d, nil
}

func (r *Registre) ecrireDocument(ctx context.Context, p *scor.Piece) error {
	nom := nomPiece(p.Empreinte)
	if n, err := r.depot.Stat(nom); err == nil && n == p.Octets {
		return nil
	}
	src, err := p.Open()
	if err != nil {
		return fmt.Errorf("controle: open piece %s: %w", p.ID, err)
	}
	defer src.Close()
	e, err := r.depot.Create()
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	defer e.Abandon()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(e, h), io.LimitReader(src, p.Octets+1))
	if err = errors.Join(err, ctx.Err()); err != nil {
		return fmt.Errorf("controle: piece %s: %w", p.ID, err)
	}
	if n != p.Octets || scor.Empreinte(h.Sum(nil)) != p.Empreinte {
		return fmt.Errorf("%w: piece %s: %d bytes read, expected %d with SHA-256 %s", ErrAltere, p.ID, n, p.Octets,
			p.Empreinte)
	}
	// One that is there under this name has another length: it was altered, and the right one takes its place.
	if err := e.Commit(nom, stock.Remplacer); err != nil {
		return fmt.Errorf("controle: piece %s: %w", p.ID, err)
	}
	return nil
}

// dateFacture is the date by which a period is searched: of the invoice, or of the lot for norms that have none (B2 CP,
// type 2).
func dateFacture(f *fse.Facture) fse.Date {
	if !f.Date.IsZero() {
		return f.Date
	}
	return f.Cle.Lot.Date
}

func praticiens(f *fse.Facture) []string {
	var n []string
	for _, x := range append([]string{f.Prescripteur, f.Executant}, executants(f)...) {
		if strings.Trim(x, "0 ") != "" {
			n = append(n, x)
		}
	}
	slices.Sort(n)
	return slices.Compact(n)
}

func executants(f *fse.Facture) []string {
	n := make([]string, len(f.Actes))
	for i, a := range f.Actes {
		n[i] = a.Executant
	}
	return n
}

// ouvrir gives a document.
func (r *Registre) ouvrir(d *Depot) (io.ReadCloser, error) {
	f, err := r.depot.Open(nomPiece(d.Empreinte))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: piece %s is gone", ErrAltere, d.Piece)
	}
	if err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	return f, nil
}

// copier writes a document, checked against its hash as it is read to the end.
func (r *Registre) copier(w io.Writer, d *Depot) error {
	f, err := r.ouvrir(d)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, h), f)
	if err != nil {
		return fmt.Errorf("controle: piece %s: %w", d.Piece, err)
	}
	if e := scor.Empreinte(h.Sum(nil)); n != d.Octets || e != d.Empreinte {
		return fmt.Errorf("%w: piece %s has SHA-256 %s, filed with %s", ErrAltere, d.Piece, e, d.Empreinte)
	}
	return nil
}

// Verifier reads every document and says which are altered or gone.
func (r *Registre) Verifier(ctx context.Context) error {
	r.mu.Lock()
	depots := slices.Clone(r.depots)
	r.mu.Unlock()
	var errs []error
	for i := range depots {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !depots[i].Purge {
			if err := r.copier(io.Discard, &depots[i]); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// jetonMax bounds what an authority answers.
const jetonMax = 256 << 10

// Sceller has all lines up to the last one attested by one hash, the root of their tree; the token becomes a line. Once
// a day is what a reader of it can use.
func (r *Registre) Sceller(ctx context.Context, h horodatage.Horodateur, a Acces) error {
	if err := a.verifier(); err != nil {
		return err
	}
	return r.enOrdre(func() error {
		racine := scor.Empreinte(r.arbre.Racine(r.lignes))
		jeton, err := h.Horodater(ctx, racine)
		if err != nil {
			return fmt.Errorf("controle: time-stamp: %w", err)
		}
		if len(jeton) > jetonMax {
			return fmt.Errorf("%w: a token of %d bytes, at most %d", ErrLimite, len(jeton), jetonMax)
		}
		return r.ajouter(&Ligne{Action: ActionSceller, Acces: &a, Sceau: jeton, Racine: &racine})
	})
}

// Purger deletes the documents of invoices dated before a date, which is the host's to know; their lines stay, and say
// so. What a crash kept an earlier call from deleting goes too.
func (r *Registre) Purger(avant fse.Date, a Acces) (n int, err error) {
	if err := a.verifier(); err != nil {
		return 0, err
	}
	err = r.enOrdre(func() error {
		garde := map[scor.Empreinte]bool{}
		var ids []string
		for i := range r.depots {
			switch d := &r.depots[i]; {
			case d.Purge:
			case d.Date.Compare(avant) < 0:
				ids = append(ids, d.Piece)
			default:
				// Another piece's invoice is still in its term: the document that they share stays.
				garde[d.Empreinte] = true
			}
		}
		lignes, err := borner(&Ligne{Action: ActionPurger, Acces: &a, Pieces: ids, Avant: &avant})
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			if err := r.ajouter(lignes...); err != nil {
				return err
			}
		}
		n = len(ids)
		return r.retirer(garde)
	})
	return n, err
}

// retirer deletes the documents of purged pieces that no other piece has.
func (r *Registre) retirer(garde map[scor.Empreinte]bool) error {
	var errs []error
	for i := range r.depots {
		d := &r.depots[i]
		if !d.Purge || garde[d.Empreinte] {
			continue
		}
		garde[d.Empreinte] = true // seen to
		if _, err := r.depot.Stat(nomPiece(d.Empreinte)); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := r.depot.Remove(nomPiece(d.Empreinte)); err != nil {
			errs = append(errs, fmt.Errorf("controle: delete piece %s: %w", d.Piece, err))
		}
	}
	return errors.Join(errs...)
}
