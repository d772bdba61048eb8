package journal

import "fmt"

// Levels of Champs.Attention.
const (
	AVoir  = 1
	AFaire = 2
	Urgent = 3
)

// Vue is what a guard looks at. Parent and Dans are the objects that the event (or else the object) names in those
// fields, nil where Lies doesn't ask for them.
type Vue struct {
	Avant  *Objet // zero version: not yet there
	Ev     *Evenement
	Parent *Objet
	Dans   *Objet
}

// Garde is a named condition of a transition. Nom is French, for the diagram.
type Garde struct {
	Nom string
	Si  func(Vue) bool
}

// Transition is one line of the table: in a state of De, Type leads to Vers if Garde allows. The first line that fits
// is taken.
type Transition struct {
	Genre Genre
	De    []Etat
	Type  Type
	Garde *Garde
	Vers  Etat // Meme: stays in the state it has
	// Attention is what the new state asks of a person; the event may ask for more.
	Attention int64
	// SansEffet: right to receive, nothing to record (a duplicate, a late answer). Preparer refuses to write it.
	SansEffet bool
}

// Meme as Vers leaves the state as it is.
const Meme Etat = "="

var (
	sousLaLimite = &Garde{"essais < limite", func(v Vue) bool { return v.Avant.Essais < v.Avant.EssaisMax }}
	renvoye      = &Garde{"déjà renvoyé", func(v Vue) bool { return v.Avant.Essais > 1 }}
	lotAccepte   = &Garde{"lot de factures ARL+", func(v Vue) bool {
		return v.Parent != nil && (v.Parent.Etat == ARLPositif || v.Parent.Etat == Clos)
	}}
	lotNouveau = &Garde{"lot SCOR constitué par le même geste", func(v Vue) bool {
		return v.Dans != nil && v.Dans.Etat == Constitue && v.Dans.Version == 1
	}}
	lotDissous = &Garde{"lot SCOR dissous", func(v Vue) bool {
		if v.Dans == nil {
			return false
		}
		switch v.Dans.Etat {
		case Reconstitue, Manuel, Papier, Annule:
			return true
		}
		return false
	}}
	jamaisParti = &Garde{"jamais parti", func(v Vue) bool { return v.Avant.Essais == 0 }}
	contenuFixe = &Garde{"octets au coffre", func(v Vue) bool { return v.Ev.Champs.Empreinte != "" }}
	nouveauScan = &Garde{"image ou référence", func(v Vue) bool {
		return v.Ev.Champs.Empreinte != "" || v.Ev.Champs.Reference != ""
	}}
)

func etats(e ...Etat) []Etat { return e }

