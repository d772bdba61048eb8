package annuaire_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
)

func Example() {
	// A folder where the frontals' certificates are; transport/annuaire/ldap is the
	// other source.
	a, err := annuaire.New(annuaire.Dossier("testdata/frontaux"),
		annuaire.WithHorloge(func() time.Time { return time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	certificats, err := a.Certificats(context.Background(), "01996@996.01.rss.fr")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(certificats[0].Subject.CommonName)

	_, err = a.Certificats(context.Background(), "01997@997.01.rss.fr")
	var refus *annuaire.Refus
	if errors.As(err, &refus) {
		fmt.Println(refus.Motif.Libelle())
	}
	// Output:
	// 01996@996.01.rss.fr
	// certificat expiré
}
