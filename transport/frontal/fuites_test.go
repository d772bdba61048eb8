package frontal_test

import (
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/essais/fuites"
)

// Connections that end leave nothing running behind them.
func TestMain(m *testing.M) { fuites.Main(m) }
