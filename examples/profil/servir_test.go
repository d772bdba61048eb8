package main

import (
	"context"
	"html/template"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
)

func page(t *testing.T, profil string, fichiers ...string) *httptest.Server {
	t.Helper()
	pages, err := template.New("").Funcs(fonctions).ParseFS(fichiersPage, "page/*.html")
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer((&atelier{profil: profil, fichiers: fichiers, pages: pages}).handler())
	t.Cleanup(s.Close)
	return s
}

func lire(t *testing.T, methode, url string, corps io.Reader, entetes ...string) (int, string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), methode, url, corps)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(entetes); i += 2 {
		if entetes[i] == "Host" {
			q.Host = entetes[i+1]
		}
		q.Header.Set(entetes[i], entetes[i+1])
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") && r.StatusCode != 403 {
		t.Error("a page without a policy")
	}
	return r.StatusCode, string(b)
}

// Each page shows what its verb says; a profile that is refused shows its faults, and mended it is read again.
func TestPages(t *testing.T) {
	for _, nom := range specifications(t) {
		s := page(t, nom)
		for chemin, veut := range map[string]string{"/": "Accepté", "/disposition": "Arbre des enregistrements",
			"/explication": "Rien à signaler", "/explication?fichier=exemple-2": "arl-negatif",
			"/comparaison?a=exemple-1&b=exemple-2": "différence", "/comparaison?a=profil&b=scor-cp": "profil livré scor-cp",
			"/comparaison?a=profil&b=exemple-1":     "un profil se compare à un profil",
			"/explication?fichier=../../etc/passwd": "introuvable", "/style.css": ":root", "/page.js": "use strict"} {
			if code, b := lire(t, "GET", s.URL+chemin, nil); code != 200 || !strings.Contains(b, veut) {
				t.Errorf("%s%s: %d, %q is missing", nom, chemin, code, veut)
			}
		}
	}
	chemin := ecrire(t, "p.yaml", "etend: reference\nprofil: p\nversion: \"1\"\nsource: essai\nlimites: {paires_par_lot: x}\n")
	s := page(t, chemin)
	if _, b := lire(t, "GET", s.URL, nil); !strings.Contains(b, "Refusé") || !strings.Contains(b, "p.yaml:5") {
		t.Error("the fault of the profile isn't shown")
	}
	if code, b := lire(t, "GET", s.URL+"/explication", nil); code != 200 || !strings.Contains(b, "refusé") {
		t.Error(code, "a refused profile leaves the page silent")
	}
	if err := os.WriteFile(chemin, []byte("etend: reference\nprofil: p\nversion: \"1\"\nsource: essai\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, b := lire(t, "GET", s.URL, nil); !strings.Contains(b, "Accepté") {
		t.Error("the mended profile isn't read again")
	}
}

// Only this machine's own pages may ask: another site's name or form is refused. The insured's number isn't in a page.
func TestPageProtegee(t *testing.T) {
	s := page(t, "reference", ecrire(t, "x.b2", fichierB2(t)))
	if code, _ := lire(t, "GET", s.URL, nil, "Host", "exemple.fr"); code != 403 {
		t.Error("a foreign name is served:", code)
	}
	corps, genre := formulaire(t, fichierB2(t))
	if code, _ := lire(t, "POST", s.URL+"/explication", strings.NewReader(corps), "Content-Type", genre, "Origin",
		"https://exemple.fr"); code != 403 {
		t.Error("a foreign form is served:", code)
	}
	for _, f := range []func() (int, string){
		func() (int, string) { return lire(t, "GET", s.URL+"/explication?fichier=fichier-0", nil) },
		func() (int, string) {
			return lire(t, "POST", s.URL+"/explication", strings.NewReader(corps), "Content-Type", genre)
		}} {
		code, b := f()
		if code != 200 || !strings.Contains(b, "fichier B2") || strings.Contains(b, nirExemple) ||
			strings.Contains(strings.ReplaceAll(b, " ", ""), "32373930393133") {
			t.Error(code, "a B2 file isn't explained, or its insured is shown")
		}
	}
}

func formulaire(t *testing.T, contenu string) (corps, genre string) {
	t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("contenu", "x.b2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, contenu); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// The program says where its page is, and ends when it is asked to.
func TestServir(t *testing.T) {
	ctx, fin := context.WithCancel(t.Context())
	r, w := io.Pipe()
	fini := make(chan error, 1)
	go func() {
		fini <- lancer(ctx, []string{"servir", "-page", "127.0.0.1:0", "-json"}, nil, w, io.Discard)
		w.Close()
	}()
	b := make([]byte, 256)
	n, err := r.Read(b)
	if err != nil || !strings.Contains(string(b[:n]), `{"page":"http://127.0.0.1:`) {
		t.Fatal(err, string(b[:n]))
	}
	fin()
	if err := <-fini; err != nil {
		t.Error(err)
	}
}

// flecheDroite is the key, as the browser's driver names it.
const flecheDroite = "\u0303"

// In a browser a byte under the pointer, or reached with the arrow keys, shows its zone; nothing of the page is refused
// by its own policy.
func TestOctetDesigne(t *testing.T) {
	s := page(t, filepath.Join("..", "officine", "testdata", "specifications", "01-entrelacee.yaml"))
	p := chromium.Open(t, 1280, 800)
	p.Aller(s.URL + "/explication")
	p.Attendre("document.querySelector('.z[tabindex=\"0\"]') !== null")
	p.Cliquer("h1") // a window that nobody clicked in has no focus to give
	chromium.Evaluer[bool](p, "document.querySelector('.z').focus(), true")
	p.Attendre("document.getElementById('zone').textContent.includes('Type')")
	p.Touches(flecheDroite)
	p.Attendre("document.activeElement.id === 'o1' && document.getElementById('zone').textContent.includes(" +
		"'emetteur.numero')")
	z := chromium.Evaluer[string](p, "(document.getElementById('o3').dispatchEvent(new MouseEvent('mouseover', "+
		"{bubbles: true})), document.getElementById('zone').textContent)")
	if !strings.Contains(z, "fichier.date") || !strings.Contains(z, "22–29") {
		t.Error("the byte under the pointer isn't explained:", z)
	}
	if c := p.Console(); len(c) > 0 {
		t.Error(c)
	}
	p.Capturer("profil-explication")
}

// axe-core finds nothing on the pages, and nothing overflows, at four widths in light and dark.
func TestAxe(t *testing.T) {
	s := page(t, specifications(t)[0])
	p := chromium.Open(t, 1024, 800)
	for _, theme := range []string{"light", "dark"} {
		p.Media("prefers-color-scheme", theme)
		for _, chemin := range []string{"/", "/disposition", "/explication", "/comparaison"} {
			p.Aller(s.URL + chemin)
			for _, largeur := range []int{390, 768, 1024, 1280} {
				p.Taille(largeur, 800)
				if l := p.Axe(); len(l) > 0 {
					t.Errorf("%s, %s, %d px: %s", chemin, theme, largeur, strings.Join(l, "\n"))
				}
				if l := chromium.Evaluer[int](p, `document.documentElement.scrollWidth`); l > largeur {
					t.Errorf("%s at %d px: %d wide", chemin, largeur, l)
				}
			}
		}
	}
}
