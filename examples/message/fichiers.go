package main

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
)

// bloc gives the first PEM block that is wanted, or the file itself when it's DER.
func bloc(nom string, voulu func(genre string) bool) ([]byte, error) {
	texte, err := os.ReadFile(nom)
	if err != nil {
		return nil, err
	}
	vus := 0
	for reste := texte; ; vus++ {
		var b *pem.Block
		if b, reste = pem.Decode(reste); b == nil {
			break
		}
		if voulu(b.Type) {
			return b.Bytes, nil
		}
	}
	if vus > 0 {
		return nil, fmt.Errorf("%s : rien d'utilisable parmi %d blocs PEM", nom, vus)
	}
	return texte, nil
}

func lireCertificat(nom string) (*x509.Certificate, error) {
	der, err := bloc(nom, func(g string) bool { return g == "CERTIFICATE" })
	if err != nil {
		return nil, err
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%s : certificat illisible : %w", nom, err)
	}
	return c, nil
}

func lireCle(nom string) (crypto.Decrypter, error) {
	der, err := bloc(nom, func(g string) bool { return strings.HasSuffix(g, "PRIVATE KEY") })
	if err != nil {
		return nil, err
	}
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k, nil
	}
	k, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		// The parser's error could quote the key.
		return nil, fmt.Errorf("%s : clé privée illisible (PKCS #1 ou PKCS #8 attendu, sans mot de passe)", nom)
	}
	d, ok := k.(crypto.Decrypter)
	if !ok {
		return nil, fmt.Errorf("%s : cette clé ne déchiffre pas", nom)
	}
	return d, nil
}
