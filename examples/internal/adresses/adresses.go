// Package adresses leaves in a folder what a program in any language needs to talk to a test frontal: the files that
// docs/frontal.md describes.
package adresses

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"

	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// Adresses is what adresses.json holds.
type Adresses struct {
	SMTP     string `json:"smtp"`
	SMTPS    string `json:"smtps"`
	POP3     string `json:"pop3"`
	POP3S    string `json:"pop3s"`
	Controle string `json:"controle,omitempty"`
	Boite    string `json:"boite"`
	Dossier  string `json:"dossier"`
}

// Write writes ac.crt (the authority of the servers), frontal.crt (the certificate to encrypt for) and adresses.json.
// The last one comes whole and at the end: once it is there, all is. controle is the address of the control API, if
// there is one.
func Write(dossier string, f *frontal.Frontal, controle string) (Adresses, error) {
	a := Adresses{f.SMTP(), f.SMTPS(), f.POP3(), f.POP3S(), controle, f.Adresse(), dossier}
	texte, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return a, err
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificat().Raw})
	chemin := filepath.Join(dossier, "adresses.json")
	err = errors.Join(os.WriteFile(filepath.Join(dossier, "ac.crt"), f.PEMTLS(), 0o600),
		os.WriteFile(filepath.Join(dossier, "frontal.crt"), cert, 0o600), os.WriteFile(chemin+".neuf", texte, 0o600))
	if err != nil {
		return a, err
	}
	return a, os.Rename(chemin+".neuf", chemin)
}
