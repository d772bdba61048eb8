//go:build !linux

package numerisation_test

import "time"

// tempsCPU isn't known here.
func tempsCPU() time.Duration { return 0 }
