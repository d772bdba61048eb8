package b2_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// The invoices of a stream are those of the whole file, however the source cuts its reads.
func TestFacturesEnFlux(t *testing.T) {
	sources := map[string]func([]byte) io.Reader{
		"whole":         func(b []byte) io.Reader { return bytes.NewReader(b) },
		"one byte":      func(b []byte) io.Reader { return iotest.OneByteReader(bytes.NewReader(b)) },
		"half":          func(b []byte) io.Reader { return iotest.HalfReader(bytes.NewReader(b)) },
		"data with EOF": func(b []byte) io.Reader { return iotest.DataErrReader(bytes.NewReader(b)) },
	}
	for _, cp := range []bool{false, true} {
		b := exemple(t, cp)
		for forme, f := range formes(b) {
			for nom, source := range sources {
				t.Run(fmt.Sprintf("CP %t/%s/%s", cp, forme, nom), func(t *testing.T) {
					entier, _, err := b2.ParseFichier(bytes.NewReader(f))
					if err != nil {
						t.Fatal(err)
					}
					var veut, got []fse.Facture
					for _, l := range entier.Lots {
						veut = append(veut, l.Factures...)
					}
					r := b2.NewReader(source(f))
					var octets []byte
					for fac, err := range r.Factures() {
						if err != nil {
							t.Fatal(err)
						}
						d, err := fac.Decode()
						if err != nil {
							t.Error(err)
						}
						if cle, err := fac.Cle(); err != nil || cle != d.Cle {
							t.Errorf("key %s, %v", cle, err)
						}
						if n, err := fac.NIR(); err != nil || n != d.Assure {
							t.Error("NIR", err)
						}
						if (fac.Variante() == b2.CP) != cp {
							t.Errorf("variant %s", fac.Variante())
						}
						enr, off, nb := fac.Position()
						n := 0
						for e := range fac.Enregistrements() {
							if e.Numero != enr+n || !bytes.HasPrefix(f[e.Offset:], e.Brut) {
								t.Errorf("%v is not at its place", e)
							}
							n++
						}
						if n != nb || !bytes.HasPrefix(f[off:], fac.Octets()) {
							t.Errorf("%d records, want %d", n, nb)
						}
						octets = append(octets, fac.Octets()...)
						got = append(got, d)
					}
					if diff := cmp.Diff(veut, got); diff != "" || len(got) != 4 {
						t.Error(diff)
					}
					if len(r.Constats()) > 0 && forme != "unknown record" {
						t.Error(r.Constats())
					}
				})
			}
		}
	}
}

