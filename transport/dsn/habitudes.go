package dsn

import (
	"regexp"
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
	{"notification in plain text", "2006",
		regexp.MustCompile(`(?i)automatically generated delivery status notification|delivery to the following recipients? (?:has |have )?failed|non-?delivery report`)},
	{"CommuniGate, mail gateways", "2009",
		regexp.MustCompile(`(?i)-{3,}\W*failed (?:recipients|addresses)|failed addresses follow|message not delivered to the following|delivery of e?mail to this address`)},
	{"AOL", "2009", regexp.MustCompile(`(?i)could not be delivered because they are not accepting`)},
	{"Courier, details", "2017",
		regexp.MustCompile(`(?i)message to the following recipients cannot be delivered|delays in delivering your message`)},
	{"Biglobe, McAfee, Active!hunter", "2016",
		regexp.MustCompile(`(?i)the following addresses had (?:delivery (?:problems|errors)|permanent)|non-delivered information`)},
	{"Notes", "2011", regexp.MustCompile(`(?i)-{3,} failure reasons `)},
	{"MailEnable, MDaemon, XMail", "2015",
		regexp.MustCompile(`(?i)mailenable: message delivery failure|had permanent fatal delivery errors|xmail bounce:|\[00\] xmail`)},
	{"autres langues", "2026", autresLangues},
	{"autres écritures", "2026", autresEcritures},
	{"français", "2026", regexp.MustCompile(`(?i)n'a pas pu [êe]tre (?:remis|distribu|d[ée]livr|achemin|livr[ée]|transmis|envoy[ée])|(?:remise|livraison|distribution) (?:du message |de votre message )?(?:a [ée]chou[ée]|impossible)|[ée]chec (?:de (?:la )?|d')(?:remise|livraison|distribution|acheminement|envoi)|` +
		`impossible de (?:remettre|distribuer|d[ée]livrer) (?:votre|le) message|n'a pas [ée]t[ée] (?:remis|distribu|d[ée]livr)`)},
}

// autresLangues: Deutsch, italiano, español, português, Nederlands. Mail systems of
// neighbours write to a practice in their own.
var autresLangues = regexp.MustCompile(`(?i)(?:nicht|konnte nicht) (?:zugestellt|ausgeliefert)|nicht zustellen|unzustellbar|fehlgeschlagene zustellung|zustellung (?:ist )?fehlgeschlagen|` +
	`mancat[ao] (?:consegna|recapito)|non [èe] stat[oa] (?:possibile )?(?:consegna|recapita)|impossibile (?:consegnare|recapitare)|` +
	`no (?:se )?(?:ha podido|pudo|puede) (?:ser )?entrega|(?:correo|mensaje|e-?mail) no entregado|no (?:fue|ha sido) entregado|error (?:de|en la) entrega|` +
	`n[ãa]o (?:foi|p[ôo]de ser|p[ôu]de ser) (?:poss[íi]vel )?entreg|(?:mensagem|e-?mail) n[ãa]o entregue|falha na entrega|` +
	`(?:kon|kan) niet (?:worden )?(?:bezorgd|afgeleverd|bezorgen)|niet (?:bezorgd|afgeleverd)|onbestelbaar|aflevering mislukt`)

// What the others say: Polish, Russian, Chinese, Japanese, Swedish.
var autresEcritures = regexp.MustCompile(`(?i)nie (?:mo[żz]e|mog[łl]a|zosta[łl]a?) (?:by[ćc] )?dostarczon|nie mo[żz]na dostarczy[ćc]|не (?:может быть|было|удалось) доставлен|не доставлен|не удалось доставить|` +
	`无法(?:投递|送达|发送)|投递失败|退信|無法(?:投遞|傳送)|送信できませんでした|送信に失敗しました|配信(?:できません|に失敗)|kunde inte levereras|kunne ikke leveres`)

// marque announces the copy of the original.
var marque = regexp.MustCompile(`(?i)^[-=*_#| ]*(?:(?:here|there) is a copy|(?:the )?first \d+ \w+ of (?:your|the) (?:original )?message|a copy of (?:the|your) (?:original )?message|included is a copy|original mail|returned mail|below (?:this line )?is a copy|this is a copy of|(?:enclosed|following) is a copy|original (?:message|mail|header)|returned message|unsent message|` +
	`message (?:header|(?:text |body )?follow)|(?:the )?headers? of the original|message (?:d'origine|original)|en-t[êe]tes? (?:d'origine|du message)|bounced e-?mail|header of the original|received message)`)

