package s3404

import (
	"crypto/x509"
	"encoding/asn1"
	"testing"
)

// A bordereau has one signer. A second SignerInfo, which a reader that shows the first only would pass over, makes the
// document another one; none at all too.
func TestSignataireUnique(t *testing.T) {
	type signataire struct {
		Version  int
		Emetteur struct {
			Nom   asn1.RawValue
			Serie int
		}
		Empreinte, Algorithme asn1.RawValue
		Signature             []byte
	}
	sequence := asn1.RawValue{FullBytes: []byte{0x30, 0x00}}
	un := signataire{Version: 1, Empreinte: sequence, Algorithme: sequence, Signature: []byte{1}}
	un.Emetteur.Nom, un.Emetteur.Serie = sequence, 7
	type contenu struct {
		Version             int
		Empreintes, Contenu asn1.RawValue
		Signataires         []signataire `asn1:"set"`
	}
	c := &x509.Certificate{RawIssuer: sequence.FullBytes}
	for n, veut := range []bool{false, true, false} {
		var liste []signataire
		for range n {
			liste = append(liste, un)
		}
		der, err := asn1.Marshal(struct {
			Type    asn1.ObjectIdentifier
			Contenu contenu `asn1:"explicit,tag:0"`
		}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2},
			contenu{1, asn1.RawValue{FullBytes: []byte{0x31, 0x00}}, sequence, liste}})
		if err != nil {
			t.Fatal(err)
		}
		if err := conforme(der, c); (err == nil) != veut {
			t.Errorf("%d signers: %v", n, err)
		}
	}
}
