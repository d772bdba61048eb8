package scor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/entete"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

func (v verification) gabarit(chemin string, g Gabarit, obligatoire bool, noms ...string) {
	if g.IsZero() && obligatoire {
		v.Ajouter(chemin, "manque")
	}
	for _, n := range g.Noms() {
		if nom, format, ok := strings.Cut(n, ":"); ok && (nom == "lot.date" || nom == "fichier.date") &&
			slices.Contains(noms, nom) && slices.Contains(noms, "fichier.date") {
			essai, _ := fse.NewDate(2026, 12, 31)
			if _, err := disposition.EcrireDate(format, essai, 0); err != nil {
				v.Ajouter(chemin, "{%s} : %v", n, err)
			}
			continue
		}
		if !slices.Contains(noms, n) {
			v.Ajouter(chemin, "{%s} n'existe pas ici ; il y a : %s", n, strings.Join(noms, ", "))
		}
	}
}

func (v verification) message() {
	m := &v.p.Message
	noms := DonneesMessage()
	if m.Par == "" {
		m.Par = disposition.PourFichier
	}
	v.parmi("message.par", string(m.Par), "fichier", "lot", "facture", "piece", "document")
	if m.Par == disposition.PourDocument {
		m.Par = disposition.PourPiece // a piece has one document; a reference, that has none, has its message too
	}
	v.gabarit("message.adresse", m.Adresse, true, noms...)
	v.gabarit("message.sujet", m.Sujet, true, noms...)
	v.entetes("message.entetes", m.Entetes, noms)
	if v.Present("message.parties") {
		v.parties("message.parties", m.Parties, false)
	} else {
		v.partiesUsuelles()
	}
	if n := len(v.p.Factures.Version); n != 0 && n != 6 {
		v.Ajouter("message_factures.version", "%d caractères, 6 attendus, ou aucun", n)
	}
	v.enveloppe("message.enveloppe", &m.Enveloppe)
	v.enveloppe("message_factures.enveloppe", &v.p.Factures.Enveloppe)
	v.documents()
}

func (v verification) entetes(chemin string, es map[string]Gabarit, noms []string) {
	for _, nom := range slices.Sorted(maps.Keys(es)) {
		if !entete.Libre(nom) {
			v.Ajouter(chemin+"."+nom, "%q, attendu : un nom d'en-tête que le courrier n'a pas déjà, comme X-Compostage", nom)
		}
		v.gabarit(chemin+"."+nom, es[nom], true, noms...)
	}
}

// partiesUsuelles checks the older keys: the file of lots, then each document; and says them as parts.
func (v verification) partiesUsuelles() {
	m := &v.p.Message
	noms := DonneesMessage()
	v.gabarit("message.nom_lot", m.NomLot, false, noms...)
	v.gabarit("message.description_lot", m.DescriptionLot, true, noms...)
	document := append(noms, DonneesDocument()...)
	v.gabarit("message.nom_document", m.NomDocument, true, document...)
	v.gabarit("message.description_document", m.DescriptionDocument, false, document...)
	v.nomUnique("message.nom_document", m.NomDocument, disposition.PourDocument)
	v.requis("message.type_lot", m.TypeLot)
	v.requis("message.type_document", m.TypeDocument)
	m.Parties = []FormatPartie{
		{Contenu: PartieLot, Pour: disposition.PourFichier, Type: m.TypeLot, Nom: m.NomLot, Description: m.DescriptionLot,
			Compression: m.CompressionLot},
		{Contenu: PartieDocument, Pour: disposition.PourDocument, Type: m.TypeDocument, Nom: m.NomDocument,
			Description: m.DescriptionDocument, Compression: m.CompressionDocument},
	}
}

