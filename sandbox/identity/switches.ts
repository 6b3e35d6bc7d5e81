import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto';
import type { Configuration } from 'oidc-provider';
import { z } from 'zod';
import type { Claims } from './sample-customers';

/** What other identity providers do. The first value is the default. */
export const identitySwitches = z
  .strictObject({
    /** The signature of ID tokens and of a signed userinfo. */
    alg: z.enum(['RS256', 'PS256', 'ES256', 'EdDSA']).default('RS256'),
    userinfo: z.enum(['json', 'jwt']).default('json'),
    /** What it says about the e-mail address. `edov`: Entra ID's optional claim, in the ID token only. */
    email: z.enum(['verified', 'as-text', 'silent', 'edov', 'none']).default('verified'),
    /** The scopes that the metadata lists besides `openid`. */
    scopes: z.array(z.enum(['email', 'profile', 'phone', 'address'])).default(['email', 'profile', 'phone', 'address']),
    /** The client's public key. With it, the client must authenticate by private_key_jwt. */
    clientKey: z.custom<JsonWebKey>((value) => typeof value === 'object' && value !== null).optional(),
    /** Whether it has an end_session_endpoint. */
    endSession: z.enum(['on', 'off']).default('on'),
    /** Milliseconds before metadata, keys, tokens and userinfo are answered. */
    slowMs: z.number().int().min(0).max(60_000).default(0),
  })
  .readonly();

export type IdentitySwitches = z.output<typeof identitySwitches>;

/** Returns the configuration with the switches applied. */
export function withSwitches(plain: Configuration, switches: IdentitySwitches): Configuration {
  const { alg, userinfo, scopes, clientKey } = switches;
  const { openid = [], ...claims } = plain.claims;
  const offered = Object.entries(claims).filter(([scope]) => scopes.includes(scope as never));
  const [client] = plain.clients;
  return {
    ...plain,
    claims: { openid: [...openid, 'xms_edov'], ...Object.fromEntries(offered) },
    clients: [
      {
        ...client,
        id_token_signed_response_alg: alg,
        ...(userinfo === 'jwt' && { userinfo_signed_response_alg: alg }),
        ...(clientKey && {
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [clientKey] },
          client_secret: undefined,
        }),
      },
    ],
    clientAuthMethods: [...plain.clientAuthMethods, 'private_key_jwt'],
    conformIdTokenClaims: switches.email !== 'edov',
    features: { ...plain.features, jwtUserinfo: { enabled: true } },
    jwks: { keys: [signingKey(alg)] },
  };
}

/** Creates a signing key at each start. Every OpenID Connect client supports RS256 (Core 15.1). */
function signingKey(alg: IdentitySwitches['alg']): object {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg, use: 'sig' };
}

/** Returns a person's claims as the switches say. @param use where they will stand. */
export function claimsFor(use: string, claims: Claims, { email }: IdentitySwitches): object {
  const { email_verified, ...others } = claims;
  switch (email) {
    case 'verified':
      return claims;
    case 'as-text':
      return { ...others, email_verified: String(email_verified) };
    case 'silent':
      return others;
    case 'edov':
      return use === 'id_token' ? { ...others, xms_edov: email_verified ? '1' : '0' } : { sub: claims.sub };
    case 'none':
      return { ...others, email: undefined };
  }
}

/** Reports whether an endpoint is one that `slowMs` delays: machines ask it, not people. */
export function isForMachines(path: string): boolean {
  return /^\/(\.well-known\/.*|jwks|token|me)$/.test(path);
}
