import 'server-only';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { type Config, config } from '@/lib/config/config';
import { isProtected } from '@/lib/config/environment';
import { ASYMMETRIC_ALGORITHMS } from '@/lib/config/oidc';
import { describeError, log } from '@/lib/log/log';
import { singleton } from '@/lib/singleton';

// What the identity provider says of itself (OpenID Connect Discovery 1.0), for the ends of sessions. Kept in memory:
// a provider that is down stops no sign-out.

type Oidc = NonNullable<Config['oidc']>;

const address = z.url().refine((text) => isProtected(text, config().loopback));

const metadata = z.object({
  issuer: z.string(),
  jwks_uri: address,
  end_session_endpoint: address.optional().catch(undefined),
  id_token_signing_alg_values_supported: z.array(z.string()).default(['RS256']),
});

/** The provider, as its metadata describes it. */
export interface Provider {
  /** The keys that sign its tokens: kept, and fetched again for an unknown key, twice a minute at most. */
  keys: JWTVerifyGetKey;
  keysAt: string;
  algorithms: string[];
  endSessionEndpoint: string | undefined;
}

interface Known {
  issuer: string;
  provider: Provider | null;
  /** The beginning of the last try, in milliseconds. */
  triedAt: number;
  trying: Promise<void> | null;
}

/** Metadata is used for this long, then fetched again beside its use. */
const FRESH_MS = 10 * 60_000;
/** After a failure, nobody waits for another try for this long. */
const PAUSE_MS = 10_000;
/** Limits a try. */
const PATIENCE_MS = 5_000;

const known = singleton('identity-provider', () => ({ current: null as Known | null }));

/**
 * Returns the provider's metadata, or null when it cannot be had in time.
 * @param waitMs how long the caller waits when none is known yet.
 */
export async function findProvider(oidc: Oidc, waitMs: number): Promise<Provider | null> {
  if (known.current?.issuer !== oidc.issuer)
    known.current = { issuer: oidc.issuer, provider: null, triedAt: Number.NEGATIVE_INFINITY, trying: null };
  const state = known.current;
  const age = performance.now() - state.triedAt;
  if (age > (state.provider ? FRESH_MS : PAUSE_MS)) state.trying ??= refresh(oidc, state);
  // Measured from the beginning of the try, so that a provider that hangs does not delay everybody.
  const left = state.triedAt + waitMs - performance.now();
  if (!state.provider && state.trying && left > 0) await Promise.race([state.trying, timeout(left)]);
  return state.provider;
}

/** Keeps the earlier metadata when the provider does not answer. */
async function refresh({ issuer }: Oidc, state: Known): Promise<void> {
  state.triedAt = performance.now();
  try {
    state.provider = toProvider(issuer, await fetchMetadata(issuer), state.provider);
  } catch (error) {
    log().warn({ event: 'provider_metadata_unavailable', error: describeError(error) });
  } finally {
    state.trying = null;
  }
}

async function fetchMetadata(issuer: string): Promise<unknown> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, {
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw new Error(`The metadata answers ${response.status}`);
  return response.json();
}

function toProvider(issuer: string, answer: unknown, earlier: Provider | null): Provider {
  const found = metadata.parse(answer);
  // RFC 8414 3.3
  if (found.issuer.replace(/\/+$/, '') !== issuer) throw new Error('Another issuer answers');
  const keysAt = found.jwks_uri;
  const isSame = earlier?.keysAt === keysAt;
  return {
    keys: isSame ? earlier.keys : createRemoteJWKSet(new URL(keysAt), { timeoutDuration: PATIENCE_MS }),
    keysAt,
    algorithms: ASYMMETRIC_ALGORITHMS.filter((name) => found.id_token_signing_alg_values_supported.includes(name)),
    endSessionEndpoint: found.end_session_endpoint,
  };
}

function timeout(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
