package kit_test

import (
	"os"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/sdk"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/vecteurs"
)

// The documentation tells every operation that a vector asks for, and every one that the SDK answers.
func TestOperationsDocumentees(t *testing.T) {
	b, err := os.ReadFile("../../../docs/conformite.md")
	if err != nil {
		t.Fatal(err)
	}
	l, err := kit.Open(vecteurs.FS)
	if err != nil {
		t.Fatal(err)
	}
	noms := sdk.Operations()
	for _, v := range l {
		noms = append(noms, v.Operation)
	}
	for _, nom := range noms {
		if !strings.Contains(string(b), "\n| `"+nom+"` |") {
			t.Errorf("docs/conformite.md doesn't tell the operation %s", nom)
		}
	}
}
