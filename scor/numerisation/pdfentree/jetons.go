package pdfentree

import "strconv"

// token is an operand or an operator of a content stream.
type token struct {
	kind  tokenKind
	text  string // operator or name (unescaped)
	value float64
}

type tokenKind uint8

const (
	end tokenKind = iota
	operator
	number
	nameToken
	stringToken
	other // brackets of arrays and dictionaries
)

// lexer cuts a content stream into tokens (ISO 32000-1, 7.2 and 7.8.2).
type lexer struct {
	data []byte
	pos  int
}

func space(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func delimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func (l *lexer) next() token {
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		switch {
		case space(c):
			l.pos++
		case c == '%':
			for l.pos < len(l.data) && l.data[l.pos] != '\n' && l.data[l.pos] != '\r' {
				l.pos++
			}
		case c == '(':
			l.literal()
			return token{kind: stringToken}
		case c == '<' && l.pos+1 < len(l.data) && l.data[l.pos+1] != '<':
			for l.pos < len(l.data) && l.data[l.pos] != '>' {
				l.pos++
			}
			l.pos++
			return token{kind: stringToken}
		case c == '/':
			start := l.pos + 1
			l.pos = l.regular(start)
			return token{kind: nameToken, text: unescape(string(l.data[start:l.pos]))}
		case delimiter(c):
			l.pos++
			return token{kind: other, text: string(c)}
		default:
			start := l.pos
			l.pos = l.regular(start)
			word := string(l.data[start:l.pos])
			if c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.' {
				if v, err := strconv.ParseFloat(word, 64); err == nil {
					return token{kind: number, value: v}
				}
				return token{kind: number} // malformed numbers count as 0, as viewers take them
			}
			return token{kind: operator, text: word}
		}
	}
	return token{}
}

// regular returns the end of the regular characters from i on.
func (l *lexer) regular(i int) int {
	for i < len(l.data) && !space(l.data[i]) && !delimiter(l.data[i]) {
		i++
	}
	return i
}

// literal skips a string in parentheses.
func (l *lexer) literal() {
	depth := 0
	for ; l.pos < len(l.data); l.pos++ {
		switch l.data[l.pos] {
		case '\\':
			l.pos++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.pos++
				return
			}
		}
	}
}
