package s3404_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// A lot's bordereau is written from the B2 file, signed, and verified.
func Example() {
	ctx := context.Background()
	var fichier bytes.Buffer // an os.File, mostly
	w := bufio.NewWriter(&fichier)
	ecrireFichier(w, 23, 4, nil)
	w.Flush()
	source := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(fichier.Bytes())), nil }

	bordereaux, err := s3404.Construire(ctx, source,
		s3404.Options{Info: papier.Info{Date: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	b := bordereaux[0]
	var pdf bytes.Buffer
	r, err := b.WritePDF(ctx, &pdf)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("lot %s : %d factures, %d pages\n", b.Identifiant(), b.Totaux.Factures, r.Pages)

	// The strokes come from a tablet, through package signature.
	s := signature.Signature{Traits: traits(), Recu: signature.Recu{
		Lot: b.Identifiant(), Empreinte: sha256.Sum256(pdf.Bytes()), Quand: time.Date(2026, 11, 21, 14, 32, 5, 0, time.UTC),
		Signataire: signature.Signataire{ID: "cvidal", Nom: "Mme Claire Vidal"}, PourMandat: true, Mandant: "Dr Lefèvre",
	}}
	s.Lien = s.Calculer()
	var signe bytes.Buffer
	if _, err := s3404.Signer(ctx, &signe, bytes.NewReader(pdf.Bytes()), int64(pdf.Len()), s, nil); err != nil {
		fmt.Println(err)
		return
	}
	preuve, err := s3404.Verifier(bytes.NewReader(signe.Bytes()), int64(signe.Len()), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("signé par %s, pour mandat de %s, le %s\n", preuve.Signataire.Nom, preuve.Mandant,
		preuve.Quand.Format(time.DateTime))

	altere := bytes.Replace(signe.Bytes(), []byte("/MediaBox[0 0 8"), []byte("/MediaBox[0 0 7"), 1)
	_, err = s3404.Verifier(bytes.NewReader(altere), int64(len(altere)), nil)
	fmt.Println(err != nil)
	// Output:
	// lot 751143488/042/261121/DESSIN : 23 factures, 5 pages
	// signé par Mme Claire Vidal, pour mandat de Dr Lefèvre, le 2026-11-21 14:32:05
	// true
}
