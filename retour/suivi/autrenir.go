package suivi

import (
	"context"
	"errors"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// The number of a person may change: a provisional one becomes definitive, two are merged, a child comes under the
// other parent's. An invoice that is billed again under the new number isn't found by its patient, and its pieces would
// stay with the old one. One that is the same in all but the number is shown, never linked by itself.

// direAutreNIR notes of an invoice just registered that it may be a failed one under another NIR. Without a day of
// birth, the same care of two persons would look like one.
func (s *Suivi) direAutreNIR(ctx context.Context, f *fse.Facture, voisines *echouees) error {
	if f.Naissance == "" {
		return nil
	}
	for {
		o, err := journal.Trouver(ctx, s.c.Journal, journal.Facture, cleFacture(f.Cle))
		if err != nil || o.Etat != journal.Enregistre || o.Patient == "" || o.Attention > 0 || o.Autre != "" {
			return err
		}
		autre, err := voisines.ancienneSousAutreNIR(ctx, &o, f)
		if err != nil || autre == "" {
			return err
		}
		quand, err := s.maintenant(ctx)
		if err != nil {
			return err
		}
		err = s.ecrire(ctx, nouveauGeste(quand).sur(&o, journal.Noter, journal.Champs{Attention: journal.AVoir,
			Mode: etats.ModeNIR, Autre: autre, Motif: autre}))
		if !errors.Is(err, journal.ErrConflit) {
			return err
		}
	}
}

// echouees are the invoices that failed, by day, as one deposit needs them.
type echouees struct {
	s       *Suivi
	lues    bool
	ilYEnA  bool
	parJour map[int64][]journal.Objet
}

// aucune says that nothing failed.
func (e *echouees) aucune(ctx context.Context) (bool, error) {
	if e.lues {
		return !e.ilYEnA, nil
	}
	for _, r := range []journal.Requete{
		{Genre: journal.Facture, Etats: []journal.Etat{journal.Rejet}, Limite: 1},
		{Genre: journal.LotFactures, Limite: 1, Etats: []journal.Etat{journal.ARLNegatif, journal.MdS,
			journal.LimiteEssais, journal.Reconstitue, journal.Annule}}} {
		for _, err := range e.s.c.Journal.Chercher(ctx, r) {
			if err != nil {
				return false, err
			}
			e.ilYEnA = true
		}
	}
	e.lues = true
	return !e.ilYEnA, nil
}

// dUnJour gives those of a day. Where nothing failed, nothing is read.
func (e *echouees) dUnJour(ctx context.Context, jour int64) ([]journal.Objet, error) {
	if aucune, err := e.aucune(ctx); aucune || err != nil || jour == 0 {
		return nil, err
	}
	if l, ok := e.parJour[jour]; ok {
		return l, nil
	}
	var l []journal.Objet
	lots := map[string]bool{}
	for x, err := range e.s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture, Du: jour, Au: jour}) {
		if err != nil {
			return nil, err
		}
		echouee, lu := lots[x.Parent]
		switch {
		case x.Etat != journal.Enregistre && x.Etat != journal.Incomplet:
			echouee = x.Etat == journal.Rejet
		case !lu:
			if echouee, err = e.s.echouee(ctx, &x); err != nil {
				return nil, err
			}
			lots[x.Parent] = echouee
		}
		if echouee {
			l = append(l, x)
		}
	}
	if e.parJour == nil {
		e.parJour = map[int64][]journal.Objet{}
	}
	e.parJour[jour] = l
	return l, nil
}

// ancienneSousAutreNIR is the one failed invoice of the same day, caisse and amount whose content differs by the NIR
// alone; "" when there is none, or several.
func (e *echouees) ancienneSousAutreNIR(ctx context.Context, o *journal.Objet, f *fse.Facture) (string, error) {
	l, err := e.dUnJour(ctx, o.Jour)
	if err != nil {
		return "", err
	}
	sans := *f
	sans.Assure = fse.NIR{}
	contenu := contenuFacture(e.s.c.Coffre, &sans)
	trouvee := ""
	for i := range l {
		x := &l[i]
		if x.Cle == o.Cle || x.Patient == o.Patient || x.Patient == "" || x.Demande != o.Demande || x.Caisse != o.Caisse {
			continue
		}
		if meme, err := e.s.memeContenuSansNIR(ctx, x, contenu); err != nil || !meme {
			if err != nil {
				return "", err
			}
			continue
		}
		if trouvee != "" {
			return "", nil
		}
		trouvee = x.Cle
	}
	return trouvee, nil
}

// memeContenuSansNIR reads an invoice back, and compares it without its number.
func (s *Suivi) memeContenuSansNIR(ctx context.Context, o *journal.Objet, contenu string) (bool, error) {
	l, err := journal.Trouver(ctx, s.c.Journal, journal.LotFactures, o.Parent)
	if err != nil || l.Etat == journal.Purge {
		return false, err
	}
	lue, err := s.factureLue(ctx, &l, o.Cle)
	if err != nil || lue == nil {
		return false, ctx.Err() // what can't be read back is told where it is needed
	}
	f := *lue
	f.Assure = fse.NIR{}
	return contenuFacture(s.c.Coffre, &f) == contenu, nil
}

// accepterAutreNIR: a person says that an invoice is the failed one billed again. Its pieces follow.
func (s *Suivi) accepterAutreNIR(ctx context.Context, g *geste, o *journal.Objet, c journal.Champs) error {
	ancienne, err := journal.Trouver(ctx, s.c.Journal, journal.Facture, o.Autre)
	if err != nil {
		return err
	}
	but, err := lireCleFacture(o.Cle)
	if err != nil {
		return err
	}
	if err := s.refacturer(ctx, g, &ancienne, but, c); err != nil {
		return err
	}
	g.sur(o, journal.Noter, journal.Champs{Attention: rien, Mode: journal.Efface, Autre: journal.Efface,
		Motif: journal.Efface, Auteur: c.Auteur})
	return nil
}
