package smtp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	_ "github.com/scor-sdk/scor-sdk-go/internal/graine"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

func TestEnvoyer(t *testing.T) {
	jeton := func(context.Context) (transport.Secret, error) { return motDePasse, nil }
	auths := map[string]Auth{
		"":        {},
		"PLAIN":   AuthPlain("cabinet", motDePasse),
		"LOGIN":   AuthLogin("cabinet", motDePasse),
		"XOAUTH2": AuthXOAUTH2("cabinet", jeton),
	}
	for nom, securite := range map[string]Securite{"STARTTLS": STARTTLS, "TLS": TLSImplicite, "possible": STARTTLSPossible,
		"clair": EnClair} {
		for mecanisme, auth := range auths {
			if mecanisme != "" && securite == EnClair {
				continue
			}
			t.Run(nom+"/"+mecanisme, func(t *testing.T) {
				s := &serveur{}
				h := &horloge{heure: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
				adresse := demarrer(t, s, securite == TLSImplicite)
				e := nouvel(t, Relais{Adresse: adresse, Securite: securite, TLS: clientTLS(), Auth: auth}, h.options())
				preuve, err := e.Envoyer(t.Context(), envoi(courrier))
				if err != nil {
					t.Fatal(err)
				}
				attendue := transport.Preuve{Quand: h.heure, Relais: adresse, Code: 250, Reponse: preuve.Reponse}
				if diff := cmp.Diff(attendue, preuve); diff != "" {
					t.Errorf("proof (-expected +got):\n%s", diff)
				}
				if len(s.messages) != 1 || s.messages[0].contenu != courrier || s.messages[0].taille != int64(len(courrier)) {
					t.Errorf("the relay has %+v", s.messages)
				}
				if got := strings.Join(s.auth, ""); got != mecanisme {
					t.Errorf("AUTH %q, expected %q", got, mecanisme)
				}
			})
		}
	}
}

func TestAuthMotDePasse(t *testing.T) {
	for offerts, attendu := range map[string]string{"PLAIN LOGIN": "PLAIN", "LOGIN": "LOGIN"} {
		mecanisme, _, err := AuthMotDePasse("u", "p").choisir(t.Context(),
			func(m string) bool { return strings.Contains(offerts, m) })
		if err != nil {
			t.Fatal(err)
		}
		if m, _, _ := mecanisme.Start(); m != attendu {
			t.Errorf("%s for %q", m, offerts)
		}
	}
}

func TestAuthImpossible(t *testing.T) {
	adresse := demarrer(t, &serveur{}, true)
	panne := errors.New("the token server is down")
	cas := map[string]struct {
		auth       Auth
		definitive bool
	}{
		"no token now": {AuthXOAUTH2("cabinet", func(context.Context) (transport.Secret, error) { return "", panne }), false},
		"not offered":  {Auth{[]string{"GSSAPI"}, "cabinet", fixe("x")}, true},
	}
	for nom, c := range cas {
		_, err := nouvel(t, Relais{Adresse: adresse, Securite: TLSImplicite, TLS: clientTLS(), Auth: c.auth},
			unEssai).Envoyer(t.Context(), envoi(courrier))
		if f := faute(t, err); f.Etape != transport.EtapeAuth || f.Definitive != c.definitive ||
			errors.Is(err, panne) == c.definitive {
			t.Errorf("%s: %v", nom, f)
		}
	}
}

func TestSecretsCaches(t *testing.T) {
	s := &serveur{}
	adresse := demarrer(t, s, true)
	mauvais := transport.Secret("mauvais-secret-à-cacher")
	for nom, auth := range map[string]Auth{"PLAIN": AuthPlain("cabinet", mauvais), "LOGIN": AuthLogin("cabinet",
		mauvais)} {
		r := Relais{Adresse: adresse, Securite: TLSImplicite, TLS: clientTLS(), Auth: auth}
		e := nouvel(t, r)
		// The relay echoes the password in its reply.
		_, err := e.Envoyer(t.Context(), envoi(courrier))
		f := faute(t, err)
		if f.Etape != transport.EtapeAuth || f.Code != 535 || f.CodeEtendu != "5.7.8" || !f.Definitive {
			t.Errorf("%s: %#v", nom, f)
		}
		for _, texte := range []string{f.Error(), fmt.Sprintf("%+v", f), fmt.Sprintf("%+v %#v", r, auth),
			fmt.Sprintf("%+v", e)} {
			if strings.Contains(texte, string(mauvais)) {
				t.Errorf("%s: the password is shown in %s", nom, texte)
			}
		}
	}
}

func TestRelaisRefuses(t *testing.T) {
	cas := map[string]Relais{
		"no port":            {Adresse: "relais"},
		"AUTH in clear":      {Adresse: "relais:25", Securite: EnClair, Auth: AuthPlain("u", "p")},
		"nothing to trust":   {Adresse: "relais:25", SansAutorite: true},
		"unknown protection": {Adresse: "relais:25", Securite: 9},
	}
	for nom, r := range cas {
		if _, err := New(r); err == nil {
			t.Errorf("%s: accepted", nom)
		}
	}
	if _, err := New(Relais{Adresse: "relais:25"}, WithReprises(Reprises{})); err == nil {
		t.Error("no attempt: accepted")
	}
}

func TestEnvoisRefuses(t *testing.T) {
	e := nouvel(t, Relais{Adresse: "127.0.0.1:1"}, WithDial(func(context.Context, string, string) (net.Conn, error) {
		t.Error("connected")
		return nil, errors.New("no")
	}))
	sansContenu := envoi(courrier)
	sansContenu.Contenu = nil
	cas := map[string]transport.Envoi{
		"no content":     sansContenu,
		"no recipient":   {De: "a@b", Contenu: sansContenu.Contenu},
		"two commands":   envoi(courrier, "a@b>\r\nRCPT TO:<c@d"),
		"display name":   envoi(courrier, "Frontal <a@b>"),
		"not ASCII":      envoi(courrier, "é@b"),
		"not an address": envoi(courrier, "frontal"),
	}
	for nom, m := range cas {
		_, err := e.Envoyer(t.Context(), m)
		if err == nil || !faute(t, err).Definitive {
			t.Errorf("%s: %v", nom, err)
		}
	}
}

func TestSansTLS(t *testing.T) {
	adresse := conversation().demarrer(t) // offers no STARTTLS
	_, err := nouvel(t, Relais{Adresse: adresse}).Envoyer(t.Context(), envoi(courrier))
	if f := faute(t, err); f.Etape != transport.EtapeTLS || !f.Definitive {
		t.Errorf("STARTTLS not offered: %v", f)
	}
	if _, err := nouvel(t, Relais{Adresse: adresse, Securite: STARTTLSPossible}).Envoyer(t.Context(),
		envoi(courrier)); err != nil {
		t.Errorf("STARTTLS possible: %v", err)
	}
	_, err = nouvel(t, Relais{Adresse: adresse, Securite: STARTTLSPossible,
		Auth: AuthPlain("u", "p")}).Envoyer(t.Context(), envoi(courrier))
	if f := faute(t, err); f.Etape != transport.EtapeAuth || !f.Definitive {
		t.Errorf("AUTH without STARTTLS: %v", f)
	}
	// CVE-2011-0411: commands that somebody on the way adds before TLS.
	adresse = conversation("EHLO", "250-relais\r\n250 STARTTLS", "STARTTLS", "220 go\r\n250 8BITMIME").demarrer(t)
	_, err = nouvel(t, Relais{Adresse: adresse}, unEssai).Envoyer(t.Context(), envoi(courrier))
	if f := faute(t, err); f.Etape != transport.EtapeTLS || !strings.Contains(f.Error(), "in clear") {
		t.Errorf("bytes after the reply to STARTTLS: %v", f)
	}
}

func TestEpingles(t *testing.T) {
	bonne, autre := Epingle(autorite().Leaf), [32]byte{1}
	cas := map[string]struct {
		relais Relais
		erreur bool
		cause  error
	}{
		"unknown authority":      {Relais{}, true, nil},
		"authority":              {Relais{TLS: clientTLS()}, false, nil},
		"authority and pin":      {Relais{TLS: clientTLS(), Epingles: [][32]byte{autre, bonne}}, false, nil},
		"authority, another pin": {Relais{TLS: clientTLS(), Epingles: [][32]byte{autre}}, true, ErrEpingle},
		"pin, unknown authority": {Relais{Epingles: [][32]byte{bonne}}, true, nil},
		"pin alone":              {Relais{Epingles: [][32]byte{bonne}, SansAutorite: true}, false, nil},
		"pin alone, another one": {Relais{Epingles: [][32]byte{autre}, SansAutorite: true}, true, ErrEpingle},
		"pin alone, host's check": {Relais{Epingles: [][32]byte{bonne}, SansAutorite: true,
			TLS: &tls.Config{VerifyConnection: func(tls.ConnectionState) error { return io.ErrNoProgress }}}, true,
			io.ErrNoProgress},
	}
	for _, securite := range []Securite{STARTTLS, TLSImplicite} {
		adresse := demarrer(t, &serveur{}, securite == TLSImplicite)
		for nom, c := range cas {
			c.relais.Adresse, c.relais.Securite = adresse, securite
			_, err := nouvel(t, c.relais, unEssai).Envoyer(t.Context(), envoi(courrier))
			if (err != nil) != c.erreur || c.cause != nil && !errors.Is(err, c.cause) {
				t.Errorf("%s: %v", nom, err)
			}
			if f := new(transport.ErreurEnvoi); errors.As(err, &f) && (f.Etape != transport.EtapeTLS || !f.Definitive &&
				c.cause != io.ErrNoProgress) {
				t.Errorf("%s: %#v", nom, f)
			}
		}
	}
}

func TestDestinatairesRefuses(t *testing.T) {
	inconnu := &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	occupe := &gosmtp.SMTPError{Code: 450, EnhancedCode: gosmtp.EnhancedCode{4, 2, 1}, Message: "greylisted"}
	s := &serveur{refus: map[string]error{"b@x.fr": inconnu, "c@x.fr": occupe}}
	h := &horloge{}
	e := nouvel(t, Relais{Adresse: demarrer(t, s, false), TLS: clientTLS()}, h.options(),
		WithReprises(Reprises{Essais: 2}))

	preuve, err := e.Envoyer(t.Context(), envoi(courrier, "a@x.fr", "b@x.fr", "c@x.fr"))
	if err != nil {
		t.Fatal(err)
	}
	refusB := transport.RefusDestinataire{Adresse: "b@x.fr", Code: 550, CodeEtendu: "5.1.1", Message: "no such user"}
	refusC := transport.RefusDestinataire{Adresse: "c@x.fr", Code: 450, CodeEtendu: "4.2.1", Message: "greylisted"}
	if diff := cmp.Diff([]transport.RefusDestinataire{refusB, refusC}, preuve.Refus); diff != "" {
		t.Errorf("some refused (-expected +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a@x.fr"}, s.messages[0].a); diff != "" {
		t.Errorf("sent to (-expected +got):\n%s", diff)
	}

	_, err = e.Envoyer(t.Context(), envoi(courrier, "b@x.fr"))
	f := faute(t, err)
	if !f.Definitive || f.Code != 550 || f.CodeEtendu != "5.1.1" || len(h.attentes) != 0 {
		t.Errorf("all refused for good: %v after %v", f, h.attentes)
	}
	_, err = e.Envoyer(t.Context(), envoi(courrier, "b@x.fr", "c@x.fr"))
	f = faute(t, err)
	if f.Definitive || f.Code != 450 || len(h.attentes) != 1 {
		t.Errorf("one may be accepted later: %v after %v", f, h.attentes)
	}
	if diff := cmp.Diff([]transport.RefusDestinataire{refusB, refusC}, f.Refus); diff != "" {
		t.Errorf("all refused (-expected +got):\n%s", diff)
	}
	if len(s.messages) != 1 {
		t.Errorf("%d messages", len(s.messages))
	}
}

func TestReprises(t *testing.T) {
	var essais atomic.Int32
	s := &serveur{}
	adresse := demarrer(t, s, false)
	occupe := conversation("MAIL", "451 4.3.0 busy").demarrer(t)
	h := &horloge{}
	aleas := []float64{0, 0.5, 0.999}
	// Three attempts meet a relay that is busy, then not there, then gone while
	// taking the message; the fourth one succeeds.
	coupe := conversation("DATA", "!").demarrer(t)
	dial := func(ctx context.Context, reseau, _ string) (net.Conn, error) {
		switch essais.Add(1) {
		case 1:
			return new(net.Dialer).DialContext(ctx, reseau, occupe)
		case 2:
			return nil, errors.New("connection refused")
		case 3:
			return new(net.Dialer).DialContext(ctx, reseau, coupe)
		}
		return new(net.Dialer).DialContext(ctx, reseau, adresse)
	}
	e := nouvel(t, Relais{Adresse: "127.0.0.1:25", Securite: STARTTLSPossible, TLS: clientTLS()}, h.options(),
		WithDial(dial), WithReprises(Reprises{Essais: 4, Attente: 10 * time.Second, Plafond: 30 * time.Second}),
		WithAlea(func() float64 { a := aleas[0]; aleas = aleas[1:]; return a }))
	if _, err := e.Envoyer(t.Context(), envoi(courrier)); err != nil {
		t.Fatal(err)
	}
	attendues := []time.Duration{5 * time.Second, 20 * time.Second, 15*time.Second + 29970*time.Millisecond}
	if diff := cmp.Diff(attendues, h.attentes); diff != "" {
		t.Errorf("waits (-expected +got):\n%s", diff)
	}
	if len(s.recus()) != 1 {
		t.Errorf("%d messages received", len(s.recus()))
	}
}

// At each step: a final refusal, a temporary one, silence, a cut.
func TestEtapes(t *testing.T) {
	etapes := []struct {
		mot   string
		etape transport.Etape
	}{
		{"accueil", transport.EtapeConnexion},
		{"EHLO", transport.EtapeConnexion},
		{"MAIL", transport.EtapeMail},
		{"RCPT", transport.EtapeRcpt},
		{"DATA", transport.EtapeData},
		{".", transport.EtapeFin},
	}
	delais := Delais{Connexion: 50 * time.Millisecond, Commande: 50 * time.Millisecond, Ecriture: 50 * time.Millisecond,
		Fin: 50 * time.Millisecond}
	for _, e := range etapes {
		for nom, reponse := range map[string]string{"5xx": "554 5.7.1 no", "4xx": "421 4.3.2 later", "silence": "",
			"cut": "!", "garbage": "?!"} {
			t.Run(string(e.etape)+" "+e.mot+"/"+nom, func(t *testing.T) {
				t.Parallel()
				for _, adresse := range []string{
					conversation(e.mot, reponse).demarrer(t),
					conversation("EHLO", "250-relais\r\n250-PIPELINING\r\n250 8BITMIME", e.mot, reponse).demarrer(t),
				} {
					for _, securite := range []Securite{EnClair, STARTTLSPossible} {
						_, err := nouvel(t, Relais{Adresse: adresse, Securite: securite, Delais: delais}, unEssai).Envoyer(t.Context(),
							envoi(courrier))
						f := faute(t, err)
						if f.Etape != e.etape {
							t.Errorf("step %s: %v", f.Etape, f)
						}
						if f.Definitive != (nom == "5xx") {
							t.Errorf("final: %v: %v", f.Definitive, f)
						}
						if incertain := e.mot == "." && nom != "5xx" && nom != "4xx"; f.Incertain != incertain {
							t.Errorf("uncertain: %v: %v", f.Incertain, f)
						}
						if nom == "5xx" && (f.Code != 554 || f.CodeEtendu != "5.7.1" || f.Reponse != "no") {
							t.Errorf("%#v", f)
						}
					}
				}
			})
		}
	}
}

// An unknown outcome is not tried again here.
func TestIncertainSansReprise(t *testing.T) {
	var connexions atomic.Int32
	adresse := conversation(".", "!").demarrer(t)
	e := nouvel(t, Relais{Adresse: adresse, Securite: EnClair}, (&horloge{}).options(),
		WithDial(func(ctx context.Context, reseau, a string) (net.Conn, error) {
			connexions.Add(1)
			return new(net.Dialer).DialContext(ctx, reseau, a)
		}))
	_, err := e.Envoyer(t.Context(), envoi(courrier))
	if f := faute(t, err); !f.Incertain || f.Definitive || connexions.Load() != 1 {
		t.Errorf("%d connections, %v", connexions.Load(), f)
	}
	// Any 2xx is an acceptance: to take 251 for a failure would send twice.
	preuve, err := nouvel(t, Relais{Adresse: conversation(".", "251 accepted").demarrer(t),
		Securite: EnClair}).Envoyer(t.Context(), envoi(courrier))
	if err != nil || preuve.Code != 251 || preuve.Reponse != "accepted" {
		t.Errorf("251: %+v, %v", preuve, err)
	}
}

// The relay refuses in the middle of the message and closes: its reply is kept.
func TestRefusPendantLeMessage(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		for _, reponse := range []string{"220 relais\r\n", "250 relais\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"} {
			io.WriteString(c, reponse)
			if _, err := r.ReadString('\n'); err != nil {
				return
			}
		}
		io.WriteString(c, "552 5.3.4 too big\r\n")
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, io.LimitReader(r, 100_000))
	}()
	m := envoi(strings.Repeat(strings.Repeat("a", 70)+"\r\n", 500_000))
	_, err = nouvel(t, Relais{Adresse: l.Addr().String(), Securite: EnClair, Delais: Delais{Ecriture: 2 * time.Second}},
		unEssai).Envoyer(t.Context(), m)
	f := faute(t, err)
	if f.Incertain || f.Etape != transport.EtapeData {
		t.Errorf("%v", f)
	}
	// A reset may have thrown the reply away: then it's a broken connection.
	if f.Code != 0 && (f.Code != 552 || !f.Definitive || f.CodeEtendu != "5.3.4") {
		t.Errorf("%#v", f)
	}
}

