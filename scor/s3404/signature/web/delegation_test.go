package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// TestDelegationParHTTP protects what a signer sees of delegations: only the names for which one is in force are
// proposed, a mandate that none allows is refused in words, and the receipt tells the document.
func TestDelegationParHTTP(t *testing.T) {
	hier := fse.DateDe(time.Now().AddDate(0, 0, -1))
	enCours := signature.Delegation{Signataire: "s1", Mandant: nomMandant, Du: hier, Document: "Convention 2026-014"}
	finie := enCours
	finie.Au = hier
	for nom, c := range map[string]struct {
		liste signature.Delegations
		code  int
		page  string
		rep   string
	}{
		"in force": {signature.Delegations{enCours}, http.StatusOK, `<option value="` + nomMandant, "Convention 2026-014"},
		"over":     {signature.Delegations{finie}, http.StatusForbidden, "Aucune délégation en cours", `"delegation"`},
		"none":     {nil, http.StatusForbidden, "Aucune délégation en cours", `"delegation"`},
	} {
		p := ouvrirPoste(t, signature.WithDelegations(c.liste))
		n := p.connecter(t)
		_, page := n.demander(t, "GET", "/document/"+p.id, "", nil)
		if !strings.Contains(page, c.page) {
			t.Errorf("%s: the page lacks %q", nom, c.page)
		}
		rep, corps := n.demander(t, "POST", "/document/"+p.id+"/signature", typeJSON, strings.NewReader(demandeJSON(t)))
		if rep.StatusCode != c.code || !strings.Contains(corps, c.rep) {
			t.Errorf("%s: %s %s", nom, rep.Status, corps)
		}
	}
}
