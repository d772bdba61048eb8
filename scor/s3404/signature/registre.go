package signature

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Acces is one access to a document, for the host's audit trail. It holds no name, no NIR and no stroke.
type Acces struct {
	Quand      time.Time
	Signataire string // Signataire.ID; "" for the host itself
	// "presenter", "lister", "lire", "brouillon", "signer", "refuser", "reprendre", "utiliser", "annuler",
	// "copier"
	Action   string
	Document string
	Lot      string
	Erreur   error
}

// Option sets what New leaves to its default.
type Option func(*Registre)

// WithHorloge replaces time.Now.
func WithHorloge(f func() time.Time) Option { return func(r *Registre) { r.maintenant = f } }

// WithDelai leaves a time in which the signer may take a signature back: [Registre.Attendre] and [Registre.Utiliser]
// wait for its end.
func WithDelai(d time.Duration) Option { return func(r *Registre) { r.delai = d } }

// WithTrace has every access told to f, which must be fast or hand over to something that is.
func WithTrace(f func(Acces)) Option { return func(r *Registre) { r.trace = f } }

// Registre holds the documents to be signed and guards their signatures. It may be used by several goroutines.
type Registre struct {
	magasin    Magasin
	maintenant func() time.Time
	delai      time.Duration
	trace      func(Acces)

	delegations Delegations
	deleguer    bool // a mandate needs one of delegations

	mu       sync.Mutex
	entrees  []*entree
	rangs    map[string]int // of entrees, by Document.objet
	parID    map[string]*entree
	retenues []Retenue
}

type entree struct {
	doc Document
	id  string
	// verrou makes the steps on one document follow each other; it is held while the document is read.
	verrou sync.Mutex

	// Guarded by Registre.mu.
	etat   EtatSignature
	recu   Recu   // the last signature, or the refusal
	recus  []Recu // signatures given, in order
	etapes []Etape
	change chan struct{}
}

// enregistrement is what the store keeps for ever about a signature; Traits is empty once they were used.
type enregistrement struct {
	Recu    Recu           `json:"recu"`
	Demande scor.Empreinte `json:"demande"`
	Traits  []Trait        `json:"traits,omitempty"`
}

type brouillonGarde struct {
	Signataire string    `json:"signataire"`
	Brouillon  Brouillon `json:"brouillon"`
}

// New makes a registry over a store.
func New(m Magasin, opts ...Option) *Registre {
	r := &Registre{magasin: m, maintenant: time.Now, trace: func(Acces) {}, rangs: map[string]int{},
		parID: map[string]*entree{}}
	for _, o := range opts {
		o(r)
	}
	return r
}

// Vue is a document and where it stands.
type Vue struct {
	ID       string
	Document Document
	Etat     EtatSignature
	// Recu is the last signature, or the refusal; Signatures are all that were given, in their order.
	Recu       Recu
	Signatures []Recu
	// Attendu is who signs next, where the document says ([Document.Ordre]).
	Attendu *Attendu
	Etapes  []Etape
	// Reprenable is until when the signer may take the signature back; zero when that is over. A refusal can always be.
	Reprenable time.Time
}

// Etape is what became of a signed document, told by the host with [Registre.Avancer]: "Flux SCOR-CP transmis", "ARL
// positif".
type Etape struct {
	Quand   time.Time `json:"quand"`
	Libelle string    `json:"libelle"`
	// Alerte asks for a person's attention; Fin says that nothing more will come.
	Alerte bool `json:"alerte,omitempty"`
	Fin    bool `json:"fin,omitempty"`
}

// Retenue is a lot that cannot be signed for now, and why, in French: its B2 flow was refused, for one.
type Retenue struct {
	Lot, Motif string
	Quand      time.Time
}

