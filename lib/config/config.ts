import 'server-only';
import { canonicalEmail } from '@/lib/email-address';
import { EnvironmentReader } from './environment';
import { refuseOffLoopback } from './production-checks';

/** How the portal signs in to KunaCore: a key, or a login that yields a JWT. */
export type KunaCoreCredentials =
  | { kind: 'api-key'; apiKey: string }
  | { kind: 'login'; merchantId: string; login: string; password: string };

/** Everything the environment decides, typed. Built by `parseConfig`, read through `config()`. */
export interface Config {
  /** Canonical origin of the portal, e.g. `https://portal.bank.example`. */
  portalOrigin: string;
  /** True while the portal is only reachable from this machine: the one place where unsafe settings are accepted. */
  loopback: boolean;
  /** True when the portal is served over TLS: decides on `__Host-` cookies and HSTS. */
  secure: boolean;
  secret: string;
  database: { kind: 'postgres'; url: string } | { kind: 'embedded'; directory: string };
  /** Encryption keys for personal data. The first one writes, all of them read. */
  piiKeys: { kid: string; key: Buffer }[];
  widget: { type: 'partner' | 'kuna' | 'both'; url: string; origin: string; institutionId: string };
  /** Null when only Kuna's own integration (type 1) is offered. */
  kunacore: { apiUrl: string; credentials: KunaCoreCredentials } | null;
  oidc: { issuer: string; clientId: string; clientSecret: string; name: string } | null;
  email: { server: string; from: string } | null;
  operatorEmails: string[];
  /** How a session has to begin to be an operator's: by the identity provider alone, or by a link as well. */
  operatorSignIn: 'any' | 'oidc';
  session: { idleMinutes: number; maxHours: number };
  trustedProxyHops: number;
  logLevel: string;
}

/** Names every setting that is missing or unsafe, all at once, and never what was in it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: { variable: string; problem: string }[]) {
    super(`The portal cannot start:\n${problems.map((p) => `  ${p.variable}: ${p.problem}`).join('\n')}`);
  }
}

/**
 * Environment variables → typed configuration.
 * @throws ConfigError naming every missing or unsafe variable. (ASVS 13.1, 13.3: unsafe values stop the start.)
 */
export function parseConfig(variables: Record<string, string | undefined>): Config {
  const reader = new EnvironmentReader(variables);
  const parsed = readConfig(reader);
  if (!parsed.loopback) refuseOffLoopback(reader, parsed);
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return parsed;
}

let current: Config | undefined;

/** The configuration of this process, parsed on first use. @throws ConfigError */
export function config(): Config {
  current ??= parseConfig(process.env);
  return current;
}

