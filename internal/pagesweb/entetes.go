package pagesweb

import "net/http"

// Fermer sets the headers of a page that loads nothing from elsewhere, runs no script but the files of its own host, is
// framed by nobody and kept by no cache.
func Fermer(h http.Header, csp string) {
	h.Set("Content-Security-Policy", csp)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// VientDIci says whether a request that changes something comes from a page of this very host. Every browser of today
// sends one of the two headers; a request with neither is no page of ours.
func VientDIci(r *http.Request, origine *http.CrossOriginProtection) bool {
	return (r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "") && origine.Check(r) == nil
}
