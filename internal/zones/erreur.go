package zones

import (
	"strconv"
	"strings"
)

// Erreur says where a record went wrong, what was read and what was expected. The parts that are not known are left at
// their zero value (Offset: negative), and left out of the text.
type Erreur struct {
	Fichier        string // name of the file, never the name of a person
	Enregistrement int    // number of the record, from 1
	Table, Zone    string
	Offset         int64  // bytes from the start of the file; negative when unknown
	Lu             string // what was read, masked by the caller when it may be personal
	Attendu        string // what was expected
}

// Error implements error.
func (e *Erreur) Error() string {
	var b strings.Builder
	sep := ""
	ajoute := func(parts ...string) {
		b.WriteString(sep)
		for _, p := range parts {
			b.WriteString(p)
		}
		sep = ", "
	}
	if e.Fichier != "" {
		ajoute("file ", e.Fichier)
	}
	if e.Enregistrement > 0 {
		ajoute("record ", strconv.Itoa(e.Enregistrement))
	}
	if e.Table != "" {
		ajoute("table ", e.Table)
	}
	if e.Zone != "" {
		ajoute("zone ", e.Zone)
	}
	if e.Offset >= 0 && (e.Enregistrement > 0 || e.Offset > 0) {
		ajoute("offset ", strconv.FormatInt(e.Offset, 10))
	}
	if sep != "" {
		sep = ": "
	}
	if e.Lu != "" {
		ajoute("read ", e.Lu)
	}
	if e.Attendu != "" {
		ajoute("expected ", e.Attendu)
	}
	if b.Len() == 0 {
		return "malformed record"
	}
	return b.String()
}
