//go:build unix

package depot

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

func proprietaire(i fs.FileInfo) (uint32, bool) {
	s, ok := i.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return s.Uid, true
}

func aNous(i fs.FileInfo) bool {
	u, ok := proprietaire(i)
	return ok && int(u) == os.Geteuid()
}

// deConfiance: this user's, or the administrator's.
func deConfiance(i fs.FileInfo) bool {
	u, ok := proprietaire(i)
	return ok && (u == 0 || int(u) == os.Geteuid())
}

func permissions(i fs.FileInfo) fs.FileMode { return i.Mode().Perm() }

// syncFolder: not every file system can sync a folder; those that can't have nothing better to offer.
func syncFolder(f *os.File) error {
	err := f.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}
