import 'server-only';
import { z } from 'zod';
import { LANGUAGES } from '@/lib/choices';
import { CONTENT_ALGORITHMS, KEY_ALGORITHMS } from '@/lib/kunacore/encryption';
import { SAMPLERS } from '@/lib/telemetry/settings';
import { GRANTABLE_FEATURES } from './features';
import { toProxy } from './network';
import { ASYMMETRIC_ALGORITHMS, type PrivateKey, SYMMETRIC_ALGORITHMS, toPrivateKey } from './oidc';
import { areDistinct, OPERATOR_ROLES, toEmailEntry, toGroupEntry } from './operators';
import { isCertificate, isKey, isRsaPrivateKey, isRsaPublicKey, readCertificates, toPem } from './pem';
import { toPairs } from './telemetry';

const RANDOM = 'at least 32 random characters, e.g. from `openssl rand -base64 32`';
const ROLE_NAMES = OPERATOR_ROLES.join(', =');
const KEYS = 'kid:base64key with a key of 32 bytes; several are separated by commas and the first one writes';

/** Matches a scheme, a host without wildcards and a port: nothing that could end an entry of a policy. */
const EXACT_ORIGIN = /^https?:\/\/([\w-]+(\.[\w-]+)*|\[[\da-f:]+\])(:\d+)?\/?$/i;

