package suivi

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// A NOEMIE return speaks of many patients. The events on an invoice hold the SHA-256 of its lines in the return that
// brought them, since it was read: the lines alone then prove what was answered, and the rest of the message stays
// where it is.

func triees[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// lignesDe gives the entities of each invoice of a return, byte for byte, by the rank of the first.
func lignesDe(contenu []byte) map[int][]byte {
	r, _, err := noemie.Parse(bytes.NewReader(contenu))
	if r == nil {
		return nil
	}
	_ = err // what was read before the error counts
	debuts := map[int]bool{}
	for i := range r.Factures {
		debuts[r.Factures[i].Entite] = true
	}
	lignes := map[int][]byte{}
	rang, niveau := 0, ""
	for e, err := range noemie.NewReader(bytes.NewReader(contenu)).Entites() {
		if err != nil {
			break
		}
		switch {
		case debuts[e.Numero]:
			rang, niveau = e.Numero, e.Niveau
		case rang > 0 && e.Niveau <= niveau: // as noemie.Reader ends an invoice
			rang = 0
		}
		if rang > 0 {
			lignes[rang] = append(lignes[rang], e.Brut...)
		}
	}
	return lignes
}

func empreinteLignes(b []byte) string {
	e := sha256.Sum256(b)
	return hex.EncodeToString(e[:])
}

// porteRSP: the reception holds a NOEMIE return.
func porteRSP(o *journal.Objet) bool {
	return slices.Contains(strings.Fields(o.Nature), (&retour.RSP{}).Sorte())
}

// nomLignes is the name, in a pack, of the lines of an invoice in the reception source.
func nomLignes(facture, source string) string {
	return path.Join(preuveRetours, source[:min(16, len(source))]+"-"+strings.ReplaceAll(facture, "/", "-")+".noemie")
}

// lignesPreuve are lines of a return, or why they aren't there.
type lignesPreuve struct{ Facture, Message, Nom, Empreinte string }

// joindreLignes writes, of a reception, the lines of the invoices of the pack. Of one read before their digests were
// kept, only that it is.
func (s *Suivi) joindreLignes(ctx context.Context, z *zip.Writer, o *journal.Objet, p *pagePreuve) error {
	e, err := lireEmpreinte(o.Empreinte)
	if err != nil {
		return err
	}
	r, err := s.c.Coffre.Open(ctx, e)
	if err != nil {
		return fmt.Errorf("suivi: proof pack: %s %s: %w", o.Genre, o.Cle, err)
	}
	defer r.Close()
	parEmpreinte := map[string][]byte{}
	_, retours, err := s.retoursDe(ctx, o, r, s.c.Cles)
	if errors.Is(err, transport.ErrCleIndisponible) {
		return fmt.Errorf("suivi: proof pack: %s %s: %w", o.Genre, o.Cle, err)
	}
	// Otherwise what was read before the error counts: the events say what it was.
	for _, x := range retours {
		if x, ok := x.(*retour.RSP); ok {
			for _, b := range lignesDe(x.Contenu) {
				parEmpreinte[empreinteLignes(b)] = b
			}
		}
	}
	for _, facture := range triees(p.patient) {
		if err := s.joindreLignesDe(ctx, z, o, facture, parEmpreinte, p); err != nil {
			return err
		}
	}
	return nil
}

func (s *Suivi) joindreLignesDe(ctx context.Context, z *zip.Writer, o *journal.Objet, facture string,
	lignes map[string][]byte, p *pagePreuve) error {
	f, err := journal.Trouver(ctx, s.c.Journal, journal.Facture, facture)
	if err != nil {
		return err
	}
	faits := map[string]bool{}
	for e, err := range journal.Histoire(ctx, s.c.Journal, &f) {
		if err != nil {
			return err
		}
		if e.Champs.Source != o.Cle {
			continue
		}
		l := lignesPreuve{Facture: facture, Message: o.Cle}
		if b := lignes[e.Champs.Empreinte]; b != nil && !faits[e.Champs.Empreinte] {
			faits[e.Champs.Empreinte] = true
			l.Nom, l.Empreinte = nomLignes(facture, o.Cle), e.Champs.Empreinte
			w, err := creer(z, l.Nom, o.Modifie)
			if err != nil {
				return err
			}
			if _, err := w.Write(b); err != nil {
				return err
			}
			p.Fichiers = append(p.Fichiers, fichierPreuve{l.Nom, l.Empreinte, int64(len(b))})
		}
		if len(faits) > 0 || e.Champs.Empreinte == "" {
			p.Lignes = append(p.Lignes, l)
			return nil // one file a reception: said twice, it says the same
		}
	}
	return nil
}
