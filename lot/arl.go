package lot

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// ARL answers one lot, of invoices or of pieces, or all the lots of a message. A positive one says that the caisse
// received the lot: neither that the pieces are legible nor that the invoices will be paid.
type ARL struct {
	// Flux is scor.FluxFactures, scor.FluxPieces, or "" where the profile's ARL doesn't tell.
	Flux     string
	Emetteur string // 14 digits, "" when absent
	// Lot is zero where the ARL names only the message (Compostage) or the file (FichierID); its Date where it has a
	// number only.
	Lot     Cle
	Positif bool
	Code    string
	Libelle string // as the caisse words it; the profile's table has the SDK's
	// Facture is the number of the invoice at fault, 0 when none is named.
	Facture int
	// Compostage is that of the message answered, FichierID the identification of its file; "" when absent.
	Compostage, FichierID string
	Date                  fse.Date
	Heure                 time.Duration // of Date, since midnight; 0 where the ARL doesn't tell it
	Pieces                []PieceARL
	// ParPiece says that each piece has a verdict of its own, in Pieces: of one that isn't named there, nothing is said.
	ParPiece bool
}

// PieceARL is what an ARL says of one piece: named by the identifier that the file of lots had
// (scor.Profil.MemeIdentifiant finds the piece), or by its rank in the lot.
type PieceARL struct {
	ID      string
	Rang    int
	Code    string
	Libelle string
	Facture int
}

// Sorte is "ARL+" or "ARL−".
func (a *ARL) Sorte() string {
	if a.Positif {
		return "ARL+"
	}
	return "ARL−"
}

// ErrSens tells of an ARL whose sense comes from its code, and whose code the profile doesn't have: nothing says
// whether the lot is accepted.
var ErrSens = errors.New("lot: ARL : un code que codes_retour n'a pas, et rien d'autre n'en dit le sens")

// DecodeARL reads the ARL of a file in the layout of the profile. With an error come those that could be read whole:
// half an answer doesn't pass for one.
func DecodeARL(r io.Reader, format *scor.FormatARL, p *scor.Profil) ([]*ARL, error) {
	b := &lectureARL{p: p, porteSens: format.Porte("arl.sens"), porteCode: format.Porte("arl.code")}
	err := format.Fichier.Decode(r, b)
	b.fin()
	if n := len(b.arls); n > 0 && coupe(err) {
		b.arls = b.arls[:n-1] // what refuses a piece may be in what is missing
	}
	if len(b.arls) == 0 && err == nil && len(b.errs) == 0 {
		err = &disposition.Erreur{Nature: disposition.Structure, Message: "aucun enregistrement ne parle d'un lot"}
	}
	return b.arls, joindreErreurs(err, b.errs)
}

// coupe says whether records are missing, or unreadable.
func coupe(err error) bool {
	if err == nil {
		return false
	}
	return slices.ContainsFunc(joindreListe(err), func(err error) bool {
		var e *disposition.Erreur
		return !errors.As(err, &e) || e.Nature == disposition.Structure
	})
}

// lectureARL is the sink of an ARL's layout.
type lectureARL struct {
	p         *scor.Profil
	porteSens bool
	porteCode bool
	poseurs   []func(b *lectureARL, v valeur) error
	arls      []*ARL
	arl       *ARL
	piece     *PieceARL
	sens      bool // told
	fautif    bool
	commun    ARL  // what the file says for all
	ligne     *ARL // what the record of a piece says of the lot, in a file of one line for each piece
	ligneSens bool // it tells the sense
	errs      []error
}

func (b *lectureARL) Lier(donnees []disposition.Donnee) {
	for _, d := range donnees {
		f := poseursARL[d.Nom]
		if f == nil {
			f = func(*lectureARL, valeur) error { return nil }
		}
		b.poseurs = append(b.poseurs, f)
	}
}

func (b *lectureARL) Poser(i int, v valeur) error { return b.poseurs[i](b, v) }

func (b *lectureARL) Contenu(int, io.Reader) error { return errors.New("pas de document dans un ARL") }

// Faute: an ARL that can't be read whole is dropped.
func (b *lectureARL) Faute(e *disposition.Erreur) {
	b.fautif = b.fautif || e.Nature == disposition.ZoneLue
}

func (b *lectureARL) Entrer(p disposition.Pour) {
	switch p {
	case disposition.PourARL:
		a := b.commun
		b.arl, b.sens, b.fautif = &a, false, false
	case disposition.PourARLPiece:
		b.piece, b.ligne, b.ligneSens = &PieceARL{}, &ARL{}, false
	}
}

func (b *lectureARL) Sortir(p disposition.Pour) {
	switch p {
	case disposition.PourARLPiece:
		b.rattacher()
		b.arl.Pieces = append(b.arl.Pieces, *b.piece)
		b.piece, b.ligne = nil, nil
	case disposition.PourARL:
		b.fin()
	}
}

