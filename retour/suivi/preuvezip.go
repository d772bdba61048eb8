package suivi

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// The proof itself, in a form that other programs check: docs/preuve.md.
const (
	preuveDossier   = "preuve"
	preuveTete      = "preuve/tete"
	preuveJeton     = "preuve/jeton.tst" // RFC 3161 token over preuve/tete
	preuveSignature = "preuve/tete.sig"  // signature of preuve/tete
	preuveScript    = "verifier.sh"
	preuveNotice    = "LISEZ-MOI.txt"
)

//go:embed preuve.sh
var scriptPreuve []byte

//go:embed preuve.txt
var noticePreuve []byte

// dossierEvenement is where the proof of an event is.
func dossierEvenement(seq uint64) string {
	return path.Join(preuveDossier, "evenements", fmt.Sprintf("%012d", seq))
}

// fichiersPreuve are the files of the proof, derived from the extract.
func fichiersPreuve(x *journal.Extrait) map[string][]byte {
	m := map[string][]byte{preuveTete: journal.TexteTete(x.Tete, x.Racine)}
	for i := range x.Evenements {
		e := &x.Evenements[i]
		d := dossierEvenement(e.Seq)
		m[d+"/contenu"], m[d+"/precedent"] = e.Contenu(), e.Precedent[:]
		chemin := []byte{}
		for _, c := range e.Chemin {
			chemin = append(chemin, c[:]...)
		}
		m[d+"/chemin"] = chemin
	}
	return m
}

func ecrireExtrait(z *zip.Writer, x *journal.Extrait, a *Ancre, quand time.Time) error {
	var lisible bytes.Buffer
	enc := json.NewEncoder(&lisible)
	enc.SetIndent("", " ")
	if err := enc.Encode(x); err != nil {
		return err
	}
	fichiers := fichiersPreuve(x)
	fichiers[preuveJournal], fichiers[preuveScript], fichiers[preuveNotice] = lisible.Bytes(), scriptPreuve, noticePreuve
	switch a.Sorte {
	case SorteJeton:
		fichiers[preuveJeton] = a.Sceau
	case SorteSignature:
		fichiers[preuveSignature] = a.Sceau
	}
	for _, nom := range triees(fichiers) {
		f, err := creer(z, nom, quand)
		if err != nil {
			return err
		}
		if _, err := f.Write(fichiers[nom]); err != nil {
			return err
		}
	}
	return nil
}

// ErrPreuve says that a proof pack isn't what a journal gave.
var ErrPreuve = errors.New("suivi: proof pack altered")

// extraitMax bounds what is read of a file of the proof: a pack of a hundred events is some 100 KiB.
const extraitMax = 64 << 20

// VerifierPreuve checks a proof pack by itself: the events are in the journal of the head that it names, and each file
// is the one of which the events hold the SHA-256 under that name; no other file may be there. The cover page, the
// notice and the script aren't proved, nor is the head itself: what holds it outside (a time-stamp, a signature, a head
// kept elsewhere) is checked with the Tete that is returned.
func VerifierPreuve(r io.ReaderAt, taille int64) (journal.Tete, error) {
	z, err := zip.NewReader(r, taille)
	if err != nil {
		return journal.Tete{}, fmt.Errorf("%w: %w", ErrPreuve, err)
	}
	var x journal.Extrait
	f, err := z.Open(preuveJournal)
	if err == nil {
		err = errors.Join(json.NewDecoder(io.LimitReader(f, extraitMax)).Decode(&x), f.Close())
	}
	if err != nil {
		return journal.Tete{}, fmt.Errorf("%w: %s: %w", ErrPreuve, preuveJournal, err)
	}
	if err := x.Verifier(); err != nil {
		return journal.Tete{}, fmt.Errorf("%w: %w", ErrPreuve, err)
	}
	connus, err := documentsProuves(&x)
	if err != nil {
		return x.Tete, err
	}
	derives := fichiersPreuve(&x)
	vus := map[string]bool{}
	for _, f := range z.File {
		if vus[f.Name] {
			return x.Tete, fmt.Errorf("%w: %s twice", ErrPreuve, f.Name)
		}
		vus[f.Name] = true
		if err := verifierJoint(f, derives, connus); err != nil {
			return x.Tete, err
		}
	}
	for nom := range derives {
		if !vus[nom] {
			return x.Tete, fmt.Errorf("%w: %s is missing", ErrPreuve, nom)
		}
	}
	return x.Tete, nil
}

type depose struct{ nom, empreinte string }

// documentsProuves are the files that the events prove, by name and SHA-256.
func documentsProuves(x *journal.Extrait) (map[depose]bool, error) {
	connus := map[depose]bool{}
	for i := range x.Evenements {
		e := &x.Evenements[i]
		c, err := journal.ParseChamps([]byte(e.Donnees))
		if err != nil {
			return nil, fmt.Errorf("%w: event %d: %w", ErrPreuve, e.Seq, err)
		}
		if c.Empreinte == "" {
			continue
		}
		nom := nomPreuve(e.Genre, e.Cle)
		if e.Genre == journal.Facture {
			nom = nomLignes(e.Cle, c.Source)
		}
		connus[depose{nom, c.Empreinte}] = true
	}
	return connus, nil
}

func verifierJoint(f *zip.File, derives map[string][]byte, connus map[depose]bool) error {
	switch f.Name {
	case preuveJournal, preuvePage, preuveScript, preuveNotice:
		return nil
	case preuveJeton, preuveSignature: // to be checked with whose they are
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPreuve, err)
	}
	h := sha256.New()
	_, err = io.Copy(h, r)
	if err = errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrPreuve, f.Name, err)
	}
	if attendu, ok := derives[f.Name]; ok {
		if e := sha256.Sum256(attendu); !bytes.Equal(h.Sum(nil), e[:]) {
			return fmt.Errorf("%w: %s isn't what %s says", ErrPreuve, f.Name, preuveJournal)
		}
		return nil
	}
	if !connus[depose{f.Name, hex.EncodeToString(h.Sum(nil))}] || strings.HasPrefix(f.Name, preuveDossier+"/") {
		return fmt.Errorf("%w: %s isn't in the journal", ErrPreuve, f.Name)
	}
	return nil
}
