package noemie

import (
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

var controles []*fse.Controle

func regle(code string, g fse.Gravite, source, objet string) *fse.Controle {
	c := &fse.Controle{Code: code, Gravite: g, Objet: objet, Source: source}
	controles = append(controles, c)
	return c
}

// Controles returns every check that a reader makes, and those of [Joindre], sorted by code.
func Controles() []fse.Controle {
	l := make([]fse.Controle, len(controles))
	for i, c := range controles {
		l[i] = *c
	}
	slices.SortStableFunc(l, func(a, b fse.Controle) int { return strings.Compare(a.Code, b.Code) })
	return l
}

const (
	norme = "tables de NOEMIE-PS (sesamviewer, 2007 ; 010 et 220 d'un programme en usage)"
	sens  = "cohérence du retour avec lui-même"
	joint = "comparaison avec la facture envoyée"
)

var (
	ctlLongueur = regle("longueur", fse.Avertissement, norme, "une entité n'a pas sa longueur")
	ctlZone     = regle("zone", fse.Erreur, norme, "une zone ne contient pas ce qu'elle doit")
	ctlNiveau   = regle("zone", fse.Avertissement, norme,
		"le niveau d'une entité n'est pas celui des retours connus")
	ctlValeur = regle("valeur-inconnue", fse.Avertissement, norme,
		"un code n'est pas parmi ceux que la norme énumère")
	ctlDate = regle("date", fse.Erreur, norme, "une date n'est pas au calendrier")
	ctlNIR  = regle("nir", fse.Avertissement, "clé du NIR",
		"un numéro d'immatriculation n'a pas la forme ou la clé attendue")
	ctlInconnue = regle("entite-inconnue", fse.Information, norme,
		"une entité est inconnue : elle est gardée telle quelle")
	ctlOrdre      = regle("ordre", fse.Erreur, norme, "une entité de facture est hors d'une facture")
	ctlFinAbsente = regle("fin-absente", fse.Erreur, norme,
		"le retour n'a pas de fin (999) : il est peut-être tronqué")
	ctlDrapeau = regle("drapeau", fse.Avertissement, norme, "le drapeau du dernier bloc n'est pas à sa place")
	ctlSuite   = regle("suite-apres-fin", fse.Erreur, norme, "des données suivent la fin du retour")
	ctlSuivant = regle("retour-suivant", fse.Avertissement, sens,
		"un autre retour suit dans le même flux : il est lu aussi")
	ctlOmis        = regle("constats-omis", fse.Information, sens, "il y a trop de constats pour les détailler tous")
	ctlLignes      = regle("lignes", fse.Avertissement, sens, "la part payée n'est pas la somme des lignes")
	ctlSansEtat    = regle("etat", fse.Avertissement, sens, "une part sans état porte un montant payé")
	ctlEtat        = regle("etat", fse.Erreur, sens, "une part rejetée ou différée porte un montant payé")
	ctlPayeDemande = regle("paye-demande", fse.Avertissement, sens, "le montant payé dépasse le montant demandé")
	ctlPayeZero    = regle("paye-zero", fse.Avertissement, sens,
		"une part demandée est dite payée, sans aucun paiement")
	ctlPartiel     = regle("paye-partiel", fse.Information, sens, "une part n'est payée qu'en partie")
	ctlCumulNiveau = regle("cumul-niveau", fse.Erreur, norme,
		"un total de contrôle (990) n'est celui d'aucun niveau ouvert")
	ctlCompteur = regle("compteur-niveau", fse.Avertissement, norme,
		"un compteur de contrôle (990) ne correspond pas au niveau inférieur")
	ctlMouvements = regle("cumul-mouvements", fse.Information, norme,
		"le total du retour n'est celui des factures qu'avec les mouvements ou les forfaits")
	ctlCumul           = regle("cumul-fichier", fse.Erreur, norme, "le total du retour n'est pas la somme de ses factures")
	ctlEnregistrements = regle("enregistrements", fse.Erreur, norme,
		"le nombre d'enregistrements n'est pas celui qui est annoncé")
	ctlLots     = regle("lots", fse.Avertissement, norme, "le nombre de lots n'est pas celui qui est annoncé")
	ctlIdentite = regle("identite", fse.Erreur, norme, "la fin du retour ne porte pas l'identité de son en-tête")

	ctlJointInconnue = regle("facture-inconnue", fse.Avertissement, joint,
		"le retour nomme une facture qui n'a pas été envoyée, avec celle qui lui ressemble")
	ctlJointNIR     = regle("assure-different", fse.Erreur, joint, "l'assuré du retour n'est pas celui de la facture")
	ctlJointMontant = regle("montant-different", fse.Avertissement, joint,
		"le montant demandé, dans le retour, n'est pas celui de la facture")
	ctlJointTrop   = regle("paye-trop", fse.Avertissement, joint, "le montant payé dépasse celui de la facture")
	ctlJointNature = regle("nature-differente", fse.Avertissement, joint,
		"la nature d'assurance du retour n'est pas celle de la facture")
	ctlJointDate = regle("date-differente", fse.Information, joint,
		"la date de facture du retour n'est pas celle de la facture")
	ctlJointDouble = regle("facture-deux-fois", fse.Information, joint, "le retour parle deux fois d'une facture")
)
