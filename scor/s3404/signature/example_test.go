package signature_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// A bordereau is presented, signed on a screen of the host's, and the signature is used once.
func Example() {
	ctx := context.Background()
	pdf := "%PDF-1.4 le bordereau du lot 104"
	registre := signature.New(new(signature.Memoire))
	doc := signature.Document{Lot: "751143488-104-2026-11-21", Titre: "Bordereau S3404, lot 104",
		Empreinte: sha256.Sum256([]byte(pdf)), Taille: int64(len(pdf)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(pdf)), nil }}
	id, err := registre.Presenter(ctx, doc)
	if err != nil {
		fmt.Println(err)
		return
	}

	// What the screen sends; the package web does this for a browser.
	demande := signature.Demande{Empreinte: doc.Empreinte, Brouillon: signature.Brouillon{Cle: "choisie-par-l-ecran",
		Traits: []signature.Trait{{{X: 1000, Y: 5000, P: 400}, {X: 6000, Y: 4000, P: 700, T: 120}}}}}
	recu, err := registre.Signer(ctx, id, signature.Signataire{ID: "u7", Nom: "Mme Claire Vidal"}, demande)
	fmt.Println(recu.Lot, recu.Etat, err)

	joindre := func(_ context.Context, s signature.Signature) (scor.Empreinte, error) {
		fmt.Println(len(s.Traits), "trait à joindre au PDF")
		return sha256.Sum256([]byte(pdf + " signé")), nil
	}
	recu, err = registre.Utiliser(ctx, id, joindre)
	fmt.Println(recu.Etat, err)
	_, err = registre.Utiliser(ctx, id, joindre)
	fmt.Println(errors.Is(err, signature.ErrDejaUtilisee))
	// Output:
	// 751143488-104-2026-11-21 signe <nil>
	// 1 trait à joindre au PDF
	// joint <nil>
	// true
}
