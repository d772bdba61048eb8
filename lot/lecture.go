package lot

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// Lecture reads the parts of a message as the profile lays them out, for who receives one: [Lecture.Partie] for each
// part, then [Lecture.Fichier].
type Lecture struct {
	p         *scor.Profil
	parties   []partieAttendue
	f         *Fichier
	documents []DocumentRecu
	errs      []error
	fichiers  int
}

// DocumentRecu is a document that came as a part, or as an entry of an archive.
type DocumentRecu struct {
	Nom       string
	Octets    int64
	Empreinte scor.Empreinte
	PDF       bool // it begins like one
}

type partieAttendue struct {
	x                *scor.FormatPartie
	nom, description *regexp.Regexp
	entrees          []partieAttendue
}

const archiveMax = 256 << 20

// NewLecture is ready for the parts of one message.
func NewLecture(p *scor.Profil) *Lecture {
	return &Lecture{p: p, parties: attendues(p.Message.Parties)}
}

func attendues(xs []scor.FormatPartie) []partieAttendue {
	var ps []partieAttendue
	for i := range xs {
		ps = append(ps, partieAttendue{&xs[i], motif(xs[i].Nom), motif(xs[i].Description), attendues(xs[i].Entrees)})
	}
	return ps
}

// motif turns a template into the expression that reads it; nil for none.
func motif(g scor.Gabarit) *regexp.Regexp {
	if g.IsZero() {
		return nil
	}
	return regexp.MustCompile("(?s)^" + g.Motif(func(nom string, largeur int) string {
		switch {
		case nom == "compression":
			return "(?:/Z)?"
		case largeur > 0:
			return fmt.Sprintf(".{%d}", largeur)
		}
		return ".*?"
	}) + "$")
}

// memeType compares media types: their parameters (charset, name) tell how a part is read, not which it is.
func memeType(a, b string) bool {
	nu := func(s string) string {
		s, _, _ = strings.Cut(s, ";")
		return strings.TrimSpace(s)
	}
	return strings.EqualFold(nu(a), nu(b))
}

func (a *partieAttendue) est(typ, description, nom string) bool {
	return (typ == "" || memeType(typ, a.x.Type)) &&
		(a.description == nil || a.description.MatchString(description)) &&
		(a.nom == nil || a.nom.MatchString(nom))
}

// attendue finds which of the profile's parts it is: by all that tells it, else without its name, which the field
// leaves out, else by its type alone.
func (l *Lecture) attendue(typ, description, nom string) *partieAttendue {
	for _, est := range []func(a *partieAttendue) bool{
		func(a *partieAttendue) bool { return a.est(typ, description, nom) },
		func(a *partieAttendue) bool {
			return memeType(typ, a.x.Type) && (a.description == nil || a.description.MatchString(description))
		},
		func(a *partieAttendue) bool { return memeType(typ, a.x.Type) },
	} {
		for i := range l.parties {
			if est(&l.parties[i]) {
				return &l.parties[i]
			}
		}
	}
	return nil
}

// Partie takes a part; false where it is none of the profile's. What is wrong with it is in the error of
// [Lecture.Fichier].
func (l *Lecture) Partie(typ, description, nom string, r io.Reader) (bool, error) {
	a := l.attendue(typ, description, nom)
	if a == nil {
		return false, nil
	}
	return true, l.prendre(a, nom, r)
}

func (l *Lecture) prendre(a *partieAttendue, nom string, r io.Reader) error {
	// The transport undoes the compression of application/* types alone.
	if br := bufio.NewReader(r); a.x.Compression {
		r = br
		if debut, _ := br.Peek(2); string(debut) == "\x1f\x8b" {
			z, err := gzip.NewReader(br)
			if err != nil {
				l.faute("une partie que le profil compresse ne s'ouvre pas")
				return nil
			}
			r = z
		}
	}
	switch a.x.Contenu {
	case scor.PartieDocument:
		return l.document(nom, r)
	case scor.PartieZIP:
		return l.archive(a, r)
	case scor.PartieTAR:
		return l.tar(a, r)
	case scor.PartieTexte:
		_, err := io.Copy(io.Discard, r)
		return err
	}
	l.fichiers++
	f, err := Decode(r, l.p)
	if err != nil {
		l.errs = append(l.errs, joindreErreurs(err, nil))
	}
	l.ajouter(f)
	return nil
}

func (l *Lecture) document(nom string, r io.Reader) error {
	h := sha256.New()
	debut := make([]byte, 5)
	n, err := io.ReadFull(r, debut)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	h.Write(debut[:n])
	suite, err := io.Copy(h, r)
	if err != nil {
		return err
	}
	l.documents = append(l.documents, DocumentRecu{nom, int64(n) + suite, scor.Empreinte(h.Sum(nil)),
		string(debut[:n]) == "%PDF-"})
	return nil
}

// archive reads the entries of a ZIP, within bounds.
func (l *Lecture) archive(a *partieAttendue, r io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(r, archiveMax+1))
	if err != nil {
		return err
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(b) > archiveMax {
		l.faute("une archive ZIP de %d octets au plus attendue", archiveMax)
		return nil
	}
	reste := int64(archiveMax)
	for _, e := range z.File {
		if e.FileInfo().IsDir() {
			continue
		}
		r, err := e.Open()
		if err != nil {
			l.faute("une entrée de l'archive ne se lit pas")
			continue
		}
		suite := l.entree(a, e.Name, r, &reste)
		r.Close()
		if !suite {
			return nil
		}
	}
	return nil
}

