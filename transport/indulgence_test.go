package transport_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// codes gives the codes of what was remarked, in order.
func codes(r *transport.Recu) []string {
	var out []string
	for _, x := range r.Constats {
		out = append(out, x.Code)
		if x.Message == "" {
			out = append(out, "(no text)")
		}
	}
	return out
}

// One bad line loses neither the message nor the part: each message below holds the
// three bytes ABC, and says what is wrong with it. The expected parts are what
// Python's email package finds, where it finds any.
func TestMessagesMalFormes(t *testing.T) {
	const debut = "From: a@b.fr\r\nSubject: ARL/1\r\nMIME-Version: 1.0\r\n"
	const edi = "Content-Type: application/EDI-consent\r\nContent-Transfer-Encoding: base64\r\n"
	const multi = debut + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	for raison, tt := range map[string]struct {
		brut     string
		remarque string // "" when nothing need be said
	}{
		"as it should be": {debut + edi + "\r\nQUJD\r\n", ""},
		"8-bit name of a field": {debut + "X-Soci\u00e9t\u00e9: oui\r\n suite\r\n" + edi + "\r\nQUJD\r\n",
			transport.ConstatNom},
		"Latin-1 name of a field": {debut + "X-Soci\xe9t\xe9: oui\r\n" + edi + "\r\nQUJD\r\n", transport.ConstatNom},
		"banner among the fields": {debut + "[EXTERNE] ne cliquez pas\r\n" + edi + "\r\nQUJD\r\n",
			transport.ConstatLigne},
		"banner of two lines": {debut + "Attention, message externe\r\nne cliquez pas\r\n" + edi +
			"\r\nQUJD\r\n", transport.ConstatLigne},
		"banner after the last field": {debut + edi + "ne cliquez pas\r\n\r\nQUJD\r\n", transport.ConstatLigne},
		"mbox line": {"From a@b.fr Tue Nov 24 10:00:00 2026\r\n" + debut + edi + "\r\nQUJD\r\n",
			transport.ConstatMbox},
		"quoted mbox line in the middle": {debut + ">From a@b.fr Tue Nov 24 10:00:00 2026\r\n" + edi + "\r\nQUJD\r\n",
			transport.ConstatMbox},
		"parameter not folded": {debut +
			"Content-Type: application/EDI-consent;\r\nname=\"a.edi\"\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n",
			transport.ConstatPli},
		"doubled CR": {strings.ReplaceAll(debut+edi+"\r\nQUJD\r\n", "\r\n", "\r\r\n"), ""},
		"doubled CR, multipart": {strings.ReplaceAll(multi+"--b\r\n"+edi+"\r\nQUJD\r\n--b--\r\n", "\r\n",
			"\r\r\n"), ""},
		"blank before the colon":        {debut + strings.ReplaceAll(edi, ":", " :") + "\r\nQUJD\r\n", ""},
		"blanks in the blank line":      {debut + edi + " \t\r\nQUJD\r\n", transport.ConstatSeparation},
		"byte order mark":               {"\ufeff" + debut + edi + "\r\nQUJD\r\n", ""},
		"blank lines first":             {"\r\n  \r\n" + debut + edi + "\r\nQUJD\r\n", transport.ConstatLigne},
		"CR alone":                      {strings.ReplaceAll(debut+edi+"\r\nQUJD\r\n", "\n", ""), ""},
		"no blank line before the body": {debut + edi + "QUJD\r\n", transport.ConstatSeparation},
		"first line folded":             {" suite\r\n" + debut + edi + "\r\nQUJD\r\n", transport.ConstatLigne},
		"base64;": {debut + strings.Replace(edi, "base64", "base64;", 1) + "\r\nQUJD\r\n",
			transport.ConstatCodageEcrit},
		"base-64": {debut + strings.Replace(edi, "base64", "Base-64", 1) + "\r\nQUJD\r\n",
			transport.ConstatCodageEcrit},
		"base64 with a comment": {debut + strings.Replace(edi, "base64", "base64 (MIME)", 1) + "\r\nQUJD\r\n",
			transport.ConstatCodageEcrit},
		"8bits": {debut + "Content-Transfer-Encoding: 8bits\r\n\r\nABC",
			transport.ConstatCodageEcrit},
		"encoding nobody knows":          {debut + "Content-Transfer-Encoding: rot13\r\n\r\nABC", transport.ConstatCodage},
		"quoted-printable, bad sequence": {debut + "Content-Transfer-Encoding: quoted-printable\r\n\r\n=41B=\r\nC", ""},
		"footer after base64":            {debut + edi + "\r\nQUJD\r\n\r\n-- \r\nverifie par X\r\n", transport.ConstatPied},
		"padding missing":                {debut + edi + "\r\nQU\r\nJD\r\n", ""},
		"boundary not announced": {debut + "Content-Type: multipart/mixed\r\n\r\n--zz9\r\n" + edi +
			"\r\nQUJD\r\n--zz9--\r\n", transport.ConstatLimite},
		"no boundary at all":              {multi + "ABC\r\n", transport.ConstatSansLimite},
		"another boundary than announced": {multi + "--zz9\r\n" + edi + "\r\nQUJD\r\n--zz9--\r\n", transport.ConstatLimite},
		"last boundary missing":           {multi + "--b\r\n" + edi + "\r\nQUJD\r\n", transport.ConstatSansFin},
		"part without header":             {multi + "--b\r\n\r\nABC\r\n--b--\r\n", ""},
		"part without header or blank":    {multi + "--b\r\nABC\r\n--b--\r\n", transport.ConstatSansEntete},
		"bad header of the part": {multi + "--b\r\nne cliquez pas\r\n" + edi + "\r\nQUJD\r\n--b--\r\n",
			transport.ConstatLigne},
		"multipart said to be base64": {strings.Replace(multi, "\r\n\r\n",
			"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1) + "--b\r\n" + edi + "\r\nQUJD\r\n--b--\r\n",
			transport.ConstatCodageGroupe},
		"blanks behind the boundary": {multi + "--b \t\r\n" + edi + "\r\nQUJD\r\n--b-- \r\n", ""},
		"inner multipart that doesn't end": {multi + "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + edi +
			"\r\nQUJD\r\n--b--\r\n", transport.ConstatSansFin},
		"a parameter twice": {debut +
			"Content-Type: application/EDI-consent; name=a; name=b\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n", ""},
	} {
		recu, p := lire(t, transport.Ouvreur{}, []byte(tt.brut))
		if len(p) != 1 || p[0].Erreur != nil || strings.TrimSpace(p[0].Contenu) != "ABC" || recu.Sujet != "ARL/1" {
			t.Errorf("%s: %+v", raison, p)
		}
		var veut []string
		if tt.remarque != "" {
			veut = []string{tt.remarque}
		}
		if d := cmp.Diff(veut, codes(recu)); d != "" {
			t.Errorf("%s: %s", raison, d)
		}
		if strings.HasPrefix(tt.brut, "From a@") || tt.remarque == "" {
			continue
		}
		// The same inside an encrypted object, where a part has no other chance.
		var brut bytes.Buffer
		if o := (transport.Ouvreur{Brut: &brut}); true {
			if lire(t, o, []byte(tt.brut)); brut.String() != tt.brut {
				t.Errorf("%s: other bytes in the copy", raison)
			}
		}
	}
}

// The cases that were seen to fail, where they're at hand.
func TestCasPartages(t *testing.T) {
	dossier := filepath.Join("..", "..", "shared", "cas", "transport")
	veut := map[string]int{"entete-cle-8bit": 3, "entete-ligne-egaree": 3, "entete-mbox": 3, "entete-non-plie": 3,
		"cte-8bits": 5, "cte-point-virgule": 3, "base64-antivirus": 3, "base64-sans-bourrage": 2}
	for nom, n := range veut {
		brut, err := os.ReadFile(filepath.Join(dossier, nom+".eml"))
		if err != nil {
			t.Skip("../shared is not here")
		}
		recu, p := lire(t, transport.Ouvreur{}, brut)
		if len(p) != 1 || p[0].Erreur != nil || len(p[0].Contenu) != n || len(recu.Constats) == 0 {
			t.Errorf("%s: %+v, %v", nom, p, recu.Constats)
		}
	}
}

// A multipart that no boundary opens is given as a text: nothing of it is dropped.
func TestGroupeSansPartie(t *testing.T) {
	for _, corps := range []string{"AAA\r\n\r\n--b--\r\n", "AAA\r\n--b in a sentence\r\n"} {
		brut := "Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + corps
		recu, p := lire(t, transport.Ouvreur{}, []byte(brut))
		if len(p) != 1 || p[0].Erreur != nil || p[0].Contenu != corps || len(recu.Constats) != 1 ||
			recu.Constats[0].Code != transport.ConstatSansLimite {
			t.Errorf("%q: %+v, %v", corps, p, recu.Constats)
		}
	}
}

// A folder of messages that torture readers (SCOR_TORTURE names it) is opened as
// Python's email package opens it: no message that it gives parts of is refused, and
// the numbers of leaves are told side by side.
func TestTortureContrePython(t *testing.T) {
	dossier := os.Getenv("SCOR_TORTURE")
	if dossier == "" {
		t.Skip("SCOR_TORTURE is not set: a folder of .eml, .msg or .txt messages, such as the tests of mime4j, mail or " +
			"MimeKit")
	}
	const script = `
import email, email.policy, sys
for l in sys.stdin:
    m = email.message_from_binary_file(open(l.strip(), "rb"), policy=email.policy.compat32)
    def feuilles(m):
        if m.get_content_maintype() == "multipart" and m.is_multipart():
            return sum(feuilles(x) for x in m.get_payload())
        return 1
    print(feuilles(m), len(m.keys()))
`
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not here")
	}
	var fichiers []string
	err = filepath.WalkDir(dossier, func(n string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			fichiers = append(fichiers, n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", script)
	cmd.Stdin = strings.NewReader(strings.Join(fichiers, "\n"))
	sortie, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	refuses, moins := 0, 0
	for i, l := range strings.Split(strings.TrimSpace(string(sortie)), "\n") {
		a, b, _ := strings.Cut(l, " ")
		n, _ := strconv.Atoi(a)
		champs, _ := strconv.Atoi(b)
		nous, err := feuilles(t, fichiers[i])
		if err != nil && champs > 0 {
			refuses++
			t.Errorf("%s: refused: %v", fichiers[i], err)
		}
		if nous < n && champs > 0 {
			moins++
			t.Logf("%s: %d leaves, Python %d", fichiers[i], nous, n)
		}
	}
	t.Logf("%d messages: %d refused, %d with fewer leaves than Python's", len(fichiers), refuses, moins)
}

func feuilles(t *testing.T, nom string) (int, error) {
	brut, err := os.ReadFile(nom)
	if err != nil {
		t.Fatal(err)
	}
	recu, err := transport.Open(t.Context(), bytes.NewReader(brut), nil)
	if err != nil {
		return 0, err
	}
	n := 0
	for p, err := range recu.Parties() {
		if p == nil {
			return n, fmt.Errorf("the walk stopped: %w", err)
		}
		n++
	}
	return n, nil
}
