// Package retouche transforms pages: mirror, straighten, crop, reduce, grey, black and white.
package retouche

import (
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// miroirRuns exchanges left and right, in place.
func miroirRuns(r *raster.Runs, limite int64) error {
	m := raster.NewRuns(r.Width, limite)
	var ligne []int32
	for _, row := range r.Rows() {
		ligne = ligne[:0]
		// Ends become starts; an end at the edge of the frame isn't written.
		if len(row)%2 == 1 {
			ligne = append(ligne, 0)
		}
		for _, x := range slices.Backward(row) {
			if x > 0 {
				ligne = append(ligne, int32(r.Width)-x)
			}
		}
		if err := m.AppendRow(ligne); err != nil {
			return err
		}
	}
	*r = *m
	return nil
}
