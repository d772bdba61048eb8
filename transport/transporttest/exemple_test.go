package transporttest_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/maildir"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

// A host's test of what it does with its mail: a mailbox on disk, a memory that lasts as long as the test.
func ExampleMemoire() {
	dossier, err := os.MkdirTemp("", "boite")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dossier) }()
	for _, d := range []string{"cur", "new", "tmp"} {
		if err := os.Mkdir(filepath.Join(dossier, d), 0o700); err != nil {
			log.Fatal(err)
		}
	}
	const courrier = "From: frontal@caisse.example\nSubject: ARL\n\nvoir le lot 1\n"
	if err := os.WriteFile(filepath.Join(dossier, "new", "1.essai"), []byte(courrier), 0o600); err != nil {
		log.Fatal(err)
	}

	var memoire transporttest.Memoire
	for range 2 { // the second time, there is nothing that isn't known
		if _, err := transport.Relever(context.Background(), &maildir.Boite{Dossier: dossier}, &memoire); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(len(memoire.Pris()), "message,", len(memoire.Ecartes()), "set aside")
	// Output: 1 message, 0 set aside
}
