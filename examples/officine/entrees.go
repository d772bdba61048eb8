package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// entrees is what the program starts from: the invoices' file as it is, and the scans of each invoice.
type entrees struct {
	b2       []byte
	fichier  *fse.Fichier
	constats []b2.Constat
	// scans lists, for each invoice number, its files in the order of the pages.
	scans map[int][]string
	// distribues tells that no CSV named the invoices: the scans were dealt out in name order.
	distribues bool
	// restants are the scans that no invoice has.
	restants []string
}

func (e *entrees) factures() []fse.Facture {
	var fs []fse.Facture
	for _, l := range e.fichier.Lots {
		fs = append(fs, l.Factures...)
	}
	return fs
}

func lireEntrees(cheminB2, dossierScans, cheminLiens string) (*entrees, error) {
	e := &entrees{scans: map[int][]string{}}
	var err error
	if e.b2, err = os.ReadFile(cheminB2); err != nil {
		return nil, err
	}
	if e.fichier, e.constats, err = b2.ParseFichier(bytes.NewReader(e.b2),
		b2.WithNom(filepath.Base(cheminB2))); err != nil {
		return nil, err
	}
	noms, err := fichiersScans(dossierScans)
	if err != nil {
		return nil, err
	}
	if cheminLiens == "" {
		e.distribuer(noms)
		return e, nil
	}
	f, err := os.Open(cheminLiens)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return e, e.lier(f, filepath.Base(cheminLiens), dossierScans, noms)
}

var extensions = []string{".tif", ".tiff", ".jpg", ".jpeg", ".png", ".pdf"}

func fichiersScans(dossier string) ([]string, error) {
	entrees, err := os.ReadDir(dossier)
	if err != nil {
		return nil, err
	}
	var noms []string
	for _, e := range entrees {
		if e.Type().IsRegular() && slices.Contains(extensions, strings.ToLower(filepath.Ext(e.Name()))) {
			noms = append(noms, filepath.Join(dossier, e.Name()))
		}
	}
	return noms, nil // os.ReadDir sorts by name
}

func (e *entrees) distribuer(noms []string) {
	e.distribues = true
	for _, f := range e.factures() {
		if len(noms) == 0 {
			return
		}
		e.scans[f.Cle.Numero] = noms[:1]
		noms = noms[1:]
	}
	e.restants = noms
}

// lier reads the CSV facture,fichier; a first row with those names is a header.
func (e *entrees) lier(r io.Reader, nom, dossier string, noms []string) error {
	numeros := map[int]bool{}
	for _, f := range e.factures() {
		numeros[f.Cle.Numero] = true
	}
	lecteur := csv.NewReader(r)
	lecteur.FieldsPerRecord = 2
	lecteur.TrimLeadingSpace = true
	utilises := map[string]bool{}
	var errs []error
	for {
		ligne, err := lecteur.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("%s : %w", nom, err)
		}
		n, _ := lecteur.FieldPos(0)
		if n == 1 && strings.EqualFold(ligne[0], "facture") {
			continue
		}
		numero, err := strconv.Atoi(strings.TrimSpace(ligne[0]))
		if err != nil || !numeros[numero] {
			errs = append(errs, fmt.Errorf("%s, ligne %d : aucune facture %s dans le fichier B2", nom, n, ligne[0]))
			continue
		}
		chemin := filepath.Join(dossier, filepath.Base(strings.TrimSpace(ligne[1])))
		if _, err := os.Stat(chemin); err != nil {
			errs = append(errs, fmt.Errorf("%s, ligne %d : le fichier n'est pas dans le dossier des scans", nom, n))
			continue
		}
		e.scans[numero] = append(e.scans[numero], chemin)
		utilises[chemin] = true
	}
	for _, s := range noms {
		if !utilises[s] {
			e.restants = append(e.restants, s)
		}
	}
	return errors.Join(errs...)
}
