//go:build unix

package depot

import (
	"errors"
	"os"
	"syscall"
)

func verrouiller(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
