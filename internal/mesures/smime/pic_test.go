package smime

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

const (
	picMax = 64 << 20
	// reprise tells the child process what to do.
	reprise = "SCOR_MESURE_PIC"
)

// TestPic1GiB composes, encrypts and sends a message of 1 GiB to a relay in this
// process, then reads one back, each in a process of its own, whose peak RSS Linux
// gives.
func TestPic1GiB(t *testing.T) {
	if quoi := os.Getenv(reprise); quoi != "" {
		enfant(t, quoi)
		return
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("the peak RSS is read in /proc: Linux only")
	}
	if testing.Short() {
		t.Skip("1 GiB takes half a minute")
	}
	adresse := relaisBrut(t)
	for _, quoi := range []string{"envoyer DER", "envoyer BER", "lire"} {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestPic1GiB$", "-test.v")
		cmd.Env = append(os.Environ(), reprise+"="+quoi, reprise+"_RELAIS="+adresse)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", quoi, err, out)
		}
		m := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(out)
		if m == nil {
			t.Fatalf("%s: no peak in %s", quoi, out)
		}
		kio, err := strconv.Atoi(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s, 1 GiB: peak RSS %.1f MiB", quoi, float64(kio)/1024)
		if kio<<10 > picMax {
			t.Errorf("%s: peak RSS of %d KiB, expected less than %d", quoi, kio, picMax>>10)
		}
	}
}

func enfant(t *testing.T, quoi string) {
	const gio = 1 << 30
	m := message15(func() (io.ReadCloser, error) { return io.NopCloser(scan(gio)), nil }, quoi != "envoyer DER")
	if quoi == "lire" {
		c, k := frontal()
		r, w := io.Pipe()
		go func() { w.CloseWithError(transport.Composer(w, m)) }()
		if n := lire(t, r, c, k); n != gio {
			t.Fatalf("%d bytes read", n)
		}
	} else {
		envoi, err := m.Envoi()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := expediteur(t, os.Getenv(reprise+"_RELAIS")).Envoyer(context.Background(), envoi); err != nil {
			t.Fatal(err)
		}
	}
	etat, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for l := range bytes.Lines(etat) {
		if bytes.HasPrefix(l, []byte("VmHWM")) {
			fmt.Printf("%s", l)
		}
	}
}
