package dsn

import (
	"regexp"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// autreGenre recognises by their headers the messages that are no report of delivery,
// whatever their text says.
func autreGenre(recu *transport.Recu) bool {
	switch genre := strings.ToLower(recu.Parametres["report-type"]); genre {
	case "", "delivery-status", "multipart/report":
	default: // feedback-report, disposition-notification, tlsrpt, dmarc…
		return true
	}
	switch recu.Type {
	case "message/disposition-notification", "message/feedback-report":
		return true
	}
	h := recu.Entetes
	// A mailing list carries reports of others, or quotes them.
	if h.Get("List-Post") != "" && !expediteurAutomate(recu) {
		return true
	}
	return absence.MatchString(recu.Sujet) && !annonceRapport(recu)
}

// absence: subjects of automatic answers (RFC 3834) and of receipts.
var absence = regexp.MustCompile(`(?i)^\s*(?:(?:re|tr|fwd?)\s*:\s*)*(?:r[ée]ponse automatique|automatic reply|auto(?:matic)?[- ]?(?:reply|response|r[ée]ponse)|out of (?:the )?office|absence|absent|` +
	`message d'absence|vacation|lu\s*:|read\s*:|accus[ée] de (?:lecture|r[ée]ception)|confirmation de lecture|not read\s*:|non lu\s*:)`)

// annonceRapport: the message says itself that it's a report of delivery.
func annonceRapport(recu *transport.Recu) bool {
	return recu.Type == "multipart/report" && strings.EqualFold(recu.Parametres["report-type"], "delivery-status")
}

// automates are the local parts and the names that reports come from.
var (
	automate    = regexp.MustCompile(`(?i)^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mail[-_.]?deamon|post[-_.]?master|mdaemon|mail[-_. ]?er|mail[-_.]?delivery.*|bounces?|double-bounce|microsoftexchange[0-9a-f]+|mail-?system|smtp[-_.]?daemon|sysadmin|undeliverable|[a-z0-9]+_smtp_[a-z_]*service|symantec_[a-z0-9_]*|[a-z0-9_.-]*(?:antivirus|smtp)[-_.]?gateways?)$`)
	nomAutomate = regexp.MustCompile(`(?i)mailer[-_. ]?daemon|mail deliver(?:y|ed)? (?:sub)?system|mail delivery (?:service|agent)|system administrator|mail administrator|mail system|postmaster|mail delivery|e-?mail gateway|content-filter at|ndr administrator|delivery subsystem`)
)

// expediteurAutomate: the header says that a mail system wrote it.
func expediteurAutomate(recu *transport.Recu) bool {
	local, _, _ := strings.Cut(recu.De, "@")
	if recu.De == "" && strings.TrimSpace(recu.Entetes.Get("From")) == "<>" {
		return true
	}
	return automate.MatchString(local) || nomAutomate.MatchString(recu.Entetes.Get("From"))
}

// cheminNul: the envelope sender is that of reports (RFC 5321 §4.5.5).
func cheminNul(recu *transport.Recu) bool {
	chemin := strings.ToLower(strings.TrimSpace(recu.Entetes.Get("Return-Path")))
	return chemin == "<>" || strings.HasPrefix(chemin, "<mailer-daemon")
}

// conversation: somebody answers somebody.
func conversation(recu *transport.Recu) bool {
	return reponse.MatchString(recu.Sujet) && len(recu.EnReponseA) > 0
}

var reponse = regexp.MustCompile(`(?i)^\s*(?:re|tr|aw|fwd?)\s*:`)
