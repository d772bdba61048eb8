package suivi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// What the model does beside the ordinary: returns of payment, series, files of several lots and of B2, purges, leaps
// of the clock, documents that go bad.

// exigencesModele asks for an ordonnance of the invoices of series, once for all, and of every third other.
func exigencesModele(f *fse.Facture) []scor.Exigence {
	switch {
	case f.Serie != "":
		return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.ReferenceAdmise}}
	case f.Cle.Numero%3 == 0:
		return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.NonTransmise, Motif: "gardée"}}
	}
	return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.Requise}}
}

func (m *modele) incident(ctx context.Context, k int) {
	switch {
	case k < 6:
		m.dernier = "a return of payment"
		f := m.unFichier()
		issues := []noemie.Issue{noemie.Paye, noemie.Paye, noemie.Rejete, noemie.Differe, noemie.Signale}
		var rangs []int
		for i := range f.Lots[0].Factures {
			if m.r.IntN(2) == 0 {
				rangs = append(rangs, i)
			}
		}
		if len(rangs) > 0 {
			m.rspDe(f, issues[m.r.IntN(len(issues))], rangs...)
		}
	case k < 9:
		m.dernier = "a series, or a file of two lots, or a B2"
		m.fichierRiche(ctx)
	case k < 12:
		m.dernier = "a purge"
		m.h.avancer(time.Duration(m.r.Int64N(int64(15 * 24 * time.Hour))))
		r, err := ReglementPublic()
		if err == nil {
			var x Purge
			x, err = m.Purger(ctx, r, Decision{Auteur: "model"}, "professionnel")
			m.bilan.Purgees += x.Pieces
		}
		if !errors.Is(err, ErrHorloge) {
			m.tolerer(err)
		}
		m.rienPurgeTropTot(ctx)
	case k < 14:
		m.dernier = "a leap of the clock, set right"
		const saut = 400 * 24 * time.Hour
		m.h.avancer(saut)
		_, err := m.Avancer(ctx)
		m.tolerer(err)
		m.h.avancer(-saut)
	case k < 16:
		m.dernier = "a document goes bad"
		m.abimerUne(ctx)
	case k < 18:
		m.dernier = "bad documents given again"
		for i := range len(m.pieces) {
			id := fmt.Sprintf("P%d", i)
			if f, ok := m.pieces[id]; ok && m.abimes[id] {
				_, err := m.DeposerPiece(ctx, document(id, f, id))
				m.tolerer(err)
			}
		}
	default:
		m.dernier = "a round of the other worker"
		_, err := m.autre.Avancer(ctx)
		m.tolerer(err)
	}
}

// fichierRiche deposits what one lot of loose invoices isn't.
func (m *modele) fichierRiche(ctx context.Context) {
	n := len(m.fichiers)
	f := factures(m.t, 1+n, 1+m.r.IntN(3))
	f.TypeEmetteur, f.TypeDestinataire = "TP", "CT"
	serie := m.r.IntN(2) == 0
	for i := range f.Lots[0].Factures {
		fa := &f.Lots[0].Factures[i]
		fa.Cle.Numero, fa.Total = 1000*n+i, fa.Total+fse.Montant(1000*n)
		fa.Actes = []fse.Acte{{Code: "AMK", Date: fa.Date, Montant: fa.Total}}
		if serie {
			fa.Assure, fa.Serie = f.Lots[0].Factures[0].Assure, fmt.Sprintf("S%d", n/4)
		}
	}
	f.Lots[0].Flux = fse.FluxFSE
	m.fichiers = append(m.fichiers, f)
	if m.r.IntN(2) == 0 { // a second lot in the same file
		g := factures(m.t, 500+n, 1)
		fa := &g.Lots[0].Factures[0]
		fa.Cle.Numero, fa.Total = 1000*n+900, fa.Total+fse.Montant(1000*n+900)
		fa.Actes = []fse.Acte{{Code: "AMK", Date: fa.Date, Montant: fa.Total}}
		g.Lots[0].Flux = fse.FluxFSE
		f.Lots = append(f.Lots, g.Lots[0])
	}
	if m.r.IntN(2) == 0 {
		_, err := m.DeposerLots(ctx, f)
		m.tolerer(err)
		return
	}
	var w bytes.Buffer
	if err := b2.WriteFichier(b2.NewWriter(&w), f); err != nil {
		m.t.Error(err)
		return
	}
	_, err := m.DeposerFlux(ctx, w.Bytes())
	m.tolerer(err)
}

