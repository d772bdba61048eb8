#!/usr/bin/env bash
# Compiles and runs the tasks of the README in a module of their own, in the folder given, against this checkout.
set -euo pipefail
ici=$(cd "$(dirname "$0")" && pwd)
racine=$(cd "$ici/../.." && pwd)
mkdir -p "$1" && cd "$1"
cp "$ici"/testdata/*.go . && cp "$racine/go.sum" .
sed "s|SDK|$racine|" "$ici/testdata/go.mod.dehors" >go.mod
# What the SDK requires, with the versions that it was tested with.
sed -n '/^require (/,/^)/p' "$racine/go.mod" >>go.mod
# The B2 file and the scan are those of the drawn day of examples/officine.
(cd "$racine" && go run ./examples/officine -sortie "$1/journee" >/dev/null 2>&1)
SCOR_B2=${SCOR_B2:-$1/journee/entrees/factures.b2} SCOR_SCAN=${SCOR_SCAN:-$1/journee/entrees/scans/ok-g4.tif}
export SCOR_B2 SCOR_SCAN
go vet -mod=mod ./...
go test -mod=mod -count=1 -v -run 'Lignes' ./... | grep lines
go test -mod=mod -count=1 ./...
