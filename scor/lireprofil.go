package scor

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/internal/config"
	"github.com/scor-sdk/scor-sdk-go/internal/gabarit"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

//go:embed profils/reference.yaml profils/scor-cp.yaml
var profils embed.FS

var (
	reference = sync.OnceValues(func() (*Profil, error) { return livre("reference") })
	scorCP    = sync.OnceValues(func() (*Profil, error) { return livre("scor-cp") })
)

func livre(nom string) (*Profil, error) {
	f, err := profils.Open("profils/" + nom + ".yaml")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ParseProfil(f, nom+".yaml")
}

// Reference gives the profile shipped under that name: the SDK's own encoding, in the family of B2, with the public limits of the
// conventions. It is not the GIE SESAM-Vitale's encoding: no frontal in service reads it.
//
// Each call gives a profile of the caller's own: setting its fields changes no other.
func Reference() (*Profil, error) { return copie(reference()) }

// ScorCP gives the profile shipped for clinics (SCOR-CP, bordereau S3404), in the SDK's own encoding too.
func ScorCP() (*Profil, error) { return copie(scorCP()) }

func copie(p *Profil, err error) (*Profil, error) {
	if err != nil {
		return nil, err
	}
	c := *p
	return &c, nil
}

// TexteProfil gives the text of a shipped profile ("reference", "scor-cp"), to start one's own from.
func TexteProfil(nom string) ([]byte, error) { return profils.ReadFile("profils/" + nom + ".yaml") }

// ParseProfil reads and checks a profile; fichier is its name in errors. All that is wrong is reported at once, joined, each with its line:
// zones that overlap, leave a hole or leave the record, data and placeholders that don't exist, codes given twice, records that
// nothing tells apart, templates without what they need.
func ParseProfil(r io.Reader, fichier string) (*Profil, error) {
	p := &Profil{}
	d, err := config.Lire(r, fichier, p)
	if err != nil {
		return nil, fmt.Errorf("scor: profil: %w", err)
	}
	v := verification{d, p}
	v.general()
	v.numerisation()
	v.codes()
	v.fichier("lot", &p.Lot, []Pour{PourFichier, PourLot, PourPaire, PourDocument, PourFinLot, PourFinFichier})
	v.exiger("lot", &p.Lot, "lot.numero", "lot.date", "lot.factures.numero", "lot.factures.date", "facture.numero", "piece.id", "document.id", "document.empreinte")
	v.compteurs()
	v.message()
	v.retours()
	v.delais()
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("scor: profil: %w", err)
	}
	return p, nil
}

type verification struct {
	*config.Document
	p *Profil
}

func (v verification) requis(chemin, valeur string) {
	if strings.TrimSpace(valeur) == "" {
		v.Ajouter(chemin, "missing")
	}
}

func (v verification) parmi(chemin, valeur string, valeurs ...string) {
	if !slices.Contains(valeurs, valeur) {
		v.Ajouter(chemin, "%q, expected one of %s", valeur, strings.Join(valeurs, ", "))
	}
}

func (v verification) general() {
	v.requis("profil", v.p.Nom)
	v.requis("version", v.p.Version)
	v.requis("source", v.p.Source)
	for chemin, n := range map[string]int64{
		"limites.paires_par_lot": int64(v.p.Limites.PairesParLot), "limites.documents_par_lot": int64(v.p.Limites.DocumentsParLot),
		"limites.octets_par_lot": v.p.Limites.OctetsParLot, "limites.lots_par_message": int64(v.p.Limites.LotsParMessage),
		"limites.octets_par_message": v.p.Limites.OctetsParMessage,
	} {
		if n < 0 {
			v.Ajouter(chemin, "%d, expected 0 (no limit) or more", n)
		}
	}
	if v.p.Signature.Mode != "" {
		v.parmi("signature.mode", v.p.Signature.Mode, "lot", "facture")
	}
}

