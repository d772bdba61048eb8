package papier

import "github.com/scor-sdk/scor-sdk-go/fse"

// Jour writes a date as in France, 05/11/2026; none is "".
func Jour(d fse.Date) string {
	if d.IsZero() {
		return ""
	}
	s := d.AAAAMMJJ()
	return s[6:8] + "/" + s[4:6] + "/" + s[:4]
}

// Naissance writes a birth date AAMMJJ as it is known, with two digits of the
// year and months beyond 12 as they are: B2 doesn't give the century, and a
// lunar date isn't in the calendar.
func Naissance(n fse.Naissance) string {
	aammjj := n.Brut()
	if len(aammjj) != 6 {
		return aammjj
	}
	return aammjj[4:] + "/" + aammjj[2:4] + "/" + aammjj[:2]
}

// NIR writes the number in clear, in its usual groups. For papers that the
// caisse pays on, only.
func NIR(n fse.NIR) string {
	c := n.Clair()
	if len(c) != 15 {
		return ""
	}
	return c[:1] + " " + c[1:3] + " " + c[3:5] + " " + c[5:7] + " " + c[7:10] + " " + c[10:13] + " " + c[13:]
}

// Organisme writes régime, caisse and centre.
func Organisme(o fse.Organisme) string {
	s := o.Regime
	for _, x := range []string{o.Caisse, o.Centre} {
		if x != "" {
			s += " " + x
		}
	}
	return s
}

// NatureAssurance names the code of the B2 norm; an unknown one is shown as it is.
func NatureAssurance(code string) string {
	switch code {
	case "10":
		return "Maladie"
	case "13":
		return "Maladie (Alsace-Moselle)"
	case "30":
		return "Maternité"
	case "41":
		return "Accident du travail, maladie professionnelle"
	case "90":
		return "Prévention"
	case "":
		return ""
	}
	return "Nature d'assurance " + code
}
