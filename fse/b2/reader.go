package b2

import (
	"fmt"
	"io"
	"iter"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// Reader reads a B2 file in constant memory: that of its largest invoice.
type Reader struct {
	opts     options
	t        tampon
	demarre  bool
	fini     bool
	erreur   error
	n        int      // records measured
	premier  int      // records before the current file, in a stream of several
	consomme int      // bytes of the current event, still in the buffer
	avant    []byte   // byte order mark, given with the first record
	declaree Variante // by the file header
	variante Variante // of the lot
	version  Version
	choisie  bool // the variant of the lot is settled by its first invoice

	enr     Enregistrement // current record outside invoices
	lisible [Longueur]byte
	bornes  []borne // of the records of the current invoice
	facture Bloc
	courant Enregistrement // of the invoice being checked
	relu    Enregistrement // the same, read again for a finding
	decodee fse.Facture    // the same decoded, when the checks did it
	examen  examen
	lot     fse.Lot
	entete  *Enregistrement
	fichier fse.Fichier // without lots

	etat     etat
	cumul    cumul
	vues     doublons
	textes   textes
	justes   [16][9]byte // numbers whose key was right
	formes   uint8       // changes of form already told once
	constats []Constat
	omis     int
	refus    *Constat
}

// etat is the place in 000 (1 (2 … 5)* 6)* 999.
type etat uint8

const (
	avantEntete etat = iota
	dansFichier
	dansLot
	apresFin
)

type evenement uint8

const (
	evFin evenement = iota
	evEntete
	evLot
	evFacture
	evFinLot
	evFinFichier
	evAutre
)

// NewReader returns a reader of src, which it reads ahead of what it has given.
func NewReader(src io.Reader, opts ...Option) *Reader {
	r := &Reader{t: tampon{src: src}}
	for _, o := range opts {
		o(&r.opts)
	}
	return r
}

// Entete returns a copy of the file header, nil when the file has none or was not read yet.
func (r *Reader) Entete() *Enregistrement {
	if r.entete == nil {
		return nil
	}
	return r.entete.Copie()
}

// Fichier returns what the file header says, without the lots.
func (r *Reader) Fichier() fse.Fichier { return r.fichier }

// Constats returns the findings so far: those on the structure, and with WithControles all others. After 10,000, one
// more says how many were left out.
func (r *Reader) Constats() []Constat {
	if r.omis == 0 {
		return r.constats
	}
	return append(r.constats[:len(r.constats):len(r.constats)], Constat{Code: ctlOmis.Code, Gravite: ctlOmis.Gravite,
		Lieu: fse.Lieu{Format: "b2", Rang: r.n}, Message: fmt.Sprintf("%d autres constats ne sont pas détaillés.", r.omis)})
}

// Factures returns the invoices in order. The *Bloc is good until the next one only: its zones are decoded when
// asked for, from the reader's memory. A yield of an error is the last one.
func (r *Reader) Factures() iter.Seq2[*Bloc, error] {
	return func(yield func(*Bloc, error) bool) {
		for {
			ev, err := r.suivant()
			switch {
			case err != nil:
				yield(nil, err)
				return
			case ev == evFin:
				return
			case ev == evFacture && !yield(&r.facture, nil):
				return
			}
		}
	}
}

// Enregistrements returns every record in order, unknown ones included, without looking at how they follow each other.
// Written back by a [Writer], they give the same bytes. The record is good until the next one only.
func (r *Reader) Enregistrements() iter.Seq2[*Enregistrement, error] {
	return func(yield func(*Enregistrement, error) bool) {
		if err := r.demarrer(); err != nil {
			yield(nil, err)
			return
		}
		for {
			r.avancer()
			n, f := r.t.cadre(0)
			if n+f == 0 {
				if err := r.finDuFlux(); err != nil {
					yield(nil, err)
				}
				return
			}
			r.prendre(n, f)
			switch r.enr.Type {
			case T1:
				r.variante, r.choisie = r.varianteDuLot(&r.enr), false
			case T2:
				r.choisirVariante(r.enr.octets())
				r.enr.Variante = r.variante
			}
			if !yield(&r.enr, nil) {
				return
			}
		}
	}
}

func (r *Reader) avancer() {
	r.t.deb += r.consomme
	r.consomme = 0
}

// prendre makes the record at the head of the buffer the current one.
func (r *Reader) prendre(n, f int) {
	b := r.t.buf[r.t.deb : r.t.deb+n+f]
	r.n++
	r.enr = Enregistrement{Numero: r.n, Offset: r.t.off + int64(r.t.deb), Avant: r.avant, Brut: b[:n:n], Fin: b[n:]}
	r.avant = nil
	r.enr.situer(r.variante, &r.lisible)
	r.distinguer(&r.enr)
	r.enr.Version = r.version
	r.consomme = n + f
}

// distinguer tells the version by a record that only one has.
func (r *Reader) distinguer(e *Enregistrement) {
	if r.opts.version != nil {
		r.version = *r.opts.version
		return
	}
	switch e.Type {
	case T3E, T4E:
		r.version = V2005E
	case T2S:
		if b := e.octets(); len(b) == Longueur && !vide(b[70:121]) {
			r.version = V2005E
		}
	}
}

// finDuFlux tells the end of the file from a failure to read it.
func (r *Reader) finDuFlux() error {
	r.fini = true
	if r.t.err == io.EOF {
		return nil
	}
	r.erreur = &ErreurLecture{Fichier: r.opts.nom, Enregistrement: r.n + 1, Offset: r.t.off + int64(r.t.deb), Err: r.t.err}
	return r.erreur
}

// ErreurLecture says where reading stopped.
type ErreurLecture struct {
	Fichier        string
	Enregistrement int
	Offset         int64
	Err            error
}

// Error implements error.
func (e *ErreurLecture) Error() string {
	z := zones.Erreur{Fichier: e.Fichier, Enregistrement: e.Enregistrement, Offset: e.Offset}
	return z.Error() + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *ErreurLecture) Unwrap() error { return e.Err }

// demarrer finds the framing and the variant, and refuses what is not B2.
func (r *Reader) demarrer() error {
	if r.demarre {
		return r.erreur
	}
	r.demarre = true
	r.avant = r.t.commencer()
	n, f := r.t.cadre(0)
	n2, _ := r.t.cadre(n + f)
	if r.t.err != nil && r.t.err != io.EOF && n2 == 0 {
		return r.finDuFlux()
	}
	tete := r.t.buf[r.t.deb : r.t.deb+n]
	suite := r.t.buf[r.t.deb+n+f : r.t.deb+n+f+n2]
	t1, _ := typer(tete, PS)
	t2, _ := typer(suite, PS)
	ok := t1 == T1 || t1 == T000 && (string(zVersion.Lire(tete)) == "B2" || t2 == T1)
	if !ok {
		r.erreur = &ErreurLecture{Fichier: r.opts.nom, Enregistrement: 1, Err: ErrPasB2}
		r.fini = true
		return r.erreur
	}
	if t1 == T000 && zNorme.Texte(tete) == "CP" {
		r.declaree, r.variante = CP, CP
	}
	return nil
}

var (
	zVersion, _ = tEntete.Zone("version")
	zNorme, _   = tEntete.Zone("norme")
)

// varianteDuLot is what the headers say.
func (r *Reader) varianteDuLot(lot *Enregistrement) Variante {
	if string(lot.Zone("norme")) == "CP" {
		return CP
	}
	return r.declaree
}

// choisirVariante settles the variant on the first invoice of a lot: where establishments end the invoice number
// (columns 36 to 38) the other variant has letters or blanks. One damaged byte does not overrule what the headers say.
func (r *Reader) choisirVariante(rec []byte) {
	if r.choisie {
		return
	}
	if len(rec) != Longueur {
		return // its columns may be anywhere: the next one will tell
	}
	r.choisie = true
	chiffres := 0
	for _, c := range rec[35:38] {
		if c >= '0' && c <= '9' {
			chiffres++
		}
	}
	switch {
	case chiffres == 3:
		r.variante = CP
	case chiffres == 0:
		r.variante = PS
	}
}

// suivant reads up to the next event.
func (r *Reader) suivant() (evenement, error) {
	if r.erreur != nil {
		return evFin, r.erreur
	}
	if r.fini {
		return evFin, nil
	}
	if err := r.demarrer(); err != nil {
		return evFin, err
	}
	if len(r.avant) > 0 {
		r.constate(&Enregistrement{Numero: 1, Type: T000}, PorteeFichier, ctlMarque, "", "", "",
			"Une marque d'ordre des octets (BOM) précède le fichier : elle a été laissée de côté.")
	}
	ev, err := r.lireEvenement()
	if err == nil && r.refus != nil {
		err = r.refus
		r.erreur = err
	}
	return ev, err
}
