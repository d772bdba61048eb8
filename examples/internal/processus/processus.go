// Package processus starts the programs that an example drives, so that they end with it.
package processus

import (
	"context"
	"os/exec"
	"time"
)

// delaiSortie is what the children of a killed program have to let go of its output.
const delaiSortie = 2 * time.Second

// Command is exec.CommandContext, but what the program started is killed with it where the system allows it (not on
// Windows): a script that is killed alone leaves the program that it waits for.
func Command(ctx context.Context, programme string, args ...string) *exec.Cmd {
	x := exec.CommandContext(ctx, programme, args...)
	x.WaitDelay = delaiSortie
	isoler(x)
	return x
}
