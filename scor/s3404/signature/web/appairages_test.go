package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

// TestAppairages protects several signers' codes: each lets in its own signer, once; guesses count against all of them.
func TestAppairages(t *testing.T) {
	codes := make([]string, 2)
	var l web.Appairages
	for i, id := range []string{"morel", "petit"} {
		a, err := web.NewAppairage(signature.Signataire{ID: id, Nom: id}, func(code string, _ time.Time) { codes[i] = code })
		if err != nil {
			t.Fatal(err)
		}
		l = append(l, a)
	}
	entrer := func(code, client string) (signature.Signataire, error) {
		r := httptest.NewRequest(http.MethodPost, "/connexion", strings.NewReader(url.Values{"code": {code}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = client + ":1234"
		return l.Authentifier(r)
	}
	for i, id := range []string{"morel", "petit"} {
		code := codes[i]
		if s, err := entrer(code, "10.0.0.1"); err != nil || s.ID != id {
			t.Errorf("%s: %+v %v", id, s, err)
		}
		if s, err := entrer(code, "10.0.0.1"); !errors.Is(err, web.ErrCode) {
			t.Errorf("%s twice: %+v %v", id, s, err)
		}
	}
	for range 10 {
		if _, err := entrer("faux", "10.0.0.9"); !errors.Is(err, web.ErrCode) {
			t.Fatal(err)
		}
	}
	for i := range codes {
		if s, err := entrer(codes[i], "10.0.0.9"); !errors.Is(err, web.ErrCode) {
			t.Errorf("let in after ten guesses: %+v %v", s, err)
		}
		if _, err := entrer(codes[i], "10.0.0.2"); err != nil {
			t.Errorf("another client is locked out: %v", err)
		}
	}
}
