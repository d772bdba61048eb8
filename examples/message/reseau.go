package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/internal/terminal"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/imap"
	"github.com/scor-sdk/scor-sdk-go/transport/maildir"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

// configTLS trusts the authorities of a file, or else those of the system.
func configTLS(autorites string) (*tls.Config, error) {
	if autorites == "" {
		return nil, nil
	}
	texte, err := os.ReadFile(autorites)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(texte) {
		return nil, fmt.Errorf("%s : aucun certificat PEM", autorites)
	}
	return &tls.Config{RootCAs: pool}, nil
}

func envoyer(f *programme.Options) func(context.Context, []string, io.Writer) error {
	relais := f.String("relais", "", "serveur SMTP, hôte:port")
	securite := f.String("securite", "starttls", "starttls, tls ou clair")
	utilisateur := f.String("utilisateur", "", "nom du compte, si le relais en demande un")
	secret := f.String("mot-de-passe", "", "fichier du mot de passe (par défaut, la variable SCOR_MOT_DE_PASSE)")
	autorites := f.String("ac", "", "certificats des autorités (PEM) en qui avoir confiance")
	de := f.String("de", "", "adresse d'expédition (par défaut, celle du message)")
	return func(ctx context.Context, args []string, out io.Writer) error {
		if *relais == "" || len(args) == 0 {
			return usage("un relais et au moins un message attendus")
		}
		modes := map[string]smtp.Securite{"starttls": smtp.STARTTLS, "tls": smtp.TLSImplicite, "clair": smtp.EnClair}
		mode, ok := modes[*securite]
		if !ok {
			return usage("-securite %s", *securite)
		}
		conf, err := configTLS(*autorites)
		if err != nil {
			return err
		}
		r := smtp.Relais{Adresse: *relais, Securite: mode, TLS: conf}
		if *utilisateur != "" {
			mdp, err := motDePasse(*secret)
			if err != nil {
				return err
			}
			r.Auth = smtp.AuthMotDePasse(*utilisateur, mdp)
		}
		exp, err := smtp.New(r, smtp.WithConnexionGardee(30*time.Second))
		if err != nil {
			return err
		}
		defer exp.Close()
		var erreurs []error
		for _, nom := range args {
			if err := envoyerFichier(ctx, exp, nom, *de, out); err != nil {
				erreurs = append(erreurs, fmt.Errorf("%s : %w", nom, err))
			}
		}
		return errors.Join(erreurs...)
	}
}

func envoyerFichier(ctx context.Context, exp transport.Expediteur, nom, de string, out io.Writer) error {
	r, err := os.Open(nom)
	if err != nil {
		return err
	}
	m, err := transport.Open(ctx, r, nil)
	info, errInfo := r.Stat()
	r.Close()
	if err := errors.Join(err, errInfo); err != nil {
		return err
	}
	if de == "" {
		de = m.De
	}
	preuve, err := exp.Envoyer(ctx, transport.Envoi{De: de, A: m.A, MessageID: m.ID, Taille: info.Size(),
		Contenu: func() (io.ReadCloser, error) { return os.Open(nom) }})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s : remis à %s le %s (%d %s)\n", nom, preuve.Relais, preuve.Quand.Format("02/01/2006 à 15:04:05"),
		preuve.Code, terminal.Inoffensif(preuve.Reponse))
	for _, refus := range preuve.Refus {
		fmt.Fprintf(out, "  %s refusé : %d %s %s\n", refus.Adresse, refus.Code, refus.CodeEtendu,
			terminal.Inoffensif(refus.Message))
	}
	return nil
}

func relever(f *programme.Options) func(context.Context, []string, io.Writer) error {
	serveur := f.String("serveur", "", "serveur, hôte:port ; dossier pour maildir")
	protocole := f.String("protocole", "pop3", "pop3, imap ou maildir")
	securite := f.String("securite", "starttls", "starttls (STLS en POP3), tls ou clair")
	utilisateur := f.String("utilisateur", "", "nom du compte")
	secret := f.String("mot-de-passe", "", "fichier du mot de passe (par défaut, la variable SCOR_MOT_DE_PASSE)")
	autorites := f.String("ac", "", "certificats des autorités (PEM) en qui avoir confiance")
	sortie := f.String("sortie", "", "dossier où écrire les messages")
	laisser := f.Bool("laisser", false, "laisser les messages dans la boîte")
	return func(ctx context.Context, args []string, out io.Writer) error {
		if len(args) != 0 || *serveur == "" || *sortie == "" {
			return usage("un serveur et un dossier de sortie attendus")
		}
		mdp, err := motDePasse(*secret)
		if err != nil {
			return err
		}
		conf, err := configTLS(*autorites)
		if err != nil {
			return err
		}
		i := map[string]int{"starttls": 0, "tls": 1, "clair": 2}
		mode, ok := i[*securite]
		if !ok {
			return usage("-securite %s", *securite)
		}
		var boite transport.Boite
		switch *protocole {
		case "pop3":
			boite = &pop3.Boite{Adresse: *serveur, Securite: []pop3.Securite{pop3.STLS, pop3.TLS, pop3.Clair}[mode],
				ConfigTLS: conf, Utilisateur: *utilisateur, MotDePasse: mdp}
		case "imap":
			boite = &imap.Boite{Adresse: *serveur, Securite: []imap.Securite{imap.STARTTLS, imap.TLS, imap.Clair}[mode],
				ConfigTLS: conf, Utilisateur: *utilisateur, MotDePasse: mdp}
		case "maildir":
			boite = &maildir.Boite{Dossier: *serveur}
		default:
			return usage("-protocole %s", *protocole)
		}
		if *laisser {
			boite = lectureSeule{boite}
		}
		return prendre(ctx, boite, *sortie, out)
	}
}

// lectureSeule never drops a message.
type lectureSeule struct{ transport.Boite }

func (lectureSeule) Acquitter(context.Context, string) error { return nil }

// prendre writes what is new into a folder, which is the memory of what was taken.
func prendre(ctx context.Context, b transport.Boite, dossier string, out io.Writer) error {
	releve, err := transport.NewReleveDossier(dossier)
	if err != nil {
		return err
	}
	releve.Pris = func(_ *transport.MessageReleve, fichier, sujet string) {
		if sujet = strings.Join(strings.Fields(sujet), " "); sujet == "" {
			sujet = "(sans objet lisible)"
		}
		fmt.Fprintf(out, "%s : %s\n", filepath.Base(fichier), terminal.Inoffensif(sujet))
	}
	bilan, err := transport.Relever(ctx, b, releve)
	fmt.Fprintf(out, "%d messages relevés, %d déjà connus\n", bilan.Pris, bilan.DejaConnus)
	return err
}
