package scor

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// Profil holds everything that the restricted specifications fix and that an SDK therefore cannot contain: limits,
// codes, layouts, conventions of the messages, how returns are recognised, delays. It is read from a file that people
// edit ([ParseProfil]).
//
// A profile may extend a shipped one (etend): it then holds only what differs. The language is in docs/profil.md, and
// as a JSON Schema for text editors in docs/profil.schema.json.
type Profil struct {
	// Etend names the shipped profile ("reference", "scor-cp") that this one changes.
	Etend         string                `yaml:"etend"`
	Nom           string                `yaml:"profil"`
	Version       string                `yaml:"version"`
	Avertissement string                `yaml:"avertissement"`
	Source        string                `yaml:"source"`
	Numerisation  ProfilNumerisation    `yaml:"numerisation"`
	Limites       Limites               `yaml:"limites"`
	Types         []TypePiece           `yaml:"types_piece"`
	Codes         []CodeRetour          `yaml:"codes_retour"`
	Lot           disposition.Format    `yaml:"lot"`
	Message       FormatMessage         `yaml:"message"`
	Factures      FormatMessageFactures `yaml:"message_factures"`
	Retours       FormatRetours         `yaml:"retours"`
	Delais        Delais                `yaml:"delais"`
	Signature     ProfilSignature       `yaml:"signature"`

	ids identifiants
}

// ProfilNumerisation says what a scan must be.
type ProfilNumerisation struct {
	// DPIMin is the least resolution, in both axes, in dots per inch; DPIMax the resolution that a page is reduced to when
	// it is too heavy.
	DPIMin float64 `yaml:"dpi_min"`
	DPIMax float64 `yaml:"dpi_max"`
	// PageMin is the least page in millimetres, short side first; ToleranceMM is forgiven on each side.
	PageMin     [2]float64 `yaml:"page_min_mm"`
	ToleranceMM float64    `yaml:"tolerance_mm"`
	// Greatest sizes in bytes; 0 means no limit.
	OctetsParPage  int64 `yaml:"octets_par_page"`
	OctetsParPiece int64 `yaml:"octets_par_piece"`
	PagesMax       int   `yaml:"pages_max"`
	// MemoireParPage bounds the memory, in bytes, that decoding one page may take.
	MemoireParPage int64 `yaml:"memoire_par_page"`
	// FormatPDF is the flavour that is produced: "PDF/A-1b".
	FormatPDF string `yaml:"format_pdf"`
	// Transformations are those that a page may undergo, in the order in which they are tried: see [Transformations].
	Transformations []string `yaml:"transformations"`
	Source          string   `yaml:"source"`
}

// The names that ProfilNumerisation.Transformations may hold.
const (
	Tourner     = "tourner"
	Redresser   = "redresser"
	Rogner      = "rogner"
	Reduire     = "reduire"
	Gris        = "gris"
	NoirEtBlanc = "noir-et-blanc"
)

// Transformations lists the names that a profile may allow.
func Transformations() []string {
	return []string{Tourner, Redresser, Rogner, Reduire, Gris, NoirEtBlanc}
}

// Limites bounds lots and messages; 0 means no limit.
type Limites struct {
	PairesParLot     int   `yaml:"paires_par_lot"`
	DocumentsParLot  int   `yaml:"documents_par_lot"`
	OctetsParLot     int64 `yaml:"octets_par_lot"`
	LotsParMessage   int   `yaml:"lots_par_message"`
	OctetsParMessage int64 `yaml:"octets_par_message"`
}

// TypePiece gives a kind of piece its code on the wire.
type TypePiece struct {
	Nom     string `yaml:"nom"`
	Code    string `yaml:"code"`
	Libelle string `yaml:"libelle"`
}

// Severite tells what a code of a return means for what was sent.
type Severite string

const (
	Information Severite = "information" // nothing to do
	Alerte      Severite = "alerte"      // received, but a person should know
	RejetPiece  Severite = "rejet-piece" // this piece is refused, the others stand
	RejetLot    Severite = "rejet-lot"   // the whole lot is refused
)

