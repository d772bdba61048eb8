// Frontal is the test frontal as a program, for a harness in any language: SMTP and POP3 with TLS at fixed addresses,
// an authority and certificates written to a folder, scenarios in YAML, and a control API in HTTP and JSON.
//
//	go run ./examples/frontal [-dossier DIR] [-profil F.yaml] [-scenario F.yaml] [-boite ADRESSE]
//	    [-mot-de-passe-fichier F] [-smtp HOTE:PORT] [-smtps …] [-pop3 …] [-pop3s …] [-controle HOTE:PORT]
//	    [-nom NOM]… [-json]
//
// The folder gets ac.crt (the authority of the servers), frontal.crt (the certificate to encrypt for), adresses.json
// (where it listens) and recus.ndjson (an object for each message received and for each departure found, with its
// rule). It ends on Ctrl-C or POST /arret.
//
// Control (see docs/frontal.md): GET /etat, GET /recus?depuis=N, GET /recus/N/brut, GET /attendre?recus=N&delai=30s,
// PUT /scenario (YAML), POST /incidents (YAML), DELETE /incidents, PUT /boites/ADRESSE (a message, as it is to come
// out), POST /horloge?avance=48h, POST /arret.
//
// It stands for no real frontal: layouts are those of the profile.
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
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/adresses"
	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

func main() {
	programme.Main("frontal", func(ctx context.Context, args []string, _ io.Reader, out, erreurs io.Writer) error {
		return servir(ctx, args, out, erreurs)
	})
}

type options struct {
	dossier, profil, scenario, boite, motDePasse, controle string
	ecoute                                                 frontal.Ecoute
	noms                                                   []string
	json                                                   bool
}

func lireOptions(args []string, erreurs io.Writer) (options, error) {
	var o options
	f := programme.New("frontal", "frontal [-dossier DIR] [-profil YAML] [-scenario YAML] [-controle HOTE:PORT]", erreurs)
	f.StringVar(&o.dossier, "dossier", "sortie-frontal", "dossier laissé : certificats, adresses, messages reçus")
	f.StringVar(&o.profil, "profil", "", "profil YAML (sans lui : reference)")
	f.StringVar(&o.scenario, "scenario", "", "scénario YAML (sans lui : un frontal qui fonctionne)")
	f.StringVar(&o.boite, "boite", "01996@996.01.rss.fr", "adresse de messagerie du frontal")
	f.StringVar(&o.motDePasse, "mot-de-passe-fichier", "",
		"fichier du mot de passe des boîtes (sans lui : tout mot de passe convient)")
	f.StringVar(&o.controle, "controle", "127.0.0.1:8825",
		"adresse de l'interface de commande ; elle n'a pas de mot de passe")
	f.StringVar(&o.ecoute.SMTP, "smtp", "127.0.0.1:2525", "adresse SMTP (STARTTLS)")
	f.StringVar(&o.ecoute.SMTPS, "smtps", "127.0.0.1:2465", "adresse SMTP (TLS)")
	f.StringVar(&o.ecoute.POP3, "pop3", "127.0.0.1:2110", "adresse POP3 (STLS)")
	f.StringVar(&o.ecoute.POP3S, "pop3s", "127.0.0.1:2995", "adresse POP3 (TLS)")
	f.Func("nom", "nom ou adresse IP du certificat des serveurs, en plus de localhost ; plusieurs fois au besoin",
		func(s string) error {
			o.noms = append(o.noms, s)
			return nil
		})
	f.BoolVar(&o.json, "json", false,
		"un objet JSON par message et par constat sur la sortie standard, comme dans recus.ndjson")
	reste, err := f.Parse(args)
	if err == nil && len(reste) > 0 {
		err = f.Mauvais("argument inattendu : %s", reste[0])
	}
	return o, err
}

