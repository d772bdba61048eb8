package dsn

import (
	"encoding/json"
	"regexp"
	"strings"
)

// habitude is a sentence by which a writer of reports in plain text is known. The
// dates are those of the newest message that it was seen in.
type habitude struct {
	ecrivain string
	vue      string
	re       *regexp.Regexp
}

// habitudes is the table: a writer that says it otherwise is one line more.
var habitudes = []habitude{
	{"qmail", "2024", regexp.MustCompile(`(?i)this is the qmail-send program|wasn't able to deliver your message to the following addresses`)},
	{"Exim", "2018", regexp.MustCompile(`(?i)message that you sent could not be delivered to (?:one or more|all) of its recipients|created automatically by (?:the )?mail delivery (?:software|system)`)},
	{"sendmail", "2018", regexp.MustCompile(`(?i)-{3,}\s*the following addresses had|-{3,}\s*transcript of session follows`)},
	{"sendmail 5", "1999", regexp.MustCompile(`(?i)-{3,}\s*unsent message follows`)},
	{"Postfix", "2024", regexp.MustCompile(`(?i)this is the mail system at host|this is the postfix program at host|message returned below could not be delivered`)},
	{"Courier", "2017", regexp.MustCompile(`(?i)this is a delivery status notification from|the original message was received on`)},
	{"DragonFly Mail Agent", "2024",
		regexp.MustCompile(`(?i)this is the dragonfly mail agent|there was an error delivering your mail to`)},
	{"OpenSMTPD", "2023", regexp.MustCompile(`(?i)this is the mailer-daemon, please do not reply|this is the opensmtpd`)},
	{"Exchange", "2010", regexp.MustCompile(`(?i)did not reach (?:the following|some or all)|recipient\(s\) could not be reached|delivery has failed to these recipients|diagnostic information for administrators|informations de diagnostic pour les administrateurs|[ée]chec de la remise`)},
	{"Domino", "2015", regexp.MustCompile(`(?i)failed to deliver to|was not delivered to:|delivery failure report`)},
	{"IMail", "2008", regexp.MustCompile(`(?i)body of message generated response|undeliverable to `)},
	{"MailMarshal", "2015", regexp.MustCompile(`(?i)the following recipients were affected`)},
	{"James", "2013", regexp.MustCompile(`(?i)error message below:|message details:.*rcpt to`)},
	{"Zoho", "2014", regexp.MustCompile(`(?i)\[status: error, address:`)},
	{"Verizon", "2013", regexp.MustCompile(`(?i)message could not be delivered to mobile|no valid recipients for this mm`)},
	{"au", "2013", regexp.MustCompile(`(?i)your mail sent on:.*could not be delivered|the user\(s\) account is|could not be delivered to: <`)},
	{"FML", "2017", regexp.MustCompile(`(?i)^\s*duplicated message-id in <`)},
	{"MessageLabs", "2017", regexp.MustCompile(`(?i)this is the mail delivery agent at|i was unable to deliver your message`)},
	{"InterScan", "2015", regexp.MustCompile(`(?i)sent by this server|unable to deliver message to`)},
	{"MXLogic, Barracuda, McAfee", "2015",
		regexp.MustCompile(`(?i)could not be delivered to the following|your message .{0,80}(?:was|has been) (?:blocked|rejected) by`)},
	{"notice in one sentence", "2025",
		regexp.MustCompile(`(?i)your message was rejected and discarded|reject reason:|target mail address:`)},
	{"Yahoo", "2015", regexp.MustCompile(`(?i)unable to deliver message to the following address`)},
	{"GMX, 1&1", "2016", regexp.MustCompile(`(?i)could not be delivered to one or more (?:of its )?recipients|returned for the following reason`)},
	{"SurfControl", "2009", regexp.MustCompile(`(?i)a transcript of the attempts to send the message follows`)},
	{"OpenSMTPD, list", "2023", regexp.MustCompile(`(?i)an error has occurred while attempting to deliver a message for`)},
	{"services of sending", "2016",
		regexp.MustCompile(`(?i)was not able to be delivered to one of its intended recipients|we had trouble delivering your message`)},
	{"autres langues", "2026", autresLangues},
	{"français", "2026", regexp.MustCompile(`(?i)n'a pas pu [êe]tre (?:remis|distribu|d[ée]livr|achemin)|impossible de (?:remettre|distribuer|d[ée]livrer) (?:votre|le) message|n'a pas [ée]t[ée] (?:remis|distribu|d[ée]livr)`)},
}

