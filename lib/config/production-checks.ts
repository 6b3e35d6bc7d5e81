import 'server-only';
import { isDeepStrictEqual } from 'node:util';
import { type Environment, isLoopback, type Report, toUrl } from './environment';
import { holdsSample, isSampleKey } from './samples';

/** The operators of .env.example. Other people may own these addresses. */
const SAMPLE_OPERATORS = ['operator', 'agent', 'supervisor', 'auditor'].map((name) => `${name}@example.com`);

/** Values of .env.example that are no secrets: people, or their mail server, would meet the sandbox or nobody. */
const SAMPLE_VALUES = [
  ['KUNACORE_INSTITUTION_ID', /^5f0c0b1e-5a1d-4c55-9f6e-2f1c1d0a7b11$/i, 'set the id that Kuna issued to you'],
  ['OIDC_NAME', /^sample\b/i, 'people read it on the sign-in button'],
  ['EMAIL_SERVER', /^smtps?:\/\/127\.0\.0\.1:4025\b/i, 'set your mail server, or empty EMAIL_SERVER and EMAIL_FROM'],
  [
    'EMAIL_FROM',
    /[@.]example\.(com|net|org)\b/i,
    'nobody can send from this domain (RFC 2606): set an address of yours',
  ],
] as const;

/** Settings that are secrets, and settings that contain one. */
const SECRETS = [
  'NEXTAUTH_SECRET',
  'PII_KEYS',
  'KUNACORE_API_KEY',
  'KUNACORE_PASSWORD',
  'OIDC_CLIENT_SECRET',
  'KYC_TOKEN',
  'RECONCILE_TOKEN',
] as const;
const CARRIERS = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'EMAIL_SERVER',
  'KUNACORE_MERCHANT_ID',
  'KUNACORE_LOGIN',
] as const;
/** Keys as PEM, of which the sandbox has samples. */
const KEYS = ['KUNACORE_PUBLIC_KEY', 'KUNACORE_PRIVATE_KEY'] as const;

/**
 * Parameters of the mail server's address that cannot weaken its connection. nodemailer accepts all its options there,
 * such as `ignoreTLS`, `opportunisticTLS`, `tls.rejectUnauthorized` and `tls.minVersion`.
 */
const MAIL_PARAMETERS = ['requireTLS', 'pool', 'maxConnections', 'name', 'tls.servername', 'authMethod'];

/** Flags of Node that accept outdated TLS or ambiguous requests (RFC 9112 11.2). */
const UNSAFE_NODE_OPTIONS = /--(tls-min-v1\.[01]|tls-cipher-list|insecure-http-parser)\b/;

/**
 * Refuses settings that are safe on one machine only. Called unless the portal is on a loopback address.
 * (ASVS 5.0 3.5.4, 6.3.2, 12.3.1, 12.3.2)
 */
export function refuseOffLoopback(env: Partial<Environment>, report: Report): void {
  refuseSamples(env, report);
  if (!env.DATABASE_URL)
    report('DATABASE_URL', 'is missing: the embedded database is for one process on one machine, not for production');
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    report(
      'NODE_TLS_REJECT_UNAUTHORIZED',
      'turns the check of all certificates off: remove it, and name a CA of your own in EXTRA_CA_CERTS',
    );
  if (UNSAFE_NODE_OPTIONS.test(env.NODE_OPTIONS ?? ''))
    report('NODE_OPTIONS', 'must not weaken TLS or the parsing of requests: remove --tls-… and --insecure-…');
  if (env.EMAIL_SERVER) refuseUnsafeMail(env.EMAIL_SERVER, report);
  for (const name of ['DATABASE_URL', 'DATABASE_DIRECT_URL'] as const)
    if (env[name]) refuseUnsafeDatabase(name, env[name], report);
  // Cookies ignore ports: another server on the same host would receive the portal's.
  if (toUrl(env.KUNACORE_WIDGET_URL)?.hostname === toUrl(env.NEXTAUTH_URL)?.hostname)
    report('KUNACORE_WIDGET_URL', "must be on another host than the portal's: ports share cookies");
  const portalHost = toUrl(env.NEXTAUTH_URL)?.hostname;
  if (env.KUNACORE_WIDGET_FRAME_ORIGINS?.some((origin) => toUrl(origin)?.hostname === portalHost))
    report('KUNACORE_WIDGET_FRAME_ORIGINS', "must be on other hosts than the portal's: ports share cookies");
  if (new Set(env.NEXTAUTH_SECRET).size < 8)
    report('NEXTAUTH_SECRET', 'is not random: use e.g. the output of `openssl rand -base64 32`');
  if (env.RECONCILE_TOKEN && new Set(env.RECONCILE_TOKEN).size < 8)
    report('RECONCILE_TOKEN', 'is not random: use e.g. the output of `openssl rand -base64 32`');
  if (env.PII_KEYS?.some(({ key }) => new Set(key).size < 2))
    report('PII_KEYS', 'holds a key whose bytes are all the same: use e.g. the output of `openssl rand -base64 32`');
}