// table says every transition. What isn't here can't happen: the stores refuse it.
var table = concat(
	lignesLot(LotFactures),
	lignesLot(LotScor),
	[]Transition{
		{Genre: LotFactures, De: etats(ARLPositif), Type: Rouvrir, Vers: Meme},
		{Genre: LotFactures, De: etats(ARLPositif), Type: Joindre, Vers: Meme},
		{Genre: LotScor, De: etats(LimiteEssais, MdS, ARLNegatif, ANR), Type: PasserPapier, Vers: Papier},
		{Genre: LotScor, De: etats(ARLPositif), Type: EntrerVerification, Vers: Verification},
		{Genre: LotScor, De: etats(Papier, Verification), Type: Transmettre, SansEffet: true},
		{Genre: LotScor, De: etats(Papier), Type: RecevoirARLPositif, Vers: Meme, Attention: AFaire},
		{Genre: LotScor, De: etats(Papier), Type: RecevoirARLNegatif, SansEffet: true},
		{Genre: LotScor, De: etats(Papier), Type: RecevoirMdS, SansEffet: true},
		{Genre: LotScor, De: etats(Papier), Type: RecevoirANR, SansEffet: true},
		{Genre: LotScor, De: etats(Verification), Type: RecevoirARLPositif, SansEffet: true},
		{Genre: LotScor, De: etats(Verification), Type: RecevoirARLNegatif, Vers: Meme, Attention: AVoir},
		{Genre: LotScor, De: etats(Verification), Type: RecevoirMdS, SansEffet: true},
		{Genre: LotScor, De: etats(Verification), Type: RecevoirANR, SansEffet: true},
		{Genre: LotScor, De: etats(Verification, Papier), Type: Clore, Vers: Clos},

		{Genre: Piece, De: etats(Neant, Refuse, Constitue, ARLNegatif, Rejet), Type: Deposer, Garde: nouveauScan,
			Vers: Constitue},
		{Genre: Piece, De: etats(Neant, Refuse, Constitue), Type: Refuser, Vers: Refuse, Attention: AFaire},
		{Genre: Piece, De: etats(Constitue), Type: Enlotter, Garde: lotNouveau, Vers: EnLot},
		{Genre: Piece, De: etats(EnLot, ARLNegatif), Type: RecevoirARLPositif, Vers: ARLPositif},
		{Genre: Piece, De: etats(EnLot), Type: RecevoirARLNegatif, Vers: ARLNegatif, Attention: AFaire},
		{Genre: Piece, De: etats(EnLot), Type: Delier, Garde: lotDissous, Vers: Constitue},
		{Genre: Piece, De: etats(ARLNegatif, Rejet, ARLPositif), Type: Reclamer, Vers: Constitue},
		{Genre: Piece, De: etats(Constitue, Refuse), Type: Relier, Vers: Meme},
		{Genre: Piece, De: etats(ARLNegatif, Rejet, ARLPositif), Type: Relier, Vers: Constitue},
		{Genre: Piece, De: etats(ARLPositif), Type: Rejeter, Vers: Rejet, Attention: AFaire},
		{Genre: Piece, De: etats(Constitue, Refuse, ARLNegatif, Rejet), Type: PasserPapier, Vers: Papier},
		{Genre: Piece, De: etats(Constitue, Refuse, ARLNegatif, Rejet), Type: MarquerManuel, Vers: Manuel},
		{Genre: Piece, De: etats(ARLPositif, Papier, Manuel, Rejet), Type: Clore, Vers: Clos},
		{Genre: Piece, De: etats(Clos), Type: Purger, Vers: Purge},

		{Genre: Message, De: etats(Neant), Type: Reserver, Vers: Reserve},
		{Genre: Message, De: etats(Reserve), Type: Composer, Garde: contenuFixe, Vers: Constitue},
		{Genre: Message, De: etats(Constitue, Echec, EnEnvoi), Type: Tenter, Vers: EnEnvoi},
		{Genre: Message, De: etats(EnEnvoi), Type: Remettre, Vers: Transmis},
		{Genre: Message, De: etats(EnEnvoi), Type: Echouer, Vers: Echec},
		{Genre: Message, De: etats(EnEnvoi), Type: Refuser, Vers: Refuse, Attention: Urgent},
		{Genre: Message, De: etats(Transmis), Type: Renvoyer, Garde: sousLaLimite, Vers: Constitue},
		{Genre: Message, De: etats(Refuse, Echec), Type: Renvoyer, Vers: Constitue},
		{Genre: Message, De: etats(Reserve, Constitue, Echec, EnEnvoi, Refuse), Type: Abandonner, Vers: Abandonne},

		{Genre: Message, De: etats(Transmis, Abandonne), Type: Purger, Vers: Purge},

		{Genre: Reception, De: etats(Neant), Type: Recevoir, Garde: contenuFixe, Vers: Recu},
		{Genre: Reception, De: etats(Recu, Illisible), Type: Traiter, Vers: Traite},
		{Genre: Reception, De: etats(Recu), Type: Ignorer, Vers: Illisible, Attention: AFaire},
		{Genre: Reception, De: etats(Illisible, Traite), Type: Clore, Vers: Clos},

		{Genre: Reception, De: etats(Traite, Clos), Type: Purger, Vers: Purge},

		{Genre: Facture, De: etats(Neant), Type: Enregistrer, Vers: Enregistre},
		{Genre: Facture, De: etats(Enregistre, Incomplet), Type: Manquer, Vers: Incomplet, Attention: AFaire},
		{Genre: Facture, De: etats(Incomplet), Type: Completer, Vers: Enregistre},
		{Genre: Facture, De: etats(Enregistre, Incomplet, Signale, Rejet, Paye), Type: Payer, Vers: Paye},
		{Genre: Facture, De: etats(Enregistre, Incomplet, Signale, Paye), Type: Signaler, Vers: Signale, Attention: AVoir},
		{Genre: Facture, De: etats(Enregistre, Incomplet, Signale, Paye, Rejet), Type: Rejeter, Vers: Rejet,
			Attention: AFaire},
		{Genre: Facture, De: etats(Refacture), Type: Rejeter, SansEffet: true},
		// Closed by a person, then heard of again.
		{Genre: Facture, De: etats(Clos), Type: Rejeter, Vers: Rejet, Attention: AFaire},
		{Genre: Facture, De: etats(Clos), Type: Signaler, Vers: Meme, Attention: AVoir},
		{Genre: Facture, De: etats(Clos), Type: Payer, Vers: Meme},
		{Genre: Facture, De: etats(Refacture), Type: Payer, Vers: Meme, Attention: Urgent},
		{Genre: Facture, De: etats(Enregistre, Incomplet, Signale, Rejet), Type: Refacturer, Vers: Refacture},
		{Genre: Facture, De: etats(Enregistre, Incomplet, Paye, Signale, Rejet, Refacture), Type: Clore, Vers: Clos},

		{Genre: Cabinet, De: etats(Neant, Courant), Type: Demarrer, Vers: Verification},
		{Genre: Cabinet, De: etats(Verification), Type: Conclure, Vers: Courant},
		{Genre: Cabinet, De: etats(Neant), Type: Noter, Vers: Courant},
	},
)

