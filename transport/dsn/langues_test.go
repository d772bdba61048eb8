package dsn_test

import (
	"fmt"
	"testing"
)

// Reports in plain text are read in the languages of those who write to a practice; a
// person or an answering machine that says the same is no report.
func TestLangues(t *testing.T) {
	const moule = "From: %s\r\nTo: cabinet@exemple.fr\r\nSubject: %s\r\nMessage-ID: <avis@relais.exemple>\r\n%s" +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n"
	const copie = "\r\nReceived: from poste\r\nMessage-ID: <lot-7@exemple.fr>\r\nFrom: cabinet@exemple.fr\r\n" +
		"To: 01996@996.01.rss.fr\r\nSubject: IR/1\r\n\r\nx\r\n"
	for nom, c := range map[string]struct{ de, sujet, entete, texte string }{
		"de": {"MAILER-DAEMON@mail.exemple", "Unzustellbar: IR/1", "",
			"Ihre Nachricht konnte nicht zugestellt werden:\r\n\r\n<01996@996.01.rss.fr>: 550 5.1.1 Benutzer unbekannt\r\n"},
		"it": {"MAILER-DAEMON@mail.exemple", "Mancata consegna del messaggio", "",
			"Il messaggio non è stato consegnato a:\r\n\r\n01996@996.01.rss.fr\r\n    550 5.1.1 utente sconosciuto\r\n"},
		"es": {"MAILER-DAEMON@mail.exemple", "Correo no entregado", "",
			"No se pudo entregar su mensaje a:\r\n\r\n<01996@996.01.rss.fr>: 550 5.1.1 usuario desconocido\r\n"},
		"pt": {"MAILER-DAEMON@mail.exemple", "Falha na entrega", "",
			"A mensagem não foi entregue a:\r\n\r\n<01996@996.01.rss.fr>: 550 5.1.1 utilizador desconhecido\r\n"},
		"nl": {"MAILER-DAEMON@mail.exemple", "Onbestelbaar", "",
			"Uw bericht kon niet worden bezorgd:\r\n\r\n<01996@996.01.rss.fr>: 550 5.1.1 onbekend\r\n"},
		"fr, qmail": {"MAILER-DAEMON@mail.exemple", "échec de livraison", "",
			"Je n'ai pas pu délivrer votre message aux adresses suivantes.\r\n\r\n<01996@996.01.rss.fr>:\r\n" +
				"550 5.1.1 inconnu\r\n"},
		"fr, a provider": {"MAILER-DAEMON@smtp.exemple.fr", "Message non distribué", "",
			"Votre message n'a pas pu être distribué au destinataire suivant :\r\n\r\n" +
				"<01996@996.01.rss.fr> : boîte inconnue (550 5.1.1)\r\n"},
	} {
		avis, err := lire(t, fmt.Appendf(nil, moule, c.de, c.sujet, c.entete, c.texte+copie))
		if err != nil || len(avis) != 1 || avis[0].Destinataire != "01996@996.01.rss.fr" || avis[0].Code != "5.1.1" ||
			avis[0].MessageID != "lot-7@exemple.fr" || !avis[0].Definitif || !avis[0].Sur {
			t.Errorf("%s: %+v, %v", nom, avis, err)
		}
	}
	for nom, c := range map[string]struct{ de, sujet, entete, texte string }{
		"a person": {"Jean <postmaster@exemple.fr>", "Re: Unzustellbar", "In-Reply-To: <q@exemple.fr>\r\n",
			"Ihre Nachricht konnte nicht zugestellt werden, weil unser Relais stand.\r\n> 550 5.1.1 <x@exemple.fr>\r\n"},
		"an absence": {"caisse@exemple.fr", "Absence", "Auto-Submitted: auto-replied\r\n",
			"Si votre message n'a pas pu être remis, écrivez à accueil@exemple.fr.\r\n"},
		"a full mailbox": {"postmaster@exemple.fr", "Votre boîte aux lettres est presque pleine", "",
			"La boîte cabinet@exemple.fr est pleine à 95 %. Des messages pourraient ne pas être distribués.\r\n"},
		"a challenge": {"noreply@filtre.exemple", "Authentification de votre message", "Auto-Submitted: auto-replied\r\n",
			"Votre message à 01996@996.01.rss.fr n'a pas été remis : cliquez ici pour vous authentifier.\r\n"},
	} {
		if avis, err := lire(t, fmt.Appendf(nil, moule, c.de, c.sujet, c.entete, c.texte)); len(avis) > 0 || err != nil {
			t.Errorf("%s: %+v, %v", nom, avis, err)
		}
	}
}