function readConfig(read: EnvironmentReader): Config {
  const portal = read.portal();
  read.refuseSamples(portal.loopback);
  const widget = readWidget(read, portal);
  const needsPartner = widget.type !== 'kuna';
  const oidc = readOidc(read, portal.loopback);
  const email = readEmail(read);
  if (needsPartner && !oidc && !email) {
    read.problem('OIDC_ISSUER', 'is missing: set OIDC_* or EMAIL_SERVER and EMAIL_FROM, so that somebody can sign in');
  }
  return {
    portalOrigin: portal.origin,
    loopback: portal.loopback,
    secure: portal.origin.startsWith('https:'),
    secret: read.secret(),
    database: readDatabase(read, portal.loopback),
    piiKeys: readPiiKeys(read),
    widget,
    kunacore: needsPartner ? readKunaCore(read, portal.loopback) : null,
    oidc,
    email,
    operatorEmails: readOperators(read),
    operatorSignIn: readOperatorSignIn(read, oidc !== null),
    session: readSession(read),
    trustedProxyHops: read.integer('TRUSTED_PROXY_HOPS', 0, 10),
    logLevel: read.oneOf('LOG_LEVEL', ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']),
  };
}

function readOperators(read: EnvironmentReader): string[] {
  const addresses = readList(read.env.OPERATOR_EMAILS).map(canonicalEmail);
  const usable = addresses.filter((address) => address !== null);
  if (usable.length < addresses.length)
    read.problem('OPERATOR_EMAILS', 'must be e-mail addresses, separated by commas');
  return usable;
}

/** By the identity provider alone where there is one, unless the institution says otherwise. */
function readOperatorSignIn(read: EnvironmentReader, hasOidc: boolean): Config['operatorSignIn'] {
  if (!read.env.OPERATOR_SIGN_IN) return hasOidc ? 'oidc' : 'any';
  const chosen = read.oneOf('OPERATOR_SIGN_IN', ['oidc', 'any']);
  if (chosen === 'oidc' && !hasOidc) read.problem('OPERATOR_SIGN_IN', 'is oidc, and OIDC_ISSUER is not set');
  return chosen;
}

function readSession(read: EnvironmentReader): Config['session'] {
  const idleMinutes = read.integer('SESSION_IDLE_MINUTES', 1, 24 * 60);
  const maxHours = read.integer('SESSION_MAX_HOURS', 1, 24 * 7);
  if (idleMinutes > maxHours * 60)
    read.problem('SESSION_IDLE_MINUTES', 'must not be longer than SESSION_MAX_HOURS: it would never end a session');
  return { idleMinutes, maxHours };
}

function readWidget(read: EnvironmentReader, portal: { origin: string; loopback: boolean }): Config['widget'] {
  const type = read.oneOf('KUNACORE_WIDGET_TYPE', ['partner', 'kuna', 'both']);
  const url = read.url('KUNACORE_WIDGET_URL', portal.loopback);
  if (url && url.origin === portal.origin) {
    read.problem(
      'KUNACORE_WIDGET_URL',
      "must not be the portal's own origin: the frame's sandbox would protect nothing",
    );
  }
  return {
    type,
    url: url?.href ?? '',
    origin: url?.origin ?? '',
    institutionId: read.required('KUNACORE_INSTITUTION_ID', 'the id that Kuna issued to the institution'),
  };
}

function readKunaCore(read: EnvironmentReader, loopback: boolean): NonNullable<Config['kunacore']> {
  const apiUrl = read.url('KUNACORE_API_URL', loopback)?.href.replace(/\/+$/, '') ?? '';
  const { KUNACORE_API_KEY: apiKey } = read.env;
  const login = ['KUNACORE_MERCHANT_ID', 'KUNACORE_LOGIN', 'KUNACORE_PASSWORD'] as const;
  const given = login.filter((name) => read.env[name]);
  if (apiKey && given.length > 0) {
    read.problem('KUNACORE_API_KEY', `is set together with ${given.join(', ')}: choose one way to authenticate`);
  }
  if (!apiKey && given.length === 0) {
    read.problem('KUNACORE_API_KEY', `is missing (or set ${login.join(', ')})`);
  }
  if (apiKey) return { apiUrl, credentials: { kind: 'api-key', apiKey } };
  if (given.length > 0) for (const name of login) read.required(name, 'part of the login at KunaCore');
  return {
    apiUrl,
    credentials: {
      kind: 'login',
      merchantId: read.env.KUNACORE_MERCHANT_ID ?? '',
      login: read.env.KUNACORE_LOGIN ?? '',
      password: read.env.KUNACORE_PASSWORD ?? '',
    },
  };
}

function readOidc(read: EnvironmentReader, loopback: boolean): Config['oidc'] {
  const names = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;
  if (!names.some((name) => read.env[name])) return null;
  for (const name of names)
    read.required(name, 'the identity provider needs all of OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET');
  const issuer = read.url('OIDC_ISSUER', loopback);
  return {
    issuer: issuer ? (read.env.OIDC_ISSUER ?? '').trim().replace(/\/+$/, '') : '',
    clientId: read.env.OIDC_CLIENT_ID ?? '',
    clientSecret: read.env.OIDC_CLIENT_SECRET ?? '',
    name: read.env.OIDC_NAME ?? issuer?.hostname ?? '',
  };
}

function readEmail(read: EnvironmentReader): Config['email'] {
  const { EMAIL_SERVER: server, EMAIL_FROM: from } = read.env;
  if (!server && !from) return null;
  read.required('EMAIL_SERVER', 'the mail server for sign-in links, as smtps://user:password@host:port');
  read.required('EMAIL_FROM', 'the sender of sign-in links');
  if (server && !/^smtps?:\/\/./.test(server)) read.problem('EMAIL_SERVER', 'must start with smtp:// or smtps://');
  return { server: server ?? '', from: from ?? '' };
}

function readDatabase(read: EnvironmentReader, loopback: boolean): Config['database'] {
  const url = read.env.DATABASE_URL;
  if (!url) {
    if (!loopback) {
      read.problem(
        'DATABASE_URL',
        'is missing: the embedded database is for one process on one machine, not for production',
      );
    }
    return { kind: 'embedded', directory: read.env.DATA_DIR };
  }
  if (!/^postgres(ql)?:\/\/./.test(url)) read.problem('DATABASE_URL', 'must start with postgres:// or postgresql://');
  return { kind: 'postgres', url };
}

function readPiiKeys(read: EnvironmentReader): Config['piiKeys'] {
  const hint = 'kid:base64key with a key of 32 bytes; several are separated by commas and the first one writes';
  const text = read.required('PII_KEYS', hint);
  const keys = readList(text).map((entry) => {
    const [kid = '', encoded = ''] = entry.split(':');
    return { kid, key: Buffer.from(encoded, 'base64') };
  });
  const wellFormed = keys.every(({ kid, key }) => /^[\w-]{1,32}$/.test(kid) && key.length === 32);
  if (text && !wellFormed) read.problem('PII_KEYS', `must be ${hint}`);
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length) read.problem('PII_KEYS', 'names a key id twice');
  return keys;
}

function readList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}
