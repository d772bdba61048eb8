module github.com/scor-sdk/scor-sdk-go/internal/mesures

go 1.26.0

replace github.com/scor-sdk/scor-sdk-go => ../..

require (
	github.com/emersion/go-message v0.18.2
	github.com/emersion/go-smtp v0.25.1
	github.com/scor-sdk/scor-sdk-go v0.0.0-00010101000000-000000000000
	github.com/smallstep/pkcs7 v0.2.3
)

require (
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/time v0.16.0 // indirect
)
