import 'server-only';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import { z } from 'zod';
import { config } from '@/lib/config/config';
import type { OidcConfig } from '@/lib/config/oidc';
import { log } from '@/lib/log/log';
import { record } from '@/lib/telemetry/telemetry';
import { type Asking, askingFor, isFromBefore } from './ask-again';
import type { Attempt } from './attempts';
import { type EmailClaims, trustedEmail } from './email-trust';
import { type OidcIdentity, toGroups, toPrefill } from './oidc-claims';
import { authorizationParams, createClient, idTokenAlgorithms, type OidcIssuer, redeem, userinfo } from './oidc-client';
import { OidcFailure, toOidcFailure } from './oidc-failure';

/** The identity provider in one request of next-auth. */
export interface OidcSignIn {
  provider: OAuthConfig<OidcIdentity>;
  /** Why the response was refused; null before that. */
  failure(): OidcFailure | null;
}

/**
 * Makes next-auth's provider for one attempt: authorisation code with PKCE, state and nonce (OpenID Connect Core 3.1,
 * RFC 9700 2.1). The checks are the attempt's own, not next-auth's cookies, which a second tab would overwrite.
 * @param asking how the provider is asked, at the start.
 */
export function oidcSignIn(
  oidc: OidcConfig,
  issuer: OidcIssuer,
  attempt: Attempt,
  asking: Asking = askingFor(oidc, false, attempt.signedOutAt),
): OidcSignIn {
  const { authorization_endpoint, token_endpoint, jwks_uri } = issuer.metadata;
  let failure: OidcFailure | null = null;
  const recorded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      failure = toOidcFailure(error, 'response');
      throw failure;
    }
  };
  const signedAlg = oidc.idTokenAlg ?? idTokenAlgorithms(issuer)[0] ?? 'RS256';
  let redeemed: Awaited<ReturnType<typeof redeem>>;
  const provider: OAuthConfig<OidcIdentity> = {
    id: 'oidc',
    name: oidc.name,
    type: 'oauth',
    issuer: issuer.metadata.issuer,
    jwks_endpoint: jwks_uri,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret || undefined,
    authorization: { url: authorization_endpoint, params: authorizationParams(issuer, oidc, attempt, asking) },
    idToken: true,
    checks: ['none'],
    token: {
      url: token_endpoint,
      request: ({ provider: { callbackUrl }, params }) =>
        recorded(async () => {
          redeemed = await redeem(createClient(issuer, oidc, callbackUrl), callbackUrl, params as never, attempt);
          return { tokens: redeemed };
        }),
    },
    // Many providers return profile claims from the userinfo endpoint only. The client compares the two subjects.
    userinfo: {
      request: ({ provider: { callbackUrl } }) =>
        recorded(async () => {
          const plain = createClient(issuer, oidc, callbackUrl);
          const signed = createClient(issuer, oidc, callbackUrl, signedAlg);
          // next-auth's type knows profiles of its own only.
          return identityOf(redeemed.claims(), await userinfo(plain, signed, redeemed), oidc, attempt) as never;
        }),
    },
    profile: (identity) => ({ id: identity.sub, email: 'email' in identity ? identity.email : '', identity }),
    // Safe here: every user's address was verified, by this provider or by an opened link. `checkUser` (options.ts)
    // rejects a user whom the provider knows under another subject.
    allowDangerousEmailAccountLinking: true,
  };
  return { provider, failure: () => failure };
}

/** The claims that count from the ID token only. Drops malformed ones. */
const tokenClaims = z.object({
  auth_time: z.number().nullable().catch(null),
  acr: z.string().nullable().catch(null),
  iat: z.number().catch(0),
  sid: z.string().min(1).max(512).nullable().catch(null),
});

function identityOf(
  fromToken: EmailClaims & { sub: string },
  fromEndpoint: object,
  oidc: OidcConfig,
  { signedOutAt }: Attempt,
): OidcIdentity {
  const { sub } = fromToken;
  if (sub === '') throw new OidcFailure('subject');
  const { auth_time: authTime, acr, iat, sid } = tokenClaims.parse(fromToken);
  return {
    ...trustedEmail(fromToken, fromEndpoint, oidc.emailTrust),
    sub,
    authTime,
    acr,
    isFromBefore: isFromBefore(signedOutAt, authTime),
    atProvider: { subject: sub, sid, issuedAt: iat },
    prefill: toPrefill(fromToken, fromEndpoint),
    groups: toGroups(fromToken, fromEndpoint, config().operators.claim),
  };
}

/** Logs why a sign-in at the provider failed, in words of closed lists. */
export function logOidcFailure({ reason, providerError, number }: OidcFailure): void {
  record('kuna_portal.provider.errors', 1, { 'kuna_portal.reason': reason });
  log().warn({ event: 'oidc_refused', reason, providerError, number });
}
