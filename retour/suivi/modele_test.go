package suivi

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// TestModele plays random sequences of everything that can happen against a simple model of what must hold, and checks
// it at each step. SCOR_MODELE_PAS sets the number of steps, SCOR_MODELE_GRAINE the first seed (a failure names its
// own).
func TestModele(t *testing.T) {
	pas := 40_000
	if testing.Short() {
		pas = 8_000
	}
	if n, err := strconv.Atoi(os.Getenv("SCOR_MODELE_PAS")); err == nil {
		pas = n
	}
	graine := uint64(1)
	if n, err := strconv.ParseUint(os.Getenv("SCOR_MODELE_GRAINE"), 10, 64); err == nil {
		graine = n
	}
	var total bilanModele
	for fait := 0; fait < pas && !t.Failed(); graine++ {
		const longueur = 250
		m := nouveauModele(t, graine)
		for range longueur {
			m.pas()
			if t.Failed() {
				t.Fatalf("seed %d, step %d: %s", graine, m.n, m.dernier)
			}
		}
		m.denouer()
		fait += m.n
		total.ajouter(&m.bilan)
		if t.Failed() {
			t.Fatalf("seed %d, at the end", graine)
		}
	}
	t.Logf("%+v", total)
	if pas >= 40_000 && (total.Pannes == 0 || total.Acquittees == 0 || total.Papier == 0 || total.Refacturees == 0 ||
		total.Renvois == 0 || total.Dissous == 0 || total.Payees == 0 || total.Purgees == 0 || total.Abimees == 0 ||
		total.References == 0) {
		t.Error("the sequences miss a way")
	}
}

type bilanModele struct {
	Pas, Evenements, Envois, Renvois, Pannes, Acquittees, Papier, Refacturees, Dissous,
	Payees, Purgees, Abimees, References int
}

func (b *bilanModele) ajouter(x *bilanModele) {
	b.Pas += x.Pas
	b.Evenements += x.Evenements
	b.Envois += x.Envois
	b.Renvois += x.Renvois
	b.Pannes += x.Pannes
	b.Acquittees += x.Acquittees
	b.Papier += x.Papier
	b.Refacturees += x.Refacturees
	b.Dissous += x.Dissous
	b.Payees += x.Payees
	b.Purgees += x.Purgees
	b.Abimees += x.Abimees
	b.References += x.References
}

// modele is what must hold, told simply: pieces are deposited, each is in the world of paper or of messages, never
// both, and the frontal never sees one lot under two identities.
type modele struct {
	*banc
	r       *rand.Rand
	n       int
	dernier string
	bilan   bilanModele

	fichiers []*fse.Fichier
	pieces   map[string]fse.CleFacture // deposited, good
	refusees map[string]bool
	papier   map[string]bool
	// identites of what the frontal got: SCOR lot → Message-ID, Message-ID → digest of its bytes.
	identites map[string]string
	contenus  map[string][32]byte
	lotsDe    map[string][]string // piece → SCOR lots that carried it, in order
	vus       int                 // sendings checked
	attente   [][]byte            // answers that the frontal keeps for later
	fige      journal.Etats
	seq       uint64
	panne     error

	abimes map[string]bool // pieces whose document went bad, and lots
	autre  *Suivi          // another worker on the same journal
}

// errCoupure is a crash: the call fails before or after the journal has it, and everything starts again.
var errCoupure = errors.New("power cut")

type journalFragile struct {
	journal.Journal
	m *modele
}

func (j journalFragile) Ajouter(ctx context.Context, evs []journal.Evenement) error {
	if j.m.panne != nil && j.m.r.IntN(4) == 0 {
		j.m.bilan.Pannes++
		return errCoupure
	}
	err := j.Journal.Ajouter(ctx, evs)
	if err == nil && j.m.panne != nil && j.m.r.IntN(4) == 0 {
		j.m.bilan.Pannes++
		return errCoupure
	}
	return err
}

