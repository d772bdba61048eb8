// Package preflight runs, from tests, the programs that say whether a PDF is
// sound: PDFBox preflight (PDF/A-1b), qpdf, poppler and MuPDF.
//
// A program that is absent skips the test, unless SCOR_PREFLIGHT=1, where it
// fails it. Debian packages: libpdfbox2-java libjaxb-api-java
// libactivation-java default-jre-headless qpdf poppler-utils mupdf-tools.
package preflight

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// jars of Debian, with what PDFBox 2 needs of Java EE since Java 11.
var jars = []string{"preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "commons-io", "javax.activation",
	"jaxb-api"}

func absent(t testing.TB, quoi string) {
	t.Helper()
	if os.Getenv("SCOR_PREFLIGHT") == "1" {
		t.Fatalf("SCOR_PREFLIGHT=1 and %s is absent", quoi)
	}
	t.Skipf("%s is not here; SCOR_PREFLIGHT=1 makes it mandatory", quoi)
}

// Programme gives the path of a program, or skips the test.
func Programme(t testing.TB, nom string) string {
	t.Helper()
	p, err := exec.LookPath(nom)
	if err != nil {
		absent(t, nom)
	}
	return p
}

// PDFA fails the test unless PDFBox preflight accepts each file as PDF/A-1b.
// One call with many files costs one start of Java.
func PDFA(t testing.TB, fichiers ...string) {
	t.Helper()
	java := Programme(t, "java")
	dir := os.Getenv("SCOR_JARS")
	if dir == "" {
		dir = "/usr/share/java"
	}
	var chemin []string
	for _, j := range jars {
		f := filepath.Join(dir, j+".jar")
		if _, err := os.Stat(f); err != nil {
			absent(t, f)
		}
		chemin = append(chemin, f)
	}
	cp := strings.Join(chemin, string(os.PathListSeparator))
	// Its batch mode takes the files of a folder, and writes its verdict beside each.
	lot := t.TempDir()
	for i, f := range fichiers {
		b, err := os.ReadFile(f)
		if err == nil {
			err = os.WriteFile(filepath.Join(lot, fmt.Sprintf("%d.pdf", i)), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(java, "-XX:TieredStopAtLevel=1", "-cp", cp, "org.apache.pdfbox.preflight.Validator_A1b",
		"xml", "batch", lot).CombinedOutput()
	if err != nil {
		t.Fatalf("preflight: %v\n%s", err, out)
	}
	for i, f := range fichiers {
		verdict, err := os.ReadFile(filepath.Join(lot, fmt.Sprintf("%d.pdf.preflight.xml", i)))
		if err != nil || !bytes.Contains(verdict, []byte(`<isValid type="PDF/A1-b">true</isValid>`)) {
			t.Errorf("preflight refuses %s: %v\n%s", filepath.Base(f), err, verdict)
		}
	}
}

// QPDF fails the test unless qpdf --check has nothing to say of each file.
func QPDF(t testing.TB, fichiers ...string) {
	t.Helper()
	qpdf := Programme(t, "qpdf")
	for _, f := range fichiers {
		if out, err := exec.Command(qpdf, "--check", f).CombinedOutput(); err != nil ||
			bytes.Contains(out, []byte("WARNING")) {
			t.Errorf("qpdf --check %s: %v\n%s", filepath.Base(f), err, out)
		}
	}
}

// Sortie runs a program and gives what it printed; the test fails if it fails.
func Sortie(t testing.TB, nom string, args ...string) string {
	t.Helper()
	var erreurs bytes.Buffer
	c := exec.Command(Programme(t, nom), args...)
	c.Stderr = &erreurs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", nom, err, erreurs.Bytes())
	}
	return string(out)
}

// Texte is what pdftotext reads of a file, keeping its layout.
func Texte(t testing.TB, fichier string) string {
	t.Helper()
	return Sortie(t, "pdftotext", "-layout", "-enc", "UTF-8", fichier, "-")
}
