package retour

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
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

// Parse reads what a message says. A message can hold several returns. A part that is recognised but wrong is an error
// beside the returns of the other parts: nothing that could be read is lost. It consumes the parts of recu.
func Parse(ctx context.Context, recu *transport.Recu, p *scor.Profil) ([]Retour, error) {
	l := lecture{recu: recu, profil: p, p: &p.Retours, rapport: dsn.New(recu)}
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
	if l.motifs != nil && !l.motif {
		l.errs = append(l.errs, fmt.Errorf("retour: %w", l.motifs))
	}
	l.retours = append(l.retours, avisANR(l.rapport.Avis())...)
	if len(l.retours) == 0 && len(l.errs) == 0 {
		l.retours = append(l.retours, &Inconnu{Types: l.types})
	}
	return l.retours, errors.Join(l.errs...)
}

type lecture struct {
	recu    *transport.Recu
	profil  *scor.Profil
	p       *scor.FormatRetours
	retours []Retour
	mds     *MdS
	types   []string
	rapport *dsn.Lecteur
	errs    []error
	motifs  error // why the patterns of an ARL found nothing in a part
	motif   bool  // they did in another
}

func (l *lecture) partie(partie *transport.PartieRecue) {
	l.types = append(l.types, partie.Type)
	br := bufio.NewReaderSize(partie, apercu)
	debut, err := br.Peek(apercu)
	if err != nil && err != io.EOF {
		l.errs = append(l.errs, err)
		return
	}
	arls := l.arls(partie, debut)
	switch {
	case len(arls) > 0:
		l.erreur(l.arl(arls, br))
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
	return correspond(r.Sujet, l.recu.Sujet) && correspond(r.Type, partie.Type) && correspond(r.Description,
		partie.Description) &&
		(r.Contenu.Regexp == nil || r.Contenu.Match(debut)) && l.entetes(r, correspond)
}

func (l *lecture) entetes(r *scor.Reconnaissance, correspond func(m scor.Motif, s string) bool) bool {
	for nom, m := range r.Entetes {
		if !correspond(m, l.recu.Entete(nom)) {
			return false
		}
	}
	return true
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

// arl reads an answer in the layout of the profile for its flow. Where the two flows are recognised alike, the one
// whose layout it follows.
func (l *lecture) arl(formats []formatARL, r io.Reader) error {
	contenu, err := lireTout(r, arlMax)
	if err != nil {
		return fmt.Errorf("retour: ARL: %w", err)
	}
	var premiere error
	for i, f := range formats {
		if f.format.Motifs() {
			if l.parMotifs(f, contenu) || len(formats) == 1 {
				return nil
			}
			continue
		}
		arls, err := lot.DecodeARL(bytes.NewReader(contenu), f.format, l.profil)
		if err != nil && len(formats) > 1 {
			if i == 0 {
				premiere = err
			}
			continue
		}
		for _, a := range arls {
			if a.Flux == "" {
				a.Flux = f.flux
			}
			f.format.Reconnaissance.Groupes(l.recu.Sujet, l.recu.Entete, a.Completer)
			l.retours = append(l.retours, a)
		}
		if err != nil {
			return fmt.Errorf("retour: ARL: %w", err)
		}
		return nil
	}
	if premiere == nil {
		return nil // told by its patterns, or at the end
	}
	return fmt.Errorf("retour: ARL: %w", premiere)
}

// parMotifs reads an answer that has no file. A message that says the same in two parts, as text and as HTML, is one
// answer; what no part tells is told at the end.
func (l *lecture) parMotifs(f formatARL, contenu []byte) bool {
	a, err := lot.LireARLParMotifs(f.format, l.profil, l.recu.Sujet, l.recu.Entete, string(contenu))
	if err != nil {
		l.motifs = err
		return false
	}
	if a.Flux == "" {
		a.Flux = f.flux
	}
	l.motif = true
	if !slices.ContainsFunc(l.retours, func(r Retour) bool { return reflect.DeepEqual(r, Retour(a)) }) {
		l.retours = append(l.retours, a)
	}
	return true
}

// formatARL is a layout of ARL, with the flow that it tells by itself.
type formatARL struct {
	format *scor.FormatARL
	flux   string
}

// arls lists the layouts that a part is recognised by.
func (l *lecture) arls(partie *transport.PartieRecue, debut []byte) []formatARL {
	tous := []formatARL{{&l.p.ARL, ""}}
	if l.p.ARLFactures != nil {
		tous = []formatARL{{l.p.ARLFactures, scor.FluxFactures}, {&l.p.ARL, scor.FluxPieces}}
	}
	return slices.DeleteFunc(tous, func(f formatARL) bool { return !l.reconnait(&f.format.Reconnaissance, partie, debut) })
}

func (l *lecture) messageService(debut []byte) {
	if l.mds == nil {
		l.mds = &MdS{}
		if len(l.recu.EnReponseA) > 0 {
			l.mds.MessageID = l.recu.EnReponseA[0]
		}
		l.p.MdS.Reconnaissance.Groupes(l.recu.Sujet, l.recu.Entete, l.groupeMdS)
	}
	if utf8.Valid(debut) && !bytes.ContainsRune(debut, 0) {
		texte := scor.Reconnaissance{Sujet: l.p.MdS.Texte}
		texte.Groupes(string(debut), l.recu.Entete, l.groupeMdS)
		l.mds.Texte += strings.TrimSpace(string(debut[:min(len(debut), texteMax-len(l.mds.Texte))]))
	}
}

// groupeMdS takes what a pattern of the profile found.
func (l *lecture) groupeMdS(nom, valeur string) {
	switch nom {
	case "code":
		l.mds.Code = valeur
	case "compostage":
		l.mds.Compostage = valeur
	case "message":
		l.mds.MessageID = valeur
	}
}
