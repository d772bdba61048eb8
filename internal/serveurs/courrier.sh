#!/bin/sh
# Starts a private Postfix (SMTP with STARTTLS and AUTH, SMTP with implicit TLS) and a private Dovecot (POP3 and IMAP, with STLS/STARTTLS and
# implicit TLS) on loopback ports, and prints what tests need; "courrier.sh stop FOLDER" stops them and removes the folder. Every address of
# exemple.fr and 996.01.rss.fr is a mailbox, a Maildir that both share; their password is "secret"; plein@exemple.fr is full, refus@exemple.fr
# is refused, and what is accepted for perdu@exemple.fr bounces. Needs root and the packages postfix dovecot-pop3d dovecot-imapd openssl.
#   eval "$(internal/serveurs/courrier.sh)"   # sets SCOR_COURRIER to the folder; FOLDER/ports holds the ports, FOLDER/cert.pem the certificate
#   go test ./transport/...
#   internal/serveurs/courrier.sh stop "$SCOR_COURRIER"
set -eu
export PATH="$PATH:/usr/sbin:/sbin"

arreter() {
	postfix -c "$1/postfix" stop >/dev/null 2>&1 || :
	doveadm -c "$1/dovecot.conf" stop >/dev/null 2>&1 || :
}

case "${1:-start}" in
start) ;;
stop)
	arreter "$2"
	rm -rf "$2"
	exit 0
	;;
*)
	echo "usage: courrier.sh [start | stop FOLDER]" >&2
	exit 2
	;;
esac

for p in postfix dovecot openssl; do
	command -v $p >/dev/null || { echo "courrier.sh: no $p here (packages postfix dovecot-pop3d dovecot-imapd openssl)" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "courrier.sh: Postfix starts as root only" >&2; exit 1; }

# Under /tmp, whatever TMPDIR: the path of a Unix socket has 108 bytes.
dossier=$(mktemp -d /tmp/scor-courrier.XXXXXX)
chmod 755 "$dossier"
mkdir "$dossier/postfix" "$dossier/file" "$dossier/donnees" "$dossier/boites" "$dossier/run"
getent passwd nobody >/dev/null
uid=$(id -u mail) gid=$(id -g mail)
chown "$uid:$gid" "$dossier/boites"
chown postfix "$dossier/donnees"

openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
	-keyout "$dossier/cle.pem" -out "$dossier/cert.pem" 2>/dev/null

# A mailbox for each address, made when its first message comes: Postfix's own virtual(8) takes no name from a pattern.
cat >"$dossier/livrer" <<FIN
set -eu
# EX_NOUSER: accepted by the relay, and returned to the sender.
[ "\$1" != perdu@exemple.fr ] || exit 67
umask 077
d=$dossier/boites/\$1/Maildir
mkdir -p "\$d/tmp" "\$d/new" "\$d/cur"
n=\$(date +%s).P\$\$N\$(date +%N).relais
cat >"\$d/tmp/\$n"
mv "\$d/tmp/\$n" "\$d/new/\$n"
FIN

