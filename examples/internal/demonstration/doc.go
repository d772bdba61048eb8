// Package demonstration holds what the example programs have in common: copies of the messages for a person to open, a
// clock that skips days of silence, a table for the terminal.
package demonstration
