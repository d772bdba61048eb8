package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Champs is what an event says about its object and, folded, what is known of the object. A zero field says nothing:
// folding keeps the former value; only Echeance and Attention don't outlive the state that they were said for. Times
// are microseconds since 1970 UTC; Efface takes a text or a number back.
//
// No field holds a NIR, a name or an image: Patient is a keyed digest, Fichier is sealed by the Coffre, and what is
// bulky or personal is in the Coffre, known here by its SHA-256.
type Champs struct {
	Parent    string // piece: its invoice; invoice: its lot; SCOR lot: the invoices' lot
	Dans      string // what it travels in. piece: its SCOR lot; lots: their message
	Patient   string // keyed digest of the patient, for the archive
	Jour      int64  // AAAAMMJJ, civil date of the invoice
	Echeance  int64  // when something must happen next
	Attention int64  // 0 none, 1 to look at, 2 to do, 3 urgent
	Nature    string // piece: its type; message: what it carries; reception: what it is
	Empreinte string // SHA-256 (hex) of the bytes in the Coffre
	Octets    int64
	Pages     int64
	Nombre    int64  // invoices of a lot, pieces of a SCOR lot
	Fichier   string // sealed name for humans
	// details: of a message of pieces, JSON; of one of invoices, the sender's number; of an invoice, the masked NIR
	Precis     string
	Reference  string // piece sent before, instead of an image
	Code       string // return code
	Motif      string // label of the code, French
	MessageID  string
	Adresse    string
	Sujet      string
	Relais     string // SMTP relay and its reply: proof of sending
	Reponse    string
	Essais     int64  // transmissions
	Tentatives int64  // attempts at handing it to the relay, the failed ones too
	EssaisMax  int64  // retransmission limit, as the profile said when the object was made
	Premier    int64  // first attempt
	Limite     int64  // when the attempts stop
	Autre      string // the object that replaces it, or that it replaces
	Source     string // the reception that brought the news, the file that brought the lot
	Mode       string // how a piece went: scor, papier, manuel
	Serie      string // invoice: keyed digest of its series of acts
	Auteur     string // who decided, when a person did
	Demande    int64  // invoice: cents asked of the insurances
	Paye       string // invoice: cents paid so far, in figures with their sign
	Versements string // invoice: the payments told, each once
	Caisse     string // invoice: régime and caisse, for the counts
	Types      string // invoice: the types of the pieces that it lacks, with spaces in between
}

// assainir replaces what isn't UTF-8: a mail may bring anything, and what is folded must be what is written.
func (c *Champs) assainir() {
	for i := range tous {
		if f := tous[i].texte; f != nil {
			if s := f(c); !utf8.ValidString(*s) {
				*s = strings.ToValidUTF8(*s, "\uFFFD")
			}
		}
	}
}

// Efface as a text (or -1 as a number) in an event takes the field back to nothing.
const Efface = "-"

type champ struct {
	nom    string
	texte  func(*Champs) *string
	nombre func(*Champs) *int64
}

func texte(nom string, f func(*Champs) *string) champ { return champ{nom: nom, texte: f} }
func nombre(nom string, f func(*Champs) *int64) champ { return champ{nom: nom, nombre: f} }

// tous is the one description of Champs: writing, reading and folding go through it. Names are for ever: journals hold
// them.
var tous = []champ{
	texte("parent", func(c *Champs) *string { return &c.Parent }),
	texte("dans", func(c *Champs) *string { return &c.Dans }),
	texte("patient", func(c *Champs) *string { return &c.Patient }),
	nombre("jour", func(c *Champs) *int64 { return &c.Jour }),
	nombre("echeance", func(c *Champs) *int64 { return &c.Echeance }),
	nombre("attention", func(c *Champs) *int64 { return &c.Attention }),
	texte("nature", func(c *Champs) *string { return &c.Nature }),
	texte("empreinte", func(c *Champs) *string { return &c.Empreinte }),
	nombre("octets", func(c *Champs) *int64 { return &c.Octets }),
	nombre("pages", func(c *Champs) *int64 { return &c.Pages }),
	nombre("nombre", func(c *Champs) *int64 { return &c.Nombre }),
	texte("fichier", func(c *Champs) *string { return &c.Fichier }),
	texte("precis", func(c *Champs) *string { return &c.Precis }),
	texte("reference", func(c *Champs) *string { return &c.Reference }),
	texte("code", func(c *Champs) *string { return &c.Code }),
	texte("motif", func(c *Champs) *string { return &c.Motif }),
	texte("message", func(c *Champs) *string { return &c.MessageID }),
	texte("adresse", func(c *Champs) *string { return &c.Adresse }),
	texte("sujet", func(c *Champs) *string { return &c.Sujet }),
	texte("relais", func(c *Champs) *string { return &c.Relais }),
	texte("reponse", func(c *Champs) *string { return &c.Reponse }),
	nombre("essais", func(c *Champs) *int64 { return &c.Essais }),
	nombre("tentatives", func(c *Champs) *int64 { return &c.Tentatives }),
	nombre("essaismax", func(c *Champs) *int64 { return &c.EssaisMax }),
	nombre("premier", func(c *Champs) *int64 { return &c.Premier }),
	nombre("limite", func(c *Champs) *int64 { return &c.Limite }),
	texte("autre", func(c *Champs) *string { return &c.Autre }),
	texte("source", func(c *Champs) *string { return &c.Source }),
	texte("mode", func(c *Champs) *string { return &c.Mode }),
	texte("serie", func(c *Champs) *string { return &c.Serie }),
	texte("auteur", func(c *Champs) *string { return &c.Auteur }),
	nombre("demande", func(c *Champs) *int64 { return &c.Demande }),
	texte("paye", func(c *Champs) *string { return &c.Paye }),
	texte("versements", func(c *Champs) *string { return &c.Versements }),
	texte("caisse", func(c *Champs) *string { return &c.Caisse }),
	texte("types", func(c *Champs) *string { return &c.Types }),
}

