package ldap

import (
	"testing"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
)

func TestValeurs(t *testing.T) {
	e := ldap.NewEntry("c=fr", map[string][]string{
		"userCertificate;binary": {"a", "b"}, "USERCERTIFICATE": {"c"}, "cn": {"x"}, "cACertificate;binary": {"d"},
	})
	lues := map[string]bool{}
	for _, v := range valeurs(e, attrCertificat) {
		lues[string(v)] = true
	}
	if diff := cmp.Diff(map[string]bool{"a": true, "b": true, "c": true}, lues); diff != "" {
		t.Errorf("(-expected +got):\n%s", diff)
	}
}
