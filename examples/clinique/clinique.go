package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/demonstration"
	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/controle"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

const adresse = "clinique@exemple.test"

// etape is set by the tests that kill the program at each step.
var etape = func(string) {}

// fichier is one B2 file with the bordereaux of its lots.
type fichier struct {
	brut       []byte
	f          *fse.Fichier
	bordereaux []*s3404.Bordereau
}

// clinique is the program with all that it talks to.
type clinique struct {
	options
	progres    io.Writer
	profil     *scor.Profil
	regles     signature.Regles
	praticiens map[string]string
	fichiers   []*fichier
	frontal    *frontal.Frontal
	journal    *sqlite.Journal
	suivi      *suivi.Suivi
	horloge    demonstration.Horloge
	registre   *signature.Registre
	magasin    *signature.MagasinDossier
	controle   *controle.Registre
	traces     *os.File
	envoyes    int
	retenus    []retenue
	remises    []remise
	payees     map[fse.CleFacture]*noemie.Reponse
}

// retenue is a lot whose flow was refused, or whose signature was.
type retenue struct{ lot, motif string }

func ouvrir(ctx context.Context, o options, progres io.Writer) (_ *clinique, err error) {
	c := &clinique{options: o, progres: &progresPartage{w: progres}}
	defer func() {
		if err != nil {
			c.fermer()
		}
	}()
	if c.profil, err = programme.Profil(o.profil, "scor-cp"); err != nil {
		return nil, err
	}
	if c.regles, err = signature.ReglesPubliques(); err != nil {
		return nil, err
	}
	if c.praticiens, err = lirePraticiens(o.praticiens); err != nil {
		return nil, err
	}
	for _, d := range []string{"bordereaux", "signes", "envoyes", "recus", "copies", "secrets"} {
		if err := os.MkdirAll(filepath.Join(o.sortie, d), 0o700); err != nil {
			return nil, err
		}
	}
	for _, chemin := range o.b2 {
		f, err := c.lireFichier(ctx, chemin)
		if err != nil {
			return nil, err
		}
		c.fichiers = append(c.fichiers, f)
	}
	if err := c.ouvrirSuivi(ctx); err != nil {
		return nil, err
	}
	return c, c.ouvrirRegistres()
}

// lireFichier reads a B2 file and prepares the bordereaux: totals that are not those of the lines stop here, before
// anything leaves.
func (c *clinique) lireFichier(ctx context.Context, chemin string) (*fichier, error) {
	brut, err := lireEntier(chemin)
	if err != nil {
		return nil, err
	}
	x := &fichier{brut: brut}
	var constats []b2.Constat
	if x.f, constats, err = b2.ParseFichier(bytes.NewReader(brut), b2.WithNom(filepath.Base(chemin))); err != nil {
		return nil, err
	}
	if len(x.f.Lots) == 0 {
		return nil, fmt.Errorf("%s ne contient aucun lot", filepath.Base(chemin))
	}
	n := 0
	for i := range x.f.Lots {
		n += len(x.f.Lots[i].Factures)
	}
	fmt.Fprintf(c.progres, "%s : %d lot(s), %d facture(s), %d constat(s).\n", filepath.Base(chemin), len(x.f.Lots), n,
		len(constats))
	source := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(brut)), nil }
	// The date of the paper is that of the file: the same file gives the same bytes, so that a second run finds its
	// signature.
	info := papier.Info{Createur: "clinique", Date: x.f.Date.Time(nil)}
	gabarit, err := c.gabarit()
	if err != nil {
		return nil, err
	}
	x.bordereaux, err = s3404.Construire(ctx, source, s3404.Options{Info: info, Praticien: c.nommer, Gabarit: gabarit})
	if err != nil {
		return nil, fmt.Errorf("%s : %w", filepath.Base(chemin), err)
	}
	return x, nil
}

