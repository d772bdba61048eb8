package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Bounds that a configuration of people is never near. The parser's time and memory grow with the square of the
// nesting, so that what nests too deep is refused before it sees it.
const (
	tailleMax      = 1 << 20
	ligneMax       = 16 << 10
	imbricationMax = 200
	retraitMax     = 400
)

// Arbre is the guard of every file that people edit: it reads the text, refuses what no person writes (too long, too
// deep, not UTF-8) with the line, and gives the tree of its one document. A byte order mark, which Windows editors put
// first, is left out.
func arbre(r io.Reader, fichier string) (ast.Node, error) {
	texte, err := io.ReadAll(io.LimitReader(r, tailleMax+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fichier, err)
	}
	refus := func(ligne int, format string, args ...any) error {
		return &Erreur{Fichier: fichier, Ligne: ligne, Message: fmt.Sprintf(format, args...)}
	}
	if len(texte) > tailleMax {
		return nil, refus(0, "plus de %d octets : ce n'est pas un fichier de configuration", tailleMax)
	}
	if bytes.HasPrefix(texte, []byte("\xff\xfe")) || bytes.HasPrefix(texte, []byte("\xfe\xff")) {
		return nil, refus(1, "fichier enregistré en UTF-16 (« Unicode ») : l'enregistrer en UTF-8")
	}
	texte = bytes.TrimPrefix(texte, []byte("\ufeff"))
	if ligne, message := mesurer(texte); message != "" {
		return nil, refus(ligne, "%s", message)
	}
	f, err := analyser(texte)
	if err != nil {
		var s *yaml.SyntaxError
		if !errors.As(err, &s) {
			return nil, refus(0, "illisible comme YAML")
		}
		ligne := 0
		if s.Token != nil && s.Token.Position != nil {
			ligne = s.Token.Position.Line
		}
		return nil, refus(ligne, "YAML mal formé (%.200s) : vérifier le retrait, les deux-points, les guillemets et les "+
			"crochets", s.Message)
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		return nil, refus(0, "%d document YAML, un seul attendu, avec des clés", len(f.Docs))
	}
	return f.Docs[0].Body, nil
}

// mesurer says at which line the text is none that a person writes, and why; "" where it may be parsed. Brackets inside
// texts count too: the bound leaves room for them.
func mesurer(texte []byte) (ligne int, message string) {
	if !utf8.Valid(texte) {
		n := 0
		for utf8.Valid(texte[:n]) && n < len(texte) {
			i := bytes.IndexByte(texte[n:], '\n')
			if i < 0 || !utf8.Valid(texte[n:n+i]) {
				break
			}
			n += i + 1
		}
		return 1 + bytes.Count(texte[:n], []byte("\n")),
			"caractère qui n'est pas de l'UTF-8 (fichier enregistré en « ANSI » ou Latin-1 ?) : l'enregistrer en UTF-8"
	}
	ligne = 1
	colonne, profondeur, retrait, puces := 0, 0, 0, 0
	debut := true // still in the indentation of the line, list dashes included
	for _, c := range texte {
		colonne++
		switch {
		case c == '\n':
			ligne++
			colonne, retrait, puces, debut = 0, 0, 0, true
		case c == '[' || c == '{':
			profondeur++
		case c == ']' || c == '}':
			profondeur--
		}
		if debut && c != '\n' {
			switch c {
			case ' ':
				retrait++
			case '-', '?', ':':
				puces++
			default:
				debut = false
			}
		}
		switch {
		case colonne > ligneMax:
			return ligne, fmt.Sprintf("ligne de plus de %d octets", ligneMax)
		case profondeur > imbricationMax:
			return ligne, fmt.Sprintf("plus de %d crochets ou accolades ouverts", imbricationMax)
		case debut && (puces > imbricationMax || retrait > retraitMax):
			return ligne, "retrait trop profond"
		}
	}
	return 0, ""
}

// analyser contains the parser's own panics: they are bad input here, not a fault of the program.
func analyser(texte []byte) (f *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("not readable as YAML")
		}
	}()
	return parser.ParseBytes(texte, 0)
}
