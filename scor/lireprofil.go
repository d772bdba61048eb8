package scor

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/internal/config"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

//go:embed profils/reference.yaml profils/scor-cp.yaml
var profils embed.FS

var (
	reference = sync.OnceValues(func() (*Profil, error) { return livre("reference") })
	scorCP    = sync.OnceValues(func() (*Profil, error) { return livre("scor-cp") })
)

func livre(nom string) (*Profil, error) {
	f, err := profils.Open("profils/" + nom + ".yaml")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ParseProfil(f, nom+".yaml")
}

// Reference gives the profile shipped under that name: the SDK's own encoding, in the family of B2, with the public
// limits of the conventions. It is not the GIE SESAM-Vitale's encoding: no frontal in service reads it.
//
// Each call gives a profile of the caller's own: setting its fields changes no other.
func Reference() (*Profil, error) { return copie(reference()) }

// ScorCP gives the profile shipped for clinics (SCOR-CP, bordereau S3404), in the SDK's own encoding too.
func ScorCP() (*Profil, error) { return copie(scorCP()) }

func copie(p *Profil, err error) (*Profil, error) {
	if err != nil {
		return nil, err
	}
	c := *p
	return &c, nil
}

// TexteProfil gives the text of a shipped profile ("reference", "scor-cp"), to start one's own from.
func TexteProfil(nom string) ([]byte, error) { return profils.ReadFile("profils/" + nom + ".yaml") }

// OptionProfil is an option of [ParseProfil].
type OptionProfil func(*lectureProfil)

type lectureProfil struct {
	codecs map[string]disposition.Codec
	bases  map[string]func() (io.ReadCloser, error)
}

// WithCodec gives the codec that the profile names with « codage: codec » and « codec: nom ».
func WithCodec(nom string, c disposition.Codec) OptionProfil {
	return func(l *lectureProfil) { l.codecs[nom] = c }
}

// WithBase gives a profile that others may name with « etend: », beside those shipped.
func WithBase(nom string, ouvrir func() (io.ReadCloser, error)) OptionProfil {
	return func(l *lectureProfil) { l.bases[nom] = ouvrir }
}

// ParseProfil reads and checks a profile; fichier is its name in errors. All that is wrong is reported at once, joined,
// in French, each with its line: zones that overlap, leave a hole or leave the record, data and placeholders that don't
// exist, codes given twice, records that nothing tells apart, templates without what they need, what would not be read
// back as it was written.
func ParseProfil(r io.Reader, fichier string, options ...OptionProfil) (*Profil, error) {
	l := &lectureProfil{codecs: map[string]disposition.Codec{}, bases: map[string]func() (io.ReadCloser, error){}}
	for _, o := range options {
		o(l)
	}
	p := &Profil{}
	d, err := l.lire(nil, r, fichier, p, 0)
	if err != nil {
		return nil, fmt.Errorf("scor: profil: %w", err)
	}
	v := verification{d, p}
	v.general()
	v.numerisation()
	v.codes()
	v.dispositions(l.codecs)
	v.message()
	v.retours()
	v.delais()
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("scor: profil: %w", err)
	}
	return p, nil
}

// etendMax bounds a chain of profiles that extend each other.
const etendMax = 4

// lire reads a profile over the one that it extends.
func (l *lectureProfil) lire(d *config.Document, r io.Reader, fichier string, p *Profil, fond int) (*config.Document,
	error) {
	texte, err := io.ReadAll(io.LimitReader(r, 2<<20))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fichier, err)
	}
	nom, ligne, err := config.Cle(bytes.NewReader(texte), fichier, "etend")
	if err != nil {
		return nil, err
	}
	if nom != "" {
		base, err := l.base(nom)
		if err != nil || fond >= etendMax {
			return nil, &config.Erreur{Fichier: fichier, Ligne: ligne, Chemin: "etend",
				Message: fmt.Sprintf("%q n'est pas un profil à étendre ; il y a : reference, scor-cp", nom)}
		}
		defer base.Close()
		if d, err = l.lire(d, base, nom+".yaml", p, fond+1); err != nil {
			return nil, err
		}
	}
	if d == nil {
		return config.Lire(bytes.NewReader(texte), fichier, p)
	}
	return d.Etendre(bytes.NewReader(texte), fichier, p)
}

func (l *lectureProfil) base(nom string) (io.ReadCloser, error) {
	if ouvrir, ok := l.bases[nom]; ok {
		return ouvrir()
	}
	return profils.Open("profils/" + nom + ".yaml")
}
