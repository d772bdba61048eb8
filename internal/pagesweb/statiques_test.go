package pagesweb

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// A file is found by its name and by its name with its digest, never by another digest; only the second is kept for
// ever, so that a new version is seen at once.
func TestStatiques(t *testing.T) {
	s, err := NewStatiques(fstest.MapFS{"a.css": {Data: []byte("a{}")}, "secret.txt": {Data: []byte("x")}}, Communs())
	if err != nil {
		t.Fatal(err)
	}
	lire := func(nom, accepte string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", accepte)
		w := httptest.NewRecorder()
		s.Servir(w, r, nom)
		return w
	}
	nom := s.Nom("a.css")
	if nom == "a.css" || lire(nom, "").Body.String() != "a{}" || lire("a.css", "").Body.String() != "a{}" {
		t.Errorf("%s isn't served", nom)
	}
	if !strings.Contains(lire(nom, "").Header().Get("Cache-Control"), "immutable") ||
		strings.Contains(lire("a.css", "").Header().Get("Cache-Control"), "immutable") {
		t.Error("the name without digest is kept for ever, or the one with isn't")
	}
	for _, absent := range []string{"secret.txt", "a-0000000000000000.css", "b.css", "", "../doc.go", "pdfjs-LICENCE.txt",
		"pdf.min.mjs.gz"} {
		if lire(absent, "").Code != 404 {
			t.Errorf("%q is served", absent)
		}
	}
	clair, serre := lire("pdf.min.mjs", ""), lire("pdf.min.mjs", "gzip, br")
	z, err := gzip.NewReader(serre.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(b, clair.Body.Bytes()) || len(b) < 100_000 {
		t.Errorf("pdf.js: %d and %d bytes, %v", len(b), clair.Body.Len(), err)
	}
}
