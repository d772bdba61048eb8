package disposition

// Pour says what a record is written for: once for each of them.
type Pour string

// The levels of a file, from the widest to the narrowest, and those of an ARL. Within a record's Contenu, a level is
// that of what the record is for: the pieces of this invoice, the document of this piece.
const (
	PourFichier      Pour = "fichier"      // once, before the rest
	PourDestinataire Pour = "destinataire" // for each organism that the file goes to
	PourLot          Pour = "lot"
	PourFacture      Pour = "facture"
	PourPaire        Pour = "paire" // for each invoice and piece together
	PourPiece        Pour = "piece" // for each piece once, sent or referred to
	PourDocument     Pour = "document"
	PourFinLot       Pour = "fin-lot"     // once a lot, after what it holds
	PourFinFichier   Pour = "fin-fichier" // once, last
	PourARL          Pour = "arl"         // for each lot or message that is answered
	PourARLPiece     Pour = "arl-piece"   // for each piece that the answer names
)

// The encodings of a [Format].
const (
	CodageZones    = "zones"
	CodageDelimite = "delimite"
	CodageXML      = "xml"
	CodageCodec    = "codec"
	// CodageMotifs is that of an answer that has no file: patterns find all of it in the message.
	CodageMotifs = "motifs"
)

// Format is the layout of a file.
type Format struct {
	// Codage is zones (the default), delimite, xml or codec; of an ARL, motifs too.
	Codage string `yaml:"codage" valeurs:"zones|delimite|xml|codec|motifs"`
	// Codec names the host's [Codec] that reads and writes the file.
	Codec string `yaml:"codec"`
	// Longueur is that of each record, in bytes, without the separator; a record may have its own.
	Longueur int `yaml:"longueur"`
	// Separateur follows each record: nothing, a line end, or other characters such as "@".
	Separateur string `yaml:"separateur"`
	// SeparateurChamps stands between the fields of a delimited record.
	SeparateurChamps string `yaml:"separateur_champs"`
	// Guillemet encloses a field that holds a separator; doubled, it stands for itself. Echappement stands before such a
	// character instead.
	Guillemet   string `yaml:"guillemet"`
	Echappement string `yaml:"echappement"`
	// Jeu is the character set: iso-8859-1 (the default but in XML), iso-8859-15, windows-1252, cp850, cp858,
	// ascii, utf-8 (the default in XML).
	Jeu string `yaml:"jeu" valeurs:"ascii|iso-8859-1|iso-8859-15|windows-1252|cp850|cp858|utf-8"`
	// Espaces are the namespaces of an XML file, by prefix; "" is the default one.
	Espaces map[string]string `yaml:"espaces"`
	// Transcription is that of the texts that have none of their own; Elision leaves out the empty fields that a delimited
	// record ends with.
	Transcription   string           `yaml:"transcription" valeurs:"majuscules|sans-accents|majuscules-sans-accents"`
	Elision         bool             `yaml:"elision"`
	Enregistrements []Enregistrement `yaml:"enregistrements"`

	prog  *programme
	codec Codec
}

// Enregistrement is one kind of record, or of XML element, with what comes inside each time that it is written.
type Enregistrement struct {
	Nom string `yaml:"nom"`
	// Pour is what it is written for; nothing: once in what encloses it.
	Pour Pour `yaml:"pour" valeurs:"fichier|destinataire|lot|facture|paire|piece|document|fin-lot|fin-fichier|arl|arl-piece"`
	// Si lists the conditions under which it is written: a datum is "present" or "absent", or one of several values parted
	// by |.
	Si map[string]string `yaml:"si"`
	// Longueur, Separateur and SeparateurChamps are the file's where they aren't given.
	Longueur         int     `yaml:"longueur"`
	Separateur       *string `yaml:"separateur"`
	SeparateurChamps string  `yaml:"separateur_champs"`
	// Element is the name of the XML element, with its prefix; Nom where it isn't given. Groupe: no element of its own.
	Element   string `yaml:"element"`
	Groupe    bool   `yaml:"groupe"`
	Attributs []Zone `yaml:"attributs"`
	// Zones are the record's, in order; in XML, elements that hold a text. Without any, the record is only what it
	// contains.
	Zones []Zone `yaml:"zones"`
	// Texte is the text of the XML element itself.
	Texte *Zone `yaml:"texte"`
	// Contenu is written after the record, each time.
	Contenu []Enregistrement `yaml:"contenu"`
}

