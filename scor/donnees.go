package scor

import (
	"maps"
	"slices"
)

// Genre of a datum says how it is written in a zone.
type Genre uint8

const (
	GenreTexte Genre = iota
	GenreNombre
	GenreDate
	GenreEmpreinte
	GenreSens // a meaning, translated by ZoneProfil.Codes
)

// Donnee describes a datum that a zone of a profile may ask for.
type Donnee struct {
	Nom   string
	Genre Genre
	// Sens lists the meanings of a datum of GenreSens.
	Sens []string
	pour []Pour
}

// The meanings of data of GenreSens.
const (
	SensPositif   = "positif"
	SensNegatif   = "negatif"
	FluxFactures  = "factures"
	FluxPieces    = "pieces"
	ModeDocument  = "document"
	ModeReference = "reference"
)

var (
	partoutLot  = []Pour{PourFichier, PourLot, PourPaire, PourDocument, PourFinLot, PourFinFichier}
	dansLot     = []Pour{PourLot, PourPaire, PourDocument, PourFinLot}
	partoutARL  = []Pour{PourARL, PourARLPiece}
	partout     = append(slices.Clone(partoutLot), partoutARL...)
	donnees     = map[string]Donnee{}
	donneesSens = map[string][]string{
		"arl.sens":   {SensPositif, SensNegatif},
		"arl.flux":   {FluxFactures, FluxPieces},
		"paire.mode": {ModeDocument, ModeReference},
	}
)

func init() {
	noter := func(g Genre, pour []Pour, noms ...string) {
		for _, n := range noms {
			donnees[n] = Donnee{Nom: n, Genre: g, Sens: donneesSens[n], pour: pour}
		}
	}
	noter(GenreTexte, partout, "emetteur.numero", "emetteur.type", "destinataire.type", "destinataire.numero", "destinataire.organisme")
	noter(GenreTexte, partoutLot, "fichier.id", "profil.version")
	noter(GenreDate, partoutLot, "fichier.date")
	noter(GenreNombre, []Pour{PourFichier, PourFinFichier}, "fichier.enregistrements", "fichier.lots")
	noter(GenreNombre, append(slices.Clone(dansLot), partoutARL...), "lot.numero")
	noter(GenreDate, append(slices.Clone(dansLot), partoutARL...), "lot.date")
	noter(GenreNombre, dansLot, "lot.factures.numero", "lot.factures", "lot.paires", "lot.documents", "lot.pages", "lot.octets", "lot.enregistrements")
	noter(GenreDate, dansLot, "lot.factures.date")
	noter(GenreTexte, dansLot, "lot.factures.emetteur")
	noter(GenreNombre, []Pour{PourPaire}, "paire.rang", "facture.montant")
	noter(GenreSens, []Pour{PourPaire}, "paire.mode")
	noter(GenreNombre, []Pour{PourPaire, PourARL, PourARLPiece}, "facture.numero")
	noter(GenreDate, []Pour{PourPaire}, "facture.date")
	noter(GenreTexte, []Pour{PourPaire}, "facture.nir", "facture.cle", "facture.regime", "facture.caisse", "facture.centre", "piece.type", "piece.reference")
	noter(GenreTexte, []Pour{PourPaire, PourARLPiece}, "piece.id")
	noter(GenreNombre, []Pour{PourDocument}, "document.rang", "document.pages", "document.octets")
	noter(GenreTexte, []Pour{PourDocument}, "document.id", "document.type", "document.nom")
	noter(GenreEmpreinte, []Pour{PourDocument}, "document.empreinte")
	noter(GenreDate, partoutARL, "arl.date")
	noter(GenreSens, partoutARL, "arl.sens", "arl.flux")
	noter(GenreTexte, partoutARL, "arl.code", "arl.libelle", "message.compostage")
	noter(GenreNombre, partoutARL, "arl.pieces")
	noter(GenreTexte, []Pour{PourARLPiece}, "piece.code", "piece.libelle")
}

// Donnees lists the data that the zones of a profile may name, in alphabetical order.
func Donnees() []Donnee {
	d := make([]Donnee, 0, len(donnees))
	for _, nom := range slices.Sorted(maps.Keys(donnees)) {
		d = append(d, donnees[nom])
	}
	return d
}

// DonneeNommee finds a datum.
func DonneeNommee(nom string) (Donnee, bool) {
	d, ok := donnees[nom]
	return d, ok
}

// DonneesMessage lists the names that the templates of a message may use. Those of a document exist in the document's templates only.
func DonneesMessage() []string {
	return []string{"emetteur.numero", "emetteur.type", "destinataire.type", "destinataire.numero", "destinataire.organisme", "destinataire.regime",
		"frontal", "compostage", "profil.version", "fichier.id", "lot.numero", "lot.date", "message.lots", "message.paires", "message.documents", "compression"}
}

// DonneesDocument lists what a document's templates may use besides [DonneesMessage].
func DonneesDocument() []string {
	return []string{"document.id", "document.rang", "document.type"}
}

// DonneesRetour lists what the templates of a return, written by a frontal, may use.
func DonneesRetour() []string {
	return []string{"emetteur.numero", "compostage", "message", "code", "libelle", "lot.numero", "lot.date", "date", "compression"}
}
