package b2

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/routage"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// ErrPasB2 says that a file does not begin as a B2 file does.
var ErrPasB2 = errors.New("b2: not a B2 file")

// Option changes how a file is read.
type Option func(*options)

type options struct {
	controles bool
	refuser   Gravite
	version   *Version // nil to tell it by what the file holds
	nom       string
	envoi     fse.Date
	routage   *routage.Table
}

// WithControles makes a [Reader] check keys, counts and totals on its way; [ParseFichier] always does.
func WithControles() Option { return func(o *options) { o.controles = true } }

// WithRefus makes the first finding of that severity, or a higher one, an error (a *Constat) that ends the reading.
// It implies WithControles.
func WithRefus(g Gravite) Option {
	return func(o *options) { o.refuser, o.controles = g, true }
}

// WithVersion names the zones as that version does. Without it, V2007 serves until a record is seen that the addendum
// brought (3E, 4E, the care pathway in 2S), and V2005E from that invoice on.
func WithVersion(v Version) Option { return func(o *options) { o.version = &v } }

// WithEnvoi gives the day on which the file is, or was, sent: the age of lots is told against it (ARL 5001 and 5002). By
// default it is the day of reception that the header may carry, or else the file's own date.
func WithEnvoi(d fse.Date) Option {
	return func(o *options) { o.envoi, o.controles = d, true }
}

// WithRoutage checks the organisms of the insured against the editor's table, and where the table sends them.
func WithRoutage(t *routage.Table) Option {
	return func(o *options) { o.routage, o.controles = t, true }
}

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
	decodee fse.Facture // the same decoded, when the checks did it
	examen  examen
	lot     fse.Lot
	entete  *Enregistrement
	fichier fse.Fichier // without lots

	etat     etat
	cumul    cumul
	vues     doublons
	textes   textes
	juste    [9]byte // the last number whose key was right
	formes   uint8   // changes of form already told once
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
			r.erreur = &ErreurLecture{Fichier: r.opts.nom, Enregistrement: r.n + 1, Offset: r.t.off + int64(r.t.deb+p), Err: errTropLong}
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