// tar reads the entries of a TAR, as they come.
func (l *Lecture) tar(a *partieAttendue, r io.Reader) error {
	reste := int64(archiveMax)
	t := tar.NewReader(io.LimitReader(r, archiveMax+1))
	for n := 0; ; n++ {
		e, err := t.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			l.faute("une archive TAR de %d octets au plus attendue", archiveMax)
			return nil
		case e.Typeflag == tar.TypeDir:
		case e.Typeflag != tar.TypeReg:
			l.faute("une entrée de l'archive n'est pas un fichier")
		case !l.entree(a, e.Name, t, &reste):
			return nil
		}
	}
}

// entree takes an entry of an archive; false where the rest of it can't be read.
func (l *Lecture) entree(a *partieAttendue, nom string, r io.Reader, reste *int64) bool {
	i := slices.IndexFunc(a.entrees, func(e partieAttendue) bool { return e.est("", "", nom) })
	if i < 0 {
		l.faute("une entrée de l'archive n'est aucune de celles du profil")
		return true
	}
	lim := &io.LimitedReader{R: r, N: *reste}
	err := l.prendre(&a.entrees[i], nom, lim)
	if *reste = lim.N; err != nil || *reste <= 0 {
		l.faute("une entrée de l'archive est coupée, ou l'archive tient plus de %d octets", archiveMax)
		return false
	}
	return true
}

func (l *Lecture) faute(format string, args ...any) {
	l.errs = append(l.errs, &disposition.Erreur{Nature: disposition.Structure, Message: fmt.Sprintf(format, args...)})
}

// ajouter puts the lots of a part with those of the others: the same lot may come in several.
func (l *Lecture) ajouter(f *Fichier) {
	if l.f == nil {
		l.f = f
		return
	}
	for _, x := range f.Lots {
		if i := l.lot(&x); i >= 0 {
			l.f.Lots[i].Paires = append(l.f.Lots[i].Paires, x.Paires...)
		} else {
			l.f.Lots = append(l.f.Lots, x)
		}
	}
}

func (l *Lecture) lot(x *Lot) int {
	for i := range l.f.Lots {
		if l.f.Lots[i].Cle == x.Cle && l.f.Lots[i].Factures == x.Factures {
			return i
		}
	}
	return -1
}

// Fichier gives what the message holds, and everything that is wrong with it: each error is a *disposition.Erreur. It
// is nil where no part held a file of lots.
func (l *Lecture) Fichier() (*Fichier, error) {
	var err error
	for _, e := range l.errs {
		err = joindreErreurs(err, joindreListe(e))
	}
	return l.f, err
}

func joindreListe(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	return []error{err}
}

// Documents lists what came beside the files of lots, in order.
func (l *Lecture) Documents() []DocumentRecu { return l.documents }

// Ecart is what a document received departs from what the file of lots says of it.
type Ecart struct {
	// Code is document-absent, document-octets, document-empreinte or document-nom.
	Code, Message string
}

// Ecarts compares the documents received with those that the file of lots announces.
func (l *Lecture) Ecarts(compostage string) []Ecart {
	if l.f == nil || !l.apart() {
		return nil
	}
	g := gabaritDocument(l.p)
	recus := map[string]DocumentRecu{}
	for _, d := range l.documents {
		recus[d.Nom] = d
	}
	var es []Ecart
	rang := 0
	f := *l.f
	f.Compostage = compostage
	c := &composition{p: l.p, tout: &f}
	for i := range f.Lots {
		x := &f.Lots[i]
		sous := f
		sous.Lots = f.Lots[i : i+1]
		for _, d := range x.Documents() {
			rang++
			recu, la := DocumentRecu{}, false
			if g.IsZero() {
				if la = rang <= len(l.documents); la {
					recu = l.documents[rang-1]
				}
			} else {
				nom, err := c.remplir(g, portion{f: &sous, document: &d, rang: rang, facture: x.factureDe(d.ID)}, false)
				if err != nil {
					es = append(es, Ecart{"document-nom", fmt.Sprintf("document %s: %v", d.ID, err)})
					continue
				}
				recu, la = recus[nom]
			}
			es = append(es, ecart(&d, &recu, la)...)
		}
	}
	return es
}

func ecart(d *scor.Piece, recu *DocumentRecu, la bool) []Ecart {
	switch {
	case !la:
		return []Ecart{{"document-absent", fmt.Sprintf("le document %s est annoncé et n'est pas dans le message", d.ID)}}
	case d.Octets != 0 && d.Octets != recu.Octets:
		return []Ecart{{"document-octets", fmt.Sprintf("document %s : %d octets annoncés, %d reçus", d.ID, d.Octets,
			recu.Octets)}}
	case !d.Empreinte.IsZero() && d.Empreinte != recu.Empreinte:
		return []Ecart{{"document-empreinte", fmt.Sprintf("document %s : un autre contenu qu'annoncé", d.ID)}}
	}
	return nil
}

// apart says whether documents travel beside the file of lots.
func (l *Lecture) apart() bool {
	for i := range l.parties {
		if l.parties[i].x.Contenu == scor.PartieDocument {
			return true
		}
		for _, e := range l.parties[i].entrees {
			if e.x.Contenu == scor.PartieDocument {
				return true
			}
		}
	}
	return false
}
