package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/chromium"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// joueur plays pointer events on the box: [what, pointer type, id, x, y in fractions, contact width]. Each is 20 ms
// after the one before.
const joueur = `async (suite) => {
  const z = document.getElementById('zone'), r = z.getBoundingClientRect();
  for (const [quoi, genre, id, x, y, large] of suite) {
    if (quoi === 'attendre') { await new Promise((ok) => setTimeout(ok, id)); continue; }
    z.dispatchEvent(new PointerEvent('pointer' + quoi, { bubbles: true, cancelable: true, pointerType: genre, pointerId: id, isPrimary: true, button: quoi === 'move' ? -1 : 0,
      buttons: quoi === 'up' ? 0 : 1, pressure: quoi === 'up' ? 0 : 0.6, clientX: r.left + x * r.width, clientY: r.top + y * r.height, width: large ?? 8, height: large ?? 8 }));
    await new Promise((ok) => setTimeout(ok, 20));
  }
  return true;
}`

// traitDe is a stroke from one x to another, at a height.
func traitDe(genre string, id int, x1, x2, y float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, `['down','%s',%d,%g,%g],`, genre, id, x1, y)
	for i := 1; i <= 6; i++ {
		fmt.Fprintf(&b, `['move','%s',%d,%g,%g],`, genre, id, x1+(x2-x1)*float64(i)/6, y)
	}
	fmt.Fprintf(&b, `['up','%s',%d,%g,%g],`, genre, id, x2, y)
	return b.String()
}

// TestMainEtStylet protects what is signed from the hand that signs: each scene is played by pointer events, and the
// strokes that the server keeps are those of the pen.
func TestMainEtStylet(t *testing.T) {
	x := ouvrirTablette(t, 1024, 768, "")
	x.Aller(x.URL + "/document/" + x.ids[0])
	x.connecter()
	stylet := traitDe("pen", 1, 0.1, 0.9, 0.5)
	for _, scene := range []struct {
		nom, suite string
		hauteurs   []int // of the strokes that are kept, in hundredths
		dit        string
	}{
		{"palm first, and it stays", `['down','touch',7,0.5,0.9],` + stylet + `['up','touch',7,0.5,0.9],`, []int{50}, ""},
		{"palm first, lifted before the pen", `['down','touch',7,0.5,0.9],['up','touch',7,0.5,0.9],` + stylet, []int{50}, ""},
		{"palm first, moving", `['down','touch',7,0.5,0.9],['move','touch',7,0.51,0.9],` + stylet, []int{50}, ""},
		{"pen first, palm meanwhile",
			`['down','pen',1,0.1,0.5],['down','touch',7,0.5,0.9],['move','touch',7,0.6,0.9],['move','pen',1,0.9,0.5],['up','touch',7,0.6,0.9],['up','pen',1,0.9,0.5],`, []int{50}, ""},
		{"palm after the pen", stylet + traitDe("touch", 8, 0.2, 0.8, 0.8), []int{50}, ""},
		{"two pens", `['down','pen',1,0.1,0.5],['down','pen',2,0.1,0.2],['move','pen',1,0.5,0.5],['move','pen',2,0.5,0.2],['up','pen',2,0.5,0.2],['up','pen',1,0.9,0.5],`, []int{50}, ""},
		{"two fingers", `['down','touch',1,0.1,0.5],['down','touch',2,0.1,0.2],['move','touch',1,0.5,0.5],['move','touch',2,0.5,0.2],['up','touch',2,0.5,0.2],['up','touch',1,0.9,0.5],`, []int{50}, ""},
		{"a wide contact alone", `['down','touch',7,0.5,0.9,80],['move','touch',7,0.6,0.9,80],['up','touch',7,0.6,0.9,80],`,
			nil, "Paume"},
		{"a contact that widens", `['down','touch',7,0.2,0.9],['move','touch',7,0.3,0.9,80],['move','touch',7,0.9,0.9,80],['up','touch',7,0.9,0.9],`, nil, "Paume"},
		{"a finger that the system takes back",
			`['down','touch',7,0.2,0.9],['move','touch',7,0.8,0.9],['cancel','touch',7,0.8,0.9],`, nil, ""},
		{"a pen that the system takes back", `['down','pen',1,0.2,0.4],['move','pen',1,0.8,0.4],['cancel','pen',1,0.8,0.4],`,
			[]int{40}, ""},
		{"a finger long after the pen", stylet + `['attendre','',900],` + traitDe("touch", 8, 0.2, 0.8, 0.8), []int{50},
			"doigt n’est pas pris"},
		{"a finger, then the mouse", traitDe("touch", 8, 0.2, 0.8, 0.3) + traitDe("mouse", 1, 0.2, 0.8, 0.6), []int{30, 60},
			""},
	} {
		x.Recharger()
		x.Attendre(`document.querySelector('#zone[data-pret]')`)
		if chromium.Evaluer[bool](x.Page, `!document.getElementById('effacer').disabled`) {
			x.Cliquer("#effacer")
			x.Attendre(`document.getElementById('enregistre').textContent === 'Tracé enregistré'`)
			x.Recharger()
			x.Attendre(`document.querySelector('#zone[data-pret]')`)
		}
		chromium.Evaluer[bool](x.Page, `(`+joueur+`)([`+scene.suite+`])`)
		if len(scene.hauteurs) > 0 {
			x.Attendre(`document.getElementById('enregistre').textContent === 'Tracé enregistré'`)
		}
		b, err := x.registre.Brouillon(t.Context(), x.ids[0], signature.Signataire{ID: "s1"})
		if err != nil {
			t.Fatal(err)
		}
		var hauteurs []int
		for _, trait := range b.Traits {
			hauteurs = append(hauteurs, (trait[0].Y+50)/100)
			if len(trait) < 2 {
				t.Errorf("%s: a dot", scene.nom)
			}
		}
		if fmt.Sprint(hauteurs) != fmt.Sprint(scene.hauteurs) {
			t.Errorf("%s: strokes at %v, expected %v", scene.nom, hauteurs, scene.hauteurs)
		}
		if dit := x.Texte("#message"); scene.dit != "" && !strings.Contains(dit, scene.dit) {
			t.Errorf("%s: the page says %q", scene.nom, dit)
		}
	}
	// After the pen, who wants to go on by finger says so.
	chromium.Evaluer[bool](x.Page, `(`+joueur+`)([`+stylet+`['attendre','',900],`+traitDe("touch", 8, 0.2, 0.8, 0.8)+`])`)
	x.Cliquer("#message button")
	chromium.Evaluer[bool](x.Page, `(`+joueur+`)([`+traitDe("touch", 8, 0.2, 0.8, 0.7)+`])`)
	x.Attendre(`document.getElementById('enregistre').textContent === 'Tracé enregistré'`)
	if b, _ := x.registre.Brouillon(t.Context(), x.ids[0], signature.Signataire{ID: "s1"}); len(b.Traits) == 0 ||
		(b.Traits[len(b.Traits)-1][0].Y+50)/100 != 70 {
		t.Error("the finger is not taken when asked for")
	}
	x.verifierCalme(t)
}