// abimerUne takes the document of a piece away.
func (m *modele) abimerUne(ctx context.Context) {
	n := max(1, len(m.pieces))
	debut := m.r.IntN(n)
	for i := range n {
		id := fmt.Sprintf("P%d", (debut+i)%n)
		o, _ := journal.Trouver(ctx, m.journal, journal.Piece, id)
		if o.Empreinte == "" || o.Etat != journal.Constitue && o.Etat != journal.EnLot {
			continue
		}
		e, err := lireEmpreinte(o.Empreinte)
		if err == nil {
			err = m.c.Coffre.Supprimer(ctx, e)
		}
		if err != nil {
			m.t.Error(err)
		}
		m.abimes[id] = true
		m.bilan.Abimees++
		return
	}
}

// abimee says that an error is of a document that the model made bad.
func (m *modele) abimee(err error) bool { return len(m.abimes) > 0 && errors.Is(err, fs.ErrNotExist) }

// rienPurgeTropTot: what may still be sent has its document.
func (m *modele) rienPurgeTropTot(ctx context.Context) {
	for id := range m.pieces {
		o, _ := journal.Trouver(ctx, m.journal, journal.Piece, id)
		if m.abimes[id] || o.Empreinte == "" || o.Etat != journal.Constitue && o.Etat != journal.EnLot {
			continue
		}
		e, err := lireEmpreinte(o.Empreinte)
		if err != nil {
			m.t.Error(err)
			continue
		}
		r, err := m.c.Coffre.Open(ctx, e)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			r.Close()
		}
		if err != nil {
			m.t.Errorf("the document of piece %s, %q, is gone: %v", id, o.Etat, err)
		}
	}
}

// rienDeMuet: whatever isn't finished asks for a person, or has a date at which it is looked at, itself or through what
// carries it; or a person said "seen".
func (m *modele) rienDeMuet() {
	m.t.Helper()
	de := func(g journal.Genre, cle string) *journal.Objet {
		if o := m.fige.Objets[journal.Ref{Genre: g, Cle: cle}]; o != nil {
			return o
		}
		return &journal.Objet{}
	}
	suivi := func(o *journal.Objet) bool { return o.Attention > 0 || o.Echeance > 0 }
	for r, o := range m.fige.Objets {
		ok := true
		switch r.Genre {
		case journal.Piece:
			switch o.Etat {
			case journal.Constitue:
				ok = suivi(o) || o.Mode == etats.ModeGarde
			case journal.EnLot:
				l := de(journal.LotScor, o.Dans)
				ok = suivi(o) || suivi(l) || suivi(de(journal.Message, l.Dans))
			case journal.Refuse, journal.ARLNegatif, journal.Rejet:
				ok = suivi(o)
			}
		case journal.LotScor, journal.LotFactures:
			switch o.Etat {
			case journal.Constitue, journal.Transmis, journal.ANR, journal.ARLNegatif, journal.MdS, journal.LimiteEssais:
				ok = suivi(o) || suivi(de(journal.Message, o.Dans)) || o.Mode == etats.ModeSolde
			}
		case journal.Message:
			switch o.Etat {
			case journal.Reserve, journal.Constitue, journal.EnEnvoi, journal.Echec, journal.Refuse:
				ok = suivi(o)
			}
		case journal.Reception:
			ok = o.Etat != journal.Recu && o.Etat != journal.Illisible || suivi(o)
		case journal.Facture:
			ok = o.Etat != journal.Incomplet && o.Etat != journal.Rejet || suivi(o)
		}
		if !ok && !vu(m, o) {
			m.t.Errorf("%s %s, %q, isn't finished, nobody is told, and no date is set", r.Genre, r.Cle, o.Etat)
		}
	}
}
