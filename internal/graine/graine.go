// Package graine lets a gate draw the same cases each time: with SCOR_GRAINE set, the property tests of the packages
// whose tests import it begin at that seed (pgregory.net/rapid); without, each run draws anew, and says the seed when
// it fails.
package graine

import (
	"flag"
	"os"

	_ "pgregory.net/rapid" // registers the flag
)

func init() {
	g := os.Getenv("SCOR_GRAINE")
	if g == "" {
		return
	}
	if err := flag.Set("rapid.seed", g); err != nil {
		panic("SCOR_GRAINE: " + err.Error())
	}
}
