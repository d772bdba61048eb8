package sdk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

type bordereaux struct {
	Accepte    bool        `json:"accepte"`
	Bordereaux []bordereau `json:"bordereaux"`
	Constats   []constat   `json:"constats"`
}

type bordereau struct {
	Lot      int   `json:"lot"`
	Factures int   `json:"factures"`
	Lignes   int   `json:"lignes"`
	Total    int64 `json:"total"`
	AMO      int64 `json:"amo"`
	AMC      int64 `json:"amc"`
	Patient  int64 `json:"patient"`
	Haute    int   `json:"facture_la_plus_haute"`
	PDF      bool  `json:"pdf"`           // written, and a PDF
	Meme     bool  `json:"reproductible"` // written again, the same bytes
}

var quandBordereau = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func construire(ctx context.Context, v *kit.Vecteur) ([]*s3404.Bordereau, error) {
	b := v.Octets("fichier")
	if b == nil {
		return nil, fmt.Errorf("sdk: %s: the input fichier is missing", v.ID)
	}
	return s3404.Construire(ctx, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil },
		s3404.Options{Info: papier.Info{Date: quandBordereau}})
}

func composerBordereau(ctx context.Context, v *kit.Vecteur) (any, error) {
	l, err := construire(ctx, v)
	if err != nil {
		return refuserBordereau(err), nil
	}
	r := bordereaux{Accepte: true, Bordereaux: []bordereau{}, Constats: []constat{}}
	for _, b := range l {
		var premier, second bytes.Buffer
		_, err1 := b.WritePDF(ctx, &premier)
		_, err2 := b.WritePDF(ctx, &second)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		t := b.Totaux
		r.Bordereaux = append(r.Bordereaux, bordereau{b.Lot.Cle.Numero, t.Factures, t.Lignes, int64(t.Total), int64(t.AMO),
			int64(t.AMC), int64(t.Patient), b.Resume.Haute.Numero, bytes.HasPrefix(premier.Bytes(), []byte("%PDF-")),
			bytes.Equal(premier.Bytes(), second.Bytes())})
	}
	return r, nil
}

// refuserBordereau tells each total that isn't the sum of its lines, or why there is no bordereau.
func refuserBordereau(err error) refus {
	r := refus{Constats: []constat{}}
	var total *s3404.ErreurTotal
	if l, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range l.Unwrap() {
			r.Constats = append(r.Constats, refuserBordereau(e).Constats...)
		}
		return r
	}
	c := constat{Code: "illisible", Gravite: "erreur", Message: err.Error()}
	switch {
	case errors.As(err, &total):
		c.Code, c.Enregistrement = "total", total.Enregistrement
	case errors.Is(err, s3404.ErrPasCP):
		c.Code = "pas-cp"
	case errors.Is(err, s3404.ErrSansFacture):
		c.Code = "sans-facture"
	case errors.Is(err, s3404.ErrSansTotal):
		c.Code = "sans-total"
	}
	r.Constats = append(r.Constats, c)
	return r
}

type signatureLue struct {
	Accepte    bool   `json:"accepte"`
	Motif      string `json:"motif,omitempty"`
	Signataire string `json:"signataire,omitempty"`
	PourMandat bool   `json:"pour_mandat"`
	Mandant    string `json:"mandant,omitempty"`
	Intact     bool   `json:"intact"` // the signed file begins with the bytes that were signed
}

// motifsSignature are the words of the contract.
var motifsSignature = []struct {
	err   error
	motif string
}{{s3404.ErrAutreDocument, "autre-document"}, {s3404.ErrLien, "lien"}, {s3404.ErrNonSigne, "non-signe"},
	{s3404.ErrModifie, "modifie"}, {s3404.ErrDejaSigne, "deja-signe"}, {signature.ErrDejaSigne, "deja-signe"},
	{signature.ErrDejaUtilisee, "deja-utilisee"}, {signature.ErrNonSigne, "non-signe"}, {signature.ErrRefuse, "refuse"},
	{signature.ErrVide, "vide"}, {signature.ErrMandant, "sans-mandant"}, {signature.ErrModifie, "modifie"},
	{signature.ErrMotif, "sans-motif"}, {signature.ErrAutre, "autre-signataire"}}

func motifSignature(err error) string {
	for _, m := range motifsSignature {
		if errors.Is(err, m.err) {
			return m.motif
		}
	}
	return ""
}

// parametresSignature say who signs, with which strokes, and what is done to the signed file before it is verified
// (octet changes one byte; ajouter, couper) or to the signature before it is used (autre-document, autres-traits).
type parametresSignature struct {
	Signataire string            `json:"signataire"`
	Mandant    string            `json:"mandant"`
	Traits     []signature.Trait `json:"traits"`
	Alteration string            `json:"alteration"`
	Octet      int               `json:"octet"` // from the end when it is negative
}