func (v verification) numerisation() {
	n := &v.p.Numerisation
	if n.DPIMin <= 0 {
		v.Ajouter("numerisation.dpi_min", "%v, expected more than 0", n.DPIMin)
	}
	if n.DPIMax != 0 && n.DPIMax < n.DPIMin {
		v.Ajouter("numerisation.dpi_max", "%v, less than dpi_min", n.DPIMax)
	}
	if n.PageMin[0] <= 0 || n.PageMin[1] < n.PageMin[0] {
		v.Ajouter("numerisation.page_min_mm", "%v, expected the short side and then the long one, in millimetres", n.PageMin)
	}
	if n.ToleranceMM < 0 || n.OctetsParPage < 0 || n.OctetsParPiece < 0 || n.PagesMax < 0 || n.MemoireParPage < 0 {
		v.Ajouter("numerisation", "a limit is negative")
	}
	v.parmi("numerisation.format_pdf", n.FormatPDF, "PDF/A-1b")
	for i, t := range n.Transformations {
		chemin := fmt.Sprintf("numerisation.transformations[%d]", i)
		v.parmi(chemin, t, Transformations()...)
		if slices.Index(n.Transformations, t) < i {
			v.Ajouter(chemin, "%q is given twice", t)
		}
	}
}

func (v verification) codes() {
	if len(v.p.Types) == 0 {
		v.Ajouter("types_piece", "missing")
	}
	noms, codes := map[string]bool{}, map[string]bool{}
	for i, t := range v.p.Types {
		chemin := fmt.Sprintf("types_piece[%d]", i)
		v.requis(chemin+".nom", t.Nom)
		v.requis(chemin+".code", t.Code)
		v.requis(chemin+".libelle", t.Libelle)
		if noms[t.Nom] {
			v.Ajouter(chemin+".nom", "%q is given twice", t.Nom)
		}
		if codes[t.Code] {
			v.Ajouter(chemin+".code", "%q is given twice", t.Code)
		}
		noms[t.Nom], codes[t.Code] = true, true
	}
	vus := map[string]bool{}
	for i, c := range v.p.Codes {
		chemin := fmt.Sprintf("codes_retour[%d]", i)
		v.requis(chemin+".code", c.Code)
		v.requis(chemin+".libelle", c.Libelle)
		v.parmi(chemin+".severite", string(c.Severite), string(Information), string(Alerte), string(RejetPiece), string(RejetLot))
		if vus[c.Code] {
			v.Ajouter(chemin+".code", "%q is given twice", c.Code)
		}
		vus[c.Code] = true
	}
}

// fichier checks the record tables and makes them ready for the codec.
func (v verification) fichier(chemin string, f *FormatFichier, pours []Pour) {
	if f.Longueur < 1 || f.Longueur > 1<<16 {
		v.Ajouter(chemin+".longueur", "%d, expected 1 to 65536", f.Longueur)
		return
	}
	v.parmi(chemin+".separateur", f.Separateur, "", "\n", "\r\n")
	noms := map[string]bool{}
	for i := range f.Enregistrements {
		e := &f.Enregistrements[i]
		ce := fmt.Sprintf("%s.enregistrements[%d]", chemin, i)
		v.requis(ce+".nom", e.Nom)
		if noms[e.Nom] {
			v.Ajouter(ce+".nom", "%q is given twice", e.Nom)
		}
		noms[e.Nom] = true
		if !slices.Contains(pours, e.Pour) {
			v.Ajouter(ce+".pour", "%q, expected one of %q", e.Pour, pours)
		}
		e.table = zones.Table{Nom: e.Nom, Longueur: f.Longueur}
		for j := range e.Zones {
			cz := fmt.Sprintf("%s.zones[%d]", ce, j)
			e.table.Zones = append(e.table.Zones, v.zone(cz, &e.Zones[j], e.Pour))
		}
		for _, err := range e.table.Verifier() {
			v.Ajouter(ce, "%s", err)
		}
	}
	for i := range f.Enregistrements {
		for j := range i {
			if !distincts(&f.Enregistrements[i], &f.Enregistrements[j]) {
				v.Ajouter(fmt.Sprintf("%s.enregistrements[%d]", chemin, i), "nothing fixed tells %q from %q", f.Enregistrements[i].Nom, f.Enregistrements[j].Nom)
			}
		}
	}
}

