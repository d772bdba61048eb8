package ldap_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
	"github.com/scor-sdk/scor-sdk-go/transport/annuaire/ldap"
)

func Example() {
	source, err := ldap.New(ldap.Config{URL: ldap.URLPublique, Base: ldap.BaseProduction})
	if err != nil {
		fmt.Println(err)
		return
	}
	cache, err := os.MkdirTemp("", "annuaire") // a folder that stays, in real life
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(cache)
	a, err := annuaire.New(source,
		annuaire.WithConfianceSource(), // WithRacines, if you were given the root authority
		annuaire.WithCache(cache, 24*time.Hour),
		annuaire.WithAvertissements(func(adresse string, err error) { fmt.Println(adresse, err) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	// With a context that is over, the directory isn't asked.
	ctx, annuler := context.WithCancel(context.Background())
	annuler()
	_, err = a.Certificats(ctx, "01422@422.01.rss.fr")
	fmt.Println(errors.Is(err, context.Canceled))
	// Output: true
}
