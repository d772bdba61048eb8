package main

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// incident is something that the panel has happen.
type incident struct {
	Nom, Titre, Suite string
	faire             func(context.Context) error
}

// journee is a lot of invoices with its pieces, sent for good to the frontal.
func (p *poste) journee(ctx context.Context, defaut string) error {
	f, err := p.cabinet.Fichier(6)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := b2.WriteFichier(b2.NewWriter(&b), f); err != nil {
		return err
	}
	if _, err := p.suivi.DeposerFlux(ctx, b.Bytes()); err != nil {
		return err
	}
	for i, x := range f.Lots[0].Factures {
		id := fmt.Sprintf("ORD-%d", x.Cle.Numero)
		switch {
		case i == 0 && defaut == "scan":
			err = p.suivi.RefuserPiece(ctx, scor.Piece{ID: id, Type: scor.Ordonnance, Facture: x.Cle}, "la page est floue")
		case i == 0 && defaut == "manque":
		default:
			err = p.cabinet.Piece(ctx, id, x.Cle)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// reponse has the frontal answer so to what comes from now on.
func (p *poste) reponse(r ...frontal.Regle) error {
	return p.frontal.Jouer(frontal.Scenario{Regles: r})
}

func (p *poste) liste() []incident {
	pieces, factures := frontal.Quand{Flux: frontal.Pieces}, frontal.Quand{Flux: frontal.Factures}
	avec := func(r ...frontal.Regle) func(context.Context) error {
		return func(ctx context.Context) error {
			if err := p.reponse(r...); err != nil {
				return err
			}
			return p.journee(ctx, "")
		}
	}
	panne := func(i frontal.Incident) func(context.Context) error {
		return func(ctx context.Context) error {
			p.frontal.Incident(i)
			return p.journee(ctx, "")
		}
	}
	return []incident{
		{"journee", "Une journée qui va bien", "Un lot de 6 factures part, puis leurs pièces.", avec()},
		{"arl-moins", "La caisse refuse le lot de pièces (ARL−)", "L'ARL− arrive après celui des factures.",
			avec(frontal.Regle{Quand: pieces, Reponses: []frontal.Nature{frontal.ARLNegatif}})},
		{"arl-factures", "La caisse refuse le lot de factures", "Il faudra refacturer.",
			avec(frontal.Regle{Quand: factures, Reponses: []frontal.Nature{frontal.ARLNegatif}})},
		{"mds", "Message de service", "Le lot de pièces n'atteint pas la caisse.",
			avec(frontal.Regle{Quand: pieces, Reponses: []frontal.Nature{frontal.MdS}})},
		{"anr", "Avis de non-remise", "Le même message repart.",
			avec(frontal.Regle{Quand: pieces, Reponses: []frontal.Nature{frontal.ANR}})},
		{"silence", "Silence de la caisse", "Rien ne vient ; avancez l'horloge.",
			avec(frontal.Regle{Quand: frontal.Quand{}, Reponses: []frontal.Nature{frontal.Silence}})},
		{"relais", "Relais en panne", "La connexion est coupée pendant l'envoi.",
			panne(frontal.Incident{Panne: frontal.Coupure, Octet: 200})},
		{"certificat", "Certificat du relais périmé", "Le relais n'est plus sûr.",
			panne(frontal.Incident{Panne: frontal.CertificatPerime})},
		{"scan", "Une numérisation refusée", "Une page est floue.",
			func(ctx context.Context) error { return p.journee(ctx, "scan") }},
		{"manque", "Une pièce manquante", "Une facture part sans son ordonnance.",
			func(ctx context.Context) error { return p.journee(ctx, "manque") }},
		{"orpheline", "Une pièce sans facture", "Sa facture n'existe pas.", p.orpheline},
		{"rejet", "Une facture payée est rejetée", "Un retour NOEMIE arrive.", p.rejeter},
		{"calmer", "Tout remettre en ordre", "Le frontal répond, le relais marche.", func(context.Context) error {
			p.frontal.Calmer()
			return p.reponse()
		}},
		{"jour", "Avancer l'horloge d'un jour", "Les délais courent.", func(context.Context) error {
			p.cabinet.Horloge.Avancer(24 * time.Hour)
			return nil
		}},
	}
}

func (p *poste) orpheline(ctx context.Context) error {
	jour, err := p.cabinet.Jour()
	if err != nil {
		return err
	}
	p.compte++
	return p.cabinet.Piece(ctx, fmt.Sprintf("ORD-PERDUE-%d", p.compte), fse.CleFacture{Lot: fse.CleLot{
		Emetteur: suivitest.Emetteur, Numero: 999, Date: jour}, Numero: 999_000 + p.compte})
}

// rejeter has the caisse reject the latest invoice whose pieces it acknowledged.
func (p *poste) rejeter(ctx context.Context) error {
	l, err := p.suivi.PageFactures(ctx, suivi.FiltreFactures{Situation: suivi.Acquittee, Limite: 1})
	if err != nil || len(l.Factures) == 0 {
		return err
	}
	v := l.Factures[0]
	nir, err := suivitest.NIR(v.Cle.Numero/1000*37 + v.Cle.Numero%1000)
	if err != nil {
		return err
	}
	return p.cabinet.RSP(ctx, noemie.Rejete, "BENEFICIAIRE INCONNU", fse.Facture{Cle: v.Cle, Date: v.Jour, Assure: nir,
		AMO: v.Demande})
}

var gabaritIncidents = template.Must(template.New("").Parse(`<!doctype html><html lang="fr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Incidents</title>
<link rel="stylesheet" href="/incidents.css"></head><body><main><h1>Incidents</h1>
<p>Chaque bouton fait arriver quelque chose au cabinet dessiné ; <a href="/scor/">les écrans</a> le montrent en direct.</p>
{{with .Fait}}<p role="status"><strong>{{.}}</strong></p>{{end}}
<ul>{{range .Liste}}<li><form method="post" action="/incidents"><button name="nom" value="{{.Nom}}">{{.Titre}}</button>
<span>{{.Suite}}</span></form></li>{{end}}</ul></main></body></html>
`))

const cssIncidents = `:root{color-scheme:light dark}body{font-family:system-ui,sans-serif;max-width:46rem;margin:2rem auto;
padding:0 1rem;line-height:1.5}ul{list-style:none;padding:0}form{display:flex;flex-wrap:wrap;gap:.3rem 1rem;
align-items:center;padding:.35rem 0}button{font:inherit;min-height:44px;min-width:22rem;max-width:100%;text-align:left}`

func (p *poste) incidents(mux *http.ServeMux) {
	origine := http.NewCrossOriginProtection()
	liste := p.liste()
	montrer := func(w http.ResponseWriter, code int, fait string) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(code)
		_ = gabaritIncidents.Execute(w, map[string]any{"Liste": liste, "Fait": fait})
	}
	mux.HandleFunc("GET /incidents.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write([]byte(cssIncidents))
	})
	mux.HandleFunc("GET /incidents", func(w http.ResponseWriter, _ *http.Request) { montrer(w, http.StatusOK, "") })
	mux.Handle("POST /incidents", origine.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nom := r.PostFormValue("nom")
		for _, x := range liste {
			if x.Nom != nom {
				continue
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if err := x.faire(r.Context()); err != nil {
				montrer(w, http.StatusInternalServerError, "Cela n'a pas pu être fait : "+err.Error())
				return
			}
			montrer(w, http.StatusOK, x.Titre+" : c'est parti. "+x.Suite)
			return
		}
		montrer(w, http.StatusNotFound, "Cet incident n'existe pas.")
	})))
}