func nouveauModele(t *testing.T, graine uint64) *modele {
	m := &modele{r: rand.New(rand.NewPCG(graine, 0)), pieces: map[string]fse.CleFacture{}, refusees: map[string]bool{},
		papier: map[string]bool{}, identites: map[string]string{}, contenus: map[string][32]byte{},
		lotsDe: map[string][]string{}, abimes: map[string]bool{},
		fige: journal.Etats{Objets: map[journal.Ref]*journal.Objet{}}}
	m.banc = nouveauBanc(t, func(c *Config) {
		c.Journal = journalFragile{c.Journal, m}
		c.Bail = time.Minute
		c.Profil.Limites.PairesParLot = 4
		c.Profil.Delais.Conservation = nil
		c.SautHorloge = 0
		if graine%2 == 0 {
			c.Exigences = exigencesModele
		}
	})
	var err error
	if m.autre, err = Open(t.Context(), m.c); err != nil {
		t.Fatal(err)
	}
	m.f.panne = func(transport.Envoi) (error, error) {
		if m.panne == nil {
			return nil, nil
		}
		switch m.r.IntN(8) {
		case 0:
			return errRelais, nil
		case 1:
			return nil, &transport.ErreurEnvoi{Etape: transport.EtapeFin, Incertain: true}
		case 2:
			return &transport.ErreurEnvoi{Definitive: m.r.IntN(2) == 0, Code: 554, Reponse: "no"}, nil
		}
		return nil, nil
	}
	m.f.repondre = m.repondre
	return m
}

// repondre is a frontal that does all that one can do.
func (m *modele) repondre(x *envoiRecu) [][]byte {
	var l [][]byte
	if x.pieces == nil { // the invoices are answered like any others
		if m.r.IntN(4) > 0 {
			return m.f.arl(x, m.r.IntN(5) > 0)
		}
		return nil
	}
	switch k := m.r.IntN(12); {
	case m.panne == nil || k < 5:
		l = m.f.arl(x, true)
	case k < 6:
		l = m.f.arl(x, false)
	case k < 7:
		p := x.pieces.Lots[0]
		l = [][]byte{m.f.unARL(scor.FluxPieces, x.pieces.Emetteur.Numero, p.Numero, p.Date, x.compo, m.r.IntN(2) == 0, "",
			map[string]string{p.Paires[m.r.IntN(len(p.Paires))].Piece.ID: "2001"})}
	case k < 8:
		l = [][]byte{m.f.mds(x.compo, "9001")}
	case k < 9:
		l = [][]byte{m.f.mds(x.compo, "9002")}
	case k < 10:
		l = [][]byte{m.f.anr(x.id)}
	case k < 11:
		l = append(m.f.arl(x, true), m.f.arl(x, m.r.IntN(2) == 0)...)
	}
	if m.panne != nil && m.r.IntN(3) == 0 { // late, and so out of order
		m.attente = append(m.attente, l...)
		return nil
	}
	return l
}

func (m *modele) tolerer(err error) {
	m.t.Helper()
	var ee *transport.ErreurEnvoi
	var et *journal.ErreurTransition
	switch {
	case err == nil, errors.Is(err, errCoupure), m.abimee(err), errors.As(err, &ee), errors.Is(err, ErrActionPerimee),
		errors.Is(err, journal.ErrConflit), errors.Is(err, ErrPieceEngagee), errors.Is(err, ErrLotDifferent),
		errors.Is(err, ErrLotPurge),
		errors.As(err, &et) && et.Type == journal.Refacturer:
	default:
		m.t.Errorf("%v", err)
	}
}

