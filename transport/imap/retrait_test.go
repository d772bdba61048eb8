package imap

import (
	"testing"

	"github.com/emersion/go-imap/v2"
)

// Numbers that don't follow each other are long to write: no command is longer than what every server takes, and none
// of the numbers is left out.
func TestEnsembles(t *testing.T) {
	for _, pas := range []imap.UID{1, 2, 7} {
		var uids []imap.UID
		for i := range imap.UID(retraitMax) {
			uids = append(uids, 4_000_000_000+i*pas)
		}
		vus := map[imap.UID]bool{}
		for _, set := range ensembles(uids) {
			if n := len(set.String()); n > ligneMax {
				t.Errorf("every %dth: a command of %d bytes", pas, n)
			}
			nums, _ := set.Nums()
			for _, u := range nums {
				vus[u] = true
			}
		}
		if len(vus) != len(uids) {
			t.Errorf("every %dth: %d of %d", pas, len(vus), len(uids))
		}
	}
}
