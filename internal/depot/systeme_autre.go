//go:build !unix

package depot

import (
	"io/fs"
	"os"
)

// Without the owners and modes of Unix, the folder's access list, which files inherit, is what keeps them private.
func aNous(fs.FileInfo) bool { return true }

func deConfiance(fs.FileInfo) bool { return true }

func permissions(fs.FileInfo) fs.FileMode { return 0 }

// syncFolder: a folder can't be synced on Windows; NTFS journals its renames.
func syncFolder(*os.File) error { return nil }
