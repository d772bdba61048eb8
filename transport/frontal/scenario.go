package frontal

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/config"
)

// Nature is a kind of answer.
type Nature string

const (
	ARLPositif Nature = "arl+"     // accusé de réception logique, positive
	ARLNegatif Nature = "arl-"     // the same, negative, with Regle.Code
	MdS        Nature = "mds"      // message de service
	ANR        Nature = "anr"      // avis de non-remise: a delivery status notification (RFC 3464)
	RSP        Nature = "rsp"      // Rejet/Signalement/Paiement: the bytes of Config.RSP
	Silence    Nature = "silence"  // nothing
	Charabia   Nature = "charabia" // a message that nothing can be made of
)

// natures lists them for the check of a file.
var natures = []Nature{ARLPositif, ARLNegatif, MdS, ANR, RSP, Silence, Charabia}

// Scenario says what the frontal answers and how it misbehaves. The first rule
// that applies to a message decides; without one the answer is that of a frontal
// that works: ARL+, or what the faults found call for.
type Scenario struct {
	Regles    []Regle    `yaml:"regles"`
	Incidents []Incident `yaml:"incidents"`
}

// Regle answers the messages that it applies to.
type Regle struct {
	Quand Quand `yaml:"quand"`
	// Reponses, in this order; several are several messages.
	Reponses []Nature `yaml:"reponses"`
	// Code and Libelle go into an ARL− (default "1000") or an MdS ("9002").
	Code    string `yaml:"code"`
	Libelle string `yaml:"libelle"`
	// Pieces gives codes to pieces, in the ARL of a lot of pieces.
	Pieces []CodePiece `yaml:"pieces"`
	// Retard is how long the answer stays out of the mailbox, by Config.Horloge.
	Retard Duree `yaml:"retard"`
	// Copies is how many times each answer is delivered, each under its own
	// Message-ID; 0 is once.
	Copies int `yaml:"copies"`
	// ApresSuivante holds the answer until another message is answered: answers
	// then come out of order.
	ApresSuivante bool `yaml:"apres_suivante"`
	// Fois is how many messages the rule answers before it's spent; 0 is no limit.
	Fois int `yaml:"fois"`
}

// Quand selects messages; what is empty accepts all.
type Quand struct {
	Flux  Flux  `yaml:"flux"`  // "factures" or "pieces"
	Sujet Motif `yaml:"sujet"` // regular expression
	// Transmission is 1 for a message received for the first time, 2 for the same
	// Message-ID again...
	Transmission int `yaml:"transmission"`
}

// CodePiece gives a code to the pieces whose identifier matches; all of them when empty.
type CodePiece struct {
	Piece   Motif  `yaml:"piece"`
	Code    string `yaml:"code"`
	Libelle string `yaml:"libelle"`
}

// Motif is a regular expression in a file.
type Motif struct{ *regexp.Regexp }

// UnmarshalText compiles the expression.
func (m *Motif) UnmarshalText(t []byte) (err error) {
	m.Regexp, err = regexp.Compile(string(t))
	return err
}

func (m Motif) accepte(s string) bool { return m.Regexp == nil || m.MatchString(s) }

// Duree is a duration in a file, as time.ParseDuration reads it: "2h", "300ms".
type Duree time.Duration

// UnmarshalText reads a duration.
func (d *Duree) UnmarshalText(t []byte) error {
	v, err := time.ParseDuration(string(t))
	*d = Duree(v)
	return err
}

// Panne is a kind of incident.
type Panne string

const (
	Coupure     Panne = "coupure"      // the connection is closed at byte Octet
	Lenteur     Panne = "lenteur"      // the frontal reads and writes Debit bytes a second
	ListeGrise  Panne = "liste-grise"  // the first attempt of each sender for a recipient is put off: 451 4.7.1
	BoitePleine Panne = "boite-pleine" // the recipient's mailbox is full: 452 4.2.2
	Inconnu     Panne = "inconnu"      // no such mailbox: 550 5.1.1
	EchecTLS    Panne = "tls"          // the handshake fails

	CertificatPerime Panne = "certificat" // the server shows a certificate whose validity is over
)

