package b2

import (
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// Controle is a check that a reader makes: a row of docs/controles.md.
type Controle = fse.Controle

var sources = map[string]string{
	"B2":    "tables de la norme B2-IRIS, corps de juin 2007",
	"FIDES": "spécifications FIDES ACE V06.09, chapitre TF (B2-2005-E)",
	"5001":  "ARL 5001 : lot constitué plus de 90 jours avant sa réception (CNAMTS, 2013)",
	"5002":  "ARL 5002 : lot daté de plus de 2 jours après sa réception (CNAMTS, 2013)",
	"clé":   "clés des numéros : NIR modulo 97, Luhn pour les autres",
	"table": "table de routage de l'éditeur",
	"sens":  "cohérence du fichier avec lui-même",
	"forme": "un enregistrement est fait de 128 caractères d'un octet",
}

var controles []*Controle

func regle(code string, g Gravite, source, objet string) *Controle {
	c := &Controle{Code: code, Gravite: g, Objet: objet, Source: sources[source]}
	controles = append(controles, c)
	return c
}

// Controles returns every check, sorted by code.
func Controles() []Controle {
	l := make([]Controle, len(controles))
	for i, c := range controles {
		l[i] = *c
	}
	slices.SortStableFunc(l, func(a, b Controle) int { return strings.Compare(a.Code, b.Code) })
	return l
}

// Form of the file and order of its records.
var (
	ctlMarque = regle("marque-octets", Information, "forme",
		"une marque d'ordre des octets (BOM) précède le fichier : elle est laissée de côté")
	ctlLigneLongue = regle("ligne-longue", Avertissement, "forme",
		"des blancs ont été ajoutés à la fin des lignes : ils sont laissés de côté")
	ctlLigneCourte = regle("longueur", Avertissement, "forme",
		"les blancs de fin de ligne ont été retirés : ils sont supposés")
	ctlAccents = regle("accents-utf-8", Erreur, "forme",
		"une lettre est écrite sur deux octets (UTF-8) : elle décale ce qui la suit")
	ctlLongueur = regle("longueur", Erreur, "forme",
		"un enregistrement a perdu ou gagné des caractères : il n'est pas lu, les autres le sont")
	ctlTypeInconnu = regle("type-inconnu", Avertissement, "B2",
		"le type d'un enregistrement n'est pas connu : il est gardé tel quel")
	ctlOrdre = regle("ordre", Erreur, "B2",
		"les enregistrements ne se suivent pas dans l'ordre 000 (1 (2 … 5)* 6)* 999")
	ctlEnteteAbsent   = regle("entete-absent", Erreur, "B2", "le fichier n'a pas d'en-tête (type 000)")
	ctlFichierSansFin = regle("fichier-sans-fin", Erreur, "B2",
		"le fichier n'a pas de fin (type 999) : il est peut-être tronqué")
	ctlFichierSuivant = regle("fichier-suivant", Avertissement, "sens",
		"un autre fichier suit dans le même flux : ses lots sont lus aussi")
	ctlLotSansFin  = regle("lot-sans-fin", Erreur, "B2", "un lot n'a pas de fin (type 6)")
	ctlComplements = regle("trop-de-complements", Avertissement, "FIDES",
		"une ligne a trop de compléments d'un même type")
	ctlOmis = regle("constats-omis", Information, "sens", "il y a trop de constats pour les détailler tous")
)

// What a zone may hold.
var (
	ctlZone = regle("zone", Erreur, "B2",
		"une zone ne contient pas ce qu'elle doit : chiffres, valeur fixe, aucun caractère de contrôle")
	ctlCadrage         = regle("cadrage", Information, "B2", "un nombre n'est pas complété par des zéros à gauche")
	ctlDate            = regle("date", Erreur, "B2", "une date obligatoire n'est pas au calendrier")
	ctlDateFacultative = regle("date", Avertissement, "B2", "une date facultative n'est pas au calendrier")
	ctlObligatoire     = regle("zone-obligatoire", Erreur, "B2",
		"une zone sans laquelle la facture ne se traite pas est vide")
	ctlNaissanceVide = regle("zone-obligatoire", Information, "B2", "la date de naissance du bénéficiaire manque")
	ctlAttendue      = regle("zone-obligatoire", Avertissement, "B2", "une zone que la norme dit obligatoire est vide")
	ctlValeur        = regle("valeur-inconnue", Avertissement, "B2", "un code n'est pas parmi ceux que la norme énumère")
	ctlCertification = regle("certification", Erreur, "B2",
		"la certification du lot n'est ni blanc, ni S, F ou D : on ne sait pas si les factures sont sécurisées")
	ctlMonnaie = regle("monnaie", Erreur, "B2", "le lot est en francs : ses montants ne sont pas des euros")
	ctlActe    = regle("acte", Avertissement, "B2",
		"un code d'acte n'a pas la forme d'un code : lettres majuscules et chiffres, cadrés à gauche")
)

// Identities.
var (
	ctlNIR = regle("nir", Erreur, "clé",
		"le numéro d'immatriculation manque, ou sa forme ou sa clé est fausse")
	ctlNumero = regle("cle-numero", Avertissement, "clé",
		"le numéro d'un professionnel ou d'un établissement a une clé fausse")
	ctlRPPS       = regle("cle-rpps", Avertissement, "clé", "un numéro RPPS a une clé fausse")
	ctlNaissance  = regle("naissance", Avertissement, "B2", "une date de naissance n'est pas faite de six chiffres")
	ctlCleFacture = regle("cle-facture", Erreur, "B2",
		"un enregistrement ne porte pas le partenaire, l'assuré ou le numéro de sa facture")
	ctlPartenaire = regle("partenaire", Avertissement, "B2", "le partenaire d'une facture n'est pas celui de son lot")
	ctlDoublon    = regle("facture-en-double", Erreur, "sens",
		"une facture est deux fois dans un lot, ou dans un lot donné deux fois")
	ctlNumeroReutilise = regle("facture-en-double", Avertissement, "sens",
		"deux lots du fichier ont une facture de même numéro")
	ctlLotDouble = regle("lot-en-double", Erreur, "sens", "un lot est deux fois dans le fichier")
	ctlOrganisme = regle("organisme-inconnu", Avertissement, "table",
		"la table de routage ne connaît pas l'organisme de l'assuré")
	ctlOrganismeLot = regle("organisme-du-lot", Avertissement, "table",
		"la table de routage envoie l'assuré vers un autre organisme que celui du lot")
	ctlRegime = regle("regime-inconnu", Avertissement, "B2",
		"le grand régime de l'assuré n'est pas parmi ceux qui sont connus")
	ctlRegimeFichier = regle("regime-du-fichier", Avertissement, "B2",
		"le grand régime de l'assuré n'est pas celui à qui le fichier s'adresse")
	ctlDestinataire = regle("destinataire", Information, "B2",
		"l'organisme destinataire du lot n'est pas celui du fichier")
)

// Lots and file.
var (
	ctlVersion = regle("version", Avertissement, "B2", "la version de la norme du lot n'est pas B2")
	ctlNorme   = regle("norme", Erreur, "B2", "le lot et le fichier n'annoncent pas la même norme")
	ctlDRE     = regle("dre-non-verifiee", Avertissement, "B2",
		"la norme du fichier est inconnue : le lot est lu comme une DRE, sans vérification possible")
	ctlLotZero    = regle("lot-zero", Avertissement, "B2", "un lot porte le numéro 000")
	ctlLotVide    = regle("lot-vide", Erreur, "B2", "un lot n'a aucune facture")
	ctlFichierVid = regle("fichier-sans-lot", Avertissement, "B2", "un fichier n'a aucun lot")
	ctlLotGrand   = regle("lot-trop-grand", Erreur, "B2", "un lot a plus de 999 factures")
	ctlLotNumero  = regle("lot-numero", Erreur, "B2", "la fin du lot porte un autre numéro que son début")
	ctlLotPart    = regle("lot-partenaire", Erreur, "B2", "la fin du lot porte un autre partenaire que son début")
	ctlLotFact    = regle("lot-factures", Erreur, "B2", "le nombre de factures du lot n'est pas celui qu'il annonce")
	ctlLotLignes  = regle("lot-lignes", Erreur, "B2", "le nombre de lignes du lot n'est pas celui qu'il annonce")
	ctlLotT2      = regle("lot-types-2", Erreur, "B2", "le nombre de types 2 du lot n'est pas celui qu'il annonce")
	ctlLotT5      = regle("lot-types-5", Erreur, "B2", "le nombre de types 5 du lot n'est pas celui qu'il annonce")
	ctlLotTotal   = regle("lot-total", Erreur, "B2", "le total du lot n'est pas la somme de ses factures")
	ctlLotAMO     = regle("lot-amo", Erreur, "B2",
		"la part de l'assurance maladie du lot n'est pas la somme de ses factures")
	ctlLotAMC     = regle("lot-amc", Erreur, "B2", "la part complémentaire du lot n'est pas la somme de ses factures")
	ctlFichierEnr = regle("fichier-enregistrements", Erreur, "B2",
		"le nombre d'enregistrements du fichier n'est pas celui qu'il annonce")
	ctlFichierLot = regle("fichier-lots", Erreur, "B2", "le nombre de lots du fichier n'est pas celui qu'il annonce")
	ctlIdentite   = regle("fichier-identite", Erreur, "B2", "la fin du fichier ne porte pas l'identité de son en-tête")
)

// Dates, one against another.
var (
	ctlDateLot  = regle("date-lot", Avertissement, "sens", "un lot est daté d'après son fichier")
	ctlLotVieux = regle("lot-vieux", Erreur, "5001", "un lot a plus de 90 jours : il sera refusé (ARL 5001)")
	ctlLotFutur = regle("lot-en-avance", Erreur, "5002",
		"un lot est daté de plus de 2 jours après son envoi : il sera refusé (ARL 5002)")
	ctlSoinFichier = regle("soin-apres-fichier", Erreur, "sens",
		"des soins, ou une facture, sont datés d'après le fichier")
	ctlSoinFacture = regle("soin-apres-facture", Avertissement, "sens", "des soins sont datés d'après la facture")
	ctlSoinSejour  = regle("soin-hors-sejour", Avertissement, "sens",
		"des soins sont datés d'un jour où le malade n'était pas là")
	ctlSoinAncien   = regle("soin-ancien", Avertissement, "FIDES", "des soins ont un an ou plus à la date du fichier")
	ctlPrescription = regle("prescription-apres-soins", Information, "sens",
		"une prescription est datée d'après les soins, ou d'après la facture")
	ctlPrescFichier  = regle("prescription-apres-fichier", Erreur, "sens", "une prescription est datée d'après le fichier")
	ctlPrescPartiele = regle("prescription-incomplete", Avertissement, "B2",
		"une prescription a une date sans prescripteur, ou un prescripteur sans date")
	ctlSejour       = regle("sejour", Erreur, "sens", "la sortie précède l'entrée, ou la fin d'une prestation son début")
	ctlAccident     = regle("accident", Erreur, "FIDES", "un accident du travail n'a ni numéro ni date")
	ctlAccidentDate = regle("accident", Avertissement, "FIDES",
		"la date d'un accident n'est pas au calendrier, ou suit les soins")
)

// Amounts.
var (
	ctlSansTotal = regle("facture-sans-total", Erreur, "B2", "une facture n'a pas de total (type 5)")
	ctlSansLigne = regle("facture-sans-ligne", Erreur, "B2", "une facture n'a aucune ligne")
	ctlLignes    = regle("facture-lignes", Erreur, "B2",
		"le nombre de lignes de la facture n'est pas celui qu'elle annonce")
	ctlTotal      = regle("total-facture", Erreur, "B2", "le total de la facture n'est pas la somme de ses lignes")
	ctlTotalAMO   = regle("total-amo", Erreur, "B2", "la part de l'assurance maladie n'est pas la somme des lignes")
	ctlTotalAMC   = regle("total-amc", Erreur, "B2", "la part complémentaire n'est pas la somme des lignes")
	ctlBaseSejour = regle("base-sejour", Erreur, "FIDES",
		"la base de remboursement du séjour n'est pas la somme des lignes")
	ctlAssure = regle("total-assure", Avertissement, "FIDES",
		"la participation de l'assuré n'est pas la dépense moins la part de l'assurance maladie")
	ctlParts = regle("parts", Avertissement, "sens",
		"les parts de l'assurance maladie et de la complémentaire dépassent le montant de la ligne")
	ctlQuantite = regle("quantite", Avertissement, "sens",
		"la quantité multipliée par le prix unitaire ne donne ni la base ni le montant")
	ctlTaux = regle("taux", Avertissement, "sens",
		"la base multipliée par le taux ne donne pas la part de l'assurance maladie")
)

// exigence is a zone that must hold a value. The tables print O on many that may well be zero or blank (a centre, an
// agreement code, a share): only those are asked for without which nobody can treat the record.
type exigence struct {
	champ
	zone  *zones.Zone
	texte bool // zeros are a value
	r     *Controle
}

var exigences = func() map[Type]map[string]exigence {
	fort, faible := exigence{r: ctlObligatoire}, exigence{r: ctlAttendue}
	tous := func(x exigence, noms ...string) map[string]exigence {
		m := map[string]exigence{}
		for _, n := range noms {
			m[n] = x
		}
		return m
	}
	ajoute := func(m map[string]exigence, x exigence, noms ...string) map[string]exigence {
		for _, n := range noms {
			m[n] = x
		}
		return m
	}
	return map[Type]map[string]exigence{
		T000: ajoute(tous(fort, "emetteur", "destinataire", "date_fichier"), faible, "type_emetteur", "type_destinataire",
			"fichier"),
		T1: ajoute(tous(fort, "partenaire", "date_lot"), faible, "organisme", "nom_partenaire"),
		T2: ajoute(ajoute(tous(fort, "facture", "regime", "date_facture", "nature_assurance", "entree"), faible, "sortie"),
			exigence{r: ctlNaissanceVide}, "naissance"),
		T3:  tous(fort, "date_debut", "date_fin", "acte", "quantite"),
		T4:  ajoute(tous(fort, "date_soins", "acte", "quantite"), faible, "executant"),
		T3F: tous(faible, "lpp", "quantite"), T3H: tous(faible, "code_ucd", "quantite"),
		T4B: tous(faible, "date_acte", "quantite", "code_acte_1"), T4C: tous(faible, "code_cip_1", "quantite"),
		T4U: tous(faible, "date_depart", "date_arrivee"),
	}
}()

// regimes are the grands régimes of the public lists; an unknown one is told and never refused, since old ones stay in
// archives.
var regimes = map[string]bool{"01": true, "02": true, "03": true, "04": true, "05": true, "06": true, "07": true,
	"08": true,
	"09": true, "10": true, "12": true, "14": true, "15": true, "16": true, "17": true, "80": true, "90": true, "91": true,
	"92": true, "93": true, "94": true, "95": true, "96": true, "99": true}
