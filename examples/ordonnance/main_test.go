package main

import (
	"os"
	"strings"
	"testing"
)

// TestREADME keeps the README's program the one that compiles here.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, corps, ok := strings.Cut(string(source), "func main() {")
	if !ok || !strings.Contains(string(readme), "```go\nfunc main() {"+corps+"```") {
		t.Error("README.md does not hold the program of main.go, from func main to the end")
	}
}
