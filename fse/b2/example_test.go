package b2_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// fichierDemo writes a file with one invoice of a pharmacy.
func fichierDemo() []byte {
	date, _ := fse.ParseAAMMJJ("261121")
	assure, _ := fse.ParseNIR("2650333082781", "03")
	cle := fse.CleLot{Emetteur: "752495234", Numero: 12, Date: date}
	facture := fse.Facture{Cle: fse.CleFacture{Lot: cle, Numero: 12000}, Assure: assure, Naissance: "650315",
		Date: date, NatureAssurance: "10",
		Organisme: fse.Organisme{Regime: "01", Caisse: "422", Centre: "0000"}, Prescripteur: "759529654",
		DatePrescription: date,
		Actes: []fse.Acte{{Code: "PH7", Date: date, Executant: "752495234", Montant: 6706, AMO: 4358, AMC: 2348,
			Quantite: 1}}}
	var b bytes.Buffer
	err := b2.WriteFichier(b2.NewWriter(&b), &fse.Fichier{TypeEmetteur: "TP", Emetteur: "00000752495234",
		TypeDestinataire: "CT",
		Destinataire:     "00000001011422", ID: "ESSAI1", Date: date, Lots: []fse.Lot{{Cle: cle, Flux: fse.FluxFSE,
			Destinataire: "422",
			Partenaire:   "PHARMACIE EXEMPLE", Factures: []fse.Facture{facture}}}})
	if err != nil {
		fmt.Println(err)
	}
	return b.Bytes()
}

// A whole file, with everything that is odd in it.
func ExampleParseFichier() {
	octets := fichierDemo()
	copy(octets[4*b2.Longueur+57:], "00006760") // two digits exchanged in the total of the invoice
	f, constats, err := b2.ParseFichier(bytes.NewReader(octets))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range f.Lots {
		for _, fac := range l.Factures {
			fmt.Println(fac.Cle, fac.Flux, fac.Assure, fac.Lignes)
		}
	}
	for _, c := range constats {
		fmt.Println(strings.ReplaceAll(c.String(), "\u00a0", " "))
	}
	// Output:
	// 752495234/012/261121/000012000 FSE sécurisée 2************ ** 1
	// enregistrement 5 (type 5, zone total) : Total facturé : 67,60 € lus, 67,06 € attendus.
	// enregistrement 6 (type 6, zone total) : Total facturé du lot : 67,06 € lus, 67,60 € attendus.
}

// A file of any size, in constant memory: only the keys of the invoices are decoded.
func ExampleReader_Factures() {
	r := b2.NewReader(bytes.NewReader(fichierDemo()))
	for f, err := range r.Factures() {
		if err != nil {
			fmt.Println(err)
			return
		}
		cle, err := f.Cle()
		_, _, n := f.Position()
		fmt.Println(cle, n, "records", err)
	}
	// Output: 752495234/012/261121/000012000 3 records <nil>
}

// Records one by one, and a zone of those that have it. What a Writer writes of them is the same file.
func ExampleReader_Enregistrements() {
	w := b2.NewWriter(os.Stdout)
	for e, err := range b2.NewReader(bytes.NewReader(fichierDemo())).Enregistrements() {
		if err != nil {
			fmt.Println(err)
			return
		}
		if e.Type == b2.T4 {
			n, err := e.Entier("amo")
			fmt.Println(e, e.Texte("acte"), n, err)
			if err := w.Write(e); err != nil {
				fmt.Println(err)
			}
		}
	}
	// Output:
	// record 4 (type 4, offset 384) PH7 4358 <nil>
	// 4752495234 265033308278103000012000 00000000000000    7524952340000261121PH7  01000000000000000000670600000043580006706 00002348
}

// A record made from nothing: what does not fit is an error, never cut.
func ExampleNew() {
	e, err := b2.New(b2.T4M, b2.PS, b2.V2007)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.SetZone("ccam", "HBQK002"), e.Texte("ccam"))
	fmt.Println(e.SetZone("code_activite", "12"))
	// Output:
	// <nil> HBQK002
	// b2: record 4M: zone code_activite: read 2 characters, expected at most 1 characters
}
