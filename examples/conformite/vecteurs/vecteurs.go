// Package vecteurs holds the conformance vectors that the SDK ships: folders of data, one for each family, readable
// without Go. docs/conformite.md is their format.
package vecteurs

import "embed"

// FS holds the vectors: kit.Open reads them.
//
//go:embed */*
var FS embed.FS
