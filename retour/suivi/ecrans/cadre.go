package ecrans

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/pagesweb"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

//go:embed pages
var fichiersPages embed.FS

//go:embed static
var fichiersStatiques embed.FS

var gabarits = sync.OnceValues(func() (*template.Template, error) {
	return template.New("ecrans").Funcs(template.FuncMap{"nombre": nombre, "euros": euros, "jour": jour,
		"pluriel": pluriel, "dict": dict, "pourcent": pourcent,
		"numero":    func(cle string) string { return nomCourt(journal.Facture, cle) },
		"numeroLot": func(cle string) string { return nomCourt(journal.LotScor, cle) },
		"technique": technique, "contient": strings.Contains, "masque": masque, "cause": motsCause,
		"pluriel64": func(n int, un, plusieurs string) string { return pluriel(int64(n), un, plusieurs) },
		"genre":     func(g journal.Genre) string { return titresGenres[g] }}).ParseFS(fichiersPages, "pages/*.html")
})

// charger makes the static files: ours, those that other pages of this module have too, and the host's colours.
func (e *Ecrans) charger() error {
	if _, err := gabarits(); err != nil {
		return err
	}
	f, err := fs.Sub(fichiersStatiques, "static")
	if err != nil {
		return err
	}
	if e.statiques, err = pagesweb.NewStatiques(pagesweb.Communs(), f); err != nil {
		return err
	}
	if err := e.statiques.Ajouter("theme.css", e.theme.css()); err != nil {
		return err
	}
	if len(e.theme.Logo) > 0 {
		return e.statiques.Ajouter("logo"+e.theme.ext(), e.theme.Logo)
	}
	return nil
}

// cadre is what every page shows around its own.
type cadre struct {
	*requete
	Titre           string
	Menu            []entree
	Logo            string
	Produit         string
	Scripts, Styles []string // of static/, beside those of every page
	Annonce         string   // what just happened
	Differes        []differe
	Vivant          bool // the page follows what happens
	Jour            string
}

type entree struct {
	Nom, Titre string
	Ici        bool
	Compte     int64
}

func (q *requete) cadre(titre string) cadre {
	c := cadre{requete: q, Titre: titre, Produit: q.mot("produit", "Pièces justificatives"),
		Jour: q.horloge().In(q.fuseau).Format("02/01/2006") + " à " + heure(q.horloge().In(q.fuseau))}
	if len(q.theme.Logo) > 0 {
		c.Logo = q.Racine + "statique/" + q.statiques.Nom("logo"+q.theme.ext())
	} else {
		c.Logo = q.Racine + "statique/" + q.statiques.Nom("icone.svg")
	}
	for i := range q.ecrans {
		x := &q.ecrans[i]
		if x.Titre != "" && q.Peut(Lire|x.Droit) {
			c.Menu = append(c.Menu, entree{Nom: x.Nom, Titre: q.mot(x.Nom, x.Titre), Ici: x == q.Ecran})
		}
	}
	if q.differes != nil {
		c.Differes = q.differes.de(q.Personne.ID)
	}
	return c
}

// Statique is the address of a static file from the page.
func (q *requete) Statique(nom string) string { return q.Racine + "statique/" + q.statiques.Nom(nom) }

func (e *Ecrans) mot(nom, defaut string) string {
	if m := e.mots[nom]; m != "" {
		return m
	}
	return defaut
}

// nombre writes a whole number with thin spaces between thousands.
func nombre(n int64) string {
	if n < 0 {
		return "−" + nombre(-n)
	}
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + fineInsecable + s[i:]
	}
	return s
}

func euros(m fse.Montant) string {
	signe := ""
	if m < 0 {
		signe, m = "−", -m
	}
	return fmt.Sprintf("%s%s,%02d%s€", signe, nombre(int64(m)/100), int64(m)%100, insecable)
}

func jour(d fse.Date) string {
	if d.IsZero() {
		return ""
	}
	a := d.AAAAMMJJ()
	return a[6:] + "/" + a[4:6] + "/" + a[:4]
}

func pluriel(n int64, un, plusieurs string) string {
	if n < 2 {
		return nombre(n) + insecable + un
	}
	return nombre(n) + insecable + plusieurs
}

// dict gives a template several values under their names.
func dict(paires ...any) (map[string]any, error) {
	if len(paires)%2 != 0 {
		return nil, errors.New("dict: a name without value")
	}
	m := map[string]any{}
	for i := 0; i < len(paires); i += 2 {
		nom, ok := paires[i].(string)
		if !ok {
			return nil, errors.New("dict: a name that isn't text")
		}
		m[nom] = paires[i+1]
	}
	return m, nil
}
