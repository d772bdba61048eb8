package suivitest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Emetteur is the billing number of the drawn office.
const Emetteur = "752499996"

// Horloge is a clock that is moved by hand, and goes by itself once told to.
type Horloge struct {
	mu     sync.Mutex
	t      time.Time
	depuis time.Time // when it began to go; zero: it stands
}

// Maintenant is its time.
func (h *Horloge) Maintenant() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.depuis.IsZero() {
		return h.t
	}
	return h.t.Add(time.Since(h.depuis))
}

// Courir has it go with the computer's from now on.
func (h *Horloge) Courir() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.depuis.IsZero() {
		h.depuis = time.Now()
	}
}

// Avancer moves it.
func (h *Horloge) Avancer(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.t = h.t.Add(d)
}

// Relais takes every message, and says what Panne says.
type Relais struct {
	mu       sync.Mutex
	panne    error
	horloge  func() time.Time
	messages int
}

// Panne has every sending fail with err, until nil.
func (r *Relais) Panne(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.panne = err
}

// Messages counts what was taken.
func (r *Relais) Messages() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.messages
}

// Envoyer implements transport.Expediteur.
func (r *Relais) Envoyer(ctx context.Context, e transport.Envoi) (transport.Preuve, error) {
	r.mu.Lock()
	panne := r.panne
	r.mu.Unlock()
	if panne != nil {
		return transport.Preuve{}, panne
	}
	c, err := e.Contenu()
	if err != nil {
		return transport.Preuve{}, err
	}
	defer c.Close()
	if _, err := io.Copy(io.Discard, c); err != nil {
		return transport.Preuve{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages++
	return transport.Preuve{Quand: r.horloge(), Relais: "relais.exemple", Code: 250,
		Reponse: fmt.Sprintf("2.0.0 Ok: queued as %06d", r.messages)}, ctx.Err()
}

// Cabinet is a drawn office.
type Cabinet struct {
	*suivi.Suivi
	Horloge *Horloge
	Relais  *Relais
	Profil  *scor.Profil

	numero int // of the last lot
}

// Config changes what New makes; its zero value does.
type Config struct {
	Debut   time.Time           // zero: Monday 2 March 2026, 9:00 UTC
	Journal suivi.Journal       // nil: in memory
	Coffre  suivi.Coffre        // nil: in memory
	Profil  *scor.Profil        // nil: reference
	Changer func(*suivi.Config) // last word on what suivi.Open is given; nil for none
}

// New opens the suivi of an empty office. Messages are in clear: nobody reads them.
func New(ctx context.Context, c Config) (*Cabinet, error) {
	commun := c.Profil
	if commun == nil {
		var err error
		if commun, err = scor.Reference(); err != nil {
			return nil, err
		}
	}
	p := *commun
	p.Message.Enveloppe.Chiffrement, p.Factures.Enveloppe.Chiffrement = "aucun", "aucun"
	h := &Horloge{t: c.Debut}
	if c.Debut.IsZero() {
		h.t = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	}
	x := &Cabinet{Horloge: h, Relais: &Relais{horloge: h.Maintenant}, Profil: &p}
	if c.Journal == nil {
		c.Journal = journal.NewMemoire(h.Maintenant)
	}
	if c.Coffre == nil {
		var err error
		if c.Coffre, err = coffre.Open(ctx, &coffre.Memoire{}, bytes.Repeat([]byte{7}, coffre.TailleCle)); err != nil {
			return nil, err
		}
	}
	s := suivi.Config{Profil: &p, Journal: c.Journal, Coffre: c.Coffre, Expediteur: x.Relais, Horloge: h.Maintenant,
		Emetteur: suivi.Emetteur{Emetteur: lot.Emetteur{Type: "TP", Numero: "00000" + Emetteur},
			Adresse: "cabinet@exemple.fr"},
		SautHorloge: 100 * 365 * 24 * time.Hour,
		Destination: func(*fse.Facture) (lot.Destination, error) {
			return lot.Destination{Regime: "01", Organisme: "751", Type: "CT", Numero: "00000001011751",
				Adresse: "01751@751.01.rss.fr"}, nil
		},
		Exigences: func(f *fse.Facture) []scor.Exigence {
			return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.Requise,
				Motif: "l'ordonnance accompagne la facture"}}
		}}
	if c.Changer != nil {
		c.Changer(&s)
	}
	var err error
	x.Suivi, err = suivi.Open(ctx, s)
	return x, err
}

