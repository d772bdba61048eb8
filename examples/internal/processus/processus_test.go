//go:build unix

package processus

import (
	"context"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

const (
	role    = "SCOR_PROCESSUS"
	adresse = "SCOR_PROCESSUS_ADRESSE"
)

func TestMain(m *testing.M) {
	moi, err := os.Executable()
	if err != nil {
		panic(err)
	}
	switch os.Getenv(role) {
	case "parent":
		os.Setenv(role, "enfant")
		x := Command(context.Background(), moi)
		x.SysProcAttr = nil // as a shell does, in the group of its parent
		_ = x.Run()
	case "enfant":
		c, err := net.Dial("tcp", os.Getenv(adresse))
		if err != nil {
			os.Exit(1)
		}
		_, _ = c.Write([]byte("x"))
		time.Sleep(time.Hour)
	default:
		os.Exit(m.Run())
	}
}

// What a killed program started is killed too: here a grandchild, whose connection ends with it.
func TestPetitsEnfants(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	moi, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, fin := context.WithCancel(t.Context())
	defer fin()
	x := Command(ctx, moi)
	x.Env = append(os.Environ(), role+"=parent", adresse+"="+l.Addr().String())
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	fin()
	if err := x.Wait(); err == nil {
		t.Error("the program ended by itself")
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the grandchild goes on")
	}
}
