package suivi

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
)

// Keys of objects are those of the field, written so that they sort by sender, date and number.

func cleLot(c fse.CleLot) string {
	return fmt.Sprintf("%s/%s/%03d", c.Emetteur, c.Date.AAAAMMJJ(), c.Numero)
}

func cleFacture(c fse.CleFacture) string { return fmt.Sprintf("%s/%09d", cleLot(c.Lot), c.Numero) }

func lireCleLot(s string) (c fse.CleLot, err error) {
	p := strings.Split(s, "/")
	if len(p) != 3 {
		return c, fmt.Errorf("suivi: %q isn't the key of an invoices' lot", s)
	}
	c.Emetteur = p[0]
	if c.Date, err = fse.ParseAAAAMMJJ(p[1]); err != nil {
		return c, fmt.Errorf("suivi: key of a lot: %w", err)
	}
	c.Numero, err = strconv.Atoi(p[2])
	return c, err
}

func lireCleFacture(s string) (c fse.CleFacture, err error) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return c, fmt.Errorf("suivi: %q isn't the key of an invoice", s)
	}
	if c.Lot, err = lireCleLot(s[:i]); err != nil {
		return c, err
	}
	c.Numero, err = strconv.Atoi(s[i+1:])
	return c, err
}

func cleLotScor(c lot.Cle) string { return fmt.Sprintf("%s/%06d", c.Date.AAAAMMJJ(), c.Numero) }

func lireCleLotScor(s string) (c lot.Cle, err error) {
	d, n, ok := strings.Cut(s, "/")
	if !ok {
		return c, fmt.Errorf("suivi: %q isn't the key of a SCOR lot", s)
	}
	if c.Date, err = fse.ParseAAAAMMJJ(d); err != nil {
		return c, fmt.Errorf("suivi: key of a SCOR lot: %w", err)
	}
	c.Numero, err = strconv.Atoi(n)
	return c, err
}

func lireEmpreinte(s string) (e [32]byte, err error) {
	if len(s) != 64 {
		return e, fmt.Errorf("suivi: digest of %d characters", len(s))
	}
	_, err = hex.Decode(e[:], []byte(s))
	return e, err
}

// jour is a civil date as the journal sorts it.
func jour(d fse.Date) int64 {
	n, err := strconv.ParseInt(d.AAAAMMJJ(), 10, 64)
	if err != nil || d.IsZero() {
		return 0
	}
	return n
}
