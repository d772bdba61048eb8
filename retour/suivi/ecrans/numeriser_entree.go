package ecrans

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"

	"golang.org/x/image/draw"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/arrivees"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl"
)

// fichiersMax is how many files one form may hold.
const fichiersMax = 200

// recevoirFichiers takes files that were dropped, chosen or photographed. What is whole when the connection breaks
// stays.
func recevoirFichiers(w http.ResponseWriter, r *http.Request, q *requete) error {
	genre, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || genre != "multipart/form-data" {
		return refuser(http.StatusBadRequest, "Fichiers illisibles", "Les fichiers ne sont pas arrivés : recommencez.")
	}
	p := q.numeriser.plateau(q.Personne.ID)
	lecteur := multipart.NewReader(r.Body, params["boundary"])
	for n := 0; ; n++ {
		part, err := lecteur.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || n >= fichiersMax {
			return refuser(http.StatusBadRequest, "Envoi interrompu",
				"L'envoi s'est interrompu : les fichiers arrivés en entier sont gardés, envoyez les autres à nouveau.")
		}
		nom := strings.ToValidUTF8(path.Base(strings.ReplaceAll(part.FileName(), `\`, "/")), "�")
		if part.FormName() != "fichier" || part.FileName() == "" {
			continue
		}
		if err := q.accueillir(r.Context(), p, nom, "", part); err != nil {
			return err
		}
	}
	if strings.HasPrefix(r.Header.Get("Accept"), "application/json") {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return q.revenir(w)
}

// accueillir keeps a file, judges its pages and lays them on the plateau.
func (q *requete) accueillir(ctx context.Context, p *plateau, nom, arrivee string, r io.Reader) error {
	n := q.numeriser
	x := &recu{id: nouvelID(), nom: nom, arrivee: arrivee}
	err := n.depot.WriteFrom(x.id+".scan", depot.Nouveau, func(w io.Writer) (err error) {
		x.taille, err = io.Copy(w, io.LimitReader(r, n.TailleMax+1))
		return err
	})
	if err != nil {
		return refuser(http.StatusBadRequest, "Envoi interrompu",
			"Un fichier n'est pas arrivé en entier : envoyez-le à nouveau. Les précédents sont gardés.")
	}
	if x.taille > n.TailleMax {
		p.mu.Lock()
		p.dire("Un fichier dépasse %d Mo : numérisez moins de pages à la fois.", n.TailleMax>>20)
		p.mu.Unlock()
		return n.depot.Erase(x.id + ".scan")
	}
	rendre, err := n.prendrePlace(ctx)
	if err != nil {
		_ = n.depot.Erase(x.id + ".scan")
		if errors.Is(err, errOccupe) {
			return refuser(http.StatusServiceUnavailable, "Trop de pages à la fois",
				"Trop de pages attendent : laissez finir celles qui sont en cours, puis recommencez.")
		}
		return err
	}
	defer rendre()
	l, err := q.juger(ctx, x)
	if err != nil {
		_ = n.depot.Erase(x.id + ".scan")
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.feuilles)+len(l) > n.PagesMax {
		p.dire("Plus de %d pages attendent déjà : joignez-les ou retirez-les d'abord.", n.PagesMax)
		for _, f := range l {
			_ = n.depot.Erase(f.ID + ".jpg")
		}
		return n.depot.Erase(x.id + ".scan")
	}
	if p.remplace != nil {
		for _, f := range l {
			f.facture = p.remplace.Facture
		}
	}
	p.feuilles = append(p.feuilles, l...)
	return nil
}

// source opens a file that came.
func (n *numeriser) source(x *recu) (numerisation.Source, io.Closer, error) {
	f, err := n.depot.Open(x.id + ".scan")
	if err != nil {
		return numerisation.Source{}, nil, err
	}
	if r, ok := f.(io.ReaderAt); ok {
		return numerisation.Source{Nom: x.nom, ReaderAt: r, Taille: x.taille}, f, nil
	}
	s, err := numerisation.ReadSource(x.nom, f, n.TailleMax)
	return s, io.NopCloser(nil), errors.Join(err, f.Close())
}

// juger gives the pages of a file with their verdicts, their images and what can be read on them.
func (q *requete) juger(ctx context.Context, x *recu) ([]*feuille, error) {
	n := q.numeriser
	s, f, err := n.source(x)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := n.Numeriseur.Numeriser(ctx, io.Discard, s)
	if err != nil {
		return nil, err
	}
	var l []*feuille
	for i := range r.Pages {
		y := &feuille{ID: nouvelID(), recu: x, Page: r.Pages[i], facture: "",
			reponses: map[numerisation.Code]numerisation.Confirmation{}}
		c := y.Page.Constat(numerisation.VersoBlanc)
		y.blanche = c.Etat == numerisation.Present
		l = append(l, y)
	}
	if len(l) == 0 {
		l = append(l, &feuille{ID: nouvelID(), recu: x, Page: numerisation.Page{Source: x.nom, Numero: 1}})
	}
	l[0].Fichier = r.Constats
	x.reste = len(l)
	i := 0
	for v, err := range n.Numeriseur.Vues(ctx, s) {
		if i >= len(l) {
			break
		}
		if err == nil {
			err = n.peindre(ctx, l[i], v)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		_ = err // a page that can't be shown has its finding
		i++
	}
	return l, nil
}

// cotePeint is the longest side of the image that a screen shows, in pixels.
const cotePeint = 1100

// peindre keeps an image of a page for the screen, and what its codes say.
func (n *numeriser) peindre(ctx context.Context, f *feuille, v *numerisation.Vue) error {
	m, err := v.Pixels(ctx)
	if err != nil {
		return err
	}
	if n.Codes != nil {
		// A page whose codes can't be read is shown all the same: it is dealt out by hand.
		if f.codes, err = n.Codes(ctx, m); err != nil && ctx.Err() != nil {
			return err
		}
	}
	b := m.Bounds()
	e := min(1, float64(cotePeint)/float64(max(b.Dx(), b.Dy())))
	petit := image.NewGray(image.Rect(0, 0, max(1, int(float64(b.Dx())*e)), max(1, int(float64(b.Dy())*e))))
	draw.ApproxBiLinear.Scale(petit, petit.Rect, m, b, draw.Src, nil)
	var o bytes.Buffer
	if err := jpeg.Encode(&o, petit, &jpeg.Options{Quality: 70}); err != nil {
		return err
	}
	if err := n.depot.Write(f.ID+".jpg", o.Bytes(), depot.Nouveau); err != nil {
		return err
	}
	f.image, f.miroir = true, v.Miroir
	f.tour = (v.Rotation + f.Page.Rotation) % 360
	f.l, f.h = float64(v.Largeur), float64(v.Hauteur)
	if v.DPIX > 0 && v.DPIY > 0 {
		f.mm, f.l, f.h = true, f.l*25.4/v.DPIX, f.h*25.4/v.DPIY
	}
	return nil
}

// imageFeuille shows a page to the person who has it.
func imageFeuille(w http.ResponseWriter, r *http.Request, q *requete) error {
	p := q.numeriser.plateau(q.Personne.ID)
	id := r.URL.Query().Get("id")
	p.mu.Lock()
	la := slices.ContainsFunc(p.feuilles, func(f *feuille) bool { return f.ID == id && f.image })
	p.mu.Unlock()
	if !la {
		return refuser(http.StatusNotFound, "Page absente", "Cette page n'est plus là.")
	}
	b, err := q.numeriser.depot.Read(id + ".jpg")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write(b)
	return err
}

// regarderDossier takes what is complete in the watched folder.
func regarderDossier(w http.ResponseWriter, r *http.Request, q *requete) error {
	n := q.numeriser
	if n.Arrivees == nil {
		return refuser(http.StatusNotFound, "Pas de dossier surveillé", "Aucun dossier de numérisation n'est réglé.")
	}
	v, err := n.Arrivees.Regarder(r.Context())
	if err != nil {
		q.journal.Error("ecrans: dossier surveillé", "erreur", err)
	}
	l, err := n.Arrivees.Arrivees()
	if err != nil {
		return err
	}
	p := n.plateau(q.Personne.ID)
	p.mu.Lock()
	p.attente = v.Attente
	p.mu.Unlock()
	for _, a := range l {
		if !n.reserver(a.ID) {
			continue // before somebody already
		}
		if err := q.prendreArrivee(r.Context(), p, a); err != nil {
			return err
		}
	}
	return q.revenir(w)
}

// prendreArrivee lays a file of the watched folder on a plateau. It is this person's from the reservation on, until its
// pages are attached or taken away; what couldn't be taken is anybody's again.
func (q *requete) prendreArrivee(ctx context.Context, p *plateau, a arrivees.Arrivee) error {
	n := q.numeriser
	s, f, err := n.Arrivees.Source(a.ID)
	if err != nil {
		n.liberer(a.ID)
		return nil // another program's
	}
	err = q.accueillir(ctx, p, a.Nom, a.ID, io.NewSectionReader(s, 0, s.Taille))
	if err = errors.Join(err, f.Close()); err != nil || !p.a(a.ID) {
		n.liberer(a.ID)
	}
	return err
}

// reserver has one person take a file of the watched folder, of all that look at once.
func (n *numeriser) reserver(arrivee string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.prises[arrivee] {
		return false
	}
	n.prises[arrivee] = true
	return true
}

func (n *numeriser) liberer(arrivee string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.prises, arrivee)
}

// a says whether pages of a file of the watched folder are on the plateau.
func (p *plateau) a(arrivee string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.feuilles, func(f *feuille) bool { return f.recu.arrivee == arrivee })
}

var sourcesScanner = map[string]escl.Source{"vitre": escl.Vitre, "chargeur": escl.Chargeur,
	"recto-verso": escl.ChargeurRectoVerso}

// tirerDuScanner scans with the scanner of the network. What came before an incident stays.
func tirerDuScanner(w http.ResponseWriter, r *http.Request, q *requete) error {
	n := q.numeriser
	if n.Scanner == nil {
		return refuser(http.StatusNotFound, "Pas de scanner", "Aucun scanner n'est réglé.")
	}
	s, ok := sourcesScanner[r.PostForm.Get("source")]
	if !ok {
		return refuser(http.StatusBadRequest, "Source inconnue", "Choisissez la vitre ou le chargeur.")
	}
	p := n.plateau(q.Personne.ID)
	if err := q.tirerPages(r.Context(), p, s); err != nil {
		var x *refus
		if errors.As(err, &x) || r.Context().Err() != nil {
			return err
		}
		q.journal.Warn("ecrans: scanner", "erreur", err)
		p.mu.Lock()
		p.dire("%s", escl.Phrase(err))
		p.mu.Unlock()
	}
	return q.revenir(w)
}

func (q *requete) tirerPages(ctx context.Context, p *plateau, s escl.Source) error {
	n := q.numeriser
	c, err := n.Scanner.Capacites(ctx)
	if err != nil {
		return err
	}
	g, err := c.Choisir(s, 200)
	if err != nil {
		return &escl.Erreur{Faute: escl.ReglagesRefuses, Acte: "ScanJobs", Err: err}
	}
	for d, err := range n.Scanner.Numeriser(ctx, g) {
		if err != nil {
			return err
		}
		if err := q.accueillir(ctx, p, fmt.Sprintf("Scanner, page %d", d.Numero), "", d); err != nil {
			return err
		}
	}
	return nil
}
