package suivi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// frontalFactice is a relay, a frontal and a mailbox in memory: fast enough for hundreds of thousands of steps. It
// remembers everything that it was handed.
type frontalFactice struct {
	profil  *scor.Profil
	horloge func() time.Time

	mu     sync.Mutex
	n      int
	envois []envoiRecu
	boite  []courrier
	// Panne, when set, decides the fate of a sending: an error before anything is taken, or after it was (Incertain).
	panne     func(e transport.Envoi) (avant, apres error)
	enveloppe transport.Enveloppe // of what it answers
	// repondre, when set, answers instead of ARL+.
	repondre func(r *envoiRecu) [][]byte
}

type envoiRecu struct {
	id, sujet string
	octets    []byte
	factures  *fse.Fichier
	pieces    *lot.Fichier
	compo     string
}

type courrier struct {
	id     string
	octets []byte
}

func (f *frontalFactice) Envoyer(ctx context.Context, e transport.Envoi) (transport.Preuve, error) {
	var avant, apres error
	if f.panne != nil {
		avant, apres = f.panne(e)
	}
	if avant != nil {
		return transport.Preuve{}, avant
	}
	r, err := e.Contenu()
	if err != nil {
		return transport.Preuve{}, err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		return transport.Preuve{}, err
	}
	if int64(len(b)) != e.Taille {
		return transport.Preuve{}, fmt.Errorf("%d bytes announced, %d sent", e.Taille, len(b))
	}
	if err := f.recevoir(ctx, b); err != nil {
		return transport.Preuve{}, err
	}
	if apres != nil {
		return transport.Preuve{}, apres
	}
	return transport.Preuve{Quand: f.horloge(), Relais: "relais.test", Code: 250, Reponse: "2.0.0 Ok"}, nil
}

func (f *frontalFactice) recevoir(ctx context.Context, b []byte) error {
	m, err := transport.Open(ctx, bytes.NewReader(b), nil)
	if err != nil {
		return err
	}
	x := envoiRecu{id: m.ID, sujet: m.Sujet, octets: b}
	if p := strings.Split(m.Sujet, "/"); len(p) == 4 {
		x.compo = p[2]
	}
	for p, err := range m.Parties() {
		if err != nil {
			return err
		}
		if !strings.EqualFold(p.Type, transport.TypeEDI) {
			continue
		}
		if strings.HasPrefix(p.Description, "IRIS/B2") {
			x.factures, _, err = b2.ParseFichier(p)
		} else {
			x.pieces, err = lot.Decode(p, f.profil)
		}
		if err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.envois = append(f.envois, x)
	var reponses [][]byte
	if f.repondre != nil {
		reponses = f.repondre(&x)
	} else {
		reponses = f.arl(&x, true)
	}
	for _, r := range reponses {
		f.poster(r)
	}
	return nil
}

func (f *frontalFactice) poster(b []byte) {
	f.n++
	f.boite = append(f.boite, courrier{fmt.Sprintf("uid-%d", f.n), b})
}

func (f *frontalFactice) arl(x *envoiRecu, positif bool) [][]byte {
	var l [][]byte
	if x.factures != nil {
		for i := range x.factures.Lots {
			k := x.factures.Lots[i].Cle
			l = append(l, f.unARL(scor.FluxFactures, x.factures.Emetteur, k.Numero, k.Date, x.compo, positif, "", nil))
		}
	}
	if x.pieces != nil {
		for i := range x.pieces.Lots {
			k := x.pieces.Lots[i].Cle
			l = append(l, f.unARL(scor.FluxPieces, x.pieces.Emetteur.Numero, k.Numero, k.Date, x.compo, positif, "", nil))
		}
	}
	return l
}

// unARL writes an ARL by the profile, whatever the profile.
func (f *frontalFactice) unARL(flux, emetteur string, numero int, date fse.Date, compostage string, positif bool,
	code string, pieces map[string]string) []byte {
	a := &lot.ARL{Flux: flux, Emetteur: emetteur, Lot: lot.Cle{Numero: numero, Date: date}, Compostage: compostage,
		Positif: positif, Code: "0000", Date: fse.DateDe(f.horloge())}
	if a.Date.Annee() > 2079 { // which two digits don't say
		a.Date, _ = fse.NewDate(2079, 12, 31)
	}
	if !positif {
		a.Code = "1000"
	}
	if code != "" {
		a.Code = code
	}
	for id, c := range pieces {
		a.Pieces = append(a.Pieces, lot.PieceARL{ID: id, Code: c})
	}
	var out bytes.Buffer
	if err := lot.EncodeARL(&out, &f.profil.Retours.ARL, f.profil, lot.Destination{}, a); err != nil {
		panic(err)
	}
	b := out.Bytes()
	return f.mail("ARL/"+emetteur+"/"+compostage, "ARL", b)
}

func (f *frontalFactice) mail(sujet, description string, b []byte) []byte {
	f.n++
	var out bytes.Buffer
	err := transport.Composer(&out, &transport.Message{De: "frontal@frontal.test", A: []string{"cabinet@exemple.test"},
		Enveloppe: f.enveloppe, Sujet: sujet, ID: fmt.Sprintf("r%d@frontal.test", f.n), Date: f.horloge(),
		Parties: []transport.Partie{{Type: transport.TypeEDI, Description: description, Open: func() (io.ReadCloser,
			error) {
			return io.NopCloser(bytes.NewReader(b)), nil
		}}}})
	if err != nil {
		panic(err)
	}
	return out.Bytes()
}

func (f *frontalFactice) mds(compostage, code string) []byte {
	return f.mail("MDS/"+compostage+"/"+code, "MDS", []byte(" "))
}

func (f *frontalFactice) anr(messageID string) []byte {
	return []byte("From: mailer-daemon@relais.test\r\nTo: cabinet@exemple.test\r\nSubject: Undelivered\r\nMessage-ID: <" +
		fmt.Sprint("dsn", f.n) + "@relais.test>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: " +
		"text/plain\r\n\r\nfailed\r\n--b\r\n" +
		"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relais.test\r\n\r\nFinal-Recipient: rfc822; " +
		"x@frontal.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n" +
		"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + messageID + ">\r\n\r\n--b--\r\n")
}

func (f *frontalFactice) Messages(ctx context.Context) iter.Seq2[transport.MessageBoite, error] {
	f.mu.Lock()
	l := append([]courrier(nil), f.boite...)
	f.mu.Unlock()
	return func(yield func(transport.MessageBoite, error) bool) {
		for _, c := range l {
			if !yield(transport.MessageBoite{ID: c.id, Taille: int64(len(c.octets)), Open: func(context.Context) (io.ReadCloser,
				error) {
				return io.NopCloser(bytes.NewReader(c.octets)), nil
			}}, nil) {
				return
			}
		}
	}
}

func (f *frontalFactice) Acquitter(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.boite {
		if f.boite[i].id == id {
			f.boite = append(f.boite[:i], f.boite[i+1:]...)
			return nil
		}
	}
	return nil
}

var errRelais = &transport.ErreurEnvoi{Etape: transport.EtapeConnexion, Relais: "relais.test", Err: errors.New("down")}
