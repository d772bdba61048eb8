package signature

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Annulation is a signature, or a refusal, that was taken back: what it was, by whom and why. It stays for ever,
// without strokes.
type Annulation struct {
	Recu  Recu      `json:"recu"`
	Par   string    `json:"par"` // Signataire.ID, or who the host says
	Motif string    `json:"motif"`
	Quand time.Time `json:"quand"`
}

// annulationsMax bounds how often one document's signature can be taken back.
const annulationsMax = 100

// Reprendre takes back the signer's own signature, or refusal, as long as it was not embedded: the document is to be
// signed again, with a new signature. What was taken back leaves a trace ([Registre.Annulations]); its strokes are
// deleted.
func (r *Registre) Reprendre(ctx context.Context, id string, s Signataire, motif string) (err error) {
	e, err := r.entree(id)
	if err != nil {
		return err
	}
	defer func() { r.tracer(s.ID, "reprendre", id, e.doc.Lot, err) }()
	e.verrou.Lock()
	defer e.verrou.Unlock()
	gardes, err := r.gardes(ctx, &e.doc)
	if err != nil {
		return err
	}
	if len(gardes) == 0 {
		return ErrNonSigne
	}
	dernier := gardes[len(gardes)-1].Recu
	switch {
	case dernier.Etat == Joint:
		r.prendre(e, gardes)
		return ErrDejaUtilisee
	case dernier.Signataire.ID != s.ID:
		// Another's, or one that another has signed after.
		return ErrAutre
	}
	return r.annuler(ctx, e, gardes, len(gardes)-1, Annulation{Par: s.ID, Motif: motif})
}

// Annuler is [Registre.Reprendre] for the host, at any time: a corrected bordereau of the same lot can then be
// presented, or the same one signed anew. What was sent already stays sent: that is the host's to say to the caisse.
func (r *Registre) Annuler(ctx context.Context, id string, a Annulation) (err error) {
	e, err := r.entree(id)
	if err != nil {
		return err
	}
	defer func() { r.tracer(a.Par, "annuler", id, e.doc.Lot, err) }()
	e.verrou.Lock()
	defer e.verrou.Unlock()
	gardes, err := r.gardes(ctx, &e.doc)
	if err != nil {
		return err
	}
	if len(gardes) == 0 {
		r.prendre(e, nil)
		return nil
	}
	return r.annuler(ctx, e, gardes, 0, a)
}

// annuler takes back the signatures from a rank on.
func (r *Registre) annuler(ctx context.Context, e *entree, gardes []enregistrement, rang int, a Annulation) error {
	a.Motif = strings.TrimSpace(norm.NFC.String(a.Motif))
	if !imprimable(a.Motif) || len(a.Motif) > 2000 {
		return ErrMotif
	}
	if err := r.oter(ctx, &e.doc, gardes, rang, a); err != nil {
		return err
	}
	r.mu.Lock()
	e.etapes = nil
	r.mu.Unlock()
	r.prendre(e, gardes[:rang])
	return nil
}

// oter deletes the signatures from a rank on, the last one first. The trace of each is written before.
func (r *Registre) oter(ctx context.Context, d *Document, gardes []enregistrement, rang int, a Annulation) error {
	a.Quand = r.maintenant().UTC().Truncate(time.Millisecond)
	traces, err := r.annulations(ctx, d)
	if err != nil {
		return err
	}
	if len(traces) >= annulationsMax {
		return fmt.Errorf("signature: taken back %d times already", annulationsMax)
	}
	for _, g := range gardes[rang:] {
		a.Recu = g.Recu
		traces = append(traces, a)
	}
	v, err := json.Marshal(traces)
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	if err := r.magasin.Write(ctx, cleAnnulations(d), v, false); err != nil {
		return err
	}
	for i := OrdreMax - 1; i >= rang; i-- {
		if i > rang && i >= len(gardes) && len(d.Ordre) == 0 {
			continue // one signature only
		}
		if err := r.magasin.Supprimer(ctx, cleSignature(d, i)); err != nil {
			return err
		}
	}
	return nil
}

// Annulations lists what was taken back for a document's lot or invoice, oldest first, whatever the content was.
func (r *Registre) Annulations(ctx context.Context, id string) ([]Annulation, error) {
	e, err := r.entree(id)
	if err != nil {
		return nil, err
	}
	return r.annulations(ctx, &e.doc)
}

func (r *Registre) annulations(ctx context.Context, d *Document) (a []Annulation, err error) {
	v, err := r.magasin.Read(ctx, cleAnnulations(d))
	if errors.Is(err, ErrAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(v, &a); err != nil {
		return nil, fmt.Errorf("signature: record of what was taken back: %w", err)
	}
	return a, nil
}

func cleAnnulations(d *Document) string { return "annulations-" + d.objet() }

// Attendre waits until the document is signed and the time to take that back has passed ([WithDelai]), or ctx ends. A
// refusal is [ErrRefuse], after the same time; a document that another one replaced is [ErrModifie].
func (r *Registre) Attendre(ctx context.Context, id string) (Recu, error) {
	e, err := r.entree(id)
	if err != nil {
		return Recu{}, err
	}
	for {
		r.mu.Lock()
		etat, recu, change, present := e.etat, e.recu, e.change, r.parID[id] == e
		r.mu.Unlock()
		if !present {
			return Recu{}, ErrModifie
		}
		attente := recu.Quand.Add(r.delai).Sub(r.maintenant())
		var delai <-chan time.Time
		switch {
		case etat == ASigner:
		case attente > 0 && etat != Joint:
			delai = time.After(max(attente, time.Millisecond))
		case etat == Refuse:
			return recu, ErrRefuse
		default:
			return recu, nil
		}
		select {
		case <-ctx.Done():
			return Recu{}, ctx.Err()
		case <-change:
		case <-delai:
		}
	}
}
