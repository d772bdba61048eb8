package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

// reseau is the tablet's network: it can be cut, and it can lose the answer of a request that the server has carried
// out.
type reseau struct {
	suite     http.Handler
	coupe     atomic.Bool
	perdre    atomic.Int32 // answers to POST …/signature still to be lost
	mu        sync.Mutex
	signature int // POST …/signature that reached the server
}

func (x *reseau) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if x.coupe.Load() {
		panic(http.ErrAbortHandler)
	}
	if strings.HasSuffix(r.URL.Path, "/signature") {
		x.mu.Lock()
		x.signature++
		x.mu.Unlock()
		if x.perdre.Add(-1) >= 0 {
			x.suite.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
	}
	x.suite.ServeHTTP(w, r)
}

func (x *reseau) signatures() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.signature
}

type tablette struct {
	*chromium.Page
	*httptest.Server
	reseau   *reseau
	registre *signature.Registre
	code     *string
	ids      []string
}

func pdfEssai(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := pdf.NewWriter(&b, pdf.Info{Titre: "Bordereau d'essai"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Page(210, 297, func(p *pdf.Page) {
		p.Trait(0.4, pdf.Teinte{})
		for i := range 20 {
			p.Cadre(15, 20+float64(i)*12, 180, 9)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ouvrirTablette(t *testing.T, largeur, hauteur int, factures ...string) *tablette {
	t.Helper()
	page := chromium.Open(t, largeur, hauteur)
	x := servirTablette(t, factures...)
	x.Page = page
	return x
}

// servirTablette is what a tablet is connected to, whatever its browser.
func servirTablette(t *testing.T, factures ...string) *tablette {
	t.Helper()
	x := &tablette{registre: signature.New(new(signature.Memoire)), code: new(string)}
	a, err := web.NewAppairage(signature.Signataire{ID: "s1", Nom: "Mme Claire Vidal", Qualite: "Responsable facturation"},
		func(code string, _ time.Time) { *x.code = code })
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.New(web.Config{Registre: x.registre, Authentificateur: a, Etablissement: "CLINIQUE EXEMPLE"})
	if err != nil {
		t.Fatal(err)
	}
	x.reseau = &reseau{suite: h}
	x.Server = httptest.NewTLSServer(x.reseau)
	t.Cleanup(x.Close)
	contenu := pdfEssai(t)
	for _, f := range factures {
		titre := "Bordereau S3404, lot 104 (23 factures)"
		if f != "" {
			titre = "Bordereau S3404, facture " + f
		}
		c := append(bytes.Clone(contenu), "\n% "+f...)
		id, err := x.registre.Presenter(t.Context(), signature.Document{Lot: "751143488-104-2026-11-21", Facture: f,
			Titre: titre, Empreinte: sha256.Sum256(c), Taille: int64(len(c)), Open: func(context.Context) (io.ReadCloser,
				error) {
				return io.NopCloser(bytes.NewReader(c)), nil
			},
			Mandants: []string{"Dr Anne Morel", "Dr Hugo Petit"},
			Tableau: signature.Tableau{Entetes: []signature.Entete{{Libelle: "Établissement", Valeur: "CLINIQUE EXEMPLE"},
				{Libelle: "Factures", Valeur: "23"}, {Libelle: "Total", Valeur: "1 204,50 €"}},
				Colonnes: []signature.Colonne{{Titre: "Facture"}, {Titre: "Séjour"}, {Titre: "Total", Montant: true}}, Taille: 230,
				Totaux: []string{"Total", "", "1 204,50 €"}, Lignes: func(debut, fin int) iter.Seq[signature.Ligne] {
					return func(yield func(signature.Ligne) bool) {
						for i := debut; i < fin &&
							yield(signature.Ligne{Cellules: []string{fmt.Sprintf("%09d", i), "du 01/10/2026 au 04/10/2026",
								"52,37 €"}}); i++ {
						}
					}
				}}})
		if err != nil {
			t.Fatal(err)
		}
		x.ids = append(x.ids, id)
	}
	return x
}

func (x *tablette) connecter() {
	x.Ecrire("#code", *x.code)
	x.Cliquer("button[type=submit]")
	x.Attendre(`document.querySelector('main.colonne, #zone[data-pret]')`)
}

func (x *tablette) etat(t *testing.T) signature.Vue {
	t.Helper()
	return x.registre.Documents()[0]
}

// verifierCalme fails on exceptions and on anything that the page's policy refused; lost answers and slow reading of
// pixels are the test's own doing.
func (x *tablette) verifierCalme(t *testing.T) {
	t.Helper()
	for _, m := range x.Console() {
		if !strings.Contains(m, " network: ") && !strings.Contains(m, " rendering: ") {
			t.Errorf("console: %s", m)
		}
	}
}

// encre counts the pixels that are drawn on the box.
const encre = `(() => { const c = document.getElementById('zone'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 40) n++; return n; })()`

const memoireVide = `Object.keys(sessionStorage).length === 0`

// At the sizes of tablets, by pen, finger and mouse: read, sign for a mandate, see what becomes of it.
func TestTailles(t *testing.T) {
	for _, c := range []struct {
		l, h  int
		outil chromium.Outil
	}{{1024, 768, chromium.Stylet}, {820, 1180, chromium.Doigt}, {1280, 800, chromium.Souris}} {
		t.Run(fmt.Sprintf("%dx%d", c.l, c.h), func(t *testing.T) {
			x := ouvrirTablette(t, c.l, c.h, "")
			x.Aller(x.URL + "/")
			x.Capturer("1-connexion")
			x.accessible(t)
			x.connecter()
			x.Capturer("2-liste")
			x.accessible(t)
			x.Cliquer("a.bouton.principal")
			x.Attendre(`document.querySelector('#zone[data-pret]')`)
			if bas := chromium.Evaluer[float64](x.Page,
				`document.getElementById('signer').getBoundingClientRect().bottom`); bas > float64(c.h) {
				t.Errorf("the button to sign is %.0f pixels below the screen", bas-float64(c.h))
			}
			if chromium.Evaluer[bool](x.Page, `document.documentElement.scrollWidth > innerWidth`) {
				t.Error("the page is wider than the screen")
			}
			for _, veut := range []string{"751143488-104-2026-11-21", time.Now().Format("02/01/2006")} {
				if !strings.Contains(x.Texte(".identite"), veut) {
					t.Errorf("%s is not on the screen while signing", veut)
				}
			}
			if chromium.Evaluer[float64](x.Page, encre) != 0 || !chromium.Evaluer[bool](x.Page,
				`document.getElementById('signer').disabled`) {
				t.Error("one can sign with nothing")
			}
			x.Cliquer("#mandat")
			x.Ecrire("#mandant", "Dr Anne Morel")
			x.Dessiner("#zone", c.outil, chromium.Paraphe()...)
			x.Capturer("3-signature")
			x.accessible(t)
			// Turned, the drawing is drawn again; turned back, nothing was lost.
			avant := chromium.Evaluer[float64](x.Page, encre)
			x.Taille(c.h, c.l)
			x.Attendre(`Math.abs(document.getElementById('zone').width - document.getElementById('zone').getBoundingClientRect().width * devicePixelRatio) < 2`)
			if chromium.Evaluer[float64](x.Page, encre) == 0 {
				t.Error("the drawing is lost when the tablet turns")
			}
			x.Capturer("4-tournee")
			x.Taille(c.l, c.h)
			x.Attendre(encre + ` === ` + fmt.Sprint(avant))
			x.Attendre(`document.getElementById('enregistre').textContent.includes('enregistré')`)
			x.Cliquer("#signer")
			x.Attendre(`!document.getElementById('recu').hidden`)
			v := x.etat(t)
			if v.Etat != signature.Signe || v.Recu.Mandant != "Dr Anne Morel" || !v.Recu.PourMandat {
				t.Errorf("%+v", v.Recu)
			}
			_, err := x.registre.Utiliser(t.Context(), v.ID, func(_ context.Context, s signature.Signature) (e scor.Empreinte,
				err error) {
				verifierTrace(t, s.Traits, c.outil)
				return scor.Empreinte{1}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, l := range []string{"Signature jointe au bordereau", "Flux SCOR-CP transmis", "Accusé de réception positif"} {
				x.registre.Avancer(v.ID, signature.Etape{Libelle: l, Fin: i == 2})
			}
			x.Attendre(`document.getElementById('etapes').innerText.includes('réception positif')`)
			x.Capturer("5-recu")
			x.accessible(t)
			x.Attendre(memoireVide)
			x.Aller(x.URL + "/")
			x.Capturer("6-liste")
			x.verifierCalme(t)
		})
	}
}

// accessible checks what a screen reader and a finger need: a name for everything that one can act on, and room to hit
// it.
func (x *tablette) accessible(t *testing.T) {
	t.Helper()
	for _, e := range chromium.Evaluer[[]string](x.Page,
		`[...document.querySelectorAll('button, a, input:not([type=hidden]), textarea, iframe, canvas')].filter((e) =>
		!(e.textContent.trim() || e.title || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.labels?.length)).map((e) => e.outerHTML)`) {
		t.Errorf("no name: %s", e)
	}
	for _, e := range chromium.Evaluer[[]string](x.Page,
		`[...document.querySelectorAll('button, a:not(.evitement), input:not([type=hidden]):not([type=checkbox])')].filter((e) =>
		e.checkVisibility() && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML)`) {
		t.Errorf("too small for a finger: %s", e)
	}
	if n := chromium.Evaluer[int](x.Page, `document.querySelectorAll('h1').length`); n != 1 ||
		chromium.Evaluer[string](x.Page, `document.documentElement.lang`) != "fr" {
		t.Errorf("%d titles", n)
	}
}

// verifierTrace compares what arrived with what was drawn: where, in which order, when and how hard.
func verifierTrace(t *testing.T, traits []signature.Trait, outil chromium.Outil) {
	t.Helper()
	dessin := chromium.Paraphe()
	if len(traits) != len(dessin) {
		t.Fatalf("%d strokes, drawn %d", len(traits), len(dessin))
	}
	pressions := map[int]bool{}
	for i, d := range dessin {
		debut, fin := traits[i][0], traits[i][len(traits[i])-1]
		for _, p := range []struct {
			recu signature.Point
			pose [2]float64
		}{{debut, d[0]}, {fin, d[len(d)-1]}} {
			if dx, dy := float64(p.recu.X)/signature.Echelle-p.pose[0], float64(p.recu.Y)/signature.Echelle-p.pose[1]; dx*dx+
				dy*dy > 0.0004 {
				t.Errorf("stroke %d: at %d,%d, drawn at %v", i, p.recu.X, p.recu.Y, p.pose)
			}
		}
		if len(traits[i]) < len(d)/2 {
			t.Errorf("stroke %d: %d points of %d", i, len(traits[i]), len(d))
		}
		for _, p := range traits[i] {
			pressions[p.P] = true
		}
	}
	if outil == chromium.Stylet && len(pressions) < 10 {
		t.Errorf("the pen's pressure is lost: %v", pressions)
	}
	if traits[1][0].T <= traits[0][0].T {
		t.Error("time is lost")
	}
}

// A reload in the middle of drawing loses nothing, with the network and without it.
func TestRechargement(t *testing.T) {
	x := ouvrirTablette(t, 1024, 768, "")
	x.Aller(x.URL + "/document/" + x.ids[0])
	x.connecter()
	traits := chromium.Paraphe()
	x.Cliquer("#mandat")
	x.Ecrire("#mandant", "Dr Hugo Petit")
	x.Dessiner("#zone", chromium.Stylet, traits[0])
	x.Attendre(`document.getElementById('enregistre').textContent.includes('enregistré')`)
	avant := chromium.Evaluer[float64](x.Page, encre)
	x.Recharger()
	x.Attendre(`document.getElementById('enregistre').textContent.includes('retrouvé') && ` + encre + ` === ` +
		fmt.Sprint(avant))
	if !chromium.Evaluer[bool](x.Page,
		`document.getElementById('mandat').checked && document.getElementById('mandant').value === 'Dr Hugo Petit'`) {
		t.Error("the mandate is lost")
	}
	x.Capturer("1-retrouve")
	// Another stroke without network stays in the tab; another tab of the same signer would have the one of before.
	x.reseau.coupe.Store(true)
	x.Dessiner("#zone", chromium.Stylet, traits[1])
	x.Attendre(`document.getElementById('enregistre').textContent.includes('Hors connexion')`)
	x.Capturer("2-hors-connexion")
	if b, err := x.registre.Brouillon(t.Context(), x.ids[0], signature.Signataire{ID: "s1"}); err != nil ||
		len(b.Traits) != 1 {
		t.Fatalf("%d strokes on the server: %v", len(b.Traits), err)
	}
	x.reseau.coupe.Store(false)
	x.Recharger()
	x.Attendre(`/enregistré|retrouvé/.test(document.getElementById('enregistre').textContent)`)
	if b, err := x.registre.Brouillon(t.Context(), x.ids[0], signature.Signataire{ID: "s1"}); err != nil ||
		len(b.Traits) != 2 {
		t.Fatalf("%d strokes after the reload: %v", len(b.Traits), err)
	}
	// The tab is closed; the server's draft is what the next one gets.
	chromium.Evaluer[any](x.Page, `sessionStorage.clear()`)
	x.Aller("about:blank")
	x.Aller(x.URL + "/document/" + x.ids[0])
	x.Attendre(`!document.getElementById('signer').disabled`)
	x.Cliquer("#signer")
	x.Attendre(`!document.getElementById('recu').hidden`)
	if v := x.etat(t); v.Etat != signature.Signe || v.Recu.Mandant != "Dr Hugo Petit" {
		t.Errorf("%+v", v.Recu)
	}
	// Reloaded once more, it shows the receipt, and nothing to draw on.
	x.Recharger()
	x.Attendre(`!document.getElementById('recu').hidden && document.getElementById('saisie').hidden && document.getElementById('recu-texte').textContent.includes('Claire Vidal')`)
	x.Attendre(memoireVide)
	if n := x.reseau.signatures(); n != 1 {
		t.Errorf("%d demands for one signature", n)
	}
	x.verifierCalme(t)
}

// The connection is lost while the signature is on its way: before it arrives, after it arrived but before the answer,
// and with a reload in between. It is signed once, and the page ends up knowing.
func TestConnexionPerdue(t *testing.T) {
	signer := func(t *testing.T) *tablette {
		x := ouvrirTablette(t, 1024, 768, "")
		x.Aller(x.URL + "/document/" + x.ids[0])
		x.connecter()
		x.Dessiner("#zone", chromium.Doigt, chromium.Paraphe()...)
		x.Attendre(`document.getElementById('enregistre').textContent.includes('enregistré')`)
		return x
	}
	fini := `!document.getElementById('recu').hidden && document.getElementById('recu-texte').textContent.includes('Claire Vidal')`
	perdue := `document.getElementById('message').textContent.includes('Connexion perdue')`
	t.Run("avant", func(t *testing.T) {
		x := signer(t)
		x.reseau.coupe.Store(true)
		x.Cliquer("#signer")
		x.Attendre(perdue)
		x.Capturer("perdue")
		if v := x.etat(t); v.Etat != signature.ASigner {
			t.Fatalf("state %s", v.Etat)
		}
		x.reseau.coupe.Store(false)
		x.Attendre(fini)
		x.verifierCalme(t)
	})
	t.Run("reponse", func(t *testing.T) {
		x := signer(t)
		x.reseau.perdre.Store(2)
		x.Cliquer("#signer")
		x.Attendre(fini)
		if n := x.reseau.signatures(); n != 3 {
			t.Errorf("%d demands, of which two lost their answer", n)
		}
		x.verifierCalme(t)
	})
	t.Run("recharge", func(t *testing.T) {
		x := signer(t)
		x.reseau.coupe.Store(true)
		x.Cliquer("#signer")
		x.Attendre(perdue)
		x.reseau.coupe.Store(false)
		x.Recharger()
		x.Attendre(fini)
		if v := x.etat(t); v.Etat != signature.Signe {
			t.Fatalf("state %s", v.Etat)
		}
	})
	t.Run("reponse et recharge", func(t *testing.T) {
		x := signer(t)
		x.reseau.perdre.Store(1000)
		x.Cliquer("#signer")
		x.Attendre(perdue)
		recu := x.etat(t).Recu
		x.reseau.perdre.Store(0)
		x.Recharger()
		x.Attendre(fini)
		if v := x.etat(t); v.Recu.Lien != recu.Lien {
			t.Error("signed a second time")
		}
		x.Attendre(memoireVide)
	})
}

// The session ends while one draws: after signing in again the drawing is there.
func TestSessionPerdue(t *testing.T) {
	x := ouvrirTablette(t, 1280, 800, "")
	x.Aller(x.URL + "/document/" + x.ids[0])
	x.connecter()
	x.Dessiner("#zone", chromium.Souris, chromium.Paraphe()...)
	x.Attendre(`document.getElementById('enregistre').textContent.includes('enregistré')`)
	chromium.Evaluer[bool](x.Page,
		`fetch('/deconnexion', {method: 'POST', redirect: 'manual', headers: {'X-CSRF-Token': document.querySelector('meta[name=jeton]').content}}).then(() => true)`)
	x.Attendre(`document.cookie === ''`)
	x.Cliquer("#signer")
	x.Attendre(`document.getElementById('message').textContent.includes('session a pris fin')`)
	x.Capturer("1-session")
	if v := x.etat(t); v.Etat != signature.ASigner {
		t.Fatalf("signed without a session: %s", v.Etat)
	}
	x.Cliquer("#message a")
	x.Attendre(`document.getElementById('code')`)
	// The demand was made before the session was found to have ended: it leaves by itself, unchanged.
	x.Ecrire("#code", *x.code)
	x.Cliquer("button[type=submit]")
	x.Attendre(`document.getElementById('recu') && !document.getElementById('recu').hidden`)
	if v := x.etat(t); v.Etat != signature.Signe {
		t.Errorf("state %s", v.Etat)
	}
}

// One signature for each invoice, one after the other; the keyboard alone suffices; a refusal reaches the biller.
func TestParFacture(t *testing.T) {
	x := ouvrirTablette(t, 1024, 768, "000000011", "000000012", "000000013")
	x.Aller(x.URL + "/document/" + x.ids[0])
	x.connecter()
	chromium.Evaluer[any](x.Page, `document.getElementById('zone').focus()`)
	x.Touches(" ")
	for range 14 {
		x.Touches(kb.ArrowRight)
	}
	for range 3 {
		x.Touches(kb.ArrowDown)
	}
	x.Touches(" ")
	x.Capturer("1-clavier")
	x.Attendre(`!document.getElementById('signer').disabled`)
	chromium.Evaluer[any](x.Page, `document.getElementById('signer').focus()`)
	x.Touches(kb.Enter)
	x.Attendre(`!document.getElementById('suivant').hidden`)
	if recu := x.etat(t).Recu; recu.Facture != "000000011" || recu.PourMandat {
		t.Errorf("%+v", recu)
	}
	x.Cliquer("#suivant")
	x.Attendre(`location.pathname.endsWith('` + x.ids[1] + `') && document.readyState === 'complete'`)
	x.Cliquer("#voir-texte")
	x.Attendre(`document.getElementById('bordereau').contentDocument?.querySelectorAll('tr.tete').length === 100`)
	x.Capturer("2-tableau")
	x.Cliquer("#refuser")
	x.Ecrire("#motif", "Le séjour du 3 manque")
	x.Capturer("3-refus")
	x.Cliquer("#refus .danger")
	x.Attendre(`document.getElementById('recu').classList.contains('refuse')`)
	x.Capturer("4-refuse")
	docs := x.registre.Documents()
	if docs[1].Etat != signature.Refuse || !strings.Contains(docs[1].Etapes[0].Libelle, "séjour du 3") ||
		docs[2].Etat != signature.ASigner {
		b, _ := json.Marshal(docs[1].Etapes)
		t.Errorf("%s %s", docs[1].Etat, b)
	}
	x.registre.Retenir("751143488-105-2026-11-21", "Le flux B2 a été refusé (ARL négatif) : corrigez et refacturez.")
	x.Aller(x.URL + "/")
	x.Capturer("5-liste")
	x.verifierCalme(t)
}

// On loopback the page works without TLS, with the same cookie.
func TestBoucleLocale(t *testing.T) {
	x := ouvrirTablette(t, 1024, 768, "")
	clair := httptest.NewServer(x.reseau)
	defer clair.Close()
	x.Aller(clair.URL + "/")
	x.connecter()
	x.Attendre(`document.querySelectorAll('.documents li').length === 1`)
}
