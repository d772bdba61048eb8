package transport_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/imap"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

// Two accounts of a real Dovecot, made in the same second, taken into one folder: every
// message is kept, over POP3, and nothing is left.
func TestReelDeuxComptes(t *testing.T) {
	c := courrierReel(t)
	e := c.expediteur(t, smtp.Relais{Adresse: c.ports["SMTP"], Securite: smtp.STARTTLS})
	comptes := []string{adresse(t, "exemple.fr"), adresse(t, "exemple.fr")}
	for i, a := range comptes {
		for n := range 3 {
			id := fmt.Sprintf("%d.%d@exemple.fr", i, n)
			brut := fmt.Sprintf("From: a@exemple.fr\r\nTo: %s\r\nMessage-ID: <%s>\r\nSubject: n\r\n\r\nx\r\n", a, id)
			_, err := e.Envoyer(t.Context(), transport.Envoi{De: "a@exemple.fr", A: []string{a}, MessageID: id,
				Contenu: octets([]byte(brut))})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	d, err := transport.NewReleveDossier(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range comptes {
		c.maildirDe(t, a, 3)
		bilan, err := transport.Relever(t.Context(), c.pop3(a), d)
		if err != nil || bilan != (transport.BilanReleve{Pris: 3}) {
			t.Errorf("%+v, %v", bilan, err)
		}
		if bilan, err = transport.Relever(t.Context(), c.pop3(a), d); err != nil || bilan != (transport.BilanReleve{}) {
			t.Errorf("left in the mailbox: %+v, %v", bilan, err)
		}
	}
	if l, _ := filepath.Glob(filepath.Join(d.Dossier, "*.eml")); len(l) != 6 {
		t.Errorf("%d messages kept, want 6", len(l))
	}
}

// remplir puts messages into the mailbox of an address, as Dovecot's own delivery would.
func (c *courrier) remplir(b *testing.B, adresse string, n int) {
	b.Helper()
	d := filepath.Join(c.dossier, "boites", adresse)
	for _, s := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(d, "Maildir", s), 0o700); err != nil {
			b.Fatal(err)
		}
	}
	for i := range n {
		brut := fmt.Sprintf("From: a@exemple.fr\nMessage-ID: <%d@exemple.fr>\nSubject: ARL\n\n%s\n", i,
			strings.Repeat("x", 1500+i*7919%2500))
		// The sizes at the end are what tells names apart in Dovecot's table of them.
		f := filepath.Join(d, "Maildir", "new", fmt.Sprintf("%d.M%06dP%d.relais,S=%d,W=%d", 1_700_000_000+i/7,
			i*613_651%1_000_000, 1000+i%977, len(brut), len(brut)+strings.Count(brut, "\n")))
		if err := os.WriteFile(f, []byte(brut), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	proprietaire := exec.CommandContext(b.Context(), "chown", "-R", "--reference="+filepath.Dir(d), d)
	if out, err := proprietaire.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
}

// compteurReel keeps nothing; it notes the heap.
type compteurReel struct{ n, tas uint64 }

func (*compteurReel) Connu(context.Context, transport.Identite) (bool, error) { return false, nil }
func (r *compteurReel) Prendre(context.Context, *transport.MessageReleve) (transport.Verdict, error) {
	if r.n++; r.n%500 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		r.tas = max(r.tas, m.HeapInuse)
	}
	return transport.Garder, nil
}
func (*compteurReel) Ecarter(context.Context, *transport.MessageReleve, error) error { return nil }

// BenchmarkReelReleve: the time of a message on a real Dovecot doesn't depend on how many
// there are, nor does memory but for the list. SCOR_RELEVE names a bigger mailbox, such as
// 20000.
func BenchmarkReelReleve(b *testing.B) {
	c := courrierReel(b)
	tailles := []int{200, 2_000}
	if n, err := strconv.Atoi(os.Getenv("SCOR_RELEVE")); err == nil {
		tailles = append(tailles, n)
	}
	for _, protocole := range []string{"pop3", "imap"} {
		for _, n := range tailles {
			b.Run(fmt.Sprintf("%s/%d", protocole, n), func(b *testing.B) {
				r := new(compteurReel)
				for b.Loop() {
					b.StopTimer()
					a := adresse(b, "exemple.fr")
					c.remplir(b, a, n)
					pop := c.pop3(a)
					pop.Delai = 0
					boite := transport.Boite(pop)
					if protocole == "imap" {
						boite = &imap.Boite{Adresse: c.ports["IMAP"], Securite: imap.STARTTLS, ConfigTLS: c.tls, Utilisateur: a,
							MotDePasse: "secret"}
					}
					b.StartTimer()
					if bilan, err := transport.Relever(b.Context(), boite, r); err != nil || bilan.Pris != n {
						b.Fatalf("%+v, %v", bilan, err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/message")
				b.ReportMetric(float64(r.tas)/(1<<20), "MiB-heap")
			})
		}
	}
}
