package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/internal/terminal"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/dsn"
)

// description is what -json writes of a message.
type description struct {
	Fichier   string     `json:"fichier"`
	De        string     `json:"de"`
	A         []string   `json:"a"`
	Sujet     string     `json:"sujet"`
	MessageID string     `json:"message_id"`
	EnReponse []string   `json:"en_reponse_a,omitempty"`
	Date      *time.Time `json:"date,omitempty"`
	Chiffre   bool       `json:"chiffre"`
	Parties   []partie   `json:"parties"`
	ANR       []anr      `json:"anr,omitempty"`
	Remarques []string   `json:"remarques,omitempty"` // what is wrong, and was read all the same
}

type partie struct {
	Chemin      string `json:"chemin"`
	Type        string `json:"type"`
	Description string `json:"description,omitempty"`
	Nom         string `json:"nom,omitempty"`
	Compression string `json:"compression,omitempty"`
	Chiffree    bool   `json:"chiffree"`
	Octets      int64  `json:"octets"`
	SHA256      string `json:"sha256,omitempty"`
	Fichier     string `json:"fichier,omitempty"` // in -sortie
	Erreur      string `json:"erreur,omitempty"`
}

type anr struct {
	MessageID    string `json:"message_id"`
	Destinataire string `json:"destinataire"`
	Definitif    bool   `json:"definitif"`
	Code         string `json:"code"`
	Diagnostic   string `json:"diagnostic"`
}

func ouvrir(f *programme.Options) func(context.Context, []string, io.Writer) error {
	cle := f.String("cle", "", "clé privée du destinataire (PEM ou DER)")
	certificat := f.String("certificat", "", "certificat du destinataire (PEM ou DER)")
	sortie := f.String("sortie", "", "dossier où écrire les parties (par défaut, elles sont décrites seulement)")
	enJSON := f.Bool("json", false, "décrire le message en JSON")
	return func(ctx context.Context, args []string, out io.Writer) error {
		if len(args) != 1 {
			return usage("un message attendu, %d donnés", len(args))
		}
		if (*cle == "") != (*certificat == "") {
			return usage("la clé et le certificat vont ensemble (-cle, -certificat)")
		}
		var o transport.Ouvreur
		if *cle != "" {
			c, err := lireCertificat(*certificat)
			if err != nil {
				return err
			}
			k, err := lireCle(*cle)
			if err != nil {
				return err
			}
			o.Cles = []transport.Cle{{Certificat: c, Decrypter: k}}
		}
		if *sortie != "" {
			if err := os.MkdirAll(*sortie, 0o700); err != nil {
				return err
			}
		}
		r, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer r.Close()
		d, errLecture := decrire(ctx, o, r, *sortie)
		if d == nil {
			return errLecture
		}
		d.Fichier = filepath.Base(args[0])
		if *enJSON {
			b, err := json.MarshalIndent(d, "", "  ")
			if err == nil {
				// The same value for a program, harmless to a terminal.
				_, err = fmt.Fprintf(out, "%s\n", terminal.JSON(b))
			}
			return errors.Join(err, errLecture)
		}
		d.texte(out)
		return errLecture
	}
}

// decrire reads a message and writes its parts into dossier, unless it's "". What
// could be read is returned beside the errors.
func decrire(ctx context.Context, o transport.Ouvreur, r io.Reader, dossier string) (*description, error) {
	m, err := o.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	d := &description{De: m.De, A: m.A, Sujet: m.Sujet, MessageID: m.ID, EnReponse: m.EnReponseA, Parties: []partie{}}
	if !m.Date.IsZero() {
		d.Date = &m.Date
	}
	rapport := dsn.New(m)
	noms := map[string]bool{}
	var erreurs []error
	for p, err := range m.Parties() {
		if p == nil {
			erreurs = append(erreurs, err)
			continue
		}
		x := partie{Chemin: p.Chemin, Type: p.Type, Description: p.Description, Nom: p.Nom, Compression: p.Compression,
			Chiffree: p.Chiffre}
		if err == nil {
			err = x.copier(p, rapport, dossier, noms)
		}
		if err != nil {
			x.Erreur = err.Error()
			erreurs = append(erreurs, err)
		}
		d.Parties = append(d.Parties, x)
	}
	d.Chiffre = m.Chiffre
	for _, c := range m.Constats {
		if c.Lieu.Zone != "" {
			c.Message = "partie " + c.Lieu.Zone + " : " + c.Message
		}
		d.Remarques = append(d.Remarques, c.Message)
	}
	for _, a := range rapport.Avis() {
		d.ANR = append(d.ANR, anr{a.MessageID, a.Destinataire, a.Definitif, a.Code, a.Diagnostic})
	}
	return d, errors.Join(erreurs...)
}

