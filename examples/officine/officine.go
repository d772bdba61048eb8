package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/demonstration"
	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfdessin"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

const adresse = "officine@exemple.test"

// bail is how long a killed run keeps others from its steps; tests shorten it.
var bail = demonstration.Bail

// etape is called at each step of the journal and of the network; the tests that kill the program set it.
var etape = func() {}

// officine is the program with all that it talks to.
type officine struct {
	options
	progres io.Writer
	profil  *scor.Profil
	entrees *entrees
	frontal *demonstration.Correspondant
	journal *sqlite.Journal
	suivi   *suivi.Suivi
	atelier atelier
	papiers papier.Atelier
	exiger  func(*fse.Facture) []scor.Exigence
	horloge demonstration.Horloge
	envoyes int
}

func ouvrir(ctx context.Context, o options, progres io.Writer) (_ *officine, err error) {
	off := &officine{options: o, progres: progres}
	off.horloge.Bail = bail
	defer func() {
		if err != nil {
			off.fermer()
		}
	}()
	if err := off.preparer(ctx); err != nil {
		return nil, err
	}
	cle, err := demonstration.Cle(filepath.Join(o.sortie, "cle-du-coffre"))
	if err != nil {
		return nil, err
	}
	c, err := coffre.Open(ctx, off.journal.Documents(), cle)
	if err != nil {
		return nil, err
	}
	config := suivi.Config{Profil: off.profil, Journal: off.journal, Coffre: c, Exigences: off.exiger,
		Horloge: off.horloge.Maintenant, Bail: bail}
	if err := off.brancher(&config); err != nil {
		return nil, err
	}
	off.suivi, err = suivi.Open(ctx, config)
	return off, err
}

// preparer reads what the day begins with, and makes the folders.
func (o *officine) preparer(ctx context.Context) (err error) {
	if o.profil, err = programme.Profil(o.options.profil, "reference", optionsProfil...); err != nil {
		return err
	}
	if o.entrees, err = lireEntrees(o.b2, o.scans, o.liens); err != nil {
		return err
	}
	for _, d := range []string{"pdf", "envoyes", "recus"} {
		if err := os.MkdirAll(filepath.Join(o.sortie, d), 0o700); err != nil {
			return err
		}
	}
	if o.journal, err = sqlite.Open(ctx, filepath.Join(o.sortie, "suivi.db")); err != nil {
		return err
	}
	if o.exiger, err = exigences(o.entrees.fichier); err != nil {
		return err
	}
	n, err := numerisation.New(o.profil.Numerisation,
		numerisation.WithPDF(pdfentree.New(pdfentree.WithDessinateur(pdfdessin.New()))))
	if err != nil {
		return err
	}
	o.atelier = atelier{numeriseur: n, dossier: filepath.Join(o.sortie, "pdf")}
	o.papiers = papier.Atelier{Partenaire: o.entrees.fichier.Lots[0].Partenaire,
		Info: papier.Info{Createur: "officine"}}
	return nil
}

// brancher connects the program to the frontal: its relay, its mailbox, its certificates.
func (o *officine) brancher(c *suivi.Config) error {
	f := o.entrees.fichier
	destination, err := demonstration.Destination(f)
	if err != nil {
		return err
	}
	if o.frontal, err = o.correspondant(destination.Adresse); err != nil {
		return err
	}
	destination.Adresse = o.frontal.Boite
	relais, err := smtp.New(smtp.Relais{Adresse: o.frontal.SMTP, TLS: o.frontal.TLS},
		smtp.WithReprises(smtp.Reprises{Essais: 1}))
	if err != nil {
		return err
	}
	boite := &pop3.Boite{Adresse: o.frontal.POP3, ConfigTLS: o.frontal.TLS, Utilisateur: adresse, MotDePasse: "essai"}
	c.Emetteur = suivi.Emetteur{Emetteur: lot.Emetteur{Type: f.TypeEmetteur, Numero: f.Emetteur}, Adresse: adresse}
	c.Expediteur = demonstration.CopieEnvois{Expediteur: relais, Dossier: filepath.Join(o.sortie, "envoyes"), Etape: etape}
	c.Boites = []transport.Boite{demonstration.CopieRecus{Boite: boite, Dossier: filepath.Join(o.sortie, "recus"),
		Etape: etape}}
	c.Annuaire = o.frontal.Annuaire
	c.AdresseFactures = func(*fse.Fichier) (string, error) { return o.frontal.Boite, nil }
	c.Destination = func(*fse.Facture) (lot.Destination, error) { return destination, nil }
	c.Observateur = suivi.ObservateurFaits(o.raconter)
	return nil
}

