package controle

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Errors that callers tell apart.
var (
	// ErrChaine says that the register is not what was written: the error names the line.
	ErrChaine = errors.New("controle: the register was altered")
	// ErrAltere says that a document is not, or no longer, the one that was filed.
	ErrAltere = errors.New("controle: document altered")
	// ErrEngage says that the piece's identifier was filed already with another document.
	ErrEngage = errors.New("controle: identifier already used for another document")
	// ErrConcurrent says that another program wrote the register meanwhile; open it again.
	ErrConcurrent = errors.New("controle: register written by another program")
	// ErrAcces says that an access names nobody or no reason.
	ErrAcces = errors.New("controle: an access needs who and why")
)

// Acces is who looks, and why: it goes into the register. Neither may hold patients' data.
type Acces struct {
	Qui   string `json:"qui"`
	Motif string `json:"motif"`
}

func (a Acces) verifier() error {
	if strings.TrimSpace(a.Qui) == "" || strings.TrimSpace(a.Motif) == "" {
		return ErrAcces
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

// Ligne is one line of the register. Exactly one of its last fields is set, as Action says.
type Ligne struct {
	N         int            `json:"n"`
	Quand     time.Time      `json:"quand"`
	Action    string         `json:"action"` // "classer", "chercher", "exporter", "sceller", "purger", "reprendre"
	Precedent scor.Empreinte `json:"precedent"`
	Acces     *Acces         `json:"acces,omitempty"`
	Depot     *Depot         `json:"depot,omitempty"`
	Critere   *Critere       `json:"critere,omitempty"`
	Resultats int            `json:"resultats,omitempty"`
	Pieces    []string       `json:"pieces,omitempty"`
	Sceau     []byte         `json:"sceau,omitempty"`
	Avant     *fse.Date      `json:"avant,omitempty"`
}

// Horodateur attests a hash for strangers: the token of a time-stamping authority (RFC 3161), or a signature.
type Horodateur interface {
	Horodater(ctx context.Context, e scor.Empreinte) (jeton []byte, err error)
}

// nomRegistre is the file of lines; documents lie beside it under pieces/.
const nomRegistre = "registre.jsonl"

// ligneMax bounds a line when the register is read.
const ligneMax = 1 << 20

// Registre is an open register. It may be used by several goroutines of one program.
type Registre struct {
	racine     *os.Root
	maintenant func() time.Time

	mu     sync.Mutex
	taille int64
	tete   scor.Empreinte
	lignes int
	depots []Depot
	parID  map[string]int
	sceaux []Ligne
}

// Open opens or creates the register of a folder and checks its chain from the first line. horloge nil is time.Now.
func Open(dossier string, horloge func() time.Time) (*Registre, error) {
	if horloge == nil {
		horloge = time.Now
	}
	if err := os.MkdirAll(filepath.Join(dossier, "pieces"), 0o700); err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	racine, err := os.OpenRoot(dossier)
	if err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	r := &Registre{racine: racine, maintenant: horloge, parID: map[string]int{}}
	if err := r.relire(); err != nil {
		return nil, errors.Join(err, racine.Close())
	}
	return r, nil
}

// Close closes the folder.
func (r *Registre) Close() error { return r.racine.Close() }

func (r *Registre) relire() error {
	f, err := r.racine.Open(nomRegistre)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	defer f.Close()
	for l, err := range lire(f) {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return r.reprendre()
		}
		if err != nil {
			return err
		}
		r.appliquer(l.Ligne, l.empreinte, l.taille)
	}
	return nil
}

// reprendre drops a last line without its end: a crash cut it short before its writer was told that it counts. A line says so.
func (r *Registre) reprendre() error {
	f, err := r.racine.OpenFile(nomRegistre, os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	if err := errors.Join(f.Truncate(r.taille), f.Close()); err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	return r.ajouter(Ligne{Action: "reprendre"})
}

type ligneLue struct {
	Ligne
	empreinte scor.Empreinte
	taille    int64
}

// lire reads and checks a chain of lines. A last line without its end is io.ErrUnexpectedEOF.
func lire(f io.Reader) func(func(ligneLue, error) bool) {
	return func(yield func(ligneLue, error) bool) {
		s := bufio.NewReaderSize(f, 64<<10)
		var tete scor.Empreinte
		for n := 1; ; n++ {
			brut, err := lireLigne(s)
			if errors.Is(err, io.EOF) {
				return
			}
			var l ligneLue
			if err == nil {
				if e := json.Unmarshal(brut, &l.Ligne); e != nil {
					err = fmt.Errorf("%w: line %d is not readable", ErrChaine, n)
				} else if l.N != n || l.Precedent != tete || (l.Action == "classer") != (l.Depot != nil) {
					err = fmt.Errorf("%w: line %d does not follow the one before", ErrChaine, n)
				}
			} else {
				err = fmt.Errorf("%w: line %d: %w", ErrChaine, n, err)
			}
			tete = sha256.Sum256(brut)
			l.empreinte, l.taille = tete, int64(len(brut)+1)
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

func lireLigne(s *bufio.Reader) ([]byte, error) {
	var b []byte
	for {
		morceau, err := s.ReadSlice('\n')
		b = append(b, morceau...)
		switch {
		case err == nil:
			return b[:len(b)-1], nil
		case errors.Is(err, io.EOF) && len(b) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(b) > ligneMax:
			return nil, fmt.Errorf("more than %d bytes", ligneMax)
		}
	}
}

func (r *Registre) appliquer(l Ligne, e scor.Empreinte, taille int64) {
	r.lignes, r.tete, r.taille = l.N, e, r.taille+taille
	switch l.Action {
	case "classer":
		d := *l.Depot
		d.Ligne, d.Quand = l.N, l.Quand
		r.parID[d.Piece] = len(r.depots)
		r.depots = append(r.depots, d)
	case "purger":
		for _, id := range l.Pieces {
			if i, ok := r.parID[id]; ok {
				r.depots[i].Purge = true
			}
		}
	case "sceller":
		r.sceaux = append(r.sceaux, l)
	}
}

// ajouter writes one line, synced, after making sure that nobody else wrote.
func (r *Registre) ajouter(l Ligne) error {
	l.N, l.Quand, l.Precedent = r.lignes+1, r.maintenant().UTC().Truncate(time.Millisecond), r.tete
	brut, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	f, err := r.racine.OpenFile(nomRegistre, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	i, err := f.Stat()
	if err == nil && i.Size() != r.taille {
		err = ErrConcurrent
	}
	if err == nil {
		if _, err = f.Write(append(brut, '\n')); err == nil {
			err = f.Sync()
		}
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("controle: write the register: %w", err)
	}
	r.appliquer(l, sha256.Sum256(brut), int64(len(brut)+1))
	return nil
}

func nomPiece(e scor.Empreinte) string { return "pieces/" + e.String() }

// Classer files a piece with its invoice. The document is written and synced before the line that tells of it. The same piece again changes
// nothing; its identifier with another document is [ErrEngage].
func (r *Registre) Classer(ctx context.Context, f *fse.Facture, p scor.Piece, a Acces) (Depot, error) {
	if err := a.verifier(); err != nil {
		return Depot{}, err
	}
	if err := p.Verifier(); err != nil {
		return Depot{}, err
	}
	if p.EstReference() {
		return Depot{}, errors.New("controle: a reference has no document to file")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if i, ok := r.parID[p.ID]; ok {
		if d := r.depots[i]; d.Empreinte == p.Empreinte && d.Facture == f.Cle {
			return d, nil
		}
		return Depot{}, fmt.Errorf("%w: %s", ErrEngage, p.ID)
	}
	if err := r.ecrireDocument(ctx, &p); err != nil {
		return Depot{}, err
	}
	d := Depot{Piece: p.ID, Type: p.Type, Facture: f.Cle, Date: dateFacture(f), Praticiens: praticiens(f), Pages: p.Pages, Octets: p.Octets, Empreinte: p.Empreinte}
	if err := r.ajouter(Ligne{Action: "classer", Acces: &a, Depot: &d}); err != nil {
		return Depot{}, err
	}
	return r.depots[len(r.depots)-1], nil
}

func (r *Registre) ecrireDocument(ctx context.Context, p *scor.Piece) (err error) {
	nom := nomPiece(p.Empreinte)
	if i, err := r.racine.Stat(nom); err == nil && i.Size() == p.Octets {
		return nil
	}
	src, err := p.Open()
	if err != nil {
		return fmt.Errorf("controle: open piece %s: %w", p.ID, err)
	}
	defer src.Close()
	tmp := nom + ".tmp"
	f, err := r.racine.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("controle: %w", err)
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(src, p.Octets+1))
	err = errors.Join(err, ctx.Err(), f.Sync(), f.Close())
	if err == nil && (n != p.Octets || scor.Empreinte(h.Sum(nil)) != p.Empreinte) {
		err = fmt.Errorf("%w: piece %s: %d bytes read, expected %d with SHA-256 %s", ErrAltere, p.ID, n, p.Octets, p.Empreinte)
	}
	if err == nil {
		err = r.racine.Rename(tmp, nom)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("controle: piece %s: %w", p.ID, err), r.racine.Remove(tmp))
	}
	return nil
}

// dateFacture is the date by which a period is searched: of the invoice, or of the lot for norms that have none (B2 CP, type 2).
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

// ouvrir gives a document, checked against its hash as it is read to the end.
func (r *Registre) ouvrir(d *Depot) (io.ReadCloser, error) {
	f, err := r.racine.Open(nomPiece(d.Empreinte))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: piece %s is gone", ErrAltere, d.Piece)
	}
	if err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	return f, nil
}

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

// Sceller has the last line attested, and with it all before; the token becomes a line. Once a day is what a reader of it can use.
func (r *Registre) Sceller(ctx context.Context, h Horodateur, a Acces) error {
	if err := a.verifier(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	jeton, err := h.Horodater(ctx, r.tete)
	if err != nil {
		return fmt.Errorf("controle: time-stamp: %w", err)
	}
	return r.ajouter(Ligne{Action: "sceller", Acces: &a, Sceau: jeton})
}

// Purger deletes the documents of invoices dated before a date, which is the host's to know; their lines stay, and say so.
func (r *Registre) Purger(avant fse.Date, a Acces) (int, error) {
	if err := a.verifier(); err != nil {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	garde := map[scor.Empreinte]bool{}
	var ids []string
	var purges []Depot
	for _, d := range r.depots {
		switch {
		case d.Purge:
		case d.Date.Compare(avant) < 0:
			ids, purges = append(ids, d.Piece), append(purges, d)
		default:
			garde[d.Empreinte] = true
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	if err := r.ajouter(Ligne{Action: "purger", Acces: &a, Pieces: ids, Avant: &avant}); err != nil {
		return 0, err
	}
	var errs []error
	for _, d := range purges {
		if garde[d.Empreinte] {
			continue
		}
		if err := r.racine.Remove(nomPiece(d.Empreinte)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("controle: delete piece %s: %w", d.Piece, err))
		}
	}
	return len(ids), errors.Join(errs...)
}

// Journal gives the lines of the register as they are written, for the establishment's own audit.
func (r *Registre) Journal(yield func(Ligne, error) bool) {
	r.mu.Lock()
	brut, err := r.contenu()
	r.mu.Unlock()
	if err != nil {
		yield(Ligne{}, err)
		return
	}
	for l, err := range lire(bytes.NewReader(brut)) {
		if !yield(l.Ligne, err) {
			return
		}
	}
}

// contenu is the register's bytes, as far as this program knows them.
func (r *Registre) contenu() ([]byte, error) {
	if r.taille == 0 {
		return nil, nil
	}
	b, err := r.racine.ReadFile(nomRegistre)
	if err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	if int64(len(b)) < r.taille {
		return nil, fmt.Errorf("%w: it became shorter", ErrChaine)
	}
	return b[:r.taille], nil
}