func (m *modele) pas() {
	ctx := context.Background()
	m.n++
	m.panne = nil
	if m.r.IntN(3) == 0 {
		m.panne = errCoupure
	}
	if m.r.IntN(4) == 0 {
		m.Suivi, m.autre = m.autre, m.Suivi
	}
	switch k := m.r.IntN(125); {
	case k >= 100 && len(m.fichiers) > 0:
		m.incident(ctx, k-100)
	case k < 6:
		m.dernier = "a lot of invoices"
		f := factures(m.t, 1+len(m.fichiers), 1+m.r.IntN(4))
		for i := range f.Lots[0].Factures {
			fa := &f.Lots[0].Factures[i]
			fa.Cle.Numero = 1000*len(m.fichiers) + i
			fa.Total += fse.Montant(1000 * len(m.fichiers))
		}
		m.fichiers = append(m.fichiers, f)
		_, err := m.DeposerLots(ctx, f)
		m.tolerer(err)
	case k < 10 && len(m.fichiers) > 0:
		m.dernier = "the same lot again"
		_, err := m.DeposerLots(ctx, m.unFichier())
		m.tolerer(err)
	case k < 14 && len(m.fichiers) > 0:
		m.dernier = "billed again"
		vieux := m.unFichier()
		f := factures(m.t, 1+len(m.fichiers), len(vieux.Lots[0].Factures))
		for i := range f.Lots[0].Factures {
			n := f.Lots[0].Factures[i].Cle.Lot
			f.Lots[0].Factures[i] = vieux.Lots[0].Factures[i]
			f.Lots[0].Factures[i].Cle = fse.CleFacture{Lot: n, Numero: 1000*len(m.fichiers) + i}
		}
		m.fichiers = append(m.fichiers, f)
		_, err := m.DeposerLots(ctx, f)
		m.tolerer(err)
	case k < 30 && len(m.fichiers) > 0:
		m.dernier = "a piece"
		m.deposerUne(ctx)
	case k < 33 && len(m.fichiers) > 0:
		m.dernier = "a scan refused"
		id := fmt.Sprintf("R%d", len(m.refusees))
		if err := m.RefuserPiece(ctx, scor.Piece{ID: id, Type: scor.Ordonnance, Facture: m.uneFacture()},
			"floue"); err == nil {
			m.refusees[id] = true
		} else {
			m.tolerer(err)
		}
	case k < 42 && len(m.fichiers) > 0:
		m.dernier = "an answer on invoices"
		m.accepter(m.unFichier(), m.r.IntN(5) > 0)
	case k < 47 && len(m.attente) > 0:
		m.dernier = "a late answer"
		i := m.r.IntN(len(m.attente))
		m.f.poster(m.attente[i])
		if m.r.IntN(3) > 0 {
			m.attente = append(m.attente[:i], m.attente[i+1:]...)
		}
	case k < 57:
		m.dernier = "time"
		m.h.avancer(time.Duration(m.r.Int64N(int64(60 * time.Hour))))
	case k < 58:
		m.dernier = "the clock set back"
		m.h.avancer(-time.Duration(m.r.Int64N(int64(30 * time.Hour))))
	case k < 68:
		m.dernier = "a decision"
		m.decider(ctx)
	case k < 70:
		m.dernier = "the program starts again"
		s, err := Open(ctx, m.c)
		if err != nil {
			m.t.Error(err)
			return
		}
		m.Suivi = s
	default:
		m.dernier = "a round"
		_, err := m.Avancer(ctx)
		m.tolerer(err)
	}
	m.verifierPas()
	if m.n%20 == 0 {
		m.rienDeMuet()
	}
}

func (m *modele) unFichier() *fse.Fichier { return m.fichiers[m.r.IntN(len(m.fichiers))] }

func (m *modele) uneFacture() fse.CleFacture {
	l := m.unFichier().Lots[0].Factures
	return l[m.r.IntN(len(l))].Cle
}

func (m *modele) deposerUne(ctx context.Context) {
	id := fmt.Sprintf("P%d", len(m.pieces))
	f := m.uneFacture()
	if m.r.IntN(5) == 0 && len(m.pieces) > 0 { // again
		id = fmt.Sprintf("P%d", m.r.IntN(len(m.pieces)))
		f = m.pieces[id]
	}
	_, err := m.DeposerPiece(ctx, document(id, f, id))
	m.tolerer(err)
	if o, _ := journal.Trouver(ctx, m.journal, journal.Piece, id); o.Version > 0 {
		m.pieces[id] = f
	}
}

func (m *modele) decider(ctx context.Context) {
	y, err := m.Synthese(ctx, Filtre{Limite: 20})
	if err != nil || len(y.Lignes) == 0 {
		m.tolerer(err)
		return
	}
	l := y.Lignes[m.r.IntN(len(y.Lignes))]
	if len(l.Actions) == 0 {
		m.t.Errorf("%s %s in state %s asks for a person, who can do nothing", l.Genre, l.Cle, l.Etat)
		return
	}
	a := l.Actions[m.r.IntN(len(l.Actions))]
	err = m.Executer(ctx, a, Decision{Auteur: "model", Facture: m.uneFactureOuRien()})
	if errors.Is(err, ErrFactureAbsente) || errors.Is(err, ErrActionImpossible) {
		return
	}
	m.tolerer(err)
}

