package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// parProfil explains a file that the profile lays out.
func (l lecteur) parProfil(comme string, b []byte) (*explication, error) {
	var d fichierDispose
	for _, x := range disposes(l.profil) {
		if x.nom == comme {
			d = x
		}
	}
	if d.format == nil {
		return nil, fmt.Errorf("le profil n'a pas de fichier %q : %w", comme, errPasCela)
	}
	var ms []disposition.Morceau
	var err error
	switch comme {
	case commeLot:
		ms, _, err = lot.Expliquer(b, l.profil)
	case commeARL:
		ms, _, err = lot.ExpliquerARL(b, &l.profil.Retours.ARL, l.profil)
	default:
		ms, _, err = lot.ExpliquerARL(b, l.profil.Retours.ARLFactures, l.profil)
	}
	x := &explication{Comme: comme, Titre: d.titre + " du profil " + l.profil.Nom + " (" + codage(d.format) + ")"}
	debut := map[int]int64{}
	for i := range ms {
		x.Zones = append(x.Zones, l.zone(d, &ms[i], debut))
	}
	x.Constats = constatsDe(err)
	return x, nil
}

// personnelles are the data that may tell who the patient is.
var personnelles = map[string]bool{"facture.nir": true, "facture.cle": true, "facture.naissance": true,
	"facture.rang_naissance": true, "document.contenu": true, "facture.sejour": true}

func (l lecteur) zone(d fichierDispose, m *disposition.Morceau, debut map[int]int64) zoneLue {
	z := zoneLue{Debut: m.Debut, Fin: m.Fin, Rang: m.Numero, Enregistrement: m.Enregistrement, Role: string(m.Role)}
	if m.Numero > 0 {
		if _, ok := debut[m.Numero]; !ok {
			debut[m.Numero] = m.Debut
		}
		z.Colonne = int(m.Debut-debut[m.Numero]) + 1
	}
	if m.Zone != nil {
		z.Zone, z.Source = m.Zone.Nom, m.Zone.Source
		z.Donnee, _ = contenuDe(d, m.Zone)
	}
	if nom := m.Donnee.Nom; nom != "" {
		z.Donnee = nom
		if m.Donnee.Aide != "" {
			z.Donnee += " : " + m.Donnee.Aide
		}
		z.Masque = personnelles[nom] || strings.Contains(nom, ".libre.")
		z.Valeur = l.valeur(m)
	}
	if m.Role == disposition.RoleInconnu {
		z.Masque = true // whatever stands there
	}
	return z
}

// valeur says what a datum means.
func (l lecteur) valeur(m *disposition.Morceau) string {
	v := m.Valeur
	switch {
	case m.Role == disposition.RoleDocument:
		return fmt.Sprintf("un document de %d octets dans le fichier", m.Fin-m.Debut)
	case !m.Lue:
		return "absent"
	}
	switch m.Donnee.Genre {
	case disposition.GenreNombre:
		return fmt.Sprint(v.Nombre)
	case disposition.GenreMontant:
		return fse.Montant(v.Nombre).String()
	case disposition.GenreDate, disposition.GenreInstant:
		return instantDe(v)
	case disposition.GenreEmpreinte:
		return "SHA-256"
	case disposition.GenreCode:
		return l.typePiece(v.Texte)
	case disposition.GenreNaissance:
		return v.Texte
	}
	if nom := m.Donnee.Nom; nom == "arl.code" || nom == "piece.code" {
		if c, ok := l.profil.Code(v.Texte); ok {
			return c.Libelle + " (" + string(c.Severite) + ")"
		}
		return "code absent du profil"
	}
	return v.Texte
}

func instantDe(v disposition.Valeur) string {
	t := ""
	if !v.Date.IsZero() {
		t = v.Date.Time(nil).Format("02/01/2006")
	}
	if v.Nombre > 0 {
		t += fmt.Sprintf(" %02d:%02d:%02d", v.Nombre/3600, v.Nombre/60%60, v.Nombre%60)
	}
	return strings.TrimSpace(t)
}

func (l lecteur) typePiece(code string) string {
	if t, ok := l.profil.TypeCode(code); ok {
		return t.Libelle
	}
	return "code absent de types_piece"
}

// constatsDe lists what an error of a reading joins.
func constatsDe(err error) []constat {
	l := []constat{}
	var suivre func(err error)
	suivre = func(err error) {
		if j, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range j.Unwrap() {
				suivre(e)
			}
			return
		}
		c := constat{Gravite: "erreur", Code: "lecture"}
		var e *disposition.Erreur
		switch {
		case err == nil:
			return
		case errors.As(err, &e):
			c.Code, c.Rang, c.Enregistrement, c.Zone = string(e.Nature), e.Numero, e.Enregistrement, e.Zone
			c.Message = e.Message
		case errors.Is(err, lot.ErrSens):
			c.Code, c.Message = "code", "le code n'est pas dans codes_retour, et rien d'autre ne dit si le lot est accepté"
		case errors.Is(err, scor.ErrFormat):
			c.Message = "il y a plus d'erreurs que celles qui sont dites"
		default:
			c.Message = err.Error()
		}
		l = append(l, c)
	}
	suivre(err)
	return l
}