func TestTailleEt8Bits(t *testing.T) {
	s := &serveur{}
	petit := demarrer(t, s, false, func(g *gosmtp.Server) { g.MaxMessageBytes = 1000 })
	gros := strings.Repeat("a", 70) + "\r\n"
	gros = strings.Repeat(gros, 100)
	sansTaille := envoi(gros)
	sansTaille.Taille = 0
	sans8 := conversation("EHLO", "250 relais").demarrer(t)
	ferme := func() transport.Envoi {
		m := envoi("x")
		m.Contenu = func() (io.ReadCloser, error) { return nil, io.ErrClosedPipe }
		return m
	}()
	casse := envoi("x")
	casse.Contenu = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(courrier), iotest.ErrReader(io.ErrClosedPipe))), nil
	}
	sansCarte := envoi("x")
	sansCarte.Contenu = func() (io.ReadCloser, error) {
		return io.NopCloser(iotest.ErrReader(fmt.Errorf("cms: %w", transport.ErrCleIndisponible))), nil
	}
	cas := map[string]struct {
		adresse    string
		m          transport.Envoi
		cause      error
		definitive bool
	}{
		"announced size":     {petit, envoi(gros), ErrTaille, true},
		"size not announced": {petit, sansTaille, ErrTaille, true},
		"8 bits":             {sans8, envoi("Subject: é\r\n\r\n"), Err8Bits, true},
		"LF alone":           {petit, envoi("a\r\nb\nc\r\n"), ErrLigne, true},
		"CR alone":           {petit, envoi("a\r\nb\rc\r\n"), ErrLigne, true},
		"smuggled command":   {petit, envoi("a\r\nb\n.\nMAIL FROM:<x@y>\r\n"), ErrLigne, true},
		"no last CRLF":       {petit, envoi("a\r\nb"), ErrLigne, true},
		"CR at the end":      {petit, envoi("a\r\nb\r"), ErrLigne, true},
		"endless line":       {sans8, envoi(strings.Repeat("a", 200_000)), ErrLigne, true},
		"content not opened": {petit, ferme, io.ErrClosedPipe, false},
		"content not read":   {petit, casse, io.ErrClosedPipe, false},
		"no card to sign":    {petit, sansCarte, transport.ErrCleIndisponible, false},
	}
	for nom, c := range cas {
		_, err := nouvel(t, Relais{Adresse: c.adresse, Securite: EnClair}, unEssai).Envoyer(t.Context(), c.m)
		if f := faute(t, err); !errors.Is(err, c.cause) || f.Definitive != c.definitive || f.Incertain ||
			!c.definitive && f.DeQui() != transport.FauteLocale {
			t.Errorf("%s: %#v: %v", nom, f, err)
		}
	}
	if _, err := nouvel(t, Relais{Adresse: petit, Securite: EnClair}).Envoyer(t.Context(),
		envoi("Subject: é\r\n\r\n")); err != nil {
		t.Errorf("8 bits with 8BITMIME: %v", err)
	}
	if n := len(s.recus()); n != 1 {
		t.Errorf("%d messages received, expected the last one alone", n)
	}
}

