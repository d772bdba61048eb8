package web

import (
	"compress/gzip"
	"embed"
	"io"
	"net/http"
	"path"
	"strings"
)

// static holds the page's own files, and pdf.js 4.10.38 (npm pdfjs-dist, legacy/build, Apache 2.0: pdfjs-LICENCE.txt),
// compressed as it is sent. Nothing of it comes from another host.
//
//go:embed static
var fichiersStatic embed.FS

// genres are the types of the files that are served, and with it which are: what isn't named here isn't there.
var genres = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// statique serves one file; the folder is not listed.
func statique(w http.ResponseWriter, r *http.Request) {
	nom := r.PathValue("nom")
	genre, ok := genres[path.Ext(nom)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Type", genre)
	f, err := fichiersStatic.Open("static/" + nom)
	if err == nil {
		defer f.Close()
		_, _ = io.Copy(w, f)
		return
	}
	if f, err = fichiersStatic.Open("static/" + nom + ".gz"); err != nil {
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "private, max-age=86400")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		_, _ = io.Copy(w, f)
		return
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		http.Error(w, "Erreur du serveur.", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, z)
}
