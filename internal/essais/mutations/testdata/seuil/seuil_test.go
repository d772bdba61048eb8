package seuil

import "testing"

func TestMajeur(t *testing.T) {
	if Majeur(17) || !Majeur(18) {
		t.Error("18")
	}
}
