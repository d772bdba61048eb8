package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/demonstration"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

// remise is one bordereau on its way: of a lot, or of one invoice of it.
type remise struct {
	id        string // of the document in the registry
	piece     string // of the pièce justificative
	bordereau *s3404.Bordereau
	factures  []fse.CleFacture
	papier    papier.Resultat
	chemin    string // before the signature
	signe     string // after it
}

// presenter makes the bordereaux of the accepted lots and offers them to the signers; the others are held, and the
// biller is told why.
func (c *clinique) presenter(ctx context.Context) ([]remise, error) {
	for _, f := range c.fichiers {
		for _, b := range f.bordereaux {
			motif, err := c.empechement(ctx, b.Lot.Cle)
			if err != nil {
				return nil, err
			}
			if motif != "" {
				c.retenir(b.Identifiant(), motif)
				continue
			}
			if err := c.copiesAMC(ctx, b); err != nil {
				return nil, fmt.Errorf("copies du lot %s pour les complémentaires : %w", b.Lot.Cle, err)
			}
			remises, err := c.ecrire(ctx, b)
			if err != nil {
				return nil, fmt.Errorf("bordereau du lot %s : %w", b.Lot.Cle, err)
			}
			mandants := c.mandants(b.Lot.Cle)
			for i := range remises {
				if err := c.offrir(ctx, &remises[i], mandants); err != nil {
					return nil, err
				}
			}
			c.remises = append(c.remises, remises...)
		}
	}
	return c.remises, nil
}

