package escl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// Document is what the scanner gives at once: a page (JPEG), or all of them (PDF). It is read before the next one is
// asked for; its bytes fail with an *Erreur where they are cut short or pass the limit.
type Document struct {
	Numero int    // from 1
	Format string // MIME type, as the scanner says it, without parameters
	io.Reader
}

// Numeriser does one job, and gives each document as it comes. Who stops before the last one cancels the job. An error
// ends the sequence: what came before it was whole, and may be kept.
func (c *Client) Numeriser(ctx context.Context, r Reglages) iter.Seq2[*Document, error] {
	return func(yield func(*Document, error) bool) {
		corps, err := r.xml()
		if err != nil {
			yield(nil, err)
			return
		}
		travail, err := c.creer(ctx, r, corps)
		if err != nil {
			yield(nil, err)
			return
		}
		fini := false
		defer func() {
			if !fini {
				c.annuler(ctx, travail)
			}
		}()
		for n := 1; ; n++ {
			suite, err := c.suivant(ctx, travail, n, yield)
			if err == nil && suite == finDuTravail {
				err = c.terminer(ctx, travail, n-1, r.Source)
				fini = err == nil
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if suite != continuer {
				return
			}
		}
	}
}

type suite uint8

const (
	continuer suite = iota
	finDuTravail
	arreter
)

// creer posts the job, and waits while the scanner is busy. It gives the path of the job.
func (c *Client) creer(ctx context.Context, r Reglages, corps string) (string, error) {
	const acte = "ScanJobs"
	reste := c.patience
	for {
		rep, err := c.demander(ctx, acte, http.MethodPost, c.racine.Path+"/ScanJobs", corps)
		if err != nil {
			return "", err
		}
		vider(rep)
		switch {
		case rep.StatusCode == http.StatusCreated || rep.StatusCode == http.StatusOK:
			return c.chemin(rep.Header.Get("Location"))
		case rep.StatusCode == http.StatusServiceUnavailable:
			// Some scanners say "busy" of an empty feeder: nobody would wait three minutes for that.
			if f := c.obstacle(ctx, r.Source); f != 0 && f != Occupe {
				return "", &Erreur{Faute: f, Acte: acte, Statut: rep.StatusCode}
			}
			if err := c.attendre(ctx, rep, &reste); err != nil {
				return "", erreurAttente(err, Occupe, acte, rep.StatusCode)
			}
		default:
			f := c.obstacle(ctx, r.Source)
			if f == 0 {
				f = fauteStatut(rep.StatusCode)
			}
			return "", &Erreur{Faute: f, Acte: acte, Statut: rep.StatusCode}
		}
	}
}

// chemin is the path of the job that the scanner made. Its host isn't used: scanners give names that nobody
// resolves, and a page is asked of nobody else.
func (c *Client) chemin(location string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(location))
	if err != nil || strings.TrimSpace(location) == "" || u.Path == "" {
		return "", &Erreur{Faute: PasScanner, Acte: "ScanJobs", Err: errors.New("no address of the job (Location)")}
	}
	p := u.Path
	if !strings.HasPrefix(p, "/") {
		p = c.racine.Path + "/ScanJobs/" + path.Base(p)
	}
	return strings.TrimRight(path.Clean(p), "/"), nil
}

// suivant asks for the next document and hands it over.
func (c *Client) suivant(ctx context.Context, travail string, n int, yield func(*Document, error) bool) (suite, error) {
	const acte = "NextDocument"
	reste := c.patience
	for {
		rep, err := c.demander(ctx, acte, http.MethodGet, travail+"/NextDocument", "")
		if err != nil {
			return arreter, err
		}
		switch rep.StatusCode {
		case http.StatusOK:
			defer rep.Body.Close()
			if n > c.nombre {
				return arreter, &Erreur{Faute: TropGros, Acte: acte,
					Err: fmt.Errorf("more than %d documents", c.nombre)}
			}
			return c.livrer(ctx, rep, n, yield)
		case http.StatusNotFound, http.StatusGone, http.StatusNoContent:
			vider(rep)
			return finDuTravail, nil
		case http.StatusServiceUnavailable, http.StatusAccepted:
			vider(rep)
			if err := c.attendre(ctx, rep, &reste); err != nil {
				return arreter, erreurAttente(err, Interrompu, acte, rep.StatusCode)
			}
		default:
			vider(rep)
			f := c.obstacle(ctx, 0)
			if f == 0 || f == Occupe {
				f = Interrompu
			}
			return arreter, &Erreur{Faute: f, Acte: acte, Statut: rep.StatusCode}
		}
	}
}

