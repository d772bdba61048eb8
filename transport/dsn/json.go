package dsn

import (
	"encoding/json"
	"strings"
)

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
			Code: codeDans(x.Status, "45"), Diagnostic: uneLigne(apresType(x.Diagnostic)), MTA: apresType(n.Bounce.MTA),
		})
	}
	return j
}
