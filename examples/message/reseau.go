package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/durable"
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

func envoyer(f *flag.FlagSet) func(context.Context, []string, io.Writer) error {
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
		exp, err := smtp.New(r)
		if err != nil {
			return err
		}
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
	m, err := transport.Ouvrir(ctx, r, nil)
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
	fmt.Fprintf(out, "%s : remis à %s le %s (%d %s)\n", nom, preuve.Relais, preuve.Quand.Format("02/01/2006 à 15:04:05"), preuve.Code, preuve.Reponse)
	for _, refus := range preuve.Refus {
		fmt.Fprintf(out, "  %s refusé : %d %s %s\n", refus.Adresse, refus.Code, refus.CodeEtendu, refus.Message)
	}
	return nil
}

func relever(f *flag.FlagSet) func(context.Context, []string, io.Writer) error {
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
			boite = &pop3.Boite{Adresse: *serveur, Securite: []pop3.Securite{pop3.STLS, pop3.TLS, pop3.Clair}[mode], ConfigTLS: conf, Utilisateur: *utilisateur, MotDePasse: mdp}
		case "imap":
			boite = &imap.Boite{Adresse: *serveur, Securite: []imap.Securite{imap.STARTTLS, imap.TLS, imap.Clair}[mode], ConfigTLS: conf, Utilisateur: *utilisateur, MotDePasse: mdp}
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

// prendre writes what is new into a folder. The folder is the journal: a message is
// a file named by the hash of its ID, whole or absent; releve.txt lists them for a
// person.
func prendre(ctx context.Context, b transport.Boite, dossier string, out io.Writer) error {
	if err := os.MkdirAll(dossier, 0o700); err != nil {
		return err
	}
	chemin := func(id string) string {
		h := sha256.Sum256([]byte(id))
		return filepath.Join(dossier, fmt.Sprintf("%x.eml", h[:8]))
	}
	liste, err := os.OpenFile(filepath.Join(dossier, "releve.txt"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer liste.Close()
	bilan, err := transport.Relever(ctx, b, transport.Releve{
		Connu: func(_ context.Context, id string) (bool, error) {
			_, err := os.Stat(chemin(id))
			if errors.Is(err, os.ErrNotExist) {
				return false, nil
			}
			return err == nil, err
		},
		Prendre: func(ctx context.Context, m transport.MessageBoite, r io.Reader) error {
			nom := chemin(m.ID)
			if err := durable.Ecrire(nom, func(w io.Writer) error { _, err := io.Copy(w, r); return err }); err != nil {
				return err
			}
			sujet := sujetDe(ctx, nom)
			fmt.Fprintf(out, "%s : %s\n", filepath.Base(nom), sujet)
			_, err := fmt.Fprintf(liste, "%s\t%s\t%s\n", filepath.Base(nom), m.ID, sujet)
			return err
		},
	})
	fmt.Fprintf(out, "%d messages relevés, %d déjà connus\n", bilan.Pris, bilan.DejaConnus)
	return err
}

func sujetDe(ctx context.Context, nom string) string {
	f, err := os.Open(nom)
	if err != nil {
		return "?"
	}
	defer f.Close()
	m, err := transport.Ouvrir(ctx, bufio.NewReader(f), nil)
	if err != nil {
		return "(sans en-tête lisible)"
	}
	return strings.Join(strings.Fields(m.Sujet), " ")
}
