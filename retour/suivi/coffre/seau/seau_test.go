package seau_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre/coffretest"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre/seau"
)

func TestContrat(t *testing.T) {
	for nom, ouvrir := range map[string]func() (*blob.Bucket, error){
		"memory": func() (*blob.Bucket, error) { return memblob.OpenBucket(nil), nil },
		"folder": func() (*blob.Bucket, error) {
			return fileblob.OpenBucket(t.TempDir(), &fileblob.Options{Metadata: fileblob.MetadataDontWrite})
		},
	} {
		t.Run(nom, func(t *testing.T) {
			coffretest.Contrat(t, func(t *testing.T) coffre.Depot {
				b, err := ouvrir()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { b.Close() })
				return seau.New(b)
			})
		})
	}
}

func TestNettoyer(t *testing.T) {
	b := memblob.OpenBucket(nil)
	defer b.Close()
	if err := b.WriteAll(t.Context(), "en-cours/x", []byte("x"), nil); err != nil {
		t.Fatal(err)
	}
	if err := seau.New(b).Nettoyer(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if deja, err := b.Exists(t.Context(), "en-cours/x"); err != nil || deja {
		t.Error(deja, err)
	}
}

func Example() {
	ctx := context.Background()
	b := memblob.OpenBucket(nil)
	defer b.Close()
	c, err := coffre.Open(context.Background(), seau.New(b), bytes.Repeat([]byte{1}, coffre.TailleCle))
	if err != nil {
		fmt.Println(err)
		return
	}
	e, n, err := c.Deposer(ctx, strings.NewReader("une ordonnance"))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := c.Open(ctx, e)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	texte, err := io.ReadAll(r)
	fmt.Println(n, string(texte), err)
	// Output: 14 une ordonnance <nil>
}
