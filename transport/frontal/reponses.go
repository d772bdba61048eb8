package frontal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Reponse is a message that the frontal puts in a mailbox.
type Reponse struct {
	Nature  Nature
	Sujet   string
	Entetes map[string]string // other header fields
	Parties []transport.Partie
	// Brut, when set, is the whole message: Sujet and Parties are left out.
	Brut []byte
	// Retard is how long it stays out of the mailbox.
	Retard time.Duration
	// ApresSuivante holds it until another message is answered.
	ApresSuivante bool
}

// Reponse makes the answers of one kind to a message: one for each lot for an
// ARL. What the rule says of codes and labels goes into them.
func (f *Frontal) Reponse(r Recu, n Nature, regle Regle) ([]Reponse, error) {
	switch n {
	case Silence:
		return nil, nil
	case ARLPositif, ARLNegatif:
		return f.arl(r, n, regle)
	case MdS:
		return f.mds(r, regle)
	case ANR:
		return []Reponse{{Nature: ANR, Brut: f.anr(r)}}, nil
	case RSP:
		if f.cfg.RSP == nil {
			return nil, errors.New("frontal: a RSP is asked for and Config.RSP is nil")
		}
		b, err := f.cfg.RSP(r)
		if err != nil || b == nil {
			return nil, err
		}
		return []Reponse{{Nature: RSP, Sujet: "RSP/" + r.Compostage, Parties: []transport.Partie{edi("", b, true)}}}, nil
	case Charabia:
		return f.charabia(r)
	}
	return nil, fmt.Errorf("frontal: no such answer: %q", n)
}

func edi(description string, b []byte, gzip bool) transport.Partie {
	return transport.Partie{Type: transport.TypeEDI, Description: description, Gzip: gzip, Open: contenu(b)}
}

