// Package fuites ends the tests of a package by looking for goroutines that they left behind: one that waits on a
// closed connection or a forgotten channel for each message is how a program that runs for months dies.
package fuites

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

const module = "github.com/scor-sdk/scor-sdk-go/"

// Main is for a TestMain. It runs the tests, gives what is ending the time to end, and fails with the stacks of what of
// this module doesn't.
func Main(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if restent := attendre(30 * time.Second); len(restent) > 0 {
			fmt.Fprintf(os.Stderr, "%d goroutines were left behind:\n\n%s\n", len(restent), strings.Join(restent, "\n\n"))
			code = 1
		}
	}
	os.Exit(code)
}

// attendre gives what still runs after a while. The time only bounds the wait for a real leak: without one it returns
// at once.
func attendre(limite time.Duration) []string {
	for fin := time.Now().Add(limite); ; time.Sleep(20 * time.Millisecond) {
		restent := vivantes()
		if len(restent) == 0 || time.Now().After(fin) {
			return restent
		}
	}
}

// vivantes are the stacks, other than the caller's, with a function of this module in them.
func vivantes() []string {
	b := make([]byte, 1<<20)
	for {
		n := runtime.Stack(b, true)
		if n < len(b) {
			b = b[:n]
			break
		}
		b = make([]byte, 2*len(b))
	}
	var l []string
	for i, pile := range strings.Split(string(b), "\n\n") {
		if i > 0 && strings.Contains(pile, module) {
			l = append(l, pile)
		}
	}
	return l
}
