#!/bin/sh
# Starts a private PostgreSQL in a new folder, on a free loopback port, and prints its DSN; "postgres.sh stop FOLDER" stops it and removes the
# folder, "postgres.sh restart FOLDER" stops it at once, as a crash would, and starts it again. Needs the package postgresql.
#   eval "$(internal/serveurs/postgres.sh)"   # sets SCOR_POSTGRES and SCOR_POSTGRES_DOSSIER
#   go test ./retour/suivi/...
#   internal/serveurs/postgres.sh stop "$SCOR_POSTGRES_DOSSIER"
set -eu

bin=
for d in /usr/lib/postgresql/*/bin; do [ -x "$d/initdb" ] && bin=$d; done
[ -n "$bin" ] || { echo "postgres.sh: no PostgreSQL server in /usr/lib/postgresql" >&2; exit 1; }

# initdb refuses root.
comme() {
	if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

case "${1:-start}" in
start)
	dossier=$(mktemp -d "${TMPDIR:-/tmp}/scor-postgres.XXXXXX")
	[ "$(id -u)" != 0 ] || chown postgres "$dossier"
	comme "$bin/initdb" -D "$dossier/donnees" -U scor -A trust -E UTF8 --no-locale >"$dossier/initdb.log" 2>&1
	n=0
	while :; do
		port=$((20000 + ($$ + n * 37) % 20000))
		if comme "$bin/pg_ctl" -D "$dossier/donnees" -w -t 30 -l "$dossier/serveur.log" \
			-o "-p $port -h 127.0.0.1 -k $dossier -c max_connections=200" start >/dev/null 2>&1; then break; fi
		n=$((n + 1))
		[ $n -lt 20 ] || { cat "$dossier/serveur.log" >&2; exit 1; }
	done
	echo "export SCOR_POSTGRES='postgres://scor@127.0.0.1:$port/postgres?sslmode=disable'"
	echo "export SCOR_POSTGRES_DOSSIER='$dossier'"
	;;
restart)
	comme "$bin/pg_ctl" -D "$2/donnees" -m immediate -w -t 30 -l "$2/serveur.log" restart >/dev/null
	;;
stop)
	comme "$bin/pg_ctl" -D "$2/donnees" -m immediate -w -t 30 stop >/dev/null || :
	rm -rf "$2"
	;;
*)
	echo "usage: postgres.sh [start | restart FOLDER | stop FOLDER]" >&2
	exit 2
	;;
esac
