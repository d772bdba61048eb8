package b2

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// ErrPasB2 says that a file does not begin as a B2 file does.
var ErrPasB2 = errors.New("b2: not a B2 file")

// Option changes how a file is read.
type Option func(*options)

type options struct {
	controles bool
	refuser   Gravite
	version   Version
	nom       string
}

// WithControles makes a [Reader] check keys, counts and totals on its way; [ParseFichier] always does.
func WithControles() Option { return func(o *options) { o.controles = true } }

// WithRefus makes the first finding of that severity, or a higher one, an error (a *Constat) that ends the reading.
// It implies WithControles.
func WithRefus(g Gravite) Option {
	return func(o *options) { o.refuser, o.controles = g, true }
}

// WithVersion names the zones as that version does. The default is V2007; what is decoded in invoices does not depend
// on it.
func WithVersion(v Version) Option { return func(o *options) { o.version = v } }

// WithNom gives the file's name, for errors.
func WithNom(nom string) Option { return func(o *options) { o.nom = nom } }

// Reader reads a B2 file in constant memory: that of its largest invoice.
type Reader struct {
	opts     options
	t        tampon
	demarre  bool
	fini     bool
	erreur   error
	n        int      // records measured
	consomme int      // bytes of the current event, still in the buffer
	declaree Variante // by the file header
	variante Variante // of the lot
	choisie  bool     // the variant of the lot is settled by its first invoice

	enr     Enregistrement // current record outside invoices
	facture Bloc
	decodee fse.Facture // the same decoded, when the checks did it
	lot     fse.Lot
	entete  *Enregistrement
	fichier fse.Fichier // without lots

	etat     etat
	cumul    controle
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
	return append(r.constats[:len(r.constats):len(r.constats)], Constat{Code: "constats-omis", Gravite: Information,
		Enregistrement: r.n, Message: fmt.Sprintf("%d autres constats ne sont pas détaillés.", r.omis)})
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
				r.choisirVariante(r.enr.Brut)
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
	r.enr = Enregistrement{Version: r.opts.version, Numero: r.n, Offset: r.t.off + int64(r.t.deb), Brut: b[:n:n], Fin: b[n:]}
	r.enr.Type, r.enr.Variante = typer(r.enr.Brut, r.variante)
	r.consomme = n + f
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
	r.t.commencer()
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
	r.choisie = true
	if len(rec) < 38 {
		return
	}
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
	ev, err := r.lireEvenement()
	if err == nil && r.refus != nil {
		err = r.refus
		r.erreur = err
	}
	return ev, err
}

func (r *Reader) lireEvenement() (evenement, error) {
	r.avancer()
	n, f := r.t.cadre(0)
	if n+f == 0 {
		if err := r.finDuFlux(); err != nil {
			return evFin, err
		}
		r.terminer()
		return evFin, nil
	}
	r.prendre(n, f)
	e := &r.enr
	if e.Type == T2 {
		r.choisirVariante(e.Brut)
		if err := r.delimiter(n + f); err != nil {
			return evFin, err
		}
		r.ordre(r.etat == dansLot, "une facture hors d'un lot")
		if r.opts.controles {
			r.controlerFacture()
		}
		return evFacture, nil
	}
	r.longueurDe(e)
	switch e.Type {
	case T000:
		r.ordre(r.etat == avantEntete, "un second en-tête de fichier")
		r.etat = dansFichier
		r.lireEntete(e)
		return evEntete, nil
	case T1:
		if r.etat == avantEntete {
			r.constate(e, PorteeFichier, Erreur, "entete-absent", "", "", "type 000", "Le fichier n'a pas d'en-tête.")
		}
		r.ordre(r.etat != apresFin, "un lot après la fin du fichier")
		if r.etat == dansLot {
			r.lotSansFin(e)
		}
		r.etat = dansLot
		r.lireLot(e)
		return evLot, nil
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

// delimiter finds where the invoice at the head of the buffer ends: after its type 5, or before what cannot belong to
// it. p is the length of its first record.
func (r *Reader) delimiter(p int) error {
	premier := r.n
	for {
		n, f := r.t.cadre(p)
		if n+f == 0 {
			if r.t.err != io.EOF {
				r.t.deb += p
				return r.finDuFlux()
			}
			break
		}
		c := byte(0)
		if n > 0 {
			c = r.t.buf[r.t.deb+p]
		}
		if c < '3' || c > '5' {
			if t, _ := typer(r.t.buf[r.t.deb+p:r.t.deb+p+n], r.variante); t == T2 || t == T000 || t == T1 || t >= T6 {
				break
			}
		}
		r.n++
		p += n + f
		if c == '5' {
			break
		}
	}
	r.consomme = p
	r.enr = Enregistrement{}
	r.facture = Bloc{lot: &r.lot, variante: r.variante, version: r.opts.version, octets: r.t.buf[r.t.deb : r.t.deb+p],
		eol: r.t.eol, numero: premier, offset: r.t.off + int64(r.t.deb), nombre: r.n - premier + 1}
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
	l := &r.lot
	l.Flux = r.flux(e)
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
