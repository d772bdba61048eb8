package escl

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// xmlMax bounds an XML answer: real ones have a few kilobytes.
const xmlMax = 1 << 20

// entier reads a number leniently: some scanners pad it, some leave the element empty.
type entier int

// UnmarshalText implements encoding.TextUnmarshaler.
func (e *entier) UnmarshalText(b []byte) error {
	s := strings.TrimSpace(string(b))
	if s == "" {
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		return errors.New("expected a number")
	}
	*e = entier(min(n, 1_000_000)) // more than any length or resolution: sums of them stay small
	return nil
}

type xmlCapacites struct {
	XMLName xml.Name
	Version string    `xml:"Version"`
	Modele  string    `xml:"MakeAndModel"`
	Serie   string    `xml:"SerialNumber"`
	Vitre   *xmlVitre `xml:"Platen"`
	Adf     *xmlAdf   `xml:"Adf"`
}

type xmlVitre struct {
	Entree *xmlEntree `xml:"PlatenInputCaps"`
}

type xmlAdf struct {
	Recto      *xmlEntree `xml:"AdfSimplexInputCaps"`
	RectoVerso *xmlEntree `xml:"AdfDuplexInputCaps"`
}

type xmlEntree struct {
	LargeurMax entier      `xml:"MaxWidth"`
	HauteurMax entier      `xml:"MaxHeight"`
	Profils    []xmlProfil `xml:"SettingProfiles>SettingProfile"`
}

type xmlProfil struct {
	Modes     []string    `xml:"ColorModes>ColorMode"`
	Formats   []string    `xml:"DocumentFormats>DocumentFormat"`
	Etendus   []string    `xml:"DocumentFormats>DocumentFormatExt"`
	Discretes []xmlPoints `xml:"SupportedResolutions>DiscreteResolutions>DiscreteResolution"`
	Plage     xmlPlage    `xml:"SupportedResolutions>ResolutionRange>XResolutionRange"`
}

type xmlPoints struct {
	X entier `xml:"XResolution"`
	Y entier `xml:"YResolution"`
}

type xmlPlage struct {
	Min entier `xml:"Min"`
	Max entier `xml:"Max"`
	Pas entier `xml:"Step"`
}

type xmlEtat struct {
	XMLName xml.Name
	Etat    string    `xml:"State"`
	Adf     string    `xml:"AdfState"`
	Travaux []xmlJobs `xml:"Jobs>JobInfo"`
}

type xmlJobs struct {
	URI     string   `xml:"JobUri"`
	UUID    string   `xml:"JobUuid"`
	Etat    string   `xml:"JobState"`
	Motifs  []string `xml:"JobStateReasons>JobStateReason"`
	Images  entier   `xml:"ImagesCompleted"`
	Restent entier   `xml:"ImagesToTransfer"`
}

// lireXML reads one document whose root has a name. Its error quotes nothing of what was read.
func lireXML(r io.Reader, racine string, v any, nom *xml.Name) error {
	l := &io.LimitedReader{R: r, N: xmlMax + 1}
	d := xml.NewDecoder(l)
	d.CharsetReader = jeu
	err := d.Decode(v)
	if l.N <= 0 {
		return fmt.Errorf("escl: %s: more than %d bytes", racine, xmlMax)
	}
	if err != nil {
		var syntaxe *xml.SyntaxError
		if errors.As(err, &syntaxe) {
			return fmt.Errorf("escl: %s: line %d isn't XML", racine, syntaxe.Line)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("escl: %s: cut short: %w", racine, io.ErrUnexpectedEOF)
		}
		ligne, _ := d.InputPos()
		return fmt.Errorf("escl: %s: line %d: unexpected value", racine, ligne)
	}
	if nom.Local != racine {
		return fmt.Errorf("escl: expected a document %s", racine)
	}
	return nil
}

// jeu reads the character sets that embedded servers announce.
func jeu(nom string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(nom) {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return r, nil
	case "iso-8859-1", "latin1", "windows-1252":
		return charmap.Windows1252.NewDecoder().Reader(r), nil
	}
	return nil, errors.New("unknown character set")
}

// ParseCapacites reads the document ScannerCapabilities.
func ParseCapacites(r io.Reader) (*Capacites, error) {
	var x xmlCapacites
	if err := lireXML(r, "ScannerCapabilities", &x, &x.XMLName); err != nil {
		return nil, err
	}
	c := &Capacites{Version: ligne(x.Version), Modele: ligne(x.Modele), Serie: ligne(x.Serie)}
	if x.Vitre != nil {
		c.entree(Vitre, x.Vitre.Entree)
	}
	if x.Adf != nil {
		c.entree(Chargeur, x.Adf.Recto)
		c.entree(ChargeurRectoVerso, x.Adf.RectoVerso)
	}
	if len(c.Entrees) == 0 {
		return nil, errors.New("escl: ScannerCapabilities: neither a platen nor a feeder with a profile of settings")
	}
	return c, nil
}

// ligne keeps a text of the scanner on one line, of a length that a screen shows.
func ligne(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100])
	}
	return s
}

func (c *Capacites) entree(s Source, x *xmlEntree) {
	if x == nil || len(x.Profils) == 0 {
		return
	}
	e := Entree{Source: s, LargeurMM: enMM(int(x.LargeurMax)), HauteurMM: enMM(int(x.HauteurMax))}
	for _, p := range x.Profils {
		q := Profil{ResolutionMin: int(p.Plage.Min), ResolutionMax: int(p.Plage.Max), Pas: max(1, int(p.Plage.Pas))}
		for _, m := range p.Modes {
			q.Modes = append(q.Modes, Mode(strings.TrimSpace(m)))
		}
		for _, f := range append(p.Formats, p.Etendus...) {
			if f = strings.ToLower(strings.TrimSpace(f)); f != "" && !slices.Contains(q.Formats, f) {
				q.Formats = append(q.Formats, f)
			}
		}
		for _, d := range p.Discretes {
			// A page of unequal resolutions is stretched by half of the programs that show it.
			if d.X > 0 && (d.X == d.Y || d.Y == 0) && !slices.Contains(q.Resolutions, int(d.X)) {
				q.Resolutions = append(q.Resolutions, int(d.X))
			}
		}
		slices.Sort(q.Resolutions)
		e.Profils = append(e.Profils, q)
	}
	c.Entrees = append(c.Entrees, e)
}

// ParseEtat reads the document ScannerStatus.
func ParseEtat(r io.Reader) (*Etat, error) {
	var x xmlEtat
	if err := lireXML(r, "ScannerStatus", &x, &x.XMLName); err != nil {
		return nil, err
	}
	e := &Etat{Etat: strings.TrimSpace(x.Etat), Chargeur: strings.TrimSpace(x.Adf)}
	for _, j := range x.Travaux {
		t := Travail{URI: strings.TrimSpace(j.URI), UUID: strings.TrimSpace(j.UUID), Etat: strings.TrimSpace(j.Etat),
			Images: int(j.Images), Restent: int(j.Restent)}
		for _, m := range j.Motifs {
			t.Motifs = append(t.Motifs, strings.TrimSpace(m))
		}
		e.Travaux = append(e.Travaux, t)
	}
	return e, nil
}