// livrer hands a document over; what its reader leaves is read too, so that a page cut short is always seen.
func (c *Client) livrer(ctx context.Context, rep *http.Response, n int, yield func(*Document, error) bool) (suite,
	error) {
	l := &lecteur{fin: ctx.Err, r: rep.Body, reste: c.taille}
	format, _, _ := strings.Cut(rep.Header.Get("Content-Type"), ";")
	if !yield(&Document{Numero: n, Format: strings.ToLower(strings.TrimSpace(format)), Reader: l}, nil) {
		return arreter, nil
	}
	if l.err == nil {
		_, _ = io.Copy(io.Discard, l)
	}
	if l.err != nil && !errors.Is(l.err, io.EOF) {
		return arreter, l.err
	}
	return continuer, nil
}

// lecteur reads a document within the limit, and says what went wrong in this package's words.
type lecteur struct {
	fin   func() error // the context's
	r     io.Reader
	reste int64
	err   error
}

// Read implements io.Reader.
func (l *lecteur) Read(b []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	if int64(len(b)) > l.reste+1 {
		b = b[:l.reste+1]
	}
	n, err := l.r.Read(b)
	if l.reste -= int64(n); l.reste < 0 {
		l.err = &Erreur{Faute: TropGros, Acte: "NextDocument", Err: errors.New("more bytes than the limit")}
		return n + int(l.reste), l.err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		if l.err = l.fin(); l.err == nil {
			l.err = &Erreur{Faute: Interrompu, Acte: "NextDocument", Err: err}
		}
		return n, l.err
	}
	l.err = err
	return n, err
}

// terminer makes sure that the job ended because there was no more paper.
func (c *Client) terminer(ctx context.Context, travail string, documents int, s Source) error {
	e, err := c.Etat(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if documents == 0 {
			return &Erreur{Faute: Interrompu, Acte: "NextDocument", Err: err}
		}
		return nil // a scanner that tells no state: its 404 is all there is
	}
	if f := fauteChargeur(e.Chargeur); f != 0 && f != ChargeurVide && s != Vitre {
		return &Erreur{Faute: f, Acte: "NextDocument", Err: errors.New(e.Chargeur)}
	}
	for _, t := range e.Travaux {
		if path.Base(t.URI) != path.Base(travail) {
			continue
		}
		if t.Etat == "Aborted" || t.Etat == "Canceled" || t.Restent > 0 && t.Etat == "Completed" {
			return &Erreur{Faute: Interrompu, Acte: "NextDocument", Err: errors.New("job " + t.Etat)}
		}
	}
	if documents == 0 {
		f := Interrompu
		if s != Vitre && fauteChargeur(e.Chargeur) == ChargeurVide {
			f = ChargeurVide
		}
		return &Erreur{Faute: f, Acte: "NextDocument", Err: errors.New("no document")}
	}
	return nil
}

// obstacle asks the scanner what stops it; 0 if it can't or doesn't say.
func (c *Client) obstacle(ctx context.Context, s Source) Faute {
	e, err := c.Etat(ctx)
	if err != nil {
		return 0
	}
	if f := fauteChargeur(e.Chargeur); f != 0 && s != Vitre && (f != ChargeurVide || s != 0) {
		return f
	}
	switch e.Etat {
	case "Processing", "Testing":
		return Occupe
	case "Stopped", "Down":
		return Panne
	}
	return 0
}