// copiesAMC writes a copy for each complementary insurance, where they are asked for.
func (c *clinique) copiesAMC(ctx context.Context, b *s3404.Bordereau) error {
	if !c.amc {
		return nil
	}
	for _, x := range b.Resume.Complementaires {
		chemin := filepath.Join(c.sortie, "bordereaux", fmt.Sprintf("AMC-%s-%s.pdf", suffixe(b.Lot.Cle), x.Organisme))
		err := depot.WriteFichier(chemin, func(w io.Writer) error {
			_, err := b.WriteAMC(ctx, w, x.Organisme)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *clinique) retenir(lot, motif string) {
	fmt.Fprintf(c.progres, "Lot %s retenu : %s\n", lot, motif)
	c.registre.Retenir(lot, motif)
	c.retenus = append(c.retenus, retenue{lot, motif})
}

// empechement says why a lot's bordereau can't go; "" when its B2 flow has the positive ARL.
func (c *clinique) empechement(ctx context.Context, lot fse.CleLot) (string, error) {
	for v, err := range c.suivi.FacturesDuLot(ctx, lot) {
		if err != nil {
			return "", err
		}
		switch v.EtatLot {
		case journal.ARLPositif, journal.Clos:
			return "", nil
		}
		return strings.TrimSpace(fmt.Sprintf("le flux B2 n'est pas accepté (%s). %s", v.EtatLot.Libelle(), v.AFaire)), nil
	}
	return "le lot n'a pas de facture.", nil
}

// porteeDu is what one signature covers for a lot: the dated rule, or the invoice where the profile is stricter.
func (c *clinique) porteeDu(lot fse.CleLot) signature.Portee {
	switch {
	case c.options.portee != "":
		return signature.Portee(c.options.portee)
	case c.profil.Signature.Mode == string(signature.ParFacture):
		return signature.ParFacture
	}
	return c.regles.Le(lot.Date).Portee
}

func suffixe(l fse.CleLot) string {
	return fmt.Sprintf("%s-%03d-%s", l.Emetteur, l.Numero, l.Date.AAMMJJ())
}

// ecrire writes the bordereaux of a lot. The same file gives the same bytes: a second run writes over them what they
// were.
func (c *clinique) ecrire(ctx context.Context, b *s3404.Bordereau) ([]remise, error) {
	nommer := func(factures []fse.CleFacture, complement string) remise {
		piece := "S3404-" + suffixe(b.Lot.Cle) + complement
		return remise{piece: piece, bordereau: b, factures: factures, chemin: filepath.Join(c.sortie, "bordereaux",
			piece+".pdf"),
			signe: filepath.Join(c.sortie, "signes", piece+".pdf")}
	}
	if c.porteeDu(b.Lot.Cle) == signature.ParLot {
		r := nommer(b.Cles, "")
		err := depot.WriteFichier(r.chemin, func(w io.Writer) (err error) {
			r.papier, err = b.WritePDF(ctx, w)
			return err
		})
		return []remise{r}, err
	}
	var remises []remise
	creer := func(f fse.CleFacture) (io.WriteCloser, error) {
		r := nommer([]fse.CleFacture{f}, fmt.Sprintf("-%09d", f.Numero))
		remises = append(remises, r)
		return demonstration.Creer(r.chemin)
	}
	for d, err := range b.WriteFactures(ctx, creer) {
		if err != nil {
			return nil, err
		}
		remises[len(remises)-1].papier = d.Resultat
	}
	return remises, nil
}

// offrir presents a bordereau with the same data as a table, for screens without a PDF viewer.
func (c *clinique) offrir(ctx context.Context, r *remise, mandants []string) error {
	b := r.bordereau
	doc := signature.Document{Lot: b.Identifiant(), Etablissement: b.Lot.Etablissement, Empreinte: r.papier.Empreinte,
		Taille: r.papier.Octets, Open: func(context.Context) (io.ReadCloser, error) { return os.Open(r.chemin) },
		Titre:    fmt.Sprintf("Bordereau S3404, lot %d (%d factures)", b.Lot.Cle.Numero, len(r.factures)),
		Mandants: mandants, Tableau: tableau(ctx, r, c.nommer), Ordre: c.ordre(),
		OpenSigne: func(context.Context) (io.ReadCloser, error) { return os.Open(r.signe) }}
	if len(r.factures) == 1 && c.porteeDu(b.Lot.Cle) == signature.ParFacture {
		doc.Facture = fmt.Sprintf("%09d", r.factures[0].Numero)
		doc.Titre = "Bordereau S3404, facture " + doc.Facture
	}
	var err error
	if r.id, err = c.registre.Presenter(ctx, doc); err != nil || !c.reprendreRefus {
		return err
	}
	v, err := c.registre.Situation(r.id)
	if err != nil || v.Etat != signature.Refuse {
		return err
	}
	return c.registre.Annuler(ctx, r.id, signature.Annulation{Par: "facturation", Motif: "refus repris"})
}

// mandants are the practitioners of a lot whose name is known.
func (c *clinique) mandants(lot fse.CleLot) []string {
	var noms []string
	for _, f := range c.factures() {
		if f.Cle.Lot != lot {
			continue
		}
		for _, a := range f.Actes {
			if nom := c.nommer(a.Executant); nom != "" {
				noms = append(noms, nom)
			}
		}
	}
	slices.Sort(noms)
	return slices.Compact(noms)
}

func euros(m fse.Montant) string { return m.String() }

func jour(d fse.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Time(nil).Format("02/01/2006")
}

func tableau(ctx context.Context, r *remise, praticien func(string) string) signature.Tableau {
	t := r.bordereau.Totaux
	tab := signature.Tableau{
		Entetes: []signature.Entete{{Libelle: "Établissement", Valeur: r.bordereau.Lot.Etablissement},
			{Libelle: "Factures", Valeur: fmt.Sprint(len(r.factures))},
			{Libelle: "Total", Valeur: euros(t.Total)}, {Libelle: "Part AMO", Valeur: euros(t.AMO)}},
		Colonnes: []signature.Colonne{{Titre: "Facture"}, {Titre: "Assuré"}, {Titre: "Séjour"}, {Titre: "Entrée, sortie"},
			{Titre: "Total", Montant: true}, {Titre: "AMO", Montant: true}, {Titre: "AMC (non vérifié)", Montant: true},
			{Titre: "Participation", Montant: true}},
		ColonnesDetail: []signature.Colonne{{Titre: "Code"}, {Titre: "Dates"}, {Titre: "Praticien"},
			{Titre: "Qté", Montant: true},
			{Titre: "Montant", Montant: true}, {Titre: "AMO", Montant: true}, {Titre: "AMC", Montant: true}},
		Taille: len(r.factures), Totaux: []string{"Total", "", "", "", euros(t.Total), euros(t.AMO), euros(t.AMC),
			euros(t.Patient)},
	}
	if len(r.factures) < len(r.bordereau.Cles) {
		tab.Entetes, tab.Totaux = tab.Entetes[:1], nil
	}
	tab.Lignes = func(debut, fin int) iter.Seq[signature.Ligne] {
		return func(yield func(signature.Ligne) bool) {
			n := 0
			for f, err := range r.bordereau.Factures(ctx) {
				if err != nil || n >= fin {
					return
				}
				if len(r.factures) < len(r.bordereau.Cles) && !slices.Contains(r.factures, f.Cle) {
					continue
				}
				if n++; n <= debut {
					continue
				}
				l := signature.Ligne{Cellules: []string{fmt.Sprintf("%09d", f.Cle.Numero),
					strings.TrimSpace(f.Assure.Clair() + " " + f.Nom + " " + f.Prenom), f.Sejour, jour(f.Entree) + ", " +
						jour(f.Sortie), euros(f.Total), euros(f.AMO), euros(f.AMC), euros(f.Patient)}}
				for _, x := range f.Lignes {
					l.Details = append(l.Details, []string{strings.TrimSpace(x.Code + " " + x.GHS + " " + x.Detail),
						strings.TrimRight(jour(x.Debut)+", "+jour(x.Fin), ", "),
						strings.TrimSpace(x.Executant + " " + praticien(x.Executant)), fmt.Sprint(x.Quantite), euros(x.Montant),
						euros(x.AMO), euros(x.AMC)})
				}
				if !yield(l) {
					return
				}
			}
		}
	}
	return tab
}

// signer has every bordereau signed, on the tablet or with strokes given, and sends each lot as soon as nothing of it
// is left to sign.
func (c *clinique) signer(ctx context.Context, remises []remise) error {
	if len(remises) == 0 {
		return nil
	}
	if c.auto || c.signature != "" {
		if err := c.signerSeul(ctx, remises); err != nil {
			return err
		}
	} else if c.resteASigner() {
		arreter, err := c.servir()
		if err != nil {
			return err
		}
		defer arreter()
	}
	for len(remises) > 0 {
		n := slices.IndexFunc(remises, func(r remise) bool { return r.bordereau != remises[0].bordereau })
		if n < 0 {
			n = len(remises)
		}
		if err := c.terminerLot(ctx, remises[:n]); err != nil {
			return err
		}
		remises = remises[n:]
	}
	return nil
}

func (c *clinique) resteASigner() bool {
	return slices.ContainsFunc(c.registre.Documents(), func(v signature.Vue) bool { return v.Etat == signature.ASigner })
}

// signerSeul signs what is not signed yet with the strokes of -signature or -auto.
func (c *clinique) signerSeul(ctx context.Context, remises []remise) error {
	traits, err := lireTraits(c.signature)
	if err != nil {
		return err
	}
	for i := range remises {
		for _, qui := range c.signataires {
			if err := c.signerUn(ctx, &remises[i], qui, traits); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *clinique) signerUn(ctx context.Context, r *remise, qui signataire, traits []signature.Trait) error {
	d := signature.Demande{Empreinte: r.papier.Empreinte, Brouillon: signature.Brouillon{Cle: "sans-tablette-" + r.id,
		Version: 1, Traits: traits, PourMandat: qui.mandant != "", Mandant: qui.mandant}}
	_, err := c.registre.Signer(ctx, r.id, qui.Signataire, d)
	switch {
	case errors.Is(err, signature.ErrDelegation):
		return fmt.Errorf("aucune délégation en cours ne permet à %s de signer pour %s", qui.ID, qui.mandant)
	case errors.Is(err, signature.ErrDejaSigne), errors.Is(err, signature.ErrRefuse):
		return nil
	}
	return err
}

func (c *clinique) personne() signature.Signataire {
	return c.signataires[0].Signataire
}

// terminerLot waits for the signatures of a lot, embeds them, and sends.
func (c *clinique) terminerLot(ctx context.Context, remises []remise) error {
	var signees []*remise
	for i := range remises {
		r := &remises[i]
		recu, err := c.registre.Attendre(ctx, r.id)
		if errors.Is(err, signature.ErrRefuse) {
			c.retenir(r.bordereau.Identifiant(), fmt.Sprintf("signature du bordereau %s refusée par %s : %s", r.piece,
				recu.Signataire.Nom, recu.Motif))
			continue
		}
		if err != nil {
			return err
		}
		piece, err := c.joindre(ctx, r)
		if err != nil {
			return err
		}
		c.registre.Avancer(r.id, signature.Etape{Libelle: "Signature jointe au bordereau"})
		if c.options.copies {
			if err := c.remettreCopies(ctx, r.id); err != nil {
				return err
			}
		}
		if err := c.deposer(ctx, r, piece); err != nil {
			return err
		}
		signees = append(signees, r)
	}
	if len(signees) == 0 {
		return nil
	}
	if err := c.avancer(ctx, suivi.EnAttente, suivi.EnCours); err != nil {
		return err
	}
	etape, err := c.issue(ctx, signees[0].bordereau.Lot.Cle)
	if err != nil {
		return err
	}
	for _, r := range signees {
		c.registre.Avancer(r.id, signature.Etape{Libelle: "Flux SCOR-CP transmis"})
		c.registre.Avancer(r.id, etape)
	}
	return nil
}

// joindre puts the signature into the bordereau, once; what a run before this one did is taken as it is.
func (c *clinique) joindre(ctx context.Context, r *remise) (scor.Piece, error) {
	cms, err := c.cms()
	if err != nil {
		return scor.Piece{}, err
	}
	recu, err := c.registre.Utiliser(ctx, r.id, func(ctx context.Context, s signature.Signature) (scor.Empreinte, error) {
		var preuve *s3404.Preuve
		err := depot.WriteFichier(r.signe, func(w io.Writer) error {
			f, err := os.Open(r.chemin)
			if err != nil {
				return err
			}
			defer f.Close()
			preuve, err = s3404.Signer(ctx, w, f, r.papier.Octets, s, cms)
			return err
		})
		if err != nil {
			return scor.Empreinte{}, err
		}
		return preuve.Empreinte, nil
	})
	if err != nil && !errors.Is(err, signature.ErrDejaUtilisee) {
		return scor.Piece{}, err
	}
	// What leaves is read again: it is what was signed, and what the receipt says.
	f, err := os.Open(r.signe)
	if err != nil {
		return scor.Piece{}, err
	}
	defer f.Close()
	i, err := f.Stat()
	if err != nil {
		return scor.Piece{}, err
	}
	preuve, err := s3404.Verifier(f, i.Size(), nil)
	if err != nil {
		return scor.Piece{}, fmt.Errorf("%s : %w", filepath.Base(r.signe), err)
	}
	if preuve.Empreinte != recu.SigneEmpreinte || preuve.Document != r.papier.Empreinte {
		return scor.Piece{}, fmt.Errorf("%s : %w", filepath.Base(r.signe), s3404.ErrModifie)
	}
	signe := papier.Resultat{Pages: r.papier.Pages, Octets: preuve.Taille, Empreinte: preuve.Empreinte}
	p := signe.Piece(r.piece, scor.S3404, func() (io.ReadCloser, error) { return os.Open(r.signe) })
	p.Fichier = filepath.Base(r.signe)
	return p, nil
}

// cms is the key for profiles that ask for a CMS signature: a demonstration's own.
func (c *clinique) cms() (*s3404.CMS, error) {
	if !c.profil.Signature.CMS {
		return nil, nil
	}
	t, err := web.CertificatLocal(filepath.Join(c.sortie, "secrets", "cms"))
	if err != nil {
		return nil, err
	}
	certificat, err := x509.ParseCertificate(t.Certificate[0])
	if err != nil {
		return nil, err
	}
	cle, ok := t.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, errors.New("la clé ne sait pas signer")
	}
	return &s3404.CMS{Certificat: certificat, Signer: cle}, nil
}

// deposer hands the signed bordereau to the suivi. One document serves a whole lot: its first invoice has the document,
// the others refer to it.
func (c *clinique) deposer(ctx context.Context, r *remise, p scor.Piece) error {
	p.Facture = r.factures[0]
	if _, err := c.suivi.DeposerPiece(ctx, p); err != nil {
		return err
	}
	autres := make([]scor.Piece, 0, len(r.factures)-1)
	for _, f := range r.factures[1:] {
		autres = append(autres, scor.Piece{ID: fmt.Sprintf("S3404R-%s-%09d", suffixe(f.Lot), f.Numero),
			Type: scor.S3404, Facture: f, Reference: p.ID})
	}
	_, err := c.suivi.DeposerPieces(ctx, autres)
	return err
}

// issue is what became of a lot's bordereau, for the signer.
func (c *clinique) issue(ctx context.Context, lot fse.CleLot) (signature.Etape, error) {
	for v, err := range c.suivi.FacturesDuLot(ctx, lot) {
		if err != nil {
			return signature.Etape{}, err
		}
		if len(v.Pieces) > 0 && v.Situation != suivi.Acquittee {
			return signature.Etape{Libelle: strings.TrimSpace(v.Libelle + ". " + v.AFaire), Alerte: true, Fin: true}, nil
		}
	}
	return signature.Etape{Libelle: "Accusé de réception positif (ARL+)", Fin: true}, nil
}
