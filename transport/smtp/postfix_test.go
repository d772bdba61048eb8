package smtp

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// postfix is a Postfix of our own, that takes mail for the frontal's domain and
// puts it in a Maildir.
type postfix struct {
	adresse string
	boite   string // Maildir; "" when the server is somebody else's
}

// demarrerPostfix uses the one at SCOR_TEST_POSTFIX (host:port), or starts one in
// a folder of its own (Debian package postfix; root is needed).
func demarrerPostfix(t *testing.T) postfix {
	t.Helper()
	if a := os.Getenv("SCOR_TEST_POSTFIX"); a != "" {
		return postfix{adresse: a}
	}
	bin, err := exec.LookPath("postfix")
	proprietaire, errU := user.Lookup("postfix")
	if err != nil || errU != nil || os.Geteuid() != 0 {
		t.Skip("SCOR_TEST_POSTFIX is not set, and Postfix can't be started (Debian package postfix, as root)")
	}
	demons := "/usr/lib/postfix/sbin"
	if _, err := os.Stat(demons); err != nil {
		demons = "/usr/libexec/postfix"
	}
	// Not t.TempDir, that other users can't enter.
	dir, err := os.MkdirTemp("", "postfix")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	uid, _ := strconv.Atoi(proprietaire.Uid)
	gid, _ := strconv.Atoi(proprietaire.Gid)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"conf", "spool", "data", "boites"} {
		d = filepath.Join(dir, d)
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
		if filepath.Base(d) != "conf" && filepath.Base(d) != "spool" {
			if err := os.Chown(d, uid, gid); err != nil {
				t.Fatal(err)
			}
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	adresse := l.Addr().String()
	l.Close()
	cle, err := x509.MarshalPKCS8PrivateKey(autorite().PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	ecrire := func(nom string, texte []byte) {
		if err := os.WriteFile(filepath.Join(dir, "conf", nom), texte, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ecrire("tls.pem", append(
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: cle}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: autorite().Leaf.Raw})...))
	ecrire("main.cf", fmt.Appendf(nil, `
compatibility_level = 3.6
queue_directory = %[1]s/spool
data_directory = %[1]s/data
command_directory = %[2]s
daemon_directory = %[3]s
mail_owner = postfix
setgid_group = postdrop
myhostname = relais.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
maillog_file = /dev/null
maillog_file_prefixes = /dev/null
smtputf8_enable = no
message_size_limit = 50000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
virtual_mailbox_domains = 996.01.rss.fr
virtual_mailbox_base = %[1]s/boites
virtual_mailbox_maps = inline:{01996@996.01.rss.fr=01996/}
virtual_uid_maps = static:%[4]d
virtual_gid_maps = static:%[5]d
virtual_minimum_uid = 1
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_chain_files = %[1]s/conf/tls.pem
smtpd_tls_security_level = may
`, dir, filepath.Dir(bin), demons, uid, gid))
	ecrire("master.cf", fmt.Appendf(nil, `
%s inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
`, adresse))
	conf := filepath.Join(dir, "conf")
	if out, err := exec.Command(bin, "-c", conf, "start").CombinedOutput(); err != nil {
		t.Fatalf("postfix start: %v\n%s", err, out)
	}
	t.Cleanup(func() { exec.Command(bin, "-c", conf, "stop").Run() })
	for range 200 {
		if c, err := net.Dial("tcp", adresse); err == nil {
			c.Close()
			return postfix{adresse, filepath.Join(dir, "boites", "01996")}
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("Postfix does not answer")
	return postfix{}
}

// recu waits for the message in the Maildir.
func (p postfix) recu(t *testing.T) []byte {
	t.Helper()
	for range 400 {
		noms, err := filepath.Glob(filepath.Join(p.boite, "new", "*"))
		if err != nil {
			t.Fatal(err)
		}
		if len(noms) == 1 {
			b, err := os.ReadFile(noms[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(noms[0]); err != nil {
				t.Fatal(err)
			}
			return b
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("the message does not come to the mailbox")
	return nil
}

// A lot composed, encrypted and sent through Postfix is what openssl decrypts from
// the mailbox.
func TestPostfix(t *testing.T) {
	p := demarrerPostfix(t)
	r := Relais{Adresse: p.adresse, TLS: clientTLS()}
	if p.boite == "" {
		r.Securite, r.TLS = STARTTLSPossible, &tls.Config{InsecureSkipVerify: true}
	}
	e := nouvel(t, r, unEssai)

	_, err := e.Envoyer(t.Context(), envoi(courrier, "personne@ailleurs.invalid"))
	if f := faute(t, err); f.Code != 554 || f.CodeEtendu != "5.7.1" || !f.Definitive || len(f.Refus) != 1 {
		t.Errorf("another's domain: %#v", f)
	}
	gros := envoi(courrier)
	gros.Taille = 1 << 40
	if _, err := e.Envoyer(t.Context(), gros); err == nil || !faute(t, err).Definitive {
		t.Errorf("1 TiB: %v", err)
	}
	if p.boite == "" {
		return
	}
	preuve, err := e.Envoyer(t.Context(), envoi(courrier, "01996@996.01.rss.fr", "inconnu@996.01.rss.fr"))
	if err != nil {
		t.Fatal(err)
	}
	if preuve.Code != 250 || !strings.Contains(preuve.Reponse, "queued as") || len(preuve.Refus) != 1 || preuve.Refus[0].CodeEtendu != "5.1.1" {
		t.Errorf("%+v", preuve)
	}
	if lu := p.recu(t); !bytes.HasSuffix(lu, []byte("\n.\n..deux\nfin.\n")) {
		t.Errorf("in the mailbox: %q", lu)
	}

	certificat, cle := frontal(t)
	lot := bytes.Repeat([]byte("000TE00000420788606"), 50_000)
	m := &transport.Message{
		De: "cabinet@exemple.fr", A: []string{"01996@996.01.rss.fr"}, Sujet: "IR100500", ID: "2@exemple.fr", Date: time.Now(),
		Parties:   []transport.Partie{{Type: transport.TypeEDI, Description: "IRISTEST/B2", Ouvrir: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(lot)), nil }}},
		Enveloppe: transport.Enveloppe{Chiffrement: "aes-128-cbc", TransportCle: "pkcs1v15", Certificats: []*x509.Certificate{certificat}},
	}
	sortie, err := m.Envoi()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Envoyer(t.Context(), sortie); err != nil {
		t.Fatal(err)
	}
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	cmd := exec.Command(openssl, "smime", "-decrypt", "-inkey", cle)
	cmd.Stdin = bytes.NewReader(p.recu(t))
	entite, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl: %v", err)
	}
	recu, err := transport.Ouvrir(t.Context(), bytes.NewReader(entite), nil)
	if err != nil {
		t.Fatal(err)
	}
	for partie, err := range recu.Parties() {
		if err != nil {
			t.Fatal(err)
		}
		if lu, err := io.ReadAll(partie); err != nil || !bytes.Equal(lu, lot) {
			t.Errorf("the lot that comes out has %d bytes of %d, %v", len(lu), len(lot), err)
		}
	}
}

// frontal is a certificate, and the file of its key.
func frontal(t *testing.T) (*x509.Certificate, string) {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	modele := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "01996@996.01.rss.fr"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, modele, modele, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	cle, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	nom := filepath.Join(t.TempDir(), "frontal.key")
	if err := os.WriteFile(nom, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: cle}), 0o600); err != nil {
		t.Fatal(err)
	}
	return c, nom
}
