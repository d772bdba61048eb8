package fse

// Controle is a check that a reader makes. Several may share a code, with the severity that each case deserves. The
// readers list theirs; docs/controles.md is made from the lists.
type Controle struct {
	Code    string // stable; the Code of the findings
	Gravite Gravite
	Objet   string // what is told, in French
	Source  string // where the rule comes from
}
