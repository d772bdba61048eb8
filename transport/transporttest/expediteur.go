package transporttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Arrive is a message that a sender has put on its way, as it is where it went.
type Arrive struct {
	De      string
	A       []string // in any order
	Contenu string
}

// Chemin is a sender and the place that it leads to.
type Chemin struct {
	Expediteur transport.Expediteur
	// Arrives gives what is there, in any order.
	Arrives func(t *testing.T) []Arrive
	// RefuserUn makes the place refuse for good the next recipient that it's told of. Nil
	// for one that refuses nobody, such as a folder.
	RefuserUn func()
}

// ContratExpediteur checks a transport.Expediteur. nouveau gives one that leads to a
// place where nothing has arrived yet, and that tries once: it doesn't wait to try
// again what failed.
func ContratExpediteur(t *testing.T, nouveau func(t *testing.T) Chemin) {
	t.Helper()
	for _, c := range []struct {
		nom  string
		voir func(*testing.T, Chemin)
	}{
		{"octets et enveloppe", envoiOctets},
		{"encore une fois", envoiEncore},
		{"ensemble", envoiEnsemble},
		{"un destinataire refuse", envoiRefusPartiel},
		{"tous les destinataires refuses", envoiRefusTotal},
		{"contenu illisible", envoiIllisible},
		{"envoi incomplet", envoiIncomplet},
		{"contexte", envoiContexte},
	} {
		t.Run(c.nom, func(t *testing.T) { c.voir(t, nouveau(t)) })
	}
}

// colis is a message of the contract, which counts the readers left open.
type colis struct {
	transport.Envoi
	contenu string
	ouverts atomic.Int64
}

func nouveauColis(n int) *colis {
	c := &colis{contenu: fmt.Sprintf("Message-ID: <%d@contrat.exemple>\r\nSubject: %[1]d\r\n\r\n.point\r\n..\r\n%s\r\n\r\n", n,
		strings.Repeat("0123456789\r\n", 10_000))}
	c.Envoi = transport.Envoi{De: "cabinet@exemple.fr", A: []string{"01996@996.01.rss.fr"},
		MessageID: fmt.Sprintf("%d@contrat.exemple", n), Contenu: func() (io.ReadCloser,
			error) {
			return c.ouvrir(strings.NewReader(c.contenu)), nil
		}}
	return c
}

func (c *colis) ouvrir(r io.Reader) io.ReadCloser {
	c.ouverts.Add(1)
	return &contenuOuvert{Reader: r, ouverts: &c.ouverts}
}

type contenuOuvert struct {
	io.Reader
	ouverts *atomic.Int64
	une     sync.Once
}

func (o *contenuOuvert) Close() error {
	o.une.Do(func() { o.ouverts.Add(-1) })
	return nil
}

// partir sends what must go.
func (c *colis) partir(t *testing.T, e transport.Expediteur) transport.Preuve {
	t.Helper()
	p, err := e.Envoyer(t.Context(), c.Envoi)
	if err != nil {
		t.Errorf("not sent: %v", err)
		return p
	}
	if p.Quand.IsZero() || p.Relais == "" || p.Code < 200 || p.Code > 299 {
		t.Errorf("a proof says when, by whom and with which code: %+v", p)
	}
	c.fermes(t)
	return p
}

func (c *colis) fermes(t *testing.T) {
	t.Helper()
	if n := c.ouverts.Load(); n != 0 {
		t.Errorf("%d readers of the content left open", n)
	}
}

// echouer sends what can't go: it gives the error once it's that of the contract, and nothing has arrived.
func (c *colis) echouer(ctx context.Context, t *testing.T, chemin Chemin) *transport.ErreurEnvoi {
	t.Helper()
	p, err := chemin.Expediteur.Envoyer(ctx, c.Envoi)
	var faute *transport.ErreurEnvoi
	if !errors.As(err, &faute) {
		t.Fatalf("proof %+v, error %v, want an *ErreurEnvoi", p, err)
	}
	if faute.Incertain {
		t.Errorf("nothing was sent to its end, and the outcome is said to be unknown: %v", err)
	}
	if a := chemin.Arrives(t); len(a) != 0 {
		t.Errorf("%v, and %d messages have arrived", err, len(a))
	}
	c.fermes(t)
	return faute
}

// arrive checks that c is there for these recipients.
func (c *colis) arrive(t *testing.T, arrives []Arrive, a ...string) {
	t.Helper()
	slices.Sort(a)
	for _, x := range arrives {
		if x.Contenu != c.contenu {
			continue
		}
		if obtenus := slices.Sorted(slices.Values(x.A)); x.De != c.De || !slices.Equal(obtenus, a) {
			t.Errorf("envelope %q to %q, want %q to %q", x.De, obtenus, c.De, a)
		}
		return
	}
	t.Errorf("a proof was given, and no message with these %d bytes has arrived", len(c.contenu))
}

