// Poste shows the screens of a suivi (retour/suivi/ecrans) on an office of invented patients: two months of invoices
// and pieces in every state, a test frontal in the same program that answers what is sent from now on, and a panel that
// has things go wrong.
//
//	go run ./examples/poste [-adresse HOTE:PORT] [-sortie DIR] [-lots N] [-clinique] [-json]
//	        [-scans DIR] [-escl URL] [-profil FICHIER]
//	go run ./examples/poste -journal suivi.db -cle cle.bin     # the screens of a real journal, read and acted upon
//
// It prints the address to open, and ends on Ctrl-C. With -json it prints one object: the addresses, and what the
// office holds. It is for one person on this machine: it has no login, and listens on loopback only.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/ecrans"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

func main() {
	programme.Main("poste", func(ctx context.Context, args []string, _ io.Reader, out, erreurs io.Writer) error {
		return servir(ctx, args, out, erreurs)
	})
}

type options struct {
	adresse, sortie, journal, cle, profil string
	scans, escl                           string
	lots                                  int
	clinique, json                        bool
}

func lireOptions(args []string, erreurs io.Writer) (options, error) {
	var o options
	f := programme.New("poste", "poste [-adresse HOTE:PORT] [-sortie DIR] [-lots N] [-clinique] [-json]\n"+
		"            [-scans DIR] [-escl URL] [-profil FICHIER]\n"+
		"       poste -journal suivi.db -cle cle.bin", erreurs)
	f.StringVar(&o.adresse, "adresse", "127.0.0.1:8790", "adresse d'écoute, sur cette machine seulement")
	f.StringVar(&o.sortie, "sortie", "", "dossier du cabinet dessiné (sans lui : en mémoire, oublié à la fin)")
	f.StringVar(&o.journal, "journal", "", "fichier SQLite d'un suivi réel, à la place du cabinet dessiné")
	f.StringVar(&o.cle, "cle", "", "fichier de la clé du coffre de ce journal (32 octets)")
	f.StringVar(&o.profil, "profil", "", "profil YAML, ou reference ou scor-cp (sans lui : reference)")
	f.IntVar(&o.lots, "lots", 120, "lots de factures du cabinet dessiné, de 12 factures chacun")
	f.StringVar(&o.scans, "scans", "", "dossier surveillé, où le logiciel du scanner dépose ses fichiers")
	f.StringVar(&o.escl, "escl", "", "adresse d'un scanner eSCL, comme http://192.168.1.20/eSCL")
	f.BoolVar(&o.clinique, "clinique", false, "un établissement : bordereaux à signer, pages de signature, contrôles")
	f.BoolVar(&o.json, "json", false, "l'adresse et le contenu du cabinet en un objet JSON")
	reste, err := f.Parse(args)
	switch {
	case err != nil:
	case len(reste) > 0:
		err = f.Mauvais("argument inattendu : %s", reste[0])
	case o.lots < 1 || o.lots > 2000:
		err = f.Mauvais("-lots : de 1 à 2000 attendu")
	case (o.journal == "") != (o.cle == ""):
		err = f.Mauvais("-journal et -cle vont ensemble")
	case !bouclage(o.adresse):
		err = f.Mauvais("-adresse : ce programme n'a pas de connexion, et n'écoute que sur cette machine (127.0.0.1)")
	}
	return o, err
}

func bouclage(adresse string) bool {
	hote, _, err := net.SplitHostPort(adresse)
	ip := net.ParseIP(hote)
	return err == nil && (hote == "localhost" || ip != nil && ip.IsLoopback())
}

// rythme is how often the office has its suivi go on.
const rythme = time.Second

// compte is what -json prints.
type compte struct {
	Adresse   string           `json:"adresse"`
	Incidents string           `json:"incidents,omitempty"`
	Signature string           `json:"signature,omitempty"`
	Resume    string           `json:"resume"`
	Comptes   map[string]int64 `json:"comptes"`
	Secondes  float64          `json:"secondes"`
}

