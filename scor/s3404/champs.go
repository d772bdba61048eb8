package s3404

import (
	"fmt"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// The fields of the bordereau, of its invoices and of their lines: each name once, with what it gives.

var champsBordereau = papier.NewChamps(
	papier.Champ[donneesBordereau]{Nom: "fichier", Exemple: "CLI001",
		Valeur: func(d donneesBordereau) string { return d.b.Fichier.ID }},
	papier.Champ[donneesBordereau]{Nom: "date_fichier", Exemple: "21/10/2026",
		Valeur: func(d donneesBordereau) string { return papier.Jour(d.b.Fichier.Date) }},
	papier.Champ[donneesBordereau]{Nom: "emetteur", Exemple: "00000751143488",
		Valeur: func(d donneesBordereau) string { return d.b.Fichier.Emetteur }},
	papier.Champ[donneesBordereau]{Nom: "destinataire", Exemple: "751",
		Valeur: func(d donneesBordereau) string { return d.b.Lot.Destinataire }},
	papier.Champ[donneesBordereau]{Nom: "lot", Exemple: "104",
		Valeur: func(d donneesBordereau) string { return fmt.Sprintf("%03d", d.b.Lot.Cle.Numero) }},
	papier.Champ[donneesBordereau]{Nom: "date_lot", Exemple: "20/10/2026",
		Valeur: func(d donneesBordereau) string { return papier.Jour(d.b.Lot.Cle.Date) }},
	papier.Champ[donneesBordereau]{Nom: "identifiant", Exemple: "751143488/104/261021/CLI001",
		Valeur: func(d donneesBordereau) string {
			if d.facture != nil {
				return fmt.Sprintf("%s/%09d", d.b.Identifiant(), d.facture.Cle.Numero)
			}
			return d.b.Identifiant()
		}},
	papier.Champ[donneesBordereau]{Nom: "etablissement", Exemple: "CLINIQUE DE L EXEMPLE",
		Valeur: func(d donneesBordereau) string { return d.b.Lot.Etablissement }},
	papier.Champ[donneesBordereau]{Nom: "finess", Exemple: "751143488",
		Valeur: func(d donneesBordereau) string { return d.b.Lot.Cle.Emetteur }},
	papier.Champ[donneesBordereau]{Nom: "categorie", Exemple: "365",
		Valeur: func(d donneesBordereau) string { return d.b.Lot.Categorie }},
	papier.Champ[donneesBordereau]{Nom: "statut", Exemple: "17",
		Valeur: func(d donneesBordereau) string { return d.b.Lot.Statut }},
	papier.Champ[donneesBordereau]{Nom: "tarif", Exemple: "22",
		Valeur: func(d donneesBordereau) string { return d.b.Lot.Tarif }},
	papier.Champ[donneesBordereau]{Nom: "nombre", Exemple: "6",
		Valeur: func(d donneesBordereau) string { return strconv.Itoa(d.totaux.Factures) }},
	papier.Champ[donneesBordereau]{Nom: "nombre_lignes", Exemple: "36",
		Valeur: func(d donneesBordereau) string { return strconv.Itoa(d.totaux.Lignes) }},
	papier.Champ[donneesBordereau]{Nom: "lot_total", Exemple: "14 046,00 €",
		Valeur: func(d donneesBordereau) string { return d.totaux.Total.String() }},
	papier.Champ[donneesBordereau]{Nom: "lot_amo", Exemple: "11 236,80 €",
		Valeur: func(d donneesBordereau) string { return d.totaux.AMO.String() }},
	papier.Champ[donneesBordereau]{Nom: "lot_amc", Exemple: "2 809,20 €",
		Valeur: func(d donneesBordereau) string { return d.totaux.AMC.String() }},
	papier.Champ[donneesBordereau]{Nom: "lot_patient", Exemple: "2 809,20 €",
		Valeur: func(d donneesBordereau) string { return d.totaux.Patient.String() }},
	papier.Champ[donneesBordereau]{Nom: "plus_haute", Exemple: "000104003 : 3 942,06 €",
		Valeur: func(d donneesBordereau) string {
			return fmt.Sprintf("%09d : %s", d.b.Resume.Haute.Numero, d.b.Resume.HauteTotal)
		}},
	papier.Champ[donneesBordereau]{Nom: "inhabituel", Exemple: "1 facture(s) à montant négatif : 000104005",
		Valeur: func(d donneesBordereau) string { return d.b.inhabituel() }},
	papier.Champ[donneesBordereau]{Nom: "complementaire_copie", Exemple: "",
		Valeur: func(d donneesBordereau) string { return d.complementaire }},
	papier.Champ[donneesBordereau]{Nom: "par_facture", Exemple: "", Valeur: func(d donneesBordereau) string {
		if d.facture != nil {
			return "oui"
		}
		return ""
	}},
)

var champsPraticien = papier.NewChamps(
	papier.Champ[donneesPraticien]{Nom: "numero", Exemple: "751100017",
		Valeur: func(d donneesPraticien) string { return d.p.Numero }},
	papier.Champ[donneesPraticien]{Nom: "nom", Exemple: "Dr Anne MOREL", Valeur: func(d donneesPraticien) string {
		if d.nom == nil {
			return ""
		}
		return d.nom(d.p.Numero)
	}},
	papier.Champ[donneesPraticien]{Nom: "actes", Exemple: "12",
		Valeur: func(d donneesPraticien) string { return strconv.Itoa(d.p.Actes) }},
	papier.Champ[donneesPraticien]{Nom: "honoraires", Exemple: "3 729,36 €",
		Valeur: func(d donneesPraticien) string { return d.p.Montant.String() }},
	papier.Champ[donneesPraticien]{Nom: "honoraires_amo", Exemple: "2 983,44 €",
		Valeur: func(d donneesPraticien) string { return d.p.AMO.String() }},
)

var champsFacture = papier.NewChamps(
	papier.Champ[donneesFacture]{Nom: "facture", Exemple: "000104001",
		Valeur: func(d donneesFacture) string { return fmt.Sprintf("%09d", d.f.Cle.Numero) }},
	papier.Champ[donneesFacture]{Nom: "rang_lot", Exemple: "1",
		Valeur: func(d donneesFacture) string { return strconv.Itoa(d.f.Rang) }},
	papier.Champ[donneesFacture]{Nom: "assure", Exemple: "2 85 07 75 113 044 28",
		Valeur: func(d donneesFacture) string { return papier.NIR(d.f.Assure) }},
	papier.Champ[donneesFacture]{Nom: "nir_individuel", Exemple: "2 85 07 75 113 044 28",
		Valeur: func(d donneesFacture) string { return papier.NIR(d.f.NIRIndividuel) }},
	papier.Champ[donneesFacture]{Nom: "beneficiaire", Exemple: "MODELE ANNE",
		Valeur: func(d donneesFacture) string {
			if d.f.Prenom == "" {
				return d.f.Nom
			}
			return d.f.Nom + " " + d.f.Prenom
		}},
	papier.Champ[donneesFacture]{Nom: "rang_beneficiaire", Exemple: "1",
		Valeur: func(d donneesFacture) string { return d.f.RangBenef }},
	papier.Champ[donneesFacture]{Nom: "naissance", Exemple: "15/07/85",
		Valeur: func(d donneesFacture) string { return papier.Naissance(d.f.Naissance) }},
	papier.Champ[donneesFacture]{Nom: "rang_naissance", Exemple: "1",
		Valeur: func(d donneesFacture) string { return d.f.RangNaissance }},
	papier.Champ[donneesFacture]{Nom: "organisme", Exemple: "01 751 0000",
		Valeur: func(d donneesFacture) string { return papier.Organisme(d.f.Organisme) }},
	papier.Champ[donneesFacture]{Nom: "nature", Exemple: "Maladie",
		Valeur: func(d donneesFacture) string { return papier.NatureAssurance(d.f.Nature) }},
	papier.Champ[donneesFacture]{Nom: "exoneration", Exemple: "",
		Valeur: func(d donneesFacture) string { return d.f.Exoneration }},
	papier.Champ[donneesFacture]{Nom: "sejour", Exemple: "000123456",
		Valeur: func(d donneesFacture) string { return d.f.Sejour }},
	papier.Champ[donneesFacture]{Nom: "entree", Exemple: "12/10/2026",
		Valeur: func(d donneesFacture) string { return papier.Jour(d.f.Entree) }},
	papier.Champ[donneesFacture]{Nom: "sortie", Exemple: "14/10/2026",
		Valeur: func(d donneesFacture) string { return papier.Jour(d.f.Sortie) }},
	papier.Champ[donneesFacture]{Nom: "heure_sortie", Exemple: "11",
		Valeur: func(d donneesFacture) string { return d.f.HeureSortie }},
	papier.Champ[donneesFacture]{Nom: "prise_en_charge", Exemple: "12/10/2026",
		Valeur: func(d donneesFacture) string { return papier.Jour(d.f.PriseEnCharge) }},
	papier.Champ[donneesFacture]{Nom: "droits", Exemple: "3 du 01/01/2026 (751)",
		Valeur: func(d donneesFacture) string { return d.f.Droits }},
	papier.Champ[donneesFacture]{Nom: "complementaire", Exemple: "00775671",
		Valeur: func(d donneesFacture) string { return d.f.Complementaire }},
	papier.Champ[donneesFacture]{Nom: "total", Exemple: "2 341,00 €",
		Valeur: func(d donneesFacture) string { return d.f.Total.String() }},
	papier.Champ[donneesFacture]{Nom: "amo", Exemple: "1 872,80 €",
		Valeur: func(d donneesFacture) string { return d.f.AMO.String() }},
	papier.Champ[donneesFacture]{Nom: "amc", Exemple: "468,20 €",
		Valeur: func(d donneesFacture) string { return d.f.AMC.String() }},
	papier.Champ[donneesFacture]{Nom: "patient", Exemple: "468,20 €",
		Valeur: func(d donneesFacture) string { return d.f.Patient.String() }},
	papier.Champ[donneesFacture]{Nom: "total_sejour", Exemple: "2 030,22 €",
		Valeur: func(d donneesFacture) string { return d.f.declare.totalSejour.String() }},
	papier.Champ[donneesFacture]{Nom: "total_honoraires", Exemple: "310,78 €",
		Valeur: func(d donneesFacture) string { return d.f.declare.totalHonoraires.String() }},
)