// CodeRetour explains a code of an ARL or a message de service to the person who has to act.
type CodeRetour struct {
	Code     string   `yaml:"code"`
	Libelle  string   `yaml:"libelle"`
	Severite Severite `yaml:"severite"`
	// Action is what the user is told to do, in French.
	Action string `yaml:"action"`
}

// FormatMessage says how lots of pieces travel.
type FormatMessage struct {
	// Par is what a message is made for: fichier (as many lots as the limits allow), lot, facture or piece (one to a
	// message).
	Par disposition.Pour `yaml:"par" valeurs:"fichier|lot|facture|piece|document"`
	// Adresse, Sujet… are templates: see [DonneesMessage].
	Adresse Gabarit `yaml:"adresse"`
	Sujet   Gabarit `yaml:"sujet"`
	// Entetes are header fields of the message besides those of the mail, by name ("X-Compostage").
	Entetes map[string]Gabarit `yaml:"entetes"`
	// The usual message is the file of lots, then a part for each document; Parties says any other.
	TypeLot             string          `yaml:"type_lot"`
	NomLot              Gabarit         `yaml:"nom_lot"`
	DescriptionLot      Gabarit         `yaml:"description_lot"`
	TypeDocument        string          `yaml:"type_document"`
	NomDocument         Gabarit         `yaml:"nom_document"`
	DescriptionDocument Gabarit         `yaml:"description_document"`
	CompressionLot      bool            `yaml:"compression_lot"`
	CompressionDocument bool            `yaml:"compression_documents"`
	Parties             []FormatPartie  `yaml:"parties"`
	Enveloppe           FormatEnveloppe `yaml:"enveloppe"`
}

// What a part holds.
const (
	PartieLot      = "lot"      // the file of lots, or what of it is for one lot, invoice or piece
	PartieDocument = "document" // a document
	PartieZIP      = "zip"      // an archive of Entrees
	PartieTAR      = "tar"      // the same, in a TAR
	PartieTexte    = "texte"    // a text for people, or for their mail program
)

// FormatPartie is a part of a message, or an entry of an archive.
type FormatPartie struct {
	// Contenu is lot, document, zip, tar or texte; Texte is the latter's template.
	Contenu string  `yaml:"contenu" valeurs:"lot|document|zip|tar|texte"`
	Texte   Gabarit `yaml:"texte"`
	// Pour is what there is one for: fichier (the default), lot, facture, piece or document.
	Pour        disposition.Pour `yaml:"pour" valeurs:"fichier|lot|facture|piece|document"`
	Type        string           `yaml:"type"`
	Nom         Gabarit          `yaml:"nom"`
	Description Gabarit          `yaml:"description"`
	Compression bool             `yaml:"compression"`
	Entrees     []FormatPartie   `yaml:"entrees"`
}

func (p *FormatPartie) archive() bool { return p.Contenu == PartieZIP || p.Contenu == PartieTAR }

// FormatEnveloppe says how a message is enclosed.
type FormatEnveloppe struct {
	// Chiffrement is aes-128-cbc, aes-192-cbc, aes-256-cbc, aes-128-gcm, aes-256-gcm, 3des or aucun; TransportCle
	// pkcs1v15, oaep or oaep-sha256.
	Chiffrement        string `yaml:"chiffrement"`
	TransportCle       string `yaml:"transport_cle"`
	MultipartExterne   bool   `yaml:"multipart_externe"`
	DescriptionExterne bool   `yaml:"description_externe"`
	XSVChiffrement     string `yaml:"x_sv_chiffrement"`
	// LigneBase64 is the length of a base64 line in the clear part; 0 is the field's 76.
	LigneBase64 int `yaml:"ligne_base64"`
}

// FormatMessageFactures holds what differs between the known senders of the public IRIS/B2 mail: everything else of it
// is public.
type FormatMessageFactures struct {
	// Version is the six digits behind IR in the Subject, or nothing.
	Version     string          `yaml:"version"`
	Compression bool            `yaml:"compression"`
	Test        bool            `yaml:"test"`
	Enveloppe   FormatEnveloppe `yaml:"enveloppe"`
}

