// Package smime measures a message of the flows, composed, encrypted and sent,
// beside go-message, smallstep/pkcs7 and go-smtp put together, in one run:
//
//	cd internal/mesures && go test ./smime -bench . -benchmem
//
// and the peak memory of a message of 1 GiB:
//
//	cd internal/mesures && go test ./smime -run Pic -v
package smime
