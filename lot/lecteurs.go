package lot

import (
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

func lTexte(f func(s *source) string) lecteur {
	return func(s *source) (valeur, bool) { return disposition.VTexte(f(s)) }
}

func lNombre(f func(s *source) int) lecteur {
	return func(s *source) (valeur, bool) { return disposition.VNombre(int64(f(s))) }
}

func lMontant(f func(s *source) fse.Montant) lecteur {
	return func(s *source) (valeur, bool) { return disposition.VNombre(int64(f(s))) }
}

func lDate(f func(s *source) fse.Date) lecteur {
	return func(s *source) (valeur, bool) { return disposition.VDate(f(s)) }
}

// vQuand is the value of a date with its time of the day.
func vQuand(d fse.Date, heure time.Duration) (valeur, bool) {
	v, ok := disposition.VDate(d)
	v.Nombre = int64(heure / time.Second)
	return v, ok
}

// heureLue is the time of the day that a date was read with.
func heureLue(v valeur) time.Duration { return time.Duration(max(v.Nombre, 0)) * time.Second }

// somme adds something of all lots.
func somme(f func(x *index) int64) lecteur {
	return func(s *source) (valeur, bool) {
		n := int64(0)
		for _, x := range s.idx {
			n += f(x)
		}
		return disposition.VNombre(n)
	}
}

// lecteurs are the data of a file of lots, by the names of the profile.
var lecteurs map[string]lecteur

func init() {
	lecteurs = map[string]lecteur{}
	lecteursFichier()
	lecteursLot()
	lecteursFacture()
	lecteursPiece()
	lecteursDocument()
}

func lecteursFichier() {
	l := lecteurs
	l["emetteur.numero"] = lTexte(func(s *source) string { return s.f.Emetteur.Numero })
	l["emetteur.type"] = lTexte(func(s *source) string { return s.f.Emetteur.Type })
	l["emetteur.nom"] = lTexte(func(s *source) string { return s.f.Emetteur.Nom })
	l["logiciel.nom"] = lTexte(func(s *source) string { return s.f.Emetteur.Logiciel })
	l["logiciel.version"] = lTexte(func(s *source) string { return s.f.Emetteur.VersionLogiciel })
	l["logiciel.agrement"] = lTexte(func(s *source) string { return s.f.Emetteur.Agrement })
	l["destinataire.type"] = lTexte(func(s *source) string { return s.f.Destination.Type })
	l["destinataire.numero"] = lTexte(func(s *source) string { return s.f.Destination.Numero })
	l["destinataire.organisme"] = lTexte(func(s *source) string { return s.f.Destination.Organisme })
	l["destinataire.regime"] = lTexte(func(s *source) string { return s.f.Destination.Regime })
	l["message.compostage"] = lTexte(func(s *source) string { return s.f.Compostage })
	l["fichier.id"] = lTexte(func(s *source) string { return s.f.ID })
	l["fichier.date"] = func(s *source) (valeur, bool) { return vQuand(s.f.Date, s.f.Heure) }
	l["profil.version"] = lTexte(func(s *source) string { return s.p.Version })
	l["fichier.lots"] = lNombre(func(s *source) int { return len(s.f.Lots) })
	l["fichier.paires"] = somme(func(x *index) int64 { return int64(len(x.Paires)) })
	l["fichier.documents"] = somme(func(x *index) int64 { return int64(len(x.documents)) })
	l["fichier.pages"] = somme(func(x *index) int64 { return int64(x.pages) })
	l["fichier.octets"] = somme(func(x *index) int64 { return x.octets })
	l["fichier.montant"] = somme(func(x *index) int64 { return int64(x.montant) })
}

func lecteursLot() {
	l := lecteurs
	l["lot.rang"] = lNombre(func(s *source) int { return s.rangLot })
	l["lot.numero"] = lNombre(func(s *source) int { return s.lot.Numero })
	l["lot.date"] = lDate(func(s *source) fse.Date { return s.lot.Date })
	l["lot.factures.numero"] = lNombre(func(s *source) int { return s.lot.Factures.Numero })
	l["lot.factures.date"] = lDate(func(s *source) fse.Date { return s.lot.Factures.Date })
	l["lot.factures.emetteur"] = lTexte(func(s *source) string { return s.lot.Factures.Emetteur })
	l["lot.factures.fichier"] = lTexte(func(s *source) string { return s.lot.FichierFactures })
	l["lot.factures"] = lNombre(func(s *source) int { return len(s.lot.factures) })
	l["lot.paires"] = lNombre(func(s *source) int { return len(s.lot.Paires) })
	l["lot.documents"] = lNombre(func(s *source) int { return len(s.lot.documents) })
	l["lot.pages"] = lNombre(func(s *source) int { return s.lot.pages })
	l["lot.octets"] = func(s *source) (valeur, bool) { return disposition.VNombre(s.lot.octets) }
	l["lot.montant"] = lMontant(func(s *source) fse.Montant { return s.lot.montant })
	l["lot.somme_numeros"] = func(s *source) (valeur, bool) { return disposition.VNombre(s.lot.numeros) }
}

func lecteursFacture() {
	l := lecteurs
	l["facture.rang"] = lNombre(func(s *source) int { return s.rangFact })
	l["facture.numero"] = lNombre(func(s *source) int { return s.facture.Cle.Numero })
	l["facture.date"] = lDate(func(s *source) fse.Date { return s.facture.Date })
	l["facture.montant"] = lMontant(func(s *source) fse.Montant { return s.facture.Total })
	l["facture.amo"] = lMontant(func(s *source) fse.Montant { return s.facture.AMO })
	l["facture.amc"] = lMontant(func(s *source) fse.Montant { return s.facture.AMC })
	l["facture.patient"] = lMontant(func(s *source) fse.Montant { return s.facture.Patient })
	l["facture.nir"] = lTexte(func(s *source) string { return s.facture.Assure.Numero() })
	l["facture.cle"] = lTexte(func(s *source) string { return s.facture.Assure.Cle() })
	l["facture.naissance"] = func(s *source) (valeur, bool) {
		an := s.facture.Date.Annee()
		if an == 0 {
			an = s.f.Date.Annee()
		}
		return valeur{Texte: s.facture.Naissance.Brut(), Nombre: int64(an)}, s.facture.Naissance != ""
	}
	l["facture.rang_naissance"] = lTexte(func(s *source) string { return s.facture.RangNaissance })
	l["facture.qualite"] = lTexte(func(s *source) string { return s.facture.Attributs[attributQualite] })
	l["facture.regime"] = lTexte(func(s *source) string { return s.facture.Organisme.Regime })
	l["facture.caisse"] = lTexte(func(s *source) string { return s.facture.Organisme.Caisse })
	l["facture.centre"] = lTexte(func(s *source) string { return s.facture.Organisme.Centre })
	l["facture.flux"] = lTexte(func(s *source) string { return nomsFlux[s.facture.Flux] })
	l["facture.nature"] = lTexte(func(s *source) string { return s.facture.NatureAssurance })
	l["facture.prescripteur"] = lTexte(func(s *source) string { return s.facture.Prescripteur })
	l["facture.prescripteur.rpps"] = lTexte(func(s *source) string { return string(s.facture.RPPSPrescripteur) })
	l["facture.prescripteur.structure"] = lTexte(func(s *source) string { return s.facture.StructurePrescripteur })
	l["facture.executant"] = lTexte(func(s *source) string { return s.facture.Executant })
	l["facture.executant.rpps"] = lTexte(func(s *source) string { return string(s.facture.RPPSExecutant) })
	l["facture.prescription"] = lDate(func(s *source) fse.Date { return s.facture.DatePrescription })
	l["facture.entree"] = lDate(func(s *source) fse.Date { return s.facture.Entree })
	l["facture.sortie"] = lDate(func(s *source) fse.Date { return s.facture.Sortie })
	l["facture.sejour"] = lTexte(func(s *source) string { return s.facture.Sejour })
	l["facture.serie"] = lTexte(func(s *source) string { return s.facture.Serie })
	l["facture.pieces"] = lNombre(func(s *source) int {
		if s.pieces > 0 {
			return s.pieces
		}
		s.lot.ordonner()
		return len(s.lot.parFacture[s.paire])
	})
}

func lecteursPiece() {
	l := lecteurs
	l["paire.rang"] = lNombre(func(s *source) int { return s.paire + 1 })
	l["paire.mode"] = func(s *source) (valeur, bool) {
		if s.piece.EstReference() {
			return valeur{Texte: scor.ModeReference}, true
		}
		return valeur{Texte: scor.ModeDocument}, true
	}
	l["piece.rang"] = lNombre(func(s *source) int { return s.rangPiece })
	l["piece.id"] = lTexte(func(s *source) string { return s.p.Identifiant(s.piece.ID) })
	l["piece.type"] = lTexte(func(s *source) string { return codeType(s.p, s.piece.Type) })
	l["piece.reference"] = lTexte(func(s *source) string {
		if !s.piece.EstReference() {
			return ""
		}
		return s.p.Identifiant(s.piece.Reference)
	})
	l["piece.documents"] = lNombre(func(s *source) int {
		if s.piece.EstReference() {
			return 0
		}
		return 1
	})
	l["piece.numerisee"] = func(s *source) (valeur, bool) {
		t := s.piece.Numerisee
		if t.IsZero() {
			return valeur{Nombre: -1}, false
		}
		return valeur{Date: fse.DateDe(t), Nombre: int64(t.Hour()*3600 + t.Minute()*60 + t.Second())}, true
	}
}

func lecteursDocument() {
	l := lecteurs
	dans := func(f func(s *source, d *scor.Piece) (valeur, bool)) lecteur {
		return func(s *source) (valeur, bool) {
			d := s.doc()
			if d == nil {
				return valeur{}, false
			}
			return f(s, d)
		}
	}
	l["document.rang"] = dans(func(s *source, _ *scor.Piece) (valeur,
		bool) {
		return disposition.VNombre(int64(max(s.rangDoc, 1)))
	})
	l["document.id"] = dans(func(s *source, d *scor.Piece) (valeur,
		bool) {
		return disposition.VTexte(s.p.Identifiant(d.ID))
	})
	l["document.type"] = dans(func(s *source, d *scor.Piece) (valeur,
		bool) {
		return disposition.VTexte(codeType(s.p, d.Type))
	})
	l["document.pages"] = dans(func(_ *source, d *scor.Piece) (valeur,
		bool) {
		return disposition.VNombre(int64(d.Pages))
	})
	l["document.octets"] = dans(func(_ *source, d *scor.Piece) (valeur, bool) { return disposition.VNombre(d.Octets) })
	l["document.empreinte"] = dans(func(_ *source, d *scor.Piece) (valeur, bool) {
		return valeur{Empreinte: (*[32]byte)(&d.Empreinte)}, !d.Empreinte.IsZero()
	})
	l["document.nom"] = dans(func(s *source, d *scor.Piece) (valeur, bool) {
		g := gabaritDocument(s.p)
		nom, err := g.Remplir(func(n string) (string, bool) {
			return valeurDocument(s.p, d, s.rangDansMessage(d), s.facture,
				n)
		})
		return valeur{Texte: nom}, err == nil && nom != ""
	})
	l["document.contenu"] = dans(func(_ *source, d *scor.Piece) (valeur, bool) {
		return valeur{Open: verifie(d)},
			d.Open != nil
	})
}

// rangDansMessage counts documents through the file: that is how their parts are named.
func (s *source) rangDansMessage(d *scor.Piece) int {
	if s.rangs == nil {
		s.rangs = map[string]int{}
		rang := 0
		for _, x := range s.idx {
			for i := range x.documents {
				if rang++; s.rangs[x.documents[i].ID] == 0 {
					s.rangs[x.documents[i].ID] = rang
				}
			}
		}
	}
	return s.rangs[d.ID]
}

// verifie opens a document that has to be as long as the piece says.
func verifie(d *scor.Piece) func() (io.ReadCloser, error) {
	if d.Open == nil {
		return nil
	}
	return func() (io.ReadCloser, error) {
		r, err := d.Open()
		if err != nil || d.Octets <= 0 {
			return r, err
		}
		return &mesure{ReadCloser: r, reste: d.Octets}, nil
	}
}

// mesure fails where a document isn't as long as announced.
type mesure struct {
	io.ReadCloser
	reste int64
}

var errLongueur = errors.New("lot: a document isn't as long as its piece says")

func (m *mesure) Read(b []byte) (int, error) {
	n, err := m.ReadCloser.Read(b)
	if m.reste -= int64(n); m.reste < 0 || err == io.EOF && m.reste != 0 {
		return n, errLongueur
	}
	return n, err
}

func codeType(p *scor.Profil, nom string) string {
	t, _ := p.TypeNomme(nom)
	return t.Code
}

const attributQualite = "qualite"

// nomsFlux are the meanings of facture.flux.
var nomsFlux = map[fse.Flux]string{fse.FluxB2: "b2", fse.FluxFSE: "fse", fse.FluxFSESansVitale: "fse-sans-vitale",
	fse.FluxFSEDegradee: "fse-degradee", fse.FluxDRE: "dre"}

func fluxNomme(nom string) fse.Flux {
	for f, n := range nomsFlux {
		if n == nom {
			return f
		}
	}
	var zero fse.Flux
	return zero
}

// gabaritDocument is the name of the part that holds a document.
func gabaritDocument(p *scor.Profil) scor.Gabarit {
	for _, x := range p.Message.Parties {
		if x.Contenu == scor.PartieDocument {
			return x.Nom
		}
		for _, e := range x.Entrees {
			if e.Contenu == scor.PartieDocument {
				return e.Nom
			}
		}
	}
	return p.Message.NomDocument
}

// valeurDocument gives what the templates of a document may ask for besides the message's data.
func valeurDocument(p *scor.Profil, d *scor.Piece, rang int, f *fse.Facture, nom string) (string, bool) {
	switch nom {
	case "document.id":
		return p.Identifiant(d.ID), true
	case "document.rang":
		return strconv.Itoa(rang), true
	case "document.type":
		t, ok := p.TypeNomme(d.Type)
		return t.Code, ok
	case "facture.numero":
		n := d.Facture.Numero
		if f != nil {
			n = f.Cle.Numero
		}
		return strconv.Itoa(n), true
	}
	return "", false
}