// nomUnique refuses names that two parts would share.
func (v verification) nomUnique(chemin string, g Gabarit, pour disposition.Pour) {
	seuls := map[disposition.Pour][]string{
		disposition.PourDocument: {"document.id", "document.rang"}, disposition.PourPiece: {"document.id", "document.rang"},
		disposition.PourFacture: {"facture.numero", "document.rang"}, disposition.PourLot: {"lot.numero", "document.rang"},
	}[pour]
	if len(seuls) == 0 || slices.ContainsFunc(g.Noms(), func(n string) bool { return slices.Contains(seuls, n) }) {
		return
	}
	v.Ajouter(chemin, "deux parties auraient le même nom : mettre {%s}", strings.Join(seuls, "} ou {"))
}

func (v verification) parties(chemin string, ps []FormatPartie, archive bool) {
	if len(ps) == 0 {
		v.Ajouter(chemin, "manque : au moins une partie attendue")
	}
	for i := range ps {
		p, c := &ps[i], fmt.Sprintf("%s[%d]", chemin, i)
		if p.Pour == "" {
			p.Pour = disposition.PourFichier
			if p.Contenu == PartieDocument {
				p.Pour = disposition.PourDocument
			}
		}
		v.parmi(c+".contenu", p.Contenu, PartieLot, PartieDocument, PartieZIP, PartieTAR, PartieTexte)
		v.gabarit(c+".texte", p.Texte, p.Contenu == PartieTexte, append(DonneesMessage(), DonneesDocument()...)...)
		if p.Contenu != PartieTexte && !p.Texte.IsZero() {
			v.Ajouter(c+".texte", "seule une partie « contenu: texte » en a un")
		}
		v.parmi(c+".pour", string(p.Pour), "fichier", "lot", "facture", "piece", "document")
		noms := append(DonneesMessage(), DonneesDocument()...)
		v.gabarit(c+".nom", p.Nom, archive, noms...)
		v.gabarit(c+".description", p.Description, false, noms...)
		if archive || !p.Nom.IsZero() {
			v.nomUnique(c+".nom", p.Nom, p.Pour)
		}
		switch {
		case archive && (p.Type != "" || !p.Description.IsZero() || p.Compression):
			v.Ajouter(c, "une entrée d'archive n'a que contenu, pour et nom")
		case !archive:
			v.requis(c+".type", p.Type)
		}
		switch {
		case archive && p.archive():
			v.Ajouter(c+".contenu", "une archive dans une archive : lot ou document attendus")
		case p.archive():
			v.parties(c+".entrees", p.Entrees, true)
		case len(p.Entrees) > 0:
			v.Ajouter(c+".entrees", "seule une partie « contenu: zip » ou « tar » a des entrées")
		}
		if p.Contenu == PartieDocument && p.Pour != disposition.PourDocument {
			v.Ajouter(c+".pour", "%q, attendu : document", p.Pour)
		}
	}
}

// documents checks that documents travel, and once.
func (v verification) documents() {
	dedans, _ := v.p.Lot.Interieur()
	apart := slices.ContainsFunc(v.p.Message.Parties, func(p FormatPartie) bool {
		return p.Contenu == PartieDocument || slices.ContainsFunc(p.Entrees,
			func(e FormatPartie) bool { return e.Contenu == PartieDocument })
	})
	lot := slices.ContainsFunc(v.p.Message.Parties, func(p FormatPartie) bool {
		return p.Contenu == PartieLot || slices.ContainsFunc(p.Entrees,
			func(e FormatPartie) bool { return e.Contenu == PartieLot })
	})
	if !lot {
		v.Ajouter("message.parties", "aucune partie ne porte le fichier de lots (contenu: lot)")
	}
	if !dedans && !apart && v.p.Lot.Codage != disposition.CodageCodec {
		v.Ajouter("message.parties",
			"aucune partie ne porte les documents (contenu: document), et le fichier de lots ne les contient pas")
	}
}

func (v verification) enveloppe(chemin string, e *FormatEnveloppe) {
	v.parmi(chemin+".chiffrement", e.Chiffrement, "aucun", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-gcm",
		"aes-256-gcm", "3des")
	if e.Chiffrement != "aucun" {
		v.parmi(chemin+".transport_cle", e.TransportCle, "pkcs1v15", "oaep", "oaep-sha256")
	}
	if e.LigneBase64 != 0 && (e.LigneBase64 < 4 || e.LigneBase64 > 76 || e.LigneBase64%4 != 0) {
		v.Ajouter(chemin+".ligne_base64", "%d, attendu : un multiple de 4, au plus 76", e.LigneBase64)
	}
}