func (m *modele) uneFactureOuRien() (c fse.CleFacture) {
	if len(m.fichiers) > 0 {
		c = m.uneFacture()
	}
	return c
}

// compter says what an event is worth.
func (m *modele) compter(e *journal.Evenement) {
	switch {
	case e.Genre == journal.Piece && e.Type == journal.PasserPapier:
		m.papier[e.Cle] = true
		m.bilan.Papier++
	case e.Genre == journal.Facture && e.Type == journal.Refacturer:
		m.bilan.Refacturees++
	case e.Genre == journal.Facture && e.Type == journal.Payer:
		m.bilan.Payees++
	case e.Genre == journal.Piece && e.Type == journal.Deposer && e.Champs.Reference != "":
		m.bilan.References++
	case e.Genre == journal.LotScor && e.Type == journal.Reconstituer:
		m.bilan.Dissous++
	case e.Genre == journal.Piece && e.Type == journal.RecevoirARLPositif:
		m.bilan.Acquittees++
	}
}

// verifierPas checks the invariants.
func (m *modele) verifierPas() {
	t, ctx := m.t, context.Background()
	t.Helper()
	// What the frontal has.
	for ; m.vus < len(m.f.envois); m.vus++ {
		x := &m.f.envois[m.vus]
		h := sha256.Sum256(x.octets)
		if avant, deja := m.contenus[x.id]; deja {
			m.bilan.Renvois++
			if avant != h {
				t.Errorf("message %s sent again with other bytes", x.id)
			}
		}
		m.contenus[x.id] = h
		if x.pieces == nil {
			continue
		}
		for i := range x.pieces.Lots {
			l := &x.pieces.Lots[i]
			k := cleLotScor(l.Cle)
			if id, deja := m.identites[k]; deja && id != x.id {
				t.Errorf("lot %s under %s and %s", k, id, x.id)
			}
			m.identites[k] = x.id
			for _, p := range l.Paires {
				if m.papier[p.Piece.ID] {
					t.Errorf("piece %s on paper and in lot %s", p.Piece.ID, k)
				}
				d := m.lotsDe[p.Piece.ID]
				if len(d) == 0 || d[len(d)-1] != k {
					for _, vieux := range d {
						if vieux == k {
							t.Errorf("piece %s back in lot %s", p.Piece.ID, k)
						}
					}
					m.lotsDe[p.Piece.ID] = append(d, k)
				}
			}
			o, _ := journal.Trouver(ctx, m.journal, journal.LotScor, k)
			if f, _ := journal.Trouver(ctx, m.journal, journal.LotFactures, o.Parent); f.Etat != journal.ARLPositif {
				t.Errorf("lot %s left, its invoices' lot being %q", k, f.Etat)
			}
		}
	}
	// States are the fold of the journal, and every event was allowed.
	touches := map[journal.Ref]bool{}
	for e, err := range m.journal.Rejouer(ctx, m.seq) {
		if err != nil {
			t.Error(err)
			return
		}
		if err := m.fige.Appliquer(&e); err != nil {
			t.Errorf("event %d: %v", e.Seq, err)
			return
		}
		m.seq = e.Seq
		touches[e.Ref()] = true
		m.compter(&e)
	}
	for r := range touches {
		o, _ := journal.Trouver(ctx, m.journal, r.Genre, r.Cle)
		if !o.Egal(m.fige.Objets[r]) {
			t.Errorf("%s %s isn't the fold of its events", r.Genre, r.Cle)
		}
	}
	// No piece is lost, and each lies in at most one lot that lives.
	for id := range m.pieces {
		o := m.fige.Objets[journal.Ref{Genre: journal.Piece, Cle: id}]
		if o == nil {
			t.Errorf("piece %s is lost", id)
			continue
		}
		if o.Etat == journal.EnLot {
			l := m.fige.Objets[journal.Ref{Genre: journal.LotScor, Cle: o.Dans}]
			if l == nil || l.Etat == journal.Reconstitue || l.Etat == journal.Papier || l.Etat == journal.Manuel {
				t.Errorf("piece %s lies in a dead lot", id)
			}
		}
		vivants := 0
		for _, k := range m.lotsDe[id] {
			switch m.fige.Objets[journal.Ref{Genre: journal.LotScor, Cle: k}].Etat {
			case journal.Constitue, journal.Transmis, journal.ANR:
				vivants++
			}
		}
		if vivants > 1 {
			t.Errorf("piece %s in %d lots that live", id, vivants)
		}
	}
}

