package ecrans

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
)

// veille looks at the journal while pages are open, and tells them what was noted, by this program or another: one
// reader for all of them, none when nobody is there.
type veille struct {
	e *Ecrans

	mu      sync.Mutex
	ecoutes map[chan []suivi.Fait]bool
	fin     context.CancelFunc
	ferme   bool
}

// Limits of what is told at once: more is said as a number. ecoutesMax bounds the pages that listen.
const (
	faitsMax   = 200
	ecoutesMax = 500
)

func nouvelleVeille(e *Ecrans) *veille { return &veille{e: e, ecoutes: map[chan []suivi.Fait]bool{}} }

func (v *veille) ecouter() (c chan []suivi.Fait, cesser func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ferme || len(v.ecoutes) >= ecoutesMax {
		return nil, func() {}
	}
	c = make(chan []suivi.Fait, 4)
	v.ecoutes[c] = true
	if v.fin == nil {
		ctx, fin := context.WithCancel(context.Background())
		v.fin = fin
		go v.regarder(ctx)
	}
	return c, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		delete(v.ecoutes, c)
		if len(v.ecoutes) == 0 && v.fin != nil {
			v.fin()
			v.fin = nil
		}
	}
}

func (v *veille) fermer() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ferme = true
	if v.fin != nil {
		v.fin()
		v.fin = nil
	}
	for c := range v.ecoutes {
		close(c)
	}
	clear(v.ecoutes)
}

// regarder asks the journal for its last event, then for what is new. A page that is slow to listen loses the detail,
// and looks again by itself.
func (v *veille) regarder(ctx context.Context) {
	t := time.NewTicker(v.e.rythme)
	defer t.Stop()
	var seq uint64
	if h, err := v.e.suivi.Tete(ctx); err == nil {
		seq = h.Seq
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		h, err := v.e.suivi.Tete(ctx)
		if err != nil || h.Seq == seq {
			continue
		}
		faits, _, err := v.e.suivi.FaitsDepuis(ctx, seq, faitsMax)
		if err != nil {
			continue
		}
		seq = h.Seq
		v.mu.Lock()
		for c := range v.ecoutes {
			select {
			case c <- faits:
			default:
			}
		}
		v.mu.Unlock()
	}
}

// ecranVeille is what pages listen to; it isn't in the menu.
func ecranVeille(*Ecrans) ecran {
	return ecran{Nom: "veille", Routes: []route{{Motif: "GET /veille", Faire: ecouterVeille}}}
}

// battement keeps proxies from closing a quiet connection.
const battement = 20 * time.Second

func ecouterVeille(w http.ResponseWriter, r *http.Request, q *requete) error {
	rc := http.NewResponseController(w)
	// The host's server may bound the time of an answer; this one lasts as long as the page.
	_ = rc.SetWriteDeadline(time.Time{})
	c, cesser := q.veille.ecouter()
	defer cesser()
	if c == nil {
		return refuser(http.StatusServiceUnavailable, "Trop de pages ouvertes",
			"Trop de pages suivent ce qui se passe : celle-ci ne se met pas à jour d'elle-même.")
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	fmt.Fprint(w, "retry: 2000\nevent: pret\ndata: {}\n\n")
	if err := rc.Flush(); err != nil {
		return nil
	}
	t := time.NewTicker(battement)
	defer t.Stop()
	for {
		select {
		case <-r.Context().Done():
			return nil
		case <-t.C:
			fmt.Fprint(w, ": \n\n")
		case faits, ouvert := <-c:
			if !ouvert {
				return nil
			}
			// Whoever lost the right to read since isn't told any more.
			if p, err := q.acces.Personne(r); err != nil || !p.Droits.Peut(Lire) {
				return nil
			}
			b, err := json.Marshal(resumeFaits(faits))
			if err != nil {
				return nil
			}
			fmt.Fprintf(w, "event: faits\ndata: %s\n\n", b)
		}
		if err := rc.Flush(); err != nil {
			return nil
		}
	}
}

type faitsDits struct {
	Nombre  int    `json:"nombre"`
	Dernier string `json:"dernier"`
}

// resumeFaits says the last step in words and how many there were: the page reads its own lines again.
func resumeFaits(l []suivi.Fait) faitsDits {
	x := faitsDits{Nombre: len(l)}
	for i := len(l) - 1; i >= 0 && x.Dernier == ""; i-- {
		x.Dernier = l[i].Texte
	}
	return x
}
