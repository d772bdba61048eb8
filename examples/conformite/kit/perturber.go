package kit

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Perturber gives what a vector expects, changed in one place, once for each of its values: a vector that an answer
// passes must be failed by the same answer under each of these, or a part of what it says it expects is never looked
// at.
func Perturber(attendu map[string]any) []map[string]any {
	var l []map[string]any
	autres(attendu, func(v any) {
		if m, ok := v.(map[string]any); ok {
			l = append(l, m)
		}
	})
	return l
}

// autres calls f with v changed in one place, for each place.
func autres(v any, f func(any)) {
	switch x := v.(type) {
	case map[string]any:
		for _, cle := range slices.Sorted(maps.Keys(x)) {
			if cle == "exclut" {
				continue // another text is as absent
			}
			autres(x[cle], func(w any) {
				c := maps.Clone(x)
				c[cle] = w
				f(c)
			})
		}
	case []any:
		for i := range x {
			autres(x[i], func(w any) {
				c := slices.Clone(x)
				c[i] = w
				f(c)
			})
		}
		f(append(slices.Clone(x), any("intrus")))
	case string:
		f(x + "~")
	case bool:
		f(!x)
	case json.Number:
		n, err := strconv.ParseInt(x.String(), 10, 64)
		if err != nil {
			f(json.Number("0"))
			return
		}
		// Far from any other number of the answer: its neighbour may stand there by right.
		f(json.Number(fmt.Sprint(-n - 1)))
	case nil:
		f("intrus")
	}
}

// Vides are subjects that know nothing: one answers nothing, one accepts all, one refuses all. No vector may be passed
// by one of them.
func Vides() []Sujet {
	return []Sujet{vide{"rien", Reponse{}}, vide{"tout est accepté", Reponse{"accepte": true, "constats": []any{}}},
		vide{"tout est refusé", Reponse{"accepte": false, "constats": []any{}}}}
}
