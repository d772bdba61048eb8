package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

// deuxCodes lets two signers in, each by a code.
type deuxCodes map[string]signature.Signataire

func (d deuxCodes) Authentifier(r *http.Request) (signature.Signataire, error) {
	if s, ok := d[r.PostFormValue("code")]; ok {
		return s, nil
	}
	return signature.Signataire{}, web.ErrCode
}

// TestPlusieursSignataires plays two signers on one tablet: the second one doesn't see the bordereau before the first
// has signed, signs for whom the bordereau says, and each gets a copy of the very file that was signed.
func TestPlusieursSignataires(t *testing.T) {
	signe := []byte("%PDF-1.4 signé")
	var envoyees []string
	r := signature.New(new(signature.Memoire))
	h, err := web.New(web.Config{Registre: r, Etablissement: "CLINIQUE EXEMPLE", Authentificateur: deuxCodes{
		"111111": {ID: "morel", Nom: "Dr Anne Morel"}, "222222": {ID: "petit", Nom: "Dr Hugo Petit"}},
		EnvoyerCopie: func(_ context.Context, c web.Copie) error {
			b, err := io.ReadAll(c.PDF)
			envoyees = append(envoyees, fmt.Sprintf("%s %d %s", c.Signataire.ID, c.Taille, b))
			return err
		}})
	if err != nil {
		t.Fatal(err)
	}
	x := &tablette{Page: chromium.Open(t, 1024, 768), Server: httptest.NewTLSServer(h), registre: r}
	t.Cleanup(x.Close)
	doc := pdfEssai(t)
	id, err := r.Presenter(t.Context(), signature.Document{Lot: "751143488-104-2026-11-21",
		Titre:     "Bordereau S3404, lot 104",
		Empreinte: sha256.Sum256(doc), Taille: int64(len(doc)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(doc)), nil },
		OpenSigne: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(signe)), nil
		},
		Ordre: []signature.Attendu{{Signataire: "morel"}, {Signataire: "petit", Mandant: "Dr Léa Fontaine"}}})
	if err != nil {
		t.Fatal(err)
	}
	entrer := func(code string) {
		x.Aller(x.URL + "/connexion")
		x.code = &code
		x.connecter()
	}
	entrer("222222")
	if n := chromium.Evaluer[int](x.Page, `document.querySelectorAll('.documents li').length`); n != 0 {
		t.Error("the second signer sees the bordereau before the first one signed")
	}
	x.Aller(x.URL + "/document/" + id)
	x.Attendre(`document.querySelector('h1') && !document.getElementById('zone')`)
	for i, code := range []string{"111111", "222222"} {
		entrer(code)
		x.Aller(x.URL + "/document/" + id)
		x.Attendre(`document.querySelector('#zone[data-pret]')`)
		if impose := chromium.Evaluer[string](x.Page, `document.getElementById('mandant').value`); i == 1 && impose !=
			"Dr Léa Fontaine" {
			t.Errorf("signs for %q", impose)
		}
		x.Dessiner("#zone", chromium.Stylet, chromium.Paraphe()...)
		x.Attendre(`!document.getElementById('signer').disabled`)
		x.Capturer(fmt.Sprintf("%d-signer", i+1))
		x.Cliquer("#signer")
		x.Attendre(`!document.getElementById('recu').hidden`)
		if i == 0 {
			x.Attendre(`document.getElementById('etapes').innerText.includes('autres signataires (1 sur 2)')`)
		}
	}
	if !chromium.Evaluer[bool](x.Page, `document.getElementById('copie').hidden`) {
		t.Error("a copy before there is a signed document")
	}
	recu, err := r.Utiliser(t.Context(), id, func(_ context.Context, s signature.Signature) (scor.Empreinte, error) {
		if len(s.Avant) != 1 || s.Mandant != "Dr Léa Fontaine" || s.Avant[0].PourMandat {
			t.Errorf("%+v", s.Recu)
		}
		return sha256.Sum256(signe), nil
	})
	if err != nil || recu.Rang != 2 {
		t.Fatal(recu, err)
	}
	x.Attendre(`!document.getElementById('copie').hidden`)
	x.Capturer("3-copie")
	x.accessible(t)
	lu := chromium.Evaluer[string](x.Page, `fetch(document.getElementById('copie-prendre').href).then((r) => r.text())`)
	if lu != string(signe) {
		t.Errorf("the copy is %q", lu)
	}
	x.Cliquer("#copie-envoyer")
	x.Attendre(`document.getElementById('copie-texte').textContent.includes('envoyée')`)
	if want := fmt.Sprintf("petit %d %s", len(signe), signe); len(envoyees) != 1 || envoyees[0] != want {
		t.Errorf("sent %q, want %q", envoyees, want)
	}
	x.verifierCalme(t)
}