// A relay that never stops talking does not fill the memory.
func TestReponseSansFin(t *testing.T) {
	sansFin := strings.Repeat("250-encore\r\n", 200_000) + "250 fin"
	for _, mot := range []string{"EHLO", "MAIL", "."} {
		adresse := conversation(mot, sansFin).demarrer(t)
		for _, securite := range []Securite{EnClair, STARTTLSPossible} {
			_, err := nouvel(t, Relais{Adresse: adresse, Securite: securite}, unEssai).Envoyer(t.Context(), envoi(courrier))
			if f := faute(t, err); !strings.Contains(f.Error(), "says more than") || f.Incertain != (mot == ".") {
				t.Errorf("%s: %v", mot, f)
			}
		}
	}
}

func TestDebit(t *testing.T) {
	s := &serveur{}
	h := &horloge{heure: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	e := nouvel(t, Relais{Adresse: demarrer(t, s, false), Securite: EnClair}, h.options(),
		WithDebit(rate.Every(10*time.Second), 2))
	for range 4 {
		if _, err := e.Envoyer(t.Context(), envoi(courrier)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]time.Duration{10 * time.Second, 10 * time.Second}, h.attentes); diff != "" {
		t.Errorf("waits (-expected +got):\n%s", diff)
	}
}

func TestContexte(t *testing.T) {
	adresse := conversation("MAIL", "").demarrer(t)
	ctx, annuler := context.WithCancel(t.Context())
	e := nouvel(t, Relais{Adresse: adresse, Securite: EnClair},
		WithDial(func(ctx context.Context, reseau, a string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, reseau, a)
			return apresMail{c, annuler}, err
		}))
	_, err := e.Envoyer(ctx, envoi(courrier))
	if f := faute(t, err); !errors.Is(err, context.Canceled) || f.Definitive || f.Etape != transport.EtapeMail {
		t.Errorf("%v", err)
	}
	// While waiting before another attempt.
	ctx, annuler = context.WithCancel(t.Context())
	_, err = nouvel(t, Relais{Adresse: conversation("MAIL", "451 later").demarrer(t), Securite: EnClair},
		WithHorloge(time.Now, func(ctx context.Context, d time.Duration) error {
			annuler()
			return attendre(ctx, d)
		})).Envoyer(ctx, envoi(courrier))
	if f := faute(t, err); !errors.Is(err, context.Canceled) || f.Code != 451 {
		t.Errorf("%v", err)
	}
}

