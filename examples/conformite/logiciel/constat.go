package logiciel

import (
	"slices"

	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// Reponse is what the frontal saw of a software: the answer to logiciel.emettre.
type Reponse struct {
	// Accepte: something was received, and nothing of it is a grave departure.
	Accepte bool `json:"accepte"`
	// Flux are the flows received, in order, each once.
	Flux []string `json:"flux"`
	// Messages counts the messages by flow, each Message-ID once; Transmissions is the most often that one came.
	Messages      map[string]int `json:"messages"`
	Transmissions int            `json:"transmissions"`
	// Clair counts those that were not encrypted.
	Clair int `json:"clair"`
	// Factures and Pieces count what the lots hold, each once.
	Factures int `json:"factures"`
	Pieces   int `json:"pieces"`
	// Doubles counts the pieces that came in two lots.
	Doubles  int       `json:"doubles"`
	Constats []Constat `json:"constats"`
}

// Constat is a grave departure that the frontal found.
type Constat struct {
	Code    string `json:"code"`
	Gravite string `json:"gravite"`
	Message string `json:"message"`
}

// Constater sums up what a frontal received.
func Constater(recus []frontal.Recu) Reponse {
	r := Reponse{Flux: []string{}, Messages: map[string]int{"factures": 0, "pieces": 0}, Constats: []Constat{}}
	pieces := map[string]int{}
	for _, m := range recus {
		flux := string(m.Flux)
		if flux == "" {
			flux = "inconnu"
		}
		if !slices.Contains(r.Flux, flux) {
			r.Flux = append(r.Flux, flux)
		}
		r.Messages[flux]++
		r.Transmissions = max(r.Transmissions, m.Transmissions)
		if !m.Chiffre {
			r.Clair++
		}
		for _, l := range m.Lots {
			if m.Flux == frontal.Factures {
				r.Factures += int(l.Factures)
			}
			for _, p := range l.Pieces {
				if pieces[p.ID]++; pieces[p.ID] > 1 {
					r.Doubles++
				}
			}
		}
		for _, c := range m.Constats {
			if c.Grave {
				r.Constats = append(r.Constats, Constat{c.Code, "erreur", c.Message})
			}
		}
	}
	r.Pieces = len(pieces)
	r.Accepte = len(recus) > 0 && len(r.Constats) == 0
	return r
}
