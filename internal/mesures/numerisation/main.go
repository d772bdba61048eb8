//go:build linux

// Numerisation measures side by side, in one run and on the same drawn pages, what it costs to turn scans into PDF:
// this SDK against img2pdf, tiff2pdf, OCRmyPDF, pdfcpu and Ghostscript. Programs that aren't installed are left out,
// and said to be.
//
//	cd internal/mesures && go run ./numerisation [-tours 3] [-doc ../../docs/benchmarks.md]
//
// Debian packages: img2pdf libtiff-tools ocrmypdf ghostscript poppler-utils.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"github.com/scor-sdk/scor-sdk-go/internal/mesures/numerisation/corpus"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "numerisation:", err)
		os.Exit(1)
	}
}

func run() error {
	// The program runs itself for pdfcpu.
	if len(os.Args) > 3 && os.Args[1] == "pdfcpu" {
		api.DisableConfigDir()
		return api.ImportImagesFile(os.Args[3:], os.Args[2], nil, nil)
	}
	tours := flag.Int("tours", 3, "runs of each command, of which the fastest counts")
	lents := flag.Bool("lents", true, "measure the slow programs too (OCRmyPDF, pdfcpu)")
	doc := flag.String("doc", "", "Markdown file whose section is replaced")
	flag.Parse()
	dir, err := os.MkdirTemp("", "mesures-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	m := &mesureur{dir: dir, tours: *tours, lents: *lents}
	if m.moi, err = os.Executable(); err != nil {
		return err
	}
	// The SDK is measured in a program of its own, which links what it needs and no more; it draws the pages too, as the
	// memory of a program counts that of the one that starts it.
	m.sdk = filepath.Join(dir, "sdk")
	if out, err := exec.Command("go", "build", "-o", m.sdk, "./numerisation/sdk").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	if out, err := exec.Command(m.sdk, "dessiner", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("drawing: %w\n%s", err, out)
	}
	if err := m.tout(corpus.Trouver(dir)); err != nil {
		return err
	}
	table := m.String()
	fmt.Print(table)
	if *doc != "" {
		return remplacer(*doc, table)
	}
	return nil
}

// mesureur runs commands and keeps what they cost.
type mesureur struct {
	dir, moi, sdk string
	tours         int
	lents         bool
	lignes        []ligne
	absents       []string
}

type ligne struct {
	groupe, nom string
	pages       int
	duree, cpu  time.Duration
	memoire     int64 // bytes
	octets      int64 // of the output
}

// mesurer runs a command some times; it writes out.
func (m *mesureur) mesurer(groupe, nom string, pages int, out string, args ...string) error {
	if _, err := exec.LookPath(args[0]); err != nil {
		m.absents = append(m.absents, fmt.Sprintf("%s (paquet Debian %s)", nom, paquets[args[0]]))
		return nil
	}
	if !m.lents && (args[0] == "ocrmypdf" || len(args) > 1 && args[1] == "pdfcpu") {
		m.absents = append(m.absents, nom+" (-lents=false)")
		return nil
	}
	l := ligne{groupe: groupe, nom: nom, pages: pages}
	for i := range m.tours {
		if i > 0 && l.duree > 10*time.Second {
			break // the shortest of several matters to short ones
		}
		// pdfcpu adds to an output that is there.
		if err := os.Remove(out); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		c := exec.Command(args[0], args[1:]...)
		var erreurs bytes.Buffer
		c.Stderr = &erreurs
		debut := time.Now()
		if err := c.Run(); err != nil {
			return fmt.Errorf("%s: %w\n%s", nom, err, erreurs.Bytes())
		}
		d := time.Since(debut)
		if l.duree == 0 || d < l.duree {
			l.duree = d
		}
		if cpu := c.ProcessState.UserTime() + c.ProcessState.SystemTime(); l.cpu == 0 || cpu < l.cpu {
			l.cpu = cpu
		}
		if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
			l.memoire = max(l.memoire, u.Maxrss<<10)
		}
	}
	if info, err := os.Stat(out); err == nil {
		l.octets = info.Size()
	}
	fmt.Fprintf(os.Stderr, "%-12s %-34s %8.3f s\n", groupe, nom, l.duree.Seconds())
	m.lignes = append(m.lignes, l)
	return nil
}

// paquets are the Debian packages of the programs that the SDK is put beside.
var paquets = map[string]string{"img2pdf": "img2pdf", "tiff2pdf": "libtiff-tools", "ocrmypdf": "ocrmypdf",
	"gs": "ghostscript", "jbig2dec": "jbig2dec"}