// apresMail gives up once MAIL was said.
type apresMail struct {
	net.Conn
	annuler func()
}

func (c apresMail) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if bytes.HasPrefix(p, []byte("MAIL")) {
		c.annuler()
	}
	return n, err
}

// coupure lets n bytes through in one direction, then cuts.
type coupure struct {
	net.Conn
	lire, ecrire *atomic.Int64
}

func (c coupure) passer(reste *atomic.Int64, p []byte, f func([]byte) (int, error)) (int, error) {
	permis := reste.Load()
	if permis <= 0 {
		c.Close()
		return 0, io.ErrClosedPipe
	}
	n, err := f(p[:min(int64(len(p)), permis)])
	if reste.Add(-int64(n)) <= 0 && n < len(p) {
		c.Close()
		if err == nil {
			err = io.ErrClosedPipe
		}
	}
	return n, err
}

func (c coupure) Read(p []byte) (int, error)  { return c.passer(c.lire, p, c.Conn.Read) }
func (c coupure) Write(p []byte) (int, error) { return c.passer(c.ecrire, p, c.Conn.Write) }

// The connection is cut at every byte of the conversation, both ways (under TLS,
// at every seventh). The relay has the message if and only if the sender says so,
// or says that it doesn't know; and it doesn't know only once the end of the
// message may have left.
func TestCoupureAChaqueOctet(t *testing.T) {
	for _, c := range []struct {
		securite Securite
		sens     string
		pas      int64
	}{{EnClair, "read", 1}, {EnClair, "write", 1}, {STARTTLS, "read", 7}, {STARTTLS, "write", 7}} {
		preuves, incertains, n := 0, 0, int64(0)
		for fin := false; !fin; n += c.pas {
			var recus int
			var err error
			recus, fin, err = couper(t, c.securite, c.sens, n)
			incertain := err != nil && faute(t, err).Incertain
			switch {
			case err == nil && recus != 1:
				t.Fatalf("%s cut at %d: a proof, and the relay has %d messages", c.sens, n, recus)
			case err != nil && !incertain && recus != 0:
				t.Fatalf("%s cut at %d: the relay has the message, the sender says %v", c.sens, n, err)
			case err == nil:
				preuves++
			case incertain:
				incertains++
			}
		}
		if n < 150 || preuves == 0 || incertains == 0 && c.securite == EnClair {
			t.Errorf("%s: %d bytes, %d proofs, %d unknown outcomes", c.sens, n, preuves, incertains)
		}
	}
}

