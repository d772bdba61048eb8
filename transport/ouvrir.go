package transport

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strconv"
	"strings"

	"github.com/emersion/go-message/textproto"
	"github.com/scor-sdk/scor-sdk-go/internal/annule"
)

// Open reads the header of a message and prepares its parts. The reader is
// used until the loop over the parts ends.
func (o Ouvreur) Open(ctx context.Context, r io.Reader) (*Recu, error) {
	if o.OctetsMax == 0 {
		o.OctetsMax = 4 << 30
	}
	if o.PartiesMax == 0 {
		o.PartiesMax = 10_000
	}
	if o.ProfondeurMax == 0 {
		o.ProfondeurMax = 10
	}
	if o.Brut != nil {
		r = io.TeeReader(r, o.Brut)
	}
	source := annule.Reader(ctx, r)
	recu := new(Recu)
	debut := debutMessage(source, func(code string) { recu.remarquer(code, "") })
	ent, err := recu.lireEntite(debut, "")
	if err != nil {
		return nil, err
	}
	h := ent.entetes
	if h.Len() == 0 {
		return nil, erreurForme("header", errors.New("no field"))
	}
	recu.Entetes = h
	recu.De, recu.A, recu.Sujet = premiereAdresse(h.Get("From")), adresses(h.Get("To")), decoderEntete(h.Get("Subject"))
	if ids := identifiants(h.Get("Message-Id")); len(ids) > 0 {
		recu.ID = ids[0]
	} else {
		recu.ID = strings.TrimSpace(h.Get("Message-Id"))
	}
	recu.EnReponseA = append(identifiants(h.Get("In-Reply-To")), identifiants(h.Get("References"))...)
	if d, err := mail.ParseDate(h.Get("Date")); err == nil {
		recu.Date = d
	}
	recu.Type, recu.Parametres = typeMedia(h.Get("Content-Type"))
	recu.Chiffre = objetChiffre(recu.Type, recu.Parametres)

	p := &parcours{Ouvreur: o, recu: recu}
	var fait bool
	recu.parties = func(yield func(*PartieRecue, error) bool) {
		if fait {
			yield(nil, ErrParcourue)
			return
		}
		fait = true
		if !p.entite(ent, lieu{}, yield) || o.Brut == nil {
			return
		}
		if _, err := io.Copy(io.Discard, source); err != nil {
			yield(nil, err)
		}
	}
	return recu, nil
}

// entiteLue is a header and the body that follows it.
type entiteLue struct {
	entetes textproto.Header
	corps   io.Reader
	// defaut is the type of an entity that doesn't say it; "" is text/plain.
	defaut string
	lieu   string
	recu   *Recu
}

func (e *entiteLue) typeMedia() (string, map[string]string) {
	c := e.entetes.Get("Content-Type")
	if e.defaut != "" && strings.TrimSpace(c) == "" {
		return e.defaut, nil
	}
	return typeMedia(c)
}

func (e *entiteLue) remarquer(code string) { e.recu.remarquer(code, e.lieu) }

// lireEntite reads the header of an entity; one without header is given whole as its
// body.
func (r *Recu) lireEntite(src io.Reader, lieu string) (entiteLue, error) {
	taille := tampon / 2
	if lieu != "" {
		taille = regardMax
	}
	br := bufio.NewReaderSize(src, taille)
	e := entiteLue{corps: br, lieu: lieu, recu: r}
	h, reste, err := lireEntete(br, e.remarquer)
	if err != nil {
		return e, erreurForme("header", err)
	}
	e.entetes = h
	if reste != nil {
		e.corps = io.MultiReader(bytes.NewReader(reste), br)
		if h.Len() == 0 {
			e.remarquer(ConstatSansEntete)
		}
	}
	return e, nil
}

// interieure is the entity inside an encrypted or signed object; without header its
// bytes are all that is known.
func (r *Recu) interieure(src io.Reader, lieu string) (entiteLue, error) {
	e, err := r.lireEntite(src, lieu)
	if err == nil && e.entetes.Len() == 0 {
		e.defaut = "application/octet-stream"
	}
	return e, err
}

// erreurForme wraps err as ErrMalForme, unless it is of the transport or a limit.
func erreurForme(ou string, err error) error {
	var transport interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrTropGrand), errors.Is(err, ErrMalForme), errors.Is(err, ErrSansCle),
		errors.Is(err, ErrCleIndisponible), errors.Is(err, ErrSignature), errors.Is(err, context.Canceled),
		errors.As(err, &transport):
		return fmt.Errorf("%s: %w", ou, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrMalForme, ou, err)
}