const settings = z.object({
  NEXTAUTH_URL: required('the address people open the portal at, e.g. https://portal.bank.example').pipe(origin()),
  NEXTAUTH_SECRET: required(RANDOM).min(32, 'is too short: at least 32 characters'),
  DATABASE_URL: optional(/^postgres(ql)?:\/\/./, 'must start with postgres:// or postgresql://'),
  DATABASE_DIRECT_URL: optional(/^postgres(ql)?:\/\/./, 'must start with postgres:// or postgresql://'),
  DATABASE_MIGRATIONS: oneOf('start', 'wait').default('start'),
  DATA_DIR: z.string().default('.data'),
  PII_KEYS: required(KEYS)
    .transform(toKeys)
    .refine((keys) => keys.every(isWellFormed), `must be ${KEYS}`)
    .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, 'names a key id twice'),
  KUNACORE_API_URL: address({ normalize: true }).transform(withoutSlash).default(''),
  KUNACORE_API_KEY: optional(),
  KUNACORE_MERCHANT_ID: optional(),
  KUNACORE_LOGIN: optional(),
  KUNACORE_PASSWORD: optional(),
  KUNACORE_CLIENT_CERT: pem(isCertificate, 'a certificate'),
  KUNACORE_CLIENT_KEY: pem(isKey, 'a private key'),
  KUNACORE_ENCRYPTION: oneOf('off', 'on').default('off'),
  KUNACORE_PUBLIC_KEY: pem(isRsaPublicKey, 'an RSA public key of 2048 bits or more'),
  KUNACORE_PRIVATE_KEY: pem(isRsaPrivateKey, 'an RSA private key of 2048 bits or more'),
  KUNACORE_ENCRYPTION_ALG: oneOf(...KEY_ALGORITHMS).default(KEY_ALGORITHMS[0]),
  KUNACORE_ENCRYPTION_ENC: oneOf(...CONTENT_ALGORITHMS).default(CONTENT_ALGORITHMS[0]),
  KUNACORE_INSTITUTION_ID: required('the id that Kuna issued to the institution'),
  KUNACORE_WIDGET_URL: required('an address that starts with https://').pipe(address({ normalize: true })),
  KUNACORE_WIDGET_TYPE: oneOf('partner', 'kuna', 'both').default('partner'),
  KUNACORE_WIDGET_FRAME_ORIGINS: z
    .string()
    .transform(toList)
    .pipe(z.array(exactOrigin()))
    .refine(areAllDifferent, 'names an origin twice')
    .default([]),
  KUNACORE_WIDGET_FEATURES: z
    .string()
    .transform(toList)
    .pipe(z.array(z.enum(GRANTABLE_FEATURES, `must be a list of ${GRANTABLE_FEATURES.join(', ')}`)))
    .refine(areAllDifferent, 'names a feature twice')
    .default([]),
  KUNACORE_CONTRACT: optional(),
  OIDC_ISSUER: address().transform(withoutSlash).default(''),
  OIDC_CLIENT_ID: optional(),
  OIDC_CLIENT_SECRET: optional(),
  OIDC_NAME: optional(),
  OIDC_LOGOUT: oneOf('auto', 'off').default('auto'),
  STEP_UP: z
    .string()
    .transform(toList)
    .refine(
      (rules) => rules.every((rule) => /^(?:first-purchase|acr=.+)$/.test(rule)),
      'must be first-purchase, acr=…, or both',
    )
    .default([]),
  OIDC_CLIENT_AUTH: oneOf(
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'tls_client_auth',
    'self_signed_tls_client_auth',
  ).optional(),
  OIDC_CLIENT_CERT: pem(isCertificate, 'a certificate'),
  OIDC_CLIENT_KEY: pem(isKey, 'a private key'),
  OIDC_PRIVATE_KEY: z
    .string()
    .transform(toPrivateKey)
    .pipe(z.custom<PrivateKey>(Boolean, 'must be a private key, as PEM or JWK: RSA (2048 bits or more), EC or Ed25519'))
    .optional(),
  OIDC_SCOPES: optional(/^([!-~]+ )*openid( [!-~]+)*$/, 'must contain openid; one space separates two scopes'),
  OIDC_PROMPT: oneOf('auto', 'login', 'select_account', 'consent', 'off').default('auto'),
  OIDC_ID_TOKEN_ALG: oneOf(...ASYMMETRIC_ALGORITHMS, ...SYMMETRIC_ALGORITHMS).optional(),
  OIDC_EMAIL_TRUST: oneOf('claim', 'xms_edov', 'issuer').default('claim'),
  KYC_SOURCE: optional(/^[a-z][a-z0-9-]*$/, 'must be the name of a source, such as claims, http or form').default(
    'claims',
  ),
  KYC_CLAIMS: oneOf('verified_claims', 'all').default('verified_claims'),
  KYC_URL: address().default(''),
  KYC_TOKEN: optional(/^[!-~]+$/, 'must be printable ASCII without spaces'),
  KYC_CLIENT_CERT: pem(isCertificate, 'a certificate'),
  KYC_CLIENT_KEY: pem(isKey, 'a private key'),
  KYC_CA: pem(isCertificate, 'a certificate'),
  KYC_MAX_AGE_HOURS: wholeNumber(1, 24 * 365).default(24),
  EMAIL_SERVER: optional(/^smtps?:\/\/./, 'must start with smtp:// or smtps://'),
  EMAIL_FROM: optional(),
  SIGN_IN_LINKS: oneOf('on', 'off').default('on'),
  MESSAGES: oneOf('on', 'off').default('on'),
  STATEMENTS: oneOf('on', 'off').default('on'),
  SUPPORT_CONSOLE: oneOf('on', 'off').default('on'),
  LANGUAGES: z
    .string()
    .transform(toList)
    .pipe(z.array(z.enum(LANGUAGES, `must be a list of ${LANGUAGES.join(', ')}`)))
    .refine(areAllDifferent, 'names a language twice')
    .default([]),
  OPERATOR_EMAILS: z
    .string()
    .transform((text) => toList(text).map(toEmailEntry))
    .pipe(roleEntries(`must be e-mail addresses, separated by commas, each alone or with =${ROLE_NAMES}`))
    .default([]),
  OPERATOR_ROLES_CLAIM: optional(),
  OPERATOR_ROLES: z
    .string()
    .transform((text) => toList(text).map(toGroupEntry))
    .pipe(roleEntries(`must be groups, separated by commas, each with =${ROLE_NAMES}`))
    .default([]),
  OPERATOR_SIGN_IN: oneOf('oidc', 'any').optional(),
  KYC_MODE: oneOf('trusted', 'review').default('trusted'),
  KYC_FOUR_EYES: oneOf('on', 'off').default('off'),
  RETENTION_YEARS: wholeNumber(1, 30).default(5),
  OPERATOR_FOUR_EYES: oneOf('on', 'off').default('off'),
  SESSION_IDLE_MINUTES: wholeNumber(1, 24 * 60).default(30),
  SESSION_MAX_HOURS: wholeNumber(1, 24 * 7).default(12),
  TRUSTED_PROXY_HOPS: wholeNumber(0, 10).default(0),
  INSTANCES: wholeNumber(1, 1000).default(1),
  DRAIN_SECONDS: wholeNumber(0, 120).default(0),
  RECONCILE_TOKEN: z.string().min(32, `is too short: ${RANDOM}`).optional(),
  HTTPS_PROXY: proxy(),
  NO_PROXY: optional(),
  EXTRA_CA_CERTS: certificates(),
  LOG_LEVEL: oneOf('silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace').default('info'),
  LOG_ACCESS: oneOf('on', 'off').default('off'),
  OTEL_SDK_DISABLED: oneOf('true', 'false').default('false'),
  OTEL_SERVICE_NAME: z.string().default('kuna-partner-portal'),
  OTEL_RESOURCE_ATTRIBUTES: pairs().default({}),
  OTEL_TRACES_EXPORTER: oneOf('otlp', 'none').optional(),
  OTEL_METRICS_EXPORTER: oneOf('otlp', 'prometheus', 'none').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: address().transform(withoutSlash).default(''),
  OTEL_EXPORTER_OTLP_PROTOCOL: oneOf('http/protobuf').optional(),
  OTEL_EXPORTER_OTLP_HEADERS: pairs().default({}),
  OTEL_EXPORTER_PROMETHEUS_HOST: z.string().default('127.0.0.1'),
  OTEL_EXPORTER_PROMETHEUS_PORT: wholeNumber(1, 65_535).default(9464),
  OTEL_TRACES_SAMPLER: oneOf(...SAMPLERS).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: share().default(1),
  OTEL_METRIC_EXPORT_INTERVAL: wholeNumber(100, 3_600_000).default(60_000),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(10, 60_000).default(5_000),
});

