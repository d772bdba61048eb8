package scor

import (
	"errors"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/config"
)

func TestProfilsLivres(t *testing.T) {
	for nom, lire := range map[string]func() (*Profil, error){"reference": Reference, "scor-cp": ScorCP} {
		p, err := lire()
		if err != nil {
			t.Fatalf("%s: %v", nom, err)
		}
		if p.Nom != nom {
			t.Errorf("profil %q, want %q", p.Nom, nom)
		}
		texte, _ := TexteProfil(nom)
		debut, _, _ := strings.Cut(string(texte), "profil:")
		if !strings.Contains(debut, "CELUI DU SDK") {
			t.Errorf("%s does not say in its first lines that the encoding is the SDK's own", nom)
		}
	}
}

func TestProfilFautes(t *testing.T) {
	texte, err := TexteProfil("reference")
	if err != nil {
		t.Fatal(err)
	}
	for _, cas := range []struct {
		nom, avant, apres, erreur string
	}{
		{"hole between zones", "nom: Réserve 3, debut: 64, longueur: 19", "nom: Réserve 3, debut: 65, longueur: 18",
			"n'appartiennent à aucune zone"},
		{"overlap", "nom: Nombre de lots, debut: 83", "nom: Nombre de lots, debut: 82", "zones l'une sur l'autre"},
		{"zone out of the record", "nom: Réserve 4, debut: 86, longueur: 43", "nom: Réserve 4, debut: 86, longueur: 44",
			"entre 1 et 128"},
		{"unknown datum", "donnee: lot.octets", "donnee: lot.poids", `"lot.poids" n'est pas une donnée`},
		{"datum of another record", "donnee: lot.octets", "donnee: document.octets", "n'existe pas ici"},
		{"code given twice", "code: FS,", "code: OR,", "donné deux fois"},
		{"return code given twice", `code: "1001"`, `code: "1000"`, "donné deux fois"},
		{"unknown placeholder", "/{compostage}/{message.paires:5}", "/{compostages}/{message.paires:5}",
			"{compostages} n'existe pas ici"},
		{"template not closed", `"{document.id}.pdf"`, `"{document.id.pdf"`, "is not closed"},
		{"unknown key", "tolerance_mm:", "tolerence_mm:", "clé inconnue"},
		{"date format and width", "donnee: lot.date, format: AAMMJJ", "donnee: lot.date, format: AAAAMMJJ", "en prend 8"},
		{"hash too narrow", "format: hex}\n        - {nom: Réserve, debut: 126, longueur: 3",
			"format: hexa}\n        - {nom: Réserve, debut: 126, longueur: 3", `"hexa", attendu : hex`},
		{"meaning without a code", "codes: {P: positif, N: negatif}", "codes: {P: positif}",
			`aucun code ne veut dire "negatif"`},
		{"bad expression", `description: ^ARL(/Z)?$`, `description: ^ARL(/Z?$`, "missing closing"},
		{"wrong type", "pages_max: 99", "pages_max: beaucoup", "nombre entier attendu"},
		{"records alike", "valeur: \"6\"}", "valeur: \"3\"}", "rien de fixe ne distingue"},
		{"unknown unit", "duree: 7, unite: jours", "duree: 7, unite: jour", "attendu : jours"},
		{"two documents of one name", `nom_document: "{document.id}.pdf"`, `nom_document: piece.pdf`, "le même nom"},
	} {
		t.Run(cas.nom, func(t *testing.T) {
			faux := strings.Replace(string(texte), cas.avant, cas.apres, 1)
			if faux == string(texte) {
				t.Fatalf("the profile no longer holds %q", cas.avant)
			}
			_, err := ParseProfil(strings.NewReader(faux), "faux.yaml")
			if err == nil || !strings.Contains(err.Error(), cas.erreur) {
				t.Fatalf("error %v, want %q", err, cas.erreur)
			}
			ligne := 1 + strings.Count((string(texte))[:strings.Index(string(texte), cas.avant)], "\n")
			var e *config.Erreur
			if !errors.As(err, &e) || e.Ligne == 0 || e.Fichier != "faux.yaml" {
				t.Errorf("no file and line in %v", err)
			}
			if cas.nom == "code given twice" && e.Ligne != ligne {
				t.Errorf("line %d, want %d", e.Ligne, ligne)
			}
		})
	}
}

func TestProfilToutesLesFautesALaFois(t *testing.T) {
	texte, _ := TexteProfil("reference")
	faux := strings.NewReplacer("dpi_min: 200", "dpi_min: -1", "repli: papier", "repli: pigeon", "code: FS,", "code: OR,",
		"type: A, valeur: SC", "type: X, valeur: SC").Replace(string(texte))
	_, err := ParseProfil(strings.NewReader(faux), "faux.yaml")
	for _, mot := range []string{"dpi_min", "pigeon", "donné deux fois", `"X", attendu : N`} {
		if err == nil || !strings.Contains(err.Error(), mot) {
			t.Errorf("error %v lacks %q", err, mot)
		}
	}
}

func TestPieceVerifier(t *testing.T) {
	if err := (&Piece{ID: "A1", Type: Ordonnance, Reference: "A0"}).Verifier(); err != nil {
		t.Error(err)
	}
	for _, p := range []Piece{{}, {ID: "A/1", Type: Ordonnance, Reference: "A0"}, {ID: "A1", Type: Ordonnance}} {
		if p.Verifier() == nil {
			t.Errorf("%+v passes", p)
		}
	}
}

// An error about a piece goes into logs: an identifier in which a host put the insured's number isn't quoted, and one
// with line ends makes no line of its own.
func TestPieceVerifierNeMontreRien(t *testing.T) {
	for _, id := range []string{"ORD-2790913055042", "ORD\nfaux"} {
		err := (&Piece{ID: id, Type: Ordonnance}).Verifier()
		if err == nil || strings.Contains(err.Error(), id) {
			t.Errorf("shown: %v", err != nil)
		}
	}
}

func FuzzLireProfil(f *testing.F) {
	for _, nom := range []string{"reference", "scor-cp"} {
		t, _ := TexteProfil(nom)
		f.Add(t)
	}
	f.Add([]byte("profil: a\nlot: {longueur: 128, enregistrements: [{nom: x, zones: [{nom: y, debut: -1, longueur: " +
		"9999999999}]}]}"))
	f.Fuzz(func(t *testing.T, texte []byte) {
		p, err := ParseProfil(strings.NewReader(string(texte)), "f")
		if (p == nil) == (err == nil) {
			t.Fatal("neither profile nor error, or both")
		}
	})
}
