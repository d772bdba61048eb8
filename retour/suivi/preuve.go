package suivi

import (
	"archive/zip"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"path"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Names in a proof pack.
const (
	preuvePage    = "page-de-garde.html"
	preuveJournal = "journal.json"
	preuvePieces  = "pieces"
	preuveEnvois  = "messages-envoyes"
	preuveRetours = "messages-recus"
)

//go:embed preuve.html
var pageDeGarde string

var gabaritPage = template.Must(template.New("page").Parse(pageDeGarde))

// Preuve writes the proof pack of an invoice, one ZIP: its documents, the messages that carried them as they left, the
// relay's replies, the answers as they came, the journal's events on all of it with the proof that they are in the
// journal, and a cover page for a person. It is what answers a claim for undue payment or a random control. It holds
// this patient's data alone: of a NOEMIE return, which speaks of many, only the lines of this invoice, whose digest the
// journal holds since they were read. A message as it left is there if it is encrypted for the caisse, or carries
// nothing else; of another the cover page gives the SHA-256, and says why. Of what was purged it says when and by
// which rule; the rest is given.
//
// The pack has the size of what concerns the invoice, whatever that of the journal, and is checked without this module:
// docs/preuve.md specifies it, and it holds a script that needs only a shell and openssl.
func (s *Suivi) Preuve(ctx context.Context, w io.Writer, facture fse.CleFacture) error {
	v, err := s.Facture(ctx, facture)
	if err != nil {
		return err
	}
	objets, err := s.objetsDe(ctx, v.Facture)
	if err != nil {
		return err
	}
	refs := make([]journal.Ref, len(objets))
	for i := range objets {
		refs[i] = objets[i].Ref()
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	ancre := s.ancrePreuve(ctx, objets)
	extrait, err := journal.Extraire(ctx, s.c.Journal, ancre.Tete, refs...)
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	p := pagePreuve{Vue: v, Faite: s.cal.c.Lisible(quand), Tete: extrait.Tete, TeteLe: s.cal.c.Lisible(extrait.Tete.Quand),
		Racine: extrait.Racine, Ancre: ancre.Sorte, patient: map[string]bool{}}
	if err := p.chiffrer(ctx, s, objets); err != nil {
		return err
	}
	if err := p.partager(ctx, s, objets); err != nil {
		return err
	}
	for i := range objets {
		if objets[i].Genre == journal.Facture {
			p.patient[objets[i].Cle] = true
		}
	}
	for i := range objets {
		if err := p.ajouter(s, &objets[i]); err != nil {
			return err
		}
		if err := p.noterPurge(ctx, s, &objets[i]); err != nil {
			return err
		}
		if err := s.joindrePreuve(ctx, z, &objets[i], &p); err != nil {
			return err
		}
	}
	for i := range extrait.Evenements {
		e := &extrait.Evenements[i]
		r := raconter(&journal.Evenement{Genre: e.Genre, Type: e.Type})
		if r != "" {
			p.Etapes = append(p.Etapes, etapePreuve{s.cal.c.Lisible(e.Quand), r, e.Seq})
		}
	}
	if err := ecrireExtrait(z, extrait, &ancre, quand); err != nil {
		return err
	}
	f, err := creer(z, preuvePage, quand)
	if err != nil {
		return err
	}
	if err := gabaritPage.Execute(f, p); err != nil {
		return err
	}
	return z.Close()
}

type pagePreuve struct {
	Vue      VueFacture
	Faite    string
	Tete     journal.Tete
	TeteLe   string
	Racine   journal.Condense
	Ancre    SorteAncre // by what the head is held outside the journal, "" for nothing
	Montants []montantPreuve
	Soins    string // dates of care
	Reponses []reponsePreuve
	Lignes   []lignesPreuve

	patient  map[string]bool // keys of the invoices that the pack is about
	Etapes   []etapePreuve
	Fichiers []fichierPreuve
	Envois   []envoiPreuve
	Autres   []string // keys under which it was billed too
	Purges   []purgePreuve
	Retenus  []retenuPreuve

	partages map[string]bool // messages that carry other invoices too
	enClair  bool            // one of them isn't encrypted
}

// purgePreuve is something of which only the trace is left.
type purgePreuve struct{ Quoi, Quand, Motif string }

func (p *pagePreuve) noterPurge(ctx context.Context, s *Suivi, o *journal.Objet) error {
	if o.Etat != journal.Purge {
		return nil
	}
	for e, err := range journal.Histoire(ctx, s.c.Journal, o) {
		if err != nil {
			return err
		}
		if e.Type == journal.Purger {
			p.Purges = append(p.Purges, purgePreuve{notes[o.Genre] + " " + o.Cle, s.cal.c.Lisible(e.Quand), e.Champs.Motif})
			break
		}
	}
	return nil
}

// ajouter puts on the page what the invoice's own view doesn't have: its other numbers, and the pieces that went under
// them or that a reference stands for.
func (p *pagePreuve) ajouter(s *Suivi, o *journal.Objet) error {
	switch o.Genre {
	case journal.Facture:
		if o.Cle != p.Vue.Facture {
			p.Autres = append(p.Autres, o.Cle)
		}
	case journal.Piece:
		for i := range p.Vue.Pieces {
			if p.Vue.Pieces[i].ID == o.Cle {
				return nil
			}
		}
		a, err := s.archivee(o)
		if err != nil {
			return err
		}
		p.Vue.Pieces = append(p.Vue.Pieces, a.VuePiece)
	}
	return nil
}

type etapePreuve struct {
	Quand, Quoi string
	Seq         uint64
}

type fichierPreuve struct {
	Nom, Empreinte string
	Octets         int64
}

type envoiPreuve struct{ Identifiant, Adresse, Relais, Reponse, Etat string }

func creer(z *zip.Writer, nom string, quand time.Time) (io.Writer, error) {
	return z.CreateHeader(&zip.FileHeader{Name: nom, Method: zip.Deflate, Modified: quand})
}

// objetsDe gives the invoice and all that concerns it: its other numbers, if it was billed again, their lots and
// pieces, every lot and message that carried these, and every answer.
func (s *Suivi) objetsDe(ctx context.Context, facture string) ([]journal.Objet, error) {
	refs := []journal.Ref{{Genre: journal.Facture, Cle: facture}}
	var l []journal.Objet
	vus := map[journal.Ref]bool{}
	for len(refs) > 0 {
		m, err := s.c.Journal.Objets(ctx, refs...)
		if err != nil {
			return nil, err
		}
		var suite []journal.Ref
		for _, r := range refs {
			o, ok := m[r]
			if !ok || vus[r] {
				continue
			}
			vus[r] = true
			l = append(l, o)
			lies, err := s.lies(ctx, &o)
			if err != nil {
				return nil, err
			}
			suite = append(suite, lies...)
		}
		refs = suite
	}
	return l, nil
}

// lies names the objects that a proof follows from o to. A piece leads to no invoice: linked by mistake to another
// person's, it must not show hers.
func (s *Suivi) lies(ctx context.Context, o *journal.Objet) (l []journal.Ref, err error) {
	ajouter := func(g journal.Genre, cle string) {
		if cle != "" && cle != journal.Efface {
			l = append(l, journal.Ref{Genre: g, Cle: cle})
		}
	}
	switch o.Genre {
	case journal.Facture:
		ajouter(journal.LotFactures, o.Parent)
		ajouter(journal.Facture, o.Autre)
		for p, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Parent: o.Cle}) {
			if err != nil {
				return nil, err
			}
			ajouter(journal.Piece, p.Cle)
		}
		if o.Patient == "" {
			break
		}
		for f, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture, Patient: o.Patient,
			Etats: []journal.Etat{journal.Refacture, journal.Clos}}) {
			if err != nil {
				return nil, err
			}
			if f.Autre == o.Cle {
				ajouter(journal.Facture, f.Cle)
			}
		}
	case journal.Piece:
		ajouter(journal.Piece, o.Reference)
	case journal.Reception:
		return nil, nil
	}
	// Former lots and messages, and what came back, are named by the events.
	for e, err := range journal.Histoire(ctx, s.c.Journal, o) {
		if err != nil {
			return nil, err
		}
		if len(e.Champs.Source) == 64 {
			ajouter(journal.Reception, e.Champs.Source)
		}
		switch o.Genre {
		case journal.Piece:
			ajouter(journal.LotScor, e.Champs.Dans)
		case journal.LotScor, journal.LotFactures:
			ajouter(journal.Message, e.Champs.Dans)
		}
	}
	return l, nil
}

