package transport

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLignesEtDecodeur(t *testing.T) {
	alea := rand.NewChaCha8([32]byte{3})
	for _, n := range []int{0, 1, 2, 3, 56, 57, 58, 114, 1000, 100_000} {
		clair := make([]byte, n)
		alea.Read(clair)
		for _, ligne := range []int{4, 64, 76} {
			var b bytes.Buffer
			l := nouvellesLignes(&b, ligne)
			for reste := clair; len(reste) > 0; { // in writes of any length
				k := min(len(reste), 1+int(alea.Uint64()%200))
				if _, err := l.Write(reste[:k]); err != nil {
					t.Fatal(err)
				}
				reste = reste[k:]
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			var compte compteur
			c := nouvellesLignes(&compte, ligne)
			if _, err := c.Write(clair); err != nil {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil || int(compte) != b.Len() {
				t.Fatalf("%d bytes, lines of %d: counted %d, written %d, %v", n, ligne, compte, b.Len(), err)
			}
			if sans := strings.ReplaceAll(b.String(), "\r\n", ""); sans != base64.StdEncoding.EncodeToString(clair) {
				t.Fatalf("%d bytes, lines of %d: other base64", n, ligne)
			}
			for i, x := range strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n") {
				if len(x) > ligne || len(x) < ligne && (i+1)*ligne < base64.StdEncoding.EncodedLen(n) {
					t.Fatalf("%d bytes: line %d of %d characters, want %d", n, i+1, len(x), ligne)
				}
			}
			for raison, texte := range map[string]string{"as written": b.String(), "LF": strings.ReplaceAll(b.String(), "\r\n",
				"\n"),
				"CR": strings.ReplaceAll(b.String(), "\r\n", "\r"), "spaces": strings.ReplaceAll(b.String(), "\r\n", " \t\r\n "),
				"one line": strings.ReplaceAll(b.String(), "\r\n", "")} {
				for _, r := range []io.Reader{strings.NewReader(texte), iotest.OneByteReader(strings.NewReader(texte)),
					iotest.DataErrReader(strings.NewReader(texte))} {
					got, err := io.ReadAll(nouveauDecodeurBase64(r, func(string) {}))
					if err != nil || !bytes.Equal(got, clair) {
						t.Fatalf("%d bytes, lines of %d, %s: %d bytes, %v", n, ligne, raison, len(got), err)
					}
				}
			}
		}
	}
}

func TestDecodeurFautes(t *testing.T) {
	var faute base64.CorruptInputError
	for texte, veut := range map[string]error{"TQ==\r\nTQ==": base64.CorruptInputError(4), "TWFuT=": io.ErrUnexpectedEOF,
		"TWFuT": io.ErrUnexpectedEOF, "TW!u": base64.CorruptInputError(2), "TWFuTWF-": base64.CorruptInputError(7),
		"TQ==\r\nT": base64.CorruptInputError(4), "====": base64.CorruptInputError(0)} {
		for _, r := range []io.Reader{strings.NewReader(texte), iotest.OneByteReader(strings.NewReader(texte))} {
			_, err := io.ReadAll(nouveauDecodeurBase64(r, func(string) {}))
			if !errors.Is(err, veut) && !(errors.As(err, &faute) && veut != io.ErrUnexpectedEOF) {
				t.Errorf("%q: %v, want %v", texte, err, veut)
			}
		}
	}
	panne := errors.New("cut")
	got, err := io.ReadAll(nouveauDecodeurBase64(io.MultiReader(strings.NewReader("TWFuTW"), iotest.ErrReader(panne)),
		func(string) {}))
	if string(got) != "Man" || !errors.Is(err, panne) {
		t.Errorf("%q, %v", got, err)
	}
}

// What filters add or relays lose doesn't lose the bytes; what could be a damage in
// the middle of them is never passed over.
func TestDecodeurIndulgent(t *testing.T) {
	for texte, veut := range map[string]struct{ clair, remarque string }{
		"TQ":                                    {"M", ConstatBourrage},
		"TWFuTWE=":                              {"ManMa", ""},
		"TWFu\r\nTWE":                           {"ManMa", ConstatBourrage},
		"TQ=":                                   {"M", ConstatBourrage},
		"TWFu\r\n\r\n-- \r\nVerifie par X!\r\n": {"Man", ConstatPied},
		"TWFuTWFu\r\nTWE=\r\nscanned by X":      {"ManManMa", ConstatPied},
		"TWFuTWFu\r\nTWFu\r\n____\r\nliste":     {"ManManMan", ConstatPied},
	} {
		for _, r := range []io.Reader{strings.NewReader(texte), iotest.OneByteReader(strings.NewReader(texte))} {
			remarque := ""
			got, err := io.ReadAll(nouveauDecodeurBase64(r, func(c string) { remarque = c }))
			if err != nil || string(got) != veut.clair || remarque != veut.remarque {
				t.Errorf("%q: %q, %q, %v", texte, got, remarque, err)
			}
		}
	}
	ligne := strings.Repeat("TWFu", 19)
	for _, texte := range []string{ligne + "\r\nTW!u\r\n" + ligne, ligne + "\r\nTWFu\r\n-- x\r\n" + ligne + "\r\n",
		"!" + ligne} {
		var faute base64.CorruptInputError
		if _, err := io.ReadAll(nouveauDecodeurBase64(strings.NewReader(texte), func(string) {})); !errors.As(err, &faute) {
			t.Errorf("a damage is passed over: %v", err)
		}
	}
}
