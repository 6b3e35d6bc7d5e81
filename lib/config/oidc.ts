import 'server-only';
import { createHash, createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import type { Environment, Report } from './environment';

/** The asymmetric signatures that the OpenID client can verify (RFC 7518 3.1, RFC 8037, RFC 8812). Never `none`. */
export const ASYMMETRIC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES256K',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** ID tokens signed with the client secret. Accepted only when OIDC_ID_TOKEN_ALG asks for one. */
export const SYMMETRIC_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;

/** The scopes without OIDC_SCOPES. The portal adds `phone` and `address` where the provider offers them. */
export const DEFAULT_SCOPES = 'openid email profile';

/** A private key that can sign a client assertion, as a JWK with a `kid`. */
export type PrivateKey = JsonWebKey & { kid: string };

export type OidcConfig = NonNullable<ReturnType<typeof toOidc>>;

/** @param loopback the portal is on this machine. */
export function toOidc(env: Environment, loopback: boolean) {
  if (!env.OIDC_ISSUER) return null;
  const privateKey = env.OIDC_PRIVATE_KEY ?? null;
  return {
    /** Without a slash at the end. The provider may spell it with one. */
    issuer: env.OIDC_ISSUER,
    clientId: env.OIDC_CLIENT_ID,
    clientSecret: env.OIDC_CLIENT_SECRET,
    name: env.OIDC_NAME || new URL(env.OIDC_ISSUER).hostname,
    /** Null: a private key if there is one, otherwise the secret in the way that the provider's metadata names. */
    clientAuth: env.OIDC_CLIENT_AUTH ?? (privateKey ? ('private_key_jwt' as const) : null),
    privateKey,
    /** Null: DEFAULT_SCOPES, and `phone` and `address` where the provider offers them. */
    scopes: env.OIDC_SCOPES || null,
    prompt: env.OIDC_PROMPT,
    /** Where the KYC source reads them. Other providers need not see the request. */
    asksForVerifiedClaims: env.KYC_SOURCE === 'claims',
    /** Whether a sign-out goes on to the provider. */
    logout: env.OIDC_LOGOUT,
    /** Null: every asymmetric algorithm that the provider's metadata lists. */
    idTokenAlg: env.OIDC_ID_TOKEN_ALG ?? null,
    emailTrust: env.OIDC_EMAIL_TRUST,
    /** True where http to this machine is accepted. */
    loopback,
  };
}

/** Refuses settings of the provider that do not go together. Called when there is a provider. */
export function checkOidc(env: Partial<Environment>, report: Report): void {
  const { OIDC_CLIENT_AUTH: auth, OIDC_PRIVATE_KEY: key, OIDC_CLIENT_SECRET: secret, OIDC_ID_TOKEN_ALG: alg } = env;
  if (auth === 'private_key_jwt' && !key)
    report('OIDC_PRIVATE_KEY', 'is missing: OIDC_CLIENT_AUTH=private_key_jwt signs with it');
  if (!secret && (auth === 'client_secret_basic' || auth === 'client_secret_post'))
    report('OIDC_CLIENT_SECRET', `is missing: OIDC_CLIENT_AUTH=${auth} sends it`);
  if (!secret && alg?.startsWith('HS'))
    report('OIDC_CLIENT_SECRET', `is missing: OIDC_ID_TOKEN_ALG=${alg} verifies with it`);
  if (env.OIDC_EMAIL_TRUST === 'issuer' && isMultiTenant(env.OIDC_ISSUER))
    report('OIDC_EMAIL_TRUST', 'must not be issuer here: anyone can have an account with any address at this issuer');
}

/** Hosts at which everybody can register, or a path serves every organisation. */
const EVERYBODYS = ['accounts.google.com', 'appleid.apple.com', 'login.live.com', 'www.facebook.com', 'gitlab.com'];
const MICROSOFT =
  /^(login\.(microsoftonline\.(com|us|de)|partner\.microsoftonline\.cn|microsoft\.com|windows\.net|chinacloudapi\.cn)|sts\.windows\.net)$/;
/** Microsoft's paths for every organisation, and the tenant of its private accounts. */
const EVERY_TENANT = /^\/(common|organizations|consumers|\{?tenantid\}?|9188040d-6c67-4c5b-b112-36a304b66dad)?(\/|$)/i;

/** Reports whether strangers share this issuer, so that it cannot vouch for every address. */
export function isMultiTenant(issuer = ''): boolean {
  if (!URL.canParse(issuer)) return false;
  const { hostname, pathname } = new URL(issuer);
  return EVERYBODYS.includes(hostname) || (MICROSOFT.test(hostname) && EVERY_TENANT.test(pathname));
}

/**
 * Reads a private key: PEM (line breaks may be written as \n) or a JWK. Adds the key's thumbprint (RFC 7638) as `kid`.
 * @returns null when it is not a private key of at least 2048 bits (RSA), a known curve, or Ed25519.
 */
export function toPrivateKey(text: string): PrivateKey | null {
  try {
    const given = text.trim();
    const jwk = given.startsWith('{') ? (JSON.parse(given) as JsonWebKey) : null;
    const key = createPrivateKey(
      jwk ? { key: jwk, format: 'jwk' } : { key: given.replaceAll('\\n', '\n'), format: 'pem' },
    );
    if ((key.asymmetricKeyDetails?.modulusLength ?? 2048) < 2048) return null;
    const full = key.export({ format: 'jwk' });
    if (assertionAlgorithms(full).length === 0) return null;
    const kid = typeof jwk?.kid === 'string' ? jwk.kid : thumbprint(createPublicKey(key).export({ format: 'jwk' }));
    return { ...full, kid, use: 'sig', ...(typeof jwk?.alg === 'string' && { alg: jwk.alg }) };
  } catch {
    return null;
  }
}

/** Returns the algorithms that a key can sign a client assertion with, the most common first. */
export function assertionAlgorithms({ kty, crv, alg }: JsonWebKey): string[] {
  if (typeof alg === 'string') return [alg];
  if (kty === 'RSA') return ['RS256', 'PS256', 'RS384', 'PS384', 'RS512', 'PS512'];
  const curves: Record<string, string> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512', Ed25519: 'EdDSA' };
  const found = curves[crv ?? ''];
  return found ? [found] : [];
}

/** Returns the public part of a key, to register at the provider. */
export function publicKey({ kty, crv, n, e, x, y, kid, use, alg }: PrivateKey): JsonWebKey {
  return { kty, crv, n, e, x, y, kid, use, alg };
}

function thumbprint({ crv, e, kty, n, x, y }: JsonWebKey): string {
  return createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url');
}