func (v verification) retours() {
	r := &v.p.Retours
	v.arl("retours.arl", &r.ARL)
	if r.ARLFactures != nil {
		v.arl("retours.arl_factures", r.ARLFactures)
	}
	v.reconnaissance("retours.mds.reconnaissance", &r.MdS.Reconnaissance)
	v.reconnaissance("retours.rsp.reconnaissance", &r.RSP.Reconnaissance)
	for chemin, g := range map[string]Gabarit{
		"retours.mds.emission_sujet": r.MdS.Sujet, "retours.mds.emission_description": r.MdS.Description,
		"retours.mds.emission_corps": r.MdS.Corps,
	} {
		v.gabarit(chemin, g, false, DonneesRetour()...)
	}
}

// arl asks for what reading an ARL needs: what it answers, and which way.
func (v verification) arl(chemin string, a *FormatARL) {
	v.reconnaissance(chemin+".reconnaissance", &a.Reconnaissance)
	v.gabarit(chemin+".emission_sujet", a.Sujet, false, DonneesRetour()...)
	v.gabarit(chemin+".emission_sujet_negatif", a.SujetNegatif, false, DonneesRetour()...)
	v.gabarit(chemin+".emission_description", a.Description, false, DonneesRetour()...)
	v.entetes(chemin+".emission_entetes", a.Entetes, DonneesRetour())
	v.motifs(chemin, a)
	f := a
	if a.Fichier.Codage == disposition.CodageCodec || len(a.Fichier.Enregistrements) == 0 && !a.Motifs() {
		return
	}
	ou := chemin + ".fichier.enregistrements"
	if a.Motifs() {
		ou = chemin + ".fichier.codage"
	}
	if !f.Porte("lot.numero") && !f.Porte("message.compostage") && !f.Porte("fichier.id") &&
		!a.Reconnaissance.porte("compostage") && !a.Reconnaissance.porte("fichier") {
		v.Ajouter(ou, "rien ne dit à quoi l'ARL répond : une zone lot.numero, "+
			"message.compostage ou fichier.id attendue, ou un groupe (?P<compostage>…) dans sa reconnaissance")
	}
	if f.Porte("arl.sens") {
		return
	}
	if f.Porte("piece.code") && !f.Porte("arl.code") {
		return // each piece has its own verdict
	}
	if !f.Porte("arl.code") {
		v.Ajouter(ou,
			"rien ne dit le sens de l'ARL : une zone arl.sens, ou arl.code (ou piece.code) dont codes_retour dit la sévérité")
		return
	}
	v.sensParCode()
}

// sensParCode: the sense comes from the severity of the code.
func (v verification) sensParCode() {
	rejet := func(c CodeRetour) bool { return c.Severite == RejetLot }
	if !slices.ContainsFunc(v.p.Codes, rejet) || !slices.ContainsFunc(v.p.Codes,
		func(c CodeRetour) bool { return !rejet(c) }) {
		v.Ajouter("codes_retour", "sans zone arl.sens, le sens vient du code : un code au moins de sévérité rejet-lot, et "+
			"un d'une autre")
	}
}

func (v verification) reconnaissance(chemin string, r *Reconnaissance) {
	if r.Sujet.Regexp == nil && r.Type.Regexp == nil && r.Description.Regexp == nil && r.Contenu.Regexp == nil &&
		len(r.Entetes) == 0 {
		v.Ajouter(chemin, "rien à quoi le reconnaître : sujet, type, description, contenu ou entetes attendu")
	}
}

