package signature

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// Enregistrer keeps what was drawn so far. A version that is not newer than the kept one changes nothing, so that
// requests which overtake each other do no harm. A draft belongs to the signer who drew it.
func (r *Registre) Enregistrer(ctx context.Context, id string, s Signataire, b Brouillon) (err error) {
	e, err := r.entree(id)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			r.tracer(s.ID, "brouillon", id, e.doc.Lot, err)
		}
	}()
	if !cleValable(b.Cle) {
		return ErrCle
	}
	if err := verifierTraits(b.Traits, false); err != nil {
		return err
	}
	if b.Mandant, err = mandant(b.Mandant); err != nil {
		return err
	}
	e.verrou.Lock()
	defer e.verrou.Unlock()
	if err := r.ouvert(e, s); err != nil {
		return err
	}
	garde, err := r.brouillon(ctx, id)
	if err != nil && !errors.Is(err, ErrAbsent) {
		return err
	}
	if err == nil && garde.Signataire == s.ID && garde.Brouillon.Version >= b.Version {
		return nil
	}
	v, err := json.Marshal(brouillonGarde{Signataire: s.ID, Brouillon: b})
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	return r.magasin.Write(ctx, cleBrouillon(id), v, false)
}

// Brouillon gives back what this signer has drawn so far; the zero value when there is nothing.
func (r *Registre) Brouillon(ctx context.Context, id string, s Signataire) (Brouillon, error) {
	if _, err := r.entree(id); err != nil {
		return Brouillon{}, err
	}
	garde, err := r.brouillon(ctx, id)
	if errors.Is(err, ErrAbsent) || err == nil && garde.Signataire != s.ID {
		return Brouillon{}, nil
	}
	return garde.Brouillon, err
}

// Signer signs. The document is read again and compared with what the screen showed. The same demand again, from a
// screen that never got the answer, returns the same receipt; another one for the same lot or invoice is [ErrDejaSigne]
// with the receipt of the one that counts. Of a document that several sign, each signs in turn ([ErrTour]).
func (r *Registre) Signer(ctx context.Context, id string, s Signataire, d Demande) (recu Recu, err error) {
	e, err := r.entree(id)
	if err != nil {
		return Recu{}, err
	}
	defer func() { r.tracer(s.ID, "signer", id, e.doc.Lot, err) }()
	if !cleValable(d.Cle) {
		return Recu{}, ErrCle
	}
	if err := s.nommer(); err != nil {
		return Recu{}, err
	}
	demande, err := empreinteDemande(id, s, &d)
	if err != nil {
		return Recu{}, err
	}
	e.verrou.Lock()
	defer e.verrou.Unlock()
	gardes, err := r.gardes(ctx, &e.doc)
	if err != nil {
		return Recu{}, err
	}
	if n := deja(&e.doc, gardes, s); n >= 0 {
		return r.repondre(e, gardes, n, demande)
	}
	sig, err := r.constituer(e, gardes, s, &d)
	if err != nil {
		return Recu{}, err
	}
	if err := e.doc.verifier(ctx); err != nil {
		return Recu{}, err
	}
	nouvelle := enregistrement{Recu: sig.Recu, Demande: demande, Traits: d.Traits}
	v, err := json.Marshal(nouvelle)
	if err != nil {
		return Recu{}, fmt.Errorf("signature: %w", err)
	}
	err = r.magasin.Write(ctx, cleSignature(&e.doc, len(gardes)), v, true)
	if errors.Is(err, ErrExiste) {
		// Another program was faster.
		if gardes, err = r.gardes(ctx, &e.doc); err != nil {
			return Recu{}, err
		}
		if n := deja(&e.doc, gardes, s); n >= 0 {
			return r.repondre(e, gardes, n, demande)
		}
		r.prendre(e, gardes)
		return Recu{}, ErrTour
	}
	if err != nil {
		return Recu{}, err
	}
	r.prendre(e, append(gardes, nouvelle))
	return sig.Recu, r.magasin.Supprimer(ctx, cleBrouillon(id))
}

// deja is the rank of the record that answers a demand without a new signature: a refusal, all signatures, or the
// signer's own; -1 for none.
func deja(d *Document, gardes []enregistrement, s Signataire) int {
	for i := range gardes {
		if gardes[i].Recu.Etat == Refuse || len(d.Ordre) == 0 || gardes[i].Recu.Signataire.ID == s.ID {
			return i
		}
	}
	return -1
}

// constituer checks a demand and makes the signature of it.
func (r *Registre) constituer(e *entree, gardes []enregistrement, s Signataire, d *Demande) (*Signature, error) {
	if err := e.doc.tour(s, len(gardes)); err != nil {
		return nil, err
	}
	if d.Empreinte != e.doc.Empreinte {
		return nil, fmt.Errorf("%w: the screen showed SHA-256 %s", ErrModifie, d.Empreinte)
	}
	nom, err := mandant(d.Mandant)
	if err != nil {
		return nil, err
	}
	if d.PourMandat && nom == "" {
		return nil, ErrMandant
	}
	piece := ""
	if !d.PourMandat {
		nom = ""
	} else if piece, err = r.deleguee(s, nom); err != nil {
		return nil, err
	}
	if err := verifierTraits(d.Traits, true); err != nil {
		return nil, err
	}
	sig := &Signature{Traits: d.Traits, Recu: Recu{Document: e.id, Lot: e.doc.Lot, Facture: e.doc.Facture,
		Empreinte: e.doc.Empreinte, Signataire: s, PourMandat: d.PourMandat, Mandant: nom, Delegation: piece,
		Quand: r.maintenant().UTC().Truncate(time.Millisecond), Etat: Signe}}
	if n := len(e.doc.Ordre); n > 0 {
		if err := e.doc.Ordre[len(gardes)].mandat(d); err != nil {
			return nil, err
		}
		sig.Rang, sig.Sur = len(gardes)+1, n
		if len(gardes) > 0 {
			sig.Precedent = gardes[len(gardes)-1].Recu.Lien
		}
	}
	sig.Lien = sig.Calculer()
	return sig, nil
}