// lireEntier reads a file of the user's, which a pipe or a device isn't.
func lireEntier(chemin string) ([]byte, error) {
	f, err := programme.Ouvrir(chemin)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// gabarit is the shipped one, with the establishment's stamp where there is one.
func (c *clinique) gabarit() (*papier.Gabarit, error) {
	if c.tampon == "" {
		return nil, nil
	}
	octets, err := lireEntier(c.tampon)
	if err != nil {
		return nil, err
	}
	g, err := s3404.GabaritFourni(papier.WithImage("tampon", octets))
	if err != nil {
		return nil, fmt.Errorf("-tampon %s : %w", filepath.Base(c.tampon), err)
	}
	return g, nil
}

// nommer names a practitioner by number, as far as the clinic's list goes.
func (c *clinique) nommer(numero string) string { return c.praticiens[numero] }

func (c *clinique) ouvrirSuivi(ctx context.Context) error {
	premier := c.fichiers[0].f
	destination, err := demonstration.Destination(premier)
	if err != nil {
		return err
	}
	sc, err := scenario(c.incident)
	if err != nil {
		return err
	}
	if c.frontal, err = frontal.New(frontal.Config{Profil: c.profil, Adresse: destination.Adresse, Scenario: sc,
		RSP: c.payer, Dossier: filepath.Join(c.sortie, "frontal")}); err != nil {
		return err
	}
	relais, err := smtp.New(smtp.Relais{Adresse: c.frontal.SMTP(), TLS: c.frontal.ConfigTLS()},
		smtp.WithReprises(smtp.Reprises{Essais: 1}))
	if err != nil {
		return err
	}
	boite := &pop3.Boite{Adresse: c.frontal.POP3(), ConfigTLS: c.frontal.ConfigTLS(), Utilisateur: adresse,
		MotDePasse: "essai"}
	if c.journal, err = sqlite.Open(ctx, filepath.Join(c.sortie, "suivi.db")); err != nil {
		return err
	}
	cle, err := demonstration.Cle(filepath.Join(c.sortie, "secrets", "cle-du-coffre"))
	if err != nil {
		return err
	}
	coffre, err := coffre.Open(ctx, c.journal.Documents(), cle)
	if err != nil {
		return err
	}
	for _, x := range c.fichiers[1:] {
		if x.f.Emetteur != premier.Emetteur {
			return errors.New("les fichiers B2 n'ont pas le même émetteur")
		}
	}
	exigences, err := scor.ReglesPubliques().Pour(scor.Contexte{Profession: scor.Etablissement})
	if err != nil {
		return err
	}
	c.suivi, err = suivi.Open(ctx, suivi.Config{
		Profil: c.profil, Journal: c.journal, Coffre: coffre, Annuaire: c.frontal.Annuaire(),
		Emetteur: suivi.Emetteur{Emetteur: lot.Emetteur{Type: premier.TypeEmetteur, Numero: premier.Emetteur},
			Adresse: adresse},
		Expediteur: demonstration.CopieEnvois{Expediteur: relais, Dossier: filepath.Join(c.sortie, "envoyes")},
		Boites:     []transport.Boite{demonstration.CopieRecus{Boite: boite, Dossier: filepath.Join(c.sortie, "recus")}},
		Exigences:  exigences,
		// One frontal stands in for those of all caisses.
		AdresseFactures: func(*fse.Fichier) (string, error) { return destination.Adresse, nil },
		Destination:     func(*fse.Facture) (lot.Destination, error) { return destination, nil },
		Horloge:         c.horloge.Maintenant, Bail: demonstration.Bail,
		Observateur: suivi.ObservateurFaits(func(f suivi.Fait) {
			if f.Texte != "" && f.Genre != journal.Piece && f.Genre != journal.Facture {
				fmt.Fprintf(c.progres, "  %s\n", f.Texte)
			}
			etape(string(f.Type))
		}),
	})
	return err
}

func (c *clinique) ouvrirRegistres() error {
	cle, err := demonstration.Cle(filepath.Join(c.sortie, "secrets", "cle-des-signatures"))
	if err != nil {
		return err
	}
	if c.magasin, err = signature.OpenMagasin(filepath.Join(c.sortie, "secrets", "signatures"), cle); err != nil {
		return err
	}
	if c.traces, err = os.OpenFile(filepath.Join(c.sortie, "acces.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY,
		0o600); err != nil {
		return err
	}
	journal := slog.New(slog.NewTextHandler(c.traces, nil))
	options := []signature.Option{signature.WithDelai(c.delai)}
	if c.delegations != "" {
		f, err := programme.Ouvrir(c.delegations)
		if err != nil {
			return err
		}
		defer f.Close()
		liste, err := signature.ParseDelegations(f, filepath.Base(c.delegations))
		if err != nil {
			return err
		}
		options = append(options, signature.WithDelegations(liste))
	}
	options = append(options, signature.WithTrace(func(a signature.Acces) {
		etape(a.Action)
		journal.Info("acces", "action", a.Action, "signataire", a.Signataire, "document", a.Document, "lot", a.Lot, "erreur",
			a.Erreur)
	}))
	c.registre = signature.New(c.magasin, options...)
	c.controle, err = controle.Open(filepath.Join(c.sortie, "pieces-classees"))
	return err
}

func (c *clinique) fermer() {
	if c.controle != nil {
		c.controle.Close()
	}
	if c.traces != nil {
		c.traces.Close()
	}
	if c.magasin != nil {
		c.magasin.Close()
	}
	if c.journal != nil {
		c.journal.Close()
	}
	if c.frontal != nil {
		c.frontal.Close()
	}
}

// travailler is the job: the B2 flow first; on its ARL+ the bordereaux, their signature, the SCOR-CP flow; then what
// came back.
func (c *clinique) travailler(ctx context.Context) error {
	for _, f := range c.fichiers {
		if _, err := c.suivi.DeposerFlux(ctx, f.brut); err != nil {
			return err
		}
	}
	if err := c.avancer(ctx, suivi.AttenteFactures); err != nil {
		return err
	}
	if err := c.classer(ctx); err != nil {
		return err
	}
	docs, err := c.presenter(ctx)
	if err != nil {
		return err
	}
	if err := c.signer(ctx, docs); err != nil {
		return err
	}
	if err := c.controler(ctx); err != nil {
		return err
	}
	return c.lireRetours(ctx)
}

// avancer goes on until no invoice is in one of these situations.
func (c *clinique) avancer(ctx context.Context, situations ...suivi.Situation) error {
	n, err := c.horloge.Avancer(ctx, c.suivi, c.progres, demonstration.EnSituation(c.suivi, situations...))
	c.envoyes += n
	return err
}

func lirePraticiens(chemin string) (map[string]string, error) {
	if chemin == "" {
		return annuairePraticiens, nil
	}
	f, err := programme.Ouvrir(chemin)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// As spreadsheets write it: a byte order mark, and semicolons where the decimal sign is a comma.
	b := bufio.NewReader(f)
	if marque, err := b.Peek(3); err == nil && string(marque) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	lecteur := csv.NewReader(b)
	debut, _ := b.Peek(b.Buffered())
	if premiere, _, _ := bytes.Cut(debut, []byte("\n")); bytes.Contains(premiere, []byte(";")) {
		lecteur.Comma = ';'
	}
	lecteur.FieldsPerRecord = -1 // a line with too few is told with its number
	noms := map[string]string{}
	for {
		l, err := lecteur.Read()
		if errors.Is(err, io.EOF) {
			return noms, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s : %w", filepath.Base(chemin), err)
		}
		ligne, _ := lecteur.FieldPos(0)
		if len(l) < 2 {
			return nil, fmt.Errorf("%s, ligne %d : numéro,nom attendu", filepath.Base(chemin), ligne)
		}
		nom, err := papier.Nom(l[1], papier.NomMax)
		if err != nil {
			return nil, fmt.Errorf("%s, ligne %d : %s", filepath.Base(chemin), ligne, raisonNom(err))
		}
		noms[strings.TrimSpace(l[0])] = nom
	}
}

// raisonNom says in French why a name can't be taken.
func raisonNom(err error) string {
	if c := (*papier.ErreurCaractere)(nil); errors.As(err, &c) {
		return c.Phrase()
	}
	return fmt.Sprintf("nom de plus de %d caractères", papier.NomMax)
}

func scenario(incident string) (frontal.Scenario, error) {
	pieces := frontal.Quand{Flux: frontal.Pieces}
	premiere := frontal.Quand{Flux: frontal.Pieces, Transmission: 1}
	paie := frontal.Regle{Quand: pieces, Reponses: []frontal.Nature{frontal.ARLPositif, frontal.RSP}}
	regles := map[string][]frontal.Regle{
		"":            nil,
		"rejet":       nil,
		"b2-refuse":   {{Quand: frontal.Quand{Flux: frontal.Factures}, Reponses: []frontal.Nature{frontal.ARLNegatif}}},
		"arl-negatif": {{Quand: pieces, Reponses: []frontal.Nature{frontal.ARLNegatif}}},
		"mds":         {{Quand: pieces, Reponses: []frontal.Nature{frontal.MdS}}},
		"silence":     {{Quand: premiere, Reponses: []frontal.Nature{frontal.Silence}}},
		"anr":         {{Quand: premiere, Reponses: []frontal.Nature{frontal.ANR}}},
	}
	r, ok := regles[incident]
	if !ok {
		return frontal.Scenario{}, fmt.Errorf("-incident %s : b2-refuse, arl-negatif, silence, mds, anr ou rejet attendu",
			incident)
	}
	return frontal.Scenario{Regles: append(r, paie)}, nil
}