// raconter tells each thing that happens, as it happens.
func (o *officine) raconter(f suivi.Fait) {
	texte := f.Texte
	if f.Genre != journal.Message && f.Genre != journal.Reception {
		texte += " : " + f.Cle
	}
	fmt.Fprintln(o.progres, " ", texte)
	etape()
}

// correspondant is the frontal: one of the program's own, or the one that -frontal names.
func (o *officine) correspondant(adresse string) (*demonstration.Correspondant, error) {
	if o.options.frontal != "" {
		return demonstration.OpenCorrespondant(o.options.frontal)
	}
	sc, err := scenario(o.incident, o.profil)
	if err != nil {
		return nil, err
	}
	return demonstration.NewCorrespondant(frontal.Config{Profil: o.profil, Adresse: adresse, Scenario: sc,
		Dossier: filepath.Join(o.sortie, "frontal")})
}

func (o *officine) fermer() {
	if o.journal != nil {
		o.journal.Close()
	}
	if o.frontal != nil {
		o.frontal.Close()
	}
}

// travailler is the job: invoices out, their ARL in, pieces made, lots out, their ARL in.
func (o *officine) travailler(ctx context.Context) error {
	f := o.entrees.fichier
	if len(f.Lots) == 0 {
		return errors.New("le fichier B2 ne contient aucun lot")
	}
	fmt.Fprintf(o.progres, "Fichier B2 : %d lot(s), %d facture(s), %d constat(s).\n", len(f.Lots),
		len(o.entrees.factures()), len(o.entrees.constats))
	if o.entrees.distribues {
		fmt.Fprintln(o.progres, "Sans -liens : un scan par facture, dans l'ordre des noms.")
	}
	if n := len(o.entrees.restants); n > 0 {
		fmt.Fprintf(o.progres, "%d scan(s) sans facture, laissé(s) de côté.\n", n)
	}
	if _, err := o.suivi.DeposerFlux(ctx, o.entrees.b2); err != nil {
		return err
	}
	if err := o.avancer(ctx, suivi.AttenteFactures); err != nil {
		return err
	}
	if err := o.preparerPieces(ctx); err != nil {
		return err
	}
	return o.avancer(ctx, suivi.AttenteFactures, suivi.EnAttente, suivi.EnCours)
}

// avancer goes on until no invoice is in one of these situations, or nothing more can happen by itself.
func (o *officine) avancer(ctx context.Context, situations ...suivi.Situation) error {
	n, err := o.horloge.Avancer(ctx, o.suivi, o.progres, demonstration.EnSituation(o.suivi, situations...))
	o.envoyes += n
	return err
}