// TestRotationEnPleinTrait protects the stroke: when the tablet turns under the pen it ends where it was, and nothing
// is drawn elsewhere.
func TestRotationEnPleinTrait(t *testing.T) {
	x := ouvrirTablette(t, 1024, 768, "")
	x.Aller(x.URL + "/document/" + x.ids[0])
	x.connecter()
	chromium.Evaluer[bool](x.Page, `(`+joueur+`)([['down','pen',1,0.1,0.5],['move','pen',1,0.5,0.5]])`)
	x.Taille(768, 1024)
	x.Attendre(`Math.abs(document.getElementById('zone').width - document.getElementById('zone').getBoundingClientRect().width * devicePixelRatio) < 2`)
	chromium.Evaluer[bool](x.Page, `(`+joueur+`)([['move','pen',1,0.9,0.1],['up','pen',1,0.9,0.1]])`)
	x.Attendre(`document.getElementById('enregistre').textContent === 'Tracé enregistré'`)
	b, err := x.registre.Brouillon(t.Context(), x.ids[0], signature.Signataire{ID: "s1"})
	if err != nil || len(b.Traits) != 1 || len(b.Traits[0]) != 2 || b.Traits[0][1].Y < 4800 {
		t.Errorf("%+v %v", b.Traits, err)
	}
}

// TestSafari15 protects older tablets: what their browser lacks is taken away, and one signs all the same.
func TestSafari15(t *testing.T) {
	x := ouvrirTablette(t, 1024, 768, "")
	x.Avant(`delete AbortSignal.timeout; delete window.structuredClone; delete Array.prototype.at; delete HTMLDialogElement.prototype.showModal; delete HTMLDialogElement.prototype.close;
		delete PointerEvent.prototype.getCoalescedEvents; delete Navigator.prototype.pdfViewerEnabled; delete Object.groupBy; delete Promise.withResolvers;`)
	x.Aller(x.URL + "/document/" + x.ids[0])
	x.connecter()
	x.Attendre(`document.querySelector('#pages[data-pret] canvas')`)
	x.Dessiner("#zone", chromium.Stylet, chromium.Paraphe()...)
	x.Attendre(`!document.getElementById('signer').disabled`)
	x.Cliquer("#refuser")
	x.Attendre(`document.getElementById('refus').hasAttribute('open')`)
	x.Cliquer("#refus-non")
	x.Cliquer("#signer")
	x.Attendre(`!document.getElementById('recu').hidden`)
	if v := x.etat(t); v.Etat != signature.Signe {
		t.Errorf("state %s", v.Etat)
	}
	x.verifierCalme(t)
}

