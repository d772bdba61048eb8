package retour

import "github.com/scor-sdk/scor-sdk-go/transport/dsn"

func avisANR(avis []dsn.Avis) []Retour {
	var r []Retour
	for _, a := range avis {
		r = append(r, &ANR{MessageID: a.MessageID, EnveloppeID: a.EnveloppeID, Douteux: !a.Sur,
			Destinataire: a.Destinataire, Definitif: a.Definitif, Code: a.Code, Diagnostic: a.Diagnostic})
	}
	return r
}