// Zone is one zone, field, attribute or element: fixed (Valeur), filled from a datum (Donnee), counted (Compte), or
// computed (Controle).
type Zone struct {
	Nom string `yaml:"nom"`
	// Debut is the first column, from 1; 0: the column after the zone before.
	Debut int `yaml:"debut"`
	// Longueur is exact in fixed zones, and the greatest elsewhere (0: no limit).
	Longueur int `yaml:"longueur"`
	// Type is N (digits: to the right, filled with zeros), A (to the left, filled with spaces) or, in fixed zones, B: a
	// number in as many bytes, the heaviest first unless the format is petit-boutiste.
	Type string `yaml:"type" valeurs:"N|A|B"`
	// Presence is O (obligatoire) or F (facultative: a datum that is not there leaves the filling, or no element).
	Presence string `yaml:"presence" valeurs:"O|F"`
	Valeur   string `yaml:"valeur"`
	Donnee   string `yaml:"donnee"`
	// Format of a date: AAMMJJ, AAAAMMJJ, JJ/MM/AAAA, AAAA-MM-JJTHH:MN:SS…; of a hash: hex (the default), HEX or base64;
	// of an amount: centimes (the default), decimal or decimal-virgule; of a document: base64 (the default) or brut; of a
	// CRC: hex (the default), HEX or decimal.
	Format string `yaml:"format"`
	// Codes translates what is on the wire into the SDK's meaning, for data that have meanings: {"0": positif, "1":
	// negatif}. Several codes may mean the same; the SDK writes the first in alphabetical order.
	Codes map[string]string `yaml:"codes"`
	// Remplissage is the filling character, when it isn't the type's. Outside of fixed zones, nothing is filled without
	// it.
	Remplissage string `yaml:"remplissage"`
	// Signe says where the sign of an amount stands: devant or derriere. Signes are the two characters that it has, of
	// what is positive then negative (as "+-", " -", "CD"); without them, what is negative alone has one, "-".
	Signe  string `yaml:"signe" valeurs:"devant|derriere"`
	Signes string `yaml:"signes"`
	// Transcription writes a text in capitals, without accents, or both; what is read back is the transcribed text.
	Transcription string `yaml:"transcription" valeurs:"majuscules|sans-accents|majuscules-sans-accents"`
	// Ligne cuts the base64 of a document into lines of so many characters; 0: one line.
	Ligne int `yaml:"ligne"`
	// Cadrage is droite or gauche, when it isn't the type's.
	Cadrage string `yaml:"cadrage" valeurs:"droite|gauche"`
	// Apres is what follows the field instead of the record's separator of fields.
	Apres string `yaml:"apres"`
	// LongueurDe names the zone of the same record that holds the length of this one, the record's last.
	LongueurDe string `yaml:"longueur_de"`
	// Compte counts the records of that name ("*": all) in Portee.
	Compte string `yaml:"compte"`
	// Rang is the number of this record among those of that name ("*": all) in Portee, from 1.
	Rang string `yaml:"rang"`
	// Controle is a check ([Controles]). Sur names the zones that it covers (all that come before in the record, where it
	// isn't given), or the document alone; or Portee, all the records before in the lot or file.
	Controle string   `yaml:"controle"`
	Sur      []string `yaml:"sur"`
	Portee   string   `yaml:"portee" valeurs:"enregistrement|document|piece|paire|facture|lot|destinataire|fichier|arl"`
	Source   string   `yaml:"source"`
}