// repondre answers a demand for what is signed or refused already.
func (r *Registre) repondre(e *entree, gardes []enregistrement, n int, demande scor.Empreinte) (Recu, error) {
	garde := &gardes[n]
	if garde.Recu.Document != e.id {
		return Recu{}, fmt.Errorf("%w: signed with SHA-256 %s", ErrModifie, garde.Recu.Empreinte)
	}
	r.prendre(e, gardes)
	if garde.Recu.Etat == Refuse {
		return garde.Recu, ErrRefuse
	}
	if subtle.ConstantTimeCompare(garde.Demande[:], demande[:]) != 1 {
		return garde.Recu, ErrDejaSigne
	}
	return garde.Recu, nil
}

// ouvert says whether a signer may draw.
func (r *Registre) ouvert(e *entree, s Signataire) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case e.etat == Refuse:
		return ErrRefuse
	case e.etat != ASigner || len(e.doc.Ordre) > 0 && e.visible(s) && e.doc.rang(s.ID) < len(e.recus):
		return ErrDejaSigne
	}
	return e.doc.tour(s, len(e.recus))
}

// Refuser records that the signer does not sign; the reason, in the signer's words, is in the receipt that
// [Registre.Attendre] gives with [ErrRefuse]. The draft is deleted.
func (r *Registre) Refuser(ctx context.Context, id string, s Signataire, motif string) (err error) {
	e, err := r.entree(id)
	if err != nil {
		return err
	}
	defer func() { r.tracer(s.ID, "refuser", id, e.doc.Lot, err) }()
	motif = strings.TrimSpace(norm.NFC.String(motif))
	if motif == "" || utf8.RuneCountInString(motif) > 500 || !imprimable(motif) {
		return ErrMotif
	}
	e.verrou.Lock()
	defer e.verrou.Unlock()
	gardes, err := r.gardes(ctx, &e.doc)
	if err != nil {
		return err
	}
	if n := deja(&e.doc, gardes, s); n >= 0 {
		r.prendre(e, gardes)
		return erreurEtat(gardes[n].Recu.Etat)
	}
	if err := e.doc.tour(s, len(gardes)); err != nil {
		return err
	}
	recu := Recu{Document: id, Lot: e.doc.Lot, Facture: e.doc.Facture, Empreinte: e.doc.Empreinte, Signataire: s,
		Quand: r.maintenant().UTC().Truncate(time.Millisecond), Etat: Refuse, Motif: motif}
	v, err := json.Marshal(enregistrement{Recu: recu})
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	if err := r.magasin.Write(ctx, cleSignature(&e.doc, len(gardes)), v, true); errors.Is(err, ErrExiste) {
		if gardes, err = r.gardes(ctx, &e.doc); err != nil {
			return err
		}
		r.prendre(e, gardes)
		return erreurEtat(gardes[len(gardes)-1].Recu.Etat)
	} else if err != nil {
		return err
	}
	r.prendre(e, append(gardes, enregistrement{Recu: recu}))
	r.Avancer(id, etapeRefus(&recu))
	return r.magasin.Supprimer(ctx, cleBrouillon(id))
}

func empreinteDemande(id string, s Signataire, d *Demande) (scor.Empreinte, error) {
	v, err := json.Marshal(struct {
		ID         string
		Signataire string
		Demande    *Demande
	}{id, s.ID, d})
	if err != nil {
		return scor.Empreinte{}, fmt.Errorf("signature: %w", err)
	}
	return sha256.Sum256(v), nil
}

func cleValable(c string) bool {
	if len(c) < 16 || len(c) > 64 {
		return false
	}
	for _, x := range []byte(c) {
		if !(x >= '0' && x <= '9' || x >= 'A' && x <= 'Z' || x >= 'a' && x <= 'z' || x == '-' || x == '_') {
			return false
		}
	}
	return true
}

// mandant takes the name in that a person typed: what is let through can be drawn beside the signature.
func mandant(s string) (string, error) {
	s, err := papier.Nom(s, papier.NomMax)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrMandant, err)
	}
	return s, nil
}

// nommer takes the signer's name and title in, as [mandant] does.
func (s *Signataire) nommer() (err error) {
	if s.Nom, err = papier.Nom(s.Nom, papier.NomMax); err != nil {
		return fmt.Errorf("%w: name: %w", ErrSignataire, err)
	}
	if s.Qualite, err = papier.Nom(s.Qualite, papier.NomMax); err != nil {
		return fmt.Errorf("%w: title: %w", ErrSignataire, err)
	}
	if s.ID == "" || s.Nom == "" {
		return fmt.Errorf("%w: needs an identifier and a name", ErrSignataire)
	}
	return nil
}

func imprimable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(c rune) bool { return !unicode.IsPrint(c) }) < 0
}
