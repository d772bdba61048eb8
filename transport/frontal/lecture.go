package frontal

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// sujetIRIS is the Subject of the public senders: prefix and version (which one of
// them leaves out), émetteur, compostage, number of invoices.
var sujetIRIS = regexp.MustCompile(`^IR(?:\d{6})?/(?P<emetteur>\d{14})/(?P<compostage>\d{19})/(?P<nombre>\d{5})$`)

var descriptionIRIS = regexp.MustCompile(`^IRIS(TEST)?/B2(/Z)?$`)

// motifSujet turns the template of a Subject into the expression that reads it.
func motifSujet(g scor.Gabarit) (*regexp.Regexp, error) {
	vus := map[string]bool{}
	return regexp.Compile("^" + g.Motif(func(nom string, largeur int) string {
		nombre := "*?"
		if largeur > 0 {
			nombre = fmt.Sprintf("{%d}", largeur)
		}
		premier := !vus[nom]
		vus[nom] = true
		switch {
		case nom == "compostage" && premier:
			return `(?P<compostage>\d{19})`
		case nom == "emetteur.numero" && premier:
			return `(?P<emetteur>\d` + nombre + `)`
		}
		return "." + nombre
	}) + "$")
}

func (r *Recu) constater(code string, grave bool, format string, a ...any) {
	r.Constats = append(r.Constats, ecart(code, grave, fmt.Sprintf(format, a...)))
}

// analyser opens a message and notes all that departs from the conventions.
func (f *Frontal) analyser(ctx context.Context, brut io.Reader) *Recu {
	r := &Recu{}
	taille := new(compte)
	brut = io.TeeReader(brut, taille)
	m, err := transport.Open(ctx, brut, []transport.Cle{{Certificat: f.cfg.Certificat, Decrypter: f.cfg.Cle}})
	if err != nil {
		r.constater("message", true, "%v", err)
		return r
	}
	r.MessageID, r.Sujet = m.ID, m.Sujet
	l := &lecture{f: f, r: r, pieces: lot.NewLecture(f.cfg.Profil)}
	l.sujet()
	if r.Flux == Pieces {
		l.entetes(m)
	}
	for p, err := range m.Parties() {
		if err == nil {
			err = l.partie(p)
		}
		if err != nil {
			r.constater("partie", true, "%v", err)
		}
	}
	r.Chiffre = m.Chiffre
	l.borner("message-octets", int64(*taille), f.cfg.Profil.Limites.OctetsParMessage)
	l.conclure()
	return r
}

// lecture is the opening of one message.
type lecture struct {
	f        *Frontal
	r        *Recu
	lots     bool         // the Subject is that of a lot of pieces
	nombre   int64        // invoices that the Subject announces; -1 when it doesn't
	factures int64        // invoices found
	edi      int          // parts that hold a billing file
	emetteur string       // of the file
	pieces   *lot.Lecture // what the message holds of lots of pieces
}

func (l *lecture) sujet() {
	l.nombre = -1
	groupes := func(re *regexp.Regexp) bool {
		m := re.FindStringSubmatch(l.r.Sujet)
		if m == nil {
			return false
		}
		for i, nom := range re.SubexpNames() {
			switch nom {
			case "emetteur":
				l.r.Emetteur = m[i]
			case "compostage":
				l.r.Compostage = m[i]
			case "nombre":
				l.nombre, _ = strconv.ParseInt(m[i], 10, 64)
			}
		}
		return true
	}
	if groupes(sujetIRIS) {
		l.r.Flux = Factures
	}
	if groupes(l.f.sujetLot) {
		l.lots = true
		if l.r.Flux == Inconnue {
			l.r.Flux = Pieces
			l.nombre = -1
		}
	}
	if l.r.Flux == Inconnue {
		l.r.constater("sujet", true, "the Subject is neither that of an IRIS message nor the profile's")
	}
}

// entetes reads the header fields that the profile gives a message of pieces.
func (l *lecture) entetes(m *transport.Recu) {
	for nom, re := range l.f.entetes {
		g := re.FindStringSubmatch(m.Entete(nom))
		if g == nil {
			l.r.constater("entete", true, "header field %s isn't what the profile says", nom)
			continue
		}
		for i, groupe := range re.SubexpNames() {
			switch {
			case groupe == "compostage" && l.r.Compostage == "":
				l.r.Compostage = g[i]
			case groupe == "emetteur" && l.r.Emetteur == "":
				l.r.Emetteur = g[i]
			}
		}
	}
}