// TestOctetsMontres protects who signs from a page that shows something else: bytes whose digest is another are told,
// and nothing can be signed.
func TestOctetsMontres(t *testing.T) {
	x := ouvrirTablette(t, 1024, 768, "")
	x.Avant(`const vrai = window.fetch; window.fetch = async (u, o) => { const r = await vrai(u, o); if (!String(u).endsWith('/pdf')) return r;
		const b = new Uint8Array(await r.arrayBuffer()); b[b.length >> 1] ^= 1; return new Response(b, { status: 200 }); };`)
	x.Aller(x.URL + "/document/" + x.ids[0])
	x.connecter()
	x.Attendre(`document.getElementById('message').textContent.includes('ne signez pas')`)
	x.Dessiner("#zone", chromium.Stylet, chromium.Paraphe()...)
	x.Cliquer("#lu")
	x.Attendre(`document.getElementById('enregistre').textContent === 'Tracé enregistré'`)
	if !chromium.Evaluer[bool](x.Page, `document.getElementById('signer').disabled`) {
		t.Error("one can sign what was not shown")
	}
}

// TestReprise protects from a slip: within the delay the signer takes the signature back on the page, and signs anew;
// so for a refusal.
func TestReprise(t *testing.T) {
	x := ouvrirTablette(t, 1024, 768, "")
	signature.WithDelai(time.Hour)(x.registre)
	x.Aller(x.URL + "/document/" + x.ids[0])
	x.connecter()
	signer := func() {
		x.Dessiner("#zone", chromium.Stylet, chromium.Paraphe()...)
		x.Attendre(`!document.getElementById('signer').disabled`)
		x.Cliquer("#signer")
		x.Attendre(`!document.getElementById('reprise').hidden`)
	}
	signer()
	x.Capturer("1-reprise")
	if v := x.etat(t); v.Etat != signature.Signe {
		t.Fatal(v.Etat)
	}
	x.Cliquer("#reprendre")
	x.Attendre(`document.querySelector('#zone[data-pret]') && !document.getElementById('saisie').hidden`)
	if v := x.etat(t); v.Etat != signature.ASigner {
		t.Fatal(v.Etat)
	}
	x.Cliquer("#refuser")
	x.Ecrire("#motif", "par erreur")
	x.Cliquer("#refus .danger")
	x.Attendre(`!document.getElementById('reprise').hidden`)
	x.Cliquer("#reprendre")
	x.Attendre(`document.querySelector('#zone[data-pret]') && !document.getElementById('saisie').hidden`)
	signer()
	if a, err := x.registre.Annulations(t.Context(), x.ids[0]); err != nil || len(a) != 2 ||
		a[0].Recu.Etat != signature.Signe || a[1].Recu.Motif != "par erreur" {
		t.Errorf("%+v %v", a, err)
	}
	x.verifierCalme(t)
}

// debordements lists what is wider than the screen, or cut by what it stands in.
const debordements = `[...document.querySelectorAll('body *')].filter((e) => {
  if (!e.checkVisibility() || e.closest('.pages-pdf, .lecteur, .evitement, dialog, datalist, .defile')) return false;
  const r = e.getBoundingClientRect();
  return r.right > document.documentElement.clientWidth + 1 || r.left < -1 || (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).overflowX !== 'auto' && getComputedStyle(e).display !== 'inline' && e.tagName !== 'INPUT');
}).map((e) => e.tagName + '#' + e.id + '.' + e.className + ' ' + e.textContent.trim().slice(0, 40))`

// TestRienNeDeborde measures the pages at the widths of tablets and telephones, with an identifier as long as they get,
// and at 200 %.
func TestRienNeDeborde(t *testing.T) {
	for _, taille := range [][2]int{{390, 844}, {768, 1024}, {1024, 768}, {1280, 800}, {512, 384}} {
		x := ouvrirTablette(t, taille[0], taille[1], "000104001")
		x.Aller(x.URL + "/")
		for _, page := range []string{"connexion", "liste", "signer"} {
			switch page {
			case "liste":
				x.connecter()
			case "signer":
				x.Cliquer("a.bouton.principal")
				x.Attendre(`document.querySelector('#pages[data-pret]')`)
				chromium.Evaluer[any](x.Page,
					`document.getElementById('lot').textContent = '751143488/104/261021/CLI001-SUITE-DU-FICHIER'`)
				x.Cliquer("#mandat")
			}
			for _, e := range chromium.Evaluer[[]string](x.Page, debordements) {
				t.Errorf("%d px, %s: %s", taille[0], page, e)
			}
		}
		x.Capturer(fmt.Sprintf("%d", taille[0]))
	}
}

// TestCouleursForcees protects the ink where the system sets the colours: the box keeps its own.
func TestCouleursForcees(t *testing.T) {
	x := ouvrirTablette(t, 1024, 768, "")
	x.Media("forced-colors", "active")
	x.Aller(x.URL + "/document/" + x.ids[0])
	x.connecter()
	if fond := chromium.Evaluer[string](x.Page,
		`getComputedStyle(document.getElementById('zone')).backgroundColor`); fond != "rgb(255, 255, 255)" {
		t.Errorf("dark ink on %s", fond)
	}
}