version=$(dovecot --version | cut -d. -f1,2)
n=0
while :; do
	base=$((20000 + ($$ + n * 131) % 20000))
	cat >"$dossier/ports" <<-FIN
		SMTP=$base
		SMTPS=$((base + 1))
		POP3=$((base + 2))
		POP3S=$((base + 3))
		IMAP=$((base + 4))
		IMAPS=$((base + 5))
	FIN
	. "$dossier/ports"

	cat >"$dossier/postfix/main.cf" <<-FIN
		compatibility_level = 3.6
		queue_directory = $dossier/file
		data_directory = $dossier/donnees
		maillog_file = $dossier/postfix.log
		maillog_file_prefixes = $dossier
		inet_interfaces = loopback-only
		inet_protocols = ipv4
		myhostname = relais.exemple.test
		mydestination =
		mynetworks = 127.0.0.0/8
		alias_maps =
		alias_database =
		virtual_mailbox_domains = exemple.fr, 996.01.rss.fr
		virtual_mailbox_maps = static:oui
		virtual_transport = livraison
		message_size_limit = 60000000
		smtpd_tls_security_level = may
		smtpd_tls_cert_file = $dossier/cert.pem
		smtpd_tls_key_file = $dossier/cle.pem
		smtpd_sasl_auth_enable = yes
		smtpd_sasl_type = dovecot
		smtpd_sasl_path = private/auth
		smtpd_recipient_restrictions = check_recipient_access inline:{{plein@exemple.fr = 452 4.2.2 Mailbox full} {refus@exemple.fr = 550 5.1.1 No such mailbox}}, permit_mynetworks, reject
		smtpd_relay_restrictions = permit_mynetworks, reject
	FIN
	cat >"$dossier/postfix/master.cf" <<-FIN
		127.0.0.1:$SMTP inet n - n - - smtpd
		127.0.0.1:$SMTPS inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
		pickup unix n - n 60 1 pickup
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		tlsmgr unix - - n 1000? 1 tlsmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		verify unix - - n - 1 verify
		flush unix n - n 1000? 0 flush
		proxymap unix - - n - - proxymap
		smtp unix - - n - - smtp
		relay unix - - n - - smtp
		showq unix n - n - - showq
		error unix - - n - - error
		retry unix - - n - - error
		discard unix - - n - - discard
		local unix - n n - - local
		livraison unix - n n - 10 pipe flags=Ru user=mail argv=/bin/sh $dossier/livrer \${recipient}
		lmtp unix - - n - - lmtp
		anvil unix - - n - 1 anvil
		scache unix - - n - 1 scache
		postlog unix-dgram n - n - 1 postlogd
	FIN
	case "$version" in
	2.3)
		commun="mail_location = maildir:$dossier/boites/%u/Maildir
ssl_cert = <$dossier/cert.pem
ssl_key = <$dossier/cle.pem
disable_plaintext_auth = no
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=$uid gid=$gid home=$dossier/boites/%u allow_all_users=yes
}"
		;;
	*)
		commun="dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
mail_driver = maildir
mail_path = $dossier/boites/%{user}/Maildir
ssl_server_cert_file = $dossier/cert.pem
ssl_server_key_file = $dossier/cle.pem
auth_allow_cleartext = yes
passdb static {
  password = secret
}
userdb static {
  fields {
    uid = $uid
    gid = $gid
    home = $dossier/boites/%{user}
  }
  allow_all_users = yes
}"
		;;
	esac
	# The version, when asked for, comes first.
	cat >"$dossier/dovecot.conf" <<-FIN
		$commun
		protocols = pop3 imap
		base_dir = $dossier/run
		log_path = $dossier/dovecot.log
		listen = 127.0.0.1
		ssl = yes
		first_valid_uid = 1
		auth_mechanisms = plain login
		service pop3-login {
		  inet_listener pop3 {
		    port = $POP3
		  }
		  inet_listener pop3s {
		    port = $POP3S
		    ssl = yes
		  }
		}
		service imap-login {
		  inet_listener imap {
		    port = $IMAP
		  }
		  inet_listener imaps {
		    port = $IMAPS
		    ssl = yes
		  }
		}
		service auth {
		  unix_listener $dossier/file/private/auth {
		    mode = 0660
		    user = postfix
		    group = postfix
		  }
		}
	FIN
	if postfix -c "$dossier/postfix" start >"$dossier/demarrage.log" 2>&1 && dovecot -c "$dossier/dovecot.conf" >>"$dossier/demarrage.log" 2>&1; then
		break
	fi
	arreter "$dossier"
	n=$((n + 1))
	[ $n -lt 5 ] || { cat "$dossier"/*.log >&2; rm -rf "$dossier"; exit 1; }
done
echo "export SCOR_COURRIER='$dossier'"