// lignesLot are the lines that invoices' lots and SCOR lots share.
func lignesLot(g Genre) []Transition {
	var debut *Garde
	if g == LotScor {
		debut = lotAccepte
	}
	return []Transition{
		{Genre: g, De: etats(Neant), Type: Constituer, Garde: debut, Vers: Constitue},
		{Genre: g, De: etats(Constitue), Type: Annuler, Garde: jamaisParti, Vers: Annule},
		{Genre: g, De: etats(Constitue, Transmis, ANR), Type: Transmettre, Vers: Transmis},
		// An answer before the proof of sending: the crash lost the proof, the frontal has the lot.
		{Genre: g, De: etats(Constitue, Transmis, ANR, MdS, LimiteEssais, ARLNegatif), Type: RecevoirARLPositif,
			Vers: ARLPositif},
		{Genre: g, De: etats(Constitue, Transmis, ANR, MdS, LimiteEssais), Type: RecevoirARLNegatif, Vers: ARLNegatif,
			Attention: AFaire},
		{Genre: g, De: etats(Constitue, Transmis, ANR, LimiteEssais), Type: RecevoirMdS, Vers: MdS, Attention: AFaire},
		{Genre: g, De: etats(Constitue, Transmis), Type: RecevoirANR, Garde: sousLaLimite, Vers: ANR},
		{Genre: g, De: etats(Constitue, Transmis), Type: RecevoirANR, Vers: LimiteEssais, Attention: Urgent},
		{Genre: g, De: etats(Constitue, Transmis, ANR), Type: Epuiser, Vers: LimiteEssais, Attention: Urgent},
		// The lot was sent again after an ANR: the second copy is refused as a double of the first, already accepted.
		{Genre: g, De: etats(ARLPositif), Type: RecevoirARLNegatif, Garde: renvoye, SansEffet: true},
		{Genre: g, De: etats(ARLPositif), Type: RecevoirARLNegatif, Vers: Meme, Attention: AVoir},
		{Genre: g, De: etats(ARLPositif, Clos, Annule, Purge), Type: RecevoirARLPositif, SansEffet: true},
		{Genre: g, De: etats(ARLPositif, ARLNegatif, MdS, Reconstitue, Manuel, Clos, Annule, Purge), Type: RecevoirMdS,
			SansEffet: true},
		{Genre: g, De: etats(ARLPositif, ARLNegatif, MdS, ANR, LimiteEssais, Reconstitue, Manuel, Clos, Annule, Purge),
			Type: RecevoirANR, SansEffet: true},
		{Genre: g, De: etats(ARLNegatif, Reconstitue, Manuel, Clos, Annule, Purge), Type: RecevoirARLNegatif,
			SansEffet: true},
		// Accepted after all, when another lot already took over: somebody has to look, nothing is sent by itself.
		{Genre: g, De: etats(Reconstitue, Manuel), Type: RecevoirARLPositif, Vers: Meme, Attention: AFaire},
		{Genre: g, De: etats(ARLNegatif, MdS, LimiteEssais), Type: Reconstituer, Vers: Reconstitue},
		{Genre: g, De: etats(ARLNegatif, MdS, ANR, LimiteEssais), Type: MarquerManuel, Vers: Manuel},
		// The answer, or the end of the delay, was journaled before the proof of sending.
		{Genre: g, De: etats(LimiteEssais), Type: Transmettre, Vers: Transmis},
		{Genre: g, De: etats(ARLPositif, ARLNegatif, MdS, Reconstitue, Manuel, Clos, Purge), Type: Transmettre,
			SansEffet: true},
		{Genre: g, De: etats(ARLPositif, Reconstitue, Manuel, Annule), Type: Clore, Vers: Clos},
		{Genre: g, De: etats(Clos), Type: Purger, Vers: Purge},
	}
}