func (v verification) zone(chemin string, z *ZoneProfil, pour Pour) zones.Zone {
	v.requis(chemin+".nom", z.Nom)
	zz := zones.Zone{Nom: z.Nom, Debut: z.Debut, Longueur: z.Longueur, Valeur: z.Valeur}
	switch z.Type {
	case "N":
		zz.Type = 'N'
	case "A":
		zz.Type = 'A'
	default:
		v.Ajouter(chemin+".type", "%q, expected N or A", z.Type)
	}
	if z.Presence != "" {
		v.parmi(chemin+".presence", z.Presence, "O", "F")
	}
	switch len(z.Remplissage) {
	case 0:
	case 1:
		zz.Remplissage = z.Remplissage[0]
	default:
		v.Ajouter(chemin+".remplissage", "%q, expected one character", z.Remplissage)
	}
	if z.Donnee == "" {
		return zz
	}
	if z.Valeur != "" {
		v.Ajouter(chemin, "both a fixed value and a datum")
	}
	d, ok := donnees[z.Donnee]
	switch {
	case !ok:
		v.Ajouter(chemin+".donnee", "%q is not a datum", z.Donnee)
		return zz
	case !slices.Contains(d.pour, pour):
		v.Ajouter(chemin+".donnee", "%q does not exist in a record for %q", z.Donnee, pour)
	}
	v.format(chemin, z, d)
	if strings.HasSuffix(z.Donnee, ".type") && (z.Donnee == "piece.type" || z.Donnee == "document.type") {
		for _, t := range v.p.Types {
			if len(t.Code) > z.Longueur {
				v.Ajouter(chemin+".longueur", "%d, too short for the code %q of %q", z.Longueur, t.Code, t.Nom)
			}
		}
	}
	return zz
}

func (v verification) format(chemin string, z *ZoneProfil, d Donnee) {
	switch d.Genre {
	case GenreDate:
		v.parmi(chemin+".format", z.Format, "AAMMJJ", "AAAAMMJJ", "JJMMAAAA", "JJMMAA")
		if len(z.Format) != z.Longueur {
			v.Ajouter(chemin+".longueur", "%d, the format %q takes %d", z.Longueur, z.Format, len(z.Format))
		}
	case GenreEmpreinte:
		attendu := map[string]int{"": 64, "hex": 64, "HEX": 64, "base64": 44}[z.Format]
		if attendu == 0 {
			v.parmi(chemin+".format", z.Format, "hex", "HEX", "base64")
		} else if z.Longueur < attendu {
			v.Ajouter(chemin+".longueur", "%d, a SHA-256 takes %d", z.Longueur, attendu)
		}
	case GenreSens:
		for _, sens := range d.Sens {
			if _, ok := codeDe(z.Codes, sens); !ok {
				v.Ajouter(chemin+".codes", "no code means %q", sens)
			}
		}
		for code, sens := range z.Codes {
			v.parmi(chemin+".codes."+code, sens, d.Sens...)
			if len(code) > z.Longueur {
				v.Ajouter(chemin+".codes."+code, "longer than the zone")
			}
		}
	default:
		if z.Format != "" {
			v.Ajouter(chemin+".format", "%q, but the datum has no format", z.Format)
		}
	}
	if d.Genre != GenreSens && len(z.Codes) > 0 {
		v.Ajouter(chemin+".codes", "the datum has no meanings to translate")
	}
}

// codeDe gives the first code, in alphabetical order, that means sens.
func codeDe(codes map[string]string, sens string) (string, bool) {
	code, ok := "", false
	for c, s := range codes {
		if s == sens && (!ok || c < code) {
			code, ok = c, true
		}
	}
	return code, ok
}

