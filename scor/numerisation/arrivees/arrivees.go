package arrivees

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Defaults.
const (
	regards   = 2
	tailleMax = 256 << 20
	nombreMax = 5000
)

// encours is the folder, within the watched one, of what is being taken: in a folder for each private one, since what
// another computer is taking isn't to be gone on with here.
const encours = ".scor-en-cours"

// Dossier is a watched folder. It may be used by several goroutines.
type Dossier struct {
	racine  *os.Root
	prive   *depot.Depot
	encours string // of this private folder
	regards int
	taille  int64
	horloge func() time.Time

	mu  sync.Mutex
	vus map[string]vu
}

// vu is how a file was at the last look.
type vu struct {
	taille int64
	date   time.Time
	fois   int
}

// Arrivee is a file that was taken.
type Arrivee struct {
	ID        string         `json:"-"`
	Nom       string         `json:"nom"` // to be shown, never logged
	Octets    int64          `json:"octets"`
	Empreinte scor.Empreinte `json:"empreinte"`
	Prise     time.Time      `json:"prise"`
}

// String names the file without its name.
func (a Arrivee) String() string { return a.ID }

// Motif is why a file stays in the watched folder.
type Motif string

// The reasons.
const (
	EnEcriture Motif = "en-ecriture" // it has just come, or changes
	Incomplet  Motif = "incomplet"   // it doesn't change, and has no end
	AutreGenre Motif = "autre-genre" // it is no scan
	TropGros   Motif = "trop-gros"
	Lien       Motif = "lien"     // a link, or no file at all
	Refuse     Motif = "refus"    // the system refuses: open in another program, or no right
	Ailleurs   Motif = "ailleurs" // another program is taking it
	Trop       Motif = "trop"     // more files than are looked at: empty the folder
)

var phrases = map[Motif]string{
	EnEcriture: "Le fichier arrive : il sera pris dès qu’il sera complet.",
	Incomplet: "Le fichier n’est pas complet. Si la numérisation est terminée, supprimez-le et numérisez à nouveau " +
		"la feuille.",
	AutreGenre: "Ce fichier n’est ni un PDF, ni une image TIFF, JPEG ou PNG : réglez le format dans le logiciel du " +
		"scanner.",
	TropGros: "Ce fichier dépasse la taille permise : numérisez moins de pages à la fois, ou à une résolution moindre.",
	Lien:     "Ce n’est pas un fichier mais un raccourci : copiez le fichier lui-même dans le dossier.",
	Refuse: "Le fichier ne peut pas être pris : fermez le programme qui l’utilise, ou vérifiez les droits sur le " +
		"dossier.",
	Ailleurs: "Un autre poste prend ce fichier. S’il y reste, redémarrez le programme de ce poste.",
	Trop:     "Le dossier contient trop de fichiers : les suivants attendent que les premiers soient traités.",
}

// Attente is a file that stays in the watched folder.
type Attente struct {
	Nom   string // to be shown, never logged
	Motif Motif
}

// Phrase says why in French, and what to do.
func (a Attente) Phrase() string { return phrases[a.Motif] }

// Regard is what a look found.
type Regard struct {
	Prises  []Arrivee // in the order of their names
	Attente []Attente
}

// Option changes how a folder is opened.
type Option func(*Dossier)

// WithRegards sets at how many looks in a row a file has to be the same, 2 at least; a TIFF at twice as many.
func WithRegards(n int) Option { return func(d *Dossier) { d.regards = max(2, n) } }

// WithTailleMax sets how large a file may be, in bytes. The default is 256 MiB.
func WithTailleMax(octets int64) Option { return func(d *Dossier) { d.taille = octets } }

// WithHorloge gives the clock of [Arrivee.Prise]. Nothing else depends on it.
func WithHorloge(h func() time.Time) Option { return func(d *Dossier) { d.horloge = h } }

// Open opens the watched folder, which has to be there, and the private one, made if need be. What an earlier program
// was taking is gone on with at the first look.
func Open(surveille, prive string, opts ...Option) (*Dossier, error) {
	d := &Dossier{regards: regards, taille: tailleMax, horloge: time.Now, vus: map[string]vu{}}
	for _, o := range opts {
		o(d)
	}
	a, err := filepath.Abs(surveille)
	if err != nil {
		return nil, fmt.Errorf("arrivees: %w", err)
	}
	b, err := filepath.Abs(prive)
	if err != nil {
		return nil, fmt.Errorf("arrivees: %w", err)
	}
	if a == b {
		return nil, errors.New("arrivees: the private folder is the watched one: expected another")
	}
	if d.racine, err = os.OpenRoot(surveille); err != nil {
		return nil, fmt.Errorf("arrivees: %w", err)
	}
	if d.prive, err = depot.Open(prive, depot.WithTailleMax(d.taille)); err != nil {
		return nil, errors.Join(fmt.Errorf("arrivees: %w", err), d.racine.Close())
	}
	if err := d.identifier(); err != nil {
		return nil, errors.Join(fmt.Errorf("arrivees: %w", err), d.Close())
	}
	return d, nil
}