// denouer lets everything come to rest with a frontal that works, and finds every piece settled, waiting for its
// invoices, or listed for a person.
func (m *modele) denouer() {
	t, ctx := m.t, context.Background()
	m.panne = nil
	for range 30 {
		m.h.avancer(26 * time.Hour)
		for i := 0; ; i++ {
			b, err := m.Avancer(ctx)
			if err != nil && !m.abimee(err) {
				t.Errorf("%v", err)
				return
			}
			m.verifierPas()
			if b.Rien() {
				break
			}
			if i > 30 {
				t.Errorf("the rounds don't come to rest: %+v", b)
				return
			}
		}
	}
	m.rienDeMuet()
	listes := map[journal.Ref]bool{}
	suite := ""
	for {
		y, err := m.Synthese(ctx, Filtre{Limite: 100, Suite: suite})
		if err != nil {
			t.Error(err)
			return
		}
		for _, l := range y.Lignes {
			listes[journal.Ref{Genre: l.Genre, Cle: l.Cle}] = true
		}
		if suite = y.Suite; suite == "" {
			break
		}
	}
	for id := range m.pieces {
		o := m.fige.Objets[journal.Ref{Genre: journal.Piece, Cle: id}]
		f := m.fige.Objets[journal.Ref{Genre: journal.Facture, Cle: o.Parent}]
		ok := false
		switch o.Etat {
		case journal.ARLPositif, journal.Papier, journal.Manuel, journal.Clos, journal.Purge:
			ok = true
		case journal.Constitue:
			ok = listes[o.Ref()] || o.Mode == etats.ModeGarde
			if ok {
				break
			}
			// Its invoices' lot has no ARL+: that lot tells, or is waited for, or the invoice was billed again or isn't known.
			ok = f == nil || f.Etat == journal.Refacture || listes[journal.Ref{Genre: journal.LotFactures, Cle: f.Parent}]
			if !ok {
				l := m.fige.Objets[journal.Ref{Genre: journal.LotFactures, Cle: f.Parent}]
				ok = l.Etat != journal.ARLPositif
			}
		case journal.EnLot:
			l := m.fige.Objets[journal.Ref{Genre: journal.LotScor, Cle: o.Dans}]
			ok = listes[l.Ref()] || listes[journal.Ref{Genre: journal.Message, Cle: l.Dans}]
		default:
			ok = listes[o.Ref()]
		}
		if !ok && !vu(m, o) {
			t.Errorf("piece %s, %q, isn't settled and nobody is told", id, o.Etat)
		}
	}
	if _, err := journal.Verifier(ctx, m.journal, nil); err != nil {
		t.Error(err)
	}
	m.bilan.Pas, m.bilan.Envois, m.bilan.Evenements = m.n, len(m.f.envois), int(m.seq)
}

// vu: a person said "seen" of the piece, or of the lot or message that it lies in.
func vu(m *modele, o *journal.Objet) bool {
	for e, err := range journal.Histoire(context.Background(), m.journal, o) {
		if err == nil && e.Type == journal.Noter && e.Champs.Attention < 0 && e.Champs.Auteur == "model" {
			return true
		}
	}
	if o.Genre == journal.Piece && o.Etat == journal.EnLot {
		return vu(m, m.fige.Objets[journal.Ref{Genre: journal.LotScor, Cle: o.Dans}])
	}
	if o.Genre == journal.LotScor && o.Dans != "" {
		return vu(m, m.fige.Objets[journal.Ref{Genre: journal.Message, Cle: o.Dans}])
	}
	return false
}
