// Package b2 measures the reading of B2 files beside moov-io/ach, the nearest kin in Go (fixed records of 94 bytes with
// control totals), and beside a copy of the same bytes in memory, in one run:
//
//	cd internal/mesures && go test ./b2 -bench . -benchmem
//
// Both files are of 8 MiB. Like goes with like: Survol (keys of the invoices) with ach.Iterator (entries one by one,
// not validated); LireFichier (whole file, every check) with ach.Reader (whole file, validated).
package b2
