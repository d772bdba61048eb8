package frontal_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/config"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

func scenario(t testing.TB, yaml string) frontal.Scenario {
	t.Helper()
	s, err := frontal.ParseScenario(strings.NewReader(yaml), "scenario.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sujets sums an answer up by what its Subject begins with.
func sujets(r []retour) string {
	var out []string
	for _, x := range r {
		s, _, _ := strings.Cut(x.Sujet, "/")
		if strings.Contains(x.Contenu, "80B2") && strings.Contains(x.Contenu, "261121N") {
			s += "-"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestScenarios(t *testing.T) {
	rsp := []byte("000...@...@...@999")
	for _, tt := range []struct{ raison, yaml, veut string }{
		{"no rule: a frontal that works", "regles: []", "ARL"},
		{"negative, with a code", "regles:\n- {reponses: [arl-], code: '1001'}", "ARL-"},
		{"MdS", "regles:\n- {reponses: [mds]}", "MDS"},
		{"silence", "regles:\n- {reponses: [silence]}", ""},
		{"twice", "regles:\n- {reponses: [arl+], copies: 2}", "ARL ARL"},
		{"ARL then RSP", "regles:\n- {reponses: [arl+, rsp]}", "ARL RSP"},
		{"garbage", "regles:\n- {reponses: [charabia]}", "=?charabia?="},
		{"non-delivery", "regles:\n- {reponses: [anr]}",
			"Undelivered Mail Returned to Sender Undelivered Mail Returned to Sender Undelivered Mail Returned to Sender"},
		{"a rule for the other flow doesn't apply", "regles:\n- {quand: {flux: pieces}, reponses: [mds]}", "ARL"},
		{"a rule by Subject", "regles:\n- {quand: {sujet: '/00002$'}, reponses: [mds]}\n- {quand: {sujet: '/00003$'}, " +
			"reponses: [arl-]}", "ARL-"},
	} {
		t.Run(tt.raison, func(t *testing.T) {
			f := demarrer(t, frontal.Config{Scenario: scenario(t, tt.yaml), RSP: func(frontal.Recu) ([]byte, error) {
				return rsp,
					nil
			}})
			if err := envoyer(t, f, message(f, 1, b2(1, 3), 3)); err != nil {
				t.Fatal(err)
			}
			if got := sujets(relever(t, boite(f))); got != tt.veut {
				t.Errorf("answers %q, want %q", got, tt.veut)
			}
		})
	}
}

func TestScenarioTransmissions(t *testing.T) {
	f := demarrer(t, frontal.Config{Scenario: scenario(t, "regles:\n- {quand: {transmission: 1}, reponses: [silence]}")})
	m := message(f, 1, b2(1, 1), 1)
	for i, veut := range []string{"", "ARL", ""} {
		if err := envoyer(t, f, m); err != nil {
			t.Fatal(err)
		}
		if got := sujets(relever(t, boite(f))); got != veut {
			t.Errorf("transmission %d: answers %q, want %q", i+1, got, veut)
		}
	}
	if r := f.Recus(); len(r) != 1 || r[0].Transmissions != 3 {
		t.Errorf("one message, sent three times: %+v", r)
	}
}

func TestScenarioRetardEtDesordre(t *testing.T) {
	maintenant := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	f := demarrer(t, frontal.Config{
		Horloge: func() time.Time { return maintenant },
		Scenario: scenario(t, "regles:\n- {fois: 1, reponses: [arl+], apres_suivante: true}\n- {fois: 1, reponses: "+
			"[mds]}\n- {reponses: [arl-], retard: 48h}"),
	})
	for i := range 3 {
		if err := envoyer(t, f, message(f, i, b2(i, 1), 1)); err != nil {
			t.Fatal(err)
		}
	}
	if got := sujets(relever(t, boite(f))); got != "MDS ARL" {
		t.Errorf("out of order: %q", got)
	}
	maintenant = maintenant.Add(47 * time.Hour)
	if got := sujets(relever(t, boite(f))); got != "" {
		t.Errorf("too early: %q", got)
	}
	maintenant = maintenant.Add(2 * time.Hour)
	if got := sujets(relever(t, boite(f))); got != "ARL-" {
		t.Errorf("late: %q", got)
	}
}

func TestScenarioGo(t *testing.T) {
	f := demarrer(t, frontal.Config{Repondre: func(f *frontal.Frontal, r frontal.Recu) ([]frontal.Reponse, error) {
		if len(f.Recus()) > 0 {
			return nil, errors.New("one is enough")
		}
		return f.Reponse(r, frontal.MdS, frontal.Regle{Code: "9001"})
	}})
	if err := envoyer(t, f, message(f, 1, b2(1, 1), 1)); err != nil {
		t.Fatal(err)
	}
	if got := relever(t, boite(f)); len(got) != 1 || got[0].Sujet != "MDS/2026112122301700001/9001" {
		t.Errorf("%+v", got)
	}
	var refus *smtp.SMTPError
	if err := envoyer(t, f, message(f, 2, b2(2, 1), 1)); !errors.As(err, &refus) || refus.Code != 451 ||
		f.Erreur() == nil {
		t.Errorf("a Go scenario that fails is a failure of the frontal: %v, %v", err, f.Erreur())
	}
}

func TestScenarioFautes(t *testing.T) {
	_, err := frontal.ParseScenario(strings.NewReader("regles:\n- {reponses: [arl]}\n- {quand: {flux: fse}, reponses: "+
		"[mds]}\nincidents:\n- {panne: lenteur}\n- {panne: orage}\n"), "s.yaml")
	var e *config.Erreur
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	for _, veut := range []string{"s.yaml:2", `"arl", expected one of arl+`, "s.yaml:3", "s.yaml:5", "s.yaml:6",
		`"orage"`} {
		if !strings.Contains(err.Error(), veut) {
			t.Errorf("%q isn't in:\n%v", veut, err)
		}
	}
}

func TestIncidentsSMTP(t *testing.T) {
	for _, tt := range []struct {
		raison   string
		incident frontal.Incident
		code     int
		reussit  bool // at the second attempt
	}{
		{"greylisting puts off the first attempt only", frontal.Incident{Panne: frontal.ListeGrise}, 451, true},
		{"mailbox full, once", frontal.Incident{Panne: frontal.BoitePleine, Fois: 1}, 452, true},
		{"no such mailbox, for ever", frontal.Incident{Panne: frontal.Inconnu}, 550, false},
	} {
		t.Run(tt.raison, func(t *testing.T) {
			f := demarrer(t, frontal.Config{Scenario: frontal.Scenario{Incidents: []frontal.Incident{tt.incident}}})
			m := message(f, 1, b2(1, 1), 1)
			var refus *smtp.SMTPError
			if err := envoyer(t, f, m); !errors.As(err, &refus) || refus.Code != tt.code {
				t.Errorf("first attempt: %v", err)
			}
			if err := envoyer(t, f, m); (err == nil) != tt.reussit {
				t.Errorf("second attempt: %v", err)
			}
			f.Calmer()
			if err := envoyer(t, f, m); err != nil {
				t.Errorf("calm again: %v", err)
			}
		})
	}
}

func TestIncidentTLS(t *testing.T) {
	f := demarrer(t, frontal.Config{Scenario: scenario(t,
		"incidents:\n- {panne: tls, fois: 1}\n- {panne: tls, protocole: pop3, fois: 1}")})
	m := message(f, 1, b2(1, 1), 1)
	if err := envoyer(t, f, m); err == nil || !strings.Contains(err.Error(), "tls") {
		t.Errorf("SMTP: %v", err)
	}
	if err := envoyer(t, f, m); err != nil {
		t.Error(err)
	}
	b := boite(f)
	b.Securite, b.ConfigTLS = 0, f.ConfigTLS()
	var dernier error
	for _, err := range b.Messages(t.Context()) {
		dernier = err
	}
	if dernier == nil || !strings.Contains(dernier.Error(), "TLS") {
		t.Errorf("POP3: %v", dernier)
	}
	if got := sujets(relever(t, b)); got != "ARL" {
		t.Errorf("POP3 after it: %q", got)
	}
}

// A frontal as slow as a modem still gives its message whole.
func TestIncidentLenteur(t *testing.T) {
	f := demarrer(t, frontal.Config{Scenario: scenario(t,
		"incidents:\n- {panne: lenteur, protocole: pop3, debit: 20000}\n- {panne: lenteur, debit: 40000}")})
	if err := envoyer(t, f, message(f, 1, b2(1, 1), 1)); err != nil {
		t.Fatal(err)
	}
	if got := sujets(relever(t, boite(f))); got != "ARL" {
		t.Errorf("%q", got)
	}
}

// What was received and what waits survives the frontal.
func TestDossierSurvit(t *testing.T) {
	dossier := t.TempDir()
	f, err := frontal.New(frontal.Config{Dossier: dossier})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if err := envoyer(t, f, message(f, i, b2(i+1, 1), 1)); err != nil {
			t.Fatal(err)
		}
	}
	avant, uids := f.Recus(), identifiants(t, f)
	brut := lireBrut(t, f, avant[0])
	certificat := f.Certificat()
	f.Close()

	f = demarrer(t, frontal.Config{Dossier: dossier})
	if d := cmp.Diff(avant, f.Recus(), cmp.Comparer(time.Time.Equal),
		cmp.Comparer(func(a, b fse.Date) bool { return a == b })); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(uids, identifiants(t, f)); d != "" || len(uids) != 2 {
		t.Errorf("UIDL of the waiting mail: %s", d)
	}
	if !f.Certificat().Equal(certificat) || lireBrut(t, f, avant[0]) != brut {
		t.Error("another key, or other bytes")
	}
	if err := envoyer(t, f, message(f, 0, b2(1, 1), 1)); err != nil {
		t.Fatal(err)
	}
	if r := f.Recus(); len(r) != 2 || r[0].Transmissions != 2 {
		t.Errorf("a message sent again after the restart is another one: %+v", r)
	}
	if got := sujets(relever(t, boite(f))); got != "ARL ARL" {
		t.Errorf("answers: %q", got)
	}
}

func identifiants(t *testing.T, f *frontal.Frontal) []string {
	t.Helper()
	var ids []string
	for m, err := range boite(f).Messages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.ID)
	}
	return ids
}

func lireBrut(t *testing.T, f *frontal.Frontal, r frontal.Recu) string {
	t.Helper()
	rc, err := f.Brut(r)
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	b, err := io.ReadAll(rc)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestConstatsDeForme(t *testing.T) {
	for _, tt := range []struct {
		raison  string
		gater   func(*transport.Message)
		constat string
	}{
		{"in clear", func(m *transport.Message) { m.Enveloppe = transport.Enveloppe{} }, "chiffrement"},
		{"Subject of another convention", func(m *transport.Message) { m.Sujet = "Bonjour" }, "sujet"},
		{"wrong number of invoices", func(m *transport.Message) { m.Sujet = strings.Replace(m.Sujet, "/00001", "/00002", 1) },
			"sujet-nombre"},
		{"émetteur of somebody else", func(m *transport.Message) {
			m.Sujet = strings.Replace(m.Sujet, "420788606",
				"420788607", 1)
		}, "sujet-emetteur"},
		{"description says compressed", func(m *transport.Message) { m.Parties[0].Gzip = false }, "compression"},
		{"description of nothing known", func(m *transport.Message) { m.Parties[0].Description = "B2/Z" }, "description"},
		{"B2 cut short", func(m *transport.Message) { m.Parties[0].Open = octets(b2(1, 1)[:400]) }, "b2-longueur"},
		{"no B2 at all", func(m *transport.Message) { m.Parties[0].Type = "text/plain" }, "fichier"},
		{"another frontal", func(m *transport.Message) { m.A = []string{"02999@999.02.rss.fr"} }, "destinataire"},
	} {
		t.Run(tt.raison, func(t *testing.T) {
			f := demarrer(t, frontal.Config{})
			m := message(f, 1, b2(1, 1), 1)
			tt.gater(m)
			if err := envoyer(t, f, m); err != nil {
				t.Fatal(err)
			}
			r := f.Recus()[0]
			for _, c := range r.Constats {
				if c.Code == tt.constat {
					return
				}
			}
			t.Errorf("findings %+v, want %q", r.Constats, tt.constat)
		})
	}
}
