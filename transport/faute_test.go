package transport_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Who must act: a night of the relay's own faults refuses no message. Replies are those
// of real relays.
func TestFautes(t *testing.T) {
	for _, tt := range []struct {
		e      transport.ErreurEnvoi
		veut   transport.Faute
		refuse bool
	}{
		{transport.ErreurEnvoi{Etape: transport.EtapeTLS, Definitive: true,
			Err: &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}},
			transport.FauteCertificat, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeTLS, Definitive: true,
			Err: fmt.Errorf("x: %w", x509.UnknownAuthorityError{})}, transport.FauteCertificat, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeTLS, Definitive: true, Err: errors.New("no STARTTLS")},
			transport.FauteRelais, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeConnexion, Err: errors.New("refused")}, transport.FauteReseau, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeConnexion, Definitive: true, Code: 554, CodeEtendu: "5.7.1",
			Reponse: "no SMTP service here"}, transport.FauteRelais, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeAuth, Definitive: true, Code: 535, CodeEtendu: "5.7.8"},
			transport.FauteMotDePasse, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeAuth, Code: 454, CodeEtendu: "4.7.0"}, transport.FauteRelais, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeAuth, Err: errors.New("no token")}, transport.FauteMotDePasse, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeMail, Definitive: true, Code: 530, CodeEtendu: "5.7.0",
			Reponse: "Authentication required"}, transport.FauteMotDePasse, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeMail, Code: 421, CodeEtendu: "4.7.0", Reponse: "try again later"},
			transport.FauteRelais, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeMail, Code: 452, CodeEtendu: "4.3.1",
			Reponse: "Insufficient system storage"}, transport.FauteRelais, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeMail, Definitive: true, Code: 552, CodeEtendu: "5.3.4"},
			transport.FauteMessage, true},
		{transport.ErreurEnvoi{Etape: transport.EtapeMail, Definitive: true, Code: 550, CodeEtendu: "5.4.5",
			Reponse: "Daily user sending limit exceeded"}, transport.FauteQuota, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeMail, Definitive: true, Code: 553, CodeEtendu: "5.7.1",
			Reponse: "Sender address rejected: not owned by user"}, transport.FauteRelais, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeRcpt, Definitive: true, Code: 554, CodeEtendu: "5.7.1",
			Reponse: "Relay access denied"}, transport.FauteRelais, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeRcpt, Code: 450, CodeEtendu: "4.7.1", Reponse: "Greylisted"},
			transport.FauteRelais, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeRcpt, Definitive: true, Code: 550, CodeEtendu: "5.1.1"},
			transport.FauteDestinataire, true},
		{transport.ErreurEnvoi{Etape: transport.EtapeRcpt, Code: 452, CodeEtendu: "4.2.2", Reponse: "mailbox over quota"},
			transport.FauteDestinataire, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeRcpt, Definitive: true, Code: 550, Reponse: "No such user"},
			transport.FauteDestinataire, true},
		{transport.ErreurEnvoi{Etape: transport.EtapeFin, Definitive: true, Code: 554, CodeEtendu: "5.7.1",
			Reponse: "virus found"}, transport.FauteMessage, true},
		{transport.ErreurEnvoi{Etape: transport.EtapeFin, Code: 451, CodeEtendu: "4.3.0"}, transport.FauteRelais, false},
		{transport.ErreurEnvoi{Etape: transport.EtapeFin, Incertain: true, Err: errors.New("cut")}, transport.FauteReseau,
			false},
		{transport.ErreurEnvoi{Etape: transport.EtapeContenu, Err: errors.New("disk")}, transport.FauteLocale, false},
		{transport.ErreurEnvoi{Definitive: true, Code: 550}, transport.FauteMessage, true},
		{transport.ErreurEnvoi{Faute: transport.FauteQuota, Definitive: true, Code: 550}, transport.FauteQuota, false},
	} {
		if got := tt.e.DeQui(); got != tt.veut || tt.e.Refuse() != tt.refuse {
			t.Errorf("%s: %s, refused %v; want %s, %v", tt.e.Error(), got, tt.e.Refuse(), tt.veut, tt.refuse)
		}
		if tt.veut.Libelle() == "" || tt.veut.String() == "" {
			t.Errorf("%d has no words", tt.veut)
		}
	}
}