func contenu(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// code is the rule's, or the first (last) one of the profile of that severity.
func (f *Frontal) code(regle Regle, severite scor.Severite, dernier bool) (code, libelle string) {
	code, libelle = regle.Code, regle.Libelle
	for _, c := range f.cfg.Profil.Codes {
		if c.Severite == severite && regle.Code == "" && (code == "" || dernier) {
			code = c.Code
		}
	}
	if libelle == "" {
		c, _ := f.cfg.Profil.Code(code)
		libelle = c.Libelle
	}
	return code, libelle
}

// donnees answers for the names of the templates of returns.
func (f *Frontal) donnees(r Recu, lot *Lot, code, libelle, compression string) func(string) (string, bool) {
	v := map[string]string{
		"emetteur.numero": r.Emetteur, "compostage": r.Compostage, "message": r.MessageID, "code": code, "libelle": libelle,
		"date": f.cfg.Horloge().Format("20060102"), "compression": compression, "lot.numero": "", "lot.date": "",
	}
	if lot != nil {
		v["lot.numero"], v["lot.date"] = strconv.FormatInt(lot.Numero, 10), lot.Date.AAMMJJ()
	}
	return func(nom string) (string, bool) {
		s, ok := v[nom]
		return s, ok
	}
}

// formatARL is the profile's layout of ARL for a flow.
func (f *Frontal) formatARL(r Recu) *scor.FormatARL {
	if x := f.cfg.Profil.Retours.ARLFactures; x != nil && r.Flux == Factures {
		return x
	}
	return &f.cfg.Profil.Retours.ARL
}

// arl makes one ARL for each lot, or one for the message where the profile's ARL names no lot.
func (f *Frontal) arl(r Recu, n Nature, regle Regle) ([]Reponse, error) {
	severite := scor.Information
	if n == ARLNegatif {
		severite = scor.RejetLot
	}
	code, libelle := f.code(regle, severite, false)
	format := f.formatARL(r)
	if n == ARLNegatif {
		format = format.Negatif()
	}
	lots := r.Lots
	if !format.Porte("lot.numero") && len(lots) > 1 {
		tout := lots[0]
		tout.Pieces = nil
		for _, l := range lots {
			tout.Pieces = append(tout.Pieces, l.Pieces...)
		}
		lots = []Lot{tout}
	}
	var out []Reponse
	for i := range lots {
		b, err := f.coderARL(r, &lots[i], n, code, libelle, regle)
		if err != nil {
			return nil, fmt.Errorf("frontal: ARL: %w", err)
		}
		valeurs := f.donnees(r, &lots[i], code, libelle, "/Z")
		if format.Motifs() {
			if b, err = f.corpsARL(format, valeurs, f.codesPieces(&lots[i], f.verdicts(format, n, code, regle))); err != nil {
				return nil, fmt.Errorf("frontal: ARL: %w", err)
			}
		}
		var textes [2]string
		for k, g := range []scor.Gabarit{format.Sujet, format.Description} {
			if textes[k], err = g.Remplir(valeurs); err != nil {
				return nil, fmt.Errorf("frontal: ARL: %w", err)
			}
		}
		// Compressed where the profile's description has a place to say so.
		part := edi(textes[1], b, slices.Contains(format.Description.Noms(), "compression"))
		switch {
		case format.Type != "":
			part.Type = format.Type
		case format.Motifs():
			part.Type = "text/plain; charset=utf-8"
		}
		rep := Reponse{Nature: n, Sujet: textes[0], Parties: []transport.Partie{part}, Entetes: map[string]string{}}
		for nom, g := range format.Entetes {
			if rep.Entetes[nom], err = g.Remplir(valeurs); err != nil {
				return nil, fmt.Errorf("frontal: ARL: %w", err)
			}
		}
		out = append(out, rep)
	}
	return out, nil
}

// corpsARL is the text of an ARL that has no file.
func (f *Frontal) corpsARL(format *scor.FormatARL, valeurs func(string) (string, bool), pieces []lot.PieceARL) ([]byte,
	error) {
	t, err := format.Corps.Remplir(valeurs)
	if err != nil {
		return nil, err
	}
	lignes := []string{t}
	for _, p := range pieces {
		de := map[string]string{"piece.id": f.cfg.Profil.Identifiant(p.ID), "piece.rang": strconv.Itoa(p.Rang),
			"piece.code": p.Code, "piece.libelle": p.Libelle, "facture.numero": strconv.Itoa(p.Facture)}
		t, err := format.CorpsPiece.Remplir(func(nom string) (string, bool) {
			if v, ok := de[nom]; ok {
				return v, true
			}
			return valeurs(nom)
		})
		if err != nil {
			return nil, err
		}
		if t != "" {
			lignes = append(lignes, t)
		}
	}
	return []byte(strings.Join(lignes, "\r\n") + "\r\n"), nil
}

func (f *Frontal) coderARL(r Recu, l *Lot, n Nature, code, libelle string, regle Regle) ([]byte, error) {
	maintenant := f.cfg.Horloge()
	date := fse.DateDe(maintenant)
	a := &lot.ARL{Flux: scor.FluxPieces, Emetteur: r.Emetteur, Lot: lot.Cle{Numero: int(l.Numero), Date: l.Date},
		Positif: n != ARLNegatif, Code: code, Libelle: libelle, Compostage: r.Compostage, FichierID: r.FichierID,
		Date: date, Heure: fse.HeureDe(maintenant), Pieces: f.codesPieces(l, f.verdicts(f.formatARL(r), n, code, regle))}
	if r.Flux == Factures {
		a.Flux = scor.FluxFactures
	}
	if a.Emetteur == "" {
		a.Emetteur = "00000000000000" // whose message nobody said
	}
	var out bytes.Buffer
	destination := lot.Destination{Type: "CT", Numero: "00000000000000", Organisme: "000"}
	if f.formatARL(r).Motifs() {
		return nil, nil
	}
	err := lot.EncodeARL(&out, f.formatARL(r), f.cfg.Profil, destination, a)
	return out.Bytes(), err
}

// verdicts adds a code for each piece that the rule has none for, where the profile's ARL is made of one verdict for
// each.
func (f *Frontal) verdicts(format *scor.FormatARL, n Nature, code string, regle Regle) Regle {
	x := format
	if x.Porte("arl.sens") || x.Porte("arl.code") || !x.Porte("piece.code") {
		return regle
	}
	regle.Pieces = append(slices.Clone(regle.Pieces), CodePiece{Code: code})
	return regle
}

// codesPieces lists the pieces that an ARL speaks of.
func (f *Frontal) codesPieces(l *Lot, regle Regle) []lot.PieceARL {
	var out []lot.PieceARL
	for rang, p := range l.Pieces {
		i := slices.IndexFunc(regle.Pieces, func(c CodePiece) bool { return c.Piece.accepte(p.ID) })
		if i < 0 {
			continue
		}
		libelle := regle.Pieces[i].Libelle
		if libelle == "" {
			c, _ := f.cfg.Profil.Code(regle.Pieces[i].Code)
			libelle = c.Libelle
		}
		out = append(out, lot.PieceARL{ID: p.ID, Rang: rang + 1, Code: regle.Pieces[i].Code, Libelle: libelle,
			Facture: int(p.Facture)})
	}
	return out
}

func (f *Frontal) mds(r Recu, regle Regle) ([]Reponse, error) {
	code, libelle := f.code(regle, scor.Alerte, true)
	valeurs := f.donnees(r, nil, code, libelle, "")
	p := &f.cfg.Profil.Retours.MdS
	var textes [3]string
	for k, g := range []scor.Gabarit{p.Sujet, p.Description, p.Corps} {
		var err error
		if textes[k], err = g.Remplir(valeurs); err != nil {
			return nil, fmt.Errorf("frontal: MdS: %w", err)
		}
	}
	return []Reponse{{Nature: MdS, Sujet: textes[0], Parties: []transport.Partie{
		{Type: "text/plain; charset=utf-8", Description: textes[1], Open: contenu([]byte(textes[2] + "\r\n"))}}}}, nil
}

// anr is a delivery status notification as relays write them (RFC 3464).
func (f *Frontal) anr(r Recu) []byte {
	a := f.cfg.Adresse
	if len(r.A) > 0 {
		a = r.A[0]
	}
	date := f.cfg.Horloge().Format(time.RFC1123Z)
	return []byte(strings.ReplaceAll(fmt.Sprintf(`Return-Path: <>
Date: %[1]s
From: MAILER-DAEMON@relais.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: %[2]s
Auto-Submitted: auto-replied
MIME-Version: 1.0
Message-ID: <%[6]s>
Content-Type: multipart/report; report-type=delivery-status; boundary="=_anr"

--=_anr
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

<%[3]s>: mailbox unavailable

--=_anr
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.test
Arrival-Date: %[1]s

Final-Recipient: rfc822; %[3]s
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 mailbox unavailable

--=_anr
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: %[2]s
To: %[3]s
Message-ID: <%[4]s>
Subject: %[5]s

--=_anr--
`, date, r.De, a, r.MessageID, r.Sujet, f.identifiant(r, "anr", 0)), "\n", "\r\n"))
}

// charabia looks like an ARL from outside; inside is a compressed stream cut short.
func (f *Frontal) charabia(r Recu) ([]Reponse, error) {
	description, err := f.cfg.Profil.Retours.ARL.Description.Remplir(f.donnees(r, nil, "", "", "/Z"))
	if err != nil {
		return nil, err
	}
	h := sha256.Sum256([]byte(r.MessageID))
	return []Reponse{{Nature: Charabia, Sujet: "=?charabia?=",
			Parties: []transport.Partie{edi(description, append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3}, h[:]...), false)}}},
		nil
}