// fin keeps the ARL being read.
func (b *lectureARL) fin() {
	a := b.arl
	b.arl = nil
	if a == nil || b.fautif {
		return
	}
	if !b.sens && !b.porteSens && !b.porteCode {
		// Each piece has its own verdict: the lot is refused by a code that says so.
		a.ParPiece = true
		a.Positif = !slices.ContainsFunc(a.Pieces, func(x PieceARL) bool {
			c, ok := b.p.Code(x.Code)
			return ok && c.Severite == scor.RejetLot
		})
	} else if !b.sens && !b.porteSens {
		c, ok := b.p.Code(a.Code)
		if !ok {
			b.errs = append(b.errs, fmt.Errorf("%w: %q", ErrSens, a.Code))
			return
		}
		a.Positif = c.Severite != scor.RejetLot
	}
	b.arls = append(b.arls, a)
}

// courant is the ARL that a datum is of; what comes before the first is said of all.
func (b *lectureARL) courant() *ARL {
	if b.ligne != nil {
		return b.ligne
	}
	if b.arl != nil {
		return b.arl
	}
	return &b.commun
}

// rattacher finds the answer that the line of a piece belongs to: lines that name another lot, message or file begin
// another.
func (b *lectureARL) rattacher() {
	if b.arl == nil {
		a := b.commun
		b.arl = &a
	}
	x, a := b.ligne, b.arl
	autre := func(lu, deja string) bool { return lu != "" && deja != "" && lu != deja }
	if autre(x.Compostage, a.Compostage) || autre(x.FichierID, a.FichierID) || autre(x.Emetteur, a.Emetteur) ||
		x.Lot.Numero != 0 && a.Lot.Numero != 0 && x.Lot.Numero != a.Lot.Numero ||
		!x.Lot.Date.IsZero() && !a.Lot.Date.IsZero() && x.Lot.Date != a.Lot.Date {
		sens := b.sens
		b.fin()
		suivant := b.commun
		b.arl, b.sens, a = &suivant, sens, &suivant
	}
	premiere := len(a.Pieces) == 0
	poser(&a.Compostage, x.Compostage)
	poser(&a.FichierID, x.FichierID)
	poser(&a.Emetteur, x.Emetteur)
	poser(&a.Flux, x.Flux)
	if x.Lot.Numero != 0 {
		a.Lot.Numero = x.Lot.Numero
	}
	if !x.Lot.Date.IsZero() {
		a.Lot.Date = x.Lot.Date
	}
	if !x.Date.IsZero() {
		a.Date, a.Heure = x.Date, x.Heure
	}
	if b.ligneSens {
		a.Positif, b.sens = x.Positif && (premiere || a.Positif), true
	}
	// Lines of one lot that don't agree: what refuses counts.
	c, connu := b.p.Code(x.Code)
	if x.Code != "" && (a.Code == "" || b.ligneSens && !x.Positif || connu && c.Severite == scor.RejetLot) {
		a.Code, a.Libelle = x.Code, x.Libelle
	}
}

// Completer takes what the profile's patterns found in the message of the ARL: compostage, fichier.
func (a *ARL) Completer(nom, valeur string) {
	switch {
	case nom == "compostage" && a.Compostage == "":
		a.Compostage = valeur
	case nom == "fichier" && a.FichierID == "":
		a.FichierID = valeur
	}
}

var poseursARL = map[string]func(b *lectureARL, v valeur) error{
	"emetteur.numero":    func(b *lectureARL, v valeur) error { b.courant().Emetteur = v.Texte; return nil },
	"message.compostage": func(b *lectureARL, v valeur) error { b.courant().Compostage = v.Texte; return nil },
	"fichier.id":         func(b *lectureARL, v valeur) error { b.courant().FichierID = v.Texte; return nil },
	"lot.numero":         func(b *lectureARL, v valeur) error { b.courant().Lot.Numero = int(v.Nombre); return nil },
	"lot.date":           func(b *lectureARL, v valeur) error { b.courant().Lot.Date = v.Date; return nil },
	"facture.numero": func(b *lectureARL, v valeur) error {
		if b.piece != nil {
			b.piece.Facture = int(v.Nombre)
		} else {
			b.courant().Facture = int(v.Nombre)
		}
		return nil
	},
	"arl.date": func(b *lectureARL, v valeur) error {
		b.courant().Date, b.courant().Heure = v.Date, heureLue(v)
		return nil
	},
	"arl.sens": func(b *lectureARL, v valeur) error {
		b.courant().Positif = v.Texte == scor.SensPositif
		if b.ligneSens = b.ligne != nil; !b.ligneSens {
			b.sens = true
		}
		return nil
	},
	"arl.flux":    func(b *lectureARL, v valeur) error { b.courant().Flux = v.Texte; return nil },
	"arl.code":    func(b *lectureARL, v valeur) error { b.courant().Code = v.Texte; return nil },
	"arl.libelle": func(b *lectureARL, v valeur) error { b.courant().Libelle = v.Texte; return nil },
	"piece.id":    func(b *lectureARL, v valeur) error { b.dePiece().ID = v.Texte; return nil },
	"piece.rang":  func(b *lectureARL, v valeur) error { b.dePiece().Rang = int(v.Nombre); return nil },
	"piece.code":  func(b *lectureARL, v valeur) error { b.dePiece().Code = v.Texte; return nil },
	"piece.libelle": func(b *lectureARL, v valeur) error {
		b.dePiece().Libelle = v.Texte
		return nil
	},
}

