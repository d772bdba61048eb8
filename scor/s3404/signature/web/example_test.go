package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

// The page of a registry, for one signer who is let in by a code shown on the biller's screen. In production:
// web.CertificatLocal (or the establishment's certificate), web.Listen, web.NewServer.
func Example() {
	registre := signature.New(new(signature.Memoire))
	claire := signature.Signataire{ID: "u7", Nom: "Mme Claire Vidal", Qualite: "Responsable facturation"}
	appairage, err := web.NewAppairage(claire, func(code string, _ time.Time) {
		fmt.Println("code de", len(code),
			"caractères")
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := web.New(web.Config{Registre: registre, Authentificateur: appairage, Etablissement: "CLINIQUE EXEMPLE",
		Hotes: []string{"facturation.local"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodGet, "https://facturation.local/", nil)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	page.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("Location"))
	// Output:
	// code de 9 caractères
	// 303 /connexion
}