// FormatRetours says how what comes back is recognised and read.
type FormatRetours struct {
	// ARL is that of lots of pieces, and of lots of invoices too unless ARLFactures is given.
	ARL         FormatARL  `yaml:"arl"`
	ARLFactures *FormatARL `yaml:"arl_factures"`
	MdS         FormatMdS  `yaml:"mds"`
	RSP         FormatRSP  `yaml:"rsp"`
}

// Reconnaissance recognises a part of a message: all the patterns given must match. They are RE2 regular expressions.
type Reconnaissance struct {
	Sujet       Motif `yaml:"sujet"`
	Type        Motif `yaml:"type"`
	Description Motif `yaml:"description"`
	// Contenu matches at the first bytes of the part, once its transfer encoding and compression are undone.
	Contenu Motif `yaml:"contenu"`
	// Entetes match the header fields of the message, by name.
	Entetes map[string]Motif `yaml:"entetes"`
}

// Groupes calls f for each named group that the Subject and the header fields of a message hold.
func (r *Reconnaissance) Groupes(sujet string, entete func(nom string) string, f func(nom, valeur string)) {
	groupes := func(m Motif, s string) {
		if m.Regexp == nil {
			return
		}
		trouve := m.FindStringSubmatch(s)
		for i, nom := range m.SubexpNames() {
			if nom != "" && i < len(trouve) && trouve[i] != "" {
				f(nom, trouve[i])
			}
		}
	}
	groupes(r.Sujet, sujet)
	for _, nom := range slices.Sorted(maps.Keys(r.Entetes)) {
		groupes(r.Entetes[nom], entete(nom))
	}
}

// porte says whether a pattern of the Subject or of a header field has that named group.
func (r *Reconnaissance) porte(groupe string) bool {
	a := func(m Motif) bool { return m.Regexp != nil && m.SubexpIndex(groupe) >= 0 }
	return a(r.Sujet) || slices.ContainsFunc(slices.Collect(maps.Values(r.Entetes)), a)
}

// Motif is a regular expression of a profile; nil where none was given.
type Motif struct{ *regexp.Regexp }

// UnmarshalText compiles the expression.
func (m *Motif) UnmarshalText(t []byte) (err error) {
	m.Regexp, err = regexp.Compile(string(t))
	return err
}

// FormatARL reads the accusé de réception logique: of an invoices' lot or of a lot of pieces.
type FormatARL struct {
	Reconnaissance Reconnaissance     `yaml:"reconnaissance"`
	Fichier        disposition.Format `yaml:"fichier"`
	// Texte and TextePiece read an answer that has no file (fichier: {codage: motifs}): the named groups of Texte, and of
	// the patterns of Reconnaissance, tell what it answers and its sense; TextePiece matches once for each piece at fault.
	Texte      Motif `yaml:"texte"`
	TextePiece Motif `yaml:"texte_piece"`
	// Corps and CorpsPiece are the text that a frontal writes then, and the line of each piece.
	Corps      Gabarit `yaml:"emission_corps"`
	CorpsPiece Gabarit `yaml:"emission_piece"`
	// Sujet and Description are what a frontal writes; the SDK's own test frontal uses them.
	Sujet       Gabarit `yaml:"emission_sujet"`
	Description Gabarit `yaml:"emission_description"`
	// SujetNegatif and CorpsNegatif are those of a refusal, where they say it otherwise than by the code.
	SujetNegatif Gabarit `yaml:"emission_sujet_negatif"`
	CorpsNegatif Gabarit `yaml:"emission_corps_negatif"`
	// Type is the media type of the part that a frontal writes; "" is application/EDI-consent.
	Type    string             `yaml:"emission_type"`
	Entetes map[string]Gabarit `yaml:"emission_entetes"`
}

// FormatMdS reads the message de service: the frontal could not hand the message to the business layer.
// The named groups code, compostage and message of Sujet and Texte give what it speaks of.
type FormatMdS struct {
	Reconnaissance Reconnaissance `yaml:"reconnaissance"`
	Texte          Motif          `yaml:"texte"`
	Sujet          Gabarit        `yaml:"emission_sujet"`
	Description    Gabarit        `yaml:"emission_description"`
	Corps          Gabarit        `yaml:"emission_corps"`
}

