package ldap_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport/internal/pkiessai"
)

// slapd is OpenLDAP, started for a test with the public tree.
type slapd struct {
	adresse string
	ldaps   string
	racines *x509.CertPool // of its TLS certificate
	cmd     *exec.Cmd
}

// demarrer loads the LDIF and starts slapd (Debian package slapd), or skips the test.
func demarrer(t *testing.T, ldif string) *slapd {
	t.Helper()
	chercher := func(nom string) string {
		for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/libexec") {
			if p := filepath.Join(dir, nom); executable(p) {
				return p
			}
		}
		t.Skipf("%s is not installed (Debian package slapd)", nom)
		return ""
	}
	serveur, charger := chercher("slapd"), chercher("slapadd")
	schema := "/etc/ldap/schema"
	if _, err := os.Stat(schema); err != nil {
		schema = "/etc/openldap/schema"
	}
	dir := t.TempDir()
	ecrire := func(nom, texte string) string {
		nom = filepath.Join(dir, nom)
		if err := os.WriteFile(nom, []byte(texte), 0o600); err != nil {
			t.Fatal(err)
		}
		return nom
	}
	s := &slapd{adresse: portLibre(t), ldaps: portLibre(t), racines: x509.NewCertPool()}
	racine := pkiessai.NewRacine(t, "annuaire")
	s.racines.AddCert(racine.Certificat)
	cle, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(cle)
	if err != nil {
		t.Fatal(err)
	}
	tls := racine.FrontalDe(t, 3, cle.Public(), func(c *x509.Certificate) {
		c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		c.KeyUsage = x509.KeyUsageDigitalSignature
	})
	ecrire("cle.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	ecrire("certificat.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tls.Raw})))
	conf := ecrire("slapd.conf", fmt.Sprintf(`
include %[1]s/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile %[2]s/pid
argsfile %[2]s/args
sizelimit 10
TLSCertificateFile %[2]s/certificat.pem
TLSCertificateKeyFile %[2]s/cle.pem
database mdb
suffix "c=fr"
rootdn "cn=admin,c=fr"
directory %[2]s
maxsize 33554432
access to dn.base="c=fr" by * disclose
access to * by * read
`, schema, dir))
	donnees := ecrire("donnees.ldif", ldif)
	if out, err := exec.Command(charger, "-f", conf, "-l", donnees).CombinedOutput(); err != nil {
		t.Fatalf("slapadd: %v\n%s", err, out)
	}
	var sortie bytes.Buffer
	s.cmd = exec.Command(serveur, "-d", "0", "-h", "ldap://"+s.adresse+" ldaps://"+s.ldaps, "-f", conf)
	s.cmd.Stderr = &sortie
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.arreter)
	for range 200 {
		c, err := net.Dial("tcp", s.adresse)
		if err == nil {
			c.Close()
			return s
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("slapd does not answer\n%s", sortie.Bytes())
	return nil
}

func portLibre(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func executable(nom string) bool {
	i, err := os.Stat(nom)
	return err == nil && i.Mode().IsRegular() && i.Mode()&0o111 != 0
}

// arreter kills the process of this test, once.
func (s *slapd) arreter() {
	if s.cmd.ProcessState == nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
}

// entree writes one entry of LDIF; a []byte value is in base64.
func entree(b *strings.Builder, dn string, attributs ...any) {
	fmt.Fprintf(b, "dn: %s\n", dn)
	for i := 0; i < len(attributs); i += 2 {
		switch v := attributs[i+1].(type) {
		case []byte:
			fmt.Fprintf(b, "%s:: %s\n", attributs[i], base64.StdEncoding.EncodeToString(v))
		default:
			fmt.Fprintf(b, "%s: %s\n", attributs[i], v)
		}
	}
	b.WriteString("\n")
}