// couper sends with a connection cut after n bytes in one direction: what the relay
// has, and whether the conversation ended before the cut.
func couper(t *testing.T, securite Securite, sens string, n int64) (recus int, fin bool, err error) {
	t.Helper()
	s := &serveur{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := gosmtp.NewServer(s)
	g.ErrorLog = log.New(io.Discard, "", 0)
	if securite == STARTTLS {
		g.TLSConfig = &tls.Config{Certificates: []tls.Certificate{autorite()}}
	}
	var wg sync.WaitGroup
	wg.Go(func() { g.Serve(l) })
	lire, ecrire := new(atomic.Int64), new(atomic.Int64)
	lire.Store(1 << 40)
	ecrire.Store(1 << 40)
	reste := map[string]*atomic.Int64{"read": lire, "write": ecrire}[sens]
	reste.Store(n)
	e := nouvel(t, Relais{Adresse: l.Addr().String(), Securite: securite, TLS: clientTLS()}, unEssai,
		WithDial(func(ctx context.Context, reseau, a string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, reseau, a)
			return coupure{c, lire, ecrire}, err
		}))
	_, err = e.Envoyer(t.Context(), envoi(courrier))
	// The server reads all that was sent before it stops. Its listener ends first: go-smtp's Shutdown races with a
	// connection being accepted.
	l.Close()
	wg.Wait()
	arret, annuler := context.WithTimeout(context.Background(), 10*time.Second)
	defer annuler()
	g.Shutdown(arret)
	return len(s.recus()), reste.Load() > 0, err
}

