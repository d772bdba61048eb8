#!/bin/sh
# Vérifie un dossier de preuve, sans autre programme que sh, cat, dd, od, split, grep et openssl. À lancer dans le dossier où le ZIP a été extrait :
#   sh verifier.sh                      les pièces et les événements, sous la tête que nomme le fichier preuve/tete
#   sh verifier.sh autorite.pem         et le jeton d'horodatage de la tête, avec le certificat racine de l'autorité
#   sh verifier.sh cle-publique.pem     ou la signature de la tête, avec la clé publique du signataire
# Le script à employer est celui de la spécification, docs/preuve.md, plutôt que celui du dossier même.
set -eu
export LC_ALL=C
echec() { echo "ÉCHEC : $*" >&2; exit 1; }
sha() { openssl dgst -sha256 -binary "$@"; }
hexa() { openssl dgst -sha256 -r "$1" | cut -d' ' -f1; }
travail=$(mktemp -d)
trap 'rm -rf "$travail"' EXIT

{ read -r titre; read -r taille; read -r quand; read -r lien; read -r racine; } <preuve/tete
[ "$titre" = "scor-sdk tete 1" ] || echec "preuve/tete : titre inconnu"

# Chaque événement est une feuille de l'arbre (RFC 9162, 2.1.3.2).
n=0
for e in preuve/evenements/*; do
	[ -d "$e" ] || echec "aucun événement"
	numero=${e##*/}
	while [ "${numero#0}" != "$numero" ]; do numero=${numero#0}; done
	{ printf '\001'; cat "$e/precedent"; sha <"$e/contenu"; } | sha >"$travail/lien"
	# Les huit premiers octets du contenu sont le numéro.
	[ "$(dd if="$e/contenu" bs=8 count=1 2>/dev/null | od -An -tx1 | tr -d ' \n')" = "$(printf '%016x' "$numero")" ] || echec "$e : autre numéro"
	{ printf '\000'; cat "$travail/lien"; } | sha >"$travail/r"
	i=$((numero - 1)) fin=$((taille - 1))
	[ "$i" -ge 0 ] && [ "$i" -le "$fin" ] || echec "$e : hors de l'arbre"
	octets=$(wc -c <"$e/chemin")
	[ $((octets % 32)) = 0 ] || echec "$e : chemin coupé"
	rm -f "$travail"/p.*
	[ "$octets" = 0 ] || split -b 32 -a 3 "$e/chemin" "$travail/p."
	for p in "$travail"/p.*; do
		[ -f "$p" ] || continue
		[ $fin -gt 0 ] || echec "$e : chemin trop long"
		if [ $((i % 2)) = 1 ] || [ "$i" = "$fin" ]; then
			{ printf '\001'; cat "$p" "$travail/r"; } | sha >"$travail/q"
			while [ $((i % 2)) = 0 ] && [ "$i" != 0 ]; do i=$((i / 2)) fin=$((fin / 2)); done
		else
			{ printf '\001'; cat "$travail/r" "$p"; } | sha >"$travail/q"
		fi
		mv "$travail/q" "$travail/r"
		i=$((i / 2)) fin=$((fin / 2))
	done
	[ $fin = 0 ] && [ "$(od -An -v -tx1 "$travail/r" | tr -d ' \n')" = "$racine" ] || echec "$e : n'est pas dans le journal"
	n=$((n + 1))
done

# Chaque fichier joint a son SHA-256 dans un événement sur l'objet dont il porte le nom.
m=0
for f in pieces/* messages-envoyes/* messages-recus/*; do
	[ -f "$f" ] || continue
	h=$(hexa "$f")
	objet=$(basename "$f")
	objet=${objet%.*}
	case $f in *.noemie) objet=${objet%%-*} ;; esac
	trouve=
	for c in $(grep -alF "\"empreinte\":\"$h\"" preuve/evenements/*/contenu); do
		if grep -aqF "$objet" "$c"; then trouve=1; fi
	done
	[ -n "$trouve" ] || echec "$f : aucun événement ne le connaît"
	m=$((m + 1))
done
echo "$n événements et $m fichiers sont dans le journal dont la tête est l'événement $taille du $quand, condensé $lien."

if [ -f preuve/jeton.tst ] && [ $# -gt 0 ]; then
	openssl ts -verify -token_in -in preuve/jeton.tst -data preuve/tete -CAfile "$1" >/dev/null 2>&1 || echec "jeton d'horodatage"
	echo "La tête est horodatée :"
	openssl ts -reply -token_in -in preuve/jeton.tst -text 2>/dev/null | grep 'Time stamp'
elif [ -f preuve/tete.sig ] && [ $# -gt 0 ]; then
	openssl dgst -sha256 -verify "$1" -signature preuve/tete.sig preuve/tete >/dev/null 2>&1 || echec "signature de la tête"
	echo "La tête est signée."
else
	echo "La tête n'est tenue par rien d'extérieur ici : à comparer avec une tête conservée ailleurs."
fi