func (m *mesureur) tout(p *corpus.Pages) error {
	sortie := func(nom string) string { return filepath.Join(m.dir, nom) }
	type commande struct {
		groupe, nom string
		pages       int
		out         string
		args        []string
	}
	moi := func(groupe, nom, travail string, pages int, in ...string) commande {
		out := sortie(travail + "-" + groupe + ".pdf")
		prog := m.sdk
		if travail == "pdfcpu" {
			prog = m.moi
		}
		return commande{groupe, nom, pages, out, append([]string{prog, travail, out}, in...)}
	}
	g4, gris, png := "G4", "JPEG gris", "PNG gris"
	n := len(p.JPEG)
	const couleur, penchee, jb2 = "JPEG couleur 300 ppp", "JPEG couleur 300 ppp penchés", "../jbig2/testdata/page.jb2"
	commandes := []commande{
		moi(g4, "scor-sdk-go, transmettre", "transmettre", corpus.N, p.G4),
		moi(g4, "scor-sdk-go, juger et transmettre", "juger", corpus.N, p.G4),
		{g4, "img2pdf", corpus.N, sortie("img2pdf.pdf"), []string{"img2pdf", "-o", sortie("img2pdf.pdf"), p.G4}},
		{g4, "tiff2pdf", corpus.N, sortie("tiff2pdf.pdf"), []string{"tiff2pdf", "-o", sortie("tiff2pdf.pdf"), p.G4}},
		moi(g4, "pdfcpu import", "pdfcpu", len(p.G4Seules), p.G4Seules...),
		moi(dossier, "scor-sdk-go, un PDF par fichier", "dossier", corpus.NDossier, p.Dossier...),
		{dossier, "img2pdf, un seul PDF", corpus.NDossier, sortie("img2pdf-d.pdf"),
			append([]string{"img2pdf", "-o", sortie("img2pdf-d.pdf")}, p.Dossier...)},
		moi(couleur, "image/jpeg, décoder seulement", "image-jpeg", len(p.Couleur), p.Couleur...),
		moi(couleur, "scor-sdk-go, juger et transmettre", "juger", len(p.Couleur), p.Couleur...),
		moi(couleur, "scor-sdk-go, alléger à 400 Ko", "alleger", len(p.Couleur), p.Couleur...),
		moi(penchee, "image/jpeg, décoder seulement", "image-jpeg", len(p.Couleur), p.Penchees...),
		moi(penchee, "scor-sdk-go, redresser", "redresser", len(p.Couleur), p.Penchees...),
		moi("JBIG2", "scor-sdk-go, décoder", "jbig2", 1, jb2),
		{"JBIG2", "jbig2dec", 1, sortie("jbig2.pbm"), []string{"jbig2dec", "-t", "pbm", "-o", sortie("jbig2.pbm"), jb2}},
		moi(gris, "scor-sdk-go, juger et transmettre", "juger", n, p.JPEG...),
		moi(gris, "image/jpeg, décoder seulement", "image-jpeg", n, p.JPEG...),
		{gris, "img2pdf", n, sortie("img2pdf-j.pdf"), append([]string{"img2pdf", "-o", sortie("img2pdf-j.pdf")}, p.JPEG...)},
		{gris, "OCRmyPDF --deskew --output-type pdfa", n, sortie("ocr-j.pdf"), []string{"ocrmypdf", "--deskew",
			"--output-type", "pdfa", "--tesseract-timeout", "0", "-q", sortie("img2pdf-j.pdf"), sortie("ocr-j.pdf")}},
		{gris, "ghostscript PDF/A", n, sortie("gs-j.pdf"), append(ghostscript(sortie("gs-j.pdf")), sortie("img2pdf-j.pdf"))},
		moi(gris, "pdfcpu import", "pdfcpu", n, p.JPEG...),
		moi(png, "scor-sdk-go, juger et coder en G4", "noir-et-blanc", n, p.PNG...),
		{png, "img2pdf", n, sortie("img2pdf-p.pdf"), append([]string{"img2pdf", "-o", sortie("img2pdf-p.pdf")}, p.PNG...)},
		{png, "OCRmyPDF --deskew --output-type pdfa", n, sortie("ocr-p.pdf"), []string{"ocrmypdf", "--deskew",
			"--output-type", "pdfa", "--tesseract-timeout", "0", "-q", sortie("img2pdf-p.pdf"), sortie("ocr-p.pdf")}},
		{png, "ghostscript PDF/A", n, sortie("gs-p.pdf"), append(ghostscript(sortie("gs-p.pdf")), sortie("img2pdf-p.pdf"))},
	}
	for i, t := range corpus.Tailles {
		commandes = append(commandes, moi("G4, mémoire", fmt.Sprintf("scor-sdk-go, juger %d", t), "juger", t, p.Memoire[i]))
	}
	for _, c := range commandes {
		if err := m.mesurer(c.groupe, c.nom, c.pages, c.out, c.args...); err != nil {
			return err
		}
	}
	return m.libtiff(sortie("noir-et-blanc-PNG gris.pdf"))
}