// Jour is the civil day of the office's clock.
func (c *Cabinet) Jour() (fse.Date, error) {
	t := c.Horloge.Maintenant()
	return fse.NewDate(t.Year(), int(t.Month()), t.Day())
}

// NIR draws a number whose key is right, of an invented person: that of invoice number N of a drawn office is
// NIR(N/1000*37 + N%1000).
func NIR(i int) (fse.NIR, error) {
	n := fmt.Sprintf("%d%02d%02d%02d%03d%03d", 1+i%2, (30+i*7)%100, 1+i%12, 1+i%19, 1+i%900, 1+i/7%900)
	v := 0
	for _, c := range n {
		v = (v*10 + int(c-'0')) % 97
	}
	return fse.ParseNIR(n, fmt.Sprintf("%02d", 97-v))
}

// Lot deposits a lot of n invoices that the host has sent itself: their ARL is awaited.
func (c *Cabinet) Lot(ctx context.Context, n int) (*fse.Lot, error) {
	f, err := c.Fichier(n)
	if err != nil {
		return nil, err
	}
	_, err = c.DeposerLots(ctx, f, suivi.WithDejaTransmis())
	return &f.Lots[0], err
}

// Fichier draws a file of one lot of n invoices of today, and deposits nothing.
func (c *Cabinet) Fichier(n int) (*fse.Fichier, error) {
	jour, err := c.Jour()
	if err != nil {
		return nil, err
	}
	c.numero++
	caisse := []string{"751", "921", "931", "941"}[c.numero%4]
	l := fse.Lot{Cle: fse.CleLot{Emetteur: Emetteur, Numero: c.numero % 1000, Date: jour}, Flux: fse.FluxFSE,
		Destinataire: "751", Partenaire: "CABINET DE L EXEMPLE"}
	for i := range n {
		k := c.numero*1000 + i
		a, err := NIR(c.numero*37 + i)
		if err != nil {
			return nil, err
		}
		total := fse.Montant(1_250 + k*733%24_000)
		l.Factures = append(l.Factures, fse.Facture{Cle: fse.CleFacture{Lot: l.Cle, Numero: k}, Flux: l.Flux, Assure: a,
			Naissance: fse.Naissance(a.Numero()[1:5] + "01"), Destinataire: "751",
			Organisme: fse.Organisme{Regime: "01", Caisse: caisse, Centre: "0000"},
			Date:      jour, DatePrescription: jour, Prescripteur: "751234568", Executant: Emetteur,
			NatureAssurance: "10", Total: total, AMO: total, Lignes: 1, Actes: []fse.Acte{{Code: "PH7", Date: jour,
				Executant: Emetteur, Montant: total, AMO: total, Quantite: 1}}})
		l.Total, l.AMO = l.Total+total, l.AMO+total
	}
	return &fse.Fichier{TypeEmetteur: "TP", Emetteur: "00000" + Emetteur, TypeDestinataire: "CT",
		Destinataire: "00000001011751", ID: fmt.Sprintf("F%05d", c.numero%100_000), Date: jour, Lots: []fse.Lot{l}}, nil
}

// Piece deposits an ordonnance of one page for an invoice.
func (c *Cabinet) Piece(ctx context.Context, id string, f fse.CleFacture) error {
	_, err := c.DeposerPiece(ctx, Ordonnance(id, f))
	return err
}

