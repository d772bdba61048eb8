package noemie_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

// retourDemo is a return on two invoices, as a test frontal writes it.
func retourDemo() []byte {
	jour, _ := fse.ParseAAMMJJ("261121")
	v := &noemie.Versement{Beneficiaire: "000000752495234", Date: jour, Libelles: [2]string{"VIR CPAM EXEMPLE", ""},
		Payeur: "422"}
	var b bytes.Buffer
	err := noemie.WriteRetour(&b, &noemie.Retour{
		Entete: noemie.Entete{TypeEmetteur: "CP", Emetteur: "00000001422000", TypeDestinataire: "TP",
			Destinataire: "00000752495234", ID: "N00001",
			Date: jour, Reference: "0578"},
		Emballage: noemie.Blocs,
		Factures: []noemie.Reponse{
			{Cle: noemie.Cle{Lot: 12, DateLot: jour, Numero: 12000}, Origine: "F", Versement: v,
				AMO: &noemie.Part{Demande: 4358, DemandeConnue: true, Paye: 4358, Etat: noemie.Paye}},
			{Cle: noemie.Cle{Lot: 12, DateLot: jour, Numero: 12001}, Origine: "F", Versement: v,
				AMO:    &noemie.Part{Demande: 1000, DemandeConnue: true, Etat: noemie.Rejete},
				Motifs: []noemie.Motif{{Code: "2449", Libelle: "DROITS FERMES", Niveau: "F", Part: "O"}}},
		},
	})
	if err != nil {
		fmt.Println(err)
	}
	return b.Bytes()
}

// What became of each invoice, and why.
func ExampleParse() {
	r, constats, err := noemie.Parse(bytes.NewReader(retourDemo()))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range r.Factures {
		fmt.Println(f.Cle, f.Etat.Libelle(), int64(f.Paye()), f.Versement.Libelles[0])
		for _, m := range f.Motifs {
			fmt.Println(" ", m.Code, m.Libelle)
		}
	}
	fmt.Println(strings.ReplaceAll(r.Cumul.String(), "\u00a0", " "), len(constats))
	// Output:
	// 012/261121/000012000 payée 4358 VIR CPAM EXEMPLE
	// 012/261121/000012001 rejetée 0 VIR CPAM EXEMPLE
	//   2449 DROITS FERMES
	// 43,58 € 0
}

// From a return back to the invoices that were sent.
func ExampleJoindre() {
	jour, _ := fse.ParseAAMMJJ("261121")
	lot := fse.CleLot{Emetteur: "752495234", Numero: 12, Date: jour}
	envoyees := []fse.Facture{{Cle: fse.CleFacture{Lot: lot, Numero: 12000}}, {Cle: fse.CleFacture{Lot: lot,
		Numero: 12002}}}
	r, _, err := noemie.Parse(bytes.NewReader(retourDemo()))
	if err != nil {
		fmt.Println(err)
		return
	}
	j := noemie.Joindre(r, envoyees)
	for _, p := range j.Paires {
		fmt.Println(p.Facture.Cle, p.Retour.Etat)
	}
	fmt.Println("not ours:", j.Inconnues[0].Cle, "waiting:", j.SansRetour[0].Cle)
	// Output:
	// 752495234/012/261121/000012000 paye
	// not ours: 012/261121/000012001 waiting: 752495234/012/261121/000012002
}

// Entities one by one; a Writer of the same packing writes the same bytes.
func ExampleReader_Entites() {
	r := noemie.NewReader(bytes.NewReader(retourDemo()))
	for e, err := range r.Entites() {
		if err != nil {
			fmt.Println(err)
			return
		}
		if e.Code == "198" {
			n, err := e.Entier("demande")
			fmt.Println(e, n, e.Texte("etat"), err)
		}
	}
	// Output:
	// entity 7 (198, level 05, offset 313) 4358 P <nil>
	// entity 9 (198, level 05, offset 377) 1000 R <nil>
}

// Entities made from nothing, for a test frontal: what does not fit is an error, never cut.
func ExampleNew() {
	e, err := noemie.New("080")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.SetZone("niveau", "03"), e.SetZone("date_lot", "261121"), e.SetZone("lot", "12"))
	fmt.Println(e.SetZone("lot", "1234"))
	fmt.Println(string(e.Brut))
	// Output:
	// <nil> <nil> <nil>
	// noemie: entity 080: zone lot: read 4 characters, expected at most 3 characters
	// 08003261121012@
}