// identifier reads the name of the private folder, drawn when it was made.
func (d *Dossier) identifier() error {
	const nom = "identite"
	err := d.prive.Write(nom, []byte(strings.ToLower(rand.Text())), depot.Garder)
	if err != nil {
		return err
	}
	b, err := d.prive.Read(nom)
	if err == nil && !valide(string(b)) {
		err = errors.New("unreadable name of the private folder")
	}
	d.encours = path.Join(encours, string(b))
	return err
}

// Close closes the folders.
func (d *Dossier) Close() error { return errors.Join(d.racine.Close(), d.prive.Close()) }

// Suivre looks again and again, at this interval, until the context ends, whose error it gives; f is told what each
// look found, or why it failed.
func (d *Dossier) Suivre(ctx context.Context, chaque time.Duration, f func(Regard, error)) error {
	t := time.NewTicker(chaque)
	defer t.Stop()
	for {
		r, err := d.Regarder(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f(r, err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
}

// Regarder looks once, and takes what is complete. An error of one file doesn't stop the others: errors come together,
// with what was taken.
func (d *Dossier) Regarder(ctx context.Context) (Regard, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	liberer, err := d.prive.Lock("arrivees")
	if err != nil {
		return Regard{}, fmt.Errorf("arrivees: %w", err)
	}
	r, err := d.regarder(ctx)
	return r, errors.Join(err, liberer())
}

func (d *Dossier) regarder(ctx context.Context) (Regard, error) {
	var r Regard
	fautes := []error{d.reprendre(ctx, &r)}
	entrees, err := d.lister()
	if err != nil {
		return r, errors.Join(append(fautes, err)...)
	}
	vus := make(map[string]vu, len(entrees))
	for i, e := range entrees {
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		if i >= nombreMax {
			r.Attente = append(r.Attente, Attente{"", Trop})
			break
		}
		motif, err := d.examiner(ctx, e, vus, &r)
		if err != nil {
			fautes = append(fautes, err)
		}
		if motif != "" {
			r.Attente = append(r.Attente, Attente{montrable(e.Name()), motif})
		}
	}
	d.vus = vus
	return r, errors.Join(fautes...)
}

// lister gives the names of the watched folder that aren't passed over.
func (d *Dossier) lister() ([]fs.DirEntry, error) {
	f, err := d.racine.Open(".")
	if err != nil {
		return nil, fmt.Errorf("arrivees: %w", cause(err))
	}
	l, err := f.ReadDir(-1)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("arrivees: %w", cause(err))
	}
	l = slices.DeleteFunc(l, func(e fs.DirEntry) bool { return e.IsDir() || passe(e.Name()) })
	slices.SortFunc(l, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return l, nil
}

// passe says whether a name is one of what isn't finished, or of the system.
func passe(nom string) bool {
	n := strings.ToLower(nom)
	if strings.HasPrefix(n, ".") || strings.HasPrefix(n, "~") || strings.HasSuffix(n, "~") {
		return true
	}
	switch filepath.Ext(n) {
	case ".tmp", ".temp", ".part", ".partial", ".crdownload", ".filepart", ".lock", ".swp":
		return true
	}
	return n == "thumbs.db" || n == "desktop.ini"
}

// examiner looks at one file, and takes it if it is complete. It says why the file stays.
func (d *Dossier) examiner(ctx context.Context, e fs.DirEntry, vus map[string]vu, r *Regard) (Motif, error) {
	nom := e.Name()
	i, err := d.racine.Lstat(nom)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil // gone meanwhile
	}
	switch {
	case err != nil:
		return Refuse, nil
	case !i.Mode().IsRegular():
		return Lien, nil
	case i.Size() > d.taille:
		return TropGros, nil
	}
	v := vu{i.Size(), i.ModTime(), 1}
	if a, ok := d.vus[nom]; ok && a.taille == v.taille && a.date.Equal(v.date) {
		v.fois = a.fois + 1
	}
	vus[nom] = v
	if v.fois < d.regards {
		return EnEcriture, nil
	}
	g, fini, err := d.fin(nom, i)
	switch {
	case err != nil:
		return Refuse, nil
	case g == inconnu && i.Size() > 0:
		return AutreGenre, nil
	case !fini:
		return Incomplet, nil
	case g == genreTIFF && v.fois < 2*d.regards:
		return EnEcriture, nil
	}
	id, err := d.reclamer(nom)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil // another program took it
	}
	if err != nil {
		return Refuse, nil
	}
	delete(vus, nom)
	return "", d.prendre(ctx, id, r)
}

// montrable is a name as a screen can show it.
func montrable(nom string) string {
	nom = strings.ToValidUTF8(nom, "�")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return utf8.RuneError
		}
		return r
	}, nom)
}

// cause is an error without the name of the file.
func cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return fmt.Errorf("%s: %w", p.Op, p.Err)
	case errors.As(err, &l):
		return fmt.Errorf("%s: %w", l.Op, l.Err)
	}
	return err
}

// fiche reads what is known of a file taken.
func (d *Dossier) fiche(id string) (Arrivee, error) {
	b, err := d.prive.Read(id + ".json")
	if err != nil {
		return Arrivee{}, err
	}
	a := Arrivee{}
	if err := json.Unmarshal(b, &a); err != nil {
		return Arrivee{}, fmt.Errorf("arrivees: %s: unreadable record", id)
	}
	a.ID = id
	return a, nil
}
