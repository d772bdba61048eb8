package suivi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// FiltreFactures selects what PageFactures lists. Its zero value takes every invoice.
type FiltreFactures struct {
	Du, Au    fse.Date    // days of the invoices, inclusive
	Situation Situation   // "": any
	Caisse    string      // régime and caisse
	AuMoins   fse.Montant // asked of the insurances
	Limite    int         // invoices of a page; 0: 50
	Suite     string      // PageFactures.Suite of the page before
}

// PageFactures is a page of invoices.
type PageFactures struct {
	Factures []VueFacture
	// Suite is the next page, "" after the last. A page may be short, or empty, and have a next one: a page looks at no
	// more than some hundreds of invoices, so that its cost is bounded whatever is looked for.
	Suite string
	// Jusqu is the day down to which this page has looked, when it was bounded.
	Jusqu fse.Date
}

// examenMax bounds the invoices that a page looks at.
const examenMax = 600

// suiteFactures is where a page ended: in which source, after which object.
type suiteFactures struct {
	Source int    `json:",omitempty"`
	Cle    string `json:",omitempty"`
	Jour   int64  `json:",omitempty"`
	Debut  uint64 `json:",omitempty"`
	Apres  string `json:",omitempty"` // invoice of a lot after which to go on; Debut is then the lot's

	Attention, Limite int64 `json:",omitempty"`
}

