package transport

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/scor-sdk/scor-sdk-go/internal/annule"
)

// ErrEmpoisonne is wrapped by what Releve.Prendre returns for a message that no
// other attempt could read: it's set aside and the others go on.
var ErrEmpoisonne = errors.New("transport: message set aside")

// Verdict is what becomes of a message in its mailbox. The zero value touches
// nothing.
type Verdict uint8

const (
	// Laisser: the message isn't for this host (another practitioner reads the same
	// mailbox), or not yet. It stays, and is shown again by the next Relever.
	Laisser Verdict = iota
	// Garder: the host's memory holds the message and its identity, durably. It's
	// dropped from the mailbox.
	Garder
	// Ecarter: nobody could make anything of it. It's given to Releve.Ecarter, then
	// dropped from the mailbox.
	Ecarter
)

// Releve is the memory of the messages taken that a host brings to [Relever]:
// [ReleveDossier] is one in a folder, and a journal is another. Package
// transporttest holds its contract as a test.
type Releve interface {
	// Connu reports whether the host already holds the message of this identity,
	// taken or set aside. A part of the identity alone doesn't tell.
	Connu(ctx context.Context, i Identite) (bool, error)
	// Prendre says what becomes of a message that isn't known. It answers Garder only
	// when the host holds the message and its identity, durably. An error that wraps
	// ErrEmpoisonne, ErrMalForme, ErrTropGrand or ErrSansCle is the verdict Ecarter;
	// another stops everything, and the message stays.
	Prendre(ctx context.Context, m *MessageReleve) (Verdict, error)
	// Ecarter keeps a poisoned message with its reason, and its identity, durably
	// when it returns nil.
	Ecarter(ctx context.Context, m *MessageReleve, raison error) error
}

// BilanReleve counts what Relever did.
type BilanReleve struct {
	Pris, Ecartes, DejaConnus int
	Laisses                   int // in the mailbox, by the verdict of the host
	Echecs                    int // in the mailbox, because reading or dropping them failed
}

const (
	messageMax   = 4 << 30 // bytes of one message; a server could send without end
	memoireMax   = 1 << 20 // bytes of a message held in memory, a file holds bigger ones
	prefixeMails = "scor-releve-"
)

// Relever takes what is new in a mailbox: each message once, whatever happens. It's
// the only way in. Each message is read whole, and its [Identite] made from its
// bytes, before anything is decided: a message is dropped from the mailbox only
// after the host's memory holds those very bytes. One that shows again (a lost
// connection, a kill between the two) is recognised and dropped then. One that
// can't be read doesn't hold up the others.
//
// Memory doesn't depend on the messages: one of more than 1 MiB is in a private file
// of [os.TempDir] while it's looked at.
//
// The error is that of the mailbox, of the host's memory, or of the messages left.
func Relever(ctx context.Context, b Boite, r Releve) (BilanReleve, error) {
	var bilan BilanReleve
	var laisses error
	for m, err := range b.Messages(ctx) {
		if err != nil {
			return bilan, errors.Join(err, laisses)
		}
		err := releverUn(ctx, b, r, m, &bilan)
		var boite *erreurBoite
		switch {
		case errors.As(err, &boite):
			bilan.Echecs++
			laisses = errors.Join(laisses, fmt.Errorf("message %q stays in the mailbox: %w", m.ID, boite.err))
		case err != nil:
			return bilan, errors.Join(err, laisses)
		}
	}
	return bilan, laisses
}

// erreurBoite is a failure of the mailbox, not of the host's memory: the message
// stays and the others go on.
type erreurBoite struct{ err error }

func (e *erreurBoite) Error() string { return e.err.Error() }
func (e *erreurBoite) Unwrap() error { return e.err }

func releverUn(ctx context.Context, b Boite, r Releve, m MessageBoite, bilan *BilanReleve) (err error) {
	lu, fermer, err := lireMessage(ctx, m)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fermer()) }()
	compte, err := decider(ctx, r, lu, bilan)
	if err != nil {
		return err
	}
	if compte != &bilan.Laisses {
		if err := b.Acquitter(ctx, m.ID); err != nil {
			return &erreurBoite{err}
		}
	}
	*compte++
	return nil
}

