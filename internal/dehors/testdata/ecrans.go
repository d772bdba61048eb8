package editeur

import (
	"log/slog"
	"net/http"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/ecrans"
)

// Session is the editor's own login: who a request is from, and whether they are the office's manager.
type Session func(*http.Request) (login, nom string, gerant, connecte bool)

// MonterEcrans puts the screens of an office under /scor/, beside the editor's own pages, behind its own login, in its
// colours. What is returned is closed with the program.
func MonterEcrans(mux *http.ServeMux, s *suivi.Suivi, session Session, journal *slog.Logger) (*ecrans.Ecrans, error) {
	acces := ecrans.AccesFunc(func(r *http.Request) (ecrans.Personne, error) {
		login, nom, gerant, connecte := session(r)
		if !connecte {
			return ecrans.Personne{}, ecrans.ErrInconnue
		}
		droits := ecrans.Lire | ecrans.Documents | ecrans.Deposer
		if gerant {
			droits = ecrans.TousDroits
		}
		return ecrans.Personne{ID: login, Nom: nom, Cabinet: "Cabinet Martin", Droits: droits, Sortie: "/sortie"}, nil
	})
	e, err := ecrans.New(s, acces, ecrans.WithConnexion("/entree"), ecrans.WithJournal(journal),
		ecrans.WithTheme(ecrans.Theme{Marque: "#5b2a86", MarqueSombre: "#c9a4ec"}))
	if err != nil {
		return nil, err
	}
	mux.Handle("/scor/", http.StripPrefix("/scor", e))
	return e, nil
}
