package frontal

import (
	"cmp"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Flux is what a message carries.
type Flux string

const (
	Factures Flux = "factures" // a B2 file
	Pieces   Flux = "pieces"   // lots of pièces justificatives
	Inconnue Flux = ""         // neither could be recognised
)

// Recu is a message that the frontal holds. Its JSON names are stable: programs in other languages read them.
type Recu struct {
	Rang       int       `json:"rang"` // 1 for the first message received
	Quand      time.Time `json:"quand"`
	De         string    `json:"de"` // envelope sender
	A          []string  `json:"a"`
	MessageID  string    `json:"message_id"`
	Sujet      string    `json:"sujet"`
	Compostage string    `json:"compostage"` // of the Subject, or of the file of lots
	FichierID  string    `json:"fichier_id"` // of the file of lots
	Emetteur   string    `json:"emetteur"`   // of the Subject, 14 digits
	Flux       Flux      `json:"flux"`
	Chiffre    bool      `json:"chiffre"`
	Parties    []Partie  `json:"parties"`
	Lots       []Lot     `json:"lots"`
	Constats   []Ecart   `json:"constats"`
	// Transmissions counts how many times the frontal accepted this Message-ID.
	Transmissions int `json:"transmissions"`
	// Reponses lists what was answered, in order.
	Reponses []Nature `json:"reponses"`

	Fichier string `json:"fichier"` // where the bytes are: see Frontal.Brut
}

// Partie is a part of a received message.
type Partie struct {
	Type        string         `json:"type"`
	Description string         `json:"description"`
	Nom         string         `json:"nom"`
	Octets      int64          `json:"octets"`
	Empreinte   scor.Empreinte `json:"empreinte"`
}

// Lot is a lot found in a message.
type Lot struct {
	Emetteur string     `json:"emetteur"` // 9 digits: of the invoices' lot
	Numero   int64      `json:"numero"`
	Date     fse.Date   `json:"date"`
	Factures int64      `json:"factures"`
	Pieces   []PieceLot `json:"pieces"`
}

// PieceLot is a pair of a lot of pieces.
type PieceLot struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Reference string `json:"reference"`
	Facture   int64  `json:"facture"`
}

// Ecart is a departure from the profile or from the conventions.
type Ecart struct {
	Code    string `json:"code"` // stable name, such as "sujet" or "lot-compteur"
	Message string `json:"message"`
	// Regle is what asks for it, and its source.
	Regle string `json:"regle"`
	// Grave: a frontal couldn't take the message, or the lot.
	Grave bool `json:"grave"`
}

// regles names, for each code, what asks for it.
var regles = map[string]string{
	"message":            "un message MIME bien formé (RFC 2045, RFC 5322)",
	"partie":             "une partie lisible, déchiffrée par la clé du frontal (RFC 2045, RFC 8551)",
	"sujet":              "convention des messages IRIS/B2, ou profil : message.sujet",
	"entete":             "profil : message.entetes",
	"sujet-nombre":       "convention des messages IRIS/B2 : nombre de factures dans l'objet",
	"sujet-emetteur":     "convention des messages IRIS/B2 : émetteur dans l'objet",
	"description":        "convention des messages IRIS/B2 : Content-Description IRIS/B2 ou IRIS/B2/Z",
	"lot-controle":       "profil : zone « controle » du fichier de lots",
	"compression":        "profil : message.compression et Content-Description",
	"chiffrement":        "profil : message.enveloppe.chiffrement",
	"destinataire":       "table de routage : adresse du frontal",
	"message-id":         "RFC 5322 § 3.6.4",
	"lf-seul":            "RFC 5321 § 2.3.8 : lignes finies par CR LF",
	"cr-seul":            "RFC 5321 § 2.3.8 : lignes finies par CR LF",
	"8-bit":              "convention des messages : contenu en 7 bits",
	"ligne-longue":       "RFC 5321 § 4.5.3.1.6 : 998 octets par ligne",
	"fichier":            "un fichier de facturation par message",
	"lots":               "un lot au moins par fichier",
	"b2-longueur":        "norme B2 : enregistrements de 128 caractères",
	"b2-compteur":        "norme B2 : nombre d'enregistrements, type 999",
	"b2-date":            "norme B2 : date du lot, type 1",
	"b2-fin":             "norme B2 : enregistrement 999",
	"lot-compteur":       "profil : compteurs du lot",
	"lot-structure":      "profil : enregistrements du lot",
	"piece-type":         "profil : types de pièces",
	"document-nom":       "profil : nom des documents",
	"document-pdf":       "profil : documents en PDF",
	"document-absent":    "profil : chaque document annoncé accompagne le lot",
	"document-octets":    "profil : document.octets",
	"document-empreinte": "profil : document.empreinte",
}

func ecart(code string, grave bool, message string) Ecart {
	return Ecart{Code: code, Message: message, Grave: grave, Regle: cmp.Or(regles[code], "profil : limites")}
}