// The variant is found in each place that tells it: the file, the lot, the shape of the invoice numbers.
func TestVariante(t *testing.T) {
	efface := func(b []byte, fichier, lots bool) []byte {
		for i, rec := range enregistrements(b) {
			if fichier && i == 0 {
				copy(rec[61:], "    ")
			}
			if lots && rec[0] == '1' {
				copy(rec[78:], "  ")
			}
		}
		return b
	}
	for nom, c := range map[string]struct {
		fichier, lots bool
		constats      int
	}{"declared by both": {false, false, 0}, "by the file": {false, true, 2}, "by the lots": {true, false, 2},
		"by none": {true, true, 0}} {
		t.Run(nom, func(t *testing.T) {
			b := efface(exemple(t, true), c.fichier, c.lots)
			f, constats, err := b2.ParseFichier(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range constats {
				if x.Code != "norme" {
					t.Error(&x)
				}
			}
			if len(constats) != c.constats {
				t.Errorf("%d findings, want %d", len(constats), c.constats)
			}
			if f.Lots[1].Factures[1].Total != 206706 || f.Lots[1].Factures[1].Cle.Numero != 2002 {
				t.Errorf("%+v", f.Lots[1].Factures[1].Total)
			}
			if !bytes.Equal(recopier(t, b), b) {
				t.Error("not the same bytes")
			}
		})
	}
	t.Run("declared CP, written PS", func(t *testing.T) {
		b := exemple(t, false)
		copy(b[61:], "CP  ")
		f, _, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil || f.Lots[0].Factures[0].Total != 6706 {
			t.Errorf("%v", err)
		}
	})
	t.Run("one damaged byte does not change the variant", func(t *testing.T) {
		b := exemple(t, true)
		b[2*b2.Longueur+35] = ' '
		f, constats, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil || f.Lots[0].Factures[0].Total != 206706 || len(constats) == 0 {
			t.Errorf("%v, %v", constats, err)
		}
	})
}

// Complements that have the columns of the other variant are read with them.
func TestComplementsPSDansCP(t *testing.T) {
	b := exemple(t, true)
	m, err := b2.New(b2.T4M, b2.CP, b2.V2007)
	if err != nil {
		t.Fatal(err)
	}
	rr := enregistrements(b)
	for zone, v := range map[string]string{"partenaire": "752495234", "nir": "2650333082781",
		"nir_cle": string(rr[2][24:26]), "facture": "000001001", "ccam": "HBQK002"} {
		if err := m.SetZone(zone, v); err != nil {
			t.Fatal(err)
		}
	}
	rr = append(rr[:6], append([][]byte{m.Brut}, rr[6:]...)...)
	f, constats, err := b2.ParseFichier(bytes.NewReader(bytes.Join(rr, nil)))
	if err != nil || f.Lots[0].Factures[0].Lignes != 2 {
		t.Fatalf("%v", err)
	}
	for _, c := range constats {
		if c.Code != "fichier-enregistrements" {
			t.Error(&c)
		}
	}
}

func TestPasB2(t *testing.T) {
	noemie := append([]byte("000CP00000001751000"), bytes.Repeat([]byte(" "), 109)...)
	for nom, b := range map[string][]byte{"empty": nil, "text": []byte("bonjour\nà tous\n"), "zeros": make([]byte, 1000),
		"NOEMIE":       append(noemie, []byte("02001000000750000001@04002000000750000001@07102261120VIR CPAM EXEMPLE")...),
		"header alone": noemie,
		"spaces":       bytes.Repeat([]byte(" "), 500), "line ends": bytes.Repeat([]byte("\n"), 500)} {
		_, _, err := b2.ParseFichier(bytes.NewReader(b), b2.WithNom("essai.b2"))
		var e *b2.ErreurLecture
		if !errors.Is(err, b2.ErrPasB2) || !errors.As(err, &e) || e.Fichier != "essai.b2" || e.Enregistrement != 1 {
			t.Errorf("%s: %v", nom, err)
		}
		for _, err := range b2.NewReader(bytes.NewReader(b)).Enregistrements() {
			if !errors.Is(err, b2.ErrPasB2) {
				t.Errorf("%s: %v", nom, err)
			}
		}
	}
}

// What was read before the source fails is kept, and the error says where.
func TestPanneDeLecture(t *testing.T) {
	b := exemple(t, false)
	panne := errors.New("line down")
	src := io.MultiReader(bytes.NewReader(b[:7*b2.Longueur+10]), iotest.ErrReader(panne))
	f, _, err := b2.ParseFichier(src)
	var e *b2.ErreurLecture
	if !errors.Is(err, panne) || !errors.As(err, &e) || e.Enregistrement != 8 || e.Offset != 7*b2.Longueur {
		t.Errorf("error %v", err)
	}
	if f == nil || len(f.Lots) != 1 || len(f.Lots[0].Factures) == 0 {
		t.Errorf("what was read before is lost: %+v", f)
	}
	for _, n := range []int{0, 50, b2.Longueur} {
		_, _, err := b2.ParseFichier(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(panne)))
		if !errors.Is(err, panne) {
			t.Errorf("%d bytes: error %v", n, err)
		}
	}
	if _, _, err := b2.ParseFichier(sansProgres{}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("error %v", err)
	}
}

type sansProgres struct{}

func (sansProgres) Read([]byte) (int, error) { return 0, nil }