func (x *suiteFactures) String() string {
	b, err := json.Marshal(x)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func lireSuite(s string, x any) error {
	if s == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(b, x) != nil {
		return ErrSuite
	}
	return nil
}

// source is where the invoices of a situation are found without reading the others: objects in states that only
// exceptions are in, for which the stores have an index.
type source struct {
	genre journal.Genre
	etats []journal.Etat
	// signales: what asks for a person, in whatever other state, for which there is an index too.
	signales bool
}

func sourcesDe(x Situation) []source {
	e := func(l ...journal.Etat) []journal.Etat { return l }
	switch x {
	case LotRefuse:
		return []source{{journal.LotFactures, e(journal.ARLNegatif, journal.MdS, journal.LimiteEssais, journal.Reconstitue,
			journal.Annule), false}}
	case PieceManquante:
		return []source{{journal.Facture, e(journal.Incomplet), false}, {journal.Facture, e(journal.Incomplet), true}}
	case ScanRefuse:
		return []source{{journal.Piece, e(journal.Refuse), false}}
	case AReprendre:
		pieces, lots := e(journal.ARLNegatif, journal.Rejet), e(journal.ARLNegatif, journal.MdS, journal.LimiteEssais)
		return []source{{journal.Piece, pieces, false}, {journal.LotScor, lots, false}, {journal.Piece, pieces, true},
			{journal.LotScor, lots, true}}
	case SurPapier:
		return []source{{journal.Piece, e(journal.Papier), false}}
	case TraiteeMain:
		return []source{{journal.Piece, e(journal.Manuel), false}, {journal.LotFactures, e(journal.Manuel), false}}
	case Rejetee:
		return []source{{journal.Facture, e(journal.Rejet), false}}
	case Refacturee:
		return []source{{journal.Facture, e(journal.Refacture), false}}
	}
	return nil
}

// PageFactures gives a page of the invoices that fit: the latest day first, or, of a situation that only exceptions are
// in, in the order of the lots and numbers. Its cost is that of the page, not of the journal.
func (s *Suivi) PageFactures(ctx context.Context, f FiltreFactures) (*PageFactures, error) {
	if f.Limite <= 0 {
		f.Limite = 50
	}
	var x suiteFactures
	if err := lireSuite(f.Suite, &x); err != nil {
		return nil, err
	}
	p := &pageur{Suivi: s, f: &f, page: &PageFactures{Factures: []VueFacture{}}, lots: map[string]journal.Objet{},
		vues: map[string]bool{}, x: x}
	if sources := sourcesDe(f.Situation); sources != nil {
		return p.page, p.parSources(ctx, sources)
	}
	if f.Du.IsZero() && f.Au.IsZero() {
		return p.page, p.parLots(ctx)
	}
	return p.page, p.parJour(ctx)
}

// pageur makes one page.
type pageur struct {
	*Suivi
	f       *FiltreFactures
	page    *PageFactures
	lots    map[string]journal.Objet // of both kinds, read once a page
	vues    map[string]bool
	x       suiteFactures
	examens int
}

// plein says that the page ends here, where x says.
func (p *pageur) plein() bool {
	if len(p.page.Factures) < p.f.Limite && p.examens < examenMax {
		return false
	}
	p.page.Suite = p.x.String()
	return true
}

// parLots goes through the lots, the latest first, and through the invoices of each: an invoice may have no day of its
// own, its lot always has.
func (p *pageur) parLots(ctx context.Context) error {
	r := journal.Requete{Genre: journal.LotFactures, Tri: journal.ParJour, Limite: 20}
	for {
		if p.x.Jour != 0 && p.x.Apres == "" {
			r.Apres = &journal.Objet{Debut: p.x.Debut, Champs: journal.Champs{Jour: p.x.Jour}}
		} else if p.x.Jour != 0 { // in the middle of a lot: from that lot on
			r.Apres = &journal.Objet{Debut: p.x.Debut + 1, Champs: journal.Champs{Jour: p.x.Jour}}
		}
		n := 0
		for l, err := range p.c.Journal.Chercher(ctx, r) {
			if err != nil {
				return err
			}
			n++
			if plein, err := p.unLot(ctx, &l); plein || err != nil {
				return err
			}
		}
		if n < r.Limite {
			return nil
		}
	}
}

// unLot looks at the invoices of a lot, after the one where the page before ended.
func (p *pageur) unLot(ctx context.Context, l *journal.Objet) (plein bool, err error) {
	p.lots[l.Cle] = *l
	r := journal.Requete{Genre: journal.Facture, Parent: l.Cle}
	if p.x.Apres != "" && p.x.Jour == l.Jour && p.x.Debut == l.Debut {
		r.Apres = &journal.Objet{Cle: p.x.Apres}
	}
	p.x.Jour, p.x.Debut = l.Jour, l.Debut
	for f, err := range p.c.Journal.Chercher(ctx, r) {
		if err != nil {
			return false, err
		}
		if err := p.examiner(ctx, &f); err != nil {
			return false, err
		}
		p.x.Apres = f.Cle
		if p.plein() {
			p.page.Jusqu, _ = fse.ParseAAAAMMJJ(fmt.Sprint(l.Jour))
			return true, nil
		}
	}
	p.x.Apres = ""
	p.examens++ // a lot without invoice costs something too
	if p.plein() {
		return true, nil
	}
	return false, nil
}

func (p *pageur) parJour(ctx context.Context) error {
	r := journal.Requete{Genre: journal.Facture, Tri: journal.ParJour, Du: jour(p.f.Du), Au: jour(p.f.Au), Limite: 100}
	for {
		if p.x.Jour != 0 {
			r.Apres = &journal.Objet{Debut: p.x.Debut, Champs: journal.Champs{Jour: p.x.Jour}}
		}
		var l []journal.Objet
		for o, err := range p.c.Journal.Chercher(ctx, r) {
			if err != nil {
				return err
			}
			l = append(l, o)
		}
		for i := range l {
			if err := p.examiner(ctx, &l[i]); err != nil {
				return err
			}
			p.x.Jour, p.x.Debut = l[i].Jour, l[i].Debut
			if p.plein() {
				p.page.Jusqu, _ = fse.ParseAAAAMMJJ(fmt.Sprint(l[i].Jour))
				return nil
			}
		}
		if len(l) < r.Limite {
			return nil
		}
	}
}

func (p *pageur) parSources(ctx context.Context, sources []source) error {
	for ; p.x.Source < len(sources); p.x = (suiteFactures{Source: p.x.Source + 1}) {
		if plein, err := p.uneSource(ctx, &sources[p.x.Source]); plein || err != nil {
			return err
		}
	}
	return nil
}

func (p *pageur) uneSource(ctx context.Context, x *source) (plein bool, err error) {
	r := journal.Requete{Genre: x.genre, Etats: x.etats, Limite: 100}
	if x.signales {
		r = journal.Requete{Genre: x.genre, Attention: journal.AVoir, Tri: journal.ParUrgence, Limite: 100}
	}
	for {
		if r.Apres = nil; p.x.Cle != "" {
			r.Apres = &journal.Objet{Cle: p.x.Cle, Champs: journal.Champs{Attention: p.x.Attention, Limite: p.x.Limite}}
		}
		n := 0
		for o, err := range p.c.Journal.Chercher(ctx, r) {
			if err != nil {
				return false, err
			}
			n++
			p.x.Cle, p.x.Attention, p.x.Limite = o.Cle, o.Attention, o.Limite
			if x.signales && slices.Contains(x.etats, o.Etat) {
				continue // the source before gave it
			}
			if err := p.examinerDe(ctx, &o); err != nil {
				return false, err
			}
			if p.plein() {
				return true, nil
			}
		}
		if n < r.Limite {
			return false, nil
		}
	}
}

// examinerDe looks at the invoices that an object of a source concerns.
func (p *pageur) examinerDe(ctx context.Context, o *journal.Objet) error {
	var r journal.Requete
	switch o.Genre {
	case journal.Facture:
		return p.examiner(ctx, o)
	case journal.LotFactures:
		r = journal.Requete{Genre: journal.Facture, Parent: o.Cle}
	case journal.LotScor:
		r = journal.Requete{Genre: journal.Piece, Dans: o.Cle}
	default:
		f, err := journal.Trouver(ctx, p.c.Journal, journal.Facture, o.Parent)
		if err != nil || f.Version == 0 {
			return err
		}
		return p.examiner(ctx, &f)
	}
	for x, err := range p.c.Journal.Chercher(ctx, r) {
		if err != nil {
			return err
		}
		if err := p.examinerDe(ctx, &x); err != nil {
			return err
		}
	}
	return nil
}

// examiner takes an invoice if it fits.
func (p *pageur) examiner(ctx context.Context, f *journal.Objet) error {
	p.examens++
	if p.vues[f.Cle] || p.f.Caisse != "" && f.Caisse != p.f.Caisse || f.Demande < int64(p.f.AuMoins) ||
		!p.f.Du.IsZero() && f.Jour < jour(p.f.Du) || !p.f.Au.IsZero() && f.Jour > jour(p.f.Au) {
		return nil
	}
	p.vues[f.Cle] = true
	l, ok := p.lots[f.Parent]
	if !ok {
		var err error
		if l, err = journal.Trouver(ctx, p.c.Journal, journal.LotFactures, f.Parent); err != nil {
			return err
		}
		p.lots[f.Parent] = l
	}
	v, err := p.vueFacture(ctx, &l, f, p.lots)
	if err != nil {
		return err
	}
	if p.f.Situation == "" || v.Situation == p.f.Situation {
		p.page.Factures = append(p.page.Factures, v)
	}
	return nil
}

// FiltreObjets selects what PageObjets lists.
type FiltreObjets struct {
	Genre  journal.Genre // LotFactures, LotScor, Piece, Message or Reception
	Etat   journal.Etat  // "": any
	Limite int           // 0: 50
	Suite  string
}

// PageObjets gives a page of lots, pieces or messages, as Synthese shows what needs a person: from the latest day, or
// the last key, on, or, in a state that only exceptions are in, by key, without what a lot holds (Ligne has it). suite
// is the next page; a page may be short and have one.
func (s *Suivi) PageObjets(ctx context.Context, f FiltreObjets) (lignes []Ligne, suite string, err error) {
	if f.Limite <= 0 {
		f.Limite = 50
	}
	if !slices.Contains(journal.Genres(), f.Genre) {
		return nil, "", fmt.Errorf("suivi: kind %q: expected one of %v", f.Genre, journal.Genres())
	}
	var x suiteFactures
	if err := lireSuite(f.Suite, &x); err != nil {
		return nil, "", err
	}
	r := journal.Requete{Genre: f.Genre, Tri: journal.ParCleInverse, Limite: 100}
	switch {
	case f.Etat != "" && f.Etat.Exceptionnel():
		r.Etats, r.Tri = []journal.Etat{f.Etat}, journal.ParCle
	case f.Genre == journal.LotFactures: // a piece may have no day
		r.Tri = journal.ParJour
	}
	var l []journal.Objet
	for examens := 0; ; {
		if x != (suiteFactures{}) {
			r.Apres = &journal.Objet{Cle: x.Cle, Debut: x.Debut, Champs: journal.Champs{Jour: x.Jour}}
		}
		n := 0
		for o, err := range s.c.Journal.Chercher(ctx, r) {
			if err != nil {
				return nil, "", err
			}
			if n++; len(l) == f.Limite || examens == examenMax {
				suite = x.String()
				break
			}
			examens++
			x = suiteFactures{Cle: o.Cle, Jour: o.Jour, Debut: o.Debut}
			if f.Etat == "" || o.Etat == f.Etat {
				l = append(l, o)
			}
		}
		if suite != "" || n < r.Limite {
			lignes, err = s.lignesCourtes(ctx, l)
			return lignes, suite, err
		}
	}
}

// Ligne gives one object as Synthese shows what needs a person, whether it does or not; ok is false when there is none.
func (s *Suivi) Ligne(ctx context.Context, g journal.Genre, cle string) (l Ligne, ok bool, err error) {
	o, err := journal.Trouver(ctx, s.c.Journal, g, cle)
	if err != nil || o.Version == 0 {
		return l, false, err
	}
	lignes, err := s.lignes(ctx, []journal.Objet{o})
	if err != nil {
		return l, false, err
	}
	return lignes[0], true, nil
}

// Piece gives one piece; ok is false when there is none of that identifier.
func (s *Suivi) Piece(ctx context.Context, id string) (p PieceArchivee, ok bool, err error) {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Piece, id)
	if err != nil || o.Version == 0 {
		return p, false, err
	}
	p, err = s.archivee(&o)
	return p, err == nil, err
}

