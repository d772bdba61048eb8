package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"strconv"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/adresses"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// What a request may hold: a scenario is read by people, a message by a test.
const (
	scenarioMax = 1 << 20
	messageMax  = 64 << 20
	attenteMax  = 10 * time.Minute
)

// commandes is the control API. Every answer is JSON but the bytes of a message; an error is {"erreur": …}.
func (p *poste) commandes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /etat", p.etat)
	m.HandleFunc("GET /recus", p.recus)
	m.HandleFunc("GET /recus/{rang}/brut", p.brut)
	m.HandleFunc("GET /attendre", p.attendre)
	m.HandleFunc("PUT /scenario", p.scenario(func(s frontal.Scenario) error { return p.f.Jouer(s) }))
	m.HandleFunc("POST /incidents", p.scenario(func(s frontal.Scenario) error {
		for _, i := range s.Incidents {
			p.f.Incident(i)
		}
		return nil
	}))
	m.HandleFunc("DELETE /incidents", func(w http.ResponseWriter, _ *http.Request) { p.f.Calmer(); repondre(w, fait{}) })
	m.HandleFunc("PUT /boites/{adresse}", p.deposer)
	m.HandleFunc("POST /horloge", p.horloge)
	m.HandleFunc("POST /arret", func(w http.ResponseWriter, _ *http.Request) { repondre(w, fait{}); p.arret() })
	return m
}

// fait is the answer of an order.
type fait struct{}

// MarshalJSON says that it was done.
func (fait) MarshalJSON() ([]byte, error) { return []byte(`{"fait":true}`), nil }

func repondre(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// The client is gone when this fails.
	_ = json.NewEncoder(w).Encode(v)
}

func refuser(w http.ResponseWriter, code int, err error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"erreur": err.Error()})
}

func (p *poste) etat(w http.ResponseWriter, _ *http.Request) {
	erreur := ""
	if err := p.f.Erreur(); err != nil {
		erreur = err.Error()
	}
	repondre(w, struct {
		adresses.Adresses
		Recus  int       `json:"recus"`
		Heure  time.Time `json:"heure"`
		Erreur string    `json:"erreur"`
	}{p.adresses, len(p.f.Recus()), p.maintenant(), erreur})
}

// depuis gives the messages after a rank, an empty list when there are none.
func (p *poste) depuis(n int) []frontal.Recu {
	r := p.f.Recus()
	return append([]frontal.Recu{}, r[min(max(n, 0), len(r)):]...)
}

func nombre(r *http.Request, nom string) (int, error) {
	s := r.FormValue(nom)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s=%q : nombre attendu", nom, s)
	}
	return n, nil
}

func (p *poste) recus(w http.ResponseWriter, r *http.Request) {
	n, err := nombre(r, "depuis")
	if err != nil {
		refuser(w, http.StatusBadRequest, err)
		return
	}
	repondre(w, p.depuis(n))
}

func (p *poste) brut(w http.ResponseWriter, r *http.Request) {
	rang, err := strconv.Atoi(r.PathValue("rang"))
	tous := p.f.Recus()
	if err != nil || rang < 1 || rang > len(tous) {
		refuser(w, http.StatusNotFound, fmt.Errorf("aucun message de rang %s", r.PathValue("rang")))
		return
	}
	b, err := p.f.Brut(tous[rang-1])
	if err != nil {
		refuser(w, http.StatusInternalServerError, err)
		return
	}
	defer b.Close()
	w.Header().Set("Content-Type", "message/rfc822")
	_, _ = io.Copy(w, b)
}

// attendre answers once there are as many messages as asked, or 504 when delai is over.
func (p *poste) attendre(w http.ResponseWriter, r *http.Request) {
	n, err := nombre(r, "recus")
	if err != nil {
		refuser(w, http.StatusBadRequest, err)
		return
	}
	delai := 30 * time.Second
	if s := r.FormValue("delai"); s != "" {
		if delai, err = time.ParseDuration(s); err != nil {
			refuser(w, http.StatusBadRequest, fmt.Errorf("delai=%q : durée attendue, comme 30s", s))
			return
		}
	}
	ctx, fin := context.WithTimeout(r.Context(), min(delai, attenteMax))
	defer fin()
	if err := p.f.Attendre(ctx, n); err != nil {
		refuser(w, http.StatusGatewayTimeout, fmt.Errorf("%d message(s) reçu(s), %d attendu(s)", len(p.f.Recus()), n))
		return
	}
	repondre(w, p.depuis(0))
}

// scenario reads a scenario from the body; its faults come with their lines.
func (p *poste) scenario(jouer func(frontal.Scenario) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		texte, err := io.ReadAll(http.MaxBytesReader(w, r.Body, scenarioMax))
		var s frontal.Scenario // an empty body is a frontal that works
		if err == nil && len(bytes.TrimSpace(texte)) > 0 {
			s, err = frontal.ParseScenario(bytes.NewReader(texte), "scenario.yaml")
		}
		if err == nil {
			err = jouer(s)
		}
		if err != nil {
			refuser(w, http.StatusUnprocessableEntity, err)
			return
		}
		repondre(w, fait{})
	}
}

func (p *poste) deposer(w http.ResponseWriter, r *http.Request) {
	a, err := mail.ParseAddress(r.PathValue("adresse"))
	if err != nil {
		refuser(w, http.StatusBadRequest, errors.New("adresse de messagerie attendue"))
		return
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, messageMax))
	if err == nil {
		// A harness writes lines as its language does; a mailbox gives CRLF.
		b = bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		err = p.f.Deposer(a.Address, b)
	}
	if err != nil {
		refuser(w, http.StatusUnprocessableEntity, err)
		return
	}
	repondre(w, fait{})
}

// horloge moves the frontal's clock on, for answers that a scenario holds back.
func (p *poste) horloge(w http.ResponseWriter, r *http.Request) {
	d, err := time.ParseDuration(r.FormValue("avance"))
	if err != nil {
		refuser(w, http.StatusBadRequest, errors.New("avance : durée attendue, comme 48h"))
		return
	}
	p.avance.Add(int64(d))
	repondre(w, map[string]time.Time{"heure": p.maintenant()})
}
