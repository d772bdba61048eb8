package suivi

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// endurance is an office that goes on for months: each day a lot of invoices with a piece each, an answer or none of
// each kind, a return of payment of older ones, now and then a fault, and a person who does what the synthesis asks.
type endurance struct {
	*banc
	c        Config
	r        *rand.Rand
	lots     []*fse.Fichier // of the last days
	deposees int
	actes    map[NomAction]int
}

const piecesParJour = 40

func (e *endurance) lotDuJour(n int) {
	f := factures(e.t, 1+n%999, piecesParJour)
	l := &f.Lots[0]
	f.Date = fse.DateDe(e.h.lire())
	l.Cle.Date = f.Date
	var pieces []scor.Piece
	for i := range l.Factures {
		x := &l.Factures[i]
		x.Cle, x.Date, x.Total = fse.CleFacture{Lot: l.Cle, Numero: 1000 + i}, f.Date, fse.Montant(1000+100*n+i)
		pieces = append(pieces, document(fmt.Sprintf("P%d-%d", n, i), x.Cle, fmt.Sprint("texte ", n, i)))
	}
	e.deposer(f)
	if _, err := e.DeposerPieces(context.Background(), pieces); err != nil {
		e.t.Fatal(err)
	}
	e.deposees += len(pieces)
	e.lots = append(e.lots, f)
	if len(e.lots) > 30 {
		e.lots = e.lots[1:]
	}
	if k := e.r.IntN(20); k > 1 { // else the ARL of the invoices is negative, or lost
		e.accepter(f, true)
	} else if k == 0 {
		e.accepter(f, false)
	}
}

// repondre is what the frontal says to a message of pieces.
func (e *endurance) repondre(r *envoiRecu) [][]byte {
	if r.pieces == nil {
		return e.f.arl(r, true)
	}
	k := r.pieces.Lots[0].Cle
	un := func(positif bool, pieces map[string]string) []byte {
		return e.f.unARL(scor.FluxPieces, r.pieces.Emetteur.Numero, k.Numero, k.Date, r.compo, positif, "", pieces)
	}
	id := r.pieces.Lots[0].Paires[0].Piece.ID
	switch e.r.IntN(14) {
	case 0:
		return nil
	case 1:
		return [][]byte{e.f.anr(r.id)}
	case 2:
		return [][]byte{e.f.mds(r.compo, "1001")}
	case 3:
		return [][]byte{un(false, nil)}
	case 4:
		return [][]byte{un(true, map[string]string{id: "2001"})}
	case 5:
		return [][]byte{un(true, map[string]string{"inconnue": "2001"})}
	case 6:
		return [][]byte{un(true, nil), un(false, nil), un(true, nil)}
	}
	return [][]byte{un(true, nil)}
}

// fautes are those of a day, set right the next.
func (e *endurance) fautes() {
	e.f.panne = nil
	switch e.r.IntN(12) {
	case 0:
		e.f.panne = func(transport.Envoi) (error, error) { return errRelais, nil }
	case 1:
		e.f.panne = func(transport.Envoi) (error, error) { return nil, errCoupure }
	case 2:
		const saut = 400 * 24 * time.Hour
		e.h.avancer(saut)
		e.ronde()
		e.h.avancer(-saut)
	case 3:
		e.h.avancer(-time.Hour)
	case 4:
		s, err := Open(context.Background(), e.c)
		if err != nil {
			e.t.Fatal(err)
		}
		e.Suivi = s
	case 5:
		e.f.poster([]byte("From: pub@exemple.test\r\nSubject: Promotion\r\n\r\nBonjour\r\n"))
	}
}

func (e *endurance) ronde() {
	for range 20 {
		// Its errors are those of the relay, all in the journal.
		if b, err := e.Avancer(context.Background()); err == nil && b.Rien() {
			return
		}
	}
}

func (e *endurance) paiements() {
	if len(e.lots) < 15 {
		return
	}
	f := e.lots[len(e.lots)-15]
	issues := []noemie.Issue{noemie.Paye, noemie.Paye, noemie.Paye, noemie.Rejete, noemie.Differe, noemie.Signale}
	var rangs []int
	for i := range f.Lots[0].Factures {
		if e.r.IntN(10) < 8 {
			rangs = append(rangs, i)
		}
	}
	if len(rangs) > 0 {
		e.rspDe(f, issues[e.r.IntN(len(issues))], rangs...)
	}
}