// An invoice or a line without end is an error, not an endless buffer.
func TestTropLong(t *testing.T) {
	b := exemple(t, false)
	ligne := bytes.Repeat([]byte("7"), b2.Longueur)
	sansFin := io.MultiReader(bytes.NewReader(b[:3*b2.Longueur]), &repete{b: ligne, n: 64 << 20})
	if _, _, err := b2.ParseFichier(sansFin); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("an invoice of 64 MiB: %v", err)
	}
	rr := bytes.Join(enregistrements(b), []byte("\n"))
	if _, _, err := b2.ParseFichier(io.MultiReader(bytes.NewReader(rr[:3*129+10]), &repete{b: ligne,
		n: 64 << 20})); err == nil {
		t.Error("a line of 64 MiB: no error")
	}
}

// repete gives the same bytes n times over.
type repete struct {
	b    []byte
	n    int // bytes left
	deja int
}

func (r *repete) Read(p []byte) (int, error) {
	if r.n <= 0 {
		return 0, io.EOF
	}
	k := copy(p[:min(len(p), r.n)], r.b[r.deja:])
	r.deja = (r.deja + k) % len(r.b)
	r.n -= k
	return k, nil
}

// A line cut or too long in a file of lines does not put the next ones out of step.
func TestLignesAbimees(t *testing.T) {
	rr := enregistrements(exemple(t, false))
	rr[3] = rr[3][:100]
	rr[6] = append(append([]byte(nil), rr[6]...), "TROP"...)
	b := append(bytes.Join(rr, []byte("\r\n")), "\r\n"...)
	f, constats, err := b2.ParseFichier(bytes.NewReader(b))
	if err != nil || len(f.Lots) != 2 || len(f.Lots[0].Factures) != 2 || len(f.Lots[1].Factures) != 2 {
		t.Fatalf("%+v, %v", f, err)
	}
	longueurs := map[int]string{}
	for _, c := range constats {
		if c.Code == "longueur" {
			longueurs[c.Lieu.Rang] = c.Lu
		}
	}
	if diff := cmp.Diff(map[int]string{4: "100 octets", 7: "132 octets"}, longueurs); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(recopier(t, b), b) {
		t.Error("not the same bytes")
	}
}

func TestEnteteEtLot(t *testing.T) {
	r := b2.NewReader(bytes.NewReader(exemple(t, true)))
	if r.Entete() != nil {
		t.Error("a header before any reading")
	}
	for f, err := range r.Factures() {
		if err != nil {
			t.Fatal(err)
		}
		if l := f.Lot(); l.Partenaire != "PARTENAIRE EXEMPLE" || l.Norme != "CP" {
			t.Errorf("%+v", l)
		}
	}
	if e := r.Entete(); e.Texte("fichier") != "ESSAI1" || e.String() == "" || r.Fichier().ID != "ESSAI1" {
		t.Errorf("%v", e)
	}
}

// Skimming lots and keys of invoices allocates nothing for each record.
func TestSurvolSansAllocation(t *testing.T) {
	rr := enregistrements(exemple(t, false))
	facture := bytes.Join(rr[2:5], nil)
	fichier := func(n int) []byte {
		b := bytes.Join(rr[:2], nil)
		b = append(b, bytes.Repeat(facture, n)...)
		return append(b, bytes.Join([][]byte{rr[8], rr[17]}, nil)...)
	}
	survol := func(b []byte) float64 {
		src := bytes.NewReader(b)
		return testing.AllocsPerRun(5, func() {
			src.Reset(b)
			for f, err := range b2.NewReader(src).Factures() {
				if err != nil {
					t.Fatal(err)
				}
				if cle, err := f.Cle(); err != nil || cle.Numero != 1001 {
					t.Fatal(err)
				}
			}
		})
	}
	if a, b := survol(fichier(10)), survol(fichier(10_000)); a != b {
		t.Errorf("%v allocations for 10 invoices, %v for 10,000", a, b)
	}
}
