package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/internal/terminal"
)

// difference is one place where two things differ; a side that has nothing there is empty.
type difference struct {
	Ou string `json:"ou"`
	A  string `json:"a"`
	B  string `json:"b"`
}

// comparer tells where two profiles, or two files, differ.
func comparer(_ context.Context, a appel) error {
	f := programme.New("profil comparer", "profil comparer [-profil PROFIL [-comme SORTE]] [-json] [-clair] [-strict] A B",
		a.erreurs)
	enJSON := f.Bool("json", false, "écrire un objet JSON par différence")
	clair := f.Bool("clair", false, "montrer ce qui peut être personnel")
	strict := f.Bool("strict", false, "échouer s'il y a une différence")
	profil := f.String("profil", "", "`profil` de deux fichiers de lots ou ARL (sans lui : reference)")
	comme := f.String("comme", "", "`sorte` des fichiers : "+strings.Join(commes, ", "))
	noms, err := f.Parse(a.args)
	switch {
	case err != nil:
		return err
	case len(noms) != 2:
		return f.Mauvais("deux profils, ou deux fichiers, sont attendus")
	case *comme != "" && !slices.Contains(commes, *comme):
		return f.Mauvais("-comme attend : %s", strings.Join(commes, ", "))
	}
	var ds []difference
	if estProfil(noms[0]) && estProfil(noms[1]) {
		ds, err = comparerProfils(noms[0], noms[1])
	} else {
		p, e := lireProfil(*profil)
		if e != nil {
			return message(*profil, e)
		}
		ds, err = lecteur{profil: p, comme: *comme, clair: *clair}.comparer(noms[0], noms[1])
	}
	if err != nil {
		return err
	}
	w := &ecrivain{w: a.out}
	for _, d := range ds {
		if *enJSON {
			err = ecrireJSON(a.out, d)
		} else {
			w.printf("%s\n  - %s\n  + %s\n", terminal.Inoffensif(d.Ou), terminal.Inoffensif(d.A), terminal.Inoffensif(d.B))
			err = w.err
		}
		if err != nil {
			return err
		}
	}
	if !*enJSON {
		w.printf("%d différence(s).\n", len(ds))
	}
	if w.err == nil && *strict && len(ds) > 0 {
		return programme.ErrRefus
	}
	return w.err
}

func estProfil(nom string) bool {
	ext := strings.ToLower(filepath.Ext(nom))
	return nom == "reference" || nom == "scor-cp" || ext == ".yaml" || ext == ".yml"
}

func comparerProfils(a, b string) ([]difference, error) {
	pa, err := lireProfil(a)
	if err != nil {
		return nil, message(a, err)
	}
	pb, err := lireProfil(b)
	if err != nil {
		return nil, message(b, err)
	}
	return differences(aplatir(pa), aplatir(pb)), nil
}

// differences compares two lists of places with their value, in the order of the first.
func differences(a, b *liste) []difference {
	ds := []difference{}
	for _, k := range a.ordre {
		if va, vb := a.valeurs[k], b.valeurs[k]; va != vb {
			ds = append(ds, difference{k, va, vb})
		}
	}
	for _, k := range b.ordre {
		if _, ok := a.valeurs[k]; !ok {
			ds = append(ds, difference{k, "", b.valeurs[k]})
		}
	}
	return ds
}

// liste is places with their value, in order.
type liste struct {
	valeurs map[string]string
	ordre   []string
}

func (l *liste) poser(cle, valeur string) {
	if _, ok := l.valeurs[cle]; !ok {
		l.ordre = append(l.ordre, cle)
	}
	l.valeurs[cle] = valeur
}

// comparer explains two files and compares them zone by zone.
func (l lecteur) comparer(a, b string) ([]difference, error) {
	xa, err := l.fichier(a)
	if err != nil {
		return nil, err
	}
	l.comme = xa.Comme // both by the same layout
	xb, err := l.fichier(b)
	if err != nil {
		return nil, err
	}
	return xa.comparer(xb), nil
}

func (l lecteur) fichier(nom string) (*explication, error) {
	f, err := programme.Ouvrir(nom)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	x, err := l.expliquer(filepath.Base(nom), f)
	if err != nil {
		if p := phraseDe(err); p != "" {
			err = fmt.Errorf("%s : %s", filepath.Base(nom), p)
		}
	}
	return x, err
}

// record is the zones of a record.
type record struct {
	nom   string
	rang  int
	zones []*zoneLue
	brut  []byte
}

