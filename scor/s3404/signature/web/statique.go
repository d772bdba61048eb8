package web

import (
	"embed"
	"io/fs"
	"net/http"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/internal/pagesweb"
)

// static holds the page's own files.
//
//go:embed static
var fichiersStatic embed.FS

var fichiers = sync.OnceValues(func() (*pagesweb.Statiques, error) {
	f, err := fs.Sub(fichiersStatic, "static")
	if err != nil {
		return nil, err
	}
	return pagesweb.NewStatiques(pagesweb.Communs(), f)
})

// statique serves one file; the folder is not listed.
func statique(w http.ResponseWriter, r *http.Request) {
	f, err := fichiers()
	if err != nil {
		http.Error(w, "Erreur du serveur.", http.StatusInternalServerError)
		return
	}
	f.Servir(w, r, r.PathValue("nom"))
}
