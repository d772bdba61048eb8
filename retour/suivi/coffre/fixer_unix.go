//go:build !windows

package coffre

import "os"

// fixer makes what happened in a folder durable.
func fixer(dossier string) error {
	f, err := os.Open(dossier)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
