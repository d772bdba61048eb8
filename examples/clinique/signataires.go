package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"path/filepath"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

// signataire is one of those who sign, and for whom.
type signataire struct {
	signature.Signataire
	mandant string
}

// nommer reads who signs. A name that no document could write is refused here, before anything leaves.
func (o *options) nommer(mauvais func(string, ...any) error) ([]signataire, error) {
	prendre := func(option, nom string) (string, error) {
		pris, err := papier.Nom(nom, papier.NomMax)
		if err != nil {
			return "", mauvais("%s « %s » : %s", option, nom, raisonNom(err))
		}
		return pris, nil
	}
	var l []signataire
	for i, dit := range append([]string{o.signataire}, o.cosignataires...) {
		option, nom, mandant := "-cosignataire", dit, ""
		if i == 0 {
			option, mandant = "-signataire", o.mandant
		} else if n, m, ok := strings.Cut(dit, " pour "); ok {
			nom, mandant = n, m
		}
		s := signataire{Signataire: signature.Signataire{ID: fmt.Sprintf("signataire-%d", i+1)}}
		if i == 0 {
			s.Qualite = "Responsable facturation"
		}
		var err error
		if s.Nom, err = prendre(option, nom); err != nil {
			return nil, err
		}
		if i == 0 {
			option = "-mandant"
		}
		if s.mandant, err = prendre(option, mandant); err != nil {
			return nil, err
		}
		l = append(l, s)
	}
	return l, nil
}

// ordre is nil where one person signs.
func (c *clinique) ordre() []signature.Attendu {
	if len(c.signataires) == 1 {
		return nil
	}
	var o []signature.Attendu
	for _, s := range c.signataires {
		o = append(o, signature.Attendu{Signataire: s.ID, Mandant: s.mandant})
	}
	return o
}

// appairages shows a code for each signer.
func (c *clinique) appairages() (web.Appairages, error) {
	var l web.Appairages
	for i, s := range c.signataires {
		qui := ""
		if len(c.signataires) > 1 {
			qui = fmt.Sprintf(", signataire %d", i+1)
		}
		a, err := web.NewAppairage(s.Signataire, func(code string, expire time.Time) {
			fmt.Fprintf(c.progres, "Code de connexion de la tablette%s : %s (jusqu'à %s)\n", qui, code, expire.Format("15:04"))
		})
		if err != nil {
			return nil, err
		}
		l = append(l, a)
	}
	return l, nil
}

// remettreCopies gives each of those who signed a copy, as the page does where they ask for it.
func (c *clinique) remettreCopies(ctx context.Context, id string) error {
	v, err := c.registre.Situation(id)
	if err != nil {
		return err
	}
	for _, s := range c.signataires {
		pdf, taille, err := c.registre.Copie(ctx, id, s.Signataire)
		if errors.Is(err, signature.ErrAutre) {
			continue // signed by somebody else, in a run before this one
		}
		if err != nil {
			return err
		}
		err = c.envoyerCopie(ctx, web.Copie{Vue: v, Signataire: s.Signataire, PDF: pdf, Taille: taille})
		if err := errors.Join(err, pdf.Close()); err != nil {
			return err
		}
	}
	return nil
}

// envoyerCopie writes the mail that a host would send to the signer's address, which it knows.
func (c *clinique) envoyerCopie(_ context.Context, x web.Copie) error {
	nom := fmt.Sprintf("%s-%s.eml", x.Vue.ID, x.Signataire.ID)
	return depot.WriteFichier(filepath.Join(c.sortie, "copies", nom), func(w io.Writer) error {
		var corps bytes.Buffer
		m := multipart.NewWriter(&corps)
		texte, err := m.CreatePart(textproto.MIMEHeader{"Content-Type": {"text/plain; charset=utf-8"}})
		if err != nil {
			return err
		}
		fmt.Fprintf(texte, "Voici votre copie du bordereau que vous avez signé, lot %s.\r\n", x.Vue.Document.Lot)
		piece, err := m.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/pdf"},
			"Content-Transfer-Encoding": {"base64"}, "Content-Disposition": {`attachment; filename="bordereau-signe.pdf"`}})
		if err != nil {
			return err
		}
		b := base64.NewEncoder(base64.StdEncoding, &lignes{w: piece})
		if _, err := io.Copy(b, x.PDF); err != nil {
			return err
		}
		if err := errors.Join(b.Close(), m.Close()); err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "From: %s\r\nTo: %s@exemple.test\r\nSubject: %s\r\nMIME-Version: 1.0\r\n"+
			"Content-Type: multipart/mixed; boundary=%s\r\n\r\n%s", adresse, x.Signataire.ID,
			mime.QEncoding.Encode("utf-8", "Votre bordereau S3404 signé"), m.Boundary(), corps.Bytes())
		return err
	})
}

// lignes cuts base64 in lines of 76 (RFC 2045).
type lignes struct {
	w io.Writer
	n int
}

func (l *lignes) Write(b []byte) (int, error) {
	for i := range b {
		if l.n == 76 {
			if _, err := io.WriteString(l.w, "\r\n"); err != nil {
				return i, err
			}
			l.n = 0
		}
		if _, err := l.w.Write(b[i : i+1]); err != nil {
			return i, err
		}
		l.n++
	}
	return len(b), nil
}
