package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// The default day of the officine: invented patients, and one case of each kind. Scans are drawn (see dessiner).
var journee = []struct {
	facture int
	nir     string
	montant fse.Montant
	dessins []string // one scan a page; none: the patient's ordonnance was not scanned
}{
	{2101, "2850775113044", 2345, []string{"ok-g4"}},
	{2102, "1720469123085", 5120, []string{"ok-gris"}},
	{2103, "2560131555012", 860, []string{"ok-png", "ok-png-2"}},
	{2104, "1910892050027", 13475, []string{"incline"}},
	{2105, "2780642218031", 3390, []string{"clair"}},
	{2106, "1640373065018", 745, nil},
	{2107, "2990559350066", 4210, []string{"couche"}},
	{2108, "1830234172039", 1980, []string{"manuscrite"}},
}

// degradees are the invoices made without the patient's card, in a lot of their own: the program makes their feuille de
// soins.
var degradees = []int{2108}

// ecrireDefauts leaves the default B2 file, scans and links in a folder, for the program and for whoever wants to look
// at them. What is there already stays: a second run is about the same day.
func ecrireDefauts(dossier string) (cheminB2, scans, liens string, err error) {
	cheminB2, scans, liens = filepath.Join(dossier, "factures.b2"), filepath.Join(dossier, "scans"),
		filepath.Join(dossier, "liens.csv")
	if _, err := os.Stat(liens); err == nil {
		return cheminB2, scans, liens, nil // written last
	}
	if err := os.MkdirAll(scans, 0o700); err != nil {
		return "", "", "", err
	}
	fichier, err := fichierDefaut()
	if err != nil {
		return "", "", "", err
	}
	if err := os.WriteFile(cheminB2, fichier, 0o600); err != nil {
		return "", "", "", err
	}
	var csv strings.Builder
	csv.WriteString("facture,fichier\n")
	for _, f := range journee {
		for _, d := range f.dessins {
			nom, contenu, err := dessiner(d)
			if err != nil {
				return "", "", "", err
			}
			if err := os.WriteFile(filepath.Join(scans, nom), contenu, 0o600); err != nil {
				return "", "", "", err
			}
			fmt.Fprintf(&csv, "%d,%s\n", f.facture, nom)
		}
	}
	return cheminB2, scans, liens, os.WriteFile(liens, []byte(csv.String()), 0o600)
}

// fichierDefaut writes the invoices: a lot of FSE secured by the Vitale card, and a lot of degraded ones.
func fichierDefaut() ([]byte, error) {
	jour, err := fse.NewDate(2026, 11, 20)
	if err != nil {
		return nil, err
	}
	const officine = "752499996"
	lots := []fse.Lot{
		{Cle: fse.CleLot{Emetteur: officine, Numero: 57, Date: jour}, Flux: fse.FluxFSE, Destinataire: "751",
			Partenaire: "PHARMACIE DE L EXEMPLE"},
		{Cle: fse.CleLot{Emetteur: officine, Numero: 58, Date: jour}, Flux: fse.FluxFSEDegradee, Destinataire: "751",
			Partenaire: "PHARMACIE DE L EXEMPLE"},
	}
	for _, j := range journee {
		l := &lots[0]
		if slices.Contains(degradees, j.facture) {
			l = &lots[1]
		}
		n, err := strconv.ParseInt(j.nir, 10, 64)
		if err != nil {
			return nil, err
		}
		nir, err := fse.ParseNIR(j.nir, fmt.Sprintf("%02d", 97-n%97))
		if err != nil {
			return nil, err
		}
		amo := j.montant * 65 / 100
		l.Factures = append(l.Factures, fse.Facture{Cle: fse.CleFacture{Lot: l.Cle, Numero: j.facture}, Flux: l.Flux,
			Assure: nir, Naissance: fse.Naissance(j.nir[1:5] + "01"),
			Organisme:    fse.Organisme{Regime: "01", Caisse: "751", Centre: "0000"},
			Destinataire: l.Destinataire, Date: jour, DatePrescription: jour, Prescripteur: "751234568", Executant: officine,
			NatureAssurance: "10", Total: j.montant, AMO: amo, Patient: j.montant - amo, Lignes: 1,
			Actes: []fse.Acte{{Code: "PH7", Date: jour, Executant: officine, Montant: j.montant, AMO: amo, Quantite: 1}}})
	}
	lots = slices.DeleteFunc(lots, func(l fse.Lot) bool { return len(l.Factures) == 0 })
	var b bytes.Buffer
	w := b2.NewWriter(&b)
	f := &fse.Fichier{TypeEmetteur: "TP", Emetteur: "00000" + officine, TypeDestinataire: "CT",
		Destinataire: "00000001011751", ID: "OFF001", Date: jour, Lots: lots}
	if err := b2.WriteFichier(w, f); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