// decider asks the host, and gives the counter that the message belongs to.
func decider(ctx context.Context, r Releve, m *MessageReleve, bilan *BilanReleve) (*int, error) {
	connu, err := r.Connu(ctx, m.Identite)
	if err != nil {
		return nil, err
	}
	if connu {
		return &bilan.DejaConnus, nil
	}
	verdict, raison := r.Prendre(ctx, m)
	if raison != nil {
		if !empoisonne(raison) {
			return nil, raison
		}
		verdict = Ecarter
	}
	switch verdict {
	case Laisser:
		return &bilan.Laisses, nil
	case Garder:
		return &bilan.Pris, nil
	case Ecarter:
		if raison == nil {
			raison = ErrEmpoisonne
		}
		return &bilan.Ecartes, r.Ecarter(ctx, m, raison)
	}
	return nil, fmt.Errorf("transport: unknown verdict %d", verdict)
}

func empoisonne(err error) bool {
	for _, cible := range []error{ErrEmpoisonne, ErrMalForme, ErrTropGrand, ErrSansCle} {
		if errors.Is(err, cible) {
			return true
		}
	}
	return false
}

// lireMessage reads a message from its mailbox, to memory or else to a file, and
// makes its identity.
func lireMessage(ctx context.Context, m MessageBoite) (lu *MessageReleve, fermer func() error, err error) {
	brut, err := m.Open(ctx)
	if err != nil {
		return nil, nil, &erreurBoite{err}
	}
	h := sha256.New()
	source := &io.LimitedReader{R: io.TeeReader(annule.Reader(ctx, brut), h), N: messageMax + 1}
	var tete bytes.Buffer
	_, err = io.CopyN(&tete, source, memoireMax)
	lu = &MessageReleve{Identite: Identite{Compte: m.Compte, ID: m.ID}}
	fermer = func() error { return nil }
	var fichier *os.File
	switch err {
	case io.EOF:
		err = nil
	case nil:
		if fichier, err = os.CreateTemp("", prefixeMails); err != nil {
			return nil, nil, errors.Join(fmt.Errorf("transport: %w", err), brut.Close())
		}
		fermer = func() error { return errors.Join(fichier.Close(), os.Remove(fichier.Name())) }
		err = completer(fichier, &tete, source)
	default:
		err = &erreurBoite{err}
	}
	if errFin := brut.Close(); err == nil && errFin != nil {
		err = &erreurBoite{errFin}
	}
	if err == nil && source.N <= 0 {
		err = &erreurBoite{fmt.Errorf("%w: more than %d bytes", ErrTropGrand, int64(messageMax))}
	}
	if err != nil {
		return nil, nil, errors.Join(err, fermer())
	}
	lu.Taille, lu.contenu = messageMax+1-source.N, bytes.NewReader(tete.Bytes())
	if fichier != nil {
		lu.contenu = fichier
	}
	h.Sum(lu.Empreinte[:0])
	return lu, fermer, nil
}

// completer writes what was read, and the rest, telling a failure of the mailbox
// from one of the disk.
func completer(f *os.File, tete *bytes.Buffer, source io.Reader) error {
	if _, err := f.Write(tete.Bytes()); err != nil {
		return fmt.Errorf("transport: %w", err)
	}
	tete.Reset()
	guet := &lecteurGuette{r: source}
	if err := copier(f, guet); err != nil {
		if guet.err != nil {
			return &erreurBoite{guet.err}
		}
		return fmt.Errorf("transport: %w", err)
	}
	return nil
}

// lecteurGuette remembers that the source failed.
type lecteurGuette struct {
	r   io.Reader
	err error
}

func (l *lecteurGuette) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	if err != nil && err != io.EOF {
		l.err = err
	}
	return n, err
}
