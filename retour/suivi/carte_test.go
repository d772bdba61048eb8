package suivi

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// carteEssai is a card that can be taken out.
type carteEssai struct {
	*rsa.PrivateKey
	absente atomic.Bool
	essais  atomic.Int64
}

var errSansCarte = errors.New("no card in the reader")

func (c *carteEssai) Decrypt(r io.Reader, b []byte, o crypto.DecrypterOpts) ([]byte, error) {
	if c.essais.Add(1); c.absente.Load() {
		return nil, errSansCarte
	}
	return c.PrivateKey.Decrypt(r, b, o)
}

func (c *carteEssai) Sign(r io.Reader, b []byte, o crypto.SignerOpts) ([]byte, error) {
	if c.essais.Add(1); c.absente.Load() {
		return nil, errSansCarte
	}
	return c.PrivateKey.Sign(r, b, o)
}

func carteDe(t *testing.T) (*carteEssai, *x509.Certificate) {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	modele := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "cabinet"},
		NotBefore: lundi.AddDate(-5, 0, 0), NotAfter: lundi.AddDate(100, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, modele, modele, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &carteEssai{PrivateKey: k}, c
}

// uneAlerte says that the synthesis has one line, of the card.
func (b *banc) uneAlerte() bool {
	l := b.lignes()
	return len(l) == 1 && l[0].Genre == journal.Cabinet && l[0].Cle == cleCarte && l[0].Urgence == journal.Urgent
}

// A card taken out for a night while encrypted returns come: none is called unreadable, those in clear are read, the
// card is asked a few times only, one line tells it, and all is read once it is back, by itself.
func TestCarteAbsenteALaLecture(t *testing.T) {
	surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
		carte, certificat := carteDe(t)
		b := nouveauBanc(t, stockage, func(c *Config) {
			c.Cles = []transport.Cle{{Certificat: certificat, Decrypter: carte}}
		})
		chiffree := transport.Enveloppe{Chiffrement: "aes-256-cbc", Certificats: []*x509.Certificate{certificat}}
		b.f.enveloppe = chiffree
		carte.absente.Store(true)
		for i := range 20 {
			b.lot(1+i, 1)
		}
		b.f.enveloppe = transport.Enveloppe{}
		b.lot(50, 1) // answered in clear
		b.f.enveloppe = chiffree
		brut := b.f.unARL(scor.FluxFactures, "00000123456789", 60, factures(t, 60, 1).Date, "", true, "", nil)
		f := factures(t, 60, 1)
		b.deposer(f)
		l, err := b.DeposerRetourBrut(t.Context(), bytes.NewReader(brut))
		if err != nil || l.Etat != journal.Recu || l.Texte != motifCarte {
			t.Errorf("given by the host: %+v, %v", l, err)
		}
		for range 12 {
			if _, err := b.Avancer(t.Context()); err != nil && !errors.Is(err, transport.ErrCleIndisponible) {
				t.Error(err)
			}
			b.h.avancer(time.Hour)
		}
		if !b.uneAlerte() {
			t.Errorf("%+v", b.lignes())
		}
		if n := carte.essais.Load(); n > 20 {
			t.Errorf("the card was asked %d times in a night", n)
		}
		if e := b.etat(journal.LotFactures, cleLot(factures(t, 50, 1).Lots[0].Cle)); e != journal.ARLPositif {
			t.Errorf("the ARL in clear waits for the card: %s", e)
		}
		carte.absente.Store(false)
		b.h.avancer(time.Hour)
		b.jusquAuRepos()
		if l := b.lignes(); len(l) != 0 {
			t.Errorf("the card is back: %+v", l)
		}
		for n := range 20 {
			if e := b.etat(journal.LotFactures, cleLot(factures(t, 1+n, 1).Lots[0].Cle)); e != journal.ARLPositif {
				t.Errorf("lot %d: %s", 1+n, e)
			}
		}
		if e := b.etat(journal.LotFactures, cleLot(f.Lots[0].Cle)); e != journal.ARLPositif {
			t.Errorf("what the host gave: %s", e)
		}
		b.verifier()
	})
}

// The same while messages are to be signed: no message asks for a person, and all leave once the card is back.
func TestCarteAbsenteALaSignature(t *testing.T) {
	carte, certificat := carteDe(t)
	b := nouveauBanc(t, func(c *Config) {
		c.Signataires = []transport.Signataire{{Certificat: certificat, Signer: carte}}
	})
	carte.absente.Store(true)
	for i := range 10 {
		b.lot(1+i, 1)
	}
	for range 12 {
		if _, err := b.Avancer(t.Context()); err != nil && !errors.Is(err, transport.ErrCleIndisponible) {
			t.Error(err)
		}
		b.h.avancer(time.Hour)
	}
	if !b.uneAlerte() || len(b.f.envois) != 0 || carte.essais.Load() > 20 {
		t.Errorf("%d asked, %d left: %+v", carte.essais.Load(), len(b.f.envois), b.lignes())
	}
	carte.absente.Store(false)
	b.h.avancer(time.Hour)
	b.jusquAuRepos()
	if l := b.lignes(); len(l) != 0 || len(b.f.envois) != 10 {
		t.Errorf("%d left: %+v", len(b.f.envois), l)
	}
	m, err := transport.Open(t.Context(), bytes.NewReader(b.f.envois[0].octets), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range m.Parties() {
		if err != nil {
			t.Error(err)
		}
	}
	if len(m.Signatures) != 1 {
		t.Errorf("%d signatures", len(m.Signatures))
	}
	b.verifier()
}

// In a mailbox of two offices, an encrypted answer to the other one stays there while the card is out.
func TestCarteAbsenteBoitePartagee(t *testing.T) {
	carte, certificat := carteDe(t)
	b := nouveauBanc(t, func(c *Config) { c.Cles = []transport.Cle{{Certificat: certificat, Decrypter: carte}} })
	b.f.enveloppe = transport.Enveloppe{Chiffrement: "aes-256-cbc", Certificats: []*x509.Certificate{certificat}}
	b.f.poster(b.f.unARL(scor.FluxPieces, "00000987654321", 3, factures(t, 1, 1).Date, "", true, "", nil))
	carte.absente.Store(true)
	_, _ = b.Avancer(t.Context())
	carte.absente.Store(false)
	b.h.avancer(time.Hour)
	b.jusquAuRepos()
	if len(b.f.boite) != 1 {
		t.Errorf("the other office's answer was taken: %+v", b.lignes())
	}
}