/** Every setting of the portal, each with a line in .env.example. */
export const VARIABLES = settings.keyof().options;

/**
 * The settings, with what .env.example does not offer: Node's own, other spellings, and how the build was made. An empty
 * value must be left out.
 */
export const environment = settings.extend({
  NODE_TLS_REJECT_UNAUTHORIZED: optional(),
  NODE_OPTIONS: optional(),
  NODE_EXTRA_CA_CERTS: optional(),
  https_proxy: proxy(),
  no_proxy: optional(),
  BUILD_ACTIONS_KEY: optional(),
  BUILD_DEPLOYMENT_ID: optional(),
});

export type Environment = z.output<typeof environment>;

/** Adds a problem to those that stop the start. */
export type Report = (variable: keyof Environment, problem: string) => void;

/** Returns whether a host is this machine. */
export function isLoopback(hostname = ''): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

export function toUrl(text = ''): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** Returns whether an address is https, or http to this machine where that is accepted. */
export function isProtected(text: string | undefined, acceptLoopback: boolean): boolean {
  const url = toUrl(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && acceptLoopback && isLoopback(url.hostname));
}

function required(what: string) {
  return z.string(`is missing: ${what}`).trim();
}

function optional(pattern = /^/, problem?: string) {
  return z.string().regex(pattern, problem).default('');
}

function pem(isRight: (text: string) => boolean, what: string) {
  return z.string().transform(toPem).refine(isRight, `must be ${what} as PEM (line breaks as \\n)`).default('');
}

function proxy() {
  return optional().refine((text) => !text || toProxy(text), 'must be http://proxy:port or https://proxy:port');
}

function certificates() {
  return z
    .string()
    .transform((text, context) => {
      try {
        return readCertificates(text);
      } catch (error) {
        context.addIssue((error as Error).message);
        return z.NEVER;
      }
    })
    .default([]);
}

function oneOf<const T extends string>(...choices: T[]) {
  return z.enum(choices, `must be one of ${choices.join(', ')}`);
}

function wholeNumber(least: number, most: number) {
  return z
    .string()
    .transform((text) => (/^\d+$/.test(text) ? Number(text) : Number.NaN))
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);
}

/** A part of a whole. */
function share() {
  return z
    .string()
    .transform(Number)
    .refine((value) => value >= 0 && value <= 1, 'must be a number from 0 to 1');
}

function pairs() {
  const problem = 'must be key=value, separated by commas';
  return z
    .string()
    .refine((text) => toPairs(text) !== null, problem)
    .transform((text) => toPairs(text) ?? {});
}

function origin() {
  return z
    .url('is not a URL')
    .refine((text) => toUrl(text)?.href === `${toUrl(text)?.origin}/`, 'must be an origin alone: no path, no query')
    .refine((text) => isProtected(text, true), 'must be https: plain http is accepted for a loopback address only')
    .transform((text) => new URL(text).origin);
}

function exactOrigin() {
  const problem = 'must be exact origins such as https://pay.example, separated by commas: no path, no wildcard';
  return z
    .string()
    .regex(EXACT_ORIGIN, problem)
    .refine((text) => URL.canParse(text), problem)
    .transform((text) => toUrl(text)?.origin ?? '');
}

function areAllDifferent(values: string[]): boolean {
  return new Set(values).size === values.length;
}

function address(options = {}) {
  return z
    .url({ error: 'is not a URL', ...options })
    .refine((text) => !toUrl(text)?.username && !toUrl(text)?.password, 'must not carry a user name or password')
    .refine((text) => !toUrl(text)?.search && !toUrl(text)?.hash, 'must not carry a query or fragment');
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}

function toList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function roleEntries(problem: string) {
  return z
    .array(z.object({ name: z.string(), role: z.enum(OPERATOR_ROLES) }, problem))
    .refine(areDistinct, 'names the same twice: each has one role');
}

function toKeys(text: string): { kid: string; key: Buffer }[] {
  return toList(text).map((entry) => {
    const [kid = '', encoded = ''] = entry.split(':');
    return { kid, key: Buffer.from(encoded, 'base64') };
  });
}

function isWellFormed({ kid, key }: { kid: string; key: Buffer }): boolean {
  return /^[\w-]{1,32}$/.test(kid) && key.length === 32;
}
