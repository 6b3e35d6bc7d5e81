#!/bin/sh
# Makes a certificate for localhost, for trying out: deploy/make-certificate.sh folder
set -eu
mkdir -p "$1"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$1/portal.key" -out "$1/portal.crt" 2>/dev/null
# HAProxy reads both from one file.
cat "$1/portal.crt" "$1/portal.key" > "$1/portal.pem"
