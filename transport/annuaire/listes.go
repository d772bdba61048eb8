package annuaire

import (
	"crypto/x509"
	"encoding/asn1"
	"math/big"
)

var (
	oidDelta       = asn1.ObjectIdentifier{2, 5, 29, 27} // deltaCRLIndicator
	oidNumero      = asn1.ObjectIdentifier{2, 5, 29, 20} // cRLNumber
	oidCleEmetteur = asn1.ObjectIdentifier{2, 5, 29, 35} // authorityKeyIdentifier
	extensionsLues = []asn1.ObjectIdentifier{oidDelta, oidNumero, oidCleEmetteur}
)

// baseDuDelta is the number of the complete list that a delta starts from; false
// when the list is a complete one.
func baseDuDelta(l *x509.RevocationList) (*big.Int, bool) {
	for _, e := range l.Extensions {
		if !e.Id.Equal(oidDelta) {
			continue
		}
		n := new(big.Int)
		if reste, err := asn1.Unmarshal(e.Value, &n); err != nil || len(reste) > 0 {
			return nil, true
		}
		return n, true
	}
	return nil, false
}

// extensionInconnue is a critical extension that this package does not read: RFC
// 5280 §5.2 forbids to use such a list (it may cover a part of the certificates).
func extensionInconnue(l *x509.RevocationList) string {
	for _, e := range l.Extensions {
		if !e.Critical {
			continue
		}
		connue := false
		for _, oid := range extensionsLues {
			connue = connue || e.Id.Equal(oid)
		}
		if !connue {
			return e.Id.String()
		}
	}
	return ""
}