// Many senders share one Expediteur, and its rate.
func TestEnsemble(t *testing.T) {
	s := &serveur{}
	h := &horloge{}
	e := nouvel(t, Relais{Adresse: demarrer(t, s, false), TLS: clientTLS()}, h.options(),
		WithDebit(rate.Every(time.Second), 3))
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			if _, err := e.Envoyer(t.Context(), envoi(courrier)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(s.recus()); n != 12 {
		t.Errorf("%d messages received", n)
	}
	if n := len(h.attentes); n == 0 || n > 9 {
		t.Errorf("%d waits for 12 messages, of which 3 at once", n)
	}
}

// By blocks or by bytes, the result is that of textproto.
func TestPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ligne := rapid.StringMatching(`\.{0,3}[a-z.]{0,80}`)
		lignes := rapid.SliceOfN(ligne, 0, 50).Draw(t, "lignes")
		contenu := strings.Join(lignes, "\r\n") + "\r\n"
		if rapid.Bool().Draw(t, "long") {
			contenu = strings.Repeat(contenu, 1+200_000/len(contenu))
		}
		var attendu, obtenu bytes.Buffer
		w := textproto.NewWriter(bufio.NewWriter(&attendu)).DotWriter()
		io.WriteString(w, contenu)
		w.Close()

		src := io.Reader(strings.NewReader(contenu))
		if rapid.Bool().Draw(t, "moitiés") {
			src = iotest.HalfReader(src)
		}
		p := &points{dst: &obtenu}
		derniere, err := p.copier(src)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(derniere, []byte("\n")); n > 1 {
			t.Fatalf("%d lines kept", n)
		}
		w = textproto.NewWriter(bufio.NewWriter(&obtenu)).DotWriter()
		w.Write(derniere)
		w.Close()
		if !bytes.Equal(attendu.Bytes(), obtenu.Bytes()) {
			t.Fatalf("%q instead of %q", obtenu.Bytes(), attendu.Bytes())
		}
	})
}