// dossier is the group of a folder of G4 files of a page each.
const dossier = "G4, un fichier par page"

func ghostscript(out string) []string {
	return []string{"gs", "-dPDFA=1", "-dPDFACompatibilityPolicy=1", "-dBATCH", "-dNOPAUSE", "-dQUIET",
		"-sDEVICE=pdfwrite", "-sColorConversionStrategy=RGB", "-o", out}
}

// libtiff codes the black and white pages that the SDK made again, with libtiff's G4 encoder, for their size.
func (m *mesureur) libtiff(pdf string) error {
	for _, prog := range []string{"pdfimages", "tiffcp"} {
		if _, err := exec.LookPath(prog); err != nil {
			m.absents = append(m.absents, prog)
			return nil
		}
	}
	if out, err := exec.Command("pdfimages", "-ccitt", pdf, filepath.Join(m.dir, "sdk")).CombinedOutput(); err != nil {
		return fmt.Errorf("pdfimages: %w\n%s", err, out)
	}
	if out, err := exec.Command("pdfimages", "-tiff", pdf, filepath.Join(m.dir, "pixels")).CombinedOutput(); err != nil {
		return fmt.Errorf("pdfimages: %w\n%s", err, out)
	}
	notres, err := filepath.Glob(filepath.Join(m.dir, "sdk-*.ccitt"))
	if err != nil {
		return err
	}
	pixels, err := filepath.Glob(filepath.Join(m.dir, "pixels-*.tif"))
	if err != nil {
		return err
	}
	var nous, eux int64
	for _, f := range notres {
		info, err := os.Stat(f)
		if err != nil {
			return err
		}
		nous += info.Size()
	}
	for i, f := range pixels {
		// One strip a page, as ours.
		g4 := filepath.Join(m.dir, fmt.Sprintf("libtiff-%d.tif", i))
		if out, err := exec.Command("tiffcp", "-c", "g4", "-r", "100000", f, g4).CombinedOutput(); err != nil {
			return fmt.Errorf("tiffcp: %w\n%s", err, out)
		}
		n, err := octetsBandes(g4)
		if err != nil {
			return err
		}
		eux += n
	}
	n := len(notres)
	m.lignes = append(m.lignes,
		ligne{groupe: "flux G4", nom: "scor-sdk-go", pages: n, octets: nous},
		ligne{groupe: "flux G4", nom: "libtiff (tiffcp -c g4)", pages: len(pixels), octets: eux})
	return nil
}

func (m *mesureur) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d processeurs, %s ; le plus rapide de %d passages de chaque commande, programme lancé "+
		"compris.\n\n", runtime.GOARCH, runtime.NumCPU(), runtime.Version(), m.tours)
	b.WriteString("| pages | programme | s | s de processeur | pages/s | Mio au plus | octets/page " +
		"|\n|---|---|---:|---:|---:|---:|---:|\n")
	for _, l := range m.lignes {
		temps, cpu, debit, mem := "", "", "", ""
		if l.duree > 0 {
			temps, cpu, debit, mem = fmt.Sprintf("%.3f", l.duree.Seconds()), fmt.Sprintf("%.3f", l.cpu.Seconds()),
				fmt.Sprintf("%.1f", float64(l.pages)/l.duree.Seconds()), fmt.Sprintf("%.0f", float64(l.memoire)/(1<<20))
		}
		octets := ""
		if l.octets > 0 {
			octets = fmt.Sprint(l.octets / int64(l.pages))
		}
		fmt.Fprintf(&b, "| %d %s | %s | %s | %s | %s | %s | %s |\n", l.pages, l.groupe, l.nom, temps, cpu, debit, mem, octets)
	}
	if charge, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Fprintf(&b, "\nCharge de la machine à la fin de la mesure : %s.\n", strings.Join(strings.Fields(string(charge))[:3],
			", "))
	}
	if len(m.absents) > 0 {
		fmt.Fprintf(&b, "\nNon mesurés : %s.\n", strings.Join(m.absents, ", "))
	}
	b.WriteString("\n" + m.barres())
	return b.String()
}

