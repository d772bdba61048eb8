package ecrans

import "net/http"

// ecran is one screen. To add one:
//
//  1. write its file: a function func(*Ecrans) ecran, its handlers func(w, r, *requete) error, a struct that embeds
//     cadre for each of its pages; a handler returns refuser(…) for what a person is told, q.vers(…) after a form
//  2. write pages/<name>.html: {{template "tete" .}} … {{template "pied" .}}; links begin with {{.Racine}}, forms hold
//     {{template "jeton" .}}, scripts and styles of its own are files of static/, named by {{.Statique "name.js"}} and
//     given to the page in cadre.Scripts and cadre.Styles
//  3. add it to tous below, in the order of the menu; an ecran without Nom (nothing was configured for it) isn't there
//
// What a person may do is said by Droit, of the screen and of each route, and checked before the handler is called.
type ecran struct {
	Nom    string // of the path, and for WithMots
	Titre  string // in the menu; "" isn't there
	Droit  Droit  // beside Lire
	Routes []route
	// Compte is shown beside the title in the menu; nil for nothing.
	Compte func(r *http.Request) int64
}

// route is one address of a screen, as http.ServeMux reads it.
type route struct {
	Motif string // "GET /suivre"
	Droit Droit
	Faire func(http.ResponseWriter, *http.Request, *requete) error
	// Flux has the handler read the body by itself: uploads. Its token comes in the header X-CSRF-Token or as ?csrf=.
	Flux bool
}

// tous are the screens, in the order of the menu.
var tous = []func(*Ecrans) ecran{ecranIntervenir, ecranNumeriser, ecranSuivre, ecranControler, ecranIndicateurs,
	ecranVeille}
