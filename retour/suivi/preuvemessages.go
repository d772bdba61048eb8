package suivi

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// A message as it left carries whole lots. Encrypted for the caisse, it shows nothing of the other patients, and is
// given. In clear it would show them: the pack then gives its SHA-256 and says why, and what of it is this patient's is
// in the pack already, each document with the events that put it into a lot, and the lot into that message.

// retenuPreuve is a message of which the pack gives the digest only.
type retenuPreuve struct{ Nom, Empreinte, Pourquoi string }

const (
	pourquoiEnvoi = "Parti en clair, il montre aussi d'autres patients. Les pièces de celui-ci sont jointes ; leurs " +
		"événements disent dans quel lot, et dans quel message, elles sont parties."
	pourquoiAvis = "L'avis de non-remise contient le message qu'il rend, parti en clair, qui montre aussi d'autres patients."
)

// avisCourt is the size up to which a notice of non-delivery can't hold a lot.
const avisCourt = 64 << 10

// partages gives the messages of a pack that carry more than the pack is about.
func (s *Suivi) partages(ctx context.Context, objets []journal.Objet) (map[string]bool, error) {
	factures, pieces := map[string]int64{}, map[string]int64{} // by lot
	for i := range objets {
		o := &objets[i]
		switch o.Genre {
		case journal.Facture:
			factures[o.Parent]++
		case journal.Piece:
			lots := map[string]bool{}
			for e, err := range journal.Histoire(ctx, s.c.Journal, o) {
				if err != nil {
					return nil, err
				}
				if e.Type == journal.Enlotter && !lots[e.Champs.Dans] {
					lots[e.Champs.Dans] = true
					pieces[e.Champs.Dans]++
				}
			}
		}
	}
	m := map[string]bool{}
	for i := range objets {
		o := &objets[i]
		if o.Genre != journal.Message {
			continue
		}
		lots, err := s.lotsDuMessage(ctx, o)
		if err != nil {
			return nil, err
		}
		m[o.Cle] = len(lots) == 0 || slices.ContainsFunc(lots, func(l journal.Objet) bool {
			if l.Genre == journal.LotFactures {
				return l.Nombre > factures[l.Cle]
			}
			return l.Nombre > pieces[l.Cle]
		})
	}
	return m, nil
}

// retenu says why a message, sent or received, isn't given; "" if it is.
func (s *Suivi) retenu(o *journal.Objet, r io.Reader, p *pagePreuve) (string, error) {
	switch {
	case o.Genre == journal.Message && p.partages[o.Cle]:
		if chiffre(r) {
			return "", nil
		}
		return pourquoiEnvoi, nil
	case o.Genre == journal.Reception && p.enClair && slices.Contains(strings.Fields(o.Nature), (&retour.ANR{}).Sorte()):
		// What it gives back may be as an attachment or as text.
		rend, err := contient(r, "message/rfc822")
		if err != nil || !rend && o.Octets <= avisCourt {
			return "", err
		}
		return pourquoiAvis, nil
	}
	return "", nil
}

// chiffre says whether a message is encrypted as a whole.
func chiffre(r io.Reader) bool {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return false
	}
	t, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || t != "application/pkcs7-mime" && t != "application/x-pkcs7-mime" {
		return false
	}
	return strings.HasSuffix(strings.ToLower(params["smime-type"]), "enveloped-data")
}

// contient looks for a text, in whatever case, line by line.
func contient(r io.Reader, texte string) (bool, error) {
	b := bufio.NewReader(r)
	for {
		l, err := b.ReadSlice('\n')
		if bytes.Contains(bytes.ToLower(l), []byte(texte)) {
			return true, nil
		}
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return false, err
		}
	}
}

// retenir puts on the page why a message isn't given, and says whether it isn't.
func (p *pagePreuve) retenir(ctx context.Context, s *Suivi, o *journal.Objet, nom string, e [32]byte) (bool, error) {
	r, err := s.c.Coffre.Open(ctx, e)
	if err != nil {
		return false, fmt.Errorf("suivi: proof pack: %s %s: %w", o.Genre, o.Cle, err)
	}
	defer r.Close()
	pourquoi, err := s.retenu(o, r, p)
	if err != nil || pourquoi == "" {
		return false, err
	}
	p.Retenus = append(p.Retenus, retenuPreuve{nom, o.Empreinte, pourquoi})
	return true, nil
}

// partager finds which messages show other patients, and whether one of them is in clear.
func (p *pagePreuve) partager(ctx context.Context, s *Suivi, objets []journal.Objet) (err error) {
	if p.partages, err = s.partages(ctx, objets); err != nil {
		return err
	}
	for i := range objets {
		o := &objets[i]
		if o.Genre != journal.Message || !p.partages[o.Cle] {
			continue
		}
		if o.Empreinte == "" || o.Etat == journal.Purge || o.Etat == journal.Reserve {
			p.enClair = true // nothing tells any more
			continue
		}
		e, err := lireEmpreinte(o.Empreinte)
		if err != nil {
			return err
		}
		r, err := s.c.Coffre.Open(ctx, e)
		if err != nil {
			return fmt.Errorf("suivi: proof pack: %s %s: %w", o.Genre, o.Cle, err)
		}
		p.enClair = p.enClair || !chiffre(r)
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}