// barres are the ratios that must hold.
func (m *mesureur) barres() string {
	trouver := func(groupe, nom string) *ligne {
		for i := range m.lignes {
			if l := &m.lignes[i]; l.groupe == groupe && strings.HasPrefix(l.nom, nom) {
				return l
			}
		}
		return nil
	}
	var b strings.Builder
	b.WriteString("| barre | mesuré | à tenir | |\n|---|---:|---:|---|\n")
	ecrire := func(nom string, v float64, min bool, borne float64, unite string) {
		signe, ok := "≤", v <= borne
		if min {
			signe, ok = "≥", v >= borne
		}
		fmt.Fprintf(&b, "| %s | %.2f%s | %s %g%s | %s |\n", nom, v, unite, signe, borne, unite, map[bool]string{true: "tenue",
			false: "**manquée**"}[ok])
	}
	// Time where what is compared works on one processor and the SDK on all; the processors' time where both have one.
	rapport := func(nom string, a, c *ligne, min bool, borne float64, cpu bool) {
		if a == nil || c == nil {
			return
		}
		ta, tc := a.duree, c.duree
		if cpu {
			ta, tc, nom = a.cpu, c.cpu, nom+" (processeur)"
		}
		if tc > 0 {
			ecrire(nom, (ta.Seconds()/float64(a.pages))/(tc.Seconds()/float64(c.pages)), min, borne, " x")
		}
	}
	t, j, i := trouver("G4", "scor-sdk-go, transmettre"), trouver("G4", "scor-sdk-go, juger"), trouver("G4", "img2pdf")
	rapport("500 G4 transmises, img2pdf / SDK", i, t, true, 4, false)
	if t != nil {
		ecrire("500 G4 transmises, mémoire", float64(t.memoire)/(1<<20), false, 16, " Mio")
	}
	rapport("500 G4 jugées, SDK / img2pdf", j, i, false, 1, false)
	rapport("300 fichiers G4, SDK / img2pdf", trouver(dossier, "scor"), trouver(dossier, "img2pdf"), false, 0.7, false)
	rapport("JPEG gris jugé et transmis, SDK / image/jpeg", trouver("JPEG gris", "scor-sdk-go"),
		trouver("JPEG gris", "image/jpeg"), false, 1, true)
	const couleur, penchee = "JPEG couleur 300 ppp", "JPEG couleur 300 ppp penchés"
	rapport("couleur 300 ppp allégée, SDK / image/jpeg", trouver(couleur, "scor-sdk-go, alléger"),
		trouver(couleur, "image/jpeg"), false, 1.6, true)
	rapport("couleur 300 ppp redressée, SDK / image/jpeg", trouver(penchee, "scor-sdk-go"),
		trouver(penchee, "image/jpeg"), false, 1.6, true)
	rapport("page JBIG2, SDK / jbig2dec", trouver("JBIG2", "scor-sdk-go"), trouver("JBIG2", "jbig2dec"), false, 2, true)
	rapport("PNG gris en G4, OCRmyPDF / SDK", trouver("PNG gris", "OCRmyPDF"), trouver("PNG gris", "scor-sdk-go"), true,
		10, false)
	if a, c := trouver("flux G4", "scor-sdk-go"), trouver("flux G4", "libtiff"); a != nil && c != nil {
		ecrire("flux G4, SDK / libtiff", float64(a.octets)/float64(c.octets), false, 1, " x")
	}
	if a, c := trouver("G4, mémoire", "scor-sdk-go, juger 1000"), trouver("G4, mémoire", "scor-sdk-go, juger 10"); a != nil &&
		c != nil {
		ecrire("mémoire de 1000 pages G4 / 10 pages", float64(a.memoire)/float64(c.memoire), false, 1.3, " x")
	}
	return b.String()
}

// remplacer puts the table between the markers of a Markdown file.
func remplacer(doc, table string) error {
	b, err := os.ReadFile(doc)
	if err != nil {
		return err
	}
	const debut, fin = "<!-- numerisation : début -->\n", "<!-- numerisation : fin -->"
	i, j := bytes.Index(b, []byte(debut)), bytes.Index(b, []byte(fin))
	if i < 0 || j < i {
		return fmt.Errorf("%s: markers not found", filepath.Base(doc))
	}
	var out bytes.Buffer
	out.Write(b[:i+len(debut)])
	_, _ = io.WriteString(&out, "\n"+table+"\n")
	out.Write(b[j:])
	return os.WriteFile(doc, out.Bytes(), 0o644)
}