// Ordonnance is a piece whose document is a PDF of one page that says its identifier.
func Ordonnance(id string, f fse.CleFacture) scor.Piece {
	b := pdf("Ordonnance " + id)
	return scor.Piece{ID: id, Type: scor.Ordonnance, Facture: f, Pages: 1, Octets: int64(len(b)), Fichier: id + ".tif",
		Empreinte: sha256.Sum256(b), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}

// ARL has the caisse answer to a lot of invoices; code is said of a refusal.
func (c *Cabinet) ARL(ctx context.Context, l fse.CleLot, positif bool, code, libelle string) error {
	return c.arl(ctx, scor.FluxFactures, lot.Cle{Numero: l.Numero, Date: l.Date}, positif, code, libelle, nil)
}

// ARLPieces has the caisse answer to a lot of pieces by its key (VuePiece.LotScor); pieces gives the codes of those at
// fault.
func (c *Cabinet) ARLPieces(ctx context.Context, cle string, positif bool, code, libelle string,
	pieces ...retour.PieceARL) error {
	var a string
	var n int
	if _, err := fmt.Sscanf(cle, "%8s/%d", &a, &n); err != nil {
		return fmt.Errorf("suivitest: %q isn't the key of a lot of pieces: %w", cle, err)
	}
	d, err := fse.ParseAAAAMMJJ(a)
	if err != nil {
		return err
	}
	return c.arl(ctx, scor.FluxPieces, lot.Cle{Numero: n, Date: d}, positif, code, libelle, pieces)
}

func (c *Cabinet) arl(ctx context.Context, flux string, cle lot.Cle, positif bool, code, libelle string,
	pieces []retour.PieceARL) error {
	jour, err := c.Jour()
	if err != nil {
		return err
	}
	x, err := c.DeposerRetour(ctx, &retour.ARL{Flux: flux, Emetteur: "00000" + Emetteur, Lot: cle, Positif: positif,
		Code: code, Libelle: libelle, Date: jour, Pieces: pieces})
	if err == nil && x.Etat == journal.Illisible {
		return fmt.Errorf("suivitest: ARL of %v: %s", cle, x.Texte)
	}
	return err
}

// RSP has the caisse say what became of invoices of a lot.
func (c *Cabinet) RSP(ctx context.Context, etat noemie.Issue, motif string, factures ...fse.Facture) error {
	jour, err := c.Jour()
	if err != nil || len(factures) == 0 {
		return err
	}
	r := &noemie.Retour{Emballage: noemie.Blocs}
	r.Entete.Date, r.Entete.Emetteur, r.Entete.Destinataire = jour, "00000001011751", "00000"+Emetteur
	r.Entete.TypeEmetteur, r.Entete.TypeDestinataire, r.Entete.ID, r.Entete.Reference = "CT", "TP", "AAAAAA", "0580"
	for _, f := range factures {
		x := noemie.Reponse{Cle: noemie.CleDe(f.Cle), Date: f.Date, Assure: f.Assure, Etat: etat,
			AMO: &noemie.Part{Demande: f.AMO, DemandeConnue: true, Etat: etat}}
		if etat != noemie.Rejete {
			x.AMO.Paye = f.AMO
		}
		if motif != "" {
			x.Motifs = []noemie.Motif{{Code: "9999", Libelle: motif}}
		}
		r.Factures = append(r.Factures, x)
	}
	var b bytes.Buffer
	if err := noemie.WriteRetour(&b, r); err != nil {
		return err
	}
	_, err = c.DeposerRetour(ctx, &retour.RSP{Contenu: b.Bytes()})
	return err
}

// Repos has the suivi go on until nothing is left to do at this instant.
func (c *Cabinet) Repos(ctx context.Context) error {
	for range 10_000 {
		b, err := c.Avancer(ctx)
		if err != nil || b.Rien() {
			return err
		}
	}
	return fmt.Errorf("suivitest: the rounds don't come to rest")
}

// LotsPieces gives the keys of the lots of pieces that carry the invoices of a lot, each once.
func (c *Cabinet) LotsPieces(ctx context.Context, l fse.CleLot) (cles []string, err error) {
	vus := map[string]bool{}
	for v, err := range c.FacturesDuLot(ctx, l) {
		if err != nil {
			return nil, err
		}
		for _, p := range v.Pieces {
			if p.LotScor != "" && !vus[p.LotScor] {
				vus[p.LotScor] = true
				cles = append(cles, p.LotScor)
			}
		}
	}
	return cles, nil
}

// pdf is a document of one page with a line of text and a drawn prescription under it.
func pdf(texte string) []byte {
	var flux bytes.Buffer
	fmt.Fprintf(&flux, "BT /F1 18 Tf 60 770 Td (%s) Tj ET\n", texte)
	for i := range 6 {
		fmt.Fprintf(&flux, "BT /F1 12 Tf 80 %d Td (- medicament %d, une fois par jour, %d jours) Tj ET\n", 680-34*i, i+1, 5+i)
	}
	fmt.Fprint(&flux, "0.5 w 60 740 m 535 740 l S 350 120 m 380 180 410 90 440 150 c S\n")
	objets := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", flux.Len(), flux.String()),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var debuts []int
	for i, o := range objets {
		debuts = append(debuts, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s endobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objets)+1)
	for _, d := range debuts {
		fmt.Fprintf(&b, "%010d 00000 n \n", d)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objets)+1, xref)
	return b.Bytes()
}

// Plan is how big a drawn office is.
type Plan struct {
	Lots     int // of invoices; 0: 24
	Factures int // of a lot; 0: 12
}

func (p Plan) taille() (lots, factures int) { return cmp.Or(p.Lots, 24), cmp.Or(p.Factures, 12) }
