package ecrans

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
)

// Fichiers are the invoice files (B2) that the host's software wrote and nothing has sent yet.
type Fichiers struct {
	// Lister gives them, in the order in which they are to be shown; needed.
	Lister func(context.Context) ([]FichierPret, error)
	// Depose tells the host that a file is in the journal, which sends it from now on: Lister gives it no more. Nil:
	// files are looked at, and the host deposits them.
	Depose func(ctx context.Context, nom string) error
	// TailleMax bounds a file, in bytes; 0: 64 MiB.
	TailleMax int64
}

// FichierPret is a file to look at. A file that changes has another date or another size.
type FichierPret struct {
	Nom    string // no patient's
	Quand  time.Time
	Taille int64
	Open   func() (io.ReadCloser, error)
}

// WithFichiers adds to the screen Contrôler the host's files with what their checks find, before they leave.
func WithFichiers(f Fichiers) Option {
	return func(e *Ecrans) error {
		if f.Lister == nil {
			return fmt.Errorf("%w: Fichiers: Lister is needed", ErrConfig)
		}
		if f.TailleMax <= 0 {
			f.TailleMax = 64 << 20
		}
		e.fichiers = f
		return nil
	}
}

// fichierVu is a file with its findings.
type fichierVu struct {
	FichierPret
	QuandVu          string
	Lots, Factures   int64
	Demande          fse.Montant
	Ton, Mot, Phrase string
	Constats         []fse.Constat // the gravest first, constatsMax at most
	Autres           int64
	Deposable        bool
}

// Limits of what the page reads and shows.
const (
	fichiersVusMax = 20
	constatsMax    = 12
)

// lectures remembers what was found in a file for as long as it is the same: a page that is looked at again costs
// nothing.
type lectures struct {
	mu sync.Mutex
	m  map[string]fichierVu
}

func (q *requete) fichiersVus(r *http.Request) ([]fichierVu, error) {
	if q.fichiers.Lister == nil {
		return nil, nil
	}
	l, err := q.fichiers.Lister(r.Context())
	if err != nil {
		return nil, err
	}
	q.lectures.mu.Lock()
	defer q.lectures.mu.Unlock()
	lus := map[string]fichierVu{}
	var vus []fichierVu
	for _, f := range l[:min(len(l), fichiersVusMax)] {
		cle := fmt.Sprint(f.Nom, "|", f.Quand.UnixNano(), "|", f.Taille)
		v, ok := q.lectures.m[cle]
		if !ok {
			v = q.controlerFichier(f)
		}
		lus[cle] = v
		v.QuandVu, v.Deposable = q.Quand(f.Quand), v.Deposable && q.fichiers.Depose != nil && q.Peut(Deposer)
		vus = append(vus, v)
	}
	q.lectures.m = lus
	return vus, nil
}

// controlerFichier reads a file as a deposit would, and says what it finds.
func (q *requete) controlerFichier(f FichierPret) fichierVu {
	v := fichierVu{FichierPret: f, Ton: "echec", Mot: "illisible"}
	if f.Taille > q.fichiers.TailleMax {
		v.Phrase = fmt.Sprintf("Ce fichier dépasse %d Mo : il n'est pas lu.", q.fichiers.TailleMax>>20)
		return v
	}
	c, err := f.Open()
	if err != nil {
		v.Phrase = "Ce fichier ne s'ouvre pas."
		q.journal.Warn("ecrans: fichier", "nom", f.Nom, "erreur", err)
		return v
	}
	defer c.Close()
	lu, constats, err := b2.ParseFichier(io.LimitReader(c, q.fichiers.TailleMax))
	if err != nil || lu == nil {
		v.Phrase = "Ce fichier n'est pas un fichier B2, ou il est coupé."
		return v
	}
	for i := range lu.Lots {
		v.Lots++
		v.Factures += int64(len(lu.Lots[i].Factures))
		for k := range lu.Lots[i].Factures {
			v.Demande += lu.Lots[i].Factures[k].AMO
		}
	}
	v.juger(constats)
	return v
}

// juger sums up findings: the gravest decides.
func (v *fichierVu) juger(l []fse.Constat) {
	slices.SortStableFunc(l, func(a, b fse.Constat) int { return int(b.Gravite) - int(a.Gravite) })
	v.Constats, v.Autres = l[:min(len(l), constatsMax)], int64(max(0, len(l)-constatsMax))
	switch {
	case len(l) == 0 || l[0].Gravite < fse.Avertissement:
		v.Ton, v.Mot, v.Deposable = "fait", "prêt à partir", true
	case l[0].Gravite == fse.Avertissement:
		v.Ton, v.Mot, v.Deposable = "alerte", "à relire", true
	default:
		v.Mot, v.Phrase = "à corriger", "Corrigez ces factures dans le logiciel, et faites à nouveau le fichier."
	}
}

// deposerFichier puts a file into the journal, which sends it. One that has errors stays where it is.
func deposerFichier(w http.ResponseWriter, r *http.Request, q *requete) error {
	nom := r.PostForm.Get("nom")
	l, err := q.fichiers.Lister(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(l, func(f FichierPret) bool { return f.Nom == nom })
	if i < 0 || q.fichiers.Depose == nil {
		return refuser(http.StatusNotFound, "Fichier absent", "Ce fichier n'est plus là : il est déjà parti, ou a été retiré.")
	}
	if v := q.controlerFichier(l[i]); !v.Deposable {
		return refuser(http.StatusConflict, "Ce fichier ne part pas", "Il est %s. %s", v.Mot, v.Phrase)
	}
	c, err := l[i].Open()
	if err != nil {
		return err
	}
	defer c.Close()
	octets, err := io.ReadAll(io.LimitReader(c, q.fichiers.TailleMax))
	if err != nil {
		return err
	}
	if _, err := q.suivi.DeposerFlux(r.Context(), octets); err != nil {
		q.journal.Warn("ecrans: fichier", "nom", nom, "qui", q.Personne.ID, "erreur", err)
		if errors.Is(err, suivi.ErrLotDifferent) {
			return refuser(http.StatusConflict, "Ce fichier ne part pas",
				"Un lot de ce numéro est déjà parti avec d'autres factures : donnez-lui un autre numéro.")
		}
		return err
	}
	if err := q.fichiers.Depose(r.Context(), nom); err != nil {
		return err
	}
	return q.vers(w, "controler", url.Values{"fait": {"fichier"}})
}