func (b *lectureARL) dePiece() *PieceARL {
	if b.piece != nil {
		return b.piece
	}
	return &PieceARL{}
}

// EncodeARL writes answers in the layout of the profile, as a frontal does: for tests.
func EncodeARL(w io.Writer, format *scor.FormatARL, p *scor.Profil, destination Destination, arls ...*ARL) error {
	s := &sourceARL{p: p, d: destination, arls: arls}
	format.Fichier.Zones(func(z *disposition.Zone, _ string) {
		if z.Longueur > 0 && (z.Donnee == "arl.libelle" || z.Donnee == "piece.libelle") {
			if s.libelle == 0 || z.Longueur < s.libelle {
				s.libelle = z.Longueur
			}
		}
	})
	return format.Fichier.Encode(w, s)
}

type sourceARL struct {
	p       *scor.Profil
	d       Destination
	arls    []*ARL
	arl     *ARL
	piece   *PieceARL
	noms    []string
	libelle int
}

func (s *sourceARL) Lier(donnees []disposition.Donnee) {
	for _, d := range donnees {
		s.noms = append(s.noms, d.Nom)
	}
}

func (s *sourceARL) Boucle(p disposition.Pour, f func() error) error {
	if p == disposition.PourARL {
		for _, a := range s.arls {
			s.arl = a
			if err := f(); err != nil {
				return err
			}
		}
		s.arl = nil
		return nil
	}
	if s.arl == nil {
		return nil
	}
	defer func() { s.piece = nil }()
	for i := range s.arl.Pieces {
		s.piece = &s.arl.Pieces[i]
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// tronquer cuts a label at the width of its zone: it's a text for people.
func (s *sourceARL) tronquer(t string) string {
	r := []rune(t)
	if s.libelle > 0 && len(r) > s.libelle {
		r = r[:s.libelle]
	}
	return string(r)
}

func (s *sourceARL) Valeur(i int) (valeur, bool) {
	a := s.arl
	if a == nil {
		a = s.arls[0]
	}
	switch s.noms[i] {
	case "destinataire.type":
		return disposition.VTexte(s.d.Type)
	case "destinataire.numero":
		return disposition.VTexte(s.d.Numero)
	case "destinataire.organisme":
		return disposition.VTexte(s.d.Organisme)
	case "emetteur.numero":
		return disposition.VTexte(a.Emetteur)
	case "message.compostage":
		return disposition.VTexte(a.Compostage)
	case "fichier.id":
		return disposition.VTexte(a.FichierID)
	case "lot.numero":
		return disposition.VNombre(int64(a.Lot.Numero))
	case "lot.date":
		return disposition.VDate(a.Lot.Date)
	case "arl.date":
		return vQuand(a.Date, a.Heure)
	case "arl.sens":
		return disposition.VTexte(map[bool]string{true: scor.SensPositif, false: scor.SensNegatif}[a.Positif])
	case "arl.flux":
		return disposition.VTexte(a.Flux)
	case "arl.code":
		return disposition.VTexte(a.Code)
	case "arl.libelle":
		return disposition.VTexte(s.tronquer(a.Libelle))
	case "arl.pieces":
		return disposition.VNombre(int64(len(a.Pieces)))
	}
	return s.valeurPiece(s.noms[i], a)
}

func (s *sourceARL) valeurPiece(nom string, a *ARL) (valeur, bool) {
	if s.piece == nil {
		if nom == "facture.numero" {
			return disposition.VNombre(int64(a.Facture))
		}
		return valeur{}, false
	}
	switch nom {
	case "facture.numero":
		return disposition.VNombre(int64(s.piece.Facture))
	case "piece.id":
		return disposition.VTexte(s.p.Identifiant(s.piece.ID))
	case "piece.rang":
		return disposition.VNombre(int64(s.piece.Rang))
	case "piece.code":
		return disposition.VTexte(s.piece.Code)
	case "piece.libelle":
		return disposition.VTexte(s.tronquer(s.piece.Libelle))
	}
	return valeur{}, false
}
