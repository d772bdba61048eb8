package b2

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

func (r *Reader) lireEvenement() (evenement, error) {
	r.avancer()
	n, f := r.t.cadre(0)
	if n+f == 0 {
		if err := r.finDuFlux(); err != nil {
			return evFin, err
		}
		e := Enregistrement{Numero: r.n, Offset: r.t.off + int64(r.t.deb)}
		r.terminerFichier(&e)
		return evFin, nil
	}
	r.prendre(n, f)
	e := &r.enr
	if e.Type == T2 {
		r.choisirVariante(e.octets())
		if err := r.delimiter(n + f); err != nil {
			return evFin, err
		}
		r.horsLot()
		if r.opts.controles {
			r.controlerFacture()
		}
		return evFacture, nil
	}
	if r.etat == apresFin && blanc(bytes.Trim(e.Brut, "\x1a")) {
		return evAutre, nil // what fills the last block of a file
	}
	r.longueurDe(e)
	switch e.Type {
	case T000:
		return r.ouvrirFichier(e), nil
	case T1:
		return r.ouvrirLot(e), nil
	case T6:
		r.ordre(r.etat == dansLot, "une fin de lot sans lot")
		if r.etat == dansLot {
			r.etat = dansFichier
			r.finDeLot(e)
		}
		return evFinLot, nil
	case T999:
		if r.etat == dansLot {
			r.lotSansFin(e)
		}
		r.ordre(r.etat != apresFin, "une seconde fin de fichier")
		r.etat = apresFin
		r.finDeFichier(e)
		return evFinFichier, nil
	}
	if e.Type != Inconnu {
		r.ordre(false, "un enregistrement de type "+e.Type.String()+" hors d'une facture")
	} else {
		r.inconnu(e)
	}
	return evAutre, nil
}

// horsLot tells an invoice that no lot holds: the lot before has ended, and isn't its own.
func (r *Reader) horsLot() {
	if r.etat == dansLot {
		return
	}
	r.lot = fse.Lot{}
	r.lot.Cle.Emetteur = r.facture.partenaire()
	r.ordre(false, "une facture hors d'un lot")
}

// ouvrirFichier takes a header into account: the file's, or that of a file put after it in the same stream.
func (r *Reader) ouvrirFichier(e *Enregistrement) evenement {
	if r.etat == avantEntete {
		r.etat = dansFichier
		r.lireEntete(e)
		return evEntete
	}
	if r.etat != apresFin && r.entete != nil && bytes.Equal(r.entete.octets(), e.octets()) {
		r.ordre(false, "un second en-tête de fichier")
		if r.etat == dansLot {
			r.lotSansFin(e)
		}
		r.etat = dansFichier
		r.controlerZones(e, PorteeFichier)
		return evAutre
	}
	r.terminerFichier(e)
	r.etat, r.entete, r.premier, r.cumul = dansFichier, nil, r.n-1, cumul{}
	r.declaree, r.variante = PS, PS
	if zNorme.Texte(e.octets()) == "CP" {
		r.declaree, r.variante = CP, CP
	}
	r.lireEntete(e)
	f := &r.fichier
	r.constate(e, PorteeFichier, ctlFichierSuivant, "", r.lu(e, "fichier"), "", fmt.Sprintf(
		"Un autre fichier suit dans le même flux : fichier %s, de l'émetteur %s %s.", f.ID, f.TypeEmetteur, f.Emetteur))
	return evEntete
}

func (r *Reader) ouvrirLot(e *Enregistrement) evenement {
	if r.etat == avantEntete {
		r.constate(e, PorteeFichier, ctlEnteteAbsent, "", "", "type 000", "Le fichier n'a pas d'en-tête.")
	}
	r.ordre(r.etat != apresFin, "un lot après la fin du fichier")
	if r.etat == dansLot {
		r.lotSansFin(e)
	}
	r.etat = dansLot
	r.lireLot(e)
	return evLot
}

