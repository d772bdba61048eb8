package frontal_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

// petit is a message in clear, as small as one can be: each of its bytes is a
// place where the connection is cut.
func petit(f *frontal.Frontal, n int) *transport.Message {
	m := message(f, n, b2(n%999, 1), 1)
	m.Enveloppe = transport.Enveloppe{}
	m.Date = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	return m
}

// The connection is cut at every byte of an SMTP conversation, each way. What
// the sender is told is true: a proof means that the frontal has the message, and
// whatever was cut, sending again under the same Message-ID leaves it there once.
func TestCoupureSMTPAChaqueOctet(t *testing.T) {
	f := demarrer(t, frontal.Config{})
	exp, err := smtp.New(smtp.Relais{Adresse: f.SMTP(), Securite: smtp.EnClair,
		Delais: smtp.Delais{Connexion: 5 * time.Second, Commande: 5 * time.Second, Fin: 5 * time.Second}},
		smtp.WithReprises(smtp.Reprises{Essais: 1}))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, sens := range []frontal.Sens{frontal.Entree, frontal.Sortie} {
		coupees, incertaines := 0, 0
		for octet := int64(0); ; octet++ {
			n++
			m := petit(f, n)
			brut := composerOctets(t, m)
			envoi := transport.Envoi{De: cabinet, A: m.A, MessageID: m.ID, Taille: int64(len(brut)), Contenu: octets(brut)}
			f.Incident(frontal.Incident{Panne: frontal.Coupure, Sens: sens, Octet: octet, Fois: 1})
			essais, incertain := 0, false
			for ; ; essais++ {
				preuve, err := exp.Envoyer(t.Context(), envoi)
				_, arrive := f.Message(m.ID)
				if err == nil {
					if !arrive || preuve.Code != 250 {
						t.Fatalf("%s, byte %d: proof %+v, message there: %v", sens, octet, preuve, arrive)
					}
					break
				}
				var e *transport.ErreurEnvoi
				if !errors.As(err, &e) || e.Definitive || essais > 2 {
					t.Fatalf("%s, byte %d: %v", sens, octet, err)
				}
				incertain = incertain || e.Incertain
			}
			r, _ := f.Message(m.ID)
			if lireBrut(t, f, r) != string(brut) {
				t.Fatalf("%s, byte %d: other bytes arrived", sens, octet)
			}
			// Only a sender who was told that the outcome is unknown may have sent twice.
			if r.Transmissions != 1 && !(incertain && r.Transmissions == 2) || len(r.Reponses) != 1 {
				t.Fatalf("%s, byte %d: %d transmissions, uncertain %v, answers %v", sens, octet, r.Transmissions, incertain,
					r.Reponses)
			}
			if essais > 0 {
				coupees++
			}
			if incertain {
				incertaines++
			}
			if essais == 0 && octet > 50 {
				break // the cut lies in QUIT: the message is gone and proved
			}
		}
		t.Logf("%s: cut at %d bytes, %d with an unknown outcome", sens, coupees, incertaines)
		if coupees < 100 {
			t.Errorf("%s: %d cuts only", sens, coupees)
		}
	}
	if got := len(f.Recus()); got != n {
		t.Errorf("%d messages at the frontal, %d sent", got, n)
	}
	if got := f.EnAttente(cabinet); got != n {
		t.Errorf("%d answers for %d messages", got, n)
	}
}

func composerOctets(t testing.TB, m *transport.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := transport.Composer(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The connection is cut at every byte of a POP3 session that reads two messages,
// each way: at the end each was taken once, whole, and the mailbox is empty.
func TestCoupurePOP3AChaqueOctet(t *testing.T) {
	f := demarrer(t, frontal.Config{})
	for _, sens := range []frontal.Sens{frontal.Entree, frontal.Sortie} {
		coupees, revus := 0, 0
		for octet := int64(0); ; octet++ {
			attendus := map[string]bool{}
			for i := range 2 {
				brut := fmt.Sprintf("Message-ID: <%d.%d@x>\r\nSubject: ARL\r\n\r\n.point\r\n..\r\n%s\r\n", octet, i, sens)
				attendus[brut] = true
				if err := f.Deposer(cabinet, []byte(brut)); err != nil {
					t.Fatal(err)
				}
			}
			f.Incident(frontal.Incident{Panne: frontal.Coupure, Protocole: frontal.POP3, Sens: sens, Octet: octet, Fois: 1})
			m := &transporttest.Memoire{Juger: func(_ *transport.MessageReleve, lu string) (transport.Verdict, error) {
				if !attendus[lu] {
					t.Fatalf("%s, byte %d: a message that was already taken, or not whole:\n%s", sens, octet, lu)
				}
				delete(attendus, lu)
				return transport.Garder, nil
			}}
			b := boite(f)
			essais := 0
			for ; essais < 5; essais++ {
				bilan, err := transport.Relever(t.Context(), b, m)
				if n := len(m.Ecartes()); n != 0 {
					t.Fatalf("%s, byte %d: a sound message was set aside", sens, octet)
				}
				revus += bilan.DejaConnus
				if err == nil {
					break
				}
			}
			if len(attendus) != 0 || f.EnAttente(cabinet) != 0 {
				t.Fatalf("%s, byte %d: %d messages lost, %d left in the mailbox after %d sessions", sens, octet, len(attendus),
					f.EnAttente(cabinet), essais+1)
			}
			if essais == 0 && octet > 50 {
				break
			}
			if essais > 0 {
				coupees++
			}
		}
		f.Calmer()
		t.Logf("%s: cut at %d bytes, %d messages shown again by the server and recognised", sens, coupees, revus)
		if coupees < 80 || revus == 0 {
			t.Errorf("%s: %d cuts, %d messages shown again", sens, coupees, revus)
		}
	}
}
