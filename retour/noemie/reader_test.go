package noemie_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

// sansPlace ignores where an invoice stood in its file.
var sansPlace = cmpopts.IgnoreFields(noemie.Reponse{}, "Entite", "Offset")

// A return with everything, written then read, in both packings, with or without gzip and line ends.
func TestRetourEntier(t *testing.T) {
	for _, em := range emballages {
		b := ecrire(t, retourExemple(em))
		if em == noemie.Blocs && len(b)%noemie.Cadre != 0 {
			t.Errorf("blocks of %d bytes in all", len(b))
		}
		var z bytes.Buffer
		zw := gzip.NewWriter(&z)
		if _, err := zw.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := zw.Close(); err != nil {
			t.Fatal(err)
		}
		lignes := bytes.Join(slices.Collect(slices.Chunk(b, noemie.Cadre)), []byte("\r\n"))
		for nom, src := range map[string]io.Reader{"plain": bytes.NewReader(b), "gzip": bytes.NewReader(z.Bytes()),
			"lines":    bytes.NewReader(lignes),
			"one byte": iotest.OneByteReader(bytes.NewReader(b)), "trailing blanks": bytes.NewReader(append(bytes.Clone(b),
				" \r\n\x1a"...))} {
			t.Run(em.String()+"/"+nom, func(t *testing.T) {
				got, constats, err := noemie.Parse(src)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(retourExemple(em), got, sansPlace); diff != "" {
					t.Error(diff)
				}
				for _, c := range constats {
					t.Error(&c)
				}
			})
		}
	}
}

// The offset of an invoice is that of its first entity, in blocks too.
func TestOffsets(t *testing.T) {
	for _, em := range emballages {
		b := ecrire(t, retourExemple(em))
		r, _ := lire(t, b)
		for i := range r.Factures {
			f := &r.Factures[i]
			if p := b[f.Offset:]; !bytes.HasPrefix(p, []byte("10")) {
				t.Errorf("%s: invoice %s at %d, where %q is", em, f.Cle, f.Offset, p[:5])
			}
		}
	}
}

// What became of an invoice, from what its entities say.
func TestEtats(t *testing.T) {
	riche := func(amo, payeAMO, amc, payeAMC string, suite ...ent) []ent {
		ee := []ent{{"102", "04", z{"facture": "000110001", "lot": "110", "date_lot": "260227", "type_facture": "F"}}}
		if amo != "-" {
			ee = append(ee, ent{"198", "05", z{"demande": "1000", "etat": amo, "paye": payeAMO, "signe": "P"}})
		}
		if amc != "-" {
			ee = append(ee, ent{"199", "05", z{"demande": "300", "etat": amc, "paye": payeAMC, "signe": "P"}})
		}
		return append(ee, suite...)
	}
	ancien := func(suite ...ent) []ent { return append([]ent{{"100", "04", z{"facture": "000110001"}}}, suite...) }
	motif := ent{"294", "06", z{"code": "2449", "libelle": "MOTIF", "niveau_rejet": "F", "part": "O"}}
	motif290 := ent{"290", "06", z{"code": "2449", "libelle": "MOTIF"}}
	commentaire := ent{"295", "06", z{"texte": "BONJOUR"}}
	ligne := func(m string) ent { return ent{"210", "06", z{"ligne": "01", "paye": m, "signe": "P"}} }
	hopital := ent{"220", "06", z{"ligne": "01", "paye": "500", "signe": "P"}}
	for _, c := range []struct {
		nom   string
		ents  []ent
		etat  noemie.Issue
		cumul fse.Montant
	}{
		{"both paid", riche("P", "1000", "P", "300"), noemie.Paye, 1300},
		{"paid, no AMC", riche("P", "1000", "-", ""), noemie.Paye, 1000},
		{"paid, AMC blank", riche("P", "1000", "", "0"), noemie.Paye, 1000},
		{"paid with a reason", riche("P", "1000", "P", "300", motif), noemie.Signale, 1300},
		{"paid with a comment", riche("P", "1000", "P", "300", commentaire), noemie.Signale, 1300},
		{"AMO paid, AMC rejected", riche("P", "1000", "R", "0", motif), noemie.Signale, 1000},
		{"AMO paid, AMC deferred", riche("P", "1000", "D", "0"), noemie.Signale, 1000},
		{"rejected", riche("R", "0", "R", "0", motif), noemie.Rejete, 0},
		{"rejected without a reason", riche("R", "0", "", "0"), noemie.Rejete, 0},
		{"deferred", riche("D", "0", "D", "0"), noemie.Differe, 0},
		{"AMC flow paid", riche("", "0", "P", "300"), noemie.Paye, 300},
		{"AMC flow rejected", riche("-", "", "R", "0", motif), noemie.Rejete, 0},
		{"old, paid", ancien(ligne("500")), noemie.Paye, 500},
		{"old, paid hospital", ancien(hopital), noemie.Paye, 500},
		{"old, paid with a reason", ancien(ligne("500"), motif290), noemie.Signale, 500},
		{"old, rejected", ancien(motif290), noemie.Rejete, 0},
		{"old, rejected with a line of zero", ancien(ligne("0"), motif290), noemie.Rejete, 0},
		{"old, nothing to pay", ancien(ligne("0")), noemie.Paye, 0},
		{"old, nothing said", ancien(), noemie.EtatInconnu, 0},
	} {
		t.Run(c.nom, func(t *testing.T) {
			for _, em := range emballages {
				r, constats := lire(t, composer(t, em, 1, c.cumul, c.ents...))
				if len(r.Factures) != 1 || r.Factures[0].Etat != c.etat || r.Factures[0].Paye() != c.cumul || r.Cumul != c.cumul {
					t.Errorf("%s: %v, paid %d", em, r.Factures, int64(r.Cumul))
				}
				if len(constats) > 0 {
					t.Error(constats)
				}
			}
		})
	}
}

