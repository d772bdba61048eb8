package transport_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// FuzzOuvrir: a message of any bytes is opened within its limits, or refused.
func FuzzOuvrir(f *testing.F) {
	f.Add(composer(f, messageIRIS([]byte("000TE"))))
	m := messageIRIS([]byte("000TE"))
	m.Parties = append(m.Parties, transport.Partie{Type: "application/pdf", Nom: "P1.pdf", Open: octets([]byte("%PDF"))})
	m.Enveloppe.MultipartExterne = true
	f.Add(composer(f, m))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=a\n\n--a\n\n\x78\x9c--a\nContent-Type: application/x; " +
		"name=\"../../x\"\nContent-Transfer-Encoding: quoted-printable\n\n=41\n--a--"))
	var cles []transport.Cle
	if eml, _ := filepath.Glob("../../shared/data/b2/lot*.eml"); len(eml) > 0 {
		for _, n := range eml {
			b, err := os.ReadFile(n)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
		cles = []transport.Cle{cleFrontal(f)}
	}
	f.Fuzz(func(t *testing.T, brut []byte) {
		var copie bytes.Buffer
		o := transport.Ouvreur{Cles: cles, OctetsMax: 1 << 20, PartiesMax: 50, ProfondeurMax: 5, Brut: &copie}
		recu, err := o.Open(t.Context(), bytes.NewReader(brut))
		if err != nil {
			return
		}
		parties, total := 0, int64(0)
		fautes := false
		for p, err := range recu.Parties() {
			if p == nil {
				fautes = true
				if err == nil {
					t.Fatal("neither a part nor an error")
				}
				continue
			}
			parties++
			if strings.ContainsAny(p.Nom, `/\`) || strings.HasPrefix(p.Nom, ".") {
				t.Errorf("file name %q leaves its folder", p.Nom)
			}
			n, _ := io.Copy(io.Discard, p)
			total += n
		}
		if parties > 51 || total > 1<<20 {
			t.Errorf("%d parts, %d bytes", parties, total)
		}
		if !fautes && !bytes.Equal(copie.Bytes(), brut) {
			t.Errorf("the copy kept has %d bytes of %d", copie.Len(), len(brut))
		}
	})
}
