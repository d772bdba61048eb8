package kit

import "context"

// vide answers the same to all.
type vide struct {
	nom     string
	reponse Reponse
}

// Nom says what it answers.
func (v vide) Nom() string { return v.nom }

// Repondre answers it.
func (v vide) Repondre(context.Context, *Vecteur) (Reponse, error) { return v.reponse, nil }
