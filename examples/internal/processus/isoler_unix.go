//go:build unix

package processus

import (
	"os/exec"
	"syscall"
)

// isoler gives the program a group of its own, that is killed as a whole.
func isoler(x *exec.Cmd) {
	x.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	x.Cancel = func() error { return syscall.Kill(-x.Process.Pid, syscall.SIGKILL) }
}
