package ldap_test

import (
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/essais/fuites"
)

// What is composed, read or asked for leaves nothing running behind it.
func TestMain(m *testing.M) { fuites.Main(m) }