// lieu is where the walk is in the tree.
type lieu struct {
	chemin  string
	niveau  int
	chiffre bool
}

func (l lieu) fils(i int) lieu {
	c := strconv.Itoa(i)
	if l.chemin != "" {
		c = l.chemin + "." + c
	}
	return lieu{c, l.niveau + 1, l.chiffre}
}

type parcours struct {
	Ouvreur
	recu    *Recu
	parties int
	octets  int64
	groupes []*lecteurMultipart // those being read, from the outermost
}

// entite walks an entity; false stops the whole walk.
func (p *parcours) entite(e entiteLue, l lieu, yield func(*PartieRecue, error) bool) bool {
	t, params := e.typeMedia()
	profond := l.niveau > p.ProfondeurMax
	switch {
	case strings.HasPrefix(t, "multipart/") && !profond:
		if m := ouvrirMultipart(&e, params["boundary"]); m != nil {
			if s := nouvelleSignee(t, params, p); s != nil {
				return s.multipart(e, m, l, yield)
			}
			return p.multipart(e, m, l, yield)
		}
		t = "text/plain" // all that it can be
	case objetChiffre(t, params) && !profond:
		return p.chiffre(e, l, yield)
	case objetSigne(t, params) && !profond:
		return p.signe(e, l, yield)
	}
	part, err := p.feuille(e, l, t, params)
	if err == nil && profond {
		err = fmt.Errorf("%w: more than %d levels", ErrTropGrand, p.ProfondeurMax)
	}
	if !p.compter() {
		yield(nil, fmt.Errorf("%w: more than %d parts", ErrTropGrand, p.PartiesMax))
		return false
	}
	return yield(part, err)
}

func (p *parcours) compter() bool {
	p.parties++
	return p.parties <= p.PartiesMax
}

// ouvrirMultipart is nil when no boundary is announced nor seen. e.corps still gives
// the whole body then.
func ouvrirMultipart(e *entiteLue, limite string) *lecteurMultipart {
	br := bufio.NewReaderSize(e.corps, tampon/2)
	e.corps = br
	debut, fin := br.Peek(tampon / 2)
	if limite == "" || fin != nil && !ouvre(debut, limite) {
		if limite = limiteVue(br); limite == "" {
			e.remarquer(ConstatSansLimite)
			return nil
		}
		e.remarquer(ConstatLimite)
	}
	corps := io.Reader(br)
	switch c, _ := codage(e.entetes.Get("Content-Transfer-Encoding")); c {
	case codageBase64, codageQP:
		// RFC 2045 §6.4 forbids it, and those who write it seldom do it.
		if bytes.Contains(debut, []byte("--"+limite)) {
			e.remarquer(ConstatCodageGroupe)
		} else {
			corps = decoder(*e)
		}
	}
	return nouveauMultipart(corps, limite)
}

func (p *parcours) multipart(e entiteLue, m *lecteurMultipart, l lieu, yield func(*PartieRecue, error) bool) bool {
	p.groupes = append(p.groupes, m)
	defer func() { p.groupes = p.groupes[:len(p.groupes)-1] }()
	defaut := ""
	if t, _ := e.typeMedia(); t == "multipart/digest" {
		defaut = "message/rfc822"
	}
	for i := 1; ; i++ {
		brut, err := m.suivante()
		if err == io.EOF {
			break
		}
		if err != nil {
			yield(nil, erreurForme("part "+l.fils(i).chemin, err))
			return false
		}
		f := l.fils(i)
		partie, err := p.recu.lireEntite(brut, f.chemin)
		if err != nil {
			yield(nil, erreurForme("part "+f.chemin, err))
			return false
		}
		partie.defaut = defaut
		if !p.entite(partie, f, yield) {
			return false
		}
	}
	if m.tronque {
		e.remarquer(ConstatSansFin)
	}
	return true
}

// coupe: the message ended in the middle of a line, within a multipart. The end of
// an inner multipart is that of the message only when the outer ones end there too.
func (p *parcours) coupe() bool {
	for _, m := range p.groupes {
		if !m.tronque {
			return false
		}
	}
	return len(p.groupes) > 0 && p.groupes[len(p.groupes)-1].coupe
}