var parNom = func() map[string]*champ {
	m := make(map[string]*champ, len(tous))
	for i := range tous {
		m[tous[i].nom] = &tous[i]
	}
	return m
}()

// Append writes c as one JSON object, fields in a fixed order, the empty ones left out.
func (c *Champs) Append(b []byte) []byte {
	debut := len(b)
	b = append(b, '{')
	for i := range tous {
		f := &tous[i]
		if f.texte != nil {
			s := *f.texte(c)
			if s == "" {
				continue
			}
			b = cle(b, debut, f.nom)
			b = appendTexte(b, s)
			continue
		}
		n := *f.nombre(c)
		if n == 0 {
			continue
		}
		b = cle(b, debut, f.nom)
		b = strconv.AppendInt(b, n, 10)
	}
	return append(b, '}')
}

func cle(b []byte, debut int, nom string) []byte {
	if len(b) > debut+1 {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, nom...)
	return append(b, '"', ':')
}

func appendTexte(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f || s[i] == '"' || s[i] == '\\' {
			j, err := json.Marshal(s)
			if err != nil { // a string always marshals
				return append(b, '"', '"')
			}
			return append(b, j...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// fusionner folds e into c.
func (c *Champs) fusionner(e *Champs) {
	for i := range tous {
		f := &tous[i]
		if f.texte != nil {
			if s := *f.texte(e); s == Efface {
				*f.texte(c) = ""
			} else if s != "" {
				*f.texte(c) = s
			}
			continue
		}
		if n := *f.nombre(e); n < 0 {
			*f.nombre(c) = 0
		} else if n != 0 {
			*f.nombre(c) = n
		}
	}
}

var errChamps = errors.New("journal: event data unreadable")

// ParseChamps reads what Append wrote; a field that this version doesn't know is an error: an older SDK must not fold,
// and lose, what a newer one wrote.
func ParseChamps(donnees []byte) (c Champs, err error) {
	b := string(donnees) // once: the texts are parts of it
	fin := len(b)
	i := 0
	attendre := func(x byte) bool {
		if i < fin && b[i] == x {
			i++
			return true
		}
		return false
	}
	mauvais := func(quoi string) (Champs, error) {
		return Champs{}, fmt.Errorf("%w: at byte %d: %s expected", errChamps, i, quoi)
	}
	if !attendre('{') {
		return mauvais("'{'")
	}
	if attendre('}') {
		if i != fin {
			return mauvais("end")
		}
		return c, nil
	}
	for {
		nom, n, ok := litTexte(b[i:])
		if !ok {
			return mauvais("field name")
		}
		i += n
		f := parNom[nom]
		if f == nil {
			return mauvais("known field name")
		}
		if !attendre(':') {
			return mauvais("':'")
		}
		if f.texte != nil {
			s, n, ok := litTexte(b[i:])
			if !ok {
				return mauvais("text of " + f.nom)
			}
			i += n
			*f.texte(&c) = s
		} else {
			d := i
			for i < fin && (b[i] == '-' || b[i] >= '0' && b[i] <= '9') {
				i++
			}
			v, err := strconv.ParseInt(b[d:i], 10, 64)
			if err != nil {
				return mauvais("number of " + f.nom)
			}
			*f.nombre(&c) = v
		}
		if attendre(',') {
			continue
		}
		if !attendre('}') || i != fin {
			return mauvais("',' or '}' and the end")
		}
		return c, nil
	}
}

// litTexte reads a JSON string at the start of b and says how many bytes it took.
func litTexte(b string) (string, int, bool) {
	if len(b) == 0 || b[0] != '"' {
		return "", 0, false
	}
	simple := true
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == '\\':
			simple = false
			i++
		case b[i] == '"':
			if simple {
				return b[1:i], i + 1, utf8.ValidString(b[1:i])
			}
			var s string
			if json.Unmarshal([]byte(b[:i+1]), &s) != nil {
				return "", 0, false
			}
			return s, i + 1, true
		case b[i] < 0x20:
			return "", 0, false
		}
	}
	return "", 0, false
}
