//go:build unix

package sqlite

import (
	"os"
	"strconv"
	"syscall"
)

// identite is the number of the file. The file isn't opened: see creer. That of the device may change when the machine
// starts again.
func identite(chemin string) (string, error) {
	i, err := os.Stat(chemin)
	if err != nil {
		return "", err
	}
	if s, ok := i.Sys().(*syscall.Stat_t); ok {
		return "i" + strconv.FormatUint(s.Ino, 16), nil
	}
	return "", nil
}