// chiffre opens an encrypted object and walks what's inside.
func (p *parcours) chiffre(e entiteLue, l lieu, yield func(*PartieRecue, error) bool) bool {
	p.recu.Chiffre = true
	clair, err := dechiffrer(decoder(e), p.Cles)
	if err != nil {
		return p.echec(e, l, erreurForme("encrypted object "+l.chemin, err), yield)
	}
	interieur, err := p.recu.interieure(clair, e.lieu)
	if err != nil {
		return p.echec(e, l, fmt.Errorf("in encrypted object: %w", err), yield)
	}
	l.chiffre = true
	l.niveau++
	if !p.entite(interieur, l, yield) {
		return false
	}
	// The object must be whole, also behind the end of what is in it.
	if _, err := io.Copy(io.Discard, clair); err != nil {
		return yield(nil, erreurForme("encrypted object "+l.chemin, err))
	}
	return true
}

// signe opens a signed object, walks what's inside and says at the end whether the
// signatures hold.
func (p *parcours) signe(e entiteLue, l lieu, yield func(*PartieRecue, error) bool) bool {
	v, err := p.verification(decoder(e))
	if err != nil {
		return p.echec(e, l, erreurForme("signed object "+l.chemin, err), yield)
	}
	interieur, err := p.recu.interieure(v, e.lieu)
	if err != nil {
		return p.echec(e, l, fmt.Errorf("in signed object: %w", err), yield)
	}
	l.niveau++
	if !p.entite(interieur, l, yield) {
		return false
	}
	if _, err := io.Copy(io.Discard, v); err != nil {
		return yield(nil, err)
	}
	p.recu.Signatures = append(p.recu.Signatures, v.signatures()...)
	return true
}

// echec passes an object that can't be opened, with the reason.
func (p *parcours) echec(e entiteLue, l lieu, err error, yield func(*PartieRecue, error) bool) bool {
	t, params := e.typeMedia()
	part := p.partie(e.entetes, l, t, params)
	part.contenu = errLecteur{err}
	if !p.compter() {
		err = fmt.Errorf("%w: more than %d parts", ErrTropGrand, p.PartiesMax)
	}
	return yield(part, err)
}

func (p *parcours) partie(h textproto.Header, l lieu, t string, params map[string]string) *PartieRecue {
	if l.chemin == "" {
		l.chemin = "1"
	}
	return &PartieRecue{
		Entetes: h, Type: t, Parametres: params, Chemin: l.chemin, Chiffre: l.chiffre,
		Description: decoderEntete(h.Get("Content-Description")),
		Nom:         nomFichier(h, params),
	}
}

func (p *parcours) feuille(e entiteLue, l lieu, t string, params map[string]string) (*PartieRecue, error) {
	part := p.partie(e.entetes, l, t, params)
	r := decoder(e)
	var err error
	if strings.HasPrefix(t, "application/") {
		r, part.Compression, err = decompresser(r)
	}
	if err != nil {
		part.contenu = errLecteur{err}
		return part, erreurForme("part "+part.Chemin, err)
	}
	part.contenu = &lecteurCompte{p: p, r: r, chemin: part.Chemin, texte: strings.HasPrefix(t, "text/") ||
		strings.HasPrefix(t, "message/")}
	return part, nil
}

// lecteurCompte bounds what the parts give together.
type lecteurCompte struct {
	p      *parcours
	r      io.Reader
	chemin string
	texte  bool // of use even when it's cut
}

func (l *lecteurCompte) Read(b []byte) (int, error) {
	if reste := l.p.OctetsMax - l.p.octets; int64(len(b)) > reste {
		if reste <= 0 {
			// One byte more tells the end from an excess.
			n, err := io.ReadFull(l.r, make([]byte, 1))
			if n == 0 && err == io.EOF {
				return 0, io.EOF
			}
			return 0, fmt.Errorf("%w: part %s: more than %d bytes", ErrTropGrand, l.chemin, l.p.OctetsMax)
		}
		b = b[:reste]
	}
	n, err := l.r.Read(b)
	l.p.octets += int64(n)
	if err == io.EOF && !l.texte && l.p.coupe() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		err = erreurForme("part "+l.chemin, err)
	}
	return n, err
}

type errLecteur struct{ err error }

func (e errLecteur) Read([]byte) (int, error) { return 0, e.err }

func objetChiffre(t string, params map[string]string) bool {
	// A gateway that knows no S/MIME leaves the name (RFC 8551 §3.9).
	if t == "application/octet-stream" {
		return strings.EqualFold(params["name"], "smime.p7m")
	}
	if t != "application/pkcs7-mime" && t != "application/x-pkcs7-mime" {
		return false
	}
	s := strings.ToLower(params["smime-type"])
	return s == "" || s == "enveloped-data" || s == "authenveloped-data"
}

func objetSigne(t string, params map[string]string) bool {
	return (t == "application/pkcs7-mime" || t == "application/x-pkcs7-mime") && strings.EqualFold(params["smime-type"],
		"signed-data")
}