// Presenter offers a document for signing and returns its ID. It reads the document once and compares it with its hash.
// A document that was presented before, even by an earlier run of the program, keeps its draft or its signature.
// Another content for a lot (or invoice) that was signed is [ErrModifie]: the host must [Registre.Annuler] the
// signature first, and that leaves a trace.
func (r *Registre) Presenter(ctx context.Context, d Document) (id string, err error) {
	if d.Lot == "" || d.Open == nil || d.Empreinte.IsZero() || d.Taille <= 0 {
		return "", errors.New("signature: a document needs its lot, its bytes, their number and their SHA-256")
	}
	if err := d.verifierOrdre(); err != nil {
		return "", err
	}
	id = d.ID()
	defer func() { r.tracer("", "presenter", id, d.Lot, err) }()
	if err := d.verifier(ctx); err != nil {
		return "", err
	}
	e := &entree{doc: d, id: id, etat: ASigner, change: make(chan struct{})}
	if err := r.retrouver(ctx, e); err != nil {
		return "", err
	}
	r.mu.Lock()
	var ancien *entree
	i, connu := r.rangs[d.objet()]
	switch {
	case !connu:
		r.rangs[d.objet()] = len(r.entrees)
		r.entrees = append(r.entrees, e)
		r.parID[id] = e
	case r.entrees[i].id != id:
		ancien, r.entrees[i] = r.entrees[i], e
		delete(r.parID, ancien.id)
		r.parID[id] = e
		close(ancien.change)
		ancien.change = make(chan struct{})
	}
	r.mu.Unlock()
	if ancien != nil {
		return id, r.magasin.Supprimer(ctx, cleBrouillon(ancien.id))
	}
	return id, nil
}

// retrouver takes into account what the store has of an earlier run about a document, or about another content of it.
func (r *Registre) retrouver(ctx context.Context, e *entree) error {
	gardes, err := r.gardes(ctx, &e.doc)
	if err != nil || len(gardes) == 0 {
		return err
	}
	dernier := &gardes[len(gardes)-1].Recu
	switch {
	case dernier.Document == e.id:
		if err := r.oublierTraits(ctx, &e.doc, gardes); err != nil {
			return err
		}
		r.prendre(e, gardes)
		if e.etat == Refuse {
			e.etapes = []Etape{etapeRefus(&e.recu)}
		}
		return nil
	case dernier.Etat == Refuse:
		return r.oter(ctx, &e.doc, gardes, 0, Annulation{Motif: "autre contenu après un refus"})
	}
	return fmt.Errorf("%w: lot %s was signed with SHA-256 %s and is presented with %s", ErrModifie, e.doc.Lot,
		dernier.Empreinte, e.doc.Empreinte)
}

// Retenir tells the signers that a lot is held, and why; an empty reason lets it go.
func (r *Registre) Retenir(lot, motif string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.retenues = slices.DeleteFunc(r.retenues, func(x Retenue) bool { return x.Lot == lot })
	if motif != "" {
		r.retenues = append(r.retenues, Retenue{Lot: lot, Motif: motif, Quand: r.maintenant()})
	}
}

// Retenues lists the lots that are held.
func (r *Registre) Retenues() []Retenue {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.retenues)
}

// Documents lists what was presented, in that order.
func (r *Registre) Documents() []Vue { return r.vues(func(*entree) bool { return true }) }

// Visibles lists what a signer may see: of a document that several sign, those whose turn has come. For a page that
// asks again and again: not traced.
func (r *Registre) Visibles(s Signataire) []Vue {
	return r.vues(func(e *entree) bool { return e.visible(s) })
}

// Lister is [Registre.Visibles] for an authorised signer who opens the list; the access is traced.
func (r *Registre) Lister(s Signataire) []Vue {
	r.tracer(s.ID, "lister", "", "", nil)
	return r.Visibles(s)
}

func (r *Registre) vues(choix func(*entree) bool) []Vue {
	r.mu.Lock()
	defer r.mu.Unlock()
	vues := make([]Vue, 0, len(r.entrees))
	for _, e := range r.entrees {
		if choix(e) {
			vues = append(vues, r.vue(e))
		}
	}
	return vues
}