func (l *lecture) partie(p *transport.PartieRecue) error {
	h, n := sha256.New(), new(compte)
	br := bufio.NewReader(p)
	// A read error shows again below.
	debut, _ := br.Peek(5)
	pdf := bytes.Equal(debut, []byte("%PDF-"))
	corps := io.TeeReader(br, io.MultiWriter(h, n))
	err := l.fichier(p, corps)
	if err == nil {
		_, err = io.Copy(io.Discard, corps)
	}
	if err != nil {
		return err
	}
	if strings.HasSuffix(p.Description, "/Z") != (p.Compression != "") && strings.EqualFold(p.Type, transport.TypeEDI) {
		l.r.constater("compression", false, "Content-Description %q, compression %q", p.Description, p.Compression)
	}
	if strings.EqualFold(p.Type, "application/pdf") && !pdf {
		l.r.constater("document-pdf", true, "part %s says that it is a PDF and doesn't begin like one", p.Chemin)
	}
	part := Partie{Type: p.Type, Description: p.Description, Nom: p.Nom, Octets: int64(*n),
		Empreinte: scor.Empreinte(h.Sum(nil))}
	l.r.Parties = append(l.r.Parties, part)
	return nil
}

type compte int64

func (c *compte) Write(b []byte) (int, error) {
	*c += compte(len(b))
	return len(b), nil
}

// fichier reads a part: the billing file, or a part of a message of pieces. When both kinds of Subject look alike the
// Content-Description tells them apart.
func (l *lecture) fichier(p *transport.PartieRecue, r io.Reader) error {
	edi := strings.EqualFold(p.Type, transport.TypeEDI)
	iris := descriptionIRIS.MatchString(p.Description)
	if l.r.Flux == Factures && l.lots && edi && !iris {
		l.r.Flux, l.nombre = Pieces, -1
	}
	if l.r.Flux == Pieces {
		connue, err := l.pieces.Partie(p.Type, p.Description, p.Nom, r)
		if !connue && err == nil && edi {
			l.r.constater("description", false, "a part of type %s that is none of the profile's: Content-Description %q",
				p.Type, p.Description)
		}
		return err
	}
	if !edi {
		return nil
	}
	l.edi++
	if !iris {
		l.r.constater("description", false, "Content-Description %q, expected IRIS/B2 or IRIS/B2/Z", p.Description)
	}
	return l.b2(r)
}

// b2 reads a B2 file as far as an ARL needs it: b2-2007, records 000 (6-19), 1
// (2-10 partner, 20-22 lot, 72-77 date), 5 (one an invoice), 999 (56-63 records).
func (l *lecture) b2(r io.Reader) error {
	br := bufio.NewReader(r)
	rec := make([]byte, 128)
	var n int64
	fini := false
	for {
		if err := passerFins(br); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if k, err := io.ReadFull(br, rec); errors.Is(err, io.ErrUnexpectedEOF) && k > 0 {
			l.r.constater("b2-longueur", true, "record %d has %d bytes, expected 128", n+1, k)
			return nil
		} else if err != nil {
			return err
		}
		n++
		switch {
		case bytes.HasPrefix(rec, []byte("000")):
			l.emetteur = string(rec[5:19])
		case bytes.HasPrefix(rec, []byte("999")):
			fini = true
			if v, err := strconv.ParseInt(string(rec[55:63]), 10, 64); err != nil || v != n {
				l.r.constater("b2-compteur", true, "record 999 counts %.8q records, %d read", rec[55:63], n)
			}
		case rec[0] == '1':
			numero, _ := strconv.ParseInt(strings.TrimSpace(string(rec[19:22])), 10, 64)
			date, err := fse.ParseAAMMJJ(string(rec[71:77]))
			if err != nil {
				l.r.constater("b2-date", true, "record %d: date of the lot: %v", n, err)
			}
			l.r.Lots = append(l.r.Lots, Lot{Emetteur: string(rec[1:10]), Numero: numero, Date: date})
		case rec[0] == '5' && len(l.r.Lots) > 0:
			l.factures++
			l.r.Lots[len(l.r.Lots)-1].Factures++
		}
	}
	if !fini {
		l.r.constater("b2-fin", true, "no record 999 after %d records", n)
	}
	return nil
}