func servir(ctx context.Context, args []string, out, erreurs io.Writer) (err error) {
	o, err := lireOptions(args, erreurs)
	if err != nil {
		return err
	}
	debut := time.Now()
	ecoute, err := net.Listen("tcp", o.adresse)
	if err != nil {
		return fmt.Errorf("l'adresse %s est prise ou refusée ; -adresse en donne une autre : %w", o.adresse, err)
	}
	defer ecoute.Close()
	if !o.json {
		fmt.Fprintln(out, "Ouverture du cabinet…")
	}
	p, err := ouvrir(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.fermer()) }()
	mux, e, err := p.pages(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	c := compte{Adresse: "http://" + ecoute.Addr().String() + "/scor/", Secondes: time.Since(debut).Seconds()}
	if p.frontal != nil {
		c.Incidents = "http://" + ecoute.Addr().String() + "/incidents"
	}
	if o.clinique {
		c.Signature = "http://" + ecoute.Addr().String() + "/connexion"
	}
	y, err := p.suivi.Synthese(ctx, suivi.Filtre{Limite: 1})
	if err != nil {
		return err
	}
	c.Resume, c.Comptes = y.Resume, y.Comptes
	if err := dire(out, o, &c); err != nil {
		return err
	}
	return tourner(ctx, p, web.NewServer(mux, nil), ecoute, e)
}

func dire(out io.Writer, o options, c *compte) error {
	if o.json {
		return json.NewEncoder(out).Encode(c)
	}
	fmt.Fprintf(out, "%s\n\nLes écrans :    %s\n", c.Resume, c.Adresse)
	if c.Incidents != "" {
		fmt.Fprintf(out, "Les incidents : %s\n", c.Incidents)
	}
	if c.Signature != "" {
		fmt.Fprintf(out, "La signature :  %s (code %s)\n", c.Signature, codeSignature)
	}
	_, err := fmt.Fprintln(out, "\nCtrl-C pour finir.")
	return err
}

// tourner serves, and has the suivi go on, until the context ends.
func tourner(ctx context.Context, p *poste, s *http.Server, ecoute net.Listener, e *ecrans.Ecrans) error {
	fini := make(chan error, 1)
	go func() { fini <- s.Serve(ecoute) }()
	t := time.NewTicker(rythme)
	defer t.Stop()
	for {
		select {
		case err := <-fini:
			return err
		case <-t.C:
			if p.cabinet == nil {
				continue // a real office's own program has it go on
			}
			// What fails is in the journal, and on the screen.
			_, _ = p.suivi.Avancer(ctx)
		case <-ctx.Done():
			err := e.Close() // pages that listen are let go
			a, fin := context.WithTimeout(context.Background(), 3*time.Second)
			defer fin()
			if s.Shutdown(a) != nil {
				_ = s.Close()
			}
			return err
		}
	}
}

// pages puts the screens, the panel and the signature side by side.
func (p *poste) pages(o options) (*http.ServeMux, *ecrans.Ecrans, error) {
	acces := ecrans.AccesFunc(func(*http.Request) (ecrans.Personne, error) {
		return ecrans.Personne{ID: "demonstration", Nom: "Vous", Cabinet: p.nom, Droits: ecrans.TousDroits}, nil
	})
	opts := []ecrans.Option{ecrans.WithHorloge(p.horloge)}
	scans, err := p.numeriser(o)
	if err != nil {
		return nil, nil, err
	}
	opts = append(opts, scans)
	mux := http.NewServeMux()
	if o.clinique {
		page, err := p.etablissement(o)
		if err != nil {
			return nil, nil, err
		}
		mux.Handle("/", page)
		opts = append(opts, ecrans.WithBordereaux(ecrans.Bordereaux{Registre: p.signatures, Lien: "/connexion"}),
			ecrans.WithControle(p.controles))
		if p.cabinet != nil {
			fichiers, err := p.fichiers()
			if err != nil {
				return nil, nil, err
			}
			opts = append(opts, fichiers)
		}
	} else {
		mux.Handle("/{$}", http.RedirectHandler("/scor/", http.StatusSeeOther))
	}
	e, err := ecrans.New(p.suivi, acces, opts...)
	if err != nil {
		return nil, nil, err
	}
	mux.Handle("/scor/", http.StripPrefix("/scor", e))
	if p.frontal != nil {
		p.incidents(mux)
	}
	return mux, e, nil
}

// lireCle reads the coffre's key of a real journal.
func lireCle(chemin string) ([]byte, error) {
	f, err := programme.Ouvrir(chemin)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cle, err := io.ReadAll(io.LimitReader(f, 33))
	if err == nil && len(cle) != 32 {
		err = fmt.Errorf("%s : une clé de 32 octets est attendue", filepath.Base(chemin))
	}
	return cle, err
}

func existe(chemin string) error {
	_, err := os.Stat(chemin)
	return err
}