// The lot of an invoice is its own when it has one, else the last entity 080.
func TestLotDeLaFacture(t *testing.T) {
	r, _ := lire(t, composer(t, noemie.Flux, 1, 0,
		ent{"102", "04", z{"facture": "000000001", "lot": "999", "date_lot": "260301", "type_facture": "F"}},
		ent{"102", "04", z{"facture": "000000002", "type_facture": "F"}},
		ent{"100", "04", z{"facture": "000000003"}}))
	var got []string
	for _, f := range r.Factures {
		got = append(got, f.Cle.String())
	}
	if diff := cmp.Diff([]string{"999/260301/000000001", "110/260227/000000002", "110/260227/000000003"},
		got); diff != "" {
		t.Error(diff)
	}
}

// Entities that no table describes are kept as they are, and the rest is read.
func TestEntiteInconnue(t *testing.T) {
	for _, em := range emballages {
		b := composer(t, em, 1, 500, ent{"100", "04", z{"facture": "000110001"}}, ent{"210", "06", z{"paye": "500",
			"signe": "P"}})
		r := noemie.NewReader(bytes.NewReader(b))
		var copie bytes.Buffer
		w := noemie.NewWriter(&copie, em)
		inconnue := &noemie.Entite{Code: "777", Niveau: "06",
			Brut: []byte("77706CE QUE PERSONNE NE SAIT" + strings.Repeat(" LONG", 60) + "@")}
		for e, err := range r.Entites() {
			if err != nil {
				t.Fatal(err)
			}
			if e.Code == "999" {
				if err := w.Write(inconnue); err != nil {
					t.Fatal(err)
				}
				if err := w.WriteFin(1, 500); err != nil {
					t.Fatal(err)
				}
				break
			}
			if err := w.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		ret, constats := lire(t, copie.Bytes())
		if len(ret.Inconnues) != 1 || string(ret.Inconnues[0].Brut) != string(inconnue.Brut) || ret.Inconnues[0].Connue() ||
			ret.Factures[0].Etat != noemie.Paye {
			t.Errorf("%s: %v", em, ret.Inconnues)
		}
		if diff := cmp.Diff([]string{"entite-inconnue"}, codes(constats)); diff != "" ||
			constats[0].Gravite != fse.Information {
			t.Error(diff)
		}
		if !bytes.Equal(recopier(t, copie.Bytes()), copie.Bytes()) {
			t.Error("not the same bytes")
		}
	}
}

// An '@' inside a label does not cut its entity.
func TestArobaseDansUnLibelle(t *testing.T) {
	for _, em := range emballages {
		r, constats := lire(t, composer(t, em, 1, 0, ent{"102", "04", z{"facture": "000000001", "type_facture": "F"}},
			ent{"198", "05", z{"demande": "1000", "etat": "R", "signe": "P"}},
			ent{"294", "06", z{"code": "1234", "libelle": "ECRIRE A AIDE@CAISSE.EXEMPLE", "niveau_rejet": "F", "part": "O"}},
			ent{"295", "06", z{"texte": "@ OU 12@34"}},
			ent{"100", "04", z{"facture": "000000002"}}))
		if len(r.Factures) != 2 || r.Factures[0].Motifs[0].Libelle != "ECRIRE A AIDE@CAISSE.EXEMPLE" ||
			r.Factures[0].Commentaires[0] != "@ OU 12@34" || len(constats) > 0 {
			t.Errorf("%s: %+v, %v", em, r.Factures, constats)
		}
	}
}

// A shorter entity than declared is read as far as it goes.
func TestEntiteCourte(t *testing.T) {
	b := composer(t, noemie.Flux, 1, 0, ent{"102", "04", z{"facture": "000000001", "type_facture": "F"}},
		ent{"198", "05", z{"demande": "1000", "etat": "R", "signe": "P"}})
	i := bytes.Index(b, []byte("19805"))
	court := append(append(bytes.Clone(b[:i+14]), '@'), b[i+24:]...) // asked amount and state only
	r, constats := lire(t, court)
	f := r.Factures[0]
	if f.Etat != noemie.Rejete || f.AMO.Demande != 1000 || f.AMO.Paye != 0 {
		t.Errorf("%+v", f.AMO)
	}
	if !slices.Contains(codes(constats), "longueur") {
		t.Error(constats)
	}
}

type degat struct {
	nom, code, zone string
	em              noemie.Emballage
	change          func([]byte) []byte
	autres          []string
}

func remplace(ancien, nouveau string) func([]byte) []byte {
	return func(b []byte) []byte {
		i := bytes.Index(b, []byte(ancien))
		if i < 0 {
			return nil
		}
		copy(b[i:], nouveau)
		return b
	}
}

// dans999 writes at a column of the last record.
func dans999(col int, v string) func([]byte) []byte {
	return func(b []byte) []byte { copy(b[len(b)-noemie.Cadre+col-1:], v); return b }
}

func TestControles(t *testing.T) {
	for _, em := range emballages {
		for _, d := range []degat{
			{nom: "sum", code: "cumul-fichier", zone: "cumul", change: dans999(86, "00000006907")},
			{nom: "sign of the sum", code: "cumul-fichier", zone: "cumul", change: dans999(97, "N")},
			{nom: "count", code: "enregistrements", zone: "enregistrements", change: dans999(56, "00000099")},
			{nom: "lots", code: "lots", zone: "lots", change: dans999(83, "077")},
			{nom: "identity", code: "identite", zone: "fichier", change: dans999(50, "AUTRE1")},
			{nom: "sign", code: "zone", zone: "signe", change: dans999(97, "X")},
			{nom: "letter in a number", code: "zone", zone: "enregistrements", change: dans999(56, "0000X015"),
				autres: []string{"enregistrements"}},
			{nom: "no end", code: "fin-absente", change: func(b []byte) []byte { return b[:len(b)-noemie.Cadre] }},
			{nom: "half an end", code: "longueur", change: func(b []byte) []byte { return b[:len(b)-60] },
				autres: []string{"lots", "cumul-fichier"}},
			{nom: "more after the end", code: "suite-apres-fin", change: func(b []byte) []byte {
				return append(b,
					"ENCORE"...)
			}},
			{nom: "amount paid", code: "cumul-fichier", zone: "cumul", em: noemie.Flux,
				change: remplace("1980500004358P00004358P", "1980500004358P00004359P"), autres: []string{"lignes",
					"paye-demande"}},
			{nom: "more paid than asked", code: "paye-demande", zone: "paye", em: noemie.Flux,
				change: remplace("1980500004358P", "1980500004357P")},
			{nom: "sum with the flat payments", code: "cumul-mouvements", zone: "cumul", change: dans999(86, "00000015906")},
			{nom: "paid without a state", code: "etat", zone: "etat", em: noemie.Flux, change: remplace("1980500004358P",
				"1980500004358 ")},
			{nom: "line paid", code: "lignes", zone: "paye", em: noemie.Flux, change: remplace("00004358PPH7", "00004357PPH7")},
			{nom: "state", code: "zone", zone: "etat", em: noemie.Flux, change: remplace("1980500004358P", "1980500004358Q"),
				autres: []string{"etat"}},
			{nom: "rejected and paid", code: "etat", zone: "paye", em: noemie.Flux, change: remplace("1980500004358P",
				"1980500004358R")},
			{nom: "NIR", code: "nir", zone: "nir", em: noemie.Flux, change: remplace("265033308278103", "265033308278104")},
			{nom: "date", code: "date", zone: "date_lot", em: noemie.Flux, change: remplace("08003260227", "08003261327")},
			{nom: "entity outside an invoice", code: "ordre", em: noemie.Flux, change: func(b []byte) []byte {
				i := bytes.Index(b, []byte("08003"))
				return slices.Insert(b, i, []byte("15003AS@")...)
			}, autres: []string{"enregistrements"}},
		} {
			if d.em == noemie.Flux && em != noemie.Flux {
				continue // an entity of blocks has flags inside
			}
			t.Run(em.String()+"/"+d.nom, func(t *testing.T) {
				b := d.change(ecrire(t, retourExemple(em)))
				if b == nil {
					t.Fatal("the example has not what the case changes")
				}
				_, constats := lire(t, b)
				trouve := false
				for _, c := range constats {
					if c.Code == d.code && c.Lieu.Zone == d.zone {
						trouve = true
						if c.Message == "" || c.String() == "" || c.Error() == "" || c.Lieu.Rang == 0 && d.nom != "no end" {
							t.Errorf("finding without words: %+v", c)
						}
					} else if c.Code != d.code && !slices.Contains(d.autres, c.Code) {
						t.Errorf("unexpected finding: %v", &c)
					}
					if strings.Contains(fmt.Sprintf("%+v %v", c, &c), "2650333") {
						t.Error("a finding quotes the NIR")
					}
				}
				if !trouve {
					t.Errorf("no finding %s in zone %q: %v", d.code, d.zone, constats)
				}
			})
		}
	}
}

// Control entities: the totals of a lot and of a payee, right and wrong.
func TestControle990(t *testing.T) {
	facture := func(n, m string) []ent {
		return []ent{{"102", "04", z{"facture": n, "type_facture": "F"}}, {"198", "05", z{"demande": m, "etat": "P",
			"paye": m, "signe": "P"}}}
	}
	fin := func(id, compteur, cumul string) ent {
		return ent{"990", "", z{"identification": id, "compteur": compteur, "cumul": cumul, "signe": "P"}}
	}
	base := append(facture("000000001", "100"), facture("000000002", "250")...)
	for _, c := range []struct {
		nom   string
		suite []ent
		veut  []string
	}{
		{"lot, by sum", []ent{fin("", "2", "350")}, []string{}},
		{"lot, by name", []ent{fin("260227110", "2", "350")}, []string{}},
		{"payee, by name", []ent{fin("000000750000001", "1", "350")}, []string{}},
		{"two levels", []ent{fin("260227110", "2", "350"), fin("000000750000001", "1", "350")}, []string{}},
		{"two lots, the first without a control", append(append([]ent{{"080", "03", z{"date_lot": "260228",
			"lot": "111"}}}, facture("000000003", "40")...),
			fin("260228111", "1", "40"), fin("000000750000001", "2", "390")), []string{}},
		{"wrong sum", []ent{fin("260227110", "2", "351")}, []string{"cumul-niveau"}},
		{"wrong sum, no name", []ent{fin("", "2", "100")}, []string{"cumul-niveau"}},
		{"wrong count", []ent{fin("260227110", "7", "350")}, []string{"compteur-niveau"}},
		{"a second lot starts from nothing", append([]ent{fin("260227110", "2", "350"), {"080", "03",
			z{"date_lot": "260228", "lot": "111"}}},
			append(facture("000000003", "40"), fin("260228111", "1", "40"))...), []string{}},
	} {
		t.Run(c.nom, func(t *testing.T) {
			cumul := fse.Montant(350)
			if len(c.suite) > 3 {
				cumul += 40
			}
			for _, em := range emballages {
				_, constats := lire(t, composer(t, em, 1, cumul, append(slices.Clone(base), c.suite...)...))
				if diff := cmp.Diff(c.veut, codes(constats)); diff != "" {
					t.Errorf("%s: %s %v", em, diff, constats)
				}
			}
		})
	}
}

// The flag of a block, wrong, is said and loses nothing.
func TestDrapeaux(t *testing.T) {
	b := ecrire(t, retourExemple(noemie.Blocs))
	veut, _ := lire(t, b)
	for i := noemie.Cadre; i < len(b)-noemie.Cadre; i += noemie.Cadre {
		faux := bytes.Clone(b)
		faux[i] ^= 1 // '0' and '1' exchanged
		got, constats := lire(t, faux)
		if diff := cmp.Diff(veut, got); diff != "" {
			t.Errorf("block at %d: %s", i, diff)
		}
		if diff := cmp.Diff([]string{"drapeau"}, codes(constats)); diff != "" {
			t.Errorf("block at %d: %v", i, constats)
		}
	}
}

func TestPasNoemie(t *testing.T) {
	b2 := []byte("000TP00000752495234      CT00000001011422      TRESSAI1261121    B2               128" +
		strings.Repeat(" ", 43) + "1752495234")
	for nom, b := range map[string][]byte{"empty": nil, "text": []byte(strings.Repeat("bonjour ", 40)),
		"B2":           append(b2, bytes.Repeat([]byte(" "), 200)...),
		"header alone": ecrire(t, retourExemple(noemie.Flux))[:noemie.Cadre], "half a header": ecrire(t,
			retourExemple(noemie.Flux))[:60]} {
		_, _, err := noemie.Parse(bytes.NewReader(b))
		if !errors.Is(err, noemie.ErrPasNoemie) {
			t.Errorf("%s: %v", nom, err)
		}
	}
}

// A return without any entity is a return.
func TestRetourVide(t *testing.T) {
	for _, em := range emballages {
		var b bytes.Buffer
		w := noemie.NewWriter(&b, em)
		if err := w.Write(entite(t, ent{"000", "", z{"fichier": "VIDE01", "date_fichier": "261121",
			"longueur": "128"}})); err != nil {
			t.Fatal(err)
		}
		if err := w.WriteFin(0, 0); err != nil {
			t.Fatal(err)
		}
		r, constats := lire(t, b.Bytes())
		if len(r.Factures) != 0 || r.ID != "VIDE01" || len(constats) > 0 {
			t.Errorf("%+v, %v", r, constats)
		}
	}
}

// What was read before the source fails is kept, and the error says where.
func TestPanneDeLecture(t *testing.T) {
	panne := errors.New("line down")
	for _, em := range emballages {
		b := ecrire(t, retourExemple(em))
		ret, _, err := noemie.Parse(io.MultiReader(bytes.NewReader(b[:len(b)/2]), iotest.ErrReader(panne)))
		var e *noemie.ErreurLecture
		if !errors.Is(err, panne) || !errors.As(err, &e) || e.Entite < 2 || ret.ID != "ESSAI1" {
			t.Errorf("%s: %v, %+v", em, err, ret)
		}
		if _, _, err := noemie.Parse(iotest.ErrReader(panne)); !errors.Is(err, panne) {
			t.Errorf("%s: %v", em, err)
		}
	}
	if _, _, err := noemie.Parse(bytes.NewReader([]byte{0x1f, 0x8b, 1, 2, 3})); err == nil {
		t.Error("a gzip without its header")
	}
}

// An entity or an invoice without end is an error, not an endless buffer.
func TestTropLong(t *testing.T) {
	b := composer(t, noemie.Flux, 1, 0, ent{"100", "04", z{"facture": "000000001"}})
	b = b[:len(b)-noemie.Cadre]
	if _, _, err := noemie.Parse(io.MultiReader(bytes.NewReader(b), strings.NewReader("777"+strings.Repeat("X",
		1<<20)))); err == nil {
		t.Error("an entity of 1 MiB: no error")
	}
	if _, _, err := noemie.Parse(io.MultiReader(bytes.NewReader(b), strings.NewReader(strings.Repeat(string(entite(t,
		ent{"295", "06", nil}).Brut), 10)+
		strings.Repeat(string(entite(t, ent{"290", "06", z{"code": "1"}}).Brut), 150_000)))); err == nil {
		t.Error("an invoice of 150,000 reasons: no error")
	}
}

func TestWriterRefuse(t *testing.T) {
	tete := entite(t, ent{"000", "", nil})
	lot := entite(t, ent{"080", "03", nil})
	for nom, f := range map[string]func(*noemie.Writer) error{
		"no header": func(w *noemie.Writer) error { return w.Write(lot) },
		"end first": func(w *noemie.Writer) error { return w.WriteFin(0, 0) },
		"two heads": func(w *noemie.Writer) error { return errors.Join(w.Write(tete), w.Write(tete)) },
		"no at sign": func(w *noemie.Writer) error {
			return errors.Join(w.Write(tete), w.Write(&noemie.Entite{Code: "777", Brut: []byte("777")}))
		},
		"short head": func(w *noemie.Writer) error { return w.Write(&noemie.Entite{Code: "000", Brut: []byte("000")}) },
		"after the end": func(w *noemie.Writer) error {
			return errors.Join(w.Write(tete), w.WriteFin(0, 0), w.Write(lot))
		},
	} {
		if err := f(noemie.NewWriter(io.Discard, noemie.Blocs)); err == nil {
			t.Errorf("%s: no error", nom)
		}
	}
	trop := retourExemple(noemie.Flux)
	trop.Factures[0].Motifs = []noemie.Motif{{Code: "12345", Libelle: "CODE TROP LONG"}}
	if err := noemie.WriteRetour(io.Discard, trop); err == nil || !strings.Contains(err.Error(), "zone code") {
		t.Errorf("a code of 5 characters in 4: %v", err)
	}
	organisme := retourExemple(noemie.Flux)
	organisme.Factures[0].Versement.Organisme = "123"
	if err := noemie.WriteRetour(io.Discard, organisme); err == nil {
		t.Error("a complementary organism of 3 digits: no error")
	}
	perdue := retourExemple(noemie.Flux)
	perdue.Retenues[0].Facture = &noemie.Cle{Numero: 42}
	if err := noemie.WriteRetour(io.Discard, perdue); err == nil {
		t.Error("a move of an invoice that is not there: no error")
	}
	if err := noemie.WriteRetour(enPanne{}, retourExemple(noemie.Flux)); err == nil {
		t.Error("a destination that fails: no error")
	}
}

type enPanne struct{}

func (enPanne) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// Moves and flat payments of a return without invoices are written too, whatever their order.
func TestMouvementsSeuls(t *testing.T) {
	r := retourExemple(noemie.Flux)
	v := r.Factures[4].Versement
	r.Factures, r.Cumul = nil, 0
	r.Retenues = []noemie.Retenue{r.Retenues[1]}
	autre := *v
	autre.Libelles[0] = "VIR TROIS"
	r.Retenues[0].Versement, r.Forfaits[0].Versement = &autre, v
	got, constats := lire(t, ecrire(t, r))
	if diff := cmp.Diff(r, got); diff != "" || len(constats) > 0 {
		t.Error(diff, constats)
	}
}

func TestJoindre(t *testing.T) {
	r := retourExemple(noemie.Flux)
	facture := func(emetteur string, c noemie.Cle) fse.Facture {
		return fse.Facture{Cle: fse.CleFacture{Lot: fse.CleLot{Emetteur: emetteur, Numero: c.Lot, Date: c.DateLot},
			Numero: c.Numero}}
	}
	factures := []fse.Facture{facture("A", r.Factures[0].Cle), facture("A", r.Factures[1].Cle), facture("B",
		r.Factures[1].Cle),
		facture("A", r.Factures[3].Cle), facture("A", noemie.Cle{Lot: 110, DateLot: r.Factures[0].Cle.DateLot, Numero: 42})}
	// The same number in a lot of another day is another invoice.
	autre := r.Factures[2].Cle
	autre.DateLot, _ = fse.ParseAAMMJJ("250227")
	factures = append(factures, facture("A", autre))
	j := noemie.Joindre(r, factures)
	if len(j.Paires) != 2 || j.Paires[0].Facture != &factures[0] || j.Paires[0].Retour != &r.Factures[0] ||
		j.Paires[1].Facture != &factures[3] {
		t.Errorf("pairs %v", j.Paires)
	}
	if len(j.Ambigues) != 1 || j.Ambigues[0] != &r.Factures[1] || len(j.Inconnues) != 2 || len(j.SansRetour) != 2 ||
		j.SansRetour[0] != &factures[4] {
		t.Errorf("%d ambiguous, %d unknown, %d without a return", len(j.Ambigues), len(j.Inconnues), len(j.SansRetour))
	}
}

// Invoices one by one are those of the whole.
func TestFacturesEnFlux(t *testing.T) {
	for _, em := range emballages {
		b := ecrire(t, retourExemple(em))
		veut, _ := lire(t, b)
		r := noemie.NewReader(bytes.NewReader(b))
		var got []noemie.Reponse
		for f, err := range r.Factures() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, *f)
		}
		if diff := cmp.Diff(veut.Factures, got); diff != "" {
			t.Error(diff)
		}
		if r.Emballage() != em || r.Entete().ID != "ESSAI1" || len(r.Retenues()) != 2 {
			t.Errorf("%s %+v %d", r.Emballage(), r.Entete(), len(r.Retenues()))
		}
		// The invoices of a payment share it.
		if got[0].Versement != got[3].Versement || got[0].Versement == got[4].Versement {
			t.Error("payments are not shared as they should")
		}
	}
}
