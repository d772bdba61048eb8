package maildir_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport/maildir"
)

// Dropping a message costs the same whatever the mailbox holds: it doesn't list it again,
// which would take the square of the number for all of them.
func TestAcquitterSansRelister(t *testing.T) {
	cout := func(n int) uint64 {
		d := nouvelle(t)
		b := &maildir.Boite{Dossier: d, Supprimer: true}
		for i := range n {
			poser(t, d, fmt.Sprintf("new/%03d.host", i), "x", 0)
		}
		var avant, apres runtime.MemStats
		pris := 0
		runtime.ReadMemStats(&avant)
		for m, err := range b.Messages(t.Context()) {
			if pris++; pris == 1 { // the listing is behind
				runtime.ReadMemStats(&avant)
			} else if pris > 20 {
				break
			}
			if err == nil {
				err = b.Acquitter(t.Context(), m.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&apres)
		return apres.Mallocs - avant.Mallocs
	}
	if petit, grand := cout(25), cout(500); grand > 2*petit+500 {
		t.Errorf("20 messages dropped: %d allocations among 25, %d among 500", petit, grand)
	}
}