func (f *Frontal) identifiant(r Recu, quoi string, i int) string {
	return fmt.Sprintf("%s.%d.%d.%d.%s@frontal.test", quoi, r.Rang, r.Transmissions, i, f.alea)
}

// regle is the first of the scenario that applies to a message and isn't spent.
func (f *Frontal) regle(r Recu) (Regle, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, c := range f.cfg.Scenario.Regles {
		if c.Quand.Flux != "" && c.Quand.Flux != r.Flux || !c.Quand.Sujet.accepte(r.Sujet) ||
			c.Quand.Transmission != 0 && c.Quand.Transmission != r.Transmissions || f.restes[i] == 0 {
			continue
		}
		if f.restes[i] > 0 {
			f.restes[i]--
		}
		return c, true
	}
	return Regle{}, false
}

// decider finds what to answer to a message.
func (f *Frontal) decider(r Recu) ([]Reponse, error) {
	if f.cfg.Repondre != nil {
		return f.cfg.Repondre(f, r)
	}
	regle, trouve := f.regle(r)
	if !trouve {
		regle = f.ordinaire(r)
	}
	var out []Reponse
	for range max(regle.Copies, 1) {
		for _, n := range regle.Reponses {
			rep, err := f.Reponse(r, n, regle)
			if err != nil {
				return nil, err
			}
			for _, x := range rep {
				x.Retard, x.ApresSuivante = time.Duration(regle.Retard), regle.ApresSuivante
				out = append(out, x)
			}
		}
	}
	return out, nil
}

// ordinaire is what a frontal that works answers. A message sent again gets no
// second answer when it had one; an ANR is none: it comes from the mail system,
// before the frontal.
func (f *Frontal) ordinaire(r Recu) Regle {
	if slices.ContainsFunc(r.Reponses, func(n Nature) bool { return n != ANR }) {
		return Regle{}
	}
	if !slices.ContainsFunc(r.Constats, func(c Ecart) bool { return c.Grave }) {
		return Regle{Reponses: []Nature{ARLPositif}}
	}
	if len(r.Lots) > 0 {
		return Regle{Reponses: []Nature{ARLNegatif}}
	}
	code, _ := f.code(Regle{}, scor.RejetLot, true)
	return Regle{Reponses: []Nature{MdS}, Code: code}
}

// repondre puts the answers to a message in the mailbox it came from.
func (f *Frontal) repondre(r *Recu) error {
	reponses, err := f.decider(r.copie())
	if err != nil {
		return err
	}
	f.mu.Lock()
	avant := f.sequence
	f.mu.Unlock()
	boite := normale(r.De)
	for i, rep := range reponses {
		id := f.identifiant(*r, "reponse", i)
		brut := rep.Brut
		if brut == nil {
			var b bytes.Buffer
			err := transport.Composer(&b, &transport.Message{
				De: f.cfg.Adresse, A: []string{r.De}, Sujet: rep.Sujet, ID: id, Entetes: rep.Entetes,
				Date: f.cfg.Horloge(), EnReponseA: []string{r.MessageID}, Parties: rep.Parties,
			})
			if err != nil {
				return err
			}
			brut = b.Bytes()
		}
		c := &courrier{UID: strings.ReplaceAll(id, "@", "-"), A: boite, Retenu: rep.ApresSuivante,
			Disponible: f.cfg.Horloge().Add(rep.Retard)}
		if err := f.deposer(c, brut); err != nil {
			return err
		}
		r.Reponses = append(r.Reponses, rep.Nature)
	}
	if len(reponses) == 0 {
		return nil
	}
	return f.liberer(boite, avant)
}
