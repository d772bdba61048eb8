// Package pagesweb is what the pages that this module serves have in common: the headers that shut them off from
// everything else, static files under names that hold their digest, and pdf.js, which draws a PDF where the browser's
// own viewer shows its first page only, or nothing.
package pagesweb
