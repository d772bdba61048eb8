package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

func composer(f *programme.Options) func(context.Context, []string, io.Writer) error {
	certificat := f.String("certificat", "", "certificat du frontal (PEM ou DER) ; sans lui le message reste en clair")
	de := f.String("de", "", "adresse de l'émetteur")
	a := f.String("a", "", "adresse du frontal (par défaut, le nom du certificat)")
	nomProfil := f.String("profil", "", "fichier du profil (par défaut, « reference » du SDK)")
	documents := f.String("documents", "", "dossier des documents d'un lot SCOR (par défaut, celui du fichier)")
	essai := f.Bool("test", false, "flux de test (IRISTEST)")
	chiffrement := f.String("chiffrement", "",
		"aes-128-cbc, aes-192-cbc, aes-256-cbc, aes-128-gcm, aes-256-gcm ou 3des (par défaut, celui du profil)")
	sortie := f.String("o", "", "fichier à écrire (par défaut, la sortie standard)")
	etat := f.String("etat", "", "dossier où le compostage est tenu (par défaut, celui de l'utilisateur)")
	return func(ctx context.Context, args []string, out io.Writer) error {
		if len(args) != 1 {
			return usage("un fichier attendu, %d donnés", len(args))
		}
		if *de == "" {
			return usage("l'adresse de l'émetteur manque (-de)")
		}
		profil, err := programme.Profil(*nomProfil, "reference")
		if err != nil {
			return err
		}
		contenu, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		if *documents == "" {
			*documents = filepath.Dir(args[0])
		}
		c := composition{profil: profil, composteur: &transport.Composteur{Dossier: *etat}, documents: *documents,
			essai: *essai}
		m, enveloppe, err := c.message(ctx, contenu)
		if err != nil {
			return err
		}
		m.De = *de
		cert, err := envelopper(m, enveloppe, *certificat, *chiffrement)
		if err != nil {
			return err
		}
		if *a == "" && cert != nil {
			*a = cert.Subject.CommonName
		}
		if *a == "" {
			return usage("l'adresse du frontal manque (-a), et aucun certificat ne la donne")
		}
		m.A = []string{*a}
		_, domaine, _ := strings.Cut(*de, "@")
		m.ID = c.compostage + "@" + domaine
		if *sortie == "" {
			return transport.Composer(out, m)
		}
		if err := depot.WriteFichier(*sortie, func(w io.Writer) error { return transport.Composer(w, m) }); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s : %s, à %s\n", *sortie, m.Sujet, *a)
		return nil
	}
}

// envelopper gives the message the envelope of the profile, enciphered for the certificate if there is one.
func envelopper(m *transport.Message, e scor.FormatEnveloppe, certificat, chiffrement string) (*x509.Certificate,
	error) {
	m.Enveloppe = transport.Enveloppe{
		TransportCle: e.TransportCle, MultipartExterne: e.MultipartExterne, DescriptionExterne: e.DescriptionExterne,
		XSVChiffrement: e.XSVChiffrement, LigneBase64: e.LigneBase64,
	}
	if certificat == "" {
		return nil, nil
	}
	cert, err := lireCertificat(certificat)
	if err != nil {
		return nil, err
	}
	m.Enveloppe.Certificats = append(m.Enveloppe.Certificats, cert)
	m.Enveloppe.Chiffrement = cmp.Or(chiffrement, e.Chiffrement)
	return cert, nil
}

// composition makes a message of a file.
type composition struct {
	profil     *scor.Profil
	composteur *transport.Composteur
	documents  string
	essai      bool
	compostage string
}

// message tells a B2 file from a file of lots: the B2 says so at columns 66-67 of
// its record 000 (b2-2007, "Version de la norme").
func (c *composition) message(ctx context.Context, contenu []byte) (*transport.Message, scor.FormatEnveloppe, error) {
	if len(contenu) >= 128 && string(contenu[:3]) == "000" && string(contenu[65:67]) == "B2" {
		m, err := c.factures(ctx, contenu)
		return m, c.profil.Factures.Enveloppe, err
	}
	m, err := c.lots(ctx, contenu)
	return m, c.profil.Message.Enveloppe, err
}

// factures is the IRIS message of a B2 file.
func (c *composition) factures(ctx context.Context, contenu []byte) (*transport.Message, error) {
	fichier, _, err := b2.ParseFichier(bytes.NewReader(contenu))
	if err != nil {
		return nil, err
	}
	nombre := 0
	for _, l := range fichier.Lots {
		nombre += len(l.Factures)
	}
	if nombre == 0 {
		return nil, fmt.Errorf("aucune facture dans ce fichier B2")
	}
	if c.compostage, err = c.composteur.Composter(ctx, fichier.Emetteur); err != nil {
		return nil, err
	}
	p := &c.profil.Factures
	description := "IRIS/B2"
	if c.essai || p.Test {
		description = "IRISTEST/B2"
	}
	nom := "B2_" + c.compostage
	if p.Compression {
		description += "/Z"
		nom += ".gz"
	}
	return &transport.Message{
		Sujet: fmt.Sprintf("IR%s/%014s/%s/%05d", p.Version, fichier.Emetteur, c.compostage, nombre),
		Parties: []transport.Partie{{Type: transport.TypeEDI, Description: description, Nom: nom, Gzip: p.Compression,
			Open: octets(contenu)}},
	}, nil
}

// lots is the message of a file of lots, with its documents.
func (c *composition) lots(ctx context.Context, contenu []byte) (*transport.Message, error) {
	fichier, err := lot.Decode(bytes.NewReader(contenu), c.profil)
	if err != nil {
		return nil, fmt.Errorf("ni un fichier B2, ni un fichier de lots du profil %s : %w", c.profil.Nom, err)
	}
	if c.compostage, err = c.composteur.Composter(ctx, fichier.Emetteur.Numero); err != nil {
		return nil, err
	}
	// The names of the documents come from the message: each is opened by its name
	// below, and never here.
	for i := range fichier.Lots {
		for k := range fichier.Lots[i].Paires {
			if p := &fichier.Lots[i].Paires[k].Piece; p.Reference == "" {
				p.Open = octets(nil)
			}
		}
	}
	m, err := fichier.Message(c.profil, c.compostage)
	if err != nil {
		return nil, err
	}
	out := &transport.Message{Sujet: m.Sujet, Entetes: m.Entetes}
	for i, p := range m.Parties {
		part := transport.Partie(p)
		if i == 0 {
			part.Open = octets(contenu) // the file itself, byte for byte
		} else {
			chemin := filepath.Join(c.documents, filepath.Base(p.Nom))
			if _, err := os.Stat(chemin); err != nil {
				return nil, fmt.Errorf("document annoncé par le lot : %w", err)
			}
			part.Open = func() (io.ReadCloser, error) { return os.Open(chemin) }
		}
		out.Parties = append(out.Parties, part)
	}
	return out, nil
}

func octets(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}
