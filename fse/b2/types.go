package b2

// Type is the kind of a record.
type Type uint8

// Kinds of records. Inconnu is kept raw, and written back as it was read.
const (
	Inconnu Type = iota
	T000         // file header
	T1           // lot header
	T2           // invoice header
	T2S          // complement: individual NIR, care pathway
	T2M          // complementary organism
	T2P          // payment operator
	T2B          // beneficiary's name and street
	T2C          // beneficiary's town
	T3           // hospital line
	T3S          // prescriber, prior agreement, place
	T3E          // RPPS numbers
	T3F          // LPP products
	T3H          // medicines of hospital lines
	T4           // act line
	T4S          // executing conditions
	T4E          // RPPS numbers
	T4B          // biology
	T4C          // medicines, CIP
	T4D          // dental
	T4F          // LPP products and supplies
	T4H          // medicines, UCD
	T4M          // CCAM acts
	T4T          // transport, global
	T4U          // transport, detail
	T5           // invoice total
	T6           // lot end
	T999         // file end
	nbTypes
)

var nomsTypes = [nbTypes]string{"inconnu", "000", "1", "2", "2S", "2M", "2P", "2B", "2C", "3", "3S", "3E", "3F", "3H",
	"4", "4S", "4E", "4B", "4C", "4D", "4F", "4H", "4M", "4T", "4U", "5", "6", "999"}

// String returns the name that the norm gives, as "4C", or "inconnu".
func (t Type) String() string {
	if t < nbTypes {
		return nomsTypes[t]
	}
	return nomsTypes[Inconnu]
}

// ligne reports whether t belongs to a line of care, base or complement.
func (t Type) ligne() bool { return t >= T3 && t <= T4U }

var (
	sousTypes2 = [256]Type{'S': T2S, 'M': T2M, 'P': T2P, 'B': T2B, 'C': T2C}
	sousTypes3 = [256]Type{'F': T3F, 'H': T3H}
	sousTypes4 = [256]Type{'S': T4S, 'E': T4E, 'B': T4B, 'C': T4C, 'D': T4D, 'F': T4F, 'H': T4H, 'M': T4M, 'T': T4T,
		'U': T4U}
)

// typer tells the kind of a record of 39 bytes or more, and the variant of its layout: a complement may have the
// columns of the PS variant in a file of the other one. The letter is at column 36 (PS prefix, where establishments
// have a digit of the invoice number) or, for 2S, 3S and 3E of establishments, at column 39.
func typer(rec []byte, v Variante) (Type, Variante) {
	if len(rec) < 39 {
		return Inconnu, v
	}
	if !vraisemblable(rec) {
		return Inconnu, v
	}
	var sous *[256]Type
	switch rec[0] {
	case '0':
		return T000, v
	case '9':
		return T999, v
	case '1':
		return T1, v
	case '5':
		return T5, v
	case '6':
		return T6, v
	case '2':
		sous = &sousTypes2
	case '3':
		sous = &sousTypes3
	case '4':
		sous = &sousTypes4
	default:
		return Inconnu, v
	}
	c := rec[35]
	if t := sous[c]; t != Inconnu {
		return t, PS
	}
	switch rec[38] {
	case 'S':
		if rec[0] == '2' {
			return T2S, CP
		}
		if rec[0] == '3' {
			return T3S, CP
		}
	case 'E':
		if rec[0] == '3' {
			return T3E, CP
		}
	}
	// A letter that no source names is a complement that we don't know, except A: "type 4A" is the base type 4 of the
	// PS variant in one official remark.
	if c >= 'A' && c <= 'Z' && c != 'A' {
		return Inconnu, v
	}
	switch rec[0] {
	case '2':
		return T2, v
	case '3':
		return T3, v
	default:
		return T4, v
	}
}

// vraisemblable tells a record, even with a damaged byte, from what begins with its digit by chance: where bytes were
// lost, an insured's number may stand there, and must be taken for nothing else.
func vraisemblable(rec []byte) bool {
	switch rec[0] {
	case '0':
		if len(rec) > 67 && rec[65] == 'B' && rec[66] == '2' {
			return rec[1] == '0' && rec[2] == '0'
		}
		return rec[1] == '0' && rec[2] == '0' && majuscule(rec[3]) && majuscule(rec[4]) && compter(rec[5:19],
			clChiffre|clBlanc) >= 13
	case '9':
		return rec[1] == '9' && rec[2] == '9' && (!chiffre(rec[3]) || !chiffre(rec[4])) && compter(rec[5:19],
			clChiffre|clBlanc) >= 13 &&
			compter(rec[19:25], clBlanc) >= 5
	case '1':
		return len(rec) > 71 && rec[69] == 'B' && rec[70] == '2' || chiffres(rec[1:10]) && !chiffre(rec[10])
	case '6':
		return len(rec) >= signature && compter(rec[1:54], clChiffre|clBlanc) >= 50 && compter(rec[56:signature],
			clBlanc) >= 3
	}
	return !chiffre(rec[10])
}

func compter(b []byte, classe uint8) (n int) {
	for _, c := range b {
		if classes[c]&classe != 0 {
			n++
		}
	}
	return n
}