// poste is the running program.
type poste struct {
	f      *frontal.Frontal
	avance atomic.Int64 // of the clock
	arret  context.CancelFunc

	mu       sync.Mutex // the lines of NDJSON are whole
	lignes   []io.Writer
	adresses adresses.Adresses
}

func (p *poste) maintenant() time.Time { return time.Now().Add(time.Duration(p.avance.Load())) }

func servir(ctx context.Context, args []string, out, erreurs io.Writer) error {
	o, err := lireOptions(args, erreurs)
	if err != nil {
		return err
	}
	ctx, arret := context.WithCancel(ctx)
	defer arret()
	p := &poste{arret: arret}
	c := frontal.Config{Adresse: o.boite, Dossier: filepath.Join(o.dossier, "etat"), Ecoute: o.ecoute, Noms: o.noms,
		Horloge: p.maintenant, Observateur: p.noter}
	if err := o.remplir(&c); err != nil {
		return err
	}
	if err := os.MkdirAll(o.dossier, 0o700); err != nil {
		return err
	}
	journal, err := os.OpenFile(filepath.Join(o.dossier, "recus.ndjson"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer journal.Close()
	if p.lignes = []io.Writer{journal}; o.json {
		p.lignes = append(p.lignes, out)
	}
	if p.f, err = frontal.New(c); err != nil {
		return err
	}
	defer p.f.Close()
	ecoute, err := net.Listen("tcp", o.controle)
	if err != nil {
		return err
	}
	if p.adresses, err = adresses.Write(o.dossier, p.f, ecoute.Addr().String()); err != nil {
		return errors.Join(err, ecoute.Close())
	}
	if !o.json {
		fmt.Fprintf(out, "Frontal de test à l'écoute : SMTP %s, SMTPS %s, POP3 %s, POP3S %s ; commande http://%s/etat ; "+
			"dossier %s.\n",
			p.adresses.SMTP, p.adresses.SMTPS, p.adresses.POP3, p.adresses.POP3S, p.adresses.Controle, o.dossier)
	}
	s := &http.Server{Handler: p.commandes(), ReadHeaderTimeout: 10 * time.Second}
	// What waits for a message ends with the program.
	s.BaseContext = func(net.Listener) context.Context { return ctx }
	fini := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(fini)
		// The answer to POST /arret still leaves; whatever hangs doesn't keep the program.
		c, fin := context.WithTimeout(context.Background(), 5*time.Second)
		defer fin()
		_ = errors.Join(s.Shutdown(c), s.Close())
	})
	if err := s.Serve(ecoute); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-fini
	return p.f.Erreur()
}

// remplir reads the files that the options name.
func (o *options) remplir(c *frontal.Config) error {
	if o.profil != "" {
		var err error
		if c.Profil, err = programme.Profil(o.profil, ""); err != nil {
			return err
		}
	}
	if o.scenario != "" {
		f, err := programme.Ouvrir(o.scenario)
		if err != nil {
			return err
		}
		defer f.Close()
		if c.Scenario, err = frontal.ParseScenario(f, filepath.Base(o.scenario)); err != nil {
			return err
		}
	}
	if o.motDePasse != "" {
		b, err := os.ReadFile(o.motDePasse)
		if err != nil {
			return err
		}
		c.MotDePasse = transport.Secret(strings.TrimRight(string(b), "\r\n"))
	}
	return nil
}

// noter writes a line for a message, then one for each of its departures.
func (p *poste) noter(r frontal.Recu) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ligne(struct {
		Genre string `json:"genre"`
		frontal.Recu
	}{"recu", r})
	for _, e := range r.Constats {
		p.ligne(struct {
			Genre     string `json:"genre"`
			Rang      int    `json:"rang"`
			MessageID string `json:"message_id"`
			frontal.Ecart
		}{"constat", r.Rang, r.MessageID, e})
	}
}

func (p *poste) ligne(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		return
	}
	for _, w := range p.lignes {
		// A full disk must not refuse the sender's message, which is kept already.
		_, _ = w.Write(append(b, '\n'))
	}
}
