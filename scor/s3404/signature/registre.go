package signature

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// Acces is one access to a document, for the host's audit trail. It holds no name, no NIR and no stroke.
type Acces struct {
	Quand      time.Time
	Signataire string // Signataire.ID; "" for the host itself
	// "presenter", "lister", "lire", "brouillon", "signer", "refuser", "reprendre", "utiliser", "annuler"
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
	recu   Recu
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
	// Recu is set from Signe on.
	Recu   Recu
	Etapes []Etape
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
	id = d.ID()
	defer func() { r.tracer("", "presenter", id, d.Lot, err) }()
	if err := d.verifier(ctx); err != nil {
		return "", err
	}
	e := &entree{doc: d, id: id, etat: ASigner, change: make(chan struct{})}
	garde, err := r.garde(ctx, &d)
	switch {
	case errors.Is(err, ErrAbsent):
	case err != nil:
		return "", err
	case garde.Recu.Document == id:
		e.etat, e.recu = garde.Recu.Etat, garde.Recu
		if e.etat == Refuse {
			e.etapes = []Etape{etapeRefus(&e.recu)}
		}
	case garde.Recu.Etat == Refuse:
		if err := r.magasin.Supprimer(ctx, cleSignature(&d)); err != nil {
			return "", err
		}
	default:
		return "", fmt.Errorf("%w: lot %s was signed with SHA-256 %s and is presented with %s", ErrModifie, d.Lot,
			garde.Recu.Empreinte, d.Empreinte)
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
func (r *Registre) Documents() []Vue {
	r.mu.Lock()
	defer r.mu.Unlock()
	vues := make([]Vue, len(r.entrees))
	for i, e := range r.entrees {
		vues[i] = r.vue(e)
	}
	return vues
}

// Lister is [Registre.Documents] for an authorised signer who opens the list; the access is traced.
func (r *Registre) Lister(s Signataire) []Vue {
	r.tracer(s.ID, "lister", "", "", nil)
	return r.Documents()
}

// Situation is where a document stands, for a screen that asks again and again: no reading of it, so not traced.
func (r *Registre) Situation(id string) (Vue, error) {
	e, err := r.entree(id)
	if err != nil {
		return Vue{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.vue(e), nil
}

// Document gives one document to an authorised signer; the access is traced.
func (r *Registre) Document(id string, s Signataire) (v Vue, err error) {
	e, err := r.entree(id)
	if err == nil {
		r.mu.Lock()
		v = r.vue(e)
		r.mu.Unlock()
	}
	r.tracer(s.ID, "lire", id, v.Document.Lot, err)
	return v, err
}

func (r *Registre) vue(e *entree) Vue {
	v := Vue{ID: e.id, Document: e.doc, Etat: e.etat, Recu: e.recu, Etapes: slices.Clone(e.etapes)}
	if fin := e.recu.Quand.Add(r.delai); e.etat == Signe && r.maintenant().Before(fin) {
		v.Reprenable = fin
	}
	return v
}

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
	if etat := r.etat(e); etat != ASigner {
		return erreurEtat(etat)
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
// with the receipt of the one that counts.
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
	garde, err := r.garde(ctx, &e.doc)
	if err == nil {
		return r.deja(e, garde, demande)
	}
	if !errors.Is(err, ErrAbsent) {
		return Recu{}, err
	}
	if d.Empreinte != e.doc.Empreinte {
		return Recu{}, fmt.Errorf("%w: the screen showed SHA-256 %s", ErrModifie, d.Empreinte)
	}
	nom, err := mandant(d.Mandant)
	if err != nil {
		return Recu{}, err
	}
	if d.PourMandat && nom == "" {
		return Recu{}, ErrMandant
	}
	piece := ""
	if !d.PourMandat {
		nom = ""
	} else if piece, err = r.deleguee(s, nom); err != nil {
		return Recu{}, err
	}
	if err := verifierTraits(d.Traits, true); err != nil {
		return Recu{}, err
	}
	if err := e.doc.verifier(ctx); err != nil {
		return Recu{}, err
	}
	sig := Signature{Traits: d.Traits, Recu: Recu{Document: id, Lot: e.doc.Lot, Facture: e.doc.Facture,
		Empreinte: e.doc.Empreinte, Signataire: s, PourMandat: d.PourMandat, Mandant: nom, Delegation: piece,
		Quand: r.maintenant().UTC().Truncate(time.Millisecond), Etat: Signe}}
	sig.Lien = sig.Calculer()
	v, err := json.Marshal(enregistrement{Recu: sig.Recu, Demande: demande, Traits: d.Traits})
	if err != nil {
		return Recu{}, fmt.Errorf("signature: %w", err)
	}
	err = r.magasin.Write(ctx, cleSignature(&e.doc), v, true)
	if errors.Is(err, ErrExiste) {
		if garde, err = r.garde(ctx, &e.doc); err != nil {
			return Recu{}, err
		}
		return r.deja(e, garde, demande)
	}
	if err != nil {
		return Recu{}, err
	}
	r.changer(e, Signe, sig.Recu)
	return sig.Recu, r.magasin.Supprimer(ctx, cleBrouillon(id))
}

// deja answers a demand for what is signed or refused already.
func (r *Registre) deja(e *entree, garde enregistrement, demande scor.Empreinte) (Recu, error) {
	if garde.Recu.Document != e.id {
		return Recu{}, fmt.Errorf("%w: signed with SHA-256 %s", ErrModifie, garde.Recu.Empreinte)
	}
	r.changer(e, garde.Recu.Etat, garde.Recu)
	if garde.Recu.Etat == Refuse {
		return garde.Recu, ErrRefuse
	}
	if subtle.ConstantTimeCompare(garde.Demande[:], demande[:]) != 1 {
		return garde.Recu, ErrDejaSigne
	}
	return garde.Recu, nil
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
	recu := Recu{Document: id, Lot: e.doc.Lot, Facture: e.doc.Facture, Empreinte: e.doc.Empreinte, Signataire: s,
		Quand: r.maintenant().UTC().Truncate(time.Millisecond), Etat: Refuse, Motif: motif}
	v, err := json.Marshal(enregistrement{Recu: recu})
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	if err := r.magasin.Write(ctx, cleSignature(&e.doc), v, true); errors.Is(err, ErrExiste) {
		garde, err := r.garde(ctx, &e.doc)
		if err != nil {
			return err
		}
		r.changer(e, garde.Recu.Etat, garde.Recu)
		return erreurEtat(garde.Recu.Etat)
	} else if err != nil {
		return err
	}
	r.changer(e, Refuse, recu)
	r.Avancer(id, etapeRefus(&recu))
	return r.magasin.Supprimer(ctx, cleBrouillon(id))
}

// Utiliser hands the signature to joindre, which embeds it and returns the hash of the signed document once that is
// safely written; then the strokes are deleted. The document is compared with what was signed before ([ErrModifie]). A
// second use is [ErrDejaUtilisee]. If the program dies after joindre and before the deletion, the next call runs
// joindre again with the same signature for the same document, so joindre must write the same bytes to the same place.
func (r *Registre) Utiliser(ctx context.Context, id string, joindre func(context.Context, Signature) (scor.Empreinte,
	error)) (recu Recu, err error) {
	e, err := r.entree(id)
	if err != nil {
		return Recu{}, err
	}
	defer func() { r.tracer("", "utiliser", id, e.doc.Lot, err) }()
	e.verrou.Lock()
	defer e.verrou.Unlock()
	garde, err := r.garde(ctx, &e.doc)
	switch {
	case errors.Is(err, ErrAbsent):
		return Recu{}, ErrNonSigne
	case err != nil:
		return Recu{}, err
	case garde.Recu.Document != id:
		return Recu{}, fmt.Errorf("%w: signed with SHA-256 %s", ErrModifie, garde.Recu.Empreinte)
	case garde.Recu.Etat == Joint:
		return garde.Recu, ErrDejaUtilisee
	case garde.Recu.Etat == Refuse:
		return garde.Recu, ErrRefuse
	}
	if r.maintenant().Before(garde.Recu.Quand.Add(r.delai)) {
		return Recu{}, fmt.Errorf("%w: until %s", ErrDelai, garde.Recu.Quand.Add(r.delai).Format(time.RFC3339))
	}
	sig := Signature{Recu: garde.Recu, Traits: garde.Traits}
	if lien := sig.Calculer(); lien != sig.Lien {
		return Recu{}, fmt.Errorf("%w: the stored signature does not match its own hash", ErrModifie)
	}
	if err := e.doc.verifier(ctx); err != nil {
		return Recu{}, err
	}
	signe, err := joindre(ctx, sig)
	if err != nil {
		return Recu{}, err
	}
	garde.Recu.Etat, garde.Recu.SigneEmpreinte, garde.Traits = Joint, signe, nil
	v, err := json.Marshal(garde)
	if err != nil {
		return Recu{}, fmt.Errorf("signature: %w", err)
	}
	if err := r.magasin.Write(ctx, cleSignature(&e.doc), v, false); err != nil {
		return Recu{}, err
	}
	r.changer(e, Joint, garde.Recu)
	return garde.Recu, nil
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

func (r *Registre) etat(e *entree) EtatSignature {
	r.mu.Lock()
	defer r.mu.Unlock()
	return e.etat
}

func (r *Registre) changer(e *entree, etat EtatSignature, recu Recu) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.etat == etat {
		return
	}
	e.etat, e.recu = etat, recu
	close(e.change)
	e.change = make(chan struct{})
}

func (r *Registre) garde(ctx context.Context, d *Document) (enregistrement, error) {
	var g enregistrement
	v, err := r.magasin.Read(ctx, cleSignature(d))
	if err != nil {
		return g, err
	}
	if err := json.Unmarshal(v, &g); err != nil {
		return g, fmt.Errorf("signature: record of %s: %w", d.ID(), err)
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

func cleSignature(d *Document) string { return "signature-" + d.objet() }
func cleBrouillon(id string) string   { return "brouillon-" + id }

func etapeRefus(r *Recu) Etape {
	return Etape{Quand: r.Quand, Libelle: "Refus de signer : " + r.Motif, Alerte: true}
}

func erreurEtat(e EtatSignature) error {
	if e == Refuse {
		return ErrRefuse
	}
	return ErrDejaSigne
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