/** Refuses the values of .env.example. They are public, so its secrets protect nothing that others can reach. */
function refuseSamples(env: Partial<Environment>, report: Report): void {
  if (env.SUPPORT_CONSOLE !== 'off' && env.OPERATOR_EMAILS?.some((entry) => SAMPLE_OPERATORS.includes(entry?.name)))
    report('OPERATOR_EMAILS', "still holds a sample operator's address of .env.example: name your own people");
  for (const [name, value, remedy] of SAMPLE_VALUES)
    if (value.test(env[name] ?? '')) report(name, `still holds the sample value of .env.example: ${remedy}`);
  const keys = env.PII_KEYS?.map(({ kid, key }) => `${kid}:${key.toString('base64')}`).join();
  const texts = { ...env, PII_KEYS: keys };
  const found = [
    ...SECRETS.filter((name) => /sample/i.test(texts[name] ?? '')),
    ...[...SECRETS, ...CARRIERS].filter((name) => holdsSample(texts[name] ?? '')),
  ];
  for (const name of KEYS) if (isSampleKey(env[name] ?? '')) report(name, 'is a key of the sandbox, which is public');
  for (const name of found) report(name, 'still holds the public sample value of .env.example');
}

function refuseUnsafeMail(server: string, report: Report): void {
  const url = toUrl(server);
  if (!url) report('EMAIL_SERVER', 'is not a URL: smtps://user:password@host:port');
  if (!url || isLoopback(url.hostname)) return;
  if ([...url.searchParams.keys()].some((name) => !MAIL_PARAMETERS.includes(name)))
    report('EMAIL_SERVER', `may only carry the parameters ${MAIL_PARAMETERS.join(', ')}: others can switch TLS off`);
  if (url.protocol === 'smtp:' && !isAlways(url, 'requireTLS', 'true'))
    report('EMAIL_SERVER', 'must be smtps://, or smtp:// with ?requireTLS=true: a link is not sent in the clear');
}

function refuseUnsafeDatabase(name: keyof Environment, address: string, report: Report): void {
  const url = toUrl(address);
  if (!url) report(name, 'is not a URL: postgres://user:password@host:5432/portal?sslmode=verify-full');
  // As the driver reads it: the parameter wins, the last one if there are several.
  const host = url?.searchParams.getAll('host').at(-1) || url?.hostname || '';
  const onThisMachine = /^$|^\/|^%2f/i.test(host) || isLoopback(host);
  if (url && !onThisMachine && !isAlways(url, 'sslmode', 'verify-full'))
    report(name, 'must carry ?sslmode=verify-full: TLS with a certificate that is checked');
}

/** Reports whether a parameter has this value only. Libraries differ in which of two values counts. */
function isAlways(url: URL, parameter: string, value: string): boolean {
  return isDeepStrictEqual([...new Set(url.searchParams.getAll(parameter))], [value]);
}