func signerBordereau(ctx context.Context, v *kit.Vecteur) (any, error) {
	var p parametresSignature
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	l, err := construire(ctx, v)
	if err != nil {
		return nil, err
	}
	var pdf bytes.Buffer
	if _, err := l[0].WritePDF(ctx, &pdf); err != nil {
		return nil, err
	}
	s := signature.Signature{Traits: p.Traits, Recu: signature.Recu{Lot: l[0].Identifiant(),
		Empreinte: sha256.Sum256(pdf.Bytes()), Quand: quandBordereau, PourMandat: p.Mandant != "", Mandant: p.Mandant,
		Signataire: signature.Signataire{ID: "signataire", Nom: p.Signataire}}}
	if p.Alteration == "autre-document" {
		s.Empreinte = empreinte("un autre bordereau")
	}
	s.Lien = s.Calculer()
	if p.Alteration == "autres-traits" {
		s.Traits = append(slices.Clone(s.Traits), s.Traits[0])
	}
	signe := slices.Clone(pdf.Bytes())
	if p.Alteration != "non-signe" {
		var b bytes.Buffer
		if _, err := s3404.Signer(ctx, &b, bytes.NewReader(pdf.Bytes()), int64(pdf.Len()), s, nil); err != nil {
			return signatureLue{Motif: motifSignature(err)}, nil
		}
		signe = b.Bytes()
	}
	switch p.Alteration {
	case "octet":
		signe[(p.Octet+len(signe))%len(signe)] ^= 1
	case "ajouter":
		signe = append(signe, "\n% suite\n"...)
	case "couper":
		signe = signe[:len(signe)-1]
	case "resigner":
		s.Empreinte = sha256.Sum256(signe)
		s.Lien = s.Calculer()
		if _, err := s3404.Signer(ctx, io.Discard, bytes.NewReader(signe), int64(len(signe)), s, nil); err != nil {
			return signatureLue{Motif: motifSignature(err)}, nil
		}
	}
	preuve, err := s3404.Verifier(bytes.NewReader(signe), int64(len(signe)), nil)
	if err != nil {
		return signatureLue{Motif: motifSignature(err)}, nil
	}
	return signatureLue{Accepte: true, Signataire: preuve.Signataire.Nom, PourMandat: preuve.PourMandat,
		Mandant: preuve.Mandant, Intact: bytes.HasPrefix(signe, pdf.Bytes())}, nil
}

type usage struct {
	Accepte bool     `json:"accepte"`
	Etapes  []string `json:"etapes"` // of each step, "fait" or why not
	Motif   string   `json:"motif,omitempty"`
	Restent bool     `json:"traits_conserves"` // strokes are still in the store
}

// registre plays the life of a signature: signer, signer-vide, signer-autre, signer-mandat (pour mandat, without who
// mandates), refuser, refuser-sans-motif, utiliser, presenter-autre.
func registre(ctx context.Context, v *kit.Vecteur) (any, error) {
	var p struct {
		Etapes []string          `json:"etapes"`
		Traits []signature.Trait `json:"traits"`
	}
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	m := new(signature.Memoire)
	r := signature.New(m, signature.WithHorloge(func() time.Time { return quandBordereau }))
	d := documentSigne("%PDF-1.4 bordereau")
	id, err := r.Presenter(ctx, d)
	if err != nil {
		return nil, err
	}
	x := usage{Accepte: true, Etapes: []string{}}
	for i, e := range p.Etapes {
		err := etapeSignature(ctx, r, id, d.Empreinte, e, i, p.Traits)
		if err != nil && motifSignature(err) == "" {
			return nil, err
		}
		mot := "fait"
		if err != nil {
			mot, x.Accepte, x.Motif = motifSignature(err), false, motifSignature(err)
		}
		x.Etapes = append(x.Etapes, mot)
	}
	_, err = r.Utiliser(ctx, id, func(context.Context, signature.Signature) (scor.Empreinte, error) {
		x.Restent = true
		return scor.Empreinte{}, errors.New("looked at only")
	})
	if err == nil && x.Restent {
		return nil, errors.New("sdk: a signature was used by who looked at it only")
	}
	return x, nil
}

func documentSigne(texte string) signature.Document {
	return signature.Document{Lot: "752495234/012/261121/ESSAI1", Titre: "Bordereau S3404", Etablissement: "CLINIQUE",
		Empreinte: empreinte(texte), Taille: int64(len(texte)), Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader([]byte(texte))), nil
		}}
}

func etapeSignature(ctx context.Context, r *signature.Registre, id string, e scor.Empreinte, etape string, rang int,
	traits []signature.Trait) error {
	s := signature.Signataire{ID: "signataire-1", Nom: "Mme Exemple"}
	// Each asking has a key of its own: the same twice would be one request sent again.
	q := signature.Demande{Empreinte: e, Brouillon: signature.Brouillon{Cle: fmt.Sprintf("demande-numero-%04d", rang),
		Version: int64(rang + 1), Debut: quandBordereau.UnixMilli(), Traits: traits}}
	var err error
	switch etape {
	case "signer":
		_, err = r.Signer(ctx, id, s, q)
	case "signer-autre":
		_, err = r.Signer(ctx, id, signature.Signataire{ID: "signataire-2", Nom: "M. Autre"}, q)
	case "signer-vide":
		q.Traits = []signature.Trait{{{X: 10, Y: 10, P: 500}}}
		_, err = r.Signer(ctx, id, s, q)
	case "signer-mandat":
		q.PourMandat = true
		_, err = r.Signer(ctx, id, s, q)
	case "signer-autre-document":
		q.Empreinte = empreinte("un autre document")
		_, err = r.Signer(ctx, id, s, q)
	case "refuser":
		err = r.Refuser(ctx, id, s, "le total est faux")
	case "refuser-sans-motif":
		err = r.Refuser(ctx, id, s, "")
	case "utiliser":
		_, err = r.Utiliser(ctx, id, func(context.Context, signature.Signature) (scor.Empreinte, error) {
			return empreinte("le bordereau signé"), nil
		})
	case "presenter-autre":
		_, err = r.Presenter(ctx, documentSigne("%PDF-1.4 un autre bordereau du même lot"))
	default:
		return fmt.Errorf("sdk: step %q", etape)
	}
	return err
}
