module github.com/scor-sdk/scor-sdk-go/internal/mesures

go 1.26.0

replace github.com/scor-sdk/scor-sdk-go => ../..

require (
	github.com/emersion/go-message v0.18.2
	github.com/emersion/go-smtp v0.25.1
	github.com/moov-io/ach v1.63.3
	github.com/pdfcpu/pdfcpu v0.15.0
	github.com/scor-sdk/scor-sdk-go v0.0.0-00010101000000-000000000000
	github.com/smallstep/pkcs7 v0.2.3
)

require (
	github.com/clipperhouse/uax29/v2 v2.7.0 // indirect
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // indirect
	github.com/goccy/go-yaml v1.19.2 // indirect
	github.com/hhrutter/tiff v1.0.6 // indirect
	github.com/igrmk/treemap/v2 v2.0.1 // indirect
	github.com/mattn/go-runewidth v0.0.27 // indirect
	github.com/moov-io/base v0.63.0 // indirect
	github.com/moov-io/iso3166 v0.4.0 // indirect
	github.com/moov-io/iso4217 v0.4.0 // indirect
	github.com/rickar/cal/v2 v2.1.29 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/exp v0.0.0-20260529124908-c761662dc8c9 // indirect
	golang.org/x/image v0.47.0 // indirect
	golang.org/x/net v0.61.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/time v0.16.0 // indirect
)
