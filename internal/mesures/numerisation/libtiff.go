//go:build linux

package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
)

// octetsBandes is the length of the strips of the first page of a TIFF that libtiff wrote in this machine's order.
func octetsBandes(fichier string) (int64, error) {
	b, err := os.ReadFile(fichier)
	if err != nil {
		return 0, err
	}
	var o binary.ByteOrder = binary.LittleEndian
	if string(b[:2]) == "MM" {
		o = binary.BigEndian
	}
	ifd := b[o.Uint32(b[4:]):]
	for i := range int(o.Uint16(ifd)) {
		e := ifd[2+12*i:]
		if o.Uint16(e) != 279 {
			continue
		}
		n := int(o.Uint32(e[4:]))
		lire := func(b []byte) int64 {
			if o.Uint16(e[2:]) == 3 {
				return int64(o.Uint16(b))
			}
			return int64(o.Uint32(b))
		}
		if n == 1 {
			return lire(e[8:]), nil
		}
		var s int64
		pas := map[bool]int{true: 2, false: 4}[o.Uint16(e[2:]) == 3]
		for k := range n {
			s += lire(b[int(o.Uint32(e[8:]))+k*pas:])
		}
		return s, nil
	}
	return 0, fmt.Errorf("%s: no strips", filepath.Base(fichier))
}
