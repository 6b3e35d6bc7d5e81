import 'server-only';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config';
import { type EnvironmentReader, isLoopback } from './environment';

/** Who .env.example lets to the operator's desk: an address that others may own. */
const SAMPLE_OPERATOR = 'operator@example.com';

/**
 * Parameters of the mail server's address that cannot weaken its connection. nodemailer takes any of its options from
 * there, `ignoreTLS`, `opportunisticTLS`, `tls.rejectUnauthorized` and `tls.minVersion` among them.
 */
const MAIL_PARAMETERS = ['requireTLS', 'pool', 'maxConnections', 'name', 'tls.servername', 'authMethod'];

/** Flags of Node that accept outdated TLS or ambiguous requests (RFC 9112 11.2). */
const UNSAFE_NODE_OPTIONS = /--(tls-min-v1\.[01]|tls-cipher-list|insecure-http-parser)\b/;

/**
 * Refuses what is good enough on one machine and nowhere else. Called while the portal is not on a loopback address.
 * (ASVS 5.0 3.5.4, 6.3.2, 12.3.1, 12.3.2)
 */
export function refuseOffLoopback(read: EnvironmentReader, config: Config): void {
  if (read.env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    read.problem(
      'NODE_TLS_REJECT_UNAUTHORIZED',
      'turns the check of all certificates off: remove it, and name a CA of your own in NODE_EXTRA_CA_CERTS',
    );
  }
  if (UNSAFE_NODE_OPTIONS.test(read.env.NODE_OPTIONS ?? ''))
    read.problem('NODE_OPTIONS', 'must not weaken TLS or the parsing of requests: remove --tls-… and --insecure-…');
  if (config.operatorEmails.includes(SAMPLE_OPERATOR))
    read.problem('OPERATOR_EMAILS', "still holds the sample operator's address of .env.example: name your own people");
  if (config.email) refuseUnsafeMail(read, config.email.server);
  if (config.database.kind === 'postgres') refuseUnsafeDatabase(read, config.database.url);
  refuseSharedHost(read, config);
  refuseWeakKeys(read, config);
}

function refuseUnsafeMail(read: EnvironmentReader, server: string): void {
  const url = toUrl(server);
  if (!url) read.problem('EMAIL_SERVER', 'is not a URL: smtps://user:password@host:port');
  if (!url || isLoopback(url.hostname)) return;
  const unknown = [...url.searchParams.keys()].filter((name) => !MAIL_PARAMETERS.includes(name));
  if (unknown.length > 0)
    read.problem(
      'EMAIL_SERVER',
      `may only carry the parameters ${MAIL_PARAMETERS.join(', ')}: others can switch TLS off`,
    );
  if (url.protocol === 'smtp:' && !isAlways(url, 'requireTLS', 'true'))
    read.problem('EMAIL_SERVER', 'must be smtps://, or smtp:// with ?requireTLS=true: a link is not sent in the clear');
}

function refuseUnsafeDatabase(read: EnvironmentReader, address: string): void {
  const url = toUrl(address);
  if (!url) read.problem('DATABASE_URL', 'is not a URL: postgres://user:password@host:5432/portal?sslmode=verify-full');
  // As the driver reads it: the parameter wins, the last one if there are several.
  const host = url?.searchParams.getAll('host').at(-1) || url?.hostname || '';
  const onThisMachine = /^$|^\/|^%2f/i.test(host) || isLoopback(host);
  if (url && !onThisMachine && !isAlways(url, 'sslmode', 'verify-full'))
    read.problem('DATABASE_URL', 'must carry ?sslmode=verify-full: TLS with a certificate that is checked');
}

/** Cookies do not tell ports apart: a neighbour on the same host would be sent the portal's. */
function refuseSharedHost(read: EnvironmentReader, { widget, portalOrigin }: Config): void {
  if (widget.url && toUrl(widget.url)?.hostname === toUrl(portalOrigin)?.hostname)
    read.problem('KUNACORE_WIDGET_URL', "must be on another host than the portal's: ports share cookies");
}

function refuseWeakKeys(read: EnvironmentReader, { secret, piiKeys }: Config): void {
  if (new Set(secret).size < 8)
    read.problem('NEXTAUTH_SECRET', 'is not random: use e.g. the output of `openssl rand -base64 32`');
  if (piiKeys.some(({ key }) => new Set(key).size < 2))
    read.problem(
      'PII_KEYS',
      'holds a key whose bytes are all the same: use e.g. the output of `openssl rand -base64 32`',
    );
}

/** Given, and never otherwise: which of two values counts differs from library to library. */
function isAlways(url: URL, parameter: string, value: string): boolean {
  return isDeepStrictEqual([...new Set(url.searchParams.getAll(parameter))], [value]);
}

function toUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
