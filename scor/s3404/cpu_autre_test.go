//go:build !unix

package s3404_test

import "time"

// processeur isn't measured here.
func processeur() time.Duration { return 0 }
