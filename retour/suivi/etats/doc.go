// Package etats is the one table of a suivi: for each kind of object and each of its states, where the invoice stands
// on account of it, the sentence that a person reads, what that person may do, and what happens when nothing comes.
//
// Package suivi acts from it, and docs/etats.md is printed from it beside the transitions of package journal, which say
// what each event does. To change a rule, change its line:
//
//  1. find the line by kind and state in lignes_*.go; of several lines for one state, the first whose condition fits is
//     taken 2. change its sentence, its actions or its situation; a new condition is a named function in conditions.go
//  3. go test ./retour/suivi/etats -update prints docs/etats.md anew; what changed for people is in its diff
//
// What a delay does when it ends, and what a return does to what it names, are still in package suivi (echeances.go,
// reception.go).
package etats
