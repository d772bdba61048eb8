package b2

// What the addendum 2005-E changes for establishments, from the public chapter on transmitting invoices of the FIDES
// specifications (documented by one official source; zones 2, 3, 4 and 5 confirmed by the field lists of the ATIH).
// Lengths there that contradict the record's 128 columns were read as misprints: fillers of 3S and 4S.

var t2cp2005 = change(change(t2cp,
	n("date_hospitalisation", 80, 85, "F")),
	a("eclatement", 95, 95, "F"))

var t2scp2005 = change(t2scp,
	a("blanc_65", 65, 70, "F"),
	a("medecin_traitant_declare", 71, 71, "F"),
	a("nom_medecin", 72, 96, "F"),
	a("prenom_medecin", 97, 111, "F"),
	n("medecin", 112, 120, "F"),
	a("parcours", 121, 121, "F"),
	a("blanc_122", 122, 128, "F"))

var t3cp2005 = change(t3cp,
	a("participation", 117, 117, "F"),
	a("blanc_118", 118, 119, "F"))

var t3scp2005 = change(t3scp,
	a("origine_prescription", 115, 115, "F"),
	a("blanc_116", 116, 128, "F"))

var t3ecp2005 = prefixeCP("3E",
	n("sequence", 40, 41, "O"),
	n("rpps_prescripteur", 42, 52, "F"),
	a("structure_prescripteur", 53, 66, "F"),
	a("blanc_67", 67, 128, "F"))

var t3f2005 = change(t3f,
	n("prix_achat_unitaire", 86, 92, "F"),
	n("ecart_unitaire", 93, 99, "F"),
	n("montant_ecart", 100, 106, "F"),
	a("blanc_107", 107, 128, "F"))

var t3h2005 = change(t3h,
	n("coefficient_fraction", 57, 61, "F"), // 1 digit and 4 decimals
	a("blanc_62", 62, 66, "F"),
	n("prix_achat_unitaire", 67, 73, "F"),
	n("ecart_unitaire", 74, 80, "F"),
	n("montant_ecart", 81, 87, "F"))

var t4cp2005 = change(t4cp,
	a("origine_prescription", 53, 53, "F"))

var t4s2005 = change(change(change(change(t4s,
	a("coordination", 40, 40, "F")),
	a("condition_prescripteur", 48, 48, "F")),
	a("blanc_56", 56, 70, "F")),
	a("prevention", 125, 125, "F"),
	a("qualificatif_prevention", 126, 127, "F"),
	a("participation", 128, 128, "F"))

var t4e2005 = prefixePS("4E",
	n("sequence", 37, 38, "O"),
	n("rpps_prescripteur", 39, 49, "F"),
	a("structure_prescripteur", 50, 63, "F"),
	n("rpps_executant", 64, 74, "F"),
	a("structure_execution", 75, 88, "F"),
	a("blanc_89", 89, 128, "F"))

var t4h2005 = change(t4h,
	n("coefficient_fraction", 57, 61, "F"),
	a("blanc_62", 62, 66, "F"),
	n("cout_reconstitution", 67, 73, "F"))

var t5cp2005 = change(t5cp,
	a("reserve_editeur", 123, 126, "F"),
	a("blanc_127", 127, 128, "F"))
