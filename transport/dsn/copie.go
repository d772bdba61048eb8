package dsn

import (
	"strings"
)

// connus are the fields by which the header of a copy is known; forts can't be anything
// else.
var (
	connus = map[string]bool{"received": true, "return-path": true, "from": true, "to": true, "subject": true,
		"date": true, "message-id": true, "mime-version": true, "content-type": true, "delivered-to": true, "cc": true,
		"reply-to": true, "sender": true, "references": true, "dkim-signature": true, "x-mailer": true, "user-agent": true,
		"content-transfer-encoding": true, "x-original-to": true, "envelope-to": true}
	forts = map[string]bool{"received": true, "return-path": true, "message-id": true, "mime-version": true,
		"dkim-signature": true, "delivered-to": true}
)

// debutCopie is the line that the copy of the original begins at: the first of a run of
// header fields, one of which is no everyday word.
func debutCopie(lignes []string) int {
	depart, vus, fort := -1, 0, false
	for i, brute := range lignes {
		l := strings.TrimLeft(brute, " \t")
		if l != "" && len(l) < 160 && marque.MatchString(l) {
			if d := apresMarque(lignes, i+1); d > 0 {
				return d
			}
		}
		marge := len(brute) - len(l)
		nom, _, ok := champ(l)
		switch {
		case ok && connus[nom] && marge <= 8:
			if depart < 0 {
				depart = i
			}
			vus++
			fort = fort || forts[nom]
			if fort && (vus >= 3 || vus >= 2 && finBloc(lignes, i+1)) {
				return depart
			}
		case depart >= 0 && l != "" && (marge > 0 || ok):
			// A folded line, or a field of another name.
		default:
			depart, vus, fort = -1, 0, false
		}
	}
	return len(lignes)
}

// apresMarque is the line of the first field behind a line that announces the copy, or
// 0.
func apresMarque(lignes []string, i int) int {
	for n := 0; i < len(lignes) && n < 4; i, n = i+1, n+1 {
		l := strings.TrimLeft(lignes[i], " \t>")
		if l == "" || strings.HasPrefix(l, "From ") {
			continue
		}
		if nom, _, ok := champ(l); ok && connus[nom] {
			return i
		}
	}
	return 0
}

// finBloc: nothing but blank lines or the body follows.
func finBloc(lignes []string, i int) bool { return i >= len(lignes) || lignes[i] == "" }

// sansRetrait gives the lines of a copy, without the margin of its first one or the
// marks that quote it.
func sansRetrait(lignes []string) string {
	if strings.HasPrefix(lignes[0], ">") {
		citees := make([]string, len(lignes))
		for i, l := range lignes {
			citees[i] = strings.TrimPrefix(strings.TrimPrefix(l, ">"), " ")
		}
		lignes = citees
	}
	marge := len(lignes[0]) - len(strings.TrimLeft(lignes[0], " \t"))
	var b strings.Builder
	for _, l := range lignes {
		b.WriteString(l[min(marge, len(l)-len(strings.TrimLeft(l, " \t"))):])
		b.WriteByte('\n')
	}
	return b.String()
}
