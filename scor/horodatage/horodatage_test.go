package horodatage_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/essais/tsa"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/horodatage"
)

// A token of a real authority is proved here as openssl proves it, and no changed byte, other content or other root is.
func TestJetonReel(t *testing.T) {
	a := tsa.Ouvrir(t)
	texte := []byte("scor-sdk tete 1\n")
	e := scor.Empreinte(sha256.Sum256(texte))
	jeton, err := horodatage.New(a.URL).Horodater(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	h, err := horodatage.Verifier(jeton, e, a.Racines)
	if err != nil || h.Autorite != "CN=Horodateur d'essai" || h.Politique != "1.2.3.4.1" ||
		time.Since(h.Quand).Abs() > time.Hour {
		t.Fatalf("%+v, %v", h, err)
	}
	d := t.TempDir()
	for nom, b := range map[string][]byte{"jeton": jeton, "texte": texte} {
		if err := os.WriteFile(filepath.Join(d, nom), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command("openssl", "ts", "-verify", "-token_in", "-in", "jeton", "-data", "texte", "-CAfile", a.Racine)
	c.Dir = d
	if b, err := c.CombinedOutput(); err != nil {
		t.Errorf("openssl: %v\n%s", err, b)
	}
	if _, err := horodatage.Verifier(jeton, scor.Empreinte{1}, a.Racines); !errors.Is(err, horodatage.ErrJeton) {
		t.Errorf("of something else: %v", err)
	}
	if _, err := horodatage.Verifier(jeton, e, x509.NewCertPool()); !errors.Is(err, horodatage.ErrJeton) {
		t.Errorf("of an unknown authority: %v", err)
	}
	acceptes := 0
	for i := range jeton {
		faux := bytes.Clone(jeton)
		faux[i] ^= 1
		if g, err := horodatage.Verifier(faux, e, a.Racines); err == nil && g != h {
			t.Errorf("byte %d changed: %+v", i, g)
		} else if err == nil {
			acceptes++
		}
	}
	// Some bytes say nothing of the time-stamp: version numbers, unsigned copies of certificates that aren't the signer's.
	t.Logf("%d bytes of %d are indifferent", acceptes, len(jeton))
}

// A certificate that isn't for time-stamping doesn't stamp, though its authority is known.
func TestMauvaisUsage(t *testing.T) {
	a := tsa.Ouvrir(t)
	jeton, err := horodatage.New(a.URL).Horodater(t.Context(), scor.Empreinte{1})
	if err != nil {
		t.Fatal(err)
	}
	faux := bytes.Replace(jeton, []byte{0x2b, 6, 1, 5, 5, 7, 3, 8}, []byte{0x2b, 6, 1, 5, 5, 7, 3, 1}, -1)
	if bytes.Equal(faux, jeton) {
		t.Fatal("the usage isn't in the token")
	}
	if _, err := horodatage.Verifier(faux, scor.Empreinte{1}, a.Racines); !errors.Is(err, horodatage.ErrJeton) {
		t.Error(err)
	}
}

// Whatever an authority answers: an error that says so, never a token that isn't one of this request.
func TestAutoriteDouteuse(t *testing.T) {
	a := tsa.Ouvrir(t)
	ancien, err := horodatage.New(a.URL).Horodater(t.Context(), scor.Empreinte{1})
	if err != nil {
		t.Fatal(err)
	}
	// A granted answer with the token of another request.
	rejeu := append([]byte{0x30, 0x82, 0, 0, 0x30, 3, 2, 1, 0}, ancien...)
	rejeu[2], rejeu[3] = byte((len(rejeu)-4)>>8), byte(len(rejeu)-4)
	for quoi, c := range map[string]struct {
		statut  int
		octets  []byte
		attendu error
	}{
		"not found":     {http.StatusNotFound, nil, horodatage.ErrRefus},
		"a page":        {http.StatusOK, []byte("<html>"), horodatage.ErrRefus},
		"rejection":     {http.StatusOK, []byte{0x30, 5, 0x30, 3, 2, 1, 2}, horodatage.ErrRefus},
		"without token": {http.StatusOK, []byte{0x30, 5, 0x30, 3, 2, 1, 0}, horodatage.ErrRefus},
		"another's":     {http.StatusOK, rejeu, horodatage.ErrJeton},
		"too long":      {http.StatusOK, bytes.Repeat([]byte{0x30}, 2<<20), horodatage.ErrRefus},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(c.statut)
			_, _ = w.Write(c.octets)
		}))
		if _, err := horodatage.New(s.URL, horodatage.WithHTTP(s.Client())).Horodater(t.Context(),
			scor.Empreinte{1}); !errors.Is(err, c.attendu) {
			t.Errorf("%s: %v", quoi, err)
		}
		s.Close()
	}
}

// Signatures are those that "openssl dgst -sha256 -verify" knows.
func TestCle(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e := scor.Empreinte(sha256.Sum256([]byte("x")))
	for _, k := range []horodatage.Horodateur{oui(horodatage.NewCle(ec)), oui(horodatage.NewCle(r))} {
		s, err := k.Horodater(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		bons := 0
		for _, p := range []any{&ec.PublicKey, &r.PublicKey} {
			if horodatage.VerifierSignature(p, e, s) == nil {
				bons++
			}
			if horodatage.VerifierSignature(p, scor.Empreinte{}, s) == nil {
				t.Error("of something else")
			}
		}
		if bons != 1 {
			t.Errorf("%d keys verify it", bons)
		}
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := horodatage.NewCle(ed); !errors.Is(err, horodatage.ErrCle) {
		t.Error(err)
	}
}

// carteRetiree is a key whose card isn't there.
type carteRetiree struct{ crypto.Signer }

var errRetiree = errors.New("card removed")

func (carteRetiree) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errRetiree
}

// A card that is away is told as such, with what it said: the office waits for it.
func TestCleIndisponible(t *testing.T) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, err = oui(horodatage.NewCle(carteRetiree{k})).Horodater(t.Context(), scor.Empreinte{1})
	if !errors.Is(err, horodatage.ErrCleIndisponible) || !errors.Is(err, errRetiree) {
		t.Error(err)
	}
}

func oui(c *horodatage.Cle, err error) *horodatage.Cle {
	if err != nil {
		panic(err)
	}
	return c
}

func FuzzVerifier(f *testing.F) {
	f.Add([]byte{0x30, 5, 0x30, 3, 2, 1, 0})
	if b, err := os.ReadFile("testdata/jeton"); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := horodatage.Verifier(b, scor.Empreinte{1}, x509.NewCertPool()); err == nil {
			t.Error("a token without authority")
		}
	})
}

// A head attested with the office's own key; with an authority, New(address) takes the place of NewCle.
func Example() {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // the host's own, kept by it
	if err != nil {
		fmt.Println(err)
		return
	}
	var h horodatage.Horodateur
	if h, err = horodatage.NewCle(k); err != nil {
		fmt.Println(err)
		return
	}
	e := scor.Empreinte(sha256.Sum256([]byte("tête du journal")))
	s, err := h.Horodater(context.Background(), e)
	fmt.Println(err, horodatage.VerifierSignature(k.Public(), e, s))
	// Output: <nil> <nil>
}
