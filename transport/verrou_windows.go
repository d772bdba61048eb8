package transport

import (
	"os"

	"golang.org/x/sys/windows"
)

func verrouiller(f *os.File) error {
	// The byte locked lies beyond the content, so that other programs can read it.
	const debut = 1 << 30
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0,
		&windows.Overlapped{Offset: debut})
}
