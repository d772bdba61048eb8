package ecrans_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/ecrans"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
)

// A program of an editor mounts the screens of an office under a path of its own, behind its own login.
func Example() {
	ctx := context.Background()
	cabinet, err := suivitest.New(ctx, suivitest.Config{}) // the editor's own suivi.Open
	if err != nil {
		fmt.Println(err)
		return
	}
	acces := ecrans.AccesFunc(func(r *http.Request) (ecrans.Personne, error) {
		nom, motDePasse, ok := r.BasicAuth() // the editor's own session
		if !ok || motDePasse != "essai" {
			return ecrans.Personne{}, ecrans.ErrInconnue
		}
		return ecrans.Personne{ID: nom, Nom: nom, Droits: ecrans.Lire | ecrans.Intervenir}, nil
	})
	e, err := ecrans.New(cabinet.Suivi, acces, ecrans.WithTheme(ecrans.Theme{Marque: "#5b2a86"}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	http.Handle("/scor/", http.StripPrefix("/scor", e))

	for _, connu := range []bool{false, true} {
		r := httptest.NewRequest("GET", "/scor/intervenir", nil)
		if connu {
			r.SetBasicAuth("claire", "essai")
		}
		w := httptest.NewRecorder()
		http.DefaultServeMux.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// 401
	// 200
}
