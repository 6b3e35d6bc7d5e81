#!/bin/sh
# Makes the certificates of the tests anew, for a hundred years: sh tests/certificates/make.sh
# An authority of a bank (authority.pem), what it signed for servers (server.pem) and for the portal (client.pem), each
# with its key, and a certificate that has expired (expired.pem). They open nothing.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

key() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1
}

key > "$work/authority.key"
openssl req -x509 -new -key "$work/authority.key" -days 36500 -subj '/CN=Authority of a bank' \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -out authority.pem

# sign <name> <subject> <extension>
sign() {
  key > "$work/$1.key"
  openssl req -new -key "$work/$1.key" -subj "/CN=$2" -out "$work/$1.csr"
  echo "$3" > "$work/$1.ext"
  openssl x509 -req -in "$work/$1.csr" -CA authority.pem -CAkey "$work/authority.key" -CAcreateserial \
    -CAserial "$work/serial" -days 36500 -extfile "$work/$1.ext" -out "$work/$1.crt"
  cat "$work/$1.key" "$work/$1.crt" > "$1.pem"
}

sign server servers.bank.test 'subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:*.bank.test'
sign client portal.bank.test 'extendedKeyUsage=clientAuth'

# Ended before it began.
key > "$work/expired.key"
openssl req -new -key "$work/expired.key" -subj /CN=expired.bank.test -out "$work/expired.csr"
openssl x509 -req -in "$work/expired.csr" -signkey "$work/expired.key" -days -1 -out "$work/expired.crt"
cat "$work/expired.key" "$work/expired.crt" > expired.pem