// copier writes a part, and shows its beginning to the reader of reports.
func (x *partie) copier(p *transport.PartieRecue, rapport *dsn.Lecteur, dossier string, noms map[string]bool) error {
	h := sha256.New()
	debut := &tete{}
	lire := func(w io.Writer) (err error) {
		x.Octets, err = io.Copy(io.MultiWriter(w, h, debut), p)
		return err
	}
	var err error
	if dossier == "" {
		err = lire(io.Discard)
	} else {
		x.Fichier = nomLibre(p, noms)
		err = depot.WriteFichier(filepath.Join(dossier, x.Fichier), lire)
	}
	if err != nil {
		x.Fichier = ""
		return err
	}
	x.SHA256 = fmt.Sprintf("%x", h.Sum(nil))
	return rapport.Partie(p, &debut.Buffer)
}

// tete keeps the first bytes written to it: enough for a report.
type tete struct{ bytes.Buffer }

func (t *tete) Write(b []byte) (int, error) {
	t.Buffer.Write(b[:min(len(b), max(0, 256<<10-t.Len()))])
	return len(b), nil
}

// nomLibre is the file of a part: its own name, without the .gz that is undone, or
// one made of its place and type.
func nomLibre(p *transport.PartieRecue, noms map[string]bool) string {
	nom := p.Nom
	if p.Compression != "" {
		nom = strings.TrimSuffix(nom, ".gz")
	}
	if nom == "" {
		ext := ".bin"
		for t, e := range map[string]string{"application/edi-consent": ".edi", "application/pdf": ".pdf",
			"text/plain": ".txt", "text/html": ".html", "message/rfc822": ".eml", "message/delivery-status": ".txt",
			"text/rfc822-headers": ".txt"} {
			if p.Type == t {
				ext = e
			}
		}
		nom = "partie-" + p.Chemin + ext
	}
	base, ext := strings.TrimSuffix(nom, filepath.Ext(nom)), filepath.Ext(nom)
	for i := 2; noms[strings.ToLower(nom)]; i++ {
		nom = fmt.Sprintf("%s-%d%s", base, i, ext)
	}
	noms[strings.ToLower(nom)] = true
	return nom
}

// texte tells a person. What others wrote is shown harmless to a terminal.
func (d *description) texte(w io.Writer) {
	i := terminal.Inoffensif
	fmt.Fprintf(w, "De         : %s\nÀ          : %s\nObjet      : %s\nIdentifiant : %s\n",
		i(d.De), i(strings.Join(d.A, ", ")), i(d.Sujet), i(d.MessageID))
	if d.Date != nil {
		fmt.Fprintf(w, "Date       : %s\n", d.Date.Format("02/01/2006 15:04:05 -0700"))
	}
	chiffre := "non"
	if d.Chiffre {
		chiffre = "oui"
	}
	fmt.Fprintf(w, "Chiffré    : %s\n", chiffre)
	for _, p := range d.Parties {
		fmt.Fprintf(w, "Partie %s : %s", p.Chemin, i(p.Type))
		for _, s := range []string{p.Description, p.Nom, p.Compression} {
			if s != "" {
				fmt.Fprintf(w, ", %s", i(s))
			}
		}
		switch {
		case p.Erreur != "":
			fmt.Fprintf(w, "\n  illisible : %s\n", i(p.Erreur))
		case p.Fichier != "":
			fmt.Fprintf(w, "\n  %d octets dans %s\n", p.Octets, i(p.Fichier))
		default:
			fmt.Fprintf(w, "\n  %d octets\n", p.Octets)
		}
	}
	for _, a := range d.ANR {
		issue := "abandon"
		if !a.Definitif {
			issue = "retardé, de nouveaux essais suivent"
		}
		fmt.Fprintf(w, "Avis de non-remise : %s pour %s, %s (%s %s)\n", i(a.MessageID), i(a.Destinataire), issue, i(a.Code),
			i(a.Diagnostic))
	}
	for _, r := range d.Remarques {
		fmt.Fprintf(w, "Remarque   : %s\n", r)
	}
}