func (x *explication) records() []record {
	var rs []record
	for i := range x.Zones {
		z := &x.Zones[i]
		if z.Rang == 0 {
			continue
		}
		if n := len(rs); n == 0 || rs[n-1].rang != z.Rang {
			rs = append(rs, record{nom: z.Enregistrement, rang: z.Rang})
		}
		r := &rs[len(rs)-1]
		r.zones = append(r.zones, z)
		for _, m := range z.places() {
			r.brut = append(r.brut, x.brut[m[0]:m[1]]...)
		}
	}
	return rs
}

func (x *explication) comparer(y *explication) []difference {
	ds := []difference{}
	rx, ry := x.records(), y.records()
	for _, p := range aligner(rx, ry) {
		switch {
		case p[1] < 0:
			r := rx[p[0]]
			ds = append(ds, difference{fmt.Sprintf("enregistrement %d (%s)", r.rang, r.nom), "présent", ""})
		case p[0] < 0:
			r := ry[p[1]]
			ds = append(ds, difference{fmt.Sprintf("enregistrement %d du second (%s)", r.rang, r.nom), "", "présent"})
		default:
			ds = append(ds, rx[p[0]].comparer(x, &ry[p[1]], y)...)
		}
	}
	return ds
}

func (r *record) comparer(x *explication, s *record, y *explication) []difference {
	var ds []difference
	ici := fmt.Sprintf("enregistrement %d (%s), zone ", r.rang, r.nom)
	vues := map[string]*zoneLue{}
	for _, z := range s.zones {
		vues[nomZone(z)] = z
	}
	for _, z := range r.zones {
		autre := vues[nomZone(z)]
		delete(vues, nomZone(z))
		switch {
		case autre == nil:
			ds = append(ds, difference{ici + nomZone(z), z.montre(), ""})
		case !bytes.Equal(x.octets(z), y.octets(autre)):
			ds = append(ds, difference{ici + nomZone(z), z.montre(), autre.montre()})
		}
	}
	for _, z := range s.zones {
		if vues[nomZone(z)] == z {
			ds = append(ds, difference{ici + nomZone(z), "", z.montre()})
		}
	}
	return ds
}

func (x *explication) octets(z *zoneLue) []byte {
	var b []byte
	for _, m := range z.places() {
		b = append(b, x.brut[m[0]:m[1]]...)
	}
	return b
}

// montre is what a zone holds, with what it says.
func (z *zoneLue) montre() string {
	if z.Valeur == "" || z.Valeur == strings.TrimSpace(z.Lu) {
		return "« " + z.Lu + " »"
	}
	return "« " + z.Lu + " » " + z.Valeur
}

// alignes bounds what is aligned by content; longer files are by rank.
const alignes = 1500

// aligner pairs the records of two files: the same bytes where they are, or else the same name, in order.
func aligner(a, b []record) [][2]int {
	if len(a) > alignes || len(b) > alignes {
		return parRang(a, b)
	}
	// score[i][j] is the best that a[i:] and b[j:] can have.
	score := make([][]int32, len(a)+1)
	for i := range score {
		score[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			score[i][j] = max(score[i+1][j], score[i][j+1], score[i+1][j+1]+ressemblance(&a[i], &b[j]))
		}
	}
	var ps [][2]int
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		r := ressemblance(&a[i], &b[j])
		switch {
		case r > 0 && score[i][j] == score[i+1][j+1]+r:
			ps = append(ps, [2]int{i, j})
			i, j = i+1, j+1
		case score[i][j] == score[i+1][j]:
			ps = append(ps, [2]int{i, -1})
			i++
		default:
			ps = append(ps, [2]int{-1, j})
			j++
		}
	}
	for ; i < len(a); i++ {
		ps = append(ps, [2]int{i, -1})
	}
	for ; j < len(b); j++ {
		ps = append(ps, [2]int{-1, j})
	}
	return ps
}

// ressemblance of two records: those of one name count, equal ones more.
func ressemblance(a, b *record) int32 {
	switch {
	case a.nom != b.nom:
		return 0
	case bytes.Equal(a.brut, b.brut):
		return 3
	}
	return 1
}

func parRang(a, b []record) [][2]int {
	var ps [][2]int
	for i := range max(len(a), len(b)) {
		p := [2]int{-1, -1}
		if i < len(a) {
			p[0] = i
		}
		if i < len(b) {
			p[1] = i
		}
		ps = append(ps, p)
	}
	return ps
}
