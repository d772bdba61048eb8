package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature/web"
)

// grace leaves the page up after the last answer, so that the tablet, which asks every second and a half, shows it.
const grace = 4 * time.Second

// servir opens the signing page and says on the terminal how to reach it.
func (c *clinique) servir() (arreter func(), err error) {
	hotes := hotes(c.adresse, c.hote)
	var certificat *tls.Certificate
	switch {
	case c.http:
	case c.certificat != "":
		x, err := tls.LoadX509KeyPair(c.certificat, c.cle)
		if err != nil {
			return nil, err
		}
		certificat = &x
	default:
		if certificat, err = web.CertificatLocal(filepath.Join(c.sortie, "secrets", "tls"), hotes...); err != nil {
			return nil, err
		}
	}
	ecoute, err := web.Listen(c.adresse, certificat)
	if err != nil {
		return nil, err
	}
	journal := slog.New(slog.NewTextHandler(c.traces, nil))
	appairage, err := c.appairages()
	if err != nil {
		return nil, errors.Join(err, ecoute.Close())
	}
	page, err := web.New(web.Config{Registre: c.registre, Authentificateur: appairage,
		Etablissement: c.fichiers[0].f.Lots[0].Partenaire, Hotes: hotes, Journal: journal, EnvoyerCopie: c.envoyerCopie,
		HSTS: c.certificat != ""})
	if err != nil {
		return nil, errors.Join(err, ecoute.Close())
	}
	protocole := "https"
	if c.http {
		protocole = "http"
	}
	_, port, err := net.SplitHostPort(ecoute.Addr().String())
	if err != nil {
		return nil, errors.Join(err, ecoute.Close())
	}
	fmt.Fprintf(c.progres, "Page de signature : %s://%s\n", protocole, net.JoinHostPort(hotes[0], port))
	if certificat != nil && c.certificat == "" {
		fmt.Fprintf(c.progres, "Certificat local, à comparer avec ce que montre la tablette : SHA-256 %s\n",
			web.EmpreinteCertificat(certificat))
	}
	serveur := web.NewServer(page, journal)
	go func() {
		if err := serveur.Serve(ecoute); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(c.progres, "Page de signature :", err)
		}
	}()
	veille, cesser := context.WithCancel(context.Background())
	go func() {
		if err := appairage.Veiller(veille); !errors.Is(err, context.Canceled) {
			fmt.Fprintln(c.progres, "Code de connexion :", err)
		}
	}()
	return func() {
		cesser()
		time.Sleep(grace)
		ctx, fin := context.WithTimeout(context.Background(), grace)
		defer fin()
		// What a tablet still holds open after that is cut.
		if serveur.Shutdown(ctx) != nil {
			_ = serveur.Close()
		}
	}, nil
}

// hotes are the names under which a tablet may reach the page, the most useful first.
func hotes(adresse, hote string) []string {
	var h []string
	if hote != "" {
		h = append(h, strings.ToLower(hote))
	}
	ecoute, _, err := net.SplitHostPort(adresse)
	ip := net.ParseIP(ecoute)
	if err == nil && (ecoute == "" || ip != nil && ip.IsUnspecified()) {
		if adresses, err := net.InterfaceAddrs(); err == nil {
			for _, a := range adresses {
				if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
					h = append(h, n.IP.String())
				}
			}
		}
		if nom, err := os.Hostname(); err == nil {
			h = append(h, strings.ToLower(nom))
		}
	} else if err == nil {
		h = append(h, strings.ToLower(ecoute))
	}
	return append(h, "localhost", "127.0.0.1", "::1")
}

// lireTraits reads strokes from a file; without one they are drawn.
func lireTraits(chemin string) ([]signature.Trait, error) {
	if chemin == "" {
		return paraphe(), nil
	}
	b, err := os.ReadFile(chemin)
	if err != nil {
		return nil, err
	}
	var t []signature.Trait
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("%s : %w", filepath.Base(chemin), err)
	}
	return t, nil
}

// paraphe is a drawn signature: loops, then a stroke under them.
func paraphe() []signature.Trait {
	traits := make([]signature.Trait, 2)
	for i := range 90 {
		a := float64(i) / 89
		traits[0] = append(traits[0], signature.Point{X: int(1200 + 6600*a + 500*math.Sin(a*26)),
			Y: int(4700 - 2900*math.Cos(a*26)*(1-a*0.7)), P: int(420 + 300*math.Sin(a*26)), T: int64(i * 12)})
	}
	for i := range 30 {
		a := float64(i) / 29
		traits[1] = append(traits[1], signature.Point{X: int(8600 - 6900*a), Y: int(8200 - 500*math.Sin(a*3)),
			P: int(700 - 400*a), T: int64(1500 + i*10)})
	}
	return traits
}