var pannes = []Panne{Coupure, Lenteur, ListeGrise, BoitePleine, Inconnu, EchecTLS, CertificatPerime}

// Protocole is where an incident happens.
type Protocole string

const (
	SMTP Protocole = "smtp"
	POP3 Protocole = "pop3"
)

// Sens is the direction of the bytes that a cut counts.
type Sens string

const (
	Entree Sens = "entree" // from the client to the frontal
	Sortie Sens = "sortie" // from the frontal to the client
)

// Incident makes the network or the server misbehave.
type Incident struct {
	Panne     Panne     `yaml:"panne"`
	Protocole Protocole `yaml:"protocole"` // "" is smtp
	Sens      Sens      `yaml:"sens"`      // of a cut; "" is entree
	// Octet is how many bytes pass before a cut.
	Octet int64 `yaml:"octet"`
	// Debit in bytes a second.
	Debit int `yaml:"debit"`
	// Fois is how many connections (messages, for boite-pleine and inconnu) it
	// hits before it's spent; 0 is no limit.
	Fois int `yaml:"fois"`
}

// ParseScenario reads a scenario from YAML; fichier names it in the errors, which
// come all at once, each with its line.
func ParseScenario(r io.Reader, fichier string) (Scenario, error) {
	var s Scenario
	doc, err := config.Lire(r, fichier, &s)
	if err != nil {
		return Scenario{}, err
	}
	for _, e := range s.erreurs() {
		doc.Ajouter(e.chemin, "%s", e.message)
	}
	if err := doc.Err(); err != nil {
		return Scenario{}, err
	}
	return s, nil
}

type erreurScenario struct{ chemin, message string }

func (s *Scenario) erreurs() []erreurScenario {
	var out []erreurScenario
	noter := func(chemin, f string, a ...any) {
		out = append(out, erreurScenario{chemin, fmt.Sprintf(f, a...)})
	}
	for i, r := range s.Regles {
		c := fmt.Sprintf("regles[%d]", i)
		if len(r.Reponses) == 0 {
			noter(c, "no reponses")
		}
		for _, n := range r.Reponses {
			if !slices.Contains(natures, n) {
				noter(c+".reponses", "%q, expected one of %s", n, enumerer(natures))
			}
		}
		if f := r.Quand.Flux; f != "" && f != Factures && f != Pieces {
			noter(c+".quand.flux", "%q, expected factures or pieces", f)
		}
		if r.Copies < 0 || r.Fois < 0 || r.Retard < 0 || r.Quand.Transmission < 0 {
			noter(c, "negative number")
		}
	}
	for i, n := range s.Incidents {
		c := fmt.Sprintf("incidents[%d]", i)
		if !slices.Contains(pannes, n.Panne) {
			noter(c+".panne", "%q, expected one of %s", n.Panne, enumerer(pannes))
		}
		if n.Protocole != "" && n.Protocole != SMTP && n.Protocole != POP3 {
			noter(c+".protocole", "%q, expected smtp or pop3", n.Protocole)
		}
		if n.Sens != "" && n.Sens != Entree && n.Sens != Sortie {
			noter(c+".sens", "%q, expected entree or sortie", n.Sens)
		}
		if n.Panne == Lenteur && n.Debit <= 0 {
			noter(c+".debit", "expected bytes a second, over 0")
		}
		if n.Octet < 0 || n.Fois < 0 {
			noter(c, "negative number")
		}
	}
	return out
}

func enumerer[T ~string](valeurs []T) string {
	s := make([]string, len(valeurs))
	for i, v := range valeurs {
		s[i] = string(v)
	}
	return strings.Join(s, ", ")
}
