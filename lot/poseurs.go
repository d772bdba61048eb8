package lot

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// poseurs put what a zone holds where it belongs, by the names of the profile.
var poseurs map[string]poseur

func init() {
	poseurs = map[string]poseur{}
	poseursFichier()
	poseursLot()
	poseursFacture()
	poseursPiece()
}

func poseurDe(nom string) poseur {
	if p, ok := poseurs[nom]; ok {
		return p
	}
	debut, cle, ok := libre(nom)
	switch {
	case ok && debut == "emetteur.libre.":
		return func(b *batisseur, v valeur) error { ajouter(&b.f.Emetteur.Libres, cle, v.Texte); return nil }
	case ok && debut == "facture.libre.":
		return func(b *batisseur, v valeur) error { ajouter(&b.facturePosee().Attributs, cle, v.Texte); return nil }
	case ok:
		return func(b *batisseur, v valeur) error { ajouter(&b.piecePosee().Attributs, cle, v.Texte); return nil }
	}
	return func(*batisseur, valeur) error { return nil } // ranks: what they say, the order says
}

func pTexte(f func(b *batisseur) *string) poseur {
	return func(b *batisseur, v valeur) error { *f(b) = v.Texte; return nil }
}

func pCompteur(nom string) poseur {
	return func(b *batisseur, v valeur) error {
		b.compteurs = append(b.compteurs, compteur{nom, v.Nombre})
		return nil
	}
}

func poseursFichier() {
	p := poseurs
	p["emetteur.numero"] = pTexte(func(b *batisseur) *string { return &b.f.Emetteur.Numero })
	p["emetteur.type"] = pTexte(func(b *batisseur) *string { return &b.f.Emetteur.Type })
	p["emetteur.nom"] = pTexte(func(b *batisseur) *string { return &b.f.Emetteur.Nom })
	p["logiciel.nom"] = pTexte(func(b *batisseur) *string { return &b.f.Emetteur.Logiciel })
	p["logiciel.version"] = pTexte(func(b *batisseur) *string { return &b.f.Emetteur.VersionLogiciel })
	p["logiciel.agrement"] = pTexte(func(b *batisseur) *string { return &b.f.Emetteur.Agrement })
	p["destinataire.type"] = pTexte(func(b *batisseur) *string { return &b.f.Destination.Type })
	p["destinataire.numero"] = pTexte(func(b *batisseur) *string { return &b.f.Destination.Numero })
	p["destinataire.organisme"] = pTexte(func(b *batisseur) *string { return &b.f.Destination.Organisme })
	p["destinataire.regime"] = pTexte(func(b *batisseur) *string { return &b.f.Destination.Regime })
	p["message.compostage"] = pTexte(func(b *batisseur) *string { return &b.f.Compostage })
	p["fichier.id"] = func(b *batisseur, v valeur) error {
		if b.f.ID != "" && b.f.ID != v.Texte {
			return &disposition.Erreur{Nature: disposition.Structure,
				Message: "une autre identification du fichier que la première"}
		}
		b.f.ID = v.Texte
		return nil
	}
	p["fichier.date"] = func(b *batisseur, v valeur) error {
		b.f.Date, b.f.Heure = v.Date, max(b.f.Heure, heureLue(v)) // it may be written twice, with its hour or without
		return nil
	}
	for _, nom := range []string{"fichier.lots", "fichier.paires", "fichier.documents", "fichier.pages", "fichier.octets",
		"fichier.montant", "lot.factures", "lot.paires", "lot.documents", "lot.pages", "lot.octets", "lot.montant",
		"lot.somme_numeros"} {
		p[nom] = pCompteur(nom)
	}
}

// dansLot gives the setter of something of the lot.
func dansLot(f func(l *Lot, v valeur) error) poseur {
	return func(b *batisseur, v valeur) error {
		b.debutLot()
		return f(b.l, v)
	}
}

func poseursLot() {
	p := poseurs
	p["lot.numero"] = dansLot(func(l *Lot, v valeur) error {
		if l.Numero != 0 && l.Numero != int(v.Nombre) {
			return &disposition.Erreur{Nature: disposition.Structure, Message: fmt.Sprintf("le lot %d dans le lot %d", v.Nombre,
				l.Numero)}
		}
		l.Numero = int(v.Nombre)
		return nil
	})
	p["lot.date"] = dansLot(func(l *Lot, v valeur) error { l.Date = v.Date; return nil })
	p["lot.factures.numero"] = dansLot(func(l *Lot, v valeur) error { l.Factures.Numero = int(v.Nombre); return nil })
	p["lot.factures.date"] = dansLot(func(l *Lot, v valeur) error { l.Factures.Date = v.Date; return nil })
	p["lot.factures.emetteur"] = dansLot(func(l *Lot, v valeur) error { l.Factures.Emetteur = v.Texte; return nil })
	p["lot.factures.fichier"] = dansLot(func(l *Lot, v valeur) error { l.FichierFactures = v.Texte; return nil })
}