// nomPreuve is the name of an object's document in a proof pack, "" for none.
func nomPreuve(g journal.Genre, cle string) string {
	switch g {
	case journal.Piece:
		return path.Join(preuvePieces, cle+".pdf")
	case journal.Message:
		return path.Join(preuveEnvois, cle+".eml")
	case journal.Reception:
		return path.Join(preuveRetours, cle[:min(16, len(cle))]+".eml")
	}
	return ""
}

func (s *Suivi) joindrePreuve(ctx context.Context, z *zip.Writer, o *journal.Objet, p *pagePreuve) error {
	nom := nomPreuve(o.Genre, o.Cle)
	if nom == "" {
		return nil
	}
	if o.Genre == journal.Message {
		p.Envois = append(p.Envois, envoiPreuve{o.MessageID, o.Adresse, o.Relais, o.Reponse, o.Etat.Libelle()})
	}
	if o.Empreinte == "" || o.Etat == journal.Purge || o.Etat == journal.Reserve {
		return nil
	}
	if o.Genre == journal.Reception && porteRSP(o) {
		return s.joindreLignes(ctx, z, o, p)
	}
	e, err := lireEmpreinte(o.Empreinte)
	if err != nil {
		return err
	}
	if retenu, err := p.retenir(ctx, s, o, nom, e); err != nil || retenu {
		return err
	}
	r, err := s.c.Coffre.Open(ctx, e)
	if err != nil {
		return fmt.Errorf("suivi: proof pack: %s %s: %w", o.Genre, o.Cle, err)
	}
	defer r.Close()
	f, err := creer(z, nom, o.Modifie)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, r)
	p.Fichiers = append(p.Fichiers, fichierPreuve{nom, o.Empreinte, n})
	return err
}
