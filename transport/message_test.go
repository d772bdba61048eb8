package transport_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

func octets(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

func alea() io.Reader { return rand.NewChaCha8([32]byte{1}) }

var instant = time.Date(2026, 11, 21, 22, 30, 17, 0, time.UTC)

func messageIRIS(contenu []byte) *transport.Message {
	return &transport.Message{
		De: "teletransmission@exemple.fr", A: []string{"01996@996.01.rss.fr"},
		Sujet: "IR100500/00000420788606/2026112122301700000/00019",
		ID:    "2026112122301700000@exemple.fr", Date: instant,
		Parties: []transport.Partie{{Type: transport.TypeEDI, Description: "IRISTEST/B2/Z",
			Nom: "B2_2026112122301700000.gz", Gzip: true, Open: octets(contenu)}},
		Enveloppe: transport.Enveloppe{Rand: alea()},
	}
}

func composer(t testing.TB, m *transport.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := transport.Composer(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// partie is a part read to its end, for comparison.
type partie struct {
	Chemin, Type, Description, Nom, Compression string
	Chiffre                                     bool
	Contenu                                     string
	Erreur                                      error
}

func lire(t testing.TB, o transport.Ouvreur, brut []byte) (*transport.Recu, []partie) {
	t.Helper()
	recu, err := o.Open(t.Context(), bytes.NewReader(brut))
	if err != nil {
		t.Fatal(err)
	}
	var out []partie
	for p, err := range recu.Parties() {
		if p == nil {
			out = append(out, partie{Erreur: err})
			continue
		}
		x := partie{p.Chemin, p.Type, p.Description, p.Nom, p.Compression, p.Chiffre, "", err}
		if err == nil {
			var b []byte
			b, x.Erreur = io.ReadAll(p)
			x.Contenu = string(b)
		}
		out = append(out, x)
	}
	return recu, out
}

// verifierLignes checks what every relay asks: CRLF only, 7-bit, short lines.
func verifierLignes(t testing.TB, brut []byte) {
	t.Helper()
	if !bytes.HasSuffix(brut, []byte("\r\n")) {
		t.Error("the message doesn't end with CRLF")
	}
	for i, l := range strings.Split(string(brut), "\r\n") {
		if strings.ContainsAny(l, "\r\n") {
			t.Errorf("line %d holds a bare CR or LF", i+1)
		}
		if len(l) > 78 && !strings.HasPrefix(l, "Content-") {
			t.Errorf("line %d: %d characters", i+1, len(l))
		}
		for _, c := range []byte(l) {
			if c >= 0x80 {
				t.Errorf("line %d isn't 7-bit", i+1)
			}
		}
	}
}

func TestComposerIRIS(t *testing.T) {
	b2 := []byte(strings.Repeat(fmt.Sprintf("%-128s", "000TE"), 40))
	m := messageIRIS(b2)
	brut := composer(t, m)
	verifierLignes(t, brut)
	const entetes = "From: teletransmission@exemple.fr\r\n" +
		"To: 01996@996.01.rss.fr\r\n" +
		"Message-ID: <2026112122301700000@exemple.fr>\r\n" +
		"Subject: IR100500/00000420788606/2026112122301700000/00019\r\n" +
		"Date: Sat, 21 Nov 2026 22:30:17 +0000\r\n" +
		"MIME-Version: 1.0\r\n" +
		"Content-Type: application/EDI-consent\r\n" +
		"Content-Transfer-Encoding: base64\r\n" +
		"Content-Description: IRISTEST/B2/Z\r\n" +
		"Content-Disposition: attachment; filename=B2_2026112122301700000.gz\r\n\r\n"
	if got := string(brut[:min(len(brut), len(entetes))]); got != entetes {
		t.Error(cmp.Diff(entetes, got))
	}
	recu, parties := lire(t, transport.Ouvreur{}, brut)
	if recu.De != m.De || recu.ID != m.ID || recu.Sujet != m.Sujet || !recu.Date.Equal(instant) || recu.Chiffre {
		t.Errorf("header read: %+v", recu)
	}
	want := []partie{{Chemin: "1", Type: "application/edi-consent", Description: "IRISTEST/B2/Z",
		Nom: "B2_2026112122301700000.gz", Compression: "gzip", Contenu: string(b2)}}
	if d := cmp.Diff(want, parties); d != "" {
		t.Error(d)
	}
	m.Enveloppe.Rand = alea()
	if !bytes.Equal(brut, composer(t, m)) {
		t.Error("same date and randomness, other bytes")
	}
}

func TestComposerPartiesEtLignes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, ligne := range []int{0, 4, 64, 72, 76} {
		for _, externe := range []bool{false, true} {
			m := messageIRIS([]byte("fichier"))
			m.De = "Cabinet Éloïse <cabinet@exemple.fr>"
			m.Sujet = "Pièces justificatives du cabinet, numérisées et transmises en accord avec la convention nationale"
			m.Enveloppe.LigneBase64, m.Enveloppe.MultipartExterne, m.Enveloppe.DescriptionExterne = ligne, externe, true
			m.Enveloppe.XSVChiffrement = "HERO#Heroad#1.40#A#2"
			want := []partie{{Type: "application/edi-consent", Description: "IRISTEST/B2/Z", Nom: "B2_2026112122301700000.gz",
				Compression: "gzip", Contenu: "fichier"}}
			for i := range 5 {
				b := make([]byte, r.IntN(5000)+i)
				for k := range b {
					b[k] = byte(r.Uint32())
				}
				b = append([]byte("%PDF"), b...)
				m.Parties = append(m.Parties, transport.Partie{Type: "application/pdf", Nom: "pièce.pdf", Open: octets(b)})
				want = append(want, partie{Type: "application/pdf", Nom: "pièce.pdf", Contenu: string(b)})
			}
			prefixe := ""
			if externe {
				prefixe = "1."
			}
			for i := range want {
				want[i].Chemin = fmt.Sprintf("%s%d", prefixe, i+1)
			}
			brut := composer(t, m)
			verifierLignes(t, brut)
			recu, got := lire(t, transport.Ouvreur{}, brut)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("line %d, outer multipart %v: %s", ligne, externe, d)
			}
			if recu.Sujet != m.Sujet || recu.De != "cabinet@exemple.fr" ||
				recu.Entetes.Get("Content-Description") != "IRISTEST/B2/Z" ||
				!bytes.Contains(brut, []byte("\r\nX-SV_CHIFFREMENT: HERO#Heroad#1.40#A#2\r\n")) {
				t.Errorf("header: %q %q", recu.Sujet, recu.De)
			}
		}
	}
}

func TestComposerRefuse(t *testing.T) {
	for raison, gater := range map[string]func(*transport.Message){
		"a CRLF in the subject would add a header":    func(m *transport.Message) { m.Sujet = "a\r\nBcc: x@y.fr" },
		"a LF in the description":                     func(m *transport.Message) { m.Parties[0].Description = "IRIS\nX: y" },
		"a CR in the type":                            func(m *transport.Message) { m.Parties[0].Type = "a/b;\rc=d" },
		"not a media type":                            func(m *transport.Message) { m.Parties[0].Type = "pdf" },
		"Message-ID is the identity across attempts":  func(m *transport.Message) { m.ID = "" },
		"Message-ID with brackets":                    func(m *transport.Message) { m.ID = "<a@b>" },
		"no recipient":                                func(m *transport.Message) { m.A = nil },
		"recipient is no address":                     func(m *transport.Message) { m.A = []string{"01996"} },
		"no part":                                     func(m *transport.Message) { m.Parties = nil },
		"a line of 75 can't be cut in groups of four": func(m *transport.Message) { m.Enveloppe.LigneBase64 = 75 },
		"a line over RFC 2045's 76":                   func(m *transport.Message) { m.Enveloppe.LigneBase64 = 80 },
		"a cipher and nobody to read it":              func(m *transport.Message) { m.Enveloppe.Chiffrement = "aes-128-cbc" },
	} {
		m := messageIRIS(nil)
		gater(m)
		if err := transport.Composer(io.Discard, m); !errors.Is(err, transport.ErrMessage) {
			t.Errorf("%s: %v", raison, err)
		}
	}
}

func TestComposerPartieQuiEchoue(t *testing.T) {
	panne := errors.New("disk gone")
	m := messageIRIS(nil)
	m.Parties[0].Open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("abc"), iotestErr{panne})), nil
	}
	if err := transport.Composer(io.Discard, m); !errors.Is(err, panne) {
		t.Errorf("Composer: %v", err)
	}
	envoi, err := m.Envoi()
	if err != nil {
		t.Fatal(err)
	}
	r, _ := envoi.Contenu()
	if _, err := io.ReadAll(r); !errors.Is(err, panne) {
		t.Errorf("a reader of Envoi must not take a half message for a whole one: %v", err)
	}
}

