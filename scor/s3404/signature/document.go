package signature

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/annule"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Signataire is an authorised signer, as the host's authentication knows it.
type Signataire struct {
	// ID is stable and unique; it is what logs and drafts hold. It is neither a NIR nor a name.
	ID string `json:"id"`
	// Nom and Qualite are written beside the signature: "Mme Claire Vidal", "Responsable facturation".
	Nom     string `json:"nom"`
	Qualite string `json:"qualite,omitempty"`
}

// Document is a bordereau to be signed: all of a lot, or one invoice of it.
type Document struct {
	// Lot is the identifier shown on the screen while signing and written on each page of the bordereau.
	Lot string
	// Facture is the number of the one invoice that is signed; "" when the signature is for the whole lot.
	Facture string
	// Titre is for the list: "Bordereau S3404 — lot 104, 23 factures".
	Titre string
	// Etablissement is the establishment's name, for the screen.
	Etablissement string
	// Empreinte is the SHA-256 of the bytes that Open gives: of what is signed.
	Empreinte scor.Empreinte
	// Taille is the number of bytes.
	Taille int64
	// Open opens the PDF, as often as asked.
	Open func(context.Context) (io.ReadCloser, error)
	// Tableau gives the same data as the PDF to screens without a PDF viewer.
	Tableau Tableau
	// Mandants are the practitioners on whose behalf it may be signed "pour mandat": proposed on the screen, not the only
	// ones allowed.
	Mandants []string
	// Ordre are those who sign, each after the one before has: a document of several signers. Empty: one signature, by any
	// authorised signer.
	Ordre []Attendu
	// OpenSigne opens the signed PDF once there is one, for the copies of those who signed ([Registre.Copie]); nil gives
	// none.
	OpenSigne func(context.Context) (io.ReadCloser, error)
}

// Tableau is the document's data for a screen that cannot show a PDF: a row for each invoice, with the rows of its acts
// under it.
type Tableau struct {
	Entetes  []Entete
	Colonnes []Colonne
	// ColonnesDetail are those of the rows under a row.
	ColonnesDetail []Colonne
	// Taille is the number of rows.
	Taille int
	// Lignes gives the rows from debut (from 0) up to but not including fin.
	Lignes func(debut, fin int) iter.Seq[Ligne]
	// Totaux is the last row.
	Totaux []string
}

// Ligne is a row, with what stands under it.
type Ligne struct {
	Cellules []string
	Details  [][]string
}

// Entete is one fact above the table: "Établissement": "CLINIQUE EXEMPLE".
type Entete struct{ Libelle, Valeur string }

// Colonne is one column; Montant aligns it to the right.
type Colonne struct {
	Titre   string
	Montant bool
}