// FormatRSP recognises a NOEMIE return; its layout is public (package retour/noemie).
type FormatRSP struct {
	Reconnaissance Reconnaissance `yaml:"reconnaissance"`
}

// Unite of a duration.
type Unite string

const (
	Jours          Unite = "jours"
	JoursOuvres    Unite = "jours-ouvres"    // Monday to Friday but public holidays
	JoursOuvrables Unite = "jours-ouvrables" // Monday to Saturday but public holidays
	Mois           Unite = "mois"
	Heures         Unite = "heures"
)

// Delai is a length of time in the calendar of the offices; its source says where it stands.
type Delai struct {
	Duree  int    `yaml:"duree"`
	Unite  Unite  `yaml:"unite"`
	Source string `yaml:"source"`
}

// Delais are the profile's lengths of time and limits of effort.
type Delais struct {
	// Reponse is how long to wait for an answer before sending the same message again.
	Reponse Delai `yaml:"reponse"`
	// Succes is how long to try from the first attempt; then Repli.
	Succes Delai `yaml:"succes"`
	// TransmissionsMax is the limite de retransmission: how many times the same message may leave.
	TransmissionsMax int `yaml:"transmissions_max"`
	// Repli is what follows: "papier" or "cd-rom".
	Repli string `yaml:"repli"`
	// Verification is the first period during which paper is kept and the caisse checks; TauxExploitable the part of
	// usable pieces asked (0.99).
	Verification    Delai   `yaml:"verification"`
	TauxExploitable float64 `yaml:"taux_exploitable"`
	PreavisControle Delai   `yaml:"preavis_controle"`
	// Conservation lists how long numeric pieces are kept, by who asks it; the longest that applies holds.
	Conservation []Conservation `yaml:"conservation"`
	// AlsaceMoselle adds the two holidays of these départements.
	AlsaceMoselle bool `yaml:"alsace_moselle"`
}

// Conservation is a rule of retention.
type Conservation struct {
	Delai Delai  `yaml:"delai"`
	Pour  string `yaml:"pour"`
}

// ProfilSignature says how bordereaux are signed.
type ProfilSignature struct {
	// Mode is lot (one signature for the whole lot) or facture.
	Mode       string `yaml:"mode"`
	PourMandat bool   `yaml:"pour_mandat"`
	// CMS asks for a signature by the host's crypto.Signer over the document, as PAdES has it.
	CMS    bool   `yaml:"cms"`
	Source string `yaml:"source"`
}

// TypeNomme finds a type of piece by its name.
func (p *Profil) TypeNomme(nom string) (TypePiece, bool) {
	for _, t := range p.Types {
		if t.Nom == nom {
			return t, true
		}
	}
	return TypePiece{}, false
}

// TypeCode finds a type of piece by its code on the wire. Zeros that filled a numeric zone are looked through.
func (p *Profil) TypeCode(code string) (TypePiece, bool) {
	for _, t := range p.Types {
		if t.Code == code {
			return t, true
		}
	}
	for _, t := range p.Types {
		if memeCode(t.Code, code) {
			return t, true
		}
	}
	return TypePiece{}, false
}

// memeCode says whether two codes differ by the zeros of a numeric zone only.
func memeCode(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return a == b && strings.Trim(a, "0123456789") == ""
}

// Code explains a code of a return. An unknown one is not an error: caisses add codes; its label says that the profile
// doesn't know it.
func (p *Profil) Code(code string) (CodeRetour, bool) {
	for _, c := range p.Codes {
		if c.Code == code {
			return c, true
		}
	}
	for _, c := range p.Codes {
		if code != "" && memeCode(c.Code, code) {
			return c, true
		}
	}
	return CodeRetour{Code: code, Libelle: "Code " + code + " absent du profil", Severite: Alerte,
		Action: "Consulter la table des codes de la caisse, puis compléter le profil."}, false
}
