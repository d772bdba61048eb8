package transport_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

func TestSecretMasque(t *testing.T) {
	const clair = "mot-de-passe"
	s := transport.Secret(clair)
	compte := struct {
		Nom string
		S   transport.Secret
		P   *transport.Secret
	}{"a", s, &s}
	var textes []string
	for _, v := range []string{"%s", "%v", "%+v", "%#v", "%q", "%d", "%x", "%X", "% x", "%T%10s", "%!"} {
		textes = append(textes, fmt.Sprintf(v, s), fmt.Sprintf(v, compte), fmt.Sprintf(v, []transport.Secret{s}),
			fmt.Sprintf(v, map[string]any{"s": s}))
	}
	j, err := json.Marshal(compte)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("envoi", "secret", s, "compte", compte)
	slog.New(slog.NewTextHandler(&b, nil)).Info("envoi", "secret", s, "compte", compte)
	textes = append(textes, string(j), b.String(), errors.Join(fmt.Errorf("relais: %v", s)).Error())
	for _, x := range textes {
		for _, vu := range []string{clair, fmt.Sprintf("%x", clair), fmt.Sprintf("%X", clair), fmt.Sprintf("% x", clair),
			fmt.Sprint([]byte(clair))} {
			if strings.Contains(x, vu) {
				t.Errorf("shown by %q", x)
			}
		}
	}
	if string(s) != clair {
		t.Error("the protocol doesn't get it")
	}
}
