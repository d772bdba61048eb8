package suivi

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Lecture is what a return that the host deposited did.
type Lecture struct {
	Reception string // key of the message received, in the journal
	Connu     bool   // it was deposited before: nothing is done again
	Etat      journal.Etat
	Effets    int    // steps taken
	Texte     string // in French: what nothing was made of, or what is to look at; "" when all is well
}

// DeposerRetour takes a return that the host received itself, already read: the ARL of FSE that its own software sends,
// an ANR of its mail system, an RSP. It is kept as proof, read at once, and has the same effects as one found in a
// mailbox. The same ARL or RSP again changes nothing; an ANR or MdS counts once for each transmission of the message
// that it names.
func (s *Suivi) DeposerRetour(ctx context.Context, x retour.Retour) (Lecture, error) {
	b, err := s.coderRetour(ctx, x)
	if err != nil {
		return Lecture{}, err
	}
	return s.deposerRetour(ctx, bytes.NewReader(b), modeDepose)
}

// DeposerRetourBrut takes a message that the host received itself, as it came (RFC 5322), and reads it at once.
func (s *Suivi) DeposerRetourBrut(ctx context.Context, message io.Reader) (Lecture, error) {
	return s.deposerRetour(ctx, message, "")
}

// modeDepose marks a reception whose bytes are a return that the host read itself.
const modeDepose = "depose"

// sourceDepot is the Source of what no mailbox brought.
const sourceDepot = "depot"

func (s *Suivi) deposerRetour(ctx context.Context, r io.Reader, mode string) (Lecture, error) {
	var l Lecture
	e, n, err := s.c.Coffre.Deposer(ctx, r)
	if err != nil {
		return l, err
	}
	l.Reception = hex.EncodeToString(e[:])
	l.Connu, err = s.noterReception(ctx, e, n, sourceDepot, mode)
	if err != nil {
		return l, err
	}
	for {
		o, err := journal.Trouver(ctx, s.c.Journal, journal.Reception, l.Reception)
		if err != nil {
			return l, err
		}
		l.Etat, l.Effets = o.Etat, int(o.Nombre)
		if o.Attention > 0 {
			l.Texte = o.Motif
		}
		if o.Etat != journal.Recu {
			return l, nil
		}
		err = s.lire(ctx, &o)
		var carte *erreurAttente
		if errors.As(err, &carte) { // kept: a round reads it once the card answers
			l.Texte = motifCarte
			return l, nil
		}
		if err != nil && !errors.Is(err, journal.ErrConflit) {
			return l, err
		}
	}
}

// recevoir keeps the bytes of a message received, then notes it.
func (s *Suivi) recevoir(ctx context.Context, r io.Reader, source, mode string) error {
	e, n, err := s.c.Coffre.Deposer(ctx, r)
	if err != nil {
		return err
	}
	_, err = s.noterReception(ctx, e, n, source, mode)
	return err
}

func (s *Suivi) noterReception(ctx context.Context, e [32]byte, n int64, source, mode string) (connu bool, err error) {
	cle := hex.EncodeToString(e[:])
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Reception, cle)
	if err != nil || o.Version > 0 {
		return o.Version > 0, err
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return false, err
	}
	err = s.ecrire(ctx, nouveauGeste(quand).nouveau(journal.Reception, cle, journal.Recevoir,
		journal.Champs{Empreinte: cle, Octets: n, Source: source, Mode: mode, Echeance: us(quand)}))
	if errors.Is(err, journal.ErrConflit) {
		return true, nil
	}
	return false, err
}

// retourGarde is a return as it is kept, in a form of its own: a public struct may change.
type retourGarde struct {
	Version      int          `json:"v"`
	Transmission int64        `json:"transmission,omitempty"` // of the message named, for what is said of a transmission
	ARL          *arlGarde    `json:"arl,omitempty"`
	MdS          *mdsGarde    `json:"mds,omitempty"`
	ANR          *anrGarde    `json:"anr,omitempty"`
	RSP          *rspGarde    `json:"rsp,omitempty"`
	Pieces       []pieceGarde `json:"pieces,omitempty"`
}

type arlGarde struct {
	Flux       string `json:"flux,omitempty"`
	Emetteur   string `json:"emetteur,omitempty"`
	Lot        int    `json:"lot"`
	DateLot    string `json:"date_lot,omitempty"` // AAAAMMJJ
	Positif    bool   `json:"positif"`
	Code       string `json:"code,omitempty"`
	Libelle    string `json:"libelle,omitempty"`
	Facture    int    `json:"facture,omitempty"`
	Compostage string `json:"compostage,omitempty"`
	Date       string `json:"date,omitempty"`
	FichierID  string `json:"fichier,omitempty"`
	ParPiece   bool   `json:"par_piece,omitempty"`
	// Heure is that of Date, in nanoseconds since midnight.
	Heure time.Duration `json:"heure,omitempty"`
}

type pieceGarde struct {
	ID      string `json:"id,omitempty"`
	Rang    int    `json:"rang,omitempty"`
	Code    string `json:"code,omitempty"`
	Libelle string `json:"libelle,omitempty"`
	Facture int    `json:"facture,omitempty"`
}

