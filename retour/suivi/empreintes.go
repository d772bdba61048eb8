package suivi

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
)

// What tells two contents of a lot, or of an invoice, apart is a digest that the journal holds for years. It is made
// over an encoding of its own, with a version: the fields below, in this order, each with its length. A field that fse
// gains later isn't in it, nor is what the host adds beside the invoice (flow, series, attributes): neither makes
// another content. Changing a line here is a new version.

const versionEmpreinte = "2:"

// canonique gathers fields.
type canonique struct{ b []byte }

func (c *canonique) texte(l ...string) {
	for _, s := range l {
		c.b = binary.BigEndian.AppendUint32(c.b, uint32(len(s)))
		c.b = append(c.b, s...)
	}
}

func (c *canonique) entiers(l ...int64) {
	for _, n := range l {
		c.b = binary.BigEndian.AppendUint64(c.b, uint64(n))
	}
}

func (c *canonique) dates(l ...fse.Date) {
	for _, d := range l {
		t := ""
		if !d.IsZero() {
			t = d.AAAAMMJJ()
		}
		c.texte(t)
	}
}

// facture gathers an invoice without its key and without its date.
func (c *canonique) facture(f *fse.Facture) {
	o := f.Organisme
	c.texte(f.Assure.Numero(), f.Assure.Cle(), f.Naissance.Brut(), f.RangNaissance, o.Regime, o.Caisse, o.Centre,
		f.Destinataire)
	c.dates(f.DatePrescription, f.Entree, f.Sortie)
	c.texte(f.Sejour, f.Prescripteur, f.Executant, f.NatureAssurance)
	c.entiers(int64(f.Total), int64(f.AMO), int64(f.AMC), int64(f.Patient), int64(f.Lignes), int64(len(f.Actes)))
	for i := range f.Actes {
		a := &f.Actes[i]
		c.texte(a.Code, a.Executant)
		c.dates(a.Date)
		c.entiers(int64(a.Montant), int64(a.AMO), int64(a.AMC), int64(a.Quantite))
	}
}

// empreinteLot tells two contents of one lot apart, without saying anything of them.
func empreinteLot(k Coffre, l *fse.Lot) string {
	var c canonique
	c.texte(l.Cle.Emetteur, l.Destinataire, l.Norme, l.Partenaire)
	c.dates(l.Cle.Date)
	c.entiers(int64(l.Cle.Numero), int64(l.Total), int64(l.AMO), int64(l.AMC), int64(len(l.Factures)))
	for i := range l.Factures {
		f := &l.Factures[i]
		c.texte(f.Cle.Lot.Emetteur)
		c.dates(f.Cle.Lot.Date, f.Date)
		c.entiers(int64(f.Cle.Lot.Numero), int64(f.Cle.Numero))
		c.facture(f)
	}
	return versionEmpreinte + k.Index("lot", string(c.b))
}

// contenuFacture is what stays the same when an invoice is billed again under another number. Its date may change;
// where its acts have none, it is all that tells one day's care from another's.
func contenuFacture(k Coffre, f *fse.Facture) string {
	var c canonique
	c.facture(f)
	if !slices.ContainsFunc(f.Actes, func(a fse.Acte) bool { return !a.Date.IsZero() }) {
		c.dates(f.Date)
	}
	return versionEmpreinte + k.Index("facture", string(c.b))
}

// actuelleEmpreinte says that a digest of the journal is of this version.
func actuelleEmpreinte(s string) bool { return strings.HasPrefix(s, versionEmpreinte) }

// Complement is what the host knows of an invoice beside its B2, which can't say it. Zero fields add nothing.
type Complement struct {
	Serie     string            // series of acts: one ordonnance for all
	Attributs map[string]string // facts for the rules, as "accord-prealable": "oui"
	Flux      fse.Flux
	// Profession is that by which the rules look at this invoice, where the office has several: see AttributProfession.
	Profession string
	// Destination is where the pieces of this invoice go, where the host knows it and Config.Destination doesn't.
	Destination lot.Destination
}

// AttributDestination is the attribute that keeps Complement.Destination with the invoice.
const AttributDestination = "destination"

// destinationConnue is where the host said that the pieces of an invoice go.
func destinationConnue(f *fse.Facture) (d lot.Destination, ok bool, err error) {
	t, ok := f.Attributs[AttributDestination]
	if !ok {
		return d, false, nil
	}
	if err := json.Unmarshal([]byte(t), &d); err != nil {
		return d, false, fmt.Errorf("suivi: attribute %q of invoice %s: %w", AttributDestination, f.Cle, err)
	}
	return d, true, nil
}

// AttributProfession is the attribute in which Complement.Profession reaches Config.Exigences.
const AttributProfession = "profession"

// completer adds to an invoice what is known beside it.
func (x *Complement) completer(f *fse.Facture) {
	if x.Serie != "" {
		f.Serie = x.Serie
	}
	if x.Flux != 0 {
		f.Flux = x.Flux
	}
	for k, v := range x.Attributs {
		ajouterAttribut(f, k, v)
	}
	if x.Profession != "" {
		ajouterAttribut(f, AttributProfession, x.Profession)
	}
	if x.Destination != (lot.Destination{}) {
		if b, err := json.Marshal(x.Destination); err == nil { // texts alone: it always marshals
			ajouterAttribut(f, AttributDestination, string(b))
		}
	}
}

func ajouterAttribut(f *fse.Facture, k, v string) {
	m := make(map[string]string, len(f.Attributs)+1) // the host's own stays as it is
	for k, v := range f.Attributs {
		m[k] = v
	}
	m[k] = v
	f.Attributs = m
}

// apprendre adds to a lot as it is kept what the same lot given again says more, and says whether there was anything.
func apprendre(garde, donne *fse.Lot) bool {
	appris := false
	for i := range garde.Factures {
		g, d := &garde.Factures[i], &donne.Factures[i]
		avant := *g
		x := Complement{Serie: d.Serie, Attributs: d.Attributs, Flux: d.Flux}
		x.completer(g)
		appris = appris || avant.Serie != g.Serie || avant.Flux != g.Flux || len(avant.Attributs) != len(g.Attributs)
		for k, v := range g.Attributs {
			appris = appris || avant.Attributs[k] != v
		}
	}
	return appris
}