type iotestErr struct{ err error }

func (e iotestErr) Read([]byte) (int, error) { return 0, e.err }

// partage finds a file shared with the project, beside the module.
func partage(t testing.TB, nom string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "shared", nom))
	if err != nil {
		t.Skip("../shared is not here")
	}
	return b
}

func cleFrontal(t testing.TB) transport.Cle {
	t.Helper()
	bloc, _ := pem.Decode(partage(t, "data/b2/frontal.pem"))
	cert, err := x509.ParseCertificate(bloc.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	bloc, _ = pem.Decode(partage(t, "data/b2/frontal.key"))
	cle, err := x509.ParsePKCS8PrivateKey(bloc.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return transport.Cle{Certificat: cert, Decrypter: cle.(crypto.Decrypter)}
}

// The three mails of a billing program: 3DES in a one-part multipart, AES-128 and
// AES-256 at top level, each under LF and CRLF line ends.
func TestOuvrirMailsIRIS(t *testing.T) {
	for i, chemin := range []string{"1.1", "1", "1"} {
		t.Run(fmt.Sprintf("lot%d", i+1), func(t *testing.T) {
			b2 := partage(t, fmt.Sprintf("data/b2/lot%d.b2", i+1))
			brut := partage(t, fmt.Sprintf("data/b2/lot%d.eml", i+1))
			lf := bytes.ReplaceAll(brut, []byte("\r\n"), []byte("\n"))
			crlf := bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n"))
			for _, brut := range [][]byte{lf, crlf} {
				recu, got := lire(t, transport.Ouvreur{Cles: []transport.Cle{cleFrontal(t)}}, brut)
				if !recu.Chiffre || !strings.HasPrefix(recu.Sujet, "IR100500/00000420788606/") {
					t.Errorf("header: %+v", recu)
				}
				if len(got) != 1 {
					t.Fatalf("%d parts", len(got))
				}
				want := partie{Chemin: strings.TrimSuffix(chemin, ".1"), Type: "application/edi-consent", Chiffre: true,
					Description: got[0].Description, Nom: got[0].Nom, Compression: "gzip", Contenu: string(b2)}
				if d := cmp.Diff(want, got[0]); d != "" || !strings.HasPrefix(got[0].Description, "IRIS") {
					t.Errorf("%q %s", got[0].Description, d)
				}
			}
			_, got := lire(t, transport.Ouvreur{}, brut)
			if len(got) != 1 || !errors.Is(got[0].Erreur, transport.ErrSansCle) {
				t.Errorf("without a key: %+v", got)
			}
		})
	}
}

func TestChiffrerPuisOuvrir(t *testing.T) {
	cle := cleFrontal(t)
	for _, algo := range []string{"aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "3des"} {
		for _, tc := range []string{"", "oaep", "oaep-sha256"} {
			for _, ber := range []bool{false, true} {
				m := messageIRIS([]byte("000TE"))
				m.Parties = append(m.Parties, transport.Partie{Type: "application/pdf", Nom: "P1.pdf",
					Open: octets([]byte("%PDF-1.4"))})
				m.Enveloppe = transport.Enveloppe{Chiffrement: algo, TransportCle: tc, BER: ber,
					Certificats: []*x509.Certificate{cle.Certificat}, MultipartExterne: ber, DescriptionExterne: true}
				brut := composer(t, m)
				verifierLignes(t, brut)
				_, got := lire(t, transport.Ouvreur{Cles: []transport.Cle{cle}}, brut)
				if len(got) != 2 || got[0].Contenu != "000TE" || got[1].Contenu != "%PDF-1.4" || !got[1].Chiffre {
					t.Errorf("%s %s BER %v: %+v", algo, tc, ber, got)
				}
				if bytes.Contains(brut, []byte("P1.pdf")) {
					t.Error("a file name is in clear")
				}
			}
		}
	}
}

// openssl reads what the SDK writes, as a frontal would.
func TestOpensslOuvre(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not here (Debian package openssl)")
	}
	b2 := partage(t, "data/b2/lot2.b2")
	cle := cleFrontal(t)
	base := filepath.Join("..", "..", "shared", "data", "b2")
	for _, outil := range []string{"smime", "cms"} {
		for _, algo := range []string{"aes-128-cbc", "aes-256-cbc", "3des"} {
			m := messageIRIS(b2)
			m.Enveloppe = transport.Enveloppe{Chiffrement: algo, Certificats: []*x509.Certificate{cle.Certificat},
				XSVChiffrement: "A#B#1#A#2"}
			cmd := exec.Command(openssl, outil, "-decrypt", "-recip", filepath.Join(base, "frontal.pem"), "-inkey",
				filepath.Join(base, "frontal.key"))
			cmd.Stdin = bytes.NewReader(composer(t, m))
			clair, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s %s: %v", outil, algo, err)
			}
			_, got := lire(t, transport.Ouvreur{}, clair)
			if len(got) != 1 || got[0].Contenu != string(b2) {
				t.Errorf("%s %s: other bytes", outil, algo)
			}
		}
	}
}
