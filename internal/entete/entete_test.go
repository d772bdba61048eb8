package entete

import "testing"

// A convention adds fields of its own, and never one that leads the message elsewhere or ends the header.
func TestLibre(t *testing.T) {
	for nom, veut := range map[string]bool{"X-Compostage": true, "Compostage": true, "x_lot": true, "bcc": false,
		"To": false, "Content-Type": false, "Resent-To": false, "X-A\r\nBcc": false, "": false, "X A": false, "X-É": false,
		"1X": false} {
		if Libre(nom) != veut {
			t.Errorf("%q: %t", nom, !veut)
		}
	}
}
