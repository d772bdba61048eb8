package scor

import (
	"slices"

	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// The meanings of data that have meanings ([disposition.GenreSens]).
const (
	SensPositif   = "positif"
	SensNegatif   = "negatif"
	FluxFactures  = "factures"
	FluxPieces    = "pieces"
	ModeDocument  = "document"
	ModeReference = "reference"
)

// Meanings of facture.flux, as the rules name the flows.
var sensFlux = []string{"b2", "fse", "fse-sans-vitale", "fse-degradee", "dre"}

// ErrFormat is what every error about the bytes of a profile's file wraps.
var ErrFormat = disposition.ErrFormat

const (
	texte       = disposition.GenreTexte
	identifiant = disposition.GenreIdentifiant
	code        = disposition.GenreCode
	nombre      = disposition.GenreNombre
	montant     = disposition.GenreMontant
	date        = disposition.GenreDate
	instant     = disposition.GenreInstant
)

func une(nom string, g disposition.Genre, aide string, pour ...disposition.Pour) disposition.Donnee {
	return disposition.Donnee{Nom: nom, Genre: g, Aide: aide, Pour: pour}
}

func large(d disposition.Donnee, n int) disposition.Donnee { d.Largeur = n; return d }

func chiffres(d disposition.Donnee) disposition.Donnee { d.Chiffres = true; return d }

func sens(d disposition.Donnee, s ...string) disposition.Donnee { d.Sens = s; return d }

func libre(d disposition.Donnee) disposition.Donnee { d.Libre = true; return d }

// vocabulaireLot is what the zones of a file of lots may ask for.
var vocabulaireLot = slices.Concat(communes(), donneesFichier(), donneesLot(), donneesFacture(), donneesPiece())

func communes() disposition.Vocabulaire {
	const f = disposition.PourFichier
	return disposition.Vocabulaire{
		large(une("emetteur.numero", texte, "numéro de l'émetteur, 14 chiffres (B2, 000, 6-19)", f), 14),
		large(une("emetteur.type", texte, "type de l'émetteur, 2 lettres (B2, 000, 4-5)", f), 2),
		large(une("destinataire.type", texte, "type du destinataire, 2 lettres (B2, 000, 26-27)", f), 2),
		large(une("destinataire.numero", texte, "numéro du destinataire, 14 chiffres (B2, 000, 28-41)", f), 14),
		large(une("destinataire.organisme", texte, "organisme destinataire, 3 chiffres", f), 3),
		une("message.compostage", texte,
			"compostage du message, 19 chiffres : dans le lot, celui qui le porte ; dans un ARL, celui auquel il répond", f),
	}
}

func donneesFichier() disposition.Vocabulaire {
	const f = disposition.PourFichier
	return disposition.Vocabulaire{
		une("emetteur.nom", texte, "nom de l'émetteur", f),
		libre(une("emetteur.libre.", texte, "ce que le logiciel hôte sait de l'émetteur, sous un nom à lui", f)),
		une("logiciel.nom", texte, "nom du logiciel", f),
		une("logiciel.version", texte, "version du logiciel", f),
		une("logiciel.agrement", texte, "numéro d'agrément ou d'homologation du logiciel", f),
		large(une("destinataire.regime", texte, "régime du destinataire, 2 chiffres", f), 2),
		une("fichier.id", texte, "identification du fichier, 6 caractères (B2, 000, 50-55)", f),
		une("fichier.date", date, "date de création du fichier", f),
		une("profil.version", texte, "version du profil", f),
		une("fichier.enregistrements", nombre, "nombre d'enregistrements (ou d'éléments) du fichier", f),
		une("fichier.lots", nombre, "nombre de lots du fichier", f),
		une("fichier.paires", nombre, "nombre de paires (facture et pièce) du fichier", f),
		une("fichier.documents", nombre, "nombre de documents du fichier", f),
		une("fichier.pages", nombre, "nombre de pages des documents du fichier", f),
		une("fichier.octets", nombre, "taille des documents du fichier, en octets", f),
		une("fichier.montant", montant, "somme des factures du fichier, en centimes", f),
	}
}

func donneesLot() disposition.Vocabulaire {
	const l = disposition.PourLot
	return disposition.Vocabulaire{
		une("lot.rang", nombre, "rang du lot dans le fichier, à partir de 1", l),
		une("lot.numero", nombre, "numéro du lot de pièces", l),
		une("lot.date", date, "date du lot de pièces", l),
		une("lot.factures.numero", nombre, "numéro du lot de factures (B2, 1, 20-22)", l),
		une("lot.factures.date", date, "date du lot de factures (B2, 1, 72-77)", l),
		large(une("lot.factures.emetteur", texte, "partenaire du lot de factures, 9 chiffres (B2, 1, 2-10)", l), 9),
		une("lot.factures.fichier", texte, "identification du fichier des factures (B2, 000, 50-55)", l),
		une("lot.factures", nombre, "nombre de factures du lot", l),
		une("lot.paires", nombre, "nombre de paires du lot", l),
		une("lot.documents", nombre, "nombre de documents du lot", l),
		une("lot.pages", nombre, "nombre de pages des documents du lot", l),
		une("lot.octets", nombre, "taille des documents du lot, en octets", l),
		une("lot.montant", montant, "somme des factures du lot, en centimes", l),
		une("lot.somme_numeros", nombre, "somme des numéros de facture du lot", l),
		une("lot.enregistrements", nombre, "nombre d'enregistrements (ou d'éléments) du lot", l),
	}
}

func donneesFacture() disposition.Vocabulaire {
	const f = disposition.PourFacture
	return disposition.Vocabulaire{
		une("facture.rang", nombre, "rang de la facture dans le lot, à partir de 1", f),
		une("facture.numero", nombre, "numéro de la facture, 9 chiffres", f),
		une("facture.date", date, "date de la facture", f),
		une("facture.montant", montant, "montant de la facture", f),
		une("facture.amo", montant, "part obligatoire", f),
		une("facture.amc", montant, "part complémentaire", f),
		une("facture.patient", montant, "part de l'assuré", f),
		large(une("facture.nir", texte, "numéro de l'assuré (13 caractères : type A, une Corse y a une lettre)", f), 13),
		large(chiffres(une("facture.cle", texte, "clé du numéro de l'assuré, 2 chiffres", f)), 2),
		une("facture.naissance", disposition.GenreNaissance, "date de naissance du bénéficiaire", f),
		une("facture.rang_naissance", texte, "rang de naissance du bénéficiaire", f),
		une("facture.qualite", texte, "qualité du bénéficiaire (attribut « qualite » de la facture)", f),
		large(une("facture.regime", texte, "régime, 2 chiffres", f), 2),
		large(une("facture.caisse", texte, "caisse gestionnaire, 3 chiffres", f), 3),
		large(une("facture.centre", texte, "centre gestionnaire, 4 chiffres", f), 4),
		sens(une("facture.flux", disposition.GenreSens, "flux de la facture", f), sensFlux...),
		une("facture.nature", texte, "nature d'assurance, 2 chiffres", f),
		une("facture.prescripteur", texte, "numéro du prescripteur, 9 chiffres", f),
		une("facture.prescripteur.rpps", texte, "numéro RPPS du prescripteur, 11 chiffres", f),
		une("facture.prescripteur.structure", texte, "lieu de la prescription", f),
		une("facture.executant", texte, "numéro de l'exécutant, 9 chiffres", f),
		une("facture.executant.rpps", texte, "numéro RPPS de l'exécutant, 11 chiffres", f),
		une("facture.prescription", date, "date de la prescription", f),
		une("facture.entree", date, "date d'entrée du séjour", f),
		une("facture.sortie", date, "date de sortie du séjour", f),
		une("facture.sejour", texte, "numéro du séjour", f),
		une("facture.serie", texte, "série d'actes", f),
		une("facture.pieces", nombre, "nombre de pièces de la facture dans ce lot", f),
		libre(une("facture.libre.", texte, "attribut que le logiciel hôte donne à la facture, sous un nom à lui", f)),
	}
}

func donneesPiece() disposition.Vocabulaire {
	const p, d = disposition.PourPiece, disposition.PourDocument
	return disposition.Vocabulaire{
		une("paire.rang", nombre, "rang de la paire dans le lot, à partir de 1", disposition.PourPaire),
		sens(une("paire.mode", disposition.GenreSens, "la pièce est un document, ou la référence d'une pièce déjà transmise",
			p), ModeDocument, ModeReference),
		une("piece.rang", nombre, "rang de la pièce dans la facture, ou dans le lot", p),
		une("piece.id", identifiant, "identifiant de la pièce", p),
		une("piece.type", code, "code du type de pièce (types_piece)", p),
		une("piece.reference", identifiant, "identifiant de la pièce déjà transmise", p),
		une("piece.documents", nombre, "nombre de documents de la pièce : 1, ou 0 pour une référence", p),
		une("piece.numerisee", instant, "date et heure de numérisation", p),
		libre(une("piece.libre.", texte, "attribut que le logiciel hôte donne à la pièce, sous un nom à lui", p)),
		une("document.rang", nombre, "rang du document dans le lot, à partir de 1", d),
		une("document.id", identifiant, "identifiant de la pièce dont c'est le document", d),
		une("document.type", code, "code du type de pièce (types_piece)", d),
		une("document.nom", texte, "nom de la partie du message qui porte le document (message.nom_document)", d),
		une("document.pages", nombre, "nombre de pages", d),
		une("document.octets", nombre, "taille en octets", d),
		une("document.empreinte", disposition.GenreEmpreinte, "empreinte SHA-256", d),
		une("document.contenu", disposition.GenreContenu, "le document lui-même", d),
	}
}

// vocabulaireARL is what the zones of an ARL may ask for.
var vocabulaireARL = slices.Concat(communes(), donneesARL())

func donneesARL() disposition.Vocabulaire {
	const a, p = disposition.PourARL, disposition.PourARLPiece
	return disposition.Vocabulaire{
		une("fichier.id", texte, "identification du fichier de lots auquel l'ARL répond", a),
		une("lot.numero", nombre, "numéro du lot auquel l'ARL répond", a),
		une("lot.date", date, "date du lot auquel l'ARL répond", a),
		une("facture.numero", nombre, "facture en cause", a, p),
		une("arl.date", date, "date de l'accusé", a),
		sens(une("arl.sens", disposition.GenreSens, "positif ou négatif ; sans elle, le sens est celui du code", a),
			SensPositif, SensNegatif),
		sens(une("arl.flux", disposition.GenreSens, "le lot est de factures ou de pièces", a), FluxFactures, FluxPieces),
		une("arl.code", texte, "code de l'accusé (codes_retour)", a),
		une("arl.libelle", texte, "libellé de l'accusé", a),
		une("arl.pieces", nombre, "nombre de pièces dont l'accusé parle", a),
		une("piece.id", identifiant, "identifiant de la pièce en cause", p),
		une("piece.rang", nombre, "rang, dans le lot, de la pièce en cause", p),
		une("piece.code", texte, "code de la pièce (codes_retour)", p),
		une("piece.libelle", texte, "libellé du code de la pièce", p),
	}
}

var (
	poursLot = []disposition.Pour{disposition.PourFichier, disposition.PourDestinataire, disposition.PourLot,
		disposition.PourFacture, disposition.PourPaire, disposition.PourPiece, disposition.PourDocument,
		disposition.PourFinLot, disposition.PourFinFichier}
	poursARL = []disposition.Pour{disposition.PourFichier, disposition.PourARL, disposition.PourARLPiece,
		disposition.PourFinFichier}
)

// DonneesLot lists the data that the zones of a file of lots may name.
func DonneesLot() disposition.Vocabulaire { return slices.Clone(vocabulaireLot) }

// DonneesARL lists the data that the zones of an ARL may name.
func DonneesARL() disposition.Vocabulaire { return slices.Clone(vocabulaireARL) }

// DonneesMessage lists the names that the templates of a message may use. Those of a document exist in the document's
// templates only.
func DonneesMessage() []string {
	return []string{"emetteur.numero", "emetteur.type", "destinataire.type", "destinataire.numero",
		"destinataire.organisme", "destinataire.regime", "frontal", "compostage", "profil.version", "fichier.id",
		"lot.numero", "lot.date", "message.lots", "message.paires", "message.documents", "compression", "fichier.date",
		"emetteur.nom", "logiciel.nom", "logiciel.version", "logiciel.agrement", "lot.factures.numero",
		"lot.factures.emetteur"}
}

// DonneesDocument lists what a document's templates may use besides [DonneesMessage].
func DonneesDocument() []string {
	return []string{"document.id", "document.rang", "document.type", "facture.numero"}
}

// DonneesRetour lists what the templates of a return, written by a frontal, may use.
func DonneesRetour() []string {
	return []string{"emetteur.numero", "compostage", "message", "code", "libelle", "lot.numero", "lot.date", "date",
		"compression"}
}
