package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"regexp"
	"strings"
)

// Faute says who must act when a message didn't leave. Only FauteMessage and
// FauteDestinataire are of the message: any of the others holds up the whole queue, is
// told once, and no message is to be called refused for it.
type Faute uint8

const (
	FauteInconnue     Faute = iota // not told yet: see ErreurEnvoi.DeQui
	FauteMessage                   // the message must change: its size, its form, what a filter sees in it
	FauteDestinataire              // the recipient's address or mailbox
	FauteRelais                    // the relay: it is down, full, or doesn't take this sender's mail
	FauteCertificat                // the relay's certificate: expired, of an unknown authority, not the pinned one
	FauteMotDePasse                // the account's name, password or token
	FauteQuota                     // the account has sent what it may, or its space is full
	FauteReseau                    // the network: nobody answers, the connection is lost
	FauteLocale                    // this machine: the message couldn't be read, the folder not written
)

// String is the name of the fault in logs.
func (f Faute) String() string {
	return [...]string{"inconnue", "message", "destinataire", "relais", "certificat", "mot-de-passe", "quota", "reseau",
		"locale"}[min(f, FauteLocale)]
}

// Libelle tells an end user who must act, in French.
func (f Faute) Libelle() string {
	return [...]string{
		"cause inconnue",
		"le message est refusé : il doit être corrigé",
		"l'adresse ou la boîte du destinataire refuse le message",
		"le relais de messagerie n'accepte pas d'envois : voir son exploitant",
		"le certificat du relais de messagerie n'est pas valable : voir son exploitant",
		"le relais de messagerie refuse l'identifiant ou le mot de passe : les vérifier",
		"le quota d'envoi du compte est atteint : attendre, ou voir l'exploitant du relais",
		"le relais de messagerie ne répond pas : vérifier le réseau",
		"le message n'a pas pu être lu ou écrit sur ce poste",
	}[min(f, FauteLocale)]
}

// DuMessage reports whether the message itself can't leave, whatever the relay does.
func (f Faute) DuMessage() bool { return f == FauteMessage || f == FauteDestinataire }

// DeQui is e.Faute, or else what the step, the code and the cause tell.
func (e *ErreurEnvoi) DeQui() Faute {
	if e.Faute != FauteInconnue {
		return e.Faute
	}
	if f := fauteCause(e.Err); f != FauteInconnue {
		return f
	}
	switch {
	case e.Incertain:
		return FauteReseau
	case e.Etape == EtapeContenu:
		if e.Definitive {
			return FauteMessage
		}
		return FauteLocale
	case e.Code == 0 && e.Etape == EtapeAuth:
		return FauteMotDePasse
	case e.Code == 0 && e.Definitive:
		if e.Etape == EtapeTLS || e.Etape == EtapeConnexion {
			return FauteRelais
		}
		return FauteMessage
	case e.Code == 0:
		return FauteReseau
	}
	return e.fauteReponse()
}

// Refuse reports whether the message is refused for good, by its own fault: nothing but
// another message, or another address, can do.
func (e *ErreurEnvoi) Refuse() bool { return e.Definitive && !e.Incertain && e.DeQui().DuMessage() }

func fauteCause(err error) Faute {
	var verification *tls.CertificateVerificationError
	var invalide x509.CertificateInvalidError
	var inconnue x509.UnknownAuthorityError
	var nom x509.HostnameError
	if errors.As(err, &verification) || errors.As(err, &invalide) || errors.As(err, &inconnue) || errors.As(err, &nom) {
		return FauteCertificat
	}
	return FauteInconnue
}

// quota: replies that tell of what an account may send; their codes vary with the
// provider (5.4.5 at Google, 4.7.1 or 5.7.1 elsewhere).
var quota = regexp.MustCompile(`(?i)quota|sending limit|rate.?limit|limit(?:e)? (?:exceeded|reached|atteinte)|too many (?:messages|e?mails|connections|recipients)|daily|d[ée]pass[ée]`)

// fauteReponse reads a reply of the relay, by RFC 5321 §4.2.3 and RFC 3463 §3.
func (e *ErreurEnvoi) fauteReponse() Faute {
	sujet := ""
	if p := strings.Split(e.CodeEtendu, "."); len(p) == 3 {
		sujet = p[1] + "." + p[2]
	}
	genre, _, _ := strings.Cut(sujet, ".")
	if f := e.fauteCode(sujet, genre); f != FauteInconnue {
		return f
	}
	switch e.Etape {
	case EtapeConnexion, EtapeTLS:
		return FauteRelais
	case EtapeAuth:
		if e.Code < 500 {
			return FauteRelais // it can't check just now
		}
		return FauteMotDePasse
	case EtapeMail:
		if e.Code == 552 || sujet == "2.2" {
			return FauteQuota
		}
		return FauteRelais // it doesn't take mail of this sender, hence of none
	case EtapeRcpt:
		// "Relay access denied" and the like are of the account, not of the address.
		if genre == "7" || e.Code < 500 && genre != "1" && genre != "2" {
			return FauteRelais
		}
		return FauteDestinataire
	}
	if e.Code < 500 {
		return FauteRelais
	}
	return FauteMessage
}

// fauteCode is what the codes say whatever the step, FauteInconnue if nothing.
func (e *ErreurEnvoi) fauteCode(sujet, genre string) Faute {
	switch {
	case e.Code == 530 || e.Code == 534 || e.Code == 535 || e.Code == 538 || sujet == "7.8" || sujet == "7.9":
		return FauteMotDePasse
	case sujet == "3.4": // message too big for the system
		return FauteMessage
	case e.Code == 421 || genre == "3" || sujet == "4.2" || sujet == "4.3":
		return FauteRelais
	case sujet == "4.5" || sujet != "2.2" && quota.MatchString(e.Reponse) && e.Etape != EtapeFin:
		return FauteQuota
	}
	return FauteInconnue
}
