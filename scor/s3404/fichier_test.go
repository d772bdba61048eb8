package s3404_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

// ecrivain writes a drawn file of a private hospital, norme CP, with the
// record types 2, 2S, 2B, 3, 3S, 4, 4S, 4M and 5, and in its first invoice 3F,
// 3H, 4B and 4E. Positions as in the norm
// (B2, body of June 2007), 1-based.
type ecrivain struct {
	w io.Writer
	n int
}

func (e *ecrivain) rec(zones ...any) {
	b := bytes.Repeat([]byte{' '}, 128)
	for i := 0; i < len(zones); i += 2 {
		copy(b[zones[i].(int)-1:], zones[i+1].(string))
	}
	e.w.Write(b)
	e.n++
}

// fausser changes what a record of totals declares; nil changes nothing.
type fausser func(facture int, zone string, cents int64) int64

func ecrireFichier(w io.Writer, factures, actes int, f fausser) {
	if f == nil {
		f = func(_ int, _ string, c int64) int64 { return c }
	}
	e := &ecrivain{w: w}
	const finess = "751143488"
	tete := "TE00000" + finess + "      CT00000001011751000000TR"
	e.rec(1, "000", 4, tete, 50, "DESSIN", 56, "261121", 62, "CP", 66, "B2", 83, "128", 92, "SCOR SDK GO")
	e.rec(1, "1", 2, finess, 17, "751", 20, "042", 23, "365", 26, "75", 28, "45", 30, "CLINIQUE DESSINEE", 70, "B2", 72,
		"261121", 79, "CP", 82, "062007", 88, "U")
	var lotTotal, lotAMO, lotAMC int64
	lignes := 0
	for i := 1; i <= factures; i++ {
		nir, _ := fse.ParseNIR(fmt.Sprintf("2%02d%02d75%03d%03d", 30+i%60, 1+i%12, 100+i%800, 1+i%900), "")
		prefixe := finess + " " + nir.Clair()
		cp := fmt.Sprintf("%s000%09d", prefixe, i) // columns 2 to 38
		ps := fmt.Sprintf("%s%09d", prefixe, i)    // columns 2 to 35
		e.rec(1, "2", 2, cp, 39, "1", 40, fmt.Sprintf("S%08d", i), 49, "017510000", 58, "3", 59, "261101", 65, "260101", 71,
			"751", 74, "100", 77, "10", 79, "0", 80, "000000", 86, "000000000", 95, "0", 96, "840317", 102, "1", 103, "261101",
			109, "261105", 115, "11", 117, "00", 119, "0000000075")
		e.rec(1, "2", 2, cp, 39, "S", 40, "01", 42, "000000", 48, "15", 50, nir.Clair())
		e.rec(1, "2", 2, ps, 36, "B", 38, "A ", 40, "MME", 43, fmt.Sprintf("PATIENTE%d", i), 68, "ELEONORE", 88, "RUE", 92,
			"DES TILLEULS")
		sejour, sejourAMO := int64(43456+i%1000), int64(40000+i%1000)
		amc := sejour - sejourAMO
		e.rec(1, "3", 2, cp, 39, "03", 41, "181", 44, "261101", 50, "261105", 56, "GHS", 61, "001", 64, " ", 65, "00100", 71,
			"10000", 76, fmt.Sprintf("%07d", sejour), 83, fmt.Sprintf("%08d", sejour), 91, "080", 94,
			fmt.Sprintf("%08d", sejourAMO), 102, fmt.Sprintf("%08d", sejour), 110, "1234", 114, "100", 122,
			fmt.Sprintf("%07d", amc))
		e.rec(1, "3", 2, cp, 39, "S", 40, "01", 42, "758543813", 52, "07", 54, "261030", 60, "000000", 66, "9")
		if i == 1 {
			e.rec(1, "3", 2, ps, 36, "H", 37, "01", 49, "9876543", 67, "0001000", 88, "001", 91, "0001000")
			e.rec(1, "3", 2, ps, 36, "F", 37, "02", 43, "2462580      ", 56, "55217862900132", 70, "01", 72, "0001000", 79,
				"0001000", 86, "3184940      ", 113, "03", 115, "0000250", 122, "0000750")
		}
		var hono, honoAMO, honoAMC int64
		for j := range actes {
			m := int64(4500 + 100*j + i%50)
			amo := m * 7 / 10
			executant := "758543813"
			if j%2 == 1 {
				executant = "757519680"
			}
			e.rec(1, "4", 2, cp, 39, "03", 41, "181", 44, "758543813", 57, executant, 66, "00", 68, "00", 70, "261102", 76,
				"ADC", 81, "01", 83, "000100", 89, "01", 91, fmt.Sprintf("%07d", m), 98, fmt.Sprintf("%07d", m), 105, "070", 108,
				fmt.Sprintf("%07d", amo), 115, fmt.Sprintf("%07d", m), 123, fmt.Sprintf("%06d", m-amo))
			e.rec(1, "4", 2, ps, 36, "S", 37, "01", 39, "L", 41, "0000000", 49, "000000", 55, "9")
			e.rec(1, "4", 2, ps, 36, "M", 37, "01", 43, "HHFA016", 57, "1", 58, "0", 59, "J", 63, "2")
			if i == 1 && j == 0 {
				e.rec(1, "4", 2, ps, 36, "E", 37, "01", 39, "10101234567", 64, "99700218896")
				e.rec(1, "4", 2, ps, 36, "F", 37, "03", 43, "1172490      ", 56, "A", 77, "261102", 83, "261102", 89, "0001250",
					96, "02", 98, "0001250", 105, "0002500", 112, "0002500")
				e.rec(1, "4", 2, ps, 36, "B", 37, "02", 49, "261102", 55, "01", 57, "00001104", 65, "261102", 71, "02", 73,
					"00000552")
			}
			hono, honoAMO, honoAMC = hono+m, honoAMO+amo, honoAMC+m-amo
		}
		c := func(zone string, v int64, largeur int) string { return fmt.Sprintf("%0*d", largeur, f(i, zone, v)) }
		e.rec(1, "5", 2, cp, 39, fmt.Sprintf("%03d", 1+actes), 42, c("base", sejour, 8), 50, c("amo_sejour", sejourAMO, 8),
			58, c("honoraires", hono, 8), 66, c("amo_honoraires", honoAMO, 8), 74, c("assure", amc+hono-honoAMO, 8), 82,
			c("amc_sejour", amc, 8), 90, c("amc_honoraires", honoAMC, 8), 115, c("sejour", sejour, 8))
		lotTotal, lotAMO, lotAMC = lotTotal+sejour+hono, lotAMO+sejourAMO+honoAMO, lotAMC+amc+honoAMC
		lignes += 1 + actes
	}
	n3 := fmt.Sprintf("%03d", factures%1000)
	e.rec(1, "6", 2, finess, 11, n3, 14, fmt.Sprintf("%04d", lignes%10000), 18, fmt.Sprintf("%04d", 3*factures%10000), 22,
		n3, 25, fmt.Sprintf("%09d", f(0, "total", lotTotal)), 34, fmt.Sprintf("%09d", f(0, "amo", lotAMO)), 43,
		fmt.Sprintf("%09d", f(0, "amc", lotAMC)), 52, "042", 55, "R")
	e.rec(1, "999", 4, tete, 50, "DESSIN", 56, fmt.Sprintf("%08d", e.n+1), 83, "001")
}

func fichier(t testing.TB, factures, actes int, f fausser) s3404.Source {
	t.Helper()
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	ecrireFichier(w, factures, actes, f)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }
}
