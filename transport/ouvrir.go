package transport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strconv"
	"strings"

	"github.com/emersion/go-message/textproto"
)

const enteteMax = 1 << 20 // bytes of one header, and of what precedes a part

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
	source := lecteurContexte{ctx, r}
	ent, err := lireEntite(source)
	if err != nil {
		return nil, err
	}
	h := ent.entetes
	recu := &Recu{
		Entetes: h,
		De:      premiereAdresse(h.Get("From")),
		A:       adresses(h.Get("To")),
		Sujet:   decoderEntete(h.Get("Subject")),
	}
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
}

func lireEntite(r io.Reader) (entiteLue, error) {
	lim := &lecteurArme{r: r, reste: enteteMax, arme: true}
	br := bufio.NewReaderSize(lim, tampon/2)
	h, err := textproto.ReadHeader(br)
	lim.arme = false
	if err != nil {
		return entiteLue{}, erreurForme("header", err)
	}
	if h.Len() == 0 {
		return entiteLue{}, erreurForme("header", errors.New("no field"))
	}
	return entiteLue{h, br}, nil
}

// erreurForme wraps err as ErrMalForme, unless it is of the transport or a limit.
func erreurForme(ou string, err error) error {
	var transport interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrTropGrand), errors.Is(err, ErrMalForme), errors.Is(err, ErrSansCle), errors.Is(err, ErrSignature),
		errors.Is(err, context.Canceled), errors.As(err, &transport):
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
}

// entite walks an entity; false stops the whole walk.
func (p *parcours) entite(e entiteLue, l lieu, yield func(*PartieRecue, error) bool) bool {
	t, params := typeMedia(e.entetes.Get("Content-Type"))
	profond := l.niveau > p.ProfondeurMax
	switch {
	case strings.HasPrefix(t, "multipart/") && params["boundary"] != "" && !profond:
		return p.multipart(e, params["boundary"], l, yield)
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

func (p *parcours) multipart(e entiteLue, limite string, l lieu, yield func(*PartieRecue, error) bool) bool {
	corps, err := decoder(e)
	if err != nil {
		return yield(nil, err)
	}
	lim := &lecteurArme{r: corps}
	mr := textproto.NewMultipartReader(lim, limite)
	var partie *textproto.Part
	for i := 1; ; i++ {
		// What's left of the part is of any length; the header of the next isn't.
		if partie != nil {
			if _, err := io.Copy(io.Discard, partie); err != nil {
				yield(nil, erreurForme("part "+l.fils(i-1).chemin, err))
				return false
			}
		}
		lim.reste, lim.arme = enteteMax, true
		partie, err = mr.NextPart()
		lim.arme = false
		if err == io.EOF {
			return true
		}
		if err != nil {
			yield(nil, erreurForme("part "+l.fils(i).chemin, err))
			return false
		}
		if !p.entite(entiteLue{partie.Header, partie}, l.fils(i), yield) {
			return false
		}
	}
}

// chiffre opens an encrypted object and walks what's inside.
func (p *parcours) chiffre(e entiteLue, l lieu, yield func(*PartieRecue, error) bool) bool {
	p.recu.Chiffre = true
	corps, err := decoder(e)
	if err != nil {
		return p.echec(e, l, err, yield)
	}
	clair, err := dechiffrer(corps, p.Cles)
	if err != nil {
		return p.echec(e, l, erreurForme("encrypted object "+l.chemin, err), yield)
	}
	interieur, err := lireEntite(clair)
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
	corps, err := decoder(e)
	if err != nil {
		return p.echec(e, l, err, yield)
	}
	v, err := p.verification(corps)
	if err != nil {
		return p.echec(e, l, erreurForme("signed object "+l.chemin, err), yield)
	}
	interieur, err := lireEntite(v)
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
	t, params := typeMedia(e.entetes.Get("Content-Type"))
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
	r, err := decoder(e)
	if err == nil && strings.HasPrefix(t, "application/") {
		r, part.Compression, err = decompresser(r)
	}
	if err != nil {
		part.contenu = errLecteur{err}
		return part, erreurForme("part "+part.Chemin, err)
	}
	part.contenu = &lecteurCompte{p: p, r: r, chemin: part.Chemin}
	return part, nil
}

// lecteurCompte bounds what the parts give together.
type lecteurCompte struct {
	p      *parcours
	r      io.Reader
	chemin string
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
	if err != nil && err != io.EOF {
		err = erreurForme("part "+l.chemin, err)
	}
	return n, err
}

// lecteurArme bounds what is read while it is armed.
type lecteurArme struct {
	r     io.Reader
	reste int64
	arme  bool
}

func (l *lecteurArme) Read(b []byte) (int, error) {
	if !l.arme {
		return l.r.Read(b)
	}
	if l.reste <= 0 {
		return 0, fmt.Errorf("%w: header of more than %d bytes", ErrTropGrand, enteteMax)
	}
	if int64(len(b)) > l.reste {
		b = b[:l.reste]
	}
	n, err := l.r.Read(b)
	l.reste -= int64(n)
	return n, err
}

type lecteurContexte struct {
	ctx context.Context
	r   io.Reader
}

func (l lecteurContexte) Read(b []byte) (int, error) {
	if err := l.ctx.Err(); err != nil {
		return 0, err
	}
	return l.r.Read(b)
}

type errLecteur struct{ err error }

func (e errLecteur) Read([]byte) (int, error) { return 0, e.err }

func objetChiffre(t string, params map[string]string) bool {
	if t != "application/pkcs7-mime" && t != "application/x-pkcs7-mime" {
		return false
	}
	s := strings.ToLower(params["smime-type"])
	return s == "" || s == "enveloped-data" || s == "authenveloped-data"
}

func objetSigne(t string, params map[string]string) bool {
	return (t == "application/pkcs7-mime" || t == "application/x-pkcs7-mime") && strings.EqualFold(params["smime-type"], "signed-data")
}
