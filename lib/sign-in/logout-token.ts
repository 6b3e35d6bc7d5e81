import 'server-only';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Config } from '@/lib/config/config';
import type { ProviderEnd } from '@/lib/sessions/end-at-provider';
import type { Provider } from './provider';

/** The reason why a logout token is refused; for the log and the response. */
export type LogoutTokenProblem =
  | 'not-a-token'
  | 'type'
  | 'algorithm'
  | 'signature'
  | 'keys'
  | 'issuer'
  | 'audience'
  | 'time'
  | 'claims';

/** Thrown for a token that is not a valid logout token of this provider for this client. */
export class LogoutTokenError extends Error {
  override readonly name = 'LogoutTokenError';
  constructor(readonly problem: LogoutTokenProblem) {
    super(problem);
  }
}

const LONGEST_TOKEN = 16 * 1024;
/** Clocks differ by this much at most. */
const TOLERANCE_SECONDS = 60;
/**
 * Bounds the age by `iat`: a token of earlier drafts of the standard has no `exp`. The portal remembers a used token for
 * longer (lib/sessions/end-at-provider.ts).
 */
const OLDEST_SECONDS = 10 * 60;

/** An event's value must be a JSON object. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

const claims = z.object({
  aud: z.union([z.string(), z.tuple([z.string()])]),
  iat: z.number(),
  jti: z.string().min(1).max(512),
  sid: z.string().min(1).max(512).nullish(),
  sub: z.string().min(1).max(512).nullish(),
  events: z.object({ [EVENT]: z.record(z.string(), z.unknown()) }),
  // A nonce would let an ID token pass for a logout token.
  nonce: z.never().optional(),
});

/**
 * Verifies a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6).
 * @throws LogoutTokenError
 */
export async function readLogoutToken(
  token: string,
  { issuer, clientId }: Pick<NonNullable<Config['oidc']>, 'issuer' | 'clientId'>,
  { keys, algorithms }: Pick<Provider, 'keys' | 'algorithms'>,
): Promise<ProviderEnd> {
  checkType(token);
  const verified = await jwtVerify(token, keys, {
    algorithms,
    issuer: [issuer, `${issuer}/`],
    audience: clientId,
    requiredClaims: ['iat', 'jti', 'events'],
    clockTolerance: TOLERANCE_SECONDS,
    maxTokenAge: OLDEST_SECONDS,
  }).catch((error: unknown) => {
    throw new LogoutTokenError(problemOf(error));
  });
  return toEnd(verified.payload);
}

/** An explicit type other than that of a logout token names another kind of token. `JWT` names none. */
function checkType(token: string): void {
  if (token.length > LONGEST_TOKEN) throw new LogoutTokenError('not-a-token');
  const { typ } = headerOf(token);
  const isOther = typ !== undefined && !/^(?:(?:application\/)?logout\+jwt|JWT)$/i.test(String(typ));
  if (isOther) throw new LogoutTokenError('type');
}

function headerOf(token: string): { typ?: unknown } {
  try {
    return decodeProtectedHeader(token);
  } catch {
    throw new LogoutTokenError('not-a-token');
  }
}

function toEnd(payload: JWTPayload): ProviderEnd {
  const { data } = claims.safeParse(payload);
  if (!data || (!data.sid && !data.sub)) throw new LogoutTokenError('claims');
  return { id: data.jti, issuedAt: data.iat, sid: data.sid ?? null, subject: data.sub ?? null };
}

function problemOf(error: unknown): LogoutTokenProblem {
  if (error instanceof errors.JWTExpired) return 'time';
  if (error instanceof errors.JWTClaimValidationFailed) return problemOfClaim(error.claim);
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'algorithm';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'signature';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'not-a-token';
  return 'keys';
}

function problemOfClaim(claim: string): LogoutTokenProblem {
  if (claim === 'iss') return 'issuer';
  if (claim === 'aud') return 'audience';
  return /^(?:exp|iat|nbf)$/.test(claim) ? 'time' : 'claims';
}
