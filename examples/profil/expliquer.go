package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/internal/masque"
	"github.com/scor-sdk/scor-sdk-go/internal/terminal"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// octetsMax bounds a file that is explained: all of it is held and shown.
const octetsMax = 32 << 20

// explication is a file with what each of its bytes is for. Places are those of the bytes once gzip is undone.
type explication struct {
	Fichier  string    `json:"fichier"`
	Comme    string    `json:"comme"`
	Titre    string    `json:"titre"`
	Octets   int       `json:"octets"`
	Zones    []zoneLue `json:"zones"`
	Constats []constat `json:"constats"`

	brut []byte
}

// zoneLue is a run of bytes.
type zoneLue struct {
	Debut int64 `json:"debut"`
	Fin   int64 `json:"fin"` // the first byte after
	// Rang is that of the record, from 1; 0 between records.
	Rang           int    `json:"rang,omitempty"`
	Enregistrement string `json:"enregistrement,omitempty"`
	Zone           string `json:"zone,omitempty"`
	// Colonne is that of the first byte in its record, from 1.
	Colonne int    `json:"colonne,omitempty"`
	Role    string `json:"role"`
	// Donnee is the datum of the profile's, or what the norm says of the zone.
	Donnee string `json:"donnee,omitempty"`
	// Lu is what stands there, Valeur what it says.
	Lu      string `json:"lu"`
	Valeur  string `json:"valeur,omitempty"`
	Masque  bool   `json:"masque,omitempty"`
	Source  string `json:"source,omitempty"`
	Constat []int  `json:"constats,omitempty"` // places in explication.Constats

	morceaux [][2]int64 // the runs of bytes, where they are several
}

// constat is what is wrong in a file.
type constat struct {
	Code           string `json:"code"`
	Gravite        string `json:"gravite"`
	Rang           int    `json:"rang,omitempty"`
	Enregistrement string `json:"enregistrement,omitempty"`
	Zone           string `json:"zone,omitempty"`
	Message        string `json:"message"`
	Source         string `json:"source,omitempty"`
}

const (
	commeLot    = "lot"
	commeARL    = "arl"
	commeARLFac = "arl-factures"
	commeB2     = "b2"
	commeNoemie = "noemie"
)

var commes = []string{commeLot, commeARL, commeARLFac, commeB2, commeNoemie}

// lecteur reads the file of one verb's argument and explains it.
type lecteur struct {
	profil *scor.Profil
	// comme is what the file is; "" lets it be found.
	comme string
	clair bool
}

// expliquer reads the bytes of r.
func (l lecteur) expliquer(nom string, r io.Reader) (*explication, error) {
	b, err := io.ReadAll(io.LimitReader(r, octetsMax+1))
	if err != nil {
		return nil, err
	}
	if len(b) > octetsMax {
		return nil, fmt.Errorf("%s : plus de %d Mio, c'est trop pour être expliqué octet par octet", nom, octetsMax>>20)
	}
	if b, err = sansGzip(nom, b); err != nil {
		return nil, err
	}
	x, err := l.selon(b)
	if err != nil {
		return nil, fmt.Errorf("%s : %w", nom, err)
	}
	x.Fichier, x.Octets, x.brut = nom, len(b), b
	x.finir(l.clair)
	return x, nil
}

func sansGzip(nom string, b []byte) ([]byte, error) {
	if !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err == nil {
		b, err = io.ReadAll(io.LimitReader(z, octetsMax+1))
	}
	if err != nil || len(b) > octetsMax {
		return nil, fmt.Errorf("%s : gzip illisible, ou de plus de %d Mio", nom, octetsMax>>20)
	}
	return b, nil
}

// selon explains by the kind asked for, or by the one that has a place for the most bytes.
func (l lecteur) selon(b []byte) (*explication, error) {
	if l.comme != "" {
		return l.une(l.comme, b)
	}
	var mieux *explication
	var errs []error
	for _, comme := range commes {
		x, err := l.une(comme, b)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if mieux == nil || x.pire() < mieux.pire() {
			mieux = x
		}
	}
	if mieux == nil {
		return nil, errors.Join(errs...)
	}
	return mieux, nil
}

// pire weighs what a kind has no place for: the less, the more likely.
func (x *explication) pire() int {
	n := 0
	for _, z := range x.Zones {
		if z.Role == string(disposition.RoleInconnu) {
			n += int(z.Fin - z.Debut)
		}
	}
	for _, c := range x.Constats {
		if c.Gravite == "erreur" {
			n += 16
		}
	}
	return n
}

var errPasCela = errors.New("ce n'est pas un fichier de cette sorte")

func (l lecteur) une(comme string, b []byte) (*explication, error) {
	switch comme {
	case commeB2:
		return expliquerB2(b)
	case commeNoemie:
		return expliquerNoemie(b)
	}
	return l.parProfil(comme, b)
}

// finir puts what was found beside the bytes that it is about, and masks what may be personal.
func (x *explication) finir(clair bool) {
	for i := range x.Zones {
		z := &x.Zones[i]
		for j, c := range x.Constats {
			if c.Rang == z.Rang && z.Rang > 0 && c.Zone == z.Zone && z.Zone != "" {
				z.Constat = append(z.Constat, j)
			}
		}
		z.Lu = x.texte(z)
		if z.Role == string(disposition.RoleCompte) {
			z.Valeur = cmp.Or(strings.TrimLeft(z.Lu, "0 "), "0")
		}
		if clair {
			z.Masque = false
		} else if z.Masque = z.Masque || masque.Forme(z.Lu); z.Masque {
			z.Lu, z.Valeur = masque.Texte, ""
		}
	}
}

// luMax is how much of a long run is shown.
const luMax = 120