// Situation is where a document stands, for the host: no reading of it, so not traced.
func (r *Registre) Situation(id string) (Vue, error) {
	e, err := r.entree(id)
	if err != nil {
		return Vue{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.vue(e), nil
}

// SituationPour is [Registre.Situation] for a screen of a signer's, which asks again and again; [ErrTour] before the
// signer's turn.
func (r *Registre) SituationPour(id string, s Signataire) (Vue, error) {
	e, err := r.entree(id)
	if err != nil {
		return Vue{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !e.visible(s) {
		return Vue{}, ErrTour
	}
	return r.vue(e), nil
}

// Document gives one document to an authorised signer; the access is traced. Before the signer's turn it is [ErrTour].
func (r *Registre) Document(id string, s Signataire) (v Vue, err error) {
	lot := ""
	defer func() { r.tracer(s.ID, "lire", id, lot, err) }()
	e, err := r.entree(id)
	if err != nil {
		return Vue{}, err
	}
	lot = e.doc.Lot
	return r.SituationPour(id, s)
}

func (r *Registre) vue(e *entree) Vue {
	v := Vue{ID: e.id, Document: e.doc, Etat: e.etat, Recu: e.recu, Signatures: slices.Clone(e.recus),
		Etapes: slices.Clone(e.etapes)}
	if e.etat == ASigner && len(e.doc.Ordre) > 0 {
		v.Attendu = &e.doc.Ordre[len(e.recus)]
	}
	fin := e.recu.Quand.Add(r.delai)
	if (e.etat == Signe || e.etat == ASigner && len(e.recus) > 0) && r.maintenant().Before(fin) {
		v.Reprenable = fin
	}
	return v
}

// Avancer tells the signers what became of a document; the zero time is now.
func (r *Registre) Avancer(id string, etape Etape) {
	if etape.Quand.IsZero() {
		etape.Quand = r.maintenant()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.parID[id]; e != nil {
		e.etapes = append(e.etapes, etape)
	}
}

func (r *Registre) entree(id string) (*entree, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.parID[id]; e != nil {
		return e, nil
	}
	return nil, ErrInconnu
}

// prendre makes an entry say what the store holds of its signatures.
func (r *Registre) prendre(e *entree, gardes []enregistrement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	etat, recu, recus := ASigner, Recu{}, []Recu(nil)
	for i := range gardes {
		if recu = gardes[i].Recu; recu.Etat == Refuse {
			etat = Refuse
			break
		}
		recus = append(recus, recu)
		if len(recus) == e.doc.nombre() {
			etat = recu.Etat
		}
	}
	change := e.etat != etat || len(e.recus) != len(recus)
	e.etat, e.recu, e.recus = etat, recu, recus
	if change {
		close(e.change)
		e.change = make(chan struct{})
	}
}

// gardes are the signatures that the store holds for a document's lot or invoice, in their order; a refusal is the
// last one.
func (r *Registre) gardes(ctx context.Context, d *Document) (g []enregistrement, err error) {
	for rang := range d.nombre() {
		v, err := r.magasin.Read(ctx, cleSignature(d, rang))
		if errors.Is(err, ErrAbsent) {
			break
		}
		if err != nil {
			return nil, err
		}
		var x enregistrement
		if err := json.Unmarshal(v, &x); err != nil {
			return nil, fmt.Errorf("signature: record of %s: %w", d.ID(), err)
		}
		if g = append(g, x); x.Recu.Etat == Refuse {
			break
		}
	}
	return g, nil
}

func (r *Registre) brouillon(ctx context.Context, id string) (brouillonGarde, error) {
	var g brouillonGarde
	v, err := r.magasin.Read(ctx, cleBrouillon(id))
	if err != nil {
		return g, err
	}
	if err := json.Unmarshal(v, &g); err != nil {
		return g, fmt.Errorf("signature: draft of %s: %w", id, err)
	}
	return g, nil
}

func (r *Registre) tracer(signataire, action, document, lot string, err error) {
	r.trace(Acces{Quand: r.maintenant(), Signataire: signataire, Action: action, Document: document, Lot: lot,
		Erreur: err})
}

// cleSignature is the record of a signature, by its rank from 0.
func cleSignature(d *Document, rang int) string {
	if rang == 0 {
		return "signature-" + d.objet()
	}
	return fmt.Sprintf("signature-%s-%d", d.objet(), rang+1)
}

func cleBrouillon(id string) string { return "brouillon-" + id }

func etapeRefus(r *Recu) Etape {
	return Etape{Quand: r.Quand, Libelle: "Refus de signer : " + r.Motif, Alerte: true}
}

func erreurEtat(e EtatSignature) error {
	if e == Refuse {
		return ErrRefuse
	}
	return ErrDejaSigne
}