func envoiOctets(t *testing.T, chemin Chemin) {
	for n, taille := range []bool{true, false} {
		c := nouveauColis(n)
		c.A = append(c.A, "01997@997.01.rss.fr")
		if taille {
			c.Taille = int64(len(c.contenu))
		}
		if p := c.partir(t, chemin.Expediteur); len(p.Refus) != 0 {
			t.Errorf("refusals %+v, and nobody refused", p.Refus)
		}
		c.arrive(t, chemin.Arrives(t), c.A...)
	}
}

func envoiEncore(t *testing.T, chemin Chemin) {
	c := nouveauColis(1)
	for range 2 {
		c.partir(t, chemin.Expediteur)
	}
	for _, x := range chemin.Arrives(t) {
		c.arrive(t, []Arrive{x}, c.A...)
	}
}

func envoiEnsemble(t *testing.T, chemin Chemin) {
	var colis []*colis
	var wg sync.WaitGroup
	for n := range 8 {
		c := nouveauColis(n)
		colis = append(colis, c)
		wg.Go(func() { c.partir(t, chemin.Expediteur) })
	}
	wg.Wait()
	arrives := chemin.Arrives(t)
	if len(arrives) != len(colis) {
		t.Errorf("%d messages have arrived, want %d", len(arrives), len(colis))
	}
	for _, c := range colis {
		c.arrive(t, arrives, c.A...)
	}
}

func envoiRefusPartiel(t *testing.T, chemin Chemin) {
	if chemin.RefuserUn == nil {
		t.Skip("this place refuses nobody")
	}
	chemin.RefuserUn()
	c := nouveauColis(1)
	c.A = append(c.A, "01997@997.01.rss.fr")
	p := c.partir(t, chemin.Expediteur)
	if len(p.Refus) != 1 || !slices.Contains(c.A, p.Refus[0].Adresse) || !p.Refus[0].Definitif() {
		t.Fatalf("refusals %+v, want one of %q", p.Refus, c.A)
	}
	c.arrive(t, chemin.Arrives(t), slices.DeleteFunc(slices.Clone(c.A),
		func(a string) bool { return a == p.Refus[0].Adresse })...)
}

func envoiRefusTotal(t *testing.T, chemin Chemin) {
	if chemin.RefuserUn == nil {
		t.Skip("this place refuses nobody")
	}
	chemin.RefuserUn()
	c := nouveauColis(1)
	faute := c.echouer(t.Context(), t, chemin)
	if !faute.Refuse() || len(faute.Refus) != 1 || faute.Refus[0].Adresse != c.A[0] {
		t.Errorf("the only recipient is refused for good: %+v", faute)
	}
}

func envoiIllisible(t *testing.T, chemin Chemin) {
	panne := errors.New("disk gone")
	c := nouveauColis(1)
	entier := c.Contenu
	for nom, contenu := range map[string]func() (io.ReadCloser, error){
		"opening": func() (io.ReadCloser, error) { return nil, panne },
		"halfway": func() (io.ReadCloser, error) {
			return c.ouvrir(io.MultiReader(strings.NewReader(c.contenu[:len(c.contenu)/2]), iotest.ErrReader(panne))), nil
		},
	} {
		c.Contenu = contenu
		faute := c.echouer(t.Context(), t, chemin)
		if faute.Definitive || faute.DeQui() != transport.FauteLocale || !errors.Is(faute, panne) {
			t.Errorf("%s: fault %v, definitive %t: %v", nom, faute.DeQui(), faute.Definitive, faute)
		}
	}
	c.Contenu = entier
	c.partir(t, chemin.Expediteur) // it can be read now
	c.arrive(t, chemin.Arrives(t), c.A...)
}

func envoiIncomplet(t *testing.T, chemin Chemin) {
	for nom, retirer := range map[string]func(*colis){
		"recipient": func(c *colis) { c.A = nil },
		"content":   func(c *colis) { c.Contenu = nil },
	} {
		c := nouveauColis(1)
		retirer(c)
		if faute := c.echouer(t.Context(), t, chemin); !faute.Refuse() {
			t.Errorf("without %s: %+v", nom, faute)
		}
	}
}

func envoiContexte(t *testing.T, chemin Chemin) {
	ctx, fin := context.WithCancel(t.Context())
	fin()
	c := nouveauColis(1)
	if faute := c.echouer(ctx, t, chemin); faute.Definitive || !errors.Is(faute, context.Canceled) {
		t.Errorf("the end of the context is told as such, and decides nothing: %+v", faute)
	}
	c.partir(t, chemin.Expediteur)
}