// texte shows the bytes of a run as text, one sign for each byte that has no letter.
func (x *explication) texte(z *zoneLue) string {
	var t strings.Builder
	n := 0
	for _, m := range z.places() {
		for _, c := range x.brut[m[0]:m[1]] {
			if n++; n > luMax {
				fmt.Fprintf(&t, "… (%d octets)", z.Fin-z.Debut)
				return t.String()
			}
			t.WriteRune(signe(c))
		}
	}
	return t.String()
}

func (z *zoneLue) places() [][2]int64 {
	if z.morceaux != nil {
		return z.morceaux
	}
	return [][2]int64{{z.Debut, z.Fin}}
}

// signe is a byte as a letter of ISO-8859-1, or the picture of what it controls.
func signe(c byte) rune {
	switch {
	case c < ' ':
		return 0x2400 + rune(c)
	case c == 0x7f:
		return 0x2421
	case c < 0x80 || c >= 0xa0:
		return rune(c)
	}
	return '·'
}

// fautif says that an error was found.
func (x *explication) fautif() bool {
	return slices.ContainsFunc(x.Constats, func(c constat) bool { return c.Gravite == "erreur" })
}

// expliquer is the verb: it tells each byte of files.
func expliquer(_ context.Context, a appel) error {
	f := programme.New("profil expliquer",
		"profil expliquer [-profil PROFIL] [-comme SORTE] [-json] [-clair] [-strict] FICHIER...", a.erreurs)
	enJSON := f.Bool("json", false, "écrire un objet JSON par fichier")
	clair := f.Bool("clair", false, "montrer ce qui peut être personnel")
	strict := f.Bool("strict", false, "échouer si un fichier comporte une erreur")
	profil := f.String("profil", "", "`profil` des lots et des ARL (sans lui : reference)")
	comme := f.String("comme", "",
		"`sorte` du fichier : "+strings.Join(commes, ", ")+" (sans elle : la plus vraisemblable)")
	noms, err := f.Parse(a.args)
	switch {
	case err != nil:
		return err
	case len(noms) == 0:
		return f.Mauvais("aucun fichier")
	case *comme != "" && !slices.Contains(commes, *comme):
		return f.Mauvais("-comme attend : %s", strings.Join(commes, ", "))
	}
	p, err := lireProfil(*profil)
	if err != nil {
		return message(*profil, err)
	}
	fautif := false
	l := lecteur{profil: p, comme: *comme, clair: *clair}
	lus := programme.Fichiers{Programme: "profil", Noms: noms, Entree: a.in, Erreurs: a.erreurs,
		Message: func(err error) string { return phraseDe(err) }}
	err = lus.Lire(func(nom string, r io.Reader) error {
		x, err := l.expliquer(nom, r)
		if err != nil {
			return err
		}
		fautif = fautif || x.fautif()
		if *enJSON {
			return ecrireJSON(a.out, x)
		}
		w := &ecrivain{w: a.out}
		x.dire(w)
		return w.err
	})
	if err == nil && *strict && fautif {
		return programme.ErrRefus
	}
	return err
}

// phraseDe says in French why a file is not of the kind asked for.
func phraseDe(err error) string {
	if errors.Is(err, errPasCela) || errors.Is(err, b2.ErrPasB2) || errors.Is(err, noemie.ErrPasNoemie) {
		return "ce n'est pas un fichier de cette sorte."
	}
	return ""
}

func (x *explication) dire(w *ecrivain) {
	w.printf("%s : %s, %d octets\n", x.Fichier, x.Titre, x.Octets)
	rang := 0
	for i := range x.Zones {
		z := &x.Zones[i]
		if z.Rang != rang && z.Rang > 0 {
			rang = z.Rang
			w.printf("\nEnregistrement %d : %s (octet %d)\n", z.Rang, z.Enregistrement, z.Debut)
		}
		w.printf("  %-13s %-30s |%s|", fmt.Sprintf("%d-%d", z.Debut, max(z.Fin-1, z.Debut)), nomZone(z),
			terminal.Inoffensif(z.Lu))
		if z.Valeur != "" {
			w.printf(" %s", terminal.Inoffensif(z.Valeur))
		}
		if z.Donnee != "" {
			w.printf("  (%s)", z.Donnee)
		}
		w.printf("\n")
		for _, j := range z.Constat {
			w.printf("  ! %s : %s\n", x.Constats[j].Gravite, terminal.Inoffensif(x.Constats[j].Message))
		}
	}
	w.printf("\n")
	for _, c := range x.Constats {
		w.printf("! %s\n", terminal.Inoffensif(c.phrase()))
	}
	if len(x.Constats) == 0 {
		w.printf("Rien à signaler.\n")
	}
	w.printf("\n")
}

// phrase is a finding with its place.
func (c *constat) phrase() string {
	t := c.Gravite
	if c.Rang > 0 {
		t += fmt.Sprintf(", enregistrement %d", c.Rang)
		if c.Enregistrement != "" {
			t += " (" + c.Enregistrement + ")"
		}
	}
	if c.Zone != "" {
		t += ", zone " + c.Zone
	}
	t += " : " + c.Message
	if c.Source != "" {
		t += " [" + c.Source + "]"
	}
	return t
}

var rolesFrancais = map[string]string{string(disposition.RoleFixe): "valeur fixe",
	string(disposition.RoleDonnee): "donnée", string(disposition.RoleCompte): "compte",
	string(disposition.RoleControle): "contrôle", string(disposition.RoleReserve): "réservé",
	string(disposition.RoleDocument): "document", string(disposition.RoleSeparateur): "séparateur",
	string(disposition.RoleInconnu): "inconnu"}

func nomZone(z *zoneLue) string {
	if z.Zone != "" {
		return z.Zone
	}
	return "(" + rolesFrancais[z.Role] + ")"
}