func passerFins(br *bufio.Reader) error {
	for {
		c, err := br.ReadByte()
		if err != nil {
			return err
		}
		if c != '\r' && c != '\n' {
			return br.UnreadByte()
		}
	}
}

// lotsDePieces notes what the message holds of lots of pieces, and all that is wrong with it.
func (l *lecture) lotsDePieces() {
	f, err := l.pieces.Fichier()
	l.fautes(err)
	if f == nil {
		return
	}
	l.edi++
	if f.Emetteur.Numero != "" {
		l.emetteur = f.Emetteur.Numero
	}
	l.r.FichierID = f.ID
	if l.r.Compostage == "" {
		l.r.Compostage = f.Compostage
	}
	limites := l.f.cfg.Profil.Limites
	for i := range f.Lots {
		x := &f.Lots[i]
		recu := Lot{Emetteur: x.Factures.Emetteur, Numero: int64(x.Numero), Date: x.Date}
		for _, p := range x.Paires {
			t, _ := l.f.cfg.Profil.TypeNomme(p.Piece.Type)
			recu.Pieces = append(recu.Pieces, PieceLot{ID: p.Piece.ID, Type: t.Code, Reference: p.Piece.Reference,
				Facture: int64(p.Facture.Cle.Numero)})
		}
		l.r.Lots = append(l.r.Lots, recu)
		l.borner("lot-paires", int64(len(x.Paires)), int64(limites.PairesParLot))
		l.borner("lot-documents", int64(len(x.Documents())), int64(limites.DocumentsParLot))
		l.borner("lot-octets", x.Octets(), limites.OctetsParLot)
	}
	l.borner("message-lots", int64(len(f.Lots)), int64(limites.LotsParMessage))
	for _, e := range l.pieces.Ecarts(l.r.Compostage) {
		l.r.constater(e.Code, e.Code != "document-nom", "%s", e.Message)
	}
}

// fautes notes each fault of the files of lots, by its nature.
func (l *lecture) fautes(err error) {
	errs := []error{err}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		errs = j.Unwrap()
	}
	for _, err := range errs {
		var e *disposition.Erreur
		switch {
		case err == nil:
		case !errors.As(err, &e):
			l.r.constater("lot-structure", true, "%v", err)
		case e.Nature == disposition.Compteur:
			l.r.constater("lot-compteur", true, "%v", err)
		case e.Nature == disposition.Code:
			l.r.constater("piece-type", true, "%v", err)
		case e.Nature == disposition.Cle:
			l.r.constater("lot-controle", true, "%v", err)
		default:
			l.r.constater("lot-structure", true, "%v", err)
		}
	}
}

// borner notes what is over a limit of the profile; 0 is no limit.
func (l *lecture) borner(code string, n, limite int64) {
	if limite > 0 && n > limite {
		l.r.constater(code, true, "%d, over the profile's limit of %d", n, limite)
	}
}

// conclure checks what only the whole message shows.
func (l *lecture) conclure() {
	p := l.f.cfg.Profil
	enveloppe := p.Message.Enveloppe
	if l.r.Flux == Factures {
		enveloppe = p.Factures.Enveloppe
	}
	if clair := enveloppe.Chiffrement == "" || enveloppe.Chiffrement == "aucun"; !clair && !l.r.Chiffre {
		l.r.constater("chiffrement", false, "the message is in clear, the profile asks for %s", enveloppe.Chiffrement)
	}
	if l.r.Flux == Inconnue {
		return
	}
	if l.r.Flux == Pieces {
		l.lotsDePieces()
	}
	if l.edi == 0 {
		l.r.constater("fichier", true, "no billing file in the message")
		return
	}
	if len(l.r.Lots) == 0 {
		l.r.constater("lots", true, "no lot in the file")
	}
	if l.nombre >= 0 && l.nombre != l.factures {
		l.r.constater("sujet-nombre", false, "the Subject announces %d invoices, the file holds %d", l.nombre, l.factures)
	}
	if l.r.Emetteur == "" {
		l.r.Emetteur = l.emetteur
	}
	if e := l.r.Emetteur; e != "" && l.emetteur != "" && strings.TrimLeft(e, "0") != strings.TrimLeft(l.emetteur, "0") {
		l.r.constater("sujet-emetteur", false, "the émetteur of the Subject isn't that of the file")
	}
}
