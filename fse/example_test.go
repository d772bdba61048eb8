package fse_test

import (
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

func ExampleParseNIR() {
	n, err := fse.ParseNIR("155072B012370", "31")
	fmt.Println(n, n.Valide(), err)
	_, err = fse.ParseNIR("155072B012370", "32")
	fmt.Println(err, errors.Is(err, fse.MotifCle))
	// Output:
	// 1************ ** true <nil>
	// fse: NIR: wrong key: the key does not match the number true
}

func ExampleParseFINESS() {
	f, err := fse.ParseFINESS("420788606")
	fmt.Println(f, err)
	_, err = fse.ParseFINESS("420788607")
	fmt.Println(err)
	// Output:
	// 420788606 <nil>
	// fse: FINESS: wrong key: the last digit does not match the others
}

func ExampleParseRPPS() {
	r, err := fse.ParseRPPS("99700218896")
	fmt.Println(r, err)
	// Output: 99700218896 <nil>
}

func ExampleParseNumeroAM() {
	n, err := fse.ParseNumeroAM("752495234")
	fmt.Println(n, n.Categorie(), err)
	// Output: 752495234 2 <nil>
}

func ExampleParseOrganisme() {
	o, err := fse.ParseOrganisme("014220000")
	fmt.Printf("régime %s, caisse %s, centre %s, %v\n", o.Regime, o.Caisse, o.Centre, err)
	// Output: régime 01, caisse 422, centre 0000, <nil>
}

func ExampleParseAAMMJJ() {
	for _, s := range []string{"261121", "981231", "000000", "261131"} {
		d, err := fse.ParseAAMMJJ(s)
		fmt.Printf("%q %t %v\n", d, d.IsZero(), err)
	}
	// Output:
	// "2026-11-21" false <nil>
	// "1998-12-31" false <nil>
	// "" true <nil>
	// "" true fse: date: impossible value: not in the calendar
}

func ExampleNaissance() {
	jour, _ := fse.NewDate(2026, 11, 21)
	d, ok := fse.Naissance("360314").Civile(jour)
	fmt.Println(d, ok)
	// Born abroad, month unknown.
	n := fse.Naissance("360000")
	_, ok = n.Civile(jour)
	fmt.Println(n, n.Lunaire(), ok)
	// Output:
	// 1936-03-14 true
	// ****** true false
}

func ExampleMontant() {
	m, err := fse.ParseMontant("00100608")
	fmt.Println(int64(m), err)
	// Output: 100608 <nil>
}
