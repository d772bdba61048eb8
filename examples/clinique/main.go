// Clinique is the clinic's way in one program: B2 files go to an embedded frontal; on their positive ARL the bordereaux
// S3404 are made, signed once for the lot on a tablet, and sent as SCOR-CP by themselves; what comes back is joined
// invoice by invoice. Pieces that stay in the clinic are filed, and a random control draws and exports some.
//
//	go run ./examples/clinique                    serves the signing page on https://127.0.0.1:8443
//	go run ./examples/clinique -auto              signs with a drawn signature, and ends by itself
//	go run ./examples/clinique [-signature FILE.json] [-praticiens FILE.csv] [-pieces DIR] [-portee lot|facture]
//	    [-profil FILE.yaml] [-sortie DIR] [-json] [-incident b2-refuse|arl-negatif|silence|mds|anr|rejet]
//	    [-tirage N -graine TEXT] FILE.b2…
//
// Run again on the same -sortie, it signs and sends nothing twice; killed at any moment and run again, it finishes.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
)

type options struct {
	b2                                                    []string
	signature, praticiens, pieces, portee, profil, sortie string
	incident, graine, adresse, hote, certificat, cle      string
	signataire, mandant, delegations, tampon              string
	cosignataires                                         []string
	auto, json, http, copies, amc                         bool
	tirage                                                int
	delai                                                 time.Duration
	reprendreRefus                                        bool
	signataires                                           []signataire // in their order
}

func main() {
	programme.Main("clinique", func(ctx context.Context, args []string, _ io.Reader, out, erreurs io.Writer) error {
		return lancer(ctx, args, out, erreurs)
	})
}

func lancer(ctx context.Context, args []string, sortie, progres io.Writer) error {
	o, err := lireOptions(args, progres)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.sortie, 0o700); err != nil {
		return err
	}
	if len(o.b2) == 0 {
		fmt.Fprintln(progres, "Sans -b2 : une journée de clinique dessinée, dans", filepath.Join(o.sortie, "entrees"))
		if err := o.dessinerJournee(); err != nil {
			return err
		}
	}
	c, err := ouvrir(ctx, o, progres)
	if err != nil {
		return err
	}
	defer c.fermer()
	if err := c.travailler(ctx); err != nil {
		return err
	}
	return c.rendreCompte(ctx, sortie)
}

func lireOptions(args []string, progres io.Writer) (options, error) {
	var o options
	f := programme.New("clinique",
		"clinique [-auto] [-json] [-sortie DOSSIER] [-praticiens CSV] [-pieces DOSSIER] FICHIER.b2...", progres)
	f.Func("b2", "fichier B2, norme CP ; plusieurs fois pour plusieurs fichiers (sans lui : une journée dessinée)",
		func(s string) error { o.b2 = append(o.b2, s); return nil })
	f.BoolVar(&o.auto, "auto", false, "signe avec une signature dessinée, sans tablette")
	f.StringVar(&o.signature, "signature", "",
		"JSON des traits [[[x,y,pression,ms],…],…] avec lequel signer, sans tablette")
	f.StringVar(&o.signataire, "signataire", "Mme Claire Vidal", "nom de la personne autorisée à signer")
	f.StringVar(&o.mandant, "mandant", "", "signe pour mandat de cette personne (sans tablette)")
	f.Func("cosignataire", "qui signe ensuite, « NOM » ou « NOM pour MANDANT » ; plusieurs fois, dans l'ordre",
		func(s string) error { o.cosignataires = append(o.cosignataires, s); return nil })
	f.BoolVar(&o.copies, "copies", false,
		"laisse dans copies/ le mél qui porte à chaque signataire sa copie (sur la tablette, chacun la demande)")
	f.BoolVar(&o.amc, "amc", false, "laisse dans bordereaux/ une copie pour chaque complémentaire, de ses seules factures")
	f.StringVar(&o.tampon, "tampon", "", "image PNG ou JPEG du tampon de l'établissement, à montrer sur le bordereau")
	f.StringVar(&o.delegations, "delegations", "",
		"YAML des délégations (signataire, mandant, du, au, document) : sans délégation en cours, nul ne signe pour autrui")
	f.StringVar(&o.praticiens, "praticiens", "", "CSV numéro,nom des praticiens, que le B2 ne nomme pas")
	f.StringVar(&o.pieces, "pieces", "",
		"dossier des pièces à classer sans les transmettre : PDF nommés FACTURE.pdf ou FACTURE-suite.pdf")
	f.StringVar(&o.portee, "portee", "",
		"lot ou facture : ce que couvre une signature (sans lui : règle en vigueur à la date du lot)")
	f.StringVar(&o.profil, "profil", "", "profil YAML (sans lui : scor-cp)")
	f.StringVar(&o.sortie, "sortie", "sortie-clinique", "dossier laissé : bordereaux, méls, journal suivi.db")
	f.StringVar(&o.incident, "incident", "", "réponse du frontal : b2-refuse, arl-negatif, silence, mds, anr ou rejet")
	f.IntVar(&o.tirage, "tirage", 0,
		"contrôle aléatoire : nombre de factures à tirer parmi celles qui ont des pièces classées")
	f.StringVar(&o.graine, "graine", "", "graine du tirage, donnée par la caisse")
	f.StringVar(&o.adresse, "adresse", "127.0.0.1:8443",
		"adresse de la page de signature ; 0.0.0.0:8443 pour une tablette du réseau local")
	f.StringVar(&o.hote, "hote", "",
		"nom sous lequel la tablette joint cette machine, s'il n'est ni son nom ni son adresse IP")
	f.DurationVar(&o.delai, "delai", 15*time.Second,
		"temps pendant lequel une signature donnée sur la tablette peut être reprise ; rien ne part avant")
	f.BoolVar(&o.reprendreRefus, "reprendre-refus", false,
		"remet à signer les bordereaux dont la signature a été refusée lors d'un passage précédent")
	f.StringVar(&o.certificat, "certificat", "", "certificat TLS (PEM) ; sans lui, un certificat local est fabriqué")
	f.StringVar(&o.cle, "cle", "", "clé du certificat (PEM)")
	f.BoolVar(&o.http, "http", false, "sans TLS, sur la boucle locale seulement")
	f.BoolVar(&o.json, "json", false, "un objet JSON par facture, puis le bilan, sur la sortie standard")
	fichiers, err := f.Parse(args)
	if err != nil {
		return o, err
	}
	o.b2 = append(o.b2, fichiers...)
	switch {
	case o.auto && o.signature != "":
		return o, f.Mauvais("-auto ou -signature, pas les deux")
	case (o.certificat == "") != (o.cle == ""):
		return o, f.Mauvais("-certificat et -cle vont ensemble")
	case o.portee != "" && o.portee != "lot" && o.portee != "facture":
		return o, f.Mauvais("-portee %s : lot ou facture attendu", o.portee)
	case o.tirage > 0 && o.graine == "":
		return o, f.Mauvais("-tirage demande -graine : sans elle, nul ne peut refaire le tirage")
	}
	if o.auto || o.signature != "" {
		o.delai = 0 // nobody is there to think twice
	}
	if o.signataires, err = o.nommer(f.Mauvais); err != nil {
		return o, err
	}
	if _, err := scenario(o.incident); err != nil {
		return o, &programme.ErreurUsage{Err: err}
	}
	return o, nil
}