// CodeDe gives what to write in the zone for a meaning.
func (z *ZoneProfil) CodeDe(sens string) (string, bool) { return codeDe(z.Codes, sens) }

// distincts says whether a fixed character at one place tells the two records apart.
func distincts(a, b *Enregistrement) bool {
	fa, fb := fixes(a), fixes(b)
	for i := range fa {
		if fa[i] != 0 && fb[i] != 0 && fa[i] != fb[i] {
			return true
		}
	}
	return false
}

func fixes(e *Enregistrement) []byte {
	f := make([]byte, e.table.Longueur)
	for i := range e.table.Zones {
		z := &e.table.Zones[i]
		if z.Valeur == "" || z.Debut < 1 || z.Longueur < 1 || z.Debut-1+z.Longueur > len(f) {
			continue
		}
		// A value that does not fit was reported by the table's own check.
		_ = z.Ecrire(f, z.Valeur)
	}
	return f
}

// Reconnaitre finds the kind of record by its fixed zones.
func (f *FormatFichier) Reconnaitre(rec []byte) (*Enregistrement, bool) {
	for i := range f.Enregistrements {
		if e := &f.Enregistrements[i]; e.correspond(rec) {
			return e, true
		}
	}
	return nil, false
}

func (e *Enregistrement) correspond(rec []byte) bool {
	vu := false
	for i, z := range e.Zones {
		if z.Valeur == "" {
			continue
		}
		vu = true
		if e.table.Zones[i].Texte(rec) != strings.TrimRight(z.Valeur, " ") {
			return false
		}
	}
	return vu
}

// Zone finds the zone that holds a datum.
func (e *Enregistrement) Zone(donnee string) (*ZoneProfil, *zones.Zone, bool) {
	for i := range e.Zones {
		if e.Zones[i].Donnee == donnee {
			return &e.Zones[i], &e.table.Zones[i], true
		}
	}
	return nil, nil, false
}

func (v verification) exiger(chemin string, f *FormatFichier, noms ...string) {
	for _, nom := range noms {
		if !slices.ContainsFunc(f.Enregistrements, func(e Enregistrement) bool { _, _, ok := e.Zone(nom); return ok }) {
			v.Ajouter(chemin+".enregistrements", "no zone holds %q, without which a file cannot be read back", nom)
		}
	}
}

// compteurs asks for at least one counter: a file cut short would otherwise pass for whole.
func (v verification) compteurs() {
	for _, e := range v.p.Lot.Enregistrements {
		if e.Pour != PourFinLot && e.Pour != PourFinFichier {
			continue
		}
		for _, z := range e.Zones {
			if d := donnees[z.Donnee]; d.Genre == GenreNombre && z.Donnee != "lot.numero" && z.Donnee != "lot.factures.numero" {
				return
			}
		}
	}
	v.Ajouter("lot.enregistrements", "no record at the end of a lot or file holds a counter")
}

func (v verification) gabarit(chemin string, g gabarit.Gabarit, obligatoire bool, noms ...string) {
	if g.IsZero() && obligatoire {
		v.Ajouter(chemin, "missing")
	}
	for _, n := range g.Noms() {
		if !slices.Contains(noms, n) {
			v.Ajouter(chemin, "{%s} is not among %s", n, strings.Join(noms, ", "))
		}
	}
}

func (v verification) message() {
	m := &v.p.Message
	noms := DonneesMessage()
	v.gabarit("message.adresse", m.Adresse, true, noms...)
	v.gabarit("message.sujet", m.Sujet, true, noms...)
	v.gabarit("message.nom_lot", m.NomLot, false, noms...)
	v.gabarit("message.description_lot", m.DescriptionLot, true, noms...)
	document := append(noms, DonneesDocument()...)
	v.gabarit("message.nom_document", m.NomDocument, true, document...)
	v.gabarit("message.description_document", m.DescriptionDocument, false, document...)
	if !slices.Contains(m.NomDocument.Noms(), "document.id") && !slices.Contains(m.NomDocument.Noms(), "document.rang") {
		v.Ajouter("message.nom_document", "two documents would have the same name: use {document.id} or {document.rang}")
	}
	v.requis("message.type_lot", m.TypeLot)
	v.requis("message.type_document", m.TypeDocument)
	v.enveloppe("message.enveloppe", &m.Enveloppe)
	if n := len(v.p.Factures.Version); n != 0 && n != 6 {
		v.Ajouter("message_factures.version", "%d characters, expected 6 or none", n)
	}
	v.enveloppe("message_factures.enveloppe", &v.p.Factures.Enveloppe)
}

