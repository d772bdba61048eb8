package dsn_test

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Each writer of reports has its habits: what it says is read whole, and nothing is made of
// what only looks like it. The first line of each case says what must come out.
func TestHabitudes(t *testing.T) {
	b, err := os.ReadFile("testdata/habitudes.txt")
	if err != nil {
		t.Fatal(err)
	}
	const copie = "Received: from poste (192.0.2.9)\r\nMessage-ID: <lot-7@exemple.fr>\r\nFrom: cabinet@exemple.fr\r\n" +
		"To: 01996@996.01.rss.fr\r\nSubject: IR/1\r\n\r\nx\r\n"
	citee := "> " + strings.ReplaceAll(strings.TrimSuffix(copie, "\r\n"), "\r\n", "\r\n> ") + "\r\n"
	cas := strings.Split(string(b), "\n---- ")[1:]
	if len(cas) < 25 {
		t.Fatalf("%d cases", len(cas))
	}
	for _, c := range cas {
		titre, mail, _ := strings.Cut(strings.TrimSuffix(c, "\n----\n"), "\n")
		nom, attendu, _ := strings.Cut(titre, ": ")
		t.Run(nom, func(t *testing.T) {
			mail = strings.ReplaceAll(mail+"\n", "\n", "\r\n")
			mail = strings.ReplaceAll(strings.ReplaceAll(mail, "COPIE\r\n", copie), "CITEE\r\n", citee)
			avis, err := lire(t, []byte("To: cabinet@exemple.fr\r\nMessage-ID: <avis@relais.exemple>\r\nMIME-Version: 1.0\r\n"+
				"Content-Type: text/plain; charset=utf-8\r\n"+mail))
			if err != nil {
				t.Fatal(err)
			}
			mots := strings.Fields(attendu)
			retard, sans := slices.Contains(mots, "retard"), slices.Contains(mots, "sans")
			mots = slices.DeleteFunc(mots, func(m string) bool { return m == "retard" || m == "sans" || m == "none" })
			var lus []string
			for _, a := range avis {
				lus = append(lus, a.Destinataire, a.Code)
				if a.Code == "" {
					lus[len(lus)-1] = "-"
				}
				if a.Definitif == retard {
					t.Errorf("definitive: %v", a.Definitif)
				}
				if !sans && (a.MessageID != "lot-7@exemple.fr" || !a.Sur) || sans && a.Sur {
					t.Errorf("of the message %q, surely: %v", a.MessageID, a.Sur)
				}
			}
			if !slices.Equal(lus, mots) {
				t.Errorf("got %q, want %q", lus, mots)
			}
		})
	}
}