func fauteChargeur(etat string) Faute {
	switch etat {
	case "ScannerAdfEmpty":
		return ChargeurVide
	case "ScannerAdfHatchOpen":
		return CapotOuvert
	case "ScannerAdfJam", "ScannerAdfMispick", "ScannerAdfMultipickDetected", "ScannerAdfDuplexPageTooShort",
		"ScannerAdfDuplexPageTooLong", "ScannerAdfInputTrayFailed", "ScannerAdfInputTrayOverloaded":
		return Bourrage
	}
	return 0
}

var errPatience = errors.New("escl: asked again for too long")

// attendre waits as the scanner asks, within what is left of the patience. The waits are added up, rather than a clock
// read: a computer that sleeps in between doesn't give up.
func (c *Client) attendre(ctx context.Context, rep *http.Response, reste *time.Duration) error {
	d := time.Second
	if s, err := strconv.Atoi(strings.TrimSpace(rep.Header.Get("Retry-After"))); err == nil && s > 0 {
		d = time.Duration(min(s, 30)) * time.Second
	}
	if *reste -= d; *reste < 0 {
		return errPatience
	}
	return c.attente(ctx, d)
}

func erreurAttente(err error, f Faute, acte string, statut int) error {
	if errors.Is(err, errPatience) {
		return &Erreur{Faute: f, Acte: acte, Statut: statut, Err: err}
	}
	return err
}

// annuler deletes the job, also after the context ended: the scanner would keep its feeder for it.
func (c *Client) annuler(ctx context.Context, travail string) {
	ctx, fin := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer fin()
	if rep, err := c.demander(ctx, "ScanJobs", http.MethodDelete, travail, ""); err == nil {
		vider(rep)
	}
}

// vider reads a little of a body so that the connection serves again, and closes it.
func vider(rep *http.Response) {
	_, _ = io.CopyN(io.Discard, rep.Body, 64<<10)
	_ = rep.Body.Close()
}

// xml is the document ScanSettings.
func (r Reglages) xml() (string, error) {
	entree := "Platen"
	switch r.Source {
	case Vitre:
	case Chargeur, ChargeurRectoVerso:
		entree = "Feeder"
	default:
		return "", fmt.Errorf("escl: settings: source %d: expected Vitre, Chargeur or ChargeurRectoVerso", r.Source)
	}
	if r.DPI < 50 || r.DPI > 4800 {
		return "", fmt.Errorf("escl: settings: %d dpi: expected 50 to 4800", r.DPI)
	}
	if r.Mode != NoirBlanc && r.Mode != Gris && r.Mode != Couleur {
		return "", errors.New("escl: settings: mode: expected NoirBlanc, Gris or Couleur")
	}
	if r.Format != JPEG && r.Format != PDF {
		return "", errors.New("escl: settings: format: expected JPEG or PDF")
	}
	l, h := (&Entree{}).page(r.LargeurMM, r.HauteurMM)
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" ` +
		`xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">`)
	poser := func(nom, v string) { fmt.Fprintf(&b, "<%s>%s</%s>", nom, v, nom) }
	poser("pwg:Version", "2.0")
	poser("scan:Intent", "Document")
	b.WriteString("<pwg:ScanRegions><pwg:ScanRegion>")
	poser("pwg:ContentRegionUnits", "escl:ThreeHundredthsOfInches")
	poser("pwg:XOffset", "0")
	poser("pwg:YOffset", "0")
	poser("pwg:Width", strconv.Itoa(enTrois(l)))
	poser("pwg:Height", strconv.Itoa(enTrois(h)))
	b.WriteString("</pwg:ScanRegion></pwg:ScanRegions>")
	poser("pwg:InputSource", entree)
	poser("scan:ColorMode", string(r.Mode))
	poser("scan:XResolution", strconv.Itoa(r.DPI))
	poser("scan:YResolution", strconv.Itoa(r.DPI))
	// The format under both names: scanners of before 2.1 know the first, some later ones read only the second.
	poser("pwg:DocumentFormat", r.Format)
	poser("scan:DocumentFormatExt", r.Format)
	if r.Source != Vitre {
		poser("scan:Duplex", strconv.FormatBool(r.Source == ChargeurRectoVerso))
	}
	b.WriteString("</scan:ScanSettings>")
	return b.String(), nil
}
