package kit

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// Verdict is what became of a case.
type Verdict string

// Verdicts.
const (
	Reussi    Verdict = "reussi"
	Echoue    Verdict = "echoue"     // the answer is not the expected one
	EnErreur  Verdict = "erreur"     // no answer: the subject failed, or was too long
	SansObjet Verdict = "sans-objet" // the subject doesn't do the operation
	NonJoue   Verdict = "non-joue"   // interrupted before
)

// Resultat is what a case gave.
type Resultat struct {
	Vecteur *Vecteur      `json:"vecteur"`
	Verdict Verdict       `json:"verdict"`
	Reponse Reponse       `json:"reponse,omitempty"`
	Ecarts  []Ecart       `json:"ecarts,omitempty"`
	Erreur  string        `json:"erreur,omitempty"`
	Duree   time.Duration `json:"duree_ns"`
}

// Bilan counts the verdicts.
type Bilan struct {
	Reussis    int `json:"reussis"`
	Echoues    int `json:"echoues"`
	Erreurs    int `json:"erreurs"`
	SansObjet  int `json:"sans_objet"`
	NonJoues   int `json:"non_joues"`
	Resultats  int `json:"resultats"`
	AcceptesOK int `json:"acceptations_reussies"`
	RefusOK    int `json:"refus_reussis"`
}

// Conforme says that something was judged, and nothing failed.
func (b Bilan) Conforme() bool { return b.Reussis > 0 && b.Echoues+b.Erreurs+b.NonJoues == 0 }

// Compter counts.
func Compter(l []Resultat) Bilan {
	b := Bilan{Resultats: len(l)}
	for _, r := range l {
		switch r.Verdict {
		case Reussi:
			b.Reussis++
			if r.Vecteur.Nature == Refus {
				b.RefusOK++
			} else {
				b.AcceptesOK++
			}
		case Echoue:
			b.Echoues++
		case EnErreur:
			b.Erreurs++
		case SansObjet:
			b.SansObjet++
		default:
			b.NonJoues++
		}
	}
	return b
}

// Options of Jouer; the zero value is good.
type Options struct {
	// Paralleles is how many cases are played at once; 0 is one for each processor.
	Paralleles int
	// Delai bounds each case; 0 is a minute.
	Delai time.Duration
	// Progres is told of each result as it comes, one at a time, in no promised order.
	Progres func(Resultat)
}

const delaiParDefaut = time.Minute

// Jouer plays the vectors. Results are in the order of the vectors whatever ends first; when ctx ends, what is left is
// NonJoue and its error is returned beside the results.
func Jouer(ctx context.Context, vecteurs []*Vecteur, s Sujet, o Options) ([]Resultat, error) {
	if o.Paralleles <= 0 {
		o.Paralleles = runtime.GOMAXPROCS(0)
	}
	if o.Delai <= 0 {
		o.Delai = delaiParDefaut
	}
	resultats := make([]Resultat, len(vecteurs))
	rangs := make(chan int)
	var attente sync.WaitGroup
	var progres sync.Mutex
	for range min(o.Paralleles, len(vecteurs)) {
		attente.Go(func() {
			for i := range rangs {
				resultats[i] = jouer(ctx, vecteurs[i], s, o.Delai)
				if o.Progres != nil {
					progres.Lock()
					o.Progres(resultats[i])
					progres.Unlock()
				}
			}
		})
	}
	for i := range vecteurs {
		rangs <- i
	}
	close(rangs)
	attente.Wait()
	return resultats, ctx.Err()
}

type sortie struct {
	reponse Reponse
	err     error
}

// jouer plays one. A subject that doesn't hear its context is left behind: the case is in error, and the next begins.
func jouer(ctx context.Context, v *Vecteur, s Sujet, delai time.Duration) Resultat {
	r := Resultat{Vecteur: v, Verdict: NonJoue}
	if ctx.Err() != nil {
		return r
	}
	borne, fin := context.WithTimeout(ctx, delai)
	defer fin()
	debut := time.Now()
	c := make(chan sortie, 1)
	go func() {
		reponse, err := repondre(borne, v, s)
		c <- sortie{reponse, err}
	}()
	var x sortie
	select {
	case x = <-c:
	case <-borne.Done():
		select {
		case x = <-c:
		case <-time.After(grace):
			x.err = fmt.Errorf("kit: the subject goes on after its time: %w", borne.Err())
		}
	}
	r.Duree = time.Since(debut)
	r.Reponse = x.reponse
	switch {
	case ctx.Err() != nil:
	case errors.Is(x.err, ErrSansObjet):
		r.Verdict = SansObjet
	case errors.Is(borne.Err(), context.DeadlineExceeded) && x.err != nil:
		r.Verdict, r.Erreur = EnErreur, fmt.Sprintf("sans réponse après %s", delai)
	case x.err != nil:
		r.Verdict, r.Erreur = EnErreur, x.err.Error()
	default:
		r.Verdict = Reussi
		if r.Ecarts = Comparer(v.Attendu, map[string]any(x.reponse)); len(r.Ecarts) > 0 {
			r.Verdict = Echoue
		}
	}
	return r
}

// grace is what a subject has to hear that its time is over.
const grace = 5 * time.Second

// repondre turns a panic of the subject into an error: a harness survives what it judges.
func repondre(ctx context.Context, v *Vecteur, s Sujet) (r Reponse, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = nil, fmt.Errorf("kit: panic: %v (%s)", p, pile())
		}
	}()
	return s.Repondre(ctx, v)
}

// pile names where a panic came from, in a few lines.
func pile() string {
	l := strings.Split(string(debug.Stack()), "\n")
	return strings.Join(l[min(len(l), 9):min(len(l), 13)], " ")
}