// Rapprocher proposes invoices for a piece, or an invoice, that is to be linked: those of the same patient, the latest
// first, then those that lack a piece. Nothing is decided.
func (s *Suivi) Rapprocher(ctx context.Context, g journal.Genre, cle string) ([]VueFacture, error) {
	const propositionsMax = 12
	o, err := journal.Trouver(ctx, s.c.Journal, g, cle)
	if err != nil || o.Version == 0 {
		return nil, err
	}
	var l []journal.Objet
	chercher := func(r journal.Requete) error {
		r.Genre, r.Limite = journal.Facture, propositionsMax
		for f, err := range s.c.Journal.Chercher(ctx, r) {
			if err != nil {
				return err
			}
			if f.Cle != o.Cle && f.Cle != o.Parent && f.Etat != journal.Purge && f.Etat != journal.Refacture &&
				!slices.ContainsFunc(l, func(x journal.Objet) bool { return x.Cle == f.Cle }) {
				l = append(l, f)
			}
		}
		return nil
	}
	if o.Patient != "" {
		if err := chercher(journal.Requete{Patient: o.Patient}); err != nil {
			return nil, err
		}
		slices.SortStableFunc(l, func(a, b journal.Objet) int { return int(b.Jour - a.Jour) })
	}
	if g == journal.Piece {
		if err := chercher(journal.Requete{Etats: []journal.Etat{journal.Incomplet}}); err != nil {
			return nil, err
		}
	}
	p := &pageur{Suivi: s, f: &FiltreFactures{}, page: &PageFactures{}, lots: map[string]journal.Objet{},
		vues: map[string]bool{}}
	for i := range l[:min(len(l), propositionsMax)] {
		if err := p.examiner(ctx, &l[i]); err != nil {
			return nil, err
		}
	}
	return p.page.Factures, nil
}

