package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf/polices"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

func pdfDe(t testing.TB, pages int) []byte {
	t.Helper()
	police, err := polices.Normale()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := pdf.NewWriter(&b, pdf.Info{Titre: "Bordereau long", Rapide: true})
	for n := 1; n <= pages && err == nil; n++ {
		err = w.Page(297, 210, func(p *pdf.Page) {
			for l := range 40 {
				p.Texte(police, 7, 12, 20+float64(l)*4.4, pdf.Gauche, fmt.Sprintf("Page %d, ligne %d : 203,02 €", n, l+1))
			}
		})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestNombreusesPages protects a tablet from a bordereau of hundreds of pages (SCOR_PAGES gives another number): what
// is drawn is what is near, wherever one jumps; what was left is drawn again; and the last page, or the summary
// accepted, lets one sign.
func TestNombreusesPages(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("SCOR_PAGES"))
	if err != nil {
		n = 400
	}
	doc := pdfDe(t, n)
	r := signature.New(new(signature.Memoire))
	h, err := web.New(web.Config{Registre: r, Authentificateur: deuxCodes{"111111": {ID: "s1", Nom: "Mme Claire Vidal"}}})
	if err != nil {
		t.Fatal(err)
	}
	code := "111111"
	x := &tablette{Page: chromium.Open(t, 1024, 768), Server: httptest.NewTLSServer(h), registre: r, code: &code}
	t.Cleanup(x.Close)
	id, err := r.Presenter(t.Context(), signature.Document{Lot: "751143488-104-2026-11-21", Titre: "Bordereau long",
		Empreinte: sha256.Sum256(doc), Taille: int64(len(doc)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(doc)), nil }})
	if err != nil {
		t.Fatal(err)
	}
	x.Aller(x.URL + "/document/" + id)
	x.connecter()
	x.Attendre(`document.querySelector('#pages[data-pret]')`)
	vue := func(page int) string {
		return fmt.Sprintf(`(() => { const c = document.querySelector('[data-page="%d"] canvas'); if (!c) return false;
			const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
			for (let i = 0; i < d.length; i += 4) if (d[i] < 100 && d[i + 3] > 200) return true; return false; })()`, page)
	}
	bornee := func(ou string) {
		t.Helper()
		if c := chromium.Evaluer[int](x.Page, `document.querySelectorAll('#pages canvas').length`); c == 0 || c > 24 {
			t.Errorf("%s: %d pages drawn", ou, c)
		}
		const pixels = `[...document.querySelectorAll('#pages canvas')].reduce((n, c) => n + c.width * c.height, 0)`
		if p := chromium.Evaluer[int](x.Page, pixels); p > 40_000_000 {
			t.Errorf("%s: %d pixels kept", ou, p)
		}
	}
	x.Attendre(vue(1))
	bornee("at the beginning")
	if vus := chromium.Evaluer[int](x.Page, `document.querySelectorAll('.page-pdf').length`); vus != n {
		t.Errorf("%d pages of %d", vus, n)
	}
	for _, page := range []int{n / 2, n / 4, n - 3, 1} {
		chromium.Evaluer[any](x.Page, fmt.Sprintf(`document.querySelector('[data-page="%d"]').scrollIntoView()`, page))
		x.Attendre(vue(page))
		bornee(fmt.Sprint("page ", page))
	}
	if chromium.Evaluer[bool](x.Page, `document.getElementById('lu').checked`) {
		t.Error("read to the end without being there")
	}
	x.Dessiner("#zone", chromium.Stylet, chromium.Paraphe()...)
	if !chromium.Evaluer[bool](x.Page, `document.getElementById('signer').disabled`) {
		t.Error("signed without the last page, nor the summary accepted")
	}
	x.Cliquer("#lu")
	x.Attendre(`!document.getElementById('signer').disabled`)
	x.Cliquer("#lu")
	x.Attendre(`document.getElementById('signer').disabled`)
	x.Cliquer("#derniere")
	x.Attendre(vue(n))
	x.Attendre(`document.getElementById('lu').checked && !document.getElementById('signer').disabled`)
	bornee("at the end")
	t.Logf("%d pages, %d bytes, heap of the page %s", n, len(doc), chromium.Evaluer[string](x.Page,
		`performance.memory ? Math.round(performance.memory.usedJSHeapSize / 1048576) + ' MiB' : 'not told'`))
	x.verifierCalme(t)
}