// ID names what is signed: 32 hexadecimal digits of a SHA-256 over lot, invoice and content. The same bordereau has the
// same name for ever, another content has another; it tells nothing about patients, so that it may stand in a URL.
func (d *Document) ID() string {
	h := sha256.New()
	fmt.Fprintf(h, "scor signature 1\n%q\n%q\n%s\n", d.Lot, d.Facture, d.Empreinte)
	for _, a := range d.Ordre {
		fmt.Fprintf(h, "ordre %q %q\n", a.Signataire, a.Mandant)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// objet names what a signature is for, whatever its content: there is one signature for it.
func (d *Document) objet() string {
	h := sha256.New()
	fmt.Fprintf(h, "scor objet 1\n%q\n%q\n", d.Lot, d.Facture)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// verifier reads the document to its end and says whether it still is what its hash says.
func (d *Document) verifier(ctx context.Context) error {
	r, err := d.Open(ctx)
	if err != nil {
		return fmt.Errorf("signature: open %s: %w", d.ID(), err)
	}
	defer r.Close()
	h := sha256.New()
	n, err := io.Copy(h, annule.Reader(ctx, r))
	if err != nil {
		return fmt.Errorf("signature: read %s: %w", d.ID(), err)
	}
	if lu := scor.Empreinte(h.Sum(nil)); lu != d.Empreinte || n != d.Taille {
		return fmt.Errorf("%w: %s is %d bytes with SHA-256 %s, presented as %d bytes with %s", ErrModifie, d.ID(), n, lu,
			d.Taille, d.Empreinte)
	}
	return nil
}

// EtatSignature says where a document is.
type EtatSignature string

// The states, as they are stored.
const (
	ASigner EtatSignature = "a-signer"
	Signe   EtatSignature = "signe"
	Joint   EtatSignature = "joint"
	Refuse  EtatSignature = "refuse"
)

// Libelle is the state for people, in French.
func (e EtatSignature) Libelle() string {
	switch e {
	case ASigner:
		return "À signer"
	case Signe:
		return "Signé"
	case Joint:
		return "Signature jointe"
	case Refuse:
		return "Signature refusée"
	}
	return string(e)
}

// Brouillon is a signature that is being drawn.
type Brouillon struct {
	// Cle is the idempotency key that the screen chose when it began: 16 to 64 letters, digits, - or _.
	Cle string `json:"cle"`
	// Version grows with each change on the screen; an older one never replaces a newer one.
	Version int64 `json:"version"`
	// Debut is when the first point was drawn, in milliseconds since 1970 by the screen's clock: drawing goes on after a
	// reload with it.
	Debut      int64   `json:"debut,omitempty"`
	Traits     []Trait `json:"traits"`
	PourMandat bool    `json:"pour_mandat"`
	Mandant    string  `json:"mandant,omitempty"`
}

// Demande asks to sign.
type Demande struct {
	Brouillon
	// Empreinte is the hash of what the screen showed.
	Empreinte scor.Empreinte `json:"empreinte"`
}

// Recu is what remains of a signature for ever, without the strokes.
type Recu struct {
	Document   string         `json:"document"`
	Lot        string         `json:"lot"`
	Facture    string         `json:"facture,omitempty"`
	Empreinte  scor.Empreinte `json:"empreinte"`
	Signataire Signataire     `json:"signataire"`
	PourMandat bool           `json:"pour_mandat"`
	Mandant    string         `json:"mandant,omitempty"`
	// Delegation is the reference of the document that gives the mandate ([WithDelegations]).
	Delegation string `json:"delegation,omitempty"`
	// Rang and Sur say which of how many signatures this is, Precedent the Lien of the one before; zero for a document
	// that one signs.
	Rang      int            `json:"rang,omitempty"`
	Sur       int            `json:"sur,omitempty"`
	Precedent scor.Empreinte `json:"precedent,omitzero"`
	// Quand is the server's time, to the millisecond.
	Quand time.Time `json:"quand"`
	// Lien binds all of the above and the strokes.
	Lien scor.Empreinte `json:"lien"`
	// SigneEmpreinte is the hash of the document with the signature embedded; zero before that.
	SigneEmpreinte scor.Empreinte `json:"signe_empreinte,omitzero"`
	Etat           EtatSignature  `json:"etat"`
	// Motif is why the signer refused, in French; it may speak of a patient.
	Motif string `json:"motif,omitempty"`
}

// Signature is a receipt with its strokes, handed out once by [Registre.Utiliser].
type Signature struct {
	Recu
	Traits []Trait
	// Avant are the signatures given before this one, in their order.
	Avant []Signature
}

// Calculer gives the hash that binds document, signer, mandate, time and strokes; it equals Lien unless something was
// changed.
func (s *Signature) Calculer() scor.Empreinte {
	h := sha256.New()
	fmt.Fprintf(h, "scor lien 1\n%s\n%q\n%q\n%s\n%q %q %q\n%t %q\n%s\n", s.Document, s.Lot, s.Facture, s.Empreinte,
		s.Signataire.ID, s.Signataire.Nom, s.Signataire.Qualite, s.PourMandat, s.Mandant,
		s.Quand.UTC().Format("2006-01-02T15:04:05.000Z"))
	if s.Delegation != "" {
		fmt.Fprintf(h, "delegation %q\n", s.Delegation)
	}
	if s.Sur > 0 {
		fmt.Fprintf(h, "rang %d %d %s\n", s.Rang, s.Sur, s.Precedent)
	}
	for _, t := range s.Traits {
		for _, p := range t {
			fmt.Fprintf(h, "%d %d %d %d,", p.X, p.Y, p.P, p.T)
		}
		io.WriteString(h, "\n")
	}
	return scor.Empreinte(h.Sum(nil))
}

// Errors that callers tell apart.
var (
	ErrInconnu      = errors.New("signature: no such document")
	ErrModifie      = errors.New("signature: the document is not the one that was presented")
	ErrDejaSigne    = errors.New("signature: already signed")
	ErrDejaUtilisee = errors.New("signature: already used and deleted")
	ErrNonSigne     = errors.New("signature: not signed yet")
	ErrRefuse       = errors.New("signature: the signer refused")
	ErrTraits       = errors.New("signature: strokes that cannot be")
	ErrVide         = errors.New("signature: not enough drawn for a signature")
	ErrMandant      = errors.New("signature: pour mandat without the name of who mandates")
	ErrDelai        = errors.New("signature: the signer may still take it back")
	ErrAutre        = errors.New("signature: given by another signer")
	ErrSignataire   = errors.New("signature: the signer cannot be written beside the signature")
	ErrMotif        = errors.New("signature: a refusal needs a reason of at most 500 printable characters")
	ErrCle          = errors.New("signature: idempotency key missing or malformed")
)
