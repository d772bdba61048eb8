package retour

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

func profil(t testing.TB) *scor.Profil {
	t.Helper()
	p, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func date(s string) fse.Date { d, _ := fse.ParseAAMMJJ(s); return d }

// octetsARL writes an ARL by the profile's tables, as a frontal does.
func octetsARL(t testing.TB, p *scor.Profil, sens string, pieces ...string) []byte {
	t.Helper()
	a := &ARL{Flux: scor.FluxPieces, Emetteur: "00000420788606", Lot: lot.Cle{Numero: 42, Date: date("261122")},
		Positif: sens == scor.SensPositif, Code: "0000", Date: date("261123"), Compostage: "2026112210000000001"}
	for _, id := range pieces {
		a.Pieces = append(a.Pieces, PieceARL{ID: id, Code: "2001"})
	}
	var b bytes.Buffer
	if err := lot.EncodeARL(&b, &p.Retours.ARL, p, lot.Destination{}, a); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func message(t testing.TB, sujet string, parties ...transport.Partie) []byte {
	t.Helper()
	var b bytes.Buffer
	err := transport.Composer(&b, &transport.Message{De: "frontal@caisse.exemple", A: []string{"pharmacie@exemple.fr"},
		Sujet: sujet, ID: "r1@caisse.exemple", Date: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Parties: parties})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func partie(typ, description string, contenu []byte, gzip bool) transport.Partie {
	return transport.Partie{Type: typ, Description: description, Gzip: gzip, Open: func() (io.ReadCloser,
		error) {
		return io.NopCloser(bytes.NewReader(contenu)), nil
	}}
}

func lire(t testing.TB, brut []byte) ([]Retour, error) {
	t.Helper()
	recu, err := transport.Open(context.Background(), bytes.NewReader(brut), nil)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(context.Background(), recu, profil(t))
}

var comparer = cmp.Options{cmpopts.EquateComparable(fse.Date{})}

func TestLireARL(t *testing.T) {
	p := profil(t)
	for nom, gz := range map[string]bool{"ARL": false, "ARL/Z": true} {
		retours, err := lire(t, message(t, "ARL", partie("application/EDI-consent", nom, octetsARL(t, p, scor.SensNegatif,
			"P-1", "P-2"), gz)))
		if err != nil {
			t.Fatal(err)
		}
		want := []Retour{&ARL{Flux: scor.FluxPieces, Emetteur: "00000420788606",
			Lot: lot.Cle{Numero: 42, Date: date("261122")}, Code: "0000", Date: date("261123"),
			Compostage: "2026112210000000001", Pieces: []PieceARL{{ID: "P-1", Code: "2001"}, {ID: "P-2", Code: "2001"}}}}
		if d := cmp.Diff(want, retours, comparer); d != "" {
			t.Error(d)
		}
	}
}

func TestLireARLTronque(t *testing.T) {
	b := octetsARL(t, profil(t), scor.SensPositif, "P-1")
	for _, n := range []int{128, 200, 256, 384, len(b) - 1} {
		_, err := lire(t, message(t, "ARL", partie("application/EDI-consent", "ARL", b[:n], false)))
		if !errors.Is(err, scor.ErrFormat) {
			t.Errorf("cut at %d: error %v", n, err)
		}
	}
}

func TestLireMessageDeService(t *testing.T) {
	retours, err := lire(t, message(t, "MDS/2026112210000000001/9001", partie("text/plain", "MDS",
		[]byte("Message illisible."), false)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Retour{&MdS{Code: "9001", Compostage: "2026112210000000001", Texte: "Message illisible."}},
		retours); d != "" {
		t.Error(d)
	}
}

func TestLireRSP(t *testing.T) {
	noemie := "000" + strings.Repeat(" ", 125) + "02001000000000000000@04002000000000000000@07002261121@990"
	retours, err := lire(t, message(t, "RSP", partie("application/EDI-consent", "NOEMIE", []byte(noemie), true)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Retour{&RSP{Contenu: []byte(noemie), Description: "NOEMIE"}}, retours); d != "" {
		t.Error(d)
	}
}

func TestLireAvisDeNonRemise(t *testing.T) {
	brut := "From: MAILER-DAEMON@relais.exemple\r\nTo: pharmacie@exemple.fr\r\nSubject: Undelivered\r\nMIME-Version: " +
		"1.0\r\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\nContent-Type: " +
		"text/plain\r\n\r\nNot delivered.\r\n" +
		"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relais.exemple\r\n\r\nFinal-Recipient: " +
		"rfc822; 01422@422.01.rss.fr\r\nAction: failed\r\n" +
		"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown user\r\n\r\n--x\r\nContent-Type: " +
		"text/rfc822-headers\r\n\r\nMessage-ID: <2026112210000000001@exemple.fr>\r\n\r\n--x--\r\n"
	retours, err := lire(t, []byte(brut))
	if err != nil {
		t.Fatal(err)
	}
	if len(retours) != 1 {
		t.Fatalf("%d returns", len(retours))
	}
	anr, ok := retours[0].(*ANR)
	if !ok || anr.MessageID != "2026112210000000001@exemple.fr" || !anr.Definitif || anr.Code != "5.1.1" ||
		anr.Destinataire != "01422@422.01.rss.fr" {
		t.Errorf("%+v", retours[0])
	}
}

func TestLireInconnu(t *testing.T) {
	retours, err := lire(t, message(t, "Bonjour", partie("text/plain", "", []byte("Vos bureaux sont-ils ouverts ?"),
		false)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Retour{&Inconnu{Types: []string{"text/plain"}}}, retours); d != "" {
		t.Error(d)
	}
}

func FuzzLire(f *testing.F) {
	p := profil(f)
	f.Add(message(f, "ARL", partie("application/EDI-consent", "ARL", octetsARL(f, p, scor.SensPositif, "P-1"), false)))
	f.Add(message(f, "MDS/2026112210000000001/9001", partie("text/plain", "", []byte("x"), false)))
	f.Add([]byte("From: a@b\r\nContent-Type: multipart/report; report-type=delivery-status; " +
		"boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; " +
		"a\r\n\r\nFinal-Recipient: rfc822; b@c\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--x--\r\n"))
	f.Fuzz(func(t *testing.T, brut []byte) {
		recu, err := transport.Open(context.Background(), bytes.NewReader(brut), nil)
		if err != nil {
			return
		}
		retours, err := Parse(context.Background(), recu, p)
		if len(retours) == 0 && err == nil {
			t.Fatal("a message that says nothing must be Inconnu")
		}
	})
}
