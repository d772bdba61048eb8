package frontal_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
)

const cabinet = "teletransmission@exemple.fr"

func demarrer(t testing.TB, c frontal.Config) *frontal.Frontal {
	t.Helper()
	f, err := frontal.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func octets(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// b2 makes a small B2 file: what the frontal reads of it is at its public columns.
func b2(lot, factures int) []byte {
	var out []byte
	rec := func(debut string, zones map[int]string) {
		r := []byte(fmt.Sprintf("%-128s", debut))
		for col, v := range zones {
			copy(r[col-1:], v)
		}
		out = append(out, r...)
	}
	rec("000TE00000420788606", nil)
	rec("1420788606", map[int]string{20: fmt.Sprintf("%03d", lot), 72: "261121"})
	for range factures {
		rec("5", nil)
	}
	rec("6", nil)
	rec("999TE00000420788606", map[int]string{56: fmt.Sprintf("%08d", factures+4)})
	return out
}

func message(f *frontal.Frontal, n int, fichier []byte, factures int) *transport.Message {
	compostage := fmt.Sprintf("20261121223017%05d", n)
	return &transport.Message{
		De: cabinet, A: []string{f.Adresse()}, ID: compostage + "@exemple.fr",
		Sujet:     fmt.Sprintf("IR100500/00000420788606/%s/%05d", compostage, factures),
		Parties:   []transport.Partie{{Type: transport.TypeEDI, Description: "IRIS/B2/Z", Gzip: true, Open: octets(fichier)}},
		Enveloppe: transport.Enveloppe{Chiffrement: "aes-128-cbc", Certificats: []*x509.Certificate{f.Certificat()}},
	}
}

// envoyer sends with go-smtp alone, as another program would.
func envoyer(t testing.TB, f *frontal.Frontal, m *transport.Message) error {
	t.Helper()
	var b bytes.Buffer
	if err := transport.Composer(&b, m); err != nil {
		t.Fatal(err)
	}
	return envoyerBrut(f, m.A[0], b.Bytes())
}

func envoyerBrut(f *frontal.Frontal, a string, brut []byte) error {
	c, err := smtp.DialStartTLS(f.SMTP(), f.ConfigTLS())
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SendMail(cabinet, []string{a}, bytes.NewReader(brut)); err != nil {
		return err
	}
	return c.Quit()
}

func boite(f *frontal.Frontal) *pop3.Boite {
	return &pop3.Boite{Adresse: f.POP3(), Securite: pop3.Clair, Utilisateur: cabinet, MotDePasse: "x",
		Delai: 10 * time.Second}
}

// retour is an answer as the sender sees it.
type retour struct{ Sujet, Type, Description, Contenu string }

// relever takes and drops all that waits.
func relever(t testing.TB, b *pop3.Boite) []retour {
	t.Helper()
	var out []retour
	for m, err := range b.Messages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, lire(t, m)...)
		if err := b.Acquitter(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func lire(t testing.TB, m transport.MessageBoite) []retour {
	r, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	recu, err := transport.Open(t.Context(), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []retour
	for p, err := range recu.Parties() {
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			b = []byte("illisible")
		}
		out = append(out, retour{recu.Sujet, p.Type, p.Description, string(b)})
	}
	return out
}

func enregistrements(s string) []string {
	var out []string
	for ; len(s) >= 128; s = s[128:] {
		out = append(out, strings.TrimRight(s[:128], " "))
	}
	return out
}

func TestFacturesARLPositif(t *testing.T) {
	horloge := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	f := demarrer(t, frontal.Config{Horloge: func() time.Time { return horloge }})
	if err := envoyer(t, f, message(f, 1, b2(101, 3), 3)); err != nil {
		t.Fatal(err)
	}
	recus := f.Recus()
	if len(recus) != 1 || len(recus[0].Constats) != 0 {
		t.Fatalf("received: %+v", recus)
	}
	r := recus[0]
	if r.Flux != frontal.Factures || !r.Chiffre || r.Compostage != "2026112122301700001" || len(r.Lots) != 1 ||
		r.Lots[0].Numero != 101 || r.Lots[0].Factures != 3 {
		t.Errorf("received: %+v", r)
	}
	got := relever(t, boite(f))
	if len(got) != 1 || got[0].Sujet != "ARL/00000420788606/2026112122301700001" || got[0].Description != "ARL/Z" {
		t.Fatalf("answers: %+v", got)
	}
	want := []string{
		"000" + strings.Repeat(" ", 44) + "AR" + strings.Repeat(" ", 33) + "128",
		"80B200000420788606" + "000101" + "261121" + "P" + "0000" + "261122" + "000000000" + "2026112122301700001" +
			"Lot re\xe7u",
		"999" + strings.Repeat(" ", 44) + "AR",
	}
	if d := cmp.Diff(want, enregistrements(got[0].Contenu)); d != "" {
		t.Error(d)
	}
	if n := f.EnAttente(cabinet); n != 0 {
		t.Errorf("%d messages left after DELE and QUIT", n)
	}
}

// The mails of a billing program, with their own key.
func TestMailsPartages(t *testing.T) {
	base := filepath.Join("..", "..", "..", "shared", "data", "b2")
	if _, err := os.Stat(base); err != nil {
		t.Skip("../shared is not here")
	}
	cle := clePartagee(t, base)
	f := demarrer(t, frontal.Config{Cle: cle.Decrypter, Certificat: cle.Certificat})
	for i := range 3 {
		brut, err := os.ReadFile(filepath.Join(base, fmt.Sprintf("lot%d.eml", i+1)))
		if err != nil {
			t.Fatal(err)
		}
		brut = bytes.ReplaceAll(bytes.ReplaceAll(brut, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		if err := envoyerBrut(f, f.Adresse(), brut); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range f.Recus() {
		if len(r.Constats) != 0 || len(r.Lots) != 1 || r.Flux != frontal.Factures {
			t.Errorf("lot%d: %+v", i+1, r)
		}
	}
	if got := relever(t, boite(f)); len(got) != 3 {
		t.Errorf("%d ARL, want 3", len(got))
	}
}

// lotPieces encodes a lot by the tables of the profile: the opposite of what the
// frontal reads, with a fault where asked.
func lotPieces(t testing.TB, p *scor.Profil, v valeurs, documents []valeurs) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := p.Lot.Encode(&out, &sourceFausse{v: v, documents: documents}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type valeurs map[string]any

// sourceFausse says what it is told to, whether or not it agrees.
type sourceFausse struct {
	v, d      valeurs
	documents []valeurs
	noms      []string
}

func (s *sourceFausse) Lier(donnees []disposition.Donnee) {
	for _, d := range donnees {
		s.noms = append(s.noms, d.Nom)
	}
}

func (s *sourceFausse) Boucle(p disposition.Pour, f func() error) error {
	if p == disposition.PourLot {
		return f()
	}
	for _, s.d = range s.documents {
		if err := f(); err != nil {
			return err
		}
	}
	s.d = nil
	return nil
}

func (s *sourceFausse) Valeur(i int) (disposition.Valeur, bool) {
	x, ok := s.d[s.noms[i]]
	if !ok {
		x, ok = s.v[s.noms[i]]
	}
	switch x := x.(type) {
	case string:
		return disposition.VTexte(x)
	case int:
		return disposition.VNombre(int64(x))
	case fse.Date:
		return disposition.VDate(x)
	case scor.Empreinte:
		return disposition.Valeur{Empreinte: (*[32]byte)(&x)}, true
	}
	return disposition.Valeur{}, ok
}

func TestPieces(t *testing.T) {
	profil, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	pdf := []byte("%PDF-1.4 une ordonnance")
	for _, tt := range []struct {
		raison  string
		gater   func(v, d valeurs)
		constat string
		sens    string
	}{
		{"everything agrees", func(v, d valeurs) {}, "", "P0000"},
		{"hash of another document", func(v, d valeurs) { d["document.empreinte"] = scor.Empreinte{1} }, "document-empreinte",
			"N1000"},
		{"the document isn't in the message", func(v, d valeurs) { d["piece.id"], d["document.id"] = "P2", "P2" },
			"document-absent", "N1000"},
		{"a pair is missing", func(v, d valeurs) { v["lot.paires"] = 2 }, "lot-compteur", "N1000"},
		{"a type of piece that the profile doesn't have", func(v, d valeurs) { d["piece.type"] = "XX" }, "piece-type",
			"N1000"},
		{"more bytes than the profile lets in a lot", func(v, d valeurs) {
			d["document.octets"], v["lot.octets"] = 20_000_000,
				20_000_000
		}, "lot-octets document-octets", "N1000"},
		{"a size differs", func(v, d valeurs) { d["document.octets"], v["lot.octets"] = 5, 5 }, "document-octets", "N1000"},
	} {
		t.Run(tt.raison, func(t *testing.T) {
			f := demarrer(t, frontal.Config{})
			v := valeurs{
				"emetteur.type": "TE", "emetteur.numero": "420788606", "destinataire.type": "CT", "destinataire.numero": "1",
				"destinataire.organisme": "422", "fichier.id": "ABCDEF", "profil.version": "1", "fichier.lots": 1,
				"lot.factures.emetteur": "420788606", "lot.numero": 7, "lot.factures.numero": 101,
				"lot.paires": 1, "lot.documents": 1, "lot.pages": 1, "lot.octets": len(pdf), "lot.enregistrements": 4,
			}
			fichierDate := dateDe(t, 2026, 11, 21)
			v["fichier.date"], v["lot.date"], v["lot.factures.date"] = fichierDate, fichierDate, fichierDate
			d := valeurs{"paire.rang": 1, "facture.numero": 1000, "paire.mode": scor.ModeDocument, "piece.type": "OR",
				"piece.id": "P1", "document.rang": 1, "document.id": "P1", "document.type": "OR", "document.pages": 1,
				"document.octets": len(pdf), "document.empreinte": empreinte(pdf)}
			tt.gater(v, d)
			m := message(f, 1, nil, 0)
			m.Sujet = "SC000001/00000420788606/2026112122301700001/00001"
			m.Parties = []transport.Partie{
				{Type: transport.TypeEDI, Description: "SCOR/LOT/Z", Gzip: true,
					Open: octets(lotPieces(t, profil, v, []valeurs{d}))},
				{Type: "application/pdf", Nom: "P1.pdf", Description: "SCOR/PJ", Open: octets(pdf)},
			}
			if err := envoyer(t, f, m); err != nil {
				t.Fatal(err)
			}
			r := f.Recus()[0]
			var codes []string
			for _, c := range r.Constats {
				codes = append(codes, c.Code)
			}
			if strings.Join(codes, " ") != tt.constat {
				t.Errorf("findings %+v, want %q", r.Constats, tt.constat)
			}
			if r.Flux != frontal.Pieces || len(r.Lots) != 1 || len(r.Lots[0].Pieces) != 1 {
				t.Errorf("received: %+v", r)
			}
			got := relever(t, boite(f))
			if len(got) != 1 || !strings.Contains(got[0].Contenu, "80SC00000420788606000007261121"+tt.sens) {
				t.Errorf("answer: %+v", got)
			}
		})
	}
}