func poseursFacture() {
	p := poseurs
	texte := func(f func(x *fse.Facture) *string) poseur {
		return func(b *batisseur, v valeur) error { *f(b.facturePosee()) = v.Texte; return nil }
	}
	montant := func(f func(x *fse.Facture) *fse.Montant) poseur {
		return func(b *batisseur, v valeur) error { *f(b.facturePosee()) = fse.Montant(v.Nombre); return nil }
	}
	jour := func(f func(x *fse.Facture) *fse.Date) poseur {
		return func(b *batisseur, v valeur) error { *f(b.facturePosee()) = v.Date; return nil }
	}
	p["facture.numero"] = func(b *batisseur, v valeur) error { b.facturePosee().Cle.Numero = int(v.Nombre); return nil }
	p["facture.date"] = jour(func(x *fse.Facture) *fse.Date { return &x.Date })
	p["facture.montant"] = montant(func(x *fse.Facture) *fse.Montant { return &x.Total })
	p["facture.amo"] = montant(func(x *fse.Facture) *fse.Montant { return &x.AMO })
	p["facture.amc"] = montant(func(x *fse.Facture) *fse.Montant { return &x.AMC })
	p["facture.patient"] = montant(func(x *fse.Facture) *fse.Montant { return &x.Patient })
	p["facture.nir"] = func(b *batisseur, v valeur) error { b.nir = v.Texte; return nil }
	p["facture.cle"] = func(b *batisseur, v valeur) error { b.cle = v.Texte; return nil }
	p["facture.naissance"] = func(b *batisseur, v valeur) error {
		b.facturePosee().Naissance = fse.Naissance(v.Texte)
		return nil
	}
	p["facture.rang_naissance"] = texte(func(x *fse.Facture) *string { return &x.RangNaissance })
	p["facture.qualite"] = func(b *batisseur, v valeur) error {
		ajouter(&b.facturePosee().Attributs, attributQualite, v.Texte)
		return nil
	}
	p["facture.regime"] = texte(func(x *fse.Facture) *string { return &x.Organisme.Regime })
	p["facture.caisse"] = texte(func(x *fse.Facture) *string { return &x.Organisme.Caisse })
	p["facture.centre"] = texte(func(x *fse.Facture) *string { return &x.Organisme.Centre })
	p["facture.flux"] = func(b *batisseur, v valeur) error { b.facturePosee().Flux = fluxNomme(v.Texte); return nil }
	p["facture.nature"] = texte(func(x *fse.Facture) *string { return &x.NatureAssurance })
	p["facture.prescripteur"] = texte(func(x *fse.Facture) *string { return &x.Prescripteur })
	p["facture.prescripteur.structure"] = texte(func(x *fse.Facture) *string { return &x.StructurePrescripteur })
	p["facture.executant"] = texte(func(x *fse.Facture) *string { return &x.Executant })
	p["facture.sejour"] = texte(func(x *fse.Facture) *string { return &x.Sejour })
	p["facture.serie"] = texte(func(x *fse.Facture) *string { return &x.Serie })
	p["facture.prescripteur.rpps"] = func(b *batisseur, v valeur) error {
		b.facturePosee().RPPSPrescripteur = fse.RPPS(v.Texte)
		return nil
	}
	p["facture.executant.rpps"] = func(b *batisseur, v valeur) error {
		b.facturePosee().RPPSExecutant = fse.RPPS(v.Texte)
		return nil
	}
	p["facture.prescription"] = jour(func(x *fse.Facture) *fse.Date { return &x.DatePrescription })
	p["facture.entree"] = jour(func(x *fse.Facture) *fse.Date { return &x.Entree })
	p["facture.sortie"] = jour(func(x *fse.Facture) *fse.Date { return &x.Sortie })
}

// typePiece gives the type of a code.
func (b *batisseur) typePiece(code string) (string, error) {
	t, ok := b.p.TypeCode(code)
	if !ok {
		return "", &disposition.Erreur{Nature: disposition.Code,
			Message: "un type de pièce que le profil n'a pas (types_piece)"}
	}
	return t.Nom, nil
}

func poseursPiece() {
	p := poseurs
	doc := func(f func(b *batisseur, d *scor.Piece, v valeur) error) poseur {
		return func(b *batisseur, v valeur) error {
			d := b.document()
			if d == nil {
				return nil
			}
			return f(b, d, v)
		}
	}
	p["piece.id"] = func(b *batisseur, v valeur) error { b.piecePosee().ID = v.Texte; return nil }
	p["piece.reference"] = func(b *batisseur, v valeur) error { b.piecePosee().Reference = v.Texte; return nil }
	p["piece.type"] = func(b *batisseur, v valeur) (err error) {
		b.piecePosee().Type, err = b.typePiece(v.Texte)
		return err
	}
	p["paire.mode"] = func(b *batisseur, v valeur) error {
		if b.piece != nil {
			b.piece.mode = v.Texte
		}
		return nil
	}
	p["piece.numerisee"] = func(b *batisseur, v valeur) error { quand(&b.piecePosee().Numerisee, v); return nil }
	p["document.id"] = doc(func(_ *batisseur, d *scor.Piece, v valeur) error { poser(&d.ID, v.Texte); return nil })
	p["document.type"] = doc(func(b *batisseur, d *scor.Piece, v valeur) error {
		t, err := b.typePiece(v.Texte)
		poser(&d.Type, t)
		return err
	})
	p["document.pages"] = doc(func(_ *batisseur, d *scor.Piece, v valeur) error { d.Pages = int(v.Nombre); return nil })
	p["document.octets"] = doc(func(_ *batisseur, d *scor.Piece, v valeur) error { d.Octets = v.Nombre; return nil })
	p["document.empreinte"] = doc(func(_ *batisseur, d *scor.Piece, v valeur) error {
		d.Empreinte = scor.Empreinte(*v.Empreinte)
		return nil
	})
}
