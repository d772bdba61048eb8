// Package seuil has a limit that its test protects and one that it does not.
package seuil

func Majeur(n int) bool   { return n >= 18 }
func Retraite(n int) bool { return n >= 65 }