// autresLangues: Deutsch, italiano, español, português, Nederlands. Mail systems of
// neighbours write to a practice in their own.
var autresLangues = regexp.MustCompile(`(?i)(?:nicht|konnte nicht) (?:zugestellt|ausgeliefert)|nicht zustellen|unzustellbar|fehlgeschlagene zustellung|zustellung (?:ist )?fehlgeschlagen|` +
	`mancat[ao] (?:consegna|recapito)|non [èe] stat[oa] (?:possibile )?(?:consegna|recapita)|impossibile (?:consegnare|recapitare)|` +
	`no (?:se )?(?:ha podido|pudo|puede) (?:ser )?entrega|(?:correo|mensaje|e-?mail) no entregado|no (?:fue|ha sido) entregado|error (?:de|en la) entrega|` +
	`n[ãa]o (?:foi|p[ôo]de ser|p[ôu]de ser) (?:poss[íi]vel )?entreg|(?:mensagem|e-?mail) n[ãa]o entregue|falha na entrega|` +
	`(?:kon|kan) niet (?:worden )?(?:bezorgd|afgeleverd|bezorgen)|niet (?:bezorgd|afgeleverd)|onbestelbaar|aflevering mislukt`)

// marque announces the copy of the original.
var marque = regexp.MustCompile(`(?i)^[-=*_# ]*(?:below (?:this line )?is a copy|this is a copy of|(?:enclosed|following) is a copy|original (?:message|mail|header)|returned message|unsent message|` +
	`message (?:header|follow)|(?:the )?headers? of the original|message (?:d'origine|original)|en-t[êe]tes? (?:d'origine|du message)|bounced e-?mail|header of the original|received message)`)

// codeRelais is the reply of a relay.
var codeRelais = regexp.MustCompile(`(?:^|[\s:>("#])[45][0-5]\d[ \-]`)

// What subjects and texts say of the outcome.
var (
	echec = regexp.MustCompile(`(?i)undeliver|non[- ]?remis|non[- ]?distribu|not (?:be )?deliver|couldn'?t be delivered|could not be (?:delivered|sent)|cannot be delivered|` +
		`n'a pas (?:pu )?(?:[eéê]t[eéê] |[eê]tre )(?:remis|distribu|d[eé]livr)|` +
		`returned (?:e-?)?mail|returned to (?:the )?sender|returning message|mail(?:er)? (?:delivery )?error|delivery (?:status )?(?:notification|report|failure|failed|has failed|problem|error)|` +
		`failure (?:notice|notification|report)|failed (?:to deliver|permanently|mail)|(?:email|message|mail) (?:rejected|bounced?)|bounce notification|was rejected|` +
		`(?:unable|impossible) (?:to|de) (?:deliver|remettre|distribuer|d[eé]livrer)|error delivering|` +
		`permanent(?:ly)? (?:fatal )?(?:error|failure|delivery)|(?:fatal|delivery) errors|user unknown|unknown user|no such user|invalid user|mailbox (?:is )?full|(?:over|exceed\w*) (?:the )?quota|` +
		`bo[iî]te (?:aux lettres )?pleine|destinataire inconnu|did not reach|unrouteable|cannot send message|deferred:|(?:has been|was) frozen|could not (?:send|deliver)|not able to be delivered|trouble delivering|echec|[ée]chec (?:de|d')|メールエラー|エラー通知`)
	attente = regexp.MustCompile(`(?i)\(delay\)|delayed|still being retried|will (?:keep|continue) (?:on )?(?:trying|to (?:try|retry))|(?:will|to) be retried|not yet (?:been )?delivered|warning: (?:could not send|message)|` +
		`warning message only|do not need to resend|retard[ée]|no action is required|cannot send message (?:for|within)|temporarily|will retry|could not send (?:mail|message) for (?:the )?past`)
	renonce = regexp.MustCompile(`(?i)giv(?:en|ing) up|permanent(?:ly)? (?:fatal )?(?:error|failed|failure)|returned mail|returning message|could not be delivered for|retry (?:timeout|time) (?:exceeded|not reached)|` +
		`undelivered mail returned|too (?:old|long)|been in the queue (?:too|for)|queue lifetime|failure notice|undeliverable:|abandon`)
)

// Ranks of the ways to name a recipient, from the surest.
const (
	rangListe  = 1 // alone on its line, or before what is said of it
	rangDit    = 2 // in a sentence or a field that announces it
	rangReplie = 3 // by the reply of a relay
	rangFaible = 4 // any other address
)

const motAdresse = `([A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253})`