type mdsGarde struct {
	Code       string `json:"code,omitempty"`
	Compostage string `json:"compostage,omitempty"`
	MessageID  string `json:"message,omitempty"`
	Texte      string `json:"texte,omitempty"`
}

type anrGarde struct {
	MessageID    string `json:"message,omitempty"`
	EnveloppeID  string `json:"enveloppe,omitempty"`
	Douteux      bool   `json:"douteux,omitempty"`
	Destinataire string `json:"destinataire,omitempty"`
	Definitif    bool   `json:"definitif"`
	Code         string `json:"code,omitempty"`
	Diagnostic   string `json:"diagnostic,omitempty"`
}

type rspGarde struct {
	Contenu     []byte `json:"contenu"`
	Description string `json:"description,omitempty"`
}

const versionRetourGarde = 1

// ErrRetour says that a deposited return names nothing by which it could be told apart.
var ErrRetour = errors.New("suivi: return that names no lot and no message")

func (s *Suivi) coderRetour(ctx context.Context, x retour.Retour) ([]byte, error) {
	g := retourGarde{Version: versionRetourGarde}
	switch x := x.(type) {
	case *retour.ARL:
		if x.Lot == (lot.Cle{}) && x.Compostage == "" && x.FichierID == "" {
			return nil, ErrRetour
		}
		g.ARL = &arlGarde{x.Flux, x.Emetteur, x.Lot.Numero, texteDate(x.Lot.Date), x.Positif, x.Code, x.Libelle, x.Facture,
			x.Compostage, texteDate(x.Date), x.FichierID, x.ParPiece, x.Heure}
		for _, p := range x.Pieces {
			g.Pieces = append(g.Pieces, pieceGarde(p))
		}
	case *retour.MdS:
		g.MdS = &mdsGarde{x.Code, x.Compostage, x.MessageID, x.Texte}
		return s.coderAvis(ctx, g, x.Compostage, x.MessageID)
	case *retour.ANR:
		g.ANR = &anrGarde{x.MessageID, x.EnveloppeID, x.Douteux, x.Destinataire, x.Definitif, x.Code, x.Diagnostic}
		return s.coderAvis(ctx, g, x.EnveloppeID, x.MessageID)
	case *retour.RSP:
		g.RSP = &rspGarde{x.Contenu, x.Description}
	default:
		return nil, fmt.Errorf("%w: %T", ErrRetour, x)
	}
	return json.Marshal(g)
}

// coderAvis: what is said of a message is said of its last transmission.
func (s *Suivi) coderAvis(ctx context.Context, g retourGarde, compostage, id string) ([]byte, error) {
	if compostage == "" && id == "" {
		return nil, ErrRetour
	}
	m, err := s.decider(ctx, nil).messageNomme(ctx, compostage, id)
	if err != nil {
		return nil, err
	}
	if m != nil {
		g.Transmission = m.Essais
	}
	return json.Marshal(g)
}

func decoderRetour(r io.Reader) ([]retour.Retour, error) {
	var g retourGarde
	if err := json.NewDecoder(r).Decode(&g); err != nil {
		return nil, fmt.Errorf("suivi: deposited return: %w", err)
	}
	if g.Version != versionRetourGarde {
		return nil, fmt.Errorf("suivi: deposited return of version %d, expected %d", g.Version, versionRetourGarde)
	}
	switch {
	case g.ARL != nil:
		a := &retour.ARL{Flux: g.ARL.Flux, Emetteur: g.ARL.Emetteur, Positif: g.ARL.Positif, Code: g.ARL.Code,
			Libelle: g.ARL.Libelle, Facture: g.ARL.Facture, Compostage: g.ARL.Compostage, FichierID: g.ARL.FichierID,
			ParPiece: g.ARL.ParPiece, Heure: g.ARL.Heure,
			Lot: lot.Cle{Numero: g.ARL.Lot}}
		var err, err2 error
		a.Lot.Date, err = lireDate(g.ARL.DateLot)
		a.Date, err2 = lireDate(g.ARL.Date)
		for _, p := range g.Pieces {
			a.Pieces = append(a.Pieces, retour.PieceARL(p))
		}
		return []retour.Retour{a}, errors.Join(err, err2)
	case g.MdS != nil:
		return []retour.Retour{&retour.MdS{Code: g.MdS.Code, Compostage: g.MdS.Compostage, MessageID: g.MdS.MessageID,
			Texte: g.MdS.Texte}}, nil
	case g.ANR != nil:
		return []retour.Retour{&retour.ANR{MessageID: g.ANR.MessageID, EnveloppeID: g.ANR.EnveloppeID,
			Douteux: g.ANR.Douteux, Destinataire: g.ANR.Destinataire,
			Definitif: g.ANR.Definitif, Code: g.ANR.Code, Diagnostic: g.ANR.Diagnostic}}, nil
	case g.RSP != nil:
		return []retour.Retour{&retour.RSP{Contenu: g.RSP.Contenu, Description: g.RSP.Description}}, nil
	}
	return nil, ErrRetour
}

func texteDate(d fse.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.AAAAMMJJ()
}

func lireDate(s string) (fse.Date, error) {
	if s == "" {
		return fse.Date{}, nil
	}
	return fse.ParseAAAAMMJJ(s)
}
