package retour

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/dsn"
)

const (
	apercu   = 4 << 10
	arlMax   = 16 << 20 // an ARL of 100,000 pieces is under it
	rspMax   = 64 << 20
	texteMax = apercu
)

// ErrTropGrand tells of a return far larger than any real one.
var ErrTropGrand = errors.New("retour: part is too large")

// Parse reads what a message says. A message can hold several returns. A part that is recognised but wrong is an error beside the returns of
// the other parts: nothing that could be read is lost. It consumes the parts of recu.
func Parse(ctx context.Context, recu *transport.Recu, p *scor.Profil) ([]Retour, error) {
	l := lecture{recu: recu, p: &p.Retours, rapport: dsn.New(recu)}
	for partie, err := range recu.Parties() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err != nil {
			l.errs = append(l.errs, err)
		}
		if partie != nil && err == nil {
			l.partie(partie)
		}
	}
	if l.mds != nil {
		l.retours = append(l.retours, l.mds)
	}
	l.retours = append(l.retours, avisANR(l.rapport.Avis())...)
	if len(l.retours) == 0 && len(l.errs) == 0 {
		l.retours = append(l.retours, &Inconnu{Types: l.types})
	}
	return l.retours, errors.Join(l.errs...)
}

type lecture struct {
	recu    *transport.Recu
	p       *scor.FormatRetours
	retours []Retour
	mds     *MdS
	types   []string
	rapport *dsn.Lecteur
	errs    []error
}

func (l *lecture) partie(partie *transport.PartieRecue) {
	l.types = append(l.types, partie.Type)
	br := bufio.NewReaderSize(partie, apercu)
	debut, err := br.Peek(apercu)
	if err != nil && err != io.EOF {
		l.errs = append(l.errs, err)
		return
	}
	switch {
	case l.reconnait(&l.p.ARL.Reconnaissance, partie, debut):
		l.erreur(l.arl(br))
	case l.reconnait(&l.p.RSP.Reconnaissance, partie, debut):
		contenu, err := lireTout(br, rspMax)
		l.erreur(err)
		if err == nil {
			l.retours = append(l.retours, &RSP{Contenu: contenu, Description: partie.Description})
		}
	case l.reconnait(&l.p.MdS.Reconnaissance, partie, debut):
		l.messageService(debut)
	default:
		l.erreur(l.rapport.Partie(partie, br))
	}
}

func (l *lecture) erreur(err error) {
	if err != nil {
		l.errs = append(l.errs, err)
	}
}

func (l *lecture) reconnait(r *scor.Reconnaissance, partie *transport.PartieRecue, debut []byte) bool {
	correspond := func(m scor.Motif, s string) bool { return m.Regexp == nil || m.MatchString(s) }
	return correspond(r.Sujet, l.recu.Sujet) && correspond(r.Type, partie.Type) && correspond(r.Description, partie.Description) &&
		(r.Contenu.Regexp == nil || r.Contenu.Match(debut))
}

func lireTout(r io.Reader, max int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > max {
		return nil, fmt.Errorf("%w: over %d bytes", ErrTropGrand, max)
	}
	return b, nil
}

// arl reads the records: each record for a lot opens an ARL, those for pieces belong to the one before.
func (l *lecture) arl(r io.Reader) error {
	limite := &io.LimitedReader{R: r, N: arlMax}
	var errs []error
	var arl *ARL
	premier, ferme := len(l.retours), !exigeFin(&l.p.ARL.FormatFichier)
	for ligne, err := range l.p.ARL.FormatFichier.Parse(limite) {
		if err != nil {
			errs = append(errs, fmt.Errorf("retour: ARL: %w", err))
			if ligne.Numero == 0 {
				break
			}
		}
		switch {
		case ligne.Enregistrement == nil:
			errs = append(errs, fmt.Errorf("retour: ARL: %w: record %d is unknown", scor.ErrFormat, ligne.Numero))
		case err != nil:
			// Half an answer must not pass for an answer.
			if ligne.Enregistrement.Pour == scor.PourARL {
				arl = nil
			}
		case ligne.Enregistrement.Pour == scor.PourARL:
			arl = lireARL(ligne.Valeurs)
			l.retours = append(l.retours, arl)
		case ligne.Enregistrement.Pour == scor.PourFinFichier:
			ferme = true
		case ligne.Enregistrement.Pour == scor.PourARLPiece:
			if arl == nil {
				errs = append(errs, fmt.Errorf("retour: ARL: %w: record %d speaks of a piece outside a lot", scor.ErrFormat, ligne.Numero))
				continue
			}
			v := ligne.Valeurs
			arl.Pieces = append(arl.Pieces, PieceARL{ID: v.Texte("piece.id"), Code: v.Texte("piece.code"), Libelle: v.Texte("piece.libelle"), Facture: int(v.Nombre("facture.numero"))})
		}
	}
	if !ferme {
		errs = append(errs, fmt.Errorf("retour: ARL: %w: it ends without its last record", scor.ErrFormat))
	}
	if limite.N == 0 {
		errs = append(errs, fmt.Errorf("retour: ARL: %w: over %d bytes", ErrTropGrand, arlMax))
	}
	if len(l.retours) == premier && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("retour: ARL: %w: no record speaks of a lot", scor.ErrFormat))
	}
	return errors.Join(errs...)
}

func exigeFin(f *scor.FormatFichier) bool {
	return slices.ContainsFunc(f.Enregistrements, func(e scor.Enregistrement) bool { return e.Pour == scor.PourFinFichier })
}

func lireARL(v scor.Valeurs) *ARL {
	return &ARL{Flux: v.Texte("arl.flux"), Emetteur: v.Texte("emetteur.numero"), Lot: lot.Cle{Numero: int(v.Nombre("lot.numero")), Date: v.Date("lot.date")},
		Positif: v.Texte("arl.sens") == scor.SensPositif, Code: v.Texte("arl.code"), Libelle: v.Texte("arl.libelle"), Facture: int(v.Nombre("facture.numero")),
		Compostage: v.Texte("message.compostage"), Date: v.Date("arl.date")}
}

func (l *lecture) messageService(debut []byte) {
	if l.mds == nil {
		l.mds = &MdS{}
		if len(l.recu.EnReponseA) > 0 {
			l.mds.MessageID = l.recu.EnReponseA[0]
		}
		l.groupes(l.p.MdS.Reconnaissance.Sujet, l.recu.Sujet)
	}
	if utf8.Valid(debut) && !bytes.ContainsRune(debut, 0) {
		l.groupes(l.p.MdS.Texte, string(debut))
		l.mds.Texte += strings.TrimSpace(string(debut[:min(len(debut), texteMax-len(l.mds.Texte))]))
	}
}

func (l *lecture) groupes(m scor.Motif, s string) {
	if m.Regexp == nil {
		return
	}
	trouve := m.FindStringSubmatch(s)
	if trouve == nil {
		return
	}
	for nom, champ := range map[string]*string{"code": &l.mds.Code, "compostage": &l.mds.Compostage, "message": &l.mds.MessageID} {
		if i := m.SubexpIndex(nom); i >= 0 && trouve[i] != "" {
			*champ = trouve[i]
		}
	}
}