// decider is a person who takes one of the actions that each line offers, and says "seen" where there is no other.
func (e *endurance) decider() {
	ctx := context.Background()
	for range 20 {
		y, err := e.Synthese(ctx, Filtre{})
		if err != nil {
			e.t.Fatal(err)
		}
		if len(y.Lignes) == 0 {
			return
		}
		for _, l := range y.Lignes {
			var possibles []Action
			vu := -1
			for i, a := range l.Actions {
				switch a.Nom {
				case ActionVu:
					vu = i
				case ActionRelier, ActionRelire:
				default:
					possibles = append(possibles, a)
				}
			}
			if len(possibles) == 0 && vu >= 0 {
				possibles = l.Actions[vu : vu+1]
			}
			if len(possibles) == 0 {
				e.t.Fatalf("%s %s: nothing can be done of %q", l.Genre, l.Cle, l.Quoi)
			}
			a := possibles[e.r.IntN(len(possibles))]
			if err := e.Executer(ctx, a, Decision{Auteur: "x"}); err == nil {
				e.actes[a.Nom]++
			}
		}
		e.ronde()
	}
}

// reglee says whether a piece needs nobody any more, or is watched: it, or what carries it, has a day.
func (e *endurance) reglee(o *journal.Objet) bool {
	suivi := func(o *journal.Objet) bool { return o.Attention > 0 || o.Echeance > 0 }
	switch o.Etat {
	case journal.Constitue, journal.Refuse, journal.ARLNegatif, journal.Rejet:
		return suivi(o)
	case journal.EnLot:
		l := e.objet(journal.LotScor, o.Dans)
		m := e.objet(journal.Message, l.Dans)
		return suivi(o) || suivi(&l) || suivi(&m)
	}
	return true
}

// An office of 40 pieces a day, all incidents mixed: after two months (SCOR_ENDURANCE days, 730 for two years) nothing
// is lost, nothing is silent, and neither memory nor goroutines have grown.
func TestEndurance(t *testing.T) {
	jours := 60
	if n, err := strconv.Atoi(os.Getenv("SCOR_ENDURANCE")); err == nil {
		jours = n
	} else if testing.Short() {
		jours = 20
	}
	e := &endurance{r: rand.New(rand.NewPCG(7, 7)), actes: map[NomAction]int{}}
	e.banc = nouveauBanc(t, ordinaire, surFichier(t, filepath.Join(t.TempDir(), "suivi.db")), func(c *Config) { e.c = *c })
	e.f.repondre = e.repondre
	var memoire [3]uint64
	var goroutines [3]int
	for n := range jours {
		e.h.avancer(24 * time.Hour)
		e.fautes()
		e.lotDuJour(n)
		e.paiements()
		e.ronde()
		e.decider()
		e.f.envois = nil // what the frontal remembers isn't the office's
		if k := 3 * (n + 1) / jours; k > 3*n/jours {
			memoire[k-1], goroutines[k-1] = tasVivant(), runtime.NumGoroutine()
		}
	}
	e.f.panne, e.f.repondre = nil, nil
	for range 20 {
		e.h.avancer(24 * time.Hour)
		e.ronde()
		e.decider()
	}
	trouvees, etats := 0, map[journal.Etat]int{}
	for o, err := range e.journal.Chercher(t.Context(), journal.Requete{Genre: journal.Piece}) {
		if err != nil {
			t.Fatal(err)
		}
		trouvees++
		etats[o.Etat]++
		if !e.reglee(&o) {
			t.Errorf("piece %s, %q, isn't settled and nobody will be told", o.Cle, o.Etat)
		}
	}
	if trouvees != e.deposees {
		t.Errorf("%d pieces of %d", trouvees, e.deposees)
	}
	if goroutines[2] > goroutines[0]+2 {
		t.Errorf("goroutines: %d", goroutines)
	}
	if memoire[2] > memoire[0]+16<<20 {
		t.Errorf("live heap, bytes: %d", memoire)
	}
	e.verifier()
	t.Logf("%d days, %d pieces %v, actions %v, live heap %d KiB, goroutines %d", jours, trouvees, etats, e.actes,
		[]uint64{memoire[0] >> 10, memoire[1] >> 10, memoire[2] >> 10}, goroutines)
}

// tasVivant is the heap that is still reached.
func tasVivant() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