// reussite: a report that all went well; echecTexte: the same text tells of trouble too.
var (
	reussite = regexp.MustCompile(`(?i)successfully (?:delivered|relayed|sent)|(?:was|were|has been|have been) (?:relayed|delivered) to (?:these|the following|its|the destination|all)|` +
		`delivered successful|your (?:message|e-?mail) (?:was|has been) delivered|remis(?:e|es)? avec succ[èe]s|(?:a|ont) (?:bien )?[ée]t[ée] (?:remis|distribu|d[ée]livr|relay)|` +
		`erfolgreich (?:zugestellt|[üu]bermittelt)|entregado correctamente|consegnat[oa] con successo`)
	echecTexte = regexp.MustCompile(`(?i)undeliver|could ?n[o']t|cannot|not (?:be )?deliver|fail|reject|unable|error|n'a pas|[ée]chec|impossible|nicht|no (?:se|pudo)|non [èe]`)
)

// defi: a filter that keeps the message until its sender proves to be somebody.
var defi = regexp.MustCompile(`(?i)\bboxbe\b|waitlisted|mailinblack|spamarrest|(?:confirm|verify|prove) (?:that )?you(?:r (?:message|e-?mail|identity)| are)|guest list|authentifi(?:er|cation)\b.{0,200}(?:clique|lien)|(?:clique|lien).{0,200}\bauthentifi`)

// codeRelais is the reply of a relay.
var codeRelais = regexp.MustCompile(`(?:^|[\s:>("#])[45][0-5]\d[ \-]`)

// What subjects and texts say of the outcome.
var (
	echec = regexp.MustCompile(`(?i)undeliver|non-?deliver|non[- ]?remis|non[- ]?distribu|not (?:be )?deliver|couldn'?t be delivered|could not be (?:delivered|sent)|cannot be delivered|` +
		`n'a pas (?:pu )?(?:[eéê]t[eéê] |[eê]tre )(?:remis|distribu|d[eé]livr)|` +
		`returned (?:e-?)?mail|returned to (?:the )?sender|returning message|mail(?:er)? (?:delivery )?error|delivery (?:status )?(?:notification|report|failure|failed|has failed|problem|error)|` +
		`failure (?:notice|notification|report)|failed (?:to deliver|permanently|mail)|(?:email|message|mail) (?:rejected|bounced?)|bounce notification|was rejected|` +
		`(?:unable|impossible) (?:to|de) (?:deliver|remettre|distribuer|d[eé]livrer)|error delivering|` +
		`permanent(?:ly)? (?:fatal )?(?:error|failure|delivery)|(?:fatal|delivery) errors|user unknown|unknown user|no such user|invalid user|mailbox (?:is )?full|(?:over|exceed\w*) (?:the )?quota|` +
		`bo[iî]te (?:aux lettres )?pleine|destinataire inconnu|did not reach|unrouteable|cannot send message|deferred:|(?:has been|was) frozen|could not (?:send|deliver)|not able to be delivered|trouble delivering|echec|[ée]chec (?:de|d')|メールエラー|エラー通知`)
	attente = regexp.MustCompile(`(?i)\(delay\)|delayed|postponed|attempts? (?:will|to deliver).{0,40}continue|nouvelle tentative|sera retent|diff[ée]r[ée]e? |wird weiter versucht|verz[öo]gert|retrasad[oa]|ritardat[oa]|still being retried|will (?:keep|continue) (?:on )?(?:trying|to (?:try|retry))|(?:will|to) be retried|not yet (?:been )?delivered|warning: (?:could not send|message)|` +
		`warning message only|do not need to resend|retard[ée]|no action is required|cannot send message (?:for|within)|temporarily|will retry|could not send (?:mail|message) for (?:the )?past`)
	renonce = regexp.MustCompile(`(?i)giv(?:en|ing) up|permanent(?:ly)? (?:fatal )?(?:error|failed|failure)|returned mail|returning message|could not be delivered for|retry (?:timeout|time) (?:exceeded|not reached)|` +
		`undelivered mail returned|too (?:old|long)|been in the queue (?:too|for)|queue lifetime|failure notice|undeliverable:|abandon|(?:envelope|message|queue) expired|d[ée]lai (?:d[ée]pass|expir)`)
)
