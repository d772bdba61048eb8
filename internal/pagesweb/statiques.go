package pagesweb

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// communs holds pages.js, which draws the pages of a PDF, and pdf.js 4.10.38 (npm pdfjs-dist, legacy/build, Apache 2.0:
// pdfjs-LICENCE.txt), compressed as it is sent. Nothing of it comes from another host.
//
//go:embed static
var communs embed.FS

// Communs are the files that several pages use: pages.js, pdf.min.mjs, pdf.worker.min.mjs.
func Communs() fs.FS {
	f, err := fs.Sub(communs, "static")
	if err != nil {
		return communs // the folder is compiled in: it is there
	}
	return f
}

// genres are the types of the files that are served, and with it which are: what isn't named here isn't there.
var genres = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2"}

type fichier struct {
	genre, empreinte string
	octets, gz       []byte // one of them, or both
	prepare          bool   // gz was given: the file is big and never changes under its name
}

// Statiques are static files, served by their name, or by their name with their digest in it, which may then be kept
// for ever.
type Statiques struct{ m map[string]*fichier }

// NewStatiques reads the files at the top of each file system; of two with one name the last counts. A file whose name
// ends in .gz is served under the name without, compressed where the browser takes it.
func NewStatiques(sources ...fs.FS) (*Statiques, error) {
	s := &Statiques{map[string]*fichier{}}
	for _, source := range sources {
		l, err := fs.ReadDir(source, ".")
		if err != nil {
			return nil, err
		}
		for _, e := range l {
			if e.IsDir() {
				continue
			}
			b, err := fs.ReadFile(source, e.Name())
			if err != nil {
				return nil, err
			}
			if err := s.Ajouter(e.Name(), b); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// Ajouter adds a file made by the program; a type that isn't served is left out.
func (s *Statiques) Ajouter(nom string, b []byte) error {
	nu, prepare := strings.CutSuffix(nom, ".gz")
	genre, ok := genres[path.Ext(nu)]
	if !ok {
		return nil
	}
	e := sha256.Sum256(b)
	f := &fichier{genre: genre, empreinte: hex.EncodeToString(e[:8]), prepare: prepare}
	if f.gz = b; !prepare {
		f.octets, f.gz = b, nil
		if len(b) > 1024 {
			var z bytes.Buffer
			w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
			if err != nil {
				return err
			}
			if _, err := w.Write(b); err != nil {
				return err
			}
			if err := w.Close(); err != nil {
				return err
			}
			f.gz = z.Bytes()
		}
	}
	s.m[nu] = f
	return nil
}

// Nom is a file's name with its digest in it; a name that isn't there stays as it is, and will not be found.
func (s *Statiques) Nom(nom string) string {
	f := s.m[nom]
	if f == nil {
		return nom
	}
	ext := path.Ext(nom)
	return strings.TrimSuffix(nom, ext) + "-" + f.empreinte + ext
}

// chercher finds a file by its name, with or without its digest; fixe says that it was with.
func (s *Statiques) chercher(nom string) (f *fichier, fixe bool) {
	if f = s.m[nom]; f != nil {
		return f, false
	}
	ext := path.Ext(nom)
	base := strings.TrimSuffix(nom, ext)
	i := strings.LastIndexByte(base, '-')
	if i < 0 {
		return nil, false
	}
	if f = s.m[base[:i]+ext]; f == nil || f.empreinte != base[i+1:] {
		return nil, false
	}
	return f, true
}

// Servir answers with one file; there is no list of them.
func (s *Statiques) Servir(w http.ResponseWriter, r *http.Request, nom string) {
	f, fixe := s.chercher(nom)
	if f == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.genre)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", `"`+f.empreinte+`"`)
	switch {
	case fixe:
		h.Set("Cache-Control", "private, max-age=31536000, immutable")
	case f.prepare:
		h.Set("Cache-Control", "private, max-age=86400")
	default:
		h.Set("Cache-Control", "no-cache")
	}
	if strings.Contains(r.Header.Get("If-None-Match"), f.empreinte) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if f.gz != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		_, _ = w.Write(f.gz)
		return
	}
	if f.octets != nil {
		_, _ = w.Write(f.octets)
		return
	}
	z, err := gzip.NewReader(bytes.NewReader(f.gz))
	if err != nil {
		http.Error(w, "Erreur du serveur.", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, z)
}