func concat(l ...[]Transition) []Transition {
	var t []Transition
	for _, x := range l {
		t = append(t, x...)
	}
	return t
}

// Table is a copy of the table of transitions.
func Table() []Transition { return append([]Transition(nil), table...) }

type entree struct {
	g Genre
	e Etat
	t Type
}

var parEntree = func() map[entree][]*Transition {
	m := map[entree][]*Transition{}
	for i := range table {
		for _, e := range table[i].De {
			k := entree{table[i].Genre, e, table[i].Type}
			m[k] = append(m[k], &table[i])
		}
	}
	return m
}()

// ErreurTransition is an event that the table doesn't allow.
type ErreurTransition struct {
	Genre Genre
	Cle   string
	De    Etat
	Type  Type
	Garde string // the guard that refused, if any
}

func (e *ErreurTransition) Error() string {
	s := fmt.Sprintf("journal: %s %q in state %q: event %q not allowed", e.Genre, e.Cle, e.De, e.Type)
	if e.Garde != "" {
		s += " (guard: " + e.Garde + ")"
	}
	return s
}

// note lets any object that exists carry a remark without changing its state.
var note = &Transition{Type: Noter, Vers: Meme}

// Suivante finds the line of the table for v, nil with an *ErreurTransition when there is none.
func Suivante(v Vue) (*Transition, error) {
	var garde string
	for _, t := range parEntree[entree{v.Ev.Genre, v.Avant.Etat, v.Ev.Type}] {
		if t.Garde == nil || t.Garde.Si(v) {
			return t, nil
		}
		garde = t.Garde.Nom
	}
	if v.Ev.Type == Noter && v.Avant.Version > 0 {
		return note, nil
	}
	return nil, &ErreurTransition{Genre: v.Ev.Genre, Cle: v.Ev.Cle, De: v.Avant.Etat, Type: v.Ev.Type, Garde: garde}
}
