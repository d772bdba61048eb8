package transport_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/dsn"
	"github.com/scor-sdk/scor-sdk-go/transport/imap"
	"github.com/scor-sdk/scor-sdk-go/transport/maildir"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

// courrier is the Postfix and the Dovecot that internal/serveurs/courrier.sh
// started; SCOR_COURRIER names its folder.
type courrier struct {
	dossier string
	ports   map[string]string
	tls     *tls.Config
}

func courrierReel(t testing.TB) *courrier {
	t.Helper()
	c := &courrier{dossier: os.Getenv("SCOR_COURRIER"), ports: map[string]string{}}
	if c.dossier == "" {
		t.Skip(`SCOR_COURRIER is not set: eval "$(internal/serveurs/courrier.sh)" starts Postfix and Dovecot (packages postfix dovecot-pop3d dovecot-imapd)`)
	}
	ports, err := os.ReadFile(filepath.Join(c.dossier, "ports"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Fields(string(ports)) {
		nom, port, _ := strings.Cut(l, "=")
		c.ports[nom] = "127.0.0.1:" + port
	}
	pem, err := os.ReadFile(filepath.Join(c.dossier, "cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	c.tls = &tls.Config{RootCAs: pool, ServerName: "localhost"}
	return c
}

// adresse makes up an address of its own for a test.
func adresse(t testing.TB, domaine string) string {
	return strings.ToLower(rand.Text()[:10]) + "@" + domaine
}

func (c *courrier) expediteur(t testing.TB, r smtp.Relais) *smtp.Expediteur {
	t.Helper()
	r.TLS = c.tls
	e, err := smtp.New(r, smtp.WithReprises(smtp.Reprises{Essais: 1}))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (c *courrier) pop3(utilisateur string) *pop3.Boite {
	return &pop3.Boite{Adresse: c.ports["POP3"], Securite: pop3.STLS, ConfigTLS: c.tls, Utilisateur: utilisateur,
		MotDePasse: "secret", Delai: 20 * time.Second}
}

// attendre calls fait until it's true: a mail system delivers when it can.
func attendre(t testing.TB, quoi string, fait func() bool) {
	t.Helper()
	for limite := time.Now().Add(30 * time.Second); !fait(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(limite) {
			t.Fatalf("not within 30 s: %s", quoi)
		}
	}
}

// maildirDe waits for n messages in the Maildir of an address and reads them.
func (c *courrier) maildirDe(t testing.TB, adresse string, n int) [][]byte {
	t.Helper()
	b := &maildir.Boite{Dossier: filepath.Join(c.dossier, "boites", adresse, "Maildir")}
	var out [][]byte
	attendre(t, fmt.Sprintf("%d messages for %s", n, adresse), func() bool {
		out = nil
		for m, err := range b.Messages(t.Context()) {
			if errors.Is(err, os.ErrNotExist) {
				return false
			}
			if err != nil {
				t.Fatal(err)
			}
			r, err := m.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			brut, err := io.ReadAll(r)
			r.Close()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, brut)
		}
		return len(out) >= n
	})
	return out
}

// A lot goes out through Postfix, is decrypted by openssl as a frontal would, and
// its answer comes back through Dovecot, over POP3 and over IMAP.
func TestReelLotAllerRetour(t *testing.T) {
	c := courrierReel(t)
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not here (Debian package openssl)")
	}
	b2 := partage(t, "data/b2/lot1.b2")
	cle := cleFrontal(t)
	cabinet, frontal := adresse(t, "exemple.fr"), adresse(t, "996.01.rss.fr")
	base := filepath.Join("..", "..", "shared", "data", "b2")
	plain := smtp.Relais{Adresse: c.ports["SMTP"], Securite: smtp.STARTTLS, Auth: smtp.AuthPlain(cabinet, "secret")}
	login := smtp.Relais{Adresse: c.ports["SMTPS"], Securite: smtp.TLSImplicite, Auth: smtp.AuthLogin(cabinet, "secret")}
	stls, pop3s := c.pop3(cabinet), c.pop3(cabinet)
	pop3s.Adresse, pop3s.Securite = c.ports["POP3S"], pop3.TLS
	for i, par := range []struct {
		relais smtp.Relais
		boite  transport.Boite
	}{
		{plain, stls}, {login, pop3s},
		{plain, &imap.Boite{Adresse: c.ports["IMAP"], Securite: imap.STARTTLS, ConfigTLS: c.tls, Utilisateur: cabinet,
			MotDePasse: "secret"}},
		{login, &imap.Boite{Adresse: c.ports["IMAPS"], Securite: imap.TLS, ConfigTLS: c.tls, Utilisateur: cabinet,
			MotDePasse: "secret"}},
	} {
		relais, boite := par.relais, par.boite
		m := messageIRIS(b2)
		m.De, m.A, m.ID = cabinet, []string{frontal}, rand.Text()+"@exemple.fr"
		m.Enveloppe = transport.Enveloppe{Chiffrement: "aes-128-cbc", Certificats: []*x509.Certificate{cle.Certificat},
			DescriptionExterne: true}
		envoi, err := m.Envoi()
		if err != nil {
			t.Fatal(err)
		}
		preuve, err := c.expediteur(t, relais).Envoyer(t.Context(), envoi)
		if err != nil || preuve.Code != 250 {
			t.Fatalf("%+v, %v", preuve, err)
		}

		brut := c.maildirDe(t, frontal, i+1)[i]
		cmd := exec.Command(openssl, "smime", "-decrypt", "-recip", filepath.Join(base, "frontal.pem"), "-inkey",
			filepath.Join(base, "frontal.key"))
		cmd.Stdin = bytes.NewReader(brut)
		clair, err := cmd.Output()
		if err != nil {
			t.Fatalf("openssl: %v", err)
		}
		if _, p := lire(t, transport.Ouvreur{}, clair); len(p) != 1 || p[0].Contenu != string(b2) {
			t.Fatalf("other bytes than the lot's")
		}

		// The frontal answers, by the same relay.
		arl := messageIRIS([]byte("80B2"))
		arl.De, arl.A, arl.ID, arl.EnReponseA = frontal, []string{cabinet}, rand.Text()+"@996.01.rss.fr", []string{m.ID}
		arl.Parties[0].Description = "ARL/Z"
		if envoi, err = arl.Envoi(); err != nil {
			t.Fatal(err)
		}
		if _, err := c.expediteur(t, relais).Envoyer(t.Context(), envoi); err != nil {
			t.Fatal(err)
		}
		c.maildirDe(t, cabinet, 1)
		recus := relever(t, boite, new(transporttest.Memoire))
		if len(recus) != 1 {
			t.Fatalf("%d answers, want 1", len(recus))
		}
		recu, p := lire(t, transport.Ouvreur{}, []byte(recus[0]))
		if recu.ID != arl.ID || len(recu.EnReponseA) != 1 || recu.EnReponseA[0] != m.ID || len(p) != 1 ||
			p[0].Contenu != "80B2" {
			t.Errorf("answer: %+v %+v", recu, p)
		}
		if recus := relever(t, boite, new(transporttest.Memoire)); len(recus) != 0 {
			t.Errorf("the answer shows again: %d", len(recus))
		}
	}
}

// relever takes what is new, until a session ends without error.
func relever(t testing.TB, b transport.Boite, m *transporttest.Memoire) []string {
	t.Helper()
	avant := len(m.Pris())
	for range 20 {
		_, err := transport.Relever(t.Context(), b, m)
		if err == nil {
			return m.Pris()[avant:]
		}
		t.Logf("session: %v", err)
	}
	t.Fatal("no session ends without error")
	return nil
}

// 20 MB of documents go through both programs and come back the same.
func TestReelGrosMessage(t *testing.T) {
	c := courrierReel(t)
	k := cleRSA(t)
	cert := identite(t, "frontal", k)
	cabinet := adresse(t, "exemple.fr")
	m := messageIRIS([]byte("000TE"))
	pdf := make([]byte, 20_000_000)
	if _, err := io.ReadFull(alea(), pdf); err != nil {
		t.Fatal(err)
	}
	m.Parties = append(m.Parties, transport.Partie{Type: "application/pdf", Nom: "P1.pdf", Open: octets(pdf)})
	m.A, m.ID = []string{cabinet}, rand.Text()+"@exemple.fr"
	m.Enveloppe = transport.Enveloppe{Chiffrement: "aes-256-cbc", Certificats: []*x509.Certificate{cert}}
	envoi, err := m.Envoi()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.expediteur(t, smtp.Relais{Adresse: c.ports["SMTP"], Securite: smtp.STARTTLS}).Envoyer(t.Context(),
		envoi); err != nil {
		t.Fatal(err)
	}
	c.maildirDe(t, cabinet, 1)
	recus := relever(t, c.pop3(cabinet), new(transporttest.Memoire))
	if len(recus) != 1 {
		t.Fatalf("%d messages", len(recus))
	}
	verifierLignes(t, []byte(recus[0]))
	_, p := lire(t, transport.Ouvreur{Cles: []transport.Cle{{Certificat: cert, Decrypter: k}}}, []byte(recus[0]))
	if len(p) != 2 || p[1].Erreur != nil || p[1].Contenu != string(pdf) {
		t.Errorf("%d parts, other bytes than those sent", len(p))
	}
}

// connCoupee is lost after some bytes, as by a modem.
type connCoupee struct {
	net.Conn
	reste int
}

func (c *connCoupee) Read(b []byte) (int, error) {
	if c.reste == 0 {
		c.Close()
		return 0, errors.New("cut")
	}
	n, err := c.Conn.Read(b[:min(len(b), c.reste)])
	c.reste -= n
	return n, err
}

// Dovecot's own sessions, cut at many places: each message once.
func TestReelDovecotCoupe(t *testing.T) {
	c := courrierReel(t)
	const messages = 4
	for octet := 20; octet < 1500; octet += 97 {
		cabinet := adresse(t, "exemple.fr")
		e := c.expediteur(t, smtp.Relais{Adresse: c.ports["SMTP"], Securite: smtp.STARTTLS})
		for i := range messages {
			brut := fmt.Sprintf("From: a@exemple.fr\r\nTo: %s\r\nMessage-ID: <%d@exemple.fr>\r\nSubject: n\r\n\r\n.x\r\n",
				cabinet, i)
			_, err := e.Envoyer(t.Context(), transport.Envoi{De: "a@exemple.fr", A: []string{cabinet},
				MessageID: fmt.Sprintf("%d@exemple.fr", i), Contenu: octets([]byte(brut))})
			if err != nil {
				t.Fatal(err)
			}
		}
		c.maildirDe(t, cabinet, messages)
		b := c.pop3(cabinet)
		b.Securite = pop3.Clair
		premiere := true
		b.Composer = func(ctx context.Context, reseau, adresse string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, reseau, adresse)
			if err == nil && premiere {
				premiere = false
				return &connCoupee{conn, octet}, nil
			}
			return conn, err
		}
		vus := map[string]int{}
		for _, brut := range relever(t, b, new(transporttest.Memoire)) {
			recu, p := lire(t, transport.Ouvreur{}, []byte(brut))
			vus[recu.ID]++
			if len(p) != 1 || p[0].Contenu != ".x\r\n" {
				t.Errorf("byte %d: %+v", octet, p)
			}
		}
		for i := range messages {
			if n := vus[fmt.Sprintf("%d@exemple.fr", i)]; n != 1 {
				t.Errorf("byte %d: message %d taken %d times", octet, i, n)
			}
		}
	}
}

func TestReelPostfixRefus(t *testing.T) {
	c := courrierReel(t)
	e := c.expediteur(t, smtp.Relais{Adresse: c.ports["SMTP"], Securite: smtp.STARTTLS})
	bon := adresse(t, "exemple.fr")
	brut := []byte("Subject: n\r\nMessage-ID: <1@exemple.fr>\r\n\r\n")
	envoi := func(a ...string) transport.Envoi {
		return transport.Envoi{De: "cabinet@exemple.fr", A: a, MessageID: "1@exemple.fr", Contenu: octets(brut)}
	}
	for _, tt := range []struct {
		raison     string
		envoi      transport.Envoi
		definitive bool
		code       string
	}{
		{"no such mailbox", envoi("refus@exemple.fr"), true, "5.1.1"},
		{"mailbox full: later, perhaps", envoi("plein@exemple.fr"), false, "4.2.2"},
	} {
		_, err := e.Envoyer(t.Context(), tt.envoi)
		var ee *transport.ErreurEnvoi
		if !errors.As(err, &ee) || ee.Definitive != tt.definitive || len(ee.Refus) != 1 || ee.Refus[0].CodeEtendu != tt.code {
			t.Errorf("%s: %+v", tt.raison, err)
		}
	}
	preuve, err := e.Envoyer(t.Context(), envoi(bon, "refus@exemple.fr"))
	if err != nil || len(preuve.Refus) != 1 || preuve.Refus[0].Adresse != "refus@exemple.fr" {
		t.Errorf("one of two refused: %+v, %v", preuve, err)
	}
	c.maildirDe(t, bon, 1)
	trop := envoi(bon)
	trop.Taille = 100_000_000
	var ee *transport.ErreurEnvoi
	if _, err := e.Envoyer(t.Context(), trop); !errors.As(err, &ee) || !ee.Definitive {
		t.Errorf("over the SIZE of the relay: %v", err)
	}
}

// Postfix accepts, then can't deliver: its own report is read as an ANR.
func TestReelPostfixANR(t *testing.T) {
	c := courrierReel(t)
	cabinet := adresse(t, "exemple.fr")
	m := messageIRIS([]byte("000TE"))
	m.De, m.A, m.ID = cabinet, []string{"perdu@exemple.fr"}, rand.Text()+"@exemple.fr"
	envoi, err := m.Envoi()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.expediteur(t, smtp.Relais{Adresse: c.ports["SMTP"], Securite: smtp.STARTTLS}).Envoyer(t.Context(),
		envoi); err != nil {
		t.Fatal(err)
	}
	c.maildirDe(t, cabinet, 1)
	recus := relever(t, c.pop3(cabinet), new(transporttest.Memoire))
	if len(recus) != 1 {
		t.Fatalf("%d messages", len(recus))
	}
	recu, err := transport.Open(t.Context(), strings.NewReader(recus[0]), nil)
	if err != nil {
		t.Fatal(err)
	}
	avis, err := dsn.Parse(recu)
	if err != nil || len(avis) != 1 || avis[0].MessageID != m.ID || !avis[0].Definitif || avis[0].Code != "5.1.1" ||
		avis[0].Destinataire != "perdu@exemple.fr" {
		t.Errorf("%+v, %v", avis, err)
	}
}