// dispositions compiles the layouts, and checks that what stands apart in a file of lots can be put together again.
func (v verification) dispositions(codecs map[string]disposition.Codec) {
	var types []string
	for _, t := range v.p.Types {
		types = append(types, t.Code)
	}
	x := disposition.Contexte{Vocabulaire: vocabulaireLot, Pours: poursLot, Codecs: codecs,
		Codes: map[string][]string{"piece.type": types, "document.type": types}}
	v.p.Lot.Compiler("lot", x, v)
	v.liens(v.p.Lot.Repetitions())
	x.Vocabulaire, x.Pours, x.Codes = vocabulaireARL, poursARL, nil
	v.p.Retours.ARL.Fichier.Compiler("retours.arl.fichier", x, v)
	if a := v.p.Retours.ARLFactures; a != nil {
		a.Fichier.Compiler("retours.arl_factures.fichier", x, v)
	}
	v.identifiants()
}

// liens: an invoice, its piece and its document are inside each other, or say each other's number.
func (v verification) liens(rs []disposition.Repetition) {
	vues := map[disposition.Pour]int{}
	for _, r := range rs {
		if r.Pour == disposition.PourPaire {
			vues[disposition.PourPiece]++
			continue
		}
		vues[r.Pour]++
	}
	for _, r := range rs {
		porte := func(noms ...string) bool {
			return slices.ContainsFunc(noms, func(n string) bool { return slices.Contains(r.Donnees, n) })
		}
		dans := func(p ...disposition.Pour) bool {
			return slices.ContainsFunc(p, func(p disposition.Pour) bool { return slices.Contains(r.Dans, p) })
		}
		switch r.Pour {
		case disposition.PourPaire, disposition.PourPiece:
			if vues[disposition.PourFacture] > 0 && !dans(disposition.PourFacture) && !porte("facture.numero") &&
				!v.contientFacture(rs, r) {
				v.Ajouter(r.Chemin, "rien ne dit de quelle facture est la pièce : la mettre dans le contenu de la facture, ou « "+
					"pour: paire » avec facture.numero")
			}
			if vues[disposition.PourPiece] > 1 && !porte("piece.id", "document.id") {
				v.Ajouter(r.Chemin, "la pièce est écrite à deux endroits, et rien ne dit que c'est la même : une zone piece.id "+
					"attendue ici")
			}
		case disposition.PourDocument:
			if vues[disposition.PourPiece] > 0 && !dans(disposition.PourPiece, disposition.PourPaire) && !porte("document.id") {
				v.Ajouter(r.Chemin, "rien ne dit de quelle pièce est le document : le mettre dans le contenu de la pièce, ou lui "+
					"donner une zone document.id")
			}
		case disposition.PourFacture:
			if vues[disposition.PourFacture] > 1 && !porte("facture.numero") {
				v.Ajouter(r.Chemin, "la facture est écrite à deux endroits, et rien ne dit que c'est la même : une zone "+
					"facture.numero attendue ici")
			}
		case disposition.PourLot:
			if vues[disposition.PourLot] > 1 {
				v.Ajouter(r.Chemin, "les lots sont écrits à deux endroits : une seule répétition « pour: lot » attendue, et le "+
					"reste dans son contenu")
			}
		}
	}
	if vues[disposition.PourLot] == 0 && len(rs) > 0 && v.p.Limites.LotsParMessage != 1 {
		v.Ajouter("limites.lots_par_message",
			"%d, mais rien n'est écrit pour chaque lot : 1 attendu, sans quoi deux lots se reliraient comme un",
			v.p.Limites.LotsParMessage)
	}
	if vues[disposition.PourPiece]+vues[disposition.PourDocument] == 0 && len(rs) > 0 {
		v.Ajouter("lot.enregistrements",
			"rien n'est écrit pour chaque pièce : « pour: piece », « pour: paire » ou « pour: document » attendu")
	}
}

// contientFacture says whether the invoices of a piece are inside it.
func (v verification) contientFacture(rs []disposition.Repetition, piece disposition.Repetition) bool {
	return slices.ContainsFunc(rs, func(r disposition.Repetition) bool {
		return r.Pour == disposition.PourFacture && slices.Contains(r.Dans, piece.Pour)
	})
}