// preparerPieces turns the scans of each invoice into its ordonnance, and makes the papers that software can make where
// the rules ask for them.
func (o *officine) preparerPieces(ctx context.Context) error {
	for _, f := range o.entrees.factures() {
		v, err := o.suivi.Facture(ctx, f.Cle)
		if err != nil {
			return err
		}
		deja := map[string]bool{}
		for _, p := range v.Pieces {
			if p.Etat != journal.Refuse {
				deja[p.ID] = true
			}
		}
		if scans := o.entrees.scans[f.Cle.Numero]; len(scans) > 0 && !deja[idPiece(f.Cle)] {
			if err := o.deposerScans(ctx, &f, scans); err != nil {
				return err
			}
		}
		for _, e := range o.exiger(&f) {
			if e.Decision != scor.Requise || !o.papiers.Fabrique(e.Type) || deja[idPapier(e.Type, f.Cle)] {
				continue
			}
			if err := o.deposerPapier(ctx, &f, e.Type); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *officine) deposerScans(ctx context.Context, f *fse.Facture, scans []string) error {
	piece, refus, err := o.atelier.numeriser(ctx, f.Cle, scans)
	switch {
	case err != nil:
		return fmt.Errorf("facture %d : %w", f.Cle.Numero, err)
	case refus != "":
		fmt.Fprintf(o.progres, "Facture %d : numérisation refusée. %s\n", f.Cle.Numero, refus)
		return o.suivi.RefuserPiece(ctx, piece, refus)
	}
	fmt.Fprintf(o.progres, "Facture %d : %d page(s), %d Kio.\n", f.Cle.Numero, piece.Pages, (piece.Octets+1023)/1024)
	_, err = o.suivi.DeposerPiece(ctx, piece)
	return err
}

func idPapier(genre string, c fse.CleFacture) string {
	return strings.Replace(idPiece(c), "ORD", strings.ToUpper(genre[:2]), 1)
}

func (o *officine) deposerPapier(ctx context.Context, f *fse.Facture, genre string) error {
	id := idPapier(genre, f.Cle)
	chemin := filepath.Join(o.sortie, "pdf", id+".pdf")
	var res papier.Resultat
	err := depot.WriteFichier(chemin, func(w io.Writer) (err error) {
		res, err = o.papiers.Fabriquer(ctx, w, genre, f)
		return err
	})
	if err != nil {
		return err
	}
	p := res.Piece(id, genre, scor.Fichier(chemin))
	p.Facture = f.Cle
	_, err = o.suivi.DeposerPiece(ctx, p)
	return err
}

// optionsProfil are the codecs that the program has; tests give it one.
var optionsProfil []scor.OptionProfil

// exigences are the public rules for a pharmacy. They say nothing of invoices that aren't FSE: the demonstration asks
// for their ordonnance too, by a rule of its own, as an editor adds its.
func exigences(f *fse.Fichier) (func(*fse.Facture) []scor.Exigence, error) {
	propres, err := scor.ParseRegles(strings.NewReader(`
regles: officine
version: "1"
liste:
  - nom: ordonnance-b2
    flux: [b2]
    type: ordonnance
    decision: requise
    motif: L'ordonnance accompagne la facture.
    source: choix de la démonstration
`))
	if err != nil {
		return nil, err
	}
	return scor.ReglesPubliques().Avant(propres).Pour(scor.Contexte{Profession: scor.Pharmacien})
}

// codeDe is a code of the profile of that severity.
func codeDe(p *scor.Profil, severite scor.Severite) string {
	for _, c := range p.Codes {
		if c.Severite == severite {
			return c.Code
		}
	}
	return ""
}

func scenario(incident string, p *scor.Profil) (frontal.Scenario, error) {
	pieces := frontal.Quand{Flux: frontal.Pieces}
	premiere := frontal.Quand{Flux: frontal.Pieces, Transmission: 1}
	regle := map[string]frontal.Regle{
		"arl-negatif": {Quand: pieces, Reponses: []frontal.Nature{frontal.ARLNegatif}},
		"mds":         {Quand: pieces, Reponses: []frontal.Nature{frontal.MdS}},
		"silence":     {Quand: premiere, Reponses: []frontal.Nature{frontal.Silence}},
		"anr":         {Quand: premiere, Reponses: []frontal.Nature{frontal.ANR}},
		// The pieces of one message are refused, each by its own code.
		"pieces-refusees": {Quand: pieces, Reponses: []frontal.Nature{frontal.ARLPositif}, Fois: 1,
			Pieces: []frontal.CodePiece{{Code: codeDe(p, scor.RejetPiece)}}},
	}
	if incident == "" {
		return frontal.Scenario{}, nil
	}
	r, ok := regle[incident]
	if !ok {
		return frontal.Scenario{}, fmt.Errorf("-incident %s : arl-negatif, pieces-refusees, silence, mds ou anr attendu", incident)
	}
	return frontal.Scenario{Regles: []frontal.Regle{r}}, nil
}