// ConsigneDe says whether an invoice's pieces are to be sent again; the rule is the table's. What a lot that got no
// answer says of itself is no motive of the caisse's: its words ("the delay is over") mean nothing for the pieces.
func ConsigneDe(v *VueFacture) etats.Consigne {
	motif := v.Motif
	if v.EtatLot == journal.LimiteEssais && v.Etat == journal.Enregistre {
		motif = ""
	}
	for i := range v.Pieces {
		p := &v.Pieces[i]
		if p.Motif != "" && (p.Etat != journal.EnLot || p.EtatLot != journal.LimiteEssais) {
			motif = p.Motif
		}
	}
	return etats.ConsigneDe(v.Situation, motif)
}

// numerosMax is how many invoices of a number FacturesNumero gives at once.
const numerosMax = 50

// FacturesNumero gives the invoices of a number, in whatever lot, the latest day first. suite is where to look further,
// "" after the last.
func (s *Suivi) FacturesNumero(ctx context.Context, numero int, suite string) ([]VueFacture, string, error) {
	var x suiteFactures
	if err := lireSuite(suite, &x); err != nil || numero <= 0 {
		return nil, "", err
	}
	p := &pageur{Suivi: s, f: &FiltreFactures{}, page: &PageFactures{}, lots: map[string]journal.Objet{},
		vues: map[string]bool{}}
	r := journal.Requete{Genre: journal.Facture, Numero: numero, Tri: journal.ParCleInverse, Limite: numerosMax}
	if x.Cle != "" {
		r.Apres = &journal.Objet{Cle: x.Cle}
	}
	n := 0
	for f, err := range s.c.Journal.Chercher(ctx, r) {
		if err != nil {
			return nil, "", err
		}
		if err := p.examiner(ctx, &f); err != nil {
			return nil, "", err
		}
		n, x.Cle = n+1, f.Cle
	}
	if n < numerosMax {
		return p.page.Factures, "", nil
	}
	return p.page.Factures, x.String(), nil
}

// FacturesPatient gives the invoices of a patient, the latest first, n at most.
func (s *Suivi) FacturesPatient(ctx context.Context, nir fse.NIR, n int) ([]VueFacture, error) {
	var l []journal.Objet
	for f, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture,
		Patient: s.c.Coffre.Index("patient", nir.Numero())}) {
		if err != nil {
			return nil, err
		}
		l = append(l, f)
	}
	slices.SortStableFunc(l, func(a, b journal.Objet) int { return int(b.Jour - a.Jour) })
	p := &pageur{Suivi: s, f: &FiltreFactures{}, page: &PageFactures{Factures: []VueFacture{}},
		lots: map[string]journal.Objet{}, vues: map[string]bool{}}
	for i := range l[:min(n, len(l))] {
		if err := p.examiner(ctx, &l[i]); err != nil {
			return nil, err
		}
	}
	return p.page.Factures, nil
}