// delimiter finds where the invoice at the head of the buffer ends: after its type 5, or before what cannot belong to
// it. p is the length of its first record.
func (r *Reader) delimiter(p int) error {
	premier := r.n
	r.bornes = append(r.bornes[:0], borne{0, len(r.enr.Brut), p, T2, r.variante})
	for {
		n, f := r.t.cadre(p)
		if n+f == 0 {
			if r.t.err != io.EOF {
				r.t.deb += p
				return r.finDuFlux()
			}
			break
		}
		e := Enregistrement{Brut: r.t.buf[r.t.deb+p : r.t.deb+p+n], Fin: r.t.buf[r.t.deb+p+n : r.t.deb+p+n+f]}
		e.situer(r.variante, &r.lisible)
		if e.Type == T2 || e.Type == T000 || e.Type == T1 || e.Type >= T6 {
			break
		}
		if len(r.bornes) > tailleMax/Longueur {
			r.fini = true
			r.erreur = &ErreurLecture{Fichier: r.opts.nom, Enregistrement: r.n + 1, Offset: r.t.off + int64(r.t.deb+p),
				Err: errTropLong}
			return r.erreur
		}
		r.distinguer(&e)
		r.n++
		r.bornes = append(r.bornes, borne{p, n, p + n + f, e.Type, e.Variante})
		p += n + f
		if e.Type == T5 {
			break
		}
	}
	r.consomme = p
	r.enr = Enregistrement{}
	r.facture = Bloc{lot: &r.lot, variante: r.variante, version: r.version, octets: r.t.buf[r.t.deb : r.t.deb+p],
		bornes: r.bornes, textes: &r.textes, numero: premier, offset: r.t.off + int64(r.t.deb)}
	return nil
}

func (r *Reader) lireEntete(e *Enregistrement) {
	if r.entete == nil {
		r.entete = e.Copie()
		r.fichier = fse.Fichier{TypeEmetteur: e.Texte("type_emetteur"), Emetteur: e.Texte("emetteur"),
			TypeDestinataire: e.Texte("type_destinataire"), Destinataire: e.Texte("destinataire"),
			ID: e.Texte("fichier"), Norme: e.Texte("norme")}
		r.fichier.Date, _ = fse.ParseAAMMJJ(string(e.Zone("date_fichier")))
	}
	r.controlerZones(e, PorteeFichier)
}

func (r *Reader) lireLot(e *Enregistrement) {
	r.variante, r.choisie = r.varianteDuLot(e), false
	if r.lot.Cle.Emetteur == "" {
		r.lot = fse.Lot{}
	}
	l := &r.lot
	l.Flux = r.flux(e)
	l.Francs = e.Entiere() && e.Texte("monnaie") == ""
	l.Destinataire = encore(l.Destinataire, e, "organisme")
	l.Norme = encore(l.Norme, e, "norme")
	l.Partenaire = encore(l.Partenaire, e, "nom_partenaire")
	l.Cle.Emetteur = encore(l.Cle.Emetteur, e, "partenaire")
	num, _ := e.Entier("lot")
	l.Cle.Numero = int(num)
	l.Cle.Date, _ = fse.ParseAAMMJJ(string(e.Zone("date_lot")))
	r.debutDeLot(e)
}

// encore gives a zone as text, the same string again when it has not changed since the lot before.
func encore(ancien string, e *Enregistrement, zone string) string {
	b := e.Zone(zone)
	if n := len(ancien); n > 0 && n <= len(b) && string(b[:n]) == ancien && len(bytes.TrimRight(b[n:], " ")) == 0 {
		return ancien
	}
	return e.Texte(zone)
}

// flux reads the nature of a lot: its certification, or else the norm of the file. A letter that the norm has not is
// no flow: guessing one would decide which pieces nobody asks for.
func (r *Reader) flux(lot *Enregistrement) fse.Flux {
	switch lot.Texte("certification") {
	case "S":
		return fse.FluxFSE
	case "F":
		return fse.FluxFSESansVitale
	case "D":
		return fse.FluxFSEDegradee
	case "":
	default:
		return fse.FluxInconnu
	}
	if !normeConnue(r.fichier.Norme) {
		// Unverified: the DRE is said to be of the same family, its columns are not public.
		return fse.FluxDRE
	}
	return fse.FluxB2
}

// normeConnue reports whether a norm of the file header was seen in a source. What professionals other than
// establishments and suppliers write there is not documented; blank is accepted for them.
func normeConnue(s string) bool {
	switch strings.TrimSpace(s) {
	case "", "CP", "FR":
		return true
	}
	return false
}
