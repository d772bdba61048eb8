package dsn_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/dsn"
)

func lire(t testing.TB, brut []byte) ([]dsn.Avis, error) {
	t.Helper()
	recu, err := transport.Open(t.Context(), bytes.NewReader(brut), nil)
	if err != nil {
		t.Fatal(err)
	}
	return dsn.Parse(recu)
}

func TestLire(t *testing.T) {
	const frontal, id, lot, enveloppe = "01996@996.01.rss.fr", "2026112109595900001@exemple.fr", "lot-7@exemple.fr",
		"2026112109595900001"
	cas := map[string][]dsn.Avis{
		"postfix.eml": {{Sur: true, MessageID: id, Destinataire: frontal, Definitif: true, Code: "5.1.1",
			MTA: "relais.exemple.fr", Diagnostic: "550 5.1.1 <01996@996.01.rss.fr>: Recipient address rejected: User unknown"}},
		"postfix-retard.eml": {{Sur: true, MessageID: id, Destinataire: frontal, Code: "4.4.1", MTA: "relais.exemple.fr",
			Diagnostic: "connect to mx.rss.fr[192.0.2.1]:25: Connection timed out"}},
		"deux-destinataires.eml": {
			{MessageID: "original@exemple.fr", Destinataire: "un@exemple.org", Definitif: true, Code: "5.1.1",
				MTA: "googlemail.com", Diagnostic: "550-5.1.1 The email account that you tried to reach does not exist."},
			{MessageID: "original@exemple.fr", Destinataire: "trois@exemple.org", Definitif: true, Code: "5.2.2",
				MTA: "googlemail.com", Diagnostic: "552 5.2.2 Mailbox full"},
		},
		"qmail.eml": {{Sur: true, MessageID: id, Destinataire: frontal, Definitif: true, Code: "5.0.0",
			Diagnostic: "Remote host said: 550 no such user"}},
		"exim.eml": {{Sur: true, MessageID: id, Destinataire: frontal, Definitif: true, Code: "5.7.1",
			Diagnostic: "554 5.7.1 <01996@996.01.rss.fr>: Relay access denied"}},
		"sendmail.eml": {{Sur: true, MessageID: id, Destinataire: frontal, Definitif: true, Code: "5.0.0",
			Diagnostic: "<<< 550 <01996@996.01.rss.fr>... User unknown"}},
		"exchange.eml": {{MessageID: id, Destinataire: frontal, Definitif: true, Code: "5.2.2",
			Diagnostic: "#554 5.2.2 mailbox full##"}},
		"action-expired.eml": {{Sur: true, MessageID: lot, EnveloppeID: enveloppe, Destinataire: frontal, Definitif: true,
			MTA: "relais.exemple"}},
		"action-inconnue.eml": {{Sur: true, MessageID: lot, EnveloppeID: enveloppe, Destinataire: frontal, Code: "4.7.0",
			MTA: "relais.exemple"}},
		"groupes-colles.eml": {
			{Sur: true, MessageID: lot, EnveloppeID: enveloppe, Destinataire: "un@exemple.org", Definitif: true, Code: "5.1.1",
				MTA: "relais.exemple"},
			{Sur: true, MessageID: lot, EnveloppeID: enveloppe, Destinataire: "deux@exemple.org", Definitif: true, Code: "5.2.2",
				MTA: "relais.exemple", Diagnostic: "552-boite 552 pleine"},
		},
		"sans-groupe.eml": {{Sur: true, MessageID: lot, EnveloppeID: enveloppe, Destinataire: frontal, Definitif: true,
			MTA: "relais.exemple"}},
		"original-ailleurs.eml": {{Sur: true, MessageID: lot, EnveloppeID: enveloppe, Destinataire: frontal, Definitif: true,
			Code: "5.1.1", MTA: "relais.exemple"}},
		"dma.eml": {{Sur: true, MessageID: lot, Destinataire: frontal, Definitif: true, Code: "5.1.1",
			Diagnostic: "550 5.1.1 unknown"}},
		"qmail-deux.eml": {
			{Sur: true, MessageID: lot, Destinataire: "un@exemple.org", Definitif: true, Code: "5.1.1",
				Diagnostic: "User unknown. (#5.1.1)"},
			{Sur: true, MessageID: lot, Destinataire: "deux@exemple.org", Definitif: true, Code: "5.2.2",
				Diagnostic: "mailbox full (#5.2.2)"},
		},
		"non-plainte.eml":              nil,
		"non-plainte-sans-annonce.eml": nil,
		"non-tlsrpt.eml":               nil,
		"non-postmaster.eml":           nil,
		"non-lettre.eml":               nil,
		"non-arl-nul.eml":              nil,
		"non-reponse-auto.eml":         nil,
		"non-quota.eml":                nil,
		"non-absence.eml":              nil,
		"non-mdn.eml":                  nil,
		"non-succes.eml":               nil,
		"non-arl.eml":                  nil,
		"non-humain.eml":               nil,
	}
	fichiers, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(fichiers) != len(cas) {
		t.Fatalf("%d files, %d cases, %v", len(fichiers), len(cas), err)
	}
	for _, f := range fichiers {
		t.Run(filepath.Base(f), func(t *testing.T) {
			brut, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, brut := range [][]byte{brut, bytes.ReplaceAll(brut, []byte("\n"), []byte("\r\n"))} {
				got, err := lire(t, brut)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(cas[filepath.Base(f)], got); d != "" {
					t.Error(d)
				}
			}
		})
	}
}