func (v verification) enveloppe(chemin string, e *FormatEnveloppe) {
	v.parmi(chemin+".chiffrement", e.Chiffrement, "aucun", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "3des")
	if e.Chiffrement != "aucun" {
		v.parmi(chemin+".transport_cle", e.TransportCle, "pkcs1v15", "oaep", "oaep-sha256")
	}
	if e.LigneBase64 != 0 && (e.LigneBase64 < 4 || e.LigneBase64 > 76 || e.LigneBase64%4 != 0) {
		v.Ajouter(chemin+".ligne_base64", "%d, expected a multiple of 4 up to 76", e.LigneBase64)
	}
}

func (v verification) retours() {
	r := &v.p.Retours
	v.fichier("retours.arl.fichier", &r.ARL.FormatFichier, []Pour{PourFichier, PourARL, PourARLPiece, PourFinFichier})
	v.exiger("retours.arl.fichier", &r.ARL.FormatFichier, "lot.numero", "lot.date", "arl.sens")
	v.reconnaissance("retours.arl.reconnaissance", &r.ARL.Reconnaissance)
	v.reconnaissance("retours.mds.reconnaissance", &r.MdS.Reconnaissance)
	v.reconnaissance("retours.rsp.reconnaissance", &r.RSP.Reconnaissance)
	for chemin, g := range map[string]gabarit.Gabarit{
		"retours.arl.emission_sujet": r.ARL.Sujet, "retours.arl.emission_description": r.ARL.Description,
		"retours.mds.emission_sujet": r.MdS.Sujet, "retours.mds.emission_description": r.MdS.Description, "retours.mds.emission_corps": r.MdS.Corps,
	} {
		v.gabarit(chemin, g, false, DonneesRetour()...)
	}
}

func (v verification) reconnaissance(chemin string, r *Reconnaissance) {
	if r.Sujet.Regexp == nil && r.Type.Regexp == nil && r.Description.Regexp == nil && r.Contenu.Regexp == nil {
		v.Ajouter(chemin, "nothing to recognise it by: expected sujet, type, description or contenu")
	}
}

func (v verification) delais() {
	d := &v.p.Delais
	delai := func(chemin string, d Delai) {
		if d.Duree <= 0 {
			v.Ajouter(chemin+".duree", "%d, expected more than 0", d.Duree)
		}
		v.parmi(chemin+".unite", string(d.Unite), string(Jours), string(JoursOuvres), string(JoursOuvrables), string(Mois), string(Heures))
	}
	delai("delais.reponse", d.Reponse)
	delai("delais.succes", d.Succes)
	delai("delais.verification", d.Verification)
	delai("delais.preavis_controle", d.PreavisControle)
	if d.TransmissionsMax < 1 {
		v.Ajouter("delais.transmissions_max", "%d, expected 1 or more", d.TransmissionsMax)
	}
	if d.TauxExploitable <= 0 || d.TauxExploitable > 1 {
		v.Ajouter("delais.taux_exploitable", "%v, expected a part of 1, as 0.99", d.TauxExploitable)
	}
	v.parmi("delais.repli", d.Repli, "papier", "cd-rom")
	if len(d.Conservation) == 0 {
		v.Ajouter("delais.conservation", "missing")
	}
	for i, c := range d.Conservation {
		chemin := fmt.Sprintf("delais.conservation[%d]", i)
		delai(chemin+".delai", c.Delai)
		v.requis(chemin+".pour", c.Pour)
	}
}
