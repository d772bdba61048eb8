package numerisation_test

import (
	"syscall"
	"time"
)

// tempsCPU is what the process has used of the processors: on a machine that others use too, the only time that two
// lines of one run can be compared by.
func tempsCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