func FuzzLire(f *testing.F) {
	fichiers, _ := filepath.Glob("testdata/*.eml")
	for _, n := range fichiers {
		b, err := os.ReadFile(n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, brut []byte) {
		recu, err := transport.Open(t.Context(), bytes.NewReader(brut), nil)
		if err != nil {
			return
		}
		avis, _ := dsn.Parse(recu)
		for _, a := range avis {
			if strings.ContainsAny(a.Diagnostic+a.Code, "\r\n") || len([]rune(a.Diagnostic)) > 400 {
				t.Errorf("diagnostic %q", a.Diagnostic)
			}
		}
	})
}

func ExampleParse() {
	const brut = "From: MAILER-DAEMON@relais.fr\r\nContent-Type: multipart/report; report-type=delivery-status; " +
		"boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relais.fr\r\n\r\n" +
		"Final-Recipient: rfc822; 01996@996.01.rss.fr\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" +
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <2026112109595900001@exemple.fr>\r\n\r\n--b--\r\n"
	recu, err := transport.Open(context.Background(), strings.NewReader(brut), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	avis, err := dsn.Parse(recu)
	for _, a := range avis {
		fmt.Println(a.MessageID, a.Destinataire, a.Definitif, a.Code, err)
	}
	// Output: 2026112109595900001@exemple.fr 01996@996.01.rss.fr true 5.1.1 <nil>
}

// BenchmarkTexte: the time doesn't depend on the size of a mail that anybody can write
// as MAILER-DAEMON: what is read of it is bounded.
func BenchmarkTexte(b *testing.B) {
	ligne := strings.Repeat("a.b-c@d ", 10) + "\r\n"
	for _, parties := range []int{1, 10, 100} {
		var m strings.Builder
		m.WriteString("From: MAILER-DAEMON@x.exemple\r\nReturn-Path: <>\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: multipart/mixed; boundary=b\r\n\r\n")
		for range parties {
			m.WriteString("--b\r\nContent-Type: text/plain\r\n\r\n" + strings.Repeat(ligne, (256<<10)/len(ligne)) + "\r\n")
		}
		m.WriteString("--b--\r\n")
		b.Run(fmt.Sprint(parties), func(b *testing.B) {
			b.SetBytes(int64(m.Len()))
			for b.Loop() {
				recu, err := transport.Open(b.Context(), strings.NewReader(m.String()), nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := dsn.Parse(recu); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