// formes are the ways to name a recipient, by rank.
var formes = []struct {
	rang int
	re   *regexp.Regexp
}{
	{rangListe, regexp.MustCompile(`^\s*(?:[*-]{0,2}|>>>)\s*<` + motAdresse + `>(?::|;|\.\.\.|,? *$| *\()`)},
	{rangListe, regexp.MustCompile(`^\s*(?:(?:[*•-]{1,2}|>>>)\s+)?` + motAdresse +
		`(?::|;|\.\.\.| *$| +on [A-Z][a-z]{2}, | *\[| *\(| +<)`)},
	{rangListe, regexp.MustCompile(`\bAddress: <` + motAdresse + `>`)},
	{rangDit, regexp.MustCompile(`(?i)(?:original-recipient|final-recipient|x-actual-recipient|failed recipient|recipients?|destinataires?|e-?mail address|target mail address|address(?:es)?)(?:\s*\([^)]*\))?\s*[:=]\s*(?:rfc822;)?\s*<?` + motAdresse)},
	{rangDit, regexp.MustCompile(`(?i)(?:undeliverable|undelivered|delivered?|delivery|deliver(?:ing)?(?: (?:your |this |the )?(?:e-?mail|message|mail))?|sent|send(?:ing)?|address(?:ed|es)?|recipients?|remis|distribu[ée]|achemin[ée]|d[ée]livr[ée])\s*(?:\([^)]*\)\s*)?(?:to|for|at|[àa]|pour)\s*:?\s*<?` + motAdresse)},
	{rangDit, regexp.MustCompile(`(?i)duplicated message-id in <` + motAdresse + `>`)},
	{rangReplie, regexp.MustCompile(`(?i)\brcpt(?: to)?:\s*<?` + motAdresse)},
	{rangReplie, regexp.MustCompile(`^(?:<<< )?\s*[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?<?` + motAdresse +
		`>?(?:\.\.\.|:)`)},
	{rangReplie, regexp.MustCompile(`(?i)(?:unknown|no such|invalid|unrouteable|rejected|not found|userid|is full)[^@<]{0,40}<?` + motAdresse)},
}

// contact: lines that give the address of somebody to ask, or of the sender.
var contact = regexp.MustCompile(`(?i)contact|assistance|support@|help|please (?:write|send|e-?mail)|mail from|envelope-from|^\s*(?:from|sender|original sender|reply-to|de)\s*:|postmaster|abuse@|https?://`)

// destinatairesDeLigne gives the recipients that a line names, and how surely.
func destinatairesDeLigne(l string) (rang int, out []string) {
	for _, f := range formes {
		if m := f.re.FindAllStringSubmatch(l, 20); m != nil {
			if f.rang > rangListe && f.rang != rangReplie && contact.MatchString(l) {
				continue
			}
			for _, x := range m {
				out = append(out, strings.TrimRight(x[1], ".-"))
			}
			return f.rang, out
		}
	}
	if contact.MatchString(l) {
		return rangFaible, nil
	}
	return rangFaible, adresses(l)
}

// jsonLu is a notification of a sending service.
type jsonLu struct {
	avis      []Avis
	messageID string
}

type notification struct {
	Type   string `json:"notificationType"`
	Bounce struct {
		Type          string `json:"bounceType"`
		MTA           string `json:"reportingMTA"`
		Destinataires []struct {
			Adresse    string `json:"emailAddress"`
			Action     string `json:"action"`
			Status     string `json:"status"`
			Diagnostic string `json:"diagnosticCode"`
		} `json:"bouncedRecipients"`
	} `json:"bounce"`
	Mail struct {
		Communs struct {
			MessageID string `json:"messageId"`
		} `json:"commonHeaders"`
		Entetes []struct {
			Nom    string `json:"name"`
			Valeur string `json:"value"`
		} `json:"headers"`
	} `json:"mail"`
}

// lireJSON reads what Amazon's services write in place of a report (2016), in the envelope of a subscription or alone.
func lireJSON(texte string) *jsonLu {
	var enveloppe struct {
		Message string `json:"Message"`
		notification
	}
	// Relays cut lines of more than 990 bytes so.
	texte = strings.NewReplacer("!\r\n ", "", "!\n ", "").Replace(texte)
	d := json.NewDecoder(strings.NewReader(texte))
	if d.Decode(&enveloppe) != nil {
		return nil
	}
	n := enveloppe.notification
	if enveloppe.Message != "" && json.Unmarshal([]byte(enveloppe.Message), &n) != nil {
		return nil
	}
	if n.Type != "Bounce" || len(n.Bounce.Destinataires) == 0 {
		return nil
	}
	j := &jsonLu{messageID: identifiant(n.Mail.Communs.MessageID)}
	for _, e := range n.Mail.Entetes {
		if strings.EqualFold(e.Nom, "Message-ID") && j.messageID == "" {
			j.messageID = identifiant(e.Valeur)
		}
	}
	for _, x := range n.Bounce.Destinataires[:min(len(n.Bounce.Destinataires), avisMax)] {
		j.avis = append(j.avis, Avis{
			Destinataire: strings.Trim(x.Adresse, "<> "), Definitif: n.Bounce.Type != "Transient",
			Code: codeErreur.FindString(x.Status), Diagnostic: uneLigne(apresType(x.Diagnostic)), MTA: apresType(n.Bounce.MTA),
		})
	}
	return j
}
